#include "record/evidence.hpp"

namespace konseki {

std::string_view evidence_state_name(EvidenceState state)
{
    switch (state) {
    case EvidenceState::registered: return "registered";
    case EvidenceState::examined: return "examined";
    case EvidenceState::not_recognised: return "not_recognised";
    case EvidenceState::duplicate: return "duplicate";
    case EvidenceState::container: return "container";
    case EvidenceState::failed: return "failed";
    }
    return "failed";
}

}
