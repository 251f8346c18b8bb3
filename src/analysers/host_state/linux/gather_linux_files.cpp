// Files that matter by themselves: replaced programs, programs with special rights, hidden and immutable files,
// programs where none belong [fsa 2b: L20, L21, L32, L37, L41]. What starts them is told by others.
#include "analysers/host_state/linux/linux_host.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::host_state::on_linux {

namespace {

constexpr std::uint32_t setuid = 2048, setgid = 1024;

struct File {
    TraceId trace {};
    std::string path {}, state {}, package {}, content {}, user {}, capabilities {}, attributes {}, target {};
    std::uint32_t mode = 0;
};

bool is_of_package(File const& file)
{
    return file.state == "same" || file.state == "unchecked" || file.state == "configuration";
}

bool breaks_out(std::string_view name)
{
    static constexpr std::array<std::string_view, 28> names { "find", "vim", "vim.basic", "vim.tiny", "vi", "nano",
        "less", "more", "cp", "mv", "dd", "tar", "gzip", "awk", "gawk", "mawk", "sed", "env", "nmap", "tee", "rsync",
        "git", "gdb", "strace", "socat", "openssl", "busybox", "nice" };
    return is_shell(name) || is_interpreter(name) || std::find(names.begin(), names.end(), name) != names.end();
}

bool is_strong_capability(std::string_view capabilities)
{
    static constexpr std::array<std::string_view, 10> strong { "cap_setuid", "cap_setgid", "cap_sys_admin",
        "cap_dac_override", "cap_dac_read_search", "cap_sys_ptrace", "cap_sys_module", "cap_chown", "cap_fowner",
        "cap_setfcap" };
    return std::any_of(
        strong.begin(), strong.end(), [&](auto name) { return capabilities.find(name) != std::string_view::npos; });
}

// Programs in one folder of somebody's are one matter: a build, a tool with its libraries.
std::string group_of(std::string_view path)
{
    auto const place = place_of(path);
    if (place == Place::temporary || place == Place::memory || place == Place::device) {
        auto const folder = odd_folder(path);
        auto const end = path.find('/', folder.size() + 1);
        return std::string(path.substr(0, end));
    }
    auto const folder = folder_of(path);
    for (auto const* const core : { "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/libexec", "/etc" })
        if (folder == core)
            return std::string(path);
    if (auto const end = std::string_view(path).find('/', std::string_view("/usr/lib/jvm/").size() - 1);
        path.starts_with("/usr/lib/jvm/"))
        return std::string(path.substr(0, path.find('/', end + 1)));
    if (folder.ends_with("-linux-gnu") || folder.ends_with("/security") || folder.starts_with("/etc/"))
        return std::string(path);
    return std::string(folder);
}

class FileItems {
public:
    FileItems(LinuxHost& host, File const& file)
        : m_host(host)
        , m_file(file)
    {
    }
    // Files of one package outside the folders of the system: npm and pip overwrite each other's.
    void overwritten()
    {
        auto& item = start_group(format("package {}", m_file.package), "L32");
        if (item.title.empty())
            item.title = format("Overwritten files of {} below {}", m_file.package, folder_of(m_file.path));
        item.target = m_file.path;
        ++m_host.group_sizes[m_host.index_of(item)];
    }
    void replaced()
    {
        if (group_of(m_file.path) != m_file.path)
            return overwritten();
        auto& item = start("replaced", "L32", format("Replaced program of {}: {}", m_file.package, m_file.path));
        add_term(item, "linux.package_changed", m_file.package, m_file.trace);
        if (m_file.content == "elf" || m_file.content == "script" || (m_file.mode & 73U) != 0
            || m_file.path.find(".so") != std::string::npos || m_file.path.ends_with(".ko"))
            add_term(item, "linux.changed_program", m_file.path, m_file.trace);
        // The owner is told: only the clocks are looked at.
        m_host.draft(item, m_file.trace).programs = { m_file.path };
    }
    void diverted()
    {
        auto& item = start("diverted", "L32", format("Diverted file of {}: {}", m_file.package, m_file.path));
        add_term(item, "linux.diverted", m_file.path, m_file.trace);
    }
    void with_rights()
    {
        bool const is_setuid = (m_file.mode & (setuid | setgid)) != 0;
        auto const what = is_setuid ? (m_file.mode & setuid) != 0 ? "Setuid program" : "Setgid program"
                                    : "Program with capabilities";
        auto const location = is_setuid ? "L20" : "L21";
        auto& item = start("rights", location, format("{} {}", what, m_file.path));
        if (is_of_package(m_file))
            item.package = m_file.package;
        auto const name = file_name_of(m_file.path);
        bool const is_known = name == "newuidmap" || name == "newgidmap" || name == "snap-confine";
        bool const is_odd = is_setuid ? (m_file.mode & setuid) != 0 && breaks_out(name)
                                      : is_strong_capability(m_file.capabilities) && !is_known;
        if (is_of_package(m_file) && !is_odd) {
            add_term(item, "linux.package_same", m_file.package, m_file.trace);
            return;
        }
        if (is_setuid && ((m_file.mode & setuid) != 0 || !is_of_package(m_file)))
            add_term(item, "linux.setuid_root", m_file.user, m_file.trace);
        if (is_odd || is_strong_capability(m_file.capabilities))
            add_term(item, is_setuid ? "linux.shell_way" : "linux.strong_capability",
                is_setuid ? m_file.path : m_file.capabilities, m_file.trace);
        if (is_of_package(m_file))
            return; // its bytes are: it is the rights that are not
        auto& draft = m_host.draft(item, m_file.trace);
        add_source(draft, m_file.path);
        // Many tools that watch the network have been given raw sockets or low ports by hand.
        if (is_odd || (m_file.mode & setuid) != 0)
            draft.door = Door::unusual;
    }
    void in_odd_place()
    {
        auto const group = group_of(m_file.path);
        auto& item = start_group(group, "L41");
        if (item.title.empty())
            item.title = group == m_file.path ? format("Program {}", group) : format("Programs below {}", group);
        add_term(item, "linux.program_in_odd_place", std::string(odd_folder(m_file.path)), m_file.trace);
        if (!hidden_part(m_file.path).empty())
            add_term(item, "linux.hidden_name", m_file.path, m_file.trace);
    }
    void unowned_program()
    {
        auto const group = group_of(m_file.path);
        auto& item = start_group(group, "L32");
        if (item.title.empty())
            item.title = group == m_file.path ? format("Program of no package: {}", group)
                                              : format("Programs of no package below {}", group);
        ++m_host.group_sizes[m_host.index_of(item)];
        auto& draft = m_host.draft(item, m_file.trace);
        if (draft.sources.empty())
            add_source(draft, m_file.path);
    }
    void of_other_system(std::string_view root)
    {
        auto& item = start_group(root, "L35");
        item.title = format("Another system's root at {}", root);
    }
    void immutable()
    {
        auto& item = start("immutable", "L41", format("Immutable file {}", m_file.path));
        add_term(item, "linux.immutable", m_file.path, m_file.trace);
        add_source(m_host.draft(item, m_file.trace), m_file.path);
    }
    void deceiving()
    {
        auto& item = start("name", "L41", format("Hidden name {}", m_file.path));
        add_term(item, "linux.deceiving_name", m_file.path, m_file.trace);
    }
    void shell_copy(std::string_view original)
    {
        auto& item = start("copy", "L41", format("Copy of {}: {}", file_name_of(original), m_file.path));
        add_term(item, "linux.shell_copy", std::string(original), m_file.trace);
        auto& draft = m_host.draft(item, m_file.trace);
        add_source(draft, m_file.path);
    }
    void history_link()
    {
        auto& item = start("history", "L44", format("Shell history that keeps nothing: {}", m_file.path));
        add_term(item, "linux.tampers", format("{} -> {}", m_file.path, m_file.target), m_file.trace);
    }

private:
    Item& start(std::string_view what, std::string_view location, std::string title)
    {
        auto& item = m_host.item(
            ItemKind::file, format("{} {}", what, m_file.path), format("{} {}", what, m_file.path), m_file.trace);
        set_location(item, location);
        item.title = std::move(title);
        item.target = m_file.path;
        item.is_list = true;
        return item;
    }
    Item& start_group(std::string_view group, std::string_view location)
    {
        auto& item = m_host.item(ItemKind::file, format("group {}", group), format("group {}", group), m_file.trace);
        set_location(item, location);
        item.target = group;
        item.is_list = true;
        return item;
    }

    LinuxHost& m_host;
    File const& m_file;
};

constexpr std::string_view columns
    = "evidence, \"offset\", path, coalesce(package_state, ''), coalesce(package, ''), coalesce(\"content\", ''), "
      "coalesce(\"user\", ''), coalesce(capabilities, ''), coalesce(attributes, ''), coalesce(target, ''), "
      "coalesce(mode, 0)";

void take_one(LinuxHost& host, File const& file, void (*take)(LinuxHost&, File const&))
{
    for (auto const& root : host.other_roots)
        if (file.path.starts_with(root))
            return FileItems(host, file).of_other_system(root);
    take(host, file);
}

Result<void> each(LinuxHosts& hosts, std::string const& condition, void (*take)(LinuxHost&, File const&))
{
    auto rows = TRY(hosts.hosts().query(format(
        "SELECT {} FROM linux_file WHERE NOT recovered AND path IS NOT NULL AND ({}) ORDER BY evidence, \"offset\"",
        columns, condition)));
    while (rows.next()) {
        File file;
        file.trace = rows.trace(0);
        file.path = unix_path(rows.text(2));
        file.state = rows.text(3);
        file.package = rows.text(4);
        file.content = rows.text(5);
        file.user = rows.text(6);
        file.capabilities = rows.text(7);
        file.attributes = rows.text(8);
        file.target = rows.text(9);
        file.mode = static_cast<std::uint32_t>(rows.unsigned_integer(10));
        if (file.path.find("/containers/storage/") == std::string::npos && !file.path.starts_with("/var/lib/docker/")
            && !file.path.starts_with("/var/lib/containers/"))
            take_one(hosts.of_evidence(file.trace.evidence), file, take);
    }
    return rows.status();
}

// Digests of the shells and interpreters of each machine: a copy elsewhere is a door left open.
Result<void> gather_copies(LinuxHosts& hosts)
{
    auto rows = TRY(hosts.hosts().query(
        "SELECT f.evidence, f.\"offset\", f.path, s.path, coalesce(f.mode, 0), coalesce(f.package_state, '') FROM "
        "linux_file f JOIN linux_file s ON s.sha256 = f.sha256 AND s.evidence = f.evidence WHERE NOT f.recovered AND "
        "NOT "
        "s.recovered AND f.sha256 IS NOT NULL AND s.path IN ('/usr/bin/bash', '/bin/bash', '/usr/bin/dash', "
        "'/bin/dash', "
        "'/usr/bin/zsh', '/bin/zsh', '/usr/bin/busybox', '/bin/busybox', '/usr/bin/perl') AND f.path NOT LIKE "
        "'/usr/bin/%' "
        "AND f.path NOT LIKE '/bin/%' AND coalesce(f.\"type\", 'regular') = 'regular' AND coalesce(f.package_state, "
        "'') "
        "NOT IN ('same', 'unchecked', 'diverted') ORDER BY f.evidence, f.\"offset\", s.path"));
    while (rows.next()) {
        File file;
        file.trace = rows.trace(0);
        file.path = unix_path(rows.text(2));
        if (file.path.find("/rootfs/") != std::string::npos || file.path.starts_with("/var/lib/")
            || file.path.starts_with("/snap/"))
            continue; // whole systems have shells of their own
        FileItems(hosts.of_evidence(file.trace.evidence), file).shell_copy(rows.text(3));
    }
    return rows.status();
}

// One odd file is a sign, a whole tree is somebody's installation.
void judge_groups(LinuxHost& host)
{
    constexpr std::size_t tree_size = 5;
    for (auto const& [index, size] : host.group_sizes) {
        auto& item = host.host->items[index];
        auto const trace = item.traces.front();
        if (!item.title.starts_with("Overwritten")) {
            add_term(item, size < tree_size ? "linux.unowned_in_system" : "linux.unowned_folder", item.target, trace);
            continue;
        }
        auto const package = item.title.substr(
            sizeof("Overwritten files of"), item.title.find(" below ") - sizeof("Overwritten files of"));
        if (size >= tree_size) {
            add_term(item, "linux.package_overwritten", package, trace);
            continue;
        }
        add_term(item, "linux.package_changed", package, trace);
        add_term(item, "linux.changed_program", item.target, trace);
    }
}

// Roots of other systems (chroots, images, containers): where a package database lies.
Result<void> load_other_roots(LinuxHosts& hosts)
{
    auto rows = TRY(hosts.hosts().query(
        "SELECT evidence, \"offset\", path FROM linux_file WHERE NOT recovered AND (path LIKE '_%/var/lib/dpkg/status' "
        "OR path "
        "LIKE '_%/var/lib/rpm/rpmdb.sqlite' OR path LIKE '_%/usr/lib/sysimage/rpm/rpmdb.sqlite' OR path LIKE "
        "'_%/lib/apk/db/installed') ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const path = rows.text(2);
        for (auto const* const end : { "/var/lib/", "/usr/lib/sysimage/", "/lib/apk/" })
            if (auto const at = path.find(end); at != std::string_view::npos && at > 0) {
                hosts.of_evidence(rows.trace(0).evidence).other_roots.insert(std::string(path.substr(0, at + 1)));
                break;
            }
    }
    return rows.status();
}

}

Result<void> gather_linux_files(LinuxHosts& hosts)
{
    if (!hosts.hosts().has_table("linux.file"))
        return {};
    TRY(load_other_roots(hosts));
    constexpr auto is_program = "(coalesce(\"content\", '') IN ('elf', 'script') OR (coalesce(mode, 0) & 73) <> 0 OR "
                                "path LIKE '%.so%' OR path "
                                "LIKE '%.ko%')";
    TRY(each(hosts,
        format("package_state = 'changed' AND coalesce(\"type\", 'regular') = 'regular' AND {}", is_program),
        [](LinuxHost& host, File const& file) { FileItems(host, file).replaced(); }));
    TRY(each(hosts,
        format("package_state = 'diverted' AND coalesce(\"type\", 'regular') = 'regular' AND {}", is_program),
        [](LinuxHost& host, File const& file) { FileItems(host, file).diverted(); }));
    TRY(each(hosts,
        "coalesce(\"type\", 'regular') = 'regular' AND ((coalesce(mode, 0) & 3072) <> 0 OR capabilities IS NOT NULL)",
        [](LinuxHost& host, File const& file) { FileItems(host, file).with_rights(); }));
    TRY(each(hosts,
        "coalesce(\"type\", 'regular') = 'regular' AND ((\"content\" = 'elf' AND (path LIKE '/tmp/%' OR path LIKE "
        "'/var/tmp/%' OR path LIKE '/dev/%' OR path LIKE '/run/user/%' OR path LIKE '/run/shm/%')) OR (path LIKE "
        "'/dev/%' "
        "AND \"content\" = 'script'))",
        [](LinuxHost& host, File const& file) { FileItems(host, file).in_odd_place(); }));
    TRY(each(hosts,
        "package_state = 'unowned' AND coalesce(\"type\", 'regular') = 'regular' AND (\"content\" = 'elf' OR "
        "(\"content\" = "
        "'script' AND (path LIKE '%bin/%'))) AND (path LIKE '/usr/%' OR path LIKE '/bin/%' OR path LIKE '/sbin/%' OR "
        "path "
        "LIKE '/lib%' OR path LIKE '/etc/%') AND path NOT LIKE '/usr/local/%' AND path NOT LIKE '/lib/modules/%' AND "
        "path "
        "NOT LIKE '/usr/lib/modules/%' AND path NOT LIKE '/etc/init.d/%' AND path NOT LIKE '/usr/src/%' AND path <> "
        "'/usr/sbin/policy-rc.d'",
        [](LinuxHost& host, File const& file) { FileItems(host, file).unowned_program(); }));
    TRY(each(hosts, "contains(coalesce(attributes, ''), 'i') AND coalesce(package_state, '') <> 'same'",
        [](LinuxHost& host, File const& file) { FileItems(host, file).immutable(); }));
    TRY(each(hosts, R"(regexp_matches(path, '/(\.\.\.+|\.+ +| +|[^/]* )(/|$)'))",
        [](LinuxHost& host, File const& file) { FileItems(host, file).deceiving(); }));
    TRY(each(hosts,
        "target = '/dev/null' AND (path LIKE '%_history' OR path LIKE '%/wtmp' OR path LIKE '%/btmp' OR path "
        "LIKE '%/lastlog')",
        [](LinuxHost& host, File const& file) { FileItems(host, file).history_link(); }));
    for (auto* host : hosts.all())
        judge_groups(*host);
    return gather_copies(hosts);
}

}
