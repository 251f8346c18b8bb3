// What collectors say about the files they took, held against what is there: short, missing and sparse ones.
// Not a reader of control files: traces/collector_results and collector_copies are.
#pragma once
#include "store/case.hpp"
#include <string>
#include <vector>

namespace konseki::intake {

// Of what is committed. Diagnostics stand at the evidence they are about; `what` begins with "collection.".
Result<store::HostNotes> collection_notes(store::Case const& source);

// DFIR-ORC names members after records; its GetThis.csv tells which file each was.
struct SampleName {
    EvidenceNumber list = 0; // the GetThis.csv
    std::string stored_as, path;
};

// The evidence that gets a path on its machine by that: those in the list's archive or folder that have none yet.
std::vector<Evidence> named_samples(std::vector<Evidence> const& evidence, std::vector<SampleName> const& samples);

Result<void> store_sample_names(store::Case& target); // not committed

}
