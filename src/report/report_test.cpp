#include "report/page.hpp"
#include "report/report.hpp"
#include "support/samples.hpp"
#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

namespace konseki::report {

namespace {

using testing::HasSubstr;
using testing::Not;

struct EventRow {
    Timestamp written_at;
    std::uint32_t event_id = 0;
    Symbol channel, computer;
};
constexpr auto event_schema = schema("windows.event", "Events", field("written_at", &EventRow::written_at, ""),
    field("event_id", &EventRow::event_id, ""), field("channel", &EventRow::channel, ""),
    field("computer", &EventRow::computer, ""));

struct LogonFacts {
    Timestamp written_at;
    Symbol computer, kind, user, user_domain, source_address, workstation;
    std::optional<bool> is_success;
    std::optional<std::uint32_t> logon_type;
};
constexpr auto logon_schema = schema("windows.logon", "Logons", field("written_at", &LogonFacts::written_at, ""),
    field("computer", &LogonFacts::computer, ""), field("kind", &LogonFacts::kind, ""),
    field("user", &LogonFacts::user, ""), field("user_domain", &LogonFacts::user_domain, ""),
    field("source_address", &LogonFacts::source_address, ""), field("workstation", &LogonFacts::workstation, ""),
    field("is_success", &LogonFacts::is_success, ""), field("logon_type", &LogonFacts::logon_type, ""));

std::span<Schema const* const> schemas()
{
    static constexpr Schema const* all[] { &event_schema.erased, &logon_schema.erased };
    return all;
}

class Folder {
public:
    Folder()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "konseki-report-XXXXXX").string();
        VERIFY(mkdtemp(pattern.data()) != nullptr);
        m_path = pattern;
    }
    ~Folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    std::filesystem::path const& path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

constexpr std::string_view hostile
    = "<script>alert(1)</script>\"'>&amp;]]><!--\xe2\x80\xae\x07\xed\xa0\x80\xff\xef\xbf\xbf\xc2\xa0";

Timestamp at(std::string_view text)
{
    return *Timestamp::parse(text);
}

void fill_evidence(store::Case& target)
{
    Evidence system;
    system.sha256 = *Sha256::parse("4f9a0c37a1c9b7f3f6f8a3b1f0d5c2e19e3b6d7a8c5f4e3d2c1b0a998877665a");
    system.size_bytes = 21'041'152;
    system.path = "/evidence/Security.evtx";
    system.original_path = "C\\Windows\\System32\\winevt\\Logs\\Security.evtx";
    system.state = EvidenceState::examined;
    system.parser = "windows_event";
    target.add(system).value();
    auto archive = system;
    archive.original_path = std::string("host2/") + std::string(hostile);
    archive.size_bytes = 1'118'208;
    archive.state = EvidenceState::examined;
    target.add(archive).value();
    auto unknown = system;
    unknown.original_path = "notes.bin";
    unknown.state = EvidenceState::not_recognised;
    unknown.parser = "";
    target.add(unknown).value();
    target.append(2, Diagnostic { { ErrorCode::bad_checksum, "evtx.chunk.records_crc", 0x11000, 0, 0, {} }, 0 })
        .value();
    target.append(2, Diagnostic { { ErrorCode::truncated, "evtx.record.size", 0x12f00, 24, 7, {} }, 65'536 }).value();
}

void fill_events(store::Case& target)
{
    TraceBatch batch(event_schema.erased, 1);
    auto const start = at("2024-03-01T00:00:00Z").ticks;
    for (std::int64_t i = 0; i < 1'600; ++i) {
        if (i > 900 && i < 1'100)
            continue; // a gap
        EventRow row { { start + i * 1'800 * ticks_per_second }, static_cast<std::uint32_t>(4'600 + i % 40),
            Symbol(i % 5 == 0 ? "System" : "Security"),
            Symbol(i % 3 == 0 ? "FILESRV01.corp.example" : "WS-0231.corp.example") };
        batch.append(event_schema, { static_cast<std::uint64_t>(0x1200 + i * 700), 700, i % 97 == 0 }, row);
    }
    EventRow odd { { 5 }, 1, Symbol("Security"), Symbol(hostile) };
    batch.append(event_schema, { 1, 1, false }, odd);
    target.append(batch).value();
    TraceBatch logons(logon_schema.erased, 1);
    for (int i = 0; i < 30; ++i) {
        LogonFacts row { at("2024-03-18T02:11:09Z"), "FILESRV01.corp.example",
            Symbol(i < 24 ? "logon_failed" : "logon"), "svc_backup", "CORP", "10.20.30.41", {}, i >= 24, 3U };
        logons.append(logon_schema, { static_cast<std::uint64_t>(0x2000 + i), 700, false }, row);
    }
    target.append(logons).value();
}

Finding finding(std::string rule, Severity severity, Words title, std::string host, std::string_view first,
    std::string_view last, TraceId trace)
{
    Finding made;
    made.analyser = "sigma";
    made.rule = std::move(rule);
    made.severity = severity;
    made.title = std::move(title);
    made.host = std::move(host);
    made.first_at = at(first);
    made.last_at = at(last);
    made.source = "Konseki starter rules, Apache-2.0";
    made.because = { { trace, "windows.event", made.first_at,
        { { "Channel", "Security" }, { "EventID", "1102" }, { "SubjectUserName", "svc_backup" },
            { "SubjectDomainName", "CORP" } } } };
    assign_id(made);
    return made;
}

void fill_findings(store::Case& target)
{
    auto const sink = target.replace_findings("sigma").value();
    auto cleared = finding("rule-log-cleared", Severity::high,
        { "Security event log cleared", "セキュリティイベントログの消去" }, "FILESRV01.corp.example",
        "2024-03-18T02:14:55.1234567Z", "2024-03-18T02:14:55.1234567Z", { 1, 0x12a0 });
    cleared.attack = { "T1070.001" };
    cleared.explanation = { "Somebody cleared the Security log. Intruders do this to hide how they came in; "
                            "administrators rarely have a reason to.",
        "セキュリティログが消去された。侵入者は侵入の経路を隠すために行う。管理者が行う理由はほとんどない。" };
    cleared.advice
        = { "Ask who did it and why. Look for copies: forwarded events, backups, recovered records of the same hours.",
              "誰がなぜ行ったかを確認する。転送されたイベント、バックアップ、同じ時間帯の復元記録を探す。" };
    sink->add(cleared, std::vector<TraceId> { { 1, 0x12a0 } });

    auto shell = finding("rule-web-shell", Severity::critical,
        { "Shell started by a web server process", "Web サーバーのプロセスによるシェルの起動" }, "WS-0231.corp.example",
        "2024-03-18T01:02:03Z", "2024-03-18T01:58:40Z", { 1, 0x99000 });
    shell.attack = { "T1505.003", "T1059.001" };
    shell.because.front().fields = { { "Image", "C:\\Windows\\System32\\cmd.exe" },
        { "ParentImage", "C:\\Windows\\System32\\inetsrv\\w3wp.exe" },
        { "CommandLine", "cmd.exe /c whoami & net group \"Domain Admins\" /domain" } };
    shell.explanation = { "A web server started a command shell. On a server that only serves pages this does not "
                          "happen; a web shell does exactly this.",
        "Web サーバーがコマンドシェルを起動した。ページを返すだけのサーバーでは起こらない。Web "
        "シェルはまさにこの動きをする。" };
    shell.advice = { "Isolate the server, keep its memory and disk, and look in the web root for files written before "
                     "the first trace.",
        "サーバーを隔離し、メモリーとディスクを保全する。最初の痕跡より前に書かれたファイルを公開フォルダで探す。" };
    sink->add(shell, std::vector<TraceId>(17, { 1, 0x99000 }));

    for (int i = 0; i < 60; ++i) {
        auto many = finding("rule-failed-logons", Severity::medium, { "Many failed logons", "ログオン失敗の多発" },
            "WS-" + std::to_string(1'000 + i), "2024-03-20T03:00:00Z", "2024-03-20T04:00:00Z",
            { 1, 0x50000 + static_cast<std::uint64_t>(i) });
        many.attack = { "T1110" };
        sink->add(many, std::vector<TraceId> { { 1, 0x50000 } });
    }
    auto nasty = finding("rule-" + std::string(hostile), Severity::low, { std::string(hostile), "" },
        std::string(hostile), "2024-03-25T00:00:00Z", "2024-03-25T00:00:00Z", { 2, 0x10 });
    nasty.because.front().fields = { { std::string(hostile), std::string(hostile) } };
    nasty.attack = { "T1<b>" };
    nasty.explanation.en = hostile;
    nasty.advice.en = hostile;
    nasty.source = hostile;
    sink->add(nasty, std::vector<TraceId> { { 2, 0x10 } });
    target
        .set_fact("rules.summary",
            R"({"files":12,"rules":214,"correlations":6,"fingerprint":"ab12","problems":[{"path":"rules/x.yml","title":"<b>x</b>","reason":"unexpanded placeholder","detail":"%Servers%"}]})")
        .value();
    target
        .set_fact("yara.rules",
            R"({"rules":90,"files":3,"fingerprint":"cd","problems":[{"path":"y/slow.yar","line":2,"words":"slow","is_error":false},{"path":"y/<b>.yar","line":7,"words":"undefined \"x\"","is_error":true}]})")
        .value();
    target.commit().value();
}

std::unique_ptr<store::Case> filled_case(std::filesystem::path const& folder)
{
    auto target = store::Case::open(folder / "acme-2024", store::Access::read_write, schemas()).value();
    fill_evidence(*target);
    fill_events(*target);
    fill_findings(*target);
    return target;
}

ReportOptions options(std::string language = "en")
{
    ReportOptions made;
    made.language = std::move(language);
    made.generated_at = at("2024-04-02T09:00:00Z");
    return made;
}

Contents gathered(store::Case const& source, ReportOptions const& wanted)
{
    auto contents = gather(source, wanted);
    if (!contents.ok())
        throw std::runtime_error(to_string(contents.error()));
    return std::move(contents).value();
}

std::string page_of(store::Case const& source, ReportOptions const& wanted)
{
    return html_page(gathered(source, wanted));
}

}

TEST(Report, SaysWhichYaraFilesWereSkipped)
{
    Folder const folder;
    auto const source = filled_case(folder.path());
    auto const page = page_of(*source, options());
    EXPECT_NE(page.find("YARA: 90 rules of 3 files were used; 1 files could not be used and were skipped."),
        std::string::npos);
    EXPECT_NE(page.find("y/&lt;b&gt;.yar:7"), std::string::npos);
    EXPECT_LT(page.find("undefined"), page.find("y/slow.yar:2")); // errors before warnings
    auto const contents = gathered(*source, options());
    EXPECT_EQ(contents.yara_problems_total, 2U);
    EXPECT_NE(page_of(*source, options("ja")).find("飛ばしたファイルは 1 件"), std::string::npos);
}

TEST(Report, SaysTheAnswerFirst)
{
    Folder const folder;
    auto const source = filled_case(folder.path());
    auto const page = page_of(*source, options());
    EXPECT_THAT(page, HasSubstr("Findings: 1 critical, 1 high; hosts concerned: 2."));
    EXPECT_THAT(page, HasSubstr("重大 1 件、高 1 件"));
    EXPECT_LT(page.find("id=\"answer\""), page.find("id=\"findings\""));
    EXPECT_LT(page.find("Shell started by a web server process"), page.find("Security event log cleared"));
    EXPECT_THAT(page, HasSubstr("konseki show e1@0x12a0"));
    EXPECT_THAT(page, HasSubstr("2024-03-18 02:14:55 UTC<span class=\"jst\">2024-03-18 11:14:55 JST"));
    EXPECT_THAT(page, HasSubstr("64.0 KiB lost"));
    EXPECT_THAT(page, HasSubstr("TLP:AMBER+STRICT"));
    EXPECT_THAT(page, HasSubstr("unexpanded placeholder"));
    EXPECT_THAT(page, HasSubstr("svc_backup"));
}

TEST(Report, CutsNothingSilently)
{
    Folder const folder;
    auto const source = filled_case(folder.path());
    auto const contents = gathered(*source, options());
    auto const page = html_page(contents);
    EXPECT_THAT(page, HasSubstr("Findings 60 · hosts 60"));
    EXPECT_THAT(page, HasSubstr("Show 20 more"));
    EXPECT_THAT(page, HasSubstr("35 more:"));
    EXPECT_THAT(page, HasSubstr("konseki findings --rule rule-failed-logons"));
    EXPECT_THAT(page, HasSubstr("Traces: the first 1 of 17"));
    EXPECT_EQ(contents.timeline.events_outside, 1U);
}

TEST(Report, LongValuesAreCutBetweenCharactersAndTold)
{
    Contents contents;
    contents.groups.emplace_back();
    contents.groups_total = 1;
    std::string script;
    for (int i = 0; i < 1'000; ++i)
        script += "あ";
    contents.groups[0].findings = 1;
    contents.groups[0].shown.push_back(
        { "f-1", "H", {}, {}, 1, 1, { { { 1, 2 }, "windows.event", {}, { { "ScriptBlockText", script } } } } });
    auto const page = html_page(contents);
    EXPECT_THAT(page, HasSubstr("1,500 bytes more"));
    EXPECT_THAT(page, Not(HasSubstr("\\u{e3}")));
}

TEST(Report, CommandsToCopyAreSafeToPaste)
{
    Contents contents;
    contents.groups.emplace_back();
    contents.groups_total = 1;
    contents.groups[0].rule = "x; rm -rf '/'";
    contents.groups[0].findings = 9;
    EXPECT_THAT(html_page(contents),
        HasSubstr("konseki findings --rule &#39;x; rm -rf &#39;\\&#39;&#39;/&#39;\\&#39;&#39;&#39;</code>"));
}

TEST(Report, FindsGapsAndCoverage)
{
    Folder const folder;
    auto const source = filled_case(folder.path());
    auto const contents = gathered(*source, options());
    ASSERT_FALSE(contents.gaps.empty());
    EXPECT_GE(contents.gaps.front().days, 3U);
    ASSERT_EQ(contents.hosts.size(), 3U);
    EXPECT_EQ(contents.hosts[2].name, "WS-0231.corp.example");
    EXPECT_GT(contents.hosts[2].recovered, 0U);
    EXPECT_EQ(contents.remote_logons.size(), 1U);
    EXPECT_EQ(contents.failed_logons.front().count, 24U);
}

TEST(Report, HostileTextIsInert)
{
    Folder const folder;
    auto const source = filled_case(folder.path());
    auto hard = options();
    hard.title = hostile;
    hard.marking = hostile;
    auto const page = page_of(*source, hard);
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, Not(HasSubstr("alert(1)</script>")));
    EXPECT_THAT(page, Not(HasSubstr("<!--")));
    EXPECT_THAT(page, Not(HasSubstr("\xe2\x80\xae"))) << "no bidirectional override survives";
    EXPECT_THAT(page, Not(HasSubstr("\xed\xa0\x80"))) << "no lone surrogate survives";
    EXPECT_THAT(page, Not(HasSubstr("\x07")));
    EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)"));
    EXPECT_THAT(page, HasSubstr("default-src 'none'"));
    EXPECT_THAT(page, Not(HasSubstr("unsafe-inline")));
    EXPECT_THAT(page, Not(HasSubstr(" style=\""))) << "the policy would refuse it";
    EXPECT_EQ(page.find("http", page.find("</head>")), std::string::npos) << "no address to fetch from";
}

TEST(Report, IsWellFormedInBothLanguages)
{
    if (std::system("command -v xmllint >/dev/null 2>&1") != 0)
        GTEST_SKIP() << "xmllint is not installed (libxml2-utils)";
    Folder const folder;
    auto const source = filled_case(folder.path());
    for (std::string const language : { "en", "ja" }) {
        auto const file = folder.path() / (language + ".html");
        ASSERT_TRUE(write(*source, options(language), file).ok());
        EXPECT_EQ(std::system(("xmllint --noout --nonet '" + file.string() + "'").c_str()), 0) << language;
        auto const page = test::read_file(file);
        EXPECT_THAT(page, HasSubstr("<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"" + language + "\""));
        EXPECT_THAT(page,
            HasSubstr("id=\"show-" + language + "\" aria-label=\"" + (language == "ja" ? "日本語" : "English")
                + "\" checked"));
        if (auto const* keep = std::getenv("KONSEKI_KEEP_REPORT"); keep != nullptr)
            std::filesystem::copy_file(file, std::filesystem::path(keep) / (language + ".html"),
                std::filesystem::copy_options::overwrite_existing);
    }
}

TEST(Report, IsTheSameForTheSameCase)
{
    Folder const folder;
    auto const source = filled_case(folder.path());
    Folder const other_folder;
    auto const other = filled_case(other_folder.path());
    EXPECT_EQ(page_of(*source, options()), page_of(*source, options()));
    EXPECT_EQ(page_of(*source, options()), page_of(*other, options()));
}

TEST(Report, EmptyCaseDoesNotClaimSafety)
{
    Folder const folder;
    auto const source = store::Case::open(folder.path() / "empty", store::Access::read_write, schemas()).value();
    auto const page = page_of(*source, options());
    EXPECT_THAT(page, HasSubstr("That is not proof that nobody was there"));
    EXPECT_THAT(page, HasSubstr("侵害がなかった証明ではない"));
    EXPECT_THAT(page, HasSubstr("There is no evidence in this case."));
}

TEST(Report, EveryWordExistsInBothLanguages)
{
    Folder const folder;
    auto const source = filled_case(folder.path());
    auto const page = page_of(*source, options());
    EXPECT_THAT(page, Not(HasSubstr("<span class=\"en\" lang=\"en\"></span>")));
    EXPECT_THAT(page, Not(HasSubstr("<span class=\"ja\" lang=\"ja\"></span>")));
    EXPECT_THAT(page, Not(HasSubstr("{0}")));
}

TEST(Report, WritesTheSameContentAsJson)
{
    Folder const folder;
    auto const source = filled_case(folder.path());
    auto const file = folder.path() / "report.json";
    ASSERT_TRUE(write_json(*source, options(), file).ok());
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    auto const text = test::read_file(file);
    ASSERT_EQ(parser.parse(text).get(document), simdjson::SUCCESS);
    EXPECT_EQ(document["answer"]["findings"]["critical"].get_uint64().value(), 1U);
    EXPECT_EQ(document["groups"].at(0)["title"]["ja"].get_string().value(), "Web サーバーのプロセスによるシェルの起動");
    EXPECT_EQ(document["groups"].at(0)["findings"].at(0)["because"].at(0)["trace"].get_string().value(), "e1@0x99000");
}

}
