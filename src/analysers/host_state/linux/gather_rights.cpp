// Rights to act as root: sudo, doas, polkit [fsa 2b: L18, L19], one item per rule.
#include "analysers/host_state/linux/linux_host.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::host_state::on_linux {

namespace {

struct Rule {
    TraceId trace {};
    std::string location {}, section {}, name {}, user {}, path {}, value {};
};

bool is_way_to_a_shell(std::string_view name)
{
    static constexpr std::array<std::string_view, 20> ways { "vim", "vi", "nano", "less", "more", "find", "awk", "gawk",
        "mawk", "tar", "zip", "rsync", "env", "nmap", "man", "git", "cp", "tee", "dd", "systemctl" };
    return is_shell(name) || is_interpreter(name) || std::find(ways.begin(), ways.end(), name) != ways.end();
}

// "/usr/bin/systemctl restart nginx" is that and nothing else.
bool leaves_arguments_open(std::string_view command)
{
    return command.find(' ') == std::string_view::npos || command.find('*') != std::string_view::npos;
}

bool is_administrators(std::string_view who)
{
    return who == "root" || who == "%sudo" || who == "%admin" || who == "%wheel";
}

void judge_sudo(LinuxHost const& host, Item& item, Rule const& rule)
{
    auto const lower = ascii_lower(rule.value);
    bool const asks_nothing
        = lower.find("nopasswd") != std::string::npos || rule.section.find("nopass") != std::string::npos;
    auto const text = shortened(format("{} {}", rule.name, rule.value), 100);
    if (is_administrators(rule.user) && !asks_nothing) {
        add_term(item, "linux.usual_line", text, rule.trace);
        return;
    }
    auto const command = std::string_view(rule.value).substr(rule.value.rfind(':') + 1);
    if (asks_nothing && (trim(command) == "ALL" || rule.section.find("nopass") != std::string::npos))
        add_term(item, "linux.asks_nothing", text, rule.trace);
    if (auto const uid = host.uids.find(rule.user); uid != host.uids.end() && uid->second != 0 && uid->second < 1000)
        add_term(item, "linux.right_of_service", rule.user, rule.trace);
    if (rule.user == "ALL" && trim(command) == "ALL")
        add_term(item, "linux.right_of_service", "everybody", rule.trace);
    for (auto const one : split(command, ','))
        for (auto const& program : read_command(trim(one)).programs)
            if (asks_nothing && is_way_to_a_shell(file_name_of(program)) && leaves_arguments_open(trim(one)))
                add_term(item, "linux.shell_way", program, rule.trace);
}

void judge_default(Item& item, Rule const& rule)
{
    auto const value = ascii_lower(rule.value);
    auto const text = shortened(format("{} {}", rule.name, rule.value), 100);
    if (rule.name == "!authenticate" || (rule.name.find("timestamp_timeout") == 0 && value.starts_with('-')))
        add_term(item, "linux.asks_nothing", text, rule.trace);
    if (value.find("ld_preload") != std::string::npos || value.find("ld_library_path") != std::string::npos)
        add_term(item, "linux.exports_preload", text, rule.trace);
    if (rule.name == "!syslog" || rule.name == "!logfile" || (rule.name == "logfile" && value == "/dev/null"))
        add_term(item, "linux.tampers", text, rule.trace);
}

// "YES: function(action, subject) { return polkit.Result.YES; }": for whom and what?
void judge_polkit(Item& item, Draft& draft, Rule const& rule)
{
    auto const answer = std::string_view(rule.value).substr(0, rule.value.find(':'));
    if (answer.find("YES") == std::string_view::npos && !(rule.name.starts_with("Result") && rule.value == "yes"))
        return;
    draft.door = Door::unusual;
    bool const asks_who = rule.value.find("subject.") != std::string::npos || !rule.user.empty();
    bool const asks_what = !rule.name.empty() || rule.value.find("action.id") != std::string::npos;
    if (!asks_who || !asks_what || rule.user == "unix-user:*") {
        draft.door = Door::rare;
        add_term(item, "linux.asks_nothing", shortened(rule.value, 100), rule.trace);
    }
}

void add_rule(LinuxHost& host, Rule const& rule)
{
    bool const is_default = rule.section.starts_with("Defaults");
    bool const is_rule = rule.section.starts_with("rule") || rule.section.starts_with("permit");
    bool const is_polkit = rule.section == "polkit rule" || rule.name.starts_with("Result");
    if ((!is_default && !is_rule && !is_polkit) || rule.section.find("passed over") != std::string::npos)
        return;
    auto const path = unix_path(rule.path);
    auto const what = shortened(format("{} {}", rule.name, rule.value), 120);
    auto& item = host.item(ItemKind::setting, format("{} {} {} {}", rule.location, path, rule.section, what),
        format("{} {} {}", rule.location, path, what), rule.trace);
    item.title = format("{} in {}: {}",
        is_polkit        ? "polkit rule"
            : is_default ? "Setting of sudo"
                         : "Right of sudo",
        path, shortened(what, 80));
    item.is_list = true;
    set_location(item, rule.location);
    auto& draft = host.draft(item, rule.trace);
    add_source(draft, path);
    if (is_polkit)
        judge_polkit(item, draft, rule);
    else if (is_default)
        judge_default(item, rule);
    else
        judge_sudo(host, item, rule);
}

}

Result<void> gather_rights(LinuxHosts& hosts)
{
    if (!hosts.hosts().has_table("linux.setting"))
        return {};
    auto rows = TRY(hosts.hosts().query(
        "SELECT evidence, \"offset\", coalesce(location, ''), coalesce(section, ''), coalesce(name, ''), "
        "coalesce(\"user\", ''), coalesce(path, ''), coalesce(\"value\", '') FROM linux_setting WHERE NOT recovered "
        "AND location IN ('L18', 'L19') ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        Rule const rule { rows.trace(0), std::string(rows.text(2)), std::string(rows.text(3)),
            std::string(rows.text(4)), std::string(rows.text(5)), std::string(rows.text(6)),
            std::string(rows.text(7)) };
        add_rule(hosts.of_evidence(rule.trace.evidence), rule);
    }
    return rows.status();
}

}
