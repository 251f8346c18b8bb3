// Windows prefetch files (SCCA), versions 17, 23, 26, 30 and 31, plain or compressed (MAM).
// Not a statement that somebody ran something: that is for traces/windows_prefetch.
// Source: libyal/libscca, "Windows Prefetch File (PF) format"; spec fsa.md section 3.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "record/artefact_parser.hpp"
#include "record/diagnostic.hpp"
#include <cstdint>
#include <string>
#include <vector>

namespace konseki::scca {

Sniff sniff(ByteView head);

inline constexpr std::uint64_t uncompressed_bytes_max = 64ULL << 20; // real files stay below 2 MiB

struct File {
    std::string path; // \VOLUME{…}\WINDOWS\… or \DEVICE\HARDDISKVOLUME1\…
    std::uint64_t mft_reference = 0; // record number in the low 48 bits, sequence above; 0: not said (version 17)
    std::uint32_t flags = 0;
    std::uint64_t offset = 0; // of its metrics entry in the uncompressed file
};

struct Volume {
    std::string device_path;
    Timestamp created_at;
    std::uint32_t serial = 0;
    std::vector<std::uint64_t> file_references;
    std::vector<std::string> directories;
    std::uint64_t offset = 0; // of its entry in the uncompressed file
};

struct Prefetch {
    std::uint32_t version = 0;
    bool was_compressed = false;
    std::uint64_t size_bytes = 0; // uncompressed
    std::string executable; // at most 29 characters: longer names are cut by Windows
    std::uint32_t path_hash = 0;
    std::uint32_t run_count = 0;
    std::uint64_t run_times_offset = 0; // in the uncompressed file; 8 bytes each
    std::vector<Timestamp> run_times; // newest first; one before version 26, up to eight since
    std::vector<File> files;
    std::vector<Volume> volumes;
};

// The header is needed; every other part that is damaged is reported and left out.
Result<Prefetch> read(ByteView file, DiagnosticSink& diagnostics);

}
