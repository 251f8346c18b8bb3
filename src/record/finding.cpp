#include "record/finding.hpp"
#include "base/text.hpp"
#include "bytes/sha256.hpp"
#include <array>

namespace konseki {

namespace {
constexpr std::array<std::string_view, 5> names { "informational", "low", "medium", "high", "critical" };
}

std::string_view severity_name(Severity severity)
{
    return names[std::min<std::size_t>(static_cast<std::size_t>(severity), names.size() - 1)];
}

bool parse_severity(std::string_view text, Severity& severity)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (equals_ignoring_case(names[i], text)) {
            severity = static_cast<Severity>(i);
            return true;
        }
    }
    return false;
}

void assign_id(Finding& finding)
{
    auto const first = finding.because.empty() ? std::string() : to_string(finding.because.front().trace);
    auto const key = format("{}\n{}\n{}\n{}", finding.analyser, finding.rule, finding.host, first);
    finding.id = "f-" + to_string(sha256(as_bytes(key))).substr(0, 12);
}

}
