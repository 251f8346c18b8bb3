// One registered piece of evidence and its custody. Its bytes never change once registered; the SHA-256 is its
// identity.
#pragma once
#include "base/identity.hpp"
#include "base/timestamp.hpp"
#include <cstdint>
#include <string>
#include <string_view>

namespace konseki {

enum class EvidenceState : std::uint8_t {
    registered, // known, not yet examined
    examined, // every piece parsed; its rows and diagnostics are in the store
    not_recognised, // no parser knows it; kept, listed, never silently dropped
    duplicate, // the same bytes as an earlier piece (duplicate_of): examined once
    container, // an archive; its members are pieces of their own
    failed, // could not be read at all; a diagnostic says why
};
std::string_view evidence_state_name(EvidenceState state);

struct Evidence {
    EvidenceNumber number = 0;
    Sha256 sha256;
    std::uint64_t size_bytes = 0;
    std::string path; // where the bytes can be read now: a file of the examiner, or in the case's vault
    std::string original_path; // as the victim's machine or the archive named it, UTF-8
    EvidenceNumber parent = 0; // the archive it came from
    EvidenceNumber duplicate_of = 0;
    Timestamp modified_at; // of the file as received (archive member time)
    Timestamp received_at; // when this case registered it
    std::int64_t modified_ns = 0; // of `path`, to notice a change cheaply before the next read
    std::string parser; // artefact parser's name; empty when not recognised
    std::uint16_t parser_version = 0;
    EvidenceState state = EvidenceState::registered;
    bool is_in_vault = false;
    std::string companions; // files beside it that were read with it: name, size and hash or time of each
    std::string host; // the machine it comes from, as its collection names it; empty: not known
    std::string machine_path; // where it lay on that machine ("C:\\Windows\\…"); empty: not known
};

}
