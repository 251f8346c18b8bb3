// Permanent WMI consumers: from the repository, and from the log's words about bindings.
#include "analysers/host_state/host.hpp"
#include "base/text.hpp"

namespace konseki::host_state {

namespace {

// Consumers that Windows and its management tools bring [fsa 4, 5a].
std::string_view known_consumer(std::string_view name)
{
    if (name == "SCM Event Log Consumer")
        return "service control manager's own consumer";
    if (name == "BVTConsumer")
        return "left over from the tests of Windows";
    return {};
}

Item& consumer_item(Host& host, std::string_view name, TraceId trace)
{
    auto& item = host.item(ItemKind::wmi, name, trace);
    if (item.title.empty()) {
        item.title = format("WMI consumer {}", name);
        item.location = "W77";
        item.attack = { "T1546.003" };
        if (auto const known = known_consumer(name); !known.empty())
            add_term(item, "location.known_benign", std::string(known), trace);
        else
            add_term(item, "location.rare", "permanent WMI subscription", trace);
    }
    return item;
}

Result<void> gather_repository(Hosts& hosts)
{
    if (!hosts.has_table("windows.wmi_consumer"))
        return {};
    auto rows = TRY(hosts.query("SELECT evidence, \"offset\", name, coalesce(nullif(command_line, ''), "
                                "nullif(executable_path, ''), nullif(script_file, ''), script_text, details), "
                                "script_text FROM windows_wmi_consumer WHERE name IS NOT NULL "
                                "ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& item = consumer_item(hosts.of_evidence(trace.evidence), rows.text(2), trace);
        if (item.command.empty())
            item.command = rows.text(3);
        if (!rows.text(4).empty())
            add_term(item, "command.script_text", std::string(rows.text(4).substr(0, 120)), trace);
    }
    return rows.status();
}

// 'Consumer = ActiveScriptEventConsumer="KillProcess"' in the text of a binding event.
std::string consumer_name(std::string_view text)
{
    auto const at = ascii_lower(text).find("eventconsumer");
    if (at == std::string::npos)
        return {};
    auto const begin = text.find('"', at);
    if (begin == std::string_view::npos)
        return {};
    auto const end = text.find_first_of("\"\\", begin + 1);
    return std::string(text.substr(begin + 1, end == std::string_view::npos ? end : end - begin - 1));
}

Result<void> gather_events(Hosts& hosts)
{
    if (!hosts.has_table("windows.wmi_event"))
        return {};
    auto rows = TRY(hosts.query("SELECT evidence, \"offset\", computer, name, text, written_at, kind FROM "
                                "windows_wmi_event WHERE kind IN ('permanent_subscription', 'consumer') "
                                "ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto name = rows.text(6) == "consumer" ? std::string(trim(rows.text(3))) : consumer_name(rows.text(4));
        if (name.size() > 2 && name.front() == '"')
            name = name.substr(1, name.size() - 2);
        if (name.empty())
            continue; // a filter alone (5859) starts nothing
        auto const trace = rows.trace(0);
        auto& item = consumer_item(hosts.named(rows.text(2)), name, trace);
        if (item.command.empty())
            item.command = rows.text(4);
        note_arrival(item, rows.time(5));
    }
    return rows.status();
}

}

Result<void> gather_wmi(Hosts& hosts)
{
    TRY(gather_repository(hosts));
    return gather_events(hosts);
}

}
