// What the evidence of each host covers, class by class, and what therefore cannot be cleared: read from the store.
// Not an analyser and not detection: commands and the report ask it.
#pragma once
#include "record/finding.hpp"
#include "store/case.hpp"
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::host_coverage {

enum class ClassState : std::uint8_t {
    present,
    damaged, // bytes of some piece could not be read
    truncated, // some piece ends early
    unreadable, // pieces are there, none could be read
    absent,
};
std::string_view class_state_name(ClassState state);

struct ClassCoverage {
    std::string name; // "event_logs"; a parser's name where it has no class
    Words title;
    bool is_expected = false; // a complete collection of such a machine has it
    std::uint64_t pieces = 0; // duplicates included
    std::uint64_t duplicates = 0, damaged = 0, truncated = 0, failed = 0; // of these pieces
    std::uint64_t rows = 0, recovered = 0; // recovered ones are among the rows
    std::uint64_t bytes = 0, bytes_lost = 0;
    Timestamp first_at, last_at; // as recorded; zero: no times
    ClassState state() const;
};

struct HostCoverage {
    store::Host host; // name empty: evidence of no known machine
    std::uint64_t pieces = 0, archives = 0, not_recognised = 0, failed = 0;
    std::uint64_t rows = 0, bytes = 0, bytes_lost = 0;
    Timestamp first_at, last_at; // the host's own span: of what it recorded while it ran
    std::vector<ClassCoverage> classes; // in a fixed order, absent ones included; then parsers without a class
    std::vector<Words> cannot_be_cleared; // what absent, damaged and truncated classes leave open
    bool is_known() const { return !host.name.empty(); }
};

// Hosts by name, then what is of no known machine where there is any.
Result<std::vector<HostCoverage>> host_coverage(store::Case const& source, std::stop_token const& stop = {});

// By any of its names, with or without domain; nullptr: no such host.
HostCoverage const* find_host(std::vector<HostCoverage> const& all, std::string_view name);

}
