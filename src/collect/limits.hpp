// Every limit of collecting, with its reason: a host is hostile, and must not notice us. What is left out is noted.
// Not limits of reading evidence: those are base/limits.hpp.
#pragma once
#include <cstdint>

namespace konseki::collect {

struct Limits {
    // /proc
    std::uint32_t processes_max = 100'000;
    std::uint32_t pid_sweep_max = 4'194'304; // PID_MAX_LIMIT of 64-bit kernels: the sweep sees every number
    std::uint64_t proc_file_bytes_max = 8ULL << 20; // one maps, environ, net/tcp …
    std::uint32_t descriptors_per_process_max = 65'536;
    std::uint32_t odd_maps_max = 32; // of one process; more are counted
    std::uint64_t executable_bytes_max = 256ULL << 20; // one deleted, replaced or memfd executable
    std::uint64_t executables_bytes_max = 1ULL << 30; // all of them
    std::uint64_t open_file_bytes_max = 8ULL << 20; // one deleted file that is held open
    std::uint64_t open_files_bytes_max = 128ULL << 20;
    // files
    std::uint64_t database_bytes_max = 256ULL << 20; // dpkg status, rpmdb.sqlite
    std::uint64_t tree_entries_max = 600'000; // a tree of the system: /usr, /var …
    std::uint64_t other_tree_entries_max = 60'000; // homes and folders that no package knows, shallow ones first
    std::uint64_t file_rows_max = 1'000'000;
    std::uint64_t owned_file_bytes_max = 512ULL << 20; // one file of a package that is verified
    std::uint64_t unowned_file_bytes_max = 64ULL << 20; // one program that no package has, for its digest
    std::uint64_t unowned_bytes_max = 1ULL << 30; // all of them
    // contents
    std::uint64_t chosen_file_bytes_max = 2ULL << 20; // one configuration file
    std::uint64_t chosen_bytes_max = 256ULL << 20;
    std::uint32_t chosen_folder_entries_max = 20'000; // below one chosen folder
    std::uint64_t log_bytes_max = 64ULL << 20; // one text log: of a longer one the end
    std::uint64_t journal_bytes_max = 160ULL
        << 20; // one journal: whole or not at all (journald's own bound is 128 MiB)
    std::uint64_t logs_bytes_max = 768ULL << 20; // all logs, the newest first
    std::uint32_t notes_max = 5'000; // then a last note counts the rest
};

inline constexpr Limits default_limits {};

}
