// For the tests, benches and fuzzers of this folder: events made of names and texts, and rule sets made of one text.
// Not part of the library's surface.
#pragma once
#include "rules/sigma/matcher.hpp"
#include "rules/sigma/plan.hpp"
#include "rules/sigma/reference.hpp"
#include <string>
#include <utility>
#include <vector>

namespace konseki::sigma::testing {

// Owns what its Event views. All MadeEvents share one table of shapes, as a worker's events do.
class MadeEvent {
public:
    using Fields = std::vector<std::pair<std::string, std::string>>;
    MadeEvent(EventShapes& shapes, std::string channel, std::uint32_t event_id, Fields fields)
        : m_channel(std::move(channel))
        , m_fields(std::move(fields))
    {
        std::vector<std::string> names;
        for (auto const& [name, text] : m_fields) {
            names.push_back(name);
            m_values.push_back({ ValueType::utf8, as_bytes(text) });
        }
        m_event.channel = m_channel;
        m_event.event_id = event_id;
        m_event.shape = shapes.intern(names);
        m_event.values = m_values;
    }
    MadeEvent(MadeEvent const&) = delete;
    MadeEvent& operator=(MadeEvent const&) = delete;
    ~MadeEvent() = default;
    Event const& operator*() const { return m_event; }
    Event& event() { return m_event; }
    std::vector<EventValue>& values() { return m_values; }

private:
    std::string m_channel;
    Fields m_fields;
    std::vector<EventValue> m_values;
    Event m_event;
};

inline RuleSet set_of(std::string text, CompileOptions const& options = {})
{
    return RuleSet::compile({ { "test.yml", std::move(text) } }, options);
}

// A rule over every Windows log whose detection section is given (indented by four spaces).
inline std::string rule_with(std::string const& detection)
{
    return "title: test\nid: test\nlogsource:\n    product: windows\ndetection:\n" + detection;
}

// Indexes of the rules that match by the reference interpreter.
inline std::vector<std::uint32_t> slow_matches(RuleSet const& set, Event const& event)
{
    std::vector<std::uint32_t> slow;
    for (std::uint32_t i = 0; i < set.rules().size(); ++i) {
        if (matches(set.rules()[i], set.plan().variants[i], set.plan().sources, event))
            slow.push_back(i);
    }
    return slow;
}

}
