// YAML text to rules to matches of fixed events: whatever compiles must mean the same to the matcher and to the
// reference interpreter.
#include "base/result.hpp"
#include "rules/sigma/explain.hpp"
#include "rules/sigma/testing.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    using namespace konseki;
    using sigma::testing::MadeEvent;
    if (size > 4096)
        return 0;
    std::string text(reinterpret_cast<char const*>(bytes), size); // NOLINT
    Limits limits;
    limits.rule_values_max = 500;
    auto const set = sigma::RuleSet::compile({ { "fuzz.yml", text } }, { .limits = limits });
    EventShapes shapes;
    MadeEvent const sysmon(shapes, "Microsoft-Windows-Sysmon/Operational", 1,
        { { "Image", "C:\\Windows\\System32\\cmd.exe" }, { "CommandLine", "cmd /c echo \xc3\xa4 \xff*?" },
            { "F", "0x10" }, { "F", "10.1.2.3" }, { "UtcTime", "2026-08-05 12:34:56.789" } });
    MadeEvent const security(
        shapes, "Security", 4688, { { "NewProcessName", "C:\\a.exe" }, { "F", "" }, { "Data", "x" }, { "data", "y" } });
    sigma::Matcher matcher(set);
    for (auto const* const event : { &*sysmon, &*security, &*sysmon }) {
        auto const fast = matcher.match(*event);
        auto const slow = sigma::testing::slow_matches(set, *event);
        VERIFY(std::vector<std::uint32_t>(fast.begin(), fast.end()) == slow);
        for (auto const rule : slow) {
            std::vector<std::pair<std::string, std::string>> fields;
            matcher.matched_fields(rule, *event, fields);
            VERIFY(!sigma::explain(set, rule, *event).empty());
        }
    }
    auto const pack = set.pack();
    auto const opened = sigma::RuleSet::from_pack(as_bytes(pack));
    VERIFY(opened.ok() && opened.value().fingerprint() == set.fingerprint());
    return 0;
}
