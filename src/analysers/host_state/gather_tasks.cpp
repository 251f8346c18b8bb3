// Scheduled tasks: XML, the registry's cache and the log's words about them, joined by the task's path. Where they
// contradict one another somebody went behind the scheduler's back [fsa 5a].
#include "analysers/host_state/host.hpp"
#include "analysers/host_state/paths.hpp"
#include "base/text.hpp"
#include <set>

namespace konseki::host_state {

namespace {

// "…\System32\Tasks\Microsoft\X" -> "\Microsoft\X"; names come with and without the first separator.
std::string task_name(std::string_view text)
{
    auto const lower = ascii_lower(text);
    for (auto const folder : { "\\system32\\tasks\\", "/system32/tasks/", "\\syswow64\\tasks\\" })
        if (auto const at = lower.find(folder); at != std::string::npos) {
            auto name = std::string(text.substr(at + std::string_view(folder).size() - 1));
            for (auto& c : name)
                c = c == '/' ? '\\' : c;
            return name;
        }
    if (text.empty() || text.front() == '\\')
        return std::string(text);
    return format("\\{}", text);
}

bool is_of_windows(std::string_view name)
{
    return ascii_lower(name).rfind("\\microsoft\\", 0) == 0;
}

Item& task_item(Host& host, std::string_view name, TraceId trace)
{
    auto& item = host.item(ItemKind::task, name, trace);
    if (item.title.empty()) {
        item.title = format("Scheduled task {}", name);
        item.location = "W74";
        item.attack = { "T1053.005" };
        add_term(item, is_of_windows(name) ? "location.windows_folder" : "location.top_level_task", {}, trace);
    }
    return item;
}

struct Known {
    std::string hash; // of the XML
    bool is_in_xml = false, is_in_cache = false;
    TraceId trace;
};
using KnownTasks = std::map<std::pair<Host*, std::string>, Known>; // host, name in lower case

Result<void> gather_definitions(Hosts& hosts, KnownTasks& known)
{
    if (!hosts.has_table("windows.task.definition"))
        return {};
    auto rows = TRY(hosts.query(
        "SELECT d.evidence, d.\"offset\", coalesce(nullif(d.path, ''), d.uri), d.action_list, d.registered_at, "
        "coalesce(d.is_hidden, false), d.xml_sha256, d.\"user\", coalesce(d.is_enabled, true), d.uri "
        "FROM windows_task_definition d ORDER BY d.evidence, d.\"offset\""));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& host = hosts.of_evidence(trace.evidence);
        auto name = task_name(rows.text(2));
        if (name.find("\\Tasks\\") == std::string::npos && !rows.text(9).empty() && name.find('/') != std::string::npos)
            name = task_name(rows.text(9)); // a loose file: its own word is all there is
        auto& item = task_item(host, name, trace);
        item.command = rows.text(3);
        note_time(item, rows.time(4)); // whoever makes the task writes it
        auto& task = known[{ &host, ascii_lower(name) }];
        task.hash = ascii_lower(rows.text(6));
        task.is_in_xml = true;
        task.trace = trace;
    }
    return rows.status();
}

Result<void> gather_cache(Hosts& hosts, KnownTasks& known)
{
    if (!hosts.has_table("windows.task_cache"))
        return {};
    auto rows = TRY(hosts.query("SELECT evidence, \"offset\", path, actions, registered_at, is_in_tree, is_in_tasks, "
                                "has_security, \"index\", hash, last_run_at, tree_written_at FROM windows_task_cache "
                                "WHERE NOT recovered ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        if (rows.text(2).empty())
            continue;
        auto const trace = rows.trace(0);
        auto& host = hosts.of_evidence(trace.evidence);
        auto const name = task_name(rows.text(2));
        auto& item = task_item(host, name, trace);
        if (item.command.empty())
            item.command = rows.text(3);
        note_arrival(item, rows.time(4));
        note_time(item, rows.time(10));
        auto& task = known[{ &host, ascii_lower(name) }];
        task.is_in_cache = true;
        if (rows.boolean(5) && rows.boolean(6) && !rows.is_null(7) && !rows.boolean(7))
            add_term(item, "contradiction.hidden_task", "its key has no security descriptor", trace);
        if (!rows.is_null(8) && rows.unsigned_integer(8) == 0)
            add_term(item, "contradiction.hidden_task", "its index is 0", trace);
        if (!rows.boolean(5) && rows.boolean(6))
            add_term(item, "contradiction.hidden_task", "no list leads to it", trace);
        auto const hash = ascii_lower(rows.text(9));
        if (hash.size() == 64 && !task.hash.empty() && hash != task.hash)
            add_term(item, "contradiction.hash", {}, task.trace);
    }
    return rows.status();
}

// Only where a host gave both stores: a collection without one of them says nothing about its tasks.
void compare_stores(KnownTasks const& known)
{
    struct Count {
        std::size_t in_xml = 0, in_cache = 0;
    };
    std::map<Host*, Count> counts;
    for (auto const& [key, task] : known) {
        counts[key.first].in_xml += task.is_in_xml ? 1U : 0U;
        counts[key.first].in_cache += task.is_in_cache ? 1U : 0U;
    }
    constexpr std::size_t enough = 10;
    for (auto const& [key, task] : known) {
        auto const& count = counts[key.first];
        if (count.in_xml < enough || count.in_cache < enough || (task.is_in_xml && task.is_in_cache))
            continue;
        auto& host = *key.first;
        auto const place = host.item_places.find(format("task|{}", key.second));
        if (place == host.item_places.end())
            continue;
        auto& item = host.items[place->second];
        add_term(
            item, task.is_in_cache ? "contradiction.no_xml" : "contradiction.no_registration", {}, item.traces.front());
    }
}

Result<void> gather_events(Hosts& hosts)
{
    if (!hosts.has_table("windows.task_change"))
        return {};
    // What happened to a task at all; started and finished alone make no item of their own.
    auto rows = TRY(hosts.query(
        "SELECT evidence, \"offset\", computer, name, kind, concat_ws(' ', command, arguments), written_at FROM "
        "windows_task_change WHERE kind IN ('created', 'updated', 'deleted', 'process_created') AND name IS NOT NULL "
        "ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& host = hosts.named(rows.text(2));
        auto const name = task_name(rows.text(3));
        auto& item = task_item(host, name, trace);
        if (item.command.empty())
            item.command = rows.text(5);
        if (rows.text(4) == "created")
            note_arrival(item, rows.time(6));
        note_time(item, rows.time(6));
    }
    return rows.status();
}

}

Result<void> gather_tasks(Hosts& hosts)
{
    KnownTasks known;
    TRY(gather_definitions(hosts, known));
    TRY(gather_cache(hosts, known));
    TRY(gather_events(hosts));
    compare_stores(known);
    return {};
}

}
