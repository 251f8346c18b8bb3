#include "analysers/host_state/linux/linux_test_case.hpp"

namespace konseki::host_state::on_linux {
namespace {

using testing::HasSubstr;
using testing::Not;

void put_account(LinuxCase& host, std::string_view name, std::uint32_t uid, std::string_view shell,
    std::string_view state, std::string_view groups = {}, std::string_view home = "/home/x")
{
    LinuxAccountRow row;
    row.name = name;
    row.uid = uid;
    row.shell = shell;
    row.password_state = state;
    row.groups = groups;
    row.home = home;
    row.path = "/etc/passwd";
    host.put(linux_account_schema, row);
}

// covers: L17
TEST(LinuxAccess, AccountsThatAreNotWhatTheySeem)
{
    LinuxCase host;
    put_account(host, "root", 0, "/bin/bash", "locked");
    put_account(host, "toor", 0, "/bin/bash", "set");
    put_account(host, "games", 5, "/bin/bash", "set");
    put_account(host, "postgres", 110, "/bin/bash", "locked");
    put_account(host, "guest", 1005, "/bin/sh", "empty");
    put_account(host, "ann", 1000, "/bin/bash", "set", "sudo adm");
    put_account(host, "daemon", 1, "/usr/sbin/nologin", "locked");
    auto const& items = host.items();
    EXPECT_GE(LinuxCase::the(items, "Account toor (0)").score, finding_score);
    EXPECT_GE(LinuxCase::the(items, "Account games").score, finding_score);
    EXPECT_THAT(features_of(LinuxCase::the(items, "Account guest")), HasSubstr("linux.empty_password"));
    EXPECT_GE(LinuxCase::the(items, "Account guest").score, 5);
    for (auto const* const harmless : { "Account root", "Account postgres", "Account ann", "Account daemon" })
        EXPECT_LT(LinuxCase::the(items, harmless).score, 3) << harmless;
}

// covers: L15
TEST(LinuxAccess, KeysWithCommandsAndOfServicesAreTold)
{
    LinuxCase host;
    put_account(host, "www-data", 33, "/usr/sbin/nologin", "locked");
    put_account(host, "ann", 1000, "/bin/bash", "set");
    auto const put_key
        = [&](std::string_view path, std::string_view user, std::string_view command, std::string_view comment) {
              LinuxKeyRow row;
              row.path = path;
              row.user = user;
              row.command = command;
              row.comment = comment;
              row.fingerprint = "SHA256:abc";
              row.type = "ssh-ed25519";
              host.put(linux_key_schema, row);
          };
    put_key("/root/.ssh/authorized_keys", "root", "/usr/local/lib/.k", "backup@nas");
    put_key("/var/www/.ssh/authorized_keys", "www-data", {}, "kali@kali");
    put_key("/home/ann/.ssh/authorized_keys", "ann", {}, "ann@laptop");
    put_key("/root/.ssh/authorized_keys", "root", "rsync --server --sender -logDtpre.iLsfxC . /srv", "backup@store");
    put_key("/root/.ssh/authorized_keys", "root", "rsync --server; /tmp/x", "other@store");
    host.file("/usr/local/lib/.k", "unowned");
    auto const& items = host.items();
    auto const& forced = LinuxCase::the(items, "backup@nas");
    EXPECT_GE(forced.score, finding_score);
    EXPECT_EQ(forced.command, "/usr/local/lib/.k");
    EXPECT_THAT(features_of(LinuxCase::the(items, "kali@kali")), HasSubstr("linux.system_account_key"));
    EXPECT_LT(LinuxCase::the(items, "ann@laptop").score, 1);
    EXPECT_LT(LinuxCase::the(items, "backup@store").score, 2);
    EXPECT_THAT(features_of(LinuxCase::the(items, "other@store")), HasSubstr("linux.key_command"));
}

// covers: L18 L19
TEST(LinuxAccess, RightsOfServicesAndForShellsAndRulesThatAlwaysSayYesAreTold)
{
    LinuxCase host;
    put_account(host, "www-data", 33, "/usr/sbin/nologin", "locked");
    auto const put = [&](std::string_view location, std::string_view path, std::string_view section,
                         std::string_view name, std::string_view value, std::string_view user = {}) {
        LinuxSettingRow row;
        row.location = location;
        row.path = path;
        row.section = section;
        row.name = name;
        row.value = value;
        if (!user.empty())
            row.user = user;
        host.put(linux_setting_schema, row);
    };
    put("L18", "/etc/sudoers", "rule", "%sudo", "ALL=(ALL:ALL) ALL", "%sudo");
    put("L18", "/etc/sudoers", "Defaults", "env_reset", "");
    put("L18", "/etc/sudoers.d/www", "rule", "www-data", "ALL=(ALL) NOPASSWD: ALL", "www-data");
    put("L18", "/etc/sudoers.d/find", "rule", "ann", "ALL=(root) NOPASSWD: /usr/bin/find, /bin/ls", "ann");
    put("L18", "/etc/sudoers.d/deploy", "rule", "dep", "ALL=(ALL) NOPASSWD: /usr/bin/systemctl restart nginx", "dep");
    put("L18", "/etc/sudoers.d/env", "Defaults", "env_keep", "+= LD_PRELOAD");
    put("L18", "/etc/sudoers.d/x.bak", "rule, passed over", "eve", "ALL=(ALL) NOPASSWD: ALL", "eve");
    put("L19", "/etc/polkit-1/rules.d/1.rules", "polkit rule", "",
        "YES: function(action, subject) { return polkit.Result.YES; }");
    put("L19", "/usr/share/polkit-1/rules.d/50.rules", "polkit rule", "", "AUTH_ADMIN: function(action, subject) {}");
    auto const& items = host.items();
    EXPECT_LT(LinuxCase::the(items, "/etc/sudoers: %sudo").score, 1);
    auto const& service = LinuxCase::the(items, "/etc/sudoers.d/www");
    EXPECT_THAT(features_of(service), HasSubstr("linux.right_of_service"));
    EXPECT_GE(service.score, finding_score);
    EXPECT_THAT(features_of(LinuxCase::the(items, "/etc/sudoers.d/find")), HasSubstr("linux.shell_way"));
    EXPECT_LT(LinuxCase::the(items, "/etc/sudoers.d/deploy").score, 1);
    EXPECT_THAT(features_of(LinuxCase::the(items, "/etc/sudoers.d/env")), HasSubstr("linux.exports_preload"));
    EXPECT_THAT(features_of(LinuxCase::the(items, "1.rules")), HasSubstr("linux.asks_nothing"));
    EXPECT_LE(LinuxCase::the(items, "50.rules").score, 0);
    EXPECT_EQ(
        std::count_if(items.begin(), items.end(), [](Item const& item) { return item.kind == ItemKind::setting; }), 8);
}

// covers: L13 L16 L34 L46
TEST(LinuxAccess, SettingsThatOpenOrHideAreTold)
{
    LinuxCase host;
    auto const put_setting = [&](std::string_view location, std::string_view path, std::string_view name,
                                 std::string_view value, std::string_view section = {}) {
        LinuxSettingRow row;
        row.location = location;
        row.section = section;
        row.path = path;
        row.name = name;
        row.value = value;
        host.put(linux_setting_schema, row);
    };
    put_setting("L16", "/etc/ssh/sshd_config", "AuthorizedKeysFile", "/var/cache/.keys/%u");
    put_setting("L16", "/etc/ssh/sshd_config", "AuthorizedKeysCommand", "/usr/local/lib/.k");
    put_setting("L16", "/etc/ssh/sshd_config", "X11Forwarding", "yes");
    put_setting("L13", "/etc/ld.so.conf.d/00.conf", "folder", "/dev/shm/lib");
    put_setting("L13", "/etc/ld.so.conf.d/libc.conf", "folder", "/usr/local/lib");
    put_setting("L34", "/etc/php/8.2/fpm/php.ini", "auto_prepend_file", "/tmp/.p.php");
    put_setting("L46", "/etc/apt/sources.list.d/x.list", "options", "[trusted=yes]");
    put_setting("L46", "/etc/hosts", "ftp.jp.debian.org", "192.0.2.9", "hosts");
    put_setting("L46", "/etc/hosts", "db.corp.example", "10.0.0.9", "hosts");
    put_setting("L46", "/usr/local/share/ca-certificates/x.crt", "x.crt", "sha256:00", "certificate");
    put_setting("L40", "/etc/selinux/config", "SELINUX", "disabled");
    put_setting("L40", "/etc/selinux/config", "SELINUXTYPE", "targeted");
    auto const& items = host.items();
    EXPECT_EQ(items.size(), 8U);
    EXPECT_THAT(
        features_of(LinuxCase::the(items, "/etc/hosts: ftp.jp.debian.org is 192.0.2.9")), HasSubstr("location.rare"));
    EXPECT_THAT(LinuxCase::the(items, "authority added: x.crt").location, "L46");
    EXPECT_GE(LinuxCase::the(items, "/dev/shm/lib").score, 4);
    EXPECT_GE(LinuxCase::the(items, "AuthorizedKeysFile").score, 4);
    EXPECT_THAT(features_of(LinuxCase::the(items, "auto_prepend_file")), HasSubstr("location.rare"));
    EXPECT_LT(LinuxCase::the(items, "SELINUX disabled").score, finding_score);
    EXPECT_GT(LinuxCase::the(items, "trusted=yes").score, 0);
}

}
}
