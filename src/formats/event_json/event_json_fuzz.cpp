#include "formats/event_json/event_json.hpp"
#include <cstdlib>

namespace {
struct Sink final : konseki::DiagnosticSink, konseki::event_json::Visitor {
    std::size_t file_size = 0;
    void report(konseki::Diagnostic const&) override { }
    void on_event(konseki::Event const& event, konseki::TraceOrigin const& origin) override
    {
        if (origin.offset > file_size || origin.size_bytes > file_size - origin.offset
            || event.values.size() != event.shape->names.size())
            std::abort();
    }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size)
{
    auto const file = std::as_bytes(std::span { data, size });
    Sink sink;
    sink.file_size = size;
    konseki::EventShapes shapes;
    (void)konseki::event_json::sniff(file);
    for (auto const& piece : konseki::event_json::split(file, 64))
        konseki::event_json::read(file, piece, shapes, sink, sink, konseki::default_limits, {});
    (void)konseki::event_json::render(file, { 0, size, false }, "json");
    return 0;
}
