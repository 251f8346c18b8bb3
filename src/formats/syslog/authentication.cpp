#include "formats/syslog/authentication.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::syslog {

namespace {

using Answer = std::optional<Authentication>;

bool take_prefix(std::string_view& text, std::string_view prefix)
{
    if (!text.starts_with(prefix))
        return false;
    text.remove_prefix(prefix.size());
    return true;
}

std::string_view word_of(std::string_view text)
{
    return text.substr(0, text.find(' '));
}

std::optional<std::uint32_t> number_of(std::string_view text)
{
    auto const number = parse_uint(text.substr(0, text.find_first_not_of("0123456789")));
    return number && *number <= UINT32_MAX ? std::optional { static_cast<std::uint32_t>(*number) } : std::nullopt;
}

// What stands behind `mark` up to `end`; empty where mark is not there.
std::string_view between(std::string_view text, std::string_view mark, std::string_view end)
{
    auto const at = text.find(mark);
    if (at == std::string_view::npos)
        return {};
    auto const rest = text.substr(at + mark.size());
    return rest.substr(0, std::min(rest.find(end), rest.size()));
}

// "USER from ADDRESS port N …": the name is the other side's text, so the last " from " counts. What follows the port
// is given back.
std::string_view read_origin(std::string_view text, Authentication& found)
{
    auto const from = text.rfind(" from ");
    if (from == std::string_view::npos) {
        found.user = word_of(text);
        return {};
    }
    found.user = text.substr(0, from);
    auto rest = text.substr(from + 6);
    found.source_address = word_of(rest);
    auto const port = rest.find(" port ");
    if (port == std::string_view::npos)
        return rest.substr(std::min(rest.find(' '), rest.size()));
    rest.remove_prefix(port + 6);
    found.port = number_of(rest);
    return rest.substr(std::min(rest.find(' '), rest.size()));
}

Answer of_pam(std::string_view message)
{
    // "pam_unix(sshd:session): session opened for user root(uid=0) by (uid=0)"
    auto const open = message.find('('), close = message.find("): ");
    if (!message.starts_with("pam_") || open == std::string_view::npos || close == std::string_view::npos
        || close < open)
        return std::nullopt;
    Authentication found;
    auto const service = message.substr(open + 1, close - open - 1);
    found.program = service.substr(0, service.find(':'));
    auto text = message.substr(close + 3);
    // Once a minute on most machines, and no login.
    if (found.program == "cron" || found.program == "crond" || found.program == "systemd-user")
        return std::nullopt;
    if (take_prefix(text, "session opened for user ")) {
        found.kind = "session_opened";
        found.user = text.substr(0, text.find_first_of(" (")); // "root(uid=0) by hanako(uid=1000)"
        auto const by = between(text, " by ", "(");
        if (!by.empty() && (found.program == "su" || found.program == "sudo" || found.program == "su-l")) {
            found.target_user = found.user;
            found.user = by;
        }
        return found;
    }
    if (take_prefix(text, "session closed for user ")) {
        found.kind = "session_closed";
        found.user = text.substr(0, text.find_first_of(" ("));
        return found;
    }
    if (text.starts_with("authentication failure;")) {
        found.kind = "failed";
        found.is_success = false;
        found.user = between(text, " user=", " ");
        found.source_address = between(text, " rhost=", " ");
        found.terminal = between(text, " tty=", " ");
        if (auto const asker = between(text, " ruser=", " "); !asker.empty()) {
            found.target_user = found.user;
            found.user = asker;
        }
        return found;
    }
    if (take_prefix(text, "password changed for ")) {
        found.kind = "password_changed";
        found.user = word_of(text);
        return found;
    }
    return std::nullopt;
}

Answer of_sshd(std::string_view text)
{
    Authentication found;
    found.program = "sshd";
    bool const is_accepted = take_prefix(text, "Accepted ");
    if (is_accepted || take_prefix(text, "Failed ")) {
        found.kind = is_accepted ? "accepted" : "failed";
        found.is_success = is_accepted;
        auto const method = text.find(" for ");
        if (method == std::string_view::npos)
            return std::nullopt;
        found.method = text.substr(0, method);
        text.remove_prefix(method + 5);
        if (take_prefix(text, "invalid user ") || take_prefix(text, "illegal user "))
            found.kind = "invalid_user";
        auto rest = read_origin(text, found); // " ssh2: ED25519 SHA256:…"
        if (auto const key = rest.find(": "); key != std::string_view::npos) {
            rest.remove_prefix(key + 2);
            found.key_type = word_of(rest);
            rest.remove_prefix(found.key_type.size());
            found.key_fingerprint = trim(rest);
            found.key_fingerprint = found.key_fingerprint.substr(0, found.key_fingerprint.find(' '));
        }
        return found;
    }
    if (take_prefix(text, "Invalid user ") || take_prefix(text, "Illegal user ")) {
        found.kind = "invalid_user";
        found.is_success = false;
        (void)read_origin(text, found);
        return found;
    }
    if (take_prefix(text, "error: maximum authentication attempts exceeded for ")
        || take_prefix(text, "error: PAM: Authentication failure for ")) {
        found.kind = "failed";
        found.is_success = false;
        (void)take_prefix(text, "invalid user ");
        (void)read_origin(text, found);
        return found;
    }
    for (std::string_view const start :
        { "Connection closed by authenticating user ", "Connection closed by invalid user ",
            "Disconnected from authenticating user ", "Disconnected from invalid user ", "Disconnected from user " }) {
        if (!take_prefix(text, start))
            continue;
        found.kind = "disconnected";
        auto const port = text.rfind(" port ");
        auto const space = text.rfind(' ', port == std::string_view::npos ? port : port - 1);
        if (port == std::string_view::npos || port == 0 || space == std::string_view::npos)
            return std::nullopt;
        found.user = text.substr(0, space);
        found.source_address = text.substr(space + 1, port - space - 1);
        found.port = number_of(text.substr(port + 6));
        return found;
    }
    return std::nullopt;
}

// "hanako : TTY=pts/0 ; PWD=/home/hanako ; USER=root ; COMMAND=/bin/sh"
Answer of_sudo(std::string_view text)
{
    Authentication found;
    found.program = "sudo";
    text = trim(text);
    auto const colon = text.find(" : ");
    if (colon == std::string_view::npos || text.find("COMMAND=", colon) == std::string_view::npos)
        return std::nullopt;
    found.user = text.substr(0, colon);
    text.remove_prefix(colon + 3);
    bool const is_refused = !text.starts_with("TTY=") && !text.starts_with("PWD=") && !text.starts_with("HOST=")
        && !text.starts_with("GROUP=") && !text.starts_with("USER=");
    found.kind = is_refused ? "refused" : "command";
    found.is_success = !is_refused;
    if (is_refused)
        found.method = text.substr(0, text.find(" ; ")); // "3 incorrect password attempts"
    auto const command = text.find("COMMAND=");
    found.command = text.substr(command + 8);
    auto const head = text.substr(0, command);
    found.terminal = between(head, "TTY=", " ; ");
    found.working_folder = between(head, "PWD=", " ; ");
    found.target_user = between(head, "USER=", " ; ");
    return found;
}

Answer of_su(std::string_view text)
{
    Authentication found;
    found.program = "su";
    bool is_failed = take_prefix(text, "FAILED SU ");
    if (take_prefix(text, "(to ")) {
        auto const close = text.find(") ");
        if (close == std::string_view::npos)
            return std::nullopt;
        found.target_user = text.substr(0, close);
        text.remove_prefix(close + 2);
        auto const on = text.rfind(" on ");
        found.user = text.substr(0, on);
        found.terminal = on == std::string_view::npos ? std::string_view {} : text.substr(on + 4);
    } else if (text.starts_with("FAILED su for ") || text.starts_with("Successful su for ")) {
        is_failed = take_prefix(text, "FAILED su for ");
        if (!is_failed)
            take_prefix(text, "Successful su for ");
        auto const by = text.find(" by ");
        found.target_user = text.substr(0, by);
        found.user = by == std::string_view::npos ? std::string_view {} : text.substr(by + 4);
    } else {
        return std::nullopt;
    }
    found.kind = is_failed ? "failed" : "accepted";
    found.is_success = !is_failed;
    return found;
}

Answer of_login(std::string_view text)
{
    Authentication found;
    found.program = "login";
    if (text.starts_with("FAILED LOGIN")) {
        found.kind = "failed";
        found.is_success = false;
        found.terminal = between(text, "on '", "'");
        found.user = between(text, "FOR '", "'");
        return found;
    }
    bool const is_root = take_prefix(text, "ROOT LOGIN");
    if (!is_root && !take_prefix(text, "LOGIN ON ") && !take_prefix(text, "DIALUP AT "))
        return std::nullopt;
    found.kind = "accepted";
    found.is_success = true;
    found.user = is_root ? std::string_view("root") : between(text, " BY ", " ");
    found.terminal = is_root ? between(text, "'", "'") : word_of(text);
    found.source_address = between(text, " FROM ", " ");
    if (found.source_address.empty())
        found.source_address = between(text, "from '", "'");
    return found;
}

Answer of_accounts(std::string_view program, std::string_view text)
{
    Authentication found;
    found.program = program;
    if (take_prefix(text, "new user: ")) {
        found.kind = "account_created";
        found.user = between(text, "name=", ",");
        found.uid = number_of(between(text, "UID=", ","));
        found.working_folder = between(text, "home=", ",");
        found.command = between(text, "shell=", ",");
        found.terminal = between(text, "from=", ",");
        return found;
    }
    if (take_prefix(text, "delete user '")) {
        found.kind = "account_deleted";
        found.user = text.substr(0, text.find('\''));
        return found;
    }
    if (take_prefix(text, "add '")) {
        found.kind = "group_added";
        found.user = text.substr(0, text.find('\''));
        found.group = between(text, "group '", "'");
        return found.group.empty() ? std::nullopt : Answer { found };
    }
    return std::nullopt;
}

Answer of_logind(std::string_view text)
{
    Authentication found;
    found.program = "logind";
    if (!take_prefix(text, "New session "))
        return std::nullopt;
    found.kind = "session_opened";
    auto user = between(text, " of user ", " ");
    if (user.ends_with('.'))
        user.remove_suffix(1);
    found.user = user;
    return found;
}

}

std::optional<Authentication> authentication_of(std::string_view identifier, std::string_view message)
{
    auto program = identifier.substr(identifier.rfind('/') + 1);
    if (message.starts_with("pam_"))
        return of_pam(message);
    if (program == "sshd" || program == "sshd-session" || program == "sshd-auth")
        return of_sshd(message);
    if (program == "sudo")
        return of_sudo(message);
    if (program == "su" || program == "su-l")
        return of_su(message);
    if (program == "login")
        return of_login(message);
    if (program == "systemd-logind")
        return of_logind(message);
    if (program == "useradd" || program == "userdel" || program == "usermod" || program == "gpasswd"
        || program == "adduser")
        return of_accounts(program, message);
    return std::nullopt;
}

}
