#include "base/identity.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/utf16.hpp"
#include "formats/evtx/evtx.hpp"
#include "rules/search/raw_forms.hpp"
#include "rules/search/raw_scanner.hpp"
#include "rules/search/search.hpp"
#include "support/samples.hpp"
#include <map>
#include <random>
#include <gtest/gtest.h>

namespace konseki::search {
namespace {

struct Hits final : TraceSink {
    Hits()
        : batch(hit_schema.erased, 1)
    {
    }
    TraceBatch& room_in(Schema const&) override
    {
        if (batch.is_full())
            flush();
        return batch;
    }
    void flush()
    {
        for (std::size_t i = 0; i < batch.row_count(); ++i)
            lines.push_back(format(
                "{:#x} {} {}: {}", batch.origin(i).offset, batch.text(5, i), batch.text(6, i), batch.text(7, i)));
        batch = TraceBatch { hit_schema.erased, 1 };
    }
    std::vector<std::string> take()
    {
        flush();
        return std::move(lines);
    }
    TraceBatch batch;
    std::vector<std::string> lines;
};

std::vector<std::string> hits_in(Query const& query, std::vector<std::pair<std::string, std::string>> const& fields)
{
    auto const search = Search::compile(query);
    EXPECT_TRUE(search.ok());
    EventShapes shapes;
    std::vector<std::string> names;
    std::vector<std::string> raws;
    for (auto const& [name, text] : fields) {
        names.push_back(name);
        raws.push_back(utf16le_from_utf8(text));
    }
    std::vector<EventValue> values;
    for (auto const& raw : raws)
        values.push_back({ ValueType::utf16, as_bytes(raw) });
    Event event;
    event.event_id = 4688;
    event.channel = "Security";
    event.computer = "DC01.corp";
    event.shape = shapes.intern(names);
    event.values = values;
    Hits hits;
    search.value().watcher(hits)->on_event(event, { 0x10, 5, false });
    return hits.take();
}

using Lines = std::vector<std::string>;

TEST(Search, WordsAreFoundCaselessInAllFields)
{
    EXPECT_EQ(hits_in({ { "MIMIKATZ", "dc01" }, {} }, { { "Image", "C:\\Mimikatz.exe" }, { "Other", "x" } }),
        (Lines { "0x10 dc01 Computer: DC01.corp", "0x10 MIMIKATZ Image: C:\\Mimikatz.exe" }));
    EXPECT_EQ(hits_in({ { "4688" }, {} }, {}), (Lines { "0x10 4688 EventID: 4688" }));
}

TEST(Search, JapaneseAndOtherScriptsAreFound)
{
    EXPECT_EQ(hits_in({ { "痕跡" }, {} }, { { "A", "これは痕跡です" } }), (Lines { "0x10 痕跡 A: これは痕跡です" }));
    EXPECT_EQ(hits_in({ { "ｐｏｗｅｒ", "привет", "\xf0\x9f\x98\x80" }, {} },
                  { { "A", "ＰＯＷＥＲ" }, { "B", "ПРИВЕТ" }, { "C", "x\xf0\x9f\x98\x80" } })
                  .size(),
        3U);
}

TEST(Search, PatternsAreFoundBesideWords)
{
    EXPECT_EQ(hits_in({ { "exe" }, { "m.m[a-z]+tz", "^no" } }, { { "Image", "C:\\mimikatz.exe" } }),
        (Lines { "0x10 exe Image: C:\\mimikatz.exe", "0x10 m.m[a-z]+tz Image: C:\\mimikatz.exe" }));
}

TEST(Search, OneRowAWordAndFieldWithTheTextAroundIt)
{
    auto const text = std::string(300, 'a') + "needle" + std::string(300, 'b') + "needle";
    auto const hits = hits_in({ { "needle" }, {} }, { { "A", text } });
    ASSERT_EQ(hits.size(), 1U);
    EXPECT_NE(hits[0].find("needle"), std::string::npos);
    EXPECT_LE(hits[0].size(), 240U);
}

TEST(Search, WrongQueriesAreRefusedWithTheReason)
{
    EXPECT_FALSE(Search::compile({}).ok());
    EXPECT_FALSE(Search::compile({ { "" }, {} }).ok());
    auto const bad = Search::compile({ {}, { "a(" } });
    ASSERT_FALSE(bad.ok());
    EXPECT_EQ(bad.error().code, ErrorCode::wrong_use);
}

TEST(Search, ConfigurationsRoundTripAndBrokenOnesAreRefused)
{
    Query const query { { "a", "痕跡", "w1:x" }, { "b+", "" } };
    auto const again = Search::query_of(Search::configuration(query));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again.value().words, query.words);
    EXPECT_EQ(again.value().patterns, query.patterns);
    for (std::string_view const text : { "x1:a", "w", "w5:a", "w:a", "w99999999999999999999:a" })
        EXPECT_FALSE(Search::query_of(text).ok()) << text;
}

TEST(SearchRawForms, WordsThatNumbersTimesAndIdentitiesCouldRenderToAreNotRuledOut)
{
    for (std::string_view const word : { "4624", "0x3e7", "x3e7", "dead", "beef-dead", "S-1-5", "s-1-5-21",
             "2020-09-02", "T11:47:41.000", "12:30", "true", "als", "1.5e+", "TRUE", "a" })
        EXPECT_FALSE(raw_forms(word).has_value()) << word;
    for (std::string_view const word :
        { "mimikatz", "10.0.0.5", "exe", "test", "192.168.1.77", "痕跡", "lsass", "\\pipe\\", "-enc",
            "S-1-5-21-1111-2222-3333-500", "5770385F-C22A-43E0-BF4C-06F5698FFBD9", "d41d8cd98f00b204e9800998ecf8427e" })
        EXPECT_TRUE(raw_forms(word).has_value()) << word;
    EXPECT_EQ(raw_forms("a<longest piece>b")->text, U"longest piece");
}

struct Value {
    ValueType type;
    std::string raw;
};

Value random_value(std::mt19937& random)
{
    constexpr std::array types { ValueType::utf16, ValueType::ansi, ValueType::i32, ValueType::u64, ValueType::f64,
        ValueType::boolean, ValueType::binary, ValueType::guid, ValueType::hex32, ValueType::hex64, ValueType::filetime,
        ValueType::systemtime, ValueType::sid, ValueType::utf16_list };
    Value value { types[random() % types.size()], {} };
    auto const bytes = [&](std::size_t size) {
        for (std::size_t i = 0; i < size; ++i)
            value.raw += static_cast<char>(random() & 0xff);
    };
    constexpr std::array<std::string_view, 12> pieces { "a", "B", "k", "S", "\\", "é", "µ", "痕", "跡", ".", "x1",
        "Ж" };
    switch (value.type) {
    case ValueType::utf16:
    case ValueType::utf16_list: {
        std::string text;
        for (auto i = random() % 20; i > 0; --i)
            text += pieces[random() % pieces.size()];
        value.raw = utf16le_from_utf8(text);
        if (value.type == ValueType::utf16_list)
            value.raw += std::string(2, '\0') + utf16le_from_utf8("second");
        break;
    }
    case ValueType::ansi:
        for (auto i = random() % 20; i > 0; --i)
            value.raw += static_cast<char>(0x20 + random() % 0xe0);
        break;
    case ValueType::sid:
        value.raw = std::string("\x01\x05\0\0\0\0\0\x05", 8);
        bytes(20);
        break;
    case ValueType::systemtime:
        for (int i = 0; i < 8; ++i) {
            value.raw += static_cast<char>(random() % 60);
            value.raw += '\0';
        }
        break;
    case ValueType::binary: bytes(random() % 60); break;
    case ValueType::guid: bytes(16); break;
    case ValueType::i32:
    case ValueType::hex32:
    case ValueType::boolean: bytes(4); break;
    default: bytes(8); break;
    }
    return value;
}

// The promise the filter rests on: whatever part of a rendered value is searched for, the raw bytes are not ruled out.
TEST(SearchRawForms, NoPartOfAnyRenderedValueIsRuledOut)
{
    std::mt19937 random { 7 };
    std::size_t useful = 0;
    for (int round = 0; round < 4'000; ++round) {
        auto const value = random_value(random);
        auto const text = fold_utf8(value_text({ value.type, as_bytes(value.raw) }));
        if (text.empty())
            continue;
        auto begin = random() % text.size();
        auto end = begin + 1 + random() % (text.size() - begin);
        while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xc0) == 0x80)
            --begin;
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
            ++end;
        auto const word = text.substr(begin, end - begin);
        auto const forms = raw_forms(word);
        if (!forms)
            continue;
        ++useful;
        RawScanner scanner;
        scanner.add_text(forms->text);
        for (auto const& bytes : forms->bytes)
            scanner.add_bytes(bytes);
        scanner.finish();
        auto const padding = std::string(random() % 70, '\x7e');
        auto const memory = padding + value.raw + padding;
        EXPECT_TRUE(scanner.contains(as_bytes(memory)))
            << "round " << round << " word " << word << " type " << static_cast<int>(value.type);
        EXPECT_TRUE(scanner.contains_portable(as_bytes(memory))) << round;
    }
    EXPECT_GT(useful, 500U);
}

bool naive(std::vector<std::u32string> const& words, std::string const& memory)
{
    for (auto const& word : words) {
        for (std::size_t width = 1; width <= 2; ++width) {
            for (std::size_t start = 0; start + word.size() * width <= memory.size(); ++start) {
                bool same = true;
                for (std::size_t i = 0; i < word.size() && same; ++i) {
                    auto const at = start + i * width;
                    auto unit = static_cast<char32_t>(static_cast<unsigned char>(memory[at]));
                    if (width == 2)
                        unit |= static_cast<char32_t>(static_cast<unsigned char>(memory[at + 1])) << 8;
                    same = fold(unit) == word[i];
                }
                if (same)
                    return true;
            }
        }
    }
    return false;
}

TEST(SearchRawScanner, VectorPortableAndNaiveScansAgree)
{
    std::mt19937 random { 11 };
    std::size_t found = 0;
    constexpr std::u32string_view alphabet = U"abks\\é跡ж";
    for (int round = 0; round < 3'000; ++round) {
        std::vector<std::u32string> words;
        for (auto i = 1 + random() % 12; i > 0; --i) {
            std::u32string word;
            for (auto size = 1 + random() % 6; size > 0; --size)
                word += alphabet[random() % alphabet.size()];
            words.push_back(word);
        }
        RawScanner scanner;
        for (auto const& word : words)
            scanner.add_text(word);
        scanner.finish();
        std::string memory;
        constexpr std::array<unsigned, 14> likely { 'a', 'b', 'k', 's', 'A', 'S', '\\', 0, 0, 0, 0xe9, 0x04, 0x36,
            0x8d };
        for (auto size = random() % 120; size > 0; --size)
            memory += static_cast<char>(random() % 8 == 0 ? random() : likely[random() % likely.size()]);
        auto const expected = naive(words, memory);
        found += expected ? 1 : 0;
        EXPECT_EQ(scanner.contains(as_bytes(memory)), expected) << round;
        EXPECT_EQ(scanner.contains_portable(as_bytes(memory)), expected) << round;
    }
    EXPECT_GT(found, 300U);
    EXPECT_LT(found, 2'990U);
}

TEST(SearchRawScanner, ANeedleIsFoundAtEveryPlaceOfABuffer)
{
    for (std::string_view const word : { "mimikatz", "ab", "痕跡" }) {
        RawScanner scanner;
        std::u32string folded;
        for (std::size_t i = 0; i < word.size();)
            folded += utf8::next(word, i);
        scanner.add_text(folded);
        scanner.finish();
        auto const wide = utf16le_from_utf8(word);
        for (std::size_t before = 0; before < 80; ++before) {
            auto const memory = std::string(before, 'q') + wide;
            EXPECT_TRUE(scanner.contains(as_bytes(memory))) << word << before;
            EXPECT_FALSE(scanner.contains(as_bytes(std::string_view(memory).substr(0, memory.size() - 1))))
                << word << before;
        }
    }
}

// Reading with and without the filter must find the same in real logs.
class Reader final : public evtx::Visitor, public Dictionary, public DiagnosticSink {
public:
    explicit Reader(EventWatcher& watcher)
        : m_watcher(watcher)
    {
    }
    void on_file(evtx::FileFacts const&) override { }
    void on_sign(evtx::Sign const&) override { }
    void on_chunk(evtx::ChunkFacts const&) override { }
    void on_record(Event const& event, evtx::RecordFacts const& facts) override
    {
        m_watcher.on_event(event, { facts.offset, facts.size_bytes, facts.place != evtx::Place::live });
    }
    void report(Diagnostic const&) override { }
    std::optional<std::string_view> find(std::string_view key) const override
    {
        auto const found = m_entries.find(key);
        return found == m_entries.end() ? std::nullopt : std::optional<std::string_view>(found->second);
    }
    void add(std::string_view key, std::string_view bytes) override { m_entries.emplace(key, bytes); }

private:
    EventWatcher& m_watcher;
    std::map<std::string, std::string, std::less<>> m_entries;
};

Lines search_file(Search const& search, std::string const& file, RawFilter const* filter)
{
    Hits hits;
    auto const watcher = search.watcher(hits);
    Reader reader { *watcher };
    EventShapes shapes;
    Arena arena;
    evtx::ReadContext context { shapes, arena, reader, reader, default_limits, filter, {}, Pass::first, false };
    evtx::read(as_bytes(file), { 0, file.size() }, context, reader);
    return hits.take();
}

TEST(Search, TheRawFilterLosesNothingInRealLogs)
{
    KONSEKI_NEEDS_DATA(folder, "evtx");
    auto const search = Search::compile(
        { { "mimikatz", "lsass.exe", "psexesvc", "S-1-5-21-1587066498-1489273250-1035260531-1106", "administrator",
              "-enc", "5770385F-C22A-43E0-BF4C-06F5698FFBD9", "svcctl", "\\PIPE\\", "b6d55014c8a71c25b6d5" },
            {} });
    ASSERT_TRUE(search.ok());
    EXPECT_TRUE(search.value().raw_filter_is_useful());
    std::size_t files = 0;
    std::size_t hits = 0;
    for (auto const& path : test::files_below(folder, ".evtx")) {
        if (++files > 150)
            break;
        auto const file = test::read_file(path);
        auto const all = search_file(search.value(), file, nullptr);
        EXPECT_EQ(search_file(search.value(), file, &search.value().raw_filter()), all) << path;
        hits += all.size();
    }
    EXPECT_GT(hits, 100U);
}

}
}
