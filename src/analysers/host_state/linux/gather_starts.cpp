// What files of the system start or load, line by line or file by file: cron, shells, PAM, sudo, udev, modules … [fsa
// 2b]. Units are not here: gather_units.cpp sees them as systemd does.
#include "analysers/host_state/linux/linux_host.hpp"
#include "analysers/host_state/linux/unix_commands.hpp"
#include "analysers/persistence/catalogue.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <span>

namespace konseki::host_state::on_linux {

namespace {

struct Start {
    TraceId trace {};
    std::string location {}, kind {}, user {}, path {}, name {}, schedule {}, command {}, detail {};
    std::uint64_t line = 0;
    bool is_enabled = true;
};

bool is_one_of(std::string_view text, std::span<std::string_view const> all)
{
    return std::find(all.begin(), all.end(), text) != all.end();
}

// Files with one matter per line; every other file is one matter: a script is not fifty.
bool is_line_by_line(std::string_view kind)
{
    static constexpr std::array<std::string_view, 14> kinds { "cron", "at", "pam", "preload", "xdg", "dbus", "inetd",
        "python", "container", "package_source", "hosts", "name_service", "upstart", "mail" };
    return is_one_of(kind, kinds);
}

// A whole file that is run: the row of such a kind has the file itself as its command.
bool is_task(std::string_view location)
{
    return location == "L05" || location == "L06" || location == "L07";
}

bool is_every_few_minutes(std::string_view schedule)
{
    auto const minute = schedule.substr(0, schedule.find(' '));
    if (minute == "*" && schedule.find(' ') != std::string_view::npos)
        return true;
    if (minute.starts_with("*/"))
        return parse_uint(minute.substr(2)).value_or(60) <= 15;
    return std::count(minute.begin(), minute.end(), ',') >= 3;
}

bool throws_output_away(std::string_view command)
{
    return command.find("/dev/null") != std::string_view::npos && command.find('>') != std::string_view::npos;
}

std::string_view word_after(std::string_view text, std::string_view mark)
{
    auto const at = text.find(mark);
    if (at == std::string_view::npos)
        return {};
    auto const rest = text.substr(at + mark.size());
    return rest.substr(0, rest.find_first_of(" \t\n"));
}

// Shapes that the reader of scripts saw: "does: fetches decodes".
void add_shape_terms(Item& item, Start const& start)
{
    struct Shape {
        std::string_view name, feature;
    };
    constexpr std::array<Shape, 11> shapes { { { "pipes_to_interpreter", "linux.into_shell" },
        { "opens_connection", "linux.reverse_shell" }, { "decodes", "command.encoded" }, { "fetches", "linux.fetches" },
        { "runs_inline_code", "linux.one_liner" }, { "preloads", "linux.exports_preload" },
        { "stays_behind", "linux.background" }, { "hides_history", "linux.tampers" },
        { "gives_rights", "linux.tampers" }, { "plants", "linux.tampers" }, { "disarms", "linux.tampers" } } };
    auto const at = start.detail.find("does: ");
    if (at == std::string::npos)
        return;
    auto const told = std::string_view(start.detail).substr(at + 6);
    for (auto const& shape : shapes)
        if (told.find(shape.name) != std::string_view::npos
            && std::none_of(item.terms.begin(), item.terms.end(),
                [&](Term const& term) { return term.feature->id == shape.feature; }))
            add_term(item, shape.feature, shortened(start.command, 100), start.trace);
    // A hidden file of a home is custom; one that goes on in the background is not.
    if (told.find("runs_hidden") != std::string_view::npos && told.find("stays_behind") != std::string_view::npos)
        add_term(item, "linux.hidden_name", shortened(start.command, 100), start.trace);
}

void judge_environment(Item& item, Draft& draft, Start const& start)
{
    auto text = format("{} {}", start.name, start.command);
    std::erase_if(text, [](char c) { return c == '"' || c == '\''; });
    for (std::string_view const name : { "LD_PRELOAD=", "LD_AUDIT=" }) {
        auto const at = text.find(name);
        if (at == std::string::npos)
            continue;
        add_term(item, "linux.exports_preload", shortened(text, 100), start.trace);
        auto const value = std::string_view(text).substr(at + name.size());
        for (auto const word : split(value.substr(0, value.find_first_of(" ;\n")), ':'))
            if (auto path = unix_path(word); path.starts_with('/'))
                draft.programs.push_back(std::move(path));
    }
}

bool is_usual_pam_module(std::string_view name)
{
    static constexpr std::array<std::string_view, 60> names { "pam_unix.so", "pam_deny.so", "pam_permit.so",
        "pam_env.so", "pam_cap.so", "pam_systemd.so", "pam_umask.so", "pam_limits.so", "pam_loginuid.so",
        "pam_keyinit.so", "pam_selinux.so", "pam_nologin.so", "pam_motd.so", "pam_mail.so", "pam_lastlog.so",
        "pam_group.so", "pam_faildelay.so", "pam_rootok.so", "pam_wheel.so", "pam_securetty.so", "pam_shells.so",
        "pam_access.so", "pam_time.so", "pam_succeed_if.so", "pam_faillock.so", "pam_pwquality.so", "pam_cracklib.so",
        "pam_sss.so", "pam_ldap.so", "pam_krb5.so", "pam_winbind.so", "pam_gnome_keyring.so", "pam_kwallet5.so",
        "pam_ck_connector.so", "pam_namespace.so", "pam_localuser.so", "pam_fprintd.so", "pam_usertype.so",
        "pam_setquota.so", "pam_sepermit.so", "pam_console.so", "pam_timestamp.so", "pam_warn.so", "pam_tally2.so",
        "pam_pwhistory.so", "pam_mkhomedir.so", "pam_oddjob_mkhomedir.so", "pam_systemd_home.so", "pam_elogind.so",
        "pam_ecryptfs.so", "pam_fscrypt.so", "pam_apparmor.so", "pam_postgresok.so", "pam_echo.so", "pam_issue.so",
        "pam_ftp.so", "pam_rhosts.so", "pam_listfile.so", "pam_google_authenticator.so", "pam_u2f.so" };
    return is_one_of(name, names);
}

// Whoever asks is in: "auth sufficient", or one that jumps over what follows [pam.conf(5)].
bool ends_the_question(std::string_view schedule)
{
    if (!schedule.starts_with("auth "))
        return false;
    if (schedule.find("sufficient") != std::string_view::npos)
        return true;
    for (std::string_view const outcome : { "success=", "default=" }) {
        auto const at = schedule.find(outcome);
        auto const action = at == std::string_view::npos ? std::string_view() : schedule.substr(at + outcome.size());
        if (action.starts_with("done") || (!action.empty() && action[0] >= '1' && action[0] <= '9'))
            return true;
    }
    return false;
}

void judge_pam(Item& item, Draft& draft, Start const& start)
{
    auto const module = std::string_view(start.command).substr(0, start.command.find(' '));
    auto const name = file_name_of(module);
    auto const line = format("{} {} {}", start.schedule, start.command, start.detail);
    if (!name.ends_with(".so")) { // the program of the line's pam_exec
        add_programs(draft, start.command);
        return;
    }
    if (name.starts_with("pam_exec")) {
        add_term(item, "linux.pam_exec", shortened(line, 100), start.trace);
        for (auto const word : split(line, ' '))
            if (word.starts_with('/') && !word.ends_with(".so"))
                draft.programs.push_back(unix_path(word));
    } else if (name.starts_with("pam_permit") && ends_the_question(start.schedule)) {
        add_term(item, "linux.pam_permit", shortened(line, 100), start.trace);
        // No distribution ships it: alone it is a finding.
        add_term(item, "location.rare", "a line of PAM that lets everybody in", start.trace);
    } else if (name.starts_with("pam_script") || name.starts_with("pam_python")) {
        add_term(item, "linux.pam_exec", shortened(line, 100), start.trace);
    } else if (is_usual_pam_module(name)) {
        add_term(item, "linux.usual_line", std::string(name), start.trace);
    } else {
        draft.door = Door::unusual;
    }
    if (!module.starts_with('/'))
        draft.programs.emplace_back(name); // looked for in the folder of modules
    if (module.starts_with('/') && module.find("/security/") == std::string_view::npos) {
        draft.door = Door::rare;
        draft.programs.push_back(unix_path(module));
    }
}

// "sudo", "ssh", "su" as alias or function: whoever types a password gives it away.
void judge_shell(Item& item, Start const& start)
{
    auto const text = format("{} {}", start.name, start.command);
    for (auto const* const name : { "sudo", "ssh", "su", "passwd", "scp" })
        for (auto const* const form : { "alias {}=", "{}()", "{} ()", "function {}" }) {
            auto const wanted = fmt::format(fmt::runtime(form), name);
            auto const at = text.find(wanted);
            if (at == std::string::npos
                || (at > 0 && text[at - 1] != ' ' && text[at - 1] != '\n' && text[at - 1] != ';'))
                continue;
            auto const end = at + wanted.size();
            if (end < text.size() && wanted.back() != '=' && wanted.back() != ')' && text[end] != ' '
                && text[end] != '(')
                continue;
            // Colours and habits: "alias ssh='ssh -A'" starts itself with more options.
            auto const value = std::string_view(text).substr(end);
            if (wanted.back() == '=' && trim(value.substr(0, 12)).find(name) <= 2
                && value.find('/') == std::string_view::npos && value.find(';') == std::string_view::npos)
                continue;
            add_term(item, "linux.shell_wrapper", shortened(text, 100), start.trace);
        }
}

// What a script starts, as its reader saw it: "/bin/sh -e; starts: /usr/sbin/x /usr/sbin/y; does: stays_behind".
void add_programs_of_script(Draft& draft, std::string_view detail)
{
    constexpr std::string_view mark = "starts: ";
    auto const begin = detail.find(mark);
    if (begin == std::string_view::npos)
        return;
    auto const told = detail.substr(begin + mark.size());
    for (auto const word : split(told.substr(0, told.find(';')), ' '))
        if (auto path = unix_path(word);
            path.starts_with('/') && std::ranges::find(draft.programs, path) == draft.programs.end())
            draft.programs.push_back(std::move(path));
}

// What a line says, for people and to tell it from others: in PAM how it counts is as much as which module.
std::string words_of(Start const& start)
{
    if (start.kind != "pam")
        return start.command;
    auto line = format("{} {}", start.schedule, start.command);
    if (!start.detail.empty() && start.command.ends_with(".so"))
        append_format(line, " {}", start.detail);
    return line;
}

class StartItems {
public:
    explicit StartItems(LinuxHost& host)
        : m_host(host)
    {
    }

    void add(Start const& start)
    {
        bool const is_line = is_line_by_line(start.kind);
        auto const what = !is_line ? std::string()
            : start.kind == "pam"  ? format("line {}", start.line)
                                   : format("{} {} {}", start.user, start.name, start.command);
        auto const path = unix_path(start.path);
        auto const identity = format("{} {} {}", start.location, path, what);
        auto& item = m_host.item(is_task(start.location) ? ItemKind::task : ItemKind::autostart, identity,
            format("{} {} {}", start.location, path, is_line ? shortened(words_of(start), 160) : std::string()),
            start.trace);
        auto const program = word_after(start.command, "/").empty() && start.command.empty() ? path : start.command;
        bool const is_new = item.title.empty();
        if (is_new)
            set_up(item, start, path, is_line);
        auto& draft = m_host.draft(item, start.trace);
        if (is_new) {
            add_source(draft, path);
            draft.door = door_of(start.location);
            // Tables of people and lists of the system: that no package owns them says nothing.
            draft.is_line = start.location == "L06" || start.location == "L46" || start.location == "L11"
                || start.location == "L33";
        }
        judge_command(item, draft, start);
        if (item.command.empty() || has_more_to_say(item, start))
            item.command = start.command.empty() ? path : words_of(start);
    }

private:
    static bool has_more_to_say(Item const& item, Start const& start)
    {
        return std::any_of(item.terms.begin(), item.terms.end(),
            [&](Term const& term) { return term.trace == start.trace && term.feature->family == Family::command; });
    }
    static void set_up(Item& item, Start const& start, std::string_view path, bool is_line)
    {
        set_location(item, start.location);
        auto const* const known = persistence::find(start.location);
        auto const title = known == nullptr ? std::string_view(start.kind) : known->title;
        item.title = format("{}: {}", title, path);
        if (!is_line)
            return;
        auto const what = start.command.empty() ? start.name : start.command;
        if (!what.empty() && what != path)
            append_format(item.title, ": {}", shortened(what, 70));
    }
    void judge_command(Item& item, Draft& draft, Start const& start)
    {
        if (!start.is_enabled)
            return;
        if (start.kind != "pam" && start.kind != "module") // names of modules are no programs
            add_programs(draft, start.command);
        add_programs_of_script(draft, start.detail);
        for (auto const& sign : signs_of_unix_command(start.command))
            add_term(item, sign.feature, sign.detail, start.trace);
        add_shape_terms(item, start);
        if (is_task(start.location) && is_every_few_minutes(start.schedule))
            add_term(item, "linux.often", start.schedule, start.trace);
        if (is_task(start.location) && throws_output_away(start.command))
            add_term(item, "linux.no_output", shortened(start.command, 80), start.trace);
        if (start.kind == "module" && start.command.find('/') == std::string::npos)
            m_host.module_names[m_host.index_of(item)].insert(start.command);
        if (start.kind == "pam")
            judge_pam(item, draft, start);
        if (start.location == "L10" || start.location == "L11" || start.location == "L13")
            judge_environment(item, draft, start);
        if (start.location == "L10" || start.location == "L11")
            judge_shell(item, start);
        else if (start.location == "L22"
            && (start.command.find("install ") == 0 || start.schedule.starts_with("install")
                || start.name.starts_with("install")))
            add_term(item, "linux.install_line", shortened(start.command, 100), start.trace);
        else if (start.location == "L12" || start.location == "L13" || start.location == "L37"
            || start.location == "L22")
            judge_library(draft, start);
        if (start.location == "L25" && start.command.find("init=") != std::string::npos)
            add_term(item, "location.rare", shortened(start.command, 80), start.trace);
        if (start.location == "L38" && start.detail.find('C') != std::string::npos && start.kind == "binfmt"
            && start.detail.find("flags=") != std::string::npos
            && word_after(start.detail, "flags=").find('C') != std::string_view::npos)
            add_term(item, "linux.setuid_root", start.detail, start.trace);
        if (start.location == "L34") {
            draft.door = Door::usual; // installers write files that load extensions
            if (auto const text = ascii_lower(format("{} {} {}", start.name, start.schedule, start.command));
                text.find("auto_prepend") != std::string::npos || text.find("auto_append") != std::string::npos)
                add_term(item, "location.rare", shortened(start.command, 80), start.trace);
        }
        if (start.location == "L35")
            judge_container(item, start);
        if (start.location == "L37"
            && (start.command.find("spawn") != std::string::npos || start.command.find("twist") != std::string::npos
                || start.schedule == "spawn" || start.schedule == "twist"))
            add_term(item, "location.rare", shortened(start.command, 80), start.trace);
    }
    static void judge_library(Draft& draft, Start const& start)
    {
        for (auto const word : split(start.command, ' '))
            if (word.starts_with('/')
                && std::find(draft.programs.begin(), draft.programs.end(), unix_path(word)) == draft.programs.end())
                draft.programs.push_back(unix_path(word));
    }
    static void judge_container(Item& item, Start const& start)
    {
        auto const text = ascii_lower(format("{} {} {}", start.schedule, start.command, start.detail));
        for (auto const* const sign : { "privileged", "docker.sock", "/:/", "source=/ ", "pid=host", "pidmode=host",
                 "cap_sys_admin", "=/:/", "/host", "sys_admin" })
            if (text.find(sign) != std::string::npos) {
                add_term(item, "linux.privileged", shortened(start.detail.empty() ? start.command : start.detail, 100),
                    start.trace);
                return;
            }
    }

    LinuxHost& m_host;
};

// Libraries of /etc/ld.so.preload that only a reading past the running system shows.
class HiddenPreloads {
public:
    void note(LinuxHost& host, Start const& start)
    {
        if (start.location != "L12")
            return;
        if (start.detail.find("past the running system") != std::string::npos)
            m_raw.emplace_back(&host, start);
        else
            m_listed.emplace(&host, start.command);
    }
    void tell() const
    {
        for (auto const& [host, start] : m_raw)
            if (!m_listed.contains({ host, start.command })) {
                auto& item = host->item(ItemKind::autostart,
                    format("L12 {} {} {} {}", unix_path(start.path), start.user, start.name, start.command), {},
                    start.trace);
                add_term(item, "linux.hidden_preload", {}, start.trace);
            }
    }

private:
    std::vector<std::pair<LinuxHost*, Start>> m_raw;
    std::set<std::pair<LinuxHost*, std::string>> m_listed;
};

}

Result<void> gather_starts(LinuxHosts& hosts)
{
    if (!hosts.hosts().has_table("linux.autostart"))
        return {};
    auto rows = TRY(hosts.hosts().query(
        "SELECT evidence, \"offset\", coalesce(location, ''), coalesce(kind, ''), coalesce(\"user\", ''), path, "
        "coalesce(name, ''), coalesce(schedule, ''), coalesce(command, ''), coalesce(detail, ''), "
        "coalesce(is_enabled, true), coalesce(line, 0) FROM linux_autostart WHERE NOT recovered AND path IS NOT NULL "
        "AND coalesce(kind, '') NOT IN ('unit', 'timer', 'socket', 'path') ORDER BY evidence, \"offset\""));
    HiddenPreloads preloads;
    while (rows.next()) {
        Start start;
        start.trace = rows.trace(0);
        start.location = rows.text(2);
        start.kind = rows.text(3);
        start.user = rows.text(4);
        start.path = rows.text(5);
        start.name = rows.text(6);
        start.schedule = rows.text(7);
        start.command = rows.text(8);
        start.detail = rows.text(9);
        start.is_enabled = rows.boolean(10);
        if (start.kind == "key") // gather_keys
            continue;
        start.line = rows.unsigned_integer(11);
        auto& host = hosts.of_evidence(start.trace.evidence);
        StartItems(host).add(start);
        preloads.note(host, start);
    }
    preloads.tell();
    return rows.status();
}

}
