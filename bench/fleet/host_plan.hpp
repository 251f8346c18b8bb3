// Who a host of the fleet is: Windows, role, department, users, how far behind its updates are, and what of it was
// collected. Drawn from random numbers only. Not its state: state_of_windows.hpp and installing.hpp write that.
#pragma once
#include "base/timestamp.hpp"
#include "random.hpp"
#include <string>
#include <vector>

namespace konseki::fleet {

enum class Role : std::uint8_t { office, developer, administrator, server, domain_controller };
std::string_view role_name(Role role);

struct User {
    std::string name, sid;
};

struct Collected {
    bool system = true, software = true, users = true, inventory = true, prefetch = true, tasks = true, wmi = true;
    bool file_table = true, journal = true, programs = true, transfers = true, events = true,
         server_settings = true; // programs: the files of what starts were taken along
    bool is_damaged = false; // one artefact lost half of its rows
};

struct HostPlan {
    std::string name;
    Role role = Role::office;
    std::size_t base = 0; // machine of the base whose Windows it has: 0 is 7, 1 and 2 are 10
    std::string department;
    std::vector<User> users;
    std::size_t lag = 0; // updates behind
    std::int64_t zone_minutes = 0;
    Timestamp installed_at, collected_at;
    Collected collected;
    Random random { 0 };
};

bool is_server(Role role); // or a domain controller

std::vector<HostPlan> plan_hosts(std::size_t count, Random random);

}
