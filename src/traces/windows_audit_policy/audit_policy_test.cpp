#include "support/registry_case.hpp"
#include "traces/windows_audit_policy/policy.hpp"
#include "traces/windows_audit_policy/registry.hpp"
#include <set>
#include <gmock/gmock.h>

namespace konseki::windows_audit_policy {

namespace {

std::vector<test::Row> rows_of(std::string const& name)
{
    return test::run_on_text(registry_artefact, "windows_audit_policy/testdata/" + name, HiveKind::security)
        ->rows("windows.audit_policy");
}

test::Row subcategory(std::vector<test::Row> const& rows, std::string_view name)
{
    for (auto const& row : rows)
        if (row.count("subcategory") != 0 && row.at("subcategory") == name)
            return row;
    ADD_FAILURE() << name;
    return {};
}

}

TEST(WindowsAuditPolicy, EachVersionHasItsSubcategories)
{
    auto const seven = rows_of("windows7.hive.txt"), eight = rows_of("windows8.hive.txt"),
               ten = rows_of("windows10.hive.txt");
    ASSERT_EQ(seven.size(), 53U);
    ASSERT_EQ(eight.size(), 56U);
    ASSERT_EQ(ten.size(), 59U);
    for (auto const* rows : { &seven, &eight, &ten }) {
        std::set<std::string> offsets;
        for (auto const& row : *rows)
            offsets.insert(row.at("@offset"));
        EXPECT_EQ(offsets.size(), rows->size());
        EXPECT_EQ(subcategory(*rows, "System Integrity").at("audits_failure"), "true");
        EXPECT_EQ(subcategory(*rows, "Special Logon").at("audits_success"), "true");
        EXPECT_EQ(subcategory(*rows, "Special Logon").at("audits_failure"), "false");
        EXPECT_EQ(subcategory(*rows, "Network Policy Server").at("audits_failure"), "true");
        EXPECT_EQ(subcategory(*rows, "Security Group Management").at("category"), "Account Management");
        EXPECT_EQ(rows->back().at("subcategory"), "Kerberos Authentication Service");
        EXPECT_EQ(rows->front().at("key_written_at"), "2024-05-06T01:02:03.0000000Z");
        // By default exactly that is on.
        for (auto const& row : *rows) {
            auto const is_default = rows != &ten ? row.at("is_on_by_default") : row.at("audits_success");
            EXPECT_EQ(row.at("audits_success"), is_default) << row.at("subcategory");
        }
    }
    EXPECT_EQ(subcategory(ten, "User Account Management").at("audits_success"), "false");
    EXPECT_EQ(subcategory(ten, "User Account Management").at("is_on_by_default"), "true");
    EXPECT_EQ(subcategory(ten, "Process Creation").at("audits_success"), "true");
    EXPECT_EQ(subcategory(ten, "Token Right Adjusted Events").at("category"), "Detailed Tracking");
}

TEST(WindowsAuditPolicy, BeforeVistaCategoriesAreAudited)
{
    auto const rows = rows_of("xp.hive.txt");
    ASSERT_EQ(rows.size(), 9U);
    EXPECT_EQ(rows[0].at("category"), "System");
    EXPECT_EQ(rows[0].at("audits_failure"), "true");
    EXPECT_EQ(rows[1].at("audits_success"), "true");
    EXPECT_EQ(rows[4].at("category"), "Detailed Tracking");
    EXPECT_EQ(rows[4].at("audits_success"), "false");
    EXPECT_EQ(rows[8].at("layout"), "categories");
    EXPECT_EQ(rows[8].count("subcategory"), 0U);
}

TEST(WindowsAuditPolicy, ASwitchBeforeVistaTurnsAllOff)
{
    // KB 246120: everything set, and auditing off.
    auto const value = test::bytes_from_hex("0021140003000000030000000300000003000000030000000300000003000000"
                                            "07000000");
    auto const policy = read_policy(value);
    ASSERT_TRUE(policy.ok());
    EXPECT_FALSE(policy.value().is_on);
    EXPECT_EQ(policy.value().entries.size(), 7U);
}

TEST(WindowsAuditPolicy, ASubcategoryBehindTheKnownOnesHasItsNumber)
{
    auto value = test::bytes_from_hex("000001000100000018000000 0100 0000 0000 0000 0000 0300 0600");
    auto const policy = read_policy(value);
    ASSERT_TRUE(policy.ok());
    ASSERT_EQ(policy.value().entries.size(), 6U);
    EXPECT_EQ(policy.value().entries[5].subcategory, "#6");
    EXPECT_EQ(policy.value().entries[5].flags, 3U);
}

TEST(WindowsAuditPolicy, CountsThatDoNotFitAreRefused)
{
    auto const good = test::bytes_from_hex("000001000100000018000000 0100 0000 0000 0000 0000 0300 0600");
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(read_policy(ByteView(good).first(size)).ok()) << size;
    auto many = good;
    many[24] = std::byte { 7 }; // reaches into the footer
    EXPECT_EQ(read_policy(many).error().code, ErrorCode::bad_count);
    auto far = good;
    far[8] = std::byte { 0xff };
    EXPECT_FALSE(read_policy(far).ok());
}

}
