#include "collect/files.hpp"
#include "collect/mounts.hpp"
#include "collect/sockets.hpp"

// Texts of a kernel and a package manager that an attacker may hold.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    using namespace konseki;
    auto const text = as_text(std::as_bytes(std::span(bytes, size)));
    (void)collect::parse_stat(text);
    (void)collect::parse_control_group(text);
    (void)collect::odd_maps(text, 8);
    (void)collect::parse_mountinfo(text);
    (void)collect::masked_variable(text);
    (void)collect::ipv6_text(text);
    (void)collect::capabilities_text(as_bytes(text));
    return 0;
}
