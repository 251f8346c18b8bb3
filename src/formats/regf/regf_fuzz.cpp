#include "formats/regf/regf.hpp"

namespace {
class Ignore final : public konseki::DiagnosticSink {
    void report(konseki::Diagnostic const&) override { }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    using namespace konseki;
    ByteView const all = std::as_bytes(std::span { bytes, size });
    // The first half is the hive, the second its log: replay is a byte path too.
    auto const primary = all.first(size / 2);
    std::array<ByteView, 1> const logs { all.last(size - size / 2) };
    Ignore ignore;
    auto const replay = regf::replay_logs(primary, logs, ignore);
    for (auto const file : { all, ByteView(replay.image) }) {
        if (auto const hive = regf::Hive::open(file); hive.ok()) {
            regf::walk(hive.value(), ignore,
                [&](regf::Key const& key, std::string const&) { (void)hive.value().values(key, ignore); });
            (void)hive.value().scan(ignore);
        }
    }
    return 0;
}
