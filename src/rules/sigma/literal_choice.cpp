#include "rules/sigma/literal_choice.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <cmath>

namespace konseki::sigma {

namespace {

struct Choice {
    bool is_possible = false;
    double cost = 0;
    std::vector<NeededLiteral> literals;
};

constexpr std::size_t literal_size_min = 3; // shorter ones are in nearly every value

// Short words are in nearly every value; two signs like ^^ are not.
bool is_rare_enough(std::string_view literal)
{
    auto const is_sign = [](char c) {
        return !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != ' ' && c != '\\' && c != ':' && c != '-'
            && c != '/' && c != '.';
    };
    return literal.size() >= literal_size_min
        || (literal.size() == 2 && std::any_of(literal.begin(), literal.end(), is_sign));
}

std::optional<NeededLiteral> literal_of(std::string const& field, Value const& value)
{
    NeededLiteral best;
    best.field = field;
    if (value.kind == ValueKind::regex) {
        for (auto& literal : literals_in_regex(value)) {
            if (literal.size() > best.text.size())
                best.text = std::move(literal);
        }
        return is_rare_enough(best.text) ? std::optional(best) : std::nullopt;
    }
    if (value.kind != ValueKind::text)
        return std::nullopt;
    bool const is_whole = value.pattern.size() == 1;
    for (std::size_t i = 0; i < value.pattern.size(); ++i) {
        auto const& token = value.pattern[i];
        if (token.kind != Token::Kind::literal)
            continue;
        auto folded = fold_utf8(token.text);
        if (folded.size() <= best.text.size())
            continue;
        best.text = std::move(folded);
        best.at_start = i == 0;
        best.at_end = i + 1 == value.pattern.size();
    }
    if (best.text.empty() || (!is_rare_enough(best.text) && !is_whole))
        return std::nullopt;
    return best;
}

// How often a literal is expected in a value, on a scale of its own.
double cost_of(NeededLiteral const& literal, LiteralCounts const& counts)
{
    auto const found = counts.find(literal.text);
    auto const popularity = found == counts.end() ? 1.0 : static_cast<double>(found->second);
    auto const size = static_cast<double>(std::min<std::size_t>(literal.text.size(), 24));
    auto const rarity = std::pow(0.75, size) * (literal.at_start && literal.at_end ? 0.5 : 1.0);
    return rarity * popularity * popularity;
}

Choice choice_of(Term const& term, LiteralCounts const& counts)
{
    Choice choice;
    if (term.is_negated)
        return choice;
    bool const one_is_enough = term.match_all && term.alternatives.empty();
    bool const needs_first_group = term.match_all && !term.alternatives.empty();
    auto const count = needs_first_group ? term.alternatives.front() : term.values.size();
    for (std::size_t i = 0; i < count; ++i) {
        auto literal = literal_of(term.field, term.values[i]);
        if (!literal) {
            if (one_is_enough)
                continue;
            return {};
        }
        auto const cost = cost_of(*literal, counts);
        if (!one_is_enough) {
            choice.is_possible = true;
            choice.cost += cost;
            choice.literals.push_back(std::move(*literal));
        } else if (!choice.is_possible || cost < choice.cost) {
            choice = { true, cost, { std::move(*literal) } };
        }
    }
    return choice;
}

void keep_cheaper(Choice& best, Choice other)
{
    if (other.is_possible && (!best.is_possible || other.cost < best.cost))
        best = std::move(other);
}

void add_alternative(Choice& all, Choice other, bool& is_broken)
{
    is_broken = is_broken || !other.is_possible;
    all.is_possible = true;
    all.cost += other.cost;
    std::move(other.literals.begin(), other.literals.end(), std::back_inserter(all.literals));
}

Choice choice_of(Selection const& selection, LiteralCounts const& counts)
{
    Choice any;
    bool is_broken = selection.any_of.empty();
    for (auto const& block : selection.any_of) {
        Choice best;
        for (auto const& term : block.terms)
            keep_cheaper(best, choice_of(term, counts));
        add_alternative(any, std::move(best), is_broken);
    }
    return is_broken ? Choice {} : any;
}

}

void count_literals(Rule const& rule, LiteralCounts& counts)
{
    std::unordered_map<std::string, bool> seen;
    for (auto const& selection : rule.selections) {
        for (auto const& block : selection.any_of) {
            for (auto const& term : block.terms) {
                for (auto const& value : term.values) {
                    auto const literal = literal_of(term.field, value);
                    if (literal && seen.emplace(literal->text, true).second)
                        ++counts[literal->text];
                }
            }
        }
    }
}

std::optional<std::vector<NeededLiteral>> needed_literals(Rule const& rule, LiteralCounts const& counts)
{
    std::vector<Choice> nodes;
    for (auto const& node : rule.condition.nodes) {
        Choice choice;
        bool is_broken = false;
        switch (node.kind) {
        case ConditionNode::Kind::selection: choice = choice_of(rule.selections[node.selection], counts); break;
        case ConditionNode::Kind::all:
            for (auto const child : node.children)
                keep_cheaper(choice, nodes[child]);
            break;
        case ConditionNode::Kind::any:
            for (auto const child : node.children)
                add_alternative(choice, nodes[child], is_broken);
            if (is_broken)
                choice = {};
            break;
        default: break;
        }
        nodes.push_back(std::move(choice));
    }
    if (nodes.empty() || !nodes.back().is_possible)
        return std::nullopt;
    return std::move(nodes.back().literals);
}

namespace {

// What follows an atom and lets it be absent.
bool may_be_absent(std::string_view regex, std::size_t at)
{
    return at < regex.size() && (regex[at] == '?' || regex[at] == '*' || regex[at] == '{');
}

// Behind the bracket that closes the one at `at`; npos when it does not close.
std::size_t behind_bracket(std::string_view regex, std::size_t at)
{
    int depth = 0;
    bool in_class = false;
    for (auto i = at; i < regex.size(); ++i) {
        char const c = regex[i];
        if (c == '\\') {
            ++i;
        } else if (in_class && c == '[' && i + 1 < regex.size() && regex[i + 1] == ':') { // [[:alpha:]]
            return std::string_view::npos;
        } else if (in_class) {
            in_class = c != ']' || regex[i - 1] == '[' || (regex[i - 1] == '^' && regex[i - 2] == '[');
        } else if (c == '[') {
            in_class = true;
            if (depth == 0) {
                depth = 1;
                continue;
            }
        } else if (c == '(') {
            ++depth;
        } else if (c == ')') {
            --depth;
        }
        if (!in_class && ((regex[at] == '[' && c == ']') || (regex[at] == '(' && depth == 0)))
            return i + 1;
    }
    return std::string_view::npos;
}

constexpr bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}

// Conservative: only what stands in the outermost concatenation, and nothing at all with an alternative there.
std::vector<std::string> literals_in_regex(Value const& value)
{
    std::string_view const regex = value.source;
    std::vector<std::string> found;
    std::string run;
    auto const end_run = [&] {
        if (run.size() >= 2)
            found.push_back(run);
        run.clear();
    };
    for (std::size_t i = 0; i < regex.size();) {
        char const c = regex[i];
        if (c == '|')
            return {};
        if (c == '(' || c == '[') {
            end_run();
            i = behind_bracket(regex, i);
            if (i == std::string_view::npos)
                return {};
            continue;
        }
        bool const is_escape = c == '\\';
        if (is_escape && (i + 1 >= regex.size() || is_letter_or_digit(regex[i + 1]))) { // a class, an assertion, a code
            if (i + 1 < regex.size()
                && (regex[i + 1] == 'Q' || regex[i + 1] == 'x' || regex[i + 1] == 'p' || regex[i + 1] == 'P'))
                return {};
            end_run();
            i += 2;
            continue;
        }
        if (!is_escape && (c == '{' || c == '?' || c == '*' || c == '+')) { // repeats what came before
            end_run();
            auto const close = c == '{' ? regex.find('}', i) : i;
            if (close == std::string_view::npos)
                return {};
            i = close + 1;
            continue;
        }
        if (!is_escape && (c == '.' || c == '^' || c == '$' || static_cast<unsigned char>(c) >= 0x80)) {
            end_run();
            ++i;
            continue;
        }
        auto const literal = is_escape ? regex[i + 1] : c;
        auto const next = i + (is_escape ? 2 : 1);
        if (static_cast<unsigned char>(literal) >= 0x80)
            return {};
        if (may_be_absent(regex, next))
            end_run();
        else
            run += ascii_lower(literal);
        i = next;
    }
    end_run();
    return found;
}

// Counted repeats of single characters in the outermost concatenation; groups may be empty and count nothing.
std::size_t size_min_of_regex(Value const& value)
{
    std::string_view const regex = value.source;
    std::size_t size_min = 0;
    bool is_character = false; // what came before takes at least one byte
    for (std::size_t i = 0; i < regex.size();) {
        char const c = regex[i];
        if (c == '|')
            return 0;
        if (c == '(' || c == '[') {
            is_character = c == '[';
            i = behind_bracket(regex, i);
            if (i == std::string_view::npos)
                return 0;
            continue;
        }
        if (c == '\\') {
            if (i + 1 < regex.size()
                && (regex[i + 1] == 'Q' || regex[i + 1] == 'x' || regex[i + 1] == 'p' || regex[i + 1] == 'P'))
                return 0;
            is_character = i + 1 < regex.size()
                && (!is_letter_or_digit(regex[i + 1]) || regex[i + 1] == 'w' || regex[i + 1] == 'd'
                    || regex[i + 1] == 's');
            i += 2;
            continue;
        }
        if (c == '{' && is_character) {
            std::size_t count = 0;
            for (auto at = i + 1; at < regex.size() && regex[at] >= '0' && regex[at] <= '9' && count < 10'000; ++at)
                count = count * 10 + static_cast<std::size_t>(regex[at] - '0');
            size_min += count;
        }
        if (c == '{') {
            auto const close = regex.find('}', i);
            if (close == std::string_view::npos)
                return 0;
            i = close;
        }
        is_character = c != '{' && c != '?' && c != '*' && c != '+' && c != '^' && c != '$';
        ++i;
    }
    return size_min;
}

std::size_t run_min_of_regex(Value const& value)
{
    std::string_view regex = value.source;
    if (!regex.starts_with(".{") || !regex.ends_with('}'))
        return 0;
    regex = regex.substr(2, regex.size() - 3);
    if (regex.ends_with(','))
        regex.remove_suffix(1);
    auto const count = parse_uint(regex);
    return count && regex.find_first_not_of("0123456789") == std::string_view::npos ? *count : 0;
}

}
