#include "bytes/der.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>
#include <vector>

namespace konseki::der {

std::uint8_t Reader::peek() const
{
    return is_done() ? std::uint8_t {} : std::to_integer<std::uint8_t>(m_reader.rest()[0]);
}

Element Reader::next(std::string_view what, WhenCut when_cut)
{
    Element element;
    element.offset = m_reader.offset();
    element.tag = m_reader.u8(what);
    std::uint64_t size = m_reader.u8(what);
    if (size == 0x80 || size > 0x84) {
        m_reader.fail({ ErrorCode::bad_value, what, m_reader.offset(), 0x84, size, {} });
        return element;
    }
    if (size > 0x80) {
        auto const count = size & 0x7fU;
        size = 0;
        for (std::uint64_t i = 0; i < count; ++i)
            size = size << 8 | m_reader.u8(what);
    }
    m_missing_bytes = 0;
    if (when_cut == WhenCut::take_rest && !m_reader.failed() && size > m_reader.remaining()) {
        m_missing_bytes = size - m_reader.remaining();
        size = m_reader.remaining();
    }
    element.content = m_reader.take(size, what);
    element.size_bytes = m_reader.offset() - element.offset;
    return element;
}

Element Reader::expect(std::uint8_t tag, std::string_view what, WhenCut when_cut)
{
    auto const offset = m_reader.offset();
    auto const element = next(what, when_cut);
    if (!m_reader.failed() && element.tag != tag)
        m_reader.fail({ ErrorCode::bad_magic, what, offset, tag, element.tag, {} });
    return m_reader.failed() ? Element {} : element;
}

std::string object_text(ByteView content)
{
    std::string text;
    std::uint64_t number = 0;
    for (auto const byte : content) {
        auto const value = std::to_integer<std::uint64_t>(byte);
        number = number << 7 | (value & 0x7fU);
        if ((value & 0x80U) != 0)
            continue;
        if (text.empty()) {
            auto const first = std::min<std::uint64_t>(number / 40, 2);
            append_format(text, "{}.{}", first, number - first * 40);
        } else {
            append_format(text, ".{}", number);
        }
        number = 0;
    }
    return text;
}

Timestamp time_of(Element const& element)
{
    std::string digits { as_text(element.content) };
    if (element.tag == utc_time && digits.size() >= 2)
        digits.insert(0, digits[0] >= '5' ? "19" : "20");
    bool const is_time = element.tag == utc_time || element.tag == general_time;
    if (!is_time || digits.size() != 15 || digits.back() != 'Z')
        return {};
    auto const part = [&](std::size_t at) { return std::string_view(digits).substr(at, 2); };
    auto const text = format("{}{}-{}-{}T{}:{}:{}Z", part(0), part(2), part(4), part(6), part(8), part(10), part(12));
    return Timestamp::parse(text).value_or(Timestamp {});
}

std::string text_of(Element const& element)
{
    if (element.tag != wide_text)
        return utf8::repaired(as_text(element.content));
    std::vector<std::byte> little_endian(element.content.size() / 2 * 2);
    for (std::size_t at = 0; at < little_endian.size(); ++at)
        little_endian[at] = element.content[at ^ 1U];
    return utf8_from_utf16le(little_endian);
}

std::string hex_of(ByteView bytes)
{
    std::string text;
    text.reserve(bytes.size() * 2);
    for (auto const byte : bytes)
        append_format(text, "{:02x}", std::to_integer<unsigned>(byte));
    return text;
}

}
