// Which machines a case holds and which evidence is of which machine, as intake worked it out from all that speaks.
// Not what a collection's name says of a single file at registration: that is Evidence::host.
#pragma once
#include "base/identity.hpp"
#include "base/timestamp.hpp"
#include "record/diagnostic.hpp"
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki::store {

struct Host {
    std::string name; // as it named itself last
    std::string other_names; // other spellings and names it had, comma-separated
    std::string known_from; // registry, hostname, event_log, collection: comma-separated
    std::string domain, os, os_build, time_zone; // empty: not known
    Timestamp installed_at, last_shutdown_at;
    Timestamp first_at, last_at; // of what it recorded of itself: events, journal, runs
    friend bool operator==(Host const&, Host const&) = default;
};

struct EvidenceHost {
    EvidenceNumber evidence = 0;
    std::string host; // Host::name
    std::string how; // registry, hostname, event_log, collection: it says so itself; spread: others of its collection
    friend bool operator==(EvidenceHost const&, EvidenceHost const&) = default;
};

struct Hosts {
    std::vector<Host> hosts; // by name without case
    std::vector<EvidenceHost> evidence; // by number; what is of no known machine is absent
};

// Diagnostics about hosts and collections have a `what` that begins with one of these; replace_hosts drops and writes
// them.
inline constexpr std::string_view host_note_prefix = "host.", collection_note_prefix = "collection.";
using HostNotes = std::vector<std::pair<EvidenceNumber, Diagnostic>>;

// Names of one machine compare equal by this: the first label in lower case, IPv4 addresses whole.
// In SQL: host_key(name).
std::string host_key(std::string_view name);

}
