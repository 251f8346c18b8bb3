// One row of a schema as one JSON object on one line: the grammar of state/*.jsonl
// (docs/formats/konseki-collection.md). Not a reader: traces/ reads it back.
#pragma once
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "record/schema.hpp"

namespace konseki::collect {

namespace detail {

inline void append_text(std::string& target, std::string_view text)
{
    if (utf8::is_valid(text))
        append_json_string(target, text);
    else
        append_json_string(target, utf8::repaired(text));
}

// False: the artefact does not say, nothing was written.
template <typename T> bool append_value(std::string& target, T const& value)
{
    if constexpr (konseki::detail::IsOptional<T>::value) {
        return value.has_value() && append_value(target, *value);
    } else if constexpr (std::is_same_v<T, Timestamp>) {
        if (!value.is_set())
            return false;
        target += '"';
        append_iso8601(target, value);
        target += '"';
    } else if constexpr (std::is_same_v<T, Symbol>) {
        if (value.text.data() == nullptr)
            return false;
        append_text(target, value.text);
    } else if constexpr (std::is_same_v<T, std::string_view>) {
        if (value.data() == nullptr)
            return false;
        append_text(target, value);
    } else if constexpr (std::is_same_v<T, bool>) {
        target += value ? "true" : "false";
    } else {
        static_assert(std::is_integral_v<T>, "what is collected are texts, times, numbers and truths");
        append_format(target, "{}", value);
    }
    return true;
}

}

template <typename Row, typename... Members>
void append_state_line(std::string& target, TypedSchema<Row, Members...> const& schema, Row const& row)
{
    char separator = '{';
    auto const append = [&](auto const& field) {
        auto const before = target.size();
        append_format(target, "{}\"{}\":", separator, field.name); // names of columns need no escaping
        if (detail::append_value(target, row.*(field.member)))
            separator = ',';
        else
            target.resize(before);
    };
    std::apply([&](auto const&... fields) { (append(fields), ...); }, schema.fields);
    target += separator == '{' ? "{}\n" : "}\n";
}

// The first line of a state file: which schema the others follow.
inline void append_state_head(std::string& target, Schema const& schema)
{
    append_format(target, "{{\"konseki_state\":\"{}\",\"version\":{}}}\n", schema.name, schema.version);
}

}
