#include "collect/processes.hpp"
#include <algorithm>
#include <array>

namespace konseki::collect {

std::string preload_of(std::string_view environment)
{
    static constexpr std::array<std::string_view, 3> names { "LD_PRELOAD=", "LD_LIBRARY_PATH=", "LD_AUDIT=" };
    std::string found;
    for (auto const variable : split(environment, '\0'))
        if (std::any_of(names.begin(), names.end(), [&](std::string_view name) { return variable.starts_with(name); }))
            append_format(found, "{}{}", found.empty() ? "" : "|", variable);
    return found;
}

static bool holds(std::string_view text, std::string_view word)
{
    return text.find(word) != std::string_view::npos;
}

// What reads as a token: long, of letters and digits mixed, without the signs of a path or a sentence.
static bool looks_random(std::string_view value)
{
    if (value.size() < 32)
        return false;
    std::size_t digits = 0;
    std::size_t letters = 0;
    for (auto const c : value) {
        bool const is_letter = ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
        bool const is_digit = c >= '0' && c <= '9';
        if (!is_letter && !is_digit && c != '_' && c != '-' && c != '+' && c != '=')
            return false;
        letters += is_letter ? 1 : 0;
        digits += is_digit ? 1 : 0;
    }
    return digits >= 4 && letters >= 4;
}

bool is_secret_variable(std::string_view name, std::string_view value)
{
    static constexpr std::array<std::string_view, 12> harmless { "ssh_auth_sock", "xauthority", "xdg_session_id",
        "xdg_session_type", "xdg_session_class", "xdg_session_path", "xdg_session_desktop", "dbus_session_bus_address",
        "desktop_session", "session_manager", "pwd", "oldpwd" };
    static constexpr std::array<std::string_view, 15> words { "pass", "pwd", "secret", "token", "key", "cred", "auth",
        "cookie", "session", "private", "salt", "dsn", "connectionstring", "signature", "licen" };
    static constexpr std::array<std::string_view, 9> beginnings { "AKIA", "ASIA", "ghp_", "github_pat_", "glpat-",
        "xox", "sk-", "eyJ", "-----BEGIN" };
    auto const lower = ascii_lower(name);
    if (std::find(harmless.begin(), harmless.end(), lower) != harmless.end() || value.empty())
        return false;
    auto const is_in = [&](std::string_view word) { return holds(lower, word); };
    if (std::any_of(words.begin(), words.end(), is_in))
        return true;
    if (std::any_of(beginnings.begin(), beginnings.end(), [&](auto begin) { return value.starts_with(begin); }))
        return true;
    // scheme://user:password@host
    if (auto const scheme = value.find("://"); scheme != std::string_view::npos) {
        auto const at = value.find('@', scheme + 3);
        auto const colon = value.find(':', scheme + 3);
        if (at != std::string_view::npos && colon < at)
            return true;
    }
    static constexpr std::array<std::string_view, 2> identities { "invocation_id", "systemd_exec_pid" };
    return looks_random(value) && std::find(identities.begin(), identities.end(), lower) == identities.end();
}

std::string masked_variable(std::string_view variable)
{
    auto const equals = variable.find('=');
    if (equals == std::string_view::npos) // a process may write what it likes there
        return looks_random(variable) ? format("<masked, {} bytes>", variable.size()) : std::string(variable);
    auto const name = variable.substr(0, equals);
    auto const value = variable.substr(equals + 1);
    if (!is_secret_variable(name, value))
        return std::string(variable);
    return format("{}=<masked, {} bytes>", name, value.size());
}

}
