// setupapi.dev.log: what was installed on this machine's devices, by whom and when (local time).
// Not the registry's list of devices: windows_usb_device reads that.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_setupapi {

extern ArtefactParser const parser;

struct SectionRow {
    Symbol operation;
    std::string_view subject, command, services, inf;
    LocalTime started_local, ended_local, boot_local;
    Symbol exit_status, os_version;
    std::uint32_t warnings = 0, errors = 0;
};
inline constexpr auto section_schema = schema("windows.setupapi.section",
    "One operation on a device or driver package: a section of setupapi.dev.log",
    field("operation", &SectionRow::operation, "Title of the section: 'Device Install (Hardware initiated)'"),
    field("subject", &SectionRow::subject, "Device instance or driver package that the title names"),
    field("started_local", &SectionRow::started_local, "Start of the operation, local time of the machine"),
    field("ended_local", &SectionRow::ended_local, "End of the operation, local time; absent when it was not logged"),
    field("command", &SectionRow::command, "Command line of the program that asked for it"),
    field("exit_status", &SectionRow::exit_status, "Result as logged: 'SUCCESS', 'FAILURE(0x…)'"),
    field("services", &SectionRow::services, "Services that were created, '; ' between them"),
    field("inf", &SectionRow::inf, "The .inf that was chosen or published, as logged"),
    field("warnings", &SectionRow::warnings, "Lines marked '!'"),
    field("errors", &SectionRow::errors, "Lines marked '!!!'"),
    field("boot_local", &SectionRow::boot_local, "Start of the boot session it belongs to, local time"),
    field("os_version", &SectionRow::os_version, "Version of Windows in the head of the log"));

}
