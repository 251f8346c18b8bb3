// Archives and compressed files, member by member, from a descriptor: libarchive behind limits. Runs in a worker.
// Not a writer: members go to the sink as bytes; their paths are names, never places on this machine.
#pragma once
#include "base/limits.hpp"
#include "intake/frames.hpp"
#include "record/diagnostic.hpp"
#include <span>
#include <string>

namespace konseki::intake {

class MemberSink {
public:
    virtual ~MemberSink() = default;
    virtual Result<void> begin(Member const& member) = 0;
    virtual Result<void> bytes(ByteView bytes) = 0;
    virtual Result<void> end(bool is_kept) = 0;
};

// By magic: zip, 7z, tar, gzip, xz, zstd, bzip2, CMS envelopes.
bool is_archive(ByteView head);

struct ArchiveInput {
    int descriptor = -1;
    std::uint64_t size_bytes = 0;
    std::string_view name; // names the content of a single compressed file
    std::uint64_t inflated_bytes_max = 0; // of all members together
    std::span<std::string const> passwords {}, keys {}; // to try on encrypted members; keys in PEM
};

// Keeps every member it can: what it refuses (path tricks, links, devices, encrypted or broken members, bombs) is a
// diagnostic with the member's path in `detail`. A member that breaks off is kept up to there. Fails only when the sink
// does.
Result<void> unpack(ArchiveInput const& input, Limits const& limits, DiagnosticSink& diagnostics, MemberSink& members);

// Absolute, or with "..", or with NUL. Drive letters ("C:/…") are how collectors name volumes: no trick.
bool is_path_trick(std::string_view path);

}
