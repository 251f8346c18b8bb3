#include "formats/dpkg_status/dpkg_status.hpp"
#include <benchmark/benchmark.h>

namespace konseki::dpkg_status {

static void dpkg_status_read(benchmark::State& state)
{
    std::string text;
    for (int package = 0; package < 1000; ++package)
        text += "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2.15-2+b2\n"
                "Depends: base-files (>= 2.1.12), debianutils (>= 5.6-0.1)\nConffiles:\n"
                " /etc/bash.bashrc 89269e1298235f1b12b4c16e4065ad0d\nDescription: GNU Bourne Again SHell\n Text.\n\n";
    for (auto _ : state) {
        std::size_t seen = 0;
        read(text, Listing::status, [&](Paragraph const& paragraph) { seen += paragraph.package.size(); });
        benchmark::DoNotOptimize(seen);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(dpkg_status_read);

}
