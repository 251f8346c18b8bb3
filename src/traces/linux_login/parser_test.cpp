#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_login/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_login {

namespace {

std::string own_wtmp()
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_login/testdata/wtmp");
}

void parse_all(std::string_view content, std::string_view name, test::CollectingContext& collected)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
}

}

TEST(LinuxLogin, AWtmpGivesItsLoginsAndWhereZerosLie)
{
    auto const content = own_wtmp();
    EXPECT_EQ(parser.sniff(as_bytes(content), "[root]/var/log/wtmp.1"), Sniff::sure);
    test::CollectingContext collected;
    parse_all(content, "[root]/var/log/wtmp.1", collected);
    auto const rows = collected.rows("linux.login");
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0].at("kind"), "boot");
    EXPECT_EQ(rows[1].at("user"), "hanako");
    EXPECT_EQ(rows[1].at("source_address"), "198.51.100.9");
    EXPECT_EQ(rows[1].at("at"), "2024-03-01T00:01:40.0000050Z");
    EXPECT_EQ(rows[2].at("kind"), "zeroed");
    EXPECT_EQ(rows[2].at("is_zeroed"), "true");
    EXPECT_EQ(rows[2].at("@offset"), "768");
    EXPECT_EQ(rows[2].count("at"), 0U);
    EXPECT_EQ(rows[3].at("kind"), "dead");
    auto const files = collected.rows("linux.login_file");
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(files[0].at("zeroed_records"), "1");
    EXPECT_EQ(files[0].at("last_at"), "2024-03-01T00:15:00.0000070Z");
}

TEST(LinuxLogin, NamesTellTheKindAndContentIsOnlyAHint)
{
    auto const content = own_wtmp();
    auto const bytes = as_bytes(content);
    EXPECT_EQ(parser.sniff(bytes, "var/log/btmp-20260901"), Sniff::sure);
    EXPECT_EQ(parser.sniff(bytes.first(384 * 2), "unknown.bin"), Sniff::maybe);
    EXPECT_EQ(parser.sniff(as_bytes("just text"), "wtmp"), Sniff::no);
    EXPECT_EQ(parser.sniff(bytes, "wtmp.2.gz"), Sniff::no);
    EXPECT_EQ(parser.sniff({}, "var/log/wtmp"), Sniff::sure); // emptied
    test::CollectingContext collected;
    parse_all(content.substr(384, 384), "C:\\case\\btmp", collected);
    EXPECT_EQ(collected.rows("linux.login")[0].at("kind"), "failed");
}

TEST(LinuxLogin, PlasosCorruptedFileGivesBothLogins)
{
    KONSEKI_NEEDS_DATA(folder, "linux/utmp");
    test::CollectingContext collected;
    parse_all(test::read_file(folder / "utmp_corrupted"), "utmp_corrupted", collected);
    auto const rows = collected.rows("linux.login");
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0].at("user"), "alice");
    EXPECT_EQ(rows[1].at("is_plausible"), "false");
    EXPECT_EQ(rows[3].at("user"), "bob");
    EXPECT_EQ(rows[3].at("source_host"), "10.0.0.5");
    EXPECT_EQ(collected.diagnostics.list.size(), 1U);
}

}
