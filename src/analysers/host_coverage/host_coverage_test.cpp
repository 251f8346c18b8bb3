#include "analysers/host_coverage/host_coverage.hpp"
#include "base/text.hpp"
#include "traces/linux_columns.hpp"
#include "traces/windows_event/schemas.hpp"
#include "traces/windows_registry/parser.hpp"
#include <cstdlib>
#include <gmock/gmock.h>

namespace konseki::host_coverage {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class HostCoverageTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "konseki-coverage-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        m_folder = pattern;
        static constexpr Schema const* schemas[] { &windows_event::event_schema.erased,
            &windows_registry::hive_schema.erased, &linux_host_schema.erased, &linux_process_schema.erased,
            &linux_file_schema.erased, &linux_account_schema.erased };
        target = store::Case::open(m_folder / "case", store::Access::read_write, schemas).value();
    }
    void TearDown() override
    {
        target.reset();
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }
    EvidenceNumber piece(std::string const& host, std::string const& parser,
        EvidenceState state = EvidenceState::examined, EvidenceNumber duplicate_of = 0)
    {
        Evidence evidence;
        evidence.parser = parser;
        evidence.state = state;
        evidence.duplicate_of = duplicate_of;
        evidence.size_bytes = 1000;
        auto const number = target->add(evidence).value();
        if (!host.empty()) {
            hosts.evidence.push_back({ number, host, "event_log" });
            if (hosts.hosts.empty() || hosts.hosts.back().name != host)
                hosts.hosts.push_back({ host, "OLD" + host, "event_log", {}, {}, {}, {}, {}, {}, {}, {} });
        }
        return number;
    }
    void event(EvidenceNumber evidence, std::uint64_t offset, std::int64_t seconds)
    {
        windows_event::EventRow row;
        row.written_at = Timestamp::from_unix_seconds(seconds);
        row.how = "live";
        TraceBatch batch(windows_event::event_schema.erased, evidence);
        batch.append(windows_event::event_schema, { offset, 10, false }, row);
        ASSERT_TRUE(target->append(batch).ok());
    }
    void hive(EvidenceNumber evidence, std::string_view kind)
    {
        windows_registry::HiveRow row;
        row.kind = kind;
        TraceBatch batch(windows_registry::hive_schema.erased, evidence);
        batch.append(windows_registry::hive_schema, { 0, 10, false }, row);
        ASSERT_TRUE(target->append(batch).ok());
    }
    template <typename Schema, typename Row> void row(Schema const& schema, EvidenceNumber evidence, Row const& one)
    {
        TraceBatch batch(schema.erased, evidence);
        batch.append(schema, { 0, 10, false }, one);
        ASSERT_TRUE(target->append(batch).ok());
    }
    std::vector<HostCoverage> covered()
    {
        EXPECT_TRUE(target->replace_hosts(hosts, {}).ok());
        EXPECT_TRUE(target->commit().ok());
        return host_coverage(*target).value();
    }
    static std::string told(HostCoverage const& host)
    {
        auto text = format("{} {} pieces {} rows\n", host.is_known() ? host.host.name : "-", host.pieces, host.rows);
        for (auto const& one : host.classes) {
            if (one.pieces > 0)
                append_format(text, "{} {} {} pieces {} rows {}\n", one.name, class_state_name(one.state()), one.pieces,
                    one.rows, one.first_at.is_set() ? to_string(one.first_at).substr(0, 10) : "-");
        }
        return text;
    }

    std::unique_ptr<store::Case> target;
    store::Hosts hosts;

private:
    std::filesystem::path m_folder;
};

TEST_F(HostCoverageTest, CountsPiecesAndRowsPerHostAndClass)
{
    auto const log = piece("PC1", "windows_event");
    event(log, 1, 1'700'000'000);
    event(log, 2, 1'600'000'000);
    hive(piece("PC1", "windows_registry"), "system");
    hive(piece("PC1", "windows_registry"), "user");
    hive(piece("PC1", "windows_registry"), "boot");
    piece("PC1", "windows_event", EvidenceState::duplicate, log);
    piece("PC2", "windows_event", EvidenceState::duplicate, log); // of another machine: its rows count there as well
    piece("PC2", "new_parser");
    piece("", "", EvidenceState::not_recognised);
    auto const all = covered();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(told(all[0]),
        "PC1 5 pieces 5 rows\nevent_logs present 2 pieces 2 rows 2020-09-13\nregistry_system present 1 pieces 1 rows "
        "-\n"
        "registry_user present 1 pieces 1 rows -\nregistry_other present 1 pieces 1 rows -\n");
    EXPECT_EQ(told(all[1]),
        "PC2 2 pieces 2 rows\nevent_logs present 1 pieces 2 rows 2020-09-13\nnew_parser present 1 pieces 0 rows -\n");
    EXPECT_EQ(told(all[2]), "- 1 pieces 0 rows\n");
    EXPECT_EQ(all[2].not_recognised, 1U);
}

TEST_F(HostCoverageTest, AbsentAndDamagedClassesSayWhatStaysOpen)
{
    auto const log = piece("PC1", "windows_event");
    event(log, 1, 1'700'000'000);
    ASSERT_TRUE(target->append(log, { { ErrorCode::bad_checksum, "x", 0, 0, 0, {} }, 2048 }).ok());
    auto const mft = piece("PC1", "windows_mft");
    ASSERT_TRUE(target->append(mft, { { ErrorCode::truncated, "y", 0, 0, 0, {} }, 1024 }).ok());
    piece("PC1", "windows_usn", EvidenceState::failed);
    auto const all = covered();
    std::vector<std::string> open, open_ja;
    for (auto const& words : all.at(0).cannot_be_cleared) {
        open.push_back(words.en);
        open_ja.push_back(words.ja);
    }
    EXPECT_THAT(open, Contains("what the lost 2.0 KiB of Event logs said (1 of 1 pieces damaged or cut)"));
    EXPECT_THAT(open, Contains(HasSubstr("of Master file table ($MFT) said")));
    EXPECT_THAT(open, Contains(HasSubstr("no change journal"))); // there, but not readable
    EXPECT_THAT(open, Contains(HasSubstr("no prefetch")));
    EXPECT_THAT(open, Not(Contains(HasSubstr("no event log"))));
    EXPECT_THAT(open_ja, Contains(HasSubstr("プリフェッチなし")));
    EXPECT_EQ(all[0].bytes_lost, 3072U);
}

TEST_F(HostCoverageTest, LinuxHostsHaveTheirOwnClasses)
{
    LinuxHostRow host;
    host.name = "web-1";
    host.is_root = false;
    row(linux_host_schema, piece("web-1", "linux_state"), host);
    LinuxProcessRow process;
    row(linux_process_schema, piece("web-1", "linux_state"), process);
    LinuxFileRow file;
    file.path = "/usr/bin/ls";
    file.package_state = "same";
    row(linux_file_schema, piece("web-1", "linux_state"), file);
    LinuxAccountRow account;
    row(linux_account_schema, piece("web-1", "linux_account"), account);
    piece("web-1", "linux_cron"); // without rows
    auto const all = covered();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(told(all[0]),
        "web-1 5 pieces 4 rows\nlinux_host present 1 pieces 1 rows -\nlinux_processes present 1 pieces 1 rows -\n"
        "linux_package_verification present 1 pieces 0 rows -\nlinux_files present 1 pieces 1 rows -\n"
        "linux_accounts present 1 pieces 1 rows -\nlinux_configuration present 1 pieces 0 rows -\n");
    std::vector<std::string> open;
    for (auto const& words : all[0].cannot_be_cleared)
        open.push_back(words.en);
    EXPECT_THAT(open, Contains(HasSubstr("no socket list")));
    EXPECT_THAT(open, Contains(HasSubstr("no journal")));
    EXPECT_THAT(open, Contains(HasSubstr("collected without root")));
    EXPECT_THAT(open, Not(Contains(HasSubstr("no process list"))));
    EXPECT_THAT(open, Not(Contains(HasSubstr("no prefetch"))));
    EXPECT_THAT(open, Not(Contains(HasSubstr("nobody compared"))));
}

TEST_F(HostCoverageTest, HostsAreFoundByAnyOfTheirNames)
{
    piece("PC1.corp.example", "windows_event");
    auto const all = covered();
    EXPECT_NE(find_host(all, "pc1"), nullptr);
    EXPECT_NE(find_host(all, "PC1.CORP.example"), nullptr);
    EXPECT_NE(find_host(all, "oldpc1"), nullptr);
    EXPECT_EQ(find_host(all, "pc2"), nullptr);
    EXPECT_EQ(find_host(all, ""), nullptr);
}

TEST_F(HostCoverageTest, AnEmptyCaseHasNoHosts)
{
    EXPECT_TRUE(covered().empty());
}

}
}
