#include "collect/processes.hpp"
#include "collect/hidden.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace konseki::collect {

namespace {

constexpr std::uint32_t kernel_thread_flag = 0x0020'0000; // [linux/sched.h] PF_KTHREAD
constexpr std::string_view deleted_mark = " (deleted)";

std::string without_deleted(std::string_view path)
{
    return std::string(path.ends_with(deleted_mark) ? path.substr(0, path.size() - deleted_mark.size()) : path);
}

std::set<std::uint32_t> listed_processes(Source const& source)
{
    std::set<std::uint32_t> pids;
    auto const names = source.names_in("/proc");
    if (names.ok())
        for (auto const& name : names.value())
            if (auto const pid = u32_of(name); pid && *pid > 0 && !name.starts_with("0x"))
                pids.insert(*pid);
    return pids;
}

// Values of /proc/PID/status by name.
std::map<std::string, std::string, std::less<>> parse_status(std::string_view text)
{
    std::map<std::string, std::string, std::less<>> values;
    for (auto const line : split(text, '\n'))
        if (auto const colon = line.find(':'); colon != std::string_view::npos)
            values.emplace(line.substr(0, colon), trim(line.substr(colon + 1)));
    return values;
}

std::optional<std::uint32_t> word_of(
    std::map<std::string, std::string, std::less<>> const& values, std::string_view name, std::size_t index)
{
    auto const found = values.find(name);
    if (found == values.end())
        return std::nullopt;
    std::string spaced = found->second;
    std::replace(spaced.begin(), spaced.end(), '\t', ' ');
    auto const words = split(spaced, ' ');
    return index < words.size() ? u32_of(words[index]) : std::nullopt;
}

// Everything about one process, in texts that rows may view.
struct Process {
    std::uint32_t pid = 0;
    std::string folder; // "/proc/123"
    ProcessStat stat;
    std::map<std::string, std::string, std::less<>> status;
    std::string command_line, executable, executable_state, executable_sha256, working_folder, root_folder, preload,
        odd_maps, terminal, hidden_from;
    ControlGroup group;
    std::uint32_t deleted_files = 0;
};

class ProcessReading {
public:
    explicit ProcessReading(Session& session)
        : m_session(session)
        , m_limits(session.options.limits)
        , m_state(session, linux_process_schema.erased)
        , m_environ(session.archive.new_spool())
        , m_open_files(session.archive.new_spool())
        , m_maps(session.archive.new_spool())
        , m_ticks_per_second(std::max(1L, ::sysconf(_SC_CLK_TCK)))
    {
    }

    Result<ProcessFacts> run()
    {
        m_booted_at = booted_at();
        auto const hidden = look_for_hidden();
        auto pids = listed_processes(m_session.source);
        for (auto const& [pid, ways] : hidden)
            pids.insert(pid);
        m_of_collection = find_collection(pids);
        std::uint64_t done = 0;
        for (auto const pid : pids) {
            if (done >= m_limits.processes_max) {
                m_session.notes.add("too_large", "/proc", format("{} processes; the rest is left out", pids.size()));
                break;
            }
            TRY(m_session.report("processes", done++, pids.size(), format("/proc/{}", pid)));
            auto const ways = hidden.find(pid);
            TRY(read(pid, ways == hidden.end() ? std::string() : ways->second));
        }
        if (m_unreadable > 0)
            m_session.notes.add("unreadable", "/proc",
                format("of {} processes executable, memory maps, environment or open files could not be read",
                    m_unreadable));
        m_session.summary.processes = m_state.count();
        TRY(m_state.finish("processes"));
        if (m_session.options.environment != Environment::without)
            TRY(m_session.archive.add(Member { "processes/environ.jsonl", {}, os::now() }, m_environ));
        TRY(m_session.archive.add(Member { "processes/open_files.jsonl", {}, os::now() }, m_open_files));
        TRY(m_session.archive.add(Member { "processes/maps.jsonl", {}, os::now() }, m_maps));
        return std::move(m_facts);
    }

private:
    Timestamp booted_at() const
    {
        auto const text = m_session.source.read_state("/proc/stat", m_limits.proc_file_bytes_max);
        if (text.ok())
            for (auto const line : split(text.value(), '\n'))
                if (line.starts_with("btime "))
                    if (auto const seconds = parse_int(trim(line.substr(6))))
                        return Timestamp::from_unix_seconds(*seconds);
        return {};
    }

    std::map<std::uint32_t, std::string> look_for_hidden()
    {
        if (!m_session.source.is_this_system())
            return {};
        auto const& source = m_session.source;
        auto const highest = source.read_state("/proc/sys/kernel/pid_max", 64);
        auto pid_max = highest.ok() ? u32_of(trim(highest.value())).value_or(32'768) : 32'768;
        if (pid_max > m_limits.pid_sweep_max) {
            m_session.notes.add("too_large", "/proc",
                format("hidden processes are looked for up to {} of {}", m_limits.pid_sweep_max, pid_max));
            pid_max = m_limits.pid_sweep_max;
        }
        ProcessQuestions const ask {
            .list = [&] { return listed_processes(source); },
            .answers_kill = [](std::uint32_t pid) { return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM; },
            .answers_group = [](std::uint32_t pid) { return ::getpgid(static_cast<pid_t>(pid)) >= 0; },
            .is_listed_thread = [&](std::uint32_t pid) { return is_listed_thread(pid); },
        };
        auto found = hidden_processes(ask, pid_max);
        // With hidepid= the kernel itself hides the processes of others from everybody but root.
        if (!found.empty() && ::geteuid() != 0) {
            m_session.notes.add("not_root", "/proc",
                format("{} processes answer but are not listed: hidepid, or hidden", found.size()));
            found.clear();
        }
        return found;
    }

    std::map<std::uint32_t, std::string_view> find_collection(std::set<std::uint32_t> const& pids) const
    {
        std::map<std::uint32_t, ProcessStat> processes;
        if (!m_session.source.is_this_system())
            return {};
        for (auto const pid : pids)
            if (auto const text = m_session.source.read_state(format("/proc/{}/stat", pid), 1U << 16); text.ok())
                if (auto const stat = parse_stat(text.value()))
                    processes.emplace(pid, *stat);
        auto found = processes_of_collection(processes, static_cast<std::uint32_t>(::getpid()));
        // Where the collector is the first process (of a container), orphans of others are its children as well.
        auto const mine = m_session.source.status("/proc/self/exe", FinalLink::follow);
        std::erase_if(found, [&](auto const& place) {
            return place.second == "itself" && !(mine.ok() && runs(place.first, mine.value()));
        });
        return found;
    }

    bool runs(std::uint32_t pid, FileStatus const& program) const
    {
        auto const its = m_session.source.status(format("/proc/{}/exe", pid), FinalLink::follow);
        return its.ok() && its.value().inode == program.inode && its.value().device == program.device;
    }

    // /proc/TID is there for threads, though never listed; its group is the process.
    bool is_listed_thread(std::uint32_t pid) const
    {
        auto const text = m_session.source.read_state(format("/proc/{}/status", pid), 1U << 16);
        if (!text.ok())
            return false;
        auto const status = parse_status(text.value());
        auto const group = word_of(status, "Tgid", 0);
        return group && *group != pid && m_session.source.status(format("/proc/{}/stat", *group), FinalLink::keep).ok()
            && listed_processes(m_session.source).contains(*group);
    }

    std::string text_of(std::string const& path)
    {
        auto text = m_session.source.read_state(path, m_limits.proc_file_bytes_max);
        if (text.ok())
            return std::move(text).value();
        if (text.error().need == EACCES || text.error().need == EPERM)
            m_is_refused = true;
        return {};
    }

    std::string link_of(std::string const& path)
    {
        auto target = m_session.source.read_link(path);
        if (target.ok())
            return std::move(target).value();
        if (target.error().need == EACCES || target.error().need == EPERM)
            m_is_refused = true;
        return {};
    }

    Result<void> read(std::uint32_t pid, std::string hidden_from)
    {
        Process process;
        process.pid = pid;
        process.folder = format("/proc/{}", pid);
        process.hidden_from = std::move(hidden_from);
        m_is_refused = false;
        auto const stat = parse_stat(text_of(process.folder + "/stat"));
        if (!stat && process.hidden_from.empty())
            return {}; // it ended since it was listed
        if (stat)
            process.stat = *stat;
        process.status = parse_status(text_of(process.folder + "/status"));
        process.command_line = text_of(process.folder + "/cmdline");
        while (!process.command_line.empty() && process.command_line.back() == '\0')
            process.command_line.pop_back();
        std::replace(process.command_line.begin(), process.command_line.end(), '\0', ' ');
        process.terminal = terminal_name(process.stat.terminal);
        process.working_folder = link_of(process.folder + "/cwd");
        process.root_folder = link_of(process.folder + "/root");
        process.group = parse_control_group(text_of(process.folder + "/cgroup"));
        find_executable(process);
        if (process.executable_state != "kernel") {
            TRY(read_environment(process));
            TRY(read_maps(process));
            TRY(read_descriptors(process));
            TRY(take_executable(process));
        }
        if (auto const name = link_of(process.folder + "/ns/net"); !name.empty())
            m_facts.net_namespaces.emplace(name, pid);
        m_unreadable += m_is_refused ? 1 : 0;
        return m_state.add(linux_process_schema, row_of(process));
    }

    // The kernel appends " (deleted)" to the path of a file that has no name any more.
    void find_executable(Process& process)
    {
        auto const target = link_of(process.folder + "/exe");
        if (target.empty()) {
            bool const is_kernel = (process.stat.flags & kernel_thread_flag) != 0 || process.pid == 2;
            process.executable_state = is_kernel ? "kernel" : "absent";
            return;
        }
        process.executable = without_deleted(target);
        if (target.starts_with("/memfd:")) {
            process.executable_state = "memfd";
            return;
        }
        if (!target.ends_with(deleted_mark)) {
            process.executable_state = "present";
            return;
        }
        // What lies there now, in the process's own view: a container has another root.
        auto const own_root = process.root_folder.empty() || process.root_folder == "/";
        auto const inside = process.folder + "/root" + process.executable;
        auto there = own_root ? m_session.source.status(process.executable, FinalLink::follow)
                              : m_session.source.status(inside, FinalLink::follow);
        process.executable_state = there.ok() ? "replaced" : "deleted";
    }

    Result<void> read_environment(Process& process)
    {
        auto const environment = text_of(process.folder + "/environ");
        process.preload = preload_of(environment);
        if (m_session.options.environment == Environment::without || environment.empty())
            return {};
        auto line = format("{{\"pid\":{},\"name\":", process.pid);
        detail::append_text(line, process.stat.name);
        line += ",\"environ\":[";
        bool is_first = true;
        for (auto const variable : split(environment, '\0')) {
            if (variable.empty())
                continue;
            line += is_first ? "" : ",";
            detail::append_text(line,
                m_session.options.environment == Environment::whole ? std::string(variable)
                                                                    : masked_variable(variable));
            is_first = false;
        }
        return m_environ.append(line + "]}\n");
    }

    Result<void> read_maps(Process& process)
    {
        auto const maps = text_of(process.folder + "/maps");
        process.odd_maps = collect::odd_maps(maps, m_limits.odd_maps_max);
        std::set<std::string_view> files;
        for (auto const line : split(maps, '\n'))
            if (auto const slash = line.find('/'); slash != std::string_view::npos)
                if (auto const space = line.find(' '); space + 3 < line.size() && line[space + 3] == 'x')
                    files.insert(line.substr(slash));
        if (files.empty())
            return {};
        auto text = format("{{\"pid\":{},\"executable\":[", process.pid);
        bool is_first = true;
        for (auto const file : files) {
            text += is_first ? "" : ",";
            detail::append_text(text, file);
            is_first = false;
        }
        return m_maps.append(text + "]}\n");
    }

    Result<void> read_descriptors(Process& process)
    {
        auto const folder = process.folder + "/fd";
        auto const names = m_session.source.names_in(folder);
        if (!names.ok()) {
            m_is_refused = m_is_refused || names.error().need == EACCES;
            return {};
        }
        auto text = format("{{\"pid\":{},\"open\":{{", process.pid);
        std::uint32_t count = 0;
        for (auto const& name : names.value()) {
            if (count >= m_limits.descriptors_per_process_max) {
                m_session.notes.add("too_large", folder, format("{} descriptors", names.value().size()));
                break;
            }
            auto const target = link_of(format("{}/{}", folder, name));
            if (target.empty())
                continue;
            append_format(text, "{}\"{}\":", count++ == 0 ? "" : ",", name);
            detail::append_text(text, target);
            TRY(look_at_descriptor(process, name, target));
        }
        return count == 0 ? Result<void>() : m_open_files.append(text + "}}\n");
    }

    Result<void> look_at_descriptor(Process& process, std::string const& name, std::string_view target)
    {
        if (target.starts_with("socket:[")) {
            if (auto const inode = parse_uint(target.substr(8, target.size() - 9)))
                m_facts.sockets.emplace(*inode, ProcessFacts::Holder { process.pid, process.stat.name });
        } else if (target.starts_with("anon_inode:bpf")) {
            note_bpf(process, name);
        } else if (target.ends_with(deleted_mark) && !target.starts_with("/dev/zero") && !target.starts_with("/SYSV")
            && !target.starts_with("/[") && !target.starts_with("/dmabuf")) {
            if (!target.starts_with("/memfd:"))
                ++process.deleted_files;
            return take_open_file(process, name, target);
        }
        return {};
    }

    void note_bpf(Process const& process, std::string const& name)
    {
        static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kinds {
            std::pair { std::string_view("prog_id"), std::string_view("program") }, { "map_id", "map" },
            { "link_id", "link" }
        };
        auto const facts = parse_status(text_of(process.folder + "/fdinfo/" + name));
        for (auto const& [key, kind] : kinds) {
            auto const id = word_of(facts, key, 0);
            if (!id || (key == "prog_id" && facts.find("link_id") != facts.end()))
                continue;
            auto& holders = m_facts.bpf[format("{} {}", kind, *id)];
            auto const holder = format("{}/{}", process.pid, process.stat.name);
            if (holders.find(holder) == std::string::npos)
                append_format(holders, "{}{}", holders.empty() ? "" : " ", holder);
        }
    }

    // Of memory files only programs and scripts: the others are picture buffers and sound.
    Result<void> take_open_file(Process& process, std::string const& name, std::string_view target)
    {
        if (!m_session.source.is_this_system())
            return {};
        auto const path = process.folder + "/fd/" + name;
        auto const status = m_session.source.status(path, FinalLink::follow); // before it is opened: it may be a FIFO
        if (!status.ok() || status.value().type != FileType::regular || status.value().size_bytes == 0)
            return {};
        os::Descriptor const file { ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) };
        if (!file.is_open())
            return {};
        std::array<std::byte, 4> head {};
        auto const got = os::read_at(file.number(), 0, head);
        auto const begin = as_text(head);
        if (target.starts_with("/memfd:") && !(got.ok() && (begin.starts_with("\177ELF") || begin.starts_with("#!"))))
            return {};
        auto const size_bytes = status.value().size_bytes;
        if (size_bytes > m_limits.open_file_bytes_max || m_open_bytes + size_bytes > m_limits.open_files_bytes_max) {
            m_session.notes.add("too_large", path, format("{}: {} bytes, deleted and held open", target, size_bytes));
            return {};
        }
        if (!m_taken.insert({ status.value().device, status.value().inode }).second)
            return {};
        m_open_bytes += size_bytes;
        TRY(m_session.take_open_file(file, status.value(), target, format("processes/{}/fd/{}", process.pid, name)));
        return {};
    }

    Result<void> take_executable(Process& process)
    {
        bool const is_wanted = process.executable_state == "deleted" || process.executable_state == "replaced"
            || process.executable_state == "memfd";
        if (!is_wanted || !m_session.source.is_this_system())
            return {};
        auto const path = process.folder + "/exe";
        os::Descriptor const file { ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) };
        auto const status = file.is_open() ? status_of(file.number())
                                           : Result<FileStatus>(os::error_from_errno(errno, "collect.open", path));
        if (!status.ok() || status.value().type != FileType::regular) {
            if (!status.ok())
                m_session.notes.add(path, status.error());
            return {};
        }
        auto const key = std::pair { status.value().device, status.value().inode };
        if (auto const before = m_executables.find(key); before != m_executables.end()) {
            process.executable_sha256 = before->second; // the same file, taken with another process
            return {};
        }
        auto const size_bytes = status.value().size_bytes;
        if (size_bytes > m_limits.executable_bytes_max
            || m_executable_bytes + size_bytes > m_limits.executables_bytes_max) {
            m_session.notes.add("too_large", path, format("{}: {} bytes", process.executable, size_bytes));
            return {};
        }
        m_executable_bytes += size_bytes;
        Member const member { format("processes/{}/exe", process.pid), process.executable, status.value().modified_at };
        auto const added = TRY(m_session.archive.add(member, file, 0, size_bytes));
        process.executable_sha256 = to_string(added.sha256);
        m_executables.emplace(key, process.executable_sha256);
        ++m_session.summary.files_taken;
        return {};
    }

    LinuxProcessRow row_of(Process const& process) const
    {
        LinuxProcessRow row;
        row.pid = process.pid;
        row.parent_pid = process.stat.parent_pid;
        row.uid = word_of(process.status, "Uid", 0);
        row.effective_uid = word_of(process.status, "Uid", 1);
        row.session_id = process.stat.session_id;
        if (auto const tracer = word_of(process.status, "TracerPid", 0); tracer && *tracer != 0)
            row.tracer_pid = tracer;
        if (m_booted_at.is_set() && !process.stat.name.empty())
            row.started_at = {
                m_booted_at.ticks
                + static_cast<std::int64_t>(process.stat.start_ticks
                    * (static_cast<std::uint64_t>(ticks_per_second) / static_cast<std::uint64_t>(m_ticks_per_second)))
            };
        if (row.uid)
            row.user = m_session.names.user(*row.uid);
        row.executable_state = if_any(process.executable_state);
        row.unit = if_any(process.group.unit);
        row.container = if_any(process.group.container);
        row.terminal = if_any(process.terminal);
        if (auto const found = process.status.find("CapEff"); found != process.status.end())
            row.capabilities = if_any(found->second);
        if (auto const place = m_of_collection.find(process.pid); place != m_of_collection.end())
            row.of_collection = place->second;
        row.name = if_any(process.stat.name);
        row.command_line = if_any(process.command_line);
        row.executable = if_any(process.executable);
        row.executable_sha256 = if_any(process.executable_sha256);
        row.working_folder = if_any(process.working_folder);
        if (process.root_folder != "/")
            row.root_folder = if_any(process.root_folder);
        row.preload = if_any(process.preload);
        row.odd_maps = if_any(process.odd_maps);
        row.hidden_from = if_any(process.hidden_from);
        if (process.executable_state != "kernel")
            row.deleted_files = process.deleted_files;
        return row;
    }

    Session& m_session;
    Limits const& m_limits;
    StateFile m_state;
    Spool m_environ, m_open_files, m_maps;
    ProcessFacts m_facts;
    std::map<std::uint32_t, std::string_view> m_of_collection;
    Timestamp m_booted_at;
    long m_ticks_per_second;
    std::uint64_t m_unreadable = 0, m_executable_bytes = 0, m_open_bytes = 0;
    bool m_is_refused = false;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::string> m_executables;
    std::set<std::pair<std::uint64_t, std::uint64_t>> m_taken;
};

}

Result<ProcessFacts> collect_processes(Session& session)
{
    ProcessReading reading(session);
    return reading.run();
}

}
