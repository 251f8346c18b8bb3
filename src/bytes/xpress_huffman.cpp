#include "bytes/xpress_huffman.hpp"
#include "bytes/byte_reader.hpp"
#include <array>
#include <memory>

namespace konseki {

namespace {

constexpr std::size_t symbol_count = 512;
constexpr std::size_t code_bits_max = 15;
constexpr std::size_t table_bytes = 256; // two 4-bit code lengths a byte
constexpr std::uint64_t block_bytes = 65'536; // of output, for each Huffman table

struct Symbol {
    std::uint16_t value = 0;
    std::uint8_t bits = 0; // 0: no code leads here
};

class Decoder {
public:
    Decoder(ByteView compressed, std::uint64_t size_bytes, std::vector<std::byte>& output)
        : m_input(compressed)
        , m_size_bytes(size_bytes)
        , m_output(output)
    {
    }

    Result<void> run()
    {
        while (m_output.size() < m_size_bytes) {
            TRY(read_table());
            auto const block_end = std::min(m_size_bytes, m_output.size() + block_bytes);
            begin_bits();
            while (m_output.size() < block_end)
                TRY(decode_one());
        }
        return {};
    }

private:
    Error failure(ErrorCode code, std::string_view what) const
    {
        return { code, what, m_position, m_size_bytes, m_output.size(), {} };
    }

    // Canonical codes: shorter first, then by symbol. Over-full tables are refused, incomplete ones fail at use.
    Result<void> read_table()
    {
        auto const lengths = TRY(slice(m_input, m_position, table_bytes, "xpress.table"));
        m_position += table_bytes;
        m_table.fill({});
        std::size_t next = 0;
        for (std::size_t bits = 1; bits <= code_bits_max; ++bits) {
            for (std::size_t symbol = 0; symbol < symbol_count; ++symbol) {
                auto const pair = std::to_integer<unsigned>(lengths[symbol / 2]);
                if ((symbol % 2 == 0 ? pair & 15U : pair >> 4) != bits)
                    continue;
                auto const entries = std::size_t { 1 } << (code_bits_max - bits);
                if (entries > m_table.size() - next)
                    return failure(ErrorCode::bad_value, "xpress.table");
                for (std::size_t i = 0; i < entries; ++i)
                    m_table[next++] = { static_cast<std::uint16_t>(symbol), static_cast<std::uint8_t>(bits) };
            }
        }
        return {};
    }

    // Behind the end the stream is zeros; decoding into that ends by the size of the output.
    std::uint32_t next_byte()
    {
        return m_position < m_input.size() ? std::to_integer<std::uint32_t>(m_input[m_position++]) : 0;
    }
    std::uint32_t next_word()
    {
        auto const low = next_byte();
        return low | (next_byte() << 8);
    }

    void begin_bits()
    {
        m_bits = next_word() << 16;
        m_bits |= next_word();
        m_extra_bits = 16;
    }

    void consume(unsigned count)
    {
        m_bits = count == 32 ? 0 : m_bits << count;
        m_extra_bits -= static_cast<int>(count);
        if (m_extra_bits < 0) {
            m_bits |= next_word() << static_cast<unsigned>(-m_extra_bits);
            m_extra_bits += 16;
        }
    }

    Result<void> decode_one()
    {
        auto const symbol = m_table[m_bits >> (32 - code_bits_max)];
        if (symbol.bits == 0)
            return failure(ErrorCode::bad_value, "xpress.symbol");
        if (m_position >= m_input.size() && ++m_symbols_behind_end > 32) // the bit buffer holds at most that many codes
            return failure(ErrorCode::truncated, "xpress.stream");
        consume(symbol.bits);
        if (symbol.value < 256) {
            m_output.push_back(static_cast<std::byte>(symbol.value));
            return {};
        }
        std::uint64_t length = symbol.value & 15U;
        if (length == 15) {
            length = next_byte() + 15ULL;
            if (length == 15 + 255) {
                length = next_word();
                if (length == 0) { // [MS-XCA 2.2.4] a 32-bit length follows
                    length = next_word();
                    length |= std::uint64_t { next_word() } << 16;
                }
                if (length < 15)
                    return failure(ErrorCode::bad_value, "xpress.match_length");
            }
        }
        length += 3;
        auto const offset_bits = static_cast<unsigned>(symbol.value - 256) >> 4;
        auto distance = std::uint64_t { 1 } << offset_bits;
        if (offset_bits != 0) {
            distance += m_bits >> (32 - offset_bits);
            consume(offset_bits);
        }
        return copy(distance, length);
    }

    Result<void> copy(std::uint64_t distance, std::uint64_t length)
    {
        if (distance > m_output.size())
            return failure(ErrorCode::bad_offset, "xpress.match_distance");
        length = std::min(length, m_size_bytes - m_output.size());
        for (std::uint64_t i = 0; i < length; ++i)
            m_output.push_back(m_output[m_output.size() - distance]); // may overlap: a run repeats itself
        return {};
    }

    ByteView m_input;
    std::uint64_t m_size_bytes;
    std::vector<std::byte>& m_output;
    std::uint64_t m_position = 0;
    std::uint32_t m_bits = 0;
    int m_extra_bits = 0;
    unsigned m_symbols_behind_end = 0;
    std::array<Symbol, 1U << code_bits_max> m_table {};
};

}

Result<std::vector<std::byte>> decompress_xpress_huffman(
    ByteView compressed, std::uint64_t size_bytes, std::vector<std::byte>* partial)
{
    std::vector<std::byte> output;
    // A symbol of one bit yields at most a long match: reserve what the input makes likely, not what a header claims.
    output.reserve(std::min<std::uint64_t>(size_bytes, compressed.size() * 16 + block_bytes));
    auto const decoder = std::make_unique<Decoder>(compressed, size_bytes, output);
    auto const done = decoder->run();
    if (!done.ok()) {
        if (partial != nullptr)
            *partial = std::move(output);
        return done.error();
    }
    return output;
}

}
