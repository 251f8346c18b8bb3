#include "analysers/host_state/linux/linux_test_case.hpp"

namespace konseki::host_state::on_linux {
namespace {

using testing::HasSubstr;
using testing::Not;

// covers: L01
TEST(LinuxUnits, AnUnownedUnitWithAHiddenProgramIsAFindingAndAPackagesIsNot)
{
    LinuxCase host;
    host.file("/usr/lib/systemd/system/cron.service", "same", "");
    host.file("/usr/sbin/cron", "same");
    host.unit("/lib/systemd/system/cron.service", "cron.service", "ExecStart=/usr/sbin/cron -f $EXTRA_OPTS");
    host.file("/etc/systemd/system/sysupdate.service", "unowned", "");
    host.file("/usr/local/lib/.sys/updated", "unowned");
    host.unit("/etc/systemd/system/sysupdate.service", "sysupdate.service", "ExecStart=/usr/local/lib/.sys/updated");
    auto const& items = host.items();
    auto const& planted = LinuxCase::the(items, "sysupdate.service");
    EXPECT_EQ(planted.kind, ItemKind::service);
    EXPECT_EQ(planted.location, "L01");
    EXPECT_EQ(planted.target, "/usr/local/lib/.sys/updated");
    EXPECT_GE(planted.score, finding_score);
    EXPECT_THAT(features_of(planted), HasSubstr("linux.unowned linux.hidden_name linux.unowned_program"));
    auto const& packaged = LinuxCase::the(items, "cron.service");
    EXPECT_LT(packaged.score, 0);
    EXPECT_THAT(features_of(packaged), HasSubstr("linux.package_same"));
    EXPECT_EQ(packaged.key, "service|unit system cron.service");
}

TEST(LinuxUnits, TheFolderDecidesWhichFileOfANameWins)
{
    LinuxCase host;
    host.file("/usr/lib/systemd/system/ssh.service", "same", "");
    host.unit("/usr/lib/systemd/system/ssh.service", "ssh.service", "ExecStart=/usr/sbin/sshd -D");
    host.file("/etc/systemd/system/ssh.service", "unowned", "");
    host.unit("/etc/systemd/system/ssh.service", "ssh.service", "ExecStart=/opt/sshd -D");
    auto const& items = host.items();
    auto const& unit = LinuxCase::the(items, "ssh.service");
    EXPECT_EQ(unit.command, "/opt/sshd -D");
    EXPECT_THAT(features_of(unit), HasSubstr("linux.shadows"));
    EXPECT_THAT(features_of(unit), HasSubstr("linux.daemon_elsewhere"));
}

TEST(LinuxUnits, DropInsOfAllFoldersAreMergedAndAnEmptyLineTakesCommandsAway)
{
    LinuxCase host;
    host.file("/usr/lib/systemd/system/ssh.service", "same", "");
    host.file("/usr/sbin/sshd", "same");
    host.unit("/usr/lib/systemd/system/ssh.service", "ssh.service", "ExecStart=/usr/sbin/sshd -D");
    host.file("/etc/systemd/system/ssh.service.d/override.conf", "unowned", "");
    host.unit("/etc/systemd/system/ssh.service.d/override.conf", "ssh.service",
        "ExecStart=\nExecStart=/dev/shm/sshd -D\nExecStartPost=/bin/sh -c 'nohup /tmp/x &'", true);
    auto const& items = host.items();
    auto const& unit = LinuxCase::the(items, "ssh.service");
    EXPECT_EQ(unit.command, "/dev/shm/sshd -D");
    EXPECT_THAT(features_of(unit), HasSubstr("linux.volatile_place"));
    EXPECT_THAT(features_of(unit), HasSubstr("linux.unowned"));
    EXPECT_THAT(features_of(unit), Not(HasSubstr("package_same")));
    EXPECT_GE(unit.score, finding_score);
    EXPECT_EQ(unit.traces.size(), 2U);
}

// covers: L02
TEST(LinuxUnits, ATimerIsJudgedByTheServiceItStarts)
{
    LinuxCase host;
    host.file("/etc/systemd/system/sync.timer", "unowned", "");
    host.file("/etc/systemd/system/sync.service", "unowned", "");
    host.file("/var/tmp/sync", "unowned");
    host.unit("/etc/systemd/system/sync.timer", "sync.timer", "", false, "OnCalendar=*:0/5");
    host.unit("/etc/systemd/system/sync.service", "sync.service", "ExecStart=/var/tmp/sync");
    host.file("/usr/lib/systemd/system/logrotate.timer", "same", "");
    host.unit("/usr/lib/systemd/system/logrotate.timer", "logrotate.timer", "", false, "OnCalendar=daily");
    auto const& items = host.items();
    auto const& timer = LinuxCase::the(items, "timer sync.timer");
    EXPECT_EQ(timer.kind, ItemKind::task);
    EXPECT_EQ(timer.location, "L02");
    EXPECT_EQ(timer.command, "/var/tmp/sync");
    EXPECT_THAT(features_of(timer), HasSubstr("linux.often"));
    EXPECT_THAT(features_of(timer), HasSubstr("coupling.same_file"));
    EXPECT_GE(timer.score, finding_score);
    EXPECT_LT(LinuxCase::the(items, "logrotate.timer").score, 0);
}

// covers: L03
TEST(LinuxUnits, AUnitInAHomeBelongsToItsUser)
{
    LinuxCase host;
    host.file("/home/ann/.config/systemd/user/gvfs-helper.service", "unowned", "");
    host.file("/home/ann/.local/share/.gv/helper", "unowned");
    host.unit("/home/ann/.config/systemd/user/gvfs-helper.service", "gvfs-helper.service",
        "ExecStart=/home/ann/.local/share/.gv/helper");
    host.unit("/usr/lib/systemd/user/gvfs-helper.service", "gvfs-helper.service", "ExecStart=/usr/libexec/gvfsd");
    auto const& items = host.items();
    auto const found = std::count_if(items.begin(), items.end(),
        [](Item const& item) { return item.title.find("gvfs-helper") != std::string::npos; });
    EXPECT_EQ(found, 2); // the user's is another manager's
    auto const& of_user
        = *std::max_element(items.begin(), items.end(), [](Item const& a, Item const& b) { return a.score < b.score; });
    EXPECT_EQ(of_user.location, "L03");
    EXPECT_GE(of_user.score, finding_score);
    EXPECT_THAT(features_of(of_user), HasSubstr("linux.home_place"));
}

// covers: L04
TEST(LinuxUnits, GeneratorsAndSocketsOfNoPackage)
{
    LinuxCase host;
    host.file("/etc/systemd/system-generators/net-gen", "unowned", "script");
    host.start("L04", "generator", "/etc/systemd/system-generators/net-gen", "/etc/systemd/system-generators/net-gen");
    host.file("/usr/lib/systemd/system-generators/systemd-fstab-generator", "same");
    host.start("L04", "generator", "/usr/lib/systemd/system-generators/systemd-fstab-generator",
        "/usr/lib/systemd/system-generators/systemd-fstab-generator");
    host.file("/etc/systemd/system/shell.socket", "unowned", "");
    host.unit("/etc/systemd/system/shell.socket", "shell.socket", "", false, "ListenStream=4444");
    auto const& items = host.items();
    EXPECT_GE(LinuxCase::the(items, "net-gen").score, finding_score);
    EXPECT_LT(LinuxCase::the(items, "systemd-fstab-generator").score, 0);
    auto const& socket = LinuxCase::the(items, "shell.socket");
    EXPECT_EQ(socket.location, "L04");
    EXPECT_THAT(features_of(socket), HasSubstr("location.unusual"));
}

TEST(LinuxUnits, TransientServicesAndPreloadsInUnitsAreTold)
{
    LinuxCase host;
    host.unit("/run/systemd/transient/run-u7.service", "run-u7.service", "ExecStart=/tmp/job");
    LinuxUnitRow row;
    row.path = "/etc/systemd/system/x.service";
    row.name = "x.service";
    row.commands = "ExecStart=/usr/bin/x";
    row.environment = "Environment=LD_PRELOAD=/usr/lib/libx.so";
    row.kind = "service";
    host.put(linux_unit_schema, row);
    auto const& items = host.items();
    EXPECT_EQ(LinuxCase::the(items, "run-u7").location, "L02");
    EXPECT_THAT(features_of(LinuxCase::the(items, "x.service")), HasSubstr("linux.exports_preload"));
}

// covers: L40
TEST(LinuxUnits, AMaskedUnitOfProtectionIsTold)
{
    LinuxCase host;
    host.link("/etc/systemd/system/auditd.service", "/dev/null");
    host.link("/etc/systemd/system/bluetooth.service", "/dev/null");
    host.unit("/usr/lib/systemd/system/auditd.service", "auditd.service", "ExecStart=/sbin/auditd");
    auto const& items = host.items();
    auto const& masked = LinuxCase::the(items, "Masked: auditd.service");
    EXPECT_EQ(masked.location, "L40");
    EXPECT_GT(masked.score, 3);
    EXPECT_TRUE(std::none_of(items.begin(), items.end(),
        [](Item const& item) { return item.title.find("bluetooth") != std::string::npos; }));
}

TEST(LinuxUnits, ADropInOfNoPackageIsToldWithTheUnitItChanges)
{
    LinuxCase host;
    host.file("/usr/lib/systemd/system/cron.service", "same", "");
    host.file("/usr/sbin/cron", "same");
    host.file("/usr/lib/helper", "unowned");
    host.file("/etc/systemd/system/cron.service.d/x.conf", "unowned", "");
    host.unit("/usr/lib/systemd/system/cron.service", "cron.service", "ExecStart=/usr/sbin/cron");
    host.unit("/etc/systemd/system/cron.service.d/x.conf", "cron.service", "ExecStartPost=/usr/lib/helper", true);
    auto const& items = host.items();
    auto const& unit = LinuxCase::the(items, "systemd service cron.service");
    EXPECT_EQ(unit.target, "/usr/lib/helper");
    EXPECT_THAT(features_of(unit), HasSubstr("linux.drop_in"));
    EXPECT_GE(unit.score, finding_score);
}

TEST(LinuxUnits, LinksInWantsFoldersAreNoUnitsOfTheirOwn)
{
    LinuxCase host;
    host.unit("/etc/systemd/system/multi-user.target.wants/cron.service", "cron.service", "ExecStart=/usr/sbin/cron");
    host.unit("/usr/lib/systemd/system/cron.service", "cron.service", "ExecStart=/usr/sbin/cron");
    host.unit("/usr/lib/systemd/system/basic.target", "basic.target", "");
    EXPECT_EQ(host.items().size(), 1U);
}

}
}
