#include "analysers/host_state/analyser.hpp"
#include "analysers/ranking/analyser.hpp"
#include "base/text.hpp"
#include "support/analyser_case.hpp"
#include "traces/windows_account/schemas.hpp"
#include "traces/windows_autostart/schemas.hpp"
#include "traces/windows_pe/parser.hpp"
#include "traces/windows_prefetch/parser.hpp"
#include "traces/windows_service/schemas.hpp"
#include "traces/windows_task_cache/schemas.hpp"
#include "traces/windows_task_xml/parser.hpp"
#include "traces/windows_userassist/schemas.hpp"
#include <gmock/gmock.h>

namespace konseki::host_state {
namespace {

using test::AnalyserCase;
using test::minutes;
using testing::HasSubstr;
using testing::Not;

std::vector<Schema const*> schemas()
{
    auto const common = test::analyser_schemas();
    std::vector<Schema const*> all(common.begin(), common.end());
    for (auto const* schema : { &windows_service::service_schema.erased, &windows_task_xml::definition_schema.erased,
             &windows_task_cache::task_schema.erased, &windows_prefetch::program_schema.erased,
             &windows_account::account_schema.erased, &windows_autostart::entry_schema.erased,
             &windows_pe::file_schema.erased, &windows_userassist::entry_schema.erased })
        all.push_back(schema);
    all.insert(all.end(), analyser.emits.begin(), analyser.emits.end());
    all.insert(all.end(), ranking::analyser.emits.begin(), ranking::analyser.emits.end());
    return all;
}

void put_task(AnalyserCase& host, EvidenceNumber evidence, std::uint64_t offset, std::string_view path,
    std::string_view actions, std::string_view hash = {})
{
    windows_task_xml::DefinitionRow row;
    row.path = path;
    row.action_list = actions;
    row.xml_sha256 = hash;
    row.is_enabled = true;
    host.put(evidence, windows_task_xml::definition_schema, { offset, 10, false }, row);
}

TEST(HostState, ProgramsOfMoreHostsThanOneBatchAreAllJudged)
{
    AnalyserCase fleet(schemas());
    constexpr int hosts = 40; // a batch is 32
    for (int at = 0; at < hosts; ++at) {
        windows_pe::FileRow row;
        row.path = R"(C:\ProgramData\agent\agent.exe)";
        row.signature = "none";
        fleet.put(
            fleet.add_evidence(format("e{}", at), format("PC{}", at)), windows_pe::file_schema, { 0, 10, false }, row);
    }
    fleet.run({ &analyser });
    auto rows
        = fleet.store()
              .query(
                  "SELECT count(DISTINCT host) FROM host_state WHERE features LIKE '%identity.no_embedded_signature%'")
              .value();
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.unsigned_integer(0), hosts);
}

TEST(HostState, APrintProcessorLiesInTheFolderOfTheSpooler)
{
    AnalyserCase host(schemas());
    windows_autostart::EntryRow entry;
    entry.location = "W42";
    entry.key_path = R"(ControlSet001\Control\Print\Environments\Windows x64\Print Processors\lltdsvc1)";
    entry.name = "Driver";
    entry.command = "EntAppsvc.dll";
    host.put(host.add_evidence("SYSTEM", "PC1"), windows_autostart::entry_schema, { 0, 10, false }, entry);
    host.run({ &analyser });
    auto rows = host.store().query("SELECT target FROM host_state").value();
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.text(0), R"(\windows\system32\spool\prtprocs\x64\entappsvc.dll)");
}

TEST(HostState, AFileThatTwoHostsHaveIsStateOfBoth)
{
    AnalyserCase fleet(schemas());
    auto const first = fleet.add_evidence("first", "PC1");
    auto const again = fleet.add_evidence("again", "PC1"); // the same machine collected twice
    auto const twin = fleet.add_evidence("twin", "PC2");
    auto evidence = fleet.store().evidence().value();
    for (auto const number : { again, twin }) {
        auto& duplicate = evidence[number - 1];
        duplicate.state = EvidenceState::duplicate;
        duplicate.duplicate_of = first;
        ASSERT_TRUE(fleet.store().update(duplicate).ok());
    }
    put_task(fleet, first, 1, R"(C:\Windows\System32\Tasks\Updater)", R"(C:\TMP\updater.exe)");
    fleet.run({ &analyser });
    auto rows = fleet.store().query("SELECT host, evidence FROM host_state ORDER BY host").value();
    std::vector<std::pair<std::string, std::uint64_t>> found;
    while (rows.next())
        found.emplace_back(rows.text(0), rows.unsigned_integer(1));
    EXPECT_THAT(found, testing::ElementsAre(testing::Pair("PC1", first), testing::Pair("PC2", twin)));
}

// covers: W74
TEST(HostState, AnImplantStandsAboveHarmlessTasksAndSaysWhy)
{
    AnalyserCase host(schemas());
    auto const tasks = host.add_evidence("tasks", "PC1");
    for (std::uint64_t at = 0; at < 60; ++at)
        put_task(host, tasks, at + 1, format(R"(C:\Windows\System32\Tasks\Microsoft\Windows\Task{})", at),
            R"(%windir%\system32\rundll32.exe %windir%\system32\sysmain.dll,Run)");
    put_task(
        host, tasks, 100, R"(C:\Windows\System32\Tasks\Updater)", R"("C:\Program Files\Good\updater.exe" /silent)");
    put_task(host, tasks, 200, R"(C:\Windows\System32\Tasks\GameOver)", R"(C:\TMP\mim.exe sekurlsa::LogonPasswords)");
    auto const kept = host.run({ &analyser, &ranking::analyser });
    ASSERT_EQ(kept.findings.size(), 1U);
    auto const& finding = kept.findings.front();
    EXPECT_EQ(finding.title.en, R"(Scheduled task \GameOver)");
    EXPECT_EQ(finding.severity, Severity::high);
    EXPECT_EQ(finding.host, "PC1");
    EXPECT_THAT(finding.explanation.en, HasSubstr("sekurlsa::LogonPasswords"));
    EXPECT_THAT(finding.explanation.en, HasSubstr("Rank 1 of this host"));
    EXPECT_EQ(finding.because.front().trace, (TraceId { tasks, 200 }));
}

// covers: W75
TEST(HostState, StoresThatContradictOneAnotherAreTold)
{
    AnalyserCase host(schemas());
    auto const xml = host.add_evidence("tasks", "PC1");
    auto const hive = host.add_evidence("SOFTWARE", "PC1");
    for (std::uint64_t at = 0; at < 30; ++at) {
        auto const name = format("Task{}", at);
        put_task(host, xml, at + 1, format(R"(C:\Windows\System32\Tasks\Microsoft\{})", name),
            R"(%windir%\system32\a.exe)", std::string(64, 'a'));
        windows_task_cache::TaskRow row;
        auto const path = format(R"(\Microsoft\{})", name);
        auto const hash = std::string(64, at == 7 ? 'b' : 'a');
        row.path = path;
        row.hash = std::string_view(hash);
        row.is_in_tree = row.is_in_tasks = true;
        row.has_security = at != 9;
        row.index = 3;
        host.put(hive, windows_task_cache::task_schema, { at + 1, 10, false }, row);
    }
    auto const kept = host.run({ &analyser, &ranking::analyser });
    // Neither alone is worth a finding for a program of Windows; hidden from lists is.
    ASSERT_LE(kept.findings.size(), 1U);
    for (auto const& finding : kept.findings)
        EXPECT_EQ(finding.title.en, R"(Scheduled task \Microsoft\Task9)");
}

// covers: W30
TEST(HostState, AProgramInTheWrongFolderThatRanIsJoinedWithTheServiceThatStartsIt)
{
    AnalyserCase host(schemas());
    auto const hive = host.add_evidence("SYSTEM", "PC1");
    auto const prefetch = host.add_evidence("SVCHOST.EXE-12345678.pf", "PC1");
    windows_service::ServiceRow service;
    service.name = "Helper";
    service.kind = "own_process";
    service.image_path = R"(C:\Users\Public\svchost.exe -k netsvcs)";
    service.is_current = true;
    host.put(hive, windows_service::service_schema, { 4'096, 100, false }, service);
    windows_prefetch::ProgramRow program;
    program.executable = "SVCHOST.EXE";
    program.path = R"(\VOLUME{01d8340a2a1b2c3d-1234abcd}\USERS\PUBLIC\SVCHOST.EXE)";
    program.run_count = 3;
    program.last_run_at = minutes(5);
    host.put(prefetch, windows_prefetch::program_schema, { 0, 100, false }, program);
    auto const kept = host.run({ &analyser, &ranking::analyser });
    ASSERT_EQ(kept.findings.size(), 1U) << "service and program are one story";
    auto const& finding = kept.findings.front();
    EXPECT_THAT(finding.explanation.en, HasSubstr("name of a program of Windows"));
    EXPECT_THAT(finding.explanation.en, testing::AllOf(HasSubstr("With it: "), HasSubstr("Program ")));
    EXPECT_FALSE(finding.explanation.ja.empty());
    EXPECT_EQ(finding.because_total, 2U) << "the traces of both";
}

TEST(HostState, HowWindowsXpStartedAProgramIsNoPartOfItsPath)
{
    AnalyserCase host(schemas());
    auto const hive = host.add_evidence("NTUSER.DAT", "PC1");
    std::uint64_t offset = 0;
    for (auto const* path :
        { R"(UEME_RUNPATH:C:\Users\Public\svchost.exe)", R"(UEME_RUNPIDL:%csidl2%\MSN 3.0\MSN.lnk)", "UEME_RUNPIDL" }) {
        windows_userassist::EntryRow row;
        row.path = path;
        row.run_count = 3;
        row.last_run_at = minutes(5);
        host.put(hive, windows_userassist::entry_schema, { offset += 100, 100, false }, row);
    }
    auto const kept = host.run({ &analyser, &ranking::analyser });
    ASSERT_EQ(kept.findings.size(), 1U);
    for (auto const& finding : kept.findings) {
        EXPECT_EQ(finding.title.en, R"(Program C:\Users\Public\svchost.exe)");
        EXPECT_THAT(finding.explanation.en, HasSubstr("name of a program of Windows"));
        EXPECT_THAT(finding.explanation.en, Not(HasSubstr("data stream")));
    }
}

// covers: W85
TEST(HostState, AnAccountWithTheRightsOfAnotherIsFound)
{
    AnalyserCase host(schemas());
    auto const hive = host.add_evidence("SAM", "PC1");
    for (std::uint32_t rid : { 500U, 501U, 1000U, 1001U }) {
        windows_account::AccountRow row;
        auto const name = format("user{}", rid);
        row.name = name;
        row.rid = rid;
        row.stored_rid = rid == 501 ? 500 : rid;
        row.is_rid_foreign = rid == 501;
        row.has_name_entry = true;
        host.put(hive, windows_account::account_schema, { rid, 100, false }, row);
    }
    auto const kept = host.run({ &analyser, &ranking::analyser });
    for (auto const& finding : kept.findings)
        EXPECT_EQ(finding.title.en, "Account user501 (501)");
}

TEST(HostState, SinceWhenATaskIsThereIsTheWordOfTheSchedulerNotOfTheFile)
{
    AnalyserCase host(schemas());
    windows_task_xml::DefinitionRow file;
    file.path = R"(C:\Windows\System32\Tasks\Updater)";
    file.action_list = R"(C:\TMP\updater.exe)";
    file.registered_at = minutes(1); // whoever writes the file writes this
    host.put(host.add_evidence("tasks", "PC1"), windows_task_xml::definition_schema, { 1, 10, false }, file);
    windows_task_cache::TaskRow cache;
    cache.path = R"(\Updater)";
    cache.registered_at = minutes(5'000);
    cache.last_run_at = minutes(4'000);
    host.put(host.add_evidence("SOFTWARE", "PC1"), windows_task_cache::task_schema, { 1, 10, false }, cache);
    host.run({ &analyser });
    auto rows = host.store().query("SELECT first_at, came_at FROM host_state WHERE kind = 'task'").value();
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.time(0), minutes(1));
    EXPECT_EQ(rows.time(1), minutes(5'000));
}

// covers: W33
TEST(HostState, TheDriverThatDefenderLoadsAnewIsKnownInItsFolderOnly)
{
    AnalyserCase host(schemas());
    auto const hive = host.add_evidence("SYSTEM", "PC1");
    std::uint64_t offset = 0;
    for (auto const* image : { R"(\??\C:\ProgramData\Microsoft\Windows Defender\Definition Updates\{D0}\MpKslDrv.sys)",
             R"(\??\C:\ProgramData\oem\MpKslDrv.sys)" }) {
        windows_service::ServiceRow row;
        row.name = offset == 0 ? "MpKslb1" : "MpKslb2";
        row.kind = "kernel driver";
        row.is_current = true;
        row.image_path = image;
        host.put(hive, windows_service::service_schema, { offset += 100, 10, false }, row);
    }
    host.run({ &analyser });
    auto rows
        = host.store().query("SELECT title FROM host_state WHERE contains(features, 'location.known_benign')").value();
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.text(0), "Driver MpKslb1");
    EXPECT_FALSE(rows.next());
}

TEST(HostState, ACaseWithoutStateGivesNothing)
{
    AnalyserCase host(schemas());
    auto const evidence = host.add_evidence("x.evtx", "PC1");
    host.event(evidence, 10, "Security", 4624, 1, minutes(0));
    EXPECT_TRUE(host.run({ &analyser, &ranking::analyser }).findings.empty());
}

}
}
