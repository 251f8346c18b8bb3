#include "traces/linux_ssh/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_script.hpp"
#include "traces/linux_ssh/key.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_ssh {

namespace {

struct Runner {
    std::string_view name; // lower case
    std::string_view location;
};
constexpr std::array<Runner, 13> runners { { { "authorizedkeyscommand", "L15" },
    { "authorizedprincipalscommand", "L15" }, { "forcecommand", "L16" }, { "subsystem", "L16" },
    { "proxycommand", "L16" }, { "localcommand", "L16" }, { "remotecommand", "L16" }, { "knownhostscommand", "L16" },
    { "pkcs11provider", "L16" }, { "securitykeyprovider", "L16" }, { "xauthlocation", "L16" },
    { "smartcarddevice", "L16" }, { "setenv", "L16" } } };

Sniff sniff(ByteView head, std::string_view name)
{
    using G = LinuxGrammar;
    return sniff_linux(head, name, { G::ssh_keys, G::ssh_host_key, G::ssh_server, G::ssh_client });
}

class Reader {
public:
    Reader(EvidenceView const& evidence, ParseContext& context)
        : m_rows(evidence, context)
        , m_bytes(evidence.bytes)
    {
    }

    void run()
    {
        bool const is_keys
            = m_rows.grammar() == LinuxGrammar::ssh_keys || m_rows.grammar() == LinuxGrammar::ssh_host_key;
        for_each_entry(TextLines(m_bytes), m_rows, [&](std::string_view text, TextPlace const& place) {
            if (is_keys)
                read_key_line(text, place);
            else
                read_setting(text, place);
        });
    }

private:
    // Of a file below a home its owner; /etc/ssh/authorized_keys/NAME is about NAME.
    std::string_view account() const
    {
        auto const& file = m_rows.file();
        if (!file.user.empty())
            return file.user;
        auto const folder = file_name_of(folder_of(file.path));
        if (folder == "authorized_keys" || folder == "authorized_keys.d" || folder == "keys")
            return file_name_of(file.path);
        return folder == "dropbear" ? "root" : std::string_view {};
    }

    void read_key_line(std::string_view text, TextPlace const& place)
    {
        auto const key = read_key(text);
        if (!key)
            return m_rows.report(ErrorCode::bad_value, "linux.ssh.key", place);
        if (key->fingerprint.empty() && key->type != "rsa1")
            m_rows.report(ErrorCode::bad_value, "linux.ssh.key.base64", place);
        else if (!key->is_type_true)
            m_rows.report(ErrorCode::bad_value, "linux.ssh.key.type", place);
        bool const is_host_key = m_rows.grammar() == LinuxGrammar::ssh_host_key;
        LinuxKeyRow row;
        row.fingerprint = key->fingerprint;
        row.comment = key->comment;
        row.options = key->options;
        row.command = key->command;
        row.user = is_host_key ? std::string_view {} : account();
        row.type = key->type;
        row.is_host_key = is_host_key;
        m_rows.key(row, place);
        if (key->command.empty())
            return;
        auto detail = shell_detail(look_at_shell(key->command).shapes);
        add_part(detail, key->options);
        m_rows.autostart(place,
            { .name = key->comment.empty() ? std::string_view(key->fingerprint) : key->comment,
                .schedule = "logon with the key",
                .command = key->command,
                .detail = detail,
                .user = account() });
    }

    void read_setting(std::string_view text, TextPlace const& place)
    {
        auto const end = std::min(text.find_first_of(" \t="), text.size());
        auto const name = text.substr(0, end);
        auto value = trim(text.substr(end));
        if (value.starts_with('='))
            value = trim(value.substr(1));
        auto const lower = ascii_lower(name);
        bool const is_client = m_rows.grammar() == LinuxGrammar::ssh_client;
        if (lower == "match" || (is_client && lower == "host"))
            m_section = at_most(text);
        m_rows.setting(place,
            { .section = lower == "match" || lower == "host" ? std::string_view {} : std::string_view(m_section),
                .name = name,
                .value = value,
                .user = m_rows.file().user,
                .location = lower.starts_with("authorizedkeys") ? "L15" : "L16" });
        if (lower == "match")
            read_match_command(place, value);
        auto const* const runner = std::ranges::find(runners, std::string_view(lower), &Runner::name);
        if (runner != runners.end())
            emit_command(place, name, value, runner->location);
    }

    void emit_command(TextPlace const& place, std::string_view name, std::string_view value, std::string_view location)
    {
        bool const is_loader = value.find("LD_") != std::string_view::npos;
        if (value.empty() || ascii_lower(value) == "none" || (ascii_lower(name) == "setenv" && !is_loader))
            return;
        auto command = value;
        std::string label { name };
        if (ascii_lower(name) == "subsystem") {
            label = format("{} {}", name, take_word(command));
            command = trim(command);
        }
        auto detail = shell_detail(look_at_shell(command).shapes);
        add_part(detail, m_section);
        m_rows.autostart(place,
            { .name = label,
                .schedule = m_rows.grammar() == LinuxGrammar::ssh_client ? "ssh is used" : "somebody logs on",
                .command = command,
                .detail = detail,
                .user = m_rows.file().user,
                .location = location });
    }

    // Match host x exec "command": run whenever the file is read.
    void read_match_command(TextPlace const& place, std::string_view value)
    {
        auto const at = ascii_lower(value).find("exec ");
        if (at == std::string::npos || (at != 0 && value[at - 1] != ' ' && value[at - 1] != '!'))
            return;
        auto const words = quoted_words(value.substr(at + 5));
        if (!words.empty())
            emit_command(place, "Match exec", words.front(), "L16");
    }

    LinuxRows m_rows;
    ByteView m_bytes;
    std::string m_section;
};

void parse(EvidenceView const& evidence, ParseContext& context)
{
    Reader(evidence, context).run();
}

constexpr std::array<Schema const*, 3> schemas { &linux_key_schema.erased, &linux_autostart_schema.erased,
    &linux_setting_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_ssh",
    .title = "OpenSSH keys and settings",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
