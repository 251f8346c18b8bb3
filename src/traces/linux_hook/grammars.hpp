// One reader per grammar; each takes the file and makes its rows.
// Not the choice between them: parser.cpp.
#pragma once
#include "traces/linux_text.hpp"

namespace konseki::linux_hook {

void read_udev(ByteView file, LinuxRows& rows);
void read_desktop_entry(ByteView file, LinuxRows& rows);
void read_dbus_service(ByteView file, LinuxRows& rows);
void read_apt(ByteView file, LinuxRows& rows);
void read_package_manager(ByteView file, LinuxRows& rows);
void read_git(ByteView file, LinuxRows& rows);
void read_php(ByteView file, LinuxRows& rows);
void read_rsyslog(ByteView file, LinuxRows& rows);
void read_logrotate(ByteView file, LinuxRows& rows);
void read_monit(ByteView file, LinuxRows& rows);
void read_mail(ByteView file, LinuxRows& rows);
void read_tcp_wrappers(ByteView file, LinuxRows& rows);
void read_name_services(ByteView file, LinuxRows& rows);
void read_python_path(ByteView file, LinuxRows& rows);
void read_inittab(ByteView file, LinuxRows& rows);
void read_upstart(ByteView file, LinuxRows& rows);
void read_xinetd(ByteView file, LinuxRows& rows);
void read_inetd(ByteView file, LinuxRows& rows);
void read_interfaces(ByteView file, LinuxRows& rows);
void read_temporary_files(ByteView file, LinuxRows& rows);

// Shared by them: a row about a command, with what it does by its shape in front of `detail`.
void add_command(LinuxRows& rows, TextPlace const& place, AutostartParts parts);

}
