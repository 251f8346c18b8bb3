#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_hook/grammars.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_hook {

namespace {

// The text in quotes behind `mark`, with its place in the line; nothing when there is none.
std::optional<std::string_view> quoted_behind(std::string_view text, std::string_view mark, std::size_t& from)
{
    auto const at = text.find(mark, from);
    if (at == std::string_view::npos)
        return std::nullopt;
    from = at + mark.size();
    auto const open = text.find_first_not_of(" \t(=", from);
    if (open == std::string_view::npos || (text[open] != '"' && text[open] != '\''))
        return std::nullopt;
    auto const close = std::min(text.find(text[open], open + 1), text.size());
    from = std::min(close + 1, text.size());
    return text.substr(open + 1, close - open - 1);
}

void log_command(LinuxRows& rows, TextPlace const& place, std::string_view name, std::string_view command)
{
    add_command(rows, place,
        { .name = name, .schedule = "a message is logged", .command = command, .detail = {}, .user = "root" });
}

}

// [rsyslog.conf(5), omprog] action(type="omprog" binary="…"), $ActionOMProgBinary, "selector ^program;template";
// syslog-ng: program("…").
void read_rsyslog(ByteView file, LinuxRows& rows)
{
    for_each_entry(TextLines(file), rows, [&](std::string_view text, TextPlace const& place) {
        auto rest = text;
        auto const first = take_word(rest);
        rows.setting(place, { .section = "log", .name = first, .value = trim(rest), .user = {} });
        for (auto const mark : { "binary", "program", "exec" }) {
            for (std::size_t from = 0; from < text.size();) {
                auto const command = quoted_behind(text, mark, from);
                if (command && command->find('/') != std::string_view::npos)
                    log_command(rows, place, mark, *command);
                if (text.find(mark, from) == std::string_view::npos)
                    break;
            }
        }
        if (ascii_lower(first) == "$actionomprogbinary")
            log_command(rows, place, first, trim(rest));
        if (auto const caret = text.find(" ^"); caret != std::string_view::npos && !text.starts_with('$'))
            log_command(rows, place, first, trim(text.substr(caret + 2, text.find(';', caret) - caret - 2)));
        else if (auto const tab = text.find("\t^"); tab != std::string_view::npos)
            log_command(rows, place, first, trim(text.substr(tab + 2, text.find(';', tab) - tab - 2)));
    });
}

// [logrotate(8)] Script lines between prerotate … and endscript are one command; compresscmd and its like name one.
void read_logrotate(ByteView file, LinuxRows& rows)
{
    constexpr std::array<std::string_view, 5> scripts { "prerotate", "postrotate", "firstaction", "lastaction",
        "preremove" };
    constexpr std::array<std::string_view, 4> programs { "compresscmd", "uncompresscmd", "shredcmd", "mailcmd" };
    auto const text = as_text(file);
    TextLines lines { file };
    TextLine line;
    std::string paths;
    TextPlace script;
    std::string_view script_kind;
    auto const emit = [&](std::uint64_t end) {
        auto const body = trim(text.substr(script.offset, end - script.offset));
        if (!body.empty())
            add_command(rows, { script.offset, end - script.offset, script.line },
                { .name = file_name_of(rows.file().path),
                    .schedule = format("{} {}", script_kind, paths),
                    .command = body,
                    .detail = {},
                    .user = "root" });
        script_kind = {};
    };
    while (lines.next(line) && !rows.is_stopped()) {
        auto rest = trim(line.text);
        auto const first = take_word(rest);
        if (!script_kind.empty()) {
            if (first == "endscript")
                emit(line.place.offset);
        } else if (auto const* const kind = std::ranges::find(scripts, first); kind != scripts.end()) {
            script_kind = *kind;
            script = { std::min<std::uint64_t>(line.place.offset + line.text.size() + 1, text.size()), 0,
                line.place.line + 1 };
        } else if (std::ranges::find(programs, first) != programs.end()) {
            add_command(rows, line.place,
                { .name = first, .schedule = "logs are rotated", .command = trim(rest), .detail = {}, .user = "root" });
        } else if (first.starts_with('/') || first.starts_with('"') || first.starts_with('~')) {
            paths = at_most(trim(line.text));
            if (paths.ends_with('{'))
                paths = trim(std::string_view(paths).substr(0, paths.size() - 1));
        }
    }
    if (!script_kind.empty()) { // cut off
        emit(text.size());
        rows.report(ErrorCode::truncated, "linux.logrotate.script", { text.size(), 0, 0 });
    }
}

// [monit(1)] exec "…", start program = "…", check program NAME with path "…"
void read_monit(ByteView file, LinuxRows& rows)
{
    std::string check = "monit";
    for_each_entry(TextLines(file), rows, [&](std::string_view text, TextPlace const& place) {
        if (text.starts_with("check "))
            check = at_most(text);
        for (auto const mark : { "exec", "program", "with path" }) {
            std::size_t from = 0;
            auto const command = quoted_behind(text, mark, from);
            if (command && !command->empty())
                add_command(rows, place,
                    { .name = check,
                        .schedule = text.substr(0, text.find('"')),
                        .command = *command,
                        .detail = {},
                        .user = "root" });
        }
    });
}

// [aliases(5)] name: |"command"; [.forward] |command; [procmailrc(5)] a line that begins with "|".
void read_mail(ByteView file, LinuxRows& rows)
{
    bool const is_aliases = file_name_of(rows.file().path) == "aliases";
    for_each_entry(TextLines(file), rows, [&](std::string_view text, TextPlace const& place) {
        std::string_view name = rows.file().user;
        if (is_aliases) {
            auto const colon = std::min(text.find(':'), text.size());
            name = trim(text.substr(0, colon));
            text = trim(text.substr(std::min(colon + 1, text.size())));
        }
        rows.setting(place, { .section = "mail", .name = name, .value = text, .user = rows.file().user });
        auto const inner = without_quotes(text);
        auto const pipe = inner.find('|');
        if (pipe == std::string_view::npos
            || (pipe != 0 && inner.find_first_not_of("\\ \t,\"", 0) < pipe && !is_aliases))
            return;
        add_command(rows, place,
            { .name = name,
                .schedule = "mail arrives",
                .command = without_quotes(trim(inner.substr(pipe + 1))),
                .detail = {},
                .user = rows.file().user });
    });
}

}
