// BinXml compiled once into a flat program: opening and closing elements, literal text, typed literals, and
// substitutions of values. Not a tree and not an interpreter: render.cpp writes a program out, projection.cpp turns one
// into an Event.
#pragma once
#include "base/byte_view.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "record/event.hpp"
#include <string>
#include <string_view>
#include <vector>

namespace konseki::evtx {

// [MS-EVEN6 2.2.12, libevtx "Value types"] as stored.
namespace raw_type {
inline constexpr std::uint8_t null = 0x00, utf16 = 0x01, ansi = 0x02, boolean = 0x0d, binary = 0x0e, guid = 0x0f,
                              size = 0x10, filetime = 0x11, systemtime = 0x12, sid = 0x13, hex32 = 0x14, hex64 = 0x15,
                              handle = 0x20, binxml = 0x21, array_bit = 0x80, utf16_list = 0x81, ansi_list = 0x82;
}
ValueType value_type(std::uint8_t raw, std::size_t size_bytes);
// Bytes of one item of a fixed-size type; 0 for all others.
std::uint32_t fixed_size(std::uint8_t raw);

// One value of a template instance: its bytes in the chunk (or in the program that holds a literal).
struct Slot {
    std::byte const* bytes = nullptr;
    std::uint32_t size = 0;
    std::uint8_t type = raw_type::null;
    ByteView view() const { return { bytes, size }; }
    bool is_null() const { return type == raw_type::null; }
};

enum class OpKind : std::uint8_t {
    open, // <name; attributes follow
    attribute, // its parts follow, up to the next attribute or the start tag's end
    start_end, // >
    empty_end, // /> : no content follows, the element is closed
    close, // </name>
    text, // literal UTF-8
    value, // literal of a binary type
    substitution,
    entity, // &name;
    char_reference, // &#n; (slot holds n)
    cdata,
    pi_target,
    pi_text,
};

struct Op {
    OpKind kind = OpKind::text;
    std::uint8_t type = 0; // value, substitution: raw type
    bool is_optional = false;
    std::uint16_t slot
        = 0; // substitution: index of the value; open: value that must be there or the element is dropped
    std::uint32_t place = 0, size = 0; // text in the heap
};
inline constexpr std::uint16_t no_slot = 0xffff;
inline constexpr std::uint8_t literal_utf8 = 0x7f; // type of a literal that is UTF-8 already

// What a document position means to an Event.
enum class Scope : std::uint8_t { document, event, system, rendering, data };
inline constexpr std::size_t scope_count = 5;

enum class SystemField : std::uint8_t {
    provider,
    provider_guid,
    event_id,
    qualifiers,
    version,
    level,
    task,
    opcode,
    keywords,
    written_at,
    record_id,
    activity_id,
    process_id,
    thread_id,
    channel,
    computer,
    user_sid,
    message,
};

// How a program gives its part of an Event: no walk over ops, no decoding.
struct Step {
    enum class Kind : std::uint8_t {
        system, // slot or literal -> a field of the Event
        value, // slot or literal -> a named value
        mixed, // several parts -> one text, put together in the arena
        nested, // a substitution where elements may stand: BinXml, or nothing
    };
    Kind kind = Kind::value;
    SystemField field = SystemField::provider;
    Scope scope = Scope::data; // nested
    bool keep_empty = false; // value: a null is an empty text (element), otherwise it is absent (attribute)
    std::uint16_t slot = no_slot; // no_slot: literal
    std::uint8_t literal_type = 0; // raw type, or literal_utf8
    std::uint64_t number = 0; // system: a literal number, read once
    std::uint32_t place = 0, size = 0; // literal in the heap
    std::uint32_t first_op = 0, op_count = 0; // mixed
    std::uint32_t name = 0; // index into Plan::names
};

struct Plan {
    std::vector<Step> steps; // document order
    std::vector<std::string> names;
    bool is_built = false;
    bool has_nested = false;
};

struct Program {
    std::vector<Op> ops;
    std::string heap; // names, literals
    std::uint32_t id = 0; // dense within one Programs
    std::uint64_t fingerprint = 0;
    bool is_damaged = false; // the definition broke off; what came before it is there
    bool is_plain = false; // a record without template: lives only as long as the record
    Plan plans[scope_count];

    std::string_view text(std::uint32_t place, std::uint32_t size) const
    {
        return std::string_view(heap).substr(place, size);
    }
    std::string_view text(Op const& op) const { return text(op.place, op.size); }
    void clear();
};

// Builds the plan for a program that stands at `scope`.
void build_plan(Program& program, Scope scope);

// A template definition that is kept outside its chunk (the case's dictionary): its bytes and the names it borrowed
// from the chunk.
struct BorrowedName {
    std::uint32_t offset = 0;
    ByteView utf16;
};

// Where BinXml offsets lead: a chunk, or a packed definition.
struct Source {
    ByteView bytes;
    std::uint64_t base = 0; // chunk offset of bytes[0]
    std::vector<BorrowedName> const* borrowed = nullptr;
};

struct CompileRequest {
    std::uint64_t begin = 0, end = 0; // chunk offsets of the BinXml
    bool has_dependency_ids
        = true; // elements carry one in definitions; in substitutions and plain records they do not always
    bool collect_borrowed = false;
};

struct CompileOutcome {
    std::uint64_t end = 0; // behind the last token that was read
    Error error; // none, or why the program is damaged
    bool is_self_contained = true; // no other template was used
    std::vector<std::uint32_t> borrowed; // chunk offsets of names outside [begin, end)
};

// Turns BinXml into `program` (cleared first). Template instances inside are expanded in place with their values as
// literals. Scratch of a compile; reused so that plain records cost no allocation.
class Compiler {
public:
    explicit Compiler(Limits const& limits)
        : m_limits(limits)
    {
    }
    CompileOutcome const& compile(Source const& source, CompileRequest const& request, Program& program);

private:
    struct Frame {
        std::uint64_t position = 0, end = 0;
        std::size_t open_elements = 0; // when the frame began
        int values = -1; // index into m_tables; -1: the program's own slots
        bool has_dependency_ids = true;
        bool is_start_tag_open = false;
    };
    struct Table {
        std::vector<Slot> slots;
    };

    bool step();
    bool read_open(Frame& frame, std::uint8_t token);
    bool read_attribute(Frame& frame);
    bool read_literal_value(Frame& frame);
    bool read_counted_text(Frame& frame, OpKind kind);
    bool read_named(Frame& frame, OpKind kind);
    bool read_substitution(Frame& frame, bool is_optional);
    bool read_nested_instance(Frame& frame);
    void expand_slot(Slot const& slot, bool is_optional);
    bool read_name(Frame& frame, Op& op);
    bool name_fits(std::uint64_t offset, std::uint64_t inline_position, std::uint64_t frame_end) const;
    void end_start_tag(Frame& frame);
    void close_frame_elements(Frame const& frame);
    void push(Op op);
    std::uint32_t add_text_utf16(ByteView utf16, Op& op);
    bool fail(ErrorCode code, std::string_view what, std::uint64_t offset);
    std::uint64_t source_end() const { return m_source->base + m_source->bytes.size(); }
    bool has(Frame const& frame, std::uint64_t size) const { return size <= frame.end - frame.position; }
    template <typename T> T at(std::uint64_t offset) const;

    Limits const& m_limits;
    Source const* m_source = nullptr;
    CompileRequest m_request;
    Program* m_program = nullptr;
    std::vector<Frame> m_frames;
    std::vector<Table> m_tables;
    std::size_t m_table_count = 0;
    std::vector<std::uint32_t> m_open; // op index of every open element
    CompileOutcome m_outcome;
};

// A template instance as it stands in a record: [0c][1][id:4][definition offset:4][resident
// definition][count:4][descriptors][values].
struct InstanceHeader {
    std::uint32_t template_id = 0;
    std::uint32_t definition_offset = 0;
    bool is_resident = false;
    std::uint64_t values_offset = 0; // of the value count
};
// `position` is behind the token byte.
bool read_instance_header(Source const& source, std::uint64_t position, std::uint64_t end, InstanceHeader& header);

struct DefinitionHeader {
    ByteView guid;
    std::uint64_t begin = 0, end = 0; // BinXml of the definition
};
bool read_definition_header(Source const& source, std::uint64_t offset, DefinitionHeader& header);

// Appends the instance's values; gives the offset behind them. Sizes that do not fit are cut and `is_cut` is set.
struct ValuesOutcome {
    std::uint64_t end = 0;
    bool is_cut = false;
};
ValuesOutcome read_values(
    ByteView chunk, std::uint64_t base, std::uint64_t position, std::uint64_t end, std::vector<Slot>& slots);

}
