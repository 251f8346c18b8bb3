#include "report/contents.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <map>
#include <tuple>

namespace konseki::report {

namespace {

constexpr std::int64_t day_seconds = 86'400;
constexpr std::uint64_t gap_days_min = 3;

class Gatherer {
public:
    Gatherer(store::Case const& source, ReportOptions const& options)
        : m_case(source)
        , m_options(options)
    {
    }

    Result<Contents> gather()
    {
        TRY(gather_head());
        TRY(gather_answer());
        TRY(gather_touched());
        TRY(gather_groups());
        TRY(gather_shown());
        TRY(gather_because());
        TRY(gather_fields());
        TRY(gather_techniques());
        TRY(gather_states());
        m_contents.fleet = TRY(gather_fleet(m_case));
        TRY(gather_key_events());
        if (TRY(has_view("windows_event"))) {
            TRY(gather_hosts());
            TRY(gather_channels());
            TRY(gather_gaps());
        }
        TRY(gather_timeline());
        m_contents.has_logons = TRY(has_view("windows_logon"));
        if (m_contents.has_logons)
            TRY(gather_logons());
        TRY(gather_rules(m_case, m_contents));
        TRY(gather_evidence());
        TRY(gather_diagnostics());
        return std::move(m_contents);
    }

private:
    using Parameters = std::vector<store::Parameter>;

    template <typename F>
    Result<void> each(std::string_view sql, F const& on_row, Parameters const& parameters = {}) const
    {
        auto rows = TRY(m_case.query(sql, parameters));
        while (rows.next())
            on_row(rows);
        return rows.status();
    }

    Result<bool> has_view(std::string name) const
    {
        bool is_there = false;
        TRY(each("SELECT 1 FROM duckdb_views() WHERE view_name = ?", [&](auto const&) { is_there = true; },
            { std::move(name) }));
        return is_there;
    }

    Result<void> gather_head()
    {
        m_contents.title = m_options.title.empty() ? m_case.folder().filename().string() : m_options.title;
        m_contents.marking = m_options.marking;
        m_contents.folder = m_case.folder().filename().string();
        m_contents.language = m_options.language == "ja" ? "ja" : "en";
        m_contents.generated_at = m_options.generated_at;
        m_contents.versions = TRY(m_case.fact("versions")).value_or("");
        return {};
    }

    static Severity severity_of(store::Rows const& rows, std::size_t column)
    {
        return static_cast<Severity>(std::min<std::uint64_t>(rows.unsigned_integer(column), severity_count - 1));
    }

    Result<void> gather_answer()
    {
        auto& c = m_contents;
        TRY(each("SELECT severity_rank, count(*) FROM finding GROUP BY 1", [&](store::Rows const& rows) {
            c.findings[static_cast<std::size_t>(severity_of(rows, 0))] += rows.unsigned_integer(1);
            c.findings_total += rows.unsigned_integer(1);
        }));
        return each(
            "SELECT count(DISTINCT host), count(DISTINCT host) FILTER (severity_rank >= 3), min(first_at) FILTER "
            "(first_at BETWEEN $1 AND $2), "
            "max(last_at) FILTER (last_at BETWEEN $1 AND $2) FROM finding WHERE severity_rank > 0",
            [&](store::Rows const& rows) {
                c.hosts_touched = rows.unsigned_integer(0);
                c.hosts_severe = rows.unsigned_integer(1);
                c.first_at = rows.time(2);
                c.last_at = rows.time(3);
            },
            possible());
    }

    Result<void> gather_touched()
    {
        return each("SELECT host, count(*) FILTER (severity_rank = 0), count(*) FILTER (severity_rank = 1), count(*) "
                    "FILTER (severity_rank = 2), "
                    "count(*) FILTER (severity_rank = 3), count(*) FILTER (severity_rank = 4), min(first_at), "
                    "max(last_at) FROM finding "
                    "WHERE host IS NOT NULL AND severity_rank > 0 GROUP BY host ORDER BY 6 DESC, 5 DESC, 4 DESC, 3 "
                    "DESC, host LIMIT 10",
            [&](store::Rows const& rows) {
                TouchedHost host { std::string(rows.text(0)), {}, rows.time(6), rows.time(7) };
                for (std::size_t i = 0; i < severity_count; ++i)
                    host.findings[i] = rows.unsigned_integer(i + 1);
                m_contents.touched.push_back(std::move(host));
            });
    }

    // Within a severity the rare comes first: what fires everywhere says least.
    Result<void> gather_groups()
    {
        TRY(each("SELECT count(*) FROM (SELECT DISTINCT analyser, rule, severity_rank, title FROM finding)",
            [&](store::Rows const& rows) { m_contents.groups_total = rows.unsigned_integer(0); }));
        auto const sql
            = format("SELECT analyser, rule, severity_rank, title, first(title_ja ORDER BY first_at, id), "
                     "first(explanation ORDER BY first_at, "
                     "id), first(explanation_ja ORDER BY first_at, id), first(advice ORDER BY first_at, id), "
                     "first(advice_ja ORDER BY first_at, "
                     "id), first(source ORDER BY first_at, id), first(array_to_string(attack, ' ') ORDER BY first_at, "
                     "id), count(*) AS findings, "
                     "count(DISTINCT host), sum(traces) AS total, min(first_at), max(last_at) FROM finding GROUP BY "
                     "analyser, rule, "
                     "severity_rank, title ORDER BY severity_rank DESC, total, analyser, rule, title LIMIT {}",
                groups_max);
        return each(sql, [&](store::Rows const& rows) {
            Group group;
            group.analyser = rows.text(0);
            group.rule = rows.text(1);
            group.severity = severity_of(rows, 2);
            group.title = { std::string(rows.text(3)), std::string(rows.text(4)) };
            group.explanation = { std::string(rows.text(5)), std::string(rows.text(6)) };
            group.advice = { std::string(rows.text(7)), std::string(rows.text(8)) };
            group.source = rows.text(9);
            for (auto const id : split(rows.text(10), ' ')) {
                if (!id.empty())
                    group.attack.emplace_back(id);
            }
            group.findings = rows.unsigned_integer(11);
            group.hosts = rows.unsigned_integer(12);
            group.traces = rows.unsigned_integer(13);
            group.first_at = rows.time(14);
            group.last_at = rows.time(15);
            m_groups.emplace(
                key_of(group.analyser, group.rule, static_cast<std::uint64_t>(group.severity), group.title.en),
                m_contents.groups.size());
            m_contents.groups.push_back(std::move(group));
        });
    }

    static std::string key_of(
        std::string_view analyser, std::string_view rule, std::uint64_t severity, std::string_view title)
    {
        return format("{}\n{}\n{}\n{}", analyser, rule, severity, title);
    }

    static std::string shown_ids()
    {
        return format("(SELECT id, analyser, rule, severity_rank, title, host, first_at, last_at, count, traces FROM "
                      "finding QUALIFY row_number() OVER "
                      "(PARTITION BY analyser, rule, severity_rank, title ORDER BY traces DESC, first_at, id) <= {})",
            findings_per_group_max);
    }

    Result<void> gather_shown()
    {
        auto const sql = format("SELECT analyser, rule, severity_rank, title, id, host, first_at, last_at, count, "
                                "traces FROM {} ORDER BY traces DESC, "
                                "first_at, id",
            shown_ids());
        TRY(each(sql, [&](store::Rows const& rows) {
            auto const found
                = m_groups.find(key_of(rows.text(0), rows.text(1), rows.unsigned_integer(2), rows.text(3)));
            if (found == m_groups.end())
                return;
            m_contents.groups[found->second].shown.push_back({ std::string(rows.text(4)), std::string(rows.text(5)),
                rows.time(6), rows.time(7), rows.unsigned_integer(8), rows.unsigned_integer(9), {} });
        }));
        for (auto& group : m_contents.groups) {
            for (auto& shown : group.shown)
                m_shown.emplace(shown.id, &shown);
        }
        return {};
    }

    Result<void> gather_because()
    {
        auto const sql = format("SELECT finding, ordinal, evidence, \"offset\", schema, seen_at FROM finding_because "
                                "WHERE ordinal < {} AND finding IN "
                                "(SELECT id FROM {}) ORDER BY finding, ordinal",
            traces_per_finding_max, shown_ids());
        return each(sql, [&](store::Rows const& rows) {
            auto const found = m_shown.find(rows.text(0));
            if (found == m_shown.end())
                return;
            auto const trace = rows.trace(2);
            found->second->because.push_back({ trace, std::string(rows.text(4)), rows.time(5), {} });
            m_named[trace.evidence];
        });
    }

    Result<void> gather_fields()
    {
        auto const sql = format("SELECT finding, ordinal, name, value FROM finding_field WHERE ordinal < {} AND "
                                "finding IN (SELECT id FROM {}) ORDER BY "
                                "finding, ordinal, position",
            traces_per_finding_max, shown_ids());
        return each(sql, [&](store::Rows const& rows) {
            auto const found = m_shown.find(rows.text(0));
            if (found != m_shown.end() && rows.unsigned_integer(1) < found->second->because.size())
                found->second->because[rows.unsigned_integer(1)].fields.emplace_back(rows.text(2), rows.text(3));
        });
    }

    Result<void> gather_techniques()
    {
        return each("SELECT technique, max(severity_rank), count(*), count(DISTINCT host), min(first_at) FROM (SELECT "
                    "unnest(attack) AS technique, "
                    "severity_rank, host, first_at FROM finding) GROUP BY 1 ORDER BY 1",
            [&](store::Rows const& rows) {
                m_contents.techniques.push_back({ std::string(rows.text(0)), severity_of(rows, 1),
                    rows.unsigned_integer(2), rows.unsigned_integer(3), rows.time(4) });
            });
    }

    Result<void> gather_states()
    {
        auto const names = TRY(host_names(m_case));
        auto states = TRY(gather_host_states(m_case, state_limits(names.size())));
        std::erase_if(states, [](HostState const& host) {
            return host.items.empty() && host.accounts.empty() && host.autostarts.empty();
        });
        auto const weight = [](HostState const& host) {
            return std::tuple(
                host.items.empty() ? -1'000.0 : host.items.front().score, host.findings[4], host.findings[3]);
        };
        std::ranges::stable_sort(states, [&](auto const& a, auto const& b) { return weight(b) < weight(a); });
        m_contents.states_total = states.size();
        states.resize(std::min(states.size(), states_max));
        m_contents.states = std::move(states);
        return {};
    }

    Result<void> gather_key_events()
    {
        TRY(each("SELECT count(*) FROM finding WHERE severity_rank >= 2 AND first_at IS NOT NULL",
            [&](store::Rows const& rows) { m_contents.key_events_total = rows.unsigned_integer(0); }));
        auto const sql = format(
            "SELECT f.first_at, f.id, f.host, f.severity_rank, f.title, f.title_ja, b.evidence, b.\"offset\" FROM "
            "(SELECT * FROM finding "
            "WHERE severity_rank >= 2 AND first_at IS NOT NULL ORDER BY severity_rank DESC, first_at, id LIMIT {}) f "
            "LEFT JOIN "
            "finding_because b ON b.finding = f.id AND b.ordinal = 0 ORDER BY f.first_at, f.severity_rank DESC, f.id",
            key_events_max);
        return each(sql, [&](store::Rows const& rows) {
            KeyEvent event { rows.time(0), std::string(rows.text(1)), std::string(rows.text(2)), severity_of(rows, 3),
                { std::string(rows.text(4)), std::string(rows.text(5)) }, {} };
            if (!rows.is_null(6))
                event.trace = rows.trace(6);
            m_contents.key_events.push_back(std::move(event));
        });
    }

    Timestamp latest_possible() const { return { m_options.generated_at.ticks + 2 * day_seconds * ticks_per_second }; }
    static Timestamp earliest_possible() { return Timestamp::from_unix_seconds(788'918'400); } // 1995-01-01
    Parameters possible() const { return { earliest_possible(), latest_possible() }; }

    Result<void> gather_hosts()
    {
        auto& c = m_contents;
        TRY(each("SELECT count(*), count(*) FILTER (recovered), count(DISTINCT computer) FROM windows_event",
            [&](store::Rows const& rows) {
                c.events = rows.unsigned_integer(0);
                c.events_recovered = rows.unsigned_integer(1);
                c.hosts_total = rows.unsigned_integer(2);
            }));
        TRY(each(
            "SELECT min(written_at), max(written_at) FROM windows_event WHERE NOT recovered AND written_at BETWEEN ? "
            "AND ?",
            [&](store::Rows const& rows) {
                c.events_first_at = rows.time(0);
                c.events_last_at = rows.time(1);
            },
            possible()));
        TRY(each(
            "SELECT count(*) FROM windows_event WHERE NOT recovered AND written_at NOT BETWEEN ? AND ?",
            [&](store::Rows const& rows) { c.timeline.events_outside = rows.unsigned_integer(0); }, possible()));
        auto const sql = format("SELECT computer, count(*) FILTER (NOT recovered) AS live, count(*) FILTER "
                                "(recovered), count(DISTINCT channel), "
                                "min(written_at) FILTER (NOT recovered AND written_at BETWEEN $1 AND $2), "
                                "max(written_at) FILTER (NOT recovered AND "
                                "written_at BETWEEN $1 AND $2) FROM windows_event WHERE computer IS NOT NULL GROUP BY "
                                "computer ORDER BY live DESC, computer LIMIT {}",
            hosts_max);
        TRY(each(
            sql,
            [&](store::Rows const& rows) {
                c.hosts.push_back({ std::string(rows.text(0)), rows.unsigned_integer(1), rows.unsigned_integer(2),
                    rows.unsigned_integer(3), rows.time(4), rows.time(5), {}, {} });
            },
            possible()));
        std::sort(c.hosts.begin(), c.hosts.end(), [](auto const& a, auto const& b) { return a.name < b.name; });
        for (std::size_t i = 0; i < c.hosts.size(); ++i)
            m_hosts.emplace(c.hosts[i].name, i);
        return {};
    }

    Result<void> gather_channels()
    {
        auto const sql
            = format("SELECT computer, channel, count(*) AS live, min(written_at), max(written_at) FROM "
                     "windows_event WHERE NOT recovered AND "
                     "computer IS NOT NULL GROUP BY computer, channel QUALIFY row_number() OVER (PARTITION BY computer "
                     "ORDER BY live DESC, channel) <= {} "
                     "ORDER BY computer, live DESC, channel",
                channels_per_host_max);
        return each(sql, [&](store::Rows const& rows) {
            auto const found = m_hosts.find(rows.text(0));
            if (found != m_hosts.end())
                m_contents.hosts[found->second].channels.push_back(
                    { std::string(rows.text(1)), rows.unsigned_integer(2), rows.time(3), rows.time(4) });
        });
    }

    Result<void> gather_gaps()
    {
        auto const days
            = format("(SELECT computer, channel, day, lag(day) OVER (PARTITION BY computer, channel ORDER BY day) AS "
                     "before FROM (SELECT DISTINCT "
                     "computer, channel, date_trunc('day', written_at)::TIMESTAMP AS day FROM windows_event WHERE NOT "
                     "recovered AND channel IN "
                     "('Security', 'System') AND written_at BETWEEN $1 AND $2)) WHERE day - before > INTERVAL {} DAY",
                gap_days_min);
        TRY(each(
            format("SELECT count(*) FROM {}", days),
            [&](store::Rows const& rows) { m_contents.gaps_total = rows.unsigned_integer(0); }, possible()));
        auto const sql = format("SELECT computer, channel, before + INTERVAL 1 DAY, day, date_diff('day', before, day) "
                                "- 1 AS missing FROM {} ORDER BY missing "
                                "DESC, computer, channel, day LIMIT {}",
            days, rows_max);
        return each(
            sql,
            [&](store::Rows const& rows) {
                m_contents.gaps.push_back({ std::string(rows.text(0)), std::string(rows.text(1)), rows.time(2),
                    rows.time(3), rows.unsigned_integer(4) });
            },
            possible());
    }

    void choose_bins(Timestamp first, Timestamp last)
    {
        auto& timeline = m_contents.timeline;
        timeline.start = Timestamp::from_unix_seconds(first.unix_seconds() / day_seconds * day_seconds);
        auto const seconds = last.unix_seconds() - timeline.start.unix_seconds();
        for (auto const days : { 1, 7, 30, 90, 365, 3'650 }) {
            timeline.bin_seconds = days * day_seconds;
            if (seconds / timeline.bin_seconds < 110)
                break;
        }
        timeline.bins.resize(static_cast<std::size_t>(seconds / timeline.bin_seconds) + 1);
        for (auto& host : m_contents.hosts)
            host.bins.resize(timeline.bins.size());
    }

    Result<void> gather_timeline()
    {
        auto first = m_contents.events_first_at;
        auto last = m_contents.events_last_at;
        TRY(each(
            "SELECT min(first_at), max(first_at) FROM finding WHERE severity_rank > 0 AND first_at BETWEEN ? AND ?",
            [&](store::Rows const& rows) {
                if (rows.is_null(0))
                    return;
                first = first.is_set() ? std::min(first, rows.time(0)) : rows.time(0);
                last = std::max(last, rows.time(1));
            },
            possible()));
        if (!first.is_set())
            return {};
        choose_bins(first, last);
        auto& timeline = m_contents.timeline;
        auto const bin = [&](std::string_view column) {
            return format("CAST((epoch_us({}) - {}) // {} AS BIGINT)", column, timeline.start.unix_microseconds(),
                timeline.bin_seconds * 1'000'000);
        };
        auto const place = [&](std::uint64_t index) { return std::min<std::size_t>(index, timeline.bins.size() - 1); };
        TRY(each(
            format("SELECT {}, severity_rank, count(*) FROM finding WHERE severity_rank > 0 AND first_at BETWEEN ? AND "
                   "? GROUP BY ALL",
                bin("first_at")),
            [&](store::Rows const& rows) {
                timeline.bins[place(rows.unsigned_integer(0))].findings[static_cast<std::size_t>(severity_of(rows, 1))]
                    += rows.unsigned_integer(2);
            },
            possible()));
        if (m_contents.hosts.empty())
            return {};
        return each(
            format("SELECT computer, {}, count(*) FROM windows_event WHERE NOT recovered AND written_at BETWEEN ? AND "
                   "? GROUP BY ALL",
                bin("written_at")),
            [&](store::Rows const& rows) {
                auto const index = place(rows.unsigned_integer(1));
                timeline.bins[index].events += rows.unsigned_integer(2);
                if (auto const host = m_hosts.find(rows.text(0)); host != m_hosts.end())
                    m_contents.hosts[host->second].bins[index] += rows.unsigned_integer(2);
            },
            possible());
    }

    Result<void> gather_logon_table(std::string_view condition, std::vector<LogonRow>& target, std::uint64_t& total)
    {
        auto const table = format("SELECT computer, coalesce(user_domain || '\\', '') || \"user\" AS account, "
                                  "coalesce(source_address, workstation) AS source, "
                                  "logon_type, count(*) AS n, min(written_at) AS first_at, max(written_at) AS last_at "
                                  "FROM windows_logon WHERE NOT recovered AND {} "
                                  "GROUP BY ALL",
            condition);
        TRY(each(format("SELECT count(*) FROM ({})", table),
            [&](store::Rows const& rows) { total = rows.unsigned_integer(0); }));
        return each(
            format("SELECT * FROM ({}) ORDER BY n DESC, first_at, computer, account, source, logon_type LIMIT {}",
                table, rows_max),
            [&](store::Rows const& rows) {
                target.push_back({ std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2)),
                    rows.unsigned_integer(3), rows.unsigned_integer(4), rows.time(5), rows.time(6) });
            });
    }

    Result<void> gather_logons()
    {
        auto& c = m_contents;
        TRY(gather_logon_table("kind = 'logon' AND is_success AND logon_type IN (3, 8, 10) AND "
                               "coalesce(source_address, '') NOT IN ('', '-', "
                               "'127.0.0.1', '::1', 'LOCAL')",
            c.remote_logons, c.remote_logons_total));
        return gather_logon_table("kind = 'logon_failed'", c.failed_logons, c.failed_logons_total);
    }

    Result<void> gather_evidence()
    {
        auto& c = m_contents;
        std::map<EvidenceNumber, std::pair<std::uint64_t, std::uint64_t>> losses;
        TRY(each("SELECT evidence, count(*), sum(bytes_lost) FROM diagnostic GROUP BY 1", [&](store::Rows const& rows) {
            losses[static_cast<EvidenceNumber>(rows.unsigned_integer(0))]
                = { rows.unsigned_integer(1), rows.unsigned_integer(2) };
        }));
        std::map<std::string, std::uint64_t> states;
        for (auto& piece : TRY(m_case.evidence())) {
            auto const [diagnostics, bytes_lost] = losses[piece.number];
            ++c.evidence_total;
            c.evidence_bytes += piece.parent == 0 ? piece.size_bytes : 0;
            ++states[std::string(evidence_state_name(piece.state))];
            if (auto const named = m_named.find(piece.number); named != m_named.end())
                c.names.emplace_back(piece.number, piece.original_path);
            EvidenceRow row { std::move(piece), diagnostics, bytes_lost };
            if (bytes_lost != 0 || row.evidence.state == EvidenceState::failed) {
                ++c.evidence_with_loss;
                c.bytes_lost += bytes_lost;
                c.lossy.push_back(row);
            }
            if (c.evidence.size() < evidence_max)
                c.evidence.push_back(std::move(row));
        }
        std::stable_sort(
            c.lossy.begin(), c.lossy.end(), [](auto const& a, auto const& b) { return a.bytes_lost > b.bytes_lost; });
        c.lossy.resize(std::min(c.lossy.size(), rows_max));
        c.evidence_states.assign(states.begin(), states.end());
        return {};
    }

    Result<void> gather_diagnostics()
    {
        TRY(each("SELECT count(*) FROM (SELECT DISTINCT code, what FROM diagnostic)",
            [&](store::Rows const& rows) { m_contents.diagnostics_total = rows.unsigned_integer(0); }));
        return each(format("SELECT code, what, count(*), count(DISTINCT evidence), sum(bytes_lost) AS lost FROM "
                           "diagnostic GROUP BY ALL ORDER BY lost DESC, "
                           "3 DESC, code, what LIMIT {}",
                        rows_max),
            [&](store::Rows const& rows) {
                m_contents.diagnostics.push_back({ std::string(rows.text(0)), std::string(rows.text(1)),
                    rows.unsigned_integer(2), rows.unsigned_integer(3), rows.unsigned_integer(4) });
            });
    }

    store::Case const& m_case;
    ReportOptions const& m_options;
    Contents m_contents;
    std::map<std::string, std::size_t, std::less<>> m_groups; // key -> index
    std::map<std::string, ShownFinding*, std::less<>> m_shown;
    std::map<std::string, std::size_t, std::less<>> m_hosts;
    std::map<EvidenceNumber, bool> m_named;
};

}

std::string_view Contents::name_of(EvidenceNumber number) const
{
    auto const found = std::lower_bound(names.begin(), names.end(), number,
        [](auto const& entry, EvidenceNumber wanted) { return entry.first < wanted; });
    return found != names.end() && found->first == number ? std::string_view(found->second) : std::string_view();
}

HostStateLimits state_limits(std::size_t hosts)
{
    auto const shown = std::clamp<std::size_t>(hosts, 1, states_max);
    auto const share
        = [&](std::size_t all, std::size_t least, std::size_t most) { return std::clamp(all / shown, least, most); };
    return { share(1'500, 5, 25), share(480, 4, 8), share(480, 4, 12), share(1'600, 5, 40), share(4'000, 10, 100) };
}

Result<Contents> gather(store::Case const& source, ReportOptions const& options)
{
    return Gatherer(source, options).gather();
}

}
