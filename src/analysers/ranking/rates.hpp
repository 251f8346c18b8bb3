// From reasons to a score: weights of evidence with rates counted in the fleet itself, capped per family [fsa 5c, 3].
// Not a probability: no prior odds are in it.
#pragma once
#include "analysers/host_state/item.hpp"
#include "analysers/stacking/fleet.hpp"
#include <span>
#include <vector>

namespace konseki::ranking {

using host_state::Family;
using host_state::Feature;
using host_state::ItemKind;

struct FamilyCap {
    double least = 0, most = 0; // nats
};
FamilyCap cap_of(Family family);

// What is known of the file that an item leads to. Whether it is signed can be seen only where somebody read it: who
// has reasons of that sort is compared with others whose file was read, not with all.
enum class FileKnown : std::uint8_t { no, version, signature };
FileKnown file_known(std::span<Feature const* const> features);
FileKnown needed_for(Feature const& feature); // what must be known of a file before it can show this

// What an item is compared with. What few hosts have is compared with what few hosts have: there, harmless things lie
// in Windows' folders less often and carry no signature more often than among what everybody has.
struct Population {
    std::size_t stratum = 0;
    ItemKind kind = ItemKind::program;
    bool is_rare = false;
    FileKnown known = FileKnown::no;
};

// How many harmless things show a feature, by population, in the stratum of the host and in the whole fleet. A thing on
// n hosts counts as the root of n: what departments share is usual here, and one implant on nine hosts of ten is not.
class FeatureRates {
public:
    FeatureRates();
    // `rows` items of one look on hosts of a stratum; their key is on `hosts` hosts of the fleet.
    void count(Population const& population, std::span<Feature const* const> features, std::uint64_t rows,
        std::uint32_t hosts);
    // Log likelihood ratio in nats. The rate starts from the table's, is counted in the fleet, then in the stratum, and
    // leaves out the thing itself, which is on `hosts` hosts.
    double weight(Population const& population, Feature const& feature, std::uint32_t hosts) const;

private:
    std::uint64_t& fired(std::size_t place, std::size_t feature);
    // The rate among the items of one place, starting from `rate`.
    double counted(std::size_t place, Feature const& feature, std::uint64_t own, double rate, double strength) const;
    double rate_where_read(Population const& population, Feature const& feature, std::uint64_t own, double rate) const;

    std::size_t m_feature_count;
    std::vector<std::uint64_t> m_items; // by stratum, rarity, what is known of the file, and kind; fixed point
    std::vector<std::uint64_t> m_fired; // the same, by feature
    std::vector<bool> m_has_stratum;
};

struct WeighedTerm {
    Feature const* feature = nullptr;
    double weight = 0; // nats
};

// The terms of an item by its features; the same reason twice says no more.
std::vector<WeighedTerm> weighed_terms(FeatureRates const& rates, Population const& population,
    std::span<Feature const* const> features, std::uint32_t hosts);
// Caps the families: afterwards the terms add up to the score that is returned.
double cap_families(std::span<WeighedTerm> terms);

}
