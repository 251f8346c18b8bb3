// What the lines of a shell script do, by their shape: commands told apart, programs named, and what stands out.
// Not a shell: nothing is expanded or run, and a shape is no judgement - installers fetch, too.
#pragma once
#include "traces/linux_text.hpp"

namespace konseki {

enum class ShellShape : std::uint32_t {
    fetches = 1, // curl, wget, scp …
    pipes_to_interpreter = 2, // … | sh, bash <(…), sh -c "$(…)"
    decodes = 4, // base64 -d, xxd -r, rows of \x41
    opens_connection = 8, // /dev/tcp, nc -e, socat exec:, sockets in one-line programs
    runs_inline_code = 16, // python -c, perl -e
    evaluates = 32, // eval
    runs_from_temporary = 64, // a program in /tmp, /var/tmp, /dev/shm
    runs_hidden = 128, // a program whose path has a name that begins with a dot
    preloads = 256, // LD_PRELOAD, LD_AUDIT
    hides_history = 512, // HISTFILE=/dev/null, history -c
    gives_rights = 1'024, // chmod u+s, setcap
    plants = 2'048, // writes keys, jobs, units, accounts
    disarms = 4'096, // setenforce 0, auditctl -D, iptables -F, removes logs
    loads_module = 8'192, // insmod, modprobe
    stays_behind = 16'384, // nohup, setsid, &
};
using ShellShapes = std::uint32_t;

constexpr bool has_shape(ShellShapes shapes, ShellShape shape)
{
    return (shapes & static_cast<ShellShapes>(shape)) != 0;
}
// Shapes that earn a line of a script its own row.
inline constexpr ShellShapes telling_shapes = 1 | 2 | 4 | 8 | 16 | 64 | 128 | 256 | 512 | 1'024 | 2'048 | 4'096;
std::string shape_names(ShellShapes shapes); // "fetches pipes_to_interpreter"

struct ShellLook {
    ShellShapes shapes = 0;
    std::vector<std::string> programs; // names without folder, in order of first use, each once
};
ShellLook look_at_shell(std::string_view command);

// What rows say in `detail`: "does: fetches evaluates". Empty when there is nothing to say.
std::string shell_detail(ShellShapes shapes);

enum class ShellPart : std::uint8_t { command, function, alias, assignment };
struct ShellCommand {
    std::string_view text; // one command or pipeline as written, with its here-documents; a view of the script
    TextPlace place;
    ShellPart part = ShellPart::command;
    std::uint32_t depth = 0; // in how many ifs, loops and functions it stands
    bool is_in_background = false;
};
// In order. Tests ([, [[, test), loop headers and case patterns are no commands. A script that never closes a quote
// gives the rest as one.
std::vector<ShellCommand> shell_commands(std::string_view script);

// "#!/bin/sh -e" -> "/bin/sh -e"; "ELF" for a program; empty when neither.
std::string_view interpreter_of(ByteView file);
// Programs of which a user can get a shell, read or write any file when run with another's rights [GTFOBins: names].
bool can_break_out(std::string_view program);

}
