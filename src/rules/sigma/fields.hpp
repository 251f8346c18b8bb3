// The values of an event under the names that Sigma rules use: EventData, UserData and the System block.
// Not hot: matcher.cpp plans once per shape with the same rules; this is what it must agree with.
#pragma once
#include "record/event.hpp"
#include "rules/sigma/log_source.hpp"
#include <optional>
#include <string>
#include <vector>

namespace konseki::sigma {

enum class SystemField : std::uint8_t {
    none,
    event_id,
    provider_name,
    channel,
    computer, // up to here the System block goes before a value of that name
    provider_guid,
    level,
    task,
    opcode,
    version,
    qualifiers,
    keywords,
    record_id,
    user_sid,
    process_id,
    thread_id,
    activity_id,
    time_created,
    message,
};
SystemField system_field_of(std::string_view name);
inline bool goes_before_values(SystemField field)
{
    return field != SystemField::none && field <= SystemField::computer;
}
// False when the event does not say.
bool append_system_text(std::string& target, SystemField field, Event const& event);

// Indexes of the values that a name stands for: of exactly that name, else ignoring case.
std::vector<std::uint32_t> slots_of(EventShape const& shape, std::string_view name);

// Texts of a field by the event's own name; empty when absent. Several when the event repeats the name.
std::vector<std::string> field_texts(Event const& event, std::string_view name);
// The same by the rule's name.
std::vector<std::string> field_texts(Event const& event, FieldMap const& map, std::string_view field);
std::string mapped_text(FieldSource const& source, std::string text); // values and prefixes
// Every text that keywords are looked for in.
std::vector<std::string> all_texts(Event const& event);

// Does the event lie in this kind of log? By Channel; by Provider where there is no Channel or it lies in
// ForwardedEvents.
bool is_in_log(Event const& event, LogKind const& log);
bool is_from_variant(Event const& event, SourceVariant const& variant, LogSources const& sources);

// A number in a text: decimal or 0x hexadecimal.
std::optional<std::int64_t> integer_in(std::string_view text);
std::optional<double> number_in(std::string_view text);
std::optional<std::int64_t> part_of_time(std::string_view text, TimePart part); // UTC; weeks after ISO 8601
bool holds(Comparison comparison, double left, double right);

}
