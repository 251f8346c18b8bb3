#include "base/utf8.hpp"
#include "rules/search/raw_forms.hpp"
#include "rules/search/raw_scanner.hpp"
#include <cstdlib>
#include <span>

// First byte: size of the word; then the word, then the memory. The two scans must agree.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size)
{
    if (size == 0)
        return 0;
    auto const input = konseki::as_text(std::as_bytes(std::span { data, size }));
    auto const word_size = std::min<std::size_t>(data[0] % 32, size - 1);
    auto const word = konseki::utf8::repaired(input.substr(1, word_size));
    auto const forms = konseki::search::raw_forms(word);
    if (!forms)
        return 0;
    konseki::search::RawScanner scanner;
    scanner.add_text(forms->text);
    for (auto const& bytes : forms->bytes)
        scanner.add_bytes(bytes);
    scanner.finish();
    auto const memory = konseki::as_bytes(input.substr(1 + word_size));
    if (scanner.contains(memory) != scanner.contains_portable(memory))
        std::abort();
    return 0;
}
