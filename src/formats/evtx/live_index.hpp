// Answers whether a record (id and written time) is live anywhere in a file, reading only the chunks that can hold the
// id. Not kept between files. Views the file.
#pragma once
#include "formats/evtx/layout.hpp"
#include <vector>

namespace konseki::evtx {

class LiveIndex {
public:
    explicit LiveIndex(ByteView file)
        : m_file(file)
    {
    }
    bool holds(std::uint64_t record_id, Timestamp written_at);

private:
    struct Span {
        std::uint64_t first_id = 0, last_id = 0;
        Cell cell;
    };
    struct Live {
        std::uint64_t id = 0;
        Timestamp written_at;
    };
    void build();
    void add(Cell const& cell);
    std::vector<Live> const& records_of(Cell const& cell);

    ByteView m_file;
    bool m_is_built = false;
    std::vector<Span> m_spans; // by first_id
    std::vector<std::uint64_t> m_last_id_max; // of all spans up to this one
    std::vector<Live> m_records; // of the chunk asked last
    std::uint64_t m_records_chunk = 0;
};

// Ids and times of the live records of one chunk, by their headers alone.
template <typename Take> void walk_live_headers(ByteView chunk, Take&& take)
{
    auto const end = live_records_end(chunk, read_chunk_header(chunk));
    for (std::uint64_t position = chunk_header_bytes; position < end;) {
        auto const header = read_record_header(chunk, position);
        if (!header) {
            position = find_record_magic(chunk, position + 1, end);
            continue;
        }
        take(*header, position);
        position += header->size;
    }
}

}
