#include "formats/json_lines/json_lines.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include <algorithm>
#include <deque>
#include <vector>
#include <simdjson.h>

namespace konseki::json_lines {

namespace {

using simdjson::SUCCESS;
using simdjson::dom::element;

std::optional<std::uint64_t> integer_of(element const& value, ColumnType type)
{
    std::uint64_t number = 0;
    std::int64_t signed_number = 0;
    if (type == ColumnType::unsigned_integer && value.get_uint64().get(number) == SUCCESS)
        return number;
    if (type == ColumnType::signed_integer && value.get_int64().get(signed_number) == SUCCESS)
        return static_cast<std::uint64_t>(signed_number);
    std::string_view text;
    if (value.get_string().get(text) != SUCCESS)
        return std::nullopt;
    if (type == ColumnType::unsigned_integer)
        return parse_uint(text);
    auto const parsed = parse_int(text);
    return parsed ? std::optional(static_cast<std::uint64_t>(*parsed)) : std::nullopt;
}

}

struct RowReader::State {
    std::vector<Column> columns;
    std::vector<Value> values;
    std::string padded; // the line, with the room behind it that simdjson reads into
    std::deque<std::string> rendered; // values of another JSON type that a text column takes as written
    simdjson::dom::parser parser;
    std::size_t odd_members = 0;

    bool take(element const& member, ColumnType type, Value& value);
    void take_member(std::string_view name, element const& member, std::size_t expected);
};

bool RowReader::State::take(element const& member, ColumnType type, Value& value)
{
    switch (type) {
    case ColumnType::text:
    case ColumnType::symbol:
        if (member.get_string().get(value.text) != SUCCESS)
            value.text = rendered.emplace_back(simdjson::minify(member));
        return true;
    case ColumnType::timestamp:
    case ColumnType::local_time: {
        std::string_view text;
        if (member.get_string().get(text) != SUCCESS)
            return false;
        auto const time = Timestamp::parse(text);
        value.bits = static_cast<std::uint64_t>(time.value_or(Timestamp {}).ticks);
        return time.has_value();
    }
    case ColumnType::boolean: {
        bool flag = false;
        auto const is_flag = member.get_bool().get(flag) == SUCCESS;
        value.bits = flag ? 1 : 0;
        return is_flag;
    }
    case ColumnType::real: {
        double number = 0;
        auto const is_number = member.get_double().get(number) == SUCCESS;
        value.bits = std::bit_cast<std::uint64_t>(number);
        return is_number;
    }
    case ColumnType::unsigned_integer:
    case ColumnType::signed_integer: {
        auto const number = integer_of(member, type);
        value.bits = number.value_or(0);
        return number.has_value();
    }
    }
    return false;
}

// Members mostly come in the schema's order: the search begins where the last one was found.
void RowReader::State::take_member(std::string_view name, element const& member, std::size_t expected)
{
    for (std::size_t step = 0; step < columns.size(); ++step) {
        auto const index = (expected + step) % columns.size();
        if (columns[index].name != name)
            continue;
        if (member.is_null())
            return;
        auto& value = values[index];
        value.is_there = take(member, columns[index].type, value);
        odd_members += value.is_there ? 0U : 1U;
        return;
    }
    ++odd_members;
}

RowReader::RowReader(Schema const& schema)
    : m_state(std::make_unique<State>())
{
    auto const columns = schema.columns();
    m_state->columns.assign(columns.begin(), columns.end());
    m_state->values.resize(columns.size());
}

RowReader::~RowReader() = default;
RowReader::RowReader(RowReader&&) noexcept = default;
RowReader& RowReader::operator=(RowReader&&) noexcept = default;

Result<std::span<Value const>> RowReader::read(std::string_view line)
{
    auto& state = *m_state;
    state.odd_members = 0;
    state.rendered.clear();
    std::ranges::fill(state.values, Value {});
    if (line.size() > line_bytes_max)
        return Error { ErrorCode::limit, "json_lines.line", 0, line.size(), line_bytes_max, {} };
    state.padded.clear();
    if (utf8::is_valid(line))
        state.padded += line;
    else
        state.padded += utf8::repaired(line);
    auto const size = state.padded.size();
    state.padded.resize(size + simdjson::SIMDJSON_PADDING, ' ');
    simdjson::dom::object object;
    if (state.parser.parse(state.padded.data(), size, false).get_object().get(object) != SUCCESS)
        return Error { ErrorCode::bad_value, "json_lines.line", 0, 0, 0, {} };
    std::size_t expected = 0;
    for (auto const& [name, member] : object)
        state.take_member(name, member, expected++);
    return std::span<Value const>(state.values);
}

std::size_t RowReader::odd_members() const
{
    return m_state->odd_members;
}

std::optional<text_lines::Line> next_line(std::string_view file, std::uint64_t& position, std::uint64_t end)
{
    while (auto line = text_lines::next(file, position, end)) {
        if (!trim(line->text).empty())
            return line;
    }
    return std::nullopt;
}

}
