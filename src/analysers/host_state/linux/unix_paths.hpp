// Unix paths and command lines brought to one form, so that units, cron lines, processes and packages speak of the same
// file. Not a file system and not a shell: nothing is looked up, nothing is expanded.
#pragma once
#include "base/path_name.hpp"
#include <string>
#include <string_view>
#include <vector>

namespace konseki::host_state::on_linux {

// The merged /usr and /var/run have one spelling ("/bin/sh" -> "/usr/bin/sh"), "//" and "/./" are taken out. The case
// of letters stays.
std::string unix_path(std::string_view written);
// Other spellings under which evidence may name it: "/usr/bin/sh" -> "/bin/sh"; empty: none.
std::string other_spelling(std::string_view unix_path);

// What stays the same on other hosts: homes, versions, hexadecimal and decimal runs, multiarch folders become
// placeholders. For keys.
std::string general_unix_form(std::string_view text);

enum class Place {
    system, // /usr, /etc, /lib …: where packages put things
    local, // /usr/local, /opt, /srv
    home,
    temporary, // /tmp, /var/tmp
    memory, // /dev/shm, /run/user
    device, // elsewhere in /dev
    web, // /var/www …: what a web server shows or writes
    variable, // elsewhere in /var and /run
    other, // a folder that somebody made at the root
    unknown, // no absolute path
};
Place place_of(std::string_view path);
std::string_view odd_folder(std::string_view path); // "/tmp", "/dev/shm" …: for reasons; empty: not odd
// The part of the path that hides from a listing: ".x", not the folders that programs of people are used to (.config,
// .local, .ssh …).
std::string_view hidden_part(std::string_view path);
bool has_deceiving_name(std::string_view path); // a part that is "...", ". ", or ends in a blank

struct UnixCommand {
    std::string target {}; // what it comes down to; a bare name where no path is given; empty: nothing readable
    std::vector<std::string> programs {}; // every program and script it starts, normal paths or bare names
};
// "/bin/sh -c 'exec /opt/x &'", "@/usr/bin/x y" (systemd's marks), "test -x /x && run-parts /y", "python3 /x.py".
UnixCommand read_command(std::string_view command);

bool is_shell(std::string_view name); // sh, bash, dash, zsh …
bool is_interpreter(std::string_view name); // python3.11, perl, php …: not shells

}
