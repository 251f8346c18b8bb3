#include "formats/cim/object.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace konseki::cim {

namespace {

constexpr std::uint32_t predefined_flag = 0x8000'0000;
constexpr std::uint32_t array_flag = 0x2000;
constexpr std::size_t positions_max = 4'096; // properties of one class with all inherited ones; Limits::elements_max

constexpr std::size_t name_bytes_max = 1'024; // of a class or property: WMI allows 255 characters

// [MS-WMIO] 2.2.77 DictionaryReference
constexpr std::array<std::string_view, 11> predefined_names { "\"", "key", "", "read", "write", "volatile", "provider",
    "dynamic", "cimwin32", "DWORD", "CIMTYPE" };

std::uint32_t value_size(Type type)
{
    switch (type) {
    case Type::sint8:
    case Type::uint8: return 1;
    case Type::sint16:
    case Type::uint16:
    case Type::boolean:
    case Type::char16: return 2;
    case Type::sint32:
    case Type::uint32:
    case Type::real32:
    case Type::string:
    case Type::object:
    case Type::datetime:
    case Type::reference: return 4;
    case Type::real64:
    case Type::sint64:
    case Type::uint64: return 8;
    }
    return 0;
}

// [MS-WMIO] 2.2.78 Encoded-String: a flag, then octets (Latin-1) or UTF-16, ended by zero. With its flag; empty if bad.
ByteView encoded_string(ByteView heap, std::uint32_t offset)
{
    if (offset >= heap.size())
        return {};
    auto const rest = heap.subspan(offset);
    if (rest[0] == std::byte { 0 }) {
        auto const end = std::find(rest.begin() + 1, rest.end(), std::byte { 0 });
        return end == rest.end() ? ByteView {} : rest.first(static_cast<std::size_t>(end - rest.begin()));
    }
    if (rest[0] != std::byte { 1 })
        return {};
    auto const text = until_zero_utf16(rest.subspan(1));
    return text.size() + 2 >= rest.size() ? ByteView {} : rest.first(1 + text.size());
}

std::string decoded(ByteView encoded)
{
    if (encoded.size() < 2)
        return {};
    if (encoded[0] == std::byte { 1 })
        return utf8_from_utf16le(encoded.subspan(1));
    std::string text;
    for (auto const byte : encoded.subspan(1)) {
        auto const unit = std::to_integer<unsigned>(byte);
        if (unit >= 0x80)
            text += static_cast<char>(0xc0 | (unit >> 6));
        text += static_cast<char>(unit >= 0x80 ? 0x80 | (unit & 0x3f) : unit);
    }
    return text;
}

template <typename T> T load(ByteView bytes)
{
    T value {};
    std::memcpy(&value, bytes.data(), std::min(sizeof(T), bytes.size()));
    return value;
}

// Text that one object may decode to: its values can point at the same bytes of the heap again and again.
class Budget {
public:
    explicit Budget(std::uint64_t record_bytes)
        : m_left(record_bytes * 8 + 4'096)
    {
    }
    bool take(std::uint64_t bytes)
    {
        if (bytes > m_left)
            return false;
        m_left -= bytes;
        return true;
    }

private:
    std::uint64_t m_left;
};

class ValueDecoder {
public:
    ValueDecoder(ByteView values, ByteView heap, Budget& budget)
        : m_values(values)
        , m_heap(heap)
        , m_budget(budget)
    {
    }

    // False: cut off, or too much text.
    bool decode(Property const& property, Value& value)
    {
        auto const size = property.is_array ? 4U : value_size(property.type);
        auto const bytes = slice(m_values, property.value_offset, size, "cim.value");
        if (!bytes.ok())
            return false;
        if (property.is_array)
            return decode_array(load<std::uint32_t>(bytes.value()), value);
        return append_item(property.type, bytes.value(), value.text);
    }

private:
    bool decode_array(std::uint32_t offset, Value& value)
    {
        if (offset >= m_heap.size())
            return false;
        ByteReader reader { m_heap.subspan(offset) };
        auto const size = value_size(value.type);
        auto const count = reader.count(reader.u32("cim.array.count"), size, "cim.array.items");
        auto const items = reader.take(std::uint64_t { count } * size, "cim.array.items");
        if (reader.failed())
            return false;
        if (value.type == Type::uint8 || value.type == Type::sint8) {
            value.octets = items;
            return append_octets(items, value.text);
        }
        for (std::uint32_t i = 0; i < count; ++i) {
            if (i > 0)
                value.text += ", ";
            if (!m_budget.take(4)
                || !append_item(value.type, items.subspan(std::size_t { i } * size, size), value.text))
                return false;
        }
        return true;
    }

    bool append_octets(ByteView octets, std::string& text)
    {
        if (!m_budget.take(octets.size() * 2))
            return false;
        for (auto const octet : octets)
            append_format(text, "{:02X}", std::to_integer<unsigned>(octet));
        return true;
    }

    bool append_string(std::uint32_t offset, std::string& text)
    {
        if ((offset & predefined_flag) != 0) {
            auto const number = offset & ~predefined_flag;
            text += number < predefined_names.size() ? predefined_names[number] : std::string_view {};
            return number < predefined_names.size();
        }
        auto const encoded = encoded_string(m_heap, offset);
        if (encoded.empty() || !m_budget.take(encoded.size() * 2))
            return false;
        text += decoded(encoded);
        return true;
    }

    bool append_item(Type type, ByteView bytes, std::string& text)
    {
        switch (type) {
        case Type::sint8: append_format(text, "{}", load<std::int8_t>(bytes)); return true;
        case Type::uint8: append_format(text, "{}", load<std::uint8_t>(bytes)); return true;
        case Type::sint16: append_format(text, "{}", load<std::int16_t>(bytes)); return true;
        case Type::uint16:
        case Type::char16: append_format(text, "{}", load<std::uint16_t>(bytes)); return true;
        case Type::sint32: append_format(text, "{}", load<std::int32_t>(bytes)); return true;
        case Type::uint32: append_format(text, "{}", load<std::uint32_t>(bytes)); return true;
        case Type::sint64: append_format(text, "{}", load<std::int64_t>(bytes)); return true;
        case Type::uint64: append_format(text, "{}", load<std::uint64_t>(bytes)); return true;
        case Type::real32: append_format(text, "{}", std::bit_cast<float>(load<std::uint32_t>(bytes))); return true;
        case Type::real64: append_format(text, "{}", std::bit_cast<double>(load<std::uint64_t>(bytes))); return true;
        case Type::boolean: text += load<std::uint16_t>(bytes) != 0 ? "true" : "false"; return true;
        case Type::string:
        case Type::datetime:
        case Type::reference: return append_string(load<std::uint32_t>(bytes), text);
        case Type::object: return true; // an object within the object is not opened
        }
        return false;
    }

    ByteView m_values, m_heap;
    Budget& m_budget;
};

std::size_t state_bytes(std::size_t positions)
{
    return (positions * 2 + 7) / 8;
}

// [MS-WMIO] 2.2.26 NdTable: bit 0 null, bit 1 the value is inherited or the class's default.
unsigned state_of(ByteView table, std::size_t position)
{
    auto const byte = position / 4;
    return byte < table.size() ? (std::to_integer<unsigned>(table[byte]) >> (2 * (position % 4))) & 3U : 1U;
}

std::optional<Property> read_property(ByteView heap, std::uint32_t name_at, std::uint32_t definition_at)
{
    if (definition_at >= heap.size())
        return std::nullopt;
    ByteReader reader { heap.subspan(definition_at) };
    Property property;
    auto const type = reader.u32("cim.property.type");
    property.type = static_cast<Type>(type & 0xff);
    property.is_array = (type & array_flag) != 0;
    property.position = reader.u16("cim.property.position");
    property.value_offset = reader.u32("cim.property.value_offset");
    if (reader.failed() || value_size(property.type) == 0 || property.position >= positions_max)
        return std::nullopt;
    if ((name_at & predefined_flag) != 0) {
        property.predefined = name_at & ~predefined_flag;
        return property.predefined < predefined_names.size() ? std::optional { property } : std::nullopt;
    }
    property.name = encoded_string(
        heap.first(std::min<std::size_t>(heap.size(), std::size_t { name_at } + name_bytes_max)), name_at);
    return property.name.empty() ? std::nullopt : std::optional { property };
}

void skip_sized(ByteReader& reader, std::string_view what)
{
    auto const size = reader.u32(what);
    if (size < 4)
        reader.fail({ ErrorCode::bad_value, what, reader.offset(), 4, size, {} });
    else
        reader.skip(size - 4, what);
}

ByteView take_heap(ByteReader& reader, bool& is_complete)
{
    auto const size = reader.u32("cim.heap.size") & ~predefined_flag;
    auto const there = std::min<std::uint64_t>(size, reader.remaining());
    is_complete = is_complete && there == size;
    return reader.take(there, "cim.heap");
}

}

bool is_plausible_time(std::uint64_t filetime)
{
    constexpr std::uint64_t year_1995 = 124'332'192'000'000'000;
    constexpr std::uint64_t year_2100 = 157'469'184'000'000'000;
    return filetime >= year_1995 && filetime < year_2100;
}

bool is_identifier(std::string_view name)
{
    // Letters beyond ASCII are allowed in names of classes.
    return !name.empty() && name.size() <= name_bytes_max && (name[0] < '0' || name[0] > '9')
        && std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
                   || static_cast<unsigned char>(c) >= 0x80;
           });
}

std::string property_name(Property const& property)
{
    return property.name.empty() ? std::string(predefined_names[property.predefined]) : decoded(property.name);
}

Result<ClassRecord> read_class(ByteView record, std::uint64_t offset, OnDamage on_damage)
{
    ByteReader reader { record, offset };
    ClassRecord definition;
    auto const superclass_units = reader.count(reader.u32("cim.class.superclass_size"), 2, "cim.class.superclass");
    definition.superclass
        = utf8_from_utf16le(reader.take(std::uint64_t { superclass_units } * 2, "cim.class.superclass"));
    auto const stamp = reader.u64("cim.class.stamp");
    auto const begin = reader.position();
    auto const size = reader.u32("cim.class.size");
    reader.skip(1, "cim.class.reserved");
    auto const name_at = reader.u32("cim.class.name");
    auto const table_bytes = reader.u32("cim.class.table_size");
    skip_sized(reader, "cim.class.derivation");
    skip_sized(reader, "cim.class.qualifiers");
    auto const count = reader.count(reader.u32("cim.class.property_count"), 8, "cim.class.properties");
    TRY(reader.status());
    if (!is_plausible_time(stamp) && stamp != 0)
        return Error { ErrorCode::bad_value, "cim.class.stamp", offset, 0, stamp, {} };
    definition.stamp = Timestamp::from_filetime(stamp);
    auto const references = reader.take(std::uint64_t { count } * 8, "cim.class.properties");
    definition.table = reader.take(table_bytes, "cim.class.table");
    definition.heap = take_heap(reader, definition.is_complete);
    TRY(reader.status());
    definition.is_complete = definition.is_complete && reader.position() - begin == size;
    Error const refusal { ErrorCode::bad_value, "cim.class", offset, size, reader.position() - begin, {} };
    if (on_damage == OnDamage::refuse && !definition.is_complete)
        return refusal;
    definition.name = decoded(encoded_string(definition.heap, name_at));
    if (!is_identifier(definition.name))
        return Error { ErrorCode::bad_value, "cim.class.name", offset, 0, name_at, {} };
    definition.properties.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        auto const reference = references.subspan(std::size_t { i } * 8, 8);
        auto const property
            = read_property(definition.heap, load<std::uint32_t>(reference), load<std::uint32_t>(reference.subspan(4)));
        if (property)
            definition.properties.push_back(*property);
        else if (on_damage == OnDamage::refuse)
            return refusal;
        else
            definition.is_complete = false;
    }
    return definition;
}

namespace {

// The hash as UTF-16 text begins an instance: 64 digits, or 32 on Windows XP and 2003.
std::size_t hash_digits(ByteView record)
{
    std::size_t digits = 0;
    for (; digits < 64 && digits * 2 + 1 < record.size(); ++digits) {
        auto const c = std::to_integer<char>(record[digits * 2]);
        bool const is_digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
        if (!is_digit || record[digits * 2 + 1] != std::byte { 0 })
            break;
    }
    return digits >= 64 ? 64 : digits >= 32 ? 32 : 0;
}

}

Result<InstanceRecord> read_instance_head(ByteView record, std::uint64_t offset)
{
    auto const digits = hash_digits(record);
    if (digits == 0)
        return Error { ErrorCode::bad_magic, "cim.instance.class_hash", offset, 64, 0, {} };
    ByteReader reader { record, offset };
    InstanceRecord instance;
    instance.class_hash = utf8_from_utf16le(reader.take(digits * 2, "cim.instance.class_hash"));
    auto const stamp = reader.u64("cim.instance.stamp");
    auto const class_stamp = reader.u64("cim.instance.class_stamp");
    TRY(reader.status());
    if (!is_plausible_time(stamp))
        return Error { ErrorCode::bad_value, "cim.instance.stamp", offset, 0, stamp, {} };
    instance.stamp = Timestamp::from_filetime(stamp);
    if (is_plausible_time(class_stamp))
        instance.class_stamp = Timestamp::from_filetime(class_stamp);
    instance.offset = reader.offset();
    instance.body = reader.rest();
    return instance;
}

std::uint64_t instance_bytes(InstanceRecord const& record, std::uint64_t head_bytes)
{
    return head_bytes + (record.body.size() >= 4 ? load<std::uint32_t>(record.body) : 0U);
}

namespace {

struct Body {
    ByteView table, heap;
};

// [MS-WMIO] 2.2.53 InstanceType: size, flags, class name, state bits with values, qualifiers, heap.
Result<Body> read_body(InstanceRecord const& record, ClassLayout const& layout, bool& is_complete)
{
    ByteReader reader { record.body, record.offset };
    Body body;
    reader.skip(5, "cim.instance.header");
    auto const name_at = reader.u32("cim.instance.class_name");
    body.table = reader.take(layout.definition->table.size(), "cim.instance.values");
    TRY(reader.status());
    skip_sized(reader, "cim.instance.qualifiers");
    if (reader.u8("cim.instance.property_qualifiers") == 2) {
        for (std::size_t i = 0; i < layout.slots.size() && !reader.failed(); ++i)
            skip_sized(reader, "cim.instance.property_qualifiers");
    }
    body.heap = take_heap(reader, is_complete);
    // The heap names the class: a definition that does not fit the instance is found out here.
    is_complete
        = is_complete && !reader.failed() && decoded(encoded_string(body.heap, name_at)) == layout.definition->name;
    return body;
}

// One property by its state: null, the class's default, or stored here. False: it is there but cannot be read.
bool decode_slot(Slot const& slot, std::size_t positions, Body const& body, Budget& budget, Value& value)
{
    auto const state = state_of(body.table, slot.property.position);
    value.is_null = (state & 1U) != 0;
    value.is_default = (state & 2U) != 0;
    if (value.is_null)
        return true;
    // A default stands in the table of the class that declares it, behind that class's own state bits.
    auto const& table = value.is_default ? slot.definition->table : body.table;
    auto const& heap = value.is_default ? slot.definition->heap : body.heap;
    auto const values_at = state_bytes(value.is_default ? slot.positions : positions);
    return values_at <= table.size()
        && ValueDecoder(table.subspan(values_at), heap, budget).decode(slot.property, value);
}

}

Result<Instance> decode_instance(InstanceRecord const& record, ClassLayout const& layout)
{
    auto const positions = layout.slots.size();
    if (state_bytes(positions) > layout.definition->table.size())
        return Error { ErrorCode::bad_value, "cim.class.table", record.offset, state_bytes(positions),
            layout.definition->table.size(), {} };
    Instance instance;
    instance.class_name = layout.definition->name;
    instance.derivation = layout.derivation;
    instance.stamp = record.stamp;
    instance.class_stamp = record.class_stamp;
    instance.is_complete = layout.is_complete;
    auto const body = TRY(read_body(record, layout, instance.is_complete));
    Budget budget { record.body.size() + layout.definition->heap.size() };
    for (auto const& slot : layout.slots) {
        if (!slot)
            continue;
        auto name = property_name(slot->property);
        if (!budget.take(name.size()))
            break;
        NamedValue named { std::move(name), {} };
        named.value.type = slot->property.type;
        named.value.is_array = slot->property.is_array;
        if (!decode_slot(*slot, positions, body, budget, named.value)) {
            instance.is_complete = false;
            named.value.is_null = named.value.text.empty();
        }
        instance.values.push_back(std::move(named));
    }
    return instance;
}

std::vector<NamedValue> decode_defaults(ClassRecord const& definition, std::size_t positions)
{
    std::vector<NamedValue> defaults;
    if (state_bytes(positions) > definition.table.size())
        return defaults;
    Budget budget { definition.heap.size() + definition.table.size() };
    for (auto const& property : definition.properties) {
        if (state_of(definition.table, property.position) != 0)
            continue;
        auto name = property_name(property);
        if (!budget.take(name.size()))
            break;
        NamedValue named { std::move(name), {} };
        named.value.type = property.type;
        named.value.is_array = property.is_array;
        ValueDecoder decoder { definition.table.subspan(state_bytes(positions)), definition.heap, budget };
        if (decoder.decode(property, named.value) && !named.value.text.empty())
            defaults.push_back(std::move(named));
    }
    return defaults;
}

}
