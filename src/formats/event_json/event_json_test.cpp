#include "base/text.hpp"
#include "formats/event_json/event_json.hpp"
#include "formats/evtx/evtx.hpp"
#include "support/samples.hpp"
#include <gtest/gtest.h>

namespace konseki::event_json {
namespace {

struct Recorder final : Visitor, DiagnosticSink {
    void on_event(Event const& event, TraceOrigin const& origin) override
    {
        auto line = format("{}|{}|{}|{}|{}|{}", event.event_id, event.channel, event.provider, event.computer,
            event.record_id, to_string(event.written_at));
        for (std::size_t i = 0; i < event.values.size(); ++i) {
            auto const& value = event.values[i];
            line += format("|{}={}", event.shape->names[i],
                value.type == ValueType::null ? std::string("<null>") : value_text(value));
        }
        events.push_back(line);
        origins.push_back(origin);
        last_level = event.level;
        last_keywords = event.keywords;
        last_process_id = event.execution_process_id;
        last_message = event.message;
        last_user = event.user_sid;
    }
    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
    std::uint64_t lost() const
    {
        std::uint64_t sum = 0;
        for (auto const& diagnostic : diagnostics)
            sum += diagnostic.bytes_lost;
        return sum;
    }
    std::vector<std::string> events;
    std::vector<TraceOrigin> origins;
    std::vector<Diagnostic> diagnostics;
    unsigned last_level = 0;
    std::uint64_t last_keywords = 0;
    std::uint32_t last_process_id = 0;
    std::string last_message, last_user;
};

Recorder read_text(std::string_view text, std::uint64_t piece_bytes = UINT64_MAX)
{
    Recorder recorder;
    EventShapes shapes;
    for (auto const& piece : split(as_bytes(text), piece_bytes))
        read(as_bytes(text), piece, shapes, recorder, recorder, default_limits, {});
    return recorder;
}

std::string one(std::string_view text)
{
    auto const recorder = read_text(text);
    return recorder.events.size() == 1
        ? recorder.events[0]
        : format("{} events, {} diagnostics", recorder.events.size(), recorder.diagnostics.size());
}

constexpr std::string_view evtx_dump
    = R"({"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"Prov","Guid":"G"}},
"EventID":{"#attributes":{"Qualifiers":16384},"#text":7045},"Version":0,"Level":4,"Keywords":"0x8080000000000000","TimeCreated":{"#attributes":{"SystemTime":"2020-09-02T11:47:41.000000Z"}},
"EventRecordID":42,"Correlation":null,"Execution":{"#attributes":{"ProcessID":500,"ThreadID":7}},"Channel":"System","Computer":"PC","Security":{"#attributes":{"UserID":"S-1-5-18"}}},
"EventData":{"ServiceName":"x","Count":7,"Flag":true,"Nothing":null,"Data":{"#text":["a","b"]}}}})";

TEST(EventJson, EvtxDumpObjectsGiveTheSystemBlockAndNamedValues)
{
    auto const recorder = read_text(evtx_dump);
    ASSERT_EQ(recorder.events.size(), 1U);
    EXPECT_EQ(recorder.events[0],
        "7045|System|Prov|PC|42|2020-09-02T11:47:41.0000000Z|ServiceName=x|Count=7|Flag=true|Nothing=<null>|Data=a|"
        "Data=b");
    EXPECT_EQ(recorder.last_level, 4U);
    EXPECT_EQ(recorder.last_keywords, 0x8080000000000000U);
    EXPECT_EQ(recorder.last_process_id, 500U);
    EXPECT_EQ(recorder.last_user, "S-1-5-18");
    EXPECT_EQ(recorder.origins[0].offset, 0U);
    EXPECT_EQ(recorder.origins[0].size_bytes, evtx_dump.size());
}

TEST(EventJson, UserDataIsNamedByItsInnermostElements)
{
    EXPECT_EQ(
        one(R"({"Event":{"System":{"EventID":1102,"Channel":"Security"},"UserData":{"LogFileCleared":{"#attributes":{"xmlns:auto":"x"},"SubjectUserName":"bob","Inner":{"Deep":1}}}}})"),
        "1102|Security|||0||SubjectUserName=bob|Deep=1");
}

TEST(EventJson, AttributesBecomeElementUnderscoreAttribute)
{
    EXPECT_EQ(
        one(R"({"Event":{"System":{"EventID":1,"Channel":"C"},"EventData":{"#attributes":{"Name":"TaskDisabled"},"TaskName":"t"}}})"),
        "1|C|||0||EventData_Name=TaskDisabled|TaskName=t");
}

TEST(EventJson, SeparateAttributesOfEvtxDumpAreRead)
{
    EXPECT_EQ(
        one(R"({"Event":{"System":{"EventID":4624,"EventID_attributes":{"Qualifiers":1},"Provider":null,"Provider_attributes":{"Name":"P"},"Channel":"Security","TimeCreated_attributes":{"SystemTime":"2020-01-01T00:00:00Z"}},"EventData":{"A":"b"}}})"),
        "4624|Security|P||0|2020-01-01T00:00:00.0000000Z|A=b");
}

TEST(EventJson, WinlogbeatAndElasticExportsAreRead)
{
    constexpr std::string_view winlog
        = R"("winlog":{"provider_name":"Microsoft-Windows-Sysmon","event_id":"1","channel":"Ops","computer_name":"h.corp","record_id":9,"process":{"pid":4,"thread":{"id":5}},"user":{"identifier":"S-1-5-18"},"event_data":{"Image":"a.exe","Threat Name":"x"}})";
    auto const expected
        = "1|Ops|Microsoft-Windows-Sysmon|h.corp|9|2021-02-03T04:05:06.7890000Z|Image=a.exe|ThreatName=x";
    EXPECT_EQ(
        one(format(
            R"({{"@timestamp":"2021-02-03T04:05:06.789Z","agent":{{"name":"z"}},"event":{{"code":1,"provider":"q"}},{},"message":"m","process":{{"pid":3}}}})",
            winlog)),
        expected);
    EXPECT_EQ(
        one(format(R"({{"_index":"i","_source":{{"@timestamp":"2021-02-03T04:05:06.789Z",{}}}}})", winlog)), expected);
    auto const answer = read_text(format(
        R"({{"took":1,"hits":{{"total":2,"hits":[{{"_id":"1","_source":{{"@timestamp":"2021-02-03T04:05:06.789Z",{}}}}},{{"_id":"2","_source":{{{}}}}}]}}}})",
        winlog, winlog));
    ASSERT_EQ(answer.events.size(), 2U);
    EXPECT_EQ(answer.events[0], expected);
}

TEST(EventJson, OldWinlogbeatAndFlattenedKeysAreRead)
{
    EXPECT_EQ(
        one(R"({"@timestamp":"2021-02-03T04:05:06Z","event_id":4624,"log_name":"Security","source_name":"P","computer_name":"h","record_number":"12","event_data":{"A":"b"},"beat":{"v":"6"},"type":"wineventlog"})"),
        "4624|Security|P|h|12|2021-02-03T04:05:06.0000000Z|A=b");
    EXPECT_EQ(
        one(R"({"winlog.event_id":[4624],"winlog.channel":["Security"],"winlog.event_data.TargetUserName":["bob"],"@timestamp":["2021-02-03T04:05:06Z"],"host.name":["x"]})"),
        "4624|Security|||0|2021-02-03T04:05:06.0000000Z|TargetUserName=bob");
}

constexpr std::string_view splunk_xml
    = R"({"preview":false,"offset":3,"result":{"_time":"2026-01-02T12:00:00.000+09:00","host":"fwd","EventCode":"1","ComputerName":"wrong","_raw":)"
      R"("<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon' )"
      R"(Guid='{5770385F}'/><EventID Qualifiers='16384'>1</EventID><Version>5</Version><Level>4</Level><Task>1</Task>)"
      R"(<Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='2026-01-02T03:04:05.6789012Z'/><EventRecordID>77</EventRecordID>)"
      R"(<Correlation/><Execution ProcessID='4' ThreadID='8'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel>)"
      R"(<Computer>PC1</Computer><Security UserID='S-1-5-18'/></System><EventData><Data Name='CommandLine'>a &lt;b&gt; &amp;&amp; &#x3042;&#33;</Data>)"
      R"(<Data Name='User'>CORP\\eve</Data><Data Name='Empty'></Data><Data>one</Data><Data>two</Data><Binary>0AFF</Binary></EventData></Event>"}})";

TEST(EventJson, TheXmlThatSplunkKeepsIsReadInsteadOfItsFields)
{
    EXPECT_EQ(sniff(as_bytes(splunk_xml)), Sniff::sure);
    auto const recorder = read_text(splunk_xml);
    ASSERT_EQ(recorder.events.size(), 1U);
    EXPECT_EQ(recorder.events[0],
        "1|Microsoft-Windows-Sysmon/Operational|Microsoft-Windows-Sysmon|PC1|77|2026-01-02T03:04:05.6789012Z|"
        "CommandLine=a <b> && \xe3\x81\x82!|User=CORP\\eve|Empty=|Data=one|Data=two|Binary=0AFF");
    EXPECT_EQ(recorder.last_level, 4U);
    EXPECT_EQ(recorder.last_keywords, 0x8000000000000000U);
    EXPECT_EQ(recorder.last_process_id, 4U);
    EXPECT_EQ(recorder.last_user, "S-1-5-18");
}

TEST(EventJson, UserDataAndRenderedTextsOfEventXmlAreRead)
{
    EXPECT_EQ(
        one(R"({"result":{"_raw":"<Event xmlns='x'><System><Provider Name='P'/><EventID>1102</EventID><Channel>Security</Channel>)"
            R"(<Computer>C</Computer></System>\n<UserData><LogFileCleared xmlns='y'><SubjectUserName>eve</SubjectUserName>)"
            R"(</LogFileCleared></UserData><RenderingInfo Culture='en-US'><Message>gone</Message></RenderingInfo></Event>"}})"),
        "1102|Security|P|C|0||SubjectUserName=eve");
}

TEST(EventJson, EventXmlThatBreaksOffLeavesTheFieldsBesideIt)
{
    auto const xml_begin = splunk_xml.find("<Event");
    auto const xml_end = splunk_xml.rfind("\"}}");
    for (auto end = xml_begin; end + 8 < xml_end; ++end) {
        auto text = std::string(splunk_xml.substr(0, end));
        while (text.back() == '\\')
            text.pop_back();
        auto const recorder = read_text(text + "\"}}");
        ASSERT_EQ(recorder.events.size(), 1U) << text;
        ASSERT_EQ(recorder.events[0].substr(0, 10), "1|||wrong|") << text;
    }
}

TEST(EventJson, EventXmlCannotNestWithoutEnd)
{
    std::string deep = R"({"_raw":"<Event>)";
    for (int depth = 0; depth < 100'000; ++depth)
        deep += "<a>";
    EXPECT_EQ(read_text(deep + "\"}").events.size(), 0U);
}

TEST(EventJson, SplunkVelociraptorChainsawAndPowershellAreRead)
{
    EXPECT_EQ(
        one(R"({"preview":false,"offset":0,"result":{"EventCode":"4625","ComputerName":"h","LogName":"Security","SourceName":"P","RecordNumber":"3","_time":"2021-02-03T04:05:06.000+09:00","Logon_Type":"3"}})"),
        "4625|Security|P|h|3|2021-02-02T19:05:06.0000000Z|Logon_Type=3");
    EXPECT_EQ(
        one(R"({"System":{"Provider":{"Name":"P","Guid":"{G}"},"EventID":{"Value":4624},"TimeCreated":{"SystemTime":1612325106.5},"EventRecordID":8,"Channel":"Security","Computer":"h"},"EventData":{"LogonType":3},"Message":"m"})"),
        "4624|Security|P|h|8|2021-02-03T04:05:06.5000000Z|LogonType=3");
    EXPECT_EQ(
        one(R"({"kind":"individual","document":{"kind":"evtx","path":"p","data":{"Event":{"System":{"EventID":1,"Channel":"C"},"EventData":{"A":1}}}}})"),
        "1|C|||0||A=1");
    EXPECT_EQ(
        one(R"({"Id":4624,"ProviderName":"P","LogName":"Security","MachineName":"h","TimeCreated":"\/Date(1612325106500)\/","Properties":[{"Value":"a"},{"Value":5}]})"),
        "4624|Security|P|h|0|2021-02-03T04:05:06.5000000Z|Data=a|Data=5");
}

TEST(EventJson, NxlogWallClockIsMovedToUtcByTheStampBesideIt)
{
    auto const recorder = read_text(
        R"({"Keywords":-9223372036854775808,"EventID":10,"Channel":"Ops","Hostname":"h","SourceName":"S","RecordNumber":7,"EventTime":"2020-09-20 12:16:06","EventReceivedTime":"2020-09-20 12:16:09","@timestamp":"2020-09-20T16:16:09.362Z","EventType":"INFO","SourceModuleType":"im","tags":["m"],"ProcessId":"880","ThreadID":3})");
    ASSERT_EQ(recorder.events.size(), 1U);
    EXPECT_EQ(recorder.events[0], "10|Ops|S|h|7|2020-09-20T16:16:06.0000000Z|ProcessId=880");
    EXPECT_EQ(recorder.last_keywords, 0x8000000000000000U);
    EXPECT_EQ(one(R"({"EventID":13,"Channel":"Ops","EventTypeOrignal":"INFO","EventType":"SetValue"})"),
        "13|Ops|||0||EventType=SetValue");
}

TEST(EventJson, NamedItemsOfXmlTurnedIntoJsonAreRead)
{
    EXPECT_EQ(
        one(R"({"Event":{"System":{"EventID":"4624","Channel":"Security"},"EventData":{"Data":[{"Name":"User","#text":"bob"},{"@Name":"Empty"}]}}})"),
        "4624|Security|||0||User=bob|Empty=");
}

TEST(EventJson, ABadLineCostsOnlyThatLine)
{
    constexpr std::string_view good = R"({"EventID":1,"Channel":"C","A":"x"})";
    auto const cut = good.substr(0, 20);
    auto const text = format("{}\n{}\n{}\r\n\n{}", good, cut, good, cut);
    auto const recorder = read_text(text);
    EXPECT_EQ(recorder.events.size(), 2U);
    ASSERT_EQ(recorder.diagnostics.size(), 2U);
    EXPECT_EQ(recorder.diagnostics[0].error.offset, good.size() + 1);
    EXPECT_EQ(recorder.diagnostics[0].bytes_lost, cut.size());
    EXPECT_EQ(recorder.diagnostics[1].error.offset, text.size() - cut.size());
    EXPECT_EQ(recorder.origins[1].size_bytes, good.size());
}

TEST(EventJson, AnObjectThatIsNoEventIsSaid)
{
    auto const recorder = read_text("{\"EventID\":1,\"Channel\":\"C\"}\n{\"a\":1}\n");
    EXPECT_EQ(recorder.events.size(), 1U);
    ASSERT_EQ(recorder.diagnostics.size(), 1U);
    EXPECT_EQ(recorder.diagnostics[0].error.what, "event_json.not_a_windows_event");
    EXPECT_EQ(recorder.lost(), 7U);
}

TEST(EventJson, PrettyPrintedObjectsAndArraysAreRead)
{
    constexpr std::string_view pretty = "{\n  \"EventID\": 1,\n  \"Channel\": \"C\",\n  \"A\": \"}{\"\n}";
    for (auto const& text : { format("Record 1\n{}\nRecord 2\n{}\n", pretty, pretty),
             format("[\n{},\n{}\n]\n", pretty, pretty), format("\xef\xbb\xbf{}{}", pretty, pretty),
             std::string("[{\"EventID\":1,\"Channel\":\"C\"},{\"EventID\":1,\"Channel\":\"C\"}]"),
             std::string("[\n {\"EventID\":1,\"Channel\":\"C\"},\n {\"EventID\":1,\"Channel\":\"C\"}\n]") }) {
        auto const recorder = read_text(text);
        EXPECT_EQ(recorder.events.size(), 2U) << text;
        EXPECT_TRUE(recorder.diagnostics.empty()) << text;
        for (auto const& origin : recorder.origins) {
            EXPECT_EQ(text[origin.offset], '{') << text;
            EXPECT_EQ(text[origin.offset + origin.size_bytes - 1], '}') << text;
        }
    }
}

TEST(EventJson, DamageInAPrettyObjectCostsOnlyThatObject)
{
    constexpr std::string_view good = "{\n  \"EventID\": 1,\n  \"Channel\": \"C\"\n}\n";
    constexpr std::string_view bad
        = "{\n  \"EventID\": 1,\n  \"Channel: \"C\"\n}\n"; // a lost quote turns the rest inside out
    auto const recorder = read_text(format("{}{}{}{}", good, bad, good, good));
    EXPECT_EQ(recorder.events.size(), 3U);
    EXPECT_EQ(recorder.lost(), bad.size());
    auto const line
        = read_text(R"([{"EventID":1,"Channel":"C"},{"EventID":1,"Channel:"C"},{"EventID":1,"Channel":"C"}])");
    EXPECT_EQ(line.events.size(), 2U);
    EXPECT_EQ(line.diagnostics.size(), 1U);
}

TEST(EventJson, TextThatJsonForbidsIsMendedAndSaid)
{
    for (std::string_view const text :
        { "{\"EventID\":1,\"Channel\":\"C\",\"A\":\"x\xff\"}", "{\"EventID\":1,\"Channel\":\"C\",\"A\":\"x\\ud800\"}",
            "{\"EventID\":1,\"Channel\":\"C\",\"A\":\"x\xed\xa0\x80\"}" }) {
        auto const recorder = read_text(text);
        ASSERT_EQ(recorder.events.size(), 1U) << text;
        EXPECT_EQ(recorder.events[0], "1|C|||0||A=x\xef\xbf\xbd");
        EXPECT_EQ(recorder.diagnostics.size(), 1U);
        EXPECT_EQ(recorder.lost(), 0U);
    }
    EXPECT_EQ(one("{\"EventID\":1,\"Channel\":\"C\",\"A\":\"x\ty\"}"), "1|C|||0||A=x y");
    EXPECT_EQ(one(R"({"EventID":1,"Channel":"C","A":"\ud83d\ude00"})"), "1|C|||0||A=\xf0\x9f\x98\x80");
}

TEST(EventJson, DuplicateKeysAreAllKept)
{
    EXPECT_EQ(one(R"({"EventID":1,"Channel":"C","A":"x","A":"y"})"), "1|C|||0||A=x|A=y");
}

TEST(EventJson, NestingBombsAreRefused)
{
    std::string text = R"({"EventID":1,"Channel":"C","A":)";
    text.append(5000, '[').append(5000, ']').append("}\n{\"EventID\":1,\"Channel\":\"C\"}\n");
    auto const recorder = read_text(text);
    EXPECT_EQ(recorder.events.size(), 1U);
    ASSERT_EQ(recorder.diagnostics.size(), 1U);
    EXPECT_EQ(recorder.diagnostics[0].error.code, ErrorCode::limit);
}

TEST(EventJson, EveryPrefixOfAFileGivesAPrefixOfItsEvents)
{
    std::string text;
    for (int i = 0; i < 5; ++i)
        text += format("{{\"EventID\":{},\"Channel\":\"C\",\"A\":\"\\u3042\"}}\n", i);
    auto const all = read_text(text).events;
    for (std::size_t size = 0; size <= text.size(); ++size) {
        auto const some = read_text(std::string_view(text).substr(0, size)).events;
        ASSERT_LE(some.size(), all.size());
        for (std::size_t i = 0; i < some.size(); ++i)
            EXPECT_EQ(some[i], all[i]);
    }
}

TEST(EventJson, PiecesGiveTheSameEventsAsTheWhole)
{
    std::string text;
    for (int i = 0; i < 50; ++i)
        text += format(
            "{{\"EventID\":{},\"Channel\":\"C\",\"A\":\"{}\"}}\n", i, std::string(static_cast<std::size_t>(i), 'x'));
    auto const whole = read_text(text).events;
    for (std::uint64_t piece = 1; piece < text.size() + 2; piece += 7)
        EXPECT_EQ(read_text(text, piece).events, whole) << piece;
}

TEST(EventJson, SniffKnowsEventsFromOtherJson)
{
    EXPECT_EQ(sniff(as_bytes(evtx_dump)), Sniff::sure);
    EXPECT_EQ(sniff(as_bytes(R"([{"EventID":1,"Channel":"x"}])")), Sniff::sure);
    EXPECT_EQ(
        sniff(as_bytes("Record 1\n{\n \"Event\": {\"System\": {\"EventID\": 1, \"Channel\": \"a\"")), Sniff::sure);
    EXPECT_EQ(sniff(as_bytes(R"({"winlog":{}})")), Sniff::maybe);
    EXPECT_EQ(sniff(as_bytes(R"({"a":1})")), Sniff::no);
    EXPECT_EQ(sniff(as_bytes(R"([1,2])")), Sniff::no);
    EXPECT_EQ(sniff({}), Sniff::no);
    EXPECT_EQ(sniff(as_bytes("\"EventID\" \"Channel\"")), Sniff::no);
}

TEST(EventJson, RenderIndentsAndKeepsTheSpelling)
{
    constexpr std::string_view text = R"(xx{"a":1.50,"b":[],"c":{"d":"x\"{"},"a":[1,2]}yy)";
    auto const rendered = render(as_bytes(text), { 2, text.size() - 4, false }, "json");
    ASSERT_TRUE(rendered.has_value());
    EXPECT_EQ(*rendered,
        "{\n  \"a\": 1.50,\n  \"b\": [],\n  \"c\": {\n    \"d\": \"x\\\"{\"\n  },\n  \"a\": [\n    1,\n    2\n  ]\n}");
    EXPECT_FALSE(render(as_bytes(text), { 2, 5, false }, "xml").has_value());
    EXPECT_FALSE(render(as_bytes(text), { 99, 5, false }, "json").has_value());
}

TEST(EventJson, AllRegressionFilesOfSigmaHqAreRead)
{
    KONSEKI_NEEDS_DATA(folder, "sigma");
    std::size_t files = 0;
    std::size_t events = 0;
    for (auto const& path : test::files_below(folder, ".json")) {
        if (path.string().find("regression_data") == std::string::npos)
            continue;
        ++files;
        auto const text = test::read_file(path);
        EXPECT_EQ(sniff(as_bytes(std::string_view(text).substr(0, 4096))), Sniff::sure) << path;
        auto const recorder = read_text(text);
        EXPECT_TRUE(recorder.diagnostics.empty()) << path;
        events += recorder.events.size();
    }
    EXPECT_EQ(files, 202U);
    EXPECT_EQ(events, 238U);
}

// The same events as evtx_dump wrote them and as our own reader sees them: names and texts must agree.
class EvtxLines final : public evtx::Visitor, public Dictionary {
public:
    explicit EvtxLines(Recorder& recorder)
        : m_recorder(recorder)
    {
    }
    void on_file(evtx::FileFacts const&) override { }
    void on_sign(evtx::Sign const&) override { }
    void on_chunk(evtx::ChunkFacts const&) override { }
    void on_record(Event const& event, evtx::RecordFacts const& facts) override
    {
        if (facts.place != evtx::Place::live)
            return;
        auto as_written = event; // evtx_dump writes microseconds, and no empty Correlation attribute
        as_written.written_at.ticks -= as_written.written_at.ticks % 10;
        m_recorder.on_event(as_written, {});
        auto& line = m_recorder.events.back();
        constexpr std::string_view empty_attribute = "|Correlation_RelatedActivityID=<null>";
        if (auto const found = line.find(empty_attribute); found != std::string::npos)
            line.erase(found, empty_attribute.size());
    }
    std::optional<std::string_view> find(std::string_view) const override { return std::nullopt; }
    void add(std::string_view, std::string_view) override { }

private:
    Recorder& m_recorder;
};

// The files were made by an evtx_dump that drops blanks at the end of a text.
std::vector<std::string> without_blanks_at_ends(std::vector<std::string> lines)
{
    for (auto& line : lines) {
        std::string kept;
        for (auto const c : line + "|") {
            while (c == '|' && !kept.empty() && kept.back() == ' ')
                kept.pop_back();
            kept += c;
        }
        line = kept;
    }
    return lines;
}

TEST(EventJson, EvtxDumpsJsonEqualsTheEvtxItCameFrom)
{
    KONSEKI_NEEDS_DATA(folder, "sigma");
    std::size_t compared = 0;
    for (auto const& path : test::files_below(folder, ".evtx")) {
        auto json_path = path;
        json_path.replace_extension(".json");
        if (path.string().find("regression_data") == std::string::npos || !std::filesystem::exists(json_path))
            continue;
        if (path.string().find("right_to_left_override") != std::string::npos)
            continue; // its JSON was edited by hand: Explorer.exe for Explorer.EXE, seven digits of the time
        auto const file = test::read_file(path);
        Recorder from_evtx;
        EvtxLines lines { from_evtx };
        EventShapes shapes;
        Arena arena;
        evtx::ReadContext context { shapes, arena, lines, from_evtx, default_limits, nullptr, {}, Pass::first, false };
        evtx::read(as_bytes(file), { 0, file.size() }, context, lines);
        EXPECT_EQ(without_blanks_at_ends(read_text(test::read_file(json_path)).events),
            without_blanks_at_ends(from_evtx.events))
            << path;
        compared += from_evtx.events.size();
    }
    EXPECT_EQ(compared, 236U); // of 238
}
}
}
