#include "formats/json_rows/json_rows.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include <algorithm>
#include <simdjson.h>

namespace konseki::json_rows {

namespace {

constexpr std::size_t object_bytes_max = 16U << 20;

Row::Field field_of(std::string_view name, simdjson::dom::element const& value)
{
    Row::Field field { std::string(name), {}, false, false };
    if (value.is_null()) {
        field.is_null = true;
    } else if (std::string_view text; value.get_string().get(text) == simdjson::SUCCESS) {
        field.value = text;
        field.is_text = true;
    } else {
        field.value = simdjson::minify(value);
    }
    return field;
}

// The end of the object that begins here, by braces outside strings; npos: it never ends.
std::size_t object_end(std::string_view text, std::size_t begin)
{
    std::size_t depth = 0;
    bool is_in_text = false;
    for (auto at = begin; at < text.size(); ++at) {
        auto const c = text[at];
        if (is_in_text) {
            if (c == '\\')
                ++at;
            else if (c == '"')
                is_in_text = false;
        } else if (c == '"') {
            is_in_text = true;
        } else if (c == '{') {
            ++depth;
        } else if (c == '}' && --depth == 0) {
            return at + 1;
        }
    }
    return std::string_view::npos;
}

}

std::string_view Row::text(std::string_view name) const
{
    for (auto const& field : fields) {
        if (field.name == name)
            return field.value.empty() ? std::string_view {} : std::string_view(field.value);
    }
    return {};
}

std::optional<std::uint64_t> Row::number(std::string_view name) const
{
    return parse_uint(text(name));
}

std::optional<bool> Row::boolean(std::string_view name) const
{
    auto const value = text(name);
    if (value == "true" || value == "false")
        return value == "true";
    return std::nullopt;
}

Row Row::inner(std::string_view name) const
{
    return parse_object(text(name)).value_or(Row {});
}

std::optional<Row> parse_object(std::string_view json)
{
    if (!trim(json).starts_with('{') || json.size() > object_bytes_max)
        return std::nullopt;
    auto const repaired = utf8::repaired(json);
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    if (parser.parse(simdjson::padded_string(repaired)).get_object().get(object) != simdjson::SUCCESS)
        return std::nullopt;
    Row row;
    for (auto const& [name, value] : object)
        row.fields.push_back(field_of(name, value));
    return row;
}

void read(ByteView file, DiagnosticSink& diagnostics, std::function<void(Row const&, TraceOrigin const&)> const& visit)
{
    auto const text = as_text(file);
    std::size_t at = 0;
    bool has_open_end = false; // an object that never ends was met: looking for the end of each would not end either
    while (true) {
        at = text.find('{', at);
        if (at == std::string_view::npos)
            return;
        // A broken line must not cost the next one: an object on a line of its own ends with the line.
        auto const line_end = std::min(text.find('\n', at), text.size());
        auto end = line_end;
        auto row = parse_object(text.substr(at, end - at));
        if (!row) {
            end = has_open_end ? std::string_view::npos : object_end(text, at);
            has_open_end = end == std::string_view::npos;
            auto const is_whole = end != std::string_view::npos && end - at <= object_bytes_max;
            row = is_whole ? parse_object(text.substr(at, end - at)) : std::nullopt;
            if (!is_whole)
                end = line_end;
        }
        if (row)
            visit(*row, { at, end - at, false });
        else
            diagnostics.report({ { ErrorCode::bad_value, "json.row", at, 0, 0, {} }, end - at });
        at = std::max(end, at + 1);
    }
}

void read_array(
    std::string_view file, std::string_view name, std::function<void(Row const&, TraceOrigin const&)> const& visit)
{
    auto const key = format("\"{}\"", name);
    auto const place = file.find(key);
    if (place == std::string_view::npos)
        return;
    auto at = file.find('[', place);
    while (at != std::string_view::npos) {
        auto const next = file.find_first_of("{]", at);
        if (next == std::string_view::npos || file[next] == ']')
            return;
        auto const end = object_end(file, next);
        if (end == std::string_view::npos)
            return;
        if (auto const row = parse_object(file.substr(next, end - next)))
            visit(*row, { next, end - next, false });
        at = end;
    }
}

}
