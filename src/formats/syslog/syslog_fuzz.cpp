#include "formats/syslog/authentication.hpp"
#include "formats/syslog/syslog.hpp"

namespace {
struct Ignore final : konseki::DiagnosticSink {
    void report(konseki::Diagnostic const&) override { }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    using namespace konseki;
    Ignore ignore;
    auto const view = std::as_bytes(std::span { bytes, size });
    (void)syslog::looks_like_lines(view);
    for (auto const range : syslog::split(view, 64))
        syslog::read(view, range, ignore,
            [](syslog::Line const& line) { (void)syslog::authentication_of(line.identifier, line.message); });
    for (auto const* const program : { "sshd", "sudo", "su", "login", "systemd-logind", "useradd" })
        (void)syslog::authentication_of(program, as_text(view));
    return 0;
}
