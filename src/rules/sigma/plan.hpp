// Rules in the form that the matcher runs: accesses to fields, short-circuit programs, literals that a match needs, and
// the index from (log, event id) to candidates. Built once per RuleSet, read-only afterwards. Not the rules' meaning:
// reference.hpp says that.
#pragma once
#include "rules/literals/literal_set.hpp"
#include "rules/sigma/fields.hpp"
#include "rules/sigma/log_source.hpp"
#include "rules/sigma/term.hpp"
#include <memory>
#include <unordered_map>
#include <re2/re2.h>

namespace konseki::sigma {

// A rule's field name, interned over all rules. Name 0 is the keywords' "".
using NameIndex = std::uint32_t;
inline constexpr NameIndex keywords_name = 0;

// How a name is read from an event under one field map: an index into accesses.
using AccessIndex = std::uint32_t;

struct Access {
    std::string name; // of the event's field; unused when source joins or translates
    SystemField system = SystemField::none;
    FieldSource const* source = nullptr; // set: more than a rename
    std::vector<AccessIndex> parts; // of source
};

struct FastValue {
    enum class Kind : std::uint8_t { equal, prefix, suffix, contains, glob, anything, number, regex, other } kind = Kind::other;
    bool is_cased = false;
    bool has_single = false; // the glob holds a `?`
    std::string literal; // folded unless cased
    Pattern glob; // folded unless cased
    RE2 const* regex = nullptr;
    std::uint32_t regex_index = 0;
    std::size_t size_min = 0; // kind regex: shorter texts cannot match
    std::size_t run_min = 0; // kind regex: it asks for no more than so many characters in a row; 0: it asks for more
    bool run_crosses_lines = false;
    std::vector<std::string> needed; // kind regex: folded literals without which it cannot match
    std::optional<Network> network;
    Value const* value = nullptr;
    NameIndex other_name = 0; // kind other, value kind field
};

struct FastTerm {
    NameIndex name = 0;
    bool match_all = false;
    bool is_negated = false;
    std::vector<FastValue> values;
    std::vector<std::uint32_t> alternatives;
    std::uint32_t cost = 0;
};

// One accumulator. Targets are indexes of operations.
struct Operation {
    enum class Code : std::uint8_t { term, jump_if_false, jump_if_true, negate, set_true } code = Code::term;
    std::uint32_t argument = 0;
};

struct Program {
    std::vector<FastTerm> terms;
    std::vector<Operation> operations;
};

// A rule under one of its places.
struct Instance {
    std::uint32_t rule = 0;
    std::uint32_t variant = 0;
    std::uint32_t field_map = 0;
};

// What is scanned for the events of a bucket: the values of an access, with the literals of a name.
struct Scan {
    AccessIndex access = 0; // keywords: unused
    NameIndex name = 0;
    std::vector<std::uint64_t> rules; // bitmap: rules of this bucket that this scan can make candidates
    std::uint32_t id = 0; // the same for scans of the same literals for the same rules
};

struct Bucket {
    std::vector<Instance> instances; // by rule, variant
    std::vector<std::uint32_t> always; // rules without a necessary literal
    std::vector<Scan> scans;
};

// Buckets of one channel (or provider, for events without a channel).
struct LogIndex {
    std::unordered_map<std::uint32_t, std::uint32_t> by_event_id; // -> bucket
    std::uint32_t other = 0; // bucket for all other ids
};

// The literals of a name over all rules. A literal's outputs are the rules that may match when it is there.
struct NameLiterals {
    enum class Anchor : std::uint8_t { none = 0, start = 1, end = 2, both = 3 };
    literals::LiteralSet inner, starts, ends; // anywhere; at the start (or the whole value); at the end, reversed
    std::vector<std::uint32_t> inner_literals, start_literals, end_literals; // their numbers here
    std::vector<Anchor> anchors; // per literal
    std::vector<std::uint32_t> rule_begins; // per literal, into rules
    std::vector<std::uint32_t> rules;
    bool only_in_strings = false; // no number, time or identifier can hold any of the literals
};

struct CompiledPlan {
    LogSources sources;
    std::vector<std::vector<SourceVariant>> variants; // per rule
    std::vector<std::string> names;
    std::vector<Access> accesses;
    std::unordered_map<std::string, AccessIndex> plain_accesses; // by the event's field
    std::vector<std::vector<AccessIndex>> access_of; // [field map][name]
    std::vector<Program> programs; // per rule
    std::vector<std::unique_ptr<RE2>> regexes;
    std::vector<NameLiterals> literals; // per name; mostly empty
    std::vector<std::unique_ptr<Bucket>> buckets;
    std::unordered_map<std::string, LogIndex> by_channel, by_provider; // folded names
    LogIndex elsewhere; // events of logs that no variant names
    std::vector<bool> has_literals; // per rule
    std::size_t literal_count = 0;
};

// The rules must outlive the plan and not move.
std::unique_ptr<CompiledPlan> build_plan(
    std::span<Rule const> rules, std::vector<std::vector<SourceVariant>> variants, LogSources sources);

// Event ids that a match of the rule needs; nothing when any may do.
std::optional<std::vector<std::uint32_t>> necessary_event_ids(Rule const& rule);

}
