// Writes small ESE databases for tests: a catalogue, tables with rows, and the damage that a test asks for.
// Not an engine: no indexes, no space trees; every table is a root with leaves.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::test {

struct EseColumn {
    std::string name;
    std::uint32_t id = 0; // 1.. fixed, 128.. variable, 256.. tagged
    std::uint32_t type = 4; // JET_coltyp
    std::uint32_t code_page = 1200;
    std::string default_value {};
};

struct EseTagged {
    std::string bytes;
    std::uint8_t flags = 0; // of TAGFLD_HEADER
};

struct EseRow {
    std::map<std::uint32_t, std::string> values; // by column; absent: NULL
    std::map<std::uint32_t, EseTagged> tagged; // where flags matter
    bool is_deleted = false;
};

struct EseTable {
    std::string name;
    std::vector<EseColumn> columns;
    std::vector<std::vector<EseRow>> leaves; // rows by leaf page
    std::vector<std::vector<EseRow>> unreached_leaves; // of the table, but no tree leads there
    std::vector<std::vector<EseRow>> chained_leaves; // reached through the neighbour's link only
    std::vector<std::pair<std::string, std::string>> long_values; // key, content; in key order
    std::uint32_t object_id = 0, root_page = 0; // filled by write_ese
};

struct EseDatabase {
    std::uint32_t page_bytes = 4'096;
    std::uint32_t state = 3;
    std::uint32_t revision = 0x14;
    bool has_shadow_catalogue = true; // without it tables begin at page 5 instead of 25
    std::vector<EseTable> tables;
};

std::string write_ese(EseDatabase& database);
// A record as it lies in a leaf.
std::string ese_record(std::vector<EseColumn> const& columns, EseRow const& row, std::uint32_t page_bytes);
std::string ese_bytes(std::uint64_t number, std::size_t size_bytes); // little-endian
std::string ese_utf16(std::string_view ascii);
// After a change of a page's bytes: makes its checksum right again. Page numbers count from 1.
void ese_seal_page(std::string& file, std::uint32_t page_bytes, std::uint32_t number);

}
