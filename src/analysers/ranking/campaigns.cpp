#include "analysers/ranking/campaigns.hpp"
#include "analysers/ranking/schemas.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::ranking {

namespace {

using stacking::Granularity;

constexpr double worth_sharing = 4; // lighter items are on many hosts for good reasons
constexpr std::size_t few_hosts = 3;
constexpr std::size_t few_of_fleet = 4; // a quarter
constexpr std::size_t keys_shown = 10;

bool joins_hosts(Granularity granularity)
{
    return granularity != Granularity::signer && granularity != Granularity::place;
}

}

void Campaigns::note(std::size_t host, ToldItem const& item)
{
    if (item.kept->score < worth_sharing)
        return;
    auto const& look = m_state.look(item.kept->item);
    auto const few = std::max(few_hosts, m_state.fleet().hosts.size() / few_of_fleet);
    for (std::size_t at = 0; at < look.keys.size(); ++at) {
        auto const key = look.keys.at(at);
        if (key == 0 || !joins_hosts(static_cast<Granularity>(at)))
            continue;
        auto const hosts = m_state.prevalence().hosts_of(key);
        // An implant in the golden image is on most hosts: what is worth a look stays, however many have it.
        if (hosts < 2 || (hosts > few && item.kept->score < medium_score))
            continue;
        auto& shared = m_shared[key];
        auto const is_first = shared.hosts.empty();
        if (is_first || shared.score < item.kept->score) {
            shared.granularity = static_cast<Granularity>(at);
            shared.key = item.text->keys.at(at);
            shared.title = item.text->title;
            shared.kind = item.kind;
            shared.score = item.kept->score;
        }
        if (is_first)
            shared.trace = item.text->trace;
        if (auto const from = item.text->first_at;
            from.is_set() && (!shared.first_at.is_set() || from < shared.first_at))
            shared.first_at = from;
        shared.last_at = std::max(shared.last_at, item.text->last_at);
        if (shared.hosts.empty() || shared.hosts.back() != host)
            shared.hosts.push_back(host);
    }
}

void Campaigns::write(DerivedRows& derived) const
{
    // Keys that exactly the same hosts share are one campaign.
    std::map<std::vector<std::size_t>, std::vector<Shared const*>> by_hosts;
    for (auto const& [key, shared] : m_shared)
        if (shared.hosts.size() > 1)
            by_hosts[shared.hosts].push_back(&shared);
    std::vector<std::vector<Shared const*>*> order;
    for (auto& [hosts, keys] : by_hosts) {
        std::sort(keys.begin(), keys.end(), [](Shared const* a, Shared const* b) {
            return std::tuple(-a->score, a->granularity, a->key) < std::tuple(-b->score, b->granularity, b->key);
        });
        order.push_back(&keys);
    }
    std::stable_sort(order.begin(), order.end(), [](auto const* a, auto const* b) {
        return std::tuple(-a->front()->score, a->front()->hosts.size(), a->front()->key)
            < std::tuple(-b->front()->score, b->front()->hosts.size(), b->front()->key);
    });
    for (std::size_t place = 0; place < order.size(); ++place) {
        auto const& keys = *order[place];
        auto const& main = *keys.front();
        auto const names = m_state.names_of(main.hosts);
        std::string others;
        CampaignRow row;
        row.first_at = main.first_at;
        row.last_at = main.last_at;
        for (std::size_t at = 1; at < keys.size(); ++at) {
            if (at <= keys_shown)
                append_format(others, "{}{}", others.empty() ? "" : " · ", keys[at]->key);
            if (auto const from = keys[at]->first_at; from.is_set() && (!row.first_at.is_set() || from < row.first_at))
                row.first_at = from;
            row.last_at = std::max(row.last_at, keys[at]->last_at);
        }
        if (keys.size() > keys_shown + 1)
            append_format(others, " · … +{}", keys.size() - 1 - keys_shown);
        row.rank = place + 1;
        row.score = main.score;
        row.hosts = main.hosts.size();
        row.host_names = names;
        row.kind = Symbol(kind_name(main.kind));
        row.granularity = Symbol(stacking::granularities()[static_cast<std::size_t>(main.granularity)].name);
        row.key = main.key;
        row.title = main.title;
        row.keys = keys.size();
        row.other_keys = others;
        derived.add(campaign_schema, main.trace, row);
    }
}

}
