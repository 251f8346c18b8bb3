// $Secure:$SDS: the security descriptors of an NTFS volume with their numbers and hashes.
// Not the indexes $SII and $SDH, which only point here. Source: libyal/libfsntfs, "NTFS".
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::ntfs_security {

Sniff sniff(ByteView head); // sure where the first entry's hash is right

struct Entry {
    std::uint64_t offset = 0; // in the stream; of the mirror where that was read
    std::uint32_t size_bytes = 0;
    std::uint32_t id = 0; // security_id of $STANDARD_INFORMATION
    std::uint32_t hash = 0;
    bool is_hash_right = false;
    bool is_from_mirror = false; // the entry itself is damaged
    ByteView descriptor; // views the stream
};

class Visitor {
public:
    virtual ~Visitor() = default;
    virtual void on_entry(Entry const& entry) = 0;
};

std::uint32_t hash_of(ByteView descriptor);
void read(ByteView stream, DiagnosticSink& diagnostics, Visitor& visitor);

}
