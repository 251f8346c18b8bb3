// Identities that appear everywhere: GUID, SHA-256, and the address of one trace in one piece of evidence.
// Not hashing: bytes/sha256.hpp computes.
#pragma once
#include "base/byte_view.hpp"
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace konseki {

struct Guid {
    std::array<std::byte, 16> bytes {}; // as stored on disk: first three groups little-endian
    static std::optional<Guid> parse(std::string_view text); // with or without braces
    friend auto operator<=>(Guid const&, Guid const&) = default;
};
std::string to_string(Guid const& guid); // 8-4-4-4-12, upper case, no braces (as evtx_dump prints)
void append_guid(std::string& target, ByteView sixteen_bytes);

struct Sha256 {
    std::array<std::byte, 32> bytes {};
    static std::optional<Sha256> parse(std::string_view hex);
    friend auto operator<=>(Sha256 const&, Sha256 const&) = default;
};
std::string to_string(Sha256 const& digest); // lower-case hex

// Evidence is numbered per case in the order of intake; 0 is "none". The SHA-256 is its identity outside the case.
using EvidenceNumber = std::uint32_t;

// Where a trace lies: printed and parsed as "e7@0x12a0". One offset holds one trace of a schema.
struct TraceId {
    EvidenceNumber evidence = 0;
    std::uint64_t offset = 0;
    static std::optional<TraceId> parse(std::string_view text);
    friend auto operator<=>(TraceId const&, TraceId const&) = default;
};
std::string to_string(TraceId id);

}
