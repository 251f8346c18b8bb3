// The condition in words of a temporal correlation: "recon and (exfil or lateral) and not approved".
// Not a rule's condition (rule.hpp): its names are rules, and `not` speaks about the whole window.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::sigma {

class CorrelationExpression {
public:
    static constexpr std::size_t names_max = 64;
    static constexpr std::size_t ordered_names_max = 8; // ordered ones try every set of rules

    // not binds stronger than and, and stronger than or; names are letters, digits, '_' and '-'. Nothing when it does
    // not parse.
    static std::optional<CorrelationExpression> parse(std::string_view text);

    std::vector<std::string> const& names() const { return m_names; } // distinct, in order of appearance
    bool has_negation() const { return m_has_negation; }
    // Bits by index into names(). chosen: the rules that may serve as proof; seen: all rules that matched in the
    // window. A name under an odd number of `not` looks at seen, any other at chosen.
    bool holds(std::uint64_t chosen, std::uint64_t seen) const;

private:
    struct Step {
        enum class Kind : std::uint8_t { name, negation, conjunction, disjunction } kind = Kind::name;
        std::uint32_t name = 0;
    };
    std::vector<std::string> m_names;
    std::vector<Step> m_steps; // reverse Polish
    bool m_has_negation = false;
};

}
