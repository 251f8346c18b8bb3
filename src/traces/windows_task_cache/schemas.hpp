// The row of a task in the registry's cache. Not the code that fills it.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_task_cache {

struct TaskRow {
    std::string_view path;
    Symbol id;
    std::optional<bool> is_in_tree, is_in_tasks, has_security;
    std::optional<std::uint32_t> index;
    std::string_view triggered_in, actions;
    Symbol context_account, author, hash;
    std::string_view stored_path, uri, security_descriptor;
    Timestamp registered_at, last_run_at, last_finished_at;
    Timestamp tree_written_at, task_written_at;
};

inline constexpr auto task_schema = schema("windows.task_cache",
    "Scheduled tasks as the registry keeps them (SOFTWARE, TaskCache): compare with the task's XML file",
    field("path", &TaskRow::path, "Path of the task in the tree, or the one its Tasks key stores"),
    field("id", &TaskRow::id, "GUID that joins Tree and Tasks"),
    field("is_in_tree", &TaskRow::is_in_tree, "Tree\\<path> leads to it; false: no list shows the task"),
    field("is_in_tasks", &TaskRow::is_in_tasks, "Tasks\\{id} is there; false: it cannot run"),
    field("has_security", &TaskRow::has_security, "Tree\\<path>!SD is there; without it schtasks does not show it"),
    field("index", &TaskRow::index, "1 boot, 2 logon, 3 other, 4 maintenance; 0 hides the task"),
    field("triggered_in", &TaskRow::triggered_in, "Lists that hold its id: Boot, Logon, Maintenance, Plain"),
    field("actions", &TaskRow::actions, "What it runs, actions joined with \"; \""),
    field("context_account", &TaskRow::context_account, "Account context of the actions, as written there"),
    field("author", &TaskRow::author, "Author as registered"),
    field("hash", &TaskRow::hash, "SHA-256 (or CRC-32 before the fix KB2305420) of the XML, in hex"),
    field("stored_path", &TaskRow::stored_path, "Path inside Tasks\\{id}; differs from the tree's after tampering"),
    field("uri", &TaskRow::uri, "URI inside Tasks\\{id}"),
    field("security_descriptor", &TaskRow::security_descriptor, "SDDL inside Tasks\\{id}, where given"),
    field("registered_at", &TaskRow::registered_at, "Registration or last change of the task (DynamicInfo), UTC"),
    field("last_run_at", &TaskRow::last_run_at, "Last start (DynamicInfo), UTC"),
    field("last_finished_at", &TaskRow::last_finished_at, "Last successful end (DynamicInfo, since 10), UTC"),
    field("tree_written_at", &TaskRow::tree_written_at, "Last write of the Tree key, UTC"),
    field("task_written_at", &TaskRow::task_written_at, "Last write of the Tasks key, UTC"));

}
