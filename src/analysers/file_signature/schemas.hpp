// The rows that the analyser derives: the signature of each program, embedded or by catalogue.
#pragma once
#include "record/schema.hpp"

namespace konseki::file_signature {

struct SignatureRow {
    Symbol host {};
    std::string_view path {};
    Symbol state {}, signer {};
    Timestamp countersigned_at {};
    Symbol catalogue {};
    std::string_view catalogue_trace {};
    Symbol catalogue_host {};
};

inline constexpr auto signature_schema = schema("host.file_signature",
    "Who signed a program, in itself or by a catalogue; its row stands at the program's windows_pe_file",
    field("host", &SignatureRow::host, "Machine it is of"),
    field("path", &SignatureRow::path, "The program, as the evidence has it"),
    field("state", &SignatureRow::state,
        "good, changed, bad, self_signed, unreadable: of the embedded signature, as windows_pe_file has it; catalogue: "
        "a "
        "catalogue names it; catalogue_self_signed; unsigned: neither, though the host's catalogues are there; none: "
        "nothing embedded, and the host's catalogues are not there"),
    field("signer", &SignatureRow::signer, "Who signed it, or the catalogue that names it"),
    field("countersigned_at", &SignatureRow::countersigned_at, "When a time stamping authority saw that signature"),
    field("catalogue", &SignatureRow::catalogue, "The catalogue, as its evidence has it"),
    field("catalogue_trace", &SignatureRow::catalogue_trace, "Its entry in the catalogue"),
    field("catalogue_host", &SignatureRow::catalogue_host, "Machine the catalogue is of"));

}
