#include "host_plan.hpp"
#include "base/text.hpp"
#include <array>
#include <set>

namespace konseki::fleet {

namespace {

constexpr std::array<std::string_view, 6> departments { "Sales", "Finance", "Design", "Plant", "Research", "Legal" };
constexpr std::array<std::string_view, 40> surnames { "sato", "suzuki", "takahashi", "tanaka", "watanabe", "ito",
    "yamamoto", "nakamura", "kobayashi", "kato", "yoshida", "yamada", "sasaki", "yamaguchi", "matsumoto", "inoue",
    "kimura", "hayashi", "shimizu", "saito", "mori", "abe", "ikeda", "hashimoto", "ogawa", "ishikawa", "goto", "okada",
    "fujita", "endo", "smith", "miller", "weber", "rossi", "silva", "kim", "chen", "novak", "larsen", "dubois" };

std::string new_user(Random& random)
{
    return format("{}.{}", std::string(1, static_cast<char>('a' + random.below(26))), random.pick(surnames));
}

Role role_of(Random& random)
{
    auto const share = random.share();
    if (share < 0.62)
        return Role::office;
    if (share < 0.78)
        return Role::developer;
    if (share < 0.84)
        return Role::administrator;
    return share < 0.97 ? Role::server : Role::domain_controller;
}

Collected collected_of(Role role, Random random)
{
    Collected collected;
    collected.system = random.chance(0.98);
    collected.software = random.chance(0.95);
    collected.users = random.chance(0.94);
    collected.inventory = random.chance(0.92);
    collected.prefetch = random.chance(is_server(role) ? 0.10 : 0.93); // servers do not prefetch by default
    collected.tasks = random.chance(0.94);
    collected.wmi = random.chance(0.75);
    collected.file_table = random.chance(0.60);
    collected.journal = collected.file_table && random.chance(0.70);
    collected.programs = random.chance(0.50);
    collected.is_damaged = random.chance(0.05);
    collected.transfers = random.chance(0.55);
    collected.events = random.chance(0.85);
    collected.server_settings = random.chance(0.60);
    return collected;
}

}

bool is_server(Role role)
{
    return role == Role::server || role == Role::domain_controller;
}

std::string_view role_name(Role role)
{
    static constexpr std::array<std::string_view, 5> names { "office", "developer", "administrator", "server",
        "domain_controller" };
    return names.at(static_cast<std::size_t>(role));
}

std::vector<HostPlan> plan_hosts(std::size_t count, Random random)
{
    auto const collected_at = *Timestamp::parse("2026-06-15T09:00:00Z");
    constexpr std::int64_t day = 86'400 * ticks_per_second;
    auto const domain_sid = format("S-1-5-21-{}-{}-{}", random.digits(10), random.digits(9), random.digits(10));
    std::vector<HostPlan> plans;
    for (std::size_t at = 0; at < count; ++at) {
        HostPlan plan;
        plan.random = random.stream(format("host {}", at));
        auto& from = plan.random;
        plan.role = role_of(from);
        plan.name = format("{}-{:04}", is_server(plan.role) ? "SRV" : plan.role == Role::office ? "PC" : "WS", at + 1);
        plan.department = departments.at(from.below(departments.size()));
        plan.base = from.chance(0.08) ? 0 : from.chance(0.5) ? 1 : 2;
        auto const share = from.share();
        plan.lag = share < 0.55 ? 0 : share < 0.80 ? 1 : share < 0.92 ? 2 : 3 + from.below(4);
        plan.zone_minutes = from.chance(0.85) ? 540 : from.chance(0.5) ? 60 : -300;
        plan.installed_at = { collected_at.ticks - static_cast<std::int64_t>(from.between(40, 1'600)) * day };
        plan.collected_at = { collected_at.ticks + static_cast<std::int64_t>(from.below(4)) * day };
        // Nobody installs or collects at the full hour: a time that only packages had would tell them from Windows.
        auto clock = from.stream("clock");
        plan.installed_at.ticks -= static_cast<std::int64_t>(clock.below(day));
        plan.collected_at.ticks += static_cast<std::int64_t>(clock.below(day / 3));
        auto const users = is_server(plan.role) ? from.between(1, 2) : from.chance(0.8) ? 1 : from.between(2, 3);
        for (std::size_t user = 0; user < users; ++user)
            plan.users.push_back({ is_server(plan.role) && user == 0 ? "administrator" : new_user(from),
                format("{}-{}", domain_sid, from.between(1'100, 9'999)) });
        plan.collected = collected_of(plan.role, from.stream("collected"));
        plans.push_back(std::move(plan));
    }
    return plans;
}

}
