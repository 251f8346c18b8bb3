#include "formats/journal/objects.hpp"
#include <algorithm>
#include <cstring>

namespace konseki::journal {

namespace {

constexpr std::uint64_t alignment = 8;
constexpr std::uint64_t year_2000_us = 946'684'800'000'000, year_2100_us = 4'102'444'800'000'000;

constexpr std::uint64_t aligned(std::uint64_t offset)
{
    return (offset + alignment - 1) / alignment * alignment;
}

std::uint64_t size_min(ObjectType type, Dialect const& dialect)
{
    switch (type) {
    case ObjectType::data: return dialect.data_head_bytes() + 1;
    case ObjectType::field: return field_head_bytes + 1;
    case ObjectType::entry: return entry_head_bytes + dialect.item_bytes();
    case ObjectType::entry_array: return array_head_bytes + dialect.array_item_bytes();
    case ObjectType::tag: return 64;
    default: return object_head_bytes;
    }
}

bool is_offset(std::uint64_t offset, ByteView bytes)
{
    return offset % alignment == 0 && offset < bytes.size();
}

}

std::uint64_t u64_at(ByteView bytes, std::uint64_t offset)
{
    std::uint64_t value = 0;
    if (offset <= bytes.size() && bytes.size() - offset >= sizeof value)
        std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

std::uint32_t u32_at(ByteView bytes, std::uint64_t offset)
{
    std::uint32_t value = 0;
    if (offset <= bytes.size() && bytes.size() - offset >= sizeof value)
        std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

std::optional<Object> object_at(ByteView bytes, std::uint64_t offset, Dialect const& dialect)
{
    if (offset % alignment != 0 || offset > bytes.size() || bytes.size() - offset < object_head_bytes)
        return std::nullopt;
    auto const head = u64_at(bytes, offset);
    Object object;
    object.type = static_cast<ObjectType>(head & 0xff);
    object.flags = static_cast<std::uint8_t>(head >> 8U);
    object.offset = offset;
    object.size_bytes = u64_at(bytes, offset + 8);
    bool const is_type = object.type >= ObjectType::data && object.type <= ObjectType::tag && head >> 16U == 0;
    bool const is_flagged = object.flags == 0
        || (object.type == ObjectType::data && (object.flags == 1 || object.flags == 2 || object.flags == 4));
    if (!is_type || !is_flagged || object.size_bytes > bytes.size() - offset
        || object.size_bytes < size_min(object.type, dialect))
        return std::nullopt;
    auto const body = object.size_bytes;
    bool const is_divisible
        = (object.type != ObjectType::entry || (body - entry_head_bytes) % dialect.item_bytes() == 0)
        && (object.type != ObjectType::entry_array || (body - array_head_bytes) % dialect.array_item_bytes() == 0);
    return is_divisible ? std::optional { object } : std::nullopt;
}

Result<ByteView> payload_of(ByteView bytes, Object const& data, Dialect const& dialect, Decompressor& decompressor)
{
    auto const head = data.type == ObjectType::data ? dialect.data_head_bytes() : field_head_bytes;
    auto const stored = bytes.subspan(data.offset + head, data.size_bytes - head);
    if (data.flags == 0)
        return stored;
    return decompressor.unpack(stored, data.flags);
}

bool ObjectWalk::check_hash(Object const& object)
{
    if (object.type != ObjectType::data && object.type != ObjectType::field)
        return true;
    auto const payload = payload_of(m_bytes, object, m_dialect, m_decompressor);
    if (!payload.ok())
        return payload.error().code == ErrorCode::limit; // too large to be looked at is no damage
    return m_dialect.hash(payload.value()) == u64_at(m_bytes, object.offset + 16);
}

bool ObjectWalk::is_certain(Object const& object)
{
    switch (object.type) {
    case ObjectType::data:
    case ObjectType::field: return check_hash(object);
    case ObjectType::entry: {
        auto const realtime = u64_at(m_bytes, object.offset + 24);
        auto const first = m_dialect.is_compact ? u32_at(m_bytes, object.offset + entry_head_bytes)
                                                : u64_at(m_bytes, object.offset + entry_head_bytes);
        return u64_at(m_bytes, object.offset + 16) != 0 && realtime > year_2000_us && realtime < year_2100_us
            && first != 0 && is_offset(first, m_bytes) && object_at(m_bytes, first, m_dialect).has_value();
    }
    case ObjectType::entry_array: {
        auto const first = m_dialect.is_compact ? u32_at(m_bytes, object.offset + array_head_bytes)
                                                : u64_at(m_bytes, object.offset + array_head_bytes);
        auto const entry = object_at(m_bytes, first, m_dialect);
        return first != 0 && entry && entry->type == ObjectType::entry
            && is_offset(u64_at(m_bytes, object.offset + 16), m_bytes);
    }
    case ObjectType::tag: return object.size_bytes == 64 && u64_at(m_bytes, object.offset + 24) < 1ULL << 40;
    default: return false;
    }
}

std::uint64_t ObjectWalk::next_certain(std::uint64_t offset, std::uint64_t end)
{
    for (; offset < end; offset += alignment) {
        if (auto const object = object_at(m_bytes, offset, m_dialect); object && is_certain(*object))
            return offset;
    }
    return end;
}

std::uint64_t ObjectWalk::skip_zeros(std::uint64_t offset) const
{
    static constexpr std::array<std::byte, 4096> zeros {};
    while (m_bytes.size() - offset >= zeros.size()
        && std::memcmp(m_bytes.data() + offset, zeros.data(), zeros.size()) == 0)
        offset += zeros.size();
    while (offset + alignment <= m_bytes.size() && u64_at(m_bytes, offset) == 0)
        offset += alignment;
    return std::min<std::uint64_t>(offset, m_bytes.size());
}

void ObjectWalk::run(std::uint64_t from, std::function<bool(Object const&)> const& on_object,
    std::function<void(Gap const&)> const& on_gap)
{
    auto offset = aligned(from);
    while (offset < m_bytes.size() && m_bytes.size() - offset >= object_head_bytes) {
        if (u64_at(m_bytes, offset) == 0) {
            auto const next = skip_zeros(offset);
            bool const is_end = m_bytes.size() - next < alignment;
            if (!is_end)
                on_gap({ offset, next - offset, true });
            offset = is_end ? m_bytes.size() : next;
            continue;
        }
        auto object = object_at(m_bytes, offset, m_dialect);
        if (!object) {
            auto const next = next_certain(offset + alignment, m_bytes.size() & ~(alignment - 1));
            on_gap({ offset, next - offset, false });
            offset = next;
            continue;
        }
        object->is_hash_good = check_hash(*object);
        auto end = offset + object->size_bytes;
        if (!object->is_hash_good) {
            // A size that was changed may have swallowed what follows.
            end = std::min(end, next_certain(offset + object_head_bytes, aligned(end)));
            object->size_bytes = std::max(end - offset, size_min(object->type, m_dialect));
            object->size_bytes = std::min<std::uint64_t>(object->size_bytes, m_bytes.size() - offset);
        }
        if (!on_object(*object))
            return;
        offset = aligned(end);
    }
}

}
