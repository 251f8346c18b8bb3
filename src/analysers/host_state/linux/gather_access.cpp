// Who may come in: keys, accounts, and settings that open or hide something [fsa 2b: L15 to L19, L40, L46].
#include "analysers/host_state/linux/linux_host.hpp"
#include "analysers/host_state/linux/unix_commands.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::host_state::on_linux {

namespace {

bool is_login_shell(std::string_view shell)
{
    auto const name = file_name_of(shell);
    return !shell.empty() && name != "nologin" && name != "false" && name != "sync" && name != "halt"
        && name != "shutdown";
}

// Commands that keep a key to one purpose, as backups and repositories do.
bool is_restricting(std::string_view command)
{
    static constexpr std::array<std::string_view, 12> programs { "rrsync", "borg", "git-shell", "git-upload-pack",
        "git-receive-pack", "sftp-server", "internal-sftp", "scponly", "svnserve", "true", "false", "nologin" };
    auto const first = trim(command).substr(0, trim(command).find(' '));
    auto const name = file_name_of(first);
    if (command.find_first_of(";|&`$<>") != std::string_view::npos || !odd_folder(first).empty()
        || !hidden_part(first).empty())
        return false;
    return std::find(programs.begin(), programs.end(), name) != programs.end()
        || (name == "rsync" && command.find("--server") != std::string_view::npos);
}

constexpr std::uint32_t first_person = 1000; // login.defs(5): UID_MIN of the common distributions

bool is_strong_group(std::string_view group)
{
    static constexpr std::array<std::string_view, 9> groups { "sudo", "wheel", "admin", "docker", "lxd", "disk",
        "shadow", "adm", "root" };
    auto const* const found = std::find(groups.begin(), groups.end(), group);
    return found != groups.end() && group != "adm";
}

void note_account(LinuxHost& host, store::Rows const& rows, TraceId trace)
{
    auto const name = std::string(rows.text(2));
    auto const uid = static_cast<std::uint32_t>(rows.unsigned_integer(3));
    auto const shell = std::string(rows.text(4));
    auto const state = rows.text(5);
    auto& item = host.item(ItemKind::account, format("account {}", name), format("account {}", name), trace);
    item.title = format("Account {} ({})", name, uid);
    item.is_list = true;
    set_location(item, "L17");
    note_time(item, rows.time(8));
    bool const may_log_on = is_login_shell(shell);
    if (uid == 0 && name != "root") {
        add_term(item, "linux.second_root", format("{} has uid 0", name), trace);
        add_term(item, "linux.may_log_on", shell, trace);
    }
    bool const has_password = state == "set" || state == "in_passwd";
    if (uid != 0 && uid < first_person && may_log_on && has_password) {
        add_term(item, "linux.system_account_opened", format("{}, uid {}, {}", name, uid, shell), trace);
        add_term(item, "linux.may_log_on", shell, trace);
    }
    if (state == "empty" && may_log_on) {
        add_term(item, "linux.empty_password", {}, trace);
        add_term(item, "linux.may_log_on", shell, trace);
    }
    if (uid != 0)
        for (auto const group : split(rows.text(7), ' '))
            if (is_strong_group(group))
                add_term(item, "linux.strong_group", std::string(group), trace);
    constexpr std::int64_t day_ticks = 24LL * 3600 * 10'000'000;
    auto const changed_at = rows.time(8); // of the password: a day, no clock time
    if (changed_at.is_set() && host.collected_at.is_set() && may_log_on && changed_at <= host.collected_at
        && host.collected_at.ticks - changed_at.ticks < 14 * day_ticks
        && std::none_of(host.package_times.begin(), host.package_times.end(),
            [&](Timestamp at) { return at.ticks >= changed_at.ticks && at.ticks - changed_at.ticks < day_ticks; }))
        add_term(item, "linux.newest", to_string(changed_at).substr(0, 10), trace);
    auto const home = unix_path(rows.text(6));
    if (!hidden_part(home).empty() || place_of(home) == Place::temporary || place_of(home) == Place::memory)
        add_term(item, "linux.hidden_name", home, trace);
}

struct Setting {
    TraceId trace {};
    std::string location {}, section {}, name {}, user {}, path {}, value {};
};

// Names under which systems fetch programs: whoever answers for them decides what is installed.
bool is_of_updates(std::string_view name)
{
    static constexpr std::array<std::string_view, 12> domains { "debian.org", "ubuntu.com", "canonical.com",
        "fedoraproject.org", "redhat.com", "centos.org", "rockylinux.org", "almalinux.org", "opensuse.org", "suse.com",
        "archlinux.org", "alpinelinux.org" };
    return std::any_of(domains.begin(), domains.end(), [&](auto domain) {
        return name == domain || (name.ends_with(domain) && name[name.size() - domain.size() - 1] == '.');
    });
}

// Settings that open or hide something, by file and value. Empty: none of them.
std::string weakness_of(Setting const& setting)
{
    auto const name = ascii_lower(setting.name);
    auto const value = ascii_lower(setting.value);
    auto const told = [&] { return shortened(format("{} {}", setting.name, setting.value), 100); };
    auto const is
        = [&](std::string_view wanted, std::string_view content) { return name == wanted && value == content; };
    if (setting.location == "L16" || setting.location == "L15") {
        if (is("permitemptypasswords", "yes") || is("permituserenvironment", "yes")
            || is("stricthostkeychecking", "no"))
            return told();
        if (name == "authorizedkeyscommand" && value != "none")
            return told();
        if (name == "authorizedkeysfile" && std::any_of(value.begin(), value.end(), [](char c) { return c == '/'; })
            && value.find("/etc/ssh/") == std::string::npos && value != ".ssh/authorized_keys"
            && value != ".ssh/authorized_keys .ssh/authorized_keys2"
            && value.find("%h/.ssh/authorized_keys") == std::string::npos)
            return told();
        if (name == "forcecommand" || name == "proxycommand" || name == "localcommand" || name == "knownhostscommand")
            return value == "none" || value == "internal-sftp" ? std::string() : told();
    }
    if (setting.location == "L40" && (value == "disabled" || is("enabled", "0") || value == "apparmor=0"))
        return told();
    if (setting.location == "L46"
        && (value.find("trusted=yes") != std::string::npos || name.find("trusted") != std::string::npos
            || name.find("allow-insecure") != std::string::npos)
        && (value.find("yes") != std::string::npos || value == "true" || value == "1"))
        return told();
    if (setting.location == "L46" && setting.section == "hosts" && is_of_updates(name) && !value.starts_with("127."))
        return format("{} is {}", setting.name, setting.value);
    if (setting.location == "L46" && setting.section == "certificate")
        return format("certificate authority added: {}", setting.name);
    if (setting.location == "L34" && name.starts_with("auto_") && name.ends_with("_file") && value != "none")
        return told();
    if (setting.location == "L44" && is("storage", "none"))
        return told();
    if (setting.location == "L13" && name == "folder"
        && (!odd_folder(format("{}/", value)).empty() || !hidden_part(format("{}/x", value)).empty()))
        return told();
    return {};
}

bool is_strong_weakness(Setting const& setting)
{
    auto const name = ascii_lower(setting.name);
    return name == "authorizedkeyscommand" || name == "authorizedkeysfile" || name == "folder"
        || name.starts_with("auto_") || name == "permitemptypasswords" || setting.section == "hosts";
}

}

Result<void> gather_keys(LinuxHosts& hosts)
{
    if (!hosts.hosts().has_table("linux.ssh_key"))
        return {};
    auto rows = TRY(hosts.hosts().query("SELECT evidence, \"offset\", path, coalesce(fingerprint, ''), "
                                        "coalesce(\"comment\", ''), coalesce(options, ''), "
                                        "coalesce(command, ''), coalesce(\"user\", '') FROM linux_ssh_key WHERE NOT "
                                        "recovered AND NOT coalesce(is_host_key, "
                                        "false) ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& host = hosts.of_evidence(trace.evidence);
        auto const path = unix_path(rows.text(2));
        auto const fingerprint = rows.text(3);
        auto const user = std::string(rows.text(7));
        auto const command = std::string(rows.text(6));
        auto& item = host.item(ItemKind::account, format("key {} {} {}", path, fingerprint, command),
            format("key {} {}", fingerprint, command), trace); // one key on many machines is one thing
        auto const comment = rows.text(4);
        item.title = format("SSH key of {}: {}", user.empty() ? path : user, comment.empty() ? fingerprint : comment);
        item.command = command;
        set_location(item, "L15");
        auto& draft = host.draft(item, trace);
        add_source(draft, path);
        draft.is_line = true;
        if (!command.empty() && !is_restricting(command)) {
            add_term(item, "linux.key_command", shortened(command, 100), trace);
            add_programs(draft, command);
            for (auto const& sign : signs_of_unix_command(command))
                add_term(item, sign.feature, sign.detail, trace);
        }
        if (user == "root")
            add_term(item, "linux.key_of_root", {}, trace);
        else if (auto const uid = host.uids.find(user); uid != host.uids.end() && uid->second < first_person)
            add_term(item, "linux.system_account_key", user, trace);
        if (path.ends_with("authorized_keys2"))
            add_term(item, "location.unusual", path, trace);
    }
    return rows.status();
}

Result<void> gather_linux_accounts(LinuxHosts& hosts)
{
    if (!hosts.hosts().has_table("linux.account"))
        return {};
    auto rows = TRY(hosts.hosts().query(
        "SELECT evidence, \"offset\", name, uid, coalesce(shell, ''), coalesce(password_state, ''), coalesce(home, "
        "''), "
        "coalesce(groups, ''), password_changed_at, coalesce(path, '') FROM linux_account WHERE NOT recovered AND NOT "
        "ends_with(coalesce(path, ''), '-') ORDER BY evidence, \"offset\""));
    while (rows.next())
        note_account(hosts.of_evidence(rows.trace(0).evidence), rows, rows.trace(0));
    return rows.status();
}

Result<void> gather_linux_settings(LinuxHosts& hosts)
{
    if (!hosts.hosts().has_table("linux.setting"))
        return {};
    auto rows = TRY(hosts.hosts().query(
        "SELECT evidence, \"offset\", coalesce(location, ''), coalesce(section, ''), coalesce(name, ''), "
        "coalesce(\"user\", ''), coalesce(path, ''), coalesce(\"value\", '') FROM linux_setting WHERE NOT recovered "
        "ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        Setting setting { rows.trace(0), std::string(rows.text(2)), std::string(rows.text(3)),
            std::string(rows.text(4)), std::string(rows.text(5)), std::string(rows.text(6)),
            std::string(rows.text(7)) };
        auto const weakness = weakness_of(setting);
        if (weakness.empty())
            continue;
        auto& host = hosts.of_evidence(setting.trace.evidence);
        auto const path = unix_path(setting.path);
        auto& item
            = host.item(ItemKind::setting, format("{} {} {} {}", setting.location, path, setting.section, setting.name),
                format("{} {} {} {}", setting.location, path, setting.name, setting.value), setting.trace);
        item.title = format("Setting of {}: {}", path, weakness);
        item.is_list = true;
        set_location(item, setting.location);
        add_term(item, "linux.weak_setting", weakness, setting.trace);
        if (is_strong_weakness(setting))
            add_term(item, "location.rare", weakness, setting.trace);
        auto& draft = host.draft(item, setting.trace);
        add_source(draft, path);
        draft.is_line = true;
        if (auto const read = read_command(setting.value); read.target.starts_with('/'))
            draft.programs = read.programs;
    }
    return rows.status();
}

}
