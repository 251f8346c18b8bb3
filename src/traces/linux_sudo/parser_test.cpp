#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_sudo/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_sudo {

namespace {

void parse_all(std::string_view content, std::string_view name, test::CollectingContext& collected)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
}

std::string sample(std::string_view name)
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_sudo/testdata/" + std::string(name));
}

// "section|name|user|value"
std::vector<std::string> lines(test::CollectingContext const& collected)
{
    std::vector<std::string> texts;
    for (auto row : collected.rows("linux.setting"))
        texts.push_back(format("{}|{}|{}|{}", row["section"], row["name"], row["user"], row["value"]));
    return texts;
}

using List = std::vector<std::string>;

}

// covers: L18
TEST(LinuxSudo, DefaultsAliasesRulesAndCommandsAreRows)
{
    auto const content = sample("sudoers");
    EXPECT_EQ(parser.sniff(as_bytes(content), "[root]/etc/sudoers"), Sniff::sure);
    test::CollectingContext collected;
    parse_all(content, "[root]/etc/sudoers", collected);
    EXPECT_EQ(lines(collected),
        (List { "Defaults|env_reset||", "Defaults|mail_badpass||", "Defaults:hanako|!authenticate||",
            "Defaults|secure_path||/usr/sbin:/usr/bin", "Defaults|env_keep+||LD_PRELOAD HOME",
            "User_Alias|ADMINS||taro, %wheel", "User_Alias|OPS||jiro",
            "Cmnd_Alias|EDIT||/usr/bin/vim,     /usr/bin/less", "rule|root|root|ALL=(ALL:ALL) ALL",
            "command|as:ALL:ALL escape|root|ALL",
            "rule|%sudo, hanako|%sudo, hanako|ALL = (root) NOPASSWD:SETENV: /usr/bin/vim, PASSWD: /bin/ls /a\\,b : "
            "db=/bin/x",
            "command|NOPASSWD SETENV as:root escape|%sudo, hanako|/usr/bin/vim",
            "command|SETENV PASSWD as:root|%sudo, hanako|/bin/ls /a\\,b", "command||%sudo, hanako|/bin/x",
            "rule|#1000|#1000|ALL=NOPASSWD: ALL", "command|NOPASSWD escape|#1000|ALL",
            "include|includedir||/etc/sudoers.d" }));
    EXPECT_EQ(collected.diagnostics.list.size(), 1U);
    EXPECT_EQ(collected.rows("linux.setting").at(8).at("line"), "8");
}

TEST(LinuxSudo, FilesThatSudoPassesOverSaySo)
{
    test::CollectingContext collected;
    parse_all("h ALL=ALL\n", "/etc/sudoers.d/x.conf", collected);
    EXPECT_EQ(lines(collected), (List { "rule, passed over|h|h|ALL=ALL", "command, passed over|escape|h|ALL" }));
}

TEST(LinuxSudo, DoasAndPluginsOfSudo)
{
    test::CollectingContext collected;
    parse_all("# c\npermit nopass keepenv :wheel as root cmd vi\ndeny h\npermit setenv { A=b } x\n", "/etc/doas.conf",
        collected);
    parse_all("Plugin sudoers_policy /tmp/x.so\nPath askpass /x\n", "/etc/sudo.conf", collected);
    EXPECT_EQ(lines(collected),
        (List { "permit nopass keepenv|:wheel|:wheel|as root cmd vi", "deny|h|h|", "permit setenv|x|x|",
            "Plugin|sudoers_policy||/tmp/x.so", "Path|askpass||/x" }));
    ASSERT_EQ(collected.rows("linux.autostart").size(), 1U);
    EXPECT_EQ(collected.rows("linux.autostart").at(0).at("command"), "/tmp/x.so");
}

// covers: L19
TEST(LinuxSudo, PolkitRulesAreCutOutWithTheirAnswers)
{
    test::CollectingContext collected;
    parse_all(sample("50-x.rules"), "/etc/polkit-1/rules.d/50-x.rules", collected);
    auto const rows = collected.rows("linux.setting");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("name"), "org.freedesktop.policykit.exec");
    EXPECT_TRUE(rows[0].at("value").starts_with("YES spawn: polkit.addRule(function"));
    EXPECT_TRUE(rows[0].at("value").ends_with("})"));
    EXPECT_EQ(rows[0].at("line"), "2");
    EXPECT_EQ(rows[1].at("line"), "8");
    auto const spawned = collected.rows("linux.autostart");
    ASSERT_EQ(spawned.size(), 1U);
    EXPECT_EQ(spawned[0].at("command"), "[\"/tmp/x\", \"a\"]");
}

TEST(LinuxSudo, ActionsThatNeedNobodyAndAuthorities)
{
    test::CollectingContext collected;
    parse_all(sample("x.policy"), "/usr/share/polkit-1/actions/x.policy", collected);
    parse_all("[Let in]\nIdentity=unix-user:h\nAction=*\nResultAny=yes\n",
        "/var/lib/polkit-1/localauthority/50-local.d/x.pkla", collected);
    EXPECT_EQ(lines(collected),
        (List { "com.example.run|allow_active||yes", "com.example.run|org.freedesktop.policykit.exec.path||/tmp/x",
            "Let in|Identity|unix-user:h|unix-user:h", "Let in|Action|unix-user:h|*",
            "Let in|ResultAny|unix-user:h|yes" }));
    EXPECT_EQ(collected.rows("linux.setting").at(0).at("line"), "4");
}

TEST(LinuxSudo, EveryPrefixIsReadWithoutHarm)
{
    for (auto const& [file, name] : { std::pair { "sudoers", "/etc/sudoers" },
             { "50-x.rules", "/etc/polkit-1/rules.d/50-x.rules" }, { "x.policy", "/etc/polkit-1/actions/x.policy" } }) {
        auto const content = sample(file);
        for (std::size_t size = 0; size < content.size(); ++size) {
            test::CollectingContext collected;
            parse_all(std::string_view(content).substr(0, size), name, collected);
            EXPECT_LE(collected.rows("linux.setting").size(), 20U);
        }
    }
}

}
