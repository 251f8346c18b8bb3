// Turns one parsed JSON object into an Event, whichever tool wrote it.
// Not framing: where an object begins and ends in the file is the business of event_json.cpp.
#pragma once
#include "base/arena.hpp"
#include "base/limits.hpp"
#include "formats/event_json/system_names.hpp"
#include "record/event.hpp"
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>
#include <simdjson.h>

namespace konseki::event_json {

// Holds views of the last object and of the parser's strings: an Event lives until the next build or parse.
class EventBuilder {
public:
    EventBuilder(EventShapes& shapes, Limits const& limits)
        : m_shapes(shapes)
        , m_limits(limits)
    {
    }

    // Nothing when the object does not describe a Windows event.
    std::optional<Event> build(simdjson::dom::object object);

private:
    using Element = simdjson::dom::element;
    using Object = simdjson::dom::object;

    struct Pending { // one object still to walk
        Object object;
        std::string_view prefix; // joined names above it
        enum class Kind : std::uint8_t { flat, system, event_data, user_data, other } kind = Kind::flat;
        std::uint32_t depth = 0;
    };
    struct Times {
        Timestamp exact, weak, local;
    };
    struct Values {
        std::vector<std::string_view> names;
        std::vector<EventValue> values;
        void clear()
        {
            names.clear();
            values.clear();
        }
    };

    void walk_all(Object object);
    void walk_raw_xml(); // instead of what the shipper made of it
    void walk(Pending const& pending);
    void walk_flat_member(std::string_view key, Element value, std::uint32_t depth);
    void walk_data_member(std::string_view key, Element value, Pending const& pending);
    void add_attributes(Object object, std::string_view element, Pending const& pending);
    void walk_array(std::string_view name, simdjson::dom::array items, Pending const& pending);
    void push(Object object, std::string_view prefix, Pending::Kind kind, std::uint32_t depth);
    void take_system(SystemField field, std::string_view name, Element value);
    void take_time(Element value, Timestamp& target);
    void take_ecs_event(Object object, std::uint32_t depth);
    void add(Values& target, std::string_view name, Element value);
    void add_text(Values& target, std::string_view name, std::string_view text);
    bool add_named_item(Element item, Values& target);
    Values& values_of(Pending const& pending) { return pending.kind == Pending::Kind::other ? m_flat : m_data; }
    std::string_view joined(std::string_view prefix, std::string_view name);
    std::string_view without_spaces(std::string_view name);
    std::string_view scalar_text(Element value);
    std::optional<std::uint64_t> scalar_number(Element value);
    EventShape const* shape_of(Values const& values);
    Timestamp best_time() const;

    EventShapes& m_shapes;
    Limits const& m_limits;
    Arena m_arena;
    Event m_event;
    Values m_flat, m_data; // members beside the System block; members of EventData, UserData, event_data …
    bool m_has_block = false; // a System, winlog or event_data block was seen: flat members are the shipper's
    bool m_has_event_id = false;
    std::optional<std::uint64_t> m_weak_event_id;
    std::string_view m_weak_provider;
    std::string_view m_raw_xml; // the event itself, beside fields that somebody took out of it
    std::string m_raw_json;
    simdjson::dom::parser m_raw_parser;
    Times m_times;
    std::vector<Pending> m_pending;
    std::string m_key;
    std::unordered_map<std::string, EventShape const*> m_shape_by_names;
};

}
