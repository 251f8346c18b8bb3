// Program Compatibility Assistant of Windows 11: what was started from the shell (PcaAppLaunchDic.txt) and which
// programs ended how (PcaGeneralDb0.txt, PcaGeneralDb1.txt).
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_pca {

extern ArtefactParser const parser;

struct LaunchRow {
    Timestamp last_run_at;
    std::string_view path;
};
inline constexpr auto launch_schema = schema("windows.pca.launch", "A program started by a user (PcaAppLaunchDic.txt)",
    field("last_run_at", &LaunchRow::last_run_at, "Last start through the shell, UTC"),
    field("path", &LaunchRow::path, "The program"));

struct EventRow {
    Timestamp written_at;
    Symbol event;
    std::string_view path, description, vendor, file_version, program_id, detail;
};
inline constexpr auto event_schema
    = schema("windows.pca.event", "Something the assistant noted about a program that ran (PcaGeneralDb)",
        field("written_at", &EventRow::written_at, "When it was noted, UTC"),
        field("event", &EventRow::event,
            "Number of the kind of note as Windows writes it; what the numbers mean is not documented"),
        field("path", &EventRow::path, "The program, with environment variables as Windows writes them"),
        field("description", &EventRow::description, "Product name of its version information"),
        field("vendor", &EventRow::vendor, "Company of its version information"),
        field("file_version", &EventRow::file_version, "File version"),
        field("program_id", &EventRow::program_id, "Identifier as in Amcache: joins with its file entries"),
        field("detail", &EventRow::detail, "What happened, in Windows' words: 'Abnormal process exit with code 0x…'"));

}
