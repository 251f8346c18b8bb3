#include "traces/linux_container/parser.hpp"
#include "support/linux_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    return konseki::test::fuzz_linux(konseki::linux_container::parser,
        { "/srv/x/docker-compose.yml", "/var/lib/docker/containers/ab/config.v2.json",
            "/var/lib/docker/containers/ab/hostconfig.json", "/etc/containers/systemd/x.container",
            "/etc/docker/daemon.json" },
        bytes, size);
}
