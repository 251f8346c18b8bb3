#include "formats/event_log/event_log.hpp"

namespace {
struct Ignore final : konseki::DiagnosticSink, konseki::event_log::Visitor {
    explicit Ignore(konseki::ByteView file)
        : bytes(file)
    {
    }
    void report(konseki::Diagnostic const&) override { }
    void on_file(konseki::event_log::FileFacts const&) override { }
    void on_record(konseki::Event const&, konseki::event_log::RecordFacts const& facts) override
    {
        (void)konseki::event_log::render(bytes, facts.offset, "System");
    }
    konseki::ByteView bytes;
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    using namespace konseki;
    EventShapes shapes;
    Arena arena;
    Ignore ignore { std::as_bytes(std::span { bytes, size }) };
    event_log::ReadContext context { shapes, arena, ignore };
    event_log::read(ignore.bytes, "System", context, ignore);
    return 0;
}
