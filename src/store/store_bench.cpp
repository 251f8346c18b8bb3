// What a row costs: lean event rows and wide text rows into a case, and the questions people ask.
#include "record/trace_batch.hpp"
#include "store/case.hpp"
#include "store/store_test_case.hpp"
#include <array>
#include <fstream>
#include <benchmark/benchmark.h>

namespace konseki::store {

namespace {

// The columns of windows.event (traces/windows_event/schemas.hpp); a bench of this room may not include that one.
struct LeanEvent {
    Timestamp written_at;
    std::uint32_t event_id = 0;
    std::uint64_t record_id = 0;
    Symbol channel, provider, computer, user_sid;
    std::uint8_t level = 0;
    std::uint16_t task = 0;
    std::uint8_t opcode = 0;
    std::uint64_t keywords = 0;
    std::uint8_t version = 0;
    std::uint32_t process_id = 0, thread_id = 0;
    Symbol how;
};

constexpr auto lean_schema = schema("bench.event", "Lean event", field("written_at", &LeanEvent::written_at, ""),
    field("event_id", &LeanEvent::event_id, ""), field("record_id", &LeanEvent::record_id, ""),
    field("channel", &LeanEvent::channel, ""), field("provider", &LeanEvent::provider, ""),
    field("computer", &LeanEvent::computer, ""), field("user_sid", &LeanEvent::user_sid, ""),
    field("level", &LeanEvent::level, ""), field("task", &LeanEvent::task, ""), field("opcode", &LeanEvent::opcode, ""),
    field("keywords", &LeanEvent::keywords, ""), field("version", &LeanEvent::version, ""),
    field("process_id", &LeanEvent::process_id, ""), field("thread_id", &LeanEvent::thread_id, ""),
    field("how", &LeanEvent::how, ""));

struct ProcessStart {
    Timestamp written_at;
    Symbol computer, user;
    std::string_view image, command_line, parent_image;
};

constexpr auto text_schema = schema("bench.process_start", "Text-heavy row",
    field("written_at", &ProcessStart::written_at, ""), field("computer", &ProcessStart::computer, ""),
    field("user", &ProcessStart::user, ""), field("image", &ProcessStart::image, ""),
    field("command_line", &ProcessStart::command_line, ""), field("parent_image", &ProcessStart::parent_image, ""));

std::span<Schema const* const> bench_schemas()
{
    static constexpr Schema const* all[] { &lean_schema.erased, &text_schema.erased };
    return all;
}

class Random {
public:
    std::uint64_t operator()()
    {
        m_state ^= m_state << 13;
        m_state ^= m_state >> 7;
        m_state ^= m_state << 17;
        return m_state;
    }

private:
    std::uint64_t m_state = 88'172'645'463'325'252ULL;
};

// As the walk over many log files delivers them: one host and channel per batch.
std::vector<TraceBatch> lean_batches(std::size_t rows)
{
    Random random;
    std::vector<TraceBatch> batches;
    std::int64_t ticks = 131'000'000'000'000'000;
    for (std::size_t done = 0; done < rows; done += TraceBatch::rows_max) {
        auto const host = done / 40'960 % 500;
        auto const computer = "HOST" + std::to_string(host) + ".corp.example.org";
        auto const channel = "Microsoft-Windows-Something" + std::to_string(done / 8'192 % 10) + "/Operational";
        auto& batch = batches.emplace_back(lean_schema.erased, static_cast<EvidenceNumber>(1 + done / 8'192));
        for (std::size_t i = 0; i < TraceBatch::rows_max; ++i) {
            LeanEvent row;
            row.written_at = { ticks += static_cast<std::int64_t>(random() % 20'000'000) };
            row.event_id = static_cast<std::uint32_t>(4'600 + random() % 90);
            row.record_id = done + i;
            auto const provider = "Microsoft-Windows-Provider-" + std::to_string(row.event_id % 40);
            auto const sid = "S-1-5-21-1234567890-1234567890-1234567890-"
                + std::to_string(1'000 + (random() % 8 == 0 ? random() % 2'000 : host));
            row.channel = Symbol(channel);
            row.provider = Symbol(provider);
            row.computer = Symbol(computer);
            row.user_sid = Symbol(sid);
            row.level = random() % 4 == 0 ? 4 : 0;
            row.task = static_cast<std::uint16_t>(12'000 + random() % 50);
            row.keywords = 0x8020'0000'0000'0000ULL;
            row.version = static_cast<std::uint8_t>(random() % 3);
            row.process_id = static_cast<std::uint32_t>(4 * (random() % 2'000));
            row.thread_id = static_cast<std::uint32_t>(4 * (random() % 3'000));
            row.how = Symbol("live");
            batch.append(lean_schema, { (done + i) * 700, 400 + random() % 1'024, false }, row);
        }
    }
    return batches;
}

std::vector<TraceBatch> text_batches(std::size_t rows)
{
    Random random;
    std::vector<TraceBatch> batches;
    std::int64_t ticks = 131'000'000'000'000'000;
    for (std::size_t done = 0; done < rows; done += TraceBatch::rows_max) {
        auto& batch = batches.emplace_back(text_schema.erased, static_cast<EvidenceNumber>(1 + done / 8'192));
        for (std::size_t i = 0; i < TraceBatch::rows_max; ++i) {
            ProcessStart row;
            row.written_at = { ticks += 10'000'003 };
            auto const image = "C:\\Windows\\System32\\program" + std::to_string(random() % 300) + ".exe";
            auto const line = "\"" + image + "\" -k netsvcs -p -s Schedule --id " + std::to_string(random())
                + " --session " + std::to_string(random() % 1'000);
            row.computer = Symbol("HOST1");
            row.user = Symbol("CORP\\user");
            row.image = image;
            row.command_line = line;
            row.parent_image = "C:\\Windows\\System32\\services.exe";
            batch.append(text_schema, { (done + i) * 700, 900, false }, row);
        }
    }
    return batches;
}

double memory_mib(std::string_view line)
{
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word) {
        if (word == line) {
            double kib = 0;
            status >> kib;
            return kib / 1'024;
        }
    }
    return 0;
}

// What the store takes on top of what was there: the prepared batches are not its memory.
class PeakMemory {
public:
    PeakMemory()
    {
        std::ofstream("/proc/self/clear_refs") << "5"; // the kernel forgets the old peak
        m_before_mib = memory_mib("VmRSS:");
    }
    double added_mib() const { return memory_mib("VmHWM:") - m_before_mib; }

private:
    double m_before_mib = 0;
};

void append_rows(benchmark::State& state, std::vector<TraceBatch> const& batches)
{
    auto const rows_per_commit = static_cast<std::uint64_t>(state.range(0));
    std::uint64_t rows = 0, stored_bytes = 0;
    PeakMemory const peak;
    for (auto _ : state) {
        test::Folder const folder;
        {
            auto target = Case::open(folder.path(), Access::read_write, bench_schemas()).value();
            for (auto const& batch : batches) {
                target->append(batch).value();
                rows += batch.row_count();
                if (target->uncommitted_rows() >= rows_per_commit)
                    target->commit().value();
            }
            target->commit().value();
        }
        stored_bytes += std::filesystem::file_size(folder.path() / "traces.duckdb");
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(rows));
    state.counters["bytes_per_row"] = static_cast<double>(stored_bytes) / static_cast<double>(rows);
    state.counters["added_MiB"] = peak.added_mib();
}

void append_lean_rows(benchmark::State& state)
{
    static auto const batches = lean_batches(1'228'800);
    append_rows(state, batches);
}

void append_text_rows(benchmark::State& state)
{
    static auto const batches = text_batches(245'760);
    append_rows(state, batches);
}

void ask(benchmark::State& state)
{
    static test::Folder const folder;
    static bool is_filled = false;
    if (!std::exchange(is_filled, true)) {
        auto target = Case::open(folder.path(), Access::read_write, bench_schemas()).value();
        for (auto const& batch : lean_batches(1'228'800))
            target->append(batch).value();
        target->commit().value();
    }
    static constexpr std::array<std::string_view, 5> questions {
        "SELECT count(*) FROM bench_event WHERE computer = 'HOST17.corp.example.org' AND event_id = 4624",
        "SELECT computer, event_id, count(*) FROM bench_event GROUP BY ALL ORDER BY 3 DESC, 1, 2 LIMIT 20",
        "SELECT count(*) FROM bench_event WHERE written_at BETWEEN '2016-02-16' AND '2016-02-17'",
        "SELECT * FROM bench_event WHERE channel = 'Microsoft-Windows-Something3/Operational' ORDER BY written_at DESC "
        "LIMIT 100",
        "SELECT * FROM bench_event ORDER BY written_at, evidence, \"offset\"",
    };
    auto const question = questions[static_cast<std::size_t>(state.range(0))];
    state.SetLabel(std::string(question));
    PeakMemory const peak;
    auto const target = Case::open(folder.path(), Access::read_only, bench_schemas()).value();
    for (auto _ : state) {
        auto rows = target->query(question).value();
        while (rows.next())
            benchmark::DoNotOptimize(rows.text(0));
    }
    state.counters["added_MiB"] = peak.added_mib();
}

BENCHMARK(append_lean_rows)
    ->Arg(40'960)
    ->Arg(122'880)
    ->Arg(491'520)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();
BENCHMARK(append_text_rows)->Arg(122'880)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();
BENCHMARK(ask)->DenseRange(0, 4)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

}

}
