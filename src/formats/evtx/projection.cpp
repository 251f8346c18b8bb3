#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/utf16.hpp"
#include "formats/evtx/decoder.hpp"
#include "formats/evtx/layout.hpp"

namespace konseki::evtx {

namespace {

std::uint64_t small_hash(ByteView bytes)
{
    std::uint64_t hash = bytes.size();
    std::size_t at = 0;
    for (; bytes.size() - at >= 8; at += 8)
        hash = (hash ^ load<std::uint64_t>(bytes.data() + at)) * 0x9e3779b97f4a7c15ULL;
    for (; at < bytes.size(); ++at)
        hash = (hash ^ std::to_integer<std::uint64_t>(bytes[at])) * 0x9e3779b97f4a7c15ULL;
    return hash >> 40;
}

std::uint64_t integer_of(Slot const& slot)
{
    switch (slot.size) {
    case 0: return 0;
    case 1: return load<std::uint8_t>(slot.bytes);
    case 2: return load<std::uint16_t>(slot.bytes);
    case 4: return load<std::uint32_t>(slot.bytes);
    default: break;
    }
    std::uint64_t value = 0;
    std::memcpy(&value, slot.bytes, std::min<std::size_t>(slot.size, 8));
    return value;
}

bool is_text(std::uint8_t type)
{
    return type == raw_type::utf16 || type == raw_type::ansi || type == literal_utf8;
}

EventValue value_of(Slot const& slot)
{
    return { slot.type == literal_utf8 ? ValueType::utf8 : value_type(slot.type, slot.size), slot.view() };
}

void set_number(Event& event, SystemField field, std::uint64_t number)
{
    switch (field) {
    case SystemField::event_id: event.event_id = static_cast<std::uint32_t>(number); return;
    case SystemField::qualifiers: event.qualifiers = static_cast<std::uint32_t>(number); return;
    case SystemField::version: event.version = static_cast<std::uint8_t>(number); return;
    case SystemField::level: event.level = static_cast<std::uint8_t>(number); return;
    case SystemField::task: event.task = static_cast<std::uint16_t>(number); return;
    case SystemField::opcode: event.opcode = static_cast<std::uint8_t>(number); return;
    case SystemField::keywords: event.keywords = number; return;
    case SystemField::record_id: event.record_id = number; return;
    case SystemField::process_id: event.execution_process_id = static_cast<std::uint32_t>(number); return;
    case SystemField::thread_id: event.execution_thread_id = static_cast<std::uint32_t>(number); return;
    default: return;
    }
}

// "{5770385f-…}" -> "5770385F-…", as a GUID value's canonical text.
void normalise_guid(std::string& text)
{
    if (auto const guid = Guid::parse(text))
        text = to_string(*guid);
}

}

std::string_view TextMemo::text_of(EventValue const& value)
{
    auto& entry = m_entries[small_hash(value.bytes) % entry_count];
    if (entry.type != value.type || entry.bytes != as_text(value.bytes)) {
        entry.type = value.type;
        entry.bytes = as_text(value.bytes);
        entry.text.clear();
        append_value_text(entry.text, value);
    }
    return entry.text;
}

std::string_view TextMemo::guid_of(EventValue const& value)
{
    auto& entry = m_entries[small_hash(value.bytes) % entry_count];
    if (entry.type != value.type || entry.bytes != as_text(value.bytes)) {
        (void)text_of(value);
        normalise_guid(entry.text);
    }
    return entry.text;
}

Projector::Projector(Decoder& decoder, EventShapes& shapes, Arena& arena, Limits const& limits, Nameless nameless)
    : m_decoder(decoder)
    , m_shapes(shapes)
    , m_arena(arena)
    , m_limits(limits)
    , m_nameless(nameless)
{
}

std::string_view Projector::text_of(EventValue const& value)
{
    m_text.clear();
    append_value_text(m_text, value);
    return m_arena.copy(m_text);
}

void Projector::add(EventValue const& value, std::string const& name)
{
    m_values.push_back(value);
    m_names.push_back(&name);
}

void Projector::take_system(Step const& step, Part const& part, Event& event)
{
    auto const& program = *part.program;
    auto slot = step.slot != no_slot
        ? m_decoder.slot(part, step.slot)
        : Slot { as_bytes(program.text(step.place, step.size)).data(), step.size, step.literal_type };
    if (slot.is_null())
        return;
    auto const value = value_of(slot);
    switch (step.field) {
    case SystemField::provider:
        event.provider = value.type == ValueType::utf8 ? as_text(value.bytes) : m_providers.text_of(value);
        return;
    case SystemField::channel:
        event.channel = value.type == ValueType::utf8 ? as_text(value.bytes) : m_channels.text_of(value);
        return;
    case SystemField::computer:
        event.computer = value.type == ValueType::utf8 ? as_text(value.bytes) : m_computers.text_of(value);
        return;
    case SystemField::user_sid:
        event.user_sid = value.type == ValueType::utf8 ? as_text(value.bytes) : m_users.text_of(value);
        return;
    case SystemField::provider_guid: event.provider_guid = m_provider_guids.guid_of(value); return;
    case SystemField::activity_id:
        m_text.clear();
        append_value_text(m_text, value);
        normalise_guid(m_text);
        event.activity_id = m_arena.copy(m_text);
        return;
    case SystemField::message:
        event.message = value.type == ValueType::utf8 ? as_text(value.bytes) : text_of(value);
        return;
    case SystemField::written_at:
        if (slot.type == raw_type::filetime)
            event.written_at = Timestamp::from_filetime(integer_of(slot));
        else
            event.written_at = Timestamp::parse(text_of(value)).value_or(Timestamp {});
        return;
    default: break;
    }
    if (step.slot == no_slot && step.literal_type == literal_utf8)
        set_number(event, step.field, step.number);
    else if (is_text(slot.type))
        set_number(event, step.field, parse_uint(trim(text_of(value))).value_or(0));
    else
        set_number(event, step.field, integer_of(slot));
}

// Arrays but string lists become several values of the same name, as a substitution of an array repeats its element.
void Projector::take_array(Slot const& slot, std::string const& name)
{
    m_is_keyed = false;
    auto const item_type = static_cast<std::uint8_t>(slot.type & ~raw_type::array_bit);
    if (slot.size == 0) {
        add({ ValueType::utf16, {} }, name); // one empty element
        return;
    }
    if (item_type == raw_type::ansi) {
        for (std::uint32_t begin = 0; begin < slot.size;) {
            std::uint32_t end = begin;
            while (end < slot.size && slot.bytes[end] != std::byte { 0 })
                ++end;
            add({ ValueType::ansi, { slot.bytes + begin, end - begin } }, name);
            begin = end + 1;
        }
        return;
    }
    std::uint32_t item_size = fixed_size(item_type);
    for (std::uint32_t at = 0; at < slot.size;) {
        if (item_type == raw_type::sid && slot.size - at >= 8)
            item_size = 8 + 4 * std::to_integer<std::uint32_t>(slot.bytes[at + 1]);
        auto const size = item_size == 0 ? slot.size - at : std::min(item_size, slot.size - at);
        add({ value_type(item_type, size), { slot.bytes + at, size } }, name);
        at += size;
    }
}

void Projector::take_mixed(Step const& step, Part const& part, std::string const& name)
{
    m_text.clear();
    auto const& program = *part.program;
    for (std::uint32_t i = step.first_op; i < step.first_op + step.op_count && i < program.ops.size(); ++i) {
        auto const& op = program.ops[i];
        auto const text = program.text(op);
        switch (op.kind) {
        case OpKind::text:
        case OpKind::cdata: m_text += text; break;
        case OpKind::value: append_value_text(m_text, { value_type(op.type, op.size), as_bytes(text) }); break;
        case OpKind::substitution: append_value_text(m_text, value_of(m_decoder.slot(part, op.slot))); break;
        case OpKind::char_reference: utf8::append(m_text, op.slot); break;
        case OpKind::entity:
            m_text += text == "amp" ? "&"
                : text == "lt"      ? "<"
                : text == "gt"      ? ">"
                : text == "quot"    ? "\""
                : text == "apos"    ? "'"
                                    : text;
            break;
        default: break;
        }
    }
    add({ ValueType::utf8, as_bytes(m_arena.copy(m_text)) }, name);
}

bool Projector::enter(Part const& part, Scope scope)
{
    if (m_frames.size() >= m_limits.depth_max)
        return false;
    m_frames.push_back({ part, &Decoder::plan(*part.program, scope), 0 });
    m_is_keyed = m_is_keyed && !part.program->is_plain;
    m_key = (m_key ^ (std::uint64_t { part.program->id } << 3 | static_cast<std::uint64_t>(scope)))
        * 0x9e3779b97f4a7c15ULL;
    m_key ^= m_key >> 31;
    return true;
}

// The System block is known, the names of the fields are not: the values still say a lot.
void Projector::take_nameless(BodyOutcome const& opened)
{
    m_is_keyed = false;
    for (std::uint32_t i = 0; i < opened.missing_slot_count; ++i) {
        auto const& slot = m_decoder.slots()[opened.missing_first_slot + i];
        if (slot.is_null() || slot.type == raw_type::binxml)
            continue;
        if ((slot.type & raw_type::array_bit) != 0 && slot.type != raw_type::utf16_list)
            take_array(slot, m_data_name);
        else
            add(value_of(slot), m_data_name);
    }
}

bool Projector::enter_nested(Slot const& slot, Scope scope, Trust trust, Outcome& outcome)
{
    m_nested.clear();
    auto const opened = m_decoder.open_value(slot, trust, m_nested);
    if (opened.error.code != ErrorCode::none) {
        outcome.error = opened.error;
        outcome.is_missing_template |= opened.is_missing_template;
        if (opened.is_missing_template && m_nameless == Nameless::keep)
            take_nameless(opened);
    }
    bool is_entered = true;
    for (auto i = m_nested.size(); i > 0; --i)
        is_entered &= enter(m_nested[i - 1], scope);
    if (!is_entered)
        outcome.error = { ErrorCode::limit, "evtx.binxml.nesting",
            static_cast<std::uint64_t>(slot.bytes - m_decoder.chunk().data()), 0, 0, {} };
    return is_entered;
}

EventShape const* Projector::shape_of_names()
{
    m_text.clear();
    for (auto const* const name : m_names) {
        m_text += *name;
        m_text += '\n';
    }
    auto const known = m_shape_by_names.find(std::string_view(m_text));
    if (known != m_shape_by_names.end())
        return known->second;
    std::vector<std::string> names;
    names.reserve(m_names.size());
    for (auto const* const name : m_names)
        names.push_back(*name);
    auto const* const shape = m_shapes.intern(names);
    m_shape_by_names.emplace(m_text, shape);
    return shape;
}

Projector::Outcome Projector::project(std::vector<Part> const& parts, Trust trust, Event& event)
{
    Outcome outcome;
    m_values.clear();
    m_names.clear();
    m_frames.clear();
    m_key = 0x2545f4914f6cdd1d; // not 0: program 0 would leave it 0, and a nested program could then take an outer
                                // one's key
    m_is_keyed = true;
    for (auto i = parts.size(); i > 0; --i)
        enter(parts[i - 1], Scope::document);
    while (!m_frames.empty()) {
        auto& frame = m_frames.back();
        if (frame.step == frame.plan->steps.size()) {
            m_frames.pop_back();
            continue;
        }
        auto const& step = frame.plan->steps[frame.step++];
        if (step.kind == Step::Kind::system) {
            take_system(step, frame.part, event);
            continue;
        }
        if (step.kind == Step::Kind::mixed) {
            take_mixed(step, frame.part, frame.plan->names[step.name]);
            continue;
        }
        auto const slot = step.slot != no_slot
            ? m_decoder.slot(frame.part, step.slot)
            : Slot { as_bytes(frame.part.program->text(step.place, step.size)).data(), step.size, step.literal_type };
        if (slot.type == raw_type::binxml) {
            m_key += frame.step; // where it stands decides the order of names
            enter_nested(slot, step.kind == Step::Kind::nested ? step.scope : Scope::data, trust, outcome);
            continue;
        }
        if (step.kind == Step::Kind::nested) {
            // Optional content that this event does not have; seldom a plain value where elements are expected.
            if (!slot.is_null() && slot.size > 0 && slot.type != literal_utf8 && (slot.type & raw_type::array_bit) == 0
                && step.scope == Scope::data) {
                m_is_keyed = false;
                add(value_of(slot), m_data_name);
            }
            continue;
        }
        auto const& name = frame.plan->names[step.name];
        if (slot.is_null())
            add({ step.keep_empty ? ValueType::utf16 : ValueType::null, {} }, name);
        else if ((slot.type & raw_type::array_bit) != 0 && slot.type != raw_type::utf16_list)
            take_array(slot, name);
        else
            add(value_of(slot), name);
    }
    event.values = m_values;
    if (!m_is_keyed) {
        event.shape = shape_of_names();
        return outcome;
    }
    if (m_key != m_last_key || m_last_shape == nullptr) {
        auto const known = m_shape_by_key.find(m_key);
        m_last_shape = known != m_shape_by_key.end() ? known->second
                                                     : m_shape_by_key.emplace(m_key, shape_of_names()).first->second;
        m_last_key = m_key;
    }
    event.shape = m_last_shape->names.size() == m_values.size() ? m_last_shape : shape_of_names();
    return outcome;
}

}
