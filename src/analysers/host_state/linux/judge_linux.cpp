// Gives drafts the terms that follow from their files: whose they are, where they lie, what they are called, when they
// came. Then couples what belongs together.
#include "analysers/host_state/features.hpp"
#include "analysers/host_state/linux/linux_host.hpp"
#include "analysers/host_state/linux/unix_commands.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <span>

namespace konseki::host_state::on_linux {

namespace {

bool is_one_of(std::span<std::string const> all, std::string_view path)
{
    return std::find(all.begin(), all.end(), path) != all.end();
}

bool ends_with_one_of(std::string_view path, std::span<std::string_view const> ends)
{
    return std::any_of(ends.begin(), ends.end(), [&](auto end) { return path.ends_with(end); });
}

// Files that scripts of packages or the installer make: that no package owns them says nothing; their lines do.
bool is_made_by_system(std::string_view path)
{
    static constexpr std::array<std::string_view, 40> files { "/etc/pam.d/common-auth", "/etc/pam.d/common-account",
        "/etc/pam.d/common-password", "/etc/pam.d/common-session", "/etc/pam.d/common-session-noninteractive",
        "/etc/pam.d/system-auth", "/etc/pam.d/password-auth", "/etc/pam.d/postlogin", "/etc/pam.d/fingerprint-auth",
        "/etc/pam.d/smartcard-auth", "/etc/profile", "/etc/environment", "/etc/nsswitch.conf", "/etc/crontab",
        "/etc/apt/sources.list", "/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list.d/ubuntu.sources",
        "/etc/hosts", "/etc/ssh/sshd_config", "/etc/ssh/ssh_config", "/etc/default/grub", "/etc/default/locale",
        "/boot/grub/grub.cfg", "/boot/grub2/grub.cfg", "/etc/modules", "/etc/sudoers", "/etc/network/interfaces",
        "/etc/sysctl.conf", "/etc/hosts.allow", "/etc/hosts.deny", "/etc/apt/apt.conf.d/01autoremove-kernels",
        "/etc/apt/apt.conf.d/docker-clean", "/etc/apt/apt.conf.d/docker-gzip-indexes",
        "/etc/apt/apt.conf.d/docker-no-languages", "/etc/apt/apt.conf.d/docker-autoremove-suggests",
        "/etc/apt/apt.conf.d/00CDMountPoint", "/etc/apt/apt.conf.d/00trustcdrom", "/etc/inittab", "/etc/rsyslog.conf",
        "/etc/selinux/config" };
    static constexpr std::array<std::string_view, 6> of_homes { "/.bashrc", "/.profile", "/.bash_logout",
        "/.bash_profile", "/.zshrc", "/.cshrc" };
    static constexpr std::array<std::string_view, 5> folders { "/run/systemd/generator", "/run/udev/",
        "/etc/alternatives/", "/run/modules-load.d/", "/run/environment.d/" };
    return std::find(files.begin(), files.end(), path) != files.end() || ends_with_one_of(path, of_homes)
        || std::any_of(folders.begin(), folders.end(), [&](auto folder) { return path.starts_with(folder); });
}

bool is_folder_of_packages(std::string_view path)
{
    return (path.starts_with("/usr/") && !path.starts_with("/usr/local/")) || path.starts_with("/lib/");
}

// Where packages alone write [FHS 3.0, 4.9: /usr/local is the administrator's], but for modules built on the spot.
bool is_of_packages_alone(std::string_view path)
{
    return path.starts_with("/usr/") && place_of(path) == Place::system && !path.starts_with("/usr/lib/modules/")
        && !path.starts_with("/usr/src/");
}

// "/etc/systemd/system/ssh.service.d/x.conf"
bool is_drop_in(std::string_view path)
{
    return path.find("/systemd/") != std::string_view::npos && folder_of(path).ends_with(".d");
}

constexpr std::int64_t second_ticks = 10'000'000;

bool came_with_packages(LinuxHost const& host, Timestamp at)
{
    constexpr std::int64_t near_ticks = 600 * second_ticks;
    auto const& times = host.package_times;
    auto const next = std::lower_bound(times.begin(), times.end(), at);
    auto const is_near = [&](Timestamp time) { return std::llabs(time.ticks - at.ticks) <= near_ticks; };
    return (next != times.end() && is_near(*next)) || (next != times.begin() && is_near(*std::prev(next)));
}

// What came within a day of the first package is how the system was set up.
bool came_with_system(LinuxHost const& host, Timestamp at)
{
    constexpr std::int64_t day_ticks = 24LL * 3600 * second_ticks;
    return !host.package_times.empty() && at.ticks - host.package_times.front().ticks < day_ticks;
}

// The clocks of a file that no package explains.
void judge_times(LinuxHost const& host, Item& item, FileFact const& fact, std::string_view path)
{
    constexpr std::int64_t day_ticks = 24LL * 3600 * second_ticks;
    auto const came = fact.changed_at.is_set() ? fact.changed_at : fact.modified_at;
    note_time(item, fact.modified_at);
    note_time(item, fact.changed_at);
    if (came.is_set() && host.collected_at.is_set() && came <= host.collected_at
        && host.collected_at.ticks - came.ticks < 14 * day_ticks && !came_with_packages(host, came)
        && !came_with_system(host, came))
        add_term(item, "linux.newest", to_string(came), fact.trace);
    if (fact.born_at.is_set() && fact.modified_at.is_set()
        && fact.born_at.ticks - fact.modified_at.ticks > 2 * day_ticks && fact.modified_at.ticks % second_ticks == 0)
        add_term(item, "linux.backdated", std::string(path), fact.trace);
}

void add_place_terms(Item& item, std::string_view path, TraceId trace)
{
    switch (place_of(path)) {
    case Place::temporary:
    case Place::memory:
    case Place::device: add_term(item, "linux.volatile_place", std::string(odd_folder(path)), trace); break;
    case Place::home:
        if (item.location != "L11" && item.location != "L33") // where people's own files name their own
            add_term(item, "linux.home_place", std::string(folder_of(path)), trace);
        break;
    case Place::web: add_term(item, "linux.web_place", std::string(folder_of(path)), trace); break;
    case Place::other: add_term(item, "linux.own_root_folder", std::string(path), trace); break;
    case Place::system:
    case Place::local:
    case Place::variable:
    case Place::unknown: break;
    }
}

void add_name_terms(Item& item, std::string_view path, Owner owner, TraceId trace)
{
    if (auto const part = hidden_part(path); !part.empty())
        add_term(item, "linux.hidden_name", std::string(path), trace);
    if (has_deceiving_name(path))
        add_term(item, "linux.deceiving_name", std::string(path), trace);
    auto const name = file_name_of(path);
    if (owner == Owner::same || owner == Owner::configuration)
        return;
    if (auto const tool = tool_of_unix_name(name))
        add_term(item, tool->is_dual_use ? "name.dual_use_tool" : "name.attack_tool", std::string(tool->tool), trace);
    auto const place = place_of(path);
    if (path.starts_with('/') && place != Place::system && is_name_of_system_daemon(name)
        && path.find("/rootfs/") == std::string_view::npos)
        add_term(item, "linux.daemon_elsewhere", std::string(path), trace);
}

class DraftJudge {
public:
    DraftJudge(LinuxHost const& host, Draft const& draft)
        : m_host(host)
        , m_draft(draft)
        , m_item(host.host->items[draft.item])
    {
    }
    void judge()
    {
        bool all_same = !m_draft.sources.empty();
        for (auto const& source : m_draft.sources)
            all_same = judge_source(source) && all_same;
        bool first = true;
        for (auto const& program : m_draft.programs) {
            judge_program(m_host.found(program), first);
            first = false;
        }
        if (all_same && !m_is_odd) {
            // What a package does in its own unchanged files is its business.
            std::erase_if(m_item.terms, [](Term const& term) {
                return term.feature->family == Family::command || term.feature->id == "linux.shadows";
            });
            add_term(m_item, "linux.package_same", m_package, m_draft.trace);
        } else if (m_program_of_package && !m_is_odd)
            add_term(m_item, "linux.program_of_package", m_program, m_draft.trace);
        if (m_is_door_open && m_draft.door != Door::usual)
            add_term(
                m_item, m_draft.door == Door::rare ? "location.rare" : "location.unusual", door_words(), m_draft.trace);
    }

private:
    std::string door_words() const { return m_draft.sources.empty() ? m_item.location : m_draft.sources.front(); }

    // The weight of a seldom used door is that of files there that no package brought: it is not told twice.
    bool is_door_all_it_is() const { return m_draft.door == Door::unusual && m_item.kind != ItemKind::file; }
    // A program in folders where packages alone write.
    void judge_neighbours(std::string const& path, TraceId trace)
    {
        bool const is_told = std::any_of(m_item.terms.begin(), m_item.terms.end(), [](Term const& term) {
            return term.feature->id == "linux.unowned_in_system" || term.feature->id == "linux.unowned_folder";
        });
        if (is_of_packages_alone(path) && !is_told)
            add_term(m_item, "linux.unowned_in_system", path, trace);
    }
    // Whether a package put it there as it is.
    bool judge_source(std::string const& written)
    {
        auto const path = m_host.behind_links(written);
        auto const* const fact = m_host.file(path);
        auto const trace = fact == nullptr ? m_draft.trace : fact->trace;
        auto const owner = fact == nullptr ? Owner::unknown : fact->owner;
        if (owner == Owner::same) {
            m_package = fact->package;
            return true;
        }
        if (has_deceiving_name(path) || (!hidden_part(path).empty() && place_of(path) != Place::home))
            add_name_terms(m_item, path, owner, trace);
        if (fact != nullptr)
            judge_times(m_host, m_item, *fact, path);
        if (fact != nullptr && (fact->mode & 2U) != 0 && fact->type != "link")
            add_term(m_item, "linux.world_writable", path, trace);
        if (is_made_by_system(path))
            return false;
        switch (owner) {
        case Owner::unowned:
            m_is_door_open = true;
            if (!m_draft.is_line && !is_door_all_it_is() && !is_one_of(m_draft.programs, path))
                add_term(m_item, "linux.unowned", path, trace);
            judge_neighbours(path, trace);
            if (is_drop_in(path) && !m_draft.programs.empty())
                add_term(m_item, "linux.drop_in", path, trace);
            break;
        case Owner::configuration:
            m_is_door_open = m_is_door_open || m_draft.door == Door::rare;
            add_term(m_item, "linux.configuration_changed", path, trace);
            break;
        case Owner::changed:
            m_is_door_open = true;
            add_term(m_item, "linux.package_changed", fact->package, trace);
            break;
        case Owner::diverted: add_term(m_item, "linux.diverted", path, trace); break;
        case Owner::unknown:
            if (is_folder_of_packages(path))
                add_term(m_item, "linux.package_folder", std::string(folder_of(path)), trace);
            else // without package data only what no system has by default counts
                m_is_door_open = m_draft.door == Door::rare && m_item.location == "L12";
            break;
        case Owner::same:
        case Owner::missing: break;
        }
        return false;
    }
    void judge_program(std::string const& path, bool is_first)
    {
        auto const* const fact = m_host.file(path);
        auto const owner = fact == nullptr ? Owner::unknown : fact->owner;
        auto const trace = fact == nullptr ? m_draft.trace : fact->trace;
        if (owner == Owner::same || owner == Owner::diverted) {
            m_program_of_package = m_program_of_package || is_first;
            m_program = fact->package;
            return;
        }
        add_place_terms(m_item, path, trace);
        add_name_terms(m_item, path, owner, trace);
        m_is_odd = m_is_odd || !odd_folder(path).empty() || !hidden_part(path).empty();
        if (fact == nullptr)
            return;
        if ((fact->mode & 2U) != 0 && fact->type == "regular")
            add_term(m_item, "linux.world_writable", path, trace);
        if (owner == Owner::changed) {
            m_is_odd = true;
            add_term(m_item, "linux.package_changed", fact->package, trace);
        } else if (owner == Owner::unowned) {
            m_is_odd = true;
            judge_times(m_host, m_item, *fact, path);
            bool const is_told = is_one_of(m_draft.sources, path) && is_door_all_it_is();
            if (!is_made_by_system(path) && !is_told) {
                add_term(m_item, "linux.unowned_program", path, trace);
                judge_neighbours(path, trace);
            }
        } else if (owner == Owner::missing && is_first) {
            add_term(m_item, "linux.file_missing", path, trace);
        }
    }

    LinuxHost const& m_host;
    Draft const& m_draft;
    Item& m_item;
    std::string m_package {}, m_program {};
    bool m_program_of_package = false, m_is_odd = false, m_is_door_open = false;
};

bool is_strong(Item const& item)
{
    return std::any_of(item.terms.begin(), item.terms.end(), [](Term const& term) {
        auto const& feature = *term.feature;
        return feature.family != Family::coupling && feature.implant_rate >= 15 * feature.harmless_rate;
    });
}

}

// What no package brought, else what comes first.
static std::string most_telling_program(LinuxHost const& host, Draft const& draft)
{
    for (auto const& program : draft.programs)
        if (auto path = host.found(program); host.owner_of(path) == Owner::unowned)
            return path;
    return draft.programs.empty() ? std::string() : host.found(draft.programs.front());
}

void judge_drafts(LinuxHost& host)
{
    for (auto const& draft : host.drafts) {
        auto& item = host.host->items[draft.item];
        if (item.target.empty())
            item.target = most_telling_program(host, draft);
        DraftJudge(host, draft).judge();
        auto const* const fact = host.file(item.target);
        if (fact == nullptr)
            continue;
        if (!fact->sha256.empty())
            item.content = format("sha256:{}", fact->sha256);
        if (fact->owner == Owner::same)
            item.package = fact->package;
    }
}

// A unit and the process of its program, a cron line and a file in /tmp: each makes the others more likely.
void couple_items(LinuxHost& host)
{
    std::map<std::string, std::vector<std::size_t>> by_file;
    auto& items = host.host->items;
    for (std::size_t at = 0; at < items.size(); ++at) {
        auto const& item = items[at];
        if (!item.is_judged || item.target.size() < 2 || !item.target.starts_with('/'))
            continue;
        auto const owner = host.owner_of(item.target);
        if (owner == Owner::same || (owner == Owner::unknown && is_folder_of_packages(item.target)))
            continue; // everything starts a shell
        auto const name = file_name_of(item.target);
        if (!is_shell(name) && !is_interpreter(name))
            by_file[item.target].push_back(at);
    }
    for (auto const& [file, members] : by_file) {
        if (members.size() < 2
            || std::none_of(members.begin(), members.end(), [&](auto at) { return is_strong(items[at]); }))
            continue;
        for (auto const member : members)
            for (auto const other : members)
                if (other != member)
                    add_term(items[member], "coupling.same_file", items[other].title, items[other].traces.front());
    }
}

}
