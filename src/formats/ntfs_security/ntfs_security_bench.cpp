#include "formats/ntfs_security/descriptor.hpp"
#include "formats/ntfs_security/ntfs_security.hpp"
#include "support/samples.hpp"
#include <benchmark/benchmark.h>

namespace konseki::ntfs_security {

namespace {
struct Texts final : DiagnosticSink, Visitor {
    std::size_t characters = 0;
    void report(Diagnostic const&) override { }
    void on_entry(Entry const& entry) override
    {
        if (auto const descriptor = read_descriptor(entry.descriptor, entry.offset); descriptor.ok())
            characters += descriptor.value().sddl.size();
    }
};
}

// Two entries of our own: a volume of a workstation has some ten thousand.
static void write_sddl(benchmark::State& state)
{
    auto const bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/ntfs_security/testdata/small.hex"));
    Texts texts;
    for (auto _ : state)
        read(bytes, texts, texts);
    state.SetItemsProcessed(state.iterations() * 2);
}
BENCHMARK(write_sddl);

}
