#include "bytes/byte_reader.hpp"

namespace konseki {

Result<ByteView> slice(
    ByteView bytes, std::uint64_t offset, std::uint64_t size, std::string_view what, std::uint64_t base_offset)
{
    if (offset > bytes.size())
        return Error { ErrorCode::bad_offset, what, base_offset + offset, size, 0, {} };
    if (size > bytes.size() - offset)
        return Error { ErrorCode::truncated, what, base_offset + offset, size, bytes.size() - offset, {} };
    return bytes.subspan(offset, size);
}

ByteView ByteReader::take(std::uint64_t size, std::string_view what)
{
    if (failed() || size > remaining()) {
        fail({ ErrorCode::truncated, what, offset(), size, remaining(), {} });
        return {};
    }
    auto const view = m_bytes.subspan(m_position, size);
    m_position += size;
    return view;
}

std::uint32_t ByteReader::count(std::uint32_t count, std::uint32_t item_size, std::string_view what)
{
    if (failed())
        return 0;
    if (item_size != 0 && count > remaining() / item_size) {
        fail({ ErrorCode::bad_count, what, offset(), std::uint64_t { count } * item_size, remaining(), {} });
        return 0;
    }
    return count;
}

void ByteReader::seek(std::uint64_t position, std::string_view what)
{
    if (failed())
        return;
    if (position > m_bytes.size()) {
        fail({ ErrorCode::bad_offset, what, m_base_offset + position, 0, m_bytes.size(), {} });
        return;
    }
    m_position = position;
}

void ByteReader::fail(Error error)
{
    if (!failed())
        m_error = std::move(error);
}

Result<void> ByteReader::status() const
{
    if (failed())
        return m_error;
    return {};
}

}
