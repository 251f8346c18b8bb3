// What people typed into PowerShell: PSReadLine's history and session transcripts.
// Not logged script blocks: those are events (traces/windows_event).
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_powershell_history {

extern ArtefactParser const parser;

struct HistoryRow {
    std::uint32_t number = 0;
    std::string_view command;
    Symbol user;
};
inline constexpr auto history_schema = schema("windows.powershell.history",
    "A command that PSReadLine remembers; it has no time of its own",
    field("number", &HistoryRow::number, "Place in the file, oldest is 1; the file keeps the last 4,096 by default"),
    field("command", &HistoryRow::command, "The command, its lines joined by line feeds"),
    field("user", &HistoryRow::user, "Account, from the path"));

struct SessionRow {
    LocalTime started_local, ended_local;
    Symbol user, run_as_user, machine;
    std::string_view host_application;
    std::optional<std::uint32_t> process_id;
    std::uint32_t commands = 0;
    std::string_view path;
};
inline constexpr auto session_schema = schema("windows.powershell.transcript", "A transcribed PowerShell session",
    field("started_local", &SessionRow::started_local, "Start in the host's local time"),
    field("ended_local", &SessionRow::ended_local, "End in the host's local time; absent when it did not end"),
    field("user", &SessionRow::user, "Who was logged on"),
    field("run_as_user", &SessionRow::run_as_user, "Whose rights the session had"),
    field("machine", &SessionRow::machine, "Machine and its system version"),
    field("host_application", &SessionRow::host_application, "Command line of the PowerShell that wrote it"),
    field("process_id", &SessionRow::process_id, "Process of that PowerShell"),
    field("commands", &SessionRow::commands, "Prompts with a command"),
    field("path", &SessionRow::path, "The transcript, as the evidence has it"));

struct CommandRow {
    LocalTime typed_local;
    std::string_view command, folder, output;
};
inline constexpr auto command_schema
    = schema("windows.powershell.transcript_command", "A command of a transcribed session and what it printed",
        field("typed_local", &CommandRow::typed_local, "Local time, where the transcript was told to write it"),
        field("command", &CommandRow::command, "The command"),
        field("folder", &CommandRow::folder, "What the prompt showed: usually the current folder"),
        field("output", &CommandRow::output, "What it printed, at most 4,096 bytes"));

}
