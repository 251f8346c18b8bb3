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
constexpr std::array<Spread, 6> spreads { {
    { 0.30, 0.70 }, // one host
    { 0.20, 0.15 }, // two or three
    { 0.20, 0.08 }, // up to ten
    { 0.22, 0.04 }, // up to a tenth of the fleet
    { 0.06, 0.02 }, // up to a third
    { 0.02, 0.01 }, // more
} };
constexpr double as_many_leads = 20; // that the table's shares of harmless things count as

std::size_t spread_of(std::size_t hosts, std::size_t hosts_of_fleet)
{
    constexpr std::size_t few = 3, some = 10, tenth = 10;
    if (hosts <= few)
        return hosts <= 1 ? 0 : 1;
    if (hosts <= some)
        return 2;
    if (hosts * tenth <= hosts_of_fleet)
        return 3;
    return hosts * 3 <= hosts_of_fleet ? 4 : 5;
}

// Over how many days hosts got a thing. Published intrusions lasted months, few more than a year [decision 0008, 7];
// how harmless things come is counted in the fleet: machines and software are replaced over years, but some companies
// hand all out in a week.
struct Arrivals {
    std::uint32_t days_below = 0;
    double of_implants = 0, of_harmless = 0;
};
constexpr std::array<Arrivals, 4> arrivals { {
    { days_of_intrusion / 3, 0.50, 0.15 },
    { days_of_intrusion, 0.35, 0.20 },
    { days_of_intrusion * 3, 0.11, 0.30 },
    { UINT32_MAX, 0.04, 0.35 },
} };
constexpr double most_for_arrivals = 1.5;

std::size_t arrival_of(std::uint32_t days)
{
    return static_cast<std::size_t>(std::find_if(arrivals.begin(), arrivals.end() - 1, [&](Arrivals const& one) {
        return days < one.days_below;
    }) - arrivals.begin());
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
    shape.second = item.kept->item.since();
    return shape;
}

bool starts_by_itself(ItemKind kind)
{
    return kind != ItemKind::program && kind != ItemKind::file && kind != ItemKind::activity;
}

}

// Of one host the word of a store goes before that of use, then the earliest.
void Since::note(std::size_t host, HostItem const& item)
{
    if (item.since() == 0)
        return;
    Seen const seen { host, item.since(), item.came != 0 };
    if (m_seen.empty() || m_seen.back().host != host) {
        m_seen.push_back(seen);
        return;
    }
    auto& known = m_seen.back();
    if (seen.is_of_store != known.is_of_store ? seen.is_of_store : seen.second < known.second)
        known = seen;
}

void Since::add(Since const& other)
{
    m_seen.insert(m_seen.end(), other.m_seen.begin(), other.m_seen.end());
}

bool Since::is_of_stores() const
{
    auto const of_stores
        = std::count_if(m_seen.begin(), m_seen.end(), [](Seen const& seen) { return seen.is_of_store; });
    return of_stores > 1 && static_cast<std::size_t>(of_stores) * 2 >= m_seen.size();
}

std::optional<std::uint32_t> Since::days() const
{
    constexpr std::size_t eighth = 8; // of the hosts at either end may be of another story
    if (m_seen.size() < 2)
        return {};
    std::vector<std::uint32_t> seconds;
    seconds.reserve(m_seen.size());
    for (auto const& seen : m_seen)
        if (seen.is_of_store || !is_of_stores())
            seconds.push_back(seen.second);
    return days_within(seconds, eighth);
}

bool Since::came_with(Since const& other, std::size_t hosts) const
{
    constexpr std::uint32_t hour = 3'600;
    constexpr std::size_t most_of = 5; // four of five
    std::size_t together = 0;
    auto at = other.m_seen.begin();
    for (auto const& seen : m_seen) {
        while (at != other.m_seen.end() && at->host < seen.host)
            ++at;
        if (at == other.m_seen.end())
            break;
        auto const apart = std::max(seen.second, at->second) - std::min(seen.second, at->second);
        together += at->host == seen.host && apart <= hour ? 1U : 0U;
    }
    return together > 1 && together * most_of >= hosts * (most_of - 1);
}

void Leads::note(std::size_t host, ToldItem const& item)
{
    if (item.kept->score < worth_following)
        return;
    auto& lead = m_leads[item.text->story];
    ++lead.items;
    auto const from = item.text->first_at;
    if (lead.hosts.empty() || lead.hosts.back() != host)
        lead.hosts.push_back(host);
    lead.since.note(host, item.kept->item);
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
        head.is_habit = true;
        head.alike.push_back(order[at]);
        head.since.add(order[at]->since);
        m_folded.push_back(order[at]);
    }
}

// What came to the same hosts together with something heavier is part of it: a loader and its service, an intruder's
// tools, a product's programs.
void Leads::fold_company()
{
    std::vector<Lead*> heads;
    for (auto* const lead : m_heads) {
        auto const head = lead->is_habit || lead->is_new
            ? heads.end()
            : std::find_if(heads.begin(), heads.end(), [&](Lead const* heavier) {
                  return !heavier->is_habit && lead->since.came_with(heavier->since, lead->hosts.size());
              });
        if (head == heads.end()) {
            heads.push_back(lead);
            continue;
        }
        (*head)->alike.push_back(lead);
        m_folded.push_back(lead);
    }
    m_heads = std::move(heads);
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

// On how many hosts a lead stands, compared with the others of its sort in this fleet.
void Leads::weigh_sharing()
{
    std::array<std::array<double, spreads.size()>, 2> seen {};
    std::array<double, 2> all {};
    for (auto const& [story, lead] : m_leads) { // folded ones, too: most harmless things are on one host
        auto const sort = starts_by_itself(lead.kind) ? 1U : 0U;
        seen.at(sort).at(spread_of(lead.hosts.size(), m_state.fleet().hosts.size())) += 1;
        all.at(sort) += 1;
    }
    for (auto* const head : m_heads) {
        auto const sort = starts_by_itself(head->kind) ? 1U : 0U;
        auto const place = spread_of(hosts_of(*head).size(), m_state.fleet().hosts.size());
        auto const& usual = spreads.at(place);
        auto const harmless = (std::max(seen.at(sort).at(place) - 1, 0.0) + as_many_leads * usual.of_harmless)
            / (all.at(sort) - 1 + as_many_leads);
        head->shared = std::clamp(std::log(usual.of_implants / harmless), -most_for_shared, most_for_shared) * trust();
    }
}

// Over what time its hosts got it, compared with the other leads of several hosts in this fleet. That hosts got it
// within weeks counts only where stores tell since when it is there: what is seen in use was used lately, most of it.
void Leads::weigh_arrivals()
{
    std::array<double, arrivals.size()> seen {};
    double all = 0;
    for (auto& [story, lead] : m_leads)
        if (auto const days = lead.since.days()) {
            seen.at(arrival_of(*days)) += 1;
            all += 1;
        }
    for (auto* const head : m_heads) {
        auto const days = head->since.days();
        if (!days)
            continue;
        auto const place = arrival_of(*days);
        auto const& usual = arrivals.at(place);
        auto const harmless = (std::max(seen.at(place) - 1, 0.0) + as_many_leads * usual.of_harmless)
            / (std::max(all - 1, 0.0) + as_many_leads);
        auto const least = head->is_new ? 0 : most_for_spread; // what a baseline lacks is not excused by time
        auto const most = head->since.is_of_stores() ? most_for_arrivals : 0;
        auto const weight = std::clamp(std::log(usual.of_implants / harmless), least, most) * trust();
        if (weight < 0
            && head->shared > 0) // many hosts speak for an intruder who moves on, not for what came over years
            head->shared *= 1 - weight / most_for_spread;
        // The spread that is in its item's score is of all hosts that have it, however little it weighs there.
        head->came = head->spread < 0 ? std::min(0.0, weight - head->spread) : weight;
    }
}

double Leads::trust() const
{
    auto const others = static_cast<double>(m_state.fleet().hosts.size()) - 1;
    return others / (others + hosts_that_convince);
}

void Leads::weigh()
{
    weigh_sharing();
    weigh_arrivals();
    for (auto* const head : m_heads)
        head->score += head->shared + head->came;
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
    row.came = lead.came;
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
    fold_company();
    weigh();
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
