#include "base/text.hpp"
#include "bytes/crc32.hpp"
#include "formats/evtx/decoder.hpp"
#include "formats/evtx/evtx.hpp"
#include "formats/evtx/live_index.hpp"
#include <algorithm>

namespace konseki::evtx {

namespace {

constexpr std::uint32_t flag_dirty = 1, flag_full = 2, flag_no_crc = 4;

class Reader {
public:
    Reader(ByteView file, ReadContext& context, Visitor& visitor)
        : m_file(file)
        , m_context(context)
        , m_visitor(visitor)
        , m_header(read_file_header(file))
        , m_decoder(context.limits, context.pass == Pass::first ? &context.dictionary : nullptr,
              context.pass == Pass::second ? &context.dictionary : nullptr)
        , m_projector(m_decoder, context.shapes, context.arena, context.limits,
              context.pass == Pass::second ? Nameless::keep : Nameless::leave_out)
        , m_live_index(file)
    {
    }

    void run(ByteRange range);

private:
    bool is_first_pass() const { return m_context.pass == Pass::first; }
    void read_file_facts();
    void check_last_chunk();
    void take_cell(Cell const& cell);
    void take_missing_chunk(Cell const& cell);
    void take_chunk(std::uint64_t offset, std::uint64_t size);
    void check_chunk_header(ChunkHeader const& header);
    std::uint64_t walk_live(std::uint64_t end);
    std::uint64_t skip_damage(std::uint64_t position, std::uint64_t end);
    enum class Body : std::uint8_t { whole, sizeless };
    void take_live(std::uint64_t position, RecordHeader const& header, Body body);
    std::optional<std::uint64_t> take_sizeless(std::uint64_t position, std::uint64_t next);
    std::uint64_t find_record(std::uint64_t from, std::uint64_t end) const;
    void take_zeros(std::uint64_t position, std::uint64_t end);
    std::uint64_t bytes_behind(std::uint64_t body_end, std::uint64_t next) const;
    bool is_foreign(RecordHeader const& header) const;
    bool swallows_another(std::uint64_t position, RecordHeader const& header) const;
    void take_foreign(std::uint64_t position, RecordHeader const& header);
    void check_order(std::uint64_t position, RecordHeader const& header, Body body);
    void carve(std::uint64_t begin, std::uint64_t end, Place place);
    void find_hidden(std::uint64_t begin, std::uint64_t end, RecordHeader const& outer);
    void take_remnant(std::uint64_t position, RecordHeader const& header, Place place, std::uint64_t body_end);
    bool is_known(RecordHeader const& header);
    BodyOutcome decode(std::uint64_t position, std::uint64_t body_end, Trust trust);
    void emit(RecordFacts const& facts, RecordHeader const& header);
    void sign(SignKind kind, std::uint64_t position, std::uint64_t size, RecordHeader const* record,
        std::uint64_t expected, std::uint64_t found, std::string_view detail);
    void report(Error error, std::uint64_t bytes_lost);

    ByteView m_file;
    ReadContext& m_context;
    Visitor& m_visitor;
    FileFacts m_header;
    Decoder m_decoder;
    Projector m_projector;
    LiveIndex m_live_index;
    // the chunk in hand
    ByteView m_chunk;
    ChunkFacts m_facts;
    std::string m_channel;
    std::uint64_t m_previous_id = 0;
    ChunkHeader m_chunk_header;
    bool m_is_behind_damage = false; // a record was lost in this chunk
    std::vector<std::pair<std::uint64_t, Timestamp>> m_recovered; // of this chunk, against repeats
    // the record in hand
    std::vector<Part> m_parts;
    Event m_event;
};

void Reader::sign(SignKind kind, std::uint64_t position, std::uint64_t size, RecordHeader const* record,
    std::uint64_t expected, std::uint64_t found, std::string_view detail)
{
    if (!is_first_pass())
        return;
    Sign sign { kind, m_facts.offset + position, size, 0, {}, expected, found, detail };
    if (record != nullptr) {
        sign.record_id = record->id;
        sign.written_at = record->written_at;
    }
    m_visitor.on_sign(sign);
}

// Offsets of errors are those of the chunk until here.
void Reader::report(Error error, std::uint64_t bytes_lost)
{
    if (!is_first_pass())
        return;
    error.offset += m_facts.offset;
    m_context.diagnostics.report({ std::move(error), bytes_lost });
}

void Reader::read_file_facts()
{
    m_visitor.on_file(m_header);
    if (!m_header.has_header) {
        report({ ErrorCode::bad_magic, "evtx.header.magic", 0, 0, 0, {} },
            std::min<std::uint64_t>(m_file.size(), file_header_bytes));
        return;
    }
    if (m_header.crc != m_header.computed_crc && (m_header.flags & flag_no_crc) == 0)
        sign(SignKind::file_header_crc, 124, 4, nullptr, m_header.computed_crc, m_header.crc,
            "checksum of the file header does not fit");
    if (m_header.header_size_bytes != 128 || m_header.version_major != 3
        || (m_header.version_minor != 1 && m_header.version_minor != 2))
        sign(SignKind::file_header_value, 32, 8, nullptr, 128, m_header.header_size_bytes,
            "header size or version is none that Windows writes");
    if ((m_header.flags & ~(flag_dirty | flag_full | flag_no_crc)) != 0)
        sign(SignKind::file_header_flags, 120, 4, nullptr, m_header.flags & 7, m_header.flags,
            "flags that Windows does not define");
    if (m_header.is_dirty)
        sign(SignKind::file_dirty, 120, 4, nullptr, 0, m_header.flags,
            "the log was not closed; its header may be stale");
    check_last_chunk();
}

// Compares the header with the chunks it names, without reading the whole file: pieces of a split file must agree.
void Reader::check_last_chunk()
{
    auto const cell = [&](std::uint64_t number) {
        return number <= m_file.size() / chunk_bytes ? file_header_bytes + number * chunk_bytes : m_file.size();
    };
    std::uint64_t const claimed = m_header.chunk_count;
    if (has_chunk_magic(m_file, cell(claimed)))
        sign(SignKind::chunk_count, 42, 4, nullptr, claimed + 1, claimed,
            "there are more chunks than the header counts");
    else if (claimed > 0 && cell(claimed - 1) >= m_file.size())
        sign(SignKind::chunk_count, 42, 4, nullptr,
            (m_file.size() - std::min(m_file.size(), file_header_bytes)) / chunk_bytes, claimed,
            "the header counts more chunks than the file has room for");
    auto const last = cell(m_header.last_chunk);
    if (!has_chunk_magic(m_file, last) || m_file.size() - last < chunk_header_bytes)
        return;
    std::uint64_t last_id = 0;
    walk_live_headers(part(m_file, last, std::min<std::uint64_t>(chunk_bytes, m_file.size() - last)),
        [&](RecordHeader const& record, std::uint64_t) { last_id = std::max(last_id, record.id); });
    if (last_id != 0 && last_id + 1 != m_header.next_record_id)
        sign(SignKind::next_record_id, 24, 8, nullptr, last_id + 1, m_header.next_record_id,
            "next record id is not one above the last record of the last chunk");
}

void Reader::run(ByteRange range)
{
    if (range.offset == 0 && is_first_pass())
        read_file_facts();
    auto const end
        = std::min<std::uint64_t>(m_file.size(), range.offset + std::min<std::uint64_t>(range.size, m_file.size()));
    auto at = cell_of(range.offset);
    if (at < range.offset)
        at += chunk_bytes; // this cell began in the piece before
    for (; at < end; at += chunk_bytes) {
        if (m_context.stop.stop_requested())
            return;
        auto const cell = read_cell(m_file, at);
        if (!cell.is_hole)
            take_cell(cell);
    }
}

void Reader::take_cell(Cell const& cell)
{
    take_missing_chunk(cell);
    std::optional chunk = cell;
    for (; chunk && chunk->chunk_size != 0; chunk = next_in_cell(m_file, *chunk)) {
        if (chunk->chunk_offset != cell.offset) {
            m_facts = {};
            m_facts.offset = chunk->chunk_offset;
            sign(SignKind::chunk_missing, 0, 8, nullptr, cell.offset, chunk->chunk_offset,
                "a chunk that lies off the 64 KiB grid: bytes before it were lost or inserted");
        }
        take_chunk(chunk->chunk_offset, chunk->chunk_size);
    }
}

// Bytes, but no chunk header: overwritten, inserted or garbage. Records may stand there all the same.
void Reader::take_missing_chunk(Cell const& cell)
{
    auto const end
        = cell.chunk_size != 0 ? cell.chunk_offset : std::min<std::uint64_t>(m_file.size(), cell.offset + chunk_bytes);
    if (end == cell.offset)
        return;
    auto begin = cell.offset;
    if (auto const before = chunk_at(m_file, cell.offset))
        begin = std::min(end, before->chunk_offset + before->chunk_size); // the rest of a chunk that lies off the grid
    if (is_all_zero(part(m_file, begin, end - begin)))
        return;
    m_facts = {};
    m_facts.offset = cell.offset;
    m_chunk = part(m_file, cell.offset, end - cell.offset);
    if (m_context.raw_filter != nullptr && !m_context.raw_filter->may_contain(m_chunk))
        return;
    sign(SignKind::chunk_missing, begin - cell.offset, end - begin, nullptr, 0, 0, "bytes without a chunk header");
    report({ ErrorCode::bad_magic, "evtx.chunk.magic", begin - cell.offset, 0, 0, {} }, end - begin);
    m_decoder.begin_chunk(m_chunk);
    m_recovered.clear();
    carve(begin - cell.offset, m_chunk.size(), Place::free_space);
}

void Reader::take_chunk(std::uint64_t offset, std::uint64_t size)
{
    m_facts = {};
    m_facts.offset = offset;
    m_facts.size_bytes = size;
    m_chunk = part(m_file, offset, size);
    m_channel.clear();
    m_previous_id = 0;
    m_is_behind_damage = false;
    m_recovered.clear();
    if (m_context.raw_filter != nullptr && !m_context.raw_filter->may_contain(m_chunk))
        return;
    m_chunk_header = read_chunk_header(m_chunk);
    auto const& header = m_chunk_header;
    m_facts.is_header_crc_good = is_chunk_header_crc_good(m_chunk, header);
    if (is_first_pass())
        check_chunk_header(header);
    m_decoder.begin_chunk(m_chunk);
    auto const records_end = live_records_end(m_chunk, header);
    auto const live_end = walk_live(records_end);
    m_facts.used_bytes = static_cast<std::uint32_t>(live_end);
    if (is_first_pass() && m_facts.live_count > 0
        && (header.first_id != m_facts.first_id || header.last_id != m_facts.last_id)) {
        sign(SignKind::chunk_numbers, 24, 16, nullptr, m_facts.last_id, header.last_id,
            "first or last record id of the chunk header is not that of its records");
    }
    carve(std::max(live_end, records_end), size, Place::slack);
    if (!is_first_pass())
        return;
    m_facts.channel = m_channel;
    m_visitor.on_chunk(m_facts);
}

void Reader::check_chunk_header(ChunkHeader const& header)
{
    auto const size = m_facts.size_bytes;
    m_facts.header_first_id = header.first_id;
    m_facts.header_last_id = header.last_id;
    m_facts.has_crc = (m_header.flags & flag_no_crc) == 0;
    bool const is_offset_good
        = header.free_space_offset >= chunk_header_bytes && header.free_space_offset <= chunk_bytes;
    if (!is_offset_good)
        sign(SignKind::free_space_offset, 48, 4, nullptr, chunk_bytes, header.free_space_offset,
            "free space offset points outside the chunk");
    else if (header.last_record_offset >= header.free_space_offset)
        sign(SignKind::free_space_offset, 48, 4, nullptr, header.last_record_offset, header.free_space_offset,
            "free space offset lies before the last record that the chunk header names");
    if (size < chunk_bytes) {
        sign(SignKind::chunk_truncated, 0, size, nullptr, chunk_bytes, size, "the file or this chunk ends early");
        auto const lost = is_offset_good && header.free_space_offset > size ? header.free_space_offset - size : 0;
        report({ ErrorCode::truncated, "evtx.chunk", size, chunk_bytes, size, {} }, lost);
    }
    if (!m_facts.has_crc)
        return;
    if (!m_facts.is_header_crc_good)
        sign(SignKind::chunk_header_crc, 124, 4, nullptr, 0, header.crc, "checksum of the chunk header does not fit");
    if (!is_offset_good || header.free_space_offset > size)
        return;
    auto const records_crc = crc32(part(m_chunk, chunk_header_bytes, header.free_space_offset - chunk_header_bytes));
    m_facts.is_records_crc_good = records_crc == header.records_crc;
    if (!m_facts.is_records_crc_good)
        sign(SignKind::chunk_records_crc, 52, 4, nullptr, records_crc, header.records_crc,
            "checksum over the records does not fit: they were changed, or the chunk was still being written");
}

// Gives the end of the last live record.
std::uint64_t Reader::walk_live(std::uint64_t end)
{
    std::uint64_t position = chunk_header_bytes;
    std::uint64_t live_end = position;
    while (position < end) {
        auto const header = read_record_header(m_chunk, position);
        if (!header || swallows_another(position, *header)) {
            position = skip_damage(position, end);
            continue;
        }
        if (is_foreign(*header))
            take_foreign(position, *header);
        else
            take_live(position, *header, Body::whole);
        position += header->size;
        live_end = position;
    }
    if (live_end > end && end < m_chunk.size())
        sign(SignKind::free_space_offset, 48, 4, nullptr, live_end, end,
            "free space offset lies inside the last record");
    return live_end;
}

// A size that is too large covers sound records. Its copy at the end tells it from a record that somebody enlarged with
// care.
bool Reader::swallows_another(std::uint64_t position, RecordHeader const& header) const
{
    if (is_size_copy_good(m_chunk, position, header.size))
        return false;
    auto const end = position + header.size;
    for (auto at = find_record_magic(m_chunk, position + record_bytes_min, end); at < end;
         at = find_record_magic(m_chunk, at + 1, end)) {
        auto const inner = read_record_header(m_chunk, at);
        if (inner && (is_plausible_record(m_chunk, at, *inner) || is_plausible_successor(*inner, header.id)))
            return true;
    }
    return false;
}

// A volume shadow copy may mix blocks of two states of a chunk. Behind a broken record, ids that the chunk's sound
// header does not span belong to the other state: real records, but not what this log says now.
bool Reader::is_foreign(RecordHeader const& header) const
{
    return m_is_behind_damage && m_facts.is_header_crc_good
        && (header.id < m_chunk_header.first_id || header.id > m_chunk_header.last_id);
}

void Reader::take_foreign(std::uint64_t position, RecordHeader const& header)
{
    if (!is_known(header))
        take_remnant(position, header, Place::slack, position + header.size - 4);
}

// A record whose size cannot be right: zero (omerbenamram/evtx#264), or cut with its chunk. Its body may be whole all
// the same: gives where that ends.
std::optional<std::uint64_t> Reader::take_sizeless(std::uint64_t position, std::uint64_t next)
{
    auto const* const at = m_chunk.data() + position;
    RecordHeader const header { static_cast<std::uint32_t>(next - position), load<std::uint64_t>(at + 8),
        Timestamp::from_filetime(load<std::uint64_t>(at + 16)) };
    auto const outcome = decode(position, next, Trust::remnant);
    // The record in which a cut file ends keeps the values that are there (plaso System2.evtx, record 284).
    bool const is_cut_with_file
        = next == m_chunk.size() && next < chunk_bytes && outcome.error.code == ErrorCode::truncated;
    if ((outcome.error.code != ErrorCode::none && !is_cut_with_file) || m_parts.empty() || outcome.is_missing_template
        || header.id == 0)
        return std::nullopt;
    take_live(position, header, Body::sizeless);
    return std::min(outcome.end, next);
}

// The next header that can be believed.
std::uint64_t Reader::find_record(std::uint64_t from, std::uint64_t end) const
{
    auto next = find_record_magic(m_chunk, from, end);
    while (next < end) {
        auto const header = read_record_header(m_chunk, next);
        if (header && (is_plausible_record(m_chunk, next, *header) || is_plausible_successor(*header, m_previous_id)))
            break;
        next = find_record_magic(m_chunk, next + 1, end);
    }
    return next;
}

// Zeros where the chunk header says records are. Either its free space offset lies, or records are gone: a page of the
// file that was overwritten, or never reached the disk (in a dirty log the header may be younger than the records).
void Reader::take_zeros(std::uint64_t position, std::uint64_t end)
{
    sign(SignKind::free_space_offset, 48, 4, nullptr, position, end,
        "zeros between the last record and the free space offset");
    bool const names_later_records
        = m_chunk_header.last_record_offset >= position || m_chunk_header.last_id > m_previous_id;
    if (names_later_records)
        report({ ErrorCode::truncated, "evtx.chunk.records", position, end - position, 0, {} }, end - position);
}

// No record where one must begin: on to the next header that can be believed.
std::uint64_t Reader::skip_damage(std::uint64_t position, std::uint64_t end)
{
    auto const next = find_record(position + 1, end);
    if (next == end && is_all_zero(part(m_chunk, position, end - position))) {
        take_zeros(position, end);
        return end;
    }
    m_is_behind_damage = true;
    bool const has_magic = m_chunk.size() - position >= record_bytes_min
        && load<std::uint32_t>(m_chunk.data() + position) == record_magic;
    if (!has_magic) {
        ++m_facts.lost_count;
        report({ ErrorCode::bad_magic, "evtx.record.magic", position, 0, 0, {} }, next - position);
        return next;
    }
    auto const* const at = m_chunk.data() + position;
    RecordHeader const header { load<std::uint32_t>(at + 4), load<std::uint64_t>(at + 8),
        Timestamp::from_filetime(load<std::uint64_t>(at + 16)) };
    sign(SignKind::record_size, position + 4, 4, &header, 0, header.size,
        "record size is zero, too small or reaches beyond the chunk");
    auto const body_end = take_sizeless(position, next);
    m_facts.lost_count += body_end ? 0U : 1U;
    report({ ErrorCode::bad_value, "evtx.record.size", position + 4, header.size, m_chunk.size() - position, {} },
        body_end ? bytes_behind(*body_end, next) : next - position);
    return next;
}

// What is left of a record behind its body: padding and the copy of its size, or more that nobody can read.
std::uint64_t Reader::bytes_behind(std::uint64_t body_end, std::uint64_t next) const
{
    constexpr std::uint64_t padding_max = 7, size_copy_bytes = 4;
    auto const rest = next - body_end;
    return rest <= padding_max + size_copy_bytes || is_all_zero(part(m_chunk, body_end, rest)) ? 0 : rest;
}

BodyOutcome Reader::decode(std::uint64_t position, std::uint64_t body_end, Trust trust)
{
    m_context.arena.reset();
    m_decoder.begin_record();
    m_parts.clear();
    auto outcome = m_decoder.open(position + record_header_bytes, body_end, trust, m_parts);
    if (m_parts.empty())
        return outcome;
    m_event = {};
    auto const projected = m_projector.project(m_parts, trust, m_event);
    if (outcome.error.code == ErrorCode::none)
        outcome.error = projected.error;
    outcome.is_missing_template |= projected.is_missing_template;
    return outcome;
}

void Reader::emit(RecordFacts const& facts, RecordHeader const& header)
{
    if (!m_event.written_at.is_set())
        m_event.written_at = header.written_at;
    if (m_event.record_id == 0)
        m_event.record_id = header.id;
    m_visitor.on_record(m_event, facts);
}

void Reader::take_live(std::uint64_t position, RecordHeader const& header, Body body)
{
    auto const body_end = position + header.size - (body == Body::whole ? 4 : 0);
    auto const outcome = decode(position, body_end, Trust::live);
    bool const is_whole = outcome.error.code == ErrorCode::none;
    RecordFacts const facts { m_facts.offset + position, header.size, m_facts.offset, header.id, header.written_at,
        Place::live, !is_whole || body == Body::sizeless };
    m_context.wants_second_pass |= outcome.is_missing_template;
    // Values that run over, in a record whose two sizes differ: bytes of another record (a mixed chunk), not a damaged
    // event.
    bool const is_mixed = !is_whole && body == Body::whole && !is_size_copy_good(m_chunk, position, header.size);
    bool const is_lost = m_parts.empty() || outcome.is_missing_template || is_mixed;
    check_order(position, header, body);
    if (!is_first_pass()) {
        // What the first pass could not read for want of a template, it left for now.
        m_is_behind_damage = m_is_behind_damage || is_lost || m_decoder.used_dictionary();
        bool const is_partial = outcome.is_missing_template && outcome.error.code == ErrorCode::not_found
            && !m_parts.empty() && !is_mixed;
        if ((m_decoder.used_dictionary() && !is_lost) || is_partial)
            emit(facts, header);
        return;
    }
    if (is_lost && is_whole) // zeros: the token that ends a body
        report({ ErrorCode::bad_value, "evtx.record.body", position + record_header_bytes, 0, 0, {} }, header.size);
    else if (!is_whole)
        report(outcome.error, is_lost ? header.size : 0);
    if (is_lost) {
        m_is_behind_damage = true;
        ++m_facts.lost_count;
        return;
    }
    if (m_facts.live_count == 0 && m_channel.empty())
        m_channel = m_event.channel;
    ++m_facts.live_count;
    emit(facts, header);
    if (is_whole && body == Body::whole && body_end - std::min(body_end, outcome.end) >= record_bytes_min - 4)
        find_hidden(outcome.end, body_end + 4, header);
}

void Reader::check_order(std::uint64_t position, RecordHeader const& header, Body body)
{
    if (body == Body::whole && !is_size_copy_good(m_chunk, position, header.size)) {
        auto const copy = load<std::uint32_t>(m_chunk.data() + position + header.size - 4);
        sign(SignKind::record_size_copy, position + header.size - 4, 4, &header, header.size, copy,
            "the copy of the record's size differs");
    }
    if (m_previous_id != 0 && header.id == m_previous_id)
        sign(SignKind::record_id_repeated, position + 8, 8, &header, m_previous_id + 1, header.id,
            "two neighbouring records with the same id");
    else if (m_previous_id != 0 && header.id != m_previous_id + 1)
        sign(SignKind::record_id_gap, position + 8, 8, &header, m_previous_id + 1, header.id,
            "record ids do not follow each other");
    // Unsigned, for a damaged time may be anything: the difference of two signed ones can overflow.
    auto const ticks_back
        = static_cast<std::uint64_t>(m_facts.last_at.ticks) - static_cast<std::uint64_t>(header.written_at.ticks);
    if (m_previous_id != 0 && header.written_at < m_facts.last_at
        && ticks_back > static_cast<std::uint64_t>(time_tolerance_ticks))
        sign(SignKind::time_backwards, position + 16, 8, &header, static_cast<std::uint64_t>(m_facts.last_at.ticks),
            static_cast<std::uint64_t>(header.written_at.ticks), "written earlier than the record before it");
    if (m_previous_id == 0) {
        m_facts.first_id = header.id;
        m_facts.first_at = header.written_at;
    }
    m_previous_id = header.id;
    m_facts.last_id = header.id;
    m_facts.last_at = header.written_at;
}

// [fox-it/danderspritz-evtx] "Deleting" a record by enlarging the one before it leaves it whole, behind the end of the
// outer BinXml.
void Reader::find_hidden(std::uint64_t begin, std::uint64_t end, RecordHeader const& outer)
{
    auto position = find_record_magic(m_chunk, begin, end);
    while (position < end) {
        auto const inner = read_record_header(m_chunk, position);
        // The last one's copy of its size is the outer record's by now.
        bool const is_whole = inner && inner->size <= end - position
            && (position + inner->size == end || is_plausible_record(m_chunk, position, *inner)) && inner->id != 0
            && inner->id != outer.id;
        if (!is_whole) {
            position = find_record_magic(m_chunk, position + 1, end);
            continue;
        }
        ++m_facts.hidden_count;
        sign(SignKind::record_hidden, position, inner->size, &*inner, outer.id, inner->id,
            "a whole record inside the body of another one: deleted with a tool that edits logs");
        take_remnant(position, *inner, Place::hidden, position + inner->size - 4);
        position = find_record_magic(m_chunk, position + inner->size, end);
    }
}

bool Reader::is_known(RecordHeader const& header)
{
    std::pair const key { header.id, header.written_at };
    if (std::ranges::find(m_recovered, key) != m_recovered.end() || m_live_index.holds(header.id, header.written_at))
        return true;
    m_recovered.push_back(key);
    return false;
}

void Reader::carve(std::uint64_t begin, std::uint64_t end, Place place)
{
    auto position = find_record_magic(m_chunk, begin, end);
    while (position < end) {
        auto const header = read_record_header(m_chunk, position);
        if (!header || !is_plausible_record(m_chunk, position, *header)) {
            position = find_record_magic(m_chunk, position + 1, end);
            continue;
        }
        if (!is_known(*header))
            take_remnant(position, *header, place, position + header->size - 4);
        position = find_record_magic(m_chunk, position + header->size, end);
    }
}

void Reader::take_remnant(std::uint64_t position, RecordHeader const& header, Place place, std::uint64_t body_end)
{
    auto const outcome = decode(position, body_end, Trust::remnant);
    RecordFacts facts { m_facts.offset + position, header.size, m_facts.offset, header.id, header.written_at, place,
        false };
    bool const is_partial
        = outcome.is_missing_template && outcome.error.code == ErrorCode::not_found && !m_parts.empty();
    if (is_first_pass() && outcome.is_missing_template) {
        ++m_facts.waiting_count;
        m_context.wants_second_pass = true;
        return;
    }
    if (!is_partial && (outcome.error.code != ErrorCode::none || m_parts.empty()))
        return; // overwritten in part: what is left does not make an event
    if (!is_first_pass() && !is_partial && !m_decoder.used_dictionary())
        return; // the first pass has given it out
    facts.is_damaged = is_partial;
    m_facts.recovered_count += place == Place::hidden ? 0 : 1;
    emit(facts, header);
}

}

void read(ByteView file, ByteRange range, ReadContext& context, Visitor& visitor)
{
    context.wants_second_pass = false;
    Reader(file, context, visitor).run(range);
}

}
