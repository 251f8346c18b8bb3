#include "base/text.hpp"
#include "traces/linux_hook/grammars.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_hook {

namespace {

// Last names of variables whose value git runs, or below which it finds programs; with "*" any section between.
// [git-config(1)]
constexpr auto running_names = std::to_array<std::string_view>({ "core.pager", "core.editor", "core.sshcommand",
    "core.fsmonitor", "core.hookspath", "core.gitproxy", "core.askpass", "core.alternaterefscommand", "diff.external",
    "gpg.program", "sequence.editor", "uploadpack.packobjectshook", "init.templatedir", "credential.helper", "pager.*",
    "alias.*", "diff.*.textconv", "diff.*.command", "filter.*.clean", "filter.*.smudge", "filter.*.process",
    "merge.*.driver", "gpg.*.program", "credential.*.helper", "difftool.*.cmd", "mergetool.*.cmd", "browser.*.cmd",
    "include.path", "includeif.*.path", "remote.*.vcs", "remote.*.uploadpack", "remote.*.receivepack",
    "trailer.*.command", "trailer.*.cmd", "interactive.difffilter", "sendemail.smtpserver", "submodule.*.update",
    "receive.procreceiverefs", "http.proxy", "ssh.variant" });

bool is_running(std::string_view section, std::string_view subsection, std::string_view name, std::string_view value)
{
    auto const full
        = ascii_lower(subsection.empty() ? format("{}.{}", section, name) : format("{}.*.{}", section, name));
    if (std::ranges::find(running_names, full) != running_names.end()) {
        bool const is_switch = value == "true" || value == "false" || value.empty();
        // fsmonitor and pagers may be mere switches; a submodule's update runs something with "!"
        return !is_switch && (!full.starts_with("submodule.") || value.starts_with('!'));
    }
    auto const lower = ascii_lower(section);
    return (lower == "pager" && value != "true" && value != "false") || (lower == "alias" && value.starts_with('!'));
}

// A comment begins with # or ; outside quotes; quotes and escapes are taken off.
std::string value_of(std::string_view text)
{
    std::string value;
    bool is_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') {
            is_quoted = !is_quoted;
        } else if (text[i] == '\\' && i + 1 < text.size()) {
            ++i;
            value += text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i];
        } else if (!is_quoted && (text[i] == '#' || text[i] == ';')) {
            break;
        } else {
            value += text[i];
        }
    }
    return std::string(trim(value));
}

}

void read_git(ByteView file, LinuxRows& rows)
{
    bool const is_of_repository = rows.file().path.ends_with("/.git/config");
    JoinedLines lines { file, "", CommentInside::kept };
    JoinedLine line;
    std::string section, subsection;
    while (lines.next(line) && !rows.is_stopped()) {
        auto text = trim(line.text);
        if (text.starts_with('[')) {
            auto const close
                = std::min(text.find(']', text.find('"') == std::string_view::npos ? 0 : text.rfind('"')), text.size());
            auto const words = quoted_words(text.substr(1, close - 1));
            section = words.empty() ? std::string_view {} : at_most(words[0]);
            subsection = words.size() > 1 ? at_most(words[1]) : std::string_view {};
            text = trim(text.substr(std::min(close + 1, text.size()))); // an entry may follow in the line
        }
        if (text.empty() || text.front() == '#' || text.front() == ';')
            continue;
        auto const equals = std::min(text.find('='), text.size());
        auto const name = trim(text.substr(0, equals));
        auto const value = value_of(text.substr(std::min(equals + 1, text.size())));
        auto const where = subsection.empty() ? section : format("{} \"{}\"", section, subsection);
        bool const runs = is_running(section, subsection, name, value);
        if (!is_of_repository || runs || name == "url" || ascii_lower(name) == "insteadof")
            rows.setting(line.place, { .section = where, .name = name, .value = value, .user = rows.file().user });
        if (runs)
            add_command(rows, line.place,
                { .name = subsection.empty() ? format("{}.{}", section, name)
                                             : format("{}.{}.{}", section, subsection, name),
                    .schedule = "git is used",
                    .command = value.starts_with('!') ? std::string_view(value).substr(1) : std::string_view(value),
                    .detail = {},
                    .user = rows.file().user });
    }
}

// php.ini and .user.ini: NAME = VALUE; .htaccess: php_value NAME VALUE, and what makes files programs.
void read_php(ByteView file, LinuxRows& rows)
{
    constexpr std::array<std::string_view, 6> running { "auto_prepend_file", "auto_append_file", "extension",
        "zend_extension", "sendmail_path", "ffi.preload" };
    constexpr std::array<std::string_view, 14> telling { "disable_functions", "disable_classes", "allow_url_include",
        "allow_url_fopen", "open_basedir", "include_path", "extension_dir", "enable_dl", "file_uploads", "sethandler",
        "addhandler", "addtype", "options", "opcache.preload" };
    TextLines lines { file };
    TextLine line;
    while (lines.next(line) && !rows.is_stopped()) {
        auto text = trim(line.text);
        if (text.empty() || text.front() == ';' || text.front() == '#' || text.front() == '[')
            continue;
        if (text.starts_with("php_")) { // php_value, php_flag, php_admin_value
            take_word(text);
            text = trim(text);
        }
        auto const end = std::min(text.find_first_of("= \t"), text.size());
        auto const name = text.substr(0, end);
        auto value = trim(text.substr(end));
        if (value.starts_with('='))
            value = trim(value.substr(1));
        if (!value.starts_with('"'))
            value = trim(value.substr(0, std::min(value.find(';'), value.size())));
        value = without_quotes(value);
        auto const lower = ascii_lower(name);
        bool const runs = (std::ranges::find(running, lower) != running.end() || lower == "opcache.preload")
            && !value.empty() && ascii_lower(value) != "none";
        bool const tells = std::ranges::find(telling, lower) != telling.end();
        if (runs || tells)
            rows.setting(line.place, { .section = "php", .name = name, .value = value, .user = {} });
        if (runs)
            add_command(
                rows, line.place, { .name = name, .schedule = "php runs", .command = value, .detail = {}, .user = {} });
    }
}

}
