// What Sigma documents say after parsing: rules, correlations, filters, each with its terms expanded from modifiers.
// Not evaluation: matcher.hpp (fast), reference.hpp (slow and obvious) and correlation.hpp do that.
#pragma once
#include "record/finding.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki::sigma {

// A file of rules as the caller read it (rules/ opens no files).
struct RuleFile {
    std::string path;
    std::string text;
};

// Why a document does not run. Every document that is not in rules(), correlations() or applied as a filter has one.
enum class Reason : std::uint8_t {
    yaml, // the text is not YAML
    limit, // limits.hpp: size, depth, number of values
    not_sigma, // a YAML document that is none of rule, correlation, filter
    detection, // no or broken detection section
    condition, // the condition does not parse or names what is not there
    modifier, // unknown modifier, or one that cannot apply to the value
    value, // broken regular expression, network, number, base64 …
    placeholder, // expand without a pipeline that knows the values
    unmapped, // a Windows log source that the mapping does not know: must not fire everywhere
    no_evidence, // a log source of a kind that is not read yet (linux, aws …): no error of the rule
    aggregation, // deprecated aggregation that correlations cannot express
    correlation, // broken correlation
    reference, // a correlation or filter names a rule that is not there
    filter, // broken filter
    pipeline, // broken pipeline, or a pipeline refuses the rule
    duplicate, // the id of an earlier document
};
std::string_view reason_name(Reason reason); // "no_evidence"; stable, for tables and JSON

struct Problem {
    std::string path;
    std::uint32_t document = 0; // index within the file, from 0
    std::string id, title; // of the rule, as far as known
    std::uint32_t line = 0; // from 1; 0: the whole file
    Reason reason = Reason::yaml;
    std::string detail; // one sentence for people
    bool is_error() const { return reason != Reason::no_evidence; }
};

// What rules, correlations and filters have in common.
struct RuleHead {
    std::string path; // file it came from
    std::uint32_t document = 0;
    std::uint32_t line = 0;
    std::string id, name, title, status, author, license, description, date, modified;
    Severity level = Severity::medium; // medium when the document does not say
    std::vector<std::string> tags, references, falsepositives;
    std::vector<std::string> attack; // technique and group ids out of the tags: "T1070.001"
    std::vector<std::string> fields; // fields the author finds worth showing
    // The two languages of the house, from `konseki:` {title_ja, explanation, explanation_ja, advice, advice_ja}.
    Words title_words, explanation, advice;
};

struct LogSource {
    std::string category, product, service; // lower case
    friend bool operator==(LogSource const&, LogSource const&) = default;
};
std::string to_string(LogSource const& source); // "windows/process_creation", "windows/security"

// A Sigma string: literal text with wildcards (and placeholders until a pipeline expanded them).
struct Token {
    enum class Kind : std::uint8_t { literal, many, one, placeholder } kind = Kind::literal;
    std::string text; // literal text, or the placeholder's name
    friend bool operator==(Token const&, Token const&) = default;
};
using Pattern = std::vector<Token>;
Pattern parse_pattern(std::string_view text); // wildcards and escapes of the specification; no placeholders
Pattern parse_pattern_with_placeholders(std::string_view text); // %name% too
Pattern insert_placeholders(Pattern const& pattern); // %name% within its literal text
std::string to_string(Pattern const& pattern); // escapes again: parse_pattern(to_string(p)) == p

enum class Comparison : std::uint8_t { equal, not_equal, less, less_or_equal, greater, greater_or_equal };
std::string_view comparison_sign(Comparison comparison); // "<="
enum class TimePart : std::uint8_t { none, minute, hour, day, week, month, year };

enum class ValueKind : std::uint8_t {
    null, // the field is absent
    text, // pattern; the whole value, ignoring case unless cased
    number, // the value is this number
    regex, // source, RE2 syntax, anywhere in the value
    network, // CIDR in source
    compare, // comparison with number; part: of the time in the value
    exists, // number 1: the field is there; 0: it is not
    field, // source names another field; the pattern's wildcards around say startswith/endswith/contains
};

struct Value {
    ValueKind kind = ValueKind::text;
    Pattern pattern;
    std::string source;
    double number = 0;
    std::int64_t integer = 0; // kind number: exact when is_integer
    bool is_integer = false;
    bool is_cased = false;
    bool starts_open = false, ends_open = false; // kind field: any text before, after
    bool ignores_case = false, is_multiline = false, dot_is_all = false; // regex flags i m s
    Comparison comparison = Comparison::equal;
    TimePart part = TimePart::none;
    friend bool operator==(Value const&, Value const&) = default;
};

// field|modifiers: values. True when one value matches (match_all: every value), turned round by neq.
// No field: keywords, looked for in every value of the event.
struct Term {
    std::string field;
    bool match_all = false;
    bool is_negated = false;
    std::vector<Value> values;
    // Each value of the rule may stand for several after windash or base64offset. With match_all every *source value*
    // must match through one of its variants: alternatives[i] counts the variants of source value i; empty: one each.
    std::vector<std::uint32_t> alternatives;
    std::uint32_t line = 0;
    std::string written; // "CommandLine|contains|all", for people
};

struct Block {
    std::vector<Term> terms; // all must hold
};

// A named search identifier: one of its blocks must hold (a list of maps), or all of them (nothing in 2.1 writes that).
struct Selection {
    std::string name;
    std::vector<Block> any_of;
};

struct ConditionNode {
    enum class Kind : std::uint8_t { selection, all, any, negation, always } kind = Kind::selection; // all/any: of the children
    std::uint32_t selection = 0;
    std::vector<std::uint32_t> children; // always smaller indexes than the node's own
};
// Nodes in evaluation order: children come before their parent, the root is the last one.
struct Condition {
    std::vector<ConditionNode> nodes;
    std::string text; // as written
};

struct Rule : RuleHead {
    LogSource logsource;
    std::vector<Selection> selections;
    Condition condition;
    // Only a correlation's building block (referenced without `generate: true`): matches are rows, not findings.
    bool is_silent = false;
};

enum class CorrelationType : std::uint8_t {
    event_count,
    value_count,
    temporal,
    temporal_ordered,
    value_sum,
    value_avg,
    value_percentile,
    value_median,
};
std::string_view correlation_type_name(CorrelationType type);

// A rule or another correlation that a correlation stands on, resolved at compile time.
struct Reference {
    std::string name; // id or name as written
    bool is_correlation = false;
    std::uint32_t index = 0; // into rules() or correlations()
};

struct Alias {
    std::string name; // as group-by uses it
    std::vector<std::pair<std::string, std::string>> fields; // rule (id or name) -> field there
};

struct Correlation : RuleHead {
    CorrelationType type = CorrelationType::event_count;
    std::vector<Reference> rules; // order matters for temporal_ordered
    std::vector<std::string> group_by;
    std::int64_t timespan_ticks = 0; // 100 ns
    std::vector<std::pair<Comparison, double>> bounds; // all must hold; empty for temporal: all rules seen
    std::vector<std::string> value_fields; // condition.field
    double percentile = 50;
    std::string expression; // extended temporal condition over rule names ("a and not b"); empty: all
    std::vector<Alias> aliases;
    bool generate = false; // the building blocks are findings of their own too
    bool is_silent = false; // only a building block of another correlation
    bool is_from_aggregation = false; // made of a deprecated `| count() by …`; its single base rule shares the id
};

struct Filter : RuleHead {
    LogSource logsource; // applies only to rules of a source that this one includes
    bool applies_to_all = false; // `rules: any`
    std::vector<std::string> rules; // ids or names
    std::vector<Selection> selections;
    Condition condition; // a rule fires only when this holds too
};

}
