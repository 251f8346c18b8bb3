#include "base/text.hpp"
#include "formats/passwd/passwd.hpp"
#include "formats/text_lines/text_lines.hpp"
#include "support/samples.hpp"
#include <gtest/gtest.h>

namespace konseki::passwd {
namespace {

Beside beside_of(std::string_view shadow, std::string_view group = {}, std::string_view gshadow = {})
{
    Beside beside;
    beside.read_shadow(shadow);
    beside.read_group(group);
    beside.read_gshadow(gshadow);
    return beside;
}

std::string state_of(std::string_view line, Beside const& beside)
{
    auto const account = parse_line(line, beside);
    return account.ok() ? std::string(account.value().password_state) : to_string(account.error());
}

TEST(Passwd, LinesAreAccountsAsGlibcTakesThem)
{
    auto const text = test::read_file(format("{}/src/formats/passwd/testdata/passwd", KONSEKI_SOURCE_DIR));
    std::string told;
    std::uint64_t position = 0;
    while (auto const line = text_lines::next(text, position, text.size())) {
        auto const account = parse_line(line->text, {});
        if (is_comment(line->text))
            continue;
        if (account.ok())
            append_format(told, "{} {} {} {}\n", account.value().name, account.value().uid, account.value().home,
                account.value().shell);
        else
            append_format(told, "{}\n", account.error().what);
    }
    EXPECT_EQ(told,
        "root 0 /root /bin/bash\ndaemon 1 /usr/sbin /usr/sbin/nologin\nevil 0  \nfront 5  \nghost 6 /home/ghost "
        "/bin/sh\nold 1001 /home/old /bin/sh:more\npasswd.line\npasswd.directory_service\n");
}

TEST(Passwd, TheStateOfAPasswordComesFromShadowWherePasswdSaysSo)
{
    auto const beside = beside_of("set:$y$j9T$x:19600:0:99999:7:::\nbang:!$y$x:1\nstar:*:1\nempty::1\ncut\n");
    EXPECT_EQ(state_of("set:x:1:1:::", beside), "set");
    EXPECT_EQ(state_of("bang:x:1:1:::", beside), "locked");
    EXPECT_EQ(state_of("star:x:1:1:::", beside), "locked");
    EXPECT_EQ(state_of("empty:x:1:1:::", beside), "empty");
    EXPECT_EQ(state_of("set:$1$a$b:1:1:::", beside), "in_passwd");
    EXPECT_EQ(state_of("set:!:1:1:::", beside), "locked");
    EXPECT_EQ(state_of("set::1:1:::", beside), "empty");
}

TEST(Passwd, AnAccountWithoutALineInShadowIsLockedOnlyWhereShadowWasRead)
{
    EXPECT_EQ(state_of("ghost:x:6:6:::", beside_of("root:$y$x:1:::::\n")), "locked");
    EXPECT_EQ(state_of("ghost:x:6:6:::", beside_of("")), "locked");
    auto const unread = parse_line("ghost:x:6:6:::", Beside {});
    ASSERT_TRUE(unread.ok());
    EXPECT_EQ(unread.value().password_state.data(), nullptr);
}

TEST(Passwd, GroupsBeginWithTheFirstAndDaysAreMidnights)
{
    auto const beside = beside_of(
        "old:!:19000:0:99999:7::20000:\n", "root:x:0:\nsudo:x:27:old,open\nold:x:1001:\n", "adm:!::old\nold:!::old\n");
    auto const account = parse_line("old:x:1001:1001:Old,,,:/home/old:/bin/sh", beside);
    ASSERT_TRUE(account.ok());
    EXPECT_EQ(account.value().groups, "old adm sudo");
    EXPECT_EQ(account.value().full_name, "Old,,,");
    EXPECT_EQ(to_string(account.value().password_changed_at), "2022-01-08T00:00:00.0000000Z");
    EXPECT_EQ(to_string(account.value().expires_at), "2024-10-04T00:00:00.0000000Z");
    EXPECT_EQ(beside.group_names().at(27), "sudo");
}

}
}
