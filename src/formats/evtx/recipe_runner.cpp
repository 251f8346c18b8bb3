#include "formats/evtx/recipe.hpp"
#include "formats/evtx/value_format.hpp"
#include <algorithm>

namespace konseki::evtx {

namespace {
constexpr std::size_t items_max = 1000; // of one array; longer ones meet limits of the long way
}

Recipe const& RecipeRunner::recipe(Part const& part, std::uint32_t depth)
{
    auto const level = m_form == Form::xml ? depth : 0;
    if (m_recipes.size() <= level)
        m_recipes.resize(level + 1);
    auto& recipes = m_recipes[level];
    if (recipes.size() <= part.program->id)
        recipes.resize(part.program->id + 1);
    auto& recipe = recipes[part.program->id];
    if (recipe == nullptr) {
        recipe = std::make_unique<Recipe>();
        if (m_form == Form::xml)
            build_xml_recipe(*part.program, depth, *recipe);
        else
            build_json_recipe(*part.program, *recipe);
    }
    return *recipe;
}

bool RecipeRunner::enter(Part const& part, std::uint32_t depth)
{
    if (part.program->is_plain || part.program->is_damaged || m_frames.size() >= depth_max || depth >= depth_max)
        return false;
    auto const& found = recipe(part, depth);
    if (!found.is_usable)
        return false;
    m_frames.push_back({ &found, part, found.pieces.data(), found.pieces.data() + found.pieces.size() });
    return true;
}

bool RecipeRunner::run(std::vector<Part> const& parts)
{
    if (parts.size() != 1)
        return false;
    auto const chunk = m_decoder.chunk();
    m_readable_end = chunk.data() + chunk.size();
    m_buffer.clear();
    m_frames.clear();
    m_marks.clear();
    if (!enter(parts.front(), 0))
        return false;
    if (m_form == Form::xml) {
        m_buffer.put("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        return run_frames();
    }
    m_buffer.put('{');
    if (!run_frames())
        return false;
    if (m_buffer.back() == ',')
        m_buffer.set_back('}');
    else
        m_buffer.put('}');
    return true;
}

bool RecipeRunner::run_frames()
{
    while (!m_frames.empty()) {
        auto& frame = m_frames.back();
        if (frame.at == frame.end)
            m_frames.pop_back();
        else if (!run_frame(frame))
            return false;
    }
    return true;
}

// Up to the frame's end, or to a nested document that became the frame in hand.
bool RecipeRunner::run_frame(Frame& frame)
{
    m_text = frame.recipe->text.data();
    m_slots = m_decoder.slots().data() + frame.part.first_slot; // they move when a nested document is opened
    m_slot_count = frame.part.slot_count;
    auto const* next = frame.at;
    while (next != frame.end) {
        auto const& piece = *next++;
        if (piece.lead.size != 0)
            put(piece.lead);
        if (piece.kind == Piece::Kind::nested) {
            frame.at = next;
            return take_nested(*frame.recipe, piece);
        }
        if (!take(piece, next))
            return false;
    }
    frame.at = next;
    return true;
}

bool RecipeRunner::put_value(Slot slot, Escape escape)
{
    if (is_array(slot.type) || slot.type == raw_type::binxml)
        return false;
    m_buffer.put_shown(slot, escape, m_readable_end);
    return true;
}

bool RecipeRunner::put_typed(Slot slot)
{
    if (is_array(slot.type) || slot.type == raw_type::binxml)
        return false;
    m_buffer.put_typed(slot, m_readable_end);
    return true;
}

bool RecipeRunner::take_attribute(Piece const& piece)
{
    auto const value = slot(piece);
    if (is_blank(value.type, value.view()))
        return true;
    put(piece.head);
    bool const is_written = m_form == Form::xml ? put_value(value, Escape::xml_attribute) : put_typed(value);
    put(piece.tail);
    return is_written;
}

bool RecipeRunner::take(Piece const& piece, Piece const*& next)
{
    bool const is_xml = m_form == Form::xml;
    switch (piece.kind) {
    case Piece::Kind::text: return true;
    case Piece::Kind::value:
        return put_value(slot(piece),
            !is_xml                  ? Escape::json
                : piece.is_attribute ? Escape::xml_attribute
                                     : Escape::xml_text);
    case Piece::Kind::attribute: return take_attribute(piece);
    case Piece::Kind::element: return is_xml ? take_element(piece, slot(piece)) : take_json_element(piece, slot(piece));
    case Piece::Kind::skip_if_null:
        if (slot(piece).is_null())
            next = m_frames.back().recipe->pieces.data() + piece.target;
        return true;
    case Piece::Kind::mark: m_marks.push_back(m_buffer.size()); return true;
    case Piece::Kind::xml_close: {
        bool const is_empty = m_marks.back() == m_buffer.size();
        m_marks.pop_back();
        if (is_empty)
            m_buffer.shrink(m_buffer.size() - 1); // the line break behind the start tag
        put(is_empty ? piece.tail : piece.head);
        return true;
    }
    case Piece::Kind::json_close: close_object(piece); return true;
    case Piece::Kind::json_attributes:
        m_attributes_begin = m_buffer.size();
        put(piece.head);
        m_attributes_inner = m_buffer.size();
        return true;
    case Piece::Kind::json_attributes_end: close_attributes(); return true;
    case Piece::Kind::json_text: return take_json_text(piece, slot(piece));
    case Piece::Kind::json_list: return take_list(piece, next);
    case Piece::Kind::nested:
    case Piece::Kind::json_list_item: return false; // taken elsewhere
    }
    return false;
}

bool RecipeRunner::take_element(Piece const& piece, Slot slot)
{
    if (slot.is_null() && piece.is_optional)
        return true;
    if (!is_array(slot.type)) {
        put(piece.head);
        bool const is_written = put_value(slot, Escape::xml_text);
        put(piece.tail);
        return is_written;
    }
    if (slot.size == 0) {
        put(piece.head);
        put(piece.tail);
        return true;
    }
    // [libevtx, substitution of arrays] an array repeats the element that holds it, once per item.
    std::size_t count = 0;
    for_each_item(slot.type, slot.view(), [&](std::uint8_t type, ByteView bytes) {
        if (++count > items_max)
            return;
        put(piece.head);
        m_buffer.put_shown(
            { bytes.data(), static_cast<std::uint32_t>(bytes.size()), type }, Escape::xml_text, m_readable_end);
        put(piece.tail);
    });
    return count <= items_max;
}

bool RecipeRunner::take_json_element(Piece const& piece, Slot slot)
{
    if (slot.is_null() && piece.is_optional)
        return true;
    put(piece.head);
    if (!piece.shows_blank && is_blank(slot.type, slot.view())) {
        if (piece.has_attributes)
            m_buffer.put("},");
        else
            m_buffer.put("null,");
        return slot.type != raw_type::binxml && !is_array(slot.type);
    }
    if (piece.has_attributes)
        m_buffer.put(",\"#text\":");
    bool const is_written = put_typed(slot);
    if (piece.has_attributes)
        m_buffer.put("},");
    else
        m_buffer.put(',');
    return is_written;
}

void RecipeRunner::close_attributes()
{
    m_has_attributes = m_buffer.size() != m_attributes_inner;
    if (m_has_attributes)
        m_buffer.set_back('}');
    else
        m_buffer.shrink(m_attributes_begin);
}

bool RecipeRunner::take_json_text(Piece const& piece, Slot slot)
{
    bool const has_text = piece.slot == no_slot ? piece.head.size != 0 : !is_blank(slot.type, slot.view());
    bool is_written = true;
    if (!has_text) {
        is_written = slot.type != raw_type::binxml && !is_array(slot.type);
        if (!m_has_attributes)
            m_buffer.put("null");
    } else {
        if (m_has_attributes)
            m_buffer.put(",\"#text\":");
        if (piece.slot == no_slot)
            put(piece.head);
        else
            is_written = put_typed(slot);
    }
    if (m_has_attributes)
        m_buffer.put('}');
    m_buffer.put(',');
    return is_written;
}

void RecipeRunner::close_object(Piece const& piece)
{
    if (piece.is_optional) {
        auto const mark = m_marks.back();
        m_marks.pop_back();
        if (mark == m_buffer.size() && m_buffer.back() == '{') {
            m_buffer.shrink(mark - 1);
            m_buffer.put("null,");
            return;
        }
    }
    m_buffer.set_back('}'); // over the comma
    m_buffer.put(',');
}

bool RecipeRunner::take_list_item(Slot slot, std::size_t& count)
{
    if (slot.type == raw_type::binxml)
        return false;
    if (!is_array(slot.type)) {
        ++count;
        m_buffer.put_typed(slot, m_readable_end);
        m_buffer.put(',');
        return true;
    }
    if (slot.size == 0) {
        ++count;
        m_buffer.put("[],");
        return true;
    }
    auto const before = count;
    for_each_item(slot.type, slot.view(), [&](std::uint8_t type, ByteView bytes) {
        if (++count - before > items_max)
            return;
        m_buffer.put_typed({ bytes.data(), static_cast<std::uint32_t>(bytes.size()), type }, m_readable_end);
        m_buffer.put(',');
    });
    return count - before <= items_max;
}

bool RecipeRunner::take_list(Piece const& piece, Piece const*& next)
{
    auto const begin = m_buffer.size();
    put(piece.head);
    auto const inner = m_buffer.size();
    std::size_t count = 0;
    for (std::uint32_t i = 0; i < piece.target; ++i) {
        auto const& item = *next++;
        auto const value = slot(item);
        if (item.slot == no_slot) {
            ++count;
            put(item.head);
            m_buffer.put(',');
        } else if (!(value.is_null() && item.is_optional) && !take_list_item(value, count)) {
            return false;
        }
    }
    if (count == 0) {
        m_buffer.shrink(begin);
        return true;
    }
    if (count == 1) {
        m_buffer.erase(inner - 1, 1); // the bracket of a list
        m_buffer.set_back('}');
    } else {
        m_buffer.set_back(']');
        m_buffer.put('}');
    }
    m_buffer.put(',');
    return true;
}

bool RecipeRunner::take_nested(Recipe const& outer, Piece const& piece)
{
    auto const value = slot(piece);
    if (value.is_null())
        return piece.is_optional;
    if (value.type != raw_type::binxml)
        return false;
    m_nested.clear();
    auto const opened = m_decoder.open_value(value, Trust::live, m_nested);
    if (opened.error.code != ErrorCode::none || m_nested.size() != 1)
        return false;
    if (!enter(m_nested.front(), piece.target))
        return false;
    auto const& inner = *m_frames.back().recipe;
    if (!inner.has_one_root)
        return false;
    auto const key = inner.view(inner.root_key);
    for (std::uint32_t i = 0; i < piece.head.size; ++i) {
        if (outer.keys[piece.head.place + i] == key)
            return false;
    }
    return true;
}

}
