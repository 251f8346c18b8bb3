#include "rules/sigma/yaml_documents.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <sstream>
#include <yaml-cpp/eventhandler.h>

namespace konseki::sigma {

namespace {

bool begins_with_key(std::string_view line)
{
    auto const end = std::ranges::find_if_not(line,
        [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
    return end != line.begin() && end != line.end() && *end == ':';
}

// Whether the first line with content of each document is a key at its very beginning, as in nearly all rules.
bool documents_begin_with_keys(std::string_view text)
{
    bool is_inside = false;
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.starts_with("---") || line.starts_with("...")) {
            if (!trim(line.substr(3)).empty())
                return false;
            is_inside = false;
        } else if (!is_inside && !trim(line).empty() && !line.starts_with('#')) {
            is_inside = begins_with_key(line);
            if (!is_inside)
                return false;
        }
    }
    return true;
}

// Where yaml-cpp begins documents, and nothing else of them.
class DocumentStarts final : public YAML::EventHandler {
public:
    bool is_stuck() const { return m_is_stuck; }
    YAML::Mark const& mark() const { return m_mark; }

    void OnDocumentStart(YAML::Mark const& mark) override
    {
        m_is_stuck = !m_mark.is_null() && mark.pos == m_mark.pos;
        m_mark = mark;
    }
    void OnDocumentEnd() override { }
    void OnNull(YAML::Mark const&, YAML::anchor_t) override { }
    void OnAlias(YAML::Mark const&, YAML::anchor_t) override { }
    void OnScalar(YAML::Mark const&, std::string const&, YAML::anchor_t, std::string const&) override { }
    void OnSequenceStart(YAML::Mark const&, std::string const&, YAML::anchor_t, YAML::EmitterStyle::value) override { }
    void OnSequenceEnd() override { }
    void OnMapStart(YAML::Mark const&, std::string const&, YAML::anchor_t, YAML::EmitterStyle::value) override { }
    void OnMapEnd() override { }

private:
    YAML::Mark m_mark = YAML::Mark::null_mark();
    bool m_is_stuck = false;
};

// yaml-cpp 0.7 makes documents of nothing without end of a comma that stands outside all brackets where a document
// could begin (", c", "[a], b"). A document whose root is a block of keys ends nowhere else than at its marker, so
// only the others are gone through for that, which takes nearly as long as reading them.
std::optional<YAML::Mark> place_without_end(std::string const& text)
{
    if (documents_begin_with_keys(text))
        return std::nullopt;
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    DocumentStarts starts;
    while (parser.HandleNextDocument(starts)) {
        if (starts.is_stuck())
            return starts.mark();
    }
    return std::nullopt;
}

}

std::optional<NotYaml> load_documents(std::string const& text, std::vector<YAML::Node>& documents)
{
    try {
        if (auto const mark = place_without_end(text))
            return NotYaml { static_cast<std::uint32_t>(mark->line + 1), "a comma stands outside of all brackets" };
        documents = YAML::LoadAll(text);
        return std::nullopt;
    } catch (YAML::Exception const& exception) { // the library's way to tell; it ends here
        return NotYaml { static_cast<std::uint32_t>(std::max(0, exception.mark.line + 1)), exception.msg };
    }
}

}
