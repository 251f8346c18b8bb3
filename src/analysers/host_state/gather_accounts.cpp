// Local accounts that are not what they seem, and settings that point elsewhere.
#include "analysers/host_state/host.hpp"
#include "base/text.hpp"

namespace konseki::host_state {

namespace {

Result<void> gather_accounts(Hosts& hosts)
{
    if (!hosts.has_table("windows.account"))
        return {};
    auto rows = TRY(
        hosts.query("SELECT evidence, \"offset\", name, rid, stored_rid, coalesce(is_rid_foreign, false), "
                    "coalesce(has_name_entry, true), last_logon_at, name_written_at, coalesce(is_disabled, false) "
                    "FROM windows_account WHERE NOT recovered ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const trace = trace_of(rows);
        auto& item = hosts.of_evidence(trace.evidence).item(ItemKind::account, rows.text(2), trace);
        item.title = format("Account {} ({})", rows.text(2), rows.unsigned_integer(3));
        item.location = "W85";
        item.attack = { "T1136.001" };
        note_time(item, rows.time(7));
        note_time(item, rows.time(8));
        if (rows.boolean(5)) {
            item.attack = { "T1098" };
            add_term(item, "contradiction.foreign_rid", std::string(rows.text(4)), trace);
        }
        if (!rows.boolean(6))
            add_term(item, "contradiction.hidden_account", "its name is in no list", trace);
        if (rows.text(2).size() > 1 && rows.text(2).back() == '$' && rows.unsigned_integer(3) >= 1000)
            add_term(item, "contradiction.hidden_account", "it is named like a computer", trace);
    }
    return rows.status();
}

bool is_own_address(std::string_view address)
{
    return address == "127.0.0.1" || address == "::1" || address == "0.0.0.0";
}

Result<void> gather_host_names(Hosts& hosts)
{
    if (!hosts.has_table("windows.hosts_file.entry"))
        return {};
    auto rows = TRY(hosts.query(
        "SELECT evidence, \"offset\", name, address FROM windows_hosts_file_entry ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const name = ascii_lower(rows.text(2));
        if (name == "localhost" && is_own_address(rows.text(3)))
            continue;
        auto const trace = trace_of(rows);
        auto& item = hosts.of_evidence(trace.evidence).item(ItemKind::setting, format("hosts|{}", name), trace);
        item.title = format("hosts file: {} is {}", rows.text(2), rows.text(3));
        item.location = "W89";
        item.attack = { "T1565.001" };
        add_term(item, "location.unusual", "an entry of the hosts file", trace);
    }
    return rows.status();
}

}

Result<void> gather_accounts_and_settings(Hosts& hosts)
{
    TRY(gather_accounts(hosts));
    return gather_host_names(hosts);
}

}
