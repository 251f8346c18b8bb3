// Every limit of the program, with its reason. A reached limit is a diagnostic, never a silent stop.
// Not tunables for speed: those live with the code they tune.
#pragma once
#include <cstdint>

namespace konseki {

struct Limits {
    // formats
    std::uint32_t depth_max = 64; // nested structures (BinXml elements, JSON); evtx 0.12.2 uses the same
    std::uint32_t elements_max = 4096; // elements of one record
    std::uint64_t text_bytes_max = 16ULL << 20; // one decoded string
    std::uint64_t rendered_bytes_max = 64ULL << 20; // one rendered record (XML or JSON)
    // archives
    std::uint32_t archive_depth_max = 6; // zip in 7z in tar ...
    std::uint64_t archive_members_max = 2'000'000;
    std::uint64_t inflated_bytes_max = 1ULL << 40; // one archive
    std::uint32_t inflate_ratio_max = 1'000; // whole archive, judged after the first 64 MiB
    std::uint64_t path_bytes_max = 4'096;
    // workers
    std::uint32_t piece_seconds_max = 600; // one job; then the worker is replaced
    std::uint64_t worker_memory_bytes_max = 2ULL << 30; // address space beyond what was mapped at fork
    std::uint64_t frame_bytes_max = 16ULL << 20; // one message between worker and parent
    std::uint64_t diagnostics_per_evidence_max = 10'000; // then one "limit" diagnostic counts the rest
    // rules
    std::uint64_t rule_file_bytes_max = 4ULL << 20;
    std::uint32_t rule_values_max = 100'000; // values of one rule after expansion (windash, base64offset)
    std::uint64_t correlation_state_bytes_max = 128ULL << 20;
};

inline constexpr Limits default_limits {};

}
