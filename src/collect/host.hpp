// Which machine this is: names, system, kernel, boot.
// Not its state.
#pragma once
#include "collect/session.hpp"

namespace konseki::collect {

struct HostFacts {
    std::string name, machine_id, system, system_version, kernel, architecture, boot_id, virtualisation, time_zone;
    Timestamp booted_at;
    bool is_root = false;
};

HostFacts read_host(Source const& source);
std::string value_in_os_release(std::string_view text, std::string_view name); // quotes taken off
// The same facts for konseki-collection.json, with what was asked for.
std::string collection_json(HostFacts const& facts, Options const& options, Timestamp begun_at);
Result<void> write_host(Session& session, HostFacts const& facts); // state/host.jsonl

}
