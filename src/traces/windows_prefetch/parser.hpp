// Windows prefetch files: when a program started, what it loaded, on which volumes.
// Not the layout of the file: formats/scca. Absence of a prefetch file proves nothing.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_prefetch {

extern ArtefactParser const parser;

// Path of the executable among the loaded files ("\VOLUME{…}\WINDOWS\SYSTEM32\CMD.EXE"), empty when it is not there.
std::string_view path_of_executable(std::string_view executable, std::span<std::string const> loaded);

struct ProgramRow {
    std::string_view executable, path;
    std::string_view path_hash;
    std::uint32_t run_count = 0;
    Timestamp last_run_at;
    std::uint32_t format_version = 0;
    bool was_compressed = false;
    std::uint32_t files = 0, volumes = 0;
    std::string_view volume_list;
    Timestamp volume_created_at;
    bool name_is_cut = false;
};
inline constexpr auto program_schema = schema("windows.prefetch.program", "A program Windows prefetched: it was run",
    field("executable", &ProgramRow::executable, "File name in upper case; Windows cuts it at 29 characters"),
    field("path", &ProgramRow::path, "Its path among the loaded files; absent when it is not listed there"),
    field("path_hash", &ProgramRow::path_hash,
        "Hash of path (and of the command line for hosting programs), eight hex digits, as in the file's name"),
    field("run_count", &ProgramRow::run_count, "Starts counted by Windows; kept when old run times are dropped"),
    field("last_run_at", &ProgramRow::last_run_at, "Newest start"),
    field("format_version", &ProgramRow::format_version, "17 XP, 23 Vista/7, 26 8, 30 10, 31 11"),
    field("was_compressed", &ProgramRow::was_compressed, "The file was compressed (Windows 10 and later)"),
    field("files", &ProgramRow::files, "Files loaded in the first ten seconds"),
    field("volumes", &ProgramRow::volumes, "Volumes these lay on"),
    field("volume_list", &ProgramRow::volume_list, "Device path and serial number of each volume, '; ' between"),
    field("volume_created_at", &ProgramRow::volume_created_at, "When the first volume was formatted"),
    field("name_is_cut", &ProgramRow::name_is_cut, "The name has 29 characters: it may have been longer"));

struct RunRow {
    Timestamp run_at;
    Symbol executable;
    Symbol path;
    std::uint32_t run_number = 0;
};
inline constexpr auto run_schema = schema("windows.prefetch.run", "One start of a program that prefetch remembers",
    field("run_at", &RunRow::run_at, "When the program started, about ten seconds before the file was written"),
    field("executable", &RunRow::executable, "File name in upper case, at most 29 characters"),
    field("path", &RunRow::path, "Its path among the loaded files"),
    field("run_number", &RunRow::run_number, "1 is the newest; at most 8 are kept (one before Windows 8)"));

struct FileRow {
    Symbol executable;
    Symbol path;
    std::optional<std::uint64_t> file_record;
    std::optional<std::uint16_t> file_sequence;
};
inline constexpr auto file_schema = schema("windows.prefetch.file", "A file that a program loaded while it started",
    field("executable", &FileRow::executable, "The program"),
    field("path", &FileRow::path, "What it loaded, with the volume's device path or identifier in front"),
    field("file_record", &FileRow::file_record, "MFT record number of the loaded file; absent in version 17"),
    field("file_sequence", &FileRow::file_sequence, "Sequence number of that record"));

}
