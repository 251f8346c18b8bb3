#include "record/schema.hpp"
#include "report/json.hpp"
#include "report/linux_section.hpp"
#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

namespace konseki::report {
namespace {

using testing::HasSubstr;
using testing::Not;

struct HostFacts {
    Symbol machine_id, kernel, architecture, virtualisation, collector;
    Timestamp booted_at, collected_at;
    std::optional<bool> is_root;
};
constexpr auto host_schema = schema("linux.host", "Hosts", field("machine_id", &HostFacts::machine_id, ""),
    field("kernel", &HostFacts::kernel, ""), field("architecture", &HostFacts::architecture, ""),
    field("virtualisation", &HostFacts::virtualisation, ""), field("collector", &HostFacts::collector, ""),
    field("booted_at", &HostFacts::booted_at, ""), field("collected_at", &HostFacts::collected_at, ""),
    field("is_root", &HostFacts::is_root, ""));

struct AccountFacts {
    Symbol name, shell, password_state;
    std::uint32_t uid = 0;
    std::string_view home, groups;
    Timestamp password_changed_at;
};
constexpr auto account_schema = schema("linux.account", "Accounts", field("name", &AccountFacts::name, ""),
    field("shell", &AccountFacts::shell, ""), field("password_state", &AccountFacts::password_state, ""),
    field("uid", &AccountFacts::uid, ""), field("home", &AccountFacts::home, ""),
    field("groups", &AccountFacts::groups, ""), field("password_changed_at", &AccountFacts::password_changed_at, ""));

struct StartFacts {
    Symbol location, user;
    std::string_view path, name, schedule, command;
    std::optional<std::uint32_t> line;
    std::optional<bool> is_enabled;
};
constexpr auto start_schema = schema("linux.autostart", "Starts", field("location", &StartFacts::location, ""),
    field("user", &StartFacts::user, ""), field("path", &StartFacts::path, ""), field("name", &StartFacts::name, ""),
    field("schedule", &StartFacts::schedule, ""), field("command", &StartFacts::command, ""),
    field("line", &StartFacts::line, ""), field("is_enabled", &StartFacts::is_enabled, ""));

struct FileFacts {
    std::string_view path;
    Symbol package, package_state, content;
};
constexpr auto file_schema
    = schema("linux.file", "Files", field("path", &FileFacts::path, ""), field("package", &FileFacts::package, ""),
        field("package_state", &FileFacts::package_state, ""), field("content", &FileFacts::content, ""));

constexpr std::string_view hostile = "<script>alert(1)</script>\x07";

class LinuxStateTest : public testing::Test {
protected:
    LinuxStateTest()
    {
        static constexpr Schema const* schemas[] { &host_schema.erased, &account_schema.erased, &start_schema.erased,
            &file_schema.erased };
        std::string pattern = (std::filesystem::temp_directory_path() / "konseki-linux-XXXXXX").string();
        VERIFY(mkdtemp(pattern.data()) != nullptr);
        m_folder = pattern;
        m_case = store::Case::open(m_folder / "case", store::Access::read_write, schemas).value();
        Evidence evidence;
        evidence.original_path = "web1/state";
        evidence.host = "web1";
        evidence.state = EvidenceState::examined;
        m_evidence = m_case->add(evidence).value();
        HostFacts host;
        host.kernel = "6.1.0-18-amd64";
        host.architecture = "x86_64";
        host.collected_at = Timestamp::from_unix_seconds(1'700'000'000);
        host.is_root = false;
        put(host_schema, host);
        put_account("root", 0, "/bin/bash");
        put_account("daemon", 1, "/usr/sbin/nologin");
        put_account(hostile, 1000, "/bin/sh");
        put_start("/etc/cron.d/e2scrub_all", "/sbin/e2scrub_all");
        put_start("/etc/cron.d/sync", hostile);
        put_file("/etc/cron.d/e2scrub_all", "e2fsprogs", "same");
        put_file("/etc/cron.d/sync", {}, "unowned");
        EXPECT_TRUE(m_case->commit().ok());
    }
    ~LinuxStateTest() override
    {
        m_case.reset();
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }
    template <typename Row, typename... Members> void put(TypedSchema<Row, Members...> const& schema, Row const& row)
    {
        TraceBatch batch(schema.erased, m_evidence);
        batch.append(schema, { ++m_offset, 1, false }, row);
        EXPECT_TRUE(m_case->append(batch).ok());
    }
    void put_account(std::string_view name, std::uint32_t uid, std::string_view shell)
    {
        AccountFacts row;
        row.name = Symbol(name);
        row.uid = uid;
        row.shell = Symbol(shell);
        row.password_state = "locked";
        put(account_schema, row);
    }
    void put_start(std::string_view path, std::string_view command)
    {
        StartFacts row;
        row.location = "L05";
        row.path = path;
        row.command = command;
        row.user = "root";
        put(start_schema, row);
    }
    void put_file(std::string_view path, std::string_view package, std::string_view state)
    {
        FileFacts row;
        row.path = path;
        if (!package.empty())
            row.package = Symbol(package);
        row.package_state = Symbol(state);
        row.content = "script";
        put(file_schema, row);
    }
    LinuxState state() const
    {
        auto states = gather_linux_states(*m_case, {}, "web1").value();
        EXPECT_EQ(states.size(), 1U);
        return states["web1"];
    }

    std::filesystem::path m_folder;
    std::unique_ptr<store::Case> m_case;
    EvidenceNumber m_evidence = 0;
    std::uint64_t m_offset = 0;
};

TEST_F(LinuxStateTest, WhatNoPackageBroughtAndWhoMayLogOnComeFirst)
{
    auto const found = state();
    EXPECT_EQ(found.kernel, "6.1.0-18-amd64");
    EXPECT_EQ(found.is_root, std::optional(false));
    EXPECT_EQ(found.starts_total, 2U);
    EXPECT_EQ(found.starts_of_packages, 1U);
    ASSERT_EQ(found.starts.size(), 2U);
    EXPECT_EQ(found.starts[0].path, "/etc/cron.d/sync");
    EXPECT_EQ(found.starts[1].package, "e2fsprogs");
    ASSERT_EQ(found.accounts.size(), 3U);
    EXPECT_EQ(found.accounts[2].name, "daemon");
    EXPECT_EQ(found.files_unowned, 1U);
    EXPECT_TRUE(gather_linux_states(*m_case, {}, "other").value().empty());
    EXPECT_EQ(gather_linux_states(*m_case, {}, {}).value().size(), 1U);
}

TEST_F(LinuxStateTest, TheSameBytesAreTheStateOfEveryMachineThatHoldsThem)
{
    Evidence twin;
    twin.original_path = "web2/state";
    twin.host = "web2";
    twin.state = EvidenceState::duplicate;
    twin.duplicate_of = m_evidence;
    ASSERT_TRUE(m_case->add(twin).ok());
    ASSERT_TRUE(m_case->commit().ok());
    for (auto const* name : { "web1", "web2" }) {
        auto const states = gather_linux_states(*m_case, {}, name).value();
        ASSERT_EQ(states.size(), 1U);
        EXPECT_EQ(states.begin()->first, name);
        EXPECT_EQ(states.begin()->second.accounts_total, 3U);
        EXPECT_EQ(states.begin()->second.starts_total, 2U);
    }
}

TEST_F(LinuxStateTest, HostileTextIsHarmlessOnThePageAndInJson)
{
    auto const found = state();
    std::string html;
    Markup page(html);
    append_linux_facts(page, found);
    append_linux_lists(page, found);
    EXPECT_THAT(html, Not(HasSubstr("<script>")));
    EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
    EXPECT_THAT(html, HasSubstr("6.1.0-18-amd64"));
    EXPECT_THAT(html, HasSubstr("not as root"));
    std::string text;
    Json json(text);
    append_linux_state(json, found);
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    ASSERT_EQ(parser.parse(text).get(document), simdjson::SUCCESS);
    EXPECT_EQ(document["starts_total"].get_uint64().value(), 2U);
}

}
}
