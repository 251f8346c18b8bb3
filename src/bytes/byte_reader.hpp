// The bounds-checked little-endian reader that every format uses, and slice(), the only way to a part of a view.
// Not an owner: it looks at bytes that somebody else keeps alive.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include <cstring>

namespace konseki {

// A view of [offset, offset+size) or an error that names the field. base_offset only makes the error's offset absolute.
Result<ByteView> slice(
    ByteView bytes, std::uint64_t offset, std::uint64_t size, std::string_view what, std::uint64_t base_offset = 0);

// Holds a view of the bytes it reads. Failure sticks: after the first one every read gives zero or nothing, and
// status() names the field, the offset, what was needed and what was there. A failed reader is thrown away, never
// repaired.
class ByteReader {
public:
    explicit ByteReader(ByteView bytes, std::uint64_t base_offset = 0)
        : m_bytes(bytes)
        , m_base_offset(base_offset)
    {
    }

    std::uint8_t u8(std::string_view what) { return integer<std::uint8_t>(what); }
    std::uint16_t u16(std::string_view what) { return integer<std::uint16_t>(what); }
    std::uint32_t u32(std::string_view what) { return integer<std::uint32_t>(what); }
    std::uint64_t u64(std::string_view what) { return integer<std::uint64_t>(what); }
    std::uint32_t u32_be(std::string_view what) { return __builtin_bswap32(integer<std::uint32_t>(what)); }
    ByteView take(std::uint64_t size, std::string_view what); // empty after the first failure
    void skip(std::uint64_t size, std::string_view what) { (void)take(size, what); }
    // Refuses a count whose items cannot fit in what remains; gives the count back, or 0.
    std::uint32_t count(std::uint32_t count, std::uint32_t item_size, std::string_view what);
    void seek(std::uint64_t position, std::string_view what); // position within this view
    void fail(Error error); // a value that reads well but means nonsense

    Result<void> status() const; // ask before any value becomes a size, index or divisor
    bool failed() const { return m_error.code != ErrorCode::none; }
    std::uint64_t position() const { return m_position; }
    std::uint64_t offset() const { return m_base_offset + m_position; } // where in the evidence
    std::uint64_t remaining() const { return m_bytes.size() - m_position; }
    ByteView rest() const { return failed() ? ByteView {} : m_bytes.subspan(m_position); }

private:
    template <typename T> T integer(std::string_view what)
    {
        if (failed() || remaining() < sizeof(T)) [[unlikely]] {
            fail({ ErrorCode::truncated, what, offset(), sizeof(T), remaining(), {} });
            return 0;
        }
        T value {};
        std::memcpy(&value, m_bytes.data() + m_position, sizeof(T)); // little-endian hosts only (VERIFYed in CMake)
        m_position += sizeof(T);
        return value;
    }

    ByteView m_bytes;
    std::uint64_t m_base_offset;
    std::uint64_t m_position = 0;
    Error m_error;
};

}
