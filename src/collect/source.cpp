#include "collect/source.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace konseki::collect {

namespace {

constexpr int links_max = 40; // as the kernel has it

FileType type_of(std::uint32_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG: return FileType::regular;
    case S_IFDIR: return FileType::folder;
    case S_IFLNK: return FileType::link;
    case S_IFIFO: return FileType::fifo;
    case S_IFSOCK: return FileType::socket;
    case S_IFBLK: return FileType::block;
    case S_IFCHR: return FileType::character;
    default: return FileType::unknown;
    }
}

Timestamp time_of(statx_timestamp const& time)
{
    if (time.tv_sec == 0 && time.tv_nsec == 0)
        return {};
    return { (time.tv_sec + Timestamp::unix_epoch_seconds) * ticks_per_second + time.tv_nsec / 100 };
}

Result<FileStatus> ask(int folder, char const* name, int flags)
{
    struct statx found { };
    if (::statx(folder, name, flags | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_BASIC_STATS | STATX_BTIME, &found)
        != 0)
        return os::error_from_errno(errno, "collect.status", name);
    FileStatus status;
    status.type = type_of(found.stx_mode);
    status.mode = found.stx_mode & 07777U;
    status.uid = found.stx_uid;
    status.gid = found.stx_gid;
    status.size_bytes = found.stx_size;
    status.inode = found.stx_ino;
    status.links = found.stx_nlink;
    status.device = ::makedev(found.stx_dev_major, found.stx_dev_minor);
    status.modified_at = time_of(found.stx_mtime);
    status.changed_at = time_of(found.stx_ctime);
    status.accessed_at = time_of(found.stx_atime);
    if ((found.stx_mask & STATX_BTIME) != 0)
        status.born_at = time_of(found.stx_btime);
    status.is_immutable = (found.stx_attributes & STATX_ATTR_IMMUTABLE) != 0;
    status.is_append_only = (found.stx_attributes & STATX_ATTR_APPEND) != 0;
    return status;
}

// "/a/b" below the root's descriptor.
std::string relative(std::string_view path)
{
    while (path.starts_with('/'))
        path.remove_prefix(1);
    return path.empty() ? "." : std::string(path);
}

struct CloseFolder {
    void operator()(DIR* opened) const { ::closedir(opened); }
};

}

std::string_view file_type_name(FileType type)
{
    static constexpr std::array<std::string_view, 8> names { "unknown", "regular", "folder", "link", "fifo", "socket",
        "block", "character" };
    return names.at(static_cast<std::size_t>(type));
}

Result<FileStatus> status_at(int folder, char const* name)
{
    return ask(folder, name, AT_SYMLINK_NOFOLLOW);
}

Result<FileStatus> status_of(int descriptor)
{
    return ask(descriptor, "", AT_EMPTY_PATH);
}

Result<std::vector<std::string>> names_in(os::Descriptor folder, std::string_view path)
{
    std::unique_ptr<DIR, CloseFolder> const stream { ::fdopendir(folder.number()) };
    if (stream == nullptr)
        return os::error_from_errno(errno, "collect.folder", std::string(path));
    (void)folder.release(); // the stream owns it now
    std::vector<std::string> names;
    while (true) {
        errno = 0;
        auto const* const entry = ::readdir(stream.get()); // NOLINT(concurrency-mt-unsafe): one stream, one thread
        if (entry == nullptr)
            break;
        std::string_view const name = entry->d_name;
        if (name != "." && name != "..")
            names.emplace_back(name);
    }
    if (errno != 0 && names.empty())
        return os::error_from_errno(errno, "collect.folder", std::string(path));
    std::sort(names.begin(), names.end());
    return names;
}

Result<std::string> read_to_end(int descriptor, std::uint64_t bytes_max, std::string_view path)
{
    std::string text;
    std::array<char, 64 << 10> block {};
    while (text.size() < bytes_max) {
        auto const wanted = std::min<std::uint64_t>(block.size(), bytes_max - text.size());
        auto const got = ::read(descriptor, block.data(), wanted);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return os::error_from_errno(errno, "collect.read", std::string(path));
        if (got == 0)
            break;
        text.append(block.data(), static_cast<std::size_t>(got));
    }
    return text;
}

Result<Source> Source::open(std::filesystem::path const& root, SourceKind kind)
{
    Source source;
    source.m_root = os::Descriptor { ::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC) };
    if (!source.m_root.is_open())
        return os::error_from_errno(errno, "collect.root", root.string());
    source.m_kind = kind;
    std::error_code ignored;
    source.m_is_slash = std::filesystem::equivalent(root, "/", ignored);
    source.find_aliases();
    return source;
}

Result<os::Descriptor> Source::open_with(std::string_view path, int flags) const
{
    if (is_blocked(path))
        return Error { ErrorCode::unsupported, "collect.network_mount", 0, 0, 0, std::string(path) };
    auto const name = relative(path);
    if (m_is_slash) {
        os::Descriptor opened { ::openat(m_root.number(), name.c_str(), flags) };
        if (!opened.is_open())
            return os::error_from_errno(errno, "collect.open", std::string(path));
        return opened;
    }
    struct open_how how { };
    how.flags = static_cast<__u64>(flags);
    how.resolve = RESOLVE_IN_ROOT;
    os::Descriptor opened { static_cast<int>(::syscall(SYS_openat2, m_root.number(), name.c_str(), &how, sizeof how)) };
    if (!opened.is_open())
        return os::error_from_errno(errno, "collect.open", std::string(path));
    return opened;
}

void Source::block(std::string mount_point, std::string reason)
{
    m_blocked.emplace(std::move(mount_point), std::move(reason));
}

bool Source::is_blocked(std::string_view path) const
{
    return std::any_of(m_blocked.begin(), m_blocked.end(), [&](auto const& entry) {
        return path.starts_with(entry.first) && (path.size() == entry.first.size() || path[entry.first.size()] == '/');
    });
}

Result<os::Descriptor> Source::open_file(std::string_view path, FinalLink links) const
{
    // What a link leads to is asked before it is opened: opening a FIFO or a device is not without effect.
    auto const target = links == FinalLink::follow ? TRY(resolved(path)) : std::string(path);
    auto const entry = TRY(status(target, FinalLink::keep));
    if (entry.type != FileType::regular)
        return Error { ErrorCode::unsupported, "collect.kind", 0, 0, 0, std::string(path) };
    constexpr int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
    if (auto quiet = open_with(target, flags | O_NOATIME); quiet.ok())
        return quiet;
    return open_with(target, flags); // O_NOATIME is for the owner and root
}

Result<os::Descriptor> Source::open_folder(std::string_view path) const
{
    constexpr int flags = O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW;
    if (auto quiet = open_with(path, flags | O_NOATIME); quiet.ok())
        return quiet;
    return open_with(path, flags);
}

Result<FileStatus> Source::status(std::string_view path, FinalLink links) const
{
    auto const opened = TRY(open_with(path, O_PATH | O_CLOEXEC | (links == FinalLink::keep ? O_NOFOLLOW : 0)));
    return status_of(opened.number());
}

Result<std::string> Source::read_link(std::string_view path) const
{
    auto const opened = TRY(open_with(path, O_PATH | O_CLOEXEC | O_NOFOLLOW));
    std::string target(PATH_MAX, '\0');
    auto const size = ::readlinkat(opened.number(), "", target.data(), target.size());
    if (size < 0)
        return os::error_from_errno(errno, "collect.link", std::string(path));
    target.resize(static_cast<std::size_t>(size));
    return target;
}

Result<std::vector<std::string>> Source::names_in(std::string_view folder) const
{
    return collect::names_in(TRY(open_folder(folder)), folder);
}

Result<std::string> Source::read(std::string_view path, std::uint64_t bytes_max) const
{
    auto const file = TRY(open_file(path, FinalLink::follow));
    return read_to_end(file.number(), bytes_max, path);
}

Result<std::string> Source::read_state(std::string_view path, std::uint64_t bytes_max) const
{
    auto const file = TRY(open_with(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW));
    return read_to_end(file.number(), bytes_max, path);
}

void Source::find_aliases()
{
    auto const names = names_in("/");
    if (!names.ok())
        return;
    for (auto const& name : names.value()) {
        auto const target = read_link("/" + name);
        if (!target.ok())
            continue;
        auto to = (std::filesystem::path("/") / target.value()).lexically_normal().string();
        while (to.size() > 1 && to.ends_with('/'))
            to.pop_back();
        if (auto const found = status(to, FinalLink::keep); found.ok() && found.value().type == FileType::folder)
            m_aliases.emplace("/" + name, to);
    }
}

std::string Source::canonical(std::string_view path) const
{
    auto const end = path.find('/', 1);
    if (auto const alias = m_aliases.find(path.substr(0, end)); alias != m_aliases.end())
        return alias->second + std::string(end == std::string_view::npos ? "" : path.substr(end));
    return std::string(path);
}

// One step: where the first link on the way leads. The same text back: there is none.
static Result<std::string> step(Source const& source, std::string const& path)
{
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        auto const part = path.substr(0, end);
        if (part.size() > 1) {
            auto const entry = TRY(source.status(part, FinalLink::keep));
            if (entry.type == FileType::link) {
                auto const target = std::filesystem::path(TRY(source.read_link(part)));
                auto const rest = end == std::string::npos ? std::string() : path.substr(end);
                auto const whole = std::filesystem::path(part).parent_path() / target;
                auto next = (whole.string() + rest);
                return std::filesystem::path(next).lexically_normal().string();
            }
        }
        if (end == std::string::npos)
            return path;
    }
}

Result<std::string> Source::resolved(std::string_view path) const
{
    auto current = std::filesystem::path(path).lexically_normal().string();
    for (int links = 0; links < links_max; ++links) {
        auto next = TRY(step(*this, current));
        if (next == current)
            return current;
        current = std::move(next);
    }
    return Error { ErrorCode::loop, "collect.link", 0, 0, 0, std::string(path) };
}

bool is_network_file_system(std::string_view type)
{
    static constexpr std::array<std::string_view, 24> names { "9p", "afs", "autofs", "ceph", "cifs", "coda", "davfs",
        "fuse", "gfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "pvfs2",
        "smb3", "smbfs", "sshfs", "virtiofs", "wekafs" };
    return std::find(names.begin(), names.end(), type) != names.end() || type.starts_with("fuse.");
}

bool is_pseudo_file_system(std::string_view type)
{
    static constexpr std::array<std::string_view, 25> names { "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs",
        "debugfs", "devpts", "efivarfs", "fusectl", "hugetlbfs", "mqueue", "nsfs", "overlay", "proc", "pstore",
        "resctrl", "rpc_pipefs", "securityfs", "selinuxfs", "smackfs", "squashfs", "sysfs", "tracefs", "usbfs",
        "zonefs" };
    return std::find(names.begin(), names.end(), type) != names.end();
}

}
