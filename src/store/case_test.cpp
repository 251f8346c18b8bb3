#include "base/text.hpp"
#include "store/case.hpp"
#include "store/store_test_case.hpp"
#include "store/stored_text.hpp"
#include <cstdlib>
#include <fstream>
#include <thread>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

namespace konseki::store {

namespace {

using test::all_types_schema;
using test::AllTypes;
using test::Folder;
using test::schemas;

std::unique_ptr<Case> opened(std::filesystem::path const& folder, Access access = Access::read_write)
{
    auto result = Case::open(folder, access, schemas());
    if (!result.ok())
        throw std::runtime_error(to_string(result.error()));
    return std::move(result).value();
}

TraceBatch batch_of(EvidenceNumber evidence, std::span<AllTypes const> rows)
{
    TraceBatch batch(all_types_schema.erased, evidence);
    std::uint64_t offset = 0;
    for (auto const& row : rows)
        batch.append(all_types_schema, { offset += 16, 16, row.flag.value_or(false) }, row);
    return batch;
}

void append_numbers(Case& target, EvidenceNumber evidence, std::size_t count)
{
    for (std::size_t done = 0; done < count;) {
        TraceBatch batch(all_types_schema.erased, evidence);
        for (; done < count && batch.row_count() < TraceBatch::rows_max; ++done) {
            AllTypes row;
            row.number = done;
            row.symbol = Symbol("host");
            batch.append(all_types_schema, { done, 1, false }, row);
        }
        ASSERT_TRUE(target.append(batch).ok());
    }
}

std::string answer(Case const& asked, std::string_view sql, std::span<Parameter const> parameters = {})
{
    auto rows = asked.query(sql, parameters);
    if (!rows.ok())
        return to_string(rows.error());
    std::string text;
    while (rows.value().next()) {
        for (std::size_t i = 0; i < rows.value().columns().size(); ++i) {
            text += i == 0 ? "" : "|";
            text += rows.value().is_null(i) ? "NULL" : rows.value().text(i);
        }
        text += '\n';
    }
    return rows.value().status().ok() ? text : to_string(rows.value().status().error());
}

}

TEST(Case, KeepsEveryColumnTypeExactly)
{
    Folder const folder;
    auto const target = opened(folder.path());
    AllTypes full;
    full.flag = true;
    full.number = UINT64_MAX;
    full.difference = INT64_MIN;
    full.ratio = 0.1;
    full.seen_at = *Timestamp::parse("2024-05-06T07:08:09.1234567Z");
    full.local = { Timestamp::parse("2024-05-06T07:08:09.7654321Z")->ticks };
    full.words = "two words";
    full.symbol = Symbol("HOST");
    std::vector<AllTypes> rows { full, AllTypes {} };
    ASSERT_TRUE(target->append(batch_of(7, rows)).ok());
    ASSERT_TRUE(target->commit().ok());

    EXPECT_EQ(answer(*target, "SELECT * FROM test_all_types ORDER BY \"offset\""),
        "true|18446744073709551615|-9223372036854775808|0.1|2024-05-06T07:08:09.123456Z|2024-05-06T07:08:09.7654321|"
        "two "
        "words|HOST|7|16|16|true|133594528891234567\n"
        "NULL|0|0|0|NULL|NULL|NULL|NULL|7|32|16|false|NULL\n");

    auto exact = target->select(
        { .schema = "test.all_types", .columns = { "seen_at", "number" }, .order = { { "number", true } } });
    ASSERT_TRUE(exact.ok()) << to_string(exact.error());
    ASSERT_TRUE(exact.value().next());
    EXPECT_EQ(exact.value().text(0), "2024-05-06T07:08:09.1234567Z");
    EXPECT_EQ(exact.value().time(0), full.seen_at);
    EXPECT_EQ(exact.value().unsigned_integer(1), UINT64_MAX);
    EXPECT_EQ(exact.value().integer(1), 0) << "does not fit";
    ASSERT_TRUE(exact.value().next());
    EXPECT_TRUE(exact.value().is_null(0));
    EXPECT_FALSE(exact.value().next());
}

TEST(Case, HostileTimesAreKeptAndDoNotBreakQuestions)
{
    Folder const folder;
    auto const target = opened(folder.path());
    std::vector<AllTypes> rows(4);
    rows[0].seen_at = { INT64_MAX };
    rows[1].seen_at = { INT64_MIN };
    rows[2].seen_at = { -1 };
    rows[3].seen_at = { 1 };
    ASSERT_TRUE(target->append(batch_of(1, rows)).ok());
    ASSERT_TRUE(target->commit().ok());
    EXPECT_EQ(answer(*target, "SELECT seen_at_ticks FROM test_all_types ORDER BY \"offset\""),
        "9223372036854775807\n-9223372036854775798\n-1\n1\n");
    EXPECT_EQ(answer(*target, "SELECT count(seen_at) FROM test_all_types"), "4\n");
}

TEST(Case, BrokenTextComesBackByteForByte)
{
    Folder const folder;
    auto const target = opened(folder.path());
    std::vector<std::string> const texts { "", std::string("a\0b", 3), "\xed\xa0\x80 lone surrogate", "\xff\xfe",
        "日本語 🎌", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbc\x80", "\xc0\xaf", "\xf5\x80\x80\x80",
        std::string(3 << 20, 'x') + "\xed\xb0\x80" };
    std::vector<AllTypes> rows(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        rows[i].words = texts[i];
        rows[i].symbol = Symbol(texts[i]);
    }
    ASSERT_TRUE(target->append(batch_of(1, rows)).ok());
    ASSERT_TRUE(target->commit().ok());
    auto found = target->query("SELECT words, symbol FROM test_all_types ORDER BY \"offset\"");
    ASSERT_TRUE(found.ok());
    for (auto const& text : texts) {
        ASSERT_TRUE(found.value().next());
        EXPECT_FALSE(found.value().is_null(0));
        EXPECT_EQ(found.value().text(0), text);
        EXPECT_EQ(found.value().text(1), text);
    }
    std::vector<Parameter> const asked { std::string("\xed\xa0\x80 lone surrogate") };
    EXPECT_EQ(answer(*target, "SELECT count(*) FROM test_all_types WHERE words = ?", asked), "1\n");
}

TEST(Case, ShowsNothingBeforeCommitAndNothingAfterRollback)
{
    Folder const folder;
    auto const target = opened(folder.path());
    append_numbers(*target, 1, 5'000);
    EXPECT_EQ(target->uncommitted_rows(), 5'000U);
    EXPECT_EQ(answer(*target, "SELECT count(*) FROM test_all_types"), "0\n");
    ASSERT_TRUE(target->rollback().ok());
    append_numbers(*target, 2, 10);
    ASSERT_TRUE(target->commit().ok());
    EXPECT_EQ(target->uncommitted_rows(), 0U);
    EXPECT_EQ(answer(*target, "SELECT evidence, count(*) FROM test_all_types GROUP BY 1"), "2|10\n");
}

TEST(Case, RemovesOneEvidenceForReexamination)
{
    Folder const folder;
    auto const target = opened(folder.path());
    append_numbers(*target, 1, 3);
    append_numbers(*target, 2, 4);
    ASSERT_TRUE(target->append(1, Diagnostic { { ErrorCode::truncated, "test.field", 5, 6, 7, {} }, 8 }).ok());
    ASSERT_TRUE(target->remove_traces(1).ok());
    append_numbers(*target, 1, 1);
    ASSERT_TRUE(target->commit().ok());
    EXPECT_EQ(answer(*target, "SELECT evidence, count(*) FROM test_all_types GROUP BY 1 ORDER BY 1"), "1|1\n2|4\n");
    EXPECT_EQ(answer(*target, "SELECT count(*) FROM diagnostic"), "0\n");
}

TEST(Case, NumbersEvidenceAndKeepsItsCustody)
{
    Folder const folder;
    Evidence evidence;
    {
        auto const target = opened(folder.path());
        evidence.sha256 = *Sha256::parse(std::string(64, 'a'));
        evidence.size_bytes = 1ULL << 40;
        evidence.path = "/evidence/System.evtx";
        evidence.original_path = "C:\\Windows\\\xed\xa0\x80.evtx";
        evidence.modified_at = { 133'594'528'891'234'567 };
        evidence.received_at = { 133'594'528'891'234'568 };
        evidence.modified_ns = -5;
        evidence.parser = "windows_event";
        evidence.parser_version = 3;
        evidence.is_in_vault = true;
        EXPECT_EQ(target->add(evidence).value(), 1U);
        EXPECT_EQ(target->add(evidence).value(), 2U);
        evidence.number = 2;
        evidence.duplicate_of = 1;
        evidence.state = EvidenceState::duplicate;
        ASSERT_TRUE(target->update(evidence).ok());
        EXPECT_EQ(target->evidence().value().size(), 2U) << "own writes are seen";
        ASSERT_TRUE(target->update(evidence).ok());
        ASSERT_TRUE(target->commit().ok());
    }
    auto const target = opened(folder.path());
    EXPECT_EQ(target->add(evidence).value(), 3U);
    auto const all = target->evidence().value();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].state, EvidenceState::registered);
    EXPECT_EQ(all[1].state, EvidenceState::duplicate);
    EXPECT_EQ(all[1].duplicate_of, 1U);
    EXPECT_EQ(all[1].sha256, evidence.sha256);
    EXPECT_EQ(all[1].original_path, evidence.original_path);
    EXPECT_EQ(all[1].modified_at, evidence.modified_at);
    EXPECT_EQ(all[1].modified_ns, -5);
    EXPECT_EQ(all[1].size_bytes, 1ULL << 40);
    EXPECT_EQ(all[1].parser_version, 3);
    EXPECT_TRUE(all[1].is_in_vault);
}

TEST(Case, HostsAreReplacedAsAWholeAndJoinWithEvidenceAndNamesOfEvents)
{
    Folder const folder;
    auto const target = opened(folder.path());
    Evidence evidence;
    evidence.host = "from-its-archive";
    EXPECT_EQ(target->add(evidence).value(), 1U);
    EXPECT_EQ(target->add(evidence).value(), 2U);
    Hosts hosts;
    hosts.hosts.push_back({ "PC1.corp.example", "PC1, OLD, IMAGE", "registry", {}, "Windows 11", {}, {}, {}, {},
        { 133'594'528'891'234'567 }, {} });
    hosts.hosts.push_back({ "PC2", "IMAGE", "event_log", {}, {}, {}, {}, {}, {}, {}, {} });
    hosts.evidence.push_back({ 1, "PC1.corp.example", "registry" });
    HostNotes const notes { { 1, { { ErrorCode::bad_value, "host.other_name", 0, 0, 0, "two" }, 0 } } };
    ASSERT_TRUE(target->replace_hosts(hosts, notes).ok());
    ASSERT_TRUE(target->replace_hosts(hosts, notes).ok());
    ASSERT_TRUE(target->commit().ok());
    EXPECT_EQ(target->hosts().value().hosts, hosts.hosts);
    EXPECT_EQ(target->hosts().value().evidence, hosts.evidence);
    EXPECT_EQ(answer(*target, "SELECT number, host, host_how FROM evidence ORDER BY 1"),
        "1|PC1.corp.example|registry\n2|from-its-archive|NULL\n");
    EXPECT_EQ(answer(*target, "SELECT name, os, evidence FROM host ORDER BY name"),
        "PC1.corp.example|Windows 11|1\nPC2|NULL|0\n");
    EXPECT_EQ(answer(*target, "SELECT key, host FROM host_name ORDER BY key"),
        "old|PC1.corp.example\npc1|PC1.corp.example\npc2|PC2\n"); // IMAGE is nobody's alone
    EXPECT_EQ(answer(*target, "SELECT host_key('Pc1.other'), host_key('10.0.0.5')"), "pc1|10.0.0.5\n");
    EXPECT_EQ(answer(*target, "SELECT what, detail FROM diagnostic"), "host.other_name|two\n");
}

TEST(Case, RowsOfTheSameBytesAreOfEveryMachineThatHoldsThem)
{
    Folder const folder;
    auto const target = opened(folder.path());
    auto const add = [&](std::string_view host, EvidenceNumber duplicate_of) {
        Evidence evidence;
        evidence.host = host;
        evidence.original_path = format("{}/{}", host, duplicate_of);
        evidence.duplicate_of = duplicate_of;
        EXPECT_TRUE(target->add(evidence).ok());
    };
    add("PC1", 0);
    add("PC1", 1); // a second copy counts nothing twice
    add("PC2", 1);
    add("PC2", 1); // nor do two of one machine
    add("", 1); // a copy of no machine
    add("PC3", 0);
    ASSERT_TRUE(target->commit().ok());
    EXPECT_EQ(answer(*target,
                  "SELECT h.host, h.number, h.original_path FROM host_evidence h WHERE h.evidence = 1 ORDER BY number"),
        "PC1|1|PC1/0\nPC2|3|PC2/1\n");
    EXPECT_EQ(answer(*target, "SELECT host, number FROM host_evidence WHERE evidence = 6"), "PC3|6\n");
}

TEST(Case, KeepsDictionaryAndFacts)
{
    Folder const folder;
    {
        auto const target = opened(folder.path());
        ASSERT_TRUE(target->add_dictionary("evtx.template/b", std::string("\0\xff", 2)).ok());
        ASSERT_TRUE(target->add_dictionary("evtx.template/a", "first").ok());
        ASSERT_TRUE(target->add_dictionary("evtx.template/a", "second").ok());
        ASSERT_TRUE(target->set_fact("rules", "1").ok());
        ASSERT_TRUE(target->set_fact("rules", "2").ok());
        ASSERT_TRUE(target->commit().ok());
    }
    auto const target = opened(folder.path());
    ASSERT_TRUE(target->add_dictionary("evtx.template/a", "third").ok());
    auto const entries = target->dictionary().value();
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0], (std::pair<std::string, std::string>("evtx.template/a", "first")));
    EXPECT_EQ(entries[1].second, std::string("\0\xff", 2));
    EXPECT_EQ(target->fact("rules").value(), "2");
    EXPECT_EQ(target->fact("nothing").value(), std::nullopt);
}

TEST(Case, KeepsFindingsWithAllTheirTraces)
{
    Folder const folder;
    auto const target = opened(folder.path());
    auto const finding = test::finding();
    std::vector<TraceId> const traces { { 1, 0x1000 }, { 1, 0x2000 }, { 2, 0x3000 } };
    {
        auto const sink = target->replace_findings("sigma").value();
        sink->add(finding, traces);
        sink->add(finding, std::span(traces).first(1));
        ASSERT_TRUE(target->commit().ok());
    }
    auto const all = target->findings().value();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].id, finding.id);
    EXPECT_EQ(all[1].id, finding.id + "-2") << "the same id twice stays reachable";
    EXPECT_EQ(all[0].title.ja, finding.title.ja);
    EXPECT_EQ(all[0].attack, finding.attack);
    EXPECT_EQ(all[0].first_at, finding.first_at);
    EXPECT_EQ(all[0].because_total, 3U);
    ASSERT_EQ(all[0].because.size(), finding.because.size());
    EXPECT_EQ(all[0].because[0].fields, finding.because[0].fields);
    EXPECT_EQ(all[0].because[0].trace, finding.because[0].trace);
    EXPECT_EQ(target->finding_traces(finding.id).value(), traces);
    EXPECT_EQ(target->finding(finding.id).value().advice.en, finding.advice.en);
    EXPECT_EQ(target->finding("f-nothing").error().code, ErrorCode::not_found);
    EXPECT_EQ(answer(*target, "SELECT severity, attack[1], traces FROM finding ORDER BY id"),
        "high|T1070.001|3\nhigh|T1070.001|2\n");

    {
        auto const sink = target->replace_findings("sigma").value();
        ASSERT_TRUE(target->commit().ok());
    }
    EXPECT_TRUE(target->findings().value().empty());
    EXPECT_EQ(answer(*target, "SELECT count(*) FROM finding_field"), "0\n");
}

TEST(Case, AnswersOnlyOneStatementThatReads)
{
    Folder const folder;
    auto const target = opened(folder.path());
    for (auto const* refused :
        { "", "-- nothing", "SELECT 1; SELECT 2", "DELETE FROM stored.fact", "UPDATE stored.fact SET value = ''",
            "DROP VIEW fact", "CREATE TABLE x(a INTEGER)", "INSERT INTO stored.fact VALUES ('a', 'b')",
            "SET threads = 1", "PRAGMA enable_profiling", "BEGIN", "COMMIT", "ATTACH '/tmp/other.duckdb'",
            "COPY (SELECT 1) TO '/tmp/x.csv'", "EXPORT DATABASE '/tmp/x'", "CALL force_checkpoint()", "INSTALL httpfs",
            "LOAD httpfs", "CHECKPOINT", "PREPARE x AS SELECT 1", "SELEC 1" }) {
        auto const rows = target->query(refused);
        ASSERT_FALSE(rows.ok()) << refused;
        EXPECT_EQ(rows.error().code, ErrorCode::wrong_use) << refused;
    }
    for (auto const* closed : { "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('/etc/passwd')",
             "SELECT * FROM '/etc/passwd'", "SELECT * FROM glob('/etc/*')", "SELECT * FROM read_blob('traces.duckdb')",
             "SELECT * FROM force_checkpoint()" })
        EXPECT_NE(answer(*target, closed).find("wrong_use"), std::string::npos)
            << closed << " -> " << answer(*target, closed);
    EXPECT_EQ(answer(*target, "EXPLAIN ANALYZE DELETE FROM stored.fact").find("wrong_use"),
        answer(*target, "EXPLAIN ANALYZE DELETE FROM stored.fact").find("wrong_use"));
    EXPECT_EQ(answer(*target, "SELECT count(*) FROM stored.fact WHERE key = 'store.layout'"), "1\n");
    EXPECT_EQ(answer(*target, "WITH x AS (SELECT 1 AS a) FROM x -- remark"), "1\n");
    EXPECT_NE(answer(*target, "SHOW TABLES").find("test_all_types"), std::string::npos);
    EXPECT_NE(answer(*target, "DESCRIBE finding").find("severity"), std::string::npos);
}

TEST(Case, ShowsTypesThatTheEngineAloneKnows)
{
    Folder const folder;
    auto const target = opened(folder.path());
    EXPECT_EQ(answer(*target,
                  "SELECT [1, 2], {'a': 'x'}, 1.5, DATE '2024-05-06', INTERVAL 1 DAY, sum(i), NULL FROM range(3) t(i) "
                  "ORDER BY 1; -- end"),
        "[1, 2]|{'a': x}|1.5|2024-05-06|1 day|3|NULL\n");
    EXPECT_EQ(answer(*target, "SELECT jst(TIMESTAMP '2024-05-06 20:00:00'), trace_id(7, 4768)"),
        "2024-05-07T05:00:00.000000Z|e7@0x12a0\n");
    EXPECT_EQ(answer(*target, "SELECT a FROM (VALUES (3.5), (1.5), (2.5)) v(a) ORDER BY a DESC"), "3.5\n2.5\n1.5\n");
}

TEST(Case, ExplainsItsViews)
{
    Folder const folder;
    auto const target = opened(folder.path());
    EXPECT_EQ(answer(*target, "SELECT comment FROM duckdb_views() WHERE view_name = 'test_all_types'"),
        "Every type a column can have\n");
    std::string_view const of_flag = "SELECT comment FROM duckdb_columns() WHERE schema_name = 'main' AND table_name = "
                                     "'test_all_types' AND column_name = 'flag'";
    EXPECT_EQ(answer(*target, of_flag), "NULL\n"); // columns are explained with their first rows
    EXPECT_TRUE(target->filled_schemas().empty());
    EXPECT_TRUE(target->has_schema(all_types_schema.erased.name));
    EXPECT_FALSE(target->has_rows(all_types_schema.erased.name));
    append_numbers(*target, 1, 1);
    ASSERT_TRUE(target->rollback().ok());
    EXPECT_EQ(answer(*target, of_flag), "NULL\n");
    append_numbers(*target, 1, 1);
    ASSERT_TRUE(target->commit().ok());
    EXPECT_EQ(answer(*target, of_flag), "True or false; isn't it\n");
    EXPECT_EQ(target->filled_schemas(), std::vector<Schema const*> { &all_types_schema.erased });
    EXPECT_TRUE(target->has_rows(all_types_schema.erased.name));
}

TEST(Case, StopsAQuestionOnRequest)
{
    Folder const folder;
    auto const target = opened(folder.path());
    std::stop_source stop;
    std::jthread const canceller([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        stop.request_stop();
    });
    auto rows
        = target->query("SELECT sum(a.i * b.i) FROM range(1000000) a(i), range(1000000) b(i)", {}, stop.get_token());
    while (rows.ok() && rows.value().next()) { }
    ASSERT_FALSE(rows.ok() && rows.value().status().ok());
    EXPECT_EQ((rows.ok() ? rows.value().status().error() : rows.error()).code, ErrorCode::cancelled);
}

TEST(Case, ExportsParquetAndCountsTheRows)
{
    Folder const folder;
    auto const target = opened(folder.path() / "case");
    append_numbers(*target, 1, 5'000);
    ASSERT_TRUE(target->commit().ok());
    auto const file = folder.path() / "out.parquet";
    std::vector<Parameter> const parameters { std::uint64_t { 10 } };
    auto const written = target->export_parquet("SELECT * FROM test_all_types WHERE number < ?;", file, parameters);
    ASSERT_TRUE(written.ok()) << to_string(written.error());
    EXPECT_EQ(written.value(), 10U);
    std::ifstream stream(file, std::ios::binary);
    std::string head(4, ' ');
    stream.read(head.data(), 4);
    EXPECT_EQ(head, "PAR1");
    EXPECT_EQ(target->export_parquet("DELETE FROM stored.fact", file).error().code, ErrorCode::wrong_use);
    auto const nowhere = target->export_parquet("SELECT 1", folder.path() / "none" / "x.parquet");
    ASSERT_FALSE(nowhere.ok());
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "case" / "export" / "draft.parquet"));
}

TEST(Case, TwoInOneProcessDoNotDisturbEachOther)
{
    Folder const folder;
    auto const a = opened(folder.path() / "a");
    auto const b = opened(folder.path() / "b");
    append_numbers(*a, 1, 3);
    ASSERT_TRUE(a->commit().ok());
    EXPECT_EQ(answer(*b, "SELECT count(*) FROM test_all_types"), "0\n");
}

TEST(Case, WidensTheTablesOfAnOlderProgram)
{
    Folder const folder;
    auto const old_schemas = test::older_schemas();
    {
        auto target = Case::open(folder.path(), Access::read_write, old_schemas);
        ASSERT_TRUE(target.ok());
        TraceBatch batch(*old_schemas.front(), 1);
        batch.begin_row({ 5, 1, false });
        batch.put_number(41);
        ASSERT_TRUE(target.value()->append(batch).ok());
        ASSERT_TRUE(target.value()->commit().ok());
    }
    auto const reader = opened(folder.path(), Access::read_only);
    EXPECT_EQ(answer(*reader, "SELECT number, words, seen_at FROM test_all_types"), "41|NULL|NULL\n");
    EXPECT_EQ(answer(*reader,
                  "SELECT comment FROM duckdb_columns() WHERE schema_name = 'main' AND table_name = 'test_all_types' "
                  "AND column_name = 'words'"),
        "Free text\n");
}

TEST(Case, RefusesWhatIsNoCaseAndWhatIsNewer)
{
    Folder const folder;
    EXPECT_EQ(Case::open(folder.path(), Access::read_only, schemas()).error().code, ErrorCode::not_found);
    std::ofstream(folder.path() / "case.json") << "{\n  \"format\": 99\n}\n";
    EXPECT_EQ(Case::open(folder.path(), Access::read_write, schemas()).error().code, ErrorCode::unsupported);
}

TEST(Case, ReadOnlyRefusesWritesAndSharesWithReaders)
{
    Folder const folder;
    opened(folder.path());
    auto const reader = opened(folder.path(), Access::read_only);
    auto const other = opened(folder.path(), Access::read_only);
    EXPECT_EQ(reader->set_fact("a", "b").error().code, ErrorCode::wrong_use);
    EXPECT_EQ(reader->add(Evidence {}).error().code, ErrorCode::wrong_use);
}

// What follows runs in a second process: the same test binary, asked for one disabled test.
namespace {
std::filesystem::path child_folder()
{
    auto const* folder = std::getenv("KONSEKI_STORE_CHILD");
    return folder == nullptr ? "" : folder;
}

pid_t start_child(std::string const& test_name, std::filesystem::path const& folder)
{
    auto const child = fork();
    if (child != 0)
        return child;
    setenv("KONSEKI_STORE_CHILD", folder.c_str(), 1);
    auto const filter = "--gtest_filter=StoreChild.DISABLED_" + test_name;
    execl(
        "/proc/self/exe", "store_test", filter.c_str(), "--gtest_also_run_disabled_tests", "--gtest_brief=1", nullptr);
    _exit(127);
}

std::uint64_t acknowledged(std::filesystem::path const& folder)
{
    std::ifstream stream(folder / "acknowledged");
    std::uint64_t last = 0, value = 0;
    while (stream >> value)
        last = value;
    return last;
}
}

TEST(StoreChild, DISABLED_WritesUntilKilled)
{
    if (child_folder().empty())
        GTEST_SKIP();
    auto const target = opened(child_folder() / "case");
    auto const start = std::stoull(target->fact("step").value().value_or("0"));
    std::ofstream acknowledgements(child_folder() / "acknowledged", std::ios::app);
    for (auto step = start + 1;; ++step) {
        append_numbers(*target, static_cast<EvidenceNumber>(step), 1'000 + (step % 7) * 9'000);
        Evidence evidence;
        ASSERT_TRUE(target->add(evidence).ok());
        ASSERT_TRUE(target->set_fact("step", std::to_string(step)).ok());
        ASSERT_TRUE(target->commit().ok());
        acknowledgements << step << std::endl; // NOLINT(performance-avoid-endl): must reach the kernel now
    }
}

TEST(StoreChild, DISABLED_HoldsTheCase)
{
    if (child_folder().empty())
        GTEST_SKIP();
    auto const target = opened(child_folder() / "case");
    std::ofstream(child_folder() / "held") << "yes" << std::flush;
    pause();
}

TEST(Case, SurvivesKillAtAnyMoment)
{
    Folder const folder;
    std::srand(20'260'806);
    for (int round = 0; round < 12; ++round) {
        auto const child = start_child("WritesUntilKilled", folder.path());
        std::this_thread::sleep_for(std::chrono::milliseconds(150 + std::rand() % 700));
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        auto const told = acknowledged(folder.path());
        if (!Case::is_case(folder.path() / "case"))
            continue;
        auto const target = opened(folder.path() / "case");
        auto const step = std::stoull(target->fact("step").value().value_or("0"));
        EXPECT_GE(step, told) << "what was reported as done is there";
        EXPECT_LE(step, told + 1);
        EXPECT_EQ(answer(*target, "SELECT count(DISTINCT evidence), coalesce(max(evidence), 0) FROM test_all_types"),
            format("{0}|{0}\n", step));
        EXPECT_EQ(answer(*target,
                      "SELECT count(*) FROM (SELECT evidence, count(*) AS n FROM test_all_types GROUP BY 1) WHERE n <> "
                      "1000 + evidence % 7 * 9000"),
            "0\n");
        EXPECT_EQ(target->evidence().value().size(), step);
    }
    EXPECT_GT(acknowledged(folder.path()), 0U);
}

TEST(Case, NamesTheProcessThatHoldsIt)
{
    Folder const folder;
    auto const child = start_child("HoldsTheCase", folder.path());
    for (int i = 0; i < 500 && !std::filesystem::exists(folder.path() / "held"); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    for (auto const access : { Access::read_write, Access::read_only }) {
        auto const refused = Case::open(folder.path() / "case", access, schemas());
        ASSERT_FALSE(refused.ok());
        EXPECT_EQ(refused.error().code, ErrorCode::io);
        EXPECT_EQ(refused.error().detail, format("the case is in use by process {}", child));
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    opened(folder.path() / "case");
}

TEST(Case, AKillWhileTheDatabaseIsMadeCostsNothing)
{
    for (std::size_t const written : { 0U, 4'096U, 8'192U }) {
        Folder const folder;
        (void)opened(folder.path() / "case");
        auto const database = folder.path() / "case/traces.duckdb";
        std::filesystem::remove(database.string() + ".wal");
        std::filesystem::resize_file(database, written);
        auto const reader = Case::open(folder.path() / "case", Access::read_only, schemas());
        ASSERT_FALSE(reader.ok());
        EXPECT_EQ(reader.error().code, ErrorCode::not_found) << to_string(reader.error());
        EXPECT_EQ(answer(*opened(folder.path() / "case"), "SELECT count(*) FROM evidence"), "0\n") << written;
    }
}

TEST(Case, ADatabaseThatIsNoneIsLeftAlone)
{
    Folder const folder;
    (void)opened(folder.path() / "case");
    auto const database = folder.path() / "case/traces.duckdb";
    std::ofstream(database, std::ios::binary) << std::string(20'000, 'x');
    ASSERT_FALSE(Case::open(folder.path() / "case", Access::read_write, schemas()).ok());
    EXPECT_EQ(std::filesystem::file_size(database), 20'000U);
}

TEST(Case, AFullDiskCostsNothingThatWasCommitted)
{
    Folder const folder;
    if (geteuid() != 0 || mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=24m") != 0)
        GTEST_SKIP() << "needs to mount a small tmpfs";
    struct Unmount {
        std::filesystem::path path;
        ~Unmount() { umount2(path.c_str(), MNT_DETACH); }
    } const unmount { folder.path() };
    std::uint64_t committed = 0;
    {
        auto const target = opened(folder.path() / "case");
        Result<void> outcome;
        std::string noise(400, ' ');
        std::uint32_t seed = 1;
        while (outcome.ok()) {
            TraceBatch batch(all_types_schema.erased, 1);
            for (int i = 0; i < 2'000; ++i) {
                for (auto& c : noise) {
                    seed = seed * 1'664'525 + 1'013'904'223;
                    c = static_cast<char>('!' + seed / 65'536 % 90);
                }
                AllTypes row;
                row.words = noise;
                batch.append(all_types_schema, { 1, 1, false }, row);
            }
            outcome = target->append(batch);
            if (outcome.ok())
                outcome = target->commit();
            committed += outcome.ok() ? 2'000U : 0U;
        }
        EXPECT_EQ(outcome.error().code, ErrorCode::no_space) << to_string(outcome.error());
    }
    EXPECT_GT(committed, 0U);
    auto const reader = opened(folder.path() / "case", Access::read_only);
    EXPECT_EQ(answer(*reader, "SELECT count(*) FROM test_all_types"), format("{}\n", committed));
}

}
