#include "formats/ntfs_security/descriptor.hpp"
#include "formats/ntfs_security/ntfs_security.hpp"

namespace {
struct Ignore final : konseki::DiagnosticSink, konseki::ntfs_security::Visitor {
    void report(konseki::Diagnostic const&) override { }
    void on_entry(konseki::ntfs_security::Entry const& entry) override
    {
        (void)konseki::ntfs_security::read_descriptor(entry.descriptor, entry.offset);
    }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    Ignore ignore;
    konseki::ByteView const view = std::as_bytes(std::span { bytes, size });
    konseki::ntfs_security::read(view, ignore, ignore);
    (void)konseki::ntfs_security::read_descriptor(view, 0);
    return 0;
}
