#include "os/walk.hpp"
#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

namespace konseki::os {

namespace {

FileFacts facts_from(struct stat const& status)
{
    return { static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec,
        static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino) };
}

Result<std::vector<std::string>> names_in(std::filesystem::path const& folder)
{
    std::vector<std::string> names;
    auto* const stream = ::opendir(folder.c_str());
    if (stream == nullptr)
        return error_from_errno(errno, "folder.open", folder.string());
    errno = 0;
    int problem = 0;
    while (true) {
        errno = 0;
        auto const* const entry = ::readdir(stream); // NOLINT(concurrency-mt-unsafe): one stream, one thread
        problem = errno;
        if (entry == nullptr)
            break;
        std::string_view const name = entry->d_name;
        if (name != "." && name != "..")
            names.emplace_back(name);
    }
    ::closedir(stream);
    if (problem != 0)
        return error_from_errno(problem, "folder.read", folder.string());
    std::ranges::sort(names);
    return names;
}

struct Visit {
    std::filesystem::path path;
    bool may_follow = false; // the start only
};

// Looks at one entry; pushes what a folder holds so that it is taken in order.
void visit(Visit const& entry, Walk& found, std::vector<Visit>& pending)
{
    struct stat status { };
    if (::fstatat(AT_FDCWD, entry.path.c_str(), &status, entry.may_follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0) {
        found.problems.emplace_back(entry.path, error_from_errno(errno, "file.stat", entry.path.string()));
    } else if (S_ISREG(status.st_mode)) {
        found.files.push_back({ entry.path, facts_from(status) });
    } else if (S_ISLNK(status.st_mode)) {
        ++found.links_skipped;
    } else if (S_ISDIR(status.st_mode)) {
        auto names = names_in(entry.path);
        if (!names.ok()) {
            found.problems.emplace_back(entry.path, std::move(names).error());
            return;
        }
        for (auto name = names.value().rbegin(); name != names.value().rend(); ++name)
            pending.push_back({ entry.path / *name, false });
    } else {
        ++found.special_skipped;
    }
}

}

Walk walk(std::filesystem::path const& start, std::stop_token const& stop)
{
    Walk found;
    std::vector<Visit> pending { { start, true } };
    while (!pending.empty() && !stop.stop_requested()) {
        auto const next = std::move(pending.back());
        pending.pop_back();
        visit(next, found, pending);
    }
    return found;
}

}
