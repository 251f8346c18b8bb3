// JSON objects as rows with named fields and their place in the file.
// Not Windows events in JSON: formats/event_json.
#pragma once
#include "base/byte_view.hpp"
#include "record/diagnostic.hpp"
#include "record/trace_batch.hpp"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::json_rows {

class Row {
public:
    struct Field {
        std::string name;
        std::string value; // text as it is; numbers and booleans as JSON writes them; objects and arrays as JSON
        bool is_null = false, is_text = false;
    };
    std::vector<Field> fields; // in file order

    // Null when absent, null or empty; names are exact.
    std::string_view text(std::string_view name) const;
    std::optional<std::uint64_t> number(std::string_view name) const;
    std::optional<bool> boolean(std::string_view name) const;
    Row inner(std::string_view name) const; // the object in that field; empty: none
};

std::optional<Row> parse_object(std::string_view json);

// Never fails: what cannot be read is reported with its place and the bytes lost.
void read(ByteView file, DiagnosticSink& diagnostics, std::function<void(Row const&, TraceOrigin const&)> const& visit);

// Objects directly inside the array that a field of the only object holds ("ranges": [{…}]).
void read_array(
    std::string_view file, std::string_view name, std::function<void(Row const&, TraceOrigin const&)> const& visit);

}
