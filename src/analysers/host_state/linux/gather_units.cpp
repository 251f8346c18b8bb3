// systemd units as the manager sees them: which file of a name wins, which drop-ins change it, what is masked
// [fsa 2b: L01 to L04; systemd.unit(5), systemd.generator(7)].
#include "analysers/host_state/linux/linux_host.hpp"
#include "analysers/host_state/linux/unix_commands.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::host_state::on_linux {

namespace {

struct UnitFile {
    TraceId trace {};
    std::string path {}, description {}, commands {}, environment {}, triggers {}, kind {}, user {};
    int rank = 0; // by folder, 0 wins
};

struct Unit {
    std::vector<UnitFile> files {}, drop_ins {};
    std::string masked_by {};
    TraceId masked_trace {};
};

struct Folder {
    std::string_view part;
    int rank;
};

// systemd.unit(5), "Unit File Load Path": system and user managers, one order for both.
constexpr std::array<Folder, 18> folders { {
    { "/systemd/user.control/", 0 },
    { "/etc/systemd/system.control/", 0 },
    { "/run/systemd/system.control/", 1 },
    { "/run/systemd/transient/", 2 },
    { "/run/systemd/generator.early/", 3 },
    { "/.config/systemd/user/", 4 },
    { "/etc/systemd/system/", 4 },
    { "/etc/systemd/user/", 5 },
    { "/etc/systemd/system.attached/", 5 },
    { "/run/systemd/system/", 6 },
    { "/run/systemd/user/", 6 },
    { "/run/systemd/generator/", 8 },
    { "/.local/share/systemd/user/", 9 },
    { "/usr/local/share/systemd/user/", 10 },
    { "/usr/local/lib/systemd/", 11 },
    { "/usr/share/systemd/user/", 12 },
    { "/usr/lib/systemd/", 13 },
    { "/run/systemd/generator.late/", 14 },
} };

int rank_of(std::string_view path)
{
    for (auto const& folder : folders)
        if (path.find(folder.part) != std::string_view::npos)
            return folder.rank;
    return path.find("/run/user/") == 0 ? 2 : 15;
}

bool is_of_user(std::string_view path)
{
    return path.find("/systemd/user") != std::string_view::npos || path.starts_with("/run/user/");
}

// "/etc/systemd/system/ssh.service.d/x.conf" -> "ssh.service"; a unit file gives its own name.
std::string name_of(std::string_view path, bool is_drop_in)
{
    if (!is_drop_in)
        return std::string(file_name_of(path));
    auto folder = file_name_of(folder_of(path));
    if (folder.ends_with(".d"))
        folder.remove_suffix(2);
    return std::string(folder);
}

// Users' units are one manager each; the home they lie in tells whose.
std::string manager_of(std::string_view path)
{
    if (!is_of_user(path))
        return "system";
    auto const at = std::min(path.find("/.config/"), path.find("/.local/"));
    return at == std::string_view::npos ? "user" : format("user {}", path.substr(0, at));
}

using Units = std::map<std::string, Unit>; // by manager and name

// Exec lines of the winner and its drop-ins; an empty assignment takes the earlier ones of its name away.
std::vector<std::string> commands_of(UnitFile const& winner, std::vector<UnitFile const*> const& drop_ins)
{
    std::vector<std::pair<std::string, std::string>> lines;
    auto const take = [&](std::string_view text) {
        for (auto const line : split(text, '\n')) {
            auto const equal = line.find('=');
            if (equal == std::string_view::npos)
                continue;
            auto const name = trim(line.substr(0, equal));
            auto const value = trim(line.substr(equal + 1));
            if (value.empty())
                std::erase_if(lines, [&](auto const& other) { return other.first == name; });
            else
                lines.emplace_back(name, value);
        }
    };
    take(winner.commands);
    for (auto const* drop_in : drop_ins)
        take(drop_in->commands);
    std::stable_sort(lines.begin(), lines.end(), [](auto const& a, auto const& b) {
        return (a.first == "ExecStart") > (b.first == "ExecStart"); // what it is for comes first
    });
    std::vector<std::string> commands;
    commands.reserve(lines.size());
    for (auto& line : lines)
        commands.push_back(std::move(line.second));
    return commands;
}

// "OnCalendar=*:0/5", "OnUnitActiveSec=2min": every quarter of an hour or more often.
bool is_often(std::string_view triggers)
{
    auto const lower = ascii_lower(triggers);
    for (auto const line : split(lower, '\n')) {
        auto const equal = line.find('=');
        if (equal == std::string_view::npos)
            continue;
        auto const value = trim(line.substr(equal + 1));
        if (line.starts_with("oncalendar")
            && (value == "minutely" || value.find("*:*") != std::string_view::npos
                || value.find("*:0/") != std::string_view::npos || value.find("*:00/") != std::string_view::npos))
            return true;
        if (!line.starts_with("onunitactivesec") && !line.starts_with("onunitinactivesec"))
            continue;
        std::size_t digits = 0;
        while (digits < value.size() && value[digits] >= '0' && value[digits] <= '9')
            ++digits;
        auto const number = parse_uint(value.substr(0, digits)).value_or(1000);
        auto const unit = trim(value.substr(digits));
        if ((unit.empty() || unit.starts_with('s')) ? number <= 900
                                                    : unit.starts_with("m") && unit != "month" && number <= 15)
            return true;
    }
    return false;
}

std::string unit_of_timer(std::string_view name, std::string_view triggers)
{
    for (auto const line : split(triggers, '\n'))
        if (line.starts_with("Unit="))
            return std::string(trim(line.substr(5)));
    return format("{}.service", name.substr(0, name.rfind('.')));
}

bool protects(std::string_view name)
{
    static constexpr std::array<std::string_view, 17> names { "auditd.service", "rsyslog.service",
        "systemd-journald.service", "apparmor.service", "fail2ban.service", "ufw.service", "firewalld.service",
        "nftables.service", "clamav-daemon.service", "clamav-freshclam.service", "falcon-sensor.service",
        "mdatp.service", "wazuh-agent.service", "ossec.service", "syslog.service", "syslog-ng.service",
        "unattended-upgrades.service" };
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view location_of(std::string_view manager, std::string_view path, std::string_view kind)
{
    if (manager != "system")
        return "L03";
    if (kind == "timer" || path.starts_with("/run/systemd/transient/"))
        return "L02";
    return kind == "path" || kind == "socket" ? "L04" : "L01";
}

class UnitItems {
public:
    UnitItems(LinuxHost& host, Units const& units)
        : m_host(host)
        , m_units(units)
    {
    }
    void make()
    {
        for (auto const& [key, unit] : m_units) {
            auto const tab = key.find('\t');
            auto const manager = std::string_view(key).substr(0, tab);
            auto const name = std::string_view(key).substr(tab + 1);
            if (!unit.masked_by.empty() && protects(name))
                make_masked(manager, name, unit);
            else if (!unit.files.empty())
                make(manager, name, unit);
            else if (!unit.drop_ins.empty() && name.find('.') != std::string_view::npos)
                make_orphan(manager, name, unit);
        }
    }

private:
    static UnitFile const& winner_of(Unit const& unit)
    {
        return *std::min_element(unit.files.begin(), unit.files.end(),
            [](auto const& a, auto const& b) { return std::pair(a.rank, a.path) < std::pair(b.rank, b.path); });
    }
    std::vector<UnitFile const*> drop_ins_of(std::string_view manager, std::string_view name, Unit const& unit) const
    {
        std::vector<UnitFile const*> all;
        auto const take = [&](Unit const& from) {
            for (auto const& drop_in : from.drop_ins)
                all.push_back(&drop_in);
        };
        // "service.d/" changes every service, "foo@.service.d/" every instance of foo.
        if (auto const dot = name.rfind('.'); dot != std::string_view::npos)
            if (auto const place = m_units.find(format("{}\t{}", manager, name.substr(dot + 1)));
                place != m_units.end())
                take(place->second);
        if (auto const at = name.find('@'); at != std::string_view::npos && name.substr(at, 2) != "@.")
            if (auto const place
                = m_units.find(format("{}\t{}{}", manager, name.substr(0, at + 1), name.substr(name.rfind('.'))));
                place != m_units.end())
                take(place->second);
        take(unit);
        std::stable_sort(all.begin(), all.end(), [](auto const* a, auto const* b) {
            return std::pair(file_name_of(a->path), a->rank) < std::pair(file_name_of(b->path), b->rank);
        });
        return all;
    }
    std::vector<std::string> commands(std::string_view manager, std::string_view name) const
    {
        auto const place = m_units.find(format("{}\t{}", manager, name));
        if (place == m_units.end() || place->second.files.empty())
            return {};
        return commands_of(winner_of(place->second), drop_ins_of(manager, name, place->second));
    }
    void make(std::string_view manager, std::string_view name, Unit const& unit)
    {
        auto const& winner = winner_of(unit);
        auto const kind = std::string_view(name).substr(name.rfind('.') + 1);
        bool const is_timer = kind == "timer";
        auto lines = is_timer ? commands(manager, unit_of_timer(name, winner.triggers)) : commands(manager, name);
        if (lines.empty() && kind != "timer" && kind != "socket" && kind != "path")
            return; // targets, slices, mounts: they start nothing of their own
        auto const identity = format("{} {}", manager, name);
        auto const of_manager = manager == "system" ? std::string_view("system") : std::string_view("user");
        auto& item = m_host.item(is_timer ? ItemKind::task : ItemKind::service, identity,
            format("unit {} {}", of_manager, name), winner.trace);
        item.title = format("systemd {} {}", kind, name);
        if (!winner.user.empty() && manager != "system")
            append_format(item.title, " of {}", winner.user);
        item.command = lines.empty() ? std::string() : lines.front();
        set_location(item, location_of(manager, winner.path, kind));
        auto const trace = winner.trace;
        if (is_timer && is_often(winner.triggers))
            add_term(item, "linux.often", shortened(winner.triggers, 60), trace);
        for (auto const& other : unit.files)
            if (other.rank > winner.rank && other.path.starts_with("/usr/lib/") && winner.rank < 11
                && !winner.path.starts_with("/run/systemd/generator")
                && unix_path(other.path) != unix_path(winner.path))
                add_term(item, "linux.shadows", other.path, other.trace);
        for (auto const line : split(winner.environment, '\n'))
            if (line.find("LD_PRELOAD") != std::string_view::npos || line.find("LD_AUDIT") != std::string_view::npos)
                add_term(item, "linux.exports_preload", shortened(line, 100), trace);
        for (auto const& line : lines)
            for (auto const& sign : signs_of_unix_command(line))
                add_term(item, sign.feature, sign.detail, trace);
        auto& draft = m_host.draft(item, trace);
        if (!winner.path.starts_with("/run/systemd/generator")) // made at boot from other files
            add_source(draft, winner.path);
        draft.door = (kind == "path" || kind == "socket" || manager != "system"
                         || winner.path.starts_with("/run/systemd/transient/"))
            ? Door::unusual
            : Door::usual;
        for (auto const* drop_in : drop_ins_of(manager, name, unit)) {
            if (trim(drop_in->commands).empty() && drop_in->environment.find("LD_") == std::string::npos)
                continue;
            add_trace(item, drop_in->trace);
            add_source(draft, drop_in->path);
        }
        for (auto const& line : lines)
            if (line.find("/etc/rc.local") == std::string::npos) // an item of its own
                add_programs(draft, line);
    }
    // A drop-in whose unit was not collected still adds its commands.
    void make_orphan(std::string_view manager, std::string_view name, Unit const& unit)
    {
        for (auto const& drop_in : unit.drop_ins) {
            if (trim(drop_in.commands).empty())
                continue;
            auto& item = m_host.item(ItemKind::service, format("{} {} {}", manager, name, drop_in.path),
                format("drop-in {}", drop_in.path), drop_in.trace);
            item.title = format("Drop-in {} of {}", file_name_of(drop_in.path), name);
            auto const lines = commands_of({}, { &drop_in });
            item.command = lines.empty() ? std::string() : lines.front();
            set_location(item, location_of(manager, drop_in.path, "service"));
            auto& draft = m_host.draft(item, drop_in.trace);
            add_source(draft, drop_in.path);
            draft.door = Door::unusual;
            for (auto const& line : lines) {
                add_programs(draft, line);
                for (auto const& sign : signs_of_unix_command(line))
                    add_term(item, sign.feature, sign.detail, drop_in.trace);
            }
        }
    }
    void make_masked(std::string_view manager, std::string_view name, Unit const& unit)
    {
        auto& item = m_host.item(
            ItemKind::setting, format("masked {} {}", manager, name), format("masked {}", name), unit.masked_trace);
        item.title = format("Masked: {}", name);
        item.is_list = true;
        set_location(item, "L40");
        add_term(item, "linux.protection_masked", unit.masked_by, unit.masked_trace);
    }

    LinuxHost& m_host;
    Units const& m_units;
};

using UnitsByHost = std::map<LinuxHost*, Units>;

Result<void> load_units(LinuxHosts& hosts, UnitsByHost& units)
{
    auto rows = TRY(hosts.hosts().query(
        "SELECT evidence, \"offset\", path, coalesce(description, ''), coalesce(commands, ''), "
        "coalesce(environment, ''), coalesce(triggers, ''), coalesce(kind, ''), coalesce(\"user\", ''), "
        "coalesce(is_drop_in, false), coalesce(aliases, '') FROM linux_unit WHERE NOT recovered "
        "ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        UnitFile file;
        file.trace = rows.trace(0);
        file.path = unix_path(rows.text(2));
        file.description = rows.text(3);
        file.commands = rows.text(4);
        file.environment = rows.text(5);
        file.triggers = rows.text(6);
        file.kind = rows.text(7);
        file.user = rows.text(8);
        file.rank = rank_of(file.path);
        auto& of_host = units[&hosts.of_evidence(file.trace.evidence)];
        // Files below NAME.wants/ are links to units that lie elsewhere.
        if (auto const folder = folder_of(file.path); folder.ends_with(".wants") || folder.ends_with(".requires"))
            continue;
        auto& unit = of_host[format("{}\t{}", manager_of(file.path), name_of(file.path, rows.boolean(9)))];
        (rows.boolean(9) ? unit.drop_ins : unit.files).push_back(std::move(file));
    }
    return rows.status();
}

// A link to /dev/null, or an empty file, in front of the unit's file.
Result<void> load_masks(LinuxHosts& hosts, UnitsByHost& units)
{
    if (!hosts.hosts().has_table("linux.file"))
        return {};
    auto rows = TRY(hosts.hosts().query(
        "SELECT evidence, \"offset\", path FROM linux_file WHERE NOT recovered AND target = '/dev/null' AND "
        "(path LIKE '/etc/systemd/%' OR path LIKE '/run/systemd/%') ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const path = unix_path(rows.text(2));
        auto& unit = units[&hosts.of_evidence(rows.trace(0).evidence)]
                          [format("{}\t{}", manager_of(path), name_of(path, false))];
        unit.masked_by = path;
        unit.masked_trace = rows.trace(0);
    }
    return rows.status();
}

}

Result<void> gather_units(LinuxHosts& hosts)
{
    UnitsByHost units;
    if (hosts.hosts().has_table("linux.unit"))
        TRY(load_units(hosts, units));
    TRY(load_masks(hosts, units));
    for (auto* host : hosts.all())
        if (auto const place = units.find(host); place != units.end())
            UnitItems(*host, place->second).make();
    return {};
}

}
