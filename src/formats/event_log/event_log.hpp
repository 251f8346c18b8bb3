// Event logs of Windows NT to 2003 (.evt): a ring of records, live by its end marker, and older ones between them.
// Not EVTX (formats/evtx), and no message text: that lies in the programs' message files.
// Source: libyal/libevt "Windows Event Log (EVT) format"; Microsoft, "Event Log File Format".
#pragma once
#include "base/arena.hpp"
#include "record/artefact_parser.hpp"
#include <stop_token>

namespace konseki::event_log {

Sniff sniff(ByteView head);

struct FileFacts {
    std::uint64_t size_bytes = 0;
    std::uint32_t next_record_id = 0, oldest_record_id = 0; // of the end marker, else of the header
    std::uint32_t flags = 0; // of the header: 1 dirty, 2 wrapped, 4 full, 8 archive
    std::uint32_t size_max_bytes = 0;
    bool has_header = false, has_end = false;
    bool is_dirty() const { return (flags & 1U) != 0; }
};

// recovered: no longer part of the ring (overwritten soon, or cleared), or of a file that has lost its end marker.
enum class Place : std::uint8_t { live, recovered };

struct RecordFacts {
    std::uint64_t offset = 0; // a live record may end at the beginning of the ring
    std::uint32_t size_bytes = 0;
    Place place = Place::live;
    Timestamp generated_at, stored_at; // whole seconds; the event's written_at is the first
    bool is_complete = true; // false: both sizes differ, or a part points outside
};

class Visitor {
public:
    virtual ~Visitor() = default;
    virtual void on_file(FileFacts const& facts) = 0;
    // Values are named "Data", one for each string, and "Binary".
    virtual void on_record(Event const& event, RecordFacts const& facts) = 0;
};

struct ReadContext {
    EventShapes& shapes;
    Arena& arena; // reset after each record
    DiagnosticSink& diagnostics;
    std::stop_token stop {};
};

// The file does not say which log it is; the caller takes "System" from SysEvent.Evt (channel_of_file).
void read(ByteView bytes, std::string_view channel, ReadContext& context, Visitor& visitor);
std::string channel_of_file(std::string_view path);

// One record again, as JSON in the form of exported events. Error where none begins at the offset.
Result<std::string> render(ByteView bytes, std::uint64_t offset, std::string_view channel);

}
