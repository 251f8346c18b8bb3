// Accounts as passwd(5) says them with shadow(5), group(5) and gshadow(5) beside it, read as glibc's "files" reads
// them. Not directory services (sssd, LDAP, NIS); hashes are never kept. Source: those manual pages; glibc
// nss/nss_files/files-pwd.c, checked with getent(1) of glibc 2.36.
#pragma once
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::passwd {

inline constexpr std::uint64_t file_bytes_max = 64U << 20; // of each file: a university's passwd

// Texts are UTF-8: what is none was repaired.
struct Account {
    std::string name, full_name, home, shell;
    std::string groups; // the first group's name, then those that name the account, by name; joined with space
    // set, locked, empty, in_passwd (a hash stands in passwd itself); no data: shadow was not there, or not readable
    std::string_view password_state;
    std::uint32_t uid = 0, gid = 0;
    Timestamp password_changed_at, expires_at; // midnights of shadow's days, UTC
};

// What lies beside passwd. Views the texts it is given; of each at most file_bytes_max are read.
class Beside {
public:
    // A shadow that could be read, be it empty. One that could not must not be given: nothing is then said of
    // passwords.
    void read_shadow(std::string_view text);
    void read_group(std::string_view text) { read_members(text, true); }
    void read_gshadow(std::string_view text) { read_members(text, false); }

    std::map<std::uint32_t, std::string_view> const& group_names() const { return m_group_names; } // the first wins

private:
    friend Result<Account> parse_line(std::string_view line, Beside const& beside);
    struct Shadow {
        std::string_view password;
        Timestamp changed_at, expires_at;
    };
    void read_members(std::string_view text, bool is_group_file);
    std::string_view password_state(std::string_view password, Shadow const* shadow) const;
    std::string groups_of(std::string_view name, std::uint32_t gid) const;

    bool m_has_shadow = false;
    std::map<std::string_view, Shadow> m_shadow; // the first line wins
    std::map<std::uint32_t, std::string_view> m_group_names;
    std::map<std::string_view, std::set<std::string_view>> m_groups; // member -> names
};

bool is_comment(std::string_view line); // or blank
// Fails where the line is no account: "passwd.directory_service" (unsupported: "+::::::" and the like), "passwd.line".
Result<Account> parse_line(std::string_view line, Beside const& beside);

}
