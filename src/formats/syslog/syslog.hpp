// Lines of text logs in the forms of syslog: stamp, host, tag, message. Not years that a line does not have, and not
// what a message means (authentication.hpp does that for a few).
// Source: RFC 3164, RFC 5424; rsyslog's templates.
#pragma once
#include "base/byte_view.hpp"
#include "base/timestamp.hpp"
#include "record/diagnostic.hpp"
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace konseki::syslog {

struct Stamp {
    Timestamp utc; // the stamp has a zone
    LocalTime local; // it has a year and no zone
    std::uint8_t month = 0, day = 0; // 1..12, 1..31 where it has no year
    std::int64_t day_ticks = 0; // time of day, where it has no year
    bool has_no_year() const { return month != 0; }
};

// The moment of a stamp without year in that year; nothing for 29 February of other years.
std::optional<LocalTime> local_time_of(Stamp const& stamp, std::int32_t year);

struct Line {
    std::uint64_t offset = 0, size_bytes = 0; // with the lines that continue it
    Stamp stamp; // of nothing: text before the first stamp of the file
    std::optional<std::uint8_t> facility, severity; // [RFC 5424 6.2.1]
    std::string_view host, identifier, message_id, message; // data() == nullptr: the line does not say
    std::optional<std::uint32_t> pid;
};

// One line without its end; nothing where it does not begin with a stamp.
std::optional<Line> parse_line(std::string_view text);

inline constexpr std::size_t message_bytes_max = 65'536; // with continuation lines

// Messages of the range, which begins and ends at line ends.
void read(ByteView bytes, ByteRange range, DiagnosticSink& diagnostics, std::function<void(Line const&)> const& visit,
    std::stop_token const& stop = {});

// At least one line of the head has a stamp, and most have.
bool looks_like_lines(ByteView head);
// Pieces that end at line ends.
std::vector<ByteRange> split(ByteView bytes, std::uint64_t piece_bytes);

}
