// The host that is collected, live or a dead root: opening, listing and asking below one folder that is never left.
// Not evidence and not a cache: every call asks the kernel again.
#pragma once
#include "base/timestamp.hpp"
#include "os/file.hpp"
#include <map>
#include <string>
#include <vector>

namespace konseki::collect {

enum class FileType : std::uint8_t { unknown, regular, folder, link, fifo, socket, block, character };
std::string_view file_type_name(FileType type); // as linux.file writes it

struct FileStatus {
    FileType type = FileType::unknown;
    std::uint32_t mode = 0; // permission bits with setuid, setgid, sticky
    std::uint32_t uid = 0, gid = 0;
    std::uint64_t size_bytes = 0, inode = 0, links = 0, device = 0;
    Timestamp modified_at, changed_at, accessed_at, born_at;
    bool is_immutable = false, is_append_only = false;
};

enum class SourceKind : std::uint8_t {
    live, // the running system, or a picture of one in tests: /proc and /sys mean something
    dead, // a mounted image or an unpacked root: files only
};
enum class FinalLink : std::uint8_t { follow, keep };

// Paths are absolute on the host: "/etc/passwd". Links that lead out of a root that is not / stay within it (openat2).
class Source {
public:
    static Result<Source> open(std::filesystem::path const& root, SourceKind kind);

    bool is_live() const { return m_kind == SourceKind::live; }
    bool is_this_system() const { return is_live() && m_is_slash; }

    // Below these nothing is opened: network mounts, which may hang, and which are other machines.
    void block(std::string mount_point, std::string reason);
    bool is_blocked(std::string_view path) const;
    std::map<std::string, std::string, std::less<>> const& blocked() const { return m_blocked; }

    // Regular files only. Without leaving a read time where the kernel allows it.
    Result<os::Descriptor> open_file(std::string_view path, FinalLink links) const;
    Result<os::Descriptor> open_folder(std::string_view path) const; // never through a link as the last component
    Result<FileStatus> status(std::string_view path, FinalLink links) const;
    Result<std::string> read_link(std::string_view path) const;
    Result<std::vector<std::string>> names_in(std::string_view folder) const; // byte order
    // All there is, at most bytes_max (the rest is cut): also of files of /proc, whose size says nothing.
    Result<std::string> read(std::string_view path, std::uint64_t bytes_max) const;

    // The same of what the kernel makes up (/proc, /sys), without asking for its kind first.
    Result<std::string> read_state(std::string_view path, std::uint64_t bytes_max) const;

    // "/bin" -> "/usr/bin" where the root's own folders are links: so that one file has one name.
    std::string canonical(std::string_view path) const;
    // After the links of the last component and of the folders before it, within this root; bounded.
    Result<std::string> resolved(std::string_view path) const;

private:
    Result<os::Descriptor> open_with(std::string_view path, int flags) const;
    void find_aliases();

    os::Descriptor m_root;
    SourceKind m_kind = SourceKind::live;
    bool m_is_slash = false;
    std::map<std::string, std::string, std::less<>> m_aliases, m_blocked;
};

Result<FileStatus> status_at(int folder, char const* name); // of the entry itself, without mounting anything
Result<FileStatus> status_of(int descriptor);
Result<std::vector<std::string>> names_in(os::Descriptor folder, std::string_view path);
Result<std::string> read_to_end(int descriptor, std::uint64_t bytes_max, std::string_view path);
// Whether a mount of this type is another machine's, or a program's that may hang.
bool is_network_file_system(std::string_view type);
// Whether it shows the kernel's state instead of files.
bool is_pseudo_file_system(std::string_view type);

}
