// What runs: /proc read once, joined with what the processes hold open.
// Not a judgement: hidden, deleted and odd are facts here; upgrades make many of them.
#pragma once
#include "collect/session.hpp"
#include <functional>
#include <set>

namespace konseki::collect {

// What other collectors need of the processes.
struct ProcessFacts {
    struct Holder {
        std::uint32_t pid = 0;
        std::string name;
    };
    std::map<std::uint64_t, Holder> sockets; // by inode
    std::map<std::string, std::string, std::less<>> bpf; // "program 12" -> "345/bpfdoor 346/x"
    std::map<std::string, std::uint32_t, std::less<>> net_namespaces; // "net:[4026531840]" -> a process in it
};

Result<ProcessFacts> collect_processes(Session& session);

// ---- public for tests: texts of /proc taken apart ----

struct ProcessStat {
    std::string name;
    std::uint32_t parent_pid = 0, session_id = 0, terminal = 0, flags = 0;
    std::uint64_t start_ticks = 0; // since boot
};
std::optional<ProcessStat> parse_stat(std::string_view text); // a name may hold blanks and parentheses
// By pid, of those that are part of the collection: "itself" is the collector and what it started, "ancestor" what
// started it, up to the leader of its session; past one that only changes the user (sudo, su, doas) up to the next.
std::map<std::uint32_t, std::string_view> processes_of_collection(
    std::map<std::uint32_t, ProcessStat> const& processes, std::uint32_t collector);
std::string terminal_name(std::uint32_t number);
struct ControlGroup {
    std::string unit, container;
};
ControlGroup parse_control_group(std::string_view text);
// Executable mappings worth a look, each once, and the mapped executable files that no package may know.
std::string odd_maps(std::string_view maps, std::uint32_t count_max);
std::string preload_of(std::string_view environment); // NUL-separated
// One process's environment with what looks like a secret replaced by "<masked, 12 bytes>".
std::string masked_variable(std::string_view variable);
bool is_secret_variable(std::string_view name, std::string_view value);

}
