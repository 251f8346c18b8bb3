#include "analysers/sigma/watcher.hpp"
#include "base/text.hpp"
#include "rules/sigma/correlation.hpp"
#include "rules/sigma/match_row.hpp"

namespace konseki::sigma {

namespace {

// A value longer than this is cut in the row; the whole one is an origin away.
constexpr std::size_t shown_bytes_max = 2'000;

std::string_view shown(std::string_view value)
{
    if (value.size() <= shown_bytes_max)
        return value;
    auto size = shown_bytes_max;
    while (size > 0 && (static_cast<unsigned char>(value[size]) & 0xc0U) == 0x80U) // not inside a code point
        --size;
    return value.substr(0, size);
}

void append_fields(std::string& json, std::vector<std::pair<std::string, std::string>> const& fields)
{
    json += '[';
    for (auto const& [name, value] : fields) {
        json += json.size() > 1 ? ",[" : "[";
        append_json_string(json, name);
        json += ',';
        append_json_string(json, shown(value));
        json += ']';
    }
    json += ']';
}

}

MatchWatcher::MatchWatcher(RuleSet const& rules, TraceSink& sink)
    : m_rules(rules)
    , m_sink(sink)
    , m_matcher(rules)
    , m_fields_needed(fields_needed(rules.correlations(), rules.rules()))
{
}

void MatchWatcher::on_event(Event const& event, TraceOrigin const& origin)
{
    for (auto const rule : m_matcher.match(event)) {
        m_matched.clear();
        m_matcher.matched_fields(rule, event, m_matched);
        m_fields_json.clear();
        append_fields(m_fields_json, m_matched);
        m_group_json.clear();
        for (auto const& name : m_fields_needed[rule]) {
            auto const value = m_matcher.field_text(rule, event, name);
            if (!value)
                continue;
            m_group_json += m_group_json.empty() ? '{' : ',';
            append_json_string(m_group_json, name);
            m_group_json += ':';
            append_json_string(m_group_json, *value);
        }
        if (!m_group_json.empty())
            m_group_json += '}';
        auto const& head = m_rules.rules()[rule];
        MatchRow row;
        row.rule = head.id.empty() ? std::string_view(head.title) : std::string_view(head.id);
        row.written_at = event.written_at;
        row.computer = event.computer;
        row.channel = event.channel;
        row.event_id = event.event_id;
        row.fields = m_fields_json;
        row.group = m_group_json;
        m_sink.emit(match_schema, origin, row);
    }
}

}
