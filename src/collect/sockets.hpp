// Open sockets of every network name space, joined with the processes that hold them.
// Not connections of the past: those are in logs.
#pragma once
#include "collect/processes.hpp"

namespace konseki::collect {

Result<void> collect_sockets(Session& session, ProcessFacts const& facts);

// ---- public for tests ----
std::optional<std::string> ipv4_text(std::string_view hex); // "0100007F", as the kernel prints memory
std::optional<std::string> ipv6_text(std::string_view hex);
std::string_view tcp_state_name(std::uint32_t state);

}
