#include "rules/sigma/correlation_expression.hpp"
#include <algorithm>
#include <utility>

namespace konseki::sigma {

namespace {

bool is_name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::vector<std::string_view> words_of(std::string_view text, bool& is_clean)
{
    std::vector<std::string_view> words;
    is_clean = true;
    for (std::size_t i = 0; i < text.size();) {
        auto const c = text[i];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            ++i;
        } else if (c == '(' || c == ')') {
            words.push_back(text.substr(i++, 1));
        } else if (is_name_character(c)) {
            auto const start = i;
            while (i < text.size() && is_name_character(text[i]))
                ++i;
            words.push_back(text.substr(start, i - start));
        } else {
            is_clean = false;
            return words;
        }
    }
    return words;
}

int strength(std::string_view word)
{
    return word == "not" ? 3 : word == "and" ? 2 : word == "or" ? 1 : 0;
}

}

// Shunting-yard: `pending` holds operators and brackets that wait for their right side.
std::optional<CorrelationExpression> CorrelationExpression::parse(std::string_view text)
{
    bool is_clean = false;
    auto const words = words_of(text, is_clean);
    if (!is_clean || words.empty() || words.size() > 1'024)
        return std::nullopt;
    CorrelationExpression result;
    std::vector<std::string_view> pending;
    bool wants_operand = true;
    auto emit = [&](std::string_view word) {
        auto const kind = word == "not" ? Step::Kind::negation
            : word == "and"             ? Step::Kind::conjunction
                                        : Step::Kind::disjunction;
        result.m_steps.push_back({ kind, 0 });
    };
    for (auto const word : words) {
        if (word == "(" || word == "not") {
            if (!wants_operand)
                return std::nullopt;
            pending.push_back(word);
            result.m_has_negation |= word == "not";
        } else if (word == ")") {
            if (wants_operand)
                return std::nullopt;
            while (!pending.empty() && pending.back() != "(") {
                emit(pending.back());
                pending.pop_back();
            }
            if (pending.empty())
                return std::nullopt;
            pending.pop_back();
        } else if (strength(word) > 0) {
            if (wants_operand)
                return std::nullopt;
            while (!pending.empty() && strength(pending.back()) >= strength(word)) {
                emit(pending.back());
                pending.pop_back();
            }
            pending.push_back(word);
            wants_operand = true;
        } else {
            if (!wants_operand)
                return std::nullopt;
            auto place = std::find(result.m_names.begin(), result.m_names.end(), word);
            if (place == result.m_names.end())
                place = result.m_names.insert(result.m_names.end(), std::string(word));
            result.m_steps.push_back({ Step::Kind::name, static_cast<std::uint32_t>(place - result.m_names.begin()) });
            wants_operand = false;
        }
    }
    if (wants_operand || result.m_names.size() > names_max)
        return std::nullopt;
    for (; !pending.empty(); pending.pop_back()) {
        if (pending.back() == "(")
            return std::nullopt;
        emit(pending.back());
    }
    return result;
}

bool CorrelationExpression::holds(std::uint64_t chosen, std::uint64_t seen) const
{
    // first: as a claim that chosen proves; second: as a claim that seen allows. `not` swaps and turns them.
    std::vector<std::pair<bool, bool>> stack;
    for (auto const& step : m_steps) {
        if (step.kind == Step::Kind::name) {
            stack.emplace_back((chosen >> step.name & 1U) != 0, (seen >> step.name & 1U) != 0);
        } else if (step.kind == Step::Kind::negation) {
            stack.back() = { !stack.back().second, !stack.back().first };
        } else {
            auto const right = stack.back();
            stack.pop_back();
            auto& left = stack.back();
            left = step.kind == Step::Kind::conjunction
                ? std::pair { left.first && right.first, left.second && right.second }
                : std::pair { left.first || right.first, left.second || right.second };
        }
    }
    return !stack.empty() && stack.back().first;
}

}
