#include "traces/linux_script.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki {

namespace {

using Words = std::span<std::string_view const>;

constexpr std::array<std::string_view, 13> shape_words { "fetches", "pipes_to_interpreter", "decodes",
    "opens_connection", "runs_inline_code", "evaluates", "runs_from_temporary", "runs_hidden", "preloads",
    "hides_history", "gives_rights", "plants", "disarms" };
constexpr std::array<std::string_view, 2> later_shape_words { "loads_module", "stays_behind" };

constexpr std::array<std::string_view, 14> fetchers { "curl", "wget", "fetch", "aria2c", "ftp", "tftp", "sftp", "scp",
    "lwp-download", "lwp-request", "axel", "lynx", "w3m", "ncftpget" };
constexpr std::array<std::string_view, 8> shells { "sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "rbash" };
constexpr std::array<std::string_view, 8> languages { "python", "perl", "ruby", "php", "node", "lua", "nodejs",
    "osascript" };
// Their argument is another command.
constexpr std::array<std::string_view, 25> wrappers { "sudo", "doas", "env", "nohup", "setsid", "exec", "command",
    "builtin", "time", "nice", "ionice", "timeout", "xargs", "then", "do", "else", "elif", "if", "while", "until", "!",
    "{", "eval", "stdbuf", "busybox" };
// Their -c takes a command, too.
constexpr std::array<std::string_view, 5> command_takers { "su", "runuser", "script", "flock", "watch" };
constexpr std::array<std::string_view, 3> temporary_folders { "/tmp/", "/var/tmp/", "/dev/shm/" };
// Folders of dot names that people's own programs use.
constexpr std::array<std::string_view, 14> usual_dot_folders { "/.local/", "/.cargo/", "/.nvm/", "/.rbenv/", "/.pyenv/",
    "/.npm", "/.venv/", "/.rustup/", "/.sdkman/", "/.deno/", "/.bun/", "/.oh-my-zsh/", "/.config/", "/.fzf" };

constexpr std::size_t look_bytes_max = 16'384; // of one command; some shapes look at all of it once per program
constexpr std::size_t programs_max = 64;

bool is_one_of(std::string_view word, Words words)
{
    return std::ranges::find(words, word) != words.end();
}

bool is_language(std::string_view program)
{
    // python3, python3.11, perl5.36
    auto const stem = program.substr(0, std::min(program.find_first_of("0123456789."), program.size()));
    return is_one_of(stem, languages);
}

bool is_interpreter(std::string_view program)
{
    return is_one_of(program, shells) || is_language(program);
}

bool is_assignment(std::string_view word)
{
    auto const equals = word.find('=');
    if (equals == std::string_view::npos || equals == 0 || (word[0] >= '0' && word[0] <= '9'))
        return false;
    return std::ranges::all_of(word.substr(0, equals), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '+';
    });
}

bool is_hidden_path(std::string_view path)
{
    auto at = path.find("/.");
    for (; at != std::string_view::npos; at = path.find("/.", at + 1)) {
        auto const rest = path.substr(at);
        if (rest.starts_with("/./") || rest.starts_with("/../") || rest == "/." || rest == "/..")
            continue;
        if (std::ranges::none_of(usual_dot_folders, [&](auto folder) { return rest.starts_with(folder); }))
            return true;
    }
    return path.size() > 2 && path.front() == '.' && path[1] != '/' && path[1] != '.';
}

// Words of a command, and which of them stand where a program is named.
struct ShellWord {
    std::string_view text;
    bool is_program = false;
    bool is_piped_into = false;
};

// Quotes where a program is named, and behind `sh -c`, hold a command: it is looked at as if it stood there. In other
// quotes only $(…) and `…` are commands.
class WordScanner {
public:
    explicit WordScanner(std::string_view command)
        : m_command(command)
    {
    }

    std::vector<ShellWord> run()
    {
        while (m_at < m_command.size()) {
            char const c = m_command[m_at];
            if (c == '"' || c == '\'')
                quote(c);
            else if (std::string_view(" \t\r\\{}[]").find(c) != std::string_view::npos)
                ++m_at;
            else if (std::string_view("|&;()`\n<>").find(c) != std::string_view::npos)
                separator(c);
            else
                word();
        }
        return std::move(m_words);
    }

private:
    void quote(char c)
    {
        ++m_at;
        if (m_quote == c && m_nested == 0)
            m_quote = 0;
        else if (m_quote == 0 && !m_is_program_next)
            m_quote = c;
    }

    void separator(char c)
    {
        auto const at = m_at++;
        if (m_quote != 0 && !is_command_in_quotes(c, at))
            return;
        if (c == '<' || c == '>') {
            m_is_program_next = false;
            return;
        }
        bool const is_pipe = c == '|' && m_command.substr(at, 2) != "||" && (at == 0 || m_command[at - 1] != '|');
        // 2>&1 and &> name no program
        bool const is_redirection
            = c == '&' && ((at > 0 && m_command[at - 1] == '>') || m_command.substr(at, 2) == "&>");
        if (is_redirection)
            return;
        m_is_piped = is_pipe;
        m_is_program_next = c != ')';
        m_is_after_wrapper = false;
    }

    bool is_command_in_quotes(char c, std::size_t at)
    {
        if (m_quote == '\'')
            return false;
        if (c == '(' && at > 0 && m_command[at - 1] == '$')
            ++m_nested;
        else if (c == ')' && m_nested > 0)
            --m_nested;
        if (c == '`')
            m_is_in_backticks = !m_is_in_backticks;
        return c == '`' || m_nested > 0 || m_is_in_backticks;
    }

    void word()
    {
        auto const end = std::min(m_command.find_first_of(" \t\r\n\"'`|&;()<>{}", m_at), m_command.size());
        auto text = m_command.substr(m_at, end - m_at);
        m_at = std::max(end, m_at + 1);
        if (text == "$")
            return;
        if (m_is_after_wrapper && m_program == "command" && (text == "-v" || text == "-V"))
            m_is_program_next = m_is_after_wrapper = false; // asks for a program and does not run it
        ShellWord word { text, false, false };
        bool const is_data = m_quote != 0 && m_nested == 0 && !m_is_in_backticks;
        if (m_is_program_next && !is_data && !is_assignment(text) && !is_skipped(text)) {
            m_program = file_name_of(text);
            word.is_program = true;
            word.is_piped_into = m_is_piped;
            m_is_after_wrapper = is_one_of(m_program, wrappers);
            m_is_program_next = m_is_after_wrapper;
        } else if (text == "-c" || text == "-lc" || text == "-ic") {
            m_is_program_next = is_one_of(m_program, shells) || is_one_of(m_program, command_takers);
            m_is_after_wrapper = false;
        }
        m_words.push_back(word);
        // DIR="/tmp/$1": what is given to a variable is no program.
        if (m_quote == 0 && is_assignment(text) && m_at < m_command.size()
            && (m_command[m_at] == '"' || m_command[m_at] == '\''))
            m_quote = m_command[m_at++];
    }

    // Options and numbers between a wrapper and what it runs: "timeout -k 5 10 curl", "sudo -u root id".
    bool is_skipped(std::string_view text)
    {
        if (!m_is_after_wrapper)
            return false;
        constexpr std::array<std::string_view, 6> with_argument { "-u", "-g", "-h", "-p", "-I", "-C" };
        bool const is_argument = m_is_option_argument;
        m_is_option_argument = is_one_of(text, with_argument);
        return is_argument || text.starts_with('-')
            || text.find_first_not_of("0123456789.smhd") == std::string_view::npos;
    }

    std::string_view m_command, m_program;
    std::size_t m_at = 0;
    std::uint32_t m_nested = 0; // $( inside double quotes
    char m_quote = 0;
    bool m_is_in_backticks = false; // inside double quotes
    std::vector<ShellWord> m_words;
    bool m_is_program_next = true, m_is_piped = false, m_is_after_wrapper = false, m_is_option_argument = false;
};

bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

bool has_word(std::span<ShellWord const> words, std::string_view wanted)
{
    return std::ranges::any_of(words, [&](ShellWord const& word) { return word.text == wanted; });
}

// As many as a command takes: four name the first bytes of a file format.
bool has_escapes(std::string_view text)
{
    constexpr std::size_t command_bytes_min = 8;
    std::size_t count = 0;
    for (auto at = text.find("\\x"); at != std::string_view::npos; at = text.find("\\x", at + 2))
        ++count;
    return count >= command_bytes_min;
}

struct ProgramOptions {
    std::string_view language;
    std::string_view given; // letters whose argument is the program
    std::string_view valued; // letters with the rest of the word as their value
};

constexpr std::array<ProgramOptions, 7> program_options { {
    { "python", "cm", "WXQ" },
    { "perl", "eE", "CDFIMVimx" },
    { "ruby", "e", "CEFIKTWirx" },
    { "php", "rBR", "cdfz" },
    { "node", "ep", "r" },
    { "lua", "e", "l" },
    { "osascript", "e", "l" },
} };

bool gives_program(std::string_view word, ProgramOptions const& options)
{
    if (word.starts_with("--"))
        return word.starts_with("--eval") || word.starts_with("--print");
    auto const letters = word.substr(1, word.find_first_of(options.valued) - 1);
    return letters.find_first_of(options.given) != std::string_view::npos;
}

// "-c", "perl -ne", "python3 -m": the program is named on the command line, so what is piped in is its data. Only
// options in front count: what stands behind "-" or "bash -s" goes to the program that is read.
bool gives_program(std::string_view interpreter, std::span<ShellWord const> arguments)
{
    auto const* known = std::ranges::find_if(
        program_options, [&](ProgramOptions const& options) { return interpreter.starts_with(options.language); });
    auto const options = known == program_options.end() ? ProgramOptions { "", "c", "s" } : *known;
    for (auto const& argument : arguments) {
        if (!argument.text.starts_with('-') || argument.text == "-" || argument.text == "--")
            return false;
        if (gives_program(argument.text, options))
            return true;
        if (known == program_options.end() && !argument.text.starts_with("--") && has(argument.text, "s"))
            return false; // reads it from its input, come what may behind
    }
    return false;
}

class Look {
public:
    explicit Look(std::string_view command)
        : m_text(at_most(command, look_bytes_max))
        , m_words(WordScanner(m_text).run())
        , m_lower(ascii_lower(m_text))
    {
    }

    ShellLook run()
    {
        for (std::size_t i = 0; i < m_words.size(); ++i) {
            if (m_words[i].is_program)
                look_at_program(i);
        }
        look_at_text();
        return std::move(m_look);
    }

private:
    void add(ShellShape shape) { m_look.shapes |= static_cast<ShellShapes>(shape); }

    void look_at_program(std::size_t index)
    {
        auto const& word = m_words[index];
        auto const program = file_name_of(word.text);
        auto const behind = std::span<ShellWord const>(m_words).subspan(index + 1);
        auto const next = std::ranges::find_if(behind, [](ShellWord const& other) { return other.is_program; });
        auto const arguments = behind.first(static_cast<std::size_t>(next - behind.begin()));
        if (m_look.programs.size() < programs_max
            && std::ranges::find(m_look.programs, program) == m_look.programs.end())
            m_look.programs.emplace_back(program);
        if (is_one_of(program, fetchers))
            add(ShellShape::fetches);
        if (is_interpreter(program))
            look_at_interpreter(word, program, arguments);
        look_at_path(word.text);
        if (program == "eval")
            add(ShellShape::evaluates);
        if (program == "nohup" || program == "setsid" || program == "disown")
            add(ShellShape::stays_behind);
        if (program == "insmod" || program == "modprobe")
            add(ShellShape::loads_module);
        look_at_decoder(program, arguments);
        look_at_network(program, arguments);
        look_at_rights(program, arguments);
    }

    void look_at_interpreter(ShellWord const& word, std::string_view program, std::span<ShellWord const> arguments)
    {
        bool const runs_its_data = has(m_text, "eval") || has(m_text, "exec(") || has(m_text, "system(");
        if (word.is_piped_into && (arguments.empty() || arguments[0].text.starts_with('-'))
            && (runs_its_data || !gives_program(program, arguments)))
            add(ShellShape::pipes_to_interpreter);
        if (is_language(program) && !arguments.empty()
            && (arguments[0].text == "-c" || arguments[0].text == "-e" || arguments[0].text == "-r"
                || arguments[0].text == "-ne"))
            add(ShellShape::runs_inline_code);
        for (auto const& argument : arguments) {
            if (argument.text.starts_with('-'))
                continue;
            look_at_path(argument.text);
            break;
        }
    }

    void look_at_path(std::string_view path)
    {
        if (std::ranges::any_of(temporary_folders, [&](auto folder) { return path.starts_with(folder); }))
            add(ShellShape::runs_from_temporary);
        if (has(path, "/") && is_hidden_path(path))
            add(ShellShape::runs_hidden);
    }

    void look_at_decoder(std::string_view program, std::span<ShellWord const> arguments)
    {
        bool const is_decoder = program == "base64" || program == "base32" || program == "openssl";
        if ((is_decoder
                && (has_word(arguments, "-d") || has_word(arguments, "-D") || has_word(arguments, "--decode")
                    || has_word(arguments, "-di")))
            || (program == "xxd" && (has_word(arguments, "-r") || has_word(arguments, "-rp"))) || program == "uudecode")
            add(ShellShape::decodes);
    }

    void look_at_network(std::string_view program, std::span<ShellWord const> arguments)
    {
        bool const is_cat = program == "nc" || program == "ncat" || program == "netcat" || program == "nc.traditional";
        if (is_cat
            && (has_word(arguments, "-e") || has_word(arguments, "-c") || has_word(arguments, "--exec")
                || has(m_text, "mkfifo") || std::ranges::any_of(arguments, [](ShellWord const& word) {
                       return is_interpreter(file_name_of(word.text));
                   })))
            add(ShellShape::opens_connection);
        if (program == "socat" && (has(m_lower, "exec:") || has(m_lower, "system:")))
            add(ShellShape::opens_connection);
        if (program == "telnet" && has(m_text, "|"))
            add(ShellShape::opens_connection);
        if (program == "openssl" && has_word(arguments, "s_client") && has(m_text, "|"))
            add(ShellShape::opens_connection);
        if (is_one_of(program, shells) && has_word(arguments, "-i") && has(m_text, ">&"))
            add(ShellShape::opens_connection);
    }

    void look_at_rights(std::string_view program, std::span<ShellWord const> arguments)
    {
        if (program == "setcap")
            add(ShellShape::gives_rights);
        if (program == "chmod") {
            for (auto const& argument : arguments) {
                auto const text = argument.text;
                bool const is_octal = text.size() >= 4 && text.find_first_not_of("01234567") == std::string_view::npos;
                if ((is_octal && ((text[text.size() - 4] - '0') & 6) != 0) || text.ends_with("+s") || text == "u+xs")
                    add(ShellShape::gives_rights);
            }
        }
        constexpr std::array<std::string_view, 6> account_tools { "useradd", "adduser", "usermod", "chpasswd",
            "gpasswd", "visudo" };
        if (is_one_of(program, account_tools) || (program == "crontab" && !has_word(arguments, "-l"))
            || (program == "systemctl" && has_word(arguments, "enable")))
            add(ShellShape::plants);
        if ((program == "setenforce" && has_word(arguments, "0"))
            || (program == "auditctl" && (has_word(arguments, "-D") || has(m_text, "-e 0")))
            || ((program == "iptables" || program == "nft" || program == "ufw")
                && (has_word(arguments, "-F") || has_word(arguments, "flush") || has_word(arguments, "disable"))))
            add(ShellShape::disarms);
        if (program == "systemctl"
            && (has_word(arguments, "stop") || has_word(arguments, "disable") || has_word(arguments, "mask"))
            && (has(m_text, "audit") || has(m_text, "syslog") || has(m_text, "firewall") || has(m_text, "falco")))
            add(ShellShape::disarms);
        if ((program == "rm" || program == "shred" || program == "truncate") && has(m_text, "/var/log"))
            add(ShellShape::disarms);
    }

    void look_at_text()
    {
        if (has(m_text, "/dev/tcp/") || has(m_text, "/dev/udp/") || has(m_text, "/inet/tcp/"))
            add(ShellShape::opens_connection);
        if (has_shape(m_look.shapes, ShellShape::runs_inline_code)
            && (has(m_text, "socket") || has(m_text, "Socket") || has(m_text, "fsockopen") || has(m_text, "pty.spawn")))
            add(ShellShape::opens_connection);
        if (has(m_text, "b64decode") || has(m_text, "decode_base64") || has(m_text, "fromhex") || has_escapes(m_text)
            || has(m_text, "base64_decode"))
            add(ShellShape::decodes);
        bool const runs_output = (has(m_text, "<(") || has(m_text, "-c \"$(") || has(m_text, "-c \"`"))
            && has_shape(m_look.shapes, ShellShape::fetches);
        if (runs_output)
            add(ShellShape::pipes_to_interpreter);
        if (has(m_text, "LD_PRELOAD") || has(m_text, "LD_AUDIT"))
            add(ShellShape::preloads);
        if (has(m_text, "HISTFILE=/dev/null") || has(m_text, "unset HISTFILE") || has(m_text, "HISTSIZE=0")
            || has(m_text, "HISTFILESIZE=0") || has(m_text, "history -c") || has(m_text, "+o history"))
            add(ShellShape::hides_history);
        constexpr std::array<std::string_view, 7> planted { "authorized_keys", "/etc/cron", "/var/spool/cron",
            "/etc/ld.so.preload", "/etc/systemd/system/", "/etc/sudoers", "/etc/passwd" };
        bool const writes = has(m_text, ">") || has_word(m_words, "tee") || has_word(m_words, "cp");
        if (writes && std::ranges::any_of(planted, [&](auto place) { return is_written(place); }))
            add(ShellShape::plants);
        if (trim(m_text).ends_with('&') && !trim(m_text).ends_with("&&"))
            add(ShellShape::stays_behind);
    }

    // After a ">", or as an argument of tee and cp.
    bool is_written(std::string_view place) const
    {
        auto const at = m_text.find(place);
        if (at == std::string_view::npos)
            return false;
        auto const sign = m_text.rfind('>', at);
        if (sign != std::string_view::npos
            && trim(m_text.substr(sign + 1, at - sign - 1)).find(' ') == std::string_view::npos)
            return true;
        return std::ranges::any_of(m_words,
            [](ShellWord const& word) { return word.is_program && (word.text == "tee" || word.text == "cp"); });
    }

    std::string_view m_text;
    std::vector<ShellWord> m_words;
    std::string m_lower;
    ShellLook m_look;
};

}

std::string shape_names(ShellShapes shapes)
{
    std::string names;
    auto const add = [&](std::string_view word) {
        if (!names.empty())
            names += ' ';
        names += word;
    };
    for (std::size_t i = 0; i < shape_words.size() + later_shape_words.size(); ++i) {
        if ((shapes >> i & 1U) != 0)
            add(i < shape_words.size() ? shape_words[i] : later_shape_words[i - shape_words.size()]);
    }
    return names;
}

std::string shell_detail(ShellShapes shapes)
{
    return shapes == 0 ? std::string() : "does: " + shape_names(shapes);
}

// A longer command is looked at in pieces that overlap: padding hides nothing, and no step is quadratic in it.
ShellLook look_at_shell(std::string_view command)
{
    constexpr std::size_t overlap = 256;
    auto look = Look(command).run();
    for (auto at = look_bytes_max - overlap; at + overlap < command.size(); at += look_bytes_max - overlap) {
        auto const piece = Look(command.substr(at)).run();
        look.shapes |= piece.shapes;
        for (auto const& program : piece.programs) {
            if (look.programs.size() < programs_max && std::ranges::find(look.programs, program) == look.programs.end())
                look.programs.push_back(program);
        }
    }
    return look;
}

std::string_view interpreter_of(ByteView file)
{
    auto const text = as_text(file);
    if (text.starts_with("\x7f"
                         "ELF"))
        return "ELF";
    if (!text.starts_with("#!"))
        return {};
    return trim(text.substr(2, std::min(text.find('\n'), text.size()) - 2));
}

}
