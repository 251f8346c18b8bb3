// What the parsers of text logs and of the journal share: the rows about authentication, and events for Sigma rules.
// Not the taking apart of messages: formats/syslog/authentication.hpp.
#pragma once
#include "record/artefact_parser.hpp"
#include <string>

namespace konseki {

inline constexpr std::size_t linux_message_bytes_max = 8'192;

// A message of a log, whatever log that was. Views valid UTF-8.
struct LinuxMessage {
    Timestamp at;
    LocalTime local_at;
    std::string_view log, host, identifier, message;
    std::optional<std::uint32_t> pid;
};

class LinuxMessages {
public:
    explicit LinuxMessages(ParseContext& context);
    void take(LinuxMessage const& message, TraceOrigin const& origin);

private:
    void put_authentication(LinuxMessage const& message, TraceOrigin const& origin);
    ParseContext& m_context;
    EventShape const* m_shape;
};

// Channel of an event for rules (rules/sigma/logsources.yml): "linux/sshd", "linux/cron", "linux/auth", "linux/syslog"
// …
std::string_view linux_channel_of(std::string_view identifier);
// "/home/hanako/.bash_history" -> "hanako", "/root/…" -> "root"; empty: not below a home folder.
std::string_view linux_home_user_of(std::string_view path);
// At most so many bytes, ended between two characters.
std::string_view linux_bounded(std::string_view text, std::size_t bytes_max = linux_message_bytes_max);

}
