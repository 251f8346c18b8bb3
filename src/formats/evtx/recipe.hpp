// A template's XML or JSON text with gaps: literal bytes, and between them what to do with the values of a record.
// Compiled once per template and place, run once per record. Templates and records that do not fit this form (repeated
// names in JSON, arrays in odd places, no template) go the long way: document.hpp and the writers.
#pragma once
#include "formats/evtx/decoder.hpp"
#include "formats/evtx/evtx.hpp"
#include "formats/evtx/text_buffer.hpp"

namespace konseki::evtx {

struct Literal {
    std::uint32_t place = 0, size = 0; // in Recipe::text
};

struct Piece {
    enum class Kind : std::uint8_t {
        text, // nothing but `lead`
        value, // a slot among other text
        attribute, // head, slot, tail; nothing when the slot is blank
        element, // head, slot, tail; nothing when an optional slot is null; once per item of an array (XML)
        skip_if_null, // to piece `target`
        nested, // BinXml in a value
        mark, // remembers the place behind `lead` (xml: of an element whose children may all be gone)
        xml_close, // head, or tail when nothing was written since mark `target`
        json_close, // the object ends; `null` when it is empty
        json_attributes, // head; the attributes follow
        json_attributes_end,
        json_text, // the slot of an element whose attributes may all be gone
        json_list, // unnamed Data: head, then a slot for each of the next `target` pieces, then tail
        json_list_item,
    };
    Kind kind = Kind::text;
    bool is_optional = false;
    bool is_attribute = false; // XML: quotes are escaped
    bool has_attributes = false; // json element: there are literal ones, in `head`
    bool shows_blank = false; // json element: a null is "", not null
    std::uint16_t slot = 0;
    std::uint32_t target = 0;
    Literal lead {}, head {}, tail {}; // lead: always written first
};

struct Recipe {
    bool is_built = false, is_usable = false;
    bool has_one_root = false; // exactly one element, which is always there
    Literal root_key; // json: its name
    std::vector<Piece> pieces;
    std::vector<std::string> keys; // json: of the object that a nested document becomes part of
    std::string text; // literals, padded
    std::string_view view(Literal literal) const { return std::string_view(text).substr(literal.place, literal.size); }
};

// `depth`: of the elements around it (XML is indented).
void build_xml_recipe(Program const& program, std::uint32_t depth, Recipe& recipe);
void build_json_recipe(Program const& program, Recipe& recipe);

// Runs recipes; keeps those of a decoder's templates.
class RecipeRunner {
public:
    RecipeRunner(Decoder& decoder, Form form)
        : m_decoder(decoder)
        , m_form(form)
    {
    }
    // Writes one record whose parts the decoder opened. False: it must go the long way.
    bool run(std::vector<Part> const& parts);
    std::string_view text() const { return m_buffer.view(); }

private:
    static constexpr std::uint32_t depth_max = 8;
    struct Frame {
        Recipe const* recipe = nullptr;
        Part part;
        Piece const* at = nullptr; // the next piece
        Piece const* end = nullptr;
    };
    Recipe const& recipe(Part const& part, std::uint32_t depth);
    bool enter(Part const& part, std::uint32_t depth);
    bool run_frames();
    bool run_frame(Frame& frame);
    bool take(Piece const& piece, Piece const*& next);
    bool take_attribute(Piece const& piece);
    // Of the frame in hand: without the checks of a vector, which cost as much as the text.
    Slot slot(Piece const& piece) const { return piece.slot < m_slot_count ? m_slots[piece.slot] : Slot {}; }
    bool put_value(Slot slot, Escape escape);
    bool put_typed(Slot slot);
    bool take_element(Piece const& piece, Slot slot);
    bool take_json_element(Piece const& piece, Slot slot);
    bool take_json_text(Piece const& piece, Slot slot);
    bool take_list(Piece const& piece, Piece const*& next);
    bool take_list_item(Slot slot, std::size_t& count);
    bool take_nested(Recipe const& outer, Piece const& piece);
    void close_attributes();
    void close_object(Piece const& piece);
    void put(Literal literal) { m_buffer.put_padded(m_text + literal.place, literal.size); }

    Decoder& m_decoder;
    Form m_form;
    TextBuffer m_buffer;
    std::byte const* m_readable_end = nullptr;
    char const* m_text = nullptr; // of the frame in hand
    Slot const* m_slots = nullptr;
    std::size_t m_slot_count = 0;
    std::vector<std::vector<std::unique_ptr<Recipe>>> m_recipes; // by depth, then program
    std::vector<Frame> m_frames;
    std::vector<Part> m_nested;
    std::vector<std::size_t> m_marks;
    std::size_t m_attributes_begin = 0, m_attributes_inner = 0;
    bool m_has_attributes = false;
};

}
