#include "traces/linux_hook/parser.hpp"
#include "traces/linux_hook/grammars.hpp"
#include "traces/linux_script.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_hook {

namespace {

using G = LinuxGrammar;

struct Reader {
    LinuxGrammar grammar = G::nothing;
    void (*read)(ByteView file, LinuxRows& rows) = nullptr;
};
constexpr std::array<Reader, 20> readers { { { G::udev, read_udev }, { G::desktop_entry, read_desktop_entry },
    { G::dbus_service, read_dbus_service }, { G::apt_settings, read_apt }, { G::package_manager, read_package_manager },
    { G::git_config, read_git }, { G::php_settings, read_php }, { G::rsyslog, read_rsyslog },
    { G::logrotate, read_logrotate }, { G::monit, read_monit }, { G::mail_forward, read_mail },
    { G::tcp_wrappers, read_tcp_wrappers }, { G::name_services, read_name_services },
    { G::python_path, read_python_path }, { G::inittab, read_inittab }, { G::upstart, read_upstart },
    { G::xinetd, read_xinetd }, { G::inetd, read_inetd }, { G::interfaces, read_interfaces },
    { G::temporary_files, read_temporary_files } } };

Sniff sniff(ByteView head, std::string_view name)
{
    return sniff_linux(head, name,
        { G::udev, G::desktop_entry, G::dbus_service, G::apt_settings, G::package_manager, G::git_config,
            G::php_settings, G::rsyslog, G::logrotate, G::monit, G::mail_forward, G::tcp_wrappers, G::name_services,
            G::python_path, G::inittab, G::upstart, G::xinetd, G::inetd, G::interfaces, G::temporary_files });
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    LinuxRows rows { evidence, context };
    auto const* const reader = std::ranges::find(readers, rows.grammar(), &Reader::grammar);
    if (reader != readers.end())
        reader->read(evidence.bytes, rows);
}

constexpr std::array<Schema const*, 2> schemas { &linux_autostart_schema.erased, &linux_setting_schema.erased };

}

void add_command(LinuxRows& rows, TextPlace const& place, AutostartParts parts)
{
    auto detail = shell_detail(look_at_shell(parts.command).shapes);
    add_part(detail, parts.detail);
    parts.detail = detail;
    rows.autostart(place, parts);
}

constinit ArtefactParser const parser {
    .name = "linux_hook",
    .title = "Hooks of Linux programs",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
