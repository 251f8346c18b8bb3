// JSON lines whose members are the columns of a schema: each line becomes a row of plain values.
// Not objects of unknown shape: formats/json_rows; not what the rows mean.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include "formats/text_lines/text_lines.hpp"
#include "record/schema.hpp"
#include <bit>
#include <concepts>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace konseki::json_lines {

inline constexpr std::size_t line_bytes_max = 16U << 20;

// A member's value, already of its column's type; numbers as TraceBatch keeps them. Views the reader.
struct Value {
    std::string_view text {};
    std::uint64_t bits = 0;
    bool is_there = false;
};

class RowReader {
public:
    explicit RowReader(Schema const& schema);
    ~RowReader();
    RowReader(RowReader&&) noexcept;
    RowReader& operator=(RowReader&&) noexcept;

    // The columns' values in the schema's order, valid until the next call. Names are exact; null is absent.
    Result<std::span<Value const>> read(std::string_view line);
    // Of the last line: members that are no column or not of its type, and so were left out.
    std::size_t odd_members() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

// The next line that is not empty from `position`, which moves behind it; nothing at `end`.
std::optional<text_lines::Line> next_line(std::string_view file, std::uint64_t& position, std::uint64_t end);

namespace detail {

inline bool put(Value const& value, std::string_view& target)
{
    target = value.text;
    return true;
}
inline bool put(Value const& value, Symbol& target)
{
    target = Symbol(value.text);
    return true;
}
inline bool put(Value const& value, Timestamp& target)
{
    target.ticks = static_cast<std::int64_t>(value.bits);
    return true;
}
inline bool put(Value const& value, LocalTime& target)
{
    target.ticks = static_cast<std::int64_t>(value.bits);
    return true;
}
inline bool put(Value const& value, bool& target)
{
    target = value.bits != 0;
    return true;
}
inline bool put(Value const& value, double& target)
{
    target = std::bit_cast<double>(value.bits);
    return true;
}
template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
bool put(Value const& value, T& target)
{
    if (value.bits > std::numeric_limits<T>::max())
        return false;
    target = static_cast<T>(value.bits);
    return true;
}
template <std::signed_integral T> bool put(Value const& value, T& target)
{
    auto const number = static_cast<std::int64_t>(value.bits);
    if (number > std::numeric_limits<T>::max() || number < std::numeric_limits<T>::min())
        return false;
    target = static_cast<T>(number);
    return true;
}
template <typename T> bool put(Value const& value, std::optional<T>& target)
{
    T inner {};
    if (!put(value, inner))
        return false;
    target = inner;
    return true;
}

}

// Into a row whose members stay as they are where the line says nothing; how many values did not fit their member.
template <typename Row, typename... Members>
std::size_t fill(TypedSchema<Row, Members...> const& schema, std::span<Value const> values, Row& row)
{
    std::size_t index = 0, odd = 0;
    auto const one = [&](auto const& field) {
        auto const& value = values[index++];
        odd += value.is_there && !detail::put(value, row.*(field.member)) ? 1U : 0U;
    };
    std::apply([&](auto const&... fields) { (one(fields), ...); }, schema.fields);
    return odd;
}

}
