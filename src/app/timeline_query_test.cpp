#include "app/context.hpp"
#include "app/rows_output.hpp"
#include "app/timeline_query.hpp"
#include "base/text.hpp"
#include "traces/windows_mft/parser.hpp"
#include "traces/windows_usn/parser.hpp"
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace konseki::app {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Timestamp at(std::string_view text)
{
    return *Timestamp::parse(text);
}

// A case of two machines: a file table of one, a change journal of the other.
class TimelineQueryTest : public testing::Test {
protected:
    TimelineQueryTest()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "konseki-timeline-XXXXXX").string();
        VERIFY(mkdtemp(pattern.data()) != nullptr);
        m_folder = pattern;
        m_case = store::Case::open(m_folder / "case", store::Access::read_write, stored_schemas()).value();
        for (auto const* name : { "PC1", "PC2" }) {
            Evidence evidence;
            evidence.sha256.bytes[0] = std::byte(name[2]);
            evidence.host = name;
            evidence.state = EvidenceState::examined;
            m_case->add(evidence).value();
        }
        TraceBatch files(windows_mft::file_schema.erased, 1);
        windows_mft::FileRow file;
        file.path = "\\Users\\a's\\x.exe";
        file.extension = "exe";
        file.is_in_use = false;
        file.created_at = at("2024-01-02T00:00:00Z");
        file.modified_at = at("2020-01-01T00:00:00Z");
        file.name_created_at = at("2024-01-02T00:00:00Z");
        files.append(windows_mft::file_schema, { 0x400, 1024, false }, file);
        m_case->append(files).value();
        TraceBatch records(windows_usn::record_schema.erased, 2);
        windows_usn::RecordRow record;
        record.written_at = at("2024-01-01T12:00:00Z");
        record.name = "y.dll";
        record.reason = "FILE_CREATE";
        records.append(windows_usn::record_schema, { 0x50, 80, true }, record);
        m_case->append(records).value();
        m_case->commit().value();
    }
    ~TimelineQueryTest() override
    {
        m_case.reset();
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }

    std::vector<std::string> lines(TimelineChoice const& choice) const
    {
        auto const query = timeline_query(choice, state_schemas());
        auto rows = m_case->query(query.sql, query.parameters);
        if (!rows.ok())
            throw std::runtime_error(to_string(rows.error()));
        std::vector<std::string> lines;
        while (rows.value().next())
            lines.push_back(format("{}|{}|{}|{}|{}|{}", rows.value().text(0), rows.value().text(1),
                rows.value().text(2), rows.value().text(3), rows.value().text(4), rows.value().text(13)));
        return lines;
    }

    std::filesystem::path m_folder;
    std::unique_ptr<store::Case> m_case;
};

}

TEST_F(TimelineQueryTest, EveryTimestampOfAStateTraceIsARow)
{
    EXPECT_THAT(lines({}),
        ElementsAre(
            "2020-01-01T00:00:00.000000Z|$STANDARD_INFORMATION: content changed|\\Users\\a's\\x.exe; extension: "
            "exe; [deleted]|windows:mft:file|PC1|e1@0x400",
            "2024-01-01T12:00:00.000000Z|When the change was journalled|y.dll; reason: FILE_CREATE; "
            "[recovered]|windows:usn:record|PC2|e2@0x50",
            "2024-01-02T00:00:00.000000Z|$STANDARD_INFORMATION: file created|\\Users\\a's\\x.exe; extension: exe; "
            "[deleted]|windows:mft:file|PC1|e1@0x400",
            "2024-01-02T00:00:00.000000Z|$FILE_NAME: created|\\Users\\a's\\x.exe; extension: exe; "
            "[deleted]|windows:mft:file|PC1|e1@0x400"));
}

TEST_F(TimelineQueryTest, HostsTimesAndKindsChoose)
{
    TimelineChoice choice;
    choice.hosts = { "pc1" };
    EXPECT_EQ(lines(choice).size(), 3U);
    choice.from = at("2024-01-02T00:00:00Z");
    EXPECT_EQ(lines(choice).size(), 2U);
    choice.until = at("2024-01-02T00:00:00Z");
    EXPECT_EQ(lines(choice).size(), 0U) << "half-open";
    TimelineChoice none;
    none.has_state = false;
    EXPECT_EQ(lines(none).size(), 0U);
    TimelineChoice only;
    only.hosts = { "PC_", "o'neill!_" };
    only.has_events = only.has_findings = false;
    EXPECT_EQ(lines(only).size(), 4U);
    only.is_of_findings_only = true;
    EXPECT_EQ(lines(only).size(), 0U);
}

TEST_F(TimelineQueryTest, WhatTwoMachinesHoldIsInTheTimeOfBoth)
{
    Evidence twin;
    twin.host = "PC3";
    twin.original_path = "PC3/$MFT";
    twin.duplicate_of = 1;
    m_case->add(twin).value();
    m_case->commit().value();
    TimelineChoice choice;
    choice.hosts = { "pc3" };
    auto const shown = lines(choice);
    ASSERT_EQ(shown.size(), 3U);
    EXPECT_NE(shown[0].find("|PC3|e1@0x400"), std::string::npos) << "its trace is where the bytes were read";
    EXPECT_EQ(lines({}).size(), 7U);
}

TEST_F(TimelineQueryTest, LongValuesAreCutAndTold)
{
    TraceBatch records(windows_usn::record_schema.erased, 2);
    windows_usn::RecordRow record;
    auto const name = std::string(10'000, 'x');
    record.written_at = at("2025-01-01T12:00:00Z");
    record.name = name;
    records.append(windows_usn::record_schema, { 0x150, 80, false }, record);
    m_case->append(records).value();
    m_case->commit().value();
    auto const last = lines({}).back();
    EXPECT_THAT(last, HasSubstr("xxx…|"));
    EXPECT_LT(last.size(), 500U);
}

TEST(TimeWords, AreTheMeaningUpToTheFirstRemark)
{
    EXPECT_EQ(time_words({ "a_at", ColumnType::timestamp, "Last logon, UTC" }), "Last logon");
    EXPECT_EQ(time_words({ "a_at", ColumnType::timestamp, "When it was; absent otherwise, UTC" }), "When it was");
    for (auto const* schema : state_schemas())
        for (auto const& column : schema->columns())
            if (column.type == ColumnType::timestamp) {
                EXPECT_THAT(time_words(column).size(), testing::AllOf(testing::Ge(4U), testing::Le(120U)))
                    << schema->name << "." << column.name;
            }
}

}
