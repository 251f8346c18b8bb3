// Where the records of OBJECTS.DATA lie: those that tables of contents name, live or not, and those in between.
// Not what they say. Inside formats/cim only.
#pragma once
#include "formats/cim/index.hpp"
#include <deque>

namespace konseki::cim {

// Views OBJECTS.DATA, or RecordSet::assembled where the record goes over several pages.
struct Record {
    std::uint64_t offset = 0;
    ByteView bytes;
    std::uint64_t size_bytes = 0; // as the table of contents says; more than bytes.size() where the rest is gone
    std::uint32_t record_id = 0; // 0: between records
    Found found = Found::live;
    Key const* key = nullptr; // live, or of a remnant of the index
};

struct RecordSet {
    std::vector<Record> records; // those that tables of contents name
    std::deque<std::vector<std::byte>> assembled;
    std::uint64_t keys_without_record = 0; // live keys whose record is not where they say

    struct Gap { // bytes of one page that no record owns
        std::uint64_t offset = 0, size_bytes = 0;
    };
    std::vector<Gap> gaps;
};

// Without a mapping every page stands for itself.
RecordSet find_records(ByteView objects, PageMap const* map, Index const& index, DiagnosticSink& diagnostics);

// Is there a table of contents at the beginning of this page?
bool has_contents(ByteView page);

// What begins at the first record of the file's head, which may end before the page does; empty: this is no page.
ByteView first_record(ByteView head);

}
