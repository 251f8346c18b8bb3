// What an analyser found: a claim with the traces it stands on, in words for people, and what to do.
// Not a judgement: that has an author and lives in desk/.
#pragma once
#include "base/identity.hpp"
#include "base/timestamp.hpp"
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki {

enum class Severity : std::uint8_t { informational, low, medium, high, critical }; // the five levels of Sigma 2.1
std::string_view severity_name(Severity severity);
bool parse_severity(std::string_view text, Severity& severity);

// The same text in the two languages of the house; ja empty: not translated, en is shown.
struct Words {
    std::string en, ja;
    std::string_view in(std::string_view language) const
    {
        return language == "ja" && !ja.empty() ? std::string_view(ja) : std::string_view(en);
    }
};

struct Because {
    TraceId trace;
    std::string schema; // "windows.event"
    Timestamp at;
    std::vector<std::pair<std::string, std::string>> fields; // what matched: name, value
};

struct Finding {
    std::string id; // "f-" + 12 hex digits over analyser, rule, host and first trace: the same for the same evidence
    std::string analyser; // folder name
    std::string rule; // rule or check id
    Words title;
    Severity severity = Severity::informational;
    std::vector<std::string> attack; // ATT&CK ids: "T1070.001"
    std::string host; // as the evidence names it; empty: several or unknown
    Timestamp first_at, last_at;
    std::uint64_t count = 1; // folded repeats
    std::uint64_t because_total = 0; // traces in all; because holds the first ones, the store holds all (finding_trace)
    std::vector<Because> because;
    Words explanation;
    Words advice;
    std::string source; // where the rule comes from (author, licence, file)
};

// Fills id from the other members.
void assign_id(Finding& finding);

class FindingSink {
public:
    virtual ~FindingSink() = default;
    virtual void add(Finding const& finding, std::span<TraceId const> all_traces) = 0;
};

}
