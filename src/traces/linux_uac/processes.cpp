// ps, /proc/PID/exe and cwd as ls shows them, control groups and hashes of running programs: one row per process.
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "traces/linux_uac/readers.hpp"
#include <algorithm>
#include <map>

namespace konseki::linux_uac {

namespace {

struct Process {
    std::optional<std::uint32_t> parent, uid;
    std::string user, terminal, command_line, executable, state, working_folder, unit, container, sha256;
    Timestamp started_at;
    std::uint32_t first_list = process_lists; // index of the first list that shows it
    text_lines::Line line {}; // there
};

using Processes = std::map<std::uint32_t, Process>;

void set_first(std::string& target, std::string_view value)
{
    if (target.empty())
        target = utf8::repaired(value);
}

// Where the header puts what we want; the last column is the rest of the line.
struct Header {
    std::size_t pid = npos, parent = npos, user = npos, terminal = npos, command = npos;
    static constexpr std::size_t npos = 99;
};

std::optional<Header> header_in(std::string_view line)
{
    Header header;
    auto const words = text_lines::words(line);
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "PID")
            header.pid = i;
        else if (words[i] == "PPID")
            header.parent = i;
        else if (words[i] == "USER" || words[i] == "UID")
            header.user = i;
        else if (words[i] == "TTY" || words[i] == "TT")
            header.terminal = i;
        else if (words[i] == "COMMAND" || words[i] == "CMD")
            header.command = i;
    }
    auto const is_table = header.pid != Header::npos && header.command == words.size() - 1;
    return is_table ? std::optional(header) : std::nullopt;
}

void add_table_line(text_lines::Line const& line, Header const& header, std::uint32_t list, Processes& processes)
{
    auto rest = line.text;
    std::vector<std::string_view> words;
    while (words.size() < header.command && !rest.empty())
        words.push_back(text_lines::take_word(rest));
    auto const pid = words.size() > header.pid ? number_in(words[header.pid]) : std::nullopt;
    if (!pid || words.size() < header.command)
        return;
    auto& process = processes[*pid];
    if (list < process.first_list) {
        process.first_list = list;
        process.line = line;
    }
    if (header.parent < words.size())
        process.parent = number_in(words[header.parent]);
    if (header.user < words.size()) {
        auto const user = words[header.user];
        number_in(user) ? void(process.uid = number_in(user)) : set_first(process.user, user);
    }
    if (header.terminal < words.size() && words[header.terminal] != "?")
        set_first(process.terminal, words[header.terminal]);
    set_first(process.command_line, trim(rest));
}

void add_table(std::string_view text, std::uint32_t list, Processes& processes)
{
    std::optional<Header> header;
    for_each_line(text, [&](text_lines::Line const& line) {
        if (!header)
            header = header_in(line.text);
        else
            add_table_line(line, *header, list, processes);
    });
}

// "  812 root Mon Nov 23 06:57:57 2026 /usr/sbin/sshd -D"
void add_start_times(std::string_view text, std::optional<std::int64_t> zone, std::uint32_t list, Processes& processes)
{
    for_each_line(text, [&](text_lines::Line const& line) {
        auto rest = line.text;
        std::string_view words[7];
        for (auto& word : words)
            word = text_lines::take_word(rest);
        auto const pid = number_in(words[0]);
        if (!pid)
            return;
        auto& process = processes[*pid];
        if (list < process.first_list) {
            process.first_list = list;
            process.line = line;
        }
        set_first(process.user, words[1]);
        set_first(process.command_line, trim(rest));
        auto started = month_day_time(words[3], words[4], words[5], words[6]);
        if (zone && started.is_set()) {
            started.ticks -= *zone * ticks_per_second;
            process.started_at = started;
        }
    });
}

struct ProcLink {
    std::uint32_t pid = 0;
    std::string_view target; // empty: ls could not read it
};

// "lrwxrwxrwx 1 root root 0 Nov 23 06:57 /proc/812/exe -> /usr/sbin/sshd (deleted)"
std::optional<ProcLink> proc_link(std::string_view line, std::string_view name)
{
    auto const begin = line.find(" /proc/");
    if (begin == std::string_view::npos || !line.starts_with('l'))
        return std::nullopt;
    auto const rest = line.substr(begin + 7);
    auto const slash = rest.find('/');
    auto const pid = slash == std::string_view::npos ? std::nullopt : number_in(rest.substr(0, slash));
    if (!pid || !rest.substr(slash + 1).starts_with(name))
        return std::nullopt;
    auto const behind = rest.substr(slash + 1 + name.size());
    return ProcLink { *pid, behind.starts_with(" -> ") ? behind.substr(4) : std::string_view {} };
}

// What the kernel writes behind /proc/PID/exe.
void set_executable(std::string_view target, Process& process)
{
    constexpr std::string_view deleted = " (deleted)";
    auto const is_deleted = target.ends_with(deleted);
    if (is_deleted)
        target.remove_suffix(deleted.size());
    set_first(process.executable, target);
    if (target.starts_with("/memfd:") || target.starts_with("memfd:"))
        process.state = "memfd";
    else
        process.state = target.empty() ? "absent" : is_deleted ? "deleted" : "present";
}

void add_links(std::string_view text, std::string_view name, std::uint32_t list, Processes& processes)
{
    for_each_line(text, [&](text_lines::Line const& line) {
        auto const link = proc_link(line.text, name);
        if (!link)
            return;
        auto& process = processes[link->pid];
        if (name != "exe") {
            set_first(process.working_folder, link->target);
            return;
        }
        if (list < process.first_list) {
            process.first_list = list;
            process.line = line;
        }
        set_executable(link->target, process);
    });
}

bool is_hexadecimal(std::string_view text)
{
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// "0::/system.slice/docker-<64 hex>.scope": the last part that is a unit, and the first that names a container.
void set_control_group(std::string_view group, Process& process)
{
    for (auto part : split(group, '/')) {
        part = part.substr(0, part.find(','));
        if (part.ends_with(".service") || part.ends_with(".scope"))
            process.unit = utf8::repaired(part);
        auto id = part.substr(0, part.rfind('.'));
        if (auto const dash = id.rfind('-'); dash != std::string_view::npos)
            id = id.substr(dash + 1);
        if (id.size() == 64 && is_hexadecimal(id))
            process.container = id.substr(0, 12);
    }
}

void add_control_groups(std::string_view text, Processes& processes)
{
    for_each_line(text, [&](text_lines::Line const& line) {
        auto rest = line.text;
        auto const pid = number_in(text_lines::take_word(rest));
        (void)text_lines::take_word(rest);
        if (auto const process = pid ? processes.find(*pid) : processes.end(); process != processes.end())
            set_control_group(trim(rest), process->second);
    });
}

// "<64 hex>  /proc/812/exe"
void add_hashes(std::string_view text, Processes& processes)
{
    for_each_line(text, [&](text_lines::Line const& line) {
        auto rest = line.text;
        auto const hash = text_lines::take_word(rest);
        auto const path = trim(rest);
        if (hash.size() != 64 || !is_hexadecimal(hash) || !path.starts_with("/proc/"))
            return;
        auto const pid = number_in(path.substr(6, path.find('/', 6) - 6));
        if (auto const process = pid ? processes.find(*pid) : processes.end(); process != processes.end())
            process->second.sha256 = hash;
    });
}

// Threads of the kernel have no command line: ps shows their name in brackets.
bool is_kernel_thread(std::uint32_t pid, Process const& process)
{
    auto const& line = process.command_line;
    return process.executable.empty() && line.starts_with('[') && line.ends_with(']')
        && (!process.parent || *process.parent == 2 || *process.parent == 0 || pid == 2);
}

void emit(std::uint32_t pid, Process const& process, ParseContext& context)
{
    auto const text
        = [](std::string const& value) { return value.empty() ? std::string_view {} : std::string_view(value); };
    LinuxProcessRow row;
    row.pid = pid;
    row.parent_pid = process.parent;
    row.uid = process.uid;
    row.user = text(process.user);
    row.terminal = text(process.terminal);
    row.started_at = process.started_at;
    row.executable = text(process.executable);
    row.executable_state = text(process.state);
    row.executable_sha256 = text(process.sha256);
    row.working_folder = text(process.working_folder);
    row.unit = text(process.unit);
    row.container = text(process.container);
    auto const& command = process.command_line;
    if (is_kernel_thread(pid, process)) {
        row.executable_state = "kernel";
        row.name = std::string_view(command).substr(1, command.size() - 2);
    } else {
        row.command_line = text(command);
    }
    context.traces.emit(linux_process_schema, process.line.origin(), row);
}

}

void read_processes(EvidenceView const& evidence, ParseContext& context)
{
    Processes processes;
    auto const text = [&](std::size_t index) { return companion_text(evidence, process_files[index]); };
    add_table(text(0), 0, processes);
    add_table(text(1), 1, processes);
    add_start_times(text(2), zone_in(text(7)), 2, processes);
    add_links(text(3), "exe", 3, processes);
    add_links(text(4), "cwd", process_lists, processes);
    add_control_groups(text(5), processes);
    add_hashes(text(6), processes);
    auto const file = file_name_of(evidence.name);
    auto const own = static_cast<std::uint32_t>(std::ranges::find(process_files, file) - std::begin(process_files));
    for (auto const& [pid, process] : processes) {
        if (process.first_list == own)
            emit(pid, process, context);
    }
}

// One number a line: a folder in /proc that ps did not list, as UAC compared them.
void read_hidden_pids(EvidenceView const& evidence, ParseContext& context)
{
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        auto const pid = number_in(trim(line.text));
        if (!pid)
            return;
        LinuxProcessRow row;
        row.pid = *pid;
        row.hidden_from = "ps";
        context.traces.emit(linux_process_schema, line.origin(), row);
    });
}

}
