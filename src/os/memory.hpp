// How much memory processes hold, for limits, tests and the last line of a run.
// Not an allocator.
#pragma once
#include <cstdint>
#include <span>

namespace konseki::os {

struct MemoryUse {
    std::uint64_t resident_bytes = 0;
    std::uint64_t resident_peak_bytes = 0;
    std::uint64_t proportional_bytes = 0; // shared pages divided by their sharers: sums up over processes
    std::uint64_t writable_bytes = 0; // VmData: what RLIMIT_DATA counts
};

MemoryUse memory_of(int process_id); // zeros when it is gone; 0 means this process
unsigned processor_count();

}
