// Elements of the Distinguished Encoding Rules, one after the other. Source: ITU-T X.690, sections 8 and 10.
// Not a schema: what an element means is known to who asks. Certificates, signature catalogues.
#pragma once
#include "base/timestamp.hpp"
#include "bytes/byte_reader.hpp"
#include <string>

namespace konseki::der {

// [X.690, 8.1.2] identifier octets
inline constexpr std::uint8_t boolean = 0x01, integer = 0x02, bits = 0x03, octets = 0x04, object = 0x06,
                              utc_time = 0x17, general_time = 0x18, wide_text = 0x1e, sequence = 0x30, set = 0x31,
                              context_0 = 0xa0, context_3 = 0xa3;

// Holds a view of the bytes that its reader looks at.
struct Element {
    std::uint8_t tag = 0;
    ByteView content;
    std::uint64_t offset = 0, size_bytes = 0; // of the whole element, where it stands in the evidence
    std::uint64_t content_offset() const { return offset + size_bytes - content.size(); }
};

enum class WhenCut : std::uint8_t { fail, take_rest };

// Lengths are definite, as DER demands, and of at most four bytes. Failure sticks, as ByteReader's does.
class Reader {
public:
    explicit Reader(ByteView bytes, std::uint64_t base_offset = 0)
        : m_reader(bytes, base_offset)
    {
    }
    explicit Reader(Element const& element)
        : Reader(element.content, element.content_offset())
    {
    }

    bool is_done() const { return m_reader.failed() || m_reader.remaining() == 0; }
    Result<void> status() const { return m_reader.status(); }
    std::uint64_t offset() const { return m_reader.offset(); }
    std::uint64_t remaining() const { return m_reader.remaining(); }
    std::uint64_t missing_bytes() const { return m_missing_bytes; } // of the last element that was taken though cut
    std::uint8_t peek() const; // tag of the next element; 0: there is none

    Element next(std::string_view what, WhenCut when_cut = WhenCut::fail);
    Element expect(std::uint8_t tag, std::string_view what, WhenCut when_cut = WhenCut::fail);

private:
    ByteReader m_reader;
    std::uint64_t m_missing_bytes = 0;
};

std::string object_text(ByteView content); // "1.2.840.113549"

// Of UTCTime (50 and later: 19xx) or GeneralizedTime in their DER forms [RFC 5280, 4.1.2.5]; not set: it is neither.
Timestamp time_of(Element const& element);

std::string text_of(Element const& element); // UTF-8, of a BMPString or of bytes that are taken as UTF-8
std::string hex_of(ByteView bytes); // lower case

}
