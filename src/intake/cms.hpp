// Files that were encrypted for a key's owner (CMS EnvelopedData: the .7z.p7b of DFIR-ORC), as one member without the
// envelope. Not signatures, not certificates. Source: RFC 5652, sections 6 and 14; X.690 for the encoding.
#pragma once
#include "intake/unpack.hpp"
#include <optional>
#include <vector>

namespace konseki::intake {

bool is_envelope(ByteView head);

inline constexpr std::size_t envelope_head_bytes_max = 1U << 20; // recipients and algorithms stand in front

struct Envelope {
    struct Recipient {
        ByteView encrypted_key; // views the head
        bool is_oaep = false, is_sha256 = false; // otherwise PKCS #1 v1.5; OAEP with SHA-1
    };
    std::vector<Recipient> recipients; // of the kind "key transport" (RSA)
    std::size_t other_recipients = 0; // key agreement, passwords: not opened
    ByteView cipher; // object identifier, encoded
    ByteView iv;
    std::uint64_t content_offset = 0;
    bool is_in_pieces = false; // octet strings behind one another, else one run of content_bytes
    std::optional<std::uint64_t> content_bytes; // of all pieces together with their heads; absent: up to the end mark
};
Result<Envelope> read_envelope(ByteView head);

// One member, named like the file without ".p7b". What is wrong with keys or bytes is reported.
Result<void> unpack_envelope(
    ArchiveInput const& input, Limits const& limits, DiagnosticSink& diagnostics, MemberSink& members);

}
