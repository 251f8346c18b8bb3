// The parts of `konseki examine` that others use: running the analysers, writing the report, and the summary's numbers.
#pragma once
#include "analysers/catalogue.hpp"
#include "app/context.hpp"
#include "app/rule_loading.hpp"

namespace konseki::app {

// What of the case cannot be known because bytes could not be read.
struct LostEvidence {
    std::uint64_t diagnostics = 0;
    std::uint64_t bytes = 0;
};
Result<LostEvidence> lost_evidence(store::Case const& source);
// "0 diagnostics cost evidence" or "3 diagnostics cost evidence (1.2 KiB): konseki diagnostics --lost --case …"
std::string lost_line(LostEvidence const& lost, std::filesystem::path const& folder);

// Every analyser of the catalogue, each committed on its own. Stops between two when asked.
Result<void> run_analysers(
    store::Case& target, LoadedRules const& rules, std::stop_token const& stop, Context& context);
// One of them, committed.
Result<void> run_analyser(
    Analyser const& analyser, store::Case& target, LoadedRules const& rules, std::stop_token const& stop);

}
