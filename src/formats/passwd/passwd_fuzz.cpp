#include "base/byte_view.hpp"
#include "formats/passwd/passwd.hpp"
#include "formats/text_lines/text_lines.hpp"

// The same bytes stand for all four files.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    using namespace konseki;
    auto const text = as_text(std::as_bytes(std::span { bytes, size }));
    passwd::Beside beside;
    beside.read_shadow(text);
    beside.read_group(text);
    beside.read_gshadow(text);
    std::uint64_t position = 0;
    while (auto const line = text_lines::next(text, position, text.size()))
        (void)passwd::parse_line(line->text, beside);
    return 0;
}
