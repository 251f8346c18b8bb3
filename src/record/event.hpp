// One log event as rules and typed traces see it: a system block and named, lazily decoded values.
// Not a rendering: XML and JSON of an event are made by its format (formats/evtx, formats/event_json).
#pragma once
#include "base/byte_view.hpp"
#include "base/timestamp.hpp"
#include "record/trace_batch.hpp"
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace konseki {

// [MS-EVEN6 / libevtx, value types], and utf8 for what is text already (JSON input, literals of a template).
enum class ValueType : std::uint8_t {
    null,
    utf16,
    ansi,
    i8,
    u8,
    i16,
    u16,
    i32,
    u32,
    i64,
    u64,
    f32,
    f64,
    boolean,
    binary,
    guid,
    size32,
    size64,
    filetime,
    systemtime,
    sid,
    hex32,
    hex64,
    utf8,
    utf16_list, // zero-separated strings; other arrays are split into several values of the same name
};

// Views the evidence (or the parser's arena): valid until the watcher or visitor returns.
struct EventValue {
    ValueType type = ValueType::null;
    ByteView bytes;
};

// Appends the canonical text of a value, the one that rules match and tables hold: integers in decimal, hex32/64 as
// 0x…, GUIDs upper case without braces, SIDs as S-1-…, times ISO 8601 with 6 digits and Z, binary as upper-case hex,
// booleans true/false. List items are joined with ", ". Strings end at their trailing zeros. Never fails: short values
// give what is there.
void append_value_text(std::string& target, EventValue const& value);
std::string value_text(EventValue const& value);

// The names of an event's values, interned: one shape per distinct list of names, so that a consumer can plan once per
// shape. Names are as Sigma uses them: EventData Name or the element's name in UserData, "Element_Attribute" for
// attributes, "Data" for unnamed <Data>; spaces are removed ("Threat Name" -> "ThreatName").
struct EventShape {
    std::uint32_t id = 0; // dense from 0, within one EventShapes
    std::vector<std::string> names;
};

class EventShapes {
public:
    EventShape const* intern(std::vector<std::string> const& names); // the pointer stays valid as long as the table
    std::size_t size() const { return m_shapes.size(); }

private:
    std::deque<EventShape> m_shapes;
    std::unordered_map<std::string, EventShape const*> m_by_key;
};

// Views: see EventValue.
struct Event {
    // the System block; data() == nullptr or zero where the event does not say
    std::string_view provider, channel, computer, provider_guid, user_sid, activity_id;
    std::uint32_t event_id = 0;
    std::uint32_t qualifiers = 0;
    std::uint8_t version = 0, level = 0, opcode = 0;
    std::uint16_t task = 0;
    std::uint64_t keywords = 0;
    std::uint64_t record_id = 0;
    std::uint32_t execution_process_id = 0, execution_thread_id = 0;
    Timestamp written_at; // TimeCreated
    // EventData or UserData, in document order
    EventShape const* shape = nullptr;
    std::span<EventValue const> values; // as many as shape->names
    // RenderingInfo (forwarded events) and others outside EventData: message text where present
    std::string_view message;

    // First value of that name (exact), or nullptr. For occasional use; hot paths plan per shape.
    EventValue const* find(std::string_view name) const;
};

// Sees every event while it is parsed (rule matching runs here). Called in the order of the evidence.
class EventWatcher {
public:
    virtual ~EventWatcher() = default;
    virtual void on_event(Event const& event, TraceOrigin const& origin) = 0;
};

}
