#include "analysers/posture/analyser.hpp"
#include "analysers/posture/checks.hpp"
#include "support/analyser_case.hpp"
#include "traces/windows_audit_policy/schemas.hpp"
#include "traces/windows_machine/schemas.hpp"
#include "traces/windows_network_settings/schemas.hpp"
#include "traces/windows_remote_desktop/schemas.hpp"
#include "traces/windows_security_setting/schemas.hpp"
#include <gmock/gmock.h>

namespace konseki::posture {
namespace {

using test::AnalyserCase;
using test::minutes;
using testing::HasSubstr;
using testing::Not;

std::vector<Schema const*> schemas()
{
    auto const common = test::analyser_schemas();
    std::vector<Schema const*> all(common.begin(), common.end());
    for (auto const* schema : { &windows_security_setting::setting_schema.erased,
             &windows_security_setting::channel_schema.erased, &windows_remote_desktop::server_schema.erased,
             &windows_network_settings::port_proxy_schema.erased, &windows_machine::name_schema.erased,
             &windows_machine::system_schema.erased, &windows_audit_policy::subcategory_schema.erased })
        all.push_back(schema);
    return all;
}

class PostureCase : public AnalyserCase {
public:
    PostureCase()
        : AnalyserCase(schemas())
    {
    }
    void setting(EvidenceNumber evidence, std::string_view area, std::string_view path, std::string_view name,
        std::string_view value, bool is_weaker = true, std::string_view control_set = {}, std::string_view user = {})
    {
        windows_security_setting::SettingRow row;
        row.area = area;
        row.name = name;
        row.value = value;
        row.key_path = path;
        row.is_weaker = is_weaker;
        row.attack = "T1562.001";
        row.key_written_at = minutes(static_cast<std::int64_t>(m_offset));
        if (!control_set.empty())
            row.control_set = control_set;
        if (!user.empty())
            row.user = user;
        put(evidence, windows_security_setting::setting_schema, { ++m_offset, 10, false }, row);
    }
    void machine(EvidenceNumber software, std::string_view build)
    {
        windows_machine::SystemRow row;
        row.build = build;
        put(software, windows_machine::system_schema, { ++m_offset, 10, false }, row);
    }
    void current(EvidenceNumber system, std::string_view control_set)
    {
        windows_machine::NameRow row;
        row.control_set = control_set;
        row.is_current = true;
        put(system, windows_machine::name_schema, { ++m_offset, 10, false }, row);
    }
    void audit(EvidenceNumber security, std::string_view category, std::string_view subcategory, bool success,
        bool failure, bool is_on_by_default = false)
    {
        windows_audit_policy::SubcategoryRow row { category, subcategory.empty() ? Symbol() : Symbol(subcategory),
            success, failure, is_on_by_default, subcategory.empty() ? "categories" : "subcategories", minutes(7) };
        put(security, windows_audit_policy::subcategory_schema, { ++m_offset, 2, false }, row);
    }
    std::uint64_t m_offset = 100;
};

TEST(Posture, ACaseWithoutSettingsOrWithHarmlessOnesGivesNothing)
{
    PostureCase host;
    EXPECT_TRUE(host.run(analyser).findings.empty());
    auto const hive = host.add_evidence("SOFTWARE", "PC1");
    host.setting(hive, "defender", R"(Microsoft\Windows Defender\Features)", "TamperProtection", "5", false);
    host.setting(hive, "uac", R"(Microsoft\Windows\CurrentVersion\Policies\System)", "EnableLUA", "1", false);
    EXPECT_TRUE(host.run(analyser).findings.empty());
}

TEST(Posture, WeakSettingsOfOneGroupAreOneFindingPerHost)
{
    PostureCase host;
    auto const first = host.add_evidence("a/NTUSER.DAT", "PC1");
    auto const second = host.add_evidence("b/NTUSER.DAT", "PC2");
    auto const word = R"(Software\Microsoft\Office\16.0\Word\Security)";
    host.setting(first, "office", word, "VBAWarnings", "1", true, {}, "ann");
    host.setting(first, "office", R"(Software\Microsoft\Office\16.0\Word\Security\Trusted Locations\Location9)", "Path",
        R"(C:\Users\ann\Downloads\)", false, {}, "ann");
    host.setting(first, "office", R"(Software\Microsoft\Office\16.0\Word\Security\Trusted Locations\Location1)", "Path",
        R"(%APPDATA%\Microsoft\Templates)", false, {}, "ann");
    host.setting(second, "office", word, "AccessVBOM", "1", true, {}, "bob");
    auto const kept = host.run(analyser);
    ASSERT_EQ(kept.findings.size(), 2U);
    EXPECT_EQ(kept.findings[0].rule, "posture.macros");
    EXPECT_EQ(kept.findings[0].rule, kept.findings[1].rule);
    EXPECT_EQ(kept.findings[0].host, "PC1");
    EXPECT_EQ(kept.findings[0].severity, Severity::medium);
    EXPECT_EQ(kept.findings[1].severity, Severity::low);
    EXPECT_EQ(kept.findings[0].because.size(), 2U);
    EXPECT_THAT(kept.findings[0].explanation.en, HasSubstr("Macros run without a question: VBAWarnings = 1"));
    EXPECT_THAT(kept.findings[0].explanation.en, HasSubstr("Downloads"));
    EXPECT_THAT(kept.findings[0].explanation.en, Not(HasSubstr("Templates")));
    EXPECT_THAT(kept.findings[0].explanation.ja, HasSubstr("マクロが確認なしで実行される"));
}

TEST(Posture, TheSameHiveOnTwoMachinesIsWeakOnBoth)
{
    PostureCase host;
    auto const first = host.add_evidence("SYSTEM", "PC1");
    auto const second = host.add_evidence("copy/SYSTEM", "PC2", first);
    host.current(first, "ControlSet001");
    auto const wdigest = R"(ControlSet001\Control\SecurityProviders\WDigest)";
    host.setting(first, "credentials", wdigest, "UseLogonCredential", "1", true, "ControlSet001");
    host.setting(first, "credentials", wdigest, "UseLogonCredential", "1", true, "ControlSet002");
    auto const kept = host.run(analyser);
    std::vector<Finding const*> credentials;
    for (auto const& finding : kept.findings)
        if (finding.rule == "posture.credentials")
            credentials.push_back(&finding);
    ASSERT_EQ(credentials.size(), 2U);
    EXPECT_EQ(credentials[0]->host, "PC1");
    EXPECT_EQ(credentials[1]->host, "PC2");
    EXPECT_EQ(credentials[1]->because.size(), 1U) << "of the control set in use";
    EXPECT_EQ(credentials[1]->because[0].trace.evidence, second);
}

TEST(Posture, WhatIsNotAuditedIsToldAndWhatWasSwitchedOffWeighsMore)
{
    PostureCase host;
    auto const hive = host.add_evidence("SECURITY", "PC1");
    host.audit(hive, "Logon/Logoff", "Logon", true, false, true);
    host.audit(hive, "Logon/Logoff", "Logoff", false, false, true); // nobody needs it
    host.audit(hive, "Detailed Tracking", "Process Creation", false, false);
    host.audit(hive, "Object Access", "Other Object Access Events", true, false);
    auto kept = host.run(analyser);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].rule, "posture.logging");
    EXPECT_EQ(kept.findings[0].severity, Severity::low);
    EXPECT_TRUE(kept.findings[0].attack.empty());
    EXPECT_EQ(kept.findings[0].because.size(), 2U);
    EXPECT_THAT(kept.findings[0].explanation.en, HasSubstr("Process Creation: which programs ran (4688)"));
    EXPECT_THAT(kept.findings[0].explanation.en, HasSubstr("Failed logons are not audited"));
    host.audit(hive, "Account Management", "User Account Management", false, true, true);
    kept = host.run(analyser);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].severity, Severity::medium);
    EXPECT_EQ(kept.findings[0].attack, std::vector<std::string> { "T1562.002" });
    EXPECT_EQ(kept.findings[0].because[0].schema, "windows.audit_policy");
    EXPECT_THAT(kept.findings[0].explanation.ja, HasSubstr("アカウントの変更"));
}

TEST(Posture, AnOldWindowsAuditsCategories)
{
    PostureCase host;
    auto const hive = host.add_evidence("SECURITY", "PC1");
    host.audit(hive, "Logon/Logoff", {}, false, true);
    host.audit(hive, "Privilege Use", {}, false, false);
    auto const kept = host.run(analyser);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].because.size(), 1U);
    EXPECT_THAT(kept.findings[0].explanation.en, HasSubstr("Not audited: Logon/Logoff"));
}

TEST(Posture, OnlyTheControlSetInUseCounts)
{
    PostureCase host;
    auto const hive = host.add_evidence("SYSTEM", "PC1");
    host.current(hive, "ControlSet001");
    auto const wdigest = R"(ControlSet002\Control\SecurityProviders\WDigest)";
    host.setting(hive, "credentials", wdigest, "UseLogonCredential", "1", true, "ControlSet002");
    EXPECT_TRUE(host.run(analyser).findings.empty());
    host.setting(hive, "credentials", wdigest, "UseLogonCredential", "1", true, "ControlSet001");
    auto const kept = host.run(analyser);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].rule, "posture.credentials");
}

TEST(Posture, WhatIsAbsentCountsAsTheBuildOfWindowsTakesIt)
{
    PostureCase old;
    auto const software = old.add_evidence("SOFTWARE", "PC1");
    auto const system = old.add_evidence("SYSTEM", "PC1");
    old.machine(software, "7601.24214");
    old.current(system, "ControlSet001");
    auto const kept = old.run(analyser);
    ASSERT_EQ(kept.findings.size(), 3U); // logging, credentials, SMB 1
    ASSERT_NE(kept.find("posture.smb1"), nullptr);
    EXPECT_EQ(kept.find("posture.smb1")->severity, Severity::low);
    EXPECT_THAT(kept.find("posture.credentials")->explanation.en, HasSubstr("WDigest"));
    EXPECT_THAT(kept.find("posture.logging")->explanation.en, HasSubstr("Sysmon was not set up"));

    PostureCase newer;
    newer.machine(newer.add_evidence("SOFTWARE", "PC1"), "22631.1");
    newer.current(newer.add_evidence("SYSTEM", "PC1"), "ControlSet001");
    auto const few = newer.run(analyser);
    ASSERT_EQ(few.findings.size(), 1U);
    EXPECT_EQ(few.findings[0].rule, "posture.logging");
}

TEST(Posture, ALogThatIsOffOrMovedWeighsMoreThanASmallOne)
{
    PostureCase host;
    auto const hive = host.add_evidence("SOFTWARE", "PC1");
    windows_security_setting::ChannelRow row;
    row.source = "channels";
    row.name = "Microsoft-Windows-PowerShell/Operational";
    row.max_bytes = 15'728'640;
    host.put(hive, windows_security_setting::channel_schema, { 10, 1, false }, row);
    auto small = host.run(analyser);
    ASSERT_EQ(small.findings.size(), 1U);
    EXPECT_EQ(small.findings[0].severity, Severity::low);
    row.is_enabled = false;
    host.put(hive, windows_security_setting::channel_schema, { 20, 1, false }, row);
    row.name = "Microsoft-Windows-Unknown/Debug"; // off by default like hundreds
    host.put(hive, windows_security_setting::channel_schema, { 30, 1, false }, row);
    auto const off = host.run(analyser);
    ASSERT_EQ(off.findings.size(), 1U);
    EXPECT_EQ(off.findings[0].severity, Severity::medium);
    EXPECT_THAT(off.findings[0].attack, testing::ElementsAre("T1562.002"));
    EXPECT_THAT(off.findings[0].explanation.en, Not(HasSubstr("Unknown")));
}

TEST(Posture, RemoteDesktopWithoutProofCountsOnlyWhereItIsOn)
{
    for (bool const denies : { true, false }) {
        PostureCase host;
        auto const hive = host.add_evidence("SYSTEM", "PC1");
        windows_remote_desktop::ServerRow server;
        server.place = "settings";
        server.name = "Terminal Server";
        server.denies_connections = denies;
        host.put(hive, windows_remote_desktop::server_schema, { 10, 1, false }, server);
        windows_remote_desktop::ServerRow listener;
        listener.place = "listener";
        listener.name = "RDP-Tcp";
        listener.needs_network_logon = false;
        host.put(hive, windows_remote_desktop::server_schema, { 20, 1, false }, listener);
        EXPECT_EQ(host.run(analyser).findings.size(), denies ? 0U : 1U);
    }
}

TEST(Posture, EveryCheckAndGroupSpeaksBothLanguages)
{
    for (auto const& check : checks()) {
        EXPECT_FALSE(check.en.empty() || check.ja.empty()) << check.area << check.names;
        EXPECT_LE(check.severity, Severity::medium);
    }
    for (auto const& one : defaults())
        EXPECT_FALSE(one.en.empty() || one.ja.empty()) << one.name;
    for (auto const& group : groups())
        EXPECT_FALSE(group.title.ja.empty() || group.meaning.ja.empty() || group.advice.ja.empty()) << group.rule;
}

}
}
