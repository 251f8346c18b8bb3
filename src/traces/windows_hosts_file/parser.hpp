// The hosts file: names that this machine resolves without asking anybody.
// Not a judgement: security vendors' names sent to 127.0.0.1 are the analysers' business.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_hosts_file {

extern ArtefactParser const parser;

struct EntryRow {
    std::string_view name, address, comment;
    std::uint32_t line = 0;
};
inline constexpr auto entry_schema = schema("windows.hosts_file.entry", "A name in the hosts file",
    field("name", &EntryRow::name, "Host name; one row per name of a line"),
    field("address", &EntryRow::address, "Address it is sent to"),
    field("comment", &EntryRow::comment, "What follows '#' in the same line"),
    field("line", &EntryRow::line, "Line number, from 1"));

}
