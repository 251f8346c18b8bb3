// passwd, group and shadow of the host: who has accounts, and the names that other rows show.
// Not sssd, LDAP or other name services: files only.
#pragma once
#include "collect/session.hpp"

namespace konseki::collect {

struct Account {
    std::string name, password, full_name, home, shell;
    std::uint32_t uid = 0, gid = 0;
};

std::vector<Account> parse_passwd(std::string_view text); // lines that are none are left out
Result<std::vector<Account>> collect_accounts(Session& session); // fills session.names, writes state/accounts.jsonl

}
