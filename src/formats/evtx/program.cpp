#include "formats/evtx/program.hpp"
#include "bytes/utf16.hpp"
#include "formats/evtx/layout.hpp"
#include <algorithm>

namespace konseki::evtx {

namespace {

// [MS-EVEN6 2.2.12] tokens; bit 0x40 says "more of the same follows" and is not needed to read.
namespace token {
constexpr std::uint8_t end = 0x00, open = 0x01, start_end = 0x02, empty_end = 0x03, close = 0x04, value = 0x05,
                       attribute = 0x06, cdata = 0x07, char_reference = 0x08, entity = 0x09, pi_target = 0x0a,
                       pi_text = 0x0b, instance = 0x0c, substitution = 0x0d, optional_substitution = 0x0e,
                       fragment = 0x0f, more_bit = 0x40;
}

constexpr std::uint32_t steps_max = 1U << 18; // tokens of one program, all expansions together
constexpr std::uint64_t name_header_bytes = 8; // next offset, hash, character count

}

ValueType value_type(std::uint8_t raw, std::size_t size_bytes)
{
    constexpr ValueType types[] = { ValueType::null, ValueType::utf16, ValueType::ansi, ValueType::i8, ValueType::u8,
        ValueType::i16, ValueType::u16, ValueType::i32, ValueType::u32, ValueType::i64, ValueType::u64, ValueType::f32,
        ValueType::f64, ValueType::boolean, ValueType::binary, ValueType::guid, ValueType::size64, ValueType::filetime,
        ValueType::systemtime, ValueType::sid, ValueType::hex32, ValueType::hex64 };
    if (raw == raw_type::size)
        return size_bytes == 4 ? ValueType::size32 : ValueType::size64;
    if (raw < std::size(types))
        return types[raw];
    if (raw == raw_type::utf16_list)
        return ValueType::utf16_list;
    return ValueType::binary; // unknown types are shown as what they are: bytes
}

std::uint32_t fixed_size(std::uint8_t raw)
{
    constexpr std::uint8_t sizes[] = { 0, 0, 0, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 4, 0, 16, 8, 8, 16, 0, 4, 8 };
    return raw < std::size(sizes) ? sizes[raw] : 0;
}

void Program::clear()
{
    ops.clear();
    heap.clear();
    id = 0;
    fingerprint = 0;
    is_damaged = false;
    for (auto& plan : plans) {
        plan.steps.clear();
        plan.is_built = false;
        plan.has_nested = false;
    }
}

template <typename T> T Compiler::at(std::uint64_t offset) const
{
    return load<T>(m_source->bytes.data() + (offset - m_source->base));
}

bool Compiler::fail(ErrorCode code, std::string_view what, std::uint64_t offset)
{
    m_outcome.error = { code, what, offset, 0, 0, {} };
    return false;
}

void Compiler::push(Op op)
{
    m_program->ops.push_back(op);
}

CompileOutcome const& Compiler::compile(Source const& source, CompileRequest const& request, Program& program)
{
    m_source = &source;
    m_request = request;
    m_program = &program;
    m_outcome.end = request.begin;
    m_outcome.error = {};
    m_outcome.is_self_contained = true;
    m_outcome.borrowed.clear();
    m_frames.clear();
    m_open.clear();
    m_table_count = 0;
    program.clear();
    if (request.begin < source.base || request.end > source_end() || request.begin > request.end) {
        fail(ErrorCode::bad_offset, "evtx.binxml", request.begin);
        program.is_damaged = true;
        return m_outcome;
    }
    m_frames.push_back({ request.begin, request.end, 0, -1, request.has_dependency_ids, false });
    for (std::uint32_t steps = 0; !m_frames.empty(); ++steps) {
        if (steps == steps_max) {
            fail(ErrorCode::limit, "evtx.binxml.tokens", m_frames.back().position);
            break;
        }
        if (!step())
            break;
    }
    if (m_outcome.error.code != ErrorCode::none) {
        program.is_damaged = true;
        if (!m_frames.empty())
            m_outcome.end = m_frames.front().position;
        while (!m_frames.empty()) {
            close_frame_elements(m_frames.back());
            m_frames.pop_back();
        }
    }
    return m_outcome;
}

void Compiler::end_start_tag(Frame& frame)
{
    frame.is_start_tag_open = false;
}

void Compiler::close_frame_elements(Frame const& frame)
{
    bool in_start_tag = frame.is_start_tag_open;
    while (m_open.size() > frame.open_elements) {
        push({ .kind = in_start_tag ? OpKind::empty_end : OpKind::close });
        in_start_tag = false;
        m_open.pop_back();
    }
}

bool Compiler::step()
{
    auto& frame = m_frames.back();
    if (frame.position >= frame.end) {
        // A definition may end without its end token; elements left open are a damaged definition (LanguagePackSetup
        // has one).
        if (m_open.size() > frame.open_elements)
            return fail(ErrorCode::truncated, "evtx.binxml.element", frame.position);
        if (m_frames.size() == 1)
            m_outcome.end = frame.position;
        m_frames.pop_back();
        return true;
    }
    auto const token_byte = at<std::uint8_t>(frame.position);
    ++frame.position;
    switch (token_byte & ~token::more_bit) {
    case token::end: frame.end = frame.position; return true;
    case token::fragment:
        if (!has(frame, 3))
            return fail(ErrorCode::truncated, "evtx.binxml.fragment", frame.position);
        frame.position += 3;
        return true;
    case token::open: return read_open(frame, token_byte);
    case token::start_end:
        if (!frame.is_start_tag_open)
            return fail(ErrorCode::bad_value, "evtx.binxml.start_end", frame.position - 1);
        push({ .kind = OpKind::start_end });
        end_start_tag(frame);
        return true;
    case token::empty_end:
    case token::close: {
        bool const is_empty = (token_byte & ~token::more_bit) == token::empty_end;
        if (m_open.size() <= frame.open_elements || is_empty != frame.is_start_tag_open)
            return fail(ErrorCode::bad_value, "evtx.binxml.close", frame.position - 1);
        push({ .kind = is_empty ? OpKind::empty_end : OpKind::close });
        end_start_tag(frame);
        m_open.pop_back();
        return true;
    }
    case token::value: return read_literal_value(frame);
    case token::attribute: return read_attribute(frame);
    case token::cdata: return read_counted_text(frame, OpKind::cdata);
    case token::char_reference:
        if (!has(frame, 2))
            return fail(ErrorCode::truncated, "evtx.binxml.char_reference", frame.position);
        push({ .kind = OpKind::char_reference, .slot = at<std::uint16_t>(frame.position) });
        frame.position += 2;
        return true;
    case token::entity: return read_named(frame, OpKind::entity);
    case token::pi_target: return read_named(frame, OpKind::pi_target);
    case token::pi_text: return read_counted_text(frame, OpKind::pi_text);
    case token::instance: return read_nested_instance(frame);
    case token::substitution: return read_substitution(frame, false);
    case token::optional_substitution: return read_substitution(frame, true);
    default: return fail(ErrorCode::bad_value, "evtx.binxml.token", frame.position - 1);
    }
}

bool Compiler::name_fits(std::uint64_t offset, std::uint64_t inline_position, std::uint64_t frame_end) const
{
    if (m_source->borrowed != nullptr && (offset < m_source->base || offset >= source_end()))
        return std::ranges::any_of(*m_source->borrowed, [&](auto const& name) { return name.offset == offset; });
    auto const limit = offset == inline_position ? frame_end : source_end();
    if (offset < m_source->base || offset > limit || limit - offset < name_header_bytes + 2)
        return false;
    auto const count = at<std::uint16_t>(offset + 6);
    if (count == 0 || limit - offset < name_header_bytes + 2 + std::uint64_t { count } * 2)
        return false;
    return at<std::uint16_t>(offset + name_header_bytes + std::uint64_t { count } * 2) == 0;
}

std::uint32_t Compiler::add_text_utf16(ByteView utf16, Op& op)
{
    op.place = static_cast<std::uint32_t>(m_program->heap.size());
    append_utf16le(m_program->heap, utf16);
    op.size = static_cast<std::uint32_t>(m_program->heap.size()) - op.place;
    return op.size;
}

// At the name's offset field. Names stand at their first use and are referred to by offset later.
bool Compiler::read_name(Frame& frame, Op& op)
{
    if (!has(frame, 4))
        return fail(ErrorCode::truncated, "evtx.binxml.name_offset", frame.position);
    auto const offset = at<std::uint32_t>(frame.position);
    auto const inline_position = frame.position + 4;
    if (!name_fits(offset, inline_position, frame.end))
        return fail(ErrorCode::bad_offset, "evtx.binxml.name", frame.position);
    frame.position = inline_position;
    if (offset < m_source->base || offset >= source_end()) {
        auto const found
            = std::ranges::find_if(*m_source->borrowed, [&](auto const& name) { return name.offset == offset; });
        add_text_utf16(found->utf16, op);
        return true;
    }
    auto const count = at<std::uint16_t>(offset + 6);
    add_text_utf16(part(m_source->bytes, offset - m_source->base + name_header_bytes, std::uint64_t { count } * 2), op);
    if (offset == inline_position)
        frame.position += name_header_bytes + std::uint64_t { count } * 2 + 2;
    else if (m_request.collect_borrowed && (offset < m_request.begin || offset >= m_request.end))
        m_outcome.borrowed.push_back(offset);
    return true;
}

bool Compiler::read_open(Frame& frame, std::uint8_t token_byte)
{
    if (frame.is_start_tag_open)
        return fail(ErrorCode::bad_value, "evtx.binxml.open_in_tag", frame.position - 1);
    if (m_open.size() >= m_limits.depth_max)
        return fail(ErrorCode::limit, "evtx.binxml.depth", frame.position);
    if (m_program->ops.size() >= std::size_t { m_limits.elements_max } * 16)
        return fail(ErrorCode::limit, "evtx.binxml.elements", frame.position);
    // [dependency id:2] size:4 name:4. Whether the id is there is not written anywhere: definitions have it, fragments
    // in values mostly not, forwarded records either way. The name's offset must lead to a name, which tells them
    // apart.
    auto const fits = [&](std::uint64_t prefix) {
        return has(frame, prefix + 8)
            && name_fits(at<std::uint32_t>(frame.position + prefix + 4), frame.position + prefix + 8, frame.end);
    };
    bool has_dependency = frame.has_dependency_ids;
    if (!fits(has_dependency ? 2 : 0)) {
        has_dependency = !has_dependency;
        if (!fits(has_dependency ? 2 : 0))
            return fail(ErrorCode::bad_value, "evtx.binxml.element", frame.position);
        frame.has_dependency_ids = has_dependency;
    }
    Op op { .kind = OpKind::open, .slot = no_slot };
    if (has_dependency) {
        if (frame.values < 0)
            op.slot = at<std::uint16_t>(frame.position);
        frame.position += 2;
    }
    frame.position += 4;
    if (!read_name(frame, op))
        return false;
    if ((token_byte & token::more_bit) != 0) {
        if (!has(frame, 4))
            return fail(ErrorCode::truncated, "evtx.binxml.attributes_size", frame.position);
        frame.position += 4;
    }
    m_open.push_back(static_cast<std::uint32_t>(m_program->ops.size()));
    push(op);
    frame.is_start_tag_open = true;
    return true;
}

bool Compiler::read_attribute(Frame& frame)
{
    if (!frame.is_start_tag_open)
        return fail(ErrorCode::bad_value, "evtx.binxml.attribute", frame.position - 1);
    Op op { .kind = OpKind::attribute };
    if (!read_name(frame, op))
        return false;
    push(op);
    return true;
}

bool Compiler::read_named(Frame& frame, OpKind kind)
{
    Op op { .kind = kind };
    if (!read_name(frame, op))
        return false;
    push(op);
    return true;
}

bool Compiler::read_counted_text(Frame& frame, OpKind kind)
{
    if (!has(frame, 2) || !has(frame, 2 + std::uint64_t { at<std::uint16_t>(frame.position) } * 2))
        return fail(ErrorCode::truncated, "evtx.binxml.text", frame.position);
    auto const size = std::uint64_t { at<std::uint16_t>(frame.position) } * 2;
    Op op { .kind = kind };
    add_text_utf16(part(m_source->bytes, frame.position + 2 - m_source->base, size), op);
    push(op);
    frame.position += 2 + size;
    return true;
}

bool Compiler::read_literal_value(Frame& frame)
{
    if (!has(frame, 1))
        return fail(ErrorCode::truncated, "evtx.binxml.value_type", frame.position);
    auto const type = at<std::uint8_t>(frame.position);
    ++frame.position;
    if (type == raw_type::utf16)
        return read_counted_text(frame, OpKind::text);
    std::uint64_t size = fixed_size(type);
    if (type == raw_type::ansi || type == raw_type::binary) {
        if (!has(frame, 2))
            return fail(ErrorCode::truncated, "evtx.binxml.value_size", frame.position);
        size = at<std::uint16_t>(frame.position);
        frame.position += 2;
    } else if (type == raw_type::sid && has(frame, 2)) {
        size = 8 + std::uint64_t { at<std::uint8_t>(frame.position + 1) } * 4;
    } else if (size == 0 && type != raw_type::null) {
        return fail(ErrorCode::unsupported, "evtx.binxml.value_type", frame.position - 1);
    }
    if (!has(frame, size))
        return fail(ErrorCode::truncated, "evtx.binxml.value", frame.position);
    Op op { .kind = OpKind::value,
        .type = type,
        .place = static_cast<std::uint32_t>(m_program->heap.size()),
        .size = static_cast<std::uint32_t>(size) };
    m_program->heap += as_text(part(m_source->bytes, frame.position - m_source->base, size));
    push(op);
    frame.position += size;
    return true;
}

bool Compiler::read_substitution(Frame& frame, bool is_optional)
{
    if (!has(frame, 3))
        return fail(ErrorCode::truncated, "evtx.binxml.substitution", frame.position);
    auto const index = at<std::uint16_t>(frame.position);
    auto const type = at<std::uint8_t>(frame.position + 2);
    frame.position += 3;
    if (frame.values < 0) {
        push({ .kind = OpKind::substitution, .type = type, .is_optional = is_optional, .slot = index });
        return true;
    }
    auto const& slots = m_tables[static_cast<std::size_t>(frame.values)].slots;
    auto const slot = index < slots.size() ? slots[index] : Slot {};
    expand_slot(slot, is_optional);
    return m_outcome.error.code == ErrorCode::none;
}

// A value of a template instance that stands inside another definition: its values never change, so they become
// literals.
void Compiler::expand_slot(Slot const& slot, bool is_optional)
{
    auto const in_start_tag = m_frames.back().is_start_tag_open;
    if (slot.type == raw_type::binxml && !in_start_tag) {
        if (m_frames.size() >= m_limits.depth_max) {
            fail(ErrorCode::limit, "evtx.binxml.nesting", m_frames.back().position);
            return;
        }
        auto const begin = m_source->base + static_cast<std::uint64_t>(slot.bytes - m_source->bytes.data());
        if (m_table_count == m_tables.size())
            m_tables.emplace_back();
        m_tables[m_table_count].slots.clear(); // substitutions of a fragment have nothing to refer to
        m_frames.push_back(
            { begin, begin + slot.size, m_open.size(), static_cast<int>(m_table_count++), false, false });
        return;
    }
    if (m_program->heap.size() + slot.size > m_limits.text_bytes_max) {
        fail(ErrorCode::limit, "evtx.binxml.text", m_frames.back().position);
        return;
    }
    Op op { .kind = OpKind::value,
        .type = slot.type,
        .is_optional = is_optional,
        .place = static_cast<std::uint32_t>(m_program->heap.size()),
        .size = slot.size };
    if (slot.type == raw_type::binxml)
        op.type = raw_type::binary;
    m_program->heap += as_text(slot.view());
    push(op);
}

bool Compiler::read_nested_instance(Frame& frame)
{
    if (frame.is_start_tag_open)
        return fail(ErrorCode::bad_value, "evtx.binxml.instance_in_tag", frame.position - 1);
    if (m_frames.size() >= m_limits.depth_max || m_table_count >= m_limits.elements_max)
        return fail(ErrorCode::limit, "evtx.binxml.nesting", frame.position);
    m_outcome.is_self_contained = false;
    InstanceHeader header;
    DefinitionHeader definition;
    if (!read_instance_header(*m_source, frame.position, frame.end, header)
        || !read_definition_header(*m_source, header.definition_offset, definition))
        return fail(ErrorCode::bad_offset, "evtx.binxml.instance", frame.position);
    if (m_table_count == m_tables.size())
        m_tables.emplace_back();
    auto& table = m_tables[m_table_count];
    table.slots.clear();
    auto const values = read_values(m_source->bytes, m_source->base, header.values_offset, frame.end, table.slots);
    frame.position = values.end;
    m_frames.push_back(
        { definition.begin, definition.end, m_open.size(), static_cast<int>(m_table_count++), true, false });
    return true;
}

bool read_instance_header(Source const& source, std::uint64_t position, std::uint64_t end, InstanceHeader& header)
{
    if (position > end || end - position < 13)
        return false;
    auto const* const at = source.bytes.data() + (position - source.base);
    header.template_id = load<std::uint32_t>(at + 1);
    header.definition_offset = load<std::uint32_t>(at + 5);
    auto const behind = position + 9;
    header.is_resident = header.definition_offset == behind;
    header.values_offset = behind;
    if (header.is_resident) {
        DefinitionHeader definition;
        if (!read_definition_header(source, behind, definition) || definition.end > end)
            return false;
        header.values_offset = definition.end;
    }
    return end - header.values_offset >= 4;
}

bool read_definition_header(Source const& source, std::uint64_t offset, DefinitionHeader& header)
{
    constexpr std::uint64_t header_bytes = 24; // next offset, GUID, size
    auto const source_end = source.base + source.bytes.size();
    if (offset < source.base || offset > source_end || source_end - offset < header_bytes)
        return false;
    auto const place = offset - source.base;
    header.guid = part(source.bytes, place + 4, 16);
    auto const size = load<std::uint32_t>(source.bytes.data() + place + 20);
    header.begin = offset + header_bytes;
    if (size > source_end - header.begin)
        return false;
    header.end = header.begin + size;
    return true;
}

ValuesOutcome read_values(
    ByteView chunk, std::uint64_t base, std::uint64_t position, std::uint64_t end, std::vector<Slot>& slots)
{
    ValuesOutcome outcome { end, true };
    if (position > end || end - position < 4)
        return outcome;
    auto const* at = chunk.data() + (position - base);
    auto const declared = load<std::uint32_t>(at);
    at += 4;
    auto rest = end - position - 4;
    // Substitutions name values with 16 bits; a bigger count cannot be meant.
    auto const count = std::min<std::uint64_t>({ declared, rest / 4, no_slot });
    auto const first = slots.size();
    slots.resize(first + count);
    auto const* value = at + count * 4;
    rest -= count * 4;
    outcome.is_cut = count != declared;
    auto* slot = slots.data() + first;
    for (std::uint64_t i = 0; i < count; ++i, ++slot, at += 4) {
        std::uint32_t size = load<std::uint16_t>(at);
        if (size > rest) [[unlikely]] {
            outcome.is_cut = true;
            auto const type = load<std::uint8_t>(at + 2);
            bool const is_text = type == raw_type::utf16 || type == raw_type::ansi || type == raw_type::binary;
            *slot = { value, static_cast<std::uint32_t>(rest),
                is_text && rest > 0 ? type : raw_type::null }; // half a number is none
            value += rest;
            rest = 0;
            continue;
        }
        *slot = { value, size, load<std::uint8_t>(at + 2) };
        value += size;
        rest -= size;
    }
    outcome.end = end - rest;
    return outcome;
}

}
