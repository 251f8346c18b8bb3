#include "bytes/utf16.hpp"
#include "record/event.hpp"
#include "record/finding.hpp"
#include "support/samples.hpp"
#include <random>
#include <gtest/gtest.h>

namespace konseki {

namespace {

struct Row {
    Timestamp run_at;
    LocalTime seen_at;
    std::string_view path;
    Symbol host;
    std::uint32_t run_count = 0;
    std::optional<std::int64_t> delta;
    double score = 0;
    bool is_odd = false;
};

constexpr auto row_schema = schema("toy.row", "A row of every type", field("run_at", &Row::run_at, "When"),
    field("seen_at", &Row::seen_at, "Wall clock"), field("path", &Row::path, "Path"), field("host", &Row::host, "Host"),
    field("run_count", &Row::run_count, "Count"), field("delta", &Row::delta, "May be absent"),
    field("score", &Row::score, "Real"), field("is_odd", &Row::is_odd, "Flag"));

TraceBatch filled_batch()
{
    TraceBatch batch { row_schema.erased, 7 };
    batch.append(row_schema, { 0x100, 16, false },
        Row { Timestamp { 5 }, LocalTime { 6 }, "C:\\x", Symbol { "pc1" }, 3, -4, 0.5, true });
    batch.append(row_schema, { 0x200, 16, true }, Row { {}, {}, {}, Symbol {}, 0, std::nullopt, 0, false });
    batch.append(row_schema, { 0x300, 16, false }, Row { {}, {}, "", Symbol { "pc1" }, 0, 9, 0, false });
    return batch;
}

}

TEST(TraceBatch, KeepsAbsentAndEmptyApart)
{
    auto const batch = filled_batch();
    EXPECT_EQ(batch.row_count(), 3U);
    EXPECT_TRUE(batch.is_absent(2, 1));
    EXPECT_FALSE(batch.is_absent(2, 2));
    EXPECT_EQ(batch.text(2, 2), "");
    EXPECT_EQ(batch.text(3, 2), "pc1");
    EXPECT_EQ(batch.symbol_count(3), 1U);
    EXPECT_EQ(static_cast<std::int64_t>(batch.number(5, 0)), -4);
    EXPECT_TRUE(batch.origin(1).is_recovered);
}

TEST(TraceBatch, SurvivesTheChannel)
{
    std::array<Schema const*, 1> const known { &row_schema.erased };
    std::string bytes;
    filled_batch().encode(bytes);
    auto const decoded = TraceBatch::decode(as_bytes(bytes), known);
    ASSERT_TRUE(decoded.ok()) << to_string(decoded.error());
    std::string again;
    decoded.value().encode(again);
    EXPECT_EQ(again, bytes);
}

TEST(TraceBatch, EveryPrefixAndEveryFlippedByteIsRefusedOrSound)
{
    std::array<Schema const*, 1> const known { &row_schema.erased };
    std::string bytes;
    filled_batch().encode(bytes);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(TraceBatch::decode(as_bytes(std::string_view(bytes).substr(0, size)), known).ok()) << size;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto hostile = bytes;
        hostile[i] = static_cast<char>(hostile[i] ^ 0xff);
        auto const decoded = TraceBatch::decode(as_bytes(hostile), known);
        if (!decoded.ok())
            continue;
        for (std::size_t row = 0; row < decoded.value().row_count(); ++row) {
            (void)decoded.value().text(2, row); // must stay inside (assertions and ASan watch)
            (void)decoded.value().text(3, row);
        }
    }
}

TEST(EventValue, CanonicalTexts)
{
    auto const text = [](ValueType type, std::string_view hex) {
        auto const bytes = test::bytes_from_hex(hex);
        return value_text({ type, bytes });
    };
    EXPECT_EQ(text(ValueType::u32, "10270000"), "10000");
    EXPECT_EQ(text(ValueType::i32, "ffffffff"), "-1");
    EXPECT_EQ(text(ValueType::hex64, "e703000000000000"), "0x3e7");
    EXPECT_EQ(text(ValueType::boolean, "02000000"), "true");
    EXPECT_EQ(text(ValueType::sid, "0101000000000005 12000000"), "S-1-5-18");
    EXPECT_EQ(text(ValueType::sid, "01050000000000051500000001020304"), "S-1-5-21-67305985")
        << "a cut SID shows what is there";
    EXPECT_EQ(text(ValueType::binary, "00ff"), "00FF");
    EXPECT_EQ(text(ValueType::utf16, "4100 0000"), "A");
    EXPECT_EQ(text(ValueType::utf16_list, "4100 0000 4200 0000"), "A, B");
    EXPECT_EQ(text(ValueType::ansi, "41e900"), "Aé");
    EXPECT_EQ(text(ValueType::guid, "25968454 7854 9449 a5ba 3e3b0328c30d"), "54849625-5478-4994-A5BA-3E3B0328C30D");
    EXPECT_EQ(text(ValueType::filetime, "002628962274d301"), "2017-12-13T14:56:42.080000Z")
        << "microseconds, as evtx_dump prints";
    EXPECT_EQ(text(ValueType::systemtime, "e107 0c00 0300 0d00 0e00 3800 2a00 5000"), "2017-12-13T14:56:42.080000Z");
}

TEST(EventValue, ShortValuesGiveWhatIsThere)
{
    for (auto type = 0; type <= static_cast<int>(ValueType::utf16_list); ++type) {
        for (std::size_t size = 0; size < 20; ++size) {
            std::vector<std::byte> const bytes(size, std::byte { 0x41 });
            (void)value_text({ static_cast<ValueType>(type), bytes });
        }
    }
}

TEST(EventShapes, SameNamesAreOneShape)
{
    EventShapes shapes;
    auto const* const first = shapes.intern({ "Image", "CommandLine" });
    EXPECT_EQ(shapes.intern({ "Image", "CommandLine" }), first);
    EXPECT_NE(shapes.intern({ "CommandLine", "Image" }), first);
    EXPECT_EQ(shapes.size(), 2U);
}

TEST(Finding, IdDependsOnWhatItStandsOn)
{
    Finding finding;
    finding.analyser = "sigma";
    finding.rule = "r1";
    assign_id(finding);
    auto const first = finding.id;
    EXPECT_EQ(first.size(), 14U);
    finding.because.push_back({ { 1, 2 }, "windows.event", {}, {} });
    assign_id(finding);
    EXPECT_NE(finding.id, first);
}

}
