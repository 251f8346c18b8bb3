// Scheduled task definitions (XML files of System32\Tasks, exports): what starts, when, as whom.
// Not the registry's side of the same task (TaskCache): an analyser joins both and compares the hash.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_task_xml {

extern ArtefactParser const parser;

struct DefinitionRow {
    std::string_view path, uri;
    Symbol author, source;
    std::string_view description;
    Timestamp registered_at;
    LocalTime registered_local;
    Symbol user, logon_type, run_level;
    bool is_enabled = true, is_hidden = false;
    std::uint32_t actions = 0, triggers = 0;
    std::string_view action_list, trigger_list, security_descriptor, xml_sha256;
};
inline constexpr auto definition_schema = schema("windows.task.definition", "A scheduled task as its XML defines it",
    field("path", &DefinitionRow::path, "The file, as the evidence has it"),
    field("uri", &DefinitionRow::uri, "Name of the task as the file says; differs from the path when it was copied"),
    field("author", &DefinitionRow::author, "Who registered it, as the file says (anybody can write anything)"),
    field("source", &DefinitionRow::source, "Component it belongs to, as the file says"),
    field("description", &DefinitionRow::description, "Comment"),
    field("registered_at", &DefinitionRow::registered_at, "Registration date where it names its zone"),
    field("registered_local", &DefinitionRow::registered_local, "Registration date in the host's local time"),
    field("user", &DefinitionRow::user, "Account or group the actions run as"),
    field("logon_type", &DefinitionRow::logon_type, "InteractiveToken, Password, S4U, ServiceAccount …"),
    field("run_level", &DefinitionRow::run_level, "HighestAvailable: with elevation"),
    field("is_enabled", &DefinitionRow::is_enabled, "Settings/Enabled; true when it is not said"),
    field("is_hidden", &DefinitionRow::is_hidden, "Settings/Hidden: not shown in the console"),
    field("actions", &DefinitionRow::actions, "How many actions"),
    field("triggers", &DefinitionRow::triggers, "How many triggers"),
    field("action_list", &DefinitionRow::action_list, "All actions, '; ' between"),
    field("trigger_list", &DefinitionRow::trigger_list, "All triggers, '; ' between"),
    field("security_descriptor", &DefinitionRow::security_descriptor, "SDDL as the file says"),
    field("xml_sha256", &DefinitionRow::xml_sha256,
        "SHA-256 of the XML without byte order mark: equals TaskCache's Hash unless one of both was changed"));

struct ActionRow {
    std::string_view task;
    Symbol kind;
    std::string_view command, arguments, working_directory, class_id, data;
    Symbol user;
};
inline constexpr auto action_schema = schema("windows.task.action", "Something a scheduled task does",
    field("task", &ActionRow::task, "URI of the task, or its file where there is none"),
    field("kind", &ActionRow::kind, "exec, com_handler, send_email, show_message"),
    field("command", &ActionRow::command, "Program"), field("arguments", &ActionRow::arguments, "Its command line"),
    field("working_directory", &ActionRow::working_directory, "Folder it starts in"),
    field("class_id", &ActionRow::class_id, "COM class of a handler"),
    field("data", &ActionRow::data, "Text handed to the handler"),
    field("user", &ActionRow::user, "Account or group it runs as"));

struct TriggerRow {
    std::string_view task;
    Symbol kind;
    bool is_enabled = true;
    Timestamp starts_at;
    LocalTime starts_local;
    std::string_view repeats_every, user, detail;
};
inline constexpr auto trigger_schema = schema("windows.task.trigger", "Something that starts a scheduled task",
    field("task", &TriggerRow::task, "URI of the task, or its file where there is none"),
    field("kind", &TriggerRow::kind, "TimeTrigger, LogonTrigger, BootTrigger, EventTrigger, CalendarTrigger …"),
    field("is_enabled", &TriggerRow::is_enabled, "true when it is not said"),
    field("starts_at", &TriggerRow::starts_at, "First moment it may fire, where it names its zone"),
    field("starts_local", &TriggerRow::starts_local, "First moment it may fire, in the host's local time"),
    field("repeats_every", &TriggerRow::repeats_every, "ISO 8601 duration: PT5M is every five minutes"),
    field("user", &TriggerRow::user, "Only at the logon of this account"),
    field("detail", &TriggerRow::detail, "Event query, state name, schedule"));

}
