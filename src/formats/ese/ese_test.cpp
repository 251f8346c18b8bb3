#include "formats/ese/decompress.hpp"
#include "formats/ese/ese.hpp"
#include "support/collecting_context.hpp"
#include "support/ese_writer.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include <algorithm>
#include <gtest/gtest.h>

namespace konseki::ese {

namespace {

using test::ese_bytes;
using test::ese_utf16;

// Rows as "column=value" texts, in the order in which they come.
struct Collector final : RowVisitor {
    Table const* table = nullptr;
    std::vector<std::map<std::string, std::string>> rows;
    bool on_row(Row const& row) override
    {
        auto& texts = rows.emplace_back();
        for (auto const& column : table->columns) {
            std::string text;
            for (auto const value : row.values(&column))
                append_format(text, "{}{}", text.empty() ? "" : "|", as_text(value));
            if (!row.values(&column).empty())
                texts[column.name] = text;
        }
        texts["@offset"] = format("{}", row.offset());
        texts["@recovered"] = row.is_recovered() ? "true" : "false";
        texts["@damaged"] = row.is_damaged() ? "true" : "false";
        return true;
    }
};

struct Opened {
    test::CollectingDiagnostics diagnostics;
    std::optional<Database> database;
    std::string file;

    explicit Opened(std::string bytes)
        : file(std::move(bytes))
    {
        auto result = Database::open(as_bytes(file), diagnostics);
        if (result.ok())
            database.emplace(std::move(result).value());
    }
    std::vector<std::map<std::string, std::string>> rows(std::string_view name)
    {
        Collector collector;
        collector.table = database ? database->find(name) : nullptr;
        if (collector.table != nullptr)
            database->visit(*collector.table, collector, diagnostics);
        return collector.rows;
    }
    RowCounts count(std::string_view name)
    {
        Collector collector;
        collector.table = database ? database->find(name) : nullptr;
        return collector.table == nullptr ? RowCounts {} : database->visit(*collector.table, collector, diagnostics);
    }
    bool has(std::string_view what) const
    {
        return std::ranges::any_of(
            diagnostics.list, [&](Diagnostic const& diagnostic) { return diagnostic.error.what == what; });
    }
};

test::EseRow person(std::uint32_t id, std::string const& name)
{
    test::EseRow row;
    row.values = { { 1, ese_bytes(id, 4) }, { 128, name }, { 256, "note of " + name } };
    return row;
}

test::EseTable people()
{
    test::EseTable table;
    table.name = "People";
    table.columns = { { "Id", 1, 4 }, { "Age", 2, 3 }, { "Name", 128, 10, 1252 }, { "Note", 256, 12, 1252 } };
    table.leaves = { { person(1, "hanako"), person(2, "taro") }, { person(3, "jiro") } };
    return table;
}

test::EseDatabase database_of(test::EseTable table, std::uint32_t page_bytes = 4'096)
{
    test::EseDatabase database;
    database.page_bytes = page_bytes;
    database.tables.push_back(std::move(table));
    return database;
}

}

TEST(Ese, RowsOfEveryPageSizeAreReadInKeyOrder)
{
    for (std::uint32_t page_bytes = 2'048; page_bytes <= 32'768; page_bytes *= 2) {
        auto written = database_of(people(), page_bytes);
        Opened opened { test::write_ese(written) };
        auto const rows = opened.rows("People");
        ASSERT_EQ(rows.size(), 3U) << page_bytes;
        EXPECT_EQ(rows[0].at("Id"), ese_bytes(1, 4));
        EXPECT_EQ(rows[0].at("Name"), "hanako");
        EXPECT_EQ(rows[2].at("Note"), "note of jiro");
        EXPECT_EQ(rows[1].count("Age"), 0U) << "NULL is absent";
        EXPECT_EQ(opened.database->pages_with_bad_checksum(), 0U);
        EXPECT_TRUE(opened.diagnostics.list.empty());
    }
}

TEST(Ese, AnOriginLeadsToTheRecordsBytes)
{
    auto written = database_of(people());
    Opened opened { test::write_ese(written) };
    auto const rows = opened.rows("People");
    ASSERT_EQ(rows.size(), 3U);
    auto const record = test::ese_record(written.tables[0].columns, person(3, "jiro"), 4'096);
    EXPECT_EQ(opened.file.substr(std::stoul(rows[2].at("@offset")), record.size()), record);
}

TEST(Ese, TheHeaderSaysStateRevisionAndTimes)
{
    auto written = database_of(people());
    written.state = 2;
    Opened opened { test::write_ese(written) };
    ASSERT_TRUE(opened.database);
    EXPECT_EQ(state_name(opened.database->header().state), "dirty");
    EXPECT_EQ(opened.database->header().revision, 0x14U);
    EXPECT_TRUE(opened.database->header().consistent_at.is_utc);
    EXPECT_EQ(to_string(Timestamp { opened.database->header().consistent_at.ticks }), "2021-06-05T12:45:30.0000000Z");
    EXPECT_TRUE(opened.has("ese.header.dirty_newest_rows_may_be_in_logs"));
    EXPECT_EQ(opened.rows("People").size(), 3U);
}

TEST(Ese, TheShadowHeaderStandsInForALostOne)
{
    auto written = database_of(people(), 8'192);
    auto file = test::write_ese(written);
    file.replace(0, 512, std::string(512, '\x5a'));
    Opened opened { file };
    ASSERT_TRUE(opened.database);
    EXPECT_TRUE(opened.database->header().is_shadow);
    EXPECT_TRUE(opened.has("ese.header.primary"));
    EXPECT_EQ(opened.rows("People").size(), 3U);
}

TEST(Ese, TheShadowCatalogueStandsInForALostOne)
{
    auto written = database_of(people());
    auto file = test::write_ese(written);
    file.replace(5 * 4'096, 4'096, std::string(4'096, '\x5a'));
    Opened opened { file };
    EXPECT_EQ(opened.rows("People").size(), 3U);
    EXPECT_TRUE(opened.has("ese.catalogue"));
}

TEST(Ese, DeletedRowsAndUnreachedPagesAreRecoveredOnce)
{
    auto table = people();
    auto gone = person(9, "gone");
    gone.is_deleted = true;
    table.leaves[0].push_back(gone);
    table.unreached_leaves = { { person(7, "lost"), person(1, "hanako") }, { person(7, "lost") } };
    auto written = database_of(table);
    Opened opened { test::write_ese(written) };
    auto const rows = opened.rows("People");
    ASSERT_EQ(rows.size(), 5U) << "copies of live and of recovered rows are left out";
    EXPECT_EQ(rows[2].at("@recovered"), "false");
    EXPECT_EQ(rows[3].at("Name"), "gone");
    EXPECT_EQ(rows[3].at("@recovered"), "true");
    EXPECT_EQ(rows[4].at("Name"), "lost");
}

TEST(Ese, ALeafThatOnlyItsNeighbourKnowsIsLive)
{
    auto table = people();
    table.chained_leaves = { { person(4, "new") } };
    auto written = database_of(table);
    Opened opened { test::write_ese(written) };
    auto const rows = opened.rows("People");
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[3].at("Name"), "new");
    EXPECT_EQ(rows[3].at("@recovered"), "false");
}

TEST(Ese, AnUnreadableRootLeavesItsLeavesToBeRecovered)
{
    auto written = database_of(people());
    auto file = test::write_ese(written);
    auto const offset = (std::size_t { written.tables[0].root_page } + 1) * 4'096;
    file.replace(offset, 4'096, std::string(4'096, '\x5a'));
    Opened opened { file };
    auto const rows = opened.rows("People");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("@recovered"), "true");
    EXPECT_TRUE(opened.has("ese.page.flags"));
}

TEST(Ese, AChecksumThatIsWrongIsARemark)
{
    auto written = database_of(people());
    auto file = test::write_ese(written);
    file[(std::size_t { written.tables[0].root_page } + 2) * 4'096 + 2'000] ^= 1;
    Opened opened { file };
    EXPECT_EQ(opened.rows("People").size(), 3U);
    EXPECT_TRUE(opened.has("ese.page.checksum"));
    EXPECT_EQ(opened.database->pages_with_bad_checksum(), 1U);
}

TEST(Ese, APageThatLeadsToItselfEnds)
{
    auto written = database_of(people());
    auto file = test::write_ese(written);
    auto const root = written.tables[0].root_page;
    auto const offset = (std::size_t { root } + 1) * 4'096;
    // The first child: behind the page header, the 16 bytes of tag 0, the key's size and the key.
    file.replace(offset + 40 + 16 + 2 + 4, 4, ese_bytes(root, 4));
    Opened opened { file };
    EXPECT_EQ(opened.rows("People").size(), 3U) << "the page that is not reached any more is recovered";
    EXPECT_TRUE(opened.has("ese.page"));
}

TEST(Ese, DefaultsStandForColumnsThatTheRecordDoesNotKnow)
{
    auto table = people();
    table.columns.push_back({ "Rank", 257, 4, 0, ese_bytes(5, 4) });
    auto written = database_of(table);
    Opened opened { test::write_ese(written) };
    EXPECT_EQ(opened.rows("People").at(0).at("Rank"), ese_bytes(5, 4));
}

TEST(Ese, MultiValuesAndCompressedValuesAreTakenApart)
{
    test::EseTable table;
    table.name = "Values";
    table.columns
        = { { "Id", 1, 4 }, { "Many", 256, 11 }, { "Two", 257, 11 }, { "Seven", 258, 12, 1252 }, { "Null", 260, 11 } };
    test::EseRow row;
    row.values = { { 1, ese_bytes(1, 4) } };
    row.tagged[256] = { ese_bytes(6, 2) + ese_bytes(8, 2) + ese_bytes(11, 2) + "aa" + "bbb" + "c", 0x09 };
    row.tagged[257] = { std::string("\x03") + "one" + "second", 0x19 };
    row.tagged[258] = { "\x0c\x61\xf1\x18", 0x03 };
    row.tagged[260] = { "", 0x20 };
    table.leaves = { { row } };
    auto written = database_of(table);
    Opened opened { test::write_ese(written) };
    auto const rows = opened.rows("Values");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("Many"), "aa|bbb|c");
    EXPECT_EQ(rows[0].at("Two"), "one|second");
    EXPECT_EQ(rows[0].count("Null"), 0U);
    EXPECT_EQ(rows[0].at("Seven"), "abc");
}

TEST(Ese, SevenBitTextIsUnpacked)
{
    // "abc": 61 62 63 in 7 bits, 21 bits: two bytes and 5 bits of the third.
    std::array<std::byte, 4> const ascii { std::byte { 0x0c }, std::byte { 0x61 }, std::byte { 0xf1 },
        std::byte { 0x18 } };
    auto const plain = decompress(ascii);
    ASSERT_TRUE(plain.ok());
    EXPECT_EQ(as_text(plain.value()), "abc");
    auto wide = ascii;
    wide[0] = std::byte { 0x14 };
    auto const utf16 = decompress(wide);
    ASSERT_TRUE(utf16.ok());
    EXPECT_EQ(as_text(utf16.value()), ese_utf16("abc"));
}

// [MS-XCA] 3.1: 26 letters, and 300 times "abc".
TEST(Ese, PlainXpressIsUnpacked)
{
    auto const letters = test::bytes_from_hex("3f000000 6162636465666768696a6b6c6d6e6f707172737475767778797a");
    auto const plain = decompress_xpress(letters, 26);
    ASSERT_TRUE(plain.ok());
    EXPECT_EQ(as_text(plain.value()), "abcdefghijklmnopqrstuvwxyz");
    auto const repeated = test::bytes_from_hex("ffffff1f 616263 1700 0f ff 2601");
    auto const abc = decompress_xpress(repeated, 300);
    ASSERT_TRUE(abc.ok());
    EXPECT_EQ(as_text(abc.value()).substr(294), "abcabc");
    std::vector<std::byte> partial;
    EXPECT_FALSE(decompress_xpress(ByteView(repeated).first(6), 300, &partial).ok());
    EXPECT_EQ(partial.size(), 2U) << "what came out before the damage is kept";
}

TEST(Ese, LongValuesAreJoinedFromTheirTree)
{
    test::EseTable table;
    table.name = "Blobs";
    table.columns = { { "Id", 1, 4 }, { "Blob", 256, 11 } };
    auto const row_of = [](std::uint32_t id, std::string const& number) {
        test::EseRow row;
        row.values = { { 1, ese_bytes(id, 4) } };
        row.tagged[256] = { number, 0x05 };
        return row;
    };
    std::string const wide_id("\x80\x00\x00\x00\x00\x00\x00\x09", 8);
    table.leaves = { { row_of(1, ese_bytes(7, 4)), row_of(2, ese_bytes(8, 4)),
        row_of(3, std::string(wide_id.rbegin(), wide_id.rend())) } };
    auto const key = [](std::uint32_t number) { return ese_bytes(__builtin_bswap32(number), 4); };
    std::string const packed("\x18\x08\x00\xff\xff\xff\x1f\x61\x62\x63\x12\x00", 12); // XPRESS of "abcabcab"
    table.long_values = { { key(7), ese_bytes(1, 4) + ese_bytes(10, 4) }, { key(7) + key(0), "first " },
        { key(7) + key(6), "last" }, { wide_id, ese_bytes(1, 4) + ese_bytes(8, 4) }, { wide_id + key(0), packed } };
    auto written = database_of(table);
    Opened opened { test::write_ese(written) };
    auto const rows = opened.rows("Blobs");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("Blob"), "first last");
    EXPECT_EQ(rows[1].count("Blob"), 0U);
    EXPECT_TRUE(opened.has("ese.long_value")) << "a number that the tree does not know is said";
    EXPECT_EQ(rows[2].at("Blob"), "abcabcab");
}

TEST(Ese, TimesAreOleDatesOrFiletimes)
{
    test::EseTable table;
    table.name = "Times";
    table.columns = { { "Ole", 1, 8 }, { "Filetime", 2, 8 }, { "Number", 3, 15 } };
    test::EseRow row;
    row.values = { { 1, ese_bytes(std::bit_cast<std::uint64_t>(44'352.5), 8) },
        { 2, ese_bytes(132'672'528'000'000'000ULL, 8) }, { 3, ese_bytes(132'672'528'000'000'000ULL, 8) } };
    table.leaves = { { row } };
    auto written = database_of(table);
    Opened opened { test::write_ese(written) };
    struct Times final : RowVisitor {
        Table const* table = nullptr;
        bool on_row(Row const& row) override
        {
            EXPECT_EQ(to_string(row.time(table->find("Ole"))), "2021-06-05T12:00:00.0000000Z");
            EXPECT_EQ(to_string(row.time(table->find("Filetime"))), "2021-06-04T04:00:00.0000000Z");
            EXPECT_EQ(row.time(table->find("Filetime")), row.time(table->find("Number")));
            EXPECT_FALSE(row.time(nullptr).is_set());
            return true;
        }
    } times;
    times.table = opened.database->find("Times");
    ASSERT_NE(times.table, nullptr);
    EXPECT_EQ(opened.database->visit(*times.table, times, opened.diagnostics).live, 1U);
}

TEST(Ese, TheCorpusDatabaseHoldsEveryKindOfRow)
{
    auto const bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/ese/testdata/database.hex"));
    Opened opened { std::string(as_text(bytes)) };
    auto const counts = opened.count("T");
    EXPECT_EQ(counts.live, 3U);
    EXPECT_EQ(counts.recovered, 1U);
    EXPECT_EQ(opened.rows("T").at(0).at("B"), "first last");
    EXPECT_EQ(opened.database->pages_with_bad_checksum(), 0U);
}

TEST(Ese, EveryPrefixIsReadWithoutFaultAndSaysWhatIsMissing)
{
    auto written = database_of(people(), 2'048);
    auto const file = test::write_ese(written);
    for (std::size_t size = 0; size < file.size(); size += size < 2'600 ? 37 : 509) {
        Opened opened { file.substr(0, size) };
        EXPECT_LE(opened.rows("People").size(), 3U);
        EXPECT_EQ(opened.database.has_value(), size >= 668);
    }
}

TEST(Ese, FlippedBytesNeverDoHarm)
{
    auto table = people();
    table.long_values = { { ese_bytes(7, 4), ese_bytes(1, 4) + ese_bytes(10, 4) } };
    auto written = database_of(table, 2'048);
    auto const file = test::write_ese(written);
    for (std::size_t place = 5 * 2'048; place < file.size(); place += 3) {
        auto damaged = file;
        damaged[place] = static_cast<char>(~damaged[place]);
        Opened opened { damaged };
        (void)opened.rows("People");
    }
}

TEST(Ese, TheHeaderIsSniffedByItsSignature)
{
    auto written = database_of(people());
    auto const file = test::write_ese(written);
    EXPECT_EQ(sniff(as_bytes(file).first(4'096)), Sniff::sure);
    EXPECT_EQ(sniff(as_bytes(file).first(15)), Sniff::no);
    EXPECT_EQ(sniff(as_bytes(file).subspan(8, 400)), Sniff::no);
    EXPECT_EQ(sniff({}), Sniff::no);
}

// Row counts of fsa.md section 4; the values were compared with dissect.esedb byte by byte.
TEST(Ese, RealDatabasesGiveTheirRows)
{
    KONSEKI_NEEDS_DATA(folder, "esedb");
    Opened srum { test::unpack_one(folder / "SRUDB.dat.gz") };
    EXPECT_EQ(srum.count("{D10CA2FE-6FCF-4F6D-848E-B2E99266FA89}").live, 203U);
    EXPECT_EQ(srum.count("{17F4D97B-F26A-5E79-3A82-90040A47D13D}").live, 6U);
    EXPECT_EQ(srum.count("SruDbIdMapTable").live, 106U);
    EXPECT_TRUE(srum.diagnostics.list.empty());
    Opened go { test::read_file(folder / "go-ese/SRUM/SRUDB.dat") };
    EXPECT_EQ(go.count("{5C8CF1C7-7257-4F13-B223-970EF5939312}").live, 4'038U);
    EXPECT_EQ(go.count("{D10CA2FE-6FCF-4F6D-848E-B2E99266FA89}").live, 1'778U);
    Opened large { test::unpack_one(folder / "large.edb.gz") };
    EXPECT_EQ(large.count("large").live, 16U);
    EXPECT_EQ(large.count("MSysObjects").live, 65'068U);
    EXPECT_TRUE(large.diagnostics.list.empty());
}

// libesedb 20181229 refuses its header.
TEST(Ese, TheDirtyDatabaseOfWindows11Opens)
{
    KONSEKI_NEEDS_DATA(folder, "museum/SRUM/Win11/RathbunVM");
    Opened dirty { test::read_file(folder / "Dirty/SRUDB.dat") };
    Opened clean { test::read_file(folder / "Clean/SRUDB.dat") };
    EXPECT_EQ(dirty.count("{D10CA2FE-6FCF-4F6D-848E-B2E99266FA89}").live, 662U);
    EXPECT_EQ(clean.count("{D10CA2FE-6FCF-4F6D-848E-B2E99266FA89}").live, 662U);
    EXPECT_EQ(dirty.count("SruDbIdMapTable").live, 1'044U);
    EXPECT_EQ(dirty.diagnostics.list.size(), 1U);
    EXPECT_TRUE(dirty.has("ese.header.dirty_newest_rows_may_be_in_logs"));
}

// "multi" of dissect.esedb: three values each, some of them 16 KiB long, some compressed.
TEST(Ese, MultiValuesOfRealRecordsAreDecompressed)
{
    KONSEKI_NEEDS_DATA(folder, "esedb");
    Opened multi { test::unpack_one(folder / "multi.edb.gz") };
    auto const rows = multi.rows("multi");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[1].at("LongBinary"), "Tiny binary 1|Tiny binary 2|Tiny binary 3");
    EXPECT_EQ(rows[1].at("LongCompressedBinary"), "Tiny c binary 1|Tiny c binary 2|Tiny c binary 3");
    EXPECT_TRUE(multi.diagnostics.list.empty());
}

TEST(Ese, TheCatalogueOfFileHistoryIsReadToItsEnd)
{
    KONSEKI_NEEDS_DATA(folder, "misc/Catalog1.edb");
    Opened catalogue { test::read_file(folder) };
    EXPECT_EQ(catalogue.count("namespace").live, 1'373U);
    EXPECT_EQ(catalogue.count("string").live, 994U);
}

}
