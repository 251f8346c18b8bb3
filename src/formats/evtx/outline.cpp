#include "formats/evtx/outline.hpp"
#include "formats/evtx/value_format.hpp"

namespace konseki::evtx {

bool Outline::build(Program const& program)
{
    m_program = &program;
    m_elements.clear();
    m_open.clear();
    m_element_of.assign(program.ops.size(), none);
    m_root_count = 0;
    m_in_start_tag = false;
    if (program.is_damaged || program.is_plain)
        return false;
    for (std::uint32_t i = 0; i < program.ops.size(); ++i) {
        if (!take(i, program.ops[i]))
            return false;
    }
    return m_open.empty() && m_root_count > 0;
}

bool Outline::take(std::uint32_t index, Op const& op)
{
    switch (op.kind) {
    case OpKind::open: {
        OutlineElement element;
        element.open = index;
        element.parent = m_open.empty() ? none : m_open.back();
        if (m_open.empty())
            ++m_root_count;
        else
            ++m_elements[m_open.back()].child_count;
        m_element_of[index] = static_cast<std::uint32_t>(m_elements.size());
        m_open.push_back(m_element_of[index]);
        m_elements.push_back(element);
        m_in_start_tag = true;
        m_in_attribute = false;
        return true;
    }
    case OpKind::attribute: m_in_attribute = true; return m_in_start_tag;
    case OpKind::start_end:
        if (m_open.empty())
            return false;
        m_elements[m_open.back()].start_end = index;
        m_in_start_tag = false;
        return true;
    case OpKind::empty_end: return close(index, true);
    case OpKind::close: return close(index, false);
    case OpKind::pi_target:
    case OpKind::pi_text: return false;
    default: break;
    }
    if (op.kind == OpKind::value && (is_array(op.type) || (op.is_optional && op.type == raw_type::null)))
        return false;
    if (m_in_start_tag)
        return m_in_attribute;
    if (m_open.empty())
        return false; // text outside any element
    auto& element = m_elements[m_open.back()];
    if (op.kind == OpKind::substitution && op.type == raw_type::binxml) {
        ++element.nested_count;
        return true;
    }
    ++element.content_count;
    if (op.kind == OpKind::substitution && op.is_optional)
        ++element.optional_count;
    return true;
}

bool Outline::close(std::uint32_t index, bool is_short)
{
    if (m_open.empty())
        return false;
    auto& element = m_elements[m_open.back()];
    m_open.pop_back();
    element.close = index;
    element.is_short = is_short;
    m_in_start_tag = false;
    if (!m_open.empty() && !element.may_be_dropped())
        m_elements[m_open.back()].has_lasting_child = true;
    return element.is_leaf() || (element.content_count == 0 && element.nested_count <= 1);
}

std::vector<OutlineAttribute> Outline::attributes(OutlineElement const& element) const
{
    std::vector<OutlineAttribute> found;
    auto const end = element.is_short ? element.close : element.start_end;
    for (auto i = element.open + 1; i < end;) {
        auto last = i + 1;
        while (last < end && m_program->ops[last].kind != OpKind::attribute)
            ++last;
        OutlineAttribute const attribute { i, text(i + 1, last) };
        if (attribute.text.kind != OutlineText::Kind::blank)
            found.push_back(attribute);
        i = last;
    }
    return found;
}

OutlineText Outline::text(std::uint32_t first, std::uint32_t last) const
{
    OutlineText text { OutlineText::Kind::blank, first, last, 0 };
    std::uint32_t slots = 0;
    bool has_constant = false;
    for (auto i = first; i < last; ++i) {
        auto const& op = m_program->ops[i];
        if (op.kind == OpKind::substitution) {
            ++slots;
            text.slot_op = i;
        } else if (op.kind != OpKind::value || !is_blank(op.type, as_bytes(m_program->text(op)))) {
            has_constant = true;
        }
    }
    if (slots == 0)
        text.kind = has_constant ? OutlineText::Kind::constant : OutlineText::Kind::blank;
    else if (has_constant)
        text.kind = OutlineText::Kind::mixed;
    else
        text.kind = slots == 1 && last - first == 1 ? OutlineText::Kind::slot : OutlineText::Kind::odd;
    return text;
}

}
