#include "formats/ntfs_index/ntfs_index.hpp"

namespace {
struct Ignore final : konseki::DiagnosticSink, konseki::ntfs_index::Visitor {
    void report(konseki::Diagnostic const&) override { }
    void on_entry(konseki::ntfs_index::Entry const&) override { }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    Ignore ignore;
    konseki::ntfs_index::read(std::as_bytes(std::span { bytes, size }), ignore, ignore);
    konseki::ntfs_index::read_root(std::as_bytes(std::span { bytes, size }), 0, ignore, ignore);
    return 0;
}
