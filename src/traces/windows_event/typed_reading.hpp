// Reads named values of one event for typed rows, with a plan per shape so that names are compared once, not per event.
// Not for other rooms: typed.hpp is the surface.
#pragma once
#include "base/arena.hpp"
#include "record/event.hpp"
#include "record/trace_batch.hpp"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::windows_event {

// The slots of the names a route asks for, in the order it asks; grows while the first events of a shape are read.
struct Plan {
    struct Entry {
        std::string_view name; // a string literal: known by its address
        std::int32_t slot = -1; // index into Event::values; -1: this shape has no such value
    };
    std::vector<Entry> entries;
};

// Holds views of the event and of the arena; lives for one event. Texts that are empty or "-" count as not said.
class Reading {
public:
    Reading(Event const& event, TraceOrigin const& origin, Plan& plan, Arena& arena, TraceSink& sink)
        : m_event(event)
        , m_origin(origin)
        , m_plan(plan)
        , m_arena(arena)
        , m_sink(sink)
    {
    }

    Event const& event() const { return m_event; }
    Arena& arena() { return m_arena; }
    template <typename Schema, typename Row> void emit(Schema const& schema, Row const& row)
    {
        m_sink.emit(schema, m_origin, row);
    }
    // A row with the columns that every schema begins with.
    template <typename Row> Row begin() const
    {
        Row row;
        row.written_at = m_event.written_at;
        row.computer = m_event.computer;
        row.event_id = m_event.event_id;
        return row;
    }

    // The name must be a string literal.
    EventValue const* value(std::string_view name);
    std::string_view text(std::string_view name); // data() == nullptr: not said
    std::string_view text_or(std::string_view name, std::string_view other_name);
    std::optional<std::uint64_t> number(std::string_view name); // integers, 0x… and decimal text
    std::optional<std::uint32_t> small_number(std::string_view name);
    std::optional<bool> truth(std::string_view name);
    std::string_view guid(std::string_view name); // upper case, no braces
    std::string_view address(std::string_view name); // ::ffff: taken off
    std::string_view status(std::string_view name); // 0x… in lower case; not said for 0
    Timestamp time(std::string_view name); // "2021-05-01 10:00:00.123" as Sysmon writes it, or a time value
    std::string_view account(std::string_view domain, std::string_view user); // DOMAIN\user

    std::string_view text_of(EventValue const& value);
    std::string_view keep(std::string_view text) { return m_arena.copy(text); }

private:
    Event const& m_event;
    TraceOrigin const& m_origin;
    Plan& m_plan;
    Arena& m_arena;
    TraceSink& m_sink;
    std::size_t m_cursor = 0;
    std::string m_scratch;
};

struct Hashes {
    std::string_view sha256, sha1, md5, imphash;
};
Hashes split_hashes(std::string_view text); // "SHA1=…,MD5=…,SHA256=…,IMPHASH=…"

// Where an event must come from. An empty channel or provider in the event counts as a match when the other one is
// there.
struct Source {
    std::string_view channel, provider;
};

struct Route {
    std::uint16_t event_id;
    Source const* source;
    void (*read)(Reading& reading);
};

// One table per typed_*.cpp; typed.cpp joins them.
std::span<Route const> logon_routes();
std::span<Route const> process_routes();
std::span<Route const> service_and_task_routes();
std::span<Route const> account_routes();
std::span<Route const> network_routes();
std::span<Route const> session_routes();
std::span<Route const> sysmon_routes();
std::span<Route const> powershell_routes();
std::span<Route const> wmi_and_defender_routes();

inline constexpr Source security_log { "Security", "Microsoft-Windows-Security-Auditing" };
inline constexpr Source security_eventlog { "Security", "Microsoft-Windows-Eventlog" };
inline constexpr Source system_eventlog { "System", "Microsoft-Windows-Eventlog" };
inline constexpr Source sysmon_log { "Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon" };

}
