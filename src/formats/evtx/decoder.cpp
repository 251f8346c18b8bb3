#include "formats/evtx/decoder.hpp"
#include "base/text.hpp"
#include "formats/evtx/layout.hpp"
#include <algorithm>

namespace konseki::evtx {

namespace {

constexpr std::size_t by_offset_size = 512; // templates per chunk are few tens; more fall back to compiling again

std::uint64_t mixed(std::uint64_t hash, std::uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
    return hash ^ (hash >> 29);
}

std::uint64_t hash_of(std::string_view text, std::uint64_t hash)
{
    auto const* at = text.data();
    auto rest = text.size();
    for (; rest >= 8; rest -= 8, at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        hash = mixed(hash, word);
    }
    std::uint64_t word = rest;
    for (; rest > 0; --rest)
        word = (word << 8) | static_cast<unsigned char>(*at++);
    return mixed(hash, word);
}

bool is_same(Op const& a, Op const& b)
{
    return a.kind == b.kind && a.type == b.type && a.is_optional == b.is_optional && a.slot == b.slot
        && a.place == b.place && a.size == b.size;
}

bool is_same(Program const& a, Program const& b)
{
    return a.is_damaged == b.is_damaged && a.heap == b.heap
        && std::ranges::equal(a.ops, b.ops, [](Op const& x, Op const& y) { return is_same(x, y); });
}

std::uint64_t fingerprint_of(Program const& program)
{
    auto hash = hash_of(program.heap, program.is_damaged ? 2 : 1);
    for (auto const& op : program.ops) {
        hash = mixed(hash, std::uint64_t { op.place } << 32 | op.size);
        hash = mixed(hash,
            std::uint64_t { op.slot } << 32 | std::uint64_t { op.type } << 16 | (op.is_optional ? 256U : 0U)
                | static_cast<std::uint8_t>(op.kind));
    }
    return hash;
}

std::string dictionary_key(std::uint32_t template_id)
{
    return format("evtx.template/{:08X}", template_id);
}

// What a dictionary entry holds: the definition with its header, and the names it borrowed from its chunk.
struct PackedDefinition {
    std::uint32_t base = 0;
    ByteView bytes;
    std::vector<BorrowedName> borrowed;
};

constexpr std::uint8_t packed_version = 1;

template <typename T> void append_number(std::string& target, T number)
{
    for (std::size_t i = 0; i < sizeof number; ++i)
        target += static_cast<char>((static_cast<std::uint64_t>(number) >> (8 * i)) & 0xff);
}

bool unpack(ByteView packed, PackedDefinition& definition)
{
    if (packed.size() < 9 || load<std::uint8_t>(packed.data()) != packed_version)
        return false;
    definition.base = load<std::uint32_t>(packed.data() + 1);
    auto const size = load<std::uint32_t>(packed.data() + 5);
    if (size > packed.size() - 9)
        return false;
    definition.bytes = part(packed, 9, size);
    std::uint64_t position = 9 + std::uint64_t { size };
    while (packed.size() - position >= 6) {
        auto const count = load<std::uint16_t>(packed.data() + position + 4);
        if (packed.size() - position - 6 < std::uint64_t { count } * 2)
            return false;
        definition.borrowed.push_back(
            { load<std::uint32_t>(packed.data() + position), part(packed, position + 6, std::uint64_t { count } * 2) });
        position += 6 + std::uint64_t { count } * 2;
    }
    return position == packed.size();
}

}

Decoder::Decoder(Limits const& limits, Dictionary* dictionary_to_fill, Dictionary const* dictionary_to_ask)
    : m_to_fill(dictionary_to_fill)
    , m_to_ask(dictionary_to_ask)
    , m_compiler(limits)
    , m_by_offset(by_offset_size)
{
}

Decoder::~Decoder() = default;

void Decoder::begin_chunk(ByteView chunk)
{
    m_chunk = chunk;
    m_source = { chunk, 0, nullptr };
    ++m_generation;
    m_by_offset_used = 0;
    m_has_definitions = false;
    begin_record();
}

void Decoder::begin_record()
{
    m_slots.clear();
    m_plain_used = 0;
    m_used_dictionary = false;
}

Program* Decoder::new_plain_program()
{
    if (m_plain_used == m_plain.size())
        m_plain.push_back(std::make_unique<Program>());
    auto* const program = m_plain[m_plain_used++].get();
    program->is_plain = true;
    return program;
}

Plan const& Decoder::plan(Program& program, Scope scope)
{
    auto const& plan = program.plans[static_cast<std::size_t>(scope)];
    if (!plan.is_built)
        build_plan(program, scope);
    return plan;
}

Program* Decoder::keep(Program& program)
{
    program.fingerprint = fingerprint_of(program);
    auto& same = m_by_fingerprint[program.fingerprint];
    for (auto* const known : same) {
        if (is_same(*known, program))
            return known;
    }
    auto kept = std::make_unique<Program>();
    kept->ops = program.ops;
    kept->heap = program.heap;
    kept->fingerprint = program.fingerprint;
    kept->is_damaged = program.is_damaged;
    kept->id = static_cast<std::uint32_t>(m_programs.size());
    m_programs.push_back(std::move(kept));
    same.push_back(m_programs.back().get());
    return same.back();
}

// Adds the definition to the case's dictionary, so that remnants in other chunks and files can be read with it.
void Decoder::teach(std::uint32_t id, DefinitionHeader const& definition, CompileOutcome const& outcome)
{
    constexpr std::uint64_t definition_header_bytes = 24;
    auto const begin = definition.begin - definition_header_bytes;
    std::string packed;
    packed += static_cast<char>(packed_version);
    append_number(packed, static_cast<std::uint32_t>(begin));
    append_number(packed, static_cast<std::uint32_t>(definition.end - begin));
    packed += as_text(part(m_chunk, begin, definition.end - begin));
    auto borrowed = outcome.borrowed;
    std::ranges::sort(borrowed);
    auto const repeated = std::ranges::unique(borrowed);
    borrowed.erase(repeated.begin(), repeated.end());
    for (auto const offset : borrowed) {
        auto const count = load<std::uint16_t>(m_chunk.data() + offset + 6);
        append_number(packed, offset);
        append_number(packed, count);
        packed += as_text(part(m_chunk, offset + 8, std::uint64_t { count } * 2));
    }
    m_to_fill->add(dictionary_key(id), packed);
}

Program* Decoder::compile_at(std::uint32_t offset, std::uint32_t& id)
{
    DefinitionHeader definition;
    if (!read_definition_header(m_source, offset, definition))
        return nullptr;
    id = load<std::uint32_t>(definition.guid.data());
    auto const& outcome
        = m_compiler.compile(m_source, { definition.begin, definition.end, true, m_to_fill != nullptr }, m_scratch);
    if (m_scratch.ops.empty())
        return nullptr;
    auto const known_count = m_programs.size();
    auto* const program = keep(m_scratch);
    bool const is_new = m_programs.size() != known_count;
    if (is_new && m_to_fill != nullptr && outcome.is_self_contained && !program->is_damaged)
        teach(id, definition, outcome);
    return program;
}

// Every definition that stands in this chunk, in live records or behind them: an instance that is followed by its
// definition, whose GUID begins with the instance's id. The chunk header's table of templates knows only the live ones.
void Decoder::find_definitions()
{
    m_has_definitions = true;
    m_definitions.clear();
    constexpr std::uint64_t instance_bytes = 10, guid_offset = 4, least = instance_bytes + 24;
    for (std::uint64_t at = 0; m_chunk.size() >= least && at <= m_chunk.size() - least; ++at) {
        auto const* const found
            = static_cast<std::byte const*>(std::memchr(m_chunk.data() + at, 0x0c, m_chunk.size() - least - at + 1));
        if (found == nullptr)
            break;
        at = static_cast<std::uint64_t>(found - m_chunk.data());
        auto const id = load<std::uint32_t>(found + 2);
        if (load<std::uint8_t>(found + 1) == 1 && load<std::uint32_t>(found + 6) == at + instance_bytes
            && load<std::uint32_t>(found + instance_bytes + guid_offset) == id)
            m_definitions.push_back({ id, static_cast<std::uint32_t>(at + instance_bytes) });
    }
    std::ranges::stable_sort(m_definitions, {}, &Definition::id);
}

Program* Decoder::from_this_chunk(std::uint32_t template_id)
{
    if (!m_has_definitions)
        find_definitions();
    for (auto found = std::ranges::lower_bound(m_definitions, template_id, {}, &Definition::id);
         found != m_definitions.end() && found->id == template_id; ++found) {
        auto const& entry = entry_at(found->offset);
        if (entry.program != nullptr && !entry.program->is_damaged)
            return entry.program;
    }
    return nullptr;
}

Program* Decoder::from_dictionary(std::uint32_t template_id)
{
    auto const known = m_from_dictionary.find(template_id);
    if (known != m_from_dictionary.end())
        return known->second;
    Program* program = nullptr;
    PackedDefinition packed;
    auto const found = m_to_ask->find(dictionary_key(template_id));
    if (found && unpack(as_bytes(*found), packed)) {
        Source const source { packed.bytes, packed.base, &packed.borrowed };
        DefinitionHeader definition;
        if (read_definition_header(source, packed.base, definition)
            && load<std::uint32_t>(definition.guid.data()) == template_id) {
            m_compiler.compile(source, { definition.begin, definition.end, true, false }, m_scratch);
            if (!m_scratch.ops.empty() && !m_scratch.is_damaged)
                program = keep(m_scratch);
        }
    }
    m_from_dictionary.emplace(template_id, program);
    return program;
}

Decoder::ChunkEntry Decoder::entry_at(std::uint32_t definition_offset)
{
    constexpr auto mask = by_offset_size - 1;
    auto index = (definition_offset * 0x9e3779b1U) >> 23;
    for (;; ++index) {
        auto& entry = m_by_offset[index & mask];
        if (entry.generation == m_generation && entry.offset == definition_offset)
            return entry;
        if (entry.generation == m_generation)
            continue;
        ChunkEntry fresh { definition_offset, m_generation, nullptr, 0 };
        fresh.program = compile_at(definition_offset, fresh.id);
        // One place stays free so that the search ends; a chunk of templates only is hostile and merely slow.
        if (m_by_offset_used + 1 < by_offset_size) {
            entry = fresh;
            ++m_by_offset_used;
        }
        return fresh;
    }
}

Program* Decoder::find_template(InstanceHeader const& header, Trust trust, BodyOutcome& outcome)
{
    auto const entry = entry_at(header.definition_offset);
    // [libevtx, template instance] the id of an instance is the first part of its definition's GUID. Remnants must
    // prove it.
    bool const fits = entry.program != nullptr
        && (trust == Trust::live || (entry.id == header.template_id && !entry.program->is_damaged));
    if (fits)
        return entry.program;
    if (auto* const program = from_this_chunk(header.template_id))
        return program;
    if (m_to_ask != nullptr) {
        if (auto* const program = from_dictionary(header.template_id)) {
            m_used_dictionary = true;
            return program;
        }
    }
    outcome.is_missing_template = true;
    return nullptr;
}

BodyOutcome Decoder::open_plain(std::uint64_t begin, std::uint64_t end, std::vector<Part>& parts)
{
    BodyOutcome outcome;
    auto* const program = new_plain_program();
    auto const& compiled = m_compiler.compile(m_source, { begin, end, false, false }, *program);
    outcome.end = compiled.end;
    outcome.error = compiled.error;
    if (!program->ops.empty())
        parts.push_back({ program, static_cast<std::uint32_t>(m_slots.size()), 0 });
    return outcome;
}

BodyOutcome Decoder::open(std::uint64_t begin, std::uint64_t end, Trust trust, std::vector<Part>& parts)
{
    constexpr std::uint8_t end_token = 0x00, open_token = 0x01, instance_token = 0x0c, fragment_token = 0x0f,
                           more_bit = 0x40;
    BodyOutcome outcome;
    outcome.end = begin;
    auto position = begin;
    auto const parts_before = parts.size();
    while (position < end) {
        auto const token = load<std::uint8_t>(m_chunk.data() + position);
        if (token == fragment_token && end - position >= 4) {
            position += 4;
            continue;
        }
        if (token == instance_token) {
            InstanceHeader header;
            if (!read_instance_header(m_source, position + 1, end, header)) {
                outcome.error = { ErrorCode::bad_value, "evtx.record.template_instance", position, 0, 0, {} };
                break;
            }
            auto* const program = find_template(header, trust, outcome);
            auto const first = m_slots.size();
            auto const values = read_values(m_chunk, 0, header.values_offset, end, m_slots);
            position = values.end;
            if (program != nullptr)
                parts.push_back(
                    { program, static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(m_slots.size() - first) });
            else {
                outcome.error = { ErrorCode::not_found, "evtx.record.template", header.definition_offset, 0, 0, {} };
                outcome.missing_first_slot = static_cast<std::uint32_t>(first);
                outcome.missing_slot_count = static_cast<std::uint32_t>(m_slots.size() - first);
            }
            if (values.is_cut)
                outcome.error = { ErrorCode::truncated, "evtx.record.values", header.values_offset, 0, 0, {} };
            else if (program != nullptr && program->is_damaged && outcome.error.code == ErrorCode::none)
                outcome.error
                    = { ErrorCode::bad_value, "evtx.record.template_definition", header.definition_offset, 0, 0, {} };
            continue;
        }
        if (token == end_token) {
            ++position;
            break;
        }
        bool const is_element = (token & ~more_bit) == open_token;
        if (!is_element && parts.size() != parts_before)
            break; // what follows the values of a template instance is padding
        auto const plain = open_plain(position, end, parts);
        position = plain.end;
        if (plain.error.code != ErrorCode::none)
            outcome.error = plain.error;
        break;
    }
    outcome.end = position;
    return outcome;
}

BodyOutcome Decoder::open_value(Slot const& slot, Trust trust, std::vector<Part>& parts)
{
    auto const begin = static_cast<std::uint64_t>(slot.bytes - m_chunk.data());
    return open(begin, begin + slot.size, trust, parts);
}

}
