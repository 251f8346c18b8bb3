// Every regular file below a path, in an order that depends on names only.
// Not an opener: it looks at directory entries and never opens a file.
#pragma once
#include "os/file.hpp"
#include <stop_token>
#include <vector>

namespace konseki::os {

struct WalkedFile {
    std::filesystem::path path;
    FileFacts facts;
};

struct Walk {
    std::vector<WalkedFile> files; // byte order of names, depth first
    std::vector<std::pair<std::filesystem::path, Error>>
        problems; // unreadable folders, vanished entries, inputs that are not there
    std::uint64_t links_skipped = 0; // symbolic links below the start are never followed: no loops, no way out
    std::uint64_t special_skipped = 0; // devices, FIFOs, sockets
};

// The start itself may be a link. Folder depth is bounded by path_bytes_max of the system.
Walk walk(std::filesystem::path const& start, std::stop_token const& stop);

}
