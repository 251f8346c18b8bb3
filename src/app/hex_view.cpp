#include "app/hex_view.hpp"
#include "base/text.hpp"

namespace konseki::app {

std::string hex_view(ByteView bytes, std::uint64_t offset)
{
    std::string text;
    std::size_t position = 0;
    while (position < bytes.size()) {
        auto const line_offset = (offset + position) & ~std::uint64_t { 15 };
        auto const blank = static_cast<std::size_t>(offset + position - line_offset);
        append_format(text, "0x{:08x}  ", line_offset);
        std::string ascii(blank, ' ');
        for (std::size_t column = 0; column < 16; ++column) {
            if (column == 8)
                text += ' ';
            if (column < blank || position >= bytes.size()) {
                text += "   ";
                continue;
            }
            auto const byte = std::to_integer<unsigned>(bytes[position++]);
            append_format(text, "{:02x} ", byte);
            ascii += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '.';
        }
        append_format(text, " |{}|\n", ascii);
    }
    return text;
}

}
