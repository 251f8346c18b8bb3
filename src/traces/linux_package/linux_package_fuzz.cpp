// Whatever the bytes are and whatever the file is called, no reader may come to harm.
#include "support/collecting_context.hpp"
#include "traces/linux_package/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    constexpr std::string_view names[] { "/var/lib/dpkg/status", "rpmdb.sqlite", "dpkg.log", "history.log",
        "dnf.rpm.log", "pacman.log" };
    auto const file = std::as_bytes(std::span { bytes, size });
    for (auto const name : names) {
        konseki::test::CollectingContext collected;
        konseki::linux_package::parser.parse({ file, { 0, size }, name }, collected.context);
    }
    return 0;
}
