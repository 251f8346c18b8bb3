// Signature catalogues (.cat): whose hashes somebody vouches for, and who. Source: [MS-CAESO] CTL; wintrust.h, mscat.h.
// Not the catalogue database (catdb, an ESE database), and not a verdict about trust.
#pragma once
#include "bytes/der.hpp"
#include "formats/pkcs7/pkcs7.hpp"
#include "record/artefact_parser.hpp"
#include "record/diagnostic.hpp"
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace konseki::security_catalogue {

Sniff sniff(ByteView head); // a trust list of Windows' roots has the same form and is none

using Attributes = std::vector<std::pair<std::string, std::string>>; // "OSAttr" -> "2:6.1"

struct Member {
    std::uint64_t offset = 0, size_bytes = 0; // of its entry in the catalogue
    std::string tag; // its name in the list: mostly the hash again
    std::string hash; // hexadecimal, lower case; empty: neither indirect data nor tag hold one
    std::string algorithm; // "sha1", "sha256"
    std::string_view subject; // program, flat, cabinet, installer, script, catalogue; empty: it does not say
    bool has_page_hashes = false;
    Attributes attributes;
    std::string_view attribute(std::string_view name) const; // empty: not there
};

// Holds a view of the bytes it was read from.
struct Catalogue {
    std::uint16_t version = 0; // 1 or 2; 0: another way of listing members
    std::string list_id; // hexadecimal
    Timestamp listed_at; // when the list was made, as it says
    Attributes attributes;
    bool is_block_read = false; // the signed block could be read as a whole
    std::optional<pkcs7::Signature> signature;
    der::Element members;
};

class MemberSink {
public:
    virtual ~MemberSink() = default;
    virtual void take(Member const& member) = 0; // valid for the call
};

Result<Catalogue> read(ByteView bytes, DiagnosticSink& diagnostics);
void read_members(Catalogue const& catalogue, MemberSink& sink, DiagnosticSink& diagnostics);

}
