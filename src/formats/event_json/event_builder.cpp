#include "formats/event_json/event_builder.hpp"
#include "base/text.hpp"
#include "formats/event_json/event_xml.hpp"
#include <algorithm>
#include <cmath>

namespace konseki::event_json {

using simdjson::dom::element_type;

namespace {

// Objects that only wrap the event: Splunk "result", Elastic "_source", Chainsaw "document"/"data", evtx_dump "Event".
bool is_wrapper(std::string_view key)
{
    return key == "Event" || key == "_source" || key == "result" || key == "document" || key == "data";
}

bool is_severity_word(std::string_view text)
{
    return text == "INFO" || text == "AUDIT_SUCCESS" || text == "AUDIT_FAILURE" || text == "WARNING" || text == "ERROR"
        || text == "VERBOSE" || text == "CRITICAL";
}

std::uint8_t level_of(std::string_view text)
{
    auto const word = ascii_lower(text);
    if (word == "critical")
        return 1;
    if (word == "error")
        return 2;
    if (word == "warning")
        return 3;
    if (word == "information" || word == "informational" || word == "info")
        return 4;
    return word == "verbose" ? 5 : 0;
}

bool says_zone(std::string_view time)
{
    return time.size() > 19 && (time.back() == 'Z' || time.find_last_of("+-") > 10);
}

std::string_view after_prefix(std::string_view text, std::string_view prefix)
{
    return text.substr(0, prefix.size()) == prefix ? text.substr(prefix.size()) : std::string_view {};
}

constexpr std::size_t shapes_max = 65'536; // lists of names one reader remembers

constexpr std::int64_t zone_quarters_max = 56; // UTC+14
constexpr std::int64_t quarter_hour_ticks = 900 * ticks_per_second;

}

void EventBuilder::walk_all(Object object)
{
    m_arena.reset();
    m_event = {};
    m_flat.clear();
    m_data.clear();
    m_has_block = false;
    m_has_event_id = false;
    m_weak_event_id.reset();
    m_weak_provider = {};
    m_times = {};
    m_pending.clear();
    push(object, {}, Pending::Kind::flat, 0);
    while (!m_pending.empty()) {
        auto const next = m_pending.back();
        m_pending.pop_back();
        walk(next);
    }
}

void EventBuilder::walk_raw_xml()
{
    auto json = json_of_event_xml(m_raw_xml, m_limits);
    if (!json)
        return;
    m_raw_json = std::move(*json);
    auto const size = m_raw_json.size();
    m_raw_json.append(simdjson::SIMDJSON_PADDING, '\0');
    Object object;
    if (m_raw_parser.parse(m_raw_json.data(), size, false).get(object) == simdjson::SUCCESS)
        walk_all(object);
}

std::optional<Event> EventBuilder::build(simdjson::dom::object object)
{
    m_raw_xml = {};
    walk_all(object);
    if (!m_raw_xml.empty() && !m_has_block)
        walk_raw_xml();
    if (!m_has_event_id && m_weak_event_id) {
        m_event.event_id = static_cast<std::uint32_t>(*m_weak_event_id);
        m_has_event_id = true;
    }
    if (m_event.provider.empty())
        m_event.provider = m_weak_provider;
    bool const names_its_place = !m_event.channel.empty() || !m_event.provider.empty() || !m_event.computer.empty();
    if (!m_has_event_id || !names_its_place)
        return std::nullopt;
    auto const& values = m_has_block ? m_data : m_flat;
    m_event.shape = shape_of(values);
    m_event.values = values.values;
    m_event.written_at = best_time();
    return m_event;
}

// nxlog's EventTime is the shipper's wall clock without a zone; the UTC stamp beside it is seconds late. Their distance
// in quarter hours (zones come in those) turns the wall clock into UTC.
Timestamp EventBuilder::best_time() const
{
    if (m_times.exact.is_set())
        return m_times.exact;
    if (!m_times.local.is_set())
        return m_times.weak;
    if (!m_times.weak.is_set())
        return m_times.local;
    auto const distance = m_times.weak.ticks - m_times.local.ticks;
    auto const half = quarter_hour_ticks / 2;
    auto const quarters = (distance >= 0 ? distance + half : distance - half) / quarter_hour_ticks;
    if (std::abs(quarters) > zone_quarters_max) // a late import, not a zone
        return m_times.local;
    return { m_times.local.ticks + quarters * quarter_hour_ticks };
}

void EventBuilder::push(Object object, std::string_view prefix, Pending::Kind kind, std::uint32_t depth)
{
    if (depth < m_limits.depth_max && m_pending.size() < m_limits.elements_max)
        m_pending.push_back({ object, prefix, kind, depth });
}

void EventBuilder::walk(Pending const& pending)
{
    std::uint32_t count = 0;
    for (auto const member : pending.object) {
        if (++count > m_limits.elements_max)
            return;
        if (pending.kind == Pending::Kind::flat)
            walk_flat_member(member.key, member.value, pending.depth);
        else
            walk_data_member(member.key, member.value, pending);
    }
}

void EventBuilder::walk_flat_member(std::string_view key, Element value, std::uint32_t depth)
{
    Object object;
    if (value.get(object) == simdjson::SUCCESS) {
        if (is_wrapper(key)) {
            push(object, {}, Pending::Kind::flat, depth + 1);
        } else if (key == "System" || key == "winlog") {
            m_has_block = true;
            push(object, {}, Pending::Kind::system, depth + 1);
        } else if (key == "EventData" || key == "event_data") {
            m_has_block = true;
            push(object, {}, Pending::Kind::event_data, depth + 1);
        } else if (key == "UserData" || key == "user_data") {
            m_has_block = true;
            push(object, {}, Pending::Kind::user_data, depth + 1);
        } else if (key == "event") {
            take_ecs_event(object, depth);
        } else if (key == "RenderingInfo") {
            std::string_view message;
            if (object["Message"].get(message) == simdjson::SUCCESS)
                m_event.message = message;
        } else if (key == "TimeCreated" || key == "Provider" || key == "Security" || key == "Execution") {
            push(object, key, Pending::Kind::system, depth + 1);
        } else if (key != "#attributes" && key != "agent" && key != "ecs" && key != "host" && key != "log") {
            push(object, key, Pending::Kind::other, depth + 1); // unknown nesting: its leaves are kept
        }
        return;
    }
    // Elastic's "fields" and flattened exports: "winlog.event_data.TargetUserName", "Event.System.EventID"
    for (std::string_view const prefix :
        { "winlog.event_data.", "winlog.user_data.", "Event.EventData.", "EventData." }) {
        if (auto const name = after_prefix(key, prefix); !name.empty()) {
            m_has_block = true;
            add(m_data, without_spaces(name), value);
            return;
        }
    }
    for (std::string_view const prefix : { "winlog.", "Event.System.", "System." }) {
        if (auto const name = after_prefix(key, prefix); !name.empty())
            key = name;
    }
    auto const field = system_field(key);
    if (field == SystemField::raw) {
        if (value.is_string() && is_event_xml(scalar_text(value)))
            m_raw_xml = scalar_text(value);
    } else if (field == SystemField::none)
        add(m_flat, without_spaces(key), value);
    else
        take_system(field, key, value);
}

// ECS: event.code is the event id, event.provider the provider; event.created is when the shipper read it.
void EventBuilder::take_ecs_event(Object object, std::uint32_t depth)
{
    Element value;
    if (object["EventID"].get(value) == simdjson::SUCCESS || object["System"].get(value) == simdjson::SUCCESS) {
        push(object, {}, Pending::Kind::flat, depth + 1); // Splunk's HTTP collector wraps the whole event
        return;
    }
    if (object["code"].get(value) == simdjson::SUCCESS)
        m_weak_event_id = scalar_number(value);
    if (object["provider"].get(value) == simdjson::SUCCESS && value.is_string())
        m_weak_provider = scalar_text(value);
}

void EventBuilder::walk_data_member(std::string_view key, Element value, Pending const& pending)
{
    using Kind = Pending::Kind;
    bool const is_attributes = key == "#attributes" || key == "@attributes";
    Object object;
    if (value.get(object) == simdjson::SUCCESS) {
        if (pending.kind == Kind::system && (key == "event_data" || key == "user_data")) {
            push(object, {}, key == "event_data" ? Kind::event_data : Kind::user_data, pending.depth + 1);
            return;
        }
        auto const parent = pending.prefix.empty() ? std::string_view("EventData") : pending.prefix;
        auto name = is_attributes ? parent : key;
        if (key.size() > 11 && key.substr(key.size() - 11) == "_attributes") // evtx_dump --separate-json-attributes
            name = key.substr(0, key.size() - 11);
        if (pending.kind == Kind::system)
            push(
                object, is_attributes ? pending.prefix : joined(pending.prefix, name), Kind::system, pending.depth + 1);
        else if (is_attributes)
            add_attributes(object, parent, pending);
        else
            push(object, name, pending.kind == Kind::other ? Kind::other : Kind::event_data,
                pending.depth + 1); // the innermost element gives the name
        return;
    }
    bool const is_content = key == "#text" || key == "Value" || key == "@text";
    if (pending.kind == Kind::system) {
        auto const name = is_content && !pending.prefix.empty() ? pending.prefix : joined(pending.prefix, key);
        if (auto const field = system_field(name); field != SystemField::none && field != SystemField::message)
            take_system(field, name, value);
        return;
    }
    if (key == "xmlns" || key.substr(0, 6) == "xmlns:" || key == "xml_name")
        return;
    auto name = is_content && !pending.prefix.empty() ? pending.prefix : key;
    if (pending.kind == Kind::user_data && !pending.prefix.empty())
        name = joined(pending.prefix, name);
    simdjson::dom::array items;
    if (value.get(items) == simdjson::SUCCESS)
        walk_array(without_spaces(name), items, pending);
    else
        add(values_of(pending), without_spaces(name), value);
}

// Element_Attribute, in front of what the element holds, as in the EVTX.
void EventBuilder::add_attributes(Object object, std::string_view element, Pending const& pending)
{
    for (auto const attribute : object) {
        if (attribute.key != "xmlns" && attribute.key.substr(0, 6) != "xmlns:")
            add(values_of(pending), joined(element, without_spaces(attribute.key)), attribute.value);
    }
}

void EventBuilder::walk_array(std::string_view name, simdjson::dom::array items, Pending const& pending)
{
    std::uint32_t count = 0;
    for (auto const item : items) {
        if (++count > m_limits.elements_max)
            return;
        Object object;
        if (item.get(object) != simdjson::SUCCESS)
            add(values_of(pending), name, item);
        else if (!add_named_item(item, values_of(pending)))
            push(object, name, pending.kind == Pending::Kind::other ? Pending::Kind::other : Pending::Kind::event_data,
                pending.depth + 1);
    }
}

// XML turned into JSON by other hands: {"Name": "TargetUserName", "#text": "bob"}.
bool EventBuilder::add_named_item(Element item, Values& target)
{
    std::string_view name;
    if (item["Name"].get(name) != simdjson::SUCCESS && item["@Name"].get(name) != simdjson::SUCCESS)
        return false;
    Element value;
    for (std::string_view const key : { "#text", "@text", "Value", "value", "content", "text" }) {
        if (item[key].get(value) == simdjson::SUCCESS) {
            add(target, without_spaces(name), value);
            return true;
        }
    }
    add_text(target, without_spaces(name), "");
    return true;
}

void EventBuilder::add_text(Values& target, std::string_view name, std::string_view text)
{
    target.names.push_back(name);
    target.values.push_back({ ValueType::utf8, as_bytes(text) });
}

void EventBuilder::add(Values& target, std::string_view name, Element value)
{
    if (target.names.size() >= m_limits.elements_max)
        return;
    simdjson::dom::array items;
    if (value.get(items) == simdjson::SUCCESS) {
        for (auto const item : items) {
            Element inner;
            if (target.names.size() >= m_limits.elements_max)
                return;
            if (item["Value"].get(inner) == simdjson::SUCCESS) // Get-WinEvent: Properties are the unnamed values
                add_text(target, "Data", scalar_text(inner));
            else if (!item.is_object() && !item.is_array())
                add_text(target, name, scalar_text(item));
        }
        return;
    }
    if (value.is_null()) {
        target.names.push_back(name);
        target.values.push_back({ ValueType::null, {} });
        return;
    }
    add_text(target, name, scalar_text(value));
}

std::string_view EventBuilder::scalar_text(Element value)
{
    switch (value.type()) {
    case element_type::STRING: return value.get_string().value_unsafe();
    case element_type::BOOL: return value.get_bool().value_unsafe() ? "true" : "false";
    case element_type::INT64: return m_arena.copy(format("{}", value.get_int64().value_unsafe()));
    case element_type::UINT64: return m_arena.copy(format("{}", value.get_uint64().value_unsafe()));
    case element_type::DOUBLE: return m_arena.copy(format("{}", value.get_double().value_unsafe()));
    default: return "";
    }
}

std::optional<std::uint64_t> EventBuilder::scalar_number(Element value)
{
    switch (value.type()) {
    case element_type::UINT64: return value.get_uint64().value_unsafe();
    case element_type::INT64:
        return static_cast<std::uint64_t>(value.get_int64().value_unsafe()); // nxlog: keywords are signed
    case element_type::DOUBLE: {
        auto const number = value.get_double().value_unsafe();
        return number >= 0 && number < 9e18 ? std::optional(static_cast<std::uint64_t>(number)) : std::nullopt;
    }
    case element_type::STRING: {
        auto const text = value.get_string().value_unsafe();
        if (auto const number = parse_uint(text))
            return number;
        auto const negative = parse_int(text);
        return negative ? std::optional(static_cast<std::uint64_t>(*negative)) : std::nullopt;
    }
    default: return std::nullopt;
    }
}

void EventBuilder::take_time(Element value, Timestamp& target)
{
    double seconds = 0;
    if (value.is_number() && value.get(seconds) == simdjson::SUCCESS) {
        if (seconds > 1e16) // nanoseconds
            seconds /= 1e9;
        else if (seconds > 1e14) // microseconds
            seconds /= 1e6;
        else if (seconds > 1e11) // milliseconds
            seconds /= 1e3;
        if (seconds > 0)
            target = Timestamp::from_unix_microseconds(std::llround(seconds * 1e6));
        return;
    }
    auto const text = scalar_text(value);
    if (auto const date = after_prefix(text, "/Date("); !date.empty()) { // .NET: milliseconds
        if (auto const milliseconds = parse_int(date.substr(0, date.find_first_of(")+-", 1))))
            target = Timestamp::from_unix_microseconds(*milliseconds * 1000);
        return;
    }
    if (auto const parsed = Timestamp::parse(text))
        target = *parsed;
}

void EventBuilder::take_system(SystemField field, std::string_view name, Element value)
{
    simdjson::dom::array items;
    if (value.get(items) == simdjson::SUCCESS) { // Elastic's "fields" wrap every value
        if (field == SystemField::keywords || items.size() != 1)
            return;
        value = items.at(0).value_unsafe();
    }
    auto const set_text = [&](std::string_view& target) {
        if (target.empty() && value.is_string())
            target = scalar_text(value);
    };
    auto const number = scalar_number(value);
    switch (field) {
    case SystemField::none:
    case SystemField::ignored:
    case SystemField::raw: return;
    case SystemField::provider: set_text(m_event.provider); return;
    case SystemField::provider_guid: set_text(m_event.provider_guid); return;
    case SystemField::channel: set_text(m_event.channel); return;
    case SystemField::computer: set_text(m_event.computer); return;
    case SystemField::user_sid: set_text(m_event.user_sid); return;
    case SystemField::activity_id: set_text(m_event.activity_id); return;
    case SystemField::related_activity: add(m_data, "Correlation_RelatedActivityID", value); return;
    case SystemField::message: set_text(m_event.message); return;
    case SystemField::event_id:
        if (number && !m_has_event_id) {
            m_event.event_id = static_cast<std::uint32_t>(*number & 0xffff); // EventCode may carry the qualifiers above
            m_has_event_id = true;
        }
        return;
    case SystemField::weak_event_id:
        if (number && *number <= 0xffff)
            m_weak_event_id = number;
        else
            add(m_flat, name, value);
        return;
    case SystemField::qualifiers: m_event.qualifiers = static_cast<std::uint32_t>(number.value_or(0)); return;
    case SystemField::version: m_event.version = static_cast<std::uint8_t>(number.value_or(0)); return;
    case SystemField::level:
        m_event.level = number ? static_cast<std::uint8_t>(*number) : level_of(scalar_text(value));
        return;
    case SystemField::opcode:
        if (number)
            m_event.opcode = static_cast<std::uint8_t>(*number);
        return;
    case SystemField::task: m_event.task = static_cast<std::uint16_t>(number.value_or(m_event.task)); return;
    case SystemField::keywords: m_event.keywords = number.value_or(m_event.keywords); return;
    case SystemField::record_id: m_event.record_id = number.value_or(m_event.record_id); return;
    case SystemField::process_id: m_event.execution_process_id = static_cast<std::uint32_t>(number.value_or(0)); return;
    case SystemField::thread_id: m_event.execution_thread_id = static_cast<std::uint32_t>(number.value_or(0)); return;
    case SystemField::time: take_time(value, m_times.exact); return;
    case SystemField::weak_time: take_time(value, m_times.weak); return;
    case SystemField::local_time:
        take_time(value, says_zone(scalar_text(value)) ? m_times.exact : m_times.local);
        return;
    case SystemField::event_type:
        if (!is_severity_word(scalar_text(value)))
            add(m_flat, name, value);
        return;
    }
}

std::string_view EventBuilder::joined(std::string_view prefix, std::string_view name)
{
    if (prefix.empty())
        return name;
    auto const target = m_arena.allocate(prefix.size() + 1 + name.size());
    std::copy(prefix.begin(), prefix.end(), target.begin());
    target[prefix.size()] = '_';
    std::copy(name.begin(), name.end(), target.begin() + static_cast<std::ptrdiff_t>(prefix.size()) + 1);
    return { target.data(), target.size() };
}

// "Threat Name" is ThreatName in every rule.
std::string_view EventBuilder::without_spaces(std::string_view name)
{
    if (name.find(' ') == std::string_view::npos)
        return name;
    std::string kept;
    for (auto const c : name) {
        if (c != ' ')
            kept += c;
    }
    return m_arena.copy(kept);
}

EventShape const* EventBuilder::shape_of(Values const& values)
{
    m_key.clear();
    for (auto const name : values.names) {
        m_key += name;
        m_key += '\n';
    }
    auto const found = m_shape_by_names.find(m_key);
    if (found != m_shape_by_names.end())
        return found->second;
    std::vector<std::string> names(values.names.begin(), values.names.end());
    if (m_shape_by_names.size() >= shapes_max) // only a hostile file has that many: names are given up, memory is not
        names.assign(values.names.size(), "Data");
    auto const* shape = m_shapes.intern(names);
    if (m_shape_by_names.size() < shapes_max)
        m_shape_by_names.emplace(m_key, shape);
    return shape;
}

}
