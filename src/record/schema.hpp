// What a trace is made of: a schema names typed columns and says what each means; rows are plain structs.
// Not a table: where rows go is the business of TraceSink (parsers) and store/ (queries).
#pragma once
#include "base/timestamp.hpp"
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace konseki {

enum class ColumnType : std::uint8_t {
    boolean,
    unsigned_integer,
    signed_integer,
    real,
    timestamp,
    local_time,
    text,
    symbol
};
std::string_view column_type_name(ColumnType type);

// Text of which a case holds few distinct values (host, channel, provider, user): the store keeps a dictionary number.
struct Symbol {
    std::string_view text; // data() == nullptr means "the artefact does not say"
    constexpr Symbol() = default;
    constexpr Symbol(std::string_view value) // NOLINT(google-explicit-constructor)
        : text(value)
    {
    }
    constexpr Symbol(char const* value) // NOLINT(google-explicit-constructor)
        : text(value)
    {
    }
};

struct Column {
    std::string_view name; // snake_case, units last, times end in _at
    ColumnType type = ColumnType::text;
    std::string_view meaning; // one sentence, shown by `konseki list` and as the column's comment in SQL
};

inline constexpr std::size_t columns_max = 40;

// Every stored row also has: evidence, offset, size_bytes (its origin) and recovered (true: not a live record).
struct Schema {
    std::string_view name; // "windows.prefetch.run"; SQL sees it with the dots as underscores
    std::string_view meaning;
    std::uint16_t version = 1;
    std::array<Column, columns_max> column_array {};
    std::size_t column_count = 0;

    constexpr std::span<Column const> columns() const { return { column_array.data(), column_count }; }
};

namespace detail {
template <typename T> struct IsOptional : std::false_type { };
template <typename T> struct IsOptional<std::optional<T>> : std::true_type {
    using Inner = T;
};

template <typename T> constexpr ColumnType column_type_of()
{
    if constexpr (IsOptional<T>::value)
        return column_type_of<typename IsOptional<T>::Inner>();
    else if constexpr (std::is_same_v<T, bool>)
        return ColumnType::boolean;
    else if constexpr (std::is_same_v<T, Timestamp>)
        return ColumnType::timestamp;
    else if constexpr (std::is_same_v<T, LocalTime>)
        return ColumnType::local_time;
    else if constexpr (std::is_same_v<T, Symbol>)
        return ColumnType::symbol;
    else if constexpr (std::is_same_v<T, std::string_view>)
        return ColumnType::text;
    else if constexpr (std::is_floating_point_v<T>)
        return ColumnType::real;
    else if constexpr (std::is_integral_v<T> && std::is_unsigned_v<T>)
        return ColumnType::unsigned_integer;
    else {
        static_assert(
            std::is_integral_v<T>, "a column is bool, integer, real, Timestamp, LocalTime, Symbol or string_view");
        return ColumnType::signed_integer;
    }
}
}

template <typename Row, typename Member> struct Field {
    std::string_view name;
    Member Row::*member;
    std::string_view meaning;
};

template <typename Row, typename Member>
constexpr Field<Row, Member> field(std::string_view name, Member Row::*member, std::string_view meaning)
{
    return { name, member, meaning };
}

template <typename Row, typename... Members> struct TypedSchema {
    Schema erased;
    std::tuple<Field<Row, Members>...> fields;
};

// inline constexpr auto run_schema = schema("windows.prefetch.run", "One start …", field("run_at", &Run::run_at, "…"),
// …);
template <typename Row, typename... Members>
constexpr TypedSchema<Row, Members...> schema(
    std::string_view name, std::string_view meaning, Field<Row, Members>... fields)
{
    static_assert(sizeof...(Members) <= columns_max);
    TypedSchema<Row, Members...> typed { { name, meaning, 1, {}, sizeof...(Members) }, { fields... } };
    std::size_t index = 0;
    ((typed.erased.column_array[index++] = Column { fields.name, detail::column_type_of<Members>(), fields.meaning }),
        ...);
    return typed;
}

}
