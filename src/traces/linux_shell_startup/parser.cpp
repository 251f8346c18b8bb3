#include "traces/linux_shell_startup/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_script.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_shell_startup {

namespace {

// Variables that make programs run or load something.
constexpr std::array<std::string_view, 22> running_variables { "LD_PRELOAD", "LD_AUDIT", "PROMPT_COMMAND", "BASH_ENV",
    "ENV", "ZDOTDIR", "PYTHONSTARTUP", "PYTHONPATH", "PYTHONHOME", "PERL5OPT", "PERL5LIB", "RUBYOPT", "NODE_OPTIONS",
    "GIT_SSH_COMMAND", "GIT_SSH", "GIT_PAGER", "LESSOPEN", "LD_LIBRARY_PATH", "SUDO_ASKPASS", "SSH_ASKPASS",
    "JAVA_TOOL_OPTIONS", "GCONV_PATH" };
// Variables that decide what is found or remembered.
constexpr std::array<std::string_view, 12> telling_variables { "PATH", "HISTFILE", "HISTSIZE", "HISTFILESIZE",
    "HISTCONTROL", "HISTIGNORE", "SAVEHIST", "TMOUT", "EDITOR", "PAGER", "SHELL", "MANPAGER" };
// Names that people give their password to, or trust to show what is there.
constexpr std::array<std::string_view, 25> trusted_names { "sudo", "su", "ssh", "scp", "sftp", "passwd", "doas", "ls",
    "ps", "top", "netstat", "ss", "lsof", "find", "cat", "login", "gpg", "git", "cd", "crontab", "systemctl", "kubectl",
    "docker", "mysql", "history" };
// What a shell does itself, and the usual quiet helpers of startup files.
constexpr std::array<std::string_view, 66> quiet { "[", "[[", "test", "export", "unset", "set", "shopt", "alias",
    "unalias", "umask", "return", "exit", "cd", "echo", "printf", "true", "false", ":", "local", "declare", "typeset",
    "readonly", "bind", "complete", "compinit", "autoload", "setopt", "unsetopt", "zstyle", "type", "hash", "ulimit",
    "read", "shift", "let", "builtin", "command", "break", "continue", "bindkey", "zmodload", "compdef", "function",
    "end", "setenv", "unsetenv", "endif", "endsw", "breaksw", "switch", "status", "pushd", "popd", "getopts", "wait",
    "fi", "esac", "done", "else", "then", "do", "in", "rehash", "limit", "mesg", "stty" };

template <std::size_t N> bool is_in(std::array<std::string_view, N> const& words, std::string_view word)
{
    return std::ranges::find(words, word) != words.end();
}

Sniff sniff(ByteView head, std::string_view name)
{
    return sniff_linux(head, name, { LinuxGrammar::shell, LinuxGrammar::variables, LinuxGrammar::pam_variables });
}

std::string_view schedule_of(std::string_view path)
{
    auto const file = file_name_of(path);
    auto const has = [&](std::string_view part) { return file.find(part) != std::string_view::npos; };
    if (has("logout"))
        return "logout";
    if (path.find("fish") != std::string_view::npos)
        return "fish starts";
    if (has("zshenv"))
        return "every zsh";
    if (has("shrc") || has("bashrc") || has("completion") || has("aliases")
        || path.find("rc.d/") != std::string_view::npos)
        return "interactive shell";
    if (has("xinitrc") || has("xsession") || has("xprofile") || path.find("/X11/") != std::string_view::npos
        || path.find("plasma") != std::string_view::npos)
        return "graphical session";
    return "login";
}

struct Variable {
    std::string name, value;
};

bool is_name(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

// "export A=b C=d", "A=b", "declare -x A=b", "setenv A b", "set -gx A b c".
std::vector<Variable> variables_of(std::string_view text)
{
    auto const words = quoted_words(text);
    std::vector<Variable> variables;
    if (words.empty())
        return variables;
    std::size_t at = 0;
    bool const is_fish = words[0] == "set" && words.size() > 2 && words[1].starts_with('-');
    if (is_fish || words[0] == "setenv") {
        while (++at < words.size() && words[at].starts_with('-')) { }
        if (at >= words.size() || !is_name(words[at]))
            return variables;
        Variable variable { words[at], {} };
        for (++at; at < words.size(); ++at)
            variable.value += (variable.value.empty() ? "" : " ") + words[at];
        variables.push_back(std::move(variable));
        return variables;
    }
    constexpr std::array<std::string_view, 5> markers { "export", "declare", "typeset", "readonly", "local" };
    if (is_in(markers, words[0]))
        ++at;
    for (; at < words.size(); ++at) {
        if (words[at].starts_with('-'))
            continue;
        auto const equals = words[at].find('=');
        auto const name = std::string_view(words[at]).substr(0, equals);
        if (equals == std::string::npos || !is_name(name.ends_with('+') ? name.substr(0, name.size() - 1) : name))
            break;
        variables.push_back({ std::string(name.ends_with('+') ? name.substr(0, name.size() - 1) : name),
            words[at].substr(equals + 1) });
    }
    return variables;
}

class ScriptReader {
public:
    ScriptReader(EvidenceView const& evidence, ParseContext& context)
        : m_rows(evidence, context)
        , m_bytes(evidence.bytes)
        , m_schedule(schedule_of(m_rows.file().path))
        , m_file(file_name_of(m_rows.file().path))
    {
    }

    void run()
    {
        auto const commands = shell_commands(as_text(m_bytes));
        std::vector<bool> has_row(commands.size());
        std::size_t count = 0;
        for (std::size_t i = 0; i < commands.size(); ++i) {
            has_row[i] = is_worth_a_row(commands[i]);
            count += has_row[i] ? 0U : 1U;
        }
        if (!commands.empty())
            m_rows.setting({ 0, m_bytes.size(), 1 },
                { .section = "shell",
                    .name = "commands",
                    .value = format("{}, {} without a row", commands.size(), count),
                    .user = m_rows.file().user });
        for (std::size_t i = 0; i < commands.size() && !m_rows.is_stopped(); ++i) {
            if (has_row[i])
                emit(commands[i]);
        }
    }

private:
    static bool is_worth_a_row(ShellCommand const& command)
    {
        if (command.part == ShellPart::function)
            return is_in(trusted_names, command.text);
        if (command.part == ShellPart::alias)
            return changes_meaning(command.text) || (look_at_shell(command.text).shapes & telling_shapes) != 0;
        for (auto const& variable : variables_of(command.text)) {
            if (is_in(running_variables, variable.name) || is_in(telling_variables, variable.name))
                return true;
        }
        return is_command_worth_a_row(command);
    }

    static bool is_command_worth_a_row(ShellCommand const& command)
    {
        auto const look = look_at_shell(command.text);
        constexpr auto more = static_cast<ShellShapes>(ShellShape::evaluates)
            | static_cast<ShellShapes>(ShellShape::runs_inline_code)
            | static_cast<ShellShapes>(ShellShape::stays_behind) | static_cast<ShellShapes>(ShellShape::loads_module);
        if ((look.shapes & (telling_shapes | more)) != 0 || command.is_in_background)
            return true;
        auto rest = command.text;
        auto const first = take_word(rest);
        if (first == "." || first == "source" || first == "trap" || first == "exec"
            || (first == "bind" && rest.find("-x") != std::string_view::npos))
            return true;
        return command.depth == 0 && command.part == ShellPart::command && !look.programs.empty()
            && std::ranges::any_of(look.programs, [](auto const& program) { return !is_in(quiet, program); });
    }

    static bool sets_only_variables(ShellCommand const& command)
    {
        auto rest = command.text;
        auto const first = take_word(rest);
        return command.part == ShellPart::assignment || first == "export" || first == "declare" || first == "typeset"
            || first == "setenv" || first == "set" || first == "readonly";
    }

    // alias sudo='…', alias sudo '…'
    static bool changes_meaning(std::string_view text)
    {
        for (auto const& word : quoted_words(text.substr(5))) {
            auto const name = std::string_view(word).substr(0, word.find('='));
            if (!is_in(trusted_names, name))
                continue;
            // alias ls='ls --color': the program itself with other words is usual.
            auto value = std::string_view(word).substr(std::min(name.size() + 1, word.size()));
            auto const first = take_word(value);
            if (first != name && first != format("\\{}", name) && first != "command")
                return true;
        }
        return false;
    }

    void emit(ShellCommand const& command)
    {
        auto const detail = shell_detail(look_at_shell(command.text).shapes);
        bool is_told = false; // by the row of a variable
        bool is_variable = false;
        for (auto const& variable : variables_of(command.text)) {
            if (is_in(running_variables, variable.name) || is_in(telling_variables, variable.name)) {
                emit_variable(command, variable);
                is_variable = true;
                is_told = is_told || is_in(running_variables, variable.name);
            }
        }
        bool const is_told_whole = is_told && sets_only_variables(command);
        if (is_told_whole || (is_variable && !is_command_worth_a_row(command)))
            return;
        std::string name { m_file };
        if (command.part == ShellPart::function)
            name = format("function {}", command.text);
        else if (command.part == ShellPart::alias)
            name = "alias";
        m_rows.autostart(command.place,
            { .name = name,
                .schedule = m_schedule,
                .command = command.text,
                .detail = detail,
                .user = m_rows.file().user });
    }

    void emit_variable(ShellCommand const& command, Variable const& variable)
    {
        m_rows.setting(command.place,
            { .section = "variable", .name = variable.name, .value = variable.value, .user = m_rows.file().user });
        if (!is_in(running_variables, variable.name))
            return;
        bool const is_loader = variable.name.starts_with("LD_");
        m_rows.autostart(command.place,
            { .name = m_file,
                .schedule = m_schedule,
                .command = format("{}={}", variable.name, variable.value),
                .detail = shell_detail(look_at_shell(variable.value).shapes),
                .user = m_rows.file().user,
                .location = is_loader ? "L13" : std::string_view {},
                .kind = is_loader ? "preload" : std::string_view {} });
    }

    LinuxRows m_rows;
    ByteView m_bytes;
    std::string_view m_schedule, m_file;
};

// NAME=VALUE, and pam_env's "NAME DEFAULT=value OVERRIDE=value".
void parse_variables(EvidenceView const& evidence, ParseContext& context)
{
    LinuxRows rows { evidence, context };
    auto const file = file_name_of(rows.file().path);
    for_each_entry(TextLines(evidence.bytes), rows, [&](std::string_view text, TextPlace const& place) {
        if (text.starts_with("export "))
            text = trim(text.substr(7));
        auto const end = std::min(text.find_first_of("= \t"), text.size());
        auto const name = text.substr(0, end);
        auto value = trim(text.substr(end));
        if (value.starts_with('='))
            value = without_quotes(trim(value.substr(1)));
        if (!is_name(name) || value.empty()) {
            rows.report(ErrorCode::bad_value, "linux.environment.line", place);
            return;
        }
        rows.setting(place, { .section = "variable", .name = name, .value = value, .user = rows.file().user });
        if (!is_in(running_variables, name))
            return;
        bool const is_loader = name.starts_with("LD_");
        rows.autostart(place,
            { .name = file,
                .schedule = "every session",
                .command = format("{}={}", name, value),
                .detail = shell_detail(look_at_shell(value).shapes),
                .user = rows.file().user,
                .location = is_loader ? "L13" : std::string_view {},
                .kind = is_loader ? "preload" : std::string_view {} });
    });
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    auto const found = linux_path_of(evidence.name);
    if (found.place != nullptr && found.place->grammar != LinuxGrammar::shell)
        parse_variables(evidence, context);
    else
        ScriptReader(evidence, context).run();
}

constexpr std::array<Schema const*, 2> schemas { &linux_autostart_schema.erased, &linux_setting_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_shell_startup",
    .title = "Shell startup files and environments",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
