#include "support/linux_fuzz.hpp"
#include "traces/linux_hook/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    return konseki::test::fuzz_linux(konseki::linux_hook::parser,
        { "/etc/udev/rules.d/x.rules", "/etc/xdg/autostart/x.desktop", "/usr/share/dbus-1/services/x.service",
            "/etc/apt/apt.conf.d/x", "/etc/dpkg/dpkg.cfg", "/root/.gitconfig", "/etc/php.ini", "/etc/rsyslog.conf",
            "/etc/logrotate.d/x", "/etc/monitrc", "/etc/aliases", "/etc/hosts.allow", "/etc/nsswitch.conf",
            "/x/site-packages/x.pth", "/etc/inittab", "/etc/init/x.conf", "/etc/xinetd.d/x", "/etc/inetd.conf",
            "/etc/network/interfaces", "/etc/tmpfiles.d/x.conf" },
        bytes, size);
}
