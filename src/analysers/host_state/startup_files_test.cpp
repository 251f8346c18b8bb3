#include "analysers/host_state/host.hpp"
#include "base/text.hpp"
#include "support/analyser_case.hpp"
#include "traces/windows_lnk/parser.hpp"
#include "traces/windows_mft/parser.hpp"

namespace konseki::host_state {
namespace {

using test::minutes;

std::vector<Schema const*> schemas()
{
    auto const common = test::analyser_schemas();
    std::vector<Schema const*> all(common.begin(), common.end());
    for (auto const* schema : { &windows_lnk::link_schema.erased, &windows_mft::file_schema.erased,
             &windows_event::file_event_schema.erased })
        all.push_back(schema);
    return all;
}

void put_file(test::AnalyserCase& host, EvidenceNumber evidence, std::uint64_t offset, std::string_view path)
{
    windows_mft::FileRow row;
    row.path = path;
    row.is_in_use = true;
    row.name_created_at = minutes(5);
    host.put(evidence, windows_mft::file_schema, { offset, 1'024, false }, row);
}

// The items as they are before they are weighed: "W07|command" by title, and the traces they stand on.
Result<void> list_items(AnalyserInputs const& inputs, FindingSink& findings)
{
    Hosts hosts(inputs);
    TRY(hosts.load());
    TRY(gather_startup_files(hosts));
    for (auto const& [key, host] : hosts.all())
        for (auto const& item : host.items) {
            Finding finding;
            finding.analyser = "probe";
            finding.rule = item.title;
            finding.title = { item.title, item.title };
            finding.host = host.name;
            finding.explanation = { format("{}|{}", item.location, item.command), {} };
            finding.advice = { "none", "none" };
            for (auto const& term : item.terms)
                finding.because.push_back({ term.trace, "", {}, { { "term", std::string(term.feature->id) } } });
            findings.add(finding, item.traces);
        }
    return {};
}

constexpr Analyser probe {
    .name = "probe", .title = "", .version = 1, .needs = {}, .emits = {}, .after = {}, .run = list_items
};

// covers: W07
TEST(HostStateStartupFiles, AStartupFolderGivesProgramsAndWhatLinksLeadTo)
{
    test::AnalyserCase host(schemas());
    constexpr std::string_view folder = R"(Users\hanako\AppData\Roaming\Microsoft\Windows\Start Menu\Programs\Startup)";
    auto const table = host.add_evidence("$MFT", "PC1");
    put_file(host, table, 1'024, format("\\{}\\Updater.exe", folder));
    put_file(host, table, 2'048, format("\\{}\\desktop.ini", folder));
    put_file(host, table, 3'072, format("\\{}\\Notes.lnk", folder));
    put_file(host, table, 4'096, R"(\Users\hanako\Desktop\other.exe)");
    auto const link = host.add_evidence(format("KAPE/C/{}/Notes.lnk", folder), "PC1");
    windows_lnk::LinkRow row;
    auto const path = format("KAPE/C/{}/Notes.lnk", folder);
    row.path = path;
    row.target = R"(C:\Program Files\Notes\notes.exe)";
    row.arguments = "/background";
    host.put(link, windows_lnk::link_schema, { 0, 300, false }, row);
    auto const kept = host.run(probe);
    ASSERT_EQ(kept.findings.size(), 2U);
    auto const* const program = kept.find("Startup folder: Updater.exe");
    ASSERT_NE(program, nullptr);
    EXPECT_EQ(program->explanation.en,
        R"(W07|C:\users\hanako\appdata\roaming\microsoft\windows\start menu\programs\startup\updater.exe)");
    ASSERT_EQ(program->because.size(), 1U);
    EXPECT_EQ(program->because[0].fields[0].second, "location.unusual");
    auto const* const notes = kept.find("Startup folder: Notes.lnk");
    ASSERT_NE(notes, nullptr);
    EXPECT_EQ(notes->explanation.en, R"(W07|"C:\Program Files\Notes\notes.exe" /background)");
    EXPECT_TRUE(notes->because.empty());
    EXPECT_EQ(kept.traces[1].size(), 2U); // the file table and the link
}

// covers: W35 W52 W68 W78 W79 W92
TEST(HostStateStartupFiles, OtherFilesStartByTheirPlaceAndNeighboursOfThemDoNot)
{
    test::AnalyserCase host(schemas());
    auto const table = host.add_evidence("$MFT", "PC1");
    std::uint64_t offset = 0;
    for (auto const* const path : { R"(\Windows\System32\WindowsPowerShell\v1.0\profile.ps1)",
             R"(\Users\a\Documents\PowerShell\Microsoft.PowerShell_profile.ps1)",
             R"(\Windows\Setup\Scripts\SetupComplete.cmd)", R"(\Windows\System32\wpbbin.exe)", R"(\Program.exe)",
             R"(\Windows\AppPatch\Custom\Custom64\{1}.sdb)", R"(\Users\a\AppData\Roaming\Microsoft\Word\STARTUP\x.wll)",
             R"(\Users\a\AppData\Roaming\Microsoft\Excel\XLSTART\x.xlam)",
             R"(\Users\a\AppData\Roaming\Microsoft\Outlook\VbaProject.OTM)" })
        put_file(host, table, offset += 1'024, path);
    for (auto const* const path :
        { R"(\Users\a\work\profile.ps1)", R"(\Windows\System32\setup\scripts\SetupComplete.cmd)",
            R"(\Windows\AppPatch\sysmain.sdb)", R"(\Windows\AppPatch\drvmain.sdb)", R"(\Users\a\program.exe)",
            R"(\Users\a\AppData\Roaming\Microsoft\Word\STARTUP\desktop.ini)" })
        put_file(host, table, offset += 1'024, path);
    auto const kept = host.run(probe);
    std::string numbers;
    for (auto const& finding : kept.findings)
        append_format(numbers, "{} ", finding.explanation.en.substr(0, 3));
    EXPECT_EQ(numbers, "W78 W78 W52 W92 W35 W68 W79 W79 W79 ");
    auto const* const library = kept.find("Office add-in, template or test hook: x.wll");
    ASSERT_NE(library, nullptr);
    ASSERT_FALSE(library->because.empty());
    EXPECT_EQ(library->because[0].fields[0].second, "location.rare") << "code, where documents are usual";
}

// covers: W07 W78
TEST(HostStateStartupFiles, EventsAndCollectedFilesTellOfThemToo)
{
    test::AnalyserCase host(schemas());
    auto const log = host.add_evidence("Sysmon.evtx", "PC1");
    windows_event::FileEvent event;
    event.computer = "PC1.corp.example";
    event.kind = "created";
    event.path = R"(C:\ProgramData\Microsoft\Windows\Start Menu\Programs\StartUp\run.vbs)";
    event.written_at = minutes(7);
    host.put(log, windows_event::file_event_schema, { 512, 100, false }, event);
    host.add_evidence("out/C/Users/a/Documents/WindowsPowerShell/profile.ps1", "PC1");
    host.add_evidence("out/C/Users/a/Documents/profile.ps1", "PC1");
    auto const kept = host.run(probe);
    ASSERT_EQ(kept.findings.size(), 2U);
    EXPECT_EQ(kept.findings[0].rule, "Startup folder: run.vbs");
    EXPECT_EQ(kept.findings[1].rule, "PowerShell profile: profile.ps1");
    EXPECT_EQ(kept.findings[1].host, kept.findings[0].host);
}

}
}
