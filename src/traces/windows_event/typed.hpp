// Typed rows from log events: logons, process starts, services, tasks, connections … — what analysts stack and join on.
// Not the index of all events (schemas.hpp, windows.event), and no judgement: a row says what the log says.
#pragma once
#include "base/arena.hpp"
#include "record/event.hpp"
#include "record/trace_batch.hpp"
#include <memory>
#include <span>

namespace konseki::windows_event {

// The schemas of typed_schemas.hpp, in the order `konseki list` shows them.
std::span<Schema const* const> typed_schemas();

// Turns events into typed rows. Decides by event id, then channel, then provider; other events cost one table look-up.
// Keeps a plan per shape: use one object for one EventShapes and TraceSink, for as many events as possible.
class TypedRows {
public:
    explicit TypedRows(TraceSink& sink);
    ~TypedRows();
    TypedRows(TypedRows const&) = delete;
    TypedRows& operator=(TypedRows const&) = delete;

    void on_event(Event const& event, TraceOrigin const& origin);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}
