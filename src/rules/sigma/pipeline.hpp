// Processing pipelines: values for placeholders and other names for fields, as data beside the rules.
// Not pySigma's whole language: README.md lists the keys that are read; an unknown transformation is refused loudly.
#pragma once
#include "base/limits.hpp"
#include "base/result.hpp"
#include "rules/sigma/rule.hpp"
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace YAML { // NOLINT(readability-identifier-naming): yaml-cpp's own name
class Node;
}

namespace konseki::sigma {

class Pipeline {
public:
    // Errors are of code wrong_use; offset is the line (from 1), detail the sentence for people.
    static Result<Pipeline> parse(RuleFile const& file);

    // Expands placeholders whose values are known and renames fields. Placeholders that no pipeline knows stay, for the
    // caller to refuse. An error when the expansion exceeds limits.rule_values_max.
    Result<void> apply(Rule& rule, Limits const& limits = default_limits) const;

    std::int64_t priority() const
    {
        return m_priority;
    } // pipelines are applied from the smallest up, then in the order given

private:
    struct Step {
        enum class Kind : std::uint8_t { placeholders, wildcard_placeholders, field_names } kind = Kind::placeholders;
        std::vector<LogSource> only_for; // all of them, or any of them with rule_cond_op: or; empty: every rule
        bool any_source = false;
        std::vector<std::string> include, exclude; // placeholder names; nothing included: all
        std::vector<std::pair<std::string, std::vector<std::string>>>
            names; // field -> other field (several: any of them)
    };

    static Result<Pipeline> read(YAML::Node const& root);
    static Result<Step> read_step(YAML::Node const& item);
    Result<void> expand(Term& term, Step const& step, Limits const& limits) const;
    static void rename(Block& block, Step const& step);
    static void spread(Selection& selection, Step const& step, Limits const& limits);

    std::vector<std::pair<std::string, std::vector<Pattern>>> m_values; // placeholder -> what it stands for
    std::vector<Step> m_steps;
    std::int64_t m_priority = 0;
    bool m_has_plain_values = false;
};

// The first name of a placeholder that is still in the rule, or an empty view.
std::string_view unexpanded_placeholder(Rule const& rule);

}
