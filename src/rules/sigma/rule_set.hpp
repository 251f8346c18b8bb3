// All rules of a run, compiled: what can run, what cannot and why. Immutable, shared read-only by every worker through
// fork. Not a matcher: each worker makes its own Matcher (matcher.hpp) over the shared set.
#pragma once
#include "base/identity.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "rules/sigma/rule.hpp"
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace konseki::sigma {

struct CompiledPlan; // plan.hpp: index, automatons, programs

struct CompileOptions {
    std::vector<RuleFile>
        pipelines; // processing pipelines in pySigma's YAML: placeholder values, field names, conditions
    Limits const& limits = default_limits;
};

class RuleSet {
public:
    RuleSet();
    ~RuleSet();
    RuleSet(RuleSet&&) noexcept;
    RuleSet& operator=(RuleSet&&) noexcept;

    // Never fails as a whole: problems() names every document that cannot run. Files in the order given decide rule
    // indexes.
    static RuleSet compile(std::vector<RuleFile> files, CompileOptions const& options = {});
    // Terms of a command line, all of which must hold: "field|modifier=value", "EventID=4688",
    // "CommandLine|contains=mimikatz". One rule (index 0) over every log source. Several values of one field: repeat
    // the term (AND) or use re.
    static Result<RuleSet> from_terms(std::span<std::string const> terms);

    // One compressed, encoded file that holds everything parsed: loads without YAML, and is not what virus scanners
    // look for.
    std::string pack() const;
    static Result<RuleSet> from_pack(ByteView pack);
    static bool is_pack(ByteView head);

    std::span<Rule const> rules() const; // that can run
    std::span<Correlation const> correlations() const;
    std::span<Problem const> problems() const; // in the order of the files
    std::size_t document_count() const; // rules, correlations, filters and broken ones
    std::size_t filter_count() const; // filters that were applied
    Sha256 fingerprint() const; // over everything that decides what matches; the same set, the same digest
    // Index of the rule or correlation with this id or name (exact), or of the only one whose title says so.
    std::optional<std::uint32_t> find_rule(std::string_view id_or_name) const;
    std::optional<std::uint32_t> find_correlation(std::string_view id_or_name) const;

    CompiledPlan const& plan() const; // for Matcher, explain and coverage

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}
