// From "field|modifier|modifier" and YAML scalars to a Term: every modifier of Sigma 2.1 is applied here.
// Not YAML: document.hpp walks the nodes. Not evaluation.
#pragma once
#include "base/limits.hpp"
#include "rules/sigma/rule.hpp"
#include <array>
#include <optional>
#include <span>

namespace konseki::sigma {

// Why something cannot be compiled; becomes a Problem where the document is known.
struct Refusal {
    Reason reason = Reason::value;
    std::string detail;
    std::uint32_t line = 0;
};

// A scalar as the core schema of YAML reads it. text is as written, for every kind.
struct Scalar {
    enum class Kind : std::uint8_t { null, boolean, integer, real, string } kind = Kind::string;
    std::string text;
    std::uint32_t line = 0;
};
// Decides the kind of a plain (unquoted) scalar.
Scalar::Kind kind_of_plain_scalar(std::string_view text);

// Nothing, and refusal filled, when a modifier is unknown or cannot apply to a value.
std::optional<Term> make_term(
    std::string_view key, std::span<Scalar const> scalars, Limits const& limits, Refusal& refusal);

// A network of addresses. IPv4 as ::ffff:a.b.c.d.
struct Network {
    std::array<std::uint8_t, 16> address {};
    unsigned prefix_bits = 128; // of the 128
    bool is_version_4 = false;
};
std::optional<Network> parse_network(std::string_view text); // "10.0.0.0/8", "fe80::/10", a single address
bool contains(Network const& network, std::string_view address);

// What RE2 is asked to compile for a value of kind regex: the flags in front.
std::string regex_source(Value const& value);

}
