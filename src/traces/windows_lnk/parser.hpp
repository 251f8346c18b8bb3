// Shell links as rows: what they start with which arguments, and what they remember of the target.
// Not the layout: formats/lnk. Links inside jump lists: traces/windows_jumplist.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_lnk {

extern ArtefactParser const parser;

struct LinkRow {
    std::string_view path;
    std::string_view target, arguments, working_directory, relative_path, description, icon_location;
    Timestamp target_created_at, target_modified_at, target_accessed_at;
    std::uint32_t target_bytes = 0, target_attributes = 0;
    std::string_view item_path, environment_path, network_share;
    Symbol drive_type;
    std::string_view drive_serial, volume_label;
    Symbol machine_id;
    std::string_view mac_address;
    Timestamp tracked_at;
    std::string_view tracker_file, tracker_birth_file;
    std::optional<std::uint64_t> target_record;
    std::optional<std::uint16_t> target_sequence;
    Symbol show;
    std::string_view app_id;
    std::uint64_t trailing_bytes = 0;
    Symbol hot_key;
};
inline constexpr auto link_schema = schema("windows.lnk.link", "A shell link (.lnk)",
    field("path", &LinkRow::path, "The link itself, as the evidence has it"),
    field("target", &LinkRow::target, "What it points to: link information, else item list, environment or share"),
    field("arguments", &LinkRow::arguments, "Command line handed to the target"),
    field("working_directory", &LinkRow::working_directory, "Folder the target starts in"),
    field("relative_path", &LinkRow::relative_path, "Target relative to the link"),
    field("description", &LinkRow::description, "Comment shown to the user"),
    field("icon_location", &LinkRow::icon_location, "Where the icon comes from: may lie about the kind of target"),
    field("target_created_at", &LinkRow::target_created_at,
        "When the target was created, as of the link's making or last resolution"),
    field("target_modified_at", &LinkRow::target_modified_at, "When the target's content was changed, as of then"),
    field("target_accessed_at", &LinkRow::target_accessed_at, "When the target was last accessed, as of then"),
    field("target_bytes", &LinkRow::target_bytes, "Size of the target then (low 32 bits)"),
    field("target_attributes", &LinkRow::target_attributes, "File attributes of the target then"),
    field("item_path", &LinkRow::item_path, "Path put together from the shell items: what Explorer resolves first"),
    field("environment_path", &LinkRow::environment_path, "Target with environment variables"),
    field("network_share", &LinkRow::network_share, "\\\\server\\share\\… of a target on the network"),
    field("drive_type", &LinkRow::drive_type, "fixed, removable, remote, optical, ram"),
    field("drive_serial", &LinkRow::drive_serial, "Volume serial number, eight hex digits"),
    field("volume_label", &LinkRow::volume_label, "Name of the volume"),
    field("machine_id", &LinkRow::machine_id, "NetBIOS name of the machine on which the target was last seen"),
    field("mac_address", &LinkRow::mac_address, "Network card of the machine that made the tracker's identifier"),
    field("tracked_at", &LinkRow::tracked_at, "When the machine that named the target for tracking had booted"),
    field("tracker_file", &LinkRow::tracker_file, "Object identifier of the target"),
    field("tracker_birth_file", &LinkRow::tracker_birth_file, "Object identifier it was born with; differs when moved"),
    field("target_record", &LinkRow::target_record, "MFT record number of the target (last shell item)"),
    field("target_sequence", &LinkRow::target_sequence, "Sequence number of that record"),
    field("show", &LinkRow::show, "normal, maximised, minimised (7: without taking the focus)"),
    field("app_id", &LinkRow::app_id, "Application user model identifier from the property store"),
    field("trailing_bytes", &LinkRow::trailing_bytes, "Bytes behind the end of the link: something appended"),
    field("hot_key", &LinkRow::hot_key,
        "Keys that start it: 'Ctrl+Alt+T'; works for links on the desktop and in the start menu"));

}
