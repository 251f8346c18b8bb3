// Processes that the kernel answers for and that the listing of /proc does not show.
// Not proof of a rootkit: a process may end between two questions; each is asked twice.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

namespace konseki::collect {

// The three ways to ask; others in tests.
struct ProcessQuestions {
    std::function<std::set<std::uint32_t>()> list; // numbers that readdir of /proc shows
    std::function<bool(std::uint32_t)> answers_kill; // kill(pid, 0) knows it: threads, too
    std::function<bool(std::uint32_t)> answers_group; // getpgid(pid) knows it: threads, too
    // A thread of a listed process, or one of no known process (nothing).
    std::function<bool(std::uint32_t)> is_listed_thread;
};

// pid -> ways that did not show it ("readdir", "readdir kill"). Up to pid_max.
std::map<std::uint32_t, std::string> hidden_processes(ProcessQuestions const& ask, std::uint32_t pid_max);

}
