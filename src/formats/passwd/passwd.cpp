#include "formats/passwd/passwd.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/text_lines/text_lines.hpp"
#include <algorithm>
#include <functional>

namespace konseki::passwd {

namespace {

constexpr std::int64_t seconds_per_day = 86'400, days_max = 2'932'896; // year 9999

// [shadow(5)] days since 1970-01-01; 0 of the last change: it is to be changed at the next log-on.
Timestamp day_in(std::string_view text)
{
    auto const days = parse_int(text);
    return days && *days > 0 && *days <= days_max ? Timestamp::from_unix_seconds(*days * seconds_per_day)
                                                  : Timestamp {};
}

std::optional<std::uint32_t> number_in(std::string_view text) // decimal only, as glibc
{
    auto const number = parse_int(text);
    return number && *number >= 0 && *number <= 0xFFFF'FFFF ? std::optional(static_cast<std::uint32_t>(*number))
                                                            : std::nullopt;
}

std::string_view hash_state(std::string_view hash)
{
    if (hash.empty())
        return "empty";
    return hash[0] == '!' || hash[0] == '*' ? "locked" : "set";
}

// glibc passes over blanks in front of a line.
std::string_view without_blanks_in_front(std::string_view line)
{
    return line.substr(std::min(line.find_first_not_of(" \t\v\f\r"), line.size()));
}

void for_each_line(std::string_view text, std::function<void(std::vector<std::string_view> const&)> const& visit)
{
    text = text.substr(0, file_bytes_max);
    auto position = text_lines::begin_of(text);
    while (auto const line = text_lines::next(text, position, text.size())) {
        if (!is_comment(line->text))
            visit(split(without_blanks_in_front(line->text), ':'));
    }
}

}

bool is_comment(std::string_view line)
{
    auto const text = trim(line);
    return text.empty() || text.starts_with('#');
}

void Beside::read_shadow(std::string_view text)
{
    m_has_shadow = text.size() < file_bytes_max; // of one that was cut it cannot be said who has no line
    for_each_line(text, [&](std::vector<std::string_view> const& fields) {
        if (fields.size() < 2)
            return;
        m_shadow.emplace(fields[0],
            Shadow { fields[1], fields.size() > 2 ? day_in(fields[2]) : Timestamp {},
                fields.size() > 7 ? day_in(fields[7]) : Timestamp {} });
    });
}

// group: name:password:GID:members. gshadow: name:password:administrators:members.
void Beside::read_members(std::string_view text, bool is_group_file)
{
    for_each_line(text, [&](std::vector<std::string_view> const& fields) {
        if (fields.size() < 3)
            return;
        if (auto const gid = number_in(fields[2]); gid && is_group_file)
            m_group_names.emplace(*gid, fields[0]);
        if (fields.size() < 4)
            return;
        for (auto const member : split(fields[3], ',')) {
            if (!trim(member).empty())
                m_groups[trim(member)].insert(fields[0]);
        }
    });
}

// [passwd(5)] of "x" "there must be a corresponding line in the /etc/shadow file, or else the user account is invalid";
// [shadow(5)] what is no result of crypt(3) keeps the user from logging on with a password. Without the file: unknown.
std::string_view Beside::password_state(std::string_view password, Shadow const* shadow) const
{
    if (password == "x") {
        if (shadow != nullptr)
            return hash_state(shadow->password);
        return m_has_shadow ? std::string_view("locked") : std::string_view {};
    }
    auto const state = hash_state(password);
    return state == "set" ? "in_passwd" : state;
}

std::string Beside::groups_of(std::string_view name, std::uint32_t gid) const
{
    std::string text;
    auto const first = m_group_names.find(gid);
    if (first != m_group_names.end())
        text = first->second;
    if (auto const more = m_groups.find(name); more != m_groups.end()) {
        for (auto const group : more->second) {
            if (first == m_group_names.end() || group != first->second)
                append_format(text, "{}{}", text.empty() ? "" : " ", group);
        }
    }
    return utf8::repaired(text);
}

// name:password:UID:GID:GECOS:directory:shell. glibc needs the first four only, and takes the rest of the line as
// shell.
Result<Account> parse_line(std::string_view line, Beside const& beside)
{
    auto const text = without_blanks_in_front(line);
    auto const fields = split(text, ':');
    auto const is_number = [&](std::size_t at) { return fields.size() > at && number_in(fields[at]).has_value(); };
    if (fields[0].empty() || !is_number(2) || !is_number(3)) {
        // "+::::::", "+name": all accounts of a directory service, or one: of them nothing stands here
        if (text.starts_with('+') || text.starts_with('-'))
            return Error { ErrorCode::unsupported, "passwd.directory_service", 0, 7, fields.size(), {} };
        return Error { ErrorCode::bad_value, "passwd.line", 0, 7, fields.size(), {} };
    }
    auto const field = [&](std::size_t at) { return fields.size() > at ? utf8::repaired(fields[at]) : std::string(); };
    auto const found = beside.m_shadow.find(fields[0]);
    auto const* const shadow = found == beside.m_shadow.end() ? nullptr : &found->second;
    Account account;
    account.name = field(0);
    account.uid = number_in(fields[2]).value_or(0);
    account.gid = number_in(fields[3]).value_or(0);
    account.full_name = field(4);
    account.home = field(5);
    if (fields.size() > 6)
        account.shell = utf8::repaired(text.substr(static_cast<std::size_t>(fields[6].data() - text.data())));
    account.password_state = beside.password_state(fields[1], shadow);
    account.groups = beside.groups_of(fields[0], account.gid);
    if (shadow != nullptr) {
        account.password_changed_at = shadow->changed_at;
        account.expires_at = shadow->expires_at;
    }
    return account;
}

}
