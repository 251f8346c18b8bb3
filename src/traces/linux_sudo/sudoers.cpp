#include "traces/linux_sudo/sudoers.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_script.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_sudo {

namespace {

constexpr std::array<std::string_view, 5> alias_kinds { "User_Alias", "Runas_Alias", "Host_Alias", "Cmnd_Alias",
    "Cmd_Alias" };
constexpr std::array<std::string_view, 18> tags { "EXEC", "NOEXEC", "FOLLOW", "NOFOLLOW", "LOG_INPUT", "NOLOG_INPUT",
    "LOG_OUTPUT", "NOLOG_OUTPUT", "MAIL", "NOMAIL", "INTERCEPT", "NOINTERCEPT", "PASSWD", "NOPASSWD", "SETENV",
    "NOSETENV", "ROLE", "TYPE" };

// Where the first of `signs` stands outside quotes, brackets and behind no backslash; the size when nowhere.
std::size_t find_outside(std::string_view text, std::string_view signs, std::size_t from = 0)
{
    bool is_quoted = false;
    std::uint32_t depth = 0;
    for (std::size_t i = from; i < text.size(); ++i) {
        char const c = text[i];
        if (c == '\\') {
            ++i;
            continue;
        }
        if (c == '"')
            is_quoted = !is_quoted;
        if (is_quoted)
            continue;
        if (depth == 0 && signs.find(c) != std::string_view::npos)
            return i;
        if (c == '(')
            ++depth;
        else if (c == ')' && depth > 0)
            --depth;
    }
    return text.size();
}

std::vector<std::string_view> parted(std::string_view text, std::string_view signs)
{
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at <= text.size();) {
        auto const end = find_outside(text, signs, at);
        if (auto const part = trim(text.substr(at, end - at)); !part.empty())
            parts.push_back(part);
        at = end + 1;
    }
    return parts;
}

// "HOST = NOPASSWD: a, b : HOST = c": a colon behind a tag parts nothing.
std::vector<std::string_view> parted_rules(std::string_view text)
{
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= text.size();) {
        auto const end = find_outside(text, ":", at);
        auto const before = trim(text.substr(begin, end - begin));
        auto const word = before.substr(before.find_last_of(" \t,=():") + 1);
        at = end + 1;
        if (end < text.size() && std::ranges::find(tags, word) != tags.end())
            continue;
        if (!before.empty())
            parts.push_back(before);
        begin = std::min(at, text.size());
    }
    return parts;
}

// "#1000 ALL=…" and "%#100" are users; "# text" is a comment; "#include" is neither.
std::string_view without_comment(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        at = find_outside(text, "#", at);
        if (at >= text.size())
            return text;
        bool const is_number
            = at + 1 < text.size() && (text[at + 1] == '-' || (text[at + 1] >= '0' && text[at + 1] <= '9'));
        bool const is_include = at == 0 && text.substr(1).starts_with("include");
        if (!is_number && !is_include)
            return text.substr(0, at);
        ++at;
    }
    return text;
}

class SudoersReader {
public:
    SudoersReader(ByteView file, LinuxRows& rows)
        : m_bytes(file)
        , m_rows(rows)
    {
        auto const path = std::string_view(rows.file().path);
        auto const name = file_name_of(path);
        bool const is_in_folder = file_name_of(folder_of(path)) == "sudoers.d";
        m_is_passed_over = is_in_folder && (name.find('.') != std::string_view::npos || name.ends_with('~'));
    }

    void run()
    {
        JoinedLines lines { m_bytes, " ", CommentInside::kept };
        JoinedLine line;
        while (lines.next(line) && !m_rows.is_stopped()) {
            auto const text = trim(without_comment(trim(line.text)));
            if (!text.empty())
                read_line(text, line.place);
        }
    }

private:
    void setting(TextPlace const& place, std::string_view section, std::string_view name, std::string_view value,
        std::string_view user = {})
    {
        m_rows.setting(place,
            { .section = m_is_passed_over ? format("{}, passed over", section) : std::string(section),
                .name = name,
                .value = value,
                .user = user });
    }

    void read_line(std::string_view text, TextPlace const& place)
    {
        auto rest = text;
        auto const first = take_word(rest);
        if (first == "@include" || first == "#include" || first == "@includedir" || first == "#includedir")
            return setting(place, "include", first.substr(1), without_quotes(trim(rest)));
        if (first.starts_with("Defaults"))
            return read_defaults(text, place);
        if (std::ranges::find(alias_kinds, first) != alias_kinds.end())
            return read_aliases(first == "Cmd_Alias" ? "Cmnd_Alias" : first, rest, place);
        read_rule(text, place);
    }

    // Defaults, Defaults:user, Defaults@host, Defaults!command, Defaults>runas; the list may hold blanks behind commas.
    void read_defaults(std::string_view text, TextPlace const& place)
    {
        auto const end = text.size() > 8 && text[8] != ' ' && text[8] != '\t'
            ? std::min(find_outside(text, " \t", 9), text.size())
            : std::size_t { 8 };
        auto const section = at_most(text.substr(0, end));
        for (auto const option : parted(text.substr(end), ",")) {
            auto const equals = find_outside(option, "=");
            std::string name { trim(option.substr(0, equals)) };
            if (name.ends_with('+') || name.ends_with('-')) // "env_keep += X"
                name = format("{}{}", trim(std::string_view(name).substr(0, name.size() - 1)), name.back());
            auto const value = equals < option.size() ? without_quotes(trim(option.substr(equals + 1))) : "";
            setting(place, section, name, value);
        }
    }

    void read_aliases(std::string_view kind, std::string_view text, TextPlace const& place)
    {
        for (auto const alias : parted(text, ":")) {
            auto const equals = find_outside(alias, "=");
            if (equals >= alias.size()) {
                m_rows.report(ErrorCode::bad_value, "linux.sudoers.alias", place);
                continue;
            }
            auto const members = trim(alias.substr(equals + 1));
            setting(place, kind, trim(alias.substr(0, equals)), members);
        }
    }

    void read_rule(std::string_view text, TextPlace const& place)
    {
        auto const equals = find_outside(text, "=");
        if (equals >= text.size())
            return m_rows.report(ErrorCode::bad_value, "linux.sudoers.line", place);
        // "a, b HOST = …": the host list is the last word or comma list before the sign.
        auto const users = user_list(trim(text.substr(0, equals)));
        setting(place, "rule", users, trim(text.substr(users.size())), users);
        for (auto const part : parted_rules(text.substr(users.size()))) {
            auto const sign = find_outside(part, "=");
            if (sign < part.size())
                read_commands(part.substr(sign + 1), at_most(users), place);
        }
    }

    // Everything up to the first blank that no comma stands beside.
    static std::string_view user_list(std::string_view text)
    {
        for (std::size_t at = 0; at < text.size();) {
            auto const end = find_outside(text, " \t", at);
            auto const next = std::min(text.find_first_not_of(" \t", end), text.size());
            bool const goes_on = (end > 0 && text[end - 1] == ',') || (next < text.size() && text[next] == ',')
                || (end > 0 && text[end - 1] == '!');
            if (!goes_on || next >= text.size())
                return text.substr(0, end);
            at = next + (text[next] == ',' ? 1U : 0U);
            if (text[next] == ',')
                at = std::min(text.find_first_not_of(" \t", at), text.size());
        }
        return text;
    }

    void read_commands(std::string_view text, std::string_view users, TextPlace const& place)
    {
        std::vector<std::string> in_force; // tags stay so for the commands behind them
        std::string runas;
        for (auto command : parted(text, ",")) {
            if (command.starts_with('(')) {
                auto const close = std::min(command.find(')'), command.size());
                runas = at_most(command.substr(1, close - 1));
                command = trim(command.substr(std::min(close + 1, command.size())));
            }
            take_tags(command, in_force);
            if (command.empty())
                continue;
            auto rest = command;
            auto const program = file_name_of(take_word(rest));
            std::string name;
            for (auto const& tag : in_force)
                name += (name.empty() ? "" : " ") + tag;
            if (!runas.empty())
                name += format("{}as:{}", name.empty() ? "" : " ", runas);
            if (command == "ALL" || can_break_out(program) || program.find('*') != std::string_view::npos)
                name += name.empty() ? "escape" : " escape";
            setting(place, "command", name, command, users);
        }
    }

    // "NOPASSWD:SETENV: /bin/x", "TIMEOUT=5 /bin/x"
    static void take_tags(std::string_view& command, std::vector<std::string>& in_force)
    {
        for (;;) {
            auto const colon = command.find(':');
            auto const word = trim(command.substr(0, colon));
            if (colon == std::string_view::npos || std::ranges::find(tags, word) == tags.end())
                return;
            auto const opposite = word.starts_with("NO") ? std::string(word.substr(2)) : format("NO{}", word);
            std::erase(in_force, opposite);
            if (std::ranges::find(in_force, word) == in_force.end())
                in_force.emplace_back(word);
            command = trim(command.substr(colon + 1));
        }
    }

    ByteView m_bytes;
    LinuxRows& m_rows;
    bool m_is_passed_over = false;
};

}

void read_sudoers(ByteView file, LinuxRows& rows)
{
    SudoersReader(file, rows).run();
}

void read_doas(ByteView file, LinuxRows& rows)
{
    bool const is_sudo = file_name_of(rows.file().path) == "sudo.conf";
    JoinedLines lines { file, " ", CommentInside::kept };
    JoinedLine line;
    while (lines.next(line) && !rows.is_stopped()) {
        auto rest = trim(std::string_view(line.text).substr(0, std::min(line.text.find('#'), line.text.size())));
        if (rest.empty())
            continue;
        std::string section { take_word(rest) };
        if (is_sudo) { // Plugin NAME FILE options, Path NAME FILE, Set NAME VALUE
            auto const name = take_word(rest);
            rows.setting(line.place, { .section = section, .name = name, .value = trim(rest), .user = {} });
            if (section == "Plugin")
                rows.autostart(line.place,
                    { .name = name,
                        .schedule = "sudo is used",
                        .command = trim(rest),
                        .detail = section,
                        .user = "root" });
            continue;
        }
        auto word = take_word(rest);
        while (word == "nopass" || word == "persist" || word == "keepenv" || word == "nolog" || word == "setenv") {
            section += format(" {}", word);
            if (word == "setenv")
                rest.remove_prefix(std::min(rest.find('}'), rest.size() - 1) + (rest.empty() ? 0U : 1U));
            word = take_word(rest);
        }
        rows.setting(line.place, { .section = section, .name = word, .value = trim(rest), .user = word });
    }
}

}
