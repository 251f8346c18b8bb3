// render_evtx xml|json FILE.evtx: the text of every live record, as `render` gives it. Each stands behind a line with
// its id and the number of its bytes. For comparing with peers (tests/peers/compare_evtx_text.py); people use `konseki
// show`.
#include "formats/evtx/evtx.hpp"
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

using namespace konseki;

namespace {
class NoDictionary final : public Dictionary {
public:
    std::optional<std::string_view> find(std::string_view) const override { return std::nullopt; }
    void add(std::string_view, std::string_view) override { }
};

class NoDiagnostics final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};

class Printer final : public evtx::Visitor {
public:
    Printer(ByteView file, evtx::Form form)
        : m_file(file)
        , m_form(form)
    {
    }
    void on_file(evtx::FileFacts const&) override { }
    void on_sign(evtx::Sign const&) override { }
    void on_chunk(evtx::ChunkFacts const&) override { }
    void on_record(Event const&, evtx::RecordFacts const& facts) override
    {
        if (facts.place != evtx::Place::live)
            return;
        auto const text = evtx::render(m_file, facts.offset, m_form);
        auto const size = text.ok() ? text.value().size() : std::size_t { 0 };
        std::printf("%llu %zu\n", static_cast<unsigned long long>(facts.record_id), size);
        if (text.ok())
            std::fwrite(text.value().data(), 1, size, stdout);
        std::fputc('\n', stdout);
    }

private:
    ByteView m_file;
    evtx::Form m_form;
};
}

int main(int argument_count, char** arguments)
{
    std::string const form = argument_count == 3 ? arguments[1] : "";
    if (form != "xml" && form != "json") {
        std::fputs("render_evtx xml|json FILE.evtx\n", stderr);
        return 2;
    }
    std::ifstream stream(arguments[2], std::ios::binary);
    std::string const bytes { std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>() };
    EventShapes shapes;
    Arena arena;
    NoDictionary dictionary;
    NoDiagnostics diagnostics;
    evtx::ReadContext context { shapes, arena, dictionary, diagnostics };
    Printer printer(as_bytes(bytes), form == "xml" ? evtx::Form::xml : evtx::Form::json);
    evtx::read(as_bytes(bytes), { 0, bytes.size() }, context, printer);
    return 0;
}
