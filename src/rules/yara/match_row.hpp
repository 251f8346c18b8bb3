// The rows that a scan leaves in the store: one per place of each matched string, and one per file that was scanned.
// Not a finding: analysers/yara folds rows into findings.
#pragma once
#include "record/schema.hpp"
#include <optional>

namespace konseki::yara {

// Views: valid until emit() returns. The origin of the row is the place of the string; 0 where the rule needs none.
struct MatchRow {
    Symbol rule, rule_file, severity;
    std::optional<std::uint32_t> score;
    Symbol tags, attack, description, author, reference, license;
    Symbol string_id;
    std::string_view text;
    std::uint64_t string_places = 0, rule_places = 0;
};

inline constexpr auto match_schema
    = schema("yara.match", "A YARA rule matched a file; one row per place told of each string",
        field("rule", &MatchRow::rule, "Name of the rule"),
        field("rule_file", &MatchRow::rule_file, "File that holds the rule"),
        field("severity", &MatchRow::severity, "From the rule's score: high, medium or low"),
        field("score", &MatchRow::score, "The rule's own score, 0 to 100"),
        field("tags", &MatchRow::tags, "The rule's tags, with spaces between"),
        field("attack", &MatchRow::attack, "ATT&CK techniques that the rule names, with spaces between"),
        field("description", &MatchRow::description, "The rule's description"),
        field("author", &MatchRow::author, "The rule's author"),
        field("reference", &MatchRow::reference, "The rule's reference"),
        field("license", &MatchRow::license, "The rule's licence"),
        field("string_id", &MatchRow::string_id, "Which string of the rule; absent: the rule matched without one"),
        field("text", &MatchRow::text, "The bytes found, as text; what is no text as \\xhh"),
        field("string_places", &MatchRow::string_places, "Places of this string in the file, also those not told"),
        field("rule_places", &MatchRow::rule_places, "Places of all strings of the rule in the file"));

struct ScanRow {
    Symbol rules;
    std::uint64_t rule_count = 0, matched_rules = 0;
    bool is_whole = true;
    std::string_view problem;
};

inline constexpr auto scan_schema = schema("yara.scan", "A file was scanned with YARA rules",
    field("rules", &ScanRow::rules, "Fingerprint of the rule files and of libyara"),
    field("rule_count", &ScanRow::rule_count, "Rules that were run"),
    field("matched_rules", &ScanRow::matched_rules, "Rules that matched"),
    field("is_whole", &ScanRow::is_whole, "False: the scan gave up, the problem says why"),
    field("problem", &ScanRow::problem, "What was not looked at; absent: nothing"));

}
