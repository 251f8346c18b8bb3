#include "analysers/stacking/baseline.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    konseki::stacking::Baseline baseline;
    auto const read = konseki::stacking::read_baseline(std::as_bytes(std::span { bytes, size }), baseline);
    VERIFY(!read.ok() || baseline.counts.size() <= baseline.keys);
    return 0;
}
