// How long a fleet takes to be ranked, and how much memory: KONSEKI_FLEET_HOSTS (50, 200, 1000) hosts with
// KONSEKI_FLEET_ITEMS (20000) generated state items each. One run per process, so that the peak is its own.
#include "analysers/host_state/analyser.hpp"
#include "analysers/host_state/schemas.hpp"
#include "analysers/ranking/analyser.hpp"
#include "base/text.hpp"
#include "os/memory.hpp"
#include "support/analyser_case.hpp"
#include "support/random.hpp"
#include <chrono>
#include <benchmark/benchmark.h>

namespace konseki::ranking {
namespace {

using host_state::StateRow;
using host_state::StateTermRow;

std::uint64_t setting(char const* name, std::uint64_t otherwise)
{
    auto const* const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): before any thread
    return value == nullptr ? otherwise : parse_uint(value).value_or(otherwise);
}

std::vector<Schema const*> schemas()
{
    std::vector<Schema const*> all(test::analyser_schemas().begin(), test::analyser_schemas().end());
    all.insert(all.end(), host_state::analyser.emits.begin(), host_state::analyser.emits.end());
    all.insert(all.end(), analyser.emits.begin(), analyser.emits.end());
    return all;
}

// Things that every host has, things of some hosts, and things of one: shares of the rows as on real machines.
void fill_host(store::Case& target, EvidenceNumber evidence, std::uint64_t host, std::uint64_t items)
{
    test::Random random(host + 1);
    auto const name = format("HOST-{:05}", host);
    std::vector<TraceBatch> state(1, TraceBatch(host_state::state_schema.erased, evidence));
    TraceBatch terms(host_state::state_term_schema.erased, evidence);
    constexpr std::array<std::string_view, 4> kinds { "program", "service", "task", "autostart" };
    constexpr std::array<std::string_view, 4> reasons { "path.system identity.windows", "path.program identity.maker",
        "path.user_writable identity.maker execution.ran", "path.user_writable identity.no_version name.random" };
    for (std::uint64_t number = 1; number <= items; ++number) {
        auto const share = random.below(100);
        auto const thing = share < 90 ? random.below(items)
            : share < 97              ? items + random.below(items * 20)
                                      : 1'000'000'000 + host * items + number;
        auto const path = format(R"(\{}\vendor {}\product {}\program{}.exe)",
            share < 90 ? "program files" : R"(users\%user%\appdata\local)", thing % 97, thing % 1'009, thing);
        auto const content = format("program{}.exe|sha1:{:040x}", thing, thing * 7 + random.below(4));
        auto const key = format("{}|{}", kinds.at(thing % 4), path);
        auto const command = format("c:{} -service {}", path, thing % 13);
        StateRow row;
        row.host = Symbol(std::string_view(name));
        row.number = number;
        row.kind = Symbol(kinds.at(thing % 4));
        row.key = key;
        row.title = path;
        row.command = command;
        row.target = path;
        row.features = Symbol(reasons.at(share < 80 ? 0 : share < 90 ? 1 : share < 99 ? 2 : 3));
        row.first_at = test::minutes(static_cast<std::int64_t>(random.below(500'000)));
        row.traces = 1;
        row.path_key = path;
        row.content_key = content;
        row.command_key = command;
        state.back().append(host_state::state_schema, { number, 0, false }, row);
        if (share >= 90)
            terms.append(host_state::state_term_schema, { number, 0, false },
                StateTermRow { Symbol(std::string_view(name)), number, Symbol("path.user_writable"), 0, "a profile" });
        for (auto* const batch : { &state.back(), &terms })
            if (batch->is_full()) {
                VERIFY(target.append(*batch).ok());
                *batch = TraceBatch(batch->schema(), evidence);
            }
    }
    VERIFY(target.append(state.back()).ok() && target.append(terms).ok());
}

class CountedFindings final : public FindingSink {
public:
    void add(Finding const&, std::span<TraceId const>) override { ++count; }
    std::uint64_t count = 0;
};

void rank_a_fleet(benchmark::State& state)
{
    auto const hosts = setting("KONSEKI_FLEET_HOSTS", 50);
    auto const items = setting("KONSEKI_FLEET_ITEMS", 20'000);
    test::AnalyserCase of_fleet(schemas());
    for (std::uint64_t host = 0; host < hosts; ++host) {
        auto const evidence = of_fleet.add_evidence(format("state {}", host), format("HOST-{:05}", host));
        fill_host(of_fleet.store(), evidence, host, items);
    }
    VERIFY(of_fleet.store().commit().ok());
    auto const before = os::memory_of(0).resident_bytes;
    for (auto _ : state) {
        CountedFindings findings;
        test::KeptRows rows(of_fleet.store());
        sigma::RuleSet const rules;
        AnalyserInputs const inputs { of_fleet.store(), rules, default_limits, {}, &rows, nullptr, nullptr };
        VERIFY(analyser.run(inputs, findings).ok());
        rows.flush();
        VERIFY(of_fleet.store().commit().ok());
        state.counters["findings"] = static_cast<double>(findings.count);
    }
    auto const memory = os::memory_of(0);
    state.counters["items"] = static_cast<double>(hosts * items);
    state.counters["before_MiB"] = static_cast<double>(before >> 20);
    state.counters["peak_MiB"] = static_cast<double>(memory.resident_peak_bytes >> 20);
}
BENCHMARK(rank_a_fleet)->Unit(benchmark::kSecond)->Iterations(1)->MeasureProcessCPUTime();

}
}
