#include "app/row_writer.hpp"
#include "app/terminal_text.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include <algorithm>

namespace konseki::app {

std::string time_text(Timestamp time, TimeZone zone)
{
    if (!time.is_set())
        return {};
    return zone == TimeZone::jst ? to_jst_string(time) : to_string(time);
}

void append_xml(std::string& target, std::string_view text)
{
    std::size_t position = 0;
    while (position < text.size()) {
        auto const start = position;
        auto const c = utf8::next(text, position);
        switch (c) {
        case U'<': target += "&lt;"; break;
        case U'>': target += "&gt;"; break;
        case U'&': target += "&amp;"; break;
        case U'"': target += "&quot;"; break;
        case U'\n':
        case U'\t': target += static_cast<char>(c); break;
        case U'\r': target += "&#13;"; break;
        default:
            // [XML 1.0, 2.2] these have no way to be written, not even as a reference
            if (c < 0x20 || c == utf8::invalid || (c >= 0xd800 && c <= 0xdfff) || c == 0xfffe || c == 0xffff)
                append_terminal_safe(target, text.substr(start, position - start));
            else
                target += text.substr(start, position - start);
        }
    }
}

namespace {

class JsonWriter final : public RowWriter {
public:
    enum class Shape { lines, array };
    JsonWriter(Output& output, Shape shape)
        : m_output(output)
        , m_shape(shape)
    {
    }

    void begin(std::span<std::string const> columns) override
    {
        for (auto const& column : columns)
            m_names.push_back(json_string(column));
        if (m_shape == Shape::array)
            m_output.write("[");
    }

    void row(std::span<Cell const> cells) override
    {
        m_text.clear();
        if (m_shape == Shape::array)
            m_text += m_is_first ? "\n" : ",\n";
        m_is_first = false;
        m_text += '{';
        for (std::size_t index = 0; index < cells.size(); ++index) {
            if (index > 0)
                m_text += ',';
            m_text += m_names[index];
            m_text += ':';
            append_cell(cells[index]);
        }
        m_text += '}';
        if (m_shape == Shape::lines)
            m_text += '\n';
        m_output.write(m_output.is_terminal() ? terminal_safe_json(m_text) : m_text);
    }

    void finish() override
    {
        if (m_shape == Shape::array)
            m_output.write(m_is_first ? "]\n" : "\n]\n");
    }

private:
    void append_cell(Cell const& cell)
    {
        switch (cell.kind) {
        case Cell::Kind::absent: m_text += "null"; break;
        case Cell::Kind::text: append_json_string(m_text, cell.text); break;
        case Cell::Kind::time:
            m_text += '"';
            append_iso8601(m_text, cell.at);
            m_text += '"';
            break;
        case Cell::Kind::number:
        case Cell::Kind::boolean:
        case Cell::Kind::json: m_text += cell.text; break;
        }
    }

    Output& m_output;
    Shape m_shape;
    std::vector<std::string> m_names;
    std::string m_text;
    bool m_is_first = true;
};

class CsvWriter final : public RowWriter {
public:
    explicit CsvWriter(Output& output)
        : m_output(output)
    {
    }

    void begin(std::span<std::string const> columns) override
    {
        std::string text;
        for (auto const& column : columns) {
            if (!text.empty())
                text += ',';
            append_csv_field(text, column);
        }
        m_output.write(text + "\r\n");
    }

    void row(std::span<Cell const> cells) override
    {
        m_text.clear();
        for (std::size_t index = 0; index < cells.size(); ++index) {
            if (index > 0)
                m_text += ',';
            if (cells[index].kind == Cell::Kind::time)
                append_iso8601(m_text, cells[index].at);
            else
                append_csv_field(
                    m_text, m_output.is_terminal() ? terminal_safe(cells[index].text) : std::string(cells[index].text));
        }
        m_text += "\r\n"; // RFC 4180
        m_output.write(m_text);
    }

    void finish() override { }

private:
    Output& m_output;
    std::string m_text;
};

class XmlWriter final : public RowWriter {
public:
    explicit XmlWriter(Output& output)
        : m_output(output)
    {
    }

    void begin(std::span<std::string const> columns) override
    {
        for (auto const& column : columns) {
            m_names.emplace_back();
            append_xml(m_names.back(), column);
        }
        m_output.write("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rows>\n");
    }

    void row(std::span<Cell const> cells) override
    {
        m_text = "<row>";
        for (std::size_t index = 0; index < cells.size(); ++index) {
            auto const& cell = cells[index];
            if (cell.kind == Cell::Kind::absent)
                continue;
            append_format(m_text, "<field name=\"{}\">", m_names[index]);
            if (cell.kind == Cell::Kind::time)
                append_iso8601(m_text, cell.at);
            else
                append_xml(m_text, cell.text);
            m_text += "</field>";
        }
        m_text += "</row>\n";
        m_output.write(m_output.is_terminal() ? terminal_safe_lines(m_text) : m_text);
    }

    void finish() override { m_output.write("</rows>\n"); }

private:
    Output& m_output;
    std::vector<std::string> m_names;
    std::string m_text;
};

// Looks at the first rows to choose widths, then streams. Evidence text is made safe always: a line break would break
// the table.
class TableWriter final : public RowWriter {
public:
    TableWriter(Output& output, TableLook const& look)
        : m_output(output)
        , m_look(look)
    {
    }

    void begin(std::span<std::string const> columns) override { m_columns.assign(columns.begin(), columns.end()); }

    void row(std::span<Cell const> cells) override
    {
        Line line;
        for (auto const& cell : cells) {
            line.texts.push_back(
                cell.kind == Cell::Kind::time ? time_text(cell.at, m_look.zone) : terminal_safe(cell.text));
            line.colours.push_back(cell.colour);
            line.is_number.push_back(cell.kind == Cell::Kind::number ? 1 : 0);
        }
        ++m_rows;
        if (m_are_widths_chosen) {
            write_line(line);
            return;
        }
        m_waiting.push_back(std::move(line));
        if (m_waiting.size() >= rows_looked_at)
            choose_widths();
    }

    void finish() override
    {
        if (!m_are_widths_chosen && m_rows > 0)
            choose_widths();
    }

private:
    static constexpr std::size_t rows_looked_at = 200;
    struct Line {
        std::vector<std::string> texts;
        std::vector<Colour> colours;
        std::vector<std::uint8_t> is_number;
    };

    void choose_widths()
    {
        m_are_widths_chosen = true;
        for (std::size_t index = 0; index < m_columns.size(); ++index) {
            auto width = display_width(m_columns[index]);
            for (auto const& line : m_waiting)
                width = std::max(width, display_width(line.texts[index]));
            m_widths.push_back(index + 1 == m_columns.size() ? width : std::min(width, m_look.cell_width_max));
        }
        Line head;
        head.texts = m_columns;
        head.colours.assign(m_columns.size(), Colour::bold);
        head.is_number = m_waiting.front().is_number;
        write_line(head);
        for (auto const& line : m_waiting)
            write_line(line);
        m_waiting.clear();
    }

    void write_line(Line const& line)
    {
        std::string text;
        std::size_t used = 0;
        for (std::size_t index = 0; index < line.texts.size(); ++index) {
            bool const is_last = index + 1 == line.texts.size();
            auto limit = m_widths[index];
            if (is_last) // where the terminal is too narrow for anything sensible, wrap rather than hide
                limit = m_output.width() > used + 20 ? m_output.width() - used : 100'000;
            auto const cut = cut_to_width(line.texts[index], limit);
            auto const width = display_width(cut);
            auto const padding = std::string(m_widths[index] > width ? m_widths[index] - width : 0, ' ');
            auto const shown = m_output.coloured(cut, line.colours[index]);
            if (line.is_number[index] != 0)
                text += padding + shown;
            else
                text += is_last ? shown : shown + padding;
            if (!is_last)
                text += "  ";
            used += std::max(width, m_widths[index]) + 2;
        }
        text += '\n';
        m_output.write(text);
    }

    Output& m_output;
    TableLook m_look;
    std::vector<std::string> m_columns;
    std::vector<std::size_t> m_widths;
    std::vector<Line> m_waiting;
    std::size_t m_rows = 0;
    bool m_are_widths_chosen = false;
};

}

std::unique_ptr<RowWriter> make_row_writer(std::string_view format, Output& output, TableLook const& look)
{
    if (format == "jsonl")
        return std::make_unique<JsonWriter>(output, JsonWriter::Shape::lines);
    if (format == "json")
        return std::make_unique<JsonWriter>(output, JsonWriter::Shape::array);
    if (format == "csv")
        return std::make_unique<CsvWriter>(output);
    if (format == "xml")
        return std::make_unique<XmlWriter>(output);
    return std::make_unique<TableWriter>(output, look);
}

}
