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

constexpr std::size_t alike_shown = 10;
constexpr double sets_apart = 1; // nats: lighter reasons come and go with what was collected

double weight_of(ToldItem const& item, std::string_view feature)
{
    double weight = 0;
    for (auto const& term : item.terms)
        weight += term.feature->id == feature ? term.weight : 0;
    return weight;
}

// What it is called and the file it leads to; its reasons, but for what the fleet says of it.
LeadShape shape_of(ToldItem const& item)
{
    LeadShape shape;
    auto const& path = item.text->keys.at(static_cast<std::size_t>(stacking::Granularity::path));
    shape.text = format("{}|{}", item.text->story, path);
    for (auto const& term : item.terms)
        if (term.weight >= sets_apart && term.feature->family != host_state::Family::prevalence
            && term.feature->family != host_state::Family::coupling)
            shape.reasons.push_back(term.feature);
    shape.second = item.kept->item.second;
    return shape;
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
    auto const from = item.text->first_at;
    auto const second = item.kept->item.second;
    if (lead.hosts.empty() || lead.hosts.back() != host) {
        lead.hosts.push_back(host);
        if (second != 0)
            lead.seconds.push_back(second);
    }
    if (from.is_set() && (!lead.first_at.is_set() || from < lead.first_at))
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
    lead.shape = shape_of(item);
    lead.spread = weight_of(item, "prevalence.spread");
    lead.is_new = weight_of(item, "prevalence.baseline_lacks") > 0;
}

// Leads that are one habit stand under the heaviest of them, which then is on all their hosts.
void Leads::fold()
{
    std::vector<Lead*> order;
    order.reserve(m_leads.size());
    for (auto& [story, lead] : m_leads)
        order.push_back(&lead);
    std::stable_sort(order.begin(), order.end(), [](Lead const* a, Lead const* b) { return a->score > b->score; });
    std::vector<LeadShape> shapes;
    shapes.reserve(order.size());
    for (auto const* lead : order)
        shapes.push_back(lead->is_new ? LeadShape {} : lead->shape); // what a baseline lacks is no habit
    auto const with = told_with(shapes);
    for (std::size_t at = 0; at < order.size(); ++at) {
        if (with[at] == at) {
            m_heads.push_back(order[at]);
            continue;
        }
        auto& head = *order[with[at]];
        head.alike.push_back(order[at]);
        head.seconds.insert(head.seconds.end(), order[at]->seconds.begin(), order[at]->seconds.end());
        m_folded.push_back(order[at]);
    }
}

std::vector<std::size_t> Leads::hosts_of(Lead const& lead)
{
    auto hosts = lead.hosts;
    for (auto const* other : lead.alike)
        hosts.insert(hosts.end(), other->hosts.begin(), other->hosts.end());
    std::sort(hosts.begin(), hosts.end());
    hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
    return hosts;
}

// On how many hosts a lead stands, compared with the others of its sort in this fleet, and over what time they got it.
void Leads::weigh_sharing()
{
    std::array<std::array<double, spreads.size()>, 2> seen {};
    std::array<double, 2> all {};
    for (auto const& [story, lead] : m_leads) { // folded ones, too: most harmless things are on one host
        auto const sort = starts_by_itself(lead.kind) ? 1U : 0U;
        seen.at(sort).at(spread_of(lead.hosts.size(), m_state.fleet().hosts.size())) += 1;
        all.at(sort) += 1;
    }
    auto const hosts = static_cast<double>(m_state.fleet().hosts.size());
    auto const trust = (hosts - 1) / (hosts - 1 + hosts_that_convince);
    for (auto* const head : m_heads) {
        auto& lead = *head;
        auto const sort = starts_by_itself(lead.kind) ? 1U : 0U;
        auto const place = spread_of(hosts_of(lead).size(), m_state.fleet().hosts.size());
        auto const& usual = spreads.at(place);
        auto const harmless = (std::max(seen.at(sort).at(place) - 1, 0.0) + as_many_leads * usual.of_harmless)
            / (all.at(sort) - 1 + as_many_leads);
        lead.shared = std::clamp(std::log(usual.of_implants / harmless), -most_for_shared, most_for_shared) * trust;
        auto const spread
            = lead.is_new ? 0 : weight_of_spread(lead.seconds.size(), days_between_quarters(lead.seconds));
        if (lead.shared > 0) // many hosts speak for an intruder who moves on, not for what came over years
            lead.shared *= 1 - spread / most_for_spread;
        lead.shared += std::min(0.0, spread - lead.spread);
        lead.score += lead.shared;
    }
    std::stable_sort(m_heads.begin(), m_heads.end(), [](Lead const* a, Lead const* b) { return a->score > b->score; });
}

void Leads::add_row(DerivedRows& derived, Lead const& lead, std::uint64_t rank, std::uint64_t under) const
{
    auto const hosts = hosts_of(lead);
    auto const names = m_state.names_of(hosts);
    std::string alike;
    for (std::size_t at = 0; at < lead.alike.size() && at < alike_shown; ++at)
        append_format(alike, "{}{}", at == 0 ? "" : " · ", lead.alike[at]->story);
    if (lead.alike.size() > alike_shown)
        append_format(alike, " · … +{}", lead.alike.size() - alike_shown);
    LeadRow row;
    row.rank = rank;
    row.score = lead.score;
    row.hosts = hosts.size();
    row.host_names = names;
    row.kind = Symbol(kind_name(lead.kind));
    row.story = lead.story;
    row.title = lead.title;
    row.items = lead.items;
    row.first_at = lead.first_at;
    row.last_at = lead.last_at;
    for (auto const* other : lead.alike) {
        row.items += other->items;
        if (other->first_at.is_set() && (!row.first_at.is_set() || other->first_at < row.first_at))
            row.first_at = other->first_at;
        row.last_at = std::max(row.last_at, other->last_at);
    }
    row.host = Symbol(std::string_view(m_state.fleet().hosts[lead.host].name));
    row.item_rank = lead.rank;
    row.shared = lead.shared;
    row.reasons = lead.reasons;
    row.reasons_ja = lead.reasons_ja;
    row.alike = lead.alike.size();
    row.alike_stories = alike;
    if (under > 0)
        row.under = under;
    derived.add(lead_schema, lead.trace, row);
}

void Leads::write(DerivedRows& derived)
{
    fold();
    weigh_sharing();
    std::unordered_map<Lead const*, std::uint64_t> head_of;
    std::uint64_t rank = 0;
    for (auto const* lead : m_heads) {
        add_row(derived, *lead, ++rank, 0);
        for (auto const* other : lead->alike)
            head_of[other] = rank;
    }
    for (auto const* lead : m_folded)
        add_row(derived, *lead, ++rank, head_of[lead]);
}

}
