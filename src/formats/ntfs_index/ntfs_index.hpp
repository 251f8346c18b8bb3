// Index buffers of NTFS directories ($I30): names with times and sizes, also of deleted files in the slack of pages.
// Also the root of an index, which lies in the MFT. Not the directory's tree. Source: libyal/libfsntfs, "NTFS".
#pragma once
#include "formats/mft/mft.hpp"

namespace konseki::ntfs_index {

Sniff sniff(ByteView head);

struct Entry {
    std::uint64_t offset = 0; // in the file: of the entry, or of its name where the header is gone
    std::uint32_t size_bytes = 0;
    bool is_in_slack = false;
    std::optional<mft::Reference> file; // absent where the entry's header was overwritten
    mft::FileName name;
    std::uint64_t page_number = 0; // virtual cluster number that the page says it has
};

class Visitor {
public:
    virtual ~Visitor() = default;
    virtual void on_entry(Entry const& entry) = 0;
};

std::uint32_t page_bytes_of(ByteView index); // 4,096 unless the first page says otherwise
// Every page that begins in the file: live entries in order, then those of its slack.
void read(ByteView index, DiagnosticSink& diagnostics, Visitor& visitor);
// The same of an index root: the content of that attribute, which lies at `offset` of the file.
void read_root(ByteView root, std::uint64_t offset, DiagnosticSink& diagnostics, Visitor& visitor);

}
