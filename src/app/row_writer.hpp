// Rows of cells as a table, JSON lines, JSON, CSV or XML, streamed. What the cells mean is the caller's business.
#pragma once
#include "app/output.hpp"
#include "base/timestamp.hpp"
#include <memory>
#include <span>
#include <vector>

namespace konseki::app {

enum class TimeZone : std::uint8_t { utc, jst };

// Views: the text must live until row() returns.
struct Cell {
    enum class Kind : std::uint8_t { absent, text, number, boolean, time, json } kind = Kind::absent;
    std::string_view text; // number and boolean: as JSON writes them; json: one JSON value
    Timestamp at;
    Colour colour = Colour::plain; // tables on terminals only

    static Cell absent() { return {}; }
    static Cell of(std::string_view text)
    {
        return text.data() == nullptr ? Cell {} : Cell { Kind::text, text, {}, Colour::plain };
    }
    static Cell number(std::string_view digits) { return { Kind::number, digits, {}, Colour::plain }; }
    static Cell boolean(bool value) { return { Kind::boolean, value ? "true" : "false", {}, Colour::plain }; }
    static Cell time(Timestamp at) { return at.is_set() ? Cell { Kind::time, {}, at, Colour::plain } : Cell {}; }
    static Cell json(std::string_view text) { return { Kind::json, text, {}, Colour::plain }; }
};

struct TableLook {
    TimeZone zone = TimeZone::utc;
    std::size_t cell_width_max = 60; // of every column but the last, which takes what the terminal leaves
};

class RowWriter {
public:
    virtual ~RowWriter() = default;
    virtual void begin(std::span<std::string const> columns) = 0;
    virtual void row(std::span<Cell const> cells) = 0;
    virtual void finish() = 0; // once, also when there were no rows
};

// format: "table", "jsonl", "json", "csv", "xml". The output must outlive the writer.
std::unique_ptr<RowWriter> make_row_writer(std::string_view format, Output& output, TableLook const& look);

std::string time_text(Timestamp time, TimeZone zone); // for people
void append_xml(
    std::string& target, std::string_view text); // escaped; what XML 1.0 cannot hold becomes a visible escape

}
