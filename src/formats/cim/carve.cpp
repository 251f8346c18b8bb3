#include "formats/cim/carve.hpp"
#include <algorithm>
#include <cstring>

namespace konseki::cim {

namespace {

constexpr std::uint64_t record_bytes_max = 16ULL << 20;
constexpr std::size_t superclass_units_max = 255;

std::uint8_t at(ByteView bytes, std::size_t position)
{
    return std::to_integer<std::uint8_t>(bytes[position]);
}

std::uint32_t u32_at(ByteView bytes, std::size_t position)
{
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data() + position, sizeof value);
    return value;
}

bool is_hex_digit(std::uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

// Two digits of UTF-16 text: cheap enough to ask at every byte.
bool may_be_instance(ByteView gap, std::size_t position)
{
    return position + 64 < gap.size() && is_hex_digit(at(gap, position)) && at(gap, position + 1) == 0
        && is_hex_digit(at(gap, position + 62)) && at(gap, position + 63) == 0;
}

std::uint64_t take_instance(ByteView gap, std::size_t position, std::uint64_t gap_offset, CarveVisitor& visitor)
{
    auto const head = read_instance_head(gap.subspan(position), gap_offset + position);
    if (!head.ok())
        return 0;
    auto instance = head.value();
    auto const head_bytes = instance.offset - (gap_offset + position);
    auto const size = instance_bytes(instance, head_bytes);
    if (size < head_bytes + 13 || size > record_bytes_max)
        return 0;
    auto const there = std::min<std::uint64_t>(size, gap.size() - position);
    instance.body = instance.body.first(static_cast<std::size_t>(there - head_bytes));
    return visitor.on_carved_instance(instance, gap_offset + position, size) ? there : 0;
}

// A class begins with the length of its superclass's name and that name; its time stands behind it.
std::uint64_t take_class(ByteView gap, std::size_t position, std::uint64_t gap_offset, CarveVisitor& visitor)
{
    auto const units = u32_at(gap, position);
    auto const time_at = position + 4 + std::size_t { units } * 2;
    if (units > superclass_units_max || time_at + 12 > gap.size())
        return 0;
    auto const year_bytes = at(gap, time_at + 7);
    if (year_bytes != 1 && year_bytes != 2) // FILETIMEs of 1987 to 2199
        return 0;
    auto const size = std::uint64_t { 12 } + std::uint64_t { units } * 2 + u32_at(gap, time_at + 8);
    if (size > gap.size() - position)
        return 0;
    auto const definition = read_class(gap.subspan(position), gap_offset + position, OnDamage::refuse);
    if (!definition.ok() || !definition.value().stamp.is_set())
        return 0;
    if (units > 0 && !is_identifier(definition.value().superclass))
        return 0;
    return visitor.on_carved_class(definition.value(), gap_offset + position, size) ? size : 0;
}

}

void carve(ByteView gap, std::uint64_t gap_offset, CarveVisitor& visitor)
{
    for (std::size_t position = 0; position + 64 < gap.size();) {
        std::uint64_t taken = 0;
        if (may_be_instance(gap, position))
            taken = take_instance(gap, position, gap_offset, visitor);
        if (taken == 0 && at(gap, position + 2) == 0 && at(gap, position + 3) == 0 && at(gap, position + 1) == 0)
            taken = take_class(gap, position, gap_offset, visitor);
        position += static_cast<std::size_t>(std::max<std::uint64_t>(taken, 1));
    }
}

}
