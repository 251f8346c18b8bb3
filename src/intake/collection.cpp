#include "intake/collection.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <bit>
#include <vector>

namespace konseki::intake {

namespace {

constexpr std::array<std::string_view, 7> accessors { "auto", "ntfs", "mft", "lazy_ntfs", "ntfs_vss", "file",
    "raw_file" };
// Enough of what lies directly on a Windows volume to tell a drive letter from any other folder of one letter.
constexpr std::array<std::string_view, 24> top_names { "windows", "winnt", "users", "program files",
    "program files (x86)", "programdata", "documents and settings", "$mft", "$mftmirr", "$logfile", "$boot", "$extend",
    "$secure_$sds", "$secure%3a$sds", "$recycle.bin", "recycler", "inetpub", "perflogs", "recovery",
    "system volume information", "pagefile.sys", "hiberfil.sys", "swapfile.sys", "$bitmap" };

// What tells the root of a Linux system from any folder with an etc/ in it.
constexpr std::array<std::string_view, 8> etc_names { "passwd", "group", "shadow", "hostname", "machine-id",
    "os-release", "debian_version", "redhat-release" };
constexpr std::array<std::string_view, 12> linux_tops { "usr", "var", "bin", "sbin", "lib", "boot", "root", "home",
    "opt", "srv", "run", "tmp" };
constexpr std::array<std::string_view, 9> uac_folders { "process", "network", "system", "packages", "storage",
    "hardware", "containers", "modifiers", "vms" };
constexpr std::string_view our_description = "konseki-collection.json";

bool is_any_of(std::string_view word, std::span<std::string_view const> words)
{
    return std::ranges::any_of(words, [&](auto const one) { return equals_ignoring_case(one, word); });
}

bool is_letter(char c)
{
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

bool is_digits(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "C", "C:", "c%3A" -> "C:"
std::string drive_in(std::string_view component)
{
    if (component.empty() || !is_letter(component[0]))
        return {};
    auto const rest = component.substr(1);
    if (!rest.empty() && rest != ":" && !equals_ignoring_case(rest, "%3a"))
        return {};
    auto const letter = component[0] >= 'a' ? static_cast<char>(component[0] - 'a' + 'A') : component[0];
    return { letter, ':' };
}

// [fsa 7] KAPE keeps the number of the shadow copy in the folder's name.
std::string shadow_in(std::string_view component)
{
    if (component.size() < 4 || !equals_ignoring_case(component.substr(0, 3), "vss") || !is_digits(component.substr(3)))
        return {};
    return format("\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy{}", component.substr(3));
}

std::string volume_in(std::string_view component)
{
    auto drive = drive_in(component);
    return drive.empty() ? shadow_in(component) : drive;
}

std::string join(std::span<std::string_view const> components, char separator)
{
    std::string text;
    for (auto const component : components) {
        text += separator;
        text += component;
    }
    return text;
}

// Where the volume stands, and what that says of the collection.
struct Mark {
    CollectionKind kind;
    std::size_t root_components; // before the volume
};

std::optional<Mark> mark_in(std::span<std::string_view const> parts)
{
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        auto const next = parts[i + 1];
        auto const after = i + 2 < parts.size() ? parts[i + 2] : std::string_view {};
        if (parts[i] == "uploads" && is_any_of(next, accessors) && !after.empty())
            return Mark { CollectionKind::velociraptor, i + 1 };
        if (parts[i] == "fs" && !after.empty()
            && (!drive_in(next).empty() || next == "$fs$" || equals_ignoring_case(next, "sysvol")))
            return Mark { CollectionKind::acquire, i + 1 };
        if (parts[i] == "[root]" || (parts[i] == "live_response" && is_any_of(next, uac_folders) && !after.empty()))
            return Mark { CollectionKind::uac, i };
        if (!volume_in(parts[i]).empty() && is_any_of(next, top_names))
            return Mark { CollectionKind::drive_folder, i };
        if (equals_ignoring_case(parts[i], "windows") && equals_ignoring_case(next, "system32"))
            return Mark { CollectionKind::system_root, i };
    }
    if (parts.back() == our_description || parts.back() == "uac.log")
        return Mark { parts.back() == our_description ? CollectionKind::konseki : CollectionKind::uac,
            parts.size() - 1 };
    return std::nullopt;
}

// Which of a Linux system's names lie directly in a folder.
struct LinuxSigns {
    std::uint32_t etc = 0, tops = 0; // a bit per name

    void add(std::string_view part, std::string_view next)
    {
        if (part == "etc")
            etc |= bit_of(next, etc_names);
        else
            tops |= bit_of(part, linux_tops);
    }
    // A copy of etc/ alone is one as well, where enough of it is there.
    bool is_root() const { return etc != 0 && (tops != 0 || std::popcount(etc) >= 3); }

private:
    static std::uint32_t bit_of(std::string_view word, std::span<std::string_view const> words)
    {
        auto const place = std::ranges::find(words, word);
        return place == words.end() ? 0U : 1U << static_cast<unsigned>(place - words.begin());
    }
};

std::string_view stem_of(std::string_view name)
{
    name = name.substr(name.find_last_of('/') + 1);
    for (auto const* const suffix : { ".zip", ".7z", ".tar", ".tar.gz", ".tgz", ".tar.zst", ".p7b" }) {
        std::string_view const end { suffix };
        if (name.size() > end.size() && equals_ignoring_case(name.substr(name.size() - end.size()), end))
            name = name.substr(0, name.size() - end.size());
    }
    return name;
}

// The text before "-2021-11-21T": Velociraptor's time.
std::string before_time(std::string_view text)
{
    for (std::size_t at = 1; at + 12 <= text.size(); ++at) {
        auto const time = text.substr(at);
        if (time[0] == '-' && is_digits(time.substr(1, 4)) && time[5] == '-' && is_digits(time.substr(6, 2))
            && time[8] == '-' && is_digits(time.substr(9, 2)) && time[11] == 'T')
            return std::string(text.substr(0, at));
    }
    return {};
}

}

std::string_view collection_kind_name(CollectionKind kind)
{
    switch (kind) {
    case CollectionKind::drive_folder: return "drive_folder";
    case CollectionKind::kape: return "kape";
    case CollectionKind::cylr: return "cylr";
    case CollectionKind::velociraptor: return "velociraptor";
    case CollectionKind::acquire: return "acquire";
    case CollectionKind::orc: return "orc";
    case CollectionKind::uac: return "uac";
    case CollectionKind::konseki: return "konseki";
    case CollectionKind::system_root: return "system_root";
    }
    return "drive_folder";
}

std::string percent_decoded(std::string_view component)
{
    auto const digit = [](char c) {
        auto const lower = ascii_lower(c);
        if (c >= '0' && c <= '9')
            return c - '0';
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    };
    std::string text;
    for (std::size_t at = 0; at < component.size(); ++at) {
        auto const is_escape = component[at] == '%' && at + 2 < component.size() && digit(component[at + 1]) >= 0
            && digit(component[at + 2]) >= 0;
        if (!is_escape) {
            text += component[at];
            continue;
        }
        text += static_cast<char>(digit(component[at + 1]) * 16 + digit(component[at + 2]));
        at += 2;
    }
    return text;
}

std::string host_in_name(std::string_view container_name)
{
    auto const stem = stem_of(container_name);
    if (stem.starts_with("Collection-"))
        return before_time(stem.substr(11));
    if (stem.starts_with("DFIR-ORC_")) {
        auto const type_end = stem.find('_', 9);
        auto const host_end = stem.rfind('_');
        if (type_end != std::string_view::npos && host_end > type_end)
            return std::string(stem.substr(type_end + 1, host_end - type_end - 1));
    }
    if (stem.starts_with("uac-")) {
        auto const time = stem.rfind('-');
        auto const system = time == std::string_view::npos ? time : stem.rfind('-', time - 1);
        if (system != std::string_view::npos && system > 4 && is_digits(stem.substr(time + 1)))
            return std::string(stem.substr(4, system - 4));
    }
    if (auto const system = stem.rfind("-linux-"); stem.starts_with("konseki-") && system != std::string_view::npos
        && system > 8 && stem.size() > system + 7 && is_digits(stem.substr(system + 7, 4)))
        return std::string(stem.substr(8, system - 8));
    auto const underscore = stem.rfind('_');
    if (underscore != std::string_view::npos && underscore > 0 && stem.size() - underscore - 1 == 14
        && is_digits(stem.substr(underscore + 1)))
        return std::string(stem.substr(0, underscore)); // acquire
    return {};
}

ReadThrough read_through(std::string_view original_path)
{
    auto const parts = split(original_path, '/');
    for (std::size_t i = 0; i + 2 < parts.size(); ++i) {
        if (parts[i] == "uploads" && is_any_of(parts[i + 1], accessors))
            return parts[i + 1] == "auto" || parts[i + 1] == "file" ? ReadThrough::system : ReadThrough::volume;
    }
    return ReadThrough::unknown;
}

// Folders that hold what "/" of a Linux system holds: copies of a system, mounted images, CyLR's archives.
void CollectionLayout::add_linux_roots(std::span<std::string const> paths)
{
    std::map<std::string, LinuxSigns, std::less<>> folders;
    for (auto const& path : paths) {
        auto const parts = split(path, '/');
        if (mark_in(parts))
            continue;
        std::size_t begin = 0; // of parts[i] in the path
        for (std::size_t i = 0; i + 1 < parts.size(); begin += parts[i].size() + 1, ++i) {
            if (parts[i] == "etc" || std::ranges::find(linux_tops, parts[i]) != linux_tops.end())
                folders[path.substr(0, begin)].add(parts[i], parts[i + 1]);
        }
    }
    for (auto const& [folder, signs] : folders) {
        if (signs.is_root())
            m_roots.try_emplace(folder, Root { CollectionKind::system_root, {}, {}, true });
    }
}

// The nearest folder with a telling name, from the inside out; then the archive's own.
void CollectionLayout::name(std::string const& folder, Root& root, std::string_view container_name) const
{
    auto const parts = split(folder, '/');
    for (auto part = parts.rbegin(); part != parts.rend() && root.host.empty(); ++part)
        root.host = host_in_name(*part);
    if (root.host.empty())
        root.host = host_in_name(container_name);
    if (root.host.empty() && root.kind == CollectionKind::cylr && folder.empty())
        root.host = stem_of(container_name);
}

CollectionLayout CollectionLayout::of(std::span<std::string const> paths, std::string_view container_name)
{
    CollectionLayout layout;
    bool has_cylr_log = false, has_kape_log = false;
    for (auto const& path : paths) {
        auto const name = std::string_view(path).substr(path.find_last_of('/') + 1);
        has_cylr_log = has_cylr_log || name.starts_with("CyLR_Collection_Log_");
        has_kape_log = has_kape_log || name.ends_with("_CopyLog.csv") || name.ends_with("_SkipLog.csv")
            || name.ends_with("_ConsoleLog.txt");
        auto const parts = split(path, '/');
        auto const mark = mark_in(parts);
        if (!mark)
            continue;
        std::string root;
        for (std::size_t i = 0; i < mark->root_components; ++i)
            append_format(root, "{}/", parts[i]);
        auto const [place, is_new] = layout.m_roots.try_emplace(std::move(root), Root { mark->kind, {}, {} });
        auto const is_better = mark->kind == CollectionKind::konseki; // [root]/ alone looks like UAC's
        if (!is_new && (is_better || place->second.kind == CollectionKind::system_root))
            place->second.kind = mark->kind; // a volume beside it says more
    }
    layout.add_linux_roots(paths);
    for (auto& [root, what] : layout.m_roots) {
        what.folder = root;
        if (what.kind == CollectionKind::velociraptor || what.kind == CollectionKind::acquire)
            what.folder = root.substr(0, root.rfind('/', root.size() - 2) + 1); // without uploads/ or fs/
        auto const is_folder = what.kind == CollectionKind::drive_folder || what.is_linux;
        if (is_folder && has_cylr_log)
            what.kind = CollectionKind::cylr;
        else if (what.kind == CollectionKind::drive_folder && has_kape_log)
            what.kind = CollectionKind::kape;
        layout.name(root, what, container_name);
    }
    return layout;
}

std::optional<std::string_view> CollectionLayout::root_above(std::string_view path) const
{
    std::optional<std::string_view> longest;
    for (auto const& [root, what] : m_roots) {
        auto const is_folder_only
            = what.kind == CollectionKind::drive_folder || what.kind == CollectionKind::system_root;
        if (!is_folder_only && path.starts_with(what.folder) && (!longest || what.folder.size() > longest->size()))
            longest = what.folder;
    }
    return longest;
}

std::optional<MachinePlace> CollectionLayout::place_of(std::string_view path) const
{
    auto const parts = split(path, '/');
    std::string prefix;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto const root = m_roots.find(prefix);
        append_format(prefix, "{}/", parts[i]);
        if (root == m_roots.end())
            continue;
        auto const kind = root->second.kind;
        auto const rest = std::span(parts).subspan(i);
        MachinePlace place { kind, root->second.host, {}, false, root->second.folder };
        if (kind == CollectionKind::velociraptor) {
            if (rest.size() < 3 || !is_any_of(rest[0], accessors))
                return std::nullopt; // results, logs: of the host, but not a file of its volumes
            place.is_raw_read = rest[0] != "auto" && rest[0] != "file";
            auto volume = percent_decoded(rest[1]);
            if (drive_in(volume).empty() && !volume.starts_with('\\')) { // of a Linux machine: no volumes there
                for (auto const part : rest.subspan(1))
                    append_format(place.path, "/{}", percent_decoded(part));
                return place;
            }
            if (volume.starts_with("\\\\.\\"))
                volume = volume.substr(4);
            place.path = std::move(volume);
            for (auto const part : rest.subspan(2))
                append_format(place.path, "\\{}", percent_decoded(part));
            return place;
        }
        if (root->second.is_linux) {
            place.path = join(rest, '/');
            return place;
        }
        if (kind == CollectionKind::uac || kind == CollectionKind::konseki) {
            if (rest.size() < 2 || rest[0] != "[root]")
                return std::nullopt;
            place.path = join(rest.subspan(1), '/');
            return place;
        }
        if (kind == CollectionKind::system_root) {
            place.path = join(rest, '\\'); // which letter it had is not known
            return place;
        }
        auto volume = volume_in(rest[0]);
        if (volume.empty() && kind == CollectionKind::acquire && equals_ignoring_case(rest[0], "sysvol"))
            volume = "sysvol";
        if (volume.empty() || rest.size() < 2)
            return std::nullopt;
        place.path = volume + join(rest.subspan(1), '\\');
        return place;
    }
    return std::nullopt;
}

}
