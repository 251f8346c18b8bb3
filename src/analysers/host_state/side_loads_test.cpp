#include "analysers/host_state/analyser.hpp"
#include "analysers/ranking/analyser.hpp"
#include "base/text.hpp"
#include "support/analyser_case.hpp"
#include "traces/windows_amcache/schemas.hpp"
#include "traces/windows_mft/parser.hpp"
#include "traces/windows_usn/parser.hpp"
#include <gmock/gmock.h>

namespace konseki::host_state {
namespace {

using testing::HasSubstr;

std::vector<Schema const*> schemas()
{
    auto const common = test::analyser_schemas();
    std::vector<Schema const*> all(common.begin(), common.end());
    all.push_back(&windows_mft::file_schema.erased);
    all.push_back(&windows_usn::record_schema.erased);
    all.push_back(&windows_amcache::file_schema.erased);
    all.push_back(&windows_event::process_start_schema.erased);
    all.insert(all.end(), analyser.emits.begin(), analyser.emits.end());
    all.insert(all.end(), ranking::analyser.emits.begin(), ranking::analyser.emits.end());
    return all;
}

void put_file(test::AnalyserCase& host, EvidenceNumber evidence, std::uint64_t offset, std::string_view path)
{
    windows_mft::FileRow row;
    row.path = path;
    row.extension = path.substr(path.rfind('.') + 1);
    row.is_in_use = true;
    host.put(evidence, windows_mft::file_schema, { offset, 1'024, false }, row);
}

// covers: W94
TEST(HostStateSideLoads, AProgramAndItsLibraryWhereNeitherBelongsAreFoundAtHomeTheyAreNot)
{
    sigma::RuleFile const pair { "jli.yml", R"(Name: jli.dll
ExpectedLocations:
- '%PROGRAMFILES%\Java\%VERSION%\bin'
VulnerableExecutables:
- Path: '%PROGRAMFILES%\Java\%VERSION%\bin\policytool.exe'
)" };
    auto const pairs = side_loading::Catalogue::compile({ &pair, 1 });
    test::AnalyserCase host(schemas());
    auto const table = host.add_evidence("$MFT", "PC1");
    put_file(host, table, 1'024, R"(\Program Files\Java\jre8\bin\policytool.exe)");
    put_file(host, table, 2'048, R"(\Program Files\Java\jre8\bin\jli.dll)");
    put_file(host, table, 3'072, R"(\ProgramData\OEM\policytool.exe)");
    put_file(host, table, 4'096, R"(\ProgramData\OEM\jli.dll)");
    put_file(host, table, 5'120, R"(\ProgramData\OEM\vac.dat)");
    put_file(host, table, 6'144, R"(\Users\a\AppData\Local\Good\good.exe)");
    put_file(host, table, 7'168, R"(\Users\a\AppData\Local\Good\good.dll)");
    auto const kept = host.run({ &analyser, &ranking::analyser }, &pairs);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_THAT(kept.findings[0].title.en, HasSubstr(R"(\programdata\oem\policytool.exe)"));
    EXPECT_THAT(kept.findings[0].explanation.en, HasSubstr("jli.dll beside policytool.exe"));
    EXPECT_THAT(kept.findings[0].explanation.en, HasSubstr("vac.dat"));
}

sigma::RuleFile const player { "libvlc.yml", R"(Name: libvlc.dll
ExpectedLocations:
- '%PROGRAMFILES%\VideoLAN\VLC'
VulnerableExecutables:
- Path: '%PROGRAMFILES%\VideoLAN\VLC\vlc.exe'
)" };

// covers: W94
TEST(HostStateSideLoads, APairAmongTheOtherFilesOfAWholeProgramWeighsLittle)
{
    auto const pairs = side_loading::Catalogue::compile({ &player, 1 });
    test::AnalyserCase host(schemas());
    auto const table = host.add_evidence("$MFT", "PC1");
    std::uint64_t offset = 0;
    for (auto const* name : { "vlc.exe", "vlc-cache-gen.exe", "libvlc.dll", "libvlccore.dll", "axvlc.dll" })
        put_file(host, table, offset += 1'024, format(R"(\ProgramData\Player\{})", name));
    EXPECT_TRUE(host.run({ &analyser, &ranking::analyser }, &pairs).findings.empty());
    auto rows = host.store().query("SELECT count(*) FROM host_state WHERE contains(features, 'known_pair_among')");
    ASSERT_TRUE(rows.ok() && rows.value().next());
    EXPECT_EQ(rows.value().unsigned_integer(0), 1U);
}

// covers: W94
TEST(HostStateSideLoads, WhatLiesBelowAPairBelongsToTheProgramToo)
{
    auto const pairs = side_loading::Catalogue::compile({ &player, 1 });
    test::AnalyserCase host(schemas());
    auto const table = host.add_evidence("$MFT", "PC1");
    std::uint64_t offset = 0;
    for (auto const* name : { "vlc.exe", "libvlc.dll", R"(plugins\gui\libqt_plugin.dll)", R"(plugins\gui\skins.dll)",
             R"(plugins\access\libfilesystem_plugin.dll)" })
        put_file(host, table, offset += 1'024, format(R"(\Tools\Player\{})", name));
    put_file(host, table, 9'216, R"(\Tools\Player2\vlc.exe)");
    put_file(host, table, 10'240, R"(\Tools\Player2\libvlc.dll)");
    host.run({ &analyser, &ranking::analyser }, &pairs);
    auto rows = host.store().query("SELECT target, contains(features, 'known_pair_among_others') FROM host_state WHERE "
                                   "contains(features, 'content.known_pair') ORDER BY target");
    ASSERT_TRUE(rows.ok() && rows.value().next());
    EXPECT_EQ(rows.value().text(0), R"(\tools\player2\vlc.exe)");
    EXPECT_FALSE(rows.value().boolean(1)) << "a neighbour's files are not its own";
    ASSERT_TRUE(rows.value().next());
    EXPECT_EQ(rows.value().text(0), R"(\tools\player\vlc.exe)");
    EXPECT_TRUE(rows.value().boolean(1));
}

// covers: W94
TEST(HostStateSideLoads, AProgramUnderAnotherNameStillLoadsItsLibraryAmongInstalledPrograms)
{
    auto const pairs = side_loading::Catalogue::compile({ &player, 1 });
    test::AnalyserCase host(schemas());
    auto const table = host.add_evidence("$MFT", "PC1");
    auto const inventory = host.add_evidence("Amcache.hve", "PC1");
    put_file(host, table, 1'024, R"(\Program Files\Common Files\Oem\msmpeng.exe)");
    put_file(host, table, 2'048, R"(\Program Files\Common Files\Oem\libvlc.dll)");
    put_file(host, table, 3'072, R"(\Program Files\Common Files\Other\msmpeng.exe)");
    put_file(host, table, 4'096, R"(\Program Files\Common Files\Other\libvlc.dll)");
    windows_amcache::FileRow row;
    row.path = R"(c:\program files\common files\oem\msmpeng.exe)";
    row.original_file_name = "VLC.exe";
    row.layout = Symbol("InventoryApplicationFile");
    host.put(inventory, windows_amcache::file_schema, { 4'096, 100, false }, row);
    host.run({ &analyser, &ranking::analyser }, &pairs);
    auto rows = host.store().query("SELECT key FROM host_state WHERE contains(features, 'content.known_pair')");
    ASSERT_TRUE(rows.ok() && rows.value().next());
    EXPECT_EQ(rows.value().text(0), R"(program|\program files\common files\oem\msmpeng.exe)");
    EXPECT_FALSE(rows.value().next()) << "whose name nobody knows is no known program";
}

// covers: W94
TEST(HostStateSideLoads, AMakersProgramAloneWithALibraryNeedsNoList)
{
    test::AnalyserCase host(schemas());
    auto const table = host.add_evidence("$MFT", "PC1");
    auto const inventory = host.add_evidence("Amcache.hve", "PC1");
    std::uint64_t offset = 0;
    for (auto const* path :
        { R"(\ProgramData\Oem\K7SysMon.exe)", R"(\ProgramData\Oem\K7SysMn1.dll)", R"(\ProgramData\Oem\K7SysMon.Exe.db)",
            R"(\ProgramData\Nobody\own.exe)", R"(\ProgramData\Nobody\own.dll)" })
        put_file(host, table, offset += 1'024, path);
    windows_amcache::FileRow row;
    row.path = R"(c:\programdata\oem\k7sysmon.exe)";
    row.publisher = Symbol("k7 computing pvt ltd");
    row.layout = Symbol("InventoryApplicationFile");
    host.put(inventory, windows_amcache::file_schema, { 4'096, 100, false }, row);
    host.run({ &analyser, &ranking::analyser });
    auto rows = host.store().query("SELECT key, story FROM host_state WHERE contains(features, 'content.lone_pair')");
    ASSERT_TRUE(rows.ok() && rows.value().next());
    EXPECT_EQ(rows.value().text(0), R"(program|\programdata\oem\k#sysmon.exe)");
    EXPECT_EQ(rows.value().text(1), "pair k7sysmn1.dll beside k7sysmon.exe") << "the same under any folder's name";
    EXPECT_FALSE(rows.value().next()) << "a program that names no maker is no lure";
}

// covers: W94
TEST(HostStateSideLoads, ALibraryThatNobodyShipsIsToldWhereProgramsOfWindowsLookForIt)
{
    sigma::RuleFile const phantom { "wlbsctrl.yml", R"(Name: wlbsctrl.dll
VulnerableExecutables:
- Path: '%SYSTEM32%\svchost.exe'
  Type: Phantom
)" };
    auto const pairs = side_loading::Catalogue::compile({ &phantom, 1 });
    test::AnalyserCase host(schemas());
    auto const table = host.add_evidence("$MFT", "PC1");
    put_file(host, table, 1'024, R"(\Windows\System32\wlbsctrl.dll)");
    put_file(host, table, 2'048, R"(\Windows\System32\wlbsctrl2.dll)");
    host.run({ &analyser, &ranking::analyser }, &pairs);
    auto rows = host.store().query("SELECT key FROM host_state WHERE contains(features, 'content.phantom_library')");
    ASSERT_TRUE(rows.ok() && rows.value().next());
    EXPECT_EQ(rows.value().text(0), R"(program|\windows\system32\wlbsctrl.dll)");
    EXPECT_FALSE(rows.value().next());
}

// covers: W94
TEST(HostStateSideLoads, AProgramOfWindowsThatWasCopiedBesideALibraryNeedsNoList)
{
    test::AnalyserCase host(schemas());
    auto const table = host.add_evidence("$MFT", "PC1");
    put_file(host, table, 1'024, R"(\ProgramData\Cache\certutil.exe)");
    put_file(host, table, 2'048, R"(\ProgramData\Cache\certcli.dll)");
    put_file(host, table, 3'072, R"(\Windows\System32\certutil.exe)");
    put_file(host, table, 4'096, R"(\Windows\System32\certcli.dll)");
    auto const kept = host.run({ &analyser, &ranking::analyser });
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_THAT(kept.findings[0].explanation.en, HasSubstr("certcli.dll beside certutil.exe"));
}

TEST(HostStateFiles, ACreationTimeThatTheJournalContradictsIsTold)
{
    test::AnalyserCase host(schemas());
    auto const table = host.add_evidence("$MFT", "PC1");
    auto const journal = host.add_evidence("$J", "PC1");
    for (auto const& [offset, path] : { std::pair { 1'024U, R"(\ProgramData\OEM\stomped.exe)" },
             std::pair { 2'048U, R"(\ProgramData\OEM\honest.exe)" } }) {
        windows_mft::FileRow row;
        row.path = path;
        row.extension = "exe";
        row.file_record = offset / 1'024;
        row.file_sequence = 2;
        row.is_in_use = true;
        row.created_at = offset == 1'024U ? test::minutes(0) : test::minutes(100'000);
        host.put(table, windows_mft::file_schema, { offset, 1'024, false }, row);
        windows_usn::RecordRow change;
        change.written_at = test::minutes(100'000);
        change.name = offset == 1'024U ? "stomped.exe" : "honest.exe";
        change.reason = "FILE_CREATE";
        change.file_record = offset / 1'024;
        change.file_sequence = 2;
        host.put(journal, windows_usn::record_schema, { offset, 80, false }, change);
        windows_event::ProcessStart start;
        start.written_at = test::minutes(100'001);
        start.computer = "PC1";
        auto const image = format("C:{}", path);
        start.image = Symbol(std::string_view(image));
        host.put(journal, windows_event::process_start_schema, { offset + 1, 80, false }, start);
    }
    auto const kept = host.run({ &analyser, &ranking::analyser });
    for (auto const& finding : kept.findings)
        EXPECT_THAT(finding.title.en, HasSubstr("stomped.exe"));
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_THAT(kept.findings[0].explanation.en, HasSubstr("the journal saw it made at"));
}

TEST(HostStateFiles, SinceWhenAFileIsThereIsToldByItsNamesTimeNotByTheOneThatAnybodyCanSet)
{
    test::AnalyserCase host(schemas());
    auto const table = host.add_evidence("$MFT", "PC1");
    auto const starts = host.add_evidence("Security.evtx", "PC1");
    std::uint64_t offset = 0;
    windows_mft::FileRow file;
    file.path = R"(\ProgramData\oem\a.exe)";
    file.extension = "exe";
    file.is_in_use = true;
    file.created_at = test::minutes(0); // set back
    file.name_created_at = test::minutes(9'000);
    host.put(table, windows_mft::file_schema, { 1'024, 1'024, false }, file);
    for (auto const* path : { R"(C:\ProgramData\oem\a.exe)", R"(C:\ProgramData\oem\b.exe)" }) {
        windows_event::ProcessStart start;
        start.written_at = test::minutes(9'100);
        start.computer = "PC1";
        start.image = Symbol(std::string_view(path));
        host.put(starts, windows_event::process_start_schema, { offset += 100, 80, false }, start);
    }
    host.run({ &analyser });
    auto rows = host.store().query("SELECT came_at FROM host_state WHERE kind = 'program' ORDER BY target");
    ASSERT_TRUE(rows.ok() && rows.value().next());
    EXPECT_EQ(rows.value().time(0), test::minutes(9'000));
    ASSERT_TRUE(rows.value().next());
    EXPECT_FALSE(rows.value().time(0).is_set()) << "that it ran does not say since when it is there";
}

}
}
