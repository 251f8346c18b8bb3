#include "traces/linux_log_event.hpp"
#include "base/text.hpp"
#include "formats/syslog/authentication.hpp"
#include "traces/linux_log_columns.hpp"
#include <algorithm>
#include <array>

namespace konseki {

namespace {

struct Channel {
    std::string_view identifier, channel;
};
constexpr std::array channels {
    Channel { "sshd", "linux/sshd" },
    Channel { "sshd-session", "linux/sshd" },
    Channel { "sshd-auth", "linux/sshd" },
    Channel { "sudo", "linux/sudo" },
    Channel { "CRON", "linux/cron" },
    Channel { "cron", "linux/cron" },
    Channel { "crond", "linux/cron" },
    Channel { "crontab", "linux/cron" },
    Channel { "anacron", "linux/cron" },
    Channel { "su", "linux/auth" },
    Channel { "login", "linux/auth" },
    Channel { "systemd-logind", "linux/auth" },
    Channel { "polkitd", "linux/auth" },
    Channel { "pkexec", "linux/auth" },
    Channel { "useradd", "linux/auth" },
    Channel { "userdel", "linux/auth" },
    Channel { "usermod", "linux/auth" },
    Channel { "groupadd", "linux/auth" },
    Channel { "passwd", "linux/auth" },
    Channel { "chpasswd", "linux/auth" },
    Channel { "gpasswd", "linux/auth" },
    Channel { "vsftpd", "linux/vsftpd" },
    Channel { "clamd", "linux/clamav" },
    Channel { "freshclam", "linux/clamav" },
    Channel { "guacd", "linux/guacamole" },
};

// Symbol of a view that may be absent.
Symbol symbol(std::string_view text)
{
    return text.empty() ? Symbol {} : Symbol { text };
}

}

std::string_view linux_channel_of(std::string_view identifier)
{
    auto const program = identifier.substr(identifier.rfind('/') + 1);
    auto const found = std::ranges::find(channels, program, &Channel::identifier);
    return found == channels.end() ? "linux/syslog" : found->channel;
}

std::string_view linux_home_user_of(std::string_view path)
{
    for (std::string_view const mark : { "/home/", "\\home\\" }) {
        auto const at = path.rfind(mark);
        if (at == std::string_view::npos)
            continue;
        auto const rest = path.substr(at + mark.size());
        auto const end = rest.find_first_of("/\\");
        return end == std::string_view::npos ? std::string_view {} : rest.substr(0, end);
    }
    if (path.starts_with("home/")) {
        auto const rest = path.substr(5);
        return rest.substr(0, std::min(rest.find('/'), rest.size()));
    }
    bool const is_root = path.find("/root/") != std::string_view::npos || path.starts_with("root/");
    return is_root ? std::string_view("root") : std::string_view {};
}

std::string_view linux_bounded(std::string_view text, std::size_t bytes_max)
{
    if (text.size() <= bytes_max)
        return text;
    while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xc0U) == 0x80U)
        --bytes_max;
    return text.substr(0, bytes_max);
}

LinuxMessages::LinuxMessages(ParseContext& context)
    : m_context(context)
    , m_shape(context.shapes.intern({ "Message" }))
{
}

void LinuxMessages::take(LinuxMessage const& message, TraceOrigin const& origin)
{
    put_authentication(message, origin);
    Event event;
    event.channel = linux_channel_of(message.identifier);
    event.provider = message.identifier;
    event.computer = message.host;
    event.written_at = message.at;
    event.execution_process_id = message.pid.value_or(0);
    event.message = message.message;
    EventValue const value { ValueType::utf8, as_bytes(message.message) };
    event.shape = m_shape;
    event.values = { &value, 1 };
    m_context.events.on_event(event, origin);
}

void LinuxMessages::put_authentication(LinuxMessage const& message, TraceOrigin const& origin)
{
    auto const found = syslog::authentication_of(message.identifier, message.message);
    if (!found)
        return;
    LinuxAuthenticationRow row;
    row.at = message.at;
    row.local_at = message.local_at;
    row.kind = found->kind;
    row.program = symbol(found->program);
    row.host = symbol(message.host);
    row.user = symbol(found->user);
    row.target_user = symbol(found->target_user);
    row.source_address = symbol(found->source_address);
    row.method = symbol(found->method);
    row.key_type = symbol(found->key_type);
    row.key_fingerprint = symbol(found->key_fingerprint);
    row.terminal = symbol(found->terminal);
    row.group = symbol(found->group);
    row.log = message.log;
    if (!found->command.empty())
        row.command = found->command;
    if (!found->working_folder.empty())
        row.working_folder = found->working_folder;
    row.port = found->port;
    row.pid = message.pid;
    row.uid = found->uid;
    row.is_success = found->is_success;
    m_context.traces.emit(linux_authentication_schema, origin, row);
}

}
