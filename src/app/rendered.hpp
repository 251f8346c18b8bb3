// Whole events as their format renders them, with the address of each: a stream of JSON lines, one JSON array, or one
// XML document.
#pragma once
#include "app/output.hpp"
#include "base/identity.hpp"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace konseki::app {

// Views: valid during WholeWriter::event.
struct WholeEvent {
    TraceId trace;
    bool is_recovered = false;
    bool shows_origin = false;
    std::string_view file;
    std::optional<std::uint64_t> chunk;
    std::uint64_t size_bytes = 0;
    std::string_view rendered; // JSON object or XML element; empty: it could not be rendered
};

class WholeWriter {
public:
    virtual ~WholeWriter() = default;
    virtual void begin() = 0;
    virtual void event(WholeEvent const& event) = 0;
    virtual void finish() = 0;
};

std::unique_ptr<WholeWriter> make_whole_writer(std::string_view format, Output& output); // jsonl, json, xml

// JSON without the white space between its tokens, so that one value is one line.
void append_compact_json(std::string& target, std::string_view json);
// The element without an XML declaration and surrounding white space.
std::string_view without_declaration(std::string_view xml);

}
