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

}

std::vector<std::string> neighbours_with_years(std::string_view)
{
    return { "wtmp", "btmp", "lastlog", "dpkg.log", "dnf.log", "dnf.rpm.log", "cloud-init.log", "wtmp.1" };
}

Years::Years(EvidenceView const& evidence)
{
    find_reference(evidence);
    if (m_reference.ticks != 0)
        find_turns(evidence);
}

void Years::find_reference(EvidenceView const& evidence)
{
    if (auto const day = day_of_name(evidence.name)) {
        m_reference = *day;
        m_source = "file_name";
        return;
    }
    for (auto const& companion : evidence.companions)
        m_reference.ticks = std::max(m_reference.ticks, newest_in(companion));
    if (m_reference.ticks != 0)
        m_source = "neighbour";
}

// Through the whole file, whatever piece is parsed: how many years end in it depends on all lines.
void Years::find_turns(EvidenceView const& evidence)
{
    auto const file = as_text(evidence.bytes);
    std::optional<syslog::Stamp> last;
    std::int64_t last_ticks = 0;
    for (std::size_t at = 0; at < file.size();) {
        auto const end = std::min(file.find('\n', at), file.size());
        auto const line = syslog::parse_line(file.substr(at, std::min<std::size_t>(end - at, 64)));
        if (line && line->stamp.has_no_year()) {
            auto const in_leap_year = syslog::local_time_of(line->stamp, 2000);
            auto const ticks = in_leap_year ? in_leap_year->ticks : last_ticks;
            if (last && ticks < last_ticks - 182 * day_ticks)
                m_turns.push_back(at);
            last = line->stamp;
            last_ticks = ticks;
        }
        at = end + 1;
    }
    if (!last)
        return;
    std::int64_t nearest = INT64_MAX;
    auto const year = static_cast<std::int32_t>(1601 + m_reference.ticks / (365 * day_ticks + day_ticks / 4));
    for (auto candidate = year - 2; candidate <= year + 2; ++candidate) {
        auto stamp = *last;
        if (stamp.month == 2 && stamp.day == 29)
            stamp.day = 28; // the year must not hang on a day that most do not have
        auto const moment = syslog::local_time_of(stamp, candidate);
        auto const distance = moment ? std::abs(moment->ticks - m_reference.ticks) : INT64_MAX;
        if (distance < nearest) {
            nearest = distance;
            m_last_year = candidate;
        }
    }
}

std::optional<LocalTime> Years::moment(syslog::Line const& line) const
{
    if (!line.stamp.has_no_year())
        return line.stamp.local.ticks != 0 ? std::optional { line.stamp.local } : std::nullopt;
    if (m_last_year == 0)
        return std::nullopt;
    auto const later = m_turns.end() - std::ranges::upper_bound(m_turns, line.offset);
    return syslog::local_time_of(line.stamp, m_last_year - static_cast<std::int32_t>(later));
}

}
