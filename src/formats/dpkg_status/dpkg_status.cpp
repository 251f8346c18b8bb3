#include "formats/dpkg_status/dpkg_status.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/text_lines/text_lines.hpp"

namespace konseki::dpkg_status {

namespace {

class Reader {
public:
    Reader(Listing listing, std::function<void(Paragraph const&)> const& visit)
        : m_listing(listing)
        , m_visit(visit)
    {
    }

    void take(text_lines::Line const& line)
    {
        if (trim(line.text).empty())
            return finish();
        if (!m_has_lines)
            m_paragraph.begin = line.offset;
        m_has_lines = true;
        m_paragraph.end = line.offset + line.text.size();
        if (line.text[0] == ' ' || line.text[0] == '\t') {
            if (m_is_in_configuration)
                take_configuration(line.text);
            return;
        }
        auto const colon = line.text.find(':');
        if (colon == std::string_view::npos)
            return;
        auto const name = line.text.substr(0, colon);
        m_is_in_configuration = equals_ignoring_case(name, "Conffiles");
        if (auto* const field = field_of(name); field != nullptr)
            *field = utf8::repaired(trim(line.text.substr(colon + 1)));
    }

    void finish()
    {
        if (m_has_lines) {
            m_paragraph.state = state();
            m_visit(m_paragraph);
        }
        m_paragraph = {};
        m_status.clear();
        m_has_lines = m_is_in_configuration = false;
    }

private:
    std::string* field_of(std::string_view name)
    {
        for (auto const& [known, target] :
            { std::pair { "Package", &m_paragraph.package }, std::pair { "Status", &m_status },
                std::pair { "Version", &m_paragraph.version }, std::pair { "Architecture", &m_paragraph.architecture },
                std::pair { "Maintainer", &m_paragraph.maintainer } }) {
            if (equals_ignoring_case(name, known))
                return target;
        }
        return nullptr;
    }

    // " /etc/a 0123456789abcdef0123456789abcdef obsolete"
    void take_configuration(std::string_view line)
    {
        auto const words = text_lines::words(line);
        if (words.size() >= 2 && words[0].starts_with('/'))
            m_paragraph.configuration.emplace_back(words[0], words[1]);
    }

    // "install ok installed": what is wanted, a flag, the state.
    std::string state() const
    {
        auto const words = text_lines::words(m_status);
        if (words.empty())
            return m_listing == Listing::status_folder ? "installed" : "not-installed";
        return std::string(words.size() < 3 ? words.back() : words[2]);
    }

    Listing m_listing;
    std::function<void(Paragraph const&)> const& m_visit;
    Paragraph m_paragraph;
    std::string m_status;
    bool m_has_lines = false, m_is_in_configuration = false;
};

}

Listing listing_of(std::string_view path)
{
    return file_name_of(folder_of(path)) == "status.d" ? Listing::status_folder : Listing::status;
}

void read(std::string_view text, Listing listing, std::function<void(Paragraph const&)> const& visit,
    std::stop_token const& stop)
{
    Reader reader { listing, visit };
    auto position = text_lines::begin_of(text);
    while (auto const line = text_lines::next(text, position, text.size())) {
        if (stop.stop_requested())
            return;
        reader.take(*line);
    }
    reader.finish();
}

}
