#include "collect/hidden.hpp"

namespace konseki::collect {

std::map<std::uint32_t, std::string> hidden_processes(ProcessQuestions const& ask, std::uint32_t pid_max)
{
    auto const listed_before = ask.list();
    std::map<std::uint32_t, std::string> suspects;
    for (std::uint32_t pid = 1; pid <= pid_max; ++pid) {
        if (listed_before.contains(pid))
            continue;
        bool const by_kill = ask.answers_kill(pid);
        if (by_kill || ask.answers_group(pid))
            suspects.emplace(pid, by_kill ? "readdir" : "readdir kill");
    }
    if (suspects.empty())
        return suspects;
    auto const listed_after = ask.list(); // what began in between is listed now; what ended answers no more
    for (auto suspect = suspects.begin(); suspect != suspects.end();) {
        auto const pid = suspect->first;
        bool const is_there = ask.answers_kill(pid) || ask.answers_group(pid);
        if (listed_after.contains(pid) || !is_there || ask.is_listed_thread(pid))
            suspect = suspects.erase(suspect);
        else
            ++suspect;
    }
    return suspects;
}

}
