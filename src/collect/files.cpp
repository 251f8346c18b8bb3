#include "collect/files.hpp"
#include "bytes/byte_reader.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <set>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace konseki::collect {

bool can_matter(std::string_view path)
{
    static constexpr std::array<std::string_view, 16> only_read { "/usr/share/doc/", "/usr/share/man/",
        "/usr/share/locale/", "/usr/share/info/", "/usr/share/icons/", "/usr/share/fonts/", "/usr/share/help/",
        "/usr/share/lintian/", "/usr/share/bug/", "/usr/share/pixmaps/", "/usr/share/i18n/", "/usr/share/zoneinfo/",
        "/usr/share/sounds/", "/usr/share/backgrounds/", "/usr/share/texmf/", "/usr/include/" };
    return std::none_of(
        only_read.begin(), only_read.end(), [&](std::string_view folder) { return path.starts_with(folder); });
}

static std::string capability_names(std::uint64_t bits)
{
    static constexpr std::array<std::string_view, 41> names { "chown", "dac_override", "dac_read_search", "fowner",
        "fsetid", "kill", "setgid", "setuid", "setpcap", "linux_immutable", "net_bind_service", "net_broadcast",
        "net_admin", "net_raw", "ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace",
        "sys_pacct", "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod",
        "lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog", "wake_alarm",
        "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore" };
    std::string text;
    for (std::size_t bit = 0; bit < 64; ++bit) {
        if ((bits >> bit & 1U) == 0)
            continue;
        append_format(text, "{}cap_{}", text.empty() ? "" : ",",
            bit < names.size() ? std::string(names.at(bit)) : format("{}", bit));
    }
    return text;
}

// [linux/capability.h] vfs_cap_data: magic and flags, then permitted and inheritable, low halves before high ones.
std::string capabilities_text(ByteView attribute)
{
    ByteReader reader(attribute);
    auto const magic = reader.u32("vfs_cap.magic");
    std::uint64_t permitted = reader.u32("vfs_cap.permitted");
    std::uint64_t inheritable = reader.u32("vfs_cap.inheritable");
    if (magic >> 24 >= 2) {
        permitted |= static_cast<std::uint64_t>(reader.u32("vfs_cap.permitted")) << 32;
        inheritable |= static_cast<std::uint64_t>(reader.u32("vfs_cap.inheritable")) << 32;
    }
    if (!reader.status().ok())
        return {};
    auto const* const effective = (magic & 1U) != 0 ? "e" : "";
    std::string text;
    auto const add = [&](std::uint64_t bits, std::string const& flags) {
        if (bits != 0)
            append_format(text, "{}{}={}", text.empty() ? "" : " ", capability_names(bits), flags);
    };
    add(permitted & inheritable, format("{}ip", effective));
    add(permitted & ~inheritable, format("{}p", effective));
    add(inheritable & ~permitted, format("{}i", effective));
    return text;
}

namespace {

constexpr std::size_t block_bytes = 256U << 10;
constexpr std::size_t entries_ahead = 128;
constexpr off_t ahead_bytes = 1U << 20;

// Where nothing should run that a package did not bring: looked at even without permission to execute. Not deep below:
// build trees lie in /tmp, and each look is a read.
bool is_odd_place(std::string_view path)
{
    static constexpr std::array<std::string_view, 5> folders { "/tmp/", "/var/tmp/", "/dev/", "/run/", "/boot/" };
    return std::count(path.begin(), path.end(), '/') <= 4
        && std::any_of(
            folders.begin(), folders.end(), [&](std::string_view folder) { return path.starts_with(folder); });
}

bool is_loadable(std::string_view name)
{
    return name.ends_with(".so") || name.find(".so.") != std::string_view::npos || name.ends_with(".ko")
        || name.find(".ko.") != std::string_view::npos;
}

std::string_view content_kind(std::string_view head)
{
    if (head.starts_with("\177ELF"))
        return "elf";
    return head.starts_with("#!") ? "script" : std::string_view();
}

struct Tree {
    std::string path;
    std::uint64_t entries_max = 0;
};

// One entry of a folder, asked about, waiting for its content.
struct Entry {
    std::string path, target, capabilities;
    FileStatus status;
    OwnedFile const* owner = nullptr;
    bool verifies = false;
    os::Descriptor file; // open: its content is to be read
};

class FileWalk {
public:
    FileWalk(Session& session, PackageIndex const& index, std::vector<Mount> const& mounts)
        : m_session(session)
        , m_index(index)
        , m_state(session, linux_file_schema.erased)
        , m_seen(index.files().size())
        , m_block(block_bytes)
    {
        for (auto const& mount : mounts)
            if (is_pseudo_file_system(mount.type) && mount.point != "/")
                m_left_alone.insert(mount.point);
        struct statvfs space { };
        if (::statvfs(session.options.root.c_str(), &space) == 0 && space.f_files > space.f_ffree)
            m_expected = space.f_files - space.f_ffree;
    }

    Result<void> run()
    {
        for (auto const& tree : TRY(trees()))
            TRY(walk(tree));
        TRY(finish_all());
        TRY(look_for_missing());
        if (m_unhashed > 0)
            m_session.notes.add("too_large", "/",
                format("{} programs that no package has were not hashed: too large, or too many", m_unhashed));
        m_session.summary.file_rows = m_state.count();
        return m_state.finish("files");
    }

private:
    // The folders of the root: those of the system first, then others, and each home by itself.
    Result<std::vector<Tree>> trees()
    {
        static constexpr std::array<std::string_view, 11> of_system { "etc", "usr", "boot", "opt", "srv", "dev", "run",
            "tmp", "var", "lib", "bin" };
        auto const& limits = m_session.options.limits;
        auto const folder = TRY(m_session.source.open_folder("/"));
        auto const names = TRY(m_session.source.names_in("/"));
        std::vector<Tree> found;
        std::vector<Tree> others;
        for (auto const& name : names) {
            TRY(visit(folder.number(), "/", name, nullptr));
            auto const path = "/" + name;
            auto const status = m_session.source.status(path, FinalLink::keep);
            if (!status.ok() || status.value().type != FileType::folder || name == "proc" || name == "sys")
                continue;
            if (std::find(of_system.begin(), of_system.end(), name) != of_system.end())
                found.push_back({ path, limits.tree_entries_max });
            else if (auto const homes = m_session.source.names_in(path); name == "home" && homes.ok())
                for (auto const& home : homes.value())
                    others.push_back({ format("{}/{}", path, home), limits.other_tree_entries_max });
            else
                others.push_back({ path, limits.other_tree_entries_max });
        }
        found.insert(found.end(), others.begin(), others.end());
        return found;
    }

    // Breadth first: where a limit cuts, what lies deep is left out.
    Result<void> walk(Tree const& tree)
    {
        std::deque<std::string> pending;
        pending.push_back(tree.path);
        std::uint64_t entries = 0;
        while (!pending.empty()) {
            if (entries >= tree.entries_max || m_state.count() >= m_session.options.limits.file_rows_max) {
                m_session.notes.add("too_large", tree.path,
                    format("{} entries were listed; {} folders below, {} first, were not entered", entries,
                        pending.size(), pending.front()));
                m_is_cut = true;
                return {};
            }
            auto const path = std::move(pending.front());
            pending.pop_front();
            TRY(m_session.report("files", m_entries, m_expected, path));
            if (m_left_alone.contains(path) || m_session.source.is_blocked(path))
                continue;
            auto const folder = m_session.source.open_folder(path);
            auto const names
                = folder.ok() ? m_session.source.names_in(path) : Result<std::vector<std::string>>(folder.error());
            if (!names.ok()) {
                m_session.notes.add(path, names.error());
                continue;
            }
            for (auto const& name : names.value())
                TRY(visit(folder.value().number(), path + "/", name, &pending));
            entries += names.value().size();
            m_entries += names.value().size();
        }
        return {};
    }

    // All that is asked through the open folder. Files to be read are opened, and the kernel starts reading them.
    Result<void> visit(int folder, std::string const& prefix, std::string const& name, std::deque<std::string>* pending)
    {
        Entry entry;
        entry.path = prefix + name;
        if (m_session.source.is_blocked(entry.path))
            return {};
        auto const asked = status_at(folder, name.c_str());
        if (!asked.ok()) {
            m_session.notes.add(entry.path, asked.error());
            return {};
        }
        entry.status = asked.value();
        auto const type = entry.status.type;
        if ((type == FileType::block || type == FileType::character) && entry.path.starts_with("/dev/"))
            return {};
        if (type == FileType::folder && pending != nullptr)
            pending->push_back(entry.path);
        if (type == FileType::link) {
            entry.target.resize(4096);
            auto const size = ::readlinkat(folder, name.c_str(), entry.target.data(), entry.target.size());
            entry.target.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        }
        mark_seen(entry.path);
        if (type == FileType::regular)
            prepare(folder, name, entry);
        m_waiting.push_back(std::move(entry));
        return m_waiting.size() < entries_ahead ? Result<void>() : finish_first();
    }

    void prepare(int folder, std::string const& name, Entry& entry)
    {
        auto const& status = entry.status;
        bool const is_executable = (status.mode & 0111U) != 0;
        entry.owner = m_index.find(entry.path);
        entry.verifies = entry.owner != nullptr && is_to_verify(*entry.owner, status);
        auto const may_run = is_executable || is_loadable(name) || is_odd_place(entry.path);
        if (is_executable)
            entry.capabilities = capabilities_of(folder, name);
        if (status.size_bytes == 0 || !(entry.verifies || (entry.owner == nullptr && may_run)))
            return;
        constexpr int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
        entry.file = os::Descriptor { ::openat(folder, name.c_str(), flags | O_NOATIME) };
        if (!entry.file.is_open())
            entry.file = os::Descriptor { ::openat(folder, name.c_str(), flags) };
        if (!entry.file.is_open())
            m_session.notes.add(entry.path, os::error_from_errno(errno, "collect.open", {}));
        else // many small files: their reads overlap instead of following each other
            ::posix_fadvise(entry.file.number(), 0, entry.verifies ? ahead_bytes : 4096, POSIX_FADV_WILLNEED);
    }

    Result<void> finish_first()
    {
        auto entry = std::move(m_waiting.front());
        m_waiting.pop_front();
        auto row = row_of(entry.path, entry.status);
        row.target = if_any(entry.target);
        row.capabilities = if_any(entry.capabilities);
        std::string sha256;
        if (entry.status.type == FileType::regular) {
            if (entry.owner != nullptr) {
                row.package = if_any(m_index.package_name(entry.owner->package));
                row.package_state = "unchecked";
            } else if (!m_index.is_empty()) {
                row.package_state = m_index.is_locally_diverted(row.path) ? "diverted" : "unowned";
            }
            if (entry.file.is_open())
                read_content(entry, row, sha256);
        }
        return m_state.add(linux_file_schema, row);
    }

    LinuxFileRow row_of(std::string_view path, FileStatus const& status) const
    {
        LinuxFileRow row;
        row.path = path;
        row.type = file_type_name(status.type);
        row.user = m_session.names.user(status.uid);
        row.group = m_session.names.group(status.gid);
        if (status.is_immutable || status.is_append_only)
            row.attributes = !status.is_append_only ? "i" : status.is_immutable ? "ia" : "a";
        row.mode = status.mode;
        row.uid = status.uid;
        row.gid = status.gid;
        row.file_bytes = status.size_bytes;
        row.inode = status.inode;
        row.links = status.links;
        row.modified_at = status.modified_at;
        row.changed_at = status.changed_at;
        row.accessed_at = status.accessed_at;
        row.born_at = status.born_at;
        return row;
    }

    bool is_to_verify(OwnedFile const& owner, FileStatus const& status) const
    {
        return owner.kind != DigestKind::none && m_session.options.verify != Verify::none
            && status.size_bytes <= m_session.options.limits.owned_file_bytes_max
            && (m_session.options.verify == Verify::all || can_matter(owner.path));
    }

    // Of programs that no package has the digest is what other tools know them by.
    bool is_to_hash(FileStatus const& status)
    {
        auto const& limits = m_session.options.limits;
        if (status.size_bytes > limits.unowned_file_bytes_max
            || m_unowned_bytes + status.size_bytes > limits.unowned_bytes_max) {
            ++m_unhashed;
            return false;
        }
        m_unowned_bytes += status.size_bytes;
        return true;
    }

    void read_content(Entry const& entry, LinuxFileRow& row, std::string& sha256)
    {
        auto const head = os::read_at(entry.file.number(), 0, std::span(m_block).first(4));
        if (!head.ok()) {
            m_session.notes.add(row.path, head.error());
            return;
        }
        row.content = content_kind(as_text(std::span(m_block).first(head.value())));
        bool const is_program = row.content.text.data() != nullptr || row.path.starts_with("/boot/");
        if (!entry.verifies && (!is_program || !is_to_hash(entry.status)))
            return;
        bool const has_md5 = entry.verifies && entry.owner->kind == DigestKind::md5;
        auto const digests = hash(entry.file, has_md5 ? WithMd5::yes : WithMd5::no);
        if (!digests.ok()) {
            m_session.notes.add(row.path, digests.error());
            return;
        }
        sha256 = to_string(digests.value().sha256);
        row.sha256 = sha256;
        if (entry.verifies)
            row.package_state = compared(*entry.owner, digests.value());
    }

    static std::string_view compared(OwnedFile const& owner, Digests const& digests)
    {
        ByteView found = digests.sha256.bytes;
        if (owner.kind == DigestKind::md5) {
            if (!digests.md5)
                return "unchecked";
            found = *digests.md5;
        }
        if (std::equal(found.begin(), found.end(), owner.digest.begin()))
            return "same";
        return owner.is_configuration ? "configuration" : "changed";
    }

    Result<Digests> hash(os::Descriptor const& file, WithMd5 with_md5)
    {
        Digester digester(with_md5);
        for (std::uint64_t offset = 0;;) {
            auto const got = TRY(os::read_at(file.number(), offset, m_block));
            digester.add(std::span(m_block).first(got));
            offset += got;
            if (got < m_block.size() || m_session.stop.stop_requested())
                return digester.finish();
        }
    }

    static std::string capabilities_of(int folder, std::string const& name)
    {
        std::array<std::byte, 64> attribute {};
        auto const path = format("/proc/self/fd/{}/{}", folder, name);
        auto const size = ::lgetxattr(path.c_str(), "security.capability", attribute.data(), attribute.size());
        return size <= 0 ? std::string() : capabilities_text(ByteView(attribute).first(static_cast<std::size_t>(size)));
    }

    void mark_seen(std::string_view path)
    {
        auto const& files = m_index.files();
        auto const* const found = m_index.find(path);
        if (found == nullptr)
            return;
        for (auto at = static_cast<std::size_t>(found - files.data()); at < files.size() && files[at].path == path;
             ++at)
            m_seen[at] = true;
    }

    // What a package should have put there and nobody met: gone, or behind a link that the walk does not follow.
    Result<void> look_for_missing()
    {
        auto const& files = m_index.files();
        std::string_view last;
        for (std::size_t at = 0; at < files.size(); ++at) {
            auto const& file = files[at];
            if (m_seen[at] || file.kind == DigestKind::none || file.is_configuration || file.may_be_absent
                || file.path == last || !can_matter(file.path))
                continue;
            last = file.path;
            TRY(m_session.report("missing files", at, files.size(), file.path));
            auto const status = m_session.source.status(file.path, FinalLink::follow);
            if (status.ok() && status.value().type == FileType::regular && !m_is_cut) {
                TRY(add_behind_link(file));
            } else if (!status.ok() && status.error().code == ErrorCode::not_found) {
                LinuxFileRow row;
                row.path = file.path;
                row.package = if_any(m_index.package_name(file.package));
                row.package_state = "missing";
                TRY(m_state.add(linux_file_schema, row));
            }
        }
        return {};
    }

    Result<void> add_behind_link(OwnedFile const& owner)
    {
        auto const place = std::string(owner.path);
        auto const folder = m_session.source.open_folder(TRY(resolved_folder(place)));
        if (!folder.ok())
            return {};
        auto const slash = place.rfind('/') + 1;
        TRY(visit(folder.value().number(), place.substr(0, slash), place.substr(slash), nullptr));
        return finish_all();
    }

    Result<void> finish_all()
    {
        while (!m_waiting.empty())
            TRY(finish_first());
        return {};
    }

    Result<std::string> resolved_folder(std::string const& path) const
    {
        auto folder = m_session.source.resolved(std::filesystem::path(path).parent_path().string());
        return folder.ok() ? std::move(folder).value() : std::string("/");
    }

    Session& m_session;
    PackageIndex const& m_index;
    StateFile m_state;
    std::vector<bool> m_seen;
    std::vector<std::byte> m_block;
    std::deque<Entry> m_waiting;
    std::set<std::string, std::less<>> m_left_alone; // mount points that show the kernel or another container
    std::uint64_t m_entries = 0, m_expected = 0, m_unowned_bytes = 0, m_unhashed = 0;
    bool m_is_cut = false;
};

}

Result<void> collect_files(Session& session, PackageIndex const& index, std::vector<Mount> const& mounts)
{
    FileWalk walk(session, index, mounts);
    return walk.run();
}

}
