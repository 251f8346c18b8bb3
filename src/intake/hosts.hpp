// Which machine each piece of evidence comes from: hives and logs say it of themselves, and what lies in one collection
// is of one machine. Not a guess: what nothing says stays of no known machine.
#pragma once
#include "record/evidence.hpp"
#include "store/case.hpp"
#include <map>
#include <optional>
#include <set>

namespace konseki::intake {

// A machine's name as one piece of evidence writes it.
struct SpokenName {
    std::string name;
    std::uint64_t count = 0; // live events that carry it
    Timestamp first_at {}, newest_at {}; // of those
    std::uint64_t first_record = 0, last_record = 0;
    std::string channel {}; // empty: several
};

struct RegistryNames { // SYSTEM, the control set in use; the names of others
    std::string computer_name, host_name, domain, time_zone;
    std::vector<std::string> former_names;
    Timestamp last_shutdown_at;
};

struct SystemVersion { // SOFTWARE, os-release, uname
    std::string os, build;
    Timestamp installed_at;
    std::string time_zone {};
};

struct HostInputs {
    std::vector<Evidence> evidence; // by number, from 1
    std::map<EvidenceNumber, RegistryNames> registry; // and what a collector on the machine says of it
    std::set<EvidenceNumber> clients; // of these, those that a collector wrote
    std::set<EvidenceNumber> host_names; // of these, /etc/hostname of Linux systems
    std::map<EvidenceNumber, std::vector<SpokenName>> logs; // by frequency
    std::map<EvidenceNumber, SystemVersion> systems;
    std::map<EvidenceNumber, std::pair<Timestamp, Timestamp>> spans;
};

struct ResolvedHosts {
    store::Hosts hosts;
    store::HostNotes notes; // names that contradict each other
};

// The rules, strongest first: a file of a collected volume is of the machine that the collection's SYSTEM hive, else
// its logs, else the collection's name names; any other hive or log is of the machine it names; then what the archive's
// name says; then a folder or archive whose hives and logs all name one machine lends that name to the rest.
ResolvedHosts resolve_hosts(HostInputs const& inputs);

Result<HostInputs> read_host_inputs(store::Case const& source); // of what is committed
Result<void> store_hosts(store::Case& target); // reads, resolves, replaces; not committed

}
