// What a large case costs: 100,000 findings of 400 rules with 300,000 traces. Time to gather and to write, and the
// page's size.
#include "record/trace_batch.hpp"
#include "report/page.hpp"
#include <cstdlib>
#include <benchmark/benchmark.h>

namespace konseki::report {

namespace {

std::unique_ptr<store::Case> large_case(std::filesystem::path const& folder)
{
    auto target = store::Case::open(folder, store::Access::read_write, {}).value();
    auto const sink = target->replace_findings("bench").value();
    for (std::uint64_t i = 0; i < 100'000; ++i) {
        Finding finding;
        finding.analyser = "bench";
        finding.rule = "rule-" + std::to_string(i % 400);
        finding.title
            = { "Something was done " + std::to_string(i % 400), "何かが行われた " + std::to_string(i % 400) };
        finding.severity = static_cast<Severity>(i % 400 % 5);
        finding.host = "HOST" + std::to_string(i % 2'000);
        finding.first_at = Timestamp::from_unix_seconds(1'700'000'000 + static_cast<std::int64_t>(i * 61));
        finding.last_at = finding.first_at;
        finding.attack = { "T1059." + std::to_string(i % 9) };
        finding.explanation = { std::string(400, 'x'), std::string(400, 'y') };
        finding.advice = finding.explanation;
        std::vector<TraceId> traces;
        for (std::uint64_t k = 0; k < 3; ++k) {
            traces.push_back({ 1, i * 1'000 + k });
            finding.because.push_back({ traces.back(), "windows.event", finding.first_at,
                { { "CommandLine", std::string(200, 'c') }, { "EventID", "4688" } } });
        }
        assign_id(finding);
        sink->add(finding, traces);
    }
    target->commit().value();
    return target;
}

void write_large_report(benchmark::State& state)
{
    static std::string folder = (std::filesystem::temp_directory_path() / "konseki-report-bench-XXXXXX").string();
    static auto const source = large_case(mkdtemp(folder.data()));
    ReportOptions options;
    options.generated_at = Timestamp::from_unix_seconds(1'720'000'000);
    std::size_t size_bytes = 0;
    for (auto _ : state)
        size_bytes = html_page(gather(*source, options).value()).size();
    state.counters["page_MiB"] = static_cast<double>(size_bytes) / (1 << 20);
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

BENCHMARK(write_large_report)->Unit(benchmark::kMillisecond)->Iterations(1)->MeasureProcessCPUTime();

}

}
