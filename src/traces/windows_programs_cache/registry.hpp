// What a user's start menu held, as Explorer kept it (ProgramsCache).
// Not what was started: windows_userassist.
#pragma once
#include "base/byte_view.hpp"
#include "formats/lnk/lnk.hpp"
#include "traces/registry_artefact.hpp"
#include <string>
#include <vector>

namespace konseki::windows_programs_cache {

extern RegistryArtefact const registry_artefact;

struct Entry {
    std::string root; // "%StartMenu%"; empty for pinned lists
    std::string folder; // of the folder entry before it, below root
    std::vector<lnk::ShellItem> items;
    bool is_folder = false;
};

// What is readable of a value's bytes; the rest is reported.
std::vector<Entry> read_cache(ByteView value, std::uint64_t base_offset, DiagnosticSink& diagnostics);

struct EntryRow {
    Symbol user, list, kind, root;
    std::string_view path, name;
    std::uint32_t position = 0;
    std::optional<std::uint64_t> mft_record;
    Timestamp item_created_at, item_modified_at, item_accessed_at;
    std::string_view key_path;
    Timestamp key_written_at;
};
inline constexpr auto entry_schema = schema("windows.programs_cache",
    "An entry of the start menu or of the pinned programs, as Explorer kept it for the user",
    field("user", &EntryRow::user, "Account whose hive it is, from the path of the hive"),
    field("list", &EntryRow::list, "Value: ProgramsCache, ProgramsCacheSMP (start menu), ProgramsCacheTBP (task bar)"),
    field("kind", &EntryRow::kind, "folder or item"),
    field("root", &EntryRow::root, "Known folder the entry lies below, absent for pinned programs"),
    field("path", &EntryRow::path, "Path of the entry below the root"),
    field("name", &EntryRow::name, "Last part of the path"),
    field("position", &EntryRow::position, "Place in the value, from 0"),
    field("mft_record", &EntryRow::mft_record, "Record of the link in the $MFT of its volume (Vista and later)"),
    field("item_created_at", &EntryRow::item_created_at, "When the link was created, UTC, two seconds coarse"),
    field("item_modified_at", &EntryRow::item_modified_at, "When the link was changed, UTC, two seconds coarse"),
    field("item_accessed_at", &EntryRow::item_accessed_at, "When the link was accessed, UTC, two seconds coarse"),
    field("key_path", &EntryRow::key_path, "Key below the root of the hive"),
    field("key_written_at", &EntryRow::key_written_at, "Last write of the key, UTC"));

}
