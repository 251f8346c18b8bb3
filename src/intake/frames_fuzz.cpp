// First byte: which frame; the rest is its body. A worker that evidence has taken over may send anything: what decodes
// lies within the frame and encodes to something that decodes again.
#include "intake/frames.hpp"

namespace {

using namespace konseki;
using namespace konseki::intake;

void check_pieces(Identified const& identified, std::uint64_t size_bytes)
{
    std::uint64_t position = 0;
    for (auto const& piece : identified.pieces) {
        VERIFY(piece.offset >= position && piece.offset <= size_bytes && piece.size <= size_bytes - piece.offset);
        position = piece.offset + piece.size;
    }
}

void check_lists(ByteView body)
{
    std::string again;
    if (auto const entries = decode_entries(body); entries.ok()) {
        for (auto const& [key, value] : entries.value())
            append_entry(again, key, value);
        VERIFY(as_text(body) == again);
    }
    if (auto const diagnostics = decode_diagnostics(body); diagnostics.ok()) {
        again.clear();
        for (auto const& diagnostic : diagnostics.value())
            append_diagnostic(again, diagnostic);
        auto const second = decode_diagnostics(as_bytes(again));
        VERIFY(second.ok() && second.value().size() == diagnostics.value().size());
    }
}

}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    if (size == 0)
        return 0;
    auto const body = std::as_bytes(std::span { bytes + 1, size - 1 }); // NOLINT
    switch (bytes[0] % 6) { // NOLINT
    case 0:
        if (auto const decoded = decode_configuration(body); decoded.ok())
            VERIFY(decode_configuration(as_bytes(encode(decoded.value()))).ok());
        break;
    case 1:
        if (auto const decoded = decode_job(body); decoded.ok())
            VERIFY(decode_job(as_bytes(encode(decoded.value()))).ok());
        break;
    case 2:
        for (auto const size_bytes : { std::uint64_t { 4096 }, ~std::uint64_t { 0 } }) {
            if (auto const decoded = decode_identified(body, size_bytes); decoded.ok()) {
                check_pieces(decoded.value(), size_bytes);
                VERIFY(decode_identified(as_bytes(encode(decoded.value())), size_bytes).ok());
            }
        }
        break;
    case 3:
        if (auto const decoded = decode_member(body, 1024); decoded.ok())
            VERIFY(decode_member(as_bytes(encode(decoded.value())), 1024).ok());
        break;
    case 4: (void)decode_done(body); break;
    default: check_lists(body);
    }
    return 0;
}
