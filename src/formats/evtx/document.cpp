#include "formats/evtx/document.hpp"
#include "formats/evtx/value_format.hpp"

namespace konseki::evtx {

void Document::end_attribute()
{
    if (m_attribute == none)
        return;
    m_items[m_attribute].end = static_cast<std::uint32_t>(m_items.size());
    // An attribute whose only value is null or empty is not there.
    bool has_value = false;
    for (auto i = m_attribute + 1; i < m_items.size(); ++i)
        has_value |= m_items[i].kind != Item::Kind::value || !is_blank(m_items[i].type, m_items[i].bytes());
    if (!has_value)
        m_items.resize(m_attribute);
    m_last_attribute_end = static_cast<std::uint32_t>(m_items.size());
    m_attribute = none;
}

// [libevtx, substitution of arrays] an array repeats the element that holds it, once per item.
void Document::repeat_for_items(std::uint32_t open, std::uint32_t content)
{
    auto const array = m_items[content];
    m_repeated.assign(m_items.begin() + open, m_items.begin() + content);
    m_items.resize(open);
    auto const element_size = content - open;
    for_each_item(array.type, array.bytes(), [&](std::uint8_t type, ByteView bytes) {
        auto const first = static_cast<std::uint32_t>(m_items.size());
        if (first >= m_limits.elements_max * 8)
            return;
        m_items.insert(m_items.end(), m_repeated.begin(), m_repeated.end());
        for (auto i = first; i < m_items.size(); ++i)
            m_items[i].end += first - open; // of attributes
        m_items.push_back({ .kind = Item::Kind::value, .type = type, .text = as_text(bytes) });
        m_items[first].end = first + element_size + 1;
        m_items.push_back({ .kind = Item::Kind::close });
    });
}

void Document::close()
{
    if (m_open.empty())
        return;
    auto const open = m_open.back();
    m_open.pop_back();
    if (m_items[open].is_dropped && !m_items[open].has_children) {
        m_items.resize(open);
        return;
    }
    if (!m_open.empty())
        m_items[m_open.back()].has_children = true;
    auto const last = static_cast<std::uint32_t>(m_items.size()) - 1;
    auto const& content = m_items[last];
    bool const is_only = content.kind == Item::Kind::value && (last == open + 1 || m_last_attribute_end == last);
    if (is_only && is_array(content.type) && !content.text.empty()) {
        repeat_for_items(open, last);
        return;
    }
    m_items[open].end = last + 1;
    m_items.push_back({ .kind = Item::Kind::close });
}

void Document::take_slot(Op const& op, Slot const& slot)
{
    if (op.is_optional && slot.is_null() && m_attribute == none && !m_open.empty())
        m_items[m_open.back()].is_dropped = true;
    m_items.push_back({ .kind = Item::Kind::value, .type = slot.type, .text = as_text(slot.view()) });
}

void Document::take(Op const& op, Part const& part)
{
    auto const& program = *part.program;
    switch (op.kind) {
    case OpKind::open:
        m_open.push_back(static_cast<std::uint32_t>(m_items.size()));
        m_items.push_back({ .kind = Item::Kind::open, .text = program.text(op) });
        return;
    case OpKind::attribute:
        end_attribute();
        m_attribute = static_cast<std::uint32_t>(m_items.size());
        m_items.push_back({ .kind = Item::Kind::attribute, .text = program.text(op) });
        return;
    case OpKind::start_end: end_attribute(); return;
    case OpKind::empty_end:
        end_attribute();
        if (!m_open.empty())
            m_items[m_open.back()].is_short = true;
        close();
        return;
    case OpKind::close: close(); return;
    case OpKind::text: m_items.push_back({ .kind = Item::Kind::text, .text = program.text(op) }); return;
    case OpKind::value: take_slot(op, { as_bytes(program.text(op)).data(), op.size, op.type }); return;
    case OpKind::substitution: take_slot(op, m_decoder.slot(part, op.slot)); return;
    case OpKind::entity: m_items.push_back({ .kind = Item::Kind::entity, .text = program.text(op) }); return;
    case OpKind::char_reference: m_items.push_back({ .kind = Item::Kind::char_reference, .number = op.slot }); return;
    case OpKind::cdata: m_items.push_back({ .kind = Item::Kind::cdata, .text = program.text(op) }); return;
    case OpKind::pi_target: m_items.push_back({ .kind = Item::Kind::pi_target, .text = program.text(op) }); return;
    case OpKind::pi_text: m_items.push_back({ .kind = Item::Kind::pi_text, .text = program.text(op) }); return;
    }
}

Error Document::enter(Slot const& slot, Trust trust)
{
    m_nested.clear();
    auto opened = m_decoder.open_value(slot, trust, m_nested);
    for (auto i = m_nested.size(); i > 0; --i) {
        if (m_frames.size() >= m_limits.depth_max)
            return { ErrorCode::limit, "evtx.binxml.nesting", 0, m_limits.depth_max, m_frames.size(), {} };
        m_frames.push_back({ m_nested[i - 1], 0, m_open.size() });
    }
    return std::move(opened.error);
}

Error Document::build(std::vector<Part> const& parts, Trust trust)
{
    Error error;
    m_items.clear();
    m_open.clear();
    m_frames.clear();
    m_attribute = none;
    m_last_attribute_end = none;
    for (auto i = parts.size(); i > 0; --i)
        m_frames.push_back({ parts[i - 1], 0, 0 });
    while (!m_frames.empty()) {
        auto& frame = m_frames.back();
        auto const& ops = frame.part.program->ops;
        if (frame.op == ops.size()) {
            m_frames.pop_back();
            continue;
        }
        auto const& op = ops[frame.op++];
        if (op.kind == OpKind::substitution && m_attribute == none) {
            auto const slot = m_decoder.slot(frame.part, op.slot);
            if (slot.type == raw_type::binxml) {
                auto entered = enter(slot, trust);
                if (entered.code != ErrorCode::none)
                    error = std::move(entered);
                continue;
            }
        }
        take(op, frame.part);
    }
    while (!m_open.empty())
        close();
    return error;
}

}
