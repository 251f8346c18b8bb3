#include "report/linux_state.hpp"
#include "base/text.hpp"
#include "report/json.hpp"

namespace konseki::report {

namespace {

class LinuxGatherer {
public:
    LinuxGatherer(store::Case const& source, LinuxStateLimits const& limits, std::optional<std::string_view> only)
        : m_case(source)
        , m_limits(limits)
        , m_only(only)
    {
    }

    Result<std::map<std::string, LinuxState>> gather()
    {
        TRY(gather_facts());
        TRY(gather_counts());
        TRY(gather_accounts());
        TRY(gather_starts());
        std::erase_if(m_states, [](auto const& entry) { return entry.second.is_empty(); });
        return std::move(m_states);
    }

private:
    // Rows begin with the host's name; `$1` stands for the only wanted one.
    template <typename F> Result<void> each(std::string const& sql, F const& on_row)
    {
        std::vector<store::Parameter> parameters;
        if (m_only)
            parameters.emplace_back(std::string(*m_only));
        auto rows = TRY(m_case.query(sql, parameters));
        while (rows.next())
            on_row(rows, m_states[std::string(rows.text(0))]);
        return rows.status();
    }
    // A table with the host of each row in front, the wanted ones alone.
    std::string of_hosts(std::string_view table) const
    {
        return format(
            "(SELECT coalesce(e.host, '') AS machine, r.*, r.\"offset\" AS place FROM {} r JOIN host_evidence e "
            "ON e.evidence = r.evidence WHERE NOT r.recovered AND {})",
            table, m_only ? "coalesce(e.host, '') = $1" : "TRUE");
    }

    Result<void> gather_facts()
    {
        if (!m_case.has_rows("linux.host"))
            return {};
        return each(
            format(
                "SELECT machine, machine_id, kernel, architecture, virtualisation, collector, booted_at, collected_at, "
                "is_root FROM {} ORDER BY machine, evidence, place",
                of_hosts("linux_host")),
            [](store::Rows const& rows, LinuxState& state) {
                std::size_t column = 1;
                for (auto* const text : { &state.machine_id, &state.kernel, &state.architecture, &state.virtualisation,
                         &state.collector }) {
                    if (text->empty())
                        *text = rows.text(column);
                    ++column;
                }
                if (!state.booted_at.is_set())
                    state.booted_at = rows.time(6);
                if (!state.collected_at.is_set())
                    state.collected_at = rows.time(7);
                if (!rows.is_null(8))
                    state.is_root = state.is_root.value_or(true) && rows.boolean(8);
            });
    }

    Result<void> gather_counts()
    {
        if (m_case.has_rows("linux.process"))
            TRY(each(format("SELECT machine, count(DISTINCT pid) FROM {} WHERE coalesce(executable_state, '') <> "
                            "'kernel' GROUP BY ALL "
                            "ORDER BY ALL",
                         of_hosts("linux_process")),
                [](store::Rows const& rows, LinuxState& state) { state.processes = rows.unsigned_integer(1); }));
        if (m_case.has_rows("linux.socket"))
            TRY(each(
                format("SELECT machine, count(*) FROM {} WHERE lower(state) = 'listen' AND protocol LIKE 'tcp%' GROUP "
                       "BY ALL ORDER BY ALL",
                    of_hosts("linux_socket")),
                [](store::Rows const& rows, LinuxState& state) { state.listening = rows.unsigned_integer(1); }));
        if (m_case.has_rows("linux.package"))
            TRY(each(format("SELECT machine, count(DISTINCT (name, architecture)), max(installed_at) FROM {} GROUP BY "
                            "ALL ORDER BY "
                            "ALL",
                         of_hosts("linux_package")),
                [](store::Rows const& rows, LinuxState& state) {
                    state.packages = rows.unsigned_integer(1);
                    state.last_package_at = rows.time(2);
                }));
        if (!m_case.has_rows("linux.file"))
            return {};
        return each(
            format("SELECT machine, count(*) FILTER (package_state = 'changed'), count(*) FILTER (package_state = "
                   "'unowned' AND \"content\" IS NOT NULL) FROM {} GROUP BY ALL ORDER BY ALL",
                of_hosts("linux_file")),
            [](store::Rows const& rows, LinuxState& state) {
                state.files_changed = rows.unsigned_integer(1);
                state.files_unowned = rows.unsigned_integer(2);
            });
    }

    Result<void> gather_accounts()
    {
        if (!m_case.has_rows("linux.account"))
            return {};
        return each(
            format("SELECT machine, count(*) OVER (PARTITION BY machine), evidence, place, uid, name, shell, "
                   "password_state, groups, home, password_changed_at FROM {} QUALIFY row_number() OVER (PARTITION BY "
                   "machine ORDER BY {}, uid, name, evidence, place) <= {} ORDER BY machine, {}, uid, name, evidence, "
                   "place",
                of_hosts("linux_account"), cannot_log_on, m_limits.accounts, cannot_log_on),
            [](store::Rows const& rows, LinuxState& state) {
                state.accounts_total = rows.unsigned_integer(1);
                state.accounts.push_back({ rows.trace(2), rows.unsigned_integer(4), std::string(rows.text(5)),
                    std::string(rows.text(6)), std::string(rows.text(7)), std::string(rows.text(8)),
                    std::string(rows.text(9)), rows.time(10) });
            });
    }

    // The file that says so, with its package: what a package put there as it is comes last.
    Result<void> gather_starts()
    {
        if (!m_case.has_rows("linux.autostart"))
            return {};
        auto const files = m_case.has_rows("linux.file")
            ? format(
                "LEFT JOIN (SELECT machine, path, any_value(package ORDER BY evidence, place) AS package, "
                "any_value(package_state ORDER BY evidence, place) AS package_state FROM {} WHERE package_state IS NOT "
                "NULL GROUP BY ALL) f USING (machine, path)",
                of_hosts("linux_file"))
            : std::string("CROSS JOIN (SELECT NULL AS package, NULL AS package_state) f");
        return each(
            format("SELECT machine, count(*) OVER (PARTITION BY machine), evidence, place, location, path, name, "
                   "\"user\", "
                   "schedule, command, package, package_state, count(*) FILTER (package_state = 'same') OVER "
                   "(PARTITION BY "
                   "machine) FROM (SELECT a.*, f.package, f.package_state FROM {} a {}) QUALIFY row_number() OVER "
                   "(PARTITION BY machine ORDER BY {}) <= {} ORDER BY machine, {}",
                of_hosts("linux_autostart"), files, start_order, m_limits.starts, start_order),
            [](store::Rows const& rows, LinuxState& state) {
                state.starts_total = rows.unsigned_integer(1);
                state.starts_of_packages = rows.unsigned_integer(12);
                LinuxStart start;
                start.trace = rows.trace(2);
                std::size_t column = 4;
                for (auto* const text : { &start.location, &start.path, &start.name, &start.user, &start.schedule,
                         &start.command, &start.package, &start.package_state })
                    *text = rows.text(column++);
                state.starts.push_back(std::move(start));
            });
    }

    static constexpr std::string_view cannot_log_on
        = "(coalesce(shell, '') LIKE '%nologin' OR coalesce(shell, '') LIKE '%/false' OR coalesce(shell, '') LIKE "
          "'%/sync')";
    static constexpr std::string_view start_order = "coalesce(package_state, '') = 'same', coalesce(is_enabled, true) "
                                                    "= false, location, path, line, evidence, place";

    store::Case const& m_case;
    LinuxStateLimits const& m_limits;
    std::optional<std::string_view> m_only;
    std::map<std::string, LinuxState> m_states;
};

}

Result<std::map<std::string, LinuxState>> gather_linux_states(
    store::Case const& source, LinuxStateLimits const& limits, std::optional<std::string_view> only)
{
    return LinuxGatherer(source, limits, only).gather();
}

void append_linux_state(Json& json, LinuxState const& state)
{
    json.begin('{');
    json.key("machine_id").text(state.machine_id);
    json.key("kernel").text(state.kernel);
    json.key("architecture").text(state.architecture);
    json.key("virtualisation").text(state.virtualisation);
    json.key("collector").text(state.collector);
    json.key("booted_at").time(state.booted_at);
    json.key("collected_at").time(state.collected_at);
    json.key("is_root").boolean(state.is_root);
    json.key("processes").number(state.processes);
    json.key("listening").number(state.listening);
    json.key("packages").number(state.packages);
    json.key("last_package_at").time(state.last_package_at);
    json.key("files_changed").number(state.files_changed);
    json.key("files_unowned").number(state.files_unowned);
    json.key("accounts_total").number(state.accounts_total);
    json.list("accounts", state.accounts, [&](LinuxAccount const& account) {
        json.begin('{');
        json.key("uid").number(account.uid);
        json.key("name").text(account.name);
        json.key("shell").text(account.shell);
        json.key("password_state").text(account.password_state);
        json.key("groups").text(account.groups);
        json.key("home").text(account.home);
        json.key("password_changed_at").time(account.password_changed_at);
        json.key("trace").text(to_string(account.trace));
        json.end('}');
    });
    json.key("starts_total").number(state.starts_total);
    json.key("starts_of_packages").number(state.starts_of_packages);
    json.list("starts", state.starts, [&](LinuxStart const& start) {
        json.begin('{');
        json.key("location").text(start.location);
        json.key("path").text(start.path);
        json.key("name").text(start.name);
        json.key("user").text(start.user);
        json.key("schedule").text(start.schedule);
        json.key("command").text(start.command);
        json.key("package").text(start.package);
        json.key("package_state").text(start.package_state);
        json.key("trace").text(to_string(start.trace));
        json.end('}');
    });
    json.end('}');
}

}
