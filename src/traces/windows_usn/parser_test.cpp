#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include "traces/windows_usn/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_usn {

namespace {

// Rows of a whole journal are many: these are counted, not kept.
class CountingSink final : public TraceSink {
public:
    std::size_t rows() const { return m_sealed + m_batch.row_count(); }

private:
    TraceBatch& room_in(Schema const&) override
    {
        if (m_batch.is_full()) {
            m_sealed += m_batch.row_count();
            m_batch = TraceBatch(record_schema.erased, 1);
        }
        return m_batch;
    }
    TraceBatch m_batch { record_schema.erased, 1 };
    std::size_t m_sealed = 0;
};

}

TEST(WindowsUsn, RecordsBecomeRows)
{
    auto const bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_usn/testdata/small.hex"));
    test::CollectingContext collected;
    parser.parse({ bytes, { 0, bytes.size() }, "$J" }, collected.context);
    auto const rows = collected.rows("windows.usn.record");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("name"), "mim.exe");
    EXPECT_EQ(rows[0].at("reason"), "FILE_CREATE|CLOSE");
    EXPECT_EQ(rows[0].at("written_at"), "2021-03-04T00:00:00.0000000Z");
    EXPECT_EQ(rows[2].at("version"), "4");
    EXPECT_EQ(rows[2].count("name"), 0U);
    EXPECT_EQ(rows[2].count("written_at"), 0U);
}

TEST(WindowsUsn, TheJournalOfTheSimulatedHostGivesEveryRecord)
{
    KONSEKI_NEEDS_DATA(folder, "museum/NTFSArtifacts/J/Win10/APTSimulatorVM");
    std::string content;
    for (auto const& archive : test::files_below(folder, ".7z"))
        content = test::unpack_one(archive);
    test::CollectingContext collected;
    CountingSink counter;
    ParseContext context { .traces = counter,
        .diagnostics = collected.diagnostics,
        .events = collected.watcher,
        .shapes = collected.shapes,
        .dictionary = collected.dictionary,
        .arena = collected.arena };
    for (auto const& piece : parser.split(as_bytes(content), 8ULL << 20))
        parser.parse({ as_bytes(content), piece, "$J" }, context);
    EXPECT_EQ(counter.rows(), 275'540U);
}

}
