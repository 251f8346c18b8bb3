// What ran when the host was collected, and the sockets it held [fsa 2b: L42, L43]. Processes of one program are one
// item; threads of the kernel are none.
#include "analysers/host_state/linux/linux_host.hpp"
#include "analysers/host_state/linux/unix_commands.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <span>

namespace konseki::host_state::on_linux {

namespace {

bool is_one_of(std::string_view text, std::span<std::string_view const> all)
{
    return std::find(all.begin(), all.end(), text) != all.end();
}

bool is_name_of_kernel_thread(std::string_view name)
{
    if (name.size() > 2 && name.front() == '[' && name.back() == ']')
        return true;
    for (auto const* const known :
        { "kworker/", "ksoftirqd/", "migration/", "kthreadd", "rcu_", "kswapd", "watchdog/", "cpuhp/" })
        if (name.starts_with(known))
            return true;
    return false;
}

bool is_server(std::string_view name)
{
    for (auto const* const known : { "apache2", "httpd", "nginx", "php-fpm", "lighttpd", "caddy", "mysqld", "mariadbd",
             "redis-server", "vsftpd", "exim4", "named", "haproxy", "squid", "smbd" })
        if (name.starts_with(known))
            return true;
    return false;
}

bool is_tool_of_shells(std::string_view name)
{
    static constexpr std::array<std::string_view, 12> tools { "curl", "wget", "nc", "ncat", "socat", "id", "whoami",
        "uname", "crontab", "ssh", "telnet", "base64" };
    return is_shell(name) || is_interpreter(name) || is_one_of(name, tools);
}

bool is_loopback(std::string_view address)
{
    return address.empty() || address.starts_with("127.") || address == "::1" || address == "0.0.0.0" || address == "::"
        || address.starts_with("::ffff:127.");
}

// "python3 /opt/x.py -v" runs /opt/x.py.
std::string script_of(Process const& process)
{
    auto const name = file_name_of(process.executable);
    if (!is_shell(name) && !is_interpreter(name))
        return {};
    auto const read = read_command(process.command);
    for (auto const& program : read.programs)
        if (program.find('/') != std::string::npos && file_name_of(program) != name
            && !is_interpreter(file_name_of(program)) && !is_shell(file_name_of(program)))
            return program;
    return {};
}

std::string words_of(Process const& process)
{
    return format("pid {}{}{}", process.pid, process.user.empty() ? "" : " of ", process.user);
}

// Loaders that copy themselves into memory to be safe from what they start.
bool is_known_memory_program(std::string_view executable)
{
    return executable.find("runc_cloned") != std::string_view::npos || executable.find("crun") != std::string_view::npos
        || executable.find("bubblewrap") != std::string_view::npos;
}

void add_process_item(LinuxHost& host, Process const& process)
{
    bool const is_thread = process.state == "kernel";
    if (is_thread && process.hidden_from.empty())
        return;
    if (process.executable.empty() && process.hidden_from.empty() && !is_name_of_kernel_thread(process.name))
        return; // not readable: nothing is known
    if (process.executable.empty() && process.state == "absent" && process.hidden_from.empty())
        return;
    auto const path = unix_path(process.executable);
    auto const script = script_of(process);
    bool const is_collection = !process.of_collection.empty();
    auto const container = process.container.empty() ? std::string() : format(" in {}", process.container);
    auto const named = process.name.empty() ? process.command.substr(0, process.command.find(' ')) : process.name;
    auto const what = !path.empty() ? path : !named.empty() ? named : format("pid {}", process.pid);
    auto& item = host.item(ItemKind::process,
        format("{} {} {} {} {}", what, script, process.state == "present" ? "" : process.state, container,
            process.of_collection),
        format("process {} {}{}{}", what, script, container.empty() ? "" : " in container",
            is_collection ? " of collection" : ""),
        process.trace);
    if (item.title.empty())
        item.title = format("Process {}{}{}{}{}", script.empty() ? what : script, script.empty() ? "" : " by ",
            script.empty() ? "" : file_name_of(path), container, is_collection ? " (part of the collection)" : "");
    if (item.command.empty())
        item.command = process.command;
    item.target = script.empty() ? path : script;
    set_location(item, "L42");
    note_time(item, process.started_at);
    host.process_items[host.index_of(item)].push_back(process.pid);
    if (is_collection) { // where it lies and whose it is says nothing; what it does still counts
        add_term(item, "linux.of_collection", words_of(process), process.trace);
        return;
    }
    auto& draft = host.draft(item, process.trace);
    if (process.container.empty() && process.root_folder.empty() && process.state != "memfd"
        && draft.programs.empty()) {
        if (!script.empty())
            draft.programs.push_back(script);
        if (!path.empty())
            draft.programs.push_back(path);
    }
}

bool is_same_process(Process const& a, Process const& b)
{
    constexpr std::int64_t lists_differ_by = 5 * ticks_per_second; // ps counts from the boot, in whole seconds
    auto const apart = a.started_at > b.started_at ? a.started_at.ticks - b.started_at.ticks
                                                   : b.started_at.ticks - a.started_at.ticks;
    return (a.executable.empty() || b.executable.empty() || a.executable == b.executable)
        && (!a.started_at.is_set() || !b.started_at.is_set() || apart <= lists_differ_by);
}

// Collectors write what lists of processes say apart from what /proc says: of one process each knows something.
void add_what_is_missing(Process& process, Process const& other)
{
    auto const has_signs = [](Process const& one) {
        return !one.preload.empty() || !one.odd_maps.empty() || !one.hidden_from.empty() || one.state == "deleted"
            || one.state == "memfd";
    };
    if (!has_signs(process) && has_signs(other))
        process.trace = other.trace;
    if (process.executable.empty() && (!other.executable.empty() || process.state.empty())) {
        process.executable = other.executable;
        process.state = other.state;
    }
    if (process.user.empty() && process.uid == 0)
        process.uid = other.uid;
    for (auto const field :
        { &Process::name, &Process::command, &Process::user, &Process::container, &Process::preload, &Process::odd_maps,
            &Process::hidden_from, &Process::working_folder, &Process::root_folder, &Process::of_collection })
        if ((process.*field).empty())
            process.*field = other.*field;
    if (process.parent == 0)
        process.parent = other.parent;
    if (process.tracer == 0)
        process.tracer = other.tracer;
    if (!process.started_at.is_set())
        process.started_at = other.started_at;
}

Result<void> load_processes(LinuxHosts& hosts)
{
    auto rows = TRY(hosts.hosts().query(
        "SELECT evidence, \"offset\", pid, coalesce(parent_pid, 0), coalesce(uid, 0), coalesce(name, ''), "
        "coalesce(command_line, ''), coalesce(executable, ''), coalesce(executable_state, ''), coalesce(\"user\", ''), "
        "coalesce(container, ''), coalesce(preload, ''), coalesce(odd_maps, ''), coalesce(hidden_from, ''), "
        "coalesce(working_folder, ''), coalesce(root_folder, ''), coalesce(tracer_pid, 0), started_at, "
        "coalesce(of_collection, '') FROM "
        "linux_process "
        "WHERE NOT recovered ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        Process process;
        process.trace = rows.trace(0);
        process.pid = static_cast<std::uint32_t>(rows.unsigned_integer(2));
        process.parent = static_cast<std::uint32_t>(rows.unsigned_integer(3));
        process.uid = static_cast<std::uint32_t>(rows.unsigned_integer(4));
        process.name = rows.text(5);
        process.command = rows.text(6);
        process.executable = rows.text(7);
        process.state = rows.text(8);
        process.user = rows.text(9);
        process.container = rows.text(10);
        process.preload = rows.text(11);
        process.odd_maps = rows.text(12);
        process.hidden_from = rows.text(13);
        process.working_folder = rows.text(14);
        process.root_folder = rows.text(15);
        process.tracer = static_cast<std::uint32_t>(rows.unsigned_integer(16));
        process.started_at = rows.time(17);
        process.of_collection = rows.text(18);
        if (process.root_folder == "/")
            process.root_folder.clear();
        auto const [place, is_new]
            = hosts.of_evidence(process.trace.evidence).processes.try_emplace(process.pid, process);
        if (!is_new && is_same_process(place->second, process)) // else the number was given again
            add_what_is_missing(place->second, process);
    }
    return rows.status();
}

struct Socket {
    TraceId trace {};
    std::string protocol {}, state {}, local {}, remote {}, path {};
    std::uint32_t local_port = 0, remote_port = 0, pid = 0;
    std::uint64_t inode = 0;
    bool has_pid = false;
};

void note_socket(LinuxHost& host, Socket const& socket)
{
    bool const is_raw = socket.protocol.starts_with("raw") || socket.protocol == "packet";
    bool const listens = socket.state == "listen" && socket.protocol.starts_with("tcp");
    auto const local = format("{} {}:{}", socket.protocol, socket.local, socket.local_port);
    auto const process = socket.has_pid ? host.processes.find(socket.pid) : host.processes.end();
    if (process != host.processes.end()) {
        auto& holder = process->second;
        if (is_raw)
            holder.raw_sockets.push_back(socket.protocol == "packet" ? "packet" : local);
        else if (listens)
            holder.listens.push_back(local);
        else if (socket.state == "established" && !is_loopback(socket.remote))
            holder.remotes.push_back(format("{} {}:{}", socket.protocol, socket.remote, socket.remote_port));
        else
            return;
        holder.socket_trace = socket.trace;
        return;
    }
    constexpr std::uint32_t nfs_port = 2049; // the kernel itself listens
    if (socket.has_pid || !host.is_root || !(is_raw || listens) || host.processes.empty() || socket.inode == 0
        || socket.local_port == nfs_port)
        return;
    auto& item = host.item(ItemKind::process, format("socket {}", local), format("socket {}", local), socket.trace);
    item.title = format("Socket {} of no process", local);
    set_location(item, "L43");
    add_term(item, "linux.socket_of_nobody", {}, socket.trace);
    if (is_raw)
        add_term(item, "linux.raw_socket", local, socket.trace);
}

Result<void> load_sockets(LinuxHosts& hosts)
{
    if (!hosts.hosts().has_table("linux.socket"))
        return {};
    auto rows = TRY(hosts.hosts().query(
        "SELECT evidence, \"offset\", coalesce(protocol, ''), coalesce(state, ''), coalesce(local_address, ''), "
        "coalesce(remote_address, ''), coalesce(path, ''), coalesce(local_port, 0), coalesce(remote_port, 0), "
        "coalesce(pid, 0), pid IS NOT NULL, coalesce(inode, 0) FROM linux_socket WHERE NOT recovered AND "
        "coalesce(protocol, '') NOT IN ('unix', 'netlink') ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        Socket socket { rows.trace(0), std::string(rows.text(2)), ascii_lower(rows.text(3)), std::string(rows.text(4)),
            std::string(rows.text(5)), std::string(rows.text(6)) };
        socket.local_port = static_cast<std::uint32_t>(rows.unsigned_integer(7));
        socket.remote_port = static_cast<std::uint32_t>(rows.unsigned_integer(8));
        socket.pid = static_cast<std::uint32_t>(rows.unsigned_integer(9));
        socket.has_pid = rows.boolean(10);
        socket.inode = rows.unsigned_integer(11);
        note_socket(hosts.of_evidence(socket.trace.evidence), socket);
    }
    return rows.status();
}

class ProcessJudge {
public:
    ProcessJudge(LinuxHost const& host, Item& item, Process const& process)
        : m_host(host)
        , m_item(item)
        , m_process(process)
        , m_path(unix_path(process.executable))
        , m_fact(process.container.empty() && process.root_folder.empty() ? host.file(m_path) : nullptr)
        , m_is_of_package(m_fact != nullptr && (m_fact->owner == Owner::same || m_fact->owner == Owner::configuration))
    {
    }
    void judge()
    {
        judge_program();
        judge_name();
        judge_environment();
        judge_network();
        if (!m_process.hidden_from.empty())
            add("linux.hidden_process", m_process.hidden_from);
        if (m_process.tracer != 0)
            judge_tracer();
        if (auto const parent = m_host.processes.find(m_process.parent); parent != m_host.processes.end()
            && is_server(parent->second.name) && is_tool_of_shells(file_name_of(m_path)))
            add("linux.shell_of_server", format("{} -> {}", parent->second.name, shortened(m_process.command, 80)));
    }

private:
    void add(std::string_view feature, std::string detail)
    {
        add_term(m_item, feature, std::move(detail), m_process.trace);
    }

    // A package was installed after the process began: its program was renewed under it.
    bool was_renewed() const
    {
        return std::any_of(m_host.package_times.begin(), m_host.package_times.end(),
            [&](Timestamp at) { return !m_process.started_at.is_set() || at > m_process.started_at; });
    }
    void judge_program()
    {
        auto const in_system = place_of(m_path) == Place::system;
        bool const is_own_world = !m_process.container.empty() || !m_process.root_folder.empty();
        if (m_process.state == "memfd" || m_path.starts_with("/memfd:")) {
            if (!is_known_memory_program(m_process.executable))
                add("linux.memory_program", m_process.executable);
        } else if (m_process.state == "replaced" && (m_is_of_package || in_system)) {
            add("linux.upgraded", m_fact == nullptr || m_fact->package.empty() ? m_path : m_fact->package);
        } else if (m_process.state == "deleted") {
            if (in_system && was_renewed() && hidden_part(m_path).empty())
                add("linux.upgraded", m_path);
            else if (!is_own_world)
                add("linux.deleted_program", m_path);
        }
        for (auto const& sign : signs_of_unix_command(m_process.command))
            if (sign.feature == "linux.reverse_shell" || sign.feature == "linux.into_shell")
                add(sign.feature, sign.detail);
    }
    void judge_name()
    {
        if (m_path.empty() || m_process.state == "kernel")
            return;
        auto const first = m_process.command.substr(0, m_process.command.find(' '));
        if (is_name_of_kernel_thread(m_process.name) || is_name_of_kernel_thread(first)) {
            add("linux.kernel_lookalike", m_path);
            return;
        }
        auto const real = file_name_of(m_path);
        if (m_is_of_package || (m_fact == nullptr && place_of(m_path) == Place::system && m_process.state != "deleted"))
            return;
        for (auto const claimed : { std::string_view(m_process.name), file_name_of(first) })
            if (is_name_of_system_daemon(claimed) && real != claimed && !real.starts_with(claimed)) {
                add("linux.masquerade", std::string(claimed));
                return;
            }
    }
    void judge_environment()
    {
        for (auto const line : split(m_process.preload, '\n')) {
            auto const at = line.find('=');
            if (at == std::string_view::npos || line.starts_with("LD_LIBRARY_PATH"))
                continue;
            for (auto const library : split(line.substr(at + 1), ':')) {
                auto const owner = m_host.owner_of(unix_path(trim(library)));
                if (!trim(library).empty() && owner != Owner::same)
                    add("linux.preloaded", shortened(line, 120));
            }
        }
        for (auto const part : split(m_process.odd_maps, '|')) {
            auto const map = trim(part);
            bool const is_path = map.starts_with('/') && !map.starts_with("/memfd:");
            if (map.empty() || (is_path && place_of(map) == Place::system) || map.find("/memfd:doublemapper") == 0
                || map == m_path || map.find("/dev/zero") == 0 || map.find("/SYSV") == 0)
                continue;
            if (is_path || map.find("memfd") != std::string_view::npos)
                add("linux.odd_map", shortened(map, 100));
        }
        if (auto const folder = odd_folder(format("{}/", m_process.working_folder));
            !folder.empty() && !m_is_of_package)
            add("linux.working_folder", m_process.working_folder);
    }
    void judge_network()
    {
        auto const name = file_name_of(m_path);
        auto const trace = m_process.socket_trace;
        bool const has_program_in_line = m_process.command.find(" -c ") != std::string::npos
            || m_process.command.find(" -e ") != std::string::npos
            || m_process.command.find(" -r ") != std::string::npos;
        if (!m_process.remotes.empty()
            && (is_shell(name) || name == "nc" || name == "ncat" || name == "socat"
                || (is_interpreter(name) && has_program_in_line)))
            add_term(m_item, "linux.shell_on_network", m_process.remotes.front(), trace);
        if (!m_process.raw_sockets.empty() && !m_is_of_package)
            add_term(m_item, "linux.raw_socket", m_process.raw_sockets.front(), trace);
        if (!m_process.listens.empty() && (!m_is_of_package || is_shell(name) || has_program_in_line))
            add_term(m_item, "linux.listens", m_process.listens.front(), trace);
        if (!m_process.listens.empty() || !m_process.raw_sockets.empty())
            m_item.location = m_item.location == "L42" && m_process.state == "present" ? "L43" : m_item.location;
    }
    void judge_tracer()
    {
        auto const tracer = m_host.processes.find(m_process.tracer);
        auto const name = tracer == m_host.processes.end() ? std::string() : tracer->second.name;
        static constexpr std::array<std::string_view, 6> debuggers { "gdb", "strace", "ltrace", "lldb", "rr", "perf" };
        if (!is_one_of(name, debuggers))
            add("linux.traced", name.empty() ? format("pid {}", m_process.tracer) : name);
    }

    LinuxHost const& m_host;
    Item& m_item;
    Process const& m_process;
    std::string m_path;
    FileFact const* m_fact;
    bool m_is_of_package;
};

}

Result<void> gather_processes(LinuxHosts& hosts)
{
    if (!hosts.hosts().has_table("linux.process"))
        return {};
    TRY(load_processes(hosts));
    TRY(load_sockets(hosts));
    for (auto* host : hosts.all())
        for (auto const& [pid, process] : host->processes)
            add_process_item(*host, process);
    return {};
}

void judge_processes(LinuxHost& host)
{
    constexpr std::size_t told_max = 20; // processes of one program
    for (auto const& [index, pids] : host.process_items) {
        auto& item = host.host->items[index];
        for (std::size_t at = 0; at < std::min(pids.size(), told_max); ++at)
            ProcessJudge(host, item, host.processes.at(pids[at])).judge();
        add_term(item, "linux.runs", words_of(host.processes.at(pids.front())), item.traces.front());
    }
}

}
