// The state of each host as read from the store: who it is, what its evidence covers, its ranked items with the terms
// of their scores, accounts and autostarts. Not a weighing: analysers/host_state did that; not text: host_section.cpp.
#pragma once
#include "analysers/host_coverage/host_coverage.hpp"
#include "record/finding.hpp"
#include "report/linux_state.hpp"
#include "store/case.hpp"
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki::report {

inline constexpr std::size_t severity_count = 5;
using BySeverity = std::array<std::uint64_t, severity_count>; // indexed by Severity

struct ItemTerm {
    TraceId trace; // what shows it
    std::string family, feature;
    double weight = 0; // in nats; below 0 it speaks for harmless; 0: its family says enough already
    Words text;
};

struct HostItem {
    std::uint64_t rank = 0; // on this host, 1 first
    double score = 0;
    std::string kind, title, command, target, location, key;
    std::vector<std::string> attack;
    Timestamp first_at, last_at; // of its traces
    std::uint64_t terms_total = 0, traces_total = 0;
    std::vector<ItemTerm> terms; // the heaviest first
    std::vector<TraceId> traces; // by evidence and offset
};

struct HostAccount {
    TraceId trace;
    std::uint64_t rid = 0;
    std::string name, full_name, comment;
    std::optional<bool> is_disabled, has_name_entry, is_rid_foreign;
    bool is_recovered = false; // deleted from the hive
    std::uint64_t logon_count = 0;
    Timestamp last_logon_at, password_set_at, name_written_at;
};

struct HostAutostart {
    TraceId trace;
    std::string location, attack, hive, user, key_path, name, command;
    std::optional<bool> is_enabled;
    bool is_usual = false; // Windows itself puts that there
    bool is_recovered = false; // deleted from the hive
    Timestamp key_written_at;
};

struct HostState {
    host_coverage::HostCoverage coverage; // and identity; only the name where events alone speak of the machine
    BySeverity findings {};
    std::vector<std::pair<std::string, std::uint64_t>> kinds; // of all weighed items: kind and count, by kind
    std::uint64_t items_total = 0, accounts_total = 0, autostarts_total = 0;
    std::vector<HostItem> items; // by rank
    std::vector<HostAccount> accounts; // by relative id
    std::vector<HostAutostart> autostarts; // those that Windows does not put there first
    std::optional<LinuxState> linux_state; // of a Linux host
    std::string_view name() const { return coverage.host.name; }
};

struct HostStateLimits {
    std::size_t items = 25, terms = 8, traces = 12, accounts = 40, autostarts = 100; // of each host
};

// All hosts of the case by name, then what is of no known machine. `only`: that host alone (as find_host names it), and
// all hosts without anything but their names beside it are left out.
Result<std::vector<HostState>> gather_host_states(store::Case const& source, HostStateLimits const& limits,
    std::optional<std::string_view> only = {}, std::optional<std::uint64_t> only_rank = {});

// Names of all machines that the case speaks of, by name without case.
Result<std::vector<std::string>> host_names(store::Case const& source);
// The name among these that `wanted` means: without case, first label, also by a name the machine had before.
Result<std::optional<std::string>> find_host_name(store::Case const& source, std::string_view wanted);

// One host as a JSON object; texts in both languages. `more`: members to append, each beginning with a comma.
std::string host_json(HostState const& host, std::string_view more = {});

}
