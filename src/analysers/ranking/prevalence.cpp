#include "analysers/ranking/prevalence.hpp"
#include "analysers/host_state/features.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <cmath>

namespace konseki::ranking {

namespace {

using stacking::Granularity;
using stacking::granularity_count;
using stacking::in_stratum;
using stacking::KeyHash;
using stacking::kinds_max;

constexpr double shrinkage = 5; // hosts that the parent's share counts as
constexpr double bins_per_nat = 4;
constexpr double implant_is_rare = 0.6; // share of implants that are as rare as this: the others are everywhere
constexpr double rare_share = 0.25; // no key above is called rare
constexpr double most_for_rare = 3, most_for_new = 2.5;
constexpr double weight_of_common = -2.3, common_from = 0.2, common_whole = 0.8; // log(0.08 / 0.8)
constexpr double weight_of_known = -3;
constexpr double hosts_that_convince = 10; // with so many others, prevalence has half its weight
constexpr double baseline_that_convinces = 3;
constexpr std::uint64_t one_item = 1ULL << 24;

std::size_t bin_of(double value, std::size_t bins)
{
    return std::min(static_cast<std::size_t>(std::max(value, 0.0) * bins_per_nat), bins - 1);
}

// Share of the rows that lie in this bin or above.
template <typename Histogram> double tail(Histogram const& histogram, std::size_t bin)
{
    std::uint64_t above = 0, total = 0;
    for (std::size_t at = 0; at < histogram.size(); ++at) {
        total += histogram[at];
        above += at >= bin ? histogram[at] : 0;
    }
    return static_cast<double>(above + 1) / static_cast<double>(total + 1);
}

}

Prevalence::Prevalence(
    stacking::Fleet const& fleet, stacking::KeyCounts const& counts, stacking::Baseline const* baseline)
    : m_fleet(fleet)
    , m_counts(counts)
    , m_baseline(baseline)
    , m_has_stratum(stacking::strata().size())
    , m_surprises(kinds_max * granularity_count)
    , m_rarities(kinds_max)
    , m_rare(&host_state::feature("prevalence.rare"))
    , m_common(&host_state::feature("prevalence.common"))
    , m_differs(&host_state::feature("prevalence.differs"))
{
    for (auto const& host : fleet.hosts)
        m_has_stratum[host.stratum] = true;
    if (baseline == nullptr)
        return;
    for (std::size_t stratum = 0; stratum < m_has_stratum.size(); ++stratum)
        for (auto const hosts : baseline->able[stratum])
            if (hosts > 0)
                m_has_stratum[stratum] = true;
}

std::uint32_t Prevalence::able(std::size_t stratum, ItemKind kind) const
{
    return m_fleet.able[stratum].at(static_cast<std::size_t>(kind));
}

std::uint32_t Prevalence::hosts_of(KeyHash key) const
{
    std::uint32_t hosts = 0;
    for (std::size_t stratum = 0; stratum < m_has_stratum.size(); ++stratum)
        if (m_has_stratum[stratum])
            hosts += m_counts.hosts(in_stratum(key, stratum));
    return hosts;
}

// Beta-binomial: each level starts from the share of the level above. The hosts of the baseline are hosts, too.
Prevalence::Seen Prevalence::seen(std::size_t stratum, ItemKind kind, KeyHash key) const
{
    auto const strata = stacking::strata();
    Seen seen;
    double of_system = 0, system_able = 0, of_fleet = 0, fleet_able = 0, of_stratum = 0, stratum_able = 0;
    for (std::size_t at = 0; at < strata.size(); ++at) {
        if (!m_has_stratum[at])
            continue;
        auto const place = in_stratum(key, at);
        auto const own = m_counts.hosts(place);
        seen.everywhere += own;
        auto hosts = static_cast<double>(own);
        auto ables = std::max(static_cast<double>(able(at, kind)), hosts);
        if (at == stratum) {
            seen.hosts = own;
            seen.able = std::max(able(at, kind), own);
        }
        if (m_baseline != nullptr) {
            auto const known = static_cast<double>(m_baseline->counts.hosts(place));
            hosts += known;
            ables += std::max(static_cast<double>(m_baseline->able[at].at(static_cast<std::size_t>(kind))), known);
        }
        of_fleet += hosts;
        fleet_able += ables;
        if (strata[at].system == strata[stratum].system) {
            of_system += hosts;
            system_able += ables;
        }
        if (at == stratum) {
            of_stratum = hosts;
            stratum_able = ables;
        }
    }
    seen.share = (of_fleet + 0.5) / (fleet_able + 1);
    if (fleet_able > system_able)
        seen.share = (of_system + shrinkage * seen.share) / (system_able + shrinkage);
    if (system_able > stratum_able)
        seen.share = (of_stratum + shrinkage * seen.share) / (stratum_able + shrinkage);
    seen.share = std::min(seen.share, 1.0);
    return seen;
}

Prevalence::Measured Prevalence::measure(std::size_t stratum, ItemKind kind, ItemKeys const& keys) const
{
    Measured measured;
    for (std::size_t at = 0; at < granularity_count; ++at)
        if (keys.at(at) != 0)
            m_counts.expect(in_stratum(keys.at(at), stratum));
    for (std::size_t at = 0; at < granularity_count; ++at) {
        if (keys.at(at) == 0)
            continue;
        auto const key = seen(stratum, kind, keys.at(at));
        measured.shares.at(at) = key.share;
        measured.bins.at(at) = static_cast<std::uint8_t>(bin_of(-std::log(key.share), bins));
        if (at == 0)
            measured.hosts = key.everywhere;
    }
    return measured;
}

bool Prevalence::is_rare(Measured const& measured)
{
    auto const is_seldom = [&](Granularity granularity) {
        auto const share = measured.shares.at(static_cast<std::size_t>(granularity));
        return share > 0 && share <= rare_share;
    };
    return is_seldom(Granularity::item) || is_seldom(Granularity::path);
}

bool Prevalence::differs(Measured const& measured)
{
    constexpr double most = 0.5, few = 0.1; // more, and both are usual
    auto const of_path = measured.shares.at(static_cast<std::size_t>(Granularity::path));
    return measured.shares.at(static_cast<std::size_t>(Granularity::item)) >= most && of_path > 0 && of_path <= few;
}

void Prevalence::count(ItemKind kind, Measured const& measured, std::uint64_t rows)
{
    for (std::size_t at = 0; at < granularity_count; ++at)
        if (measured.shares.at(at) > 0)
            m_surprises[static_cast<std::size_t>(kind) * granularity_count + at].at(measured.bins.at(at)) += rows;
}

void Prevalence::settle()
{
    // From rows in a bin to rows in it or above.
    for (auto& histogram : m_surprises)
        for (auto at = bins - 1; at-- > 0;)
            histogram.at(at) += histogram.at(at + 1);
}

// The granularity at which fewest others are as rare, and minus the logarithm of that share.
double Prevalence::rarity(ItemKind kind, Measured const& measured, std::size_t& rarest) const
{
    double most = 0;
    rarest = granularity_count;
    for (std::size_t at = 0; at < granularity_count; ++at) {
        if (measured.shares.at(at) <= 0 || measured.shares.at(at) > rare_share)
            continue;
        auto const& as_rare = m_surprises[static_cast<std::size_t>(kind) * granularity_count + at];
        auto const share
            = static_cast<double>(as_rare.at(measured.bins.at(at)) + 1) / static_cast<double>(as_rare.front() + 1);
        if (rarest == granularity_count || -std::log(share) > most) {
            most = -std::log(share);
            rarest = at;
        }
    }
    return most;
}

void Prevalence::count_rarest(
    std::size_t stratum, ItemKind kind, ItemKeys const& keys, Measured const& measured, std::uint64_t rows)
{
    std::size_t rarest = 0;
    m_rarities[static_cast<std::size_t>(kind)].at(bin_of(rarity(kind, measured, rarest), bins)) += rows;
    auto const share = rows * one_item / std::max<std::uint32_t>(measured.hosts, 1);
    auto const place = static_cast<std::size_t>(kind);
    if (measured.shares.at(static_cast<std::size_t>(Granularity::path)) > 0) {
        m_led.at(place) += share;
        m_differing.at(place) += differs(measured) ? share : 0;
    }
    if (auto const is_known = known(stratum, kind, keys); is_known != Known::not_asked) {
        m_asked.at(place) += share;
        m_lacking.at(place) += is_known == Known::unknown ? share : 0;
    }
}

PrevalenceTerm Prevalence::of_fleet(
    std::size_t stratum, ItemKind kind, ItemKeys const& keys, Measured const& measured, Details details) const
{
    double others = -1;
    for (std::size_t at = 0; at < m_has_stratum.size(); ++at) {
        others += m_has_stratum[at] ? able(at, kind) : 0;
        others += m_baseline != nullptr ? m_baseline->able[at].at(static_cast<std::size_t>(kind)) : 0;
    }
    if (others <= 0)
        return {};
    auto const trust = others / (others + hosts_that_convince);
    PrevalenceTerm term;
    std::size_t place = 0;
    auto const rarest = rarity(kind, measured, place);
    double as_rare = 1;
    if (place < granularity_count) {
        as_rare = tail(m_rarities[static_cast<std::size_t>(kind)], bin_of(rarest, bins));
        term.weight = std::clamp(std::log(implant_is_rare / as_rare), 0.0, most_for_rare) * trust;
        term.feature = m_rare;
    } else {
        double share = 1;
        for (auto const of_key : measured.shares)
            share = of_key > 0 ? std::min(share, of_key) : share;
        term.weight
            = weight_of_common * std::clamp((share - common_from) / (common_whole - common_from), 0.0, 1.0) * trust;
        term.feature = m_common;
        place = static_cast<std::size_t>(Granularity::item);
    }
    if (term.weight == 0)
        return {};
    if (details == Details::yes) {
        auto const found = seen(stratum, kind, keys.at(place));
        auto const& machines = stacking::strata()[stratum];
        auto const by = stacking::granularities()[place].name;
        term.detail = { format("seen on {} of {} {}", found.hosts, found.able, machines.en),
            format("{} {} 台のうち {} 台", machines.ja, found.able, found.hosts) };
        if (term.weight > 0) {
            append_format(term.detail.en, " (counted by {}), as {:.2g} % of such items are", by, as_rare * 100);
            append_format(term.detail.ja, "（{} による。同程度にまれな項目は {:.2g} %）", by, as_rare * 100);
        }
    }
    return term;
}

// A service that leads to another file than on other hosts was changed, or is another version of Windows: how often
// that happens is counted here.
PrevalenceTerm Prevalence::of_difference(
    std::size_t stratum, ItemKind kind, ItemKeys const& keys, Measured const& measured, Details details) const
{
    if (!differs(measured))
        return {};
    constexpr double things_of_table = 1'000; // that the table's rate counts as
    PrevalenceTerm term;
    term.feature = m_differs;
    auto const in_things = [&](auto const& counts) {
        return static_cast<double>(counts.at(static_cast<std::size_t>(kind))) / static_cast<double>(one_item);
    };
    auto const rate = (in_things(m_differing) + term.feature->harmless_rate * things_of_table)
        / (in_things(m_led) + things_of_table);
    auto const hosts = static_cast<double>(able(stratum, kind));
    term.weight = std::max(0.0, std::log(term.feature->implant_rate / rate)) * hosts / (hosts + hosts_that_convince);
    if (details == Details::yes) {
        auto const same = seen(stratum, kind, keys.at(static_cast<std::size_t>(Granularity::item)));
        auto const here = seen(stratum, kind, keys.at(static_cast<std::size_t>(Granularity::path)));
        term.detail = { format("of {} hosts that have it, {} have it lead here", same.hosts, here.hosts),
            format("これを持つ {} 台のうち、ここを指すのは {} 台", same.hosts, here.hosts) };
    }
    return term;
}

bool Prevalence::baseline_has(std::size_t stratum, KeyHash key) const
{
    auto const strata = stacking::strata();
    for (std::size_t at = 0; at < strata.size(); ++at)
        if (strata[at].system == strata[stratum].system && m_baseline->counts.hosts(in_stratum(key, at)) > 0)
            return true;
    return false;
}

std::uint32_t Prevalence::baseline_able(std::size_t stratum, ItemKind kind) const
{
    auto const strata = stacking::strata();
    std::uint32_t hosts = 0;
    for (std::size_t at = 0; at < strata.size(); ++at)
        if (strata[at].system == strata[stratum].system)
            hosts += m_baseline->able[at].at(static_cast<std::size_t>(kind));
    return hosts;
}

// Known: the thing itself, the bytes of its file and the shape of its command, as far as it has them.
Prevalence::Known Prevalence::known(std::size_t stratum, ItemKind kind, ItemKeys const& keys) const
{
    if (m_baseline == nullptr || baseline_able(stratum, kind) == 0)
        return Known::not_asked;
    for (auto const granularity : { Granularity::item, Granularity::content, Granularity::command })
        if (auto const key = keys.at(static_cast<std::size_t>(granularity)); key != 0 && !baseline_has(stratum, key))
            return Known::unknown;
    return Known::known;
}

PrevalenceTerm Prevalence::of_baseline(std::size_t stratum, ItemKind kind, ItemKeys const& keys, Details details) const
{
    auto const is_known = known(stratum, kind, keys);
    if (is_known == Known::not_asked)
        return {};
    PrevalenceTerm term;
    if (is_known == Known::known) {
        term.feature = &host_state::feature("prevalence.baseline_has");
        term.weight = weight_of_known;
    } else {
        auto const place = static_cast<std::size_t>(kind);
        auto const& feature = host_state::feature("prevalence.baseline_lacks");
        auto const rate = (static_cast<double>(m_lacking.at(place)) + static_cast<double>(one_item))
            / (static_cast<double>(m_asked.at(place)) + static_cast<double>(one_item));
        term.feature = &feature;
        auto const hosts = static_cast<double>(baseline_able(stratum, kind));
        auto const trust = hosts / (hosts + baseline_that_convinces); // one clean host lacks much that is harmless
        term.weight = std::clamp(std::log(feature.implant_rate / rate), 0.0, most_for_new) * trust;
    }
    if (details == Details::yes) {
        auto const hosts = baseline_able(stratum, kind);
        term.detail = { format("{} {} of {}", grouped(hosts), hosts == 1 ? "host" : "hosts", "it could show this"),
            format("ベースライン {} 台", hosts) };
        term.detail.en = format("{} {} of it could show this", grouped(hosts), hosts == 1 ? "host" : "hosts");
    }
    return term;
}

std::vector<PrevalenceTerm> Prevalence::terms(
    std::size_t stratum, ItemKind kind, ItemKeys const& keys, Measured const& measured, Details details) const
{
    std::vector<PrevalenceTerm> terms;
    auto of_baseline_term = of_baseline(stratum, kind, keys, details);
    auto of_fleet_term = of_fleet(stratum, kind, keys, measured, details);
    // What a baseline of clean hosts lacks is not made harmless by being everywhere: an implant in the golden image is.
    bool const is_new = of_baseline_term.feature != nullptr && of_baseline_term.weight > 0;
    if (of_fleet_term.feature != nullptr && !(is_new && of_fleet_term.weight < 0))
        terms.push_back(std::move(of_fleet_term));
    if (auto differing = of_difference(stratum, kind, keys, measured, details); differing.weight > 0)
        terms.push_back(std::move(differing));
    if (of_baseline_term.feature != nullptr && of_baseline_term.weight != 0)
        terms.push_back(std::move(of_baseline_term));
    return terms;
}

}
