#include "formats/journal/compression.hpp"
#include "bytes/byte_reader.hpp"
#include <algorithm>
#include <array>
#include <lzma.h>
#include <zstd.h>

namespace konseki::journal {

namespace {

constexpr std::size_t step_bytes = 65'536;
constexpr std::uint64_t lzma_memory_max = 96ULL << 20;
constexpr int zstd_window_log_max = 25;

Error broken(std::string_view what, std::uint64_t have)
{
    return { ErrorCode::bad_value, what, 0, 0, have, {} };
}

// A length continues in further bytes while they are 255.
bool add_length(ByteView packed, std::size_t& at, std::uint64_t& length)
{
    std::uint8_t byte = 255;
    while (byte == 255) {
        if (at >= packed.size())
            return false;
        byte = static_cast<std::uint8_t>(packed[at++]);
        length += byte;
    }
    return true;
}

}

Result<void> decompress_lz4_block(ByteView packed, std::uint64_t size_bytes, std::string& target)
{
    target.clear();
    std::size_t at = 0;
    while (at < packed.size()) {
        auto const token = static_cast<std::uint8_t>(packed[at++]);
        std::uint64_t literals = token >> 4U;
        if (literals == 15 && !add_length(packed, at, literals))
            return broken("journal.lz4.literals", at);
        if (literals > packed.size() - at || literals > size_bytes - target.size())
            return broken("journal.lz4.literals", at);
        target += as_text(packed.subspan(at, literals));
        at += literals;
        if (at == packed.size())
            break; // the last sequence has no match
        if (packed.size() - at < 2)
            return broken("journal.lz4.distance", at);
        std::size_t const distance
            = static_cast<std::size_t>(packed[at]) | (static_cast<std::size_t>(packed[at + 1]) << 8U);
        at += 2;
        std::uint64_t length = token & 15U;
        if (length == 15 && !add_length(packed, at, length))
            return broken("journal.lz4.match", at);
        length += 4;
        if (distance == 0 || distance > target.size() || length > size_bytes - target.size())
            return broken("journal.lz4.match", at);
        for (std::uint64_t i = 0; i < length; ++i) // may overlap itself
            target += target[target.size() - distance];
    }
    return target.size() == size_bytes ? Result<void> {} : broken("journal.lz4.size", target.size());
}

struct Decompressor::State {
    ZSTD_DCtx* zstd = nullptr;
    State() = default;
    State(State const&) = delete;
    State& operator=(State const&) = delete;
    ~State() { ZSTD_freeDCtx(zstd); }
};

Decompressor::Decompressor(std::uint64_t bytes_max)
    : m_state(std::make_unique<State>())
    , m_bytes_max(bytes_max)
{
}
Decompressor::~Decompressor() = default;
Decompressor::Decompressor(Decompressor&&) noexcept = default;
Decompressor& Decompressor::operator=(Decompressor&&) noexcept = default;

Result<ByteView> Decompressor::unpack(ByteView packed, std::uint8_t flags)
{
    m_out.clear();
    switch (flags) {
    case 1: TRY(unpack_xz(packed)); break;
    case 2: TRY(unpack_lz4(packed)); break;
    case 4: TRY(unpack_zstd(packed)); break;
    default: return Error { ErrorCode::unsupported, "journal.object.flags", 0, 0, flags, {} };
    }
    return as_bytes(m_out);
}

Result<void> Decompressor::unpack_lz4(ByteView packed)
{
    ByteReader reader { packed };
    auto const size = reader.u64("journal.lz4.size");
    TRY(reader.status());
    if (size > m_bytes_max)
        return Error { ErrorCode::limit, "journal.data.size", 0, size, m_bytes_max, {} };
    return decompress_lz4_block(reader.rest(), size, m_out);
}

Result<void> Decompressor::unpack_xz(ByteView packed)
{
    lzma_stream stream = LZMA_STREAM_INIT;
    if (lzma_stream_decoder(&stream, lzma_memory_max, 0) != LZMA_OK)
        return broken("journal.xz", 0);
    std::array<unsigned char, step_bytes> step {};
    auto const text = as_text(packed);
    stream.next_in = reinterpret_cast<unsigned char const*>(text.data()); // NOLINT(*-reinterpret-cast): liblzma's type
    stream.avail_in = text.size();
    auto answer = LZMA_OK;
    while (answer == LZMA_OK && m_out.size() <= m_bytes_max) {
        stream.next_out = step.data();
        stream.avail_out = step.size();
        answer = lzma_code(&stream, LZMA_FINISH);
        m_out += as_text(std::as_bytes(std::span(step).first(step.size() - stream.avail_out)));
    }
    lzma_end(&stream);
    if (m_out.size() > m_bytes_max)
        return Error { ErrorCode::limit, "journal.data.size", 0, m_out.size(), m_bytes_max, {} };
    return answer == LZMA_STREAM_END ? Result<void> {} : broken("journal.xz", m_out.size());
}

Result<void> Decompressor::unpack_zstd(ByteView packed)
{
    if (m_state->zstd == nullptr) {
        m_state->zstd = ZSTD_createDCtx();
        VERIFY(m_state->zstd != nullptr);
        (void)ZSTD_DCtx_setParameter(m_state->zstd, ZSTD_d_windowLogMax, zstd_window_log_max);
    }
    (void)ZSTD_DCtx_reset(m_state->zstd, ZSTD_reset_session_only);
    ZSTD_inBuffer in { packed.data(), packed.size(), 0 };
    std::size_t left = 1;
    while (left != 0) {
        auto const before = m_out.size();
        if (before > m_bytes_max)
            return Error { ErrorCode::limit, "journal.data.size", 0, before, m_bytes_max, {} };
        m_out.resize(before + step_bytes);
        ZSTD_outBuffer out { m_out.data() + before, step_bytes, 0 };
        auto const consumed = in.pos;
        left = ZSTD_decompressStream(m_state->zstd, &out, &in);
        m_out.resize(before + out.pos);
        if (ZSTD_isError(left) != 0 || (left != 0 && out.pos == 0 && in.pos == consumed))
            return broken("journal.zstd", m_out.size());
    }
    return {};
}

}
