// The shape of what reads one thing out of registry hives, and every such thing the program contains (generated from
// the folders of src/traces/ that hold a registry.hpp). The hive is opened, and its logs replayed, once for all of them
// by traces/windows_registry. Not an ArtefactParser: it never sees a file.
#pragma once
#include "formats/regf/regf.hpp"
#include "record/artefact_parser.hpp"
#include <span>
#include <string_view>

namespace konseki {

// What a hive is, told by its content (the file's name is only a hint). A bit each, so that an artefact can name
// several.
enum class HiveKind : std::uint32_t {
    unknown = 1,
    system = 2,
    software = 4,
    sam = 8,
    security = 16,
    user = 32, // NTUSER.DAT, also of service accounts and DEFAULT
    user_classes = 64, // UsrClass.dat
    amcache = 128,
    boot = 256, // BCD
    components = 512,
};
constexpr std::uint32_t operator|(HiveKind a, HiveKind b)
{
    return static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b);
}
constexpr std::uint32_t operator|(std::uint32_t a, HiveKind b)
{
    return a | static_cast<std::uint32_t>(b);
}
std::string_view hive_kind_name(HiveKind kind);

// Views the hive for the length of one parse call.
struct HiveView {
    regf::Hive const& hive; // logs applied
    HiveKind kind = HiveKind::unknown;
    std::string_view path; // of the hive file as the evidence names it: "C/Users/hanako/NTUSER.DAT"
    std::string_view user; // account the hive belongs to, from its path ("hanako"); empty where the path does not say
    std::vector<std::string> control_sets; // SYSTEM: all, "ControlSet001" …; the current one first
};

struct RegistryArtefact {
    std::string_view name; // folder name: "windows_userassist"
    std::string_view title;
    std::span<Schema const* const> emits;
    std::uint32_t kinds = 0; // HiveKind bits it wants to see
    void (*parse)(HiveView const& view, ParseContext& context)
        = nullptr; // pure; rows' offsets are those of cells in the hive
};

std::span<RegistryArtefact const* const> registry_artefacts();

// The origin of a key or a value: its cell.
inline TraceOrigin origin_of(regf::Key const& key)
{
    return { key.offset, key.size_bytes, key.state != regf::CellState::live };
}
inline TraceOrigin origin_of(regf::Value const& value)
{
    return { value.offset, value.size_bytes, value.state != regf::CellState::live };
}

}
