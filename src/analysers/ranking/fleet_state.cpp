#include "analysers/ranking/fleet_state.hpp"
#include "analysers/host_state/features.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::ranking {

namespace {

using stacking::Granularity;
using stacking::in_stratum;

constexpr std::uint64_t factor = 0x9e37'79b9'7f4a'7c15;

std::uint64_t look_hash(Look const& look)
{
    auto hash
        = (static_cast<std::uint64_t>(look.kind) << 40 | std::uint64_t { look.stratum } << 32 | look.features) * factor;
    for (auto const key : look.keys)
        hash = (hash ^ key ^ hash >> 29) * factor;
    hash = (hash ^ look.story ^ hash >> 29) * factor;
    return hash ^ hash >> 32;
}

// The columns that take() reads.
constexpr std::string_view columns
    = "host, number, kind, features, first_at, came_at, key, path_key, content_key, signer, "
      "place_key, pair_key, command_key, story";
constexpr std::size_t first_key_column = 6;

std::uint32_t seconds_of(Timestamp at)
{
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(at.is_set() ? at.unix_seconds() : 0, 0, UINT32_MAX));
}

}

std::string FleetState::names_of(std::span<std::size_t const> hosts) const
{
    constexpr std::size_t shown = 50;
    std::string names;
    for (std::size_t at = 0; at < std::min(hosts.size(), shown); ++at)
        append_format(names, "{}{}", at == 0 ? "" : ", ", m_fleet.hosts[hosts[at]].name);
    if (hosts.size() > shown)
        append_format(names, ", … +{}", hosts.size() - shown);
    return names;
}

std::uint32_t FleetState::feature_set(std::string_view text)
{
    auto const [place, is_new]
        = m_feature_set_numbers.try_emplace(std::string(text), static_cast<std::uint32_t>(m_feature_sets.size()));
    if (is_new) {
        m_feature_sets.emplace_back();
        for (auto const id : split(text, ' '))
            if (!id.empty())
                m_feature_sets.back().push_back(host_state::find_feature(id)); // nullptr: of another version
    }
    return place->second;
}

std::uint32_t FleetState::place_of_look(Look const& wanted)
{
    constexpr std::size_t first_places = 1U << 16;
    if (m_look_places.size() < (m_looks.size() + 1) * 2) {
        m_look_places.assign(std::max(first_places, m_look_places.size() * 2), {});
        for (std::size_t at = 0; at < m_looks.size(); ++at) {
            auto place = static_cast<std::size_t>(m_looks[at].hash) & (m_look_places.size() - 1);
            while (m_look_places[place].look != 0)
                place = (place + 1) & (m_look_places.size() - 1);
            m_look_places[place] = { m_looks[at].hash, static_cast<std::uint32_t>(at + 1) };
        }
    }
    auto const mask = m_look_places.size() - 1;
    auto place = static_cast<std::size_t>(wanted.hash) & mask;
    while (m_look_places[place].look != 0 && m_look_places[place].hash != wanted.hash)
        place = (place + 1) & mask;
    if (m_look_places[place].look == 0) {
        m_looks.push_back(wanted);
        m_look_places[place] = { wanted.hash, static_cast<std::uint32_t>(m_looks.size()) };
    }
    return m_look_places[place].look - 1;
}

void FleetState::take(store::Rows const& rows, std::size_t host)
{
    auto const kind = host_state::kind_of_name(rows.text(2));
    auto const number = rows.unsigned_integer(1);
    auto& items = m_items[host];
    if (!kind || number == 0 || number > items.size())
        return; // of another version: examined again it comes right
    Look look;
    look.kind = *kind;
    look.stratum = static_cast<std::uint8_t>(m_fleet.hosts[host].stratum);
    look.features = feature_set(rows.text(3));
    for (std::size_t at = 0; at < stacking::granularity_count; ++at)
        look.keys.at(at) = key_hash(static_cast<Granularity>(at), *kind, rows.text(first_key_column + at));
    look.story = stacking::story_hash(rows.text(first_key_column + stacking::granularity_count));
    look.hash = look_hash(look);
    if (!m_look_places.empty())
        __builtin_prefetch(&m_look_places[static_cast<std::size_t>(look.hash) & (m_look_places.size() - 1)]);
    m_waiting.push_back({ look, host, number - 1, seconds_of(rows.time(4)), seconds_of(rows.time(5)) });
    constexpr std::size_t at_once = 64;
    if (m_waiting.size() >= at_once)
        place_waiting();
}

void FleetState::place_waiting()
{
    for (auto const& one : m_waiting)
        m_items[one.host][one.index] = { place_of_look(one.look), one.second, one.came };
    m_waiting.clear();
}

// All items of a host are there: each of its keys is seen on one host more. Looks and slots of keys are fetched some
// items ahead.
void FleetState::finish(std::size_t host)
{
    place_waiting();
    auto const& items = m_items[host];
    constexpr std::size_t ahead = 16;
    auto const keys_of = [&](std::size_t at) -> ItemKeys {
        if (at >= items.size() || items[at].look == no_look)
            return {};
        auto const& look = m_looks[items[at].look];
        ItemKeys keys {};
        for (std::size_t place = 0; place < keys.size(); ++place)
            keys.at(place) = in_stratum(look.keys.at(place), look.stratum);
        return keys;
    };
    std::array<ItemKeys, ahead> coming {};
    for (std::size_t at = 0; at < items.size() + ahead; ++at) {
        for (auto const key : coming.at(at % ahead)) // of the item `ahead` before
            m_counts.see(key, static_cast<std::uint32_t>(host));
        coming.at(at % ahead) = keys_of(at);
        for (auto const key : coming.at(at % ahead))
            if (key != 0)
                m_counts.expect(key);
        if (at + ahead < items.size() && items[at + ahead].look != no_look)
            __builtin_prefetch(&m_looks[items[at + ahead].look]);
        if (at < items.size() && items[at].look != no_look)
            ++m_looks[items[at].look].rows;
    }
}

Result<void> FleetState::read(store::Case const& source, std::stop_token const& stop)
{
    m_fleet = TRY(stacking::read_fleet(source, stop));
    std::unordered_map<std::string, std::size_t> places;
    m_missing.reserve(m_fleet.hosts.size());
    for (auto const& host : m_fleet.hosts) {
        places.emplace(host.name, m_items.size());
        m_items.emplace_back(host.items_total);
        m_missing.push_back(host.items_total);
    }
    // No order is asked for: twenty million rows would have to be sorted. A host is finished when all of it has come.
    auto rows = TRY(source.query(format("SELECT {} FROM host_state", columns), {}, stop));
    std::string name;
    std::size_t host = 0;
    bool is_first = true;
    while (rows.next()) {
        if (is_first || rows.text(0) != name) {
            name = rows.text(0);
            auto const place = places.find(name);
            VERIFY(place != places.end());
            host = place->second;
            is_first = false;
        }
        take(rows, host);
        if (m_missing[host] > 0 && --m_missing[host] == 0)
            finish(host);
    }
    return rows.status();
}

void FleetState::weigh(stacking::Baseline const* baseline)
{
    m_prevalence.emplace(m_fleet, m_counts, baseline);
    std::vector<Prevalence::Measured> measured(m_looks.size());
    for (std::size_t at = 0; at < m_looks.size(); ++at) {
        auto const& look = m_looks[at];
        measured[at] = m_prevalence->measure(look.stratum, look.kind, look.keys);
        FeatureSet known;
        for (auto const* feature : features(look))
            if (feature != nullptr)
                known.push_back(feature);
        m_rates.count({ look.stratum, look.kind, Prevalence::is_rare(measured[at]), file_known(known) }, known,
            look.rows, measured[at].hosts);
        m_prevalence->count(look.kind, measured[at], look.rows);
    }
    m_prevalence->settle();
    for (std::size_t at = 0; at < m_looks.size(); ++at)
        m_prevalence->count_rarest(
            m_looks[at].stratum, m_looks[at].kind, m_looks[at].keys, measured[at], m_looks[at].rows);
    for (std::size_t at = 0; at < m_looks.size(); ++at) {
        auto terms = terms_of(*this, m_looks[at], measured[at], Prevalence::Details::no);
        m_looks[at].score = cap_families(terms.terms);
    }
}

LookTerms terms_of(FleetState const& state, Look const& look, Prevalence::Details details)
{
    return terms_of(state, look, state.prevalence().measure(look.stratum, look.kind, look.keys), details);
}

LookTerms terms_of(
    FleetState const& state, Look const& look, Prevalence::Measured const& measured, Prevalence::Details details)
{
    LookTerms all;
    std::vector<Feature const*> known;
    for (auto const* feature : state.features(look))
        if (feature != nullptr)
            known.push_back(feature);
    all.terms = weighed_terms(state.rates(),
        { look.stratum, look.kind, Prevalence::is_rare(measured), file_known(known) }, known, measured.hosts);
    for (auto& term : state.prevalence().terms(look.stratum, look.kind, look.keys, measured, details)) {
        all.terms.push_back({ term.feature, term.weight });
        all.fleet_details.push_back(std::move(term.detail));
    }
    return all;
}

}
