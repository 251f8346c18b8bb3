#include "analysers/host_state/linux/unix_paths.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace konseki::host_state::on_linux {

namespace {

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_hexadecimal(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_one_of(std::string_view text, std::span<std::string_view const> all)
{
    return std::find(all.begin(), all.end(), text) != all.end();
}

constexpr std::array<std::string_view, 6> merged { "/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/" };

bool is_multiarch(std::string_view part)
{
    return part.find("-linux-") != std::string_view::npos
        && (part.starts_with("x86_64") || part.starts_with("aarch64") || part.starts_with("i386")
            || part.starts_with("arm") || part.starts_with("powerpc") || part.starts_with("riscv64")
            || part.starts_with("s390x") || part.starts_with("mips"));
}

// A run of hexadecimal digits (eight or more, one of them a digit), or of digits and dots between other things.
void append_general_part(std::string& target, std::string_view part)
{
    if (is_multiarch(part)) {
        target += "%arch%";
        return;
    }
    if (part.size() == 3 && part[0] == 'L' && is_digit(part[1]) && is_digit(part[2])) {
        target += part; // a number of the catalogue
        return;
    }
    for (std::size_t at = 0; at < part.size();) {
        auto end = at;
        while (end < part.size() && is_hexadecimal(part[end]))
            ++end;
        auto const run = part.substr(at, end - at);
        bool const begins_word = at == 0 || (!is_letter(part[at - 1]) && !is_digit(part[at - 1]));
        if (run.size() >= 8 && begins_word && std::any_of(run.begin(), run.end(), is_digit)) {
            target += "%hex%";
            at = end;
        } else if (is_digit(part[at])) {
            while (at < part.size()
                && (is_digit(part[at]) || (part[at] == '.' && at + 1 < part.size() && is_digit(part[at + 1]))))
                ++at;
            target += "%n%";
        } else {
            target += part[at++];
        }
    }
}

// A word of a shell line, or a mark between commands.
struct Word {
    std::string text {};
    bool is_mark = false; // ; & | ( ) newline: a command may begin behind it
    bool is_redirection = false; // > <: a file follows
};

bool is_shell_mark(char c)
{
    return c == ';' || c == '&' || c == '|' || c == '(' || c == ')' || c == '\n' || c == '`' || c == '{' || c == '}';
}

std::vector<Word> words_of(std::string_view line)
{
    constexpr std::size_t words_max = 400;
    std::vector<Word> words;
    Word word;
    bool is_open = false;
    auto const close = [&] {
        if (is_open)
            words.push_back(std::move(word));
        word = {};
        is_open = false;
    };
    for (std::size_t at = 0; at < line.size() && words.size() < words_max; ++at) {
        char const c = line[at];
        if (c == '\'' || c == '"') {
            auto const end = std::min(line.find(c, at + 1), line.size());
            word.text += line.substr(at + 1, end - at - 1);
            is_open = true;
            at = end;
        } else if (c == '\\' && at + 1 < line.size()) {
            word.text += line[++at];
            is_open = true;
        } else if (c == ' ' || c == '\t' || c == '\r') {
            close();
        } else if (c == '>' || c == '<') {
            if (is_open && std::all_of(word.text.begin(), word.text.end(), is_digit))
                word = {}, is_open = false; // "2>"
            close();
            while (at + 1 < line.size() && (line[at + 1] == '>' || line[at + 1] == '&' || line[at + 1] == '('))
                ++at;
            words.push_back({ {}, false, true });
        } else if (is_shell_mark(c) && !(is_open && (c == '{' || c == '}'))) {
            close();
            words.push_back({ std::string(1, c), true, false });
        } else {
            word.text += c;
            is_open = true;
        }
    }
    close();
    return words;
}

constexpr std::array<std::string_view, 26> wrappers { "env", "nice", "ionice", "nohup", "setsid", "timeout", "exec",
    "sudo", "doas", "flock", "chrt", "taskset", "command", "stdbuf", "systemd-cat", "systemd-run", "runuser", "su",
    "chroot", "unshare", "nsenter", "daemonize", "start-stop-daemon", "busybox", "watch", "eval" };
constexpr std::array<std::string_view, 10> keywords { "if", "then", "do", "else", "elif", "while", "until", "!", "time",
    "-" };
constexpr std::array<std::string_view, 24> builtins { "test", "[", "[[", "cd", "set", "export", "true", "false", ":",
    "echo", "printf", "exit", "return", "trap", "umask", "ulimit", "unset", "alias", "for", "case", "esac", "fi",
    "done", "sleep" };

bool is_assignment(std::string_view word)
{
    auto const equal = word.find('=');
    return equal != std::string_view::npos && equal > 0
        && std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equal),
            [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

bool looks_like_script(std::string_view word)
{
    return word.find('/') != std::string_view::npos || word.ends_with(".sh") || word.ends_with(".py")
        || word.ends_with(".pl") || word.ends_with(".php") || word.ends_with(".rb") || word.ends_with(".js")
        || word.ends_with(".jar");
}

// Reads one line; lines that shells are given (-c) are left in `inner`.
class LineReader {
public:
    LineReader(UnixCommand& command, std::vector<std::string>& inner)
        : m_command(command)
        , m_inner(inner)
    {
    }
    void read(std::string_view line)
    {
        for (auto& word : words_of(line))
            take(word);
    }

private:
    enum class Expect { program, wrapped, script, inner_line, sourced, nothing };

    void add(std::string_view program)
    {
        auto path = unix_path(program);
        if (path.find_first_of(" \t\n$(){}*?[]|;=<>`\"'") < path.size() && !path.starts_with('/')
            && !path.starts_with('~') && !path.starts_with("$HOME/") && !path.starts_with("${HOME}/"))
            return; // what a shell would expand is not known
        if (!path.empty()
            && std::find(m_command.programs.begin(), m_command.programs.end(), path) == m_command.programs.end())
            m_command.programs.push_back(std::move(path));
    }
    void take_program(std::string_view word)
    {
        auto const name = file_name_of(word);
        if (is_assignment(word) || is_one_of(name, keywords))
            return;
        if (is_one_of(name, wrappers)) {
            m_expect = Expect::wrapped;
            return;
        }
        if (is_one_of(word, builtins)) {
            m_expect = Expect::nothing;
            return;
        }
        if (word == "." || word == "source") {
            m_expect = Expect::sourced;
            return;
        }
        add(word);
        m_expect = is_shell(name) || is_interpreter(name) || name == "run-parts" || name == "at" ? Expect::script
                                                                                                 : Expect::nothing;
        m_is_shell = is_shell(name);
    }
    void take(Word const& word)
    {
        if (word.is_mark) {
            m_expect = Expect::program;
            m_is_redirected = false;
            return;
        }
        if (word.is_redirection || std::exchange(m_is_redirected, false)) {
            m_is_redirected = word.is_redirection;
            return;
        }
        std::string_view const text = word.text;
        switch (m_expect) {
        case Expect::program: return take_program(text);
        case Expect::wrapped:
            if (text.starts_with("-c") && text.size() == 2) // su -c 'line'
                m_expect = Expect::inner_line;
            else if (!text.starts_with('-') && !text.empty() && !is_digit(text.front()))
                take_program(text);
            return;
        case Expect::inner_line: m_inner.push_back(word.text); break;
        case Expect::sourced: add(text); break;
        case Expect::script:
            if (text.starts_with('-') && text.find('c') != std::string_view::npos && !text.starts_with("--")
                && m_is_shell) {
                m_expect = Expect::inner_line;
                return;
            }
            if (text == "-c" || text == "-e" || text == "-m" || text == "-r") // a program on the command line
                break;
            if (text.starts_with('-'))
                return;
            if (looks_like_script(text))
                add(text);
            break;
        case Expect::nothing: return;
        }
        m_expect = Expect::nothing;
    }

    UnixCommand& m_command;
    std::vector<std::string>& m_inner;
    Expect m_expect = Expect::program;
    bool m_is_shell = false, m_is_redirected = false;
};

// "/home/ann" of "/home/ann/.bashrc"; empty where it begins with none.
std::string_view home_of(std::string_view path)
{
    if (path.starts_with("/root/"))
        return path.substr(0, 5);
    for (std::string_view const homes : { "/home/", "/export/home/" })
        if (path.starts_with(homes))
            return path.substr(0, std::min(path.find_first_of("/ ", homes.size()), path.size()));
    return {};
}

}

std::string unix_path(std::string_view written)
{
    std::string path;
    path.reserve(written.size());
    for (std::size_t at = 0; at < written.size(); ++at) {
        if (written[at] == '/' && !path.empty() && path.back() == '/')
            continue;
        if (written.substr(at).starts_with("./") && !path.empty() && path.back() == '/') {
            ++at;
            continue;
        }
        path += written[at];
    }
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    for (auto const folder : merged)
        if (path.starts_with(folder)) {
            path.insert(0, "/usr");
            break;
        }
    if (path.starts_with("/var/run/"))
        path.erase(0, 4);
    return path;
}

std::string other_spelling(std::string_view path)
{
    if (path.starts_with("/usr/"))
        for (auto const folder : merged)
            if (path.substr(4).starts_with(folder))
                return std::string(path.substr(4));
    if (path.starts_with("/run/"))
        return format("/var{}", path);
    return {};
}

std::string general_unix_form(std::string_view text)
{
    std::string general;
    std::size_t at = 0;
    while (at < text.size()) {
        auto const rest = text.substr(at);
        bool const begins_word = at == 0 || text[at - 1] == ' ';
        if (auto const home = begins_word ? home_of(rest) : std::string_view(); !home.empty()) {
            general += "%home%";
            at += home.size();
            continue;
        }
        auto const end = std::min(text.find_first_of("/ ", at), text.size());
        append_general_part(general, text.substr(at, end - at));
        if (end < text.size())
            general += text[end];
        at = end + 1;
    }
    return general;
}

Place place_of(std::string_view path)
{
    struct Prefix {
        std::string_view text;
        Place place;
    };
    constexpr std::array<Prefix, 31> prefixes { { { "/usr/local/", Place::local }, { "/opt/", Place::local },
        { "/srv/www/", Place::web }, { "/srv/http/", Place::web }, { "/srv/", Place::local },
        { "/usr/", Place::system }, { "/etc/", Place::system }, { "/bin/", Place::system }, { "/sbin/", Place::system },
        { "/lib", Place::system }, { "/boot/", Place::system }, { "/snap/", Place::system },
        { "/nix/store/", Place::system }, { "/home/", Place::home }, { "/root/", Place::home },
        { "/export/home/", Place::home }, { "/tmp/", Place::temporary }, { "/var/tmp/", Place::temporary },
        { "/dev/shm/", Place::memory }, { "/run/shm/", Place::memory }, { "/run/user/", Place::memory },
        { "/run/lock/", Place::memory }, { "/dev/", Place::device }, { "/var/www/", Place::web },
        { "/var/lib/snapd/", Place::system }, { "/var/", Place::variable }, { "/run/", Place::variable },
        { "/proc/", Place::variable }, { "/sys/", Place::variable }, { "/mnt/", Place::other },
        { "/media/", Place::other } } };
    if (path.starts_with("~/") || path.starts_with("$HOME/") || path.starts_with("${HOME}/"))
        return Place::home;
    if (path.empty() || path.front() != '/' || path.starts_with("/dev/fd/") || path.starts_with("/dev/std"))
        return Place::unknown; // what the shell opened
    for (auto const& prefix : prefixes)
        if (path.starts_with(prefix.text))
            return prefix.place;
    return Place::other;
}

std::string_view odd_folder(std::string_view path)
{
    switch (place_of(path)) {
    case Place::temporary: return path.starts_with("/tmp/") ? "/tmp" : "/var/tmp";
    case Place::memory: return path.substr(0, path.find('/', path.find('/', 1) + 1));
    case Place::device: return "/dev";
    case Place::web: return path.substr(0, path.find('/', path.find('/', 1) + 1));
    default: return {};
    }
}

std::string_view hidden_part(std::string_view path)
{
    static constexpr std::array<std::string_view, 44> usual { ".config", ".local", ".cache", ".ssh", ".nvm", ".cargo",
        ".rustup", ".rbenv", ".pyenv", ".npm", ".npm-global", ".deno", ".bun", ".dotnet", ".venv", ".git", ".oh-my-zsh",
        ".fzf", ".vscode", ".vscode-server", ".cursor-server", ".gem", ".java", ".m2", ".gradle", ".sdkman", ".asdf",
        ".kde", ".gnupg", ".mozilla", ".docker", ".kube", ".steam", ".var", ".build-id", ".virtualenvs", ".conda",
        ".yarn", ".go", ".composer", ".volta", ".claude", ".rvm", ".init" };
    if (path.find('/') == std::string_view::npos)
        return {}; // a word of some language
    for (auto const part : split(path, '/')) {
        if (part.size() < 2 || part.front() != '.' || part == "..")
            continue;
        bool const is_last = part.data() + part.size() == path.data() + path.size();
        if (is_one_of(part, usual))
            continue;
        // Files of shells and programs in a home are hidden by custom: a folder is told, and a file elsewhere.
        if (is_last && place_of(path) == Place::home && std::count(path.begin(), path.end(), '/') <= 3)
            continue;
        return part;
    }
    return {};
}

bool has_deceiving_name(std::string_view path)
{
    for (auto const part : split(path, '/')) {
        if (part.empty() || part == "." || part == "..")
            continue;
        if (part.back() == ' ' || part.front() == ' ' || part.find_first_not_of(". ") == std::string_view::npos)
            return true;
        if (part.find_first_of("\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x7f") != std::string_view::npos)
            return true;
    }
    return false;
}

UnixCommand read_command(std::string_view command)
{
    constexpr std::size_t lines_max = 16; // shells within shells
    constexpr std::size_t size_max = 16'384;
    command = trim(command);
    while (!command.empty() && std::string_view("@-:+!|").find(command.front()) != std::string_view::npos)
        command.remove_prefix(1); // systemd.service(5): marks before the program
    UnixCommand read;
    std::vector<std::string> lines { std::string(command.substr(0, size_max)) };
    for (std::size_t at = 0; at < lines.size() && at < lines_max; ++at) {
        std::vector<std::string> inner;
        LineReader(read, inner).read(lines[at]);
        lines.insert(lines.end(), inner.begin(), inner.end());
    }
    // What matters is what lies in an odd place, then what a shell or an interpreter is given, then the first program.
    auto const is_odd = [](std::string const& path) { return !odd_folder(path).empty() || !hidden_part(path).empty(); };
    auto const is_host = [](std::string const& path) {
        auto const name = file_name_of(path);
        return is_shell(name) || is_interpreter(name) || name == "run-parts" || name == "at";
    };
    auto place = std::find_if(read.programs.begin(), read.programs.end(), is_odd);
    if (place == read.programs.end())
        place = std::find_if_not(read.programs.begin(), read.programs.end(), is_host);
    if (place == read.programs.end() && !read.programs.empty())
        place = read.programs.begin();
    if (place != read.programs.end())
        read.target = *place;
    return read;
}

bool is_shell(std::string_view name)
{
    static constexpr std::array<std::string_view, 11> shells { "sh", "bash", "dash", "zsh", "ksh", "ash", "csh", "tcsh",
        "fish", "rbash", "mksh" };
    return is_one_of(name, shells);
}

bool is_interpreter(std::string_view name)
{
    while (!name.empty() && (is_digit(name.back()) || name.back() == '.'))
        name.remove_suffix(1);
    static constexpr std::array<std::string_view, 12> interpreters { "python", "perl", "ruby", "php", "php-cgi", "node",
        "nodejs", "lua", "java", "tclsh", "expect", "awk" };
    return is_one_of(name, interpreters);
}

}
