// One event as lists show it: the columns of the index, the values of chosen fields, and where it lies.
// Not the event itself: intake::render gives that.
#pragma once
#include "app/row_writer.hpp"
#include "base/identity.hpp"
#include "store/rows.hpp"
#include <optional>

namespace konseki::app {

struct EventLine {
    TraceId trace;
    std::uint64_t size_bytes = 0;
    bool is_recovered = false;
    Timestamp written_at;
    std::uint32_t event_id = 0;
    std::uint64_t record_id = 0;
    std::uint8_t level = 0;
    std::uint16_t task = 0;
    std::uint8_t opcode = 0, version = 0;
    std::uint64_t keywords = 0;
    std::uint32_t process_id = 0, thread_id = 0;
    std::string channel, provider, computer, user_sid, how;
    std::vector<std::optional<std::string>> values; // of chosen fields that are no columns of the index

    std::size_t held_bytes() const;
};

// Columns of the index in the order that event_line_of() reads them.
std::vector<std::string> index_columns();
bool is_index_column(std::string_view name); // or one of trace, file, chunk: made of the origin
EventLine event_line_of(store::Rows const& rows);

// 64 KiB chunk of an EVTX file that the record lies in; nothing where the log has no chunks.
std::optional<std::uint64_t> chunk_of(EventLine const& line);
std::string level_name(std::uint8_t level);

// Cells of one line: `scratch` holds their texts and must be as long-lived as the cells.
Cell index_cell(
    EventLine const& line, std::string_view column, std::string_view file, bool is_for_people, std::string& scratch);

}
