// The NTFS change journal ($UsnJrnl:$J): records of version 2, 3 and 4, wherever zeros, gaps and damage leave them.
// Not paths: names are relative to a parent reference; join with formats/mft.
// Source: [MS-FSCC] 2.4.51 and the USN_RECORD structures; spec fsa.md section 3.
#pragma once
#include "base/byte_view.hpp"
#include "base/timestamp.hpp"
#include "record/artefact_parser.hpp"
#include "record/diagnostic.hpp"
#include <cstdint>
#include <string>
#include <vector>

namespace konseki::usn {

Sniff sniff(ByteView head);

struct FileId { // 64 bits in version 2; 128 bits (ReFS) since 3
    std::uint64_t low = 0, high = 0;
};

struct Record {
    std::uint64_t offset = 0;
    std::uint32_t size_bytes = 0;
    std::uint16_t version = 2;
    FileId file, parent;
    std::uint64_t usn = 0; // offset in the journal as it was: gaps to `offset` tell of sparse or trimmed copies
    Timestamp written_at; // not in version 4
    std::uint32_t reason = 0, source = 0, security_id = 0, file_attributes = 0;
    std::string name; // not in version 4
};

class Visitor {
public:
    virtual ~Visitor() = default;
    virtual void on_record(Record const& record) = 0;
};

// Records that begin inside the range; one may end behind it. Zeros (the sparse lead, page ends) cost nothing; damage
// is stepped over 8 bytes at a time to the next sound record and its size reported.
void read(ByteView journal, ByteRange range, DiagnosticSink& diagnostics, Visitor& visitor);
std::vector<ByteRange> split(ByteView journal, std::uint64_t piece_bytes);

std::string reason_text(std::uint32_t reason); // "FILE_CREATE|CLOSE"

}
