#include "report/host_state.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <map>
#include <tuple>

namespace konseki::report {

namespace {

// The machine that a name of events or of weighed items means: an earlier name counts to the machine that had it.
constexpr std::string_view machine_of = "coalesce(n.host, x.host, '')";

std::optional<bool> truth(store::Rows const& rows, std::size_t column)
{
    return rows.is_null(column) ? std::optional<bool> {} : rows.boolean(column);
}

class Gatherer {
public:
    Gatherer(store::Case const& source, HostStateLimits const& limits, std::optional<std::string_view> only,
        std::optional<std::uint64_t> only_rank)
        : m_case(source)
        , m_limits(limits)
        , m_only(only)
        , m_only_rank(only_rank)
    {
    }

    Result<std::vector<HostState>> gather()
    {
        for (auto& coverage : TRY(host_coverage::host_coverage(m_case))) {
            auto name = coverage.host.name;
            if (!m_only || *m_only == name)
                m_hosts[name].coverage = std::move(coverage);
        }
        TRY(gather_findings());
        if (m_case.has_rows("host.item")) {
            TRY(gather_kinds());
            TRY(gather_items());
            TRY(gather_terms());
            TRY(gather_traces());
        }
        if (m_case.has_rows("windows.account"))
            TRY(gather_accounts());
        if (m_case.has_rows("windows.autostart"))
            TRY(gather_autostarts());
        for (auto& [name, state] : TRY(gather_linux_states(m_case, {}, m_only)))
            m_hosts[name].linux_state = std::move(state);
        std::vector<HostState> hosts;
        for (auto& [name, host] : m_hosts) {
            host.coverage.host.name = name;
            hosts.push_back(std::move(host));
        }
        auto const is_before = [](HostState const& a, HostState const& b) {
            return std::tuple(a.name().empty(), fold_utf8(a.name()), a.name())
                < std::tuple(b.name().empty(), fold_utf8(b.name()), b.name());
        };
        std::ranges::sort(hosts, is_before);
        return hosts;
    }

private:
    // Rows begin with the machine's name; `$1` stands for the only wanted one.
    template <typename F> Result<void> each(std::string const& sql, F const& on_row)
    {
        std::vector<store::Parameter> parameters;
        if (m_only)
            parameters.emplace_back(std::string(*m_only));
        auto rows = TRY(m_case.query(sql, parameters));
        while (rows.next()) {
            auto const found = m_hosts.find(rows.text(0));
            on_row(rows, found != m_hosts.end() ? found->second : m_hosts[std::string(rows.text(0))]);
        }
        return rows.status();
    }
    std::string_view wanted() const { return m_only ? "machine = $1" : "TRUE"; }

    Result<void> gather_findings()
    {
        return each(
            format("SELECT machine, severity_rank, count(*) FROM (SELECT {} AS machine, severity_rank FROM "
                   "finding x LEFT JOIN host_name n ON n.key = host_key(x.host)) WHERE {} GROUP BY ALL ORDER BY "
                   "ALL",
                machine_of, wanted()),
            [](store::Rows const& rows, HostState& host) {
                host.findings[std::min<std::size_t>(rows.unsigned_integer(1), severity_count - 1)]
                    += rows.unsigned_integer(2);
            });
    }

    Result<void> gather_kinds()
    {
        // All that was weighed, not only what was kept.
        auto const* table = "host_item";
        if (m_case.has_rows("host.state")) // none where an earlier version examined the case
            table = "host_state";
        return each(format("SELECT machine, kind, count(*) FROM (SELECT {} AS machine, kind FROM {} x LEFT JOIN "
                           "host_name n ON n.key = host_key(x.host)) WHERE {} GROUP BY ALL ORDER BY ALL",
                        machine_of, table, wanted()),
            [](store::Rows const& rows, HostState& host) {
                host.kinds.emplace_back(rows.text(1), rows.unsigned_integer(2));
                host.items_total += rows.unsigned_integer(2);
            });
    }

    // The items wanted, with their place on the machine: what was weighed under an earlier name is ranked among the
    // rest.
    std::string chosen_items() const
    {
        return format("WITH placed AS (SELECT {} AS machine, x.*, row_number() OVER (PARTITION BY {} ORDER BY x.score "
                      "DESC, x.host, x.rank) AS place FROM host_item x LEFT JOIN host_name n ON n.key = "
                      "host_key(x.host)), chosen AS (SELECT * FROM placed WHERE {} AND {}) ",
            machine_of, machine_of, wanted(),
            m_only_rank ? format("place = {}", *m_only_rank) : format("place <= {}", m_limits.items));
    }

    Result<void> gather_items()
    {
        return each(chosen_items()
                + "SELECT machine, place, score, kind, title, command, target, location, key, attack, first_at, "
                  "last_at, "
                  "traces FROM chosen ORDER BY machine, place",
            [](store::Rows const& rows, HostState& host) {
                HostItem item;
                item.rank = rows.unsigned_integer(1);
                item.score = rows.real(2);
                std::size_t column = 3;
                for (auto* const text :
                    { &item.kind, &item.title, &item.command, &item.target, &item.location, &item.key })
                    *text = rows.text(column++);
                for (auto const id : split(rows.text(9), ' '))
                    if (!id.empty())
                        item.attack.emplace_back(id);
                item.first_at = rows.time(10);
                item.last_at = rows.time(11);
                item.traces_total = rows.unsigned_integer(12);
                host.items.push_back(std::move(item));
            });
    }

    static HostItem* item_at(HostState& host, std::uint64_t place)
    {
        auto const found = std::ranges::lower_bound(host.items, place, {}, &HostItem::rank);
        return found != host.items.end() && found->rank == place ? &*found : nullptr;
    }

    Result<void> gather_terms()
    {
        if (!m_case.has_rows("host.item_term"))
            return {};
        return each(chosen_items()
                + format("SELECT c.machine, c.place, t.evidence, t.\"offset\", t.family, t.feature, t.weight, t.text, "
                         "t.text_ja, count(*) OVER (PARTITION BY c.machine, c.place) FROM chosen c JOIN host_item_term "
                         "t ON t.host IS NOT DISTINCT FROM c.host AND t.rank = c.rank QUALIFY row_number() OVER "
                         "(PARTITION BY c.machine, c.place ORDER BY t.weight DESC, t.feature, t.text, t.evidence, "
                         "t.\"offset\") <= {} ORDER BY c.machine, c.place, t.weight DESC, t.feature, t.text, "
                         "t.evidence, t.\"offset\"",
                    m_limits.terms),
            [](store::Rows const& rows, HostState& host) {
                auto* const item = item_at(host, rows.unsigned_integer(1));
                if (item == nullptr)
                    return;
                item->terms.push_back({ rows.trace(2), std::string(rows.text(4)), std::string(rows.text(5)),
                    rows.real(6), { std::string(rows.text(7)), std::string(rows.text(8)) } });
                item->terms_total = rows.unsigned_integer(9);
            });
    }

    Result<void> gather_traces()
    {
        if (!m_case.has_rows("host.item_trace"))
            return {};
        return each(chosen_items()
                + format("SELECT c.machine, c.place, t.evidence, t.\"offset\" FROM chosen c JOIN host_item_trace t ON "
                         "t.host IS NOT DISTINCT FROM c.host AND t.rank = c.rank QUALIFY row_number() OVER (PARTITION "
                         "BY c.machine, c.place ORDER BY t.evidence, t.\"offset\") <= {} ORDER BY c.machine, c.place, "
                         "t.evidence, t.\"offset\"",
                    m_limits.traces),
            [](store::Rows const& rows, HostState& host) {
                if (auto* const item = item_at(host, rows.unsigned_integer(1)); item != nullptr)
                    item->traces.push_back(rows.trace(2));
            });
    }

    Result<void> gather_accounts()
    {
        return each(
            format("SELECT machine, count(*) OVER (PARTITION BY machine), evidence, place, rid, name, "
                   "full_name, comment, is_disabled, has_name_entry, is_rid_foreign, logon_count, "
                   "last_logon_at, password_set_at, name_written_at, recovered FROM (SELECT coalesce(e.host, '') AS "
                   "machine, a.*, a.\"offset\" AS place FROM windows_account a JOIN host_evidence e ON e.evidence = "
                   "a.evidence) WHERE {} QUALIFY row_number() OVER (PARTITION BY machine "
                   "ORDER BY recovered, rid, evidence, place) <= {} ORDER BY machine, recovered, rid, evidence, place",
                wanted(), m_limits.accounts),
            [](store::Rows const& rows, HostState& host) {
                host.accounts_total = rows.unsigned_integer(1);
                host.accounts.push_back(
                    { rows.trace(2), rows.unsigned_integer(4), std::string(rows.text(5)), std::string(rows.text(6)),
                        std::string(rows.text(7)), truth(rows, 8), truth(rows, 9), truth(rows, 10), rows.boolean(15),
                        rows.unsigned_integer(11), rows.time(12), rows.time(13), rows.time(14) });
            });
    }

    Result<void> gather_autostarts()
    {
        return each(
            format("SELECT machine, count(*) OVER (PARTITION BY machine), evidence, place, location, attack, "
                   "hive, user_name, key_path, name, command, is_enabled, is_usual, key_written_at, recovered FROM "
                   "(SELECT "
                   "coalesce(e.host, '') AS machine, a.*, a.\"user\" AS user_name, a.\"offset\" AS place, "
                   "coalesce(a.is_usual, false) AS usual FROM windows_autostart a JOIN host_evidence e ON e.evidence = "
                   "a.evidence) WHERE {} QUALIFY row_number() OVER (PARTITION BY machine "
                   "ORDER BY usual, recovered, location, key_path, name, evidence, place) <= {} ORDER BY machine, "
                   "usual, recovered, "
                   "location, key_path, name, evidence, place",
                wanted(), m_limits.autostarts),
            [](store::Rows const& rows, HostState& host) {
                HostAutostart entry;
                host.autostarts_total = rows.unsigned_integer(1);
                entry.trace = rows.trace(2);
                std::size_t column = 4;
                for (auto* const text : { &entry.location, &entry.attack, &entry.hive, &entry.user, &entry.key_path,
                         &entry.name, &entry.command })
                    *text = rows.text(column++);
                entry.is_enabled = truth(rows, 11);
                entry.is_usual = !rows.is_null(12) && rows.boolean(12);
                entry.key_written_at = rows.time(13);
                entry.is_recovered = rows.boolean(14);
                host.autostarts.push_back(std::move(entry));
            });
    }

    store::Case const& m_case;
    HostStateLimits const& m_limits;
    std::optional<std::string_view> m_only;
    std::optional<std::uint64_t> m_only_rank;
    std::map<std::string, HostState, std::less<>> m_hosts;
};

}

Result<std::vector<HostState>> gather_host_states(store::Case const& source, HostStateLimits const& limits,
    std::optional<std::string_view> only, std::optional<std::uint64_t> only_rank)
{
    return Gatherer(source, limits, only, only_rank).gather();
}

Result<std::vector<std::string>> host_names(store::Case const& source)
{
    auto const has_items
        = std::ranges::any_of(source.schemas(), [](auto const* one) { return one->name == "host.item"; });
    auto rows
        = TRY(source.query(format("SELECT DISTINCT name FROM (SELECT name FROM host UNION ALL SELECT DISTINCT {0} "
                                  "FROM finding x LEFT JOIN host_name n ON n.key = host_key(x.host){1}) WHERE "
                                  "name <> '' ORDER BY lower(name), name",
            machine_of,
            has_items ? format(" UNION ALL SELECT DISTINCT {} FROM host_item x LEFT JOIN host_name n ON n.key = "
                               "host_key(x.host)",
                machine_of)
                      : std::string())));
    std::vector<std::string> names;
    while (rows.next())
        names.emplace_back(rows.text(0));
    TRY(rows.status());
    return names;
}

Result<std::optional<std::string>> find_host_name(store::Case const& source, std::string_view wanted)
{
    auto const names = TRY(host_names(source));
    auto const folded = fold_utf8(wanted);
    for (auto const& name : names)
        if (fold_utf8(name) == folded)
            return std::optional(name);
    auto const key = store::host_key(wanted);
    for (auto const& name : names)
        if (store::host_key(name) == key)
            return std::optional(name);
    auto rows = TRY(source.query("SELECT host FROM host_name WHERE key = $1", std::vector<store::Parameter> { key }));
    std::optional<std::string> found;
    while (rows.next())
        found = rows.text(0);
    TRY(rows.status());
    return found;
}

}
