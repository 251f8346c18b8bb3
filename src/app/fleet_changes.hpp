// What hosts hold now and did not then, the other way round, and what changed: two cases of the same machines, or a
// case and a baseline. What a package upgrade explains is told apart. Not text: fleet_since_command.cpp.
#pragma once
#include "analysers/stacking/baseline.hpp"
#include "store/case.hpp"

namespace konseki::app {

enum class ChangeKind : std::uint8_t { appeared, gone, changed, host_appeared, host_gone, packages };
std::string_view change_name(ChangeKind kind); // "new", "gone", "changed", "new_host", "gone_host", "packages"

struct Change {
    ChangeKind kind = ChangeKind::appeared;
    std::string host {}, item_kind {}, title {}, before {}, after {}, key {};
    std::string explained {}; // by which package and versions; empty: by nothing that we know
    double score = 0; // in the newer case; 0: not ranked
    std::uint64_t count = 1; // items folded into one
    TraceId trace {}; // in the newer case; evidence 0: it is gone
};

// By weight: what nothing explains first, the heaviest first, then what packages explain, folded by host and package
// unless all is wanted.
enum class Folding : std::uint8_t { folded, all };
Result<std::vector<Change>> changes_since(store::Case const& before, store::Case const& now, Folding folding);
Result<std::vector<Change>> changes_since(stacking::Baseline const& before, store::Case const& now, Folding folding);

}
