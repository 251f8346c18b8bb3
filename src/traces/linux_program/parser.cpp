#include "traces/linux_program/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_script.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_program {

namespace {

constexpr std::size_t lines_max = 2'000; // rows of one script; a README, a placeholder of SELinux lists have few

// A system has thousands of these, and making accounts or enabling units is their work: only lines with the other
// shapes have rows.
constexpr ShellShapes package_script_shapes = static_cast<ShellShapes>(ShellShape::fetches)
    | static_cast<ShellShapes>(ShellShape::pipes_to_interpreter) | static_cast<ShellShapes>(ShellShape::decodes)
    | static_cast<ShellShapes>(ShellShape::opens_connection) | static_cast<ShellShapes>(ShellShape::runs_from_temporary)
    | static_cast<ShellShapes>(ShellShape::runs_hidden) | static_cast<ShellShapes>(ShellShape::preloads)
    | static_cast<ShellShapes>(ShellShape::hides_history);

bool is_passed_over(std::string_view file)
{
    return file.starts_with('.') || file.ends_with('~') || file.find(".dpkg-") != std::string_view::npos
        || file.ends_with(".rpmsave") || file.ends_with(".rpmnew") || file.ends_with(".rpmorig");
}

Sniff sniff(ByteView head, std::string_view name)
{
    auto const answer = sniff_linux(head, name, { LinuxGrammar::program });
    auto const file = file_name_of(name);
    bool const is_readme = file == "README" && name.find("init.d") != std::string_view::npos;
    if (answer == Sniff::no || is_readme || file == ".placeholder")
        return Sniff::no;
    return interpreter_of(head) == "ELF" ? Sniff::sure : answer;
}

// When the place is run: the folder says it.
std::string_view schedule_of(LinuxPath const& file)
{
    auto const folder = file_name_of(folder_of(file.path));
    return folder == "etc" || folder == "rc.d" ? "boot" : folder;
}

bool is_text(std::string_view text)
{
    return text.substr(0, 4'096).find('\0') == std::string_view::npos;
}

// Python hooks have no shell lines; their text is still searched by its shapes, line by line.
std::vector<ShellCommand> commands_of(std::string_view text, std::string_view interpreter)
{
    auto const program = interpreter.substr(0, interpreter.find(' '));
    bool const is_shell = interpreter.empty() || file_name_of(program).ends_with("sh") || program.ends_with("/env");
    if (is_shell)
        return shell_commands(text);
    std::vector<ShellCommand> commands;
    TextLines lines { as_bytes(text) };
    TextLine line;
    while (lines.next(line)) {
        if (auto const inner = trim(line.text); !inner.empty() && inner.front() != '#')
            commands.push_back({ inner, line.place });
    }
    return commands;
}

// The program of a command that names it by a whole path: "(setsid /usr/sbin/x -q &)" starts /usr/sbin/x.
std::string program_of(std::string_view command)
{
    static constexpr std::array<std::string_view, 9> before { "exec", "nohup", "setsid", "env", "nice", "sudo", "time",
        "command", "busybox" };
    auto const begin = command.find_first_not_of("({ \t");
    if (begin == std::string_view::npos)
        return {};
    for (auto const& word : quoted_words(command.substr(begin)))
        if (word.starts_with('/'))
            return word.substr(0, word.find_first_of(")};&|<>"));
        else if (std::ranges::find(before, word) == before.end())
            return {};
    return {};
}

// "starts: /usr/sbin/x /usr/sbin/y": each once, in order.
std::string programs_started(std::vector<ShellCommand> const& commands)
{
    constexpr std::size_t told_max = 40;
    std::vector<std::string> programs;
    for (auto const& command : commands)
        if (auto program = program_of(command.text); !program.empty() && program.find(' ') == std::string::npos
            && std::ranges::find(programs, program) == programs.end())
            programs.push_back(std::move(program));
    std::string told;
    for (std::size_t at = 0; at < std::min(programs.size(), told_max); ++at)
        append_format(told, "{} {}", at == 0 ? "starts:" : "", programs[at]);
    if (programs.size() > told_max)
        append_format(told, " and {} more", programs.size() - told_max);
    return told;
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    LinuxRows rows { evidence, context };
    auto const text = as_text(evidence.bytes);
    auto const interpreter = interpreter_of(evidence.bytes);
    bool const is_script = interpreter != "ELF" && is_text(text);
    auto const commands = is_script ? commands_of(text, interpreter) : std::vector<ShellCommand> {};
    auto const file = file_name_of(rows.file().path);
    auto const schedule = schedule_of(rows.file());
    bool const has_nothing = is_script && std::ranges::all_of(commands, [](ShellCommand const& command) {
        return command.text == "exit 0" || command.text == ":" || command.text == "exit";
    });
    bool const is_off = is_passed_over(file) || has_nothing;
    bool const is_package_script = rows.file().place != nullptr && rows.file().place->kind == "package_script";
    auto const wanted = is_package_script ? package_script_shapes : telling_shapes;
    ShellShapes all = 0;
    std::size_t count = 0;
    std::vector<std::pair<ShellCommand, ShellShapes>> telling;
    for (auto const& command : commands) {
        auto const shapes = look_at_shell(command.text).shapes;
        all |= shapes;
        if ((shapes & wanted) != 0 && ++count <= lines_max)
            telling.emplace_back(command, shapes);
    }
    auto detail = std::string(interpreter);
    if (!is_package_script)
        add_part(detail, programs_started(commands));
    add_part(detail, shell_detail(all));
    std::string_view const user = !rows.file().user.empty() ? std::string_view(rows.file().user) : "root";
    if (!is_package_script)
        rows.autostart({ 0, text.size(), 1 },
            { .name = file,
                .schedule = schedule,
                .command = rows.file().path,
                .detail = detail,
                .user = user,
                .is_enabled = is_off ? std::optional(false) : std::nullopt });
    for (auto const& [command, shapes] : telling) {
        if (rows.is_stopped())
            return;
        rows.autostart(command.place,
            { .name = file,
                .schedule = schedule,
                .command = command.text,
                .detail = shell_detail(shapes),
                .user = user,
                .is_enabled = is_off ? std::optional(false) : std::nullopt });
    }
    if (count > lines_max)
        context.diagnostics.report({ { ErrorCode::limit, "linux.script.lines", 0, lines_max, count, {} }, 0 });
}

constexpr std::array<Schema const*, 1> schemas { &linux_autostart_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_program",
    .title = "Scripts and programs run as a whole",
    .version = 2,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
