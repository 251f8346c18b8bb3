// Collections of the field's tools, told by names and layout [fsa 7]: which machine a file comes from and where it lay
// there. Not a reader of their control files: this sees paths only.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace konseki::intake {

enum class CollectionKind : std::uint8_t {
    drive_folder,
    kape,
    cylr,
    velociraptor,
    acquire,
    orc,
    uac,
    konseki, // of `konseki collect`
    system_root,
};
std::string_view collection_kind_name(CollectionKind kind);

struct MachinePlace {
    CollectionKind kind = CollectionKind::drive_folder;
    std::string host; // empty: the collection does not say
    std::string path; // "C:\Windows\…", "\\?\GLOBALROOT\Device\HarddiskVolumeShadowCopy1\…", "/etc/passwd"
    bool is_raw_read = false; // read through NTFS itself rather than the running system: to be preferred
    std::string root {}; // the collection's own folder, with its slash: what lies below is of one machine
    friend bool operator==(MachinePlace const&, MachinePlace const&) = default;
};

// "%5C%5C.%5CC%3A" -> "\\.\C:", once: "%254" -> "%4". What is no escape stays.
std::string percent_decoded(std::string_view component);

// From the names that tools give their archives: Collection-HOST-TIME, DFIR-ORC_TYPE_HOST_KEYWORD, uac-HOST-OS-TIME,
// konseki-HOST-linux-TIME, HOST_TIME of acquire. Empty for others.
std::string host_in_name(std::string_view container_name);

// By the accessor of Velociraptor in the path: through the running system, or the volume itself.
enum class ReadThrough : std::uint8_t { unknown, system, volume };
ReadThrough read_through(std::string_view original_path);

class CollectionLayout {
public:
    // `paths`: everything in one archive or below one input, with '/'; `container_name`: of that archive.
    static CollectionLayout of(std::span<std::string const> paths, std::string_view container_name);
    std::optional<MachinePlace> place_of(std::string_view path) const;
    // The collection by a tool in whose folder the path lies, though it may be no file of a volume (results, logs);
    // of nested ones the inner. Views the layout.
    std::optional<std::string_view> root_above(std::string_view path) const;

private:
    struct Root {
        CollectionKind kind = CollectionKind::drive_folder;
        std::string host, folder; // folder: as MachinePlace::root
        bool is_linux = false; // the folder is "/" of a Linux system
    };
    void add_linux_roots(std::span<std::string const> paths);
    void name(std::string const& folder, Root& root, std::string_view container_name) const;
    std::map<std::string, Root, std::less<>> m_roots; // by the path before the volume, with its slash
};

}
