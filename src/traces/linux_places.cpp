#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_place_table.hpp"
#include <algorithm>
#include <array>
#include <optional>

namespace konseki {

namespace {

constexpr std::array<std::string_view, 12> top_folders { "etc", "usr", "var", "home", "root", "lib", "lib64", "run",
    "opt", "srv", "boot", "export" };

// Homes of people, of services and of those to come; the last name is the owner's.
constexpr std::array<std::string_view, 12> homes { "/root", "/home/*", "/home/*/*", "/export/home/*", "/var/home/*",
    "/var/lib/*", "/var/*", "/srv/*", "/opt/*", "/etc/skel", "/usr/local/*", "/usr/share/*" };

bool is_one_of_set(std::string_view set, char c)
{
    for (std::size_t i = 0; i < set.size(); ++i) {
        if (i + 2 < set.size() && set[i + 1] == '-') {
            if (c >= set[i] && c <= set[i + 2])
                return true;
            i += 2;
        } else if (set[i] == c) {
            return true;
        }
    }
    return false;
}

// One step of a pattern that is not a star: how far it reaches, and whether it takes the character.
struct Step {
    std::size_t size = 1;
    bool is_taken = false;
};
Step step(std::string_view pattern, char c)
{
    if (pattern[0] == '?')
        return { 1, c != '/' };
    if (pattern[0] == '[') {
        if (auto const close = pattern.find(']', 1); close != std::string_view::npos)
            return { close + 1, c != '/' && is_one_of_set(pattern.substr(1, close - 1), c) };
    }
    return { 1, pattern[0] == c };
}

// The merged /usr and the old /var/run have one spelling in the table; empty where the path has it already.
std::string with_one_spelling(std::string_view path)
{
    constexpr std::array<std::array<std::string_view, 2>, 4> spellings { { { "/lib/", "/usr/lib/" },
        { "/lib64/", "/usr/lib64/" }, { "/var/run/", "/run/" }, { "/private/etc/", "/etc/" } } };
    for (auto const& [from, to] : spellings) {
        if (path.starts_with(from))
            return format("{}{}", to, path.substr(from.size()));
    }
    return {};
}

// Most patterns are refused by their ends, without a walk.
bool may_match(std::string_view path, PlaceEnds const& ends)
{
    return path.starts_with(ends.before) && path.ends_with(ends.behind);
}

bool matches_home(std::string_view path, std::string_view rest_pattern, std::string_view& user)
{
    auto const literal = rest_pattern.substr(0, rest_pattern.find_first_of("*?["));
    if (path.find(literal) == std::string_view::npos)
        return false;
    for (auto const home : homes) {
        auto const levels = static_cast<std::size_t>(std::ranges::count(home, '/'));
        std::size_t end = 0;
        for (std::size_t level = 0; level < levels && end != std::string_view::npos; ++level)
            end = path.find('/', end + 1);
        if (end == std::string_view::npos || !matches_linux_pattern(path.substr(0, end), home)
            || !matches_linux_pattern(path.substr(end), rest_pattern))
            continue;
        user = home == "/etc/skel" ? std::string_view {} : file_name_of(path.substr(0, end));
        return true;
    }
    return false;
}

// The folders of containers' layers hold whole systems: the path of such a file is where it lies on the host.
bool holds_other_systems(std::string_view path)
{
    return path.starts_with("/var/lib/docker/") || path.starts_with("/var/lib/containers/")
        || path.starts_with("/var/lib/containerd/") || path.starts_with("/var/lib/lxc/")
        || path.starts_with("/var/lib/machines/")
        || (path.starts_with("/home/") && path.find("/containers/storage/") != std::string_view::npos);
}

constexpr std::array<std::string_view, 8> root_folders { "rootfs", "diff", "merged", "fs", "sysroot", "chroot",
    "squashfs-root", "root_fs" };

bool is_root_folder(std::string_view name)
{
    return std::ranges::find(root_folders, name) != root_folders.end();
}

bool is_top_folder(std::string_view name)
{
    return std::ranges::find(top_folders, name) != top_folders.end();
}

LinuxPath match_from(std::string_view path)
{
    auto const other = with_one_spelling(path);
    auto const spelled = other.empty() ? path : std::string_view(other);
    bool const has_dot_name = path.find("/.") != std::string_view::npos; // as all places in homes have
    auto const places = linux_places();
    auto const ends = linux_place_ends();
    for (std::size_t i = 0; i < places.size(); ++i) {
        if ((ends[i].is_of_home && !has_dot_name) || ends[i].is_anywhere || !may_match(spelled, ends[i]))
            continue;
        auto const& place = places[i];
        std::string_view user;
        bool const fits = ends[i].is_of_home ? matches_home(spelled, place.pattern.substr(1), user)
                                             : matches_linux_pattern(spelled, place.pattern);
        if (fits)
            return { &place, std::string(path), std::string(user) };
    }
    return {};
}

// Patterns that begin with ** need no known folder above them; the path begins at the first one there is.
LinuxPath match_anywhere(std::string_view path, std::size_t begin)
{
    auto const places = linux_places();
    auto const ends = linux_place_ends();
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (ends[i].is_anywhere && may_match(path, ends[i]) && matches_linux_pattern(path, places[i].pattern))
            return { &places[i], std::string(path.substr(begin)), {} };
    }
    return {};
}

LinuxPath found_path(std::string_view name)
{
    std::string path { name };
    std::ranges::replace(path, '\\', '/');
    if (auto const root = path.rfind("[root]/"); root != std::string::npos)
        path.erase(0, root + 6);
    else if (!path.starts_with('/'))
        path.insert(path.begin(), '/');
    std::string_view const whole = path;
    auto const first = whole.substr(0, whole.find('/', 1));
    bool const begins_at_top = is_top_folder(first.substr(1));
    bool const is_of_container = begins_at_top && holds_other_systems(whole);
    std::size_t first_top = whole.size();
    for (std::size_t begin = 0; begin < whole.size();) {
        auto const end = std::min(whole.find('/', begin + 1), whole.size());
        // Below a known top folder lies another system only where its folder says so; elsewhere it is a copy of a file.
        bool const may_be_root = begin == 0 || !begins_at_top || is_root_folder(file_name_of(whole.substr(0, begin)));
        if (may_be_root && is_top_folder(whole.substr(begin + 1, end - begin - 1))) {
            first_top = std::min(first_top, begin);
            if (auto found = match_from(whole.substr(begin)); found.place != nullptr) {
                if (is_of_container)
                    found.path = whole;
                return found;
            }
        }
        begin = end;
    }
    return match_anywhere(whole, first_top == whole.size() ? 0 : first_top);
}

// Each parser of Linux files is asked about a file, one after the other: only the first has its path looked for.
LinuxPath const& path_of_last(std::string_view name)
{
    struct Last {
        std::string name;
        LinuxPath path;
    };
    static thread_local std::optional<Last> last;
    if (!last || last->name != name)
        last = Last { std::string(name), found_path(name) };
    return last->path;
}

struct Technique {
    std::string_view location, attack;
};
constexpr std::array<Technique, 36> techniques { { { "L01", "T1543.002" }, { "L02", "T1053.006" },
    { "L03", "T1543.002" }, { "L04", "T1543.002" }, { "L05", "T1053.003" }, { "L06", "T1053.003" },
    { "L07", "T1053.002" }, { "L08", "T1037.004" }, { "L09", "T1543" }, { "L10", "T1546.004" }, { "L11", "T1546.004" },
    { "L12", "T1574.006" }, { "L13", "T1574.006" }, { "L14", "T1556.003" }, { "L15", "T1098.004" }, { "L16", "T1546" },
    { "L18", "T1548.003" }, { "L19", "T1548" }, { "L22", "T1547.006" }, { "L24", "T1542" }, { "L25", "T1542.003" },
    { "L26", "T1546.017" }, { "L27", "T1547.013" }, { "L28", "T1543" }, { "L29", "T1546" }, { "L30", "T1037" },
    { "L31", "T1546.016" }, { "L33", "T1546" }, { "L34", "T1505.003" }, { "L35", "T1543.005" }, { "L36", "T1546" },
    { "L37", "T1556" }, { "L38", "T1546" }, { "L39", "T1546.018" }, { "L40", "T1562" }, { "L46", "T1553.004" } } };

}

bool matches_linux_pattern(std::string_view path, std::string_view pattern)
{
    std::size_t at = 0, in_pattern = 0;
    std::size_t star = std::string_view::npos, star_at = 0; // a single star to come back to
    std::size_t far = std::string_view::npos, far_at = 0; // a double star to come back to
    while (at < path.size() || in_pattern < pattern.size()) {
        auto const rest = pattern.substr(in_pattern);
        if (rest.starts_with("**")) {
            far = in_pattern += 2;
            far_at = at;
            star = std::string_view::npos;
            continue;
        }
        if (rest.starts_with('*')) {
            star = ++in_pattern;
            star_at = at;
            continue;
        }
        if (!rest.empty() && at < path.size()) {
            if (auto const taken = step(rest, path[at]); taken.is_taken) {
                in_pattern += taken.size;
                ++at;
                continue;
            }
        }
        if (star != std::string_view::npos && star_at < path.size() && path[star_at] != '/') {
            at = ++star_at;
            in_pattern = star;
        } else if (far != std::string_view::npos && far_at < path.size()) {
            at = ++far_at;
            in_pattern = far;
            star = std::string_view::npos;
        } else {
            return false;
        }
    }
    return true;
}

LinuxPath linux_path_of(std::string_view name)
{
    return path_of_last(name);
}

std::string_view linux_attack_of(std::string_view location)
{
    auto const* const found = std::ranges::find(techniques, location, &Technique::location);
    if (found != techniques.end())
        return found->attack;
    return location == "L45" ? "T1651" : std::string_view {};
}

Sniff sniff_linux(ByteView head, std::string_view name, std::initializer_list<LinuxGrammar> grammars)
{
    auto const* const place = path_of_last(name).place;
    if (place == nullptr || std::ranges::find(grammars, place->grammar) == grammars.end())
        return Sniff::no;
    auto const text = as_text(head);
    return text.find('\0') == std::string_view::npos ? Sniff::sure : Sniff::maybe;
}

}
