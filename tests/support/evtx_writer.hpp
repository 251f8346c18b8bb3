// Writes realistic EVTX files for tests, samples and benches: chunks, string tables, templates, value descriptors,
// checksums. Not a reader and never part of the program; it shares no code with formats/evtx, so that the two check
// each other.
#pragma once
#include "base/timestamp.hpp"
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace konseki::test {

// On-disk value types [libevtx, "Value types"]; 0x80 marks an array.
namespace value_type {
inline constexpr std::uint8_t null = 0x00, utf16 = 0x01, ansi = 0x02, i8 = 0x03, u8 = 0x04, i16 = 0x05, u16 = 0x06,
                              i32 = 0x07, u32 = 0x08, i64 = 0x09, u64 = 0x0a, f32 = 0x0b, f64 = 0x0c, boolean = 0x0d,
                              binary = 0x0e, guid = 0x0f, size = 0x10, filetime = 0x11, systemtime = 0x12, sid = 0x13,
                              hex32 = 0x14, hex64 = 0x15, binxml = 0x21, array = 0x80;
}

// A piece of XML that is written as BinXml without a template (nested values, extra elements).
struct WrittenElement {
    std::string name;
    std::vector<std::pair<std::string, std::string>> attributes;
    std::string text;
    std::vector<WrittenElement> children;
};

// A value as it will stand in the file, and the text that a reader must give back for it.
struct WrittenValue {
    std::uint8_t type = value_type::null;
    std::string bytes; // encoded; empty for binxml, whose offsets depend on the chunk
    std::string text; // expected canonical text (record/event.hpp); of arrays: of the whole list, see items
    std::vector<std::string> items; // arrays: expected text of each item, in order
    std::shared_ptr<WrittenElement const> element; // binxml only
};

namespace value {
WrittenValue null();
WrittenValue text(std::string_view utf8, bool zero_terminated = true); // Windows does both
WrittenValue ansi(std::string_view bytes, std::string_view expected_utf8);
WrittenValue i8(std::int8_t number);
WrittenValue u8(std::uint8_t number);
WrittenValue i16(std::int16_t number);
WrittenValue u16(std::uint16_t number);
WrittenValue i32(std::int32_t number);
WrittenValue u32(std::uint32_t number);
WrittenValue i64(std::int64_t number);
WrittenValue u64(std::uint64_t number);
WrittenValue f64(double number);
WrittenValue boolean(bool yes);
WrittenValue binary(std::string_view bytes);
WrittenValue guid(std::string_view text); // "{…}" or without braces; must be one
WrittenValue size32(std::uint32_t number); // SizeT: rendered as hexadecimal
WrittenValue size64(std::uint64_t number);
WrittenValue filetime(Timestamp at);
WrittenValue systemtime(Timestamp at); // whole milliseconds survive
WrittenValue sid(std::string_view text); // "S-1-5-21-…"; must be one
WrittenValue hex32(std::uint32_t number);
WrittenValue hex64(std::uint64_t number);
WrittenValue text_list(std::span<std::string const> items); // 0x81, zero-separated
WrittenValue array(std::span<WrittenValue const> items); // fixed-size items of one type
WrittenValue nested(WrittenElement element); // 0x21, plain BinXml as CAPI2 writes it
}

enum class FieldPlace : std::uint8_t {
    data, // <Data Name="x">…</Data>, an element of its own in UserData
    unnamed, // <Data>…</Data>
    complex, // <ComplexData Name="x">…</ComplexData>
};

struct WrittenField {
    std::string name;
    WrittenValue value;
    FieldPlace place = FieldPlace::data;
    bool optional = false; // substitution token 0x0e: a null value drops the element
};

enum class EventForm : std::uint8_t {
    classic, // provider, channel and computer are text of the outer template (Windows Vista to 10)
    substituted, // provider and channel are values of a generic outer template (newer Windows)
    single, // one template, EventData inside it
    plain, // no template at all, as Windows Event Collector writes
};

struct WrittenEvent {
    std::string provider;
    std::string provider_guid; // empty: no Guid attribute
    std::string event_source_name;
    std::uint32_t event_id = 0;
    std::optional<std::uint16_t> qualifiers;
    std::uint8_t version = 0, level = 4, opcode = 0;
    std::uint16_t task = 0;
    std::uint64_t keywords = 0x8000000000000000;
    Timestamp written_at;
    std::uint64_t record_id = 0; // 0: one more than the record before
    std::string activity_id; // empty: none
    std::uint32_t process_id = 0, thread_id = 0;
    std::string channel, computer;
    std::string user_sid; // empty: none
    std::string user_data; // name of the element below UserData; empty: EventData
    std::string user_data_namespace;
    std::vector<WrittenField> fields;
    bool has_body = true; // false: neither EventData nor UserData
    std::string message; // RenderingInfo/Message, plain form only
    EventForm form = EventForm::classic;
    std::uint8_t fragments = 1; // more: further BinXml fragments (<Extra/>) follow in the same record
};

// The fields as a reader must name and show them (record/event.hpp, EventShape), in document order.
std::vector<std::pair<std::string, std::string>> expected_fields(WrittenEvent const& event);

struct EvtxOptions {
    std::uint64_t first_record_id = 1;
    std::uint16_t minor_version = 1;
    bool is_dirty = false; // flag 1; the header then keeps what it said when the file was opened
    bool is_full = false; // flag 2
    bool without_checksums = false; // flag 4: all checksums are zero
    std::optional<std::uint32_t> claimed_chunk_count; // a header that lies
    std::optional<std::uint64_t> claimed_next_record_id;
    std::uint32_t records_per_chunk_max = 0; // 0: as many as fit
    std::vector<WrittenEvent> stale; // an older use of every chunk: what lies behind free space is left standing
};

struct WrittenPlace {
    std::uint64_t record_id = 0;
    std::uint64_t offset = 0; // in the file
    std::uint32_t size_bytes = 0;
    std::uint32_t chunk = 0;
};

// Streams: holds one chunk. Deterministic: the same events and options give the same bytes.
class EvtxWriter {
public:
    using ChunkSink = std::function<void(std::string_view chunk)>; // 65,536 bytes each, in order

    EvtxWriter(EvtxOptions options, ChunkSink sink);
    ~EvtxWriter();
    EvtxWriter(EvtxWriter const&) = delete;
    EvtxWriter& operator=(EvtxWriter const&) = delete;

    WrittenPlace add(WrittenEvent const& event); // throws std::length_error when the event alone is larger than a chunk
    void close_chunk(); // the next event begins a new chunk
    std::string finish(); // closes the last chunk; gives the 4,096 bytes that stand in front of the chunks

    std::uint64_t record_count() const { return m_record_count; }
    std::uint32_t chunk_count() const { return m_chunk_count; }
    std::uint64_t used_bytes() const { return m_used_bytes; } // up to each chunk's free space
    // Stale records of the chunk closed last that stand whole behind its free space.
    std::vector<WrittenPlace> const& stale_left() const { return m_stale_left; }

private:
    class Chunk;
    void begin_chunk();

    EvtxOptions m_options;
    ChunkSink m_sink;
    std::unique_ptr<Chunk> m_chunk;
    std::uint64_t m_next_record_id;
    std::uint64_t m_next_record_number = 1;
    std::uint64_t m_record_count = 0;
    std::uint64_t m_used_bytes = 0;
    std::uint32_t m_chunk_count = 0;
    std::vector<WrittenPlace> m_stale_left;
};

struct WrittenFile {
    std::string bytes;
    std::vector<WrittenPlace> records; // live ones, in order
    std::vector<WrittenPlace> stale; // whole records behind free space
};
WrittenFile write_evtx(std::span<WrittenEvent const> events, EvtxOptions const& options = {});

}
