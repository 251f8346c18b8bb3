#include "app/event_line.hpp"
#include "base/text.hpp"
#include "formats/evtx/evtx.hpp"
#include <algorithm>

namespace konseki::app {

static constexpr std::string_view read_columns[] { "evidence", "offset", "size_bytes", "recovered", "written_at",
    "event_id", "record_id", "level", "task", "opcode", "version", "keywords", "process_id", "thread_id", "channel",
    "provider", "computer", "user_sid", "how" };

std::size_t EventLine::held_bytes() const
{
    std::size_t bytes = sizeof(EventLine) + channel.size() + provider.size() + computer.size() + user_sid.size();
    for (auto const& value : values)
        bytes += sizeof(value) + (value ? value->size() : 0);
    return bytes;
}

std::vector<std::string> index_columns()
{
    return { std::begin(read_columns), std::end(read_columns) };
}

bool is_index_column(std::string_view name)
{
    return name == "trace" || name == "file" || name == "chunk"
        || std::find(std::begin(read_columns), std::end(read_columns), name) != std::end(read_columns);
}

EventLine event_line_of(store::Rows const& rows)
{
    EventLine line;
    line.trace = rows.trace(0);
    line.size_bytes = rows.unsigned_integer(2);
    line.is_recovered = rows.boolean(3);
    line.written_at = rows.is_null(4) ? Timestamp {} : rows.time(4);
    line.event_id = static_cast<std::uint32_t>(rows.unsigned_integer(5));
    line.record_id = rows.unsigned_integer(6);
    line.level = static_cast<std::uint8_t>(rows.unsigned_integer(7));
    line.task = static_cast<std::uint16_t>(rows.unsigned_integer(8));
    line.opcode = static_cast<std::uint8_t>(rows.unsigned_integer(9));
    line.version = static_cast<std::uint8_t>(rows.unsigned_integer(10));
    line.keywords = rows.unsigned_integer(11);
    line.process_id = static_cast<std::uint32_t>(rows.unsigned_integer(12));
    line.thread_id = static_cast<std::uint32_t>(rows.unsigned_integer(13));
    line.channel = rows.text(14);
    line.provider = rows.text(15);
    line.computer = rows.text(16);
    line.user_sid = rows.text(17);
    line.how = rows.text(18);
    return line;
}

std::optional<std::uint64_t> chunk_of(EventLine const& line)
{
    if (line.how == "json" || line.trace.offset < evtx::file_header_bytes)
        return {};
    return (line.trace.offset - evtx::file_header_bytes) / evtx::chunk_bytes;
}

std::string level_name(std::uint8_t level)
{
    static constexpr std::string_view names[] { "information", "critical", "error", "warning", "information",
        "verbose" };
    return level < std::size(names) ? std::string(names[level]) : format("{}", level);
}

static Cell number_cell(std::uint64_t number, std::string& scratch)
{
    scratch = format("{}", number);
    return Cell::number(scratch);
}

static Cell text_cell(std::string const& text)
{
    return text.empty() ? Cell::absent() : Cell::of(text);
}

Cell index_cell(
    EventLine const& line, std::string_view column, std::string_view file, bool is_for_people, std::string& scratch)
{
    if (column == "trace") {
        scratch = to_string(line.trace);
        return Cell::of(scratch);
    }
    if (column == "evidence") {
        scratch = format("e{}", line.trace.evidence);
        return Cell::of(scratch);
    }
    if (column == "offset" && is_for_people) {
        scratch = format("0x{:x}", line.trace.offset);
        return Cell::of(scratch);
    }
    if (column == "level" && is_for_people) {
        scratch = level_name(line.level);
        return Cell::of(scratch);
    }
    if (column == "chunk") {
        auto const chunk = chunk_of(line);
        return chunk ? number_cell(*chunk, scratch) : Cell::absent();
    }
    if (column == "file")
        return Cell::of(file);
    if (column == "recovered")
        return Cell::boolean(line.is_recovered);
    if (column == "written_at")
        return Cell::time(line.written_at);
    for (auto const& [name, text] :
        { std::pair<std::string_view, std::string const*> { "channel", &line.channel }, { "provider", &line.provider },
            { "computer", &line.computer }, { "user_sid", &line.user_sid }, { "how", &line.how } })
        if (column == name)
            return text_cell(*text);
    for (auto const& [name, number] : { std::pair<std::string_view, std::uint64_t> { "offset", line.trace.offset },
             { "size_bytes", line.size_bytes }, { "event_id", line.event_id }, { "record_id", line.record_id },
             { "level", line.level }, { "task", line.task }, { "opcode", line.opcode }, { "version", line.version },
             { "keywords", line.keywords }, { "process_id", line.process_id }, { "thread_id", line.thread_id } })
        if (column == name)
            return number_cell(number, scratch);
    return Cell::absent();
}

}
