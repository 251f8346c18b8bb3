#include "tools/identities.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::test {

namespace {
constexpr std::array<std::string_view, 12> families { "sato", "suzuki", "takahashi", "tanaka", "ito", "watanabe",
    "yamamoto", "nakamura", "kobayashi", "kato", "yoshida", "yamada" };
constexpr std::array<std::string_view, 6> sites { "TKY", "OSA", "NGY", "FUK", "SPK", "SND" };
constexpr std::array<std::string_view, 24> never_users { "system", "local service", "network service",
    "anonymous logon", "administrator", "administrators", "guest", "users", "user", "everyone", "none", "default",
    "public", "builtin", "window manager", "font driver host", "iis apppool", "defaultapppool", "admin", "test",
    "windows", "microsoft", "service", "services" };

bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'
        || c == '$';
}

bool is_hex(std::string_view text)
{
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

bool is_guid(std::string_view text)
{
    return text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-'
        && is_hex(text.substr(0, 8)) && is_hex(text.substr(24));
}
}

Identities::Identities(std::uint64_t seed, std::uint32_t replica)
    : m_seed(seed)
    , m_replica(replica)
{
}

std::uint64_t Identities::hash(std::string_view text) const
{
    std::uint64_t state = 0xcbf29ce484222325ULL ^ (m_seed + m_replica * 0x9e3779b97f4a7c15ULL);
    for (char const c : text)
        state = (state ^ static_cast<std::uint8_t>(ascii_lower(c))) * 0x100000001b3ULL;
    state ^= state >> 29;
    state *= 0xbf58476d1ce4e5b9ULL;
    return state ^ (state >> 32);
}

void Identities::learn_host(std::string_view fully_qualified)
{
    if (m_replica == 0 || fully_qualified.empty())
        return;
    auto const parts = split(fully_qualified, '.');
    auto const number = hash(parts[0]);
    m_names.try_emplace(ascii_lower(parts[0]),
        format("{}-{}{:04}", sites[number % sites.size()], number % 5 == 0 ? "SV" : "PC", (number >> 8) % 10'000));
    for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
        if (parts[i].size() >= 4)
            m_names.try_emplace(ascii_lower(parts[i]), format("corp{:02}", m_replica));
    }
}

void Identities::learn_user(std::string_view user)
{
    if (m_replica == 0)
        return;
    auto const slash = user.rfind('\\');
    auto const name = slash == std::string_view::npos ? user : user.substr(slash + 1);
    auto const lower = ascii_lower(name);
    if (name.size() < 4 || name.back() == '$' || lower.starts_with("dwm-") || lower.starts_with("umfd-")
        || std::ranges::find(never_users, std::string_view(lower)) != never_users.end()
        || std::ranges::any_of(name, [](char c) { return !is_word(c); }))
        return;
    auto const number = hash(name);
    m_names.try_emplace(lower,
        format("{}.{}{}", families[number % families.size()], static_cast<char>('a' + (number >> 8) % 26), m_replica));
}

std::string Identities::sid(std::string_view sid) const
{
    if (m_replica == 0 || !sid.starts_with("S-1-5-21-"))
        return std::string(sid);
    auto const parts = split(sid, '-');
    if (parts.size() < 8)
        return std::string(sid);
    auto const number = hash(sid.substr(0, sid.rfind('-')));
    return format("S-1-5-21-{}-{}-{}-{}", number & 0xffffffff, number >> 32, (number >> 16) & 0xffffffff, parts[7]);
}

std::string Identities::guid(std::string_view guid) const
{
    if (m_replica == 0)
        return std::string(guid);
    // The first group stays: providers and interfaces keep their look; the tail is what tells processes and logons
    // apart.
    auto const number = hash(guid);
    return format("{}{:04x}-{:012x}", guid.substr(0, 19), number >> 48, number & 0xffffffffffff);
}

std::uint32_t Identities::process_id(std::uint32_t id) const
{
    return m_replica == 0 || id <= 4 ? id : id + static_cast<std::uint32_t>(4 * (hash("process") % 4'000));
}

std::uint64_t Identities::logon_id(std::uint64_t id) const
{
    return m_replica == 0 || id < 0x1000 ? id : id + (hash("logon") % 0x400000);
}

Timestamp Identities::time(Timestamp at) const
{
    constexpr std::int64_t day_ticks = 86'400 * ticks_per_second;
    return { at.ticks + m_replica * 9 * day_ticks
        + (m_replica == 0 ? 0 : static_cast<std::int64_t>(hash("time") % (6ULL * 3'600 * 10'000'000))) };
}

void Identities::append_token(std::string& target, std::string_view token) const
{
    if (is_guid(token)) {
        target += guid(token);
        return;
    }
    if (token.starts_with("S-1-5-21-")) {
        target += sid(token);
        return;
    }
    if ((token.size() == 32 || token.size() == 40 || token.size() == 64) && is_hex(token)) {
        auto number = hash(token);
        for (std::size_t i = 0; i < token.size(); ++i) {
            target.push_back("0123456789ABCDEF"[number & 15]);
            number = (number >> 4) | (number << 60);
            if (i % 16 == 15)
                number = number * 0x9e3779b97f4a7c15ULL + 1;
        }
        return;
    }
    bool const is_machine = token.size() > 1 && token.back() == '$';
    auto const found = m_names.find(ascii_lower(is_machine ? token.substr(0, token.size() - 1) : token));
    if (found == m_names.end()) {
        target += token;
        return;
    }
    target += found->second;
    if (is_machine)
        target.push_back('$');
}

std::string Identities::text(std::string_view text) const
{
    if (m_replica == 0)
        return std::string(text);
    std::string result;
    result.reserve(text.size() + 16);
    for (std::size_t i = 0; i < text.size();) {
        if (!is_word(text[i])) {
            result.push_back(text[i++]);
            continue;
        }
        auto end = i;
        while (end < text.size() && is_word(text[end]))
            ++end;
        if (end - i >= 4)
            append_token(result, text.substr(i, end - i));
        else
            result += text.substr(i, end - i);
        i = end;
    }
    return result;
}

}
