// Kept items as rows and findings. Not the choice of items: select.hpp.
#pragma once
#include "analysers/catalogue.hpp"
#include "analysers/ranking/details.hpp"

namespace konseki::ranking {

// One term in words, with its weight and the trace that shows it.
struct ToldTerm {
    Feature const* feature = nullptr;
    double weight = 0;
    std::string detail {};
    Words text {};
    TraceId trace {};
};

struct ToldItem {
    KeptItem const* kept = nullptr;
    ItemText const* text = nullptr;
    std::uint64_t rank = 0;
    ItemKind kind = ItemKind::program;
    std::uint64_t hosts = 0; // that have its key
    std::vector<ToldTerm> terms {}; // heaviest first
};

// `titles`: of all kept items of the host, by number.
ToldItem told_item(FleetState const& state, KeptItem const& kept, ItemText const& text, ItemTexts const& texts,
    std::string const& host);

void write_rows(std::string const& host, ToldItem const& item, DerivedRows& derived);
Words reasons_of(ToldItem const& item); // its terms that speak against it, heaviest first
// One finding for the items of one story on one host, the heaviest first.
void write_finding(
    std::string const& host, std::span<ToldItem const> story, std::string_view analyser, FindingSink& sink);

}
