#include "app/event_filter.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::app {

static constexpr std::uint64_t expanded_numbers_max = 4096; // of one range, before it has to be the only one

static Error wrong_use(std::string detail)
{
    return { ErrorCode::wrong_use, "command line", 0, 0, 0, std::move(detail) };
}

static std::optional<std::uint64_t> read_number(std::string_view text, char letter)
{
    text = trim(text);
    if (letter != 0 && !text.empty() && ascii_lower(text[0]) == letter)
        text.remove_prefix(1);
    return parse_uint(text);
}

static std::string_view how_to_write(std::string_view option, char letter)
{
    if (option == "level")
        return "level; write critical, error, warning, information, verbose or 0-5";
    return letter == 'e' ? "piece of evidence or range; write e1 or e1,e4-e9"
                         : "number or range; write 4624 or 4624,4697-4702";
}

Result<std::vector<NumberRange>> read_ranges(std::string_view option, std::span<std::string const> values, char letter)
{
    std::vector<NumberRange> ranges;
    for (auto const& value : values) {
        for (auto const part : split(value, ',')) {
            auto const dash = part.find('-');
            auto const first = read_number(part.substr(0, dash), letter);
            auto const last = dash == std::string_view::npos ? first : read_number(part.substr(dash + 1), letter);
            if (!first || !last || *last < *first)
                return wrong_use(format("--{} \"{}\" is no {}", option, part, how_to_write(option, letter)));
            ranges.push_back({ *first, *last });
        }
    }
    return ranges;
}

Result<Timestamp> read_time(std::string_view option, std::string_view text, EdgeOfDay edge)
{
    auto const time = Timestamp::parse(trim(text));
    if (!time)
        return wrong_use(
            format("--{} \"{}\" is no time; write 2021-03-02, 2021-03-02T10:00:00Z or 2021-03-02T19:00:00+09:00",
                option, text));
    static constexpr std::int64_t ticks_per_day = 86'400 * ticks_per_second;
    bool const is_bare_date = trim(text).size() <= 10;
    return is_bare_date && edge == EdgeOfDay::end ? Timestamp { time->ticks + ticks_per_day } : *time;
}

bool matches_glob(std::string_view pattern, std::string_view text)
{
    std::size_t p = 0;
    std::size_t t = 0;
    auto star = std::string_view::npos;
    std::size_t star_text = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            star_text = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || ascii_lower(pattern[p]) == ascii_lower(text[t]))) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++star_text;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

bool is_in(std::vector<NumberRange> const& ranges, std::uint64_t number)
{
    return ranges.empty() || std::any_of(ranges.begin(), ranges.end(), [&](NumberRange const& range) {
        return number >= range.first && number <= range.last;
    });
}

static std::vector<std::string> read_names(std::span<std::string const> values)
{
    std::vector<std::string> names;
    for (auto const& value : values)
        for (auto const part : split(value, ','))
            if (!trim(part).empty())
                names.emplace_back(trim(part));
    return names;
}

std::vector<std::string> host_patterns(std::span<std::string const> values)
{
    std::vector<std::string> patterns;
    for (auto& name : read_names(values)) {
        bool const is_plain = name.find_first_of("*?.") == std::string::npos;
        if (is_plain)
            patterns.push_back(name + ".*");
        patterns.push_back(std::move(name));
    }
    return patterns;
}

static Result<std::vector<NumberRange>> read_levels(std::span<std::string const> values)
{
    // [MS-EVEN6, winmeta.xml] 0 is "log always"; people mean information by it, and so does the event viewer.
    static constexpr std::pair<std::string_view, std::string_view> names[] { { "critical", "1" }, { "error", "2" },
        { "warning", "3" }, { "information", "0,4" }, { "info", "0,4" }, { "verbose", "5" } };
    std::vector<std::string> numbers;
    for (auto const& value : values) {
        for (auto const part : split(value, ',')) {
            auto const* const found = std::find_if(std::begin(names), std::end(names),
                [&](auto const& name) { return equals_ignoring_case(name.first, trim(part)); });
            numbers.emplace_back(found == std::end(names) ? part : found->second);
        }
    }
    return read_ranges("level", numbers);
}

Result<EventFilter> read_event_filter(Arguments const& arguments)
{
    EventFilter filter;
    if (arguments.has("from"))
        filter.from = TRY(read_time("from", arguments.value("from"), EdgeOfDay::start));
    if (arguments.has("to"))
        filter.until = TRY(read_time("to", arguments.value("to"), EdgeOfDay::end));
    if (filter.from && filter.until && !(*filter.from < *filter.until))
        return wrong_use("--from is not before --to");
    filter.hosts = host_patterns(arguments.values("host"));
    filter.channels = read_names(arguments.values("channel"));
    filter.providers = read_names(arguments.values("provider"));
    filter.users = read_names(arguments.values("user"));
    filter.ids = TRY(read_ranges("id", arguments.values("id")));
    filter.records = TRY(read_ranges("record", arguments.values("record")));
    filter.levels = TRY(read_levels(arguments.values("level")));
    filter.evidence = TRY(read_ranges("evidence", arguments.values("evidence"), 'e'));
    auto const recovered = arguments.value("recovered", "yes");
    filter.recovered = recovered == "no" ? Recovered::left_out
        : recovered == "only"            ? Recovered::only
                                         : Recovered::included;
    return filter;
}

bool EventFilter::is_empty() const
{
    return !from && !until && hosts.empty() && channels.empty() && providers.empty() && users.empty() && ids.empty()
        && records.empty() && levels.empty() && evidence.empty() && recovered == Recovered::included;
}

static bool matches_one(std::vector<std::string> const& patterns, std::string_view text)
{
    return patterns.empty() || std::any_of(patterns.begin(), patterns.end(), [&](std::string const& pattern) {
        return matches_glob(pattern, text);
    });
}

bool EventFilter::admits(Event const& event, TraceOrigin const& origin) const
{
    if ((recovered == Recovered::left_out && origin.is_recovered)
        || (recovered == Recovered::only && !origin.is_recovered))
        return false;
    if ((from && event.written_at < *from) || (until && !(event.written_at < *until)))
        return false;
    return is_in(ids, event.event_id) && is_in(records, event.record_id) && is_in(levels, event.level)
        && matches_one(hosts, event.computer) && matches_one(channels, event.channel)
        && matches_one(providers, event.provider) && matches_one(users, event.user_sid);
}

static Result<void> add_ranges(store::Query& query, std::string_view column, std::vector<NumberRange> const& ranges)
{
    if (ranges.empty())
        return {};
    if (ranges.size() == 1 && ranges[0].first != ranges[0].last) {
        query.filters.push_back({ std::string(column), store::Operator::greater_or_equal, { ranges[0].first } });
        query.filters.push_back({ std::string(column), store::Operator::less_or_equal, { ranges[0].last } });
        return {};
    }
    store::Filter filter { std::string(column), store::Operator::in, {} };
    for (auto const& range : ranges) {
        if (range.last - range.first >= expanded_numbers_max)
            return wrong_use(
                format("{}: a range of more than {} numbers has to be the only one", column, expanded_numbers_max));
        for (auto number = range.first; number <= range.last; ++number)
            filter.values.emplace_back(number);
    }
    query.filters.push_back(std::move(filter));
    return {};
}

static void add_names(store::Query& query, std::string_view column, std::vector<std::string> const& patterns)
{
    if (patterns.empty())
        return;
    std::vector<store::Filter> any;
    any.reserve(patterns.size());
    for (auto const& pattern : patterns)
        any.push_back({ std::string(column), store::Operator::glob, { pattern } });
    query.any_of.push_back(std::move(any));
}

Result<store::Query> EventFilter::query() const
{
    store::Query query;
    query.schema = "windows.event";
    query.time_column = "written_at";
    query.from = from;
    query.until = until;
    TRY(add_ranges(query, "event_id", ids));
    TRY(add_ranges(query, "record_id", records));
    TRY(add_ranges(query, "level", levels));
    TRY(add_ranges(query, "evidence", evidence));
    add_names(query, "computer", hosts);
    add_names(query, "channel", channels);
    add_names(query, "provider", providers);
    add_names(query, "user_sid", users);
    if (recovered != Recovered::included)
        query.filters.push_back({ "recovered", store::Operator::equal, { recovered == Recovered::only } });
    return query;
}

std::string like_pattern(std::string_view glob)
{
    std::string pattern;
    for (auto const c : glob) {
        if (c == '*')
            pattern += '%';
        else if (c == '?')
            pattern += '_';
        else if (c == '%' || c == '_' || c == '!')
            append_format(pattern, "!{}", c);
        else
            pattern += c;
    }
    return pattern;
}

namespace {

struct Condition {
    std::string text;
    std::vector<store::Parameter> parameters;

    void add(std::string_view part)
    {
        if (!text.empty())
            text += " AND ";
        text += part;
    }
    void add_names(std::string_view column, std::vector<std::string> const& patterns)
    {
        std::string part;
        for (auto const& pattern : patterns) {
            append_format(part, "{}{} ILIKE ? ESCAPE '!'", part.empty() ? "(" : " OR ", column);
            parameters.emplace_back(like_pattern(pattern));
        }
        if (!part.empty())
            add(part + ")");
    }
    void add_ranges(std::string_view column, std::vector<NumberRange> const& ranges)
    {
        std::string part;
        for (auto const& range : ranges)
            append_format(part, "{}{} BETWEEN {} AND {}", part.empty() ? "(" : " OR ", column, range.first, range.last);
        if (!part.empty())
            add(part + ")");
    }
};

}

std::pair<std::string, std::vector<store::Parameter>> EventFilter::sql() const
{
    Condition condition;
    if (from)
        condition.add(format(
            "written_at >= make_timestamp({}) AND written_at_ticks >= {}", from->unix_microseconds(), from->ticks));
    if (until)
        condition.add(format(
            "written_at <= make_timestamp({}) AND written_at_ticks < {}", until->unix_microseconds(), until->ticks));
    condition.add_ranges("event_id", ids);
    condition.add_ranges("record_id", records);
    condition.add_ranges("level", levels);
    condition.add_ranges("evidence", evidence);
    condition.add_names("computer", hosts);
    condition.add_names("channel", channels);
    condition.add_names("provider", providers);
    condition.add_names("user_sid", users);
    if (recovered != Recovered::included)
        condition.add(recovered == Recovered::only ? "recovered" : "NOT recovered");
    if (condition.text.empty())
        condition.text = "TRUE";
    return { std::move(condition.text), std::move(condition.parameters) };
}

}
