#include "app/help.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"

namespace konseki::app {

static constexpr std::string_view exit_codes_text = "Exit codes: 0 done, 1 done with diagnostics that cost evidence "
                                                    "(counted on the last line), 2 wrong use, 3 could not work at all.";

// Breaks at spaces; every line after the first begins with the indent.
static void append_wrapped(
    std::string& target, std::string_view text, std::size_t indent, std::size_t column, std::size_t width = 100)
{
    bool is_first = true;
    for (auto const word : split(text, ' ')) {
        if (!is_first && column + 1 + word.size() > width) {
            target += '\n';
            target.append(indent, ' ');
            column = indent;
        } else if (!is_first) {
            target += ' ';
            ++column;
        }
        is_first = false;
        target += word;
        column += word.size();
    }
    target += '\n';
}

static void append_entry(std::string& target, std::string_view head, std::string_view text, std::size_t column)
{
    append_format(target, "  {}", head);
    if (head.size() + 4 > column) {
        target += '\n';
        target.append(column, ' ');
    } else {
        target.append(column - head.size() - 2, ' ');
    }
    append_wrapped(target, text, column, column);
}

static std::string option_head(Option const& option)
{
    std::string head = option.letter != 0 ? format("-{}, ", option.letter) : std::string("    ");
    append_format(head, "--{}", option.name);
    if (!option.value.empty())
        append_format(head, " {}", option.choices.empty() ? option.value : option.choices);
    return head;
}

static std::string option_text(Option const& option)
{
    std::string text { option.meaning };
    if (option.is_repeatable)
        text += " (may be repeated)";
    return text;
}

std::string usage_line(Command const& command)
{
    std::string line = format("konseki {}", command.name);
    for (auto const* option : options_of(command)) {
        if (option->name == "help" || option->name == "quiet" || option->name == "color")
            continue;
        append_format(line, " [--{}{}{}]{}", option->name, option->value.empty() ? "" : " ", option->value,
            option->is_repeatable ? "..." : "");
    }
    for (auto const& operand : command.operands) {
        auto const dots = operand.count_max == unlimited ? "..." : "";
        line += operand.count_min == 0 ? format(" [{}{}]", operand.name, dots) : format(" {}{}", operand.name, dots);
    }
    return line;
}

std::string program_help()
{
    std::string text = "konseki: evidence in, explained findings out. Version " KONSEKI_VERSION ".\n\n";
    text += "Usage: konseki COMMAND [OPTIONS] [OPERANDS]\n\nCommands:\n";
    for (auto const& command : commands())
        append_entry(text, command.name, command.summary, 19);
    text += "\nBegin with:\n"
            "  konseki examine PATH...      reads logs, folders and archives, and leaves a case folder with a report\n"
            "  konseki findings             what was found; konseki show FINDING explains one\n"
            "  konseki COMMAND --help       options and examples\n\n";
    text += exit_codes_text;
    text += '\n';
    return text;
}

std::string command_help(Command const& command)
{
    std::string text;
    append_wrapped(text, usage_line(command), 8, 0);
    append_format(text, "\n{}.\n", command.summary);
    if (!command.description.empty()) {
        text += '\n';
        for (auto const paragraph : split(command.description, '\n'))
            append_wrapped(text, paragraph, 0, 0);
    }
    if (!command.operands.empty()) {
        text += "\nOperands:\n";
        for (auto const& operand : command.operands)
            append_entry(text, operand.name, operand.meaning, 28);
    }
    text += "\nOptions:\n";
    for (auto const* option : options_of(command))
        append_entry(text, option_head(*option), option_text(*option), 28);
    if (!command.examples.empty()) {
        text += "\nExamples:\n";
        for (auto const& example : command.examples)
            append_format(text, "  # {}\n  {}\n", example.says, example.line);
    }
    append_format(text, "\n{}\n", exit_codes_text);
    return text;
}

std::string group_help(std::string_view first)
{
    auto text = format("Usage: konseki {} COMMAND [OPTIONS] [OPERANDS]\n\nCommands:\n", first);
    for (auto const& command : commands())
        if (split(command.name, ' ')[0] == first)
            append_entry(text, command.name, command.summary, 19);
    append_format(text, "\n  konseki {} COMMAND --help       options and examples\n\n{}\n", first, exit_codes_text);
    return text;
}

// ---- completion ----

static std::vector<std::string_view> first_words()
{
    std::vector<std::string_view> words;
    for (auto const& command : commands()) {
        auto const word = split(command.name, ' ')[0];
        if (words.empty() || words.back() != word)
            words.push_back(word);
    }
    return words;
}

static std::vector<std::string_view> second_words(std::string_view first)
{
    std::vector<std::string_view> words;
    for (auto const& command : commands()) {
        auto const parts = split(command.name, ' ');
        if (parts.size() == 2 && parts[0] == first)
            words.push_back(parts[1]);
    }
    return words;
}

// What completion says of a first word: the command's summary, or the commands below it.
static std::string meaning_of(std::string_view first)
{
    if (auto const* command = find_command(first))
        return std::string(command->summary);
    std::string text;
    for (auto const second : second_words(first))
        append_format(text, "{}{}", text.empty() ? "" : ", ", second);
    return text;
}

static std::string with_spaces(std::string_view choices)
{
    std::string text { choices };
    for (auto& c : text)
        if (c == '|')
            c = ' ';
    return text;
}

static std::string joined(std::vector<std::string_view> const& words)
{
    std::string text;
    for (auto const word : words)
        append_format(text, "{}{}", text.empty() ? "" : " ", word);
    return text;
}

static void append_bash_command(std::string& text, Command const& command)
{
    std::string names;
    append_format(text, "    \"{}\")\n        case \"$previous\" in\n", command.name);
    for (auto const* option : options_of(command)) {
        append_format(names, "{}--{}", names.empty() ? "" : " ", option->name);
        if (option->value.empty())
            continue;
        auto const letter = option->letter != 0 ? format("|-{}", option->letter) : std::string {};
        append_format(text, "        --{}{}) ", option->name, letter);
        if (!option->choices.empty())
            append_format(
                text, "COMPREPLY=($(compgen -W \"{}\" -- \"$current\")); return ;;\n", with_spaces(option->choices));
        else if (option->completes == Completes::folder)
            text += "COMPREPLY=($(compgen -d -- \"$current\")); return ;;\n";
        else if (option->completes == Completes::file)
            text += "COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n";
        else
            text += "COMPREPLY=(); return ;;\n";
    }
    append_format(text,
        "        esac\n        if [[ $current == -* ]]; then COMPREPLY=($(compgen -W \"{}\" -- \"$current\")); return; "
        "fi\n",
        names);
    for (auto const& operand : command.operands) {
        if (!operand.choices.empty())
            append_format(
                text, "        COMPREPLY=($(compgen -W \"{}\" -- \"$current\"))\n", with_spaces(operand.choices));
        else if (operand.completes == Completes::file)
            text += "        COMPREPLY=($(compgen -f -- \"$current\"))\n";
    }
    text += "        ;;\n";
}

std::string bash_completion()
{
    std::string text
        = "# bash completion for konseki; generated by konseki completion bash\n_konseki() {\n"
          "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n"
          "    COMPREPLY=()\n";
    append_format(text,
        "    if [[ $COMP_CWORD -eq 1 ]]; then COMPREPLY=($(compgen -W \"{} help --help\" -- \"$current\")); return; "
        "fi\n",
        joined(first_words()));
    for (auto const first : first_words()) {
        auto const seconds = second_words(first);
        if (seconds.empty())
            continue;
        append_format(text,
            "    if [[ $command == {} ]]; then\n"
            "        if [[ $COMP_CWORD -eq 2 ]]; then COMPREPLY=($(compgen -W \"{}\" -- \"$current\")); return; fi\n"
            "        command=\"{} ${{COMP_WORDS[2]}}\"\n    fi\n",
            first, joined(seconds), first);
    }
    text += "    case \"$command\" in\n";
    for (auto const& command : commands())
        append_bash_command(text, command);
    text += "    esac\n}\ncomplete -o filenames -F _konseki konseki\n";
    return text;
}

// For the inside of single quotes in zsh and fish.
static std::string shell_quoted(std::string_view text, bool is_zsh_description)
{
    std::string quoted;
    for (auto const c : text) {
        if (c == '\'')
            quoted += is_zsh_description ? "'\\''" : "\\'";
        else if (is_zsh_description && (c == '[' || c == ']' || c == ':'))
            append_format(quoted, "\\{}", c);
        else if (!is_zsh_description && c == '\\')
            quoted += "\\\\";
        else
            quoted += c;
    }
    return quoted;
}

static std::string zsh_action(Completes completes, std::string_view choices)
{
    if (!choices.empty())
        return format("({})", with_spaces(choices));
    if (completes == Completes::folder)
        return "_files -/";
    return completes == Completes::file ? "_files" : "";
}

static void append_zsh_command(std::string& text, Command const& command)
{
    append_format(text, "    '{}')\n        _arguments -s", command.name);
    for (auto const* option : options_of(command)) {
        auto const value = option->value.empty()
            ? std::string {}
            : format(":{}:{}", shell_quoted(option->value, true), zsh_action(option->completes, option->choices));
        auto const star = option->is_repeatable ? "*" : "";
        append_format(text, " \\\n            '{}--{}{}[{}]{}'", star, option->name, option->value.empty() ? "" : "=",
            shell_quoted(option->meaning, true), value);
        if (option->letter != 0)
            append_format(text, " \\\n            '{}-{}{}[{}]{}'", star, option->letter,
                option->value.empty() ? "" : "+", shell_quoted(option->meaning, true), value);
    }
    for (auto const& operand : command.operands)
        append_format(text, " \\\n            '{}:{}:{}'", operand.count_max == unlimited ? "*" : "",
            shell_quoted(operand.name, true), zsh_action(operand.completes, operand.choices));
    text += "\n        ;;\n";
}

std::string zsh_completion()
{
    std::string text = "#compdef konseki\n# zsh completion for konseki; generated by konseki completion "
                       "zsh\n_konseki() {\n    local command=$words[2]\n"
                       "    if (( CURRENT == 2 )); then\n        local -a names=(\n";
    for (auto const first : first_words()) {
        append_format(text, "            '{}:{}'\n", first, shell_quoted(meaning_of(first), true));
    }
    text += "        )\n        _describe command names\n        return\n    fi\n";
    for (auto const first : first_words()) {
        if (second_words(first).empty())
            continue;
        append_format(text,
            "    if [[ $command == {} ]]; then\n        if (( CURRENT == 3 )); then\n            local -a names=({})\n "
            "           _describe command names\n"
            "            return\n        fi\n        command=\"{} $words[3]\"\n        shift words; (( CURRENT-- ))\n  "
            "  fi\n",
            first, joined(second_words(first)), first);
    }
    text += "    shift words; (( CURRENT-- ))\n    case $command in\n";
    for (auto const& command : commands())
        append_zsh_command(text, command);
    text += "    esac\n}\n_konseki \"$@\"\n";
    return text;
}

static std::string fish_condition(Command const& command)
{
    auto const parts = split(command.name, ' ');
    if (parts.size() == 1)
        return format("__fish_seen_subcommand_from {}", parts[0]);
    return format("__fish_seen_subcommand_from {}; and __fish_seen_subcommand_from {}", parts[0], parts[1]);
}

std::string fish_completion()
{
    std::string text = "# fish completion for konseki; generated by konseki completion fish\n";
    auto const firsts = joined(first_words());
    for (auto const first : first_words()) {
        append_format(text, "complete -c konseki -f -n 'not __fish_seen_subcommand_from {}' -a {} -d '{}'\n", firsts,
            first, shell_quoted(meaning_of(first), false));
        for (auto const second : second_words(first))
            append_format(text,
                "complete -c konseki -f -n '__fish_seen_subcommand_from {}; and not __fish_seen_subcommand_from {}' -a "
                "{}\n",
                first, joined(second_words(first)), second);
    }
    for (auto const& command : commands()) {
        auto const condition = fish_condition(command);
        for (auto const* option : options_of(command)) {
            append_format(text, "complete -c konseki -n '{}' -l {}", condition, option->name);
            if (option->letter != 0)
                append_format(text, " -s {}", option->letter);
            if (!option->choices.empty())
                append_format(text, " -x -a '{}'", with_spaces(option->choices));
            else if (option->completes == Completes::folder)
                text += " -x -a '(__fish_complete_directories)'";
            else if (!option->value.empty())
                text += option->completes == Completes::file ? " -r" : " -x";
            append_format(text, " -d '{}'\n", shell_quoted(option->meaning, false));
        }
        for (auto const& operand : command.operands) {
            if (!operand.choices.empty())
                append_format(
                    text, "complete -c konseki -f -n '{}' -a '{}'\n", condition, with_spaces(operand.choices));
            else if (operand.completes == Completes::file)
                append_format(text, "complete -c konseki -F -n '{}'\n", condition);
        }
    }
    return text;
}

// ---- manual page ----

static std::string roff(std::string_view text)
{
    std::string escaped;
    bool at_line_start = true;
    for (std::size_t position = 0; position < text.size();) {
        auto const c = utf8::next(text, position);
        if (at_line_start && (c == U'.' || c == U'\''))
            escaped += "\\&";
        at_line_start = c == U'\n';
        if (c == U'\\')
            escaped += "\\e";
        else if (c == U'-')
            escaped += "\\-";
        else if (c < 0x80)
            escaped += static_cast<char>(c);
        else
            append_format(escaped, "\\[u{:04X}]", static_cast<std::uint32_t>(c)); // the page itself stays ASCII
    }
    return escaped;
}

static void append_manual_command(std::string& text, Command const& command)
{
    append_format(text, ".SS konseki {}\n{}.\n", roff(command.name), roff(command.summary));
    if (!command.description.empty())
        append_format(text, ".PP\n{}\n", roff(command.description));
    append_format(text, ".PP\n.B {}\n", roff(usage_line(command)));
    for (auto const& operand : command.operands)
        append_format(text, ".TP\n.I {}\n{}\n", roff(operand.name), roff(operand.meaning));
    auto const all = options_of(command);
    for (std::size_t index = 0; index + options_of_everything().size() < all.size(); ++index) {
        auto const& option = *all[index];
        text += ".TP\n.B ";
        if (option.letter != 0)
            append_format(text, "\\-{}, ", option.letter);
        append_format(text, "\\-\\-{}", roff(option.name));
        if (!option.value.empty())
            append_format(text, " \\fI{}\\fR", roff(option.choices.empty() ? option.value : option.choices));
        append_format(text, "\n{}\n", roff(option_text(option)));
    }
    for (auto const& example : command.examples)
        append_format(text, ".PP\n{}:\n.PP\n.nf\n.RS\n{}\n.RE\n.fi\n", roff(example.says), roff(example.line));
}

std::string manual_page()
{
    std::string text
        = ".TH KONSEKI 1 \"\" \"konseki " KONSEKI_VERSION "\" \"Cyber rescue workbench\"\n"
          ".SH NAME\nkonseki \\- examine evidence of intrusions: event logs in, explained findings out\n"
          ".SH SYNOPSIS\n.B konseki\n.I COMMAND\n[\\fIOPTIONS\\fR] [\\fIOPERANDS\\fR]\n"
          ".SH DESCRIPTION\nKonseki reads evidence in sandboxed worker processes, never changes it, and leaves a case "
          "folder that the other commands ask. "
          "Every answer can be followed back to the bytes it rests on. It needs no network.\n.SH COMMANDS\n";
    for (auto const& command : commands())
        append_manual_command(text, command);
    text += ".SH OPTIONS OF EVERY COMMAND\n";
    for (auto const& option : options_of_everything())
        append_format(text, ".TP\n.B \\-\\-{}\n{}\n", roff(option.name), roff(option.meaning));
    text += ".SH EXIT STATUS\n.TP\n0\ndone\n.TP\n1\ndone with diagnostics that cost evidence, counted on the last "
            "line; or rules that cannot run (rules check); or stopped by Ctrl\\-C\n"
            ".TP\n2\nwrong use\n.TP\n3\ncould not work at all\n"
            ".SH ENVIRONMENT\n.TP\nNO_COLOR\nno colour, whatever the terminal\n.TP\nLANG\nja_JP: titles and advice in "
            "Japanese where there are any\n"
            ".SH FILES\n.TP\n\\fINAME\\fR.konseki/\na case folder: the store, the vault with members of archives, the "
            "report\n";
    return text;
}

}
