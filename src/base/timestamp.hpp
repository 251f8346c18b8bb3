// A moment in UTC in 100 ns ticks since 1601-01-01, and the local time that must never be compared with it.
// Not a clock: nobody below os/ asks what time it is.
#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace konseki {

inline constexpr std::int64_t ticks_per_second = 10'000'000;

// Zero means "the artefact does not say".
struct Timestamp {
    std::int64_t ticks = 0;

    static constexpr Timestamp from_filetime(std::uint64_t filetime) { return { static_cast<std::int64_t>(filetime) }; }
    static constexpr Timestamp from_unix_seconds(std::int64_t seconds)
    {
        return { (seconds + unix_epoch_seconds) * ticks_per_second };
    }
    static constexpr Timestamp from_unix_microseconds(std::int64_t us)
    {
        return { us * 10 + unix_epoch_seconds * ticks_per_second };
    }
    // ISO 8601 / RFC 3339: date, optional time with fraction, "Z" or offset (none = UTC); "T" or one space between.
    static std::optional<Timestamp> parse(std::string_view text);

    constexpr bool is_set() const { return ticks != 0; }
    constexpr std::int64_t unix_microseconds() const { return ticks / 10 - unix_epoch_seconds * 1'000'000; }
    constexpr std::int64_t unix_seconds() const { return ticks / ticks_per_second - unix_epoch_seconds; }

    static constexpr std::int64_t unix_epoch_seconds = 11'644'473'600;
    friend constexpr auto operator<=>(Timestamp const&, Timestamp const&) = default;
};

// A wall-clock reading whose zone the artefact does not say. Same ticks, other meaning: it has no conversion.
struct LocalTime {
    std::int64_t ticks = 0;
    friend constexpr auto operator<=>(LocalTime const&, LocalTime const&) = default;
};

// 2026-08-05T12:34:56.1234567Z, always 7 digits; "" when not set. Years outside 1601..9999 keep their digits.
std::string to_string(Timestamp time);
void append_iso8601(std::string& target, Timestamp time);
void append_iso8601_microseconds(std::string& target, Timestamp time); // 6 digits, as evtx_dump prints
std::string to_jst_string(Timestamp time); // 2026-08-05 21:34:56 JST

}
