#include "analysers/stacking/fleet.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <map>
#include <set>

namespace konseki::stacking {

namespace {

constexpr std::array<Stratum, 6> all { {
    { "windows/client", "windows", "Windows clients", "Windows クライアント" },
    { "windows/server", "windows", "Windows servers", "Windows サーバー" },
    { "windows/domain_controller", "windows", "domain controllers", "ドメインコントローラー" },
    { "windows/unknown", "windows", "Windows machines", "Windows 端末" },
    { "linux", "linux", "Linux machines", "Linux 端末" },
    { "unknown", "unknown", "machines", "端末" },
} };

std::size_t place_of(std::string_view name)
{
    auto const found = std::find_if(all.begin(), all.end(), [&](Stratum const& one) { return one.name == name; });
    return static_cast<std::size_t>(found - all.begin());
}

struct Known {
    std::string os;
    bool is_domain_controller = false;
    std::uint64_t of_windows = 0, of_linux = 0; // items at locations of that system
};
using KnownHosts = std::map<std::string, Known>;

Result<KnownHosts> read_known(store::Case const& source, std::stop_token const& stop)
{
    KnownHosts known;
    for (auto const& host : TRY(source.hosts()).hosts)
        known[host.name].os = host.os;
    auto rows = TRY(source.query(
        "SELECT host, count(*) FILTER (WHERE starts_with(location, 'W') OR contains(target, '\\')), count(*) FILTER "
        "(WHERE starts_with(location, 'L') OR starts_with(target, '/')), bool_or(key = 'service|ntds') FROM host_state "
        "GROUP BY host ORDER BY host",
        {}, stop));
    while (rows.next()) {
        auto& host = known[std::string(rows.text(0))];
        host.of_windows = rows.unsigned_integer(1);
        host.of_linux = rows.unsigned_integer(2);
        host.is_domain_controller = rows.boolean(3);
    }
    TRY(rows.status());
    return known;
}

}

void count_able(Fleet& fleet)
{
    fleet.able.assign(all.size(), {});
    std::set<std::string_view> systems;
    for (auto const& stratum : all)
        systems.insert(stratum.system);
    for (auto const system : systems)
        for (std::size_t kind = 0; kind < kinds_max; ++kind) {
            std::vector<std::uint64_t> counts;
            for (auto const& host : fleet.hosts)
                if (all[host.stratum].system == system && host.items[kind] > 0)
                    counts.push_back(host.items[kind]);
            if (counts.empty())
                continue;
            auto const middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
            std::nth_element(counts.begin(), middle, counts.end());
            constexpr std::uint64_t share = 10;
            auto const least = std::max<std::uint64_t>(1, *middle / share);
            for (auto const& host : fleet.hosts)
                if (all[host.stratum].system == system && host.items[kind] >= least)
                    ++fleet.able[host.stratum][kind];
        }
}

std::span<Stratum const> strata()
{
    return all;
}

std::size_t stratum_of(std::string_view os, bool is_domain_controller, std::string_view evidence_system)
{
    auto const lower = ascii_lower(os);
    auto const has = [&](std::string_view part) { return lower.find(part) != std::string::npos; };
    bool const is_windows = has("windows") || (lower.empty() && evidence_system == "windows");
    if (is_windows && is_domain_controller)
        return place_of("windows/domain_controller");
    if (has("windows"))
        return place_of(has("server") ? "windows/server" : "windows/client");
    if (is_windows)
        return place_of("windows/unknown");
    if (evidence_system == "linux" || has("linux") || has("debian") || has("ubuntu") || has("red hat") || has("rhel")
        || has("centos") || has("fedora") || has("suse") || has("rocky") || has("alma"))
        return place_of("linux");
    return place_of("unknown");
}

Result<Fleet> read_fleet(store::Case const& source, std::stop_token const& stop)
{
    auto const known = TRY(read_known(source, stop));
    Fleet fleet;
    auto rows = TRY(
        source.query("SELECT host, kind, count(*) FROM host_state GROUP BY host, kind ORDER BY host, kind", {}, stop));
    while (rows.next()) {
        auto const name = rows.text(0);
        if (fleet.hosts.empty() || fleet.hosts.back().name != name) {
            FleetHost host;
            host.name = name;
            auto const& about = known.at(host.name);
            auto const system = about.of_linux > about.of_windows ? "linux" : about.of_windows > 0 ? "windows" : "";
            host.stratum = stratum_of(about.os, about.is_domain_controller, system);
            fleet.hosts.push_back(std::move(host));
        }
        auto& host = fleet.hosts.back();
        if (auto const kind = host_state::kind_of_name(rows.text(1)))
            host.items.at(static_cast<std::size_t>(*kind)) = rows.unsigned_integer(2);
        host.items_total += rows.unsigned_integer(2);
    }
    TRY(rows.status());
    count_able(fleet);
    return fleet;
}

}
