#include "traces/windows_hosts_file/parser.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/text_lines/text_lines.hpp"
#include "traces/linux_text.hpp"
#include <algorithm>
#include <array>

namespace konseki::windows_hosts_file {

namespace {

bool is_address(std::string_view word)
{
    return word.find_first_of(".:") != std::string_view::npos
        && word.find_first_not_of("0123456789abcdefABCDEF.:%") == std::string_view::npos;
}

// "…/drivers/etc/hosts" or a file of that name: only text of which every line is a comment or begins with an address.
Sniff sniff(ByteView head, std::string_view name)
{
    auto normal = ascii_lower(name);
    std::ranges::replace(normal, '\\', '/');
    bool const is_in_place = normal.ends_with("drivers/etc/hosts");
    if (!is_in_place && normal != "hosts" && !normal.ends_with("/hosts"))
        return Sniff::no;
    auto const text = as_text(head);
    if (text.empty() || text.find('\0') != std::string_view::npos)
        return Sniff::no;
    if (is_in_place)
        return Sniff::sure;
    auto const whole_lines = text.substr(0, std::min(text.rfind('\n'), text.size()));
    for (auto line : split(whole_lines, '\n')) {
        auto const word = take_word(line);
        if (!word.empty() && !word.starts_with('#') && !is_address(word))
            return Sniff::no;
    }
    return Sniff::maybe;
}

void parse_line(std::string_view line, std::uint64_t offset, std::uint32_t number, ParseContext& context)
{
    auto const hash = std::min(line.find('#'), line.size());
    auto const comment = utf8::repaired(trim(line.substr(std::min(hash + 1, line.size()))));
    auto rest = line.substr(0, hash);
    auto const address = utf8::repaired(take_word(rest));
    if (address.empty())
        return;
    for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
        auto const name = utf8::repaired(word);
        EntryRow row;
        row.name = name;
        row.address = address;
        row.comment = comment.empty() ? std::string_view {} : std::string_view(comment);
        row.line = number;
        auto const place = static_cast<std::uint64_t>(word.data() - line.data());
        context.traces.emit(entry_schema, { offset + place, word.size(), false }, row);
    }
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    std::uint32_t number = 0;
    text_lines::for_each(evidence, context,
        [&](text_lines::Line const& line) { parse_line(line.text, line.offset, ++number, context); });
}

constexpr std::array<Schema const*, 1> schemas { &entry_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_hosts_file",
    .title = "Hosts file",
    .version = 1,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
