#include "support/collecting_context.hpp"
#include "traces/linux_shell_history/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    using namespace konseki;
    auto const view = std::as_bytes(std::span { bytes, size });
    for (auto const* const name :
        { ".bash_history", ".zsh_history", "fish_history", ".viminfo", ".lesshst", ".psql_history" }) {
        test::CollectingContext collected;
        linux_shell_history::parser.parse({ view, { 0, size }, name }, collected.context);
    }
    return 0;
}
