#include "traces/linux_script.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    auto const script = konseki::as_text(std::as_bytes(std::span { bytes, size }));
    for (auto const& command : konseki::shell_commands(script))
        (void)konseki::look_at_shell(command.text);
    return 0;
}
