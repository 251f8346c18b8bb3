#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_account/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_account {
namespace {

std::string sample(std::string_view name)
{
    return test::read_file(format("{}/src/traces/linux_account/testdata/{}", KONSEKI_SOURCE_DIR, name));
}

TEST(LinuxAccount, PasswdIsReadWithWhatLiesBesideIt)
{
    auto const passwd = sample("passwd"), shadow = sample("shadow"), group = sample("group");
    std::vector<Companion> const beside { { "shadow", as_bytes(shadow) }, { "group", as_bytes(group) } };
    EXPECT_EQ(parser.sniff(as_bytes(passwd), "/etc/passwd"), Sniff::sure);
    test::CollectingContext collected;
    parser.parse({ as_bytes(passwd), { 0, passwd.size() }, "/etc/passwd", 1, true, true, beside }, collected.context);
    auto const rows = collected.rows("linux.account");
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_EQ(rows[0].at("name"), "root");
    EXPECT_EQ(rows[0].at("password_state"), "set");
    EXPECT_EQ(rows[0].at("password_changed_at"), "2023-08-31T00:00:00.0000000Z");
    EXPECT_EQ(rows[0].at("groups"), "root");
    EXPECT_EQ(rows[0].at("path"), "/etc/passwd");
    EXPECT_EQ(rows[1].at("password_state"), "locked");
    EXPECT_EQ(rows[2].at("uid"), "0");
    EXPECT_EQ(rows[2].at("password_state"), "locked");
    EXPECT_EQ(rows[2].at("expires_at"), "2024-10-04T00:00:00.0000000Z");
    EXPECT_FALSE(rows[2].contains("full_name"));
    EXPECT_EQ(rows[3].at("password_state"), "in_passwd");
    EXPECT_EQ(rows[3].at("groups"), "old adm sudo");
    EXPECT_EQ(rows[4].at("password_state"), "empty");
    ASSERT_EQ(collected.diagnostics.list.size(), 2U);
    EXPECT_EQ(collected.diagnostics.list[0].error.what, "passwd.line");
    EXPECT_EQ(collected.diagnostics.list[1].error.what, "passwd.directory_service");
}

TEST(LinuxAccount, WithoutShadowNothingIsSaidOfPasswords)
{
    std::string_view const passwd = "root:x:0:0:root:/root:/bin/bash\n";
    test::CollectingContext collected;
    parser.parse({ as_bytes(passwd), { 0, passwd.size() }, "disk/etc/passwd-" }, collected.context);
    auto const rows = collected.rows("linux.account");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_FALSE(rows[0].contains("password_state"));
    EXPECT_FALSE(rows[0].contains("groups"));
    EXPECT_EQ(rows[0].at("path"), "/etc/passwd-");
}

TEST(LinuxAccount, BackupsHaveTheirOwnCompanions)
{
    auto const good = as_bytes("root:x:0:0:root:/root:/bin/bash\n");
    EXPECT_EQ(parser.sniff(good, "x/etc/passwd-"), Sniff::sure);
    EXPECT_EQ(parser.sniff(good, "/var/backups/passwd.bak"), Sniff::sure);
    EXPECT_EQ(parser.sniff(good, "/home/u/passwd"), Sniff::no);
    EXPECT_EQ(parser.sniff(as_bytes("text\n"), "/etc/passwd"), Sniff::no);
    EXPECT_EQ(parser.companion_names("/etc/passwd-"), (std::vector<std::string> { "shadow-", "group-", "gshadow-" }));
    EXPECT_EQ(parser.companion_names("/var/backups/passwd.bak")[0], "shadow.bak");
}

TEST(LinuxAccount, EveryPrefixIsSurvived)
{
    auto const passwd = sample("passwd"), shadow = sample("shadow"), group = sample("group");
    for (std::size_t size = 0; size <= passwd.size(); ++size) {
        std::vector<Companion> const beside { { "shadow", as_bytes(shadow).first(std::min(size, shadow.size())) },
            { "gshadow", as_bytes(group).first(std::min(size, group.size())) } };
        test::CollectingContext collected;
        parser.parse(
            { as_bytes(passwd).first(size), { 0, size }, "/etc/passwd", 1, true, true, beside }, collected.context);
    }
}

}
}
