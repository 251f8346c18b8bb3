// The row of an account: one for the files of a disk and for what `konseki collect` met on the machine.
// Not the reading of passwd: formats/passwd.
#pragma once
#include "formats/passwd/passwd.hpp"
#include "traces/linux_columns.hpp"

namespace konseki::linux_account {

// Views the account and the path.
inline LinuxAccountRow row_of(passwd::Account const& account, std::string_view path)
{
    auto const optional = [](std::string const& text) { return text.empty() ? std::string_view {} : text; };
    LinuxAccountRow row;
    row.name = optional(account.name);
    row.shell = optional(account.shell);
    row.password_state = account.password_state;
    row.uid = account.uid;
    row.gid = account.gid;
    row.full_name = optional(account.full_name);
    row.home = optional(account.home);
    row.groups = optional(account.groups);
    row.path = path;
    row.password_changed_at = account.password_changed_at;
    row.expires_at = account.expires_at;
    return row;
}

}
