#include "formats/evtx/live_index.hpp"
#include <algorithm>

namespace konseki::evtx {

void LiveIndex::add(Cell const& cell)
{
    auto const chunk = part(m_file, cell.chunk_offset, cell.chunk_size);
    auto const header = read_chunk_header(chunk);
    Span span { header.first_id, header.last_id, cell };
    if (!is_chunk_header_crc_good(chunk, header)) {
        span.first_id = ~std::uint64_t { 0 };
        span.last_id = 0;
        walk_live_headers(chunk, [&](RecordHeader const& record, std::uint64_t) {
            span.first_id = std::min(span.first_id, record.id);
            span.last_id = std::max(span.last_id, record.id);
        });
    }
    if (span.first_id <= span.last_id)
        m_spans.push_back(span);
}

void LiveIndex::build()
{
    m_is_built = true;
    for (std::uint64_t at = file_header_bytes; at < m_file.size(); at += chunk_bytes) {
        std::optional chunk = read_cell(m_file, at);
        for (; chunk && chunk->chunk_size != 0; chunk = next_in_cell(m_file, *chunk))
            add(*chunk);
    }
    std::ranges::sort(m_spans, [](Span const& a, Span const& b) {
        return a.first_id != b.first_id ? a.first_id < b.first_id : a.cell.chunk_offset < b.cell.chunk_offset;
    });
    std::uint64_t last_id_max = 0;
    for (auto const& span : m_spans) {
        last_id_max = std::max(last_id_max, span.last_id);
        m_last_id_max.push_back(last_id_max);
    }
}

std::vector<LiveIndex::Live> const& LiveIndex::records_of(Cell const& cell)
{
    if (m_records_chunk == cell.chunk_offset)
        return m_records;
    m_records.clear();
    m_records_chunk = cell.chunk_offset;
    walk_live_headers(part(m_file, cell.chunk_offset, cell.chunk_size), [&](RecordHeader const& record, std::uint64_t) {
        m_records.push_back({ record.id, record.written_at });
    });
    return m_records;
}

bool LiveIndex::holds(std::uint64_t record_id, Timestamp written_at)
{
    constexpr int candidates_max = 64; // spans of an honest log do not overlap; VSS copies overlap a little
    if (!m_is_built)
        build();
    auto const behind = std::ranges::upper_bound(m_spans, record_id, {}, &Span::first_id);
    auto index = static_cast<std::size_t>(behind - m_spans.begin());
    for (int tried = 0; index > 0 && tried < candidates_max; --index, ++tried) {
        if (m_last_id_max[index - 1] < record_id)
            return false;
        auto const& span = m_spans[index - 1];
        if (span.last_id < record_id)
            continue;
        auto const& records = records_of(span.cell);
        if (std::ranges::any_of(
                records, [&](Live const& live) { return live.id == record_id && live.written_at == written_at; }))
            return true;
    }
    return false;
}

}
