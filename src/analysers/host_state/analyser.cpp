#include "analysers/host_state/analyser.hpp"
#include "analysers/host_state/host.hpp"
#include "analysers/host_state/schemas.hpp"
#include "analysers/stacking/keys.hpp"
#include "base/text.hpp"
#include <array>

namespace konseki::host_state {

namespace {

template <typename Parts, typename Text> std::string joined(Parts const& parts, Text const& text_of)
{
    std::string text;
    for (auto const& part : parts)
        append_format(text, "{}{}", text.empty() ? "" : " ", text_of(part));
    return text;
}

void write_terms(Host const& host, Item const& item, std::uint64_t number, DerivedRows& derived)
{
    for (std::size_t at = 0; at < item.terms.size(); ++at) {
        auto const& term = item.terms[at];
        if (term.detail.empty() && term.trace == item.traces.front())
            continue; // host.state says it all
        derived.add(state_term_schema, term.trace,
            StateTermRow { Symbol(host.name), number, Symbol(term.feature->id), at, term.detail });
    }
    for (auto trace = item.traces.begin() + 1; trace < item.traces.end(); ++trace)
        derived.add(state_trace_schema, *trace, StateTraceRow { Symbol(host.name), number });
}

void write_item(Host const& host, Item const& item, std::uint64_t number, DerivedRows& derived)
{
    auto const some
        = [](std::string const& text) { return text.empty() ? std::string_view() : std::string_view(text); };
    auto const keys = stacking::keys_of(item);
    auto const attack = joined(item.attack, [](auto const& one) { return std::string_view(one); });
    auto const reasons = joined(item.terms, [](auto const& term) { return term.feature->id; });
    StateRow row;
    row.host = Symbol(host.name);
    row.number = number;
    row.kind = Symbol(kind_name(item.kind));
    row.key = item.key;
    row.title = item.title;
    row.command = item.command;
    row.target = item.target;
    row.location = Symbol(std::string_view(item.location));
    row.attack = Symbol(std::string_view(attack));
    row.features = Symbol(std::string_view(reasons));
    row.first_at = item.first_at;
    row.last_at = item.last_at;
    row.came_at = item.came_at;
    row.traces = item.traces.size();
    row.path_key = some(keys.path);
    row.content_key = some(keys.content);
    row.signer = Symbol(some(item.signer));
    row.place_key = Symbol(some(keys.place));
    row.pair_key = some(keys.pair);
    row.command_key = some(keys.command);
    row.package = Symbol(some(item.package));
    row.story = keys.story;
    derived.add(state_schema, item.traces.front(), row);
    write_terms(host, item, number, derived);
}

Result<void> gather(Hosts& hosts)
{
    TRY(gather_programs(hosts));
    TRY(gather_autostarts(hosts));
    TRY(gather_services(hosts));
    TRY(gather_tasks(hosts));
    TRY(gather_wmi(hosts));
    TRY(gather_accounts(hosts));
    TRY(gather_settings(hosts));
    TRY(gather_startup_files(hosts));
    TRY(gather_findings(hosts));
    TRY(gather_side_loads(hosts));
    TRY(gather_files(hosts));
    return gather_linux(hosts);
}

Result<void> run(AnalyserInputs const& inputs, FindingSink&)
{
    if (inputs.derived == nullptr)
        return {};
    Hosts hosts(inputs);
    TRY(hosts.load());
    do {
        TRY(gather(hosts));
        judge(hosts);
        for (auto const& [key, host] : hosts.all()) {
            std::uint64_t number = 0;
            for (auto const& item : host.items)
                write_item(host, item, ++number, *inputs.derived);
        }
        inputs.derived->flush();
    } while (hosts.next_batch());
    return {};
}

constexpr std::array<std::string_view, 1> needs { "windows.event" };
constexpr std::array<Schema const*, 3> emitted { &state_schema.erased, &state_term_schema.erased,
    &state_trace_schema.erased };
constexpr std::array<std::string_view, 3> after { "sigma", "event_log_tampering", "file_signature" };

}

Analyser const analyser {
    .name = "host_state",
    .title = "What each host holds",
    .version = 9,
    .needs = needs,
    .emits = emitted,
    .after = after,
    .run = run,
};

}
