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

constexpr auto zones = day_ticks; // local time against UTC

// The year of a stamp that lies at most two days before the time of the file itself.
std::optional<std::int32_t> year_by_file(syslog::Stamp const& stamp, Timestamp modified_at)
{
    if (!is_plausible(modified_at.ticks))
        return std::nullopt;
    auto const year = latest_year(stamp, modified_at.ticks + zones);
    return ticks_in(stamp, year) >= modified_at.ticks - 2 * day_ticks ? std::optional { year } : std::nullopt;
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

// Lines follow one another in time, but for some that came late. Years are counted from the first line's, on a circle
// of leap years: each line has the year in which it is nearest to the newest before it.
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
        if (m_lines_back == 0 && place.on_line() < m_newest.on_line() - late)
            go_back(offset, place);
        else
            go_on(offset, place);
    }

    // After the last line was taken: the newest line and its year. `is_end` says whether a stamp fits the time of the
    // file itself.
    template <typename IsEnd> std::optional<std::pair<syslog::Stamp, std::int32_t>> newest(IsEnd is_end)
    {
        if (m_years.empty())
            return std::nullopt;
        if (m_lines_back > 0) {
            if (is_end(m_before.stamp))
                m_newest = m_before;
            else
                forget_before();
        }
        return std::pair { m_newest.stamp, m_newest.year };
    }
    // Lines before this have no year that could be told: the clock was set back, or the log was silent into the next
    // year.
    std::uint64_t known_from() const { return m_known_from; }

private:
    static constexpr std::int32_t leap_year = 2000;
    static constexpr std::int64_t circle = 366 * day_ticks;
    static constexpr std::int64_t late = 2 * day_ticks;
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
        if (m_years.back().year != place.year)
            m_years.push_back({ offset, place.year });
    }

    void go_back(std::uint64_t offset, Place const& place)
    {
        note(offset, place);
        m_before = m_newest;
        m_newest = place;
        m_back_from = offset;
        m_lines_back = 1;
    }

    void go_on(std::uint64_t offset, Place const& place)
    {
        note(offset, place);
        if (place.on_line() > m_newest.on_line())
            m_newest = place;
        if (m_lines_back == 0)
            return;
        if (m_newest.on_line() >= m_before.on_line() - late) { // only some lines came late
            m_newest = m_newest.on_line() > m_before.on_line() ? m_newest : m_before;
            m_lines_back = 0;
        } else if (++m_lines_back > lines_that_last) {
            forget_before();
        }
    }

    void forget_before()
    {
        m_known_from = m_back_from;
        m_lines_back = 0;
    }

    std::vector<YearFrom>& m_years;
    Place m_newest {}, m_before {}; // m_before: before lines went back
    std::uint64_t m_back_from = 0, m_known_from = 0;
    std::size_t m_lines_back = 0;
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
    auto const newest = sequence.newest(
        [&](syslog::Stamp const& stamp) { return year_by_file(stamp, evidence.modified_at).has_value(); });
    m_known_from = sequence.known_from();
    if (newest)
        find_year(evidence, newest->first, newest->second);
}

void Years::find_year(EvidenceView const& evidence, syslog::Stamp const& newest, std::int32_t counted)
{
    auto const bound = is_plausible(evidence.modified_at.ticks) ? evidence.modified_at.ticks + zones : INT64_MAX;
    auto const found = [&](std::int32_t year, std::string_view source) {
        m_first_year = year - counted;
        m_source = source;
    };
    if (auto const day = day_of_name(evidence.name)) {
        found(latest_year(newest, std::min(day->ticks + 2 * zones, bound)), "file_name");
        return;
    }
    if (auto const year = year_by_file(newest, evidence.modified_at)) {
        found(*year, "modified");
        return;
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
    if (m_first_year == 0 || line.offset < m_known_from)
        return std::nullopt;
    auto const next = std::ranges::upper_bound(m_years, line.offset, {}, &YearFrom::offset);
    return next == m_years.begin() ? std::nullopt
                                   : syslog::local_time_of(line.stamp, m_first_year + std::prev(next)->year);
}

}
