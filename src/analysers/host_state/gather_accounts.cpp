// Local accounts that are not what they seem.
#include "analysers/host_state/host.hpp"
#include "base/text.hpp"

namespace konseki::host_state {

Result<void> gather_accounts(Hosts& hosts)
{
    if (!hosts.has_table("windows.account"))
        return {};
    auto rows = TRY(
        hosts.query("SELECT evidence, \"offset\", name, rid, stored_rid, coalesce(is_rid_foreign, false), "
                    "coalesce(has_name_entry, true), last_logon_at, name_written_at, coalesce(is_disabled, false) "
                    "FROM windows_account WHERE NOT recovered ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& item = hosts.of_evidence(trace.evidence).item(ItemKind::account, rows.text(2), trace);
        item.title = format("Account {} ({})", rows.text(2), rows.unsigned_integer(3));
        item.location = "W85";
        item.attack = { "T1136.001" };
        note_time(item, rows.time(7));
        note_arrival(item, rows.time(8));
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

}
