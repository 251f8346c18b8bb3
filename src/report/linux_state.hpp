// What the state of a Linux host says beyond its ranked items: the running system, accounts, and what starts on it.
// Not a weighing (analysers/host_state/linux), and not text: linux_section.cpp, app/linux_text.cpp.
#pragma once
#include "store/case.hpp"
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::report {

class Json;

struct LinuxAccount {
    TraceId trace;
    std::uint64_t uid = 0;
    std::string name, shell, password_state, groups, home;
    Timestamp password_changed_at;
};

struct LinuxStart {
    TraceId trace;
    std::string location, path, name, user, schedule, command;
    std::string package, package_state; // of the file that says so; empty: not known
};

struct LinuxState {
    std::string machine_id, kernel, architecture, virtualisation, collector;
    Timestamp booted_at, collected_at;
    std::optional<bool> is_root; // of the collector
    std::uint64_t processes = 0, listening = 0, packages = 0, files_unowned = 0, files_changed = 0;
    std::uint64_t accounts_total = 0, starts_total = 0, starts_of_packages = 0;
    std::vector<LinuxAccount> accounts; // those that may log on first
    std::vector<LinuxStart> starts; // those that no package put there as they are first
    Timestamp last_package_at;
    bool is_empty() const { return kernel.empty() && machine_id.empty() && accounts_total == 0 && starts_total == 0; }
};

struct LinuxStateLimits {
    std::size_t accounts = 40, starts = 100; // of each host
};

// By host, as evidence names it. `only`: that host alone.
Result<std::map<std::string, LinuxState>> gather_linux_states(
    store::Case const& source, LinuxStateLimits const& limits, std::optional<std::string_view> only);

void append_linux_state(Json& json, LinuxState const& state);

}
