#include "support/collecting_context.hpp"
#include "support/ese_writer.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include "traces/windows_ese/parser.hpp"
#include <algorithm>
#include <set>
#include <gtest/gtest.h>

namespace konseki::windows_ese {

namespace {

using test::ese_bytes;
using test::ese_utf16;

struct Read {
    test::CollectingContext collected;
    explicit Read(std::string const& file, std::string_view name = "SRUDB.dat")
    {
        parser.parse({ as_bytes(file), { 0, file.size() }, name }, collected.context);
    }
    std::vector<test::Row> rows(std::string_view schema) const { return collected.rows(schema); }
};

std::size_t live(std::vector<test::Row> const& rows)
{
    return static_cast<std::size_t>(
        std::count_if(rows.begin(), rows.end(), [](auto const& row) { return row.at("@recovered") == "false"; }));
}

test::EseTable id_map()
{
    test::EseTable table;
    table.name = "SruDbIdMapTable";
    table.columns = { { "IdType", 1, 2 }, { "IdIndex", 2, 4 }, { "IdBlob", 256, 11 } };
    auto const entry = [](std::uint8_t type, std::uint32_t index, std::string const& blob) {
        test::EseRow row;
        row.values = { { 1, ese_bytes(type, 1) }, { 2, ese_bytes(index, 4) }, { 256, blob } };
        return row;
    };
    std::string const system_sid("\x01\x01\0\0\0\0\0\x05\x12\0\0\0", 12);
    table.leaves = { { entry(0, 5, ese_utf16("\\Device\\HarddiskVolume2\\Users\\Public\\mim.exe") + ese_bytes(0, 2)),
        entry(0, 6, ese_utf16("!!svchost.exe!2013/03/29:14:54:16!1f834![netsvcs] [Schedule]")),
        entry(3, 7, system_sid) } };
    return table;
}

test::EseTable application_usage()
{
    test::EseTable table;
    table.name = "{D10CA2FE-6FCF-4F6D-848E-B2E99266FA89}";
    table.columns = { { "AutoIncId", 1, 4 }, { "TimeStamp", 2, 8 }, { "AppId", 3, 4 }, { "UserId", 4, 4 },
        { "BackgroundBytesWritten", 5, 15 }, { "BackgroundContextSwitches", 6, 4 } };
    auto const usage = [](std::uint32_t number, std::uint32_t application) {
        test::EseRow row;
        row.values = { { 1, ese_bytes(number, 4) },
            { 2, ese_bytes(std::bit_cast<std::uint64_t>(44'352.0 + 8.0 / 24), 8) }, { 3, ese_bytes(application, 4) },
            { 4, ese_bytes(7, 4) }, { 5, ese_bytes(4'096, 8) }, { 6, ese_bytes(0xffffffff, 4) } };
        return row;
    };
    table.leaves = { { usage(1, 5), usage(2, 6) } };
    return table;
}

test::EseDatabase srum()
{
    test::EseDatabase database;
    database.tables = { id_map(), application_usage() };
    return database;
}

}

TEST(WindowsEse, AnApplicationsUsageNamesProgramUserAndTime)
{
    auto database = srum();
    Read const read { test::write_ese(database) };
    auto const rows = read.rows("windows.srum.application");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("application"), "\\Device\\HarddiskVolume2\\Users\\Public\\mim.exe");
    EXPECT_EQ(rows[0].at("executable"), "mim.exe");
    EXPECT_EQ(rows[0].at("user_sid"), "S-1-5-18");
    EXPECT_EQ(rows[0].at("written_at"), "2021-06-05T08:00:00.0000000Z");
    EXPECT_EQ(rows[0].at("background_bytes_written"), "4096");
    EXPECT_EQ(rows[0].at("background_context_switches"), "4294967295");
    EXPECT_EQ(rows[0].count("face_time"), 0U) << "columns that the table has not are absent";
    EXPECT_EQ(rows[1].at("executable"), "svchost.exe");
    EXPECT_TRUE(read.collected.diagnostics.list.empty());
}

TEST(WindowsEse, AProviderThatNobodyKnowsIsNotDropped)
{
    auto database = srum();
    auto unknown = application_usage();
    unknown.name = "{00000000-0000-0000-0000-000000000001}";
    unknown.columns.push_back({ "Blob", 128, 9 });
    for (auto& row : unknown.leaves[0])
        row.values[128] = "\x01\xff";
    database.tables.push_back(unknown);
    Read const read { test::write_ese(database) };
    auto const rows = read.rows("windows.srum.other");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("provider"), "{00000000-0000-0000-0000-000000000001}");
    EXPECT_EQ(rows[0].at("values"), "BackgroundBytesWritten=4096 BackgroundContextSwitches=-1 Blob=01ff");
}

TEST(WindowsEse, TablesOfAnUnknownDatabaseAreListed)
{
    auto database = srum();
    database.tables.erase(database.tables.begin());
    database.tables[0].name = "Things";
    database.state = 2;
    Read const read { test::write_ese(database), "things.edb" };
    auto const tables = read.rows("windows.ese_table");
    ASSERT_EQ(tables.size(), 1U);
    EXPECT_EQ(tables[0].at("name"), "Things");
    EXPECT_EQ(tables[0].at("rows"), "2");
    EXPECT_EQ(tables[0].at("is_interpreted"), "false");
    EXPECT_TRUE(tables[0].at("column_names").starts_with("AutoIncId, TimeStamp"));
    auto const databases = read.rows("windows.ese_database");
    ASSERT_EQ(databases.size(), 1U);
    EXPECT_EQ(databases[0].at("kind"), "unknown");
    EXPECT_EQ(databases[0].at("state"), "dirty");
}

TEST(WindowsEse, RowsOfUnreachedPagesAreMarkedRecovered)
{
    auto database = srum();
    auto& table = database.tables[1];
    table.unreached_leaves = { { table.leaves[0][0] } };
    table.unreached_leaves[0][0].values[1] = ese_bytes(99, 4);
    Read const read { test::write_ese(database) };
    auto const rows = read.rows("windows.srum.application");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[2].at("@recovered"), "true");
    EXPECT_EQ(rows[2].at("row_number"), "99");
}

TEST(WindowsEse, DaysOfAClientAreFoldedAndListed)
{
    test::EseTable clients;
    clients.name = "CLIENTS";
    clients.columns = { { "RoleGuid", 1, 16 }, { "InsertDate", 2, 8 }, { "LastAccess", 3, 8 }, { "Address", 128, 9 },
        { "AuthenticatedUserName", 256, 12 }, { "Day1", 258, 17 }, { "Day2", 259, 17 }, { "Day365", 622, 17 } };
    test::EseRow row;
    std::string const file_server("\x6f\x22\xa9\x10\xee\x50\xd8\x49\xa3\x93\x9a\x50\x1d\x47\xce\x04", 16);
    row.values = { { 1, file_server }, { 2, ese_bytes(132'855'552'000'000'000ULL, 8) },
        { 3, ese_bytes(132'856'416'000'000'000ULL, 8) }, // 2022-01-02
        { 128, std::string("\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16) }, { 256, ese_utf16("lab\\hanako") },
        { 258, ese_bytes(2, 2) }, { 259, ese_bytes(3, 2) }, { 622, ese_bytes(1, 2) } };
    clients.leaves = { { row } };
    test::EseDatabase database;
    database.tables = { clients };
    Read const read { test::write_ese(database), "Current.mdb" };
    auto const rows = read.rows("windows.ual.client");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("role"), "File Server");
    EXPECT_EQ(rows[0].at("address"), "fe80::1");
    EXPECT_EQ(rows[0].at("user"), "lab\\hanako");
    EXPECT_EQ(rows[0].at("active_days"), "3");
    EXPECT_EQ(rows[0].at("days"), "2022-01-01:2 2022-01-02:3 2021-12-31:1")
        << "a day behind the last access was a year ago";
    EXPECT_EQ(read.rows("windows.ual.client_day").size(), 3U);
}

TEST(WindowsEse, OnlyTheSignatureOrSrumsNameIsTaken)
{
    auto database = srum();
    auto const file = test::write_ese(database);
    EXPECT_EQ(parser.sniff(as_bytes(file).first(4'096), "x"), Sniff::sure);
    EXPECT_EQ(parser.sniff(as_bytes(file).subspan(512, 64), "C:\\Windows\\System32\\sru\\SRUDB.dat"), Sniff::maybe);
    EXPECT_EQ(parser.sniff(as_bytes(file).subspan(512, 64), "sru/srudb.dat"), Sniff::maybe);
    EXPECT_EQ(parser.sniff(as_bytes(file).subspan(512, 64), "other.dat"), Sniff::no);
    EXPECT_EQ(parser.sniff({}, "SRUDB.dat"), Sniff::no);
}

TEST(WindowsEse, WhatIsNoDatabaseIsSaid)
{
    Read const read { std::string(5'000, 'x') };
    ASSERT_EQ(read.collected.diagnostics.list.size(), 1U);
    EXPECT_EQ(read.collected.diagnostics.list[0].error.code, ErrorCode::bad_magic);
    EXPECT_EQ(read.collected.diagnostics.list[0].bytes_lost, 5'000U);
}

TEST(WindowsEse, AHeaderAloneGivesItsRowAndWhatIsMissing)
{
    auto const bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_ese/testdata/header.hex"));
    Read const read { std::string(as_text(bytes)) };
    auto const databases = read.rows("windows.ese_database");
    ASSERT_EQ(databases.size(), 1U);
    EXPECT_EQ(databases[0].at("state"), "dirty");
    EXPECT_EQ(databases[0].at("tables"), "0");
    EXPECT_GE(read.collected.diagnostics.list.size(), 2U);
}

// fsa.md section 4: 220 rows: application 203, connectivity 3, volume 6, disk 3, processor 3, network 2.
TEST(WindowsEse, TheServersResourceUsageIsWhole)
{
    KONSEKI_NEEDS_DATA(path, "esedb/SRUDB.dat.gz");
    Read const read { test::unpack_one(path) };
    EXPECT_EQ(read.rows("windows.srum.application").size(), 203U);
    EXPECT_EQ(read.rows("windows.srum.network_connection").size(), 3U);
    std::map<std::string, int> measures;
    for (auto const& row : read.rows("windows.srum.server"))
        ++measures[row.at("measure")];
    EXPECT_EQ(measures,
        (std::map<std::string, int> { { "network", 2 }, { "physical_disk", 3 }, { "processor", 3 }, { "volume", 6 } }));
    auto const applications = read.rows("windows.srum.application");
    auto const has_program
        = [](auto const& row) { return row.count("application") != 0 && row.count("user_sid") != 0; };
    EXPECT_EQ(std::count_if(applications.begin(), applications.end(), has_program), 203);
    EXPECT_EQ(read.rows("windows.ese_database").at(0).at("kind"), "srum");
}

TEST(WindowsEse, AClientsResourceUsageIsWhole)
{
    KONSEKI_NEEDS_DATA(path, "esedb/go-ese/SRUM/SRUDB.dat");
    Read const read { test::read_file(path) };
    EXPECT_EQ(read.rows("windows.srum.application").size(), 1'778U);
    EXPECT_EQ(read.rows("windows.srum.timeline").size(), 4'038U);
    EXPECT_EQ(read.rows("windows.srum.network_usage").size(), 255U);
    EXPECT_EQ(read.rows("windows.srum.interval").size(), 44U);
    EXPECT_EQ(read.rows("windows.srum.network_connection").size(), 17U);
    EXPECT_EQ(read.rows("windows.srum.push_notification").size(), 10U);
    EXPECT_TRUE(read.collected.diagnostics.list.empty());
}

TEST(WindowsEse, TheDirtyDatabaseOfWindows11GivesAsMuchAsTheRepairedOne)
{
    KONSEKI_NEEDS_DATA(folder, "museum/SRUM/Win11/RathbunVM");
    Read const dirty { test::read_file(folder / "Dirty/SRUDB.dat") };
    Read const clean { test::read_file(folder / "Clean/SRUDB.dat") };
    for (auto const schema : { "windows.srum.application", "windows.srum.timeline", "windows.srum.network_usage",
             "windows.srum.other", "windows.srum.energy" })
        EXPECT_EQ(live(dirty.rows(schema)), live(clean.rows(schema))) << schema;
    EXPECT_EQ(live(dirty.rows("windows.srum.application")), 662U);
    EXPECT_EQ(live(dirty.rows("windows.srum.other")), 810U);
}

// dissect.target counts one record for each client and day: 106; three roles, twelve names.
TEST(WindowsEse, AccessesOfAServersClientsAreWhole)
{
    KONSEKI_NEEDS_DATA(path, "esedb/Current.mdb.gz");
    Read const read { test::unpack_one(path), "Current.mdb" };
    EXPECT_EQ(read.rows("windows.ual.client").size(), 19U);
    EXPECT_EQ(read.rows("windows.ual.client_day").size(), 106U);
    EXPECT_EQ(read.rows("windows.ual.role_access").size(), 3U);
    EXPECT_EQ(read.rows("windows.ual.dns").size(), 12U);
    auto const clients = read.rows("windows.ual.client");
    auto const& first = clients.at(0);
    EXPECT_EQ(first.at("role"), "Active Directory Domain Services");
    EXPECT_EQ(first.at("address"), "::1");
    EXPECT_EQ(first.at("user"), "blackclover\\blackclover-dc$");
    EXPECT_EQ(first.at("accesses"), "2529");
    EXPECT_TRUE(first.at("days").starts_with("2021-07-23:357 2021-08-06:89 "));
    std::uint64_t sum = 0;
    std::set<std::string> offsets;
    for (auto const& row : read.rows("windows.ual.client_day")) {
        sum += std::stoul(row.at("accesses"));
        offsets.insert(row.at("@offset"));
    }
    EXPECT_EQ(offsets.size(), 106U) << "each day has an origin of its own";
    std::uint64_t total = 0;
    for (auto const& row : clients)
        total += std::stoul(row.at("accesses"));
    EXPECT_EQ(sum, total) << "the days add up to the totals";
}

TEST(WindowsEse, DirtyAndChainedDatabasesOfServersAreRead)
{
    KONSEKI_NEEDS_DATA(folder, "esedb/go-ese/Sample_UAL");
    for (auto const& [host, clients] : { std::pair { "HyperV-PC", 39U }, std::pair { "Nondomain-User", 44U } }) {
        for (auto const name : { "Current.mdb", "{03A01CC5-91BB-4936-B685-63697785D39E}.mdb" }) {
            Read const read { test::read_file(folder / host / name), name };
            EXPECT_EQ(live(read.rows("windows.ual.client")), clients) << host << name;
            EXPECT_EQ(live(read.rows("windows.ual.role_access")), 3U);
            EXPECT_EQ(live(read.rows("windows.ual.dns")), 18U);
        }
    }
}

TEST(WindowsEse, TheIdentityOfAServerIsRead)
{
    KONSEKI_NEEDS_DATA(folder, "misc");
    Read const identity { test::read_file(folder / "SystemIdentity.mdb"), "SystemIdentity.mdb" };
    auto const systems = identity.rows("windows.ual.system");
    ASSERT_EQ(systems.size(), 2U);
    EXPECT_EQ(systems[1].at("host_name"), "DC-1");
    EXPECT_EQ(systems[1].at("domain"), "ual.lab");
    EXPECT_EQ(systems[1].at("os_version"), "10.0.17763");
    EXPECT_EQ(systems[1].at("product_type"), "domain_controller");
    EXPECT_EQ(systems[1].at("zone_minutes"), "120");
    EXPECT_EQ(identity.rows("windows.ual.role").size(), 14U);
    EXPECT_EQ(identity.rows("windows.ual.year").at(0).at("file_name"), "{C519A76A-D9B5-4F85-B667-5FAC08E0E1B4}.mdb");
    Read const year { test::read_file(folder / "{C519A76A-D9B5-4F85-B667-5FAC08E0E1B4}.mdb") };
    EXPECT_EQ(year.rows("windows.ual.client").size(), 14U);
    EXPECT_EQ(year.rows("windows.ual.role_access").size(), 3U);
    EXPECT_EQ(year.rows("windows.ual.dns").size(), 6U);
}

TEST(WindowsEse, FileHistoryNamesItsFiles)
{
    KONSEKI_NEEDS_DATA(path, "misc/Catalog1.edb");
    Read const read { test::read_file(path), "Catalog1.edb" };
    auto const files = read.rows("windows.file_history.file");
    EXPECT_EQ(files.size(), 1'373U);
    EXPECT_EQ(read.rows("windows.ese_database").at(0).at("kind"), "file_history");
}

namespace {

std::string counted(std::string const& text)
{
    return ese_bytes(text.size() + 1, 4) + ese_utf16(text) + ese_bytes(0, 2);
}

test::EseDatabase bits(std::string const& job_blob)
{
    std::string const mark(16, '\x42'), job_id(16, '\x01'), file_id(16, '\x02');
    auto const table_of = [](std::string const& name, std::string const& id, std::string const& blob) {
        test::EseTable table;
        table.name = name;
        table.columns = { { "Id", 1, 16 }, { "Blob", 256, 11 } };
        test::EseRow row;
        row.values = { { 1, id }, { 256, blob } };
        table.leaves = { { row } };
        return table;
    };
    auto const file_blob = mark + counted("C:\\Users\\Public\\mim.exe") + counted("http://example.invalid/mim.exe")
        + counted("C:\\Users\\Public\\BIT1.tmp") + ese_bytes(100, 8) + std::string(8, '\xff') + "\x01" + counted("C:\\")
        + counted("volume");
    test::EseDatabase database;
    database.tables = { table_of("Jobs", job_id, job_blob), table_of("Files", file_id, file_blob) };
    return database;
}

std::string job_blob()
{
    std::string const mark(16, '\x42'), file_id(16, '\x02');
    std::string const list("\x36\xda\x56\x77\x6f\x51\x5a\x43\xac\xac\x44\xa2\x48\xff\xf3\x4d", 16);
    return mark + ese_bytes(0, 4) + ese_bytes(2, 4) + ese_bytes(4, 4) + ese_bytes(0, 4) + std::string(16, '\x01')
        + counted("update") + counted("") + counted("C:\\Windows\\System32\\cmd.exe") + counted("/c mim.exe")
        + counted("S-1-5-18") + std::string(77, '\x33') + list + ese_bytes(1, 4) + file_id + list + ese_bytes(0, 16)
        + ese_bytes(132'672'528'000'000'000ULL, 8) + ese_bytes(132'672'564'000'000'000ULL, 8);
}

}

TEST(WindowsEse, ABackgroundTransferSaysWhatItFetchedAndWhatRuns)
{
    auto database = bits(job_blob());
    Read const read { test::write_ese(database), "qmgr.db" };
    auto const jobs = read.rows("windows.bits.job");
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].at("command"), "C:\\Windows\\System32\\cmd.exe");
    EXPECT_EQ(jobs[0].at("parameters"), "/c mim.exe");
    EXPECT_EQ(jobs[0].at("owner_sid"), "S-1-5-18");
    EXPECT_EQ(jobs[0].at("state"), "error");
    EXPECT_EQ(jobs[0].at("created_at"), "2021-06-04T04:00:00.0000000Z");
    EXPECT_EQ(jobs[0].at("files"), "1");
    auto const files = read.rows("windows.bits.file");
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(files[0].at("url"), "http://example.invalid/mim.exe");
    EXPECT_EQ(files[0].at("job_id"), jobs[0].at("job_id"));
    EXPECT_EQ(files[0].at("bytes_transferred"), "100");
    EXPECT_EQ(files[0].count("bytes_total"), 0U);
    EXPECT_TRUE(read.collected.diagnostics.list.empty());
}

TEST(WindowsEse, EveryPrefixOfAJobGivesItsRow)
{
    auto const whole = job_blob();
    for (std::size_t size = 7; size < whole.size(); size += 7) {
        auto database = bits(whole.substr(0, size));
        Read const read { test::write_ese(database), "qmgr.db" };
        auto const jobs = read.rows("windows.bits.job");
        ASSERT_EQ(jobs.size(), 1U) << size;
        EXPECT_EQ(jobs[0].count("job_id"), 1U);
        EXPECT_EQ(read.collected.diagnostics.list.empty(), jobs[0].count("owner_sid") == 1U) << size;
    }
}

TEST(WindowsEse, TheQueueOfARealMachineIsRead)
{
    KONSEKI_NEEDS_DATA(path, "esedb/go-ese/Samples/qmgr.db");
    Read const read { test::read_file(path), "qmgr.db" };
    auto const jobs = read.rows("windows.bits.job");
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].at("name"), "Edge Component Updater");
    EXPECT_EQ(jobs[0].at("state"), "transferred");
    EXPECT_EQ(jobs[0].at("owner_sid"), "S-1-5-21-549467458-3727351111-1684278619-1001");
    EXPECT_TRUE(jobs[0].at("created_at").starts_with("2024-07-29T"));
    auto const files = read.rows("windows.bits.file");
    ASSERT_EQ(files.size(), 1U);
    EXPECT_TRUE(files[0].at("url").starts_with("http://msedge.b.tlu.dl.delivery.mp.microsoft.com/"));
    EXPECT_EQ(files[0].at("job_id"), jobs[0].at("job_id"));
    EXPECT_EQ(files[0].at("bytes_total"), "975576");
}

}
