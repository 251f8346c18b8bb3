#include "traces/linux_loader/parser.hpp"
#include "base/text.hpp"
#include "traces/linux_text.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_loader {

namespace {

Sniff sniff(ByteView head, std::string_view name)
{
    auto const answer
        = sniff_linux(head, name, { LinuxGrammar::preload, LinuxGrammar::preload_raw, LinuxGrammar::library_folders });
    // What stands at the loader's own place is read whatever it holds: glibc does, too.
    return answer == Sniff::maybe && linux_path_of(name).place->grammar == LinuxGrammar::preload ? Sniff::sure : answer;
}

std::string_view without_comment(std::string_view text)
{
    return text.substr(0, std::min(text.find('#'), text.size()));
}

void read_preload_line(TextLine const& line, bool is_raw, LinuxRows& rows)
{
    auto const text = without_comment(line.text);
    constexpr std::string_view separators { " \t\r\f\v:\0", 7 };
    for (std::size_t at = 0; at < text.size();) {
        auto const begin = std::min(text.find_first_not_of(separators, at), text.size());
        at = std::min(text.find_first_of(separators, begin), text.size());
        auto const name = text.substr(begin, at - begin);
        // A tool's own words may stand in what it printed.
        if (name.empty() || (is_raw && name.find('/') == std::string_view::npos && !name.ends_with(".so")))
            continue;
        rows.autostart({ line.place.offset + begin, name.size(), line.place.line },
            { .name = "ld.so.preload",
                .schedule = "every program",
                .command = name,
                .detail = is_raw ? "read past the running system" : std::string_view {},
                .user = {} });
    }
}

void read_folder_line(TextLine const& line, LinuxRows& rows)
{
    auto rest = trim(without_comment(line.text));
    if (rest.empty())
        return;
    auto first = rest;
    auto const word = take_word(first);
    bool const is_directive = word == "include" || word == "hwcap";
    if (is_directive) {
        rows.setting(line.place, { .section = "loader", .name = word, .value = trim(first), .user = {} });
        return;
    }
    // ldconfig takes several folders of a line; musl parts them with colons.
    std::string folders { rest };
    std::ranges::replace(folders, ':', ' ');
    std::ranges::replace(folders, ',', ' ');
    std::string_view left = folders;
    for (auto folder = take_word(left); !folder.empty(); folder = take_word(left))
        rows.setting(line.place, { .section = "loader", .name = "folder", .value = folder, .user = {} });
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    LinuxRows rows { evidence, context };
    bool const is_raw = rows.grammar() == LinuxGrammar::preload_raw;
    bool const is_folders = rows.grammar() == LinuxGrammar::library_folders;
    if (is_raw)
        rows.set_path("/etc/ld.so.preload");
    TextLines lines { evidence.bytes };
    TextLine line;
    while (lines.next(line) && !rows.is_stopped()) {
        if (is_folders)
            read_folder_line(line, rows);
        else
            read_preload_line(line, is_raw, rows);
    }
}

constexpr std::array<Schema const*, 2> schemas { &linux_autostart_schema.erased, &linux_setting_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_loader",
    .title = "Preloaded libraries",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
