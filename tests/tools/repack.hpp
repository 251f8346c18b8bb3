// Chunks of sample files under a new header: numbers, times, SIDs, GUIDs, process ids, hashes and the host's name
// changed in place. Not the writer: the records keep the bytes that Windows wrote, which is what makes them worth
// repacking.
#pragma once
#include "tools/identities.hpp"
#include <functional>
#include <string>
#include <string_view>

namespace konseki::test {

struct RepackResult {
    std::uint64_t chunks = 0, records = 0, used_bytes = 0;
    std::uint64_t next_record_id = 1;
};

// Appends the whole chunks of `file` to `out`, renumbered from result.next_record_id. Damaged chunks are left out.
void repack(std::string_view file, Identities const& identities, std::uint32_t replica, RepackResult& result,
    std::function<void(std::string_view chunk)> const& out);

// The 4,096 bytes that stand before repacked chunks.
std::string repacked_header(RepackResult const& result);

}
