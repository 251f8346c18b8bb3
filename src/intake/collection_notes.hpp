// What collectors say about the files they took, held against what is there: short, missing and sparse ones.
// Not a reader of control files: traces/collector_results and collector_copies are.
#pragma once
#include "store/case.hpp"

namespace konseki::intake {

// Of what is committed. Diagnostics stand at the evidence they are about; `what` begins with "collection.".
Result<store::HostNotes> collection_notes(store::Case const& source);

}
