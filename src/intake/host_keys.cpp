#include "intake/host_keys.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::intake {

namespace {

constexpr std::size_t netbios_characters = 15;
constexpr std::uint64_t rename_pieces_min = 2; // one log alone may be merged from two machines
constexpr std::int64_t clock_tolerance = 86'400 * ticks_per_second; // clocks are set right while Windows is set up
constexpr std::size_t chain_max = 64;

struct Stretch {
    std::string key, name;
    SpokenName said;
};

// The names of one log in the order of its records: A, then B, then C, never A again. Empty for anything else.
std::vector<Stretch> stretches_of(std::vector<SpokenName> const& names)
{
    std::map<std::string, Stretch> by_key;
    for (auto const& name : names) {
        if (name.channel.empty() || name.channel != names.front().channel || name.first_record == 0)
            return {};
        auto const key = store::host_key(name.name);
        auto const [place, is_first] = by_key.try_emplace(key, Stretch { key, name.name, name });
        auto& said = place->second.said;
        if (is_first)
            continue;
        said.first_record = std::min(said.first_record, name.first_record);
        said.last_record = std::max(said.last_record, name.last_record);
        said.first_at = std::min(said.first_at, name.first_at);
        if (name.newest_at > said.newest_at) {
            said.newest_at = name.newest_at;
            place->second.name = name.name;
        }
    }
    std::vector<Stretch> ordered;
    for (auto& [key, stretch] : by_key)
        ordered.push_back(std::move(stretch));
    std::ranges::sort(ordered, {}, [](Stretch const& one) { return one.said.first_record; });
    for (std::size_t i = 1; i < ordered.size(); ++i) {
        auto const& before = ordered[i - 1].said;
        auto const& after = ordered[i].said;
        if (before.last_record >= after.first_record || before.newest_at.ticks > after.first_at.ticks + clock_tolerance)
            return {};
    }
    return ordered;
}

}

HostKeys::HostKeys(HostInputs const& inputs)
{
    learn_short_names(inputs);
    learn_renames(inputs);
}

// The registry holds the cut name and the whole one.
void HostKeys::learn_short_names(HostInputs const& inputs)
{
    for (auto const& [number, names] : inputs.registry) {
        auto const cut = store::host_key(names.computer_name), whole = store::host_key(names.host_name);
        if (cut.size() == netbios_characters && whole.size() > cut.size() && whole.starts_with(cut))
            m_next.emplace(cut, whole);
    }
}

// A name that many machines have had (that of an installation image) has several successors: it stays by itself.
void HostKeys::learn_renames(HostInputs const& inputs)
{
    std::map<std::string, std::map<std::string, Rename>> successors;
    auto const add = [&](std::string_view from, std::string_view to, EvidenceNumber evidence) {
        auto const from_key = of(from), to_key = of(to);
        if (from_key == to_key || from_key.empty() || to_key.empty())
            return;
        auto& rename = successors[from_key][to_key];
        if (rename.pieces++ == 0)
            rename = { std::string(from), std::string(to), 1, evidence };
    };
    for (auto const& [number, names] : inputs.logs) {
        auto const ordered = stretches_of(names);
        for (std::size_t i = 1; i < ordered.size(); ++i)
            add(ordered[i - 1].name, ordered[i].name, number);
    }
    for (auto const& [number, names] : inputs.registry) {
        for (auto const& name : names.former_names)
            add(name, names.host_name.empty() ? names.computer_name : names.host_name, number);
    }
    // A machine renamed twice shows A, B, C in one log and A, C in another: C follows B, so A's next is B.
    auto const follows = [&](std::string const& later, std::string const& earlier) {
        auto const next = successors.find(earlier);
        return next != successors.end() && next->second.contains(later);
    };
    for (auto const& [from, to_all] : successors) {
        std::vector<Rename const*> next;
        for (auto const& [to, rename] : to_all) {
            auto const is_skipped = std::ranges::any_of(
                to_all, [&](auto const& other) { return other.first != to && follows(to, other.first); });
            if (!is_skipped && !follows(from, to))
                next.push_back(&rename);
        }
        if (next.size() == 1 && next[0]->pieces >= rename_pieces_min) {
            m_next.emplace(from, store::host_key(next[0]->to));
            m_renames.push_back(*next[0]);
        }
    }
}

std::string HostKeys::of(std::string_view name) const
{
    auto key = store::host_key(name);
    for (std::size_t step = 0; step < chain_max; ++step) {
        auto const next = m_next.find(key);
        if (next == m_next.end())
            break;
        key = next->second;
    }
    return key;
}

}
