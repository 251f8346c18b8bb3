// Lines and words lie in the file; ranges cover it.
#include "formats/text_lines/text_lines.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    auto const view = std::as_bytes(std::span { bytes, size });
    auto const file = konseki::as_text(view);
    std::uint64_t position = 0, covered = 0;
    while (auto const line = konseki::text_lines::next(file, position, size))
        for (auto const word : konseki::text_lines::words(line->text))
            VERIFY(word.data() >= file.data() && word.data() + word.size() <= file.data() + size);
    for (auto const& range : konseki::text_lines::ranges(view, 16)) {
        VERIFY(range.offset == covered);
        covered += range.size;
    }
    VERIFY(covered == size);
    return 0;
}
