// passwd, group, shadow and gshadow of the host: who has accounts, and the names that other rows show.
// Not their grammar (formats/passwd), and not sssd, LDAP or other name services: files only.
#pragma once
#include "collect/session.hpp"
#include "formats/passwd/passwd.hpp"

namespace konseki::collect {

Result<std::vector<passwd::Account>> collect_accounts(
    Session& session); // fills session.names, writes state/accounts.jsonl

}
