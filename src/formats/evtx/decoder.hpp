// One record's BinXml -> parts (compiled program + values), and parts -> Event. Keeps the compiled templates of a whole
// file. Not the walk over chunks and records: reader.cpp. Not XML or JSON: render.hpp.
#pragma once
#include "base/arena.hpp"
#include "formats/evtx/program.hpp"
#include "record/artefact_parser.hpp"
#include <deque>
#include <memory>
#include <unordered_map>

namespace konseki::evtx {

// One template instance (or plain fragment) of a record. Slots lie in Decoder::slots().
struct Part {
    Program* program = nullptr;
    std::uint32_t first_slot = 0, slot_count = 0;
};

// Values whose template nobody knows any more: left out, or given the name "Data".
enum class Nameless : std::uint8_t { leave_out, keep };

enum class Trust : std::uint8_t {
    live, // keep what can be read of a damaged body
    remnant, // slack: a wrong template gives a wrong event, so everything must fit
};

struct BodyOutcome {
    std::uint64_t end = 0; // behind the last token
    Error error; // none: everything was read
    bool is_missing_template = false; // the definition is not in this chunk (any more)
    std::uint32_t missing_first_slot = 0, missing_slot_count = 0; // values of the instance without a template
};

// Texts of system fields that repeat from record to record: converted once.
class TextMemo {
public:
    // Valid until the same memo is asked for another value.
    std::string_view text_of(EventValue const& value);
    std::string_view guid_of(EventValue const& value); // canonical, also where the log holds "{…}" as text

private:
    struct Entry {
        std::string bytes, text;
        ValueType type = ValueType::null;
    };
    static constexpr std::size_t entry_count = 64;
    Entry m_entries[entry_count];
};

class Decoder {
public:
    Decoder(Limits const& limits, Dictionary* dictionary_to_fill, Dictionary const* dictionary_to_ask);
    ~Decoder();
    Decoder(Decoder const&) = delete;
    Decoder& operator=(Decoder const&) = delete;

    void begin_chunk(ByteView chunk); // offsets of definitions start to mean other things
    void begin_record(); // gives slots and plain programs of the last record back
    // Appends the parts of the BinXml in [begin, end) of the chunk.
    BodyOutcome open(std::uint64_t begin, std::uint64_t end, Trust trust, std::vector<Part>& parts);
    BodyOutcome open_value(Slot const& slot, Trust trust, std::vector<Part>& parts);

    bool used_dictionary() const { return m_used_dictionary; } // since begin_record
    ByteView chunk() const { return m_chunk; }
    std::vector<Slot> const& slots() const { return m_slots; }
    Slot slot(Part const& part, std::uint16_t index) const
    {
        return index < part.slot_count ? m_slots[part.first_slot + index] : Slot {};
    }
    static Plan const& plan(Program& program, Scope scope);
    std::size_t template_count() const { return m_programs.size(); }

private:
    struct ChunkEntry {
        std::uint32_t offset = 0;
        std::uint32_t generation = 0;
        Program* program = nullptr; // null: tried, cannot be used
        std::uint32_t id = 0; // first four bytes of the GUID
    };

    ChunkEntry entry_at(std::uint32_t definition_offset);
    Program* find_template(InstanceHeader const& header, Trust trust, BodyOutcome& outcome);
    Program* compile_at(std::uint32_t offset, std::uint32_t& id);
    Program* keep(Program& program);
    Program* from_this_chunk(std::uint32_t template_id);
    void find_definitions();
    Program* from_dictionary(std::uint32_t template_id);
    Program* new_plain_program();
    void teach(std::uint32_t id, DefinitionHeader const& definition, CompileOutcome const& outcome);
    BodyOutcome open_plain(std::uint64_t begin, std::uint64_t end, std::vector<Part>& parts);

    Dictionary* m_to_fill;
    Dictionary const* m_to_ask;
    Compiler m_compiler;
    ByteView m_chunk;
    Source m_source;
    std::uint32_t m_generation = 0;
    std::vector<ChunkEntry> m_by_offset; // open addressing, power of two
    std::size_t m_by_offset_used = 0;
    struct Definition {
        std::uint32_t id = 0, offset = 0;
    };
    std::vector<Definition> m_definitions; // of this chunk, sorted by id; found only when a remnant asks
    bool m_has_definitions = false;
    std::vector<std::unique_ptr<Program>> m_programs;
    std::unordered_map<std::uint64_t, std::vector<Program*>> m_by_fingerprint;
    std::unordered_map<std::uint32_t, Program*> m_from_dictionary;
    std::vector<std::unique_ptr<Program>> m_plain; // reused
    std::size_t m_plain_used = 0;
    bool m_used_dictionary = false;
    Program m_scratch;
    std::vector<Slot> m_slots;
};

// Builds Events; remembers the shape of every combination of templates.
class Projector {
public:
    Projector(Decoder& decoder, EventShapes& shapes, Arena& arena, Limits const& limits, Nameless nameless);

    struct Outcome {
        Error error; // a value that should have been BinXml was not; the rest of the event is there
        bool is_missing_template = false;
    };
    // Fills `event` from the record's parts. Views live in the chunk, the arena, the programs and the memos.
    Outcome project(std::vector<Part> const& parts, Trust trust, Event& event);

private:
    struct Frame {
        Part part;
        Plan const* plan = nullptr;
        std::size_t step = 0;
    };
    void take_system(Step const& step, Part const& part, Event& event);
    void take_value(Step const& step, Part const& part, std::string const& name);
    void take_mixed(Step const& step, Part const& part, std::string const& name);
    void take_array(Slot const& slot, std::string const& name);
    bool enter(Part const& part, Scope scope);
    bool enter_nested(Slot const& slot, Scope scope, Trust trust, Outcome& outcome);
    void take_nameless(BodyOutcome const& opened);
    EventShape const* shape_of_names();
    std::string_view text_of(EventValue const& value);
    void add(EventValue const& value, std::string const& name);

    Decoder& m_decoder;
    EventShapes& m_shapes;
    Arena& m_arena;
    Limits const& m_limits;
    Nameless m_nameless;
    std::string m_data_name { "Data" };
    std::vector<Frame> m_frames;
    std::vector<Part> m_nested;
    std::vector<EventValue> m_values;
    std::vector<std::string const*> m_names; // of m_values
    std::uint64_t m_key = 0; // which templates, in order
    bool m_is_keyed = true; // m_key tells the names completely
    std::unordered_map<std::uint64_t, EventShape const*> m_shape_by_key;
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view> {}(text); }
    };
    std::unordered_map<std::string, EventShape const*, TextHash, std::equal_to<>> m_shape_by_names;
    std::uint64_t m_last_key = 0;
    EventShape const* m_last_shape = nullptr;
    std::string m_text;
    TextMemo m_providers, m_channels, m_computers, m_users, m_provider_guids;
};

}
