#include "collect/accounts.hpp"
#include "formats/text_lines/text_lines.hpp"
#include "traces/linux_account/row.hpp"

namespace konseki::collect {

namespace {

constexpr std::string_view passwd_path = "/etc/passwd";

// Nothing where it cannot be read, which is noted.
std::optional<std::string> read_account_file(Session& session, std::string_view path)
{
    auto text = session.source.read(path, passwd::file_bytes_max);
    if (text.ok())
        return std::move(text).value();
    session.notes.add(path, text.error());
    return std::nullopt;
}

struct Entries {
    std::vector<passwd::Account> accounts;
    std::uint64_t damaged = 0, of_directory_services = 0;
};

Entries read_entries(std::string_view text, passwd::Beside const& beside)
{
    Entries entries;
    auto position = text_lines::begin_of(text);
    while (auto const line = text_lines::next(text, position, text.size())) {
        if (passwd::is_comment(line->text))
            continue;
        auto account = passwd::parse_line(line->text, beside);
        if (account.ok())
            entries.accounts.push_back(std::move(account).value());
        else
            ++(account.error().code == ErrorCode::unsupported ? entries.of_directory_services : entries.damaged);
    }
    return entries;
}

}

Result<std::vector<passwd::Account>> collect_accounts(Session& session)
{
    auto const text = read_account_file(session, passwd_path);
    auto const shadow = read_account_file(session, "/etc/shadow");
    auto const group = read_account_file(session, "/etc/group");
    auto const gshadow = read_account_file(session, "/etc/gshadow");
    passwd::Beside beside;
    if (shadow)
        beside.read_shadow(*shadow);
    if (group)
        beside.read_group(*group);
    if (gshadow)
        beside.read_gshadow(*gshadow);
    for (auto const& [gid, name] : beside.group_names())
        session.names.groups.emplace(gid, name);
    auto entries = read_entries(text ? std::string_view(*text) : std::string_view {}, beside);
    StateFile state(session, linux_account_schema.erased);
    for (auto const& account : entries.accounts) {
        session.names.users.emplace(account.uid, account.name); // of several names of one number the first, as getpwuid
        TRY(state.add(linux_account_schema, linux_account::row_of(account, passwd_path)));
    }
    if (entries.damaged > 0)
        session.notes.add("unreadable", passwd_path, format("{} lines are no accounts", entries.damaged));
    if (entries.of_directory_services > 0)
        session.notes.add("missing_tool", passwd_path,
            format("{} lines ask a directory service, which is not asked", entries.of_directory_services));
    session.summary.accounts = state.count();
    TRY(state.finish("accounts"));
    return std::move(entries.accounts);
}

}
