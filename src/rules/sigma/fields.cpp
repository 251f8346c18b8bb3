#include "rules/sigma/fields.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <charconv>

namespace konseki::sigma {

SystemField system_field_of(std::string_view name)
{
    struct Entry {
        std::string_view name;
        SystemField field;
    };
    constexpr std::array entries {
        Entry { "EventID", SystemField::event_id },
        Entry { "EventId", SystemField::event_id },
        Entry { "Provider_Name", SystemField::provider_name },
        Entry { "Channel", SystemField::channel },
        Entry { "Computer", SystemField::computer },
        Entry { "Provider_Guid", SystemField::provider_guid },
        Entry { "Level", SystemField::level },
        Entry { "Task", SystemField::task },
        Entry { "Opcode", SystemField::opcode },
        Entry { "Version", SystemField::version },
        Entry { "EventID_Qualifiers", SystemField::qualifiers },
        Entry { "Qualifiers", SystemField::qualifiers },
        Entry { "Keywords", SystemField::keywords },
        Entry { "EventRecordID", SystemField::record_id },
        Entry { "RecordID", SystemField::record_id },
        Entry { "Security_UserID", SystemField::user_sid },
        Entry { "Execution_ProcessID", SystemField::process_id },
        Entry { "Execution_ThreadID", SystemField::thread_id },
        Entry { "Correlation_ActivityID", SystemField::activity_id },
        Entry { "TimeCreated_SystemTime", SystemField::time_created },
        Entry { "TimeCreated", SystemField::time_created },
        Entry { "Message", SystemField::message },
    };
    for (auto const& entry : entries) {
        if (entry.name == name)
            return entry.field;
    }
    return SystemField::none;
}

namespace {

bool append_if_set(std::string& target, std::string_view text)
{
    target += text;
    return text.data() != nullptr;
}

template <typename Number> bool append_number(std::string& target, Number number)
{
    std::array<char, 24> digits {};
    auto const [end, failure]
        = std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<std::uint64_t>(number));
    target.append(digits.data(), end);
    return failure == std::errc {};
}

}

bool append_system_text(std::string& target, SystemField field, Event const& event)
{
    switch (field) {
    case SystemField::none: return false;
    case SystemField::event_id: return append_number(target, event.event_id);
    case SystemField::provider_name: return append_if_set(target, event.provider);
    case SystemField::channel: return append_if_set(target, event.channel);
    case SystemField::computer: return append_if_set(target, event.computer);
    case SystemField::provider_guid: return append_if_set(target, event.provider_guid);
    case SystemField::level: return append_number(target, event.level);
    case SystemField::task: return append_number(target, event.task);
    case SystemField::opcode: return append_number(target, event.opcode);
    case SystemField::version: return append_number(target, event.version);
    case SystemField::qualifiers: return append_number(target, event.qualifiers);
    case SystemField::keywords: append_format(target, "{:#x}", event.keywords); return true;
    case SystemField::record_id: return append_number(target, event.record_id);
    case SystemField::user_sid: return append_if_set(target, event.user_sid);
    case SystemField::process_id: return append_number(target, event.execution_process_id);
    case SystemField::thread_id: return append_number(target, event.execution_thread_id);
    case SystemField::activity_id: return append_if_set(target, event.activity_id);
    case SystemField::time_created:
        append_iso8601_microseconds(target, event.written_at);
        return event.written_at.is_set();
    case SystemField::message: return append_if_set(target, event.message);
    }
    return false;
}

std::vector<std::uint32_t> slots_of(EventShape const& shape, std::string_view name)
{
    std::vector<std::uint32_t> slots;
    for (std::uint32_t i = 0; i < shape.names.size(); ++i) {
        if (shape.names[i] == name)
            slots.push_back(i);
    }
    for (std::uint32_t i = 0; slots.empty() && i < shape.names.size(); ++i) {
        if (equals_ignoring_case(shape.names[i], name)) {
            for (auto n = i; n < shape.names.size(); ++n) {
                if (equals_ignoring_case(shape.names[n], name))
                    slots.push_back(n);
            }
        }
    }
    return slots;
}

std::vector<std::string> field_texts(Event const& event, std::string_view name)
{
    std::vector<std::string> texts;
    auto const system = system_field_of(name);
    std::string text;
    if (goes_before_values(system) && append_system_text(text, system, event)) {
        texts.push_back(std::move(text));
        return texts;
    }
    if (event.shape != nullptr) {
        for (auto const slot : slots_of(*event.shape, name)) {
            if (slot < event.values.size() && event.values[slot].type != ValueType::null)
                texts.push_back(value_text(event.values[slot]));
        }
    }
    text.clear();
    if (texts.empty() && append_system_text(text, system, event))
        texts.push_back(std::move(text));
    return texts;
}

std::string mapped_text(FieldSource const& source, std::string text)
{
    auto const folded = fold_utf8(text);
    for (auto const& [seen, meant] : source.values) {
        if (folded == seen)
            return meant;
    }
    for (auto const& [seen, meant] : source.prefixes) {
        if (folded.starts_with(seen) && seen.size() <= text.size())
            return meant + text.substr(seen.size());
    }
    return text;
}

std::vector<std::string> field_texts(Event const& event, FieldMap const& map, std::string_view field)
{
    auto const* const source = map.find(field);
    if (source == nullptr)
        return field_texts(event, field);
    auto texts = field_texts(event, source->parts.front());
    if (source->is_rename() || texts.empty())
        return texts;
    if (source->parts.size() > 1) {
        texts.resize(1);
        for (std::size_t i = 1; i < source->parts.size(); ++i) {
            auto const more = field_texts(event, source->parts[i]);
            if (!more.empty() && !more.front().empty())
                texts.front() += source->separator + more.front();
        }
    }
    for (auto& text : texts)
        text = mapped_text(*source, std::move(text));
    return texts;
}

std::vector<std::string> all_texts(Event const& event)
{
    std::vector<std::string> texts;
    for (auto const field : { SystemField::provider_name, SystemField::channel, SystemField::computer,
             SystemField::event_id, SystemField::user_sid, SystemField::message }) {
        std::string text;
        if (append_system_text(text, field, event))
            texts.push_back(std::move(text));
    }
    for (auto const& value : event.values) {
        if (value.type != ValueType::null)
            texts.push_back(value_text(value));
    }
    return texts;
}

bool is_in_log(Event const& event, LogKind const& log)
{
    auto const channel = fold_utf8(event.channel);
    if (!channel.empty() && channel != "forwardedevents")
        return std::find(log.channels.begin(), log.channels.end(), channel) != log.channels.end();
    return std::find(log.providers.begin(), log.providers.end(), fold_utf8(event.provider)) != log.providers.end();
}

bool is_from_variant(Event const& event, SourceVariant const& variant, LogSources const& sources)
{
    if (variant.log != any_log && !is_in_log(event, sources.logs()[variant.log]))
        return false;
    bool const is_of_other_product = variant.log == any_log
        && std::ranges::any_of(
            sources.logs(), [&](LogKind const& log) { return !log.product.empty() && is_in_log(event, log); });
    if (is_of_other_product)
        return false;
    if (!variant.event_ids.empty()
        && !std::binary_search(variant.event_ids.begin(), variant.event_ids.end(), event.event_id))
        return false;
    return std::all_of(variant.where.begin(), variant.where.end(), [&](SourceCondition const& condition) {
        auto const texts = field_texts(event, condition.field);
        return std::any_of(texts.begin(), texts.end(), [&](std::string const& text) {
            return std::find(condition.values.begin(), condition.values.end(), fold_utf8(text))
                != condition.values.end();
        });
    });
}

std::optional<std::int64_t> integer_in(std::string_view text)
{
    if (text.starts_with("0x") || text.starts_with("0X")) {
        auto const value = parse_uint(text);
        return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
    }
    if (auto const value = parse_int(text))
        return value;
    auto const value = parse_uint(text); // 2^63 and above
    return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
}

std::optional<double> number_in(std::string_view text)
{
    if (text.starts_with("0x") || text.starts_with("0X")) {
        auto const value = parse_uint(text);
        return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
    }
    double number = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc {} || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return number;
}

namespace {

struct Day {
    std::int64_t year = 0, month = 0, day = 0;
};

// Days since 1970-01-01 to a date of the Gregorian calendar (in eras of 400 years that begin on 1 March).
Day day_of(std::int64_t days)
{
    days += 719'468;
    auto const era = (days >= 0 ? days : days - 146'096) / 146'097;
    auto const day_of_era = days - era * 146'097;
    auto const year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    auto const day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    auto const shifted_month = (5 * day_of_year + 2) / 153;
    auto const month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    return { year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day_of_year - (153 * shifted_month + 2) / 5 + 1 };
}

// The week that the Thursday of this week lies in.
std::int64_t iso_week_of(std::int64_t days)
{
    auto const weekday = ((days + 3) % 7 + 7) % 7; // 0: Monday
    auto const thursday = days - weekday + 3;
    auto const year = day_of(thursday).year;
    auto first = thursday;
    while (day_of(first - 7).year == year)
        first -= 7;
    return (thursday - first) / 7 + 1;
}

std::int64_t floor_divide(std::int64_t value, std::int64_t divisor)
{
    return value / divisor - (value % divisor < 0 ? 1 : 0);
}

}

std::optional<std::int64_t> part_of_time(std::string_view text, TimePart part)
{
    auto const time = Timestamp::parse(text);
    if (!time)
        return std::nullopt;
    auto const seconds = time->unix_seconds();
    auto const days = floor_divide(seconds, 86'400);
    auto const second_of_day = seconds - days * 86'400;
    switch (part) {
    case TimePart::none: return std::nullopt;
    case TimePart::minute: return second_of_day / 60 % 60;
    case TimePart::hour: return second_of_day / 3'600;
    case TimePart::day: return day_of(days).day;
    case TimePart::week: return iso_week_of(days);
    case TimePart::month: return day_of(days).month;
    case TimePart::year: return day_of(days).year;
    }
    return std::nullopt;
}

bool holds(Comparison comparison, double left, double right)
{
    switch (comparison) {
    case Comparison::equal: return left == right;
    case Comparison::not_equal: return left != right;
    case Comparison::less: return left < right;
    case Comparison::less_or_equal: return left <= right;
    case Comparison::greater: return left > right;
    case Comparison::greater_or_equal: return left >= right;
    }
    return false;
}

}
