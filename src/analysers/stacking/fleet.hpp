// The hosts of a case as a fleet: which kind of machine each is, and what each is able to show. Prevalence means
// nothing without the second: a machine whose registry was not collected says nothing about autostarts.
#pragma once
#include "analysers/host_state/item.hpp"
#include "record/finding.hpp"
#include "store/case.hpp"
#include <array>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::stacking {

inline constexpr std::size_t kinds_max = 16; // of items, with room

struct Stratum {
    std::string_view name {}, system {}; // "windows/server", "windows"
    std::string_view en {}, ja {}; // what its hosts are called: "Windows servers"
};
std::span<Stratum const> strata(); // those of one system stand together
std::size_t stratum_of(std::string_view os, bool is_domain_controller, std::string_view evidence_system);

struct FleetHost {
    std::string name {};
    std::size_t stratum = 0; // in strata()
    std::array<std::uint64_t, kinds_max> items {}; // by kind
    std::uint64_t items_total = 0;
};

struct Fleet {
    std::vector<FleetHost> hosts {}; // by name
    // How many hosts of a stratum are able to show items of a kind: those with at least a tenth of what the middle host
    // of that system shows.
    std::vector<std::array<std::uint32_t, kinds_max>> able {}; // by stratum
};

void count_able(Fleet& fleet); // sets `able` from the hosts

// From host.state, which must be there.
Result<Fleet> read_fleet(store::Case const& source, std::stop_token const& stop = {});

}
