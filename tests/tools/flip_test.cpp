// Damages files in ways whose truth is known and asks our EVTX reader three things: does it stay alive and quick, does
// it keep the rows before and after the damage, does it say what is lost. And: does it read back every value that the
// writer wrote? ctest runs small numbers; tests/tools/full_robustness sets KONSEKI_FLIPS=1000 and
// KONSEKI_CUT_BYTES=4096 per file.
#include "base/text.hpp"
#include "support/evtx_faults.hpp"
#include "support/evtx_random.hpp"
#include "support/random.hpp"
#include "support/samples.hpp"
#include "support/windows_events.hpp"
#include "tools/evtx_reading.hpp"
#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>
#include <unistd.h>

namespace konseki::test {

namespace {
constexpr std::uint64_t file_header_bytes = 4096, chunk_bytes = 65'536, chunk_header_bytes = 512;
constexpr unsigned case_seconds_max = 60;
constexpr std::uint64_t said_max = 20; // failures of one kind; a tally says how many there are

std::string current_case; // what to say when the process dies

void say_case(int signal)
{
    auto const unused = write(STDERR_FILENO, current_case.data(), current_case.size());
    (void)unused;
    _exit(128 + signal);
}

std::uint64_t from_environment(char const* name, std::uint64_t otherwise)
{
    auto const* const text = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
    return text == nullptr ? otherwise : parse_uint(text).value_or(otherwise);
}

struct Sample {
    std::string name, bytes;
};

// Ten files that are hard to read, from shared data where it is present; otherwise ten of our own.
std::vector<Sample> trap_files()
{
    std::vector<Sample> files;
    if (auto const data = data_folder()) {
        for (auto const* const name : { "sysmon.evtx", "2-vss_7-System.evtx", "sample_with_a_bad_chunk_magic.evtx",
                 "sample-with-zero-data-size-event.evtx", "Microsoft-Windows-LanguagePackSetup%4Operational.evtx",
                 "E_Windows_system32_winevt_logs_Microsoft-Windows-Shell-Core%4Operational.evtx",
                 "E_Windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx",
                 "Application_no_crc32.evtx", "post-Security.evtx", "Security_with_size_t.evtx" }) {
            auto const path = *data / "evtx" / "traps" / name;
            if (std::filesystem::exists(path))
                files.push_back({ name, read_file(path) });
        }
    }
    for (std::uint64_t seed = 1; files.size() < 10; ++seed) {
        EvtxOptions options;
        options.is_dirty = seed % 2 == 0;
        options.records_per_chunk_max = seed % 3 == 0 ? 11 : 0;
        if (seed % 4 == 1)
            options.stale = random_events(seed + 100, 300);
        files.push_back(
            { format("random events of seed {}", seed), write_evtx(random_events(seed, 250), options).bytes });
    }
    return files;
}

std::uint64_t chunk_of(std::uint64_t offset)
{
    return offset < file_header_bytes ? 0 : (offset - file_header_bytes) / chunk_bytes + 1;
}

bool same(ReadRecord const& a, ReadRecord const& b)
{
    return a.content == b.content && a.record_id == b.record_id && a.size_bytes == b.size_bytes
        && a.written_at == b.written_at;
}

struct Tally {
    std::uint64_t readings = 0, rows = 0, kept = 0, changed = 0, missing = 0, unstated = 0, silent = 0,
                  lost_elsewhere = 0;
};

// Live rows of the undamaged file that the damage may not touch.
void expect_rows_kept(Reading const& before, Reading const& after, std::uint64_t place, Tally& tally)
{
    auto const chunk = chunk_of(place);
    auto const in_chunk = place < file_header_bytes ? place : (place - file_header_bytes) % chunk_bytes;
    std::uint64_t missing_here = 0, changed_here = 0;
    for (auto const& [offset, record] : before.records) {
        if (record.place != evtx::Place::live)
            continue;
        ++tally.rows;
        auto const found = after.records.find(offset);
        bool const is_there = found != after.records.end();
        bool const is_same = is_there && found->second.place == evtx::Place::live && same(found->second, record);
        tally.kept += is_same ? 1U : 0U;
        tally.changed += is_there && !is_same ? 1U : 0U;
        tally.missing += is_there ? 0U : 1U;
        missing_here += is_there ? 0U : 1U;
        changed_here += is_there && !is_same ? 1U : 0U;
        bool const untouched = chunk_of(offset) != chunk || place < file_header_bytes;
        bool const before_damage
            = chunk_of(offset) == chunk && in_chunk >= chunk_header_bytes && offset + record.size_bytes <= place;
        if (untouched || before_damage) {
            if (!is_same && ++tally.lost_elsewhere <= said_max)
                ADD_FAILURE() << current_case << ": row at " << offset << " of an undamaged place is "
                              << (is_there ? "changed" : "missing");
        }
    }
    if (missing_here != 0 && after.bytes_lost <= before.bytes_lost && ++tally.unstated <= said_max)
        ADD_FAILURE() << current_case << ": " << missing_here << " rows are missing, but no lost bytes are stated";
    // Values that changed: the checksum over the chunk's records tells, where there is one and it was right.
    bool const has_checksum
        = before.has_checksums && !before.bad_chunks.contains(place < file_header_bytes ? 0 : place - in_chunk);
    bool const is_silent = after.signs == before.signs && after.diagnostics == before.diagnostics;
    if (changed_here + missing_here != 0 && has_checksum && is_silent && ++tally.silent <= said_max)
        ADD_FAILURE() << current_case << ": " << changed_here << " rows changed, but no sign says so";
}

class Robustness : public testing::Test {
protected:
    void SetUp() override
    {
        for (int const signal : { SIGALRM, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL })
            std::signal(signal, say_case);
    }
    void TearDown() override
    {
        alarm(0);
        std::printf("%llu readings, %llu rows: %llu as before, %llu changed, %llu missing; %llu times unstated, %llu "
                    "times silent, %llu rows "
                    "of undamaged places\n",
            static_cast<unsigned long long>(m_tally.readings), static_cast<unsigned long long>(m_tally.rows),
            static_cast<unsigned long long>(m_tally.kept), static_cast<unsigned long long>(m_tally.changed),
            static_cast<unsigned long long>(m_tally.missing), static_cast<unsigned long long>(m_tally.unstated),
            static_cast<unsigned long long>(m_tally.silent), static_cast<unsigned long long>(m_tally.lost_elsewhere));
    }
    Reading damaged(std::string const& bytes)
    {
        alarm(case_seconds_max);
        ++m_tally.readings;
        return read_evtx(bytes);
    }
    Tally m_tally;
};
}

TEST_F(Robustness, OneFlippedBitCostsNoRowOutsideItsPlace)
{
    auto const flips = from_environment("KONSEKI_FLIPS", 20); // per file
    auto const first_seed = from_environment("KONSEKI_SEED", 1);
    for (auto const& sample : trap_files()) {
        auto const before = read_evtx(sample.bytes);
        for (std::uint64_t i = 0; i < flips; ++i) {
            std::vector<std::uint64_t> places;
            auto const bytes = bits_flipped(sample.bytes, first_seed + i, 1, &places);
            current_case = format("{}: seed {}, one bit at {}\n", sample.name, first_seed + i, places.front());
            expect_rows_kept(before, damaged(bytes), places.front(), m_tally);
        }
    }
}

// The two rules that shared data taught, on bytes of our own: the last record's size copy is wrong, as in the trap file
// LanguagePackSetup, and every place of the chunk is hit.
TEST_F(Robustness, AFlippedBitAtEveryPlaceOfAChunkIsStated)
{
    auto const written = write_evtx(random_events(71, 9));
    auto file = written.bytes;
    auto const end = written.records.back().offset + written.records.back().size_bytes;
    file[end - 1] = '\x55';
    auto const before = read_evtx(file);
    EXPECT_EQ(before.count(evtx::Place::live), 9U);
    bool const is_full = from_environment("KONSEKI_FLIPS", 20) >= 1000; // every bit, otherwise one of each byte
    for (auto place = file_header_bytes; place < end; ++place) {
        for (unsigned bit = is_full ? 0 : place * 5 % 8; bit < 8; bit += is_full ? 1 : 8) {
            auto bytes = file;
            bytes[place] = static_cast<char>(static_cast<unsigned char>(bytes[place]) ^ (1U << bit));
            current_case = format("nine random events: bit {} at {}\n", bit, place);
            expect_rows_kept(before, damaged(bytes), place, m_tally);
        }
    }
}

TEST_F(Robustness, ZerosFromAnyPlaceToTheEndOfAChunkAreStated)
{
    auto const written = write_evtx(random_events(72, 9));
    auto const end = written.records.back().offset + written.records.back().size_bytes;
    auto const before = read_evtx(written.bytes);
    for (auto place = file_header_bytes + chunk_header_bytes; place < end; place += 3) {
        current_case = format("nine random events: zeros from {}\n", place);
        expect_rows_kept(before, damaged(zeroed(written.bytes, place, end - place)), place, m_tally);
        expect_rows_kept(before, damaged(zeroed(written.bytes, place, 64)), place, m_tally);
    }
}

TEST_F(Robustness, ManyFlippedBitsNeitherCrashNorHang)
{
    auto const rounds = from_environment("KONSEKI_FLIPS", 20) / 4;
    for (auto const& sample : trap_files()) {
        for (std::uint64_t i = 0; i < rounds; ++i) {
            current_case = format("{}: seed {}, 500 bits\n", sample.name, 1'000'000 + i);
            auto const after = damaged(bits_flipped(sample.bytes, 1'000'000 + i, 500));
            m_tally.rows += after.records.size();
        }
    }
}

TEST_F(Robustness, ACutFileKeepsEveryRowBeforeTheCut)
{
    auto const step = std::max<std::uint64_t>(512, from_environment("KONSEKI_CUT_BYTES", 112 * 1024));
    for (auto const& sample : trap_files()) {
        auto const before = read_evtx(sample.bytes);
        for (std::uint64_t cut = 0; cut < sample.bytes.size() && !HasFailure(); cut += step) {
            current_case = format("{}: cut at {}\n", sample.name, cut);
            auto const after = damaged(truncated(sample.bytes, cut));
            std::uint64_t lost = 0;
            for (auto const& [offset, record] : before.records) {
                if (record.place != evtx::Place::live)
                    continue;
                ++m_tally.rows;
                auto const found = after.records.find(offset);
                bool const is_same = found != after.records.end() && found->second.place == evtx::Place::live
                    && same(found->second, record);
                m_tally.kept += is_same ? 1U : 0U;
                if (offset + record.size_bytes <= cut) {
                    EXPECT_TRUE(is_same) << current_case << ": row at " << offset << " before the cut";
                } else if (chunk_of(offset) == chunk_of(cut)) {
                    ++lost; // whole chunks behind the cut are not known to have been
                }
            }
            // Where a chunk begins nothing remains to tell of it (the header's count is stale in a dirty log).
            bool const is_in_chunk
                = cut > file_header_bytes && (cut - file_header_bytes) % chunk_bytes > chunk_header_bytes;
            if (lost != 0 && is_in_chunk) {
                EXPECT_TRUE(after.bytes_lost > 0 || after.signs.contains(evtx::SignKind::chunk_truncated))
                    << current_case << ": nothing says that rows were cut off";
            }
        }
    }
}

TEST_F(Robustness, AZeroedPageKeepsTheOtherRows)
{
    auto const step = std::max<std::uint64_t>(4096, from_environment("KONSEKI_CUT_BYTES", 112 * 1024));
    for (auto const& sample : trap_files()) {
        auto const before = read_evtx(sample.bytes);
        for (std::uint64_t page = file_header_bytes; page < sample.bytes.size(); page += step) {
            current_case = format("{}: zeroed page at {}\n", sample.name, page);
            expect_rows_kept(before, damaged(zeroed(sample.bytes, page, 4096)), page, m_tally);
        }
    }
}

TEST_F(Robustness, APageOfGarbageKeepsTheOtherRows)
{
    auto const step = std::max<std::uint64_t>(4096, from_environment("KONSEKI_CUT_BYTES", 112 * 1024));
    for (auto const& sample : trap_files()) {
        auto const before = read_evtx(sample.bytes);
        for (std::uint64_t page = file_header_bytes; page < sample.bytes.size(); page += step) {
            current_case = format("{}: page of garbage at {}\n", sample.name, page);
            auto bytes = sample.bytes;
            Random random(page);
            for (auto at = page; at < std::min<std::uint64_t>(bytes.size(), page + 4096); ++at)
                bytes[at] = static_cast<char>(random.below(256));
            expect_rows_kept(before, damaged(bytes), page, m_tally);
        }
    }
}

// Lost without a trace of zeros: what stands behind moves to the front.
TEST_F(Robustness, APageThatIsLeftOutKeepsTheOtherRows)
{
    constexpr std::uint64_t page_bytes = 4096;
    auto const step = std::max<std::uint64_t>(page_bytes, from_environment("KONSEKI_CUT_BYTES", 112 * 1024));
    for (auto const& sample : trap_files()) {
        auto const before = read_evtx(sample.bytes);
        for (auto page = file_header_bytes; page < sample.bytes.size(); page += step) {
            current_case = format("{}: page left out at {}\n", sample.name, page);
            auto const after = damaged(sample.bytes.substr(0, page) + sample.bytes.substr(page + page_bytes));
            std::uint64_t missing = 0;
            for (auto const& [offset, record] : before.records) {
                bool const is_left_out = offset + record.size_bytes > page && offset < page + page_bytes;
                if (record.place != evtx::Place::live || is_left_out)
                    continue;
                ++m_tally.rows;
                auto const found = after.records.find(offset < page ? offset : offset - page_bytes);
                bool const is_same = found != after.records.end() && same(found->second, record);
                m_tally.kept += is_same ? 1U : 0U;
                missing += is_same ? 0U : 1U;
                bool const is_live = is_same && found->second.place == evtx::Place::live;
                if (!is_live && chunk_of(offset) != chunk_of(page) && ++m_tally.lost_elsewhere <= said_max)
                    ADD_FAILURE() << current_case << ": row at " << offset << " of another chunk is not read";
            }
            m_tally.missing += missing;
            if (missing != 0 && after.bytes_lost <= before.bytes_lost && ++m_tally.unstated <= said_max)
                ADD_FAILURE() << current_case << ": " << missing << " rows are missing, but no lost bytes are stated";
        }
    }
}

TEST(ReadBack, EveryWrittenValueIsReadBackEqual)
{
    auto const rounds = from_environment("KONSEKI_ROUNDS", 6);
    auto const first_seed = from_environment("KONSEKI_SEED", 20'261'123);
    for (std::uint64_t seed = first_seed; seed < first_seed + rounds && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE(format("seed {}", seed));
        auto const events = random_events(seed, 400);
        auto const file = write_evtx(events);
        auto const reading = read_evtx(file.bytes, Keep::events);
        EXPECT_EQ(reading.bytes_lost, 0U);
        EXPECT_EQ(reading.records.size(), events.size());
        for (std::size_t i = 0; i < events.size() && !testing::Test::HasFailure(); ++i) {
            SCOPED_TRACE(format("record {} at {}, form {}", file.records[i].record_id, file.records[i].offset,
                static_cast<int>(events[i].form)));
            auto const found = reading.records.find(file.records[i].offset);
            ASSERT_NE(found, reading.records.end());
            auto const& record = found->second;
            EXPECT_EQ(record.place, evtx::Place::live);
            EXPECT_FALSE(record.is_damaged);
            EXPECT_EQ(record.record_id, file.records[i].record_id);
            EXPECT_EQ(record.event_id, events[i].event_id);
            EXPECT_EQ(record.level, events[i].level);
            EXPECT_EQ(record.provider, events[i].provider);
            EXPECT_EQ(record.channel, events[i].channel);
            EXPECT_EQ(record.computer, events[i].computer);
            EXPECT_EQ(record.user_sid, events[i].user_sid);
            EXPECT_EQ(to_string(record.event_at), to_string(events[i].written_at));
            EXPECT_EQ(record.fields, expected_fields(events[i]));
        }
    }
}

TEST(ReadBack, StaleRecordsAreRecoveredAndNeverLive)
{
    // Events of one machine share their templates, as in life: slack records find theirs among the live ones.
    WindowsMachine machine("PC01", "corp.example.jp", "EXAMPLE", "10.0.0.1", 33);
    auto const start = Timestamp::from_unix_seconds(1'790'000'000);
    for (std::int64_t i = 0; i < 120; ++i)
        machine.logon({ start.ticks + i * ticks_per_second }, machine.system(), 5, "", "", i % 2 == 0);
    auto events = machine.take_logs()["Security"];
    EvtxOptions options;
    options.stale.assign(events.begin(), events.begin() + 90);
    options.first_record_id = 10'000;
    std::vector<WrittenEvent> const live(events.begin() + 90, events.begin() + 120);
    auto const file = write_evtx(live, options);
    ASSERT_FALSE(file.stale.empty());
    auto const reading = read_evtx(file.bytes);
    EXPECT_EQ(reading.count(evtx::Place::live), 30U);
    for (auto const& [offset, record] : reading.records) {
        if (record.place != evtx::Place::live) {
            EXPECT_LT(record.record_id, 10'000U);
        }
    }
    EXPECT_EQ(reading.count(evtx::Place::slack), file.stale.size());
}

TEST(ReadBack, AHiddenRecordIsFound)
{
    for (std::uint64_t seed = 50; seed < 54; ++seed) {
        auto const events = random_events(seed, 200);
        auto const file = write_evtx(events);
        auto const result = record_hidden(file.bytes, 20 + seed);
        if (!result)
            continue;
        auto const reading = read_evtx(result->file, Keep::events);
        EXPECT_EQ(reading.count(evtx::Place::live), 199U) << seed;
        ASSERT_EQ(reading.count(evtx::Place::hidden), 1U) << seed;
        EXPECT_EQ(reading.signs.count(evtx::SignKind::record_hidden), 1U);
        auto const found = reading.records.find(result->hidden.offset);
        ASSERT_NE(found, reading.records.end());
        EXPECT_EQ(found->second.place, evtx::Place::hidden);
        EXPECT_EQ(found->second.record_id, result->hidden.record_id);
        EXPECT_EQ(
            found->second.fields, expected_fields(events[static_cast<std::size_t>(result->hidden.record_id) - 1]));
    }
}

TEST(ReadBack, LyingHeadersCostNothing)
{
    auto const events = random_events(60, 300);
    auto const file = write_evtx(events);
    for (auto const count : { 0U, 1U, 3U, 70'000U, 0xffffffffU })
        EXPECT_EQ(read_evtx(with_header_counts(file.bytes, count, 5)).count(evtx::Place::live), 300U) << count;
    EXPECT_EQ(read_evtx(with_bad_record_checksum(file.bytes, 0)).count(evtx::Place::live), 300U);
    EXPECT_EQ(read_evtx(with_bad_record_checksum(file.bytes, 0)).signs.count(evtx::SignKind::chunk_records_crc), 1U);
    auto const broken = read_evtx(with_bad_record_magic(file.bytes, file.records[100].offset));
    EXPECT_GE(broken.records.size(), 299U) << "one record has no magic: the ones behind it are found again";
    EXPECT_GT(broken.bytes_lost + broken.diagnostics, 0U);
}

}
