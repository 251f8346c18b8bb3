#include "traces/linux_ini.hpp"
#include "base/text.hpp"

namespace konseki {

namespace {

void read_line(std::string_view text, TextPlace const& place, std::string& section, std::vector<IniEntry>& entries,
    LinuxRows& rows)
{
    auto const line = trim(text);
    if (line.empty() || line.front() == '#' || line.front() == ';')
        return;
    if (line.front() == '[' && line.back() == ']') {
        section = at_most(line.substr(1, line.size() - 2)); // stands in every entry
        return;
    }
    auto const equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        rows.report(ErrorCode::bad_value, "linux.ini.line", place);
        return;
    }
    entries.push_back(
        { section, std::string(trim(line.substr(0, equals))), std::string(trim(line.substr(equals + 1))), place });
}

}

std::vector<IniEntry> read_ini(ByteView file, IniGrammar grammar, LinuxRows& rows)
{
    std::vector<IniEntry> entries;
    std::string section;
    if (grammar == IniGrammar::systemd) {
        JoinedLines lines { file, " ", CommentInside::skipped };
        JoinedLine line;
        while (lines.next(line) && !rows.is_stopped())
            read_line(line.text, line.place, section, entries, rows);
    } else {
        TextLines lines { file };
        TextLine line;
        while (lines.next(line) && !rows.is_stopped())
            read_line(line.text, line.place, section, entries, rows);
    }
    return entries;
}

std::string_view last_value(std::span<IniEntry const> entries, std::string_view section, std::string_view name)
{
    std::string_view value;
    for (auto const& entry : entries) {
        if (entry.section == section && entry.name == name)
            value = entry.value;
    }
    return value;
}

}
