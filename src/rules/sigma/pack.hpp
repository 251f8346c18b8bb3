// The encoding of parsed rules: what pack() stores and fingerprint() digests.
// Not the compiled plan: that is built from the rules on every load, so a pack holds no pointers and no versions of
// libraries.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include "rules/sigma/rule.hpp"
#include <vector>

namespace konseki::sigma {

struct PackedSet {
    std::vector<Rule> rules;
    std::vector<Correlation> correlations;
    std::vector<Problem> problems;
    std::uint64_t document_count = 0, filter_count = 0;
};

std::string encode(PackedSet const& set);
Result<PackedSet> decode(ByteView bytes); // every count and index is checked
std::string compress_pack(
    std::string_view encoded); // magic, digest, zstd, and a mask so that no rule text is in the file
Result<std::string> open_pack(ByteView pack);
bool has_pack_magic(ByteView head);

}
