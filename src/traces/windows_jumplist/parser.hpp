// Jump lists: what a program opened lately (automaticDestinations) and what it offers (customDestinations).
// Not links elsewhere: traces/windows_lnk.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_jumplist {

extern ArtefactParser const parser;

struct EntryRow {
    std::string_view app_id;
    Symbol kind;
    std::uint32_t number = 0;
    Timestamp used_at;
    std::optional<std::uint32_t> access_count;
    std::optional<bool> is_pinned;
    std::string_view path, target, arguments;
    Symbol machine_id;
    std::string_view mac_address;
    Timestamp target_created_at, target_modified_at, target_accessed_at;
    std::uint32_t target_bytes = 0;
    std::string_view drive_serial;
    std::optional<std::uint32_t> list_version;
};
inline constexpr auto entry_schema = schema("windows.jumplist.entry",
    "A file or place that a program's jump list names",
    field("app_id", &EntryRow::app_id, "Identifier of the program: the file's name, a hash of its path or its own id"),
    field("kind", &EntryRow::kind,
        "automatic: Windows noted it; custom: the program offers it; unlisted: its link is "
        "there, the list no longer names it"),
    field("number", &EntryRow::number, "Number of the entry, name of its stream in hexadecimal"),
    field("used_at", &EntryRow::used_at, "Last use of the entry through this program"),
    field("access_count", &EntryRow::access_count, "How often it was used (Windows 10 and later)"),
    field("is_pinned", &EntryRow::is_pinned, "The user pinned it"),
    field("path", &EntryRow::path, "Path that the list names"),
    field("target", &EntryRow::target, "Path that its link names"),
    field("arguments", &EntryRow::arguments, "Command line of the link"),
    field("machine_id", &EntryRow::machine_id, "NetBIOS name of the machine on which it was seen"),
    field("mac_address", &EntryRow::mac_address, "Network card of that machine, from the tracker"),
    field("target_created_at", &EntryRow::target_created_at, "When the target was created, as of its last use"),
    field("target_modified_at", &EntryRow::target_modified_at, "When the target's content was changed, as of then"),
    field("target_accessed_at", &EntryRow::target_accessed_at, "When the target was last accessed, as of then"),
    field("target_bytes", &EntryRow::target_bytes, "Size of the target then"),
    field("drive_serial", &EntryRow::drive_serial, "Serial number of its volume, eight hex digits"),
    field(
        "list_version", &EntryRow::list_version, "Version of the list: 1 Windows 7 and 8, 3 and 4 Windows 10 and 11"));

}
