#include "analysers/ranking/alike.hpp"
#include <algorithm>
#include <map>
#include <unordered_map>

namespace konseki::ranking {

namespace {

constexpr std::size_t habit_least = 3; // two of a kind are a coincidence, or an intruder's two
constexpr std::size_t word_least = 3;
constexpr std::uint32_t seconds_per_day = 86'400;

bool is_of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '#' || c == '_'
        || static_cast<unsigned char>(c) >= 0x80;
}

std::vector<std::string_view> words_of(std::string_view text)
{
    std::vector<std::string_view> words;
    for (std::size_t at = 0; at < text.size();) {
        auto end = at;
        while (end < text.size() && is_of_word(text[end]))
            ++end;
        if (end == at)
            ++end;
        words.push_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

// The text with a hole wherever that word stands.
std::string without(std::vector<std::string_view> const& words, std::string_view word)
{
    std::string text;
    for (auto const one : words)
        text += one == word ? std::string_view("*") : one;
    return text;
}

using Shapes = std::unordered_map<std::string, std::vector<std::size_t>>; // leads, in their order

std::vector<std::vector<std::string>> shapes_of(std::span<LeadShape const> leads, Shapes& all)
{
    std::vector<std::vector<std::string>> of_leads(leads.size());
    for (std::size_t at = 0; at < leads.size(); ++at) {
        auto const words = words_of(leads[at].text);
        std::vector<std::string_view> seen;
        for (auto const word : words) {
            if (word.size() < word_least || std::find(seen.begin(), seen.end(), word) != seen.end())
                continue;
            seen.push_back(word);
            auto shape = without(words, word);
            all[shape].push_back(at);
            of_leads[at].push_back(std::move(shape));
        }
    }
    return of_leads;
}

// Those of a shape that bear no reason of weight that hardly any other of them bears.
std::vector<std::size_t> usual_ones(std::span<LeadShape const> leads, std::vector<std::size_t> const& group)
{
    constexpr std::size_t a_third = 3;
    std::map<Feature const*, std::size_t> bearers;
    for (auto const at : group)
        for (auto const* reason : leads[at].reasons)
            ++bearers[reason];
    std::vector<std::size_t> usual;
    for (auto const at : group)
        if (std::none_of(leads[at].reasons.begin(), leads[at].reasons.end(),
                [&](Feature const* reason) { return bearers[reason] * a_third <= group.size(); }))
            usual.push_back(at);
    return usual;
}

// Those of a shape that bear the very same reasons.
std::map<std::vector<Feature const*>, std::vector<std::size_t>> by_reasons(
    std::span<LeadShape const> leads, std::vector<std::size_t> const& group)
{
    std::map<std::vector<Feature const*>, std::vector<std::size_t>> same;
    for (auto const at : group) {
        auto reasons = leads[at].reasons;
        std::sort(reasons.begin(), reasons.end());
        same[reasons].push_back(at);
    }
    return same;
}

void tell_together(std::vector<std::size_t> const& group, std::vector<std::size_t>& with)
{
    for (auto const at : group)
        with[at] = group.front();
}

bool came_over_years(std::span<LeadShape const> leads, std::vector<std::size_t> const& group)
{
    std::vector<std::uint32_t> seconds;
    for (auto const at : group)
        if (leads[at].second != 0)
            seconds.push_back(leads[at].second);
    return seconds.size() >= habit_least && days_between_quarters(seconds) >= days_of_intrusion;
}

}

std::uint32_t days_within(std::vector<std::uint32_t>& seconds, std::size_t part)
{
    if (seconds.empty())
        return 0;
    std::sort(seconds.begin(), seconds.end());
    auto const left_out = seconds.size() / part;
    return (seconds[seconds.size() - 1 - left_out] - seconds[left_out]) / seconds_per_day;
}

std::vector<std::size_t> told_with(std::span<LeadShape const> leads)
{
    Shapes all;
    auto const shapes = shapes_of(leads, all);
    // Each lead takes the shape that most leads have.
    std::map<std::string_view, std::vector<std::size_t>> groups;
    for (std::size_t at = 0; at < leads.size(); ++at) {
        std::string const* best = nullptr;
        std::size_t most = habit_least - 1;
        for (auto const& shape : shapes[at])
            if (auto const size = all[shape].size();
                size > most || (best != nullptr && size == most && shape < *best)) {
                best = &shape;
                most = size;
            }
        if (best != nullptr)
            groups[*best].push_back(at);
    }
    std::vector<std::size_t> with(leads.size());
    for (std::size_t at = 0; at < with.size(); ++at)
        with[at] = at;
    for (auto const& [shape, group] : groups) {
        auto const usual = usual_ones(leads, group);
        if (usual.size() >= habit_least && came_over_years(leads, usual))
            tell_together(usual, with);
        else
            for (auto const& [reasons, same] : by_reasons(leads, group))
                if (same.size() >= habit_least)
                    tell_together(same, with);
    }
    return with;
}

}
