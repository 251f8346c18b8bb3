// Windows shell links (.lnk): header, shell item list, link information, strings and extra blocks.
// Not a judgement on what a link starts: that is for traces/windows_lnk and the analysers.
// Source: [MS-SHLLINK]; shell items after libyal/libfwsi's format document.
#pragma once
#include "base/byte_view.hpp"
#include "base/identity.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "record/artefact_parser.hpp"
#include "record/diagnostic.hpp"
#include <cstdint>
#include <string>
#include <vector>

namespace konseki::lnk {

Sniff sniff(ByteView head);

inline constexpr std::uint64_t header_bytes = 76;

struct ShellItem {
    std::uint8_t type = 0;
    std::string name; // long name where there is one; "" when the item names nothing we know
    std::optional<std::uint64_t> mft_reference; // record number in the low 48 bits, sequence above
    Timestamp created_at, modified_at, accessed_at; // two seconds coarse (FAT)
};

struct Tracker { // where the distributed link tracking service last saw the target
    std::string machine_id;
    Guid volume, file, birth_volume, birth_file;
};

struct Property {
    Guid format;
    std::string name; // number in decimal, or a name
    std::string text;
};

struct Link {
    std::uint64_t size_bytes = 0; // as far as its parts reach
    std::uint32_t flags = 0, file_attributes = 0, target_bytes = 0, icon_index = 0, show_command = 0;
    std::uint16_t hot_key = 0;
    Timestamp created_at, accessed_at, modified_at; // of the target when the link was made or last resolved
    std::vector<ShellItem> items;
    std::string item_path; // "C:\Users\…" put together from the items
    std::uint32_t drive_type = 0, drive_serial = 0; // type 0: not said; 2 removable, 3 fixed, 4 remote, 5 optical
    std::string volume_label, local_path, network_share, network_drive;
    std::string description, relative_path, working_directory, arguments, icon_location;
    std::string environment_path; // of the environment block: what Explorer tries when the other paths fail
    std::string installer_id; // Darwin identifier of an advertised shortcut
    std::optional<Tracker> tracker;
    std::vector<Property> properties;
    std::vector<std::uint32_t> block_signatures; // of the extra blocks, in order

    // The first that is there: link information, items, environment, network share.
    std::string target() const;
};

// The header is needed; every other part that is damaged is reported and left out.
Result<Link> read(ByteView bytes, std::uint64_t base_offset, DiagnosticSink& diagnostics);

// Shell items up to the terminator (also of shellbags and jump lists). Path puts the names together.
std::vector<ShellItem> read_items(ByteView list, std::uint64_t base_offset, DiagnosticSink& diagnostics);
std::string path_of(std::vector<ShellItem> const& items);
Timestamp from_fat_time(std::uint32_t date_and_time); // date in the low half; not set when it is nonsense
std::string narrow_text(ByteView bytes); // up to the zero; code page unknown: bytes above 127 as Latin-1

// Version 1 identifiers hold the network card's address ("00:0c:29:aa:bb:cc") and when they were made.
std::string mac_address_of(Guid const& guid);
Timestamp made_at(Guid const& guid);

}
