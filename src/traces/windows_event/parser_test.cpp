#include "support/collecting_context.hpp"
#include "support/evtx_faults.hpp"
#include "support/evtx_writer.hpp"
#include "support/samples.hpp"
#include "traces/windows_event/parser.hpp"
#include "traces/windows_event/schemas.hpp"
#include "traces/windows_event/typed.hpp"
#include <deque>
#include <map>
#include <gtest/gtest.h>

namespace konseki::windows_event {

namespace {

class Rows final : public TraceSink, public DiagnosticSink, public EventWatcher, public Dictionary {
public:
    std::size_t count(Schema const& schema) const
    {
        std::size_t rows = 0;
        for (auto const& batch : m_batches) {
            if (&batch.schema() == &schema)
                rows += batch.row_count();
        }
        return rows;
    }
    TraceBatch const* first(Schema const& schema) const
    {
        for (auto const& batch : m_batches) {
            if (&batch.schema() == &schema)
                return &batch;
        }
        return nullptr;
    }
    void report(Diagnostic const&) override { ++diagnostic_count; }
    void on_event(Event const&, TraceOrigin const& origin) override { origins.push_back(origin); }
    std::optional<std::string_view> find(std::string_view key) const override
    {
        auto const found = m_entries.find(key);
        return found == m_entries.end() ? std::nullopt : std::optional<std::string_view>(found->second);
    }
    void add(std::string_view key, std::string_view bytes) override { m_entries.emplace(key, bytes); }

    std::vector<TraceOrigin> origins;
    std::size_t diagnostic_count = 0;

protected:
    TraceBatch& room_in(Schema const& schema) override
    {
        for (auto& batch : m_batches) {
            if (&batch.schema() == &schema && !batch.is_full())
                return batch;
        }
        return m_batches.emplace_back(schema, 1);
    }

private:
    std::deque<TraceBatch> m_batches;
    std::map<std::string, std::string, std::less<>> m_entries;
};

void parse_into(Rows& rows, std::string_view file)
{
    EventShapes shapes;
    Arena arena;
    ParseContext context { rows, rows, rows, shapes, rows, arena };
    EvidenceView const evidence { as_bytes(file), { 0, file.size() }, "x.evtx", 1, true, true };
    parser.parse(evidence, context);
}

std::vector<test::WrittenEvent> logons(std::size_t count)
{
    std::vector<test::WrittenEvent> events(count);
    for (std::size_t i = 0; i < count; ++i) {
        auto& event = events[i];
        event.provider = "Microsoft-Windows-Security-Auditing";
        event.event_id = 4624;
        event.written_at = Timestamp::from_unix_seconds(1'600'000'000 + static_cast<std::int64_t>(i));
        event.channel = "Security";
        event.computer = "host.example";
        event.fields = { { "TargetUserName", test::value::text("alice") }, { "LogonType", test::value::u32(10) } };
    }
    return events;
}

}

TEST(WindowsEvent, EmitsNamesEveryTypedSchema)
{
    auto const typed = typed_schemas();
    ASSERT_EQ(parser.emits.size(), typed.size() + 4);
    EXPECT_TRUE(std::equal(typed.begin(), typed.end(), parser.emits.begin() + 4));
}

TEST(WindowsEvent, ALogGivesLeanRowsTypedRowsAndWhatItsBytesSay)
{
    auto const written = test::write_evtx(logons(5));
    Rows rows;
    parse_into(rows, written.bytes);
    EXPECT_EQ(rows.count(event_schema.erased), 5);
    EXPECT_EQ(rows.count(file_schema.erased), 1);
    EXPECT_EQ(rows.count(chunk_schema.erased), 1);
    EXPECT_EQ(rows.count(sign_schema.erased), 0);
    EXPECT_GE(rows.count(*typed_schemas()[0]), 5); // windows.logon
    ASSERT_EQ(rows.origins.size(), 5);
    EXPECT_EQ(rows.origins[2].offset, written.records[2].offset);
    auto const* const batch = rows.first(event_schema.erased);
    EXPECT_EQ(batch->text(3, 0), "Security");
    EXPECT_EQ(batch->text(5, 0), "host.example");
    EXPECT_EQ(batch->text(14, 0), "live");
    EXPECT_FALSE(batch->origin(0).is_recovered);
}

TEST(WindowsEvent, AHiddenRecordIsARecoveredRowAndASign)
{
    auto const edited = test::record_hidden(test::write_evtx(logons(9)).bytes, 4);
    ASSERT_TRUE(edited.has_value());
    Rows rows;
    parse_into(rows, edited->file);
    EXPECT_EQ(rows.count(event_schema.erased), 9);
    EXPECT_EQ(rows.count(sign_schema.erased), 1);
    auto const* const batch = rows.first(event_schema.erased);
    EXPECT_EQ(batch->text(14, 3), "hidden");
    EXPECT_TRUE(batch->origin(3).is_recovered);
}

TEST(WindowsEvent, JsonEventsGoIntoTheSameSchema)
{
    std::string_view const json
        = R"({"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing"}},"EventID":4624,"EventRecordID":7,"Channel":"Security","Computer":"host.example","TimeCreated":{"#attributes":{"SystemTime":"2020-09-13T12:26:40Z"}}},"EventData":{"TargetUserName":"alice","LogonType":3}}})";
    EXPECT_NE(parser.sniff(as_bytes(json), "events.jsonl"), Sniff::no);
    Rows rows;
    parse_into(rows, json);
    ASSERT_EQ(rows.count(event_schema.erased), 1);
    EXPECT_EQ(rows.first(event_schema.erased)->text(14, 0), "json");
    EXPECT_EQ(rows.count(file_schema.erased), 0);
}

TEST(WindowsEvent, RendersTheRecordAtAnOrigin)
{
    auto const written = test::write_evtx(logons(3));
    Rows rows;
    EvidenceView const evidence { as_bytes(written.bytes), { 0, written.bytes.size() }, "x.evtx", 1, true, true };
    auto const xml
        = parser.render(evidence, { written.records[1].offset, written.records[1].size_bytes, false }, rows, "xml");
    ASSERT_TRUE(xml.has_value());
    EXPECT_NE(xml->find("<EventRecordID>2</EventRecordID>"), std::string::npos);
    EXPECT_FALSE(parser.render(evidence, { 17, 3, false }, rows, "xml").has_value());
    EXPECT_FALSE(parser.render(evidence, { written.records[1].offset, 1, false }, rows, "yaml").has_value());
}

TEST(WindowsEvent, EmptyAndForeignBytesAreNotRecognisedAndParseToNothing)
{
    EXPECT_EQ(parser.sniff(as_bytes(""), ""), Sniff::no);
    EXPECT_EQ(parser.sniff(as_bytes("MZ nothing of the kind"), "a.exe"), Sniff::no);
    Rows rows;
    parse_into(rows, "");
    parse_into(rows, "MZ nothing of the kind");
    EXPECT_EQ(rows.count(event_schema.erased), 0);
}

TEST(WindowsEvent, ALegacyLogGivesTheSameRowsAndCanBeShownAgain)
{
    auto const bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/event_log/testdata/small.hex"));
    test::CollectingContext collected;
    EvidenceView const view { bytes, { 0, bytes.size() }, "C:\\WINDOWS\\system32\\config\\SysEvent.Evt" };
    EXPECT_EQ(parser.sniff(bytes, view.name), Sniff::sure);
    ASSERT_EQ(parser.split(bytes, 64).size(), 1U);
    parser.parse(view, collected.context);
    auto const rows = collected.rows("windows.event");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(collected.watcher.events, 3U);
    EXPECT_EQ(rows[0].at("event_id"), "7036");
    EXPECT_EQ(rows[0].at("channel"), "System");
    EXPECT_EQ(rows[0].at("provider"), "Service Control Manager");
    EXPECT_EQ(rows[0].at("written_at"), "2003-03-01T00:00:00.0000000Z");
    EXPECT_EQ(rows[0].at("how"), "live");
    EXPECT_EQ(rows[1].at("user_sid"), "S-1-5-18");
    EXPECT_EQ(rows[2].at("how"), "slack");
    EXPECT_EQ(rows[2].at("@recovered"), "true");
    auto const text = parser.render(view, { 48, 0, false }, collected.dictionary, "json");
    ASSERT_TRUE(text.has_value());
    EXPECT_NE(text->find("Updater"), std::string::npos);
    collected.context.pass = Pass::second;
    parser.parse(view, collected.context);
    EXPECT_EQ(collected.rows("windows.event").size(), 3U);
}

}
