// What sshd, PAM, sudo, su, login, logind, useradd and passwd say in a log message, taken apart.
// Not a judgement, and not only of syslog: the journal's messages are the same texts.
// Source: the programs' own messages (OpenSSH auth.c, Linux-PAM pam_unix, sudo logging.c, util-linux, shadow).
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace konseki::syslog {

// Views the message.
struct Authentication {
    std::string_view kind; // accepted, failed, invalid_user, session_opened, session_closed, command, refused,
                           // disconnected, account_created, account_deleted, group_added, password_changed
    std::string_view program; // sshd, sudo, su, login, logind, useradd …
    std::string_view user; // who asked; of a login the account
    std::string_view target_user; // whose rights it was about (sudo, su)
    std::string_view source_address, method, key_type, key_fingerprint, terminal, command, working_folder, group;
    std::optional<std::uint32_t> port;
    std::optional<std::uint32_t> uid; // of an account that was made
    std::optional<bool> is_success; // absent: the message is about no attempt
};

std::optional<Authentication> authentication_of(std::string_view identifier, std::string_view message);

}
