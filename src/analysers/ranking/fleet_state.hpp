// The state of all hosts in small numbers: items that look the same (kind, keys, reasons, kind of machine) are one
// look, and a host is a list of looks. A thousand hosts of twenty thousand items fit some hundred megabytes, and each
// look is weighed once. Not the texts: those stay in the store until an item is kept.
#pragma once
#include "analysers/ranking/prevalence.hpp"
#include <string>
#include <unordered_map>

namespace konseki::ranking {

struct Look {
    std::uint64_t hash = 0;
    ItemKeys keys {};
    std::uint64_t story = 0; // hash of host.state's
    std::uint32_t features = 0; // in FleetState::feature_sets
    std::uint32_t rows = 0;
    std::uint8_t stratum = 0;
    ItemKind kind = ItemKind::program;
    double score = 0;
};

inline constexpr std::uint32_t no_look = UINT32_MAX; // its kind is of another version

struct HostItem {
    std::uint32_t look = no_look;
    std::uint32_t second = 0; // first_at in seconds since 1970; 0: not known, or before
    std::uint32_t came = 0; // the same of came_at
    std::uint32_t since() const { return came != 0 ? came : second; } // at the latest
};

using FeatureSet = std::vector<Feature const*>; // in the order of the item's terms

class FleetState {
public:
    Result<void> read(store::Case const& source, std::stop_token const& stop);
    void weigh(stacking::Baseline const* baseline); // sets the scores of all looks

    stacking::Fleet const& fleet() const { return m_fleet; }
    std::vector<HostItem> const& items(std::size_t host) const { return m_items[host]; } // by number, from 1: index 0
    Look const& look(HostItem item) const { return m_looks[item.look]; }
    FeatureSet const& features(Look const& look) const { return m_feature_sets[look.features]; }
    FeatureRates const& rates() const { return m_rates; }
    Prevalence const& prevalence() const { return *m_prevalence; } // after weigh()
    std::string names_of(std::span<std::size_t const> hosts) const; // "PC1, PC2, … +12": 50 at most
    std::size_t look_count() const { return m_looks.size(); }

private:
    void take(store::Rows const& rows, std::size_t host);
    void place_waiting();
    void finish(std::size_t host);
    std::uint32_t feature_set(std::string_view text);
    std::uint32_t place_of_look(Look const& wanted);

    stacking::Fleet m_fleet {};
    std::vector<std::vector<HostItem>> m_items {}; // by host
    std::vector<std::uint64_t> m_missing {}; // rows of each host that have not come yet
    std::vector<Look> m_looks {};
    struct LookPlace {
        std::uint64_t hash = 0;
        std::uint32_t look = 0; // index in m_looks plus one
    };
    std::vector<LookPlace> m_look_places {}; // open addressing; hashes that agree are looks that agree
    struct Waiting {
        Look look {};
        std::size_t host = 0, index = 0;
        std::uint32_t second = 0, came = 0;
    };
    std::vector<Waiting> m_waiting {}; // rows whose place in memory is on its way
    std::vector<FeatureSet> m_feature_sets {};
    std::unordered_map<std::string, std::uint32_t> m_feature_set_numbers {};
    stacking::KeyCounts m_counts {};
    FeatureRates m_rates {};
    std::optional<Prevalence> m_prevalence {};
};

// Terms of a look: its features', then what the fleet and the baseline say. The details of the latter where wanted.
struct LookTerms {
    std::vector<WeighedTerm> terms {};
    std::vector<Words> fleet_details {}; // of the last terms
};
LookTerms terms_of(FleetState const& state, Look const& look, Prevalence::Details details);
LookTerms terms_of(
    FleetState const& state, Look const& look, Prevalence::Measured const& measured, Prevalence::Details details);

}
