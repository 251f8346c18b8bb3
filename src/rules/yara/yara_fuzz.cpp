#include "rules/yara/scanner.hpp"
#include <array>

namespace {

class Nobody final : public konseki::yara::MatchReceiver {
public:
    void on_match(konseki::yara::Match const&) override { }
};

}

// Bytes of evidence through the modules that parse them, and into words.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size)
{
    using namespace konseki;
    static std::array const files { yara::RuleFile { "fuzz.yar",
        "import \"pe\" import \"elf\" import \"dotnet\" import \"math\" import \"hash\" rule a { strings: $a = /M.{2}/ "
        "condition: "
        "#a > 1 and pe.imphash() == \"x\" or elf.type == 1 or dotnet.version == \"v4\" or math.entropy(0, filesize) > "
        "7 or "
        "hash.md5(0, filesize) == \"\" }" } };
    static auto const rules = yara::RuleSet::compile(files);
    static yara::Scanner scanner { rules };
    auto const view = std::as_bytes(std::span { bytes, size });
    Nobody nobody;
    (void)scanner.scan(view, yara::Externals::of(yara::excerpt(view), view), nobody);
    return 0;
}
