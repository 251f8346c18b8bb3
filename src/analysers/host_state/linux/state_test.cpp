#include "analysers/host_state/linux/linux_test_case.hpp"

namespace konseki::host_state::on_linux {
namespace {

using testing::HasSubstr;
using testing::Not;

// covers: L32
TEST(LinuxFiles, AReplacedProgramIsAFindingAndAChangedConfigurationIsNot)
{
    LinuxCase host;
    host.file("/usr/sbin/sshd", "changed");
    host.file("/etc/ssh/sshd_config", "configuration", "");
    host.file("/usr/share/doc/x/README", "changed", "", 0644);
    host.file("/usr/bin/which", "diverted", "script");
    host.file("/usr/lib/x86_64-linux-gnu/security/pam_x.so", "unowned");
    auto const& items = host.items();
    EXPECT_GE(LinuxCase::the(items, "Replaced program of some-package: /usr/sbin/sshd").score, finding_score);
    EXPECT_THAT(features_of(LinuxCase::the(items, "/usr/bin/which")), HasSubstr("linux.diverted"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "pam_x.so")), HasSubstr("linux.unowned_in_system"));
    EXPECT_EQ(items.size(), 3U);
}

TEST(LinuxFiles, ATreeOfFilesIsOneMatter)
{
    LinuxCase host;
    for (auto const* const name : { "a", "b", "c", "d", "e", "f" }) {
        host.file(format("/usr/lib/node_modules/npm/{}.js", name), "changed", "script");
        host.file(format("/usr/lib/jvm/temurin-25/bin/{}", name), "unowned");
        host.file(format("/srv/chroot/usr/bin/{}", name), "unowned", "elf", 04755);
    }
    host.file("/srv/chroot/var/lib/dpkg/status", "unowned", "", 0644);
    auto const& items = host.items();
    EXPECT_EQ(items.size(), 3U);
    for (auto const& item : items)
        EXPECT_LT(item.score, finding_score) << item.title;
    EXPECT_THAT(
        features_of(LinuxCase::the(items, "Overwritten files of some-package")), HasSubstr("package_overwritten"));
    EXPECT_EQ(LinuxCase::the(items, "Another system's root").traces.size(), 6U);
    EXPECT_THAT(features_of(LinuxCase::the(items, "below /usr/lib/jvm/temurin-25")), HasSubstr("unowned_folder"));
}

// covers: L20 L21
TEST(LinuxFiles, RightsThatNoPackageGaveAreFindings)
{
    LinuxCase host;
    host.file("/usr/bin/sudo", "same", "elf", 04755);
    host.file("/usr/local/bin/helper", "unowned", "elf", 04755);
    host.file("/usr/bin/find", "same", "elf", 04755);
    LinuxFileRow row;
    row.path = "/usr/bin/python3.11";
    row.type = "regular";
    row.package = "python3.11-minimal";
    row.package_state = "same";
    row.capabilities = "cap_setuid=ep";
    row.mode = 0755;
    host.put(linux_file_schema, row);
    row.path = "/usr/bin/ping";
    row.capabilities = "cap_net_raw=ep";
    host.put(linux_file_schema, row);
    auto const& items = host.items();
    EXPECT_LT(LinuxCase::the(items, "/usr/bin/sudo").score, 0);
    EXPECT_LT(LinuxCase::the(items, "/usr/bin/ping").score, 0);
    EXPECT_GE(LinuxCase::the(items, "/usr/local/bin/helper").score, 5);
    EXPECT_GT(LinuxCase::the(items, "/usr/bin/find").score, 4);
    EXPECT_THAT(features_of(LinuxCase::the(items, "python3.11")), HasSubstr("linux.strong_capability"));
}

// covers: L41
TEST(LinuxFiles, HiddenImmutableAndMisplacedFilesAreTold)
{
    LinuxCase host;
    host.file("/dev/shm/x", "unowned");
    host.file("/tmp/build/a.out", "unowned");
    host.file("/tmp/build/lib.so", "unowned");
    host.file("/var/lib/.../x", "unowned", "");
    host.file("/usr/share/man/.man1", "unowned", "", 0644);
    LinuxFileRow row;
    row.path = "/root/.ssh/authorized_keys";
    row.type = "regular";
    row.attributes = "i";
    row.package_state = "unowned";
    host.put(linux_file_schema, row);
    row = {};
    row.type = "regular";
    row.sha256 = "aa";
    row.path = "/usr/bin/dash";
    row.package_state = "same";
    host.put(linux_file_schema, row);
    row.path = "/opt/.x";
    row.package_state = "unowned";
    host.put(linux_file_schema, row);
    auto const& items = host.items();
    EXPECT_GT(LinuxCase::the(items, "Program /dev/shm/x").score, 3);
    EXPECT_EQ(LinuxCase::the(items, "Programs below /tmp/build").traces.size(), 2U);
    EXPECT_THAT(features_of(LinuxCase::the(items, "/var/lib/.../x")), HasSubstr("linux.deceiving_name"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "Immutable file")), HasSubstr("linux.immutable"));
    EXPECT_GE(LinuxCase::the(items, "Copy of dash: /opt/.x").score, finding_score);
}

// covers: L44
TEST(LinuxFiles, AHistoryThatKeepsNothingIsTold)
{
    LinuxCase host;
    host.link("/root/.bash_history", "/dev/null");
    host.link("/etc/systemd/system/x.service", "/dev/null");
    auto const& items = host.items();
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items[0].location, "L44");
}

LinuxProcessRow process(
    std::uint32_t pid, std::string_view name, std::string_view executable, std::string_view state = "present")
{
    LinuxProcessRow row;
    row.pid = pid;
    row.parent_pid = 1;
    row.uid = 0;
    row.user = "root";
    row.name = name;
    row.command_line = executable;
    row.executable = executable;
    row.executable_state = state;
    row.started_at = test::minutes(50'000);
    return row;
}

// covers: L42
TEST(LinuxProcesses, ADeletedProgramCountsUnlessAnUpgradeExplainsIt)
{
    LinuxCase host;
    LinuxPackageRow package;
    package.name = "openssh-server";
    package.installed_at = test::minutes(60'000);
    host.put(linux_package_schema, package);
    host.file("/usr/sbin/nginx", "same");
    host.put(linux_process_schema, process(10, "nginx", "/usr/sbin/nginx", "replaced"));
    host.put(linux_process_schema, process(11, "old", "/usr/lib/x/1.2/old", "deleted"));
    host.put(linux_process_schema, process(12, "udevd", "/var/tmp/udevd", "deleted"));
    host.put(linux_process_schema, process(13, "x", "/memfd:x", "memfd"));
    host.put(linux_process_schema, process(14, "runc", "/memfd:runc_cloned:/proc/self/exe", "memfd"));
    auto const& items = host.items();
    EXPECT_LT(LinuxCase::the(items, "nginx").score, 0);
    EXPECT_THAT(features_of(LinuxCase::the(items, "1.2/old")), HasSubstr("linux.upgraded"));
    auto const& deleted = LinuxCase::the(items, "/var/tmp/udevd");
    EXPECT_GE(deleted.score, 8);
    EXPECT_THAT(features_of(deleted), HasSubstr("linux.deleted_program"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "/memfd:x")), HasSubstr("linux.memory_program"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "runc_cloned")), Not(HasSubstr("linux.memory_program")));
}

// covers: L42
TEST(LinuxProcesses, WhatIsPartOfTheCollectionIsListedAndItsPlaceIsNotHeldAgainstIt)
{
    LinuxCase host;
    host.file("/work/main/tools/first-look", "unowned", "script");
    auto row = process(20, "first-look", "/usr/bin/bash");
    row.command_line = "bash /work/main/tools/first-look";
    host.put(linux_process_schema, row); // somebody else's, by the same words
    row.pid = 21;
    row.of_collection = "ancestor";
    host.put(linux_process_schema, row);
    auto odd = process(22, "launcher", "/memfd:x", "memfd");
    odd.of_collection = "ancestor";
    host.put(linux_process_schema, odd);
    host.put(linux_process_schema, process(23, "konseki", "/dev/shm/konseki collect"));
    auto const& items = host.items();
    EXPECT_LT(LinuxCase::the(items, "first-look by bash (part of the collection)").score, 0);
    std::size_t same_words = 0;
    for (auto const& item : items)
        if (item.title == "Process /work/main/tools/first-look by bash") {
            ++same_words;
            EXPECT_THAT(features_of(item), HasSubstr("linux.own_root_folder"));
        }
    EXPECT_EQ(same_words, 1U);
    EXPECT_THAT(features_of(LinuxCase::the(items, "/memfd:x (part")), HasSubstr("linux.memory_program"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "/dev/shm/konseki")), HasSubstr("linux.volatile_place"));
}

// covers: L42
TEST(LinuxProcesses, WhatListsAndProcSayOfOneProcessIsJoinedWhicheverComesFirst)
{
    LinuxProcessRow listed;
    listed.pid = 40;
    listed.parent_pid = 1;
    listed.uid = 33;
    listed.user = "www-data";
    listed.name = "other";
    listed.command_line = "/dev/shm/other -d";
    listed.started_at = test::minutes(50'000);
    LinuxProcessRow of_proc;
    of_proc.pid = 40;
    of_proc.executable = "/dev/shm/other";
    of_proc.executable_state = "deleted";
    of_proc.preload = "LD_PRELOAD=/dev/shm/x.so";
    auto again = process(40, "cron", "/usr/sbin/cron"); // the number was given again
    again.started_at = test::minutes(60'000);
    for (auto const is_list_first : { true, false }) {
        LinuxCase host;
        host.put(linux_process_schema, is_list_first ? listed : of_proc);
        host.put(linux_process_schema, is_list_first ? of_proc : listed);
        host.put(linux_process_schema, again);
        auto const& items = host.items();
        ASSERT_EQ(items.size(), 1U);
        EXPECT_EQ(items[0].command, "/dev/shm/other -d");
        EXPECT_THAT(features_of(items[0]), HasSubstr("linux.deleted_program"));
        EXPECT_THAT(features_of(items[0]), HasSubstr("linux.preloaded"));
    }
}

TEST(LinuxProcesses, AProcessThatPlaysAThreadOfTheKernelIsAFinding)
{
    LinuxCase host;
    host.put(linux_process_schema, process(2, "kthreadd", {}, "kernel"));
    host.put(linux_process_schema, process(30, "kworker/0:1", {}, "kernel"));
    host.put(linux_process_schema, process(31, "[kworker/0:2]", "/usr/local/bin/k"));
    auto row = process(32, "sshd", "/opt/z");
    row.command_line = "/usr/sbin/sshd -D";
    host.put(linux_process_schema, row);
    host.file("/opt/z", "unowned");
    auto hidden = process(33, "h", "/usr/bin/h");
    hidden.hidden_from = "readdir";
    host.put(linux_process_schema, hidden);
    auto const& items = host.items();
    EXPECT_EQ(items.size(), 3U);
    EXPECT_GE(LinuxCase::the(items, "/usr/local/bin/k").score, finding_score);
    EXPECT_THAT(features_of(LinuxCase::the(items, "/opt/z")), HasSubstr("linux.masquerade"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "/usr/bin/h")), HasSubstr("linux.hidden_process"));
}

TEST(LinuxProcesses, ShellsOfServersAndOnTheNetworkAndPreloadsAreTold)
{
    LinuxCase host;
    host.file("/usr/bin/dash", "same");
    host.file("/usr/sbin/nginx", "same");
    host.put(linux_process_schema, process(40, "nginx", "/usr/sbin/nginx"));
    auto shell = process(41, "sh", "/usr/bin/dash");
    shell.parent_pid = 40;
    shell.command_line = "sh -c id";
    host.put(linux_process_schema, shell);
    auto loaded = process(42, "sshd", "/usr/sbin/sshd");
    loaded.preload = "LD_PRELOAD=/dev/shm/a.so";
    loaded.odd_maps = "/dev/shm/a.so";
    loaded.working_folder = "/dev/shm";
    loaded.tracer_pid = 41;
    host.put(linux_process_schema, loaded);
    LinuxSocketRow socket;
    socket.protocol = "tcp";
    socket.state = "established";
    socket.remote_address = "203.0.113.9";
    socket.remote_port = 443;
    socket.pid = 41;
    host.put(linux_socket_schema, socket);
    auto const& items = host.items();
    auto const& bad = LinuxCase::the(items, "/usr/bin/dash");
    EXPECT_THAT(features_of(bad), HasSubstr("linux.shell_of_server"));
    EXPECT_THAT(features_of(bad), HasSubstr("linux.shell_on_network"));
    auto const& sshd = LinuxCase::the(items, "/usr/sbin/sshd");
    for (auto const* const feature : { "linux.preloaded", "linux.odd_map", "linux.working_folder", "linux.traced" })
        EXPECT_THAT(features_of(sshd), HasSubstr(feature));
    EXPECT_LT(LinuxCase::the(items, "/usr/sbin/nginx").score, 0);
}

// covers: L43
TEST(LinuxProcesses, RawSocketsOfNoPackageAndSocketsOfNobodyAreTold)
{
    LinuxCase host;
    host.file("/usr/sbin/dhclient", "same");
    host.file("/var/lib/.kd/kd", "unowned");
    host.put(linux_process_schema, process(50, "dhclient", "/usr/sbin/dhclient"));
    host.put(linux_process_schema, process(51, "kd", "/var/lib/.kd/kd"));
    auto const put_socket = [&](std::string_view protocol, std::optional<std::uint32_t> pid, std::uint32_t port) {
        LinuxSocketRow row;
        row.protocol = protocol;
        if (protocol == "tcp")
            row.state = "listen";
        row.local_address = "0.0.0.0";
        row.local_port = port;
        row.pid = pid;
        row.inode = 77;
        host.put(linux_socket_schema, row);
    };
    put_socket("packet", 50, 3);
    put_socket("packet", 51, 3);
    put_socket("tcp", 51, 4444);
    put_socket("tcp", std::nullopt, 31337);
    put_socket("tcp", std::nullopt, 2049);
    auto const& items = host.items();
    EXPECT_LT(LinuxCase::the(items, "dhclient").score, 0);
    auto const& door = LinuxCase::the(items, "/var/lib/.kd/kd");
    EXPECT_GE(door.score, finding_score);
    EXPECT_THAT(features_of(door), HasSubstr("linux.raw_socket"));
    EXPECT_EQ(door.location, "L43");
    EXPECT_EQ(LinuxCase::the(items, "of no process").location, "L43");
}

// covers: L22
TEST(LinuxKernel, ModulesWithoutFileSignatureOrListEntryAreTold)
{
    LinuxCase host;
    for (auto const* const name : { "ext4", "xfs", "kvm", "snd", "usbcore" }) {
        LinuxModuleRow row;
        row.name = name;
        row.path = "/usr/lib/modules/6.1.0/kernel/x.ko";
        row.package = "linux-image-6.1.0";
        row.seen_in = "proc sys";
        row.is_signed = true;
        host.put(linux_module_schema, row);
    }
    LinuxModuleRow row;
    row.name = "diamorphine";
    row.seen_in = "sys";
    row.taints = "OE";
    host.put(linux_module_schema, row);
    auto const& items = host.items();
    auto const& bad = LinuxCase::the(items, "diamorphine");
    EXPECT_GE(bad.score, 4);
    for (auto const* const feature : { "linux.no_module_file", "linux.unsigned_module", "linux.hidden_module" })
        EXPECT_THAT(features_of(bad), HasSubstr(feature));
    EXPECT_LT(LinuxCase::the(items, "ext4").score, 0);
}

TEST(LinuxKernel, WhereNoModuleHasAFileNoneIsBlamedForIt)
{
    LinuxCase host;
    for (auto const* const name : { "ext4", "xfs", "kvm" }) {
        LinuxModuleRow row;
        row.name = name;
        row.seen_in = "proc sys";
        host.put(linux_module_schema, row);
    }
    for (auto const& item : host.items())
        EXPECT_EQ(item.terms.size(), 0U);
}

// covers: L23
TEST(LinuxKernel, EbpfProgramsThatWatchAreToldWithTheirHolders)
{
    LinuxCase host;
    host.file("/usr/lib/systemd/systemd", "same");
    host.file("/opt/.obs", "unowned");
    host.put(linux_process_schema, process(1, "systemd", "/usr/lib/systemd/systemd"));
    host.put(linux_process_schema, process(60, "obs", "/opt/.obs"));
    auto const put_program = [&](std::string_view type, std::string_view name, std::string_view holders) {
        LinuxBpfRow row;
        row.kind = "program";
        row.type = type;
        row.name = name;
        row.holders = holders;
        host.put(linux_bpf_schema, row);
    };
    put_program("cgroup_device", "sd_devices", "1/systemd");
    put_program("kprobe", "hook", "60/obs");
    put_program("socket_filter", "wait", "");
    auto const& items = host.items();
    EXPECT_LE(LinuxCase::the(items, "sd_devices").score, 0);
    EXPECT_GE(LinuxCase::the(items, "hook (kprobe)").score, finding_score);
    EXPECT_THAT(features_of(LinuxCase::the(items, "wait")), HasSubstr("linux.nobody_holds"));
}

TEST(LinuxTimes, WhatCameInTheLastDaysWithoutAPackageIsTold)
{
    LinuxCase host;
    LinuxFileRow row;
    row.path = "/etc/cron.d/x";
    row.type = "regular";
    row.package_state = "unowned";
    row.changed_at = test::minutes(99'000);
    row.born_at = test::minutes(99'000);
    row.modified_at = test::minutes(-1'000'000);
    host.put(linux_file_schema, row);
    host.start("L05", "cron", "/etc/cron.d/x", "/usr/local/bin/x", "root");
    auto const& items = host.items();
    EXPECT_THAT(features_of(LinuxCase::the(items, "cron.d/x")), HasSubstr("linux.newest"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "cron.d/x")), HasSubstr("linux.backdated"));
}

}
}
