// YARA for commands: rules from the command line, compiled before the fork, and one scan of a case that stores its
// rows. Not compilation (rules/yara/rule_set.hpp) and not findings (analysers/yara).
#pragma once
#include "app/context.hpp"
#include "app/evidence_access.hpp"
#include "rules/yara/rule_set.hpp"

namespace konseki::app {

struct YaraRules {
    yara::RuleSet set;
    std::vector<yara::Problem> problems; // of files that could not be read, then those of the set
};

// As --yara says: folders (every .yar, .yara and .rule below, in the order of names) and files.
Result<YaraRules> load_yara_rules(Arguments const& arguments);
// "5,883 rules of 741 files loaded; 3 files skipped", and the first problems on lines of their own.
std::string yara_summary(YaraRules const& rules);
std::string yara_problem_line(yara::Problem const& problem); // "path:12: words"

intake::WatcherFactory yara_watcher(YaraRules const& rules); // named "yara"

enum class Again : bool { no, yes };
struct YaraScanned {
    std::uint64_t files = 0, bytes = 0; // scanned now
    std::uint64_t known = 0; // scanned before with these rules
    std::uint64_t duplicates = 0, large_containers = 0, failed = 0; // left out
    std::uint64_t unread = 0; // diagnostics about what could not be scanned
    double seconds = 0;
    bool was_stopped = false;
};
// Scans the chosen pieces of evidence (all: empty) and commits their rows, whole pieces only. Of "all" are left out
// what was scanned before with these rules (unless again), copies of the same bytes, and large containers: their
// members are pieces of their own.
Result<YaraScanned> scan_with_yara(Context& context, EvidenceAccess& access, store::Case& target,
    YaraRules const& rules, std::vector<EvidenceNumber> const& chosen, Again again);
// Files of a case that was scanned before which have no rows of a scan now: new ones, and those examined again.
Result<std::uint64_t> not_scanned_count(store::Case const& source);
std::string scanned_line(YaraScanned const& scanned);

}
