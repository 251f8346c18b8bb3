#include "app/rendered.hpp"
#include "app/row_writer.hpp"
#include "app/terminal_text.hpp"
#include "base/text.hpp"

namespace konseki::app {

void append_compact_json(std::string& target, std::string_view json)
{
    bool in_string = false;
    for (std::size_t index = 0; index < json.size(); ++index) {
        auto const c = json[index];
        if (in_string) {
            target += c;
            if (c == '\\' && index + 1 < json.size())
                target += json[++index];
            else if (c == '"')
                in_string = false;
        } else if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
            target += c;
            in_string = c == '"';
        }
    }
}

std::string_view without_declaration(std::string_view xml)
{
    xml = trim(xml);
    if (xml.starts_with("<?xml"))
        if (auto const end = xml.find("?>"); end != std::string_view::npos)
            xml = trim(xml.substr(end + 2));
    return xml;
}

namespace {

class WholeJson final : public WholeWriter {
public:
    WholeJson(Output& output, bool is_array)
        : m_output(output)
        , m_is_array(is_array)
    {
    }
    void begin() override
    {
        if (m_is_array)
            m_output.write("[");
    }
    // The event's own members stay at the top: what reads evtx_dump's JSON reads this.
    void event(WholeEvent const& event) override
    {
        std::string text = m_is_array ? (m_is_first ? "\n" : ",\n") : "";
        m_is_first = false;
        append_format(text, "{{\"trace\":\"{}\",\"recovered\":{}", to_string(event.trace), event.is_recovered);
        if (event.shows_origin) {
            append_format(text, ",\"origin\":{{\"file\":{},\"chunk\":", json_string(event.file));
            text += event.chunk ? format("{}", *event.chunk) : "null";
            append_format(text, ",\"offset\":{},\"size_bytes\":{}}}", event.trace.offset, event.size_bytes);
        }
        std::string compact;
        append_compact_json(compact, event.rendered);
        if (compact.size() > 2 && compact.front() == '{') {
            text += ',';
            text += std::string_view(compact).substr(1);
        } else {
            text += '}';
        }
        if (!m_is_array)
            text += '\n';
        m_output.write(m_output.is_terminal() ? terminal_safe_json(text) : text);
    }
    void finish() override
    {
        if (m_is_array)
            m_output.write(m_is_first ? "]\n" : "\n]\n");
    }

private:
    Output& m_output;
    bool m_is_array;
    bool m_is_first = true;
};

class WholeXml final : public WholeWriter {
public:
    explicit WholeXml(Output& output)
        : m_output(output)
    {
    }
    void begin() override { m_output.write("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Events>\n"); }
    void event(WholeEvent const& event) override
    {
        auto text = format("<!-- trace {} recovered {}", to_string(event.trace), event.is_recovered);
        if (event.shows_origin) {
            std::string file;
            append_xml(file, event.file);
            for (auto place = file.find("--"); place != std::string::npos; place = file.find("--", place))
                file.replace(place, 2, "- -"); // [XML 1.0, 2.5] not allowed in a comment
            append_format(text, " file {} offset 0x{:x}", file, event.trace.offset);
            if (event.chunk)
                append_format(text, " chunk {}", *event.chunk);
        }
        text += " -->\n";
        auto const element = without_declaration(event.rendered);
        if (!element.empty()) {
            text += element;
            text += '\n';
        }
        m_output.write(m_output.is_terminal() ? terminal_safe_lines(text) : text);
    }
    void finish() override { m_output.write("</Events>\n"); }

private:
    Output& m_output;
};

}

std::unique_ptr<WholeWriter> make_whole_writer(std::string_view format, Output& output)
{
    if (format == "xml")
        return std::make_unique<WholeXml>(output);
    return std::make_unique<WholeJson>(output, format == "json");
}

}
