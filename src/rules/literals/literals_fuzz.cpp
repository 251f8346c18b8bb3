// Lines of the input are literals, what follows the first empty line is the text: the automaton must find what a naive
// search finds.
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "rules/literals/literal_set.hpp"
#include <set>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    auto const input = konseki::as_text({ reinterpret_cast<std::byte const*>(bytes), size }); // NOLINT
    auto const border = input.find("\n\n");
    auto const literals = konseki::split(input.substr(0, border), '\n');
    auto const text = border == std::string_view::npos ? input : input.substr(border + 2);
    if (literals.size() > 300 || text.size() > 4096)
        return 0;
    std::set<std::pair<std::size_t, std::uint32_t>> found, expected;
    konseki::literals::LiteralSet const set(literals);
    set.find(text, [&](std::uint32_t literal, std::size_t end) {
        VERIFY(found.emplace(end, literal).second);
        return true;
    });
    for (std::uint32_t i = 0; i < literals.size(); ++i) {
        for (auto at = text.find(literals[i]); !literals[i].empty() && at != std::string_view::npos;
             at = text.find(literals[i], at + 1))
            expected.emplace(at + literals[i].size(), i);
    }
    VERIFY(found == expected);
    return 0;
}
