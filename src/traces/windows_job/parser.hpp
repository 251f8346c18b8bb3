// Task files of the first Task Scheduler (Windows\Tasks\*.job) as rows: what starts, when, what it is called.
// Not the XML tasks of later systems: traces/windows_task_xml. The shapes are alike so that both can be joined.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_job {

extern ArtefactParser const parser;

struct DefinitionRow {
    std::string_view path, id;
    std::string_view command, arguments, working_directory;
    Symbol author;
    std::string_view comment;
    LocalTime last_run_local;
    std::uint32_t exit_code = 0;
    Symbol status;
    bool is_enabled = true, is_hidden = false, has_signature = false;
    std::uint32_t flags = 0;
    Symbol product_version;
    std::uint32_t triggers = 0;
    std::string_view trigger_list;
};
inline constexpr auto definition_schema
    = schema("windows.job.definition", "A scheduled task as its .job file defines it",
        field("path", &DefinitionRow::path, "The file, as the evidence has it; its name is the task's name"),
        field("id", &DefinitionRow::id, "UUID of the job"), field("command", &DefinitionRow::command, "Program"),
        field("arguments", &DefinitionRow::arguments, "Its command line"),
        field("working_directory", &DefinitionRow::working_directory, "Folder it starts in"),
        field("author", &DefinitionRow::author, "Who made it, as the file says; SYSTEM or none for at"),
        field("comment", &DefinitionRow::comment, "Comment"),
        field("last_run_local", &DefinitionRow::last_run_local, "Last start, in the host's local time; absent: never"),
        field("exit_code", &DefinitionRow::exit_code, "What the last run returned"),
        field("status", &DefinitionRow::status, "ready, running, not_scheduled"),
        field("is_enabled", &DefinitionRow::is_enabled, "The disabled flag is not set"),
        field("is_hidden", &DefinitionRow::is_hidden, "The hidden flag is set: not shown in the folder"),
        field("has_signature", &DefinitionRow::has_signature,
            "The scheduler's signature follows; many sound jobs have none"),
        field("flags", &DefinitionRow::flags, "All flags of the job"),
        field("product_version", &DefinitionRow::product_version, "API version that wrote it, 5.1 for XP"),
        field("triggers", &DefinitionRow::triggers, "How many triggers"),
        field("trigger_list", &DefinitionRow::trigger_list, "All triggers, '; ' between"));

struct TriggerRow {
    std::string_view task;
    Symbol kind;
    bool is_enabled = true;
    LocalTime starts_local, ends_local;
    std::uint32_t interval_minutes = 0, duration_minutes = 0;
    std::string_view detail;
};
inline constexpr auto trigger_schema = schema("windows.job.trigger", "Something that starts a .job task",
    field("task", &TriggerRow::task, "The job's file"),
    field("kind", &TriggerRow::kind, "once, daily, weekly, monthly_date, monthly_weekday, idle, system_start, logon"),
    field("is_enabled", &TriggerRow::is_enabled, "The trigger's disabled flag is not set"),
    field("starts_local", &TriggerRow::starts_local, "First moment it may fire, in the host's local time"),
    field("ends_local", &TriggerRow::ends_local, "Day on which it ends, in the host's local time"),
    field("interval_minutes", &TriggerRow::interval_minutes, "Repeats every so many minutes; 0: does not repeat"),
    field("duration_minutes", &TriggerRow::duration_minutes, "For so long"),
    field("detail", &TriggerRow::detail, "The schedule in words"));

}
