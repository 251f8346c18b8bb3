// What the report says, as values read from the store once: both the HTML page and the JSON file are written from this.
// Not text: words and layout are in words.hpp and page.cpp.
#pragma once
#include "record/evidence.hpp"
#include "record/finding.hpp"
#include "report/fleet.hpp"
#include "report/host_state.hpp"
#include "report/report.hpp"
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace konseki::report {

// What one page can show and a person can read; what is left out is always counted and its command named.
inline constexpr std::size_t groups_max = 300; // rules with findings
inline constexpr std::size_t findings_per_group_max = 25;
inline constexpr std::size_t traces_per_finding_max = 5;
inline constexpr std::size_t hosts_max = 150;
inline constexpr std::size_t channels_per_host_max = 20;
inline constexpr std::size_t key_events_max = 150;
inline constexpr std::size_t evidence_max = 500;
inline constexpr std::size_t rows_max = 30; // of the small tables
inline constexpr std::size_t states_max = 200; // hosts of which the state is shown, those with the heaviest items

// One finding of a group, with the first of its traces.
struct ShownFinding {
    std::string id, host;
    Timestamp first_at, last_at;
    std::uint64_t count = 0, traces = 0;
    std::vector<Because> because;
};

// All findings of one rule at one severity: what is the same for them is said once.
struct Group {
    std::string analyser, rule, source;
    Words title, explanation, advice;
    Severity severity = Severity::informational;
    std::vector<std::string> attack;
    std::uint64_t findings = 0, hosts = 0, traces = 0;
    Timestamp first_at, last_at;
    std::vector<ShownFinding> shown;
};

struct TouchedHost {
    std::string name;
    BySeverity findings {};
    Timestamp first_at, last_at;
};

struct Technique {
    std::string id;
    Severity severity = Severity::informational; // the highest
    std::uint64_t findings = 0, hosts = 0;
    Timestamp first_at;
};

struct KeyEvent {
    Timestamp at;
    std::string finding, host;
    Severity severity = Severity::informational;
    Words title;
    std::optional<TraceId> trace;
};

struct Bin {
    BySeverity findings {};
    std::uint64_t events = 0;
};

struct Timeline {
    Timestamp start;
    std::int64_t bin_seconds = 86'400;
    std::vector<Bin> bins;
    std::uint64_t events_outside = 0; // carry times that cannot be: before 1995 or after the report
};

struct Channel {
    std::string name;
    std::uint64_t events = 0;
    Timestamp first_at, last_at;
};

struct HostCoverage {
    std::string name;
    std::uint64_t events = 0, recovered = 0, channels_total = 0;
    Timestamp first_at, last_at;
    std::vector<Channel> channels; // the fullest first
    std::vector<std::uint64_t> bins; // as many as the timeline has
};

struct Gap {
    std::string host, channel;
    Timestamp from, until;
    std::uint64_t days = 0;
};

struct LogonRow {
    std::string host, user, source;
    std::uint64_t logon_type = 0, count = 0;
    Timestamp first_at, last_at;
};

// Rules that were refused for the same reason; the path and title of the first of them.
struct RuleProblem {
    std::string path, title, reason, detail;
    std::uint64_t count = 0;
};

// A YARA file that could not be used, or a warning about one.
struct YaraProblem {
    std::string place, words; // "path:line"
    bool is_error = false;
};

// Rules of one log source that had no events to look at.
struct RulesWithoutLog {
    std::string source, looked_for;
    std::uint64_t count = 0;
};

struct EvidenceRow {
    Evidence evidence;
    std::uint64_t diagnostics = 0, bytes_lost = 0;
};

struct DiagnosticKind {
    std::string code, what;
    std::uint64_t count = 0, evidence = 0, bytes_lost = 0;
};

struct Contents {
    std::string title, marking, folder, language, created_at, versions;
    Timestamp generated_at;

    BySeverity findings {};
    std::uint64_t findings_total = 0, hosts_touched = 0, hosts_severe = 0;
    Timestamp first_at, last_at; // of the traces of findings above informational
    std::vector<TouchedHost> touched;
    std::uint64_t groups_total = 0;
    std::vector<Group> groups;
    std::vector<Technique> techniques;

    FleetContents fleet;
    std::uint64_t states_total = 0;
    std::vector<HostState> states; // the host with the heaviest item first

    Timeline timeline;
    std::uint64_t key_events_total = 0;
    std::vector<KeyEvent> key_events;

    std::uint64_t events = 0, events_recovered = 0, hosts_total = 0;
    Timestamp events_first_at, events_last_at;
    std::vector<HostCoverage> hosts;
    std::vector<Gap> gaps;
    std::uint64_t gaps_total = 0;

    bool has_logons = false;
    std::vector<LogonRow> remote_logons, failed_logons;
    std::uint64_t remote_logons_total = 0, failed_logons_total = 0; // rows before the cut

    bool has_rules = false;
    std::uint64_t rules = 0, correlations = 0, rule_files = 0, problems_total = 0;
    std::string rules_fingerprint;
    std::vector<std::pair<std::string, std::uint64_t>> problem_reasons;
    std::uint64_t problem_kinds_total = 0;
    std::vector<RuleProblem> problems; // errors before kinds of evidence that are not read
    bool has_yara = false;
    std::uint64_t yara_rules = 0, yara_files = 0, yara_files_skipped = 0, yara_problems_total = 0;
    std::vector<YaraProblem> yara_problems; // errors before warnings
    bool has_rule_coverage = false;
    std::uint64_t rules_without_log = 0, sources_without_log_total = 0;
    std::vector<RulesWithoutLog> sources_without_log; // those of most rules first

    std::uint64_t evidence_total = 0, evidence_bytes = 0, evidence_with_loss = 0, bytes_lost = 0;
    std::vector<std::pair<std::string, std::uint64_t>> evidence_states;
    std::vector<EvidenceRow> evidence;
    std::vector<EvidenceRow> lossy; // the worst first
    std::vector<DiagnosticKind> diagnostics;
    std::uint64_t diagnostics_total = 0;

    // Where a trace lies: evidence number -> name and digest, for every trace shown.
    std::vector<std::pair<EvidenceNumber, std::string>> names;
    std::string_view name_of(EvidenceNumber number) const;
};

// How much of each host's state is shown: the more hosts, the less of each, so that a page of a thousand stays
// readable.
HostStateLimits state_limits(std::size_t hosts);

// What the application noted about its rules: those that were refused, and those that had no events to look at.
Result<void> gather_rules(store::Case const& source, Contents& contents);

Result<Contents> gather(store::Case const& source, ReportOptions const& options);

}
