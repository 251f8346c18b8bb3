#include "formats/journal/journal.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/byte_reader.hpp"
#include "formats/journal/objects.hpp"
#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace konseki::journal {

namespace {

constexpr std::string_view signature = "LPKSHHRH";
constexpr std::uint64_t header_bytes_min = 208; // before n_data
constexpr std::size_t kinds_of_signs = 14;
constexpr std::array<std::string_view, kinds_of_signs> sign_names { "zeroed", "object_broken", "data_hash",
    "entry_hash", "field_missing", "entry_unreached", "array_broken", "sequence_backwards", "time_backwards",
    "monotonic_backwards", "header_count", "header_numbers", "tag_missing", "data_orphan" };
constexpr std::int64_t backwards_seconds_max = 60;
constexpr std::uint64_t entry_bytes_max = 64ULL << 20; // unpacked, of one entry
constexpr std::uint64_t unpacked_bytes_max = 128ULL << 20; // kept for further entries
constexpr std::size_t orphan_bytes_max = 512;

std::string hex_of(ByteView bytes)
{
    std::string text;
    for (auto const byte : bytes)
        append_format(text, "{:02x}", static_cast<unsigned>(byte));
    return text;
}

// A DATA object as entries use it.
struct Data {
    Object object;
    std::uint64_t jenkins = 0; // computed where the file's hash is another one
    bool has_jenkins = false, is_used = false, is_unpacked = false;
    std::string_view unpacked; // is_unpacked: lives as long as the reader
};

struct EntryPlace {
    std::uint64_t offset = 0, size_bytes = 0;
    bool is_reached = false;
};

class Reader {
public:
    Reader(ByteView bytes, ReadContext& context, Visitor& visitor)
        : m_bytes(bytes)
        , m_context(context)
        , m_visitor(visitor)
        , m_decompressor(context.limits.text_bytes_max)
    {
    }

    bool read_header();
    void read_all();
    void read_one(std::uint64_t offset);

private:
    void walk();
    void take_object(Object const& object);
    void follow_arrays();
    std::vector<std::uint64_t> items_of(Object const& array) const;
    void emit_entries();
    void emit(EntryPlace const& place);
    bool add_field(std::uint64_t offset, std::uint64_t& stored_xor, bool& is_complete);
    ByteView payload(Data& data, bool& is_there);
    void check_order(Entry const& entry);
    void check_header();
    void check_orphans();
    void sign(Sign const& sign);

    ByteView m_bytes;
    ReadContext& m_context;
    Visitor& m_visitor;
    Decompressor m_decompressor;
    Dialect m_dialect;
    FileFacts m_facts;
    Arena m_arena, m_entry_arena;
    std::uint64_t m_first_array = 0;
    std::vector<EntryPlace> m_entries; // by place
    std::vector<std::size_t> m_order; // of those that arrays lead to
    std::unordered_map<std::uint64_t, Data> m_data; // looked up only; orphans go by m_data_offsets
    std::vector<std::uint64_t> m_data_offsets;
    std::vector<Field> m_fields;
    std::uint64_t m_entry_bytes = 0, m_last_tag_offset = 0, m_last_entry_offset = 0;
    std::array<std::uint64_t, kinds_of_signs> m_signs {};
    std::uint64_t m_first_seqnum = 0, m_last_seqnum = 0;
    Timestamp m_last_at;
    std::map<std::string, std::uint64_t> m_monotonic; // last one of each boot
};

bool Reader::read_header()
{
    ByteReader reader { m_bytes };
    m_facts.size_bytes = m_bytes.size();
    reader.skip(8, "journal.header.signature");
    m_facts.compatible_flags = reader.u32("journal.header.compatible_flags");
    m_facts.incompatible_flags = reader.u32("journal.header.incompatible_flags");
    m_facts.state = reader.u8("journal.header.state");
    reader.skip(7, "journal.header.reserved");
    auto const file_id = reader.take(16, "journal.header.file_id");
    m_facts.file_id = hex_of(file_id);
    m_facts.machine_id = hex_of(reader.take(16, "journal.header.machine_id"));
    m_facts.tail_boot_id = hex_of(reader.take(16, "journal.header.tail_entry_boot_id"));
    m_facts.seqnum_id = hex_of(reader.take(16, "journal.header.seqnum_id"));
    m_facts.header_bytes = reader.u64("journal.header.header_size");
    m_facts.arena_bytes = reader.u64("journal.header.arena_size");
    reader.skip(32, "journal.header.hash_tables");
    m_facts.tail_object_offset = reader.u64("journal.header.tail_object_offset");
    m_facts.objects = reader.u64("journal.header.n_objects");
    m_facts.entries = reader.u64("journal.header.n_entries");
    m_facts.tail_seqnum = reader.u64("journal.header.tail_entry_seqnum");
    m_facts.head_seqnum = reader.u64("journal.header.head_entry_seqnum");
    m_first_array = reader.u64("journal.header.entry_array_offset");
    auto const head = reader.u64("journal.header.head_entry_realtime");
    auto const tail = reader.u64("journal.header.tail_entry_realtime");
    reader.skip(8, "journal.header.tail_entry_monotonic");
    auto const status = reader.status();
    if (!status.ok()) {
        m_context.diagnostics.report({ status.error(), m_bytes.size() });
        return false;
    }
    if (head != 0 && head < 1ULL << 59)
        m_facts.head_at = Timestamp::from_unix_microseconds(static_cast<std::int64_t>(head));
    if (tail != 0 && tail < 1ULL << 59)
        m_facts.tail_at = Timestamp::from_unix_microseconds(static_cast<std::int64_t>(tail));
    m_dialect.is_compact = m_facts.is_compact();
    m_dialect.is_keyed = m_facts.is_keyed();
    std::ranges::copy(file_id, m_dialect.file_id.begin());
    if ((m_facts.incompatible_flags & ~0x1fU) != 0)
        m_context.diagnostics.report({ { ErrorCode::unsupported, "journal.header.incompatible_flags", 12, 0x1f,
            m_facts.incompatible_flags, {} } });
    bool const is_sane = m_facts.header_bytes >= header_bytes_min && m_facts.header_bytes <= m_bytes.size();
    if (!is_sane) {
        m_context.diagnostics.report(
            { { ErrorCode::bad_value, "journal.header.header_size", 88, header_bytes_min, m_facts.header_bytes, {} } });
        m_facts.header_bytes = header_bytes_min; // what is no object behind it is passed over
    }
    if (m_facts.arena_bytes > m_bytes.size() - m_facts.header_bytes)
        m_context.diagnostics.report({ { ErrorCode::truncated, "journal.header.arena_size", m_bytes.size(),
                                           m_facts.arena_bytes, m_bytes.size() - m_facts.header_bytes, {} },
            m_facts.arena_bytes - (m_bytes.size() - m_facts.header_bytes) });
    return true;
}

void Reader::read_all()
{
    walk();
    follow_arrays();
    emit_entries();
    check_header();
    check_orphans();
    m_visitor.on_file(m_facts);
}

void Reader::read_one(std::uint64_t offset)
{
    if (auto const object = object_at(m_bytes, offset, m_dialect); object && object->type == ObjectType::entry)
        emit({ offset, object->size_bytes, true });
}

void Reader::walk()
{
    ObjectWalk objects(m_bytes, m_dialect, m_decompressor);
    objects.run(
        m_facts.header_bytes,
        [&](Object const& object) {
            take_object(object);
            return !m_context.stop.stop_requested();
        },
        [&](Gap const& gap) {
            m_facts.lost_bytes += gap.size_bytes;
            Sign found;
            found.kind = gap.is_zeros ? SignKind::zeroed : SignKind::object_broken;
            found.offset = gap.offset;
            found.size_bytes = gap.size_bytes;
            sign(found);
            m_context.diagnostics.report(
                { { ErrorCode::bad_magic, "journal.object", gap.offset, 0, gap.size_bytes, {} }, gap.size_bytes });
        });
}

void Reader::take_object(Object const& object)
{
    ++m_facts.objects_found;
    if (object.type == ObjectType::entry) {
        m_entries.push_back({ object.offset, object.size_bytes, false });
        m_last_entry_offset = object.offset;
    }
    if (object.type == ObjectType::tag) {
        ++m_facts.tags_found;
        m_last_tag_offset = object.offset;
    }
    if (object.type == ObjectType::data) {
        ++m_facts.data_found;
        m_data[object.offset].object = object;
        m_data_offsets.push_back(object.offset);
    }
    if (object.is_hash_good)
        return;
    ++m_facts.bad_hashes;
    Sign found;
    found.kind = SignKind::data_hash;
    found.offset = object.offset + 16;
    found.size_bytes = object.size_bytes;
    sign(found);
    m_context.diagnostics.report({ { ErrorCode::bad_checksum, "journal.data.hash", object.offset,
        u64_at(m_bytes, object.offset + 16), 0, {} } });
}

std::vector<std::uint64_t> Reader::items_of(Object const& array) const
{
    std::vector<std::uint64_t> items;
    auto const step = m_dialect.array_item_bytes();
    for (std::uint64_t at = array_head_bytes; at + step <= array.size_bytes; at += step) {
        auto const item = m_dialect.is_compact ? std::uint64_t { u32_at(m_bytes, array.offset + at) }
                                               : u64_at(m_bytes, array.offset + at);
        if (item == 0)
            break;
        items.push_back(item);
    }
    return items;
}

void Reader::follow_arrays()
{
    std::unordered_set<std::uint64_t> seen;
    auto const report = [&](std::uint64_t offset, std::uint64_t found) {
        Sign broken;
        broken.kind = SignKind::array_broken;
        broken.offset = offset;
        broken.found = found;
        sign(broken);
    };
    auto from = std::uint64_t { 176 }; // the header's field
    for (auto offset = m_first_array; offset != 0;) {
        auto const array = object_at(m_bytes, offset, m_dialect);
        if (!array || array->type != ObjectType::entry_array || !seen.insert(offset).second) {
            report(from, offset);
            return;
        }
        for (auto const item : items_of(*array)) {
            auto const place = std::ranges::lower_bound(m_entries, item, {}, &EntryPlace::offset);
            if (place == m_entries.end() || place->offset != item) {
                report(offset, item);
            } else if (!place->is_reached) {
                place->is_reached = true;
                m_order.push_back(static_cast<std::size_t>(place - m_entries.begin()));
            }
        }
        from = offset;
        offset = u64_at(m_bytes, offset + 16);
    }
}

void Reader::emit_entries()
{
    for (auto const index : m_order) {
        if (m_context.stop.stop_requested())
            return;
        ++m_facts.entries_reached;
        emit(m_entries[index]);
    }
    for (auto const& place : m_entries) {
        if (place.is_reached || m_context.stop.stop_requested())
            continue;
        ++m_facts.entries_recovered;
        Sign unreached;
        unreached.kind = SignKind::entry_unreached;
        unreached.offset = place.offset;
        unreached.size_bytes = place.size_bytes;
        unreached.sequence_number = u64_at(m_bytes, place.offset + 16);
        if (auto const at = u64_at(m_bytes, place.offset + 24); at < 1ULL << 59)
            unreached.at = Timestamp::from_unix_microseconds(static_cast<std::int64_t>(at));
        sign(unreached);
        emit(place);
    }
}

ByteView Reader::payload(Data& data, bool& is_there)
{
    is_there = true;
    if (data.is_unpacked)
        return as_bytes(data.unpacked);
    auto const bytes = payload_of(m_bytes, data.object, m_dialect, m_decompressor);
    if (!bytes.ok()) {
        is_there = false;
        m_context.diagnostics.report({ bytes.error(), data.object.size_bytes });
        return {};
    }
    if (data.object.flags == 0)
        return bytes.value();
    bool const is_kept = m_arena.used_bytes() + bytes.value().size() < unpacked_bytes_max;
    auto const copy = (is_kept ? m_arena : m_entry_arena).copy(as_text(bytes.value()));
    if (is_kept) {
        data.unpacked = copy;
        data.is_unpacked = true;
    }
    return as_bytes(copy);
}

bool Reader::add_field(std::uint64_t offset, std::uint64_t& hash, bool& is_complete)
{
    auto const found = m_data.find(offset);
    if (found == m_data.end()) {
        auto const object = object_at(m_bytes, offset, m_dialect);
        if (!object || object->type != ObjectType::data)
            return false;
        m_data[offset].object = *object; // lies where the walk did not come by
    }
    auto& data = m_data[offset];
    data.is_used = true;
    bool is_there = false;
    auto const bytes = payload(data, is_there);
    is_complete = is_complete && is_there && data.object.is_hash_good;
    if (!data.has_jenkins) {
        data.jenkins = m_dialect.is_keyed ? jenkins_hash64(bytes) : u64_at(m_bytes, offset + 16);
        data.has_jenkins = true;
    }
    hash ^= data.jenkins;
    m_entry_bytes += data.object.flags != 0 ? bytes.size() : 0;
    auto const text = as_text(bytes);
    auto const sign = text.find('=');
    if (is_there && sign != std::string_view::npos && sign > 0)
        m_fields.push_back({ text.substr(0, sign), text.substr(sign + 1) });
    return true;
}

void Reader::emit(EntryPlace const& place)
{
    m_fields.clear();
    m_entry_arena.reset();
    m_entry_bytes = 0;
    Entry entry;
    entry.offset = place.offset;
    entry.size_bytes = place.size_bytes;
    entry.sequence_number = u64_at(m_bytes, place.offset + 16);
    if (auto const at = u64_at(m_bytes, place.offset + 24); at != 0 && at < 1ULL << 59)
        entry.at = Timestamp::from_unix_microseconds(static_cast<std::int64_t>(at));
    entry.monotonic_us = u64_at(m_bytes, place.offset + 32);
    auto const boot_id = hex_of(m_bytes.subspan(place.offset + 40, 16));
    entry.boot_id = boot_id;
    entry.is_recovered = !place.is_reached;
    std::uint64_t hash = 0;
    std::size_t missing = 0;
    auto const step = m_dialect.item_bytes();
    for (auto at = place.offset + entry_head_bytes; at + step <= place.offset + place.size_bytes; at += step) {
        auto const item = m_dialect.is_compact ? std::uint64_t { u32_at(m_bytes, at) } : u64_at(m_bytes, at);
        if (m_entry_bytes > entry_bytes_max || !add_field(item, hash, entry.is_complete)) {
            ++missing;
            entry.is_complete = false;
        }
    }
    entry.fields = m_fields;
    Sign found;
    found.offset = entry.offset;
    found.size_bytes = entry.size_bytes;
    found.sequence_number = entry.sequence_number;
    found.at = entry.at;
    if (missing > 0) {
        found.offset = place.offset + entry_head_bytes;
        found.kind = SignKind::field_missing;
        found.found = missing;
        sign(found);
        m_context.diagnostics.report(
            { { ErrorCode::bad_offset, "journal.entry.item", entry.offset, 0, missing, {} }, missing * step });
    } else if (entry.is_complete && hash != u64_at(m_bytes, place.offset + 56)) {
        entry.is_complete = false;
        found.offset = place.offset + 56;
        found.kind = SignKind::entry_hash;
        found.expected = u64_at(m_bytes, place.offset + 56);
        found.found = hash;
        sign(found);
        m_context.diagnostics.report(
            { { ErrorCode::bad_checksum, "journal.entry.xor_hash", entry.offset, found.expected, hash, {} } });
    }
    if (!entry.is_recovered)
        check_order(entry);
    m_visitor.on_entry(entry);
}

void Reader::check_order(Entry const& entry)
{
    Sign found;
    found.offset = entry.offset;
    found.size_bytes = entry.size_bytes;
    found.sequence_number = entry.sequence_number;
    found.at = entry.at;
    if (m_first_seqnum == 0)
        m_first_seqnum = entry.sequence_number;
    if (m_last_seqnum != 0 && entry.sequence_number <= m_last_seqnum) {
        found.offset = entry.offset + 16;
        found.kind = SignKind::sequence_backwards;
        found.expected = m_last_seqnum + 1;
        found.found = entry.sequence_number;
        sign(found);
    }
    if (m_last_at.is_set() && entry.at.is_set()
        && entry.at.ticks < m_last_at.ticks - backwards_seconds_max * ticks_per_second) {
        found.offset = entry.offset + 24;
        found.kind = SignKind::time_backwards;
        found.expected = static_cast<std::uint64_t>(m_last_at.unix_microseconds());
        found.found = static_cast<std::uint64_t>(entry.at.unix_microseconds());
        sign(found);
    }
    constexpr std::size_t boots_max = 10'000;
    auto const boot = m_monotonic.find(std::string(entry.boot_id));
    if (boot != m_monotonic.end() && entry.monotonic_us < boot->second) {
        found.offset = entry.offset + 32;
        found.kind = SignKind::monotonic_backwards;
        found.expected = boot->second;
        found.found = entry.monotonic_us;
        sign(found);
    }
    if (boot != m_monotonic.end())
        boot->second = entry.monotonic_us;
    else if (m_monotonic.size() < boots_max)
        m_monotonic.emplace(entry.boot_id, entry.monotonic_us);
    m_last_seqnum = std::max(m_last_seqnum, entry.sequence_number);
    m_last_at = entry.at;
}

void Reader::check_header()
{
    Sign found;
    found.size_bytes = m_facts.header_bytes;
    if (m_facts.entries != m_facts.entries_reached) {
        found.offset = 152;
        found.kind = SignKind::header_count;
        found.expected = m_facts.entries;
        found.found = m_facts.entries_reached;
        sign(found);
    }
    if (m_facts.entries_reached > 0 && m_first_seqnum != m_facts.head_seqnum) {
        found.offset = 168;
        found.kind = SignKind::header_numbers;
        found.expected = m_facts.head_seqnum;
        found.found = m_first_seqnum;
        sign(found);
    }
    if (m_facts.entries_reached > 0 && m_last_seqnum != m_facts.tail_seqnum) {
        found.offset = 160;
        found.kind = SignKind::header_numbers;
        found.expected = m_facts.tail_seqnum;
        found.found = m_last_seqnum;
        sign(found);
    }
    bool const is_open_end = !m_facts.is_online() && m_last_tag_offset < m_last_entry_offset;
    if (m_facts.is_sealed() && (m_facts.tags_found == 0 || is_open_end)) {
        found.kind = SignKind::tag_missing;
        found.offset = 224;
        found.expected = 1;
        found.found = m_facts.tags_found;
        sign(found);
    }
}

void Reader::check_orphans()
{
    for (auto const offset : m_data_offsets) {
        auto& data = m_data[offset];
        if (data.is_used || !data.object.is_hash_good || m_context.stop.stop_requested())
            continue;
        bool is_there = false;
        m_entry_arena.reset();
        auto const text = as_text(payload(data, is_there));
        Sign orphan;
        orphan.kind = SignKind::data_orphan;
        orphan.offset = offset;
        orphan.size_bytes = data.object.size_bytes;
        orphan.found = u64_at(m_bytes, offset + 40); // where its entry was
        orphan.detail = text.substr(0, orphan_bytes_max);
        sign(orphan);
    }
}

void Reader::sign(Sign const& sign)
{
    auto& count = m_signs[static_cast<std::size_t>(sign.kind)];
    if (++count <= signs_max)
        m_visitor.on_sign(sign);
}

}

std::string_view sign_name(SignKind kind)
{
    return sign_names[static_cast<std::size_t>(kind)];
}

std::string_view Entry::value(std::string_view name) const
{
    for (auto const& field : fields) {
        if (field.name == name)
            return field.value;
    }
    return {};
}

Sniff sniff(ByteView head)
{
    return as_text(head).starts_with(signature) ? Sniff::sure : Sniff::no;
}

void read(ByteView bytes, ReadContext& context, Visitor& visitor)
{
    Reader reader(bytes, context, visitor);
    if (reader.read_header())
        reader.read_all();
}

Result<std::string> render(ByteView bytes, std::uint64_t offset)
{
    struct Text final : Visitor, DiagnosticSink {
        std::string json;
        void on_entry(Entry const& entry) override
        {
            json = format("{{\"__SEQNUM\": {}, \"__REALTIME_TIMESTAMP\": {}, \"__MONOTONIC_TIMESTAMP\": {}, "
                          "\"__BOOT_ID\": {}",
                entry.sequence_number, json_string(to_string(entry.at)), entry.monotonic_us,
                json_string(entry.boot_id));
            for (auto const& field : entry.fields)
                append_format(json, ", {}: {}", json_string(utf8::repaired(field.name)),
                    json_string(utf8::repaired(field.value)));
            json += '}';
        }
        void on_sign(Sign const&) override { }
        void on_file(FileFacts const&) override { }
        void report(Diagnostic const&) override { }
    };
    Text text;
    ReadContext context { text };
    Reader reader(bytes, context, text);
    if (sniff(bytes) == Sniff::no || !reader.read_header())
        return Error { ErrorCode::bad_magic, "journal.header.signature", 0, 0, 0, {} };
    reader.read_one(offset);
    if (text.json.empty())
        return Error { ErrorCode::bad_magic, "journal.entry", offset, 0, 0, {} };
    return std::move(text.json);
}

}
