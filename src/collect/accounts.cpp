#include "collect/accounts.hpp"
#include <algorithm>

namespace konseki::collect {

namespace {

constexpr std::uint64_t account_file_bytes_max = 64U << 20; // a university's passwd

struct Shadow {
    std::string password;
    Timestamp changed_at, expires_at;
};

Timestamp day(std::string_view text)
{
    auto const days = parse_int(text);
    if (!days || *days <= 0 || *days > 1'000'000)
        return {};
    return Timestamp::from_unix_seconds(*days * 86'400);
}

std::map<std::string, Shadow, std::less<>> parse_shadow(std::string_view text)
{
    std::map<std::string, Shadow, std::less<>> entries;
    for (auto const line : split(text, '\n')) {
        auto const fields = split(line, ':');
        if (fields.size() < 8)
            continue;
        entries.emplace(fields[0], Shadow { std::string(fields[1]), day(fields[2]), day(fields[7]) });
    }
    return entries;
}

std::string_view password_state(Account const& account, Shadow const* shadow)
{
    if (account.password != "x" && account.password != "*" && !account.password.starts_with('!'))
        return account.password.empty() ? "empty" : "in_passwd";
    if (account.password != "x")
        return "locked";
    if (shadow == nullptr)
        return {};
    if (shadow->password.empty())
        return "empty";
    return shadow->password.starts_with('!') || shadow->password.starts_with('*') ? "locked" : "set";
}

std::string read_account_file(Session& session, std::string_view path)
{
    auto text = session.source.read(path, account_file_bytes_max);
    if (text.ok())
        return std::move(text).value();
    session.notes.add(path, text.error());
    return {};
}

}

std::vector<Account> parse_passwd(std::string_view text)
{
    std::vector<Account> accounts;
    for (auto const line : split(text, '\n')) {
        auto const fields = split(line, ':');
        if (fields.size() < 7 || fields[0].empty() || fields[0].starts_with('#'))
            continue;
        auto const uid = u32_of(fields[2]);
        auto const gid = u32_of(fields[3]);
        if (uid && gid)
            accounts.push_back({ std::string(fields[0]), std::string(fields[1]), std::string(fields[4]),
                std::string(fields[5]), std::string(fields[6]), *uid, *gid });
    }
    return accounts;
}

Result<std::vector<Account>> collect_accounts(Session& session)
{
    auto accounts = parse_passwd(read_account_file(session, "/etc/passwd"));
    auto const shadow = parse_shadow(read_account_file(session, "/etc/shadow"));
    std::map<std::string, std::string, std::less<>> groups_of;
    auto const group_text = read_account_file(session, "/etc/group");
    for (auto const line : split(group_text, '\n')) {
        auto const fields = split(line, ':');
        auto const gid = fields.size() < 4 ? std::nullopt : u32_of(fields[2]);
        if (!gid)
            continue;
        session.names.groups.emplace(*gid, fields[0]);
        for (auto const member : split(fields[3], ','))
            if (!member.empty())
                append_format(groups_of[std::string(member)], " {}", fields[0]);
    }
    StateFile state(session, linux_account_schema.erased);
    for (auto const& account : accounts) {
        session.names.users.emplace(account.uid, account.name); // of several names of one number the first, as getpwuid
        auto const entry = shadow.find(account.name);
        auto const* const hidden = entry == shadow.end() ? nullptr : &entry->second;
        LinuxAccountRow row;
        row.name = if_any(account.name);
        row.shell = if_any(account.shell);
        row.password_state = password_state(account, hidden);
        row.uid = account.uid;
        row.gid = account.gid;
        row.full_name = if_any(account.full_name);
        row.home = account.home;
        auto const groups = groups_of.find(account.name);
        if (groups != groups_of.end())
            row.groups = std::string_view(groups->second).substr(1);
        row.path = "/etc/passwd";
        if (hidden != nullptr) {
            row.password_changed_at = hidden->changed_at;
            row.expires_at = hidden->expires_at;
        }
        TRY(state.add(linux_account_schema, row));
    }
    session.summary.accounts = state.count();
    TRY(state.finish("accounts"));
    return accounts;
}

}
