#include "formats/syslog/syslog.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::syslog {

namespace {

constexpr std::array<std::string_view, 12> months { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
    "Oct", "Nov", "Dec" };
constexpr std::array<std::string_view, 8> severity_words { "EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO",
    "DEBUG" };

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// So many digits, or nothing.
std::optional<std::uint32_t> digits(std::string_view text, std::size_t at, std::size_t count)
{
    std::uint32_t value = 0;
    if (at + count > text.size())
        return std::nullopt;
    for (auto const c : text.substr(at, count)) {
        if (!is_digit(c))
            return std::nullopt;
        value = value * 10 + static_cast<std::uint32_t>(c - '0');
    }
    return value;
}

// "15:04:05" and a fraction behind '.' or ','; moves behind it.
std::optional<std::int64_t> take_time_of_day(std::string_view& text)
{
    auto const hour = digits(text, 0, 2), minute = digits(text, 3, 2), second = digits(text, 6, 2);
    if (!hour || !minute || !second || text[2] != ':' || text[5] != ':' || *hour > 23 || *minute > 59 || *second > 60)
        return std::nullopt;
    auto ticks = std::int64_t { (*hour * 60 + *minute) * 60 + *second } * ticks_per_second;
    text.remove_prefix(8);
    if (text.size() < 2 || (text[0] != '.' && text[0] != ',') || !is_digit(text[1]))
        return ticks;
    text.remove_prefix(1);
    auto unit = ticks_per_second / 10;
    while (!text.empty() && is_digit(text[0])) {
        ticks += (text[0] - '0') * unit;
        unit /= 10;
        text.remove_prefix(1);
    }
    return ticks;
}

// "Jan  2 15:04:05", "Jan 02 2026 15:04:05"
std::optional<Stamp> take_traditional(std::string_view& text)
{
    auto const month = std::ranges::find(months, text.substr(0, 3));
    if (month == months.end() || text.size() < 15 || text[3] != ' ')
        return std::nullopt;
    auto rest = text.substr(text[4] == ' ' ? 5 : 4);
    std::size_t const day_digits = rest.size() > 1 && is_digit(rest[1]) ? 2 : 1;
    auto const day = digits(rest, 0, day_digits);
    if (!day || *day == 0 || *day > 31 || rest.size() <= day_digits || rest[day_digits] != ' ')
        return std::nullopt;
    rest.remove_prefix(day_digits + 1);
    auto const year = digits(rest, 0, 4);
    bool const has_year = year && rest.size() > 5 && rest[4] == ' ';
    if (has_year)
        rest.remove_prefix(5);
    auto const time = take_time_of_day(rest);
    if (!time)
        return std::nullopt;
    Stamp stamp;
    stamp.month = static_cast<std::uint8_t>(month - months.begin() + 1);
    stamp.day = static_cast<std::uint8_t>(*day);
    stamp.day_ticks = *time;
    if (has_year) {
        auto const local = local_time_of(stamp, static_cast<std::int32_t>(*year));
        if (!local)
            return std::nullopt;
        stamp = {};
        stamp.local = *local;
    }
    text = rest;
    return stamp;
}

// ISO 8601, with or without a zone.
std::optional<Stamp> take_iso(std::string_view& text)
{
    auto const year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
    if (!year || !month || !day || text[4] != '-' || text[7] != '-' || text.size() < 19
        || (text[10] != 'T' && text[10] != ' ') || *month == 0 || *month > 12 || *day == 0 || *day > 31)
        return std::nullopt;
    auto rest = text.substr(11);
    Stamp parts;
    parts.month = static_cast<std::uint8_t>(*month);
    parts.day = static_cast<std::uint8_t>(*day);
    auto const time = take_time_of_day(rest);
    if (!time)
        return std::nullopt;
    parts.day_ticks = *time;
    auto const local = local_time_of(parts, static_cast<std::int32_t>(*year));
    if (!local)
        return std::nullopt;
    Stamp stamp;
    if (rest.starts_with('Z')) {
        rest.remove_prefix(1);
        stamp.utc = { local->ticks };
    } else if (rest.starts_with('+') || rest.starts_with('-')) {
        auto const hours = digits(rest, 1, 2);
        bool const has_colon = rest.size() > 3 && rest[3] == ':';
        auto const minutes = digits(rest, has_colon ? 4 : 3, 2);
        if (!hours || !minutes)
            return std::nullopt;
        auto const east = std::int64_t { *hours * 60 + *minutes } * 60 * ticks_per_second;
        stamp.utc = { local->ticks - (rest[0] == '-' ? -east : east) };
        rest.remove_prefix(has_colon ? 6 : 5);
    } else {
        stamp.local = *local;
    }
    text = rest;
    return stamp;
}

std::optional<Stamp> take_stamp(std::string_view& text)
{
    if (text.empty())
        return std::nullopt;
    return is_digit(text[0]) ? take_iso(text) : take_traditional(text);
}

std::optional<std::uint8_t> take_priority(std::string_view& text)
{
    auto const end = text.find('>');
    if (!text.starts_with('<') || end == std::string_view::npos || end < 2 || end > 4)
        return std::nullopt;
    auto const value = digits(text, 1, end - 1);
    if (!value || *value > 191)
        return std::nullopt;
    text.remove_prefix(end + 1);
    return static_cast<std::uint8_t>(*value);
}

std::string_view take_word(std::string_view& text)
{
    auto const end = std::min(text.find(' '), text.size());
    auto const word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

void skip_blanks(std::string_view& text)
{
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
}

// "sshd[812]: …", "kernel: …", "socketfilterfw[1985] <Info>: …"; false: there is no tag.
bool take_tag(std::string_view& text, Line& line)
{
    auto const end = text.find_first_of(":[ ");
    if (end == std::string_view::npos || end == 0 || text[end] == ' ')
        return false;
    auto const identifier = text.substr(0, end);
    auto rest = text.substr(end);
    std::optional<std::uint32_t> pid;
    if (rest[0] == '[') {
        auto const close = rest.find(']');
        if (close == std::string_view::npos)
            return false;
        if (auto const number = parse_uint(rest.substr(1, close - 1)); number && *number <= UINT32_MAX)
            pid = static_cast<std::uint32_t>(*number);
        rest.remove_prefix(close + 1);
        if (rest.starts_with(" <"))
            rest.remove_prefix(std::min(rest.find('>'), rest.size() - 1) + 1);
    }
    if (!rest.starts_with(':') || (rest.size() > 1 && rest[1] != ' '))
        return false;
    rest.remove_prefix(1);
    skip_blanks(rest);
    line.identifier = identifier;
    line.pid = pid;
    text = rest;
    return true;
}

// Behind "<priority>1 STAMP ": HOST APP PROCID MSGID SD MSG [RFC 5424 6]
void parse_rfc5424(std::string_view text, Line& line)
{
    auto const known = [](std::string_view word) { return word == "-" ? std::string_view {} : word; };
    line.host = known(take_word(text));
    line.identifier = known(take_word(text));
    if (auto const pid = parse_uint(take_word(text)); pid && *pid <= UINT32_MAX)
        line.pid = static_cast<std::uint32_t>(*pid);
    line.message_id = known(take_word(text));
    if (text.starts_with("- ") || text == "-")
        text.remove_prefix(1);
    skip_blanks(text);
    line.message = text;
}

// Where the message that continues begins anew: "<30>Jan  2 …" within a line that began so.
std::size_t next_message(std::string_view line)
{
    for (auto at = line.find('<', 1); at != std::string_view::npos; at = line.find('<', at + 1)) {
        auto rest = line.substr(at);
        if (!take_priority(rest))
            continue;
        if (rest.starts_with("1 "))
            rest.remove_prefix(2);
        if (take_stamp(rest))
            return at;
    }
    return line.size();
}

bool has_words(std::string_view text)
{
    return std::ranges::any_of(text, [](char c) { return c > ' '; });
}

}

std::optional<LocalTime> local_time_of(Stamp const& stamp, std::int32_t year)
{
    static constexpr std::array<std::uint8_t, 12> days { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool const is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (stamp.month == 0 || stamp.month > 12 || stamp.day == 0 || stamp.day > days[stamp.month - 1U] || year < 1970
        || year > 9999 || (stamp.month == 2 && stamp.day == 29 && !is_leap))
        return std::nullopt;
    // Days since 1 March of year 0 of the Gregorian calendar, whose year begins in March.
    std::int64_t const y = stamp.month <= 2 ? year - 1 : year;
    std::int64_t const m = stamp.month <= 2 ? stamp.month + 9 : stamp.month - 3;
    auto const day_number = 365 * y + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + stamp.day - 1;
    constexpr std::int64_t day_of_1601 = 584'694; // 1601-01-01 in the same count
    return LocalTime { (day_number - day_of_1601) * 86'400 * ticks_per_second + stamp.day_ticks };
}

std::optional<Line> parse_line(std::string_view text)
{
    Line line;
    auto const priority = take_priority(text);
    bool const is_rfc5424 = priority && text.starts_with("1 ");
    if (is_rfc5424)
        text.remove_prefix(2);
    auto const stamp = take_stamp(text);
    if (!stamp)
        return std::nullopt;
    line.stamp = *stamp;
    if (priority) {
        line.facility = static_cast<std::uint8_t>(*priority / 8);
        line.severity = static_cast<std::uint8_t>(*priority % 8);
    }
    if (text.starts_with(": ")) { // sysklogd about itself
        line.message = text.substr(2);
        return line;
    }
    if (!text.starts_with(' '))
        return text.empty() ? std::optional { line } : std::nullopt;
    skip_blanks(text);
    if (is_rfc5424) {
        parse_rfc5424(text, line);
        return line;
    }
    auto const whole = text;
    if (!take_tag(text, line)) {
        auto const word = take_word(text);
        skip_blanks(text);
        auto const severity = std::ranges::find(severity_words, word);
        if (severity != severity_words.end())
            line.severity = static_cast<std::uint8_t>(severity - severity_words.begin());
        else
            line.host = word;
        (void)take_tag(text, line);
    }
    line.message = text.data() == nullptr ? whole.substr(whole.size()) : text;
    return line;
}

void read(ByteView bytes, ByteRange range, DiagnosticSink& diagnostics, std::function<void(Line const&)> const& visit,
    std::stop_token const& stop)
{
    auto const file = as_text(bytes).substr(0, range.offset + range.size);
    std::optional<Line> pending;
    std::size_t lost_from = 0, lost = 0;
    auto const flush = [&] {
        if (pending)
            visit(*pending);
        if (lost > 0)
            diagnostics.report({ { ErrorCode::bad_value, "syslog.stamp", lost_from, 0, lost, {} }, lost });
        pending.reset();
        lost = 0;
    };
    for (std::size_t at = range.offset; at < file.size() && !stop.stop_requested();) {
        auto const end = std::min(file.find('\n', at), file.size());
        auto text = file.substr(at, end - at);
        auto next = std::min(end + 1, file.size());
        if (text.starts_with('<') || (pending && pending->facility)) { // forwarded: messages may have no ends
            if (auto const size = next_message(text); size < text.size()) {
                text = text.substr(0, size);
                next = at + size;
            }
        }
        if (text.ends_with('\r'))
            text.remove_suffix(1);
        if (auto line = parse_line(text)) {
            flush();
            line->offset = at;
            line->size_bytes = next - at;
            pending = line;
        } else if (pending && lost == 0 && next - pending->offset <= message_bytes_max) {
            auto const begin = static_cast<std::size_t>(pending->message.data() - file.data());
            if (pending->message.data() != nullptr && !trim(text).empty())
                pending->message = file.substr(begin, at + text.size() - begin);
            pending->size_bytes = next - pending->offset;
        } else if (at == 0 && has_words(text)) { // a heading, or the end of a message that was cut
            pending.emplace();
            pending->size_bytes = next;
            pending->message = text;
        } else if (!trim(text).empty()) {
            lost_from = lost == 0 ? at : lost_from;
            lost += next - at;
        }
        at = next;
    }
    flush();
}

bool looks_like_lines(ByteView head)
{
    auto const text = as_text(head);
    if (text.empty() || text.find('\0') != std::string_view::npos)
        return false;
    std::size_t stamped = 0, other = 0;
    auto lines = konseki::split(text, '\n');
    if (lines.size() > 1 && head.size() >= 4'000)
        lines.pop_back(); // cut off
    for (auto const line : lines) {
        if (trim(line).empty())
            continue;
        (parse_line(line) ? stamped : other) += 1;
    }
    return stamped > 0 && stamped >= other;
}

std::vector<ByteRange> split(ByteView bytes, std::uint64_t piece_bytes)
{
    auto const file = as_text(bytes);
    std::vector<ByteRange> pieces;
    for (std::size_t at = 0; at < file.size();) {
        auto end = std::min<std::size_t>(at + std::max<std::uint64_t>(piece_bytes, 1), file.size());
        // Up to a line that begins a message, so that none is cut in two.
        for (bool is_searching = true; is_searching && end < file.size();) {
            end = std::min(file.find('\n', end - 1), file.size() - 1) + 1;
            auto const line = file.substr(end, std::min<std::size_t>(256, file.size() - end));
            is_searching = !parse_line(line.substr(0, line.find('\n'))) && end - at < piece_bytes + message_bytes_max;
            end += is_searching && end < file.size() ? 1U : 0U;
        }
        pieces.push_back({ at, end - at });
        at = end;
    }
    return pieces;
}

}
