#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_hook/grammars.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_hook {

namespace {

constexpr std::size_t services_max = 256; // distinct services of nsswitch.conf

// "daemons : clients : option : option", "\:" standing for a colon. [hosts_access(5), hosts_options(5)]
std::vector<std::string> fields_of(std::string_view text)
{
    std::vector<std::string> fields(1);
    bool is_in_brackets = false; // [::1]
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && text.substr(i + 1, 1) == ":") {
            fields.back() += ':';
            ++i;
        } else if (text[i] == ':' && !is_in_brackets) {
            fields.emplace_back();
        } else {
            is_in_brackets = text[i] == '[' || (is_in_brackets && text[i] != ']');
            fields.back() += text[i];
        }
    }
    return fields;
}

}

void read_tcp_wrappers(ByteView file, LinuxRows& rows)
{
    auto const name = file_name_of(rows.file().path);
    for_each_entry(
        JoinedLines(file, "", CommentInside::kept), rows, [&](std::string_view text, TextPlace const& place) {
            auto const fields = fields_of(text);
            if (fields.size() < 2) {
                rows.report(ErrorCode::bad_value, "linux.hosts_access.line", place);
                return;
            }
            auto const daemons = at_most(trim(fields[0]));
            rows.setting(place,
                { .section = name,
                    .name = daemons,
                    .value = trim(text.substr(std::min(text.find(':') + 1, text.size()))),
                    .user = {} });
            for (std::size_t i = 2; i < fields.size(); ++i) {
                auto rest = trim(fields[i]);
                auto const option = take_word(rest);
                bool const runs = option == "spawn" || option == "twist" || option == "aclexec";
                auto const command = runs                                  ? trim(rest)
                    : i == 2 && option.find('/') != std::string_view::npos ? trim(fields[i])
                                                                           : "";
                if (!command.empty())
                    add_command(rows, place,
                        { .name = daemons,
                            .schedule = format("{}: {}", name, at_most(trim(fields[1]))),
                            .command = command,
                            .detail = runs ? option : "spawn",
                            .user = "root" });
            }
        });
}

// [nsswitch.conf(5)] "hosts: files dns [NOTFOUND=return] x": each service is the library libnss_x.so.2.
void read_name_services(ByteView file, LinuxRows& rows)
{
    TextLines lines { file };
    TextLine line;
    std::vector<std::string> seen;
    while (lines.next(line) && !rows.is_stopped()) {
        auto const text = trim(line.text.substr(0, std::min(line.text.find('#'), line.text.size())));
        auto const colon = text.find(':');
        if (text.empty())
            continue;
        if (colon == std::string_view::npos) {
            rows.report(ErrorCode::bad_value, "linux.nsswitch.line", line.place);
            continue;
        }
        auto const database = trim(text.substr(0, colon));
        auto rest = trim(text.substr(colon + 1));
        rows.setting(line.place, { .section = "nsswitch", .name = database, .value = rest, .user = {} });
        bool is_in_action = false;
        for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
            is_in_action = is_in_action || word.starts_with('[');
            bool const is_service = !is_in_action;
            is_in_action = is_in_action && !word.ends_with(']');
            // Nobody has more; a hostile line may.
            if (!is_service || seen.size() >= services_max || std::ranges::find(seen, word) != seen.end())
                continue;
            seen.emplace_back(word);
            rows.autostart(line.place,
                { .name = word,
                    .schedule = format("{} are looked up", at_most(database)),
                    .command = format("libnss_{}.so.2", word),
                    .detail = {},
                    .user = {} });
        }
    }
}

// [site of Python] Lines that begin with "import " or "import\t" are run, all others are folders.
void read_python_path(ByteView file, LinuxRows& rows)
{
    TextLines lines { file };
    TextLine line;
    auto const name = file_name_of(rows.file().path);
    while (lines.next(line) && !rows.is_stopped()) {
        if (trim(line.text).empty() || line.text.starts_with('#'))
            continue;
        if (line.text.starts_with("import ") || line.text.starts_with("import\t"))
            add_command(rows, line.place,
                { .name = name,
                    .schedule = "python starts",
                    .command = line.text,
                    .detail = {},
                    .user = rows.file().user });
        else
            rows.setting(
                line.place, { .section = name, .name = "path", .value = trim(line.text), .user = rows.file().user });
    }
}

// [tmpfiles.d(5)] type path mode user group age argument. Plain folders and what is only removed or labelled have no
// rows.
void read_temporary_files(ByteView file, LinuxRows& rows)
{
    for_each_entry(TextLines(file), rows, [&](std::string_view text, TextPlace const& place) {
        auto rest = text;
        auto const type = take_word(rest);
        bool const makes = type.find_first_of("fFwLCpcb") == 0;
        auto path = rest;
        auto const target = take_word(path);
        auto const mode = take_word(path);
        bool const gives_rights = mode.size() >= 4 && mode.find_first_of("4567", mode.size() - 4) == mode.size() - 4;
        if (makes || gives_rights)
            rows.setting(place,
                { .section = format("tmpfiles {}", type),
                    .name = without_quotes(target),
                    .value = trim(rest.substr(std::min(rest.find(target) + target.size(), rest.size()))),
                    .user = {} });
    });
}

}
