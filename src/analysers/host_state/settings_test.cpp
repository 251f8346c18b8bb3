#include "analysers/host_state/analyser.hpp"
#include "analysers/ranking/analyser.hpp"
#include "base/text.hpp"
#include "support/analyser_case.hpp"
#include "traces/windows_hosts_file/parser.hpp"
#include "traces/windows_machine/schemas.hpp"
#include "traces/windows_network_settings/schemas.hpp"
#include "traces/windows_prefetch/parser.hpp"
#include "traces/windows_security_setting/schemas.hpp"
#include <gmock/gmock.h>

namespace konseki::host_state {
namespace {

using test::AnalyserCase;
using test::minutes;

std::vector<Schema const*> schemas()
{
    auto const common = test::analyser_schemas();
    std::vector<Schema const*> all(common.begin(), common.end());
    for (auto const* schema : { &windows_security_setting::setting_schema.erased,
             &windows_security_setting::channel_schema.erased, &windows_security_setting::firewall_rule_schema.erased,
             &windows_network_settings::port_proxy_schema.erased, &windows_machine::name_schema.erased,
             &windows_prefetch::program_schema.erased, &windows_hosts_file::entry_schema.erased })
        all.push_back(schema);
    all.insert(all.end(), analyser.emits.begin(), analyser.emits.end());
    all.insert(all.end(), ranking::analyser.emits.begin(), ranking::analyser.emits.end());
    return all;
}

void put_setting(AnalyserCase& host, EvidenceNumber evidence, std::uint64_t offset, std::string_view area,
    std::string_view path, std::string_view name, std::string_view value, std::string_view control_set = {})
{
    windows_security_setting::SettingRow row;
    row.area = area;
    row.key_path = path;
    row.name = name;
    row.value = value;
    row.is_weaker = true;
    if (!control_set.empty())
        row.control_set = control_set;
    row.key_written_at = minutes(1);
    host.put(evidence, windows_security_setting::setting_schema, { offset, 10, false }, row);
}

constexpr std::string_view excluded_paths = R"(Microsoft\Windows Defender\Exclusions\Paths)";

TEST(HostSettings, AnExclusionOfAWholeDriveIsAFindingAndOneOfAProgramIsNot)
{
    AnalyserCase host(schemas());
    auto const hive = host.add_evidence("SOFTWARE", "PC1");
    put_setting(host, hive, 10, "defender", excluded_paths, R"(C:\Program Files\Database)", "0");
    put_setting(host, hive, 20, "defender", excluded_paths, R"(C:\Users\ann\source)", "0");
    EXPECT_TRUE(host.run({ &analyser, &ranking::analyser }).findings.empty());
    put_setting(host, hive, 30, "defender", excluded_paths, R"(C:\)", "0");
    auto const kept = host.run({ &analyser, &ranking::analyser });
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].title.en, R"(Not scanned by Defender: C:\)");
    EXPECT_EQ(kept.findings[0].because.front().trace, (TraceId { hive, 30 }));
    EXPECT_THAT(kept.findings[0].advice.en, testing::HasSubstr("Ask who set this"));
}

TEST(HostSettings, AnExcludedFolderAndTheProgramInItAreOneStory)
{
    AnalyserCase host(schemas());
    auto const hive = host.add_evidence("SOFTWARE", "PC1");
    auto const prefetch = host.add_evidence("SVCHOST.EXE-12345678.pf", "PC1");
    put_setting(host, hive, 10, "defender", excluded_paths, R"(C:\Users\Public\Videos)", "0");
    windows_prefetch::ProgramRow program;
    program.executable = "SVCHOST.EXE";
    program.path = R"(\VOLUME{01d8340a2a1b2c3d-1234abcd}\USERS\PUBLIC\VIDEOS\SVCHOST.EXE)";
    program.run_count = 3;
    program.last_run_at = minutes(5);
    host.put(prefetch, windows_prefetch::program_schema, { 0, 100, false }, program);
    auto const kept = host.run({ &analyser, &ranking::analyser });
    ASSERT_EQ(kept.findings.size(), 1U) << "they are one story";
    auto const& explanation = kept.findings.front().explanation.en;
    EXPECT_THAT(kept.findings.front().title.en, testing::HasSubstr("Program "));
    EXPECT_THAT(explanation, testing::HasSubstr("With it: Not scanned by Defender"));
}

TEST(HostSettings, WhatHarmlessHostsShowTooStaysBelowAFinding)
{
    AnalyserCase host(schemas());
    auto const hive = host.add_evidence("SYSTEM", "PC1");
    put_setting(host, hive, 10, "logging", R"(ControlSet001\Control\MiniNT)", "MiniNT", "");
    put_setting(host, hive, 20, "credentials", R"(ControlSet001\Control\SecurityProviders\WDigest)",
        "UseLogonCredential", "1", "ControlSet001");
    windows_security_setting::FirewallRuleRow rule;
    rule.source = "local";
    rule.action = "Allow";
    rule.direction = "In";
    rule.is_active = true;
    rule.application = R"(C:\Users\ann\AppData\Roaming\Music\music.exe)";
    host.put(hive, windows_security_setting::firewall_rule_schema, { 30, 10, false }, rule);
    windows_network_settings::PortProxyRow proxy;
    proxy.listen = "*/8080";
    proxy.connect = "172.20.0.2/80";
    host.put(hive, windows_network_settings::port_proxy_schema, { 40, 10, false }, proxy);
    windows_security_setting::ChannelRow channel;
    channel.source = "channels";
    channel.name = "Microsoft-Windows-PowerShell/Operational";
    channel.is_enabled = false;
    host.put(hive, windows_security_setting::channel_schema, { 50, 10, false }, channel);
    EXPECT_TRUE(host.run({ &analyser, &ranking::analyser }).findings.empty());
}

TEST(HostSettings, ATakenOverNameOfAnUpdateServerIsAFinding)
{
    AnalyserCase host(schemas());
    auto const file = host.add_evidence("hosts", "PC1");
    for (std::string_view const name : { "ads.example.com", "notwindowsupdate.com", "download.windowsupdate.com" }) {
        windows_hosts_file::EntryRow row;
        row.name = name;
        row.address = "127.0.0.1";
        host.put(file, windows_hosts_file::entry_schema, { name.size(), 10, false }, row);
    }
    auto const kept = host.run({ &analyser, &ranking::analyser });
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].title.en, "hosts file: download.windowsupdate.com is 127.0.0.1");
}

}
}
