#include "collect/processes.hpp"
#include <algorithm>
#include <array>

namespace konseki::collect {

std::optional<ProcessStat> parse_stat(std::string_view text)
{
    auto const open = text.find('(');
    auto const close = text.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
        return std::nullopt;
    // [proc(5)] fields from the third on: state ppid pgrp session tty_nr tpgid flags … starttime is the 22nd
    auto const fields = split(trim(text.substr(close + 1)), ' ');
    if (fields.size() < 20)
        return std::nullopt;
    ProcessStat stat;
    stat.name = text.substr(open + 1, close - open - 1);
    stat.parent_pid = u32_of(fields[1]).value_or(0);
    stat.session_id = u32_of(fields[3]).value_or(0);
    stat.terminal = u32_of(fields[4]).value_or(0);
    stat.flags = u32_of(fields[6]).value_or(0);
    stat.start_ticks = parse_uint(fields[19]).value_or(0);
    return stat;
}

std::map<std::uint32_t, std::string_view> processes_of_collection(
    std::map<std::uint32_t, ProcessStat> const& processes, std::uint32_t collector)
{
    constexpr int generations_max = 64; // pids are taken again: the links may be of different moments
    std::map<std::uint32_t, std::string_view> found;
    for (auto const& [pid, process] : processes) {
        auto above = pid;
        for (int generation = 0; generation < generations_max && above != collector; ++generation) {
            auto const place = processes.find(above);
            if (place == processes.end())
                break;
            above = place->second.parent_pid;
        }
        if (above == collector)
            found.emplace(pid, "itself");
    }
    auto place = processes.find(collector);
    for (int generation = 0; generation < generations_max && place != processes.end(); ++generation) {
        auto const& [pid, process] = *place;
        bool const changes_user = process.name == "sudo" || process.name == "su" || process.name == "doas";
        constexpr std::uint32_t first_process = 1;
        if ((process.session_id == pid && !changes_user) || process.parent_pid <= first_process)
            break;
        place = processes.find(process.parent_pid);
        if (place != processes.end())
            found.emplace(place->first, "ancestor");
    }
    return found;
}

// [Documentation/admin-guide/devices.txt] major 136–143: pts, 4: tty and ttyS
std::string terminal_name(std::uint32_t number)
{
    if (number == 0)
        return {};
    auto const major = number >> 8 & 0xfffU;
    auto const minor = (number & 0xffU) | (number >> 12 & 0xfff00U);
    if (major >= 136 && major <= 143)
        return format("pts/{}", (major - 136) * 256 + minor);
    if (major == 4)
        return minor < 64 ? format("tty{}", minor) : format("ttyS{}", minor - 64);
    return format("{}:{}", major, minor);
}

static bool is_unit(std::string_view name)
{
    static constexpr std::array<std::string_view, 6> endings { ".service", ".scope", ".socket", ".mount", ".swap",
        ".slice" };
    return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return name.ends_with(ending); });
}

// The 64 hexadecimal digits that container engines name containers by, wherever they stand in the name.
static std::string_view container_id(std::string_view name)
{
    std::size_t run = 0;
    for (std::size_t at = 0; at <= name.size(); ++at) {
        bool const is_hex
            = at < name.size() && ((name[at] >= '0' && name[at] <= '9') || (name[at] >= 'a' && name[at] <= 'f'));
        if (is_hex) {
            ++run;
            continue;
        }
        if (run == 64)
            return name.substr(at - run, run);
        run = 0;
    }
    return {};
}

ControlGroup parse_control_group(std::string_view text)
{
    ControlGroup group;
    for (auto const line : split(text, '\n')) {
        auto const first = line.find(':');
        auto const second = line.find(':', first + 1);
        if (first == std::string_view::npos || second == std::string_view::npos)
            continue;
        auto const controllers = line.substr(first + 1, second - first - 1);
        bool const is_systemd = controllers.empty() || controllers == "name=systemd";
        for (auto const part : split(line.substr(second + 1), '/')) {
            bool const is_slice = part.ends_with(".slice");
            if (is_systemd && is_unit(part) && (!is_slice || group.unit.empty() || group.unit.ends_with(".slice")))
                group.unit = part; // the deepest; a slice only where nothing better is known
            if (auto const id = container_id(part); !id.empty())
                group.container = id;
            else if (part.starts_with("lxc.payload.") && group.container.empty())
                group.container = part.substr(12);
            else if (part.starts_with("machine-") && part.ends_with(".scope") && group.container.empty())
                group.container = part.substr(8, part.size() - 14);
        }
    }
    return group;
}

// "7f00-7f01 rwxp 00000000 00:00 0    /path": what is odd about it, or empty.
static std::string odd_map(std::string_view line)
{
    auto const dash = line.find('-');
    auto const space = line.find(' ');
    if (dash == std::string_view::npos || space == std::string_view::npos || dash > space || line.size() < space + 5)
        return {};
    auto const permissions = line.substr(space + 1, 4);
    if (permissions[2] != 'x')
        return {};
    // address, permissions, offset, device, inode; then blanks and the path, which may hold blanks
    std::size_t at = 0;
    for (int field = 0; field < 5; ++field) {
        at = line.find(' ', at);
        if (at == std::string_view::npos)
            break;
        at = line.find_first_not_of(' ', at);
    }
    auto const path = at == std::string_view::npos ? std::string_view() : line.substr(at);
    bool const is_writable = permissions[1] == 'w';
    if (path.empty())
        return is_writable ? "rwx anonymous" : "";
    if (path.starts_with("/memfd:") || path.starts_with("/tmp/") || path.starts_with("/var/tmp/")
        || path.starts_with("/dev/shm/") || path.ends_with(" (deleted)"))
        return std::string(path);
    return is_writable && path.starts_with('[') ? format("rwx {}", path) : std::string();
}

std::string odd_maps(std::string_view maps, std::uint32_t count_max)
{
    std::vector<std::string> found;
    std::size_t more = 0;
    for (auto const line : split(maps, '\n')) {
        auto odd = odd_map(line);
        if (odd.empty() || std::find(found.begin(), found.end(), odd) != found.end())
            continue;
        if (found.size() < count_max)
            found.push_back(std::move(odd));
        else
            ++more;
    }
    std::string text;
    for (auto const& odd : found)
        append_format(text, "{}{}", text.empty() ? "" : "|", odd);
    if (more > 0)
        append_format(text, "|and {} more", more);
    return text;
}

}
