// Windows events that another tool wrote as JSON (one object a line, an array, or pretty-printed objects), read into
// record/event.hpp. Not EVTX (formats/evtx), not other JSON logs, and no meaning: which event says what is the business
// of traces/.
#pragma once
#include "base/arena.hpp"
#include "base/limits.hpp"
#include "record/artefact_parser.hpp"
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace konseki::event_json {

// Looks at the head for an object that names an event id beside a channel, provider or computer.
Sniff sniff(ByteView head);

class Visitor {
public:
    virtual ~Visitor() = default;
    // origin is the object as it stands in the file: offset of its "{" and its size. The event's views die with the
    // call.
    virtual void on_event(Event const& event, TraceOrigin const& origin) = 0;
};

// Reads the objects that begin in the range; a range must begin and end where split() says. Never fails: what cannot be
// read is a diagnostic with its offset and the bytes lost, and costs only its own line (or object).
void read(ByteView file, ByteRange range, EventShapes& shapes, DiagnosticSink& diagnostics, Visitor& visitor,
    Limits const& limits, std::stop_token const& stop);

// Files of one object a line are divided at line ends; all others are one piece.
std::vector<ByteRange> split(ByteView file, std::uint64_t piece_bytes);

// The object at the origin with two spaces of indentation a level, values untouched; nothing when there is none. form:
// "json".
std::optional<std::string> render(ByteView file, TraceOrigin const& origin, std::string_view form);

}
