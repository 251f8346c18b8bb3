#include "base/timestamp.hpp"
#include "base/text.hpp"
#include <array>
#include <cstring>

namespace konseki {

namespace {

// Days since 1970-01-01 of a proleptic Gregorian date, and back (era arithmetic over 400-year cycles).
constexpr std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    auto const era = (year >= 0 ? year : year - 399) / 400;
    auto const year_of_era = static_cast<unsigned>(year - era * 400);
    auto const day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    auto const day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + static_cast<std::int64_t>(day_of_era) - 719'468;
}

struct Civil {
    std::int64_t year;
    unsigned month, day, hour, minute, second;
    std::int64_t fraction; // 100 ns
};

constexpr Civil civil_from_ticks(std::int64_t ticks)
{
    auto seconds = ticks / ticks_per_second;
    auto fraction = ticks % ticks_per_second;
    if (fraction < 0) {
        fraction += ticks_per_second;
        --seconds;
    }
    seconds -= Timestamp::unix_epoch_seconds;
    auto days = seconds / 86'400;
    auto rest = seconds % 86'400;
    if (rest < 0) {
        rest += 86'400;
        --days;
    }
    days += 719'468;
    auto const era = (days >= 0 ? days : days - 146'096) / 146'097;
    auto const day_of_era = static_cast<unsigned>(days - era * 146'097);
    auto const year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    auto const day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    auto const shifted_month = (5 * day_of_year + 2) / 153;
    auto const day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    auto const month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    auto const second_of_day = static_cast<unsigned>(rest);
    return { static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2), month, day, second_of_day / 3'600,
        second_of_day / 60 % 60, second_of_day % 60, fraction };
}

class Digits {
public:
    explicit Digits(std::string_view text)
        : m_rest(text)
    {
    }
    std::optional<unsigned> number(std::size_t digits)
    {
        if (m_rest.size() < digits)
            return std::nullopt;
        unsigned value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (m_rest[i] < '0' || m_rest[i] > '9')
                return std::nullopt;
            value = value * 10 + static_cast<unsigned>(m_rest[i] - '0');
        }
        m_rest.remove_prefix(digits);
        return value;
    }
    bool accept(char c)
    {
        if (m_rest.empty() || m_rest.front() != c)
            return false;
        m_rest.remove_prefix(1);
        return true;
    }
    std::int64_t fraction_ticks()
    {
        std::int64_t ticks = 0;
        std::int64_t scale = ticks_per_second / 10;
        while (!m_rest.empty() && m_rest.front() >= '0' && m_rest.front() <= '9') {
            ticks += (m_rest.front() - '0') * scale;
            scale /= 10;
            m_rest.remove_prefix(1);
        }
        return ticks;
    }
    bool at_end() const { return m_rest.empty(); }

private:
    std::string_view m_rest;
};

// "Z", "+09:00", "+0900", "+09" or nothing; the offset in seconds.
std::optional<std::int64_t> parse_zone(Digits& digits)
{
    if (digits.at_end() || digits.accept('Z') || digits.accept('z'))
        return 0;
    digits.accept(' ');
    bool const negative = digits.accept('-');
    if (!negative && !digits.accept('+'))
        return digits.accept('U') && digits.accept('T') && digits.accept('C') ? std::optional<std::int64_t> { 0 }
                                                                              : std::nullopt;
    auto const hours = digits.number(2);
    digits.accept(':');
    auto const minutes = digits.at_end() ? std::optional<unsigned> { 0 } : digits.number(2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59)
        return std::nullopt;
    auto const seconds = std::int64_t { *hours } * 3'600 + std::int64_t { *minutes } * 60;
    return negative ? -seconds : seconds;
}

struct TimeOfDay {
    std::int64_t seconds = 0;
    std::int64_t fraction = 0;
};

std::optional<TimeOfDay> parse_time_of_day(Digits& digits)
{
    auto const hour = digits.number(2);
    if (!hour || !digits.accept(':'))
        return std::nullopt;
    auto const minute = digits.number(2);
    unsigned second = 0;
    std::int64_t fraction = 0;
    if (digits.accept(':')) {
        auto const read = digits.number(2);
        if (!read)
            return std::nullopt;
        second = *read;
        if (digits.accept('.') || digits.accept(','))
            fraction = digits.fraction_ticks();
    }
    if (!minute || *hour > 23 || *minute > 59 || second > 60)
        return std::nullopt;
    return TimeOfDay { std::int64_t { *hour } * 3'600 + std::int64_t { *minute } * 60 + second, fraction };
}

constexpr auto two_digits = [] {
    std::array<char, 200> digits {};
    for (std::size_t i = 0; i < 100; ++i) {
        digits[2 * i] = static_cast<char>('0' + i / 10);
        digits[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return digits;
}();

constexpr std::size_t date_and_time_size = 19; // 2026-08-05T12:34:56

void put_two_digits(char* target, std::uint64_t below_100)
{
    std::memcpy(target, &two_digits[2 * below_100], 2);
}

// Years of four digits only.
void put_civil(char* target, Civil const& t, char separator)
{
    auto const year = static_cast<std::uint64_t>(t.year);
    put_two_digits(target, year / 100);
    put_two_digits(target + 2, year % 100);
    target[4] = target[7] = '-';
    put_two_digits(target + 5, t.month);
    put_two_digits(target + 8, t.day);
    target[10] = separator;
    put_two_digits(target + 11, t.hour);
    target[13] = target[16] = ':';
    put_two_digits(target + 14, t.minute);
    put_two_digits(target + 17, t.second);
}

bool has_usual_year(Civil const& t)
{
    return t.year >= 0 && t.year <= 9'999;
}

void append_civil(std::string& target, Civil const& t, char separator)
{
    if (!has_usual_year(t)) {
        append_format(target, "{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", t.year, t.month, t.day, separator, t.hour,
            t.minute, t.second);
        return;
    }
    std::array<char, date_and_time_size> text;
    put_civil(text.data(), t, separator);
    target.append(text.data(), text.size());
}

// 7 digits of the fraction or 6.
template <std::size_t digits> void append_precisely(std::string& target, Civil const& t)
{
    auto const fraction = static_cast<std::uint64_t>(digits == 7 ? t.fraction : t.fraction / 10);
    if (!has_usual_year(t)) {
        append_civil(target, t, 'T');
        append_format(target, ".{:0{}}Z", fraction, digits);
        return;
    }
    std::array<char, date_and_time_size + 2 + digits> text;
    put_civil(text.data(), t, 'T');
    auto* const behind = text.data() + date_and_time_size;
    behind[0] = '.';
    put_two_digits(behind + digits - 1, fraction % 100);
    put_two_digits(behind + digits - 3, fraction / 100 % 100);
    put_two_digits(behind + digits - 5, fraction / 10'000 % 100);
    if (digits == 7)
        behind[1] = static_cast<char>('0' + fraction / 1'000'000);
    behind[digits + 1] = 'Z';
    target.append(text.data(), text.size());
}

}

std::optional<Timestamp> Timestamp::parse(std::string_view text)
{
    Digits digits { trim(text) };
    auto const year = digits.number(4);
    if (!year || !digits.accept('-'))
        return std::nullopt;
    auto const month = digits.number(2);
    if (!month || !digits.accept('-'))
        return std::nullopt;
    auto const day = digits.number(2);
    if (!day || *month < 1 || *month > 12 || *day < 1 || *day > 31)
        return std::nullopt;
    TimeOfDay time;
    std::int64_t zone_seconds = 0;
    if (digits.accept('T') || digits.accept('t') || digits.accept(' ')) {
        auto const read = parse_time_of_day(digits);
        auto const zone = read ? parse_zone(digits) : std::nullopt;
        if (!read || !zone)
            return std::nullopt;
        time = *read;
        zone_seconds = *zone;
    }
    if (!digits.at_end())
        return std::nullopt;
    auto const seconds = days_from_civil(*year, *month, *day) * 86'400 + time.seconds - zone_seconds;
    return Timestamp { (seconds + unix_epoch_seconds) * ticks_per_second + time.fraction };
}

void append_iso8601(std::string& target, Timestamp time)
{
    if (!time.is_set())
        return;
    append_precisely<7>(target, civil_from_ticks(time.ticks));
}

void append_iso8601_microseconds(std::string& target, Timestamp time)
{
    append_precisely<6>(target, civil_from_ticks(time.ticks));
}

std::string to_string(Timestamp time)
{
    std::string text;
    append_iso8601(text, time);
    return text;
}

std::string to_jst_string(Timestamp time)
{
    std::string text;
    if (!time.is_set())
        return text;
    append_civil(text, civil_from_ticks(time.ticks + std::int64_t { 9 } * 3'600 * ticks_per_second), ' ');
    return text + " JST";
}

}
