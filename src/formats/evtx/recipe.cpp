#include "formats/evtx/recipe.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/evtx/outline.hpp"
#include "formats/evtx/value_format.hpp"
#include <algorithm>

namespace konseki::evtx {

namespace {

using TextKind = OutlineText::Kind;

// What both forms share: text that waits to become the next piece's lead.
class Builder {
public:
    Builder(Program const& program, Recipe& recipe)
        : m_program(program)
        , m_recipe(recipe)
    {
    }

protected:
    bool begin()
    {
        m_recipe = {};
        m_recipe.is_built = true;
        return m_outline.build(m_program);
    }
    void end()
    {
        push({ .kind = Piece::Kind::text });
        m_recipe.text.append(16, '\0');
        m_recipe.has_one_root = m_outline.has_lasting_root();
        m_recipe.is_usable = true;
    }
    Literal literal(std::string_view text)
    {
        Literal const made { static_cast<std::uint32_t>(m_recipe.text.size()),
            static_cast<std::uint32_t>(text.size()) };
        m_recipe.text += text;
        return made;
    }
    void push(Piece piece)
    {
        piece.lead = literal(m_pending);
        m_pending.clear();
        m_recipe.pieces.push_back(piece);
    }
    Op const& op(std::uint32_t index) const { return m_program.ops[index]; }
    std::string_view name(std::uint32_t index) const { return m_program.text(op(index)); }
    // Optional values of a leaf: one that is null drops the whole element.
    void push_skips(OutlineText const& content)
    {
        m_first_skip = m_recipe.pieces.size();
        for (auto i = content.first; i < content.last; ++i) {
            if (op(i).kind == OpKind::substitution && op(i).is_optional)
                push({ .kind = Piece::Kind::skip_if_null, .slot = op(i).slot });
        }
        m_behind_skips = m_recipe.pieces.size();
    }
    void land_skips()
    {
        if (m_behind_skips == m_first_skip)
            return;
        push({ .kind = Piece::Kind::text });
        for (auto i = m_first_skip; i < m_behind_skips; ++i)
            m_recipe.pieces[i].target = static_cast<std::uint32_t>(m_recipe.pieces.size());
    }

    Program const& m_program;
    Recipe& m_recipe;
    Outline m_outline;
    std::string m_pending;

private:
    std::size_t m_first_skip = 0, m_behind_skips = 0;
};

class XmlBuilder : public Builder {
public:
    XmlBuilder(Program const& program, std::uint32_t depth, Recipe& recipe)
        : Builder(program, recipe)
        , m_depth(depth)
    {
    }
    void build()
    {
        if (!begin())
            return;
        for (std::uint32_t i = 0; i < m_program.ops.size(); ++i) {
            switch (op(i).kind) {
            case OpKind::open:
                if (!open(i))
                    return;
                break;
            case OpKind::substitution: // all others were taken with their element
                push({ .kind = Piece::Kind::nested,
                    .is_optional = m_outline.elements()[m_stack.back()].has_lasting_child,
                    .slot = op(i).slot,
                    .target = m_depth });
                break;
            case OpKind::close: close(); break;
            default: break;
            }
        }
        end();
    }

private:
    std::string indent() const { return std::string(std::size_t { m_depth } * 2, ' '); }

    void constant_part(Op const& op, bool in_attribute)
    {
        auto const text = m_program.text(op);
        switch (op.kind) {
        case OpKind::text: append_xml_text(m_pending, text, in_attribute); return;
        case OpKind::value: {
            std::string shown;
            append_shown(shown, op.type, as_bytes(text));
            append_xml_text(m_pending, shown, in_attribute);
            return;
        }
        case OpKind::entity: append_format(m_pending, "&{};", text); return;
        case OpKind::char_reference: append_format(m_pending, "&#{};", op.slot); return;
        case OpKind::cdata: append_format(m_pending, "<![CDATA[{}]]>", text); return;
        default: return;
        }
    }

    void parts(OutlineText const& text, bool in_attribute)
    {
        for (auto i = text.first; i < text.last; ++i) {
            if (op(i).kind == OpKind::substitution)
                push({ .kind = Piece::Kind::value, .is_attribute = in_attribute, .slot = op(i).slot });
            else
                constant_part(op(i), in_attribute);
        }
    }

    bool attributes(std::vector<OutlineAttribute> const& all)
    {
        for (auto const& attribute : all) {
            if (attribute.text.kind == TextKind::odd)
                return false;
            auto const begin = format(" {}=\"", name(attribute.op));
            if (attribute.text.kind == TextKind::slot) {
                push({ .kind = Piece::Kind::attribute,
                    .slot = op(attribute.text.slot_op).slot,
                    .head = literal(begin),
                    .tail = literal("\"") });
                continue;
            }
            m_pending += begin;
            parts(attribute.text, true);
            m_pending += '"';
        }
        return true;
    }

    static bool are_constant(std::vector<OutlineAttribute> const& all)
    {
        return std::ranges::all_of(all, [](auto const& one) { return one.text.kind == TextKind::constant; });
    }

    bool leaf(OutlineElement const& element)
    {
        auto const all = m_outline.attributes(element);
        auto const content = m_outline.content(element);
        auto const begin = format("{}<{}", indent(), name(element.open));
        auto const end = format("</{}>\n", name(element.open));
        if (content.kind == TextKind::slot && are_constant(all)) {
            auto before = std::exchange(m_pending, begin);
            attributes(all);
            m_pending += '>';
            auto const head = literal(m_pending);
            m_pending = std::move(before);
            auto const& value = op(content.slot_op);
            push({ .kind = Piece::Kind::element,
                .is_optional = value.is_optional,
                .slot = value.slot,
                .head = head,
                .tail = literal(end) });
            return true;
        }
        push_skips(content);
        m_pending += begin;
        if (!attributes(all))
            return false;
        if (element.is_short) {
            m_pending += "/>\n";
        } else {
            m_pending += '>';
            parts(content, false);
            m_pending += end;
        }
        land_skips();
        return true;
    }

    // Moves to the close of a leaf.
    bool open(std::uint32_t& index)
    {
        auto const& element = m_outline.element_at(index);
        if (element.is_leaf()) {
            index = element.close;
            return leaf(element);
        }
        append_format(m_pending, "{}<{}", indent(), name(index));
        if (!attributes(m_outline.attributes(element)))
            return false;
        m_pending += ">\n";
        m_stack.push_back(m_outline.index_at(index));
        ++m_depth;
        if (element.may_be_empty())
            push({ .kind = Piece::Kind::mark });
        index = element.start_end;
        return true;
    }

    void close()
    {
        auto const& element = m_outline.elements()[m_stack.back()];
        m_stack.pop_back();
        --m_depth;
        auto const end = format("</{}>\n", name(element.open));
        if (element.may_be_empty())
            push({ .kind = Piece::Kind::xml_close, .head = literal(indent() + end), .tail = literal(end) });
        else
            m_pending += indent() + end;
    }

    std::uint32_t m_depth;
    std::vector<std::uint32_t> m_stack;
};

class JsonBuilder : public Builder {
public:
    using Builder::Builder;
    void build()
    {
        if (!begin())
            return;
        m_keys.emplace_back();
        for (std::uint32_t i = 0; i < m_program.ops.size(); ++i) {
            switch (op(i).kind) {
            case OpKind::open:
                if (!open(i))
                    return;
                break;
            case OpKind::substitution:
                m_objects.back().nested_piece = m_recipe.pieces.size();
                push({ .kind = Piece::Kind::nested,
                    .is_optional = m_outline.elements()[m_objects.back().element].has_lasting_child,
                    .slot = op(i).slot });
                break;
            case OpKind::close: close(); break;
            default: break;
            }
        }
        end();
        m_recipe.has_one_root = m_recipe.has_one_root && m_keys.front().size() == 1 && m_keys.front()[0] != "Data";
        m_recipe.root_key = literal(m_keys.front().front());
        m_recipe.text.append(16, '\0');
    }

private:
    static constexpr auto no_piece = ~std::size_t { 0 };
    struct Object {
        std::uint32_t element = 0;
        std::size_t nested_piece = no_piece;
    };

    bool add_key(std::string_view key)
    {
        auto& keys = m_keys.back();
        if (std::ranges::find(keys, key) != keys.end())
            return false; // repeated names get numbers: the long way
        keys.emplace_back(key);
        return true;
    }

    static std::string quoted(std::string_view text)
    {
        std::string target { '"' };
        append_json_text(target, text);
        target += '"';
        return target;
    }

    std::string part(Op const& op) const
    {
        std::string text(m_program.text(op));
        switch (op.kind) {
        case OpKind::value: {
            std::string shown;
            append_shown(shown, op.type, as_bytes(m_program.text(op)));
            return shown;
        }
        case OpKind::char_reference:
            text.clear();
            utf8::append(text, op.slot);
            return text;
        case OpKind::entity:
            return text == "amp" ? "&"
                : text == "lt"   ? "<"
                : text == "gt"   ? ">"
                : text == "quot" ? "\""
                : text == "apos" ? "'"
                                 : text;
        default: return text;
        }
    }

    std::string constant_scalar(OutlineText const& text) const
    {
        if (text.last == text.first + 1 && op(text.first).kind == OpKind::value) {
            auto const& value = op(text.first);
            bool const is_bare = (value.type >= 0x03 && value.type <= 0x0a) || value.type == raw_type::boolean;
            return is_bare ? part(value) : quoted(part(value));
        }
        std::string all;
        for (auto i = text.first; i < text.last; ++i)
            all += part(op(i));
        return quoted(all);
    }

    void mixed_parts(OutlineText const& text)
    {
        m_pending += '"';
        for (auto i = text.first; i < text.last; ++i) {
            if (op(i).kind == OpKind::substitution)
                push({ .kind = Piece::Kind::value, .slot = op(i).slot });
            else
                append_json_text(m_pending, part(op(i)));
        }
        m_pending += '"';
    }

    std::string constant_attributes(std::vector<OutlineAttribute> const& all) const
    {
        std::string text = "\"#attributes\":{";
        for (auto const& attribute : all) {
            if (text.back() != '{')
                text += ',';
            text += quoted(name(attribute.op));
            text += ':';
            text += constant_scalar(attribute.text);
        }
        text += '}';
        return text;
    }

    static bool are_constant(std::vector<OutlineAttribute> const& all)
    {
        return std::ranges::all_of(all, [](auto const& one) { return one.text.kind == TextKind::constant; });
    }

    // One slot, constant, or mixed behind `head`.
    bool plain_leaf(std::string const& head, OutlineText const& content, bool has_attributes, bool shows_blank)
    {
        char const* const text_key = has_attributes ? ",\"#text\":" : "";
        char const* const end = has_attributes ? "}," : ",";
        switch (content.kind) {
        case TextKind::slot: {
            auto const& value = op(content.slot_op);
            push({ .kind = Piece::Kind::element,
                .is_optional = value.is_optional,
                .has_attributes = has_attributes,
                .shows_blank = shows_blank,
                .slot = value.slot,
                .head = literal(head) });
            return true;
        }
        case TextKind::blank:
            m_pending += head;
            if (shows_blank)
                m_pending += constant_scalar(content);
            else if (!has_attributes)
                m_pending += "null";
            m_pending += end;
            return true;
        case TextKind::constant: m_pending += head + text_key + constant_scalar(content) + end; return true;
        case TextKind::mixed:
            push_skips(content);
            m_pending += head + text_key;
            mixed_parts(content);
            m_pending += end;
            land_skips();
            return true;
        case TextKind::odd: return false;
        }
        return false;
    }

    bool leaf_with_attributes(OutlineElement const& element, std::vector<OutlineAttribute> const& all)
    {
        auto const content = m_outline.content(element);
        if (content.kind == TextKind::mixed || content.kind == TextKind::odd)
            return false;
        push_skips(content);
        m_pending += quoted(name(element.open)) + ":";
        push({ .kind = Piece::Kind::json_attributes, .head = literal("{\"#attributes\":{") });
        for (auto const& attribute : all) {
            auto const key = quoted(name(attribute.op)) + ":";
            if (attribute.text.kind == TextKind::constant)
                m_pending += key + constant_scalar(attribute.text) + ",";
            else if (attribute.text.kind == TextKind::slot)
                push({ .kind = Piece::Kind::attribute,
                    .slot = op(attribute.text.slot_op).slot,
                    .head = literal(key),
                    .tail = literal(",") });
            else
                return false;
        }
        push({ .kind = Piece::Kind::json_attributes_end });
        Piece piece { .kind = Piece::Kind::json_text, .slot = no_slot };
        if (content.kind == TextKind::slot)
            piece.slot = op(content.slot_op).slot;
        else if (content.kind == TextKind::constant)
            piece.head = literal(constant_scalar(content));
        push(piece);
        land_skips();
        return true;
    }

    bool is_unnamed_data(OutlineElement const& element) const
    {
        return name(element.open) == "Data"
            && std::ranges::none_of(
                m_outline.attributes(element), [&](auto const& one) { return name(one.op) == "Name"; });
    }

    bool list_item(OutlineElement const& element)
    {
        auto const content = m_outline.content(element);
        Piece piece { .kind = Piece::Kind::json_list_item, .slot = no_slot };
        if (content.kind == TextKind::slot) {
            piece.slot = op(content.slot_op).slot;
            piece.is_optional = op(content.slot_op).is_optional;
        } else if (content.kind == TextKind::blank || content.kind == TextKind::constant) {
            piece.head = literal(constant_scalar(content));
        } else {
            return false;
        }
        push(piece);
        return true;
    }

    // All unnamed Data of one parent become one member. They must stand side by side.
    bool list(std::uint32_t& index)
    {
        if (!add_key("Data"))
            return false;
        auto const at = m_recipe.pieces.size();
        push({ .kind = Piece::Kind::json_list, .head = literal("\"Data\":{\"#text\":[") });
        auto const& elements = m_outline.elements();
        auto const parent = elements[m_outline.index_at(index)].parent;
        if (parent != Outline::none && elements[parent].nested_count != 0)
            return false;
        for (auto i = m_outline.index_at(index); i < elements.size(); ++i) {
            auto const& element = elements[i];
            if (element.parent != parent || !element.is_leaf() || !is_unnamed_data(element))
                break; // one more that comes later has the same key, which ends this recipe
            if (!list_item(element))
                return false;
            ++m_recipe.pieces[at].target;
            index = element.close;
        }
        return true;
    }

    bool leaf(std::uint32_t& index)
    {
        auto const& element = m_outline.element_at(index);
        auto const all = m_outline.attributes(element);
        if (name(index) == "Data") {
            auto const found = std::ranges::find_if(all, [&](auto const& one) { return name(one.op) == "Name"; });
            if (found == all.end())
                return list(index);
            if (found->text.kind != TextKind::constant || found->text.last != found->text.first + 1
                || op(found->text.first).kind != OpKind::text)
                return false;
            index = element.close;
            auto const key = name(found->text.first);
            return add_key(key) && plain_leaf(quoted(key) + ":", m_outline.content(element), false, true);
        }
        index = element.close;
        if (!add_key(name(element.open)))
            return false;
        if (!are_constant(all))
            return leaf_with_attributes(element, all);
        auto head = quoted(name(element.open)) + ":";
        if (!all.empty())
            head += "{" + constant_attributes(all);
        return plain_leaf(head, m_outline.content(element), !all.empty(), false);
    }

    bool open(std::uint32_t& index)
    {
        auto const& element = m_outline.element_at(index);
        if (element.is_leaf())
            return leaf(index);
        auto const all = m_outline.attributes(element);
        if (name(index) == "Data" || !are_constant(all) || !add_key(name(index)))
            return false;
        m_pending += quoted(name(index)) + ":{";
        if (!all.empty())
            m_pending += constant_attributes(all) + ",";
        m_keys.emplace_back();
        m_objects.push_back({ m_outline.index_at(index) });
        if (element.may_be_empty())
            push({ .kind = Piece::Kind::mark });
        index = element.start_end;
        return true;
    }

    void close()
    {
        auto const& element = m_outline.elements()[m_objects.back().element];
        push({ .kind = Piece::Kind::json_close, .is_optional = element.may_be_empty() });
        if (m_objects.back().nested_piece != no_piece)
            m_recipe.pieces[m_objects.back().nested_piece].head = { static_cast<std::uint32_t>(m_recipe.keys.size()),
                static_cast<std::uint32_t>(m_keys.back().size()) };
        for (auto& key : m_keys.back())
            m_recipe.keys.push_back(std::move(key));
        m_objects.pop_back();
        m_keys.pop_back();
    }

    std::vector<Object> m_objects;
    std::vector<std::vector<std::string>> m_keys; // of the open objects
};

}

void build_xml_recipe(Program const& program, std::uint32_t depth, Recipe& recipe)
{
    XmlBuilder(program, depth, recipe).build();
}

void build_json_recipe(Program const& program, Recipe& recipe)
{
    JsonBuilder(program, recipe).build();
}

}
