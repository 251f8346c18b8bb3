#include "rules/sigma/condition.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::sigma {

namespace {

constexpr std::size_t condition_nodes_max = 10'000;

bool is_word_character(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-'
        || c == '*' || c == '?' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

// Words and brackets. Nothing for a character that no condition holds.
std::optional<std::vector<std::string_view>> tokens_of(std::string_view text)
{
    std::vector<std::string_view> tokens;
    for (std::size_t i = 0; i < text.size();) {
        char const c = text[i];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            ++i;
        } else if (c == '(' || c == ')') {
            tokens.push_back(text.substr(i++, 1));
        } else if (is_word_character(c)) {
            auto const start = i;
            while (i < text.size() && is_word_character(text[i]))
                ++i;
            tokens.push_back(text.substr(start, i - start));
        } else {
            return std::nullopt;
        }
    }
    return tokens;
}

// `*` stands for any run of characters.
bool name_matches(std::string_view name, std::string_view pattern)
{
    std::size_t n = 0, p = 0, star = std::string_view::npos, resume = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = n;
        } else if (p < pattern.size() && (pattern[p] == name[n])) {
            ++p;
            ++n;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            n = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

class Parser {
public:
    Parser(std::span<Selection const> selections, Condition& condition)
        : m_selections(selections)
        , m_condition(condition)
    {
    }

    // Shunting yard: or < and < not. Gives the index of the root node.
    std::optional<std::uint32_t> parse(std::string_view text);
    std::uint32_t add(ConditionNode node)
    {
        m_condition.nodes.push_back(std::move(node));
        return static_cast<std::uint32_t>(m_condition.nodes.size() - 1);
    }
    std::string m_problem;

private:
    enum class Operator : std::uint8_t { open, any, all, negation };

    bool fail(std::string problem)
    {
        m_problem = std::move(problem);
        return false;
    }
    bool apply_top();
    bool push_binary(Operator op);
    bool push_selection(std::string_view name);
    bool push_quantified(std::string_view quantifier, std::string_view pattern);
    bool take(std::span<std::string_view const> tokens, std::size_t& at);
    bool close();

    std::span<Selection const> m_selections;
    Condition& m_condition;
    std::vector<Operator> m_operators;
    std::vector<std::uint32_t> m_operands;
    bool m_wants_operand = true;
};

bool Parser::apply_top()
{
    auto const op = m_operators.back();
    m_operators.pop_back();
    auto const needed = op == Operator::negation ? 1U : 2U;
    if (m_operands.size() < needed)
        return fail("an operator lacks its operand");
    ConditionNode node;
    node.kind = op == Operator::negation ? ConditionNode::Kind::negation
        : op == Operator::all            ? ConditionNode::Kind::all
                                         : ConditionNode::Kind::any;
    node.children.assign(m_operands.end() - needed, m_operands.end());
    m_operands.resize(m_operands.size() - needed);
    m_operands.push_back(add(std::move(node)));
    return true;
}

bool Parser::push_binary(Operator op)
{
    while (!m_operators.empty() && m_operators.back() != Operator::open && m_operators.back() >= op) {
        if (!apply_top())
            return false;
    }
    m_operators.push_back(op);
    m_wants_operand = true;
    return true;
}

bool Parser::push_selection(std::string_view name)
{
    auto const found = std::find_if(
        m_selections.begin(), m_selections.end(), [&](auto const& selection) { return selection.name == name; });
    if (found == m_selections.end())
        return fail(format("'{}' is not defined in the detection", name));
    m_operands.push_back(
        add({ ConditionNode::Kind::selection, static_cast<std::uint32_t>(found - m_selections.begin()), {} }));
    return true;
}

// [2.1, condition] Names that begin with _ are left out of `them`, and of every pattern that does not begin with _
// itself.
bool Parser::push_quantified(std::string_view quantifier, std::string_view pattern)
{
    auto const lowered = ascii_lower(quantifier);
    if (lowered != "1" && lowered != "any" && lowered != "all")
        return fail(format("'{} of' is not a quantifier: 1, any or all", quantifier));
    bool const is_them = ascii_lower(pattern) == "them";
    ConditionNode node;
    node.kind = lowered == "all" ? ConditionNode::Kind::all : ConditionNode::Kind::any;
    for (std::uint32_t i = 0; i < m_selections.size(); ++i) {
        auto const& name = m_selections[i].name;
        if ((name.starts_with('_') && !pattern.starts_with('_')) || (!is_them && !name_matches(name, pattern)))
            continue;
        node.children.push_back(add({ ConditionNode::Kind::selection, i, {} }));
    }
    if (node.children.empty())
        return fail(format("'{} of {}' names no selection", quantifier, pattern));
    m_operands.push_back(add(std::move(node)));
    return true;
}

bool Parser::close()
{
    while (!m_operators.empty() && m_operators.back() != Operator::open) {
        if (!apply_top())
            return false;
    }
    if (m_operators.empty())
        return fail("a bracket closes that was not opened");
    m_operators.pop_back();
    return true;
}

bool Parser::take(std::span<std::string_view const> tokens, std::size_t& at)
{
    auto const token = tokens[at];
    auto const lowered = ascii_lower(token);
    if (!m_wants_operand) {
        if (lowered == "and")
            return push_binary(Operator::all);
        if (lowered == "or")
            return push_binary(Operator::any);
        if (token == ")")
            return close();
        return fail(format("expected and, or, or ), found '{}'", token));
    }
    if (token == "(") {
        m_operators.push_back(Operator::open);
        return true;
    }
    if (lowered == "not") {
        m_operators.push_back(Operator::negation);
        return true;
    }
    if (token == ")" || lowered == "and" || lowered == "or")
        return fail(format("expected a selection, found '{}'", token));
    m_wants_operand = false;
    if (at + 2 < tokens.size() && ascii_lower(tokens[at + 1]) == "of") {
        at += 2;
        return push_quantified(token, tokens[at]);
    }
    return push_selection(token);
}

std::optional<std::uint32_t> Parser::parse(std::string_view text)
{
    auto const tokens = tokens_of(text);
    if (!tokens || tokens->empty() || tokens->size() > condition_nodes_max) {
        m_problem
            = tokens && tokens->empty() ? "it is empty" : "it holds characters that no condition has, or is too long";
        return std::nullopt;
    }
    for (std::size_t at = 0; at < tokens->size(); ++at) {
        if (!take(*tokens, at))
            return std::nullopt;
        if (m_condition.nodes.size() > condition_nodes_max) {
            m_problem = "it names too many selections";
            return std::nullopt;
        }
    }
    while (!m_operators.empty()) {
        if (m_operators.back() == Operator::open) {
            m_problem = "a bracket is not closed";
            return std::nullopt;
        }
        if (!apply_top())
            return std::nullopt;
    }
    if (m_operands.size() != 1 || m_wants_operand) {
        m_problem = "an operator lacks its operand";
        return std::nullopt;
    }
    return m_operands.back();
}

}

std::optional<Condition> parse_condition(
    std::span<std::string const> texts, std::span<Selection const> selections, Refusal& refusal)
{
    Condition condition;
    ConditionNode any;
    any.kind = ConditionNode::Kind::any;
    for (auto const& text : texts) {
        Parser parser(selections, condition);
        auto const root = parser.parse(text);
        if (!root) {
            refusal = { Reason::condition, format("condition '{}': {}", text, parser.m_problem), 0 };
            return std::nullopt;
        }
        any.children.push_back(*root);
        condition.text += (condition.text.empty() ? "" : " or ") + (texts.size() > 1 ? "(" + text + ")" : text);
    }
    if (texts.empty()) {
        refusal = { Reason::condition, "there is no condition", 0 };
        return std::nullopt;
    }
    if (texts.size() > 1)
        condition.nodes.push_back(std::move(any));
    return condition;
}

namespace {

std::vector<std::string_view> words_of(std::string_view text)
{
    std::vector<std::string_view> words;
    std::size_t i = 0;
    while (i < text.size()) {
        while (i < text.size() && (text[i] == ' ' || text[i] == '\t' || text[i] == ','))
            ++i;
        auto const start = i;
        if (i < text.size() && (text[i] == '<' || text[i] == '>' || text[i] == '=' || text[i] == '!')) {
            while (i < text.size() && (text[i] == '<' || text[i] == '>' || text[i] == '=' || text[i] == '!'))
                ++i;
        } else {
            while (i < text.size() && text[i] != ' ' && text[i] != '\t' && text[i] != ',' && text[i] != '<'
                && text[i] != '>' && text[i] != '=' && text[i] != '!')
                ++i;
        }
        if (i > start)
            words.push_back(text.substr(start, i - start));
    }
    return words;
}

std::optional<Comparison> comparison_of(std::string_view sign)
{
    constexpr std::array<std::pair<std::string_view, Comparison>, 7> signs { { { "=", Comparison::equal },
        { "==", Comparison::equal }, { "!=", Comparison::not_equal }, { "<", Comparison::less },
        { "<=", Comparison::less_or_equal }, { ">", Comparison::greater }, { ">=", Comparison::greater_or_equal } } };
    for (auto const& [text, comparison] : signs) {
        if (text == sign)
            return comparison;
    }
    return std::nullopt;
}

// near a and b and c: only conjunctions can become a temporal correlation.
std::optional<Aggregation> parse_near(std::span<std::string_view const> words, Refusal& refusal)
{
    Aggregation aggregation;
    aggregation.function = "near";
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (i % 2 == 0) {
            if (ascii_lower(words[i]) == "and" && i + 1 < words.size() && ascii_lower(words[i + 1]) != "not")
                continue;
            refusal = { Reason::aggregation,
                "'near' with more than a list of selections joined by 'and' cannot be expressed as a correlation", 0 };
            return std::nullopt;
        }
        aggregation.near.emplace_back(words[i]);
    }
    if (aggregation.near.empty()) {
        refusal = { Reason::aggregation, "'near' names no selection", 0 };
        return std::nullopt;
    }
    return aggregation;
}

}

std::optional<Aggregation> parse_aggregation(std::string_view text, Refusal& refusal)
{
    auto const words = words_of(text);
    if (!words.empty() && ascii_lower(words.front()) == "near")
        return parse_near(words, refusal);
    auto const refuse = [&] {
        refusal
            = { Reason::aggregation, format("aggregation '{}' cannot be expressed as a correlation", trim(text)), 0 };
        return std::nullopt;
    };
    auto const open = text.find('(');
    auto const close = text.find(')', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos)
        return refuse();
    Aggregation aggregation;
    aggregation.function = ascii_lower(trim(text.substr(0, open)));
    aggregation.field = trim(text.substr(open + 1, close - open - 1));
    auto const rest = words_of(text.substr(close + 1));
    if (rest.size() < 2)
        return refuse();
    auto const comparison = comparison_of(rest[rest.size() - 2]);
    auto const number = parse_int(rest.back());
    if (!comparison || !number)
        return refuse();
    aggregation.comparison = *comparison;
    aggregation.number = static_cast<double>(*number);
    for (std::size_t i = 0; i + 2 < rest.size(); ++i) {
        if (i == 0 && ascii_lower(rest[i]) == "by")
            continue;
        if (i == 0)
            return refuse();
        aggregation.group_by.emplace_back(rest[i]);
    }
    constexpr std::array<std::string_view, 5> functions { "count", "sum", "avg", "min", "max" };
    if (std::find(functions.begin(), functions.end(), aggregation.function) == functions.end())
        return refuse();
    return aggregation;
}

}
