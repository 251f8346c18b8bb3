#include "traces/linux_syslog/years.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "formats/utmp/utmp.hpp"
#include <algorithm>

namespace konseki::linux_syslog {

namespace {

constexpr std::int64_t day_ticks = 86'400 * ticks_per_second;

struct Ignore final : DiagnosticSink {
    void report(Diagnostic const&) override { }
};

// "syslog-20260901", "messages-2026-09-01": the day it was rotated.
std::optional<LocalTime> day_of_name(std::string_view path)
{
    auto const name = file_name_of(path);
    for (std::size_t at = 0; at + 8 <= name.size(); ++at) {
        std::string digits;
        for (auto const c : name.substr(at)) {
            if (c >= '0' && c <= '9')
                digits += c;
            else if (c != '-' || (digits.size() != 4 && digits.size() != 6))
                break;
        }
        if (digits.size() < 8 || (at > 0 && name[at - 1] >= '0' && name[at - 1] <= '9'))
            continue;
        auto const time = Timestamp::parse(
            format("{}-{}-{}T00:00:00Z", digits.substr(0, 4), digits.substr(4, 2), digits.substr(6, 2)));
        if (time && digits.starts_with("20"))
            return LocalTime { time->ticks };
    }
    return std::nullopt;
}

// The newest time in a file beside the log: login records, or text whose last line begins with a date.
std::int64_t newest_in(Companion const& companion)
{
    Ignore ignore;
    std::int64_t newest = 0;
    if (companion.name.starts_with("lastlog")) {
        utmp::read_lastlog(
            companion.bytes, ignore, [&](utmp::LastLogin const& login) { newest = std::max(newest, login.at.ticks); });
    } else if (companion.name.starts_with("wtmp") || companion.name.starts_with("btmp")) {
        (void)utmp::read(companion.bytes, ignore,
            [&](utmp::Record const& record) { newest = std::max(newest, record.is_plausible ? record.at.ticks : 0); });
    } else {
        auto const text = trim(as_text(companion.bytes));
        auto const line = text.substr(text.rfind('\n') + 1);
        if (auto const time = Timestamp::parse(line.substr(0, 19)))
            newest = time->ticks;
    }
    return newest;
}

// "auth.log.1", "syslog.2.gz": it ended some time before the files beside it.
bool is_rotated(std::string_view path)
{
    auto name = file_name_of(path);
    for (auto const packed : { ".gz", ".xz", ".bz2", ".zst" })
        if (name.ends_with(packed))
            name.remove_suffix(std::string_view(packed).size());
    auto const tail = name.substr(std::min(name.rfind('.') + 1, name.size()));
    return tail == "old" || (!tail.empty() && tail.find_first_not_of("0123456789") == std::string_view::npos);
}

// The moment of a stamp in a year; 29 February counts as the 28th, for a year must not hang on a day that most lack.
std::int64_t ticks_in(syslog::Stamp stamp, std::int32_t year)
{
    if (stamp.month == 2 && stamp.day == 29)
        stamp.day = 28;
    auto const moment = syslog::local_time_of(stamp, year);
    return moment ? moment->ticks : INT64_MAX;
}

std::int32_t year_of(std::int64_t ticks)
{
    return static_cast<std::int32_t>(1601 + ticks / (365 * day_ticks + day_ticks / 4));
}

// Times that a file or an archive may claim, far outside of which no year is looked for.
bool is_plausible(std::int64_t ticks)
{
    return year_of(ticks) >= 1980 && year_of(ticks) < 2200;
}

// The latest year in which the stamp is not after `bound`, a plausible time.
std::int32_t latest_year(syslog::Stamp const& stamp, std::int64_t bound)
{
    auto year = year_of(bound) + 1;
    while (ticks_in(stamp, year) > bound)
        --year;
    return year;
}

// The year in which the stamp is nearest to `moment`.
std::int32_t nearest_year(syslog::Stamp const& stamp, std::int64_t moment)
{
    auto const below = latest_year(stamp, moment);
    return moment - ticks_in(stamp, below) <= ticks_in(stamp, below + 1) - moment ? below : below + 1;
}

}

std::vector<std::string> neighbours_with_years(std::string_view)
{
    return { "wtmp", "btmp", "lastlog", "dpkg.log", "dnf.log", "dnf.rpm.log", "cloud-init.log", "wtmp.1" };
}

// Lines follow one another in time, but for some that came late. A jump back of more than `late` that lasts is a
// silence into the next year. Years are counted from the first line's, on a circle of leap years.
class Years::Sequence {
public:
    explicit Sequence(std::vector<YearFrom>& years)
        : m_years(years)
    {
    }

    void take(std::uint64_t offset, syslog::Stamp const& stamp)
    {
        auto const in_leap_year = syslog::local_time_of(stamp, leap_year);
        if (!in_leap_year)
            return;
        Place place { stamp, 0, in_leap_year->ticks - leap_year_begins() };
        if (m_years.empty()) {
            m_years.push_back({ offset, 0 });
            m_newest = place;
            return;
        }
        place.year = m_newest.year;
        if (place.ticks > m_newest.ticks + circle / 2)
            --place.year;
        else if (place.ticks < m_newest.ticks - circle / 2)
            ++place.year;
        note(offset, place);
    }

    // The newest line and the year that it has, after the last line was taken.
    std::optional<std::pair<syslog::Stamp, std::int32_t>> newest()
    {
        if (m_years.empty())
            return std::nullopt;
        if (m_lines_back > 0)
            settle();
        return std::pair { m_newest.stamp, m_newest.year };
    }

private:
    static constexpr std::int32_t leap_year = 2000;
    static constexpr std::int64_t circle = 366 * day_ticks;
    static constexpr std::int64_t late = 31 * day_ticks;
    static constexpr std::size_t lines_that_last = 50;

    struct Place {
        syslog::Stamp stamp {};
        std::int32_t year = 0; // from the first line's
        std::int64_t ticks = 0; // within the year
        std::int64_t on_line() const { return year * circle + ticks; }
    };

    static std::int64_t leap_year_begins()
    {
        syslog::Stamp first;
        first.month = first.day = 1;
        return syslog::local_time_of(first, leap_year)->ticks;
    }

    void note(std::uint64_t offset, Place const& place)
    {
        bool const is_back = m_lines_back == 0 && place.on_line() < m_newest.on_line() - late;
        if (is_back) {
            m_before = m_newest;
            m_newest = place;
            m_first_back = m_years.size();
        }
        if (is_back || m_years.back().year != place.year)
            m_years.push_back({ offset, place.year });
        if (m_lines_back == 0 && !is_back) {
            m_newest = place.on_line() > m_newest.on_line() ? place : m_newest;
        } else if (!is_back && place.on_line() >= m_before.on_line() - late) { // only some lines came late
            m_newest = place.on_line() > m_before.on_line() ? place : m_before;
            m_lines_back = 0;
        } else {
            m_newest = place.on_line() > m_newest.on_line() ? place : m_newest;
            if (++m_lines_back > lines_that_last)
                settle();
        }
    }

    void settle()
    {
        for (auto at = m_first_back; at < m_years.size(); ++at)
            ++m_years[at].year;
        ++m_newest.year;
        m_lines_back = 0;
    }

    std::vector<YearFrom>& m_years;
    Place m_newest {}, m_before {}; // m_before: before lines went back
    std::size_t m_first_back = 0, m_lines_back = 0;
};

// Through the whole file, whatever piece is parsed: the years depend on all lines.
Years::Years(EvidenceView const& evidence)
{
    auto const file = as_text(evidence.bytes);
    Sequence sequence(m_years);
    for (std::size_t at = 0; at < file.size();) {
        auto const end = std::min(file.find('\n', at), file.size());
        auto const line = syslog::parse_line(file.substr(at, std::min<std::size_t>(end - at, 64)));
        if (line && line->stamp.has_no_year())
            sequence.take(at, line->stamp);
        at = end + 1;
    }
    if (auto const newest = sequence.newest())
        find_year(evidence, newest->first, newest->second);
}

void Years::find_year(EvidenceView const& evidence, syslog::Stamp const& newest, std::int32_t counted)
{
    constexpr auto zones = day_ticks; // local time against UTC
    auto const bound = is_plausible(evidence.modified_at.ticks) ? evidence.modified_at.ticks + zones : INT64_MAX;
    auto const found = [&](std::int32_t year, std::string_view source) {
        m_first_year = year - counted;
        m_source = source;
    };
    if (auto const day = day_of_name(evidence.name)) {
        found(latest_year(newest, std::min(day->ticks + 2 * zones, bound)), "file_name");
        return;
    }
    if (bound != INT64_MAX) {
        constexpr auto trusted = 2 * day_ticks;
        auto const year = latest_year(newest, bound);
        if (ticks_in(newest, year) >= evidence.modified_at.ticks - trusted) {
            found(year, "modified");
            return;
        }
    }
    std::int64_t beside = 0;
    for (auto const& companion : evidence.companions)
        beside = std::max(beside, newest_in(companion));
    if (!is_plausible(beside))
        return;
    constexpr auto month = 31 * day_ticks; // files beside it may lack news for a while
    auto const year = is_rotated(evidence.name) ? latest_year(newest, beside + month) : nearest_year(newest, beside);
    found(bound == INT64_MAX ? year : std::min(year, latest_year(newest, bound)), "neighbour");
}

std::optional<LocalTime> Years::moment(syslog::Line const& line) const
{
    if (!line.stamp.has_no_year())
        return line.stamp.local.ticks != 0 ? std::optional { line.stamp.local } : std::nullopt;
    if (m_first_year == 0)
        return std::nullopt;
    auto const next = std::ranges::upper_bound(m_years, line.offset, {}, &YearFrom::offset);
    return next == m_years.begin() ? std::nullopt
                                   : syslog::local_time_of(line.stamp, m_first_year + std::prev(next)->year);
}

}
