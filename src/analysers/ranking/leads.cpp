#include "analysers/ranking/leads.hpp"
#include "analysers/ranking/schemas.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <cmath>

namespace konseki::ranking {

namespace {

constexpr double worth_following = 3; // lighter items lead nowhere
constexpr double hosts_that_convince = 10;
constexpr double most_for_shared = 1.5;

// How many hosts harmless things of weight are on, and implants. Most harmless ones are on one host (62 to 80 % of
// names on 16 real machines) [fsa 5d]; intruders move on, but keep to few hosts or name their files anew on each.
struct Spread {
    double of_implants = 0, of_harmless = 0;
};
constexpr std::array<Spread, 5> spreads { {
    { 0.30, 0.70 }, // one host
    { 0.20, 0.15 }, // two or three
    { 0.20, 0.08 }, // up to ten
    { 0.22, 0.04 }, // up to a tenth of the fleet
    { 0.08, 0.03 }, // more
} };
constexpr double as_many_leads = 20; // that the table's shares of harmless things count as

std::size_t spread_of(std::size_t hosts, std::size_t hosts_of_fleet)
{
    constexpr std::size_t few = 3, some = 10, tenth = 10;
    if (hosts <= few)
        return hosts <= 1 ? 0 : 1;
    if (hosts <= some)
        return 2;
    return hosts * tenth <= hosts_of_fleet ? 3 : 4;
}

bool starts_by_itself(ItemKind kind)
{
    return kind != ItemKind::program && kind != ItemKind::file && kind != ItemKind::activity;
}

}

void Leads::note(std::size_t host, ToldItem const& item)
{
    if (item.kept->score < worth_following)
        return;
    auto& lead = m_leads[item.text->story];
    ++lead.items;
    if (lead.hosts.empty() || lead.hosts.back() != host)
        lead.hosts.push_back(host);
    if (auto const from = item.text->first_at; from.is_set() && (!lead.first_at.is_set() || from < lead.first_at))
        lead.first_at = from;
    lead.last_at = std::max(lead.last_at, item.text->last_at);
    if (lead.rank != 0 && lead.score >= item.kept->score)
        return;
    auto words = reasons_of(item);
    lead.story = item.text->story;
    lead.title = item.text->title;
    lead.reasons = std::move(words.en);
    lead.reasons_ja = std::move(words.ja);
    lead.kind = item.kind;
    lead.score = item.kept->score;
    lead.host = host;
    lead.rank = item.rank;
    lead.trace = item.text->trace;
}

// On how many hosts a lead stands, compared with the others of its sort in this fleet.
std::vector<Leads::Lead> Leads::ranked() const
{
    std::array<std::array<double, spreads.size()>, 2> seen {};
    std::array<double, 2> all {};
    for (auto const& [story, lead] : m_leads) {
        auto const sort = starts_by_itself(lead.kind) ? 1U : 0U;
        seen.at(sort).at(spread_of(lead.hosts.size(), m_state.fleet().hosts.size())) += 1;
        all.at(sort) += 1;
    }
    auto const hosts = static_cast<double>(m_state.fleet().hosts.size());
    auto const trust = (hosts - 1) / (hosts - 1 + hosts_that_convince);
    std::vector<Lead> leads;
    for (auto const& [story, lead] : m_leads) {
        auto const sort = starts_by_itself(lead.kind) ? 1U : 0U;
        auto const place = spread_of(lead.hosts.size(), m_state.fleet().hosts.size());
        auto const& usual = spreads.at(place);
        auto const harmless
            = (seen.at(sort).at(place) - 1 + as_many_leads * usual.of_harmless) / (all.at(sort) - 1 + as_many_leads);
        leads.push_back(lead);
        leads.back().shared
            = std::clamp(std::log(usual.of_implants / harmless), -most_for_shared, most_for_shared) * trust;
        leads.back().score += leads.back().shared;
    }
    std::stable_sort(leads.begin(), leads.end(), [](Lead const& a, Lead const& b) { return a.score > b.score; });
    return leads;
}

void Leads::write(DerivedRows& derived) const
{
    auto const leads = ranked();
    auto const& hosts = m_state.fleet().hosts;
    for (std::size_t place = 0; place < leads.size(); ++place) {
        auto const& lead = leads[place];
        auto const names = m_state.names_of(lead.hosts);
        LeadRow row;
        row.rank = place + 1;
        row.score = lead.score;
        row.hosts = lead.hosts.size();
        row.host_names = names;
        row.kind = Symbol(kind_name(lead.kind));
        row.story = lead.story;
        row.title = lead.title;
        row.items = lead.items;
        row.host = Symbol(std::string_view(hosts[lead.host].name));
        row.item_rank = lead.rank;
        row.shared = lead.shared;
        row.first_at = lead.first_at;
        row.last_at = lead.last_at;
        row.reasons = lead.reasons;
        row.reasons_ja = lead.reasons_ja;
        derived.add(lead_schema, lead.trace, row);
    }
}

}
