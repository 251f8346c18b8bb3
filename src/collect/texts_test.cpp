#include "base/text.hpp"
#include "collect/chosen.hpp"
#include "collect/files.hpp"
#include "collect/hidden.hpp"
#include "collect/host.hpp"
#include "collect/kernel.hpp"
#include "collect/mounts.hpp"
#include "collect/sockets.hpp"
#include <gtest/gtest.h>

namespace konseki::collect {

TEST(ProcessTexts, AStatLineThatIsCutGivesNothing)
{
    std::string const whole = "7 (n) S 1 2 3 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 99 0 0";
    ASSERT_TRUE(parse_stat(whole).has_value());
    EXPECT_EQ(parse_stat(whole)->start_ticks, 99U);
    for (std::size_t size = 0; size < 40; ++size)
        EXPECT_FALSE(parse_stat(std::string_view(whole).substr(0, size)).has_value()) << size;
    EXPECT_FALSE(parse_stat(")(").has_value());
}

TEST(ProcessTexts, TheCollectionIsTheCollectorItsChildrenAndItsAncestorsOfOneSession)
{
    auto const process = [](std::string_view name, std::uint32_t parent, std::uint32_t session) {
        ProcessStat stat;
        stat.name = name;
        stat.parent_pid = parent;
        stat.session_id = session;
        return stat;
    };
    std::map<std::uint32_t, ProcessStat> processes { { 1, process("systemd", 0, 1) }, { 50, process("sshd", 1, 50) },
        { 60, process("bash", 50, 60) }, { 61, process("vim", 60, 60) }, { 70, process("first-look", 60, 60) },
        { 71, process("konseki", 70, 60) }, { 72, process("konseki", 71, 60) }, { 73, process("konseki", 72, 60) },
        { 74, process("konseki", 60, 60) } };
    std::map<std::uint32_t, std::string_view> const expected { { 60, "ancestor" }, { 70, "ancestor" }, { 71, "itself" },
        { 72, "itself" }, { 73, "itself" } };
    EXPECT_EQ(processes_of_collection(processes, 71), expected); // not 74: a name makes nobody part of it
    processes[65] = process("sudo", 60, 60); // sudo gives what it starts a session of its own
    processes[66] = process("sudo", 65, 66);
    processes[70] = process("first-look", 66, 66);
    auto const with_sudo = processes_of_collection(processes, 71);
    EXPECT_EQ(with_sudo.size(), 7U);
    EXPECT_EQ(with_sudo.count(60), 1U);
    EXPECT_EQ(with_sudo.count(50), 0U);
    processes[70].parent_pid = 73; // never ends by itself
    EXPECT_GE(processes_of_collection(processes, 71).size(), 4U);
    EXPECT_TRUE(processes_of_collection({}, 71).empty());
}

TEST(ProcessTexts, TerminalsHaveTheNamesThatUsersSee)
{
    EXPECT_EQ(terminal_name(0), "");
    EXPECT_EQ(terminal_name(136U << 8 | 5), "pts/5");
    EXPECT_EQ(terminal_name(137U << 8 | 1), "pts/257");
    EXPECT_EQ(terminal_name(4U << 8 | 1), "tty1");
    EXPECT_EQ(terminal_name(4U << 8 | 64), "ttyS0");
    EXPECT_EQ(terminal_name(204U << 8 | 64), "204:64");
}

TEST(ProcessTexts, TheDeepestUnitAndTheContainerComeFromTheControlGroup)
{
    std::string const id(64, 'b');
    EXPECT_EQ(
        parse_control_group("0::/user.slice/user-0.slice/user@0.service/app.slice/x.service\n").unit, "x.service");
    EXPECT_EQ(parse_control_group("0::/system.slice\n").unit, "system.slice");
    EXPECT_EQ(parse_control_group("12:memory:/docker/" + id + "\n0::/\n").container, id);
    EXPECT_EQ(parse_control_group("0::/kubepods.slice/pod1.slice/cri-containerd-" + id + ".scope\n").container, id);
    EXPECT_EQ(parse_control_group("0::/lxc.payload.web/init.scope\n").container, "web");
    EXPECT_EQ(parse_control_group("0::/machine.slice/machine-vm1.scope\n").container, "vm1");
    EXPECT_EQ(parse_control_group("0::/x" + std::string(63, 'a') + "\n").container, "");
    EXPECT_EQ(parse_control_group("garbage").unit, "");
}

TEST(ProcessTexts, OddMapsAreNamedOnceAndCounted)
{
    EXPECT_EQ(odd_maps("1-2 r-xp 0 08:01 1 /usr/lib/x.so\n1-2 rwxp 0 00:00 0 [heap]\n1-2 rwxp 0 00:00 0\n"
                       "1-2 rwxp 0 00:00 0 \n1-2 r-xp 0 00:00 0 [vdso]\n1-2 r-xp 0 08:01 1 /lib/old.so (deleted)\n",
                  8),
        "rwx [heap]|rwx anonymous|/lib/old.so (deleted)");
    EXPECT_EQ(odd_maps("1-2 r-xp 0 08:01 1 /tmp/a\n1-2 r-xp 0 08:01 1 /tmp/b\n1-2 r-xp 0 08:01 1 /tmp/c\n", 2),
        "/tmp/a|/tmp/b|and 1 more");
    EXPECT_EQ(odd_maps("x", 8), "");
}

TEST(Environment, OnlyWhatLooksLikeASecretIsMasked)
{
    for (auto const* kept : { "PATH=/usr/bin", "SSH_AUTH_SOCK=/tmp/agent", "XDG_SESSION_ID=4", "LANG=C", "EMPTY_KEY=",
             "INVOCATION_ID=0123456789abcdef0123456789abcdef", "URL=https://host/path", "HISTFILE=/dev/null", "PWD=/" })
        EXPECT_EQ(masked_variable(kept), kept);
    EXPECT_EQ(masked_variable("AWS_SECRET_ACCESS_KEY=abcd"), "AWS_SECRET_ACCESS_KEY=<masked, 4 bytes>");
    EXPECT_EQ(masked_variable("X=ghp_abc"), "X=<masked, 7 bytes>");
    EXPECT_EQ(masked_variable("DB=postgres://u:p@h/d"), "DB=<masked, 18 bytes>");
    EXPECT_EQ(masked_variable("X=0123456789abcdef0123456789abcdef"), "X=<masked, 32 bytes>");
}

TEST(Hidden, AProcessThatAnswersAndIsNotListedIsFound)
{
    std::set<std::uint32_t> listed { 1, 2 };
    std::set<std::uint32_t> alive { 1, 2, 3, 4, 5 };
    ProcessQuestions const ask {
        .list = [&] { return listed; },
        .answers_kill = [&](std::uint32_t pid) { return alive.contains(pid) && pid != 5; },
        .answers_group = [&](std::uint32_t pid) { return alive.contains(pid); },
        .is_listed_thread = [](std::uint32_t pid) { return pid == 3; },
    };
    auto const found = hidden_processes(ask, 100);
    EXPECT_EQ(found, (std::map<std::uint32_t, std::string> { { 4, "readdir" }, { 5, "readdir kill" } }));
}

TEST(Hidden, WhatBeginsOrEndsMeanwhileIsNotHidden)
{
    int asked = 0;
    int killed = 0;
    ProcessQuestions const ask {
        .list =
            [&] {
                return asked++ == 0 ? std::set<std::uint32_t> { 1 } : std::set<std::uint32_t> { 1, 7 };
            },
        .answers_kill = [&](std::uint32_t pid) { return pid == 7 || (pid == 8 && killed++ == 0); },
        .answers_group = [](std::uint32_t) { return false; },
        .is_listed_thread = [](std::uint32_t) { return false; },
    };
    EXPECT_TRUE(hidden_processes(ask, 10).empty());
}

TEST(Addresses, AreReadAsTheKernelPrintsThem)
{
    EXPECT_EQ(ipv4_text("0100007F"), "127.0.0.1");
    EXPECT_EQ(ipv6_text("B80D0120000000000000000001000000"), "2001:db8::1");
    EXPECT_EQ(ipv4_text("0100007"), std::nullopt);
    EXPECT_EQ(ipv6_text("B80D01200000000000000000010000ZZ"), std::nullopt);
}

TEST(Mounts, EscapesOfTheKernelAreUndone)
{
    auto const mounts = parse_mountinfo("36 35 98:0 /sub /mnt\\0401 rw shared:1 master:2 - ext4 /dev/sd\\134x rw\n"
                                        "short line\n1 2 3 4 5 6 7 8\n");
    ASSERT_EQ(mounts.size(), 1U);
    EXPECT_EQ(mounts[0].point, "/mnt 1");
    EXPECT_EQ(mounts[0].device, "/dev/sd\\x");
    EXPECT_EQ(mounts[0].root, "/sub");
    EXPECT_EQ(mounts[0].options, "rw,rw");
    EXPECT_TRUE(is_network_file_system("fuse.sshfs"));
    EXPECT_TRUE(is_network_file_system("cifs"));
    EXPECT_FALSE(is_network_file_system("fuseblk"));
    EXPECT_FALSE(is_network_file_system("ext4"));
}

TEST(Files, CapabilitiesReadAsGetcapWritesThem)
{
    // vfs_cap_data revision 2, effective: cap_net_raw (13) permitted
    std::array<unsigned char, 20> const raw { 1, 0, 0, 2, 0, 0x20, 0, 0 };
    EXPECT_EQ(capabilities_text(std::as_bytes(std::span(raw))), "cap_net_raw=ep");
    std::array<unsigned char, 20> const two { 0, 0, 0, 2, 0x80, 0x20, 0, 0, 0x80, 0, 0, 0 };
    EXPECT_EQ(capabilities_text(std::as_bytes(std::span(two))), "cap_setuid=ip cap_net_raw=p");
    for (std::size_t size = 0; size < raw.size(); ++size)
        EXPECT_EQ(capabilities_text(std::as_bytes(std::span(raw).first(size))), "") << size;
}

TEST(Chosen, PatternsFitNamesWithinOneFolder)
{
    EXPECT_TRUE(matches_name("python3.11", "python*"));
    EXPECT_TRUE(matches_name("a.b.pth", "*.pth"));
    EXPECT_TRUE(matches_name("xaab", "x*ab"));
    EXPECT_FALSE(matches_name("python", "python*x"));
    EXPECT_TRUE(matches_any("usercustomize.py", "*.pth|sitecustomize.py|usercustomize.py"));
    EXPECT_FALSE(matches_any("custom.py", "*.pth|sitecustomize.py"));
}

TEST(Chosen, EveryChoiceIsAnAbsolutePathOrInAHome)
{
    for (auto const choices : { chosen_files(), chosen_logs() })
        for (auto const& choice : choices) {
            EXPECT_TRUE(choice.folder.starts_with("/") || choice.folder.starts_with("~/")) << choice.folder;
            EXPECT_FALSE(choice.names.empty()) << choice.folder;
        }
}

TEST(Chosen, KeysAreKnownByNameAndByContent)
{
    EXPECT_TRUE(is_secret_name("/etc/ssl/private/x.pem"));
    EXPECT_TRUE(is_secret_name("/root/.netrc"));
    EXPECT_FALSE(is_secret_name("/etc/shadow"));
    EXPECT_TRUE(holds_private_key("text\n-----BEGIN EC PRIVATE KEY-----\n"));
    EXPECT_FALSE(holds_private_key("ssh-rsa AAAA\n-----BEGIN CERTIFICATE-----\n"));
}

TEST(Host, ValuesOfOsReleaseLoseTheirQuotes)
{
    EXPECT_EQ(value_in_os_release("ID_LIKE=x\nID='rhel'\n", "ID"), "rhel");
    EXPECT_EQ(value_in_os_release("VERSION_ID=\"9.3\"", "VERSION_ID"), "9.3");
    EXPECT_EQ(value_in_os_release("", "ID"), "");
}

TEST(Modules, NamesAndSignaturesAreThoseOfTheKernel)
{
    EXPECT_EQ(module_name_of("kernel/net/nf-log.ko.xz"), "nf_log");
    EXPECT_TRUE(ends_with_signature("x~Module signature appended~\n"));
    EXPECT_FALSE(ends_with_signature("~Module signature appended~\nx"));
}

TEST(Bpf, TypesHaveTheNamesOfBpftool)
{
    EXPECT_EQ(bpf_program_type(1), "socket_filter");
    EXPECT_EQ(bpf_program_type(6), "xdp");
    EXPECT_EQ(bpf_map_type(1), "hash");
    EXPECT_EQ(bpf_link_type(7), "perf_event");
    EXPECT_EQ(bpf_program_type(9'999), "");
}

}
