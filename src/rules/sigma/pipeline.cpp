#include "rules/sigma/pipeline.hpp"
#include "base/text.hpp"
#include "rules/sigma/filters.hpp"
#include <algorithm>
#include <yaml-cpp/yaml.h>

namespace konseki::sigma {

namespace {

Error wrong(YAML::Node const& node, std::string detail)
{
    auto const line = node.Mark().line >= 0 ? static_cast<std::uint64_t>(node.Mark().line) + 1 : 0;
    return { ErrorCode::wrong_use, "sigma.pipeline", line, 0, 0, std::move(detail) };
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> choices)
{
    return std::find(choices.begin(), choices.end(), text) != choices.end();
}

// A scalar or a list of scalars.
Result<std::vector<std::string>> texts_in(YAML::Node const& node)
{
    std::vector<std::string> texts;
    if (node.IsScalar()) {
        texts.push_back(node.Scalar());
        return texts;
    }
    if (!node.IsSequence())
        return wrong(node, "a text or a list of texts is expected");
    for (auto const& item : node) {
        if (!item.IsScalar())
            return wrong(item, "a text is expected");
        texts.push_back(item.Scalar());
    }
    return texts;
}

Result<std::vector<std::pair<std::string, std::vector<std::string>>>> named_texts_in(YAML::Node const& node)
{
    std::vector<std::pair<std::string, std::vector<std::string>>> result;
    if (!node.IsMap())
        return wrong(node, "a map is expected");
    for (auto const& item : node) {
        if (!item.first.IsScalar())
            return wrong(node, "a name is expected");
        result.emplace_back(item.first.Scalar(), TRY(texts_in(item.second)));
    }
    return result;
}

Result<std::vector<LogSource>> log_sources_in(YAML::Node const& conditions)
{
    std::vector<LogSource> sources;
    if (!conditions.IsSequence())
        return wrong(conditions, "rule_conditions is a list");
    for (auto const& item : conditions) {
        if (!item.IsMap() || !item["type"].IsDefined() || !item["type"].IsScalar()
            || item["type"].Scalar() != "logsource")
            return wrong(item, "only rule conditions of type logsource are known");
        LogSource source;
        for (auto const& entry : item) {
            auto const key = entry.first.Scalar();
            if (!entry.second.IsScalar() || !is_one_of(key, { "type", "category", "product", "service" }))
                return wrong(entry.second, format("'{}' is not known in a logsource condition", key));
            if (key == "category")
                source.category = ascii_lower(entry.second.Scalar());
            else if (key == "product")
                source.product = ascii_lower(entry.second.Scalar());
            else if (key == "service")
                source.service = ascii_lower(entry.second.Scalar());
        }
        sources.push_back(std::move(source));
    }
    return sources;
}

// The product of the values of all placeholders in a pattern; unknown ones stay as they are.
template <typename Lookup>
Result<std::vector<Pattern>> expanded(Pattern const& pattern, Lookup const& lookup, std::size_t patterns_max)
{
    std::vector<Pattern> results { {} };
    for (auto const& token : pattern) {
        std::vector<Pattern> const* choices = token.kind == Token::Kind::placeholder ? lookup(token.text) : nullptr;
        if (choices == nullptr) {
            for (auto& result : results)
                result.push_back(token);
            continue;
        }
        if (choices->size() > patterns_max || results.size() * choices->size() > patterns_max)
            return Error { ErrorCode::limit, "sigma.pipeline.values", 0, results.size() * choices->size(), patterns_max,
                token.text };
        std::vector<Pattern> longer;
        longer.reserve(results.size() * choices->size());
        for (auto const& result : results)
            for (auto const& choice : *choices) {
                longer.push_back(result);
                for (auto const& part : choice) {
                    // neighbouring literals are one, as the parser writes them
                    if (part.kind == Token::Kind::literal && !longer.back().empty()
                        && longer.back().back().kind == Token::Kind::literal)
                        longer.back().back().text += part.text;
                    else
                        longer.back().push_back(part);
                }
            }
        results = std::move(longer);
    }
    for (auto& result : results) // a literal behind an expansion
        for (std::size_t i = 1; i < result.size();)
            if (result[i].kind == Token::Kind::literal && result[i - 1].kind == Token::Kind::literal) {
                result[i - 1].text += result[i].text;
                result.erase(result.begin() + static_cast<std::ptrdiff_t>(i));
            } else {
                ++i;
            }
    return results;
}

bool has_placeholder(Value const& value)
{
    return std::any_of(value.pattern.begin(), value.pattern.end(),
        [](Token const& token) { return token.kind == Token::Kind::placeholder; });
}

}

Result<Pipeline> Pipeline::parse(RuleFile const& file)
{
    YAML::Node root;
    try {
        root = YAML::Load(file.text);
    } catch (YAML::Exception const& exception) {
        return Error { ErrorCode::wrong_use, "sigma.pipeline", static_cast<std::uint64_t>(exception.mark.line + 1), 0,
            0, exception.msg };
    }
    if (!root.IsMap())
        return wrong(root, "a pipeline is a map");
    return read(root);
}

Result<Pipeline> Pipeline::read(YAML::Node const& root)
{
    Pipeline pipeline;
    for (auto const& entry : root) {
        auto const key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
        if (key == "priority") {
            auto const priority = entry.second.IsScalar() ? parse_int(entry.second.Scalar()) : std::nullopt;
            if (!priority)
                return wrong(entry.second, "priority is a whole number");
            pipeline.m_priority = *priority;
        } else if (key == "vars" || key == "placeholders") {
            auto const values = TRY(named_texts_in(entry.second));
            for (auto const& [name, texts] : values) {
                auto& patterns = pipeline.m_values.emplace_back(name, std::vector<Pattern> {}).second;
                for (auto const& text : texts)
                    patterns.push_back(parse_pattern(text));
            }
            pipeline.m_has_plain_values |= key == "placeholders";
        } else if (key == "transformations") {
            if (!entry.second.IsSequence())
                return wrong(entry.second, "transformations is a list");
            for (auto const& item : entry.second)
                pipeline.m_steps.push_back(TRY(read_step(item)));
        } else if (!is_one_of(key,
                       { "name", "title", "id", "description", "author", "allowed_backends", "license",
                           "references" })) {
            return wrong(entry.second, format("'{}' is not known in a pipeline", key));
        }
    }
    // `placeholders` is our short form: values, and nothing more to say.
    if (pipeline.m_has_plain_values)
        pipeline.m_steps.insert(pipeline.m_steps.begin(), Step {});
    return pipeline;
}

Result<Pipeline::Step> Pipeline::read_step(YAML::Node const& item)
{
    Step step;
    if (!item.IsMap() || !item["type"].IsDefined() || !item["type"].IsScalar())
        return wrong(item, "a transformation is a map with a type");
    auto const type = item["type"].Scalar();
    if (type == "value_placeholders" || type == "wildcard_placeholders")
        step.kind = type == "value_placeholders" ? Step::Kind::placeholders : Step::Kind::wildcard_placeholders;
    else if (type == "field_name_mapping")
        step.kind = Step::Kind::field_names;
    else
        return wrong(item, format("transformations of type '{}' are not known", type));
    for (auto const& entry : item) {
        auto const key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
        if (key == "rule_conditions")
            step.only_for = TRY(log_sources_in(entry.second));
        else if (key == "rule_cond_op") {
            if (!entry.second.IsScalar() || entry.second.Scalar() != "or")
                return wrong(entry.second, "rule_cond_op may only be or");
            step.any_source = true;
        } else if (key == "include" && step.kind != Step::Kind::field_names)
            step.include = TRY(texts_in(entry.second));
        else if (key == "exclude" && step.kind != Step::Kind::field_names)
            step.exclude = TRY(texts_in(entry.second));
        else if (key == "mapping" && step.kind == Step::Kind::field_names)
            step.names = TRY(named_texts_in(entry.second));
        else if (key != "type" && key != "id")
            return wrong(entry.second, format("'{}' is not known in a {} transformation", key, type));
    }
    return step;
}

Result<void> Pipeline::apply(Rule& rule, Limits const& limits) const
{
    for (auto const& step : m_steps) {
        auto const fits = [&](LogSource const& source) { return is_within(rule.logsource, source); };
        auto const is_meant = step.only_for.empty()
            || (step.any_source ? std::any_of(step.only_for.begin(), step.only_for.end(), fits)
                                : std::all_of(step.only_for.begin(), step.only_for.end(), fits));
        if (!is_meant)
            continue;
        for (auto& selection : rule.selections) {
            for (auto& block : selection.any_of) {
                if (step.kind == Step::Kind::field_names) {
                    rename(block, step);
                    continue;
                }
                for (auto& term : block.terms)
                    TRY(expand(term, step, limits));
            }
            if (step.kind == Step::Kind::field_names)
                spread(selection, step, limits);
        }
    }
    return {};
}

Result<void> Pipeline::expand(Term& term, Step const& step, Limits const& limits) const
{
    if (std::none_of(term.values.begin(), term.values.end(), has_placeholder))
        return {};
    static std::vector<Pattern> const anything { { Token { Token::Kind::many, {} } } };
    auto const lookup = [&](std::string const& name) -> std::vector<Pattern> const* {
        if ((!step.include.empty() && std::find(step.include.begin(), step.include.end(), name) == step.include.end())
            || std::find(step.exclude.begin(), step.exclude.end(), name) != step.exclude.end())
            return nullptr;
        if (step.kind == Step::Kind::wildcard_placeholders)
            return &anything;
        for (auto const& [known, patterns] : m_values)
            if (known == name)
                return &patterns;
        return nullptr;
    };
    // Values of one source value stay together: with `all` one of them must match for each source value.
    std::vector<Value> values;
    std::vector<std::uint32_t> alternatives;
    std::size_t next = 0;
    for (std::size_t source = 0; next < term.values.size(); ++source) {
        auto const count = term.alternatives.empty() ? 1U : term.alternatives[source];
        auto const before = values.size();
        for (std::uint32_t i = 0; i < count; ++i, ++next) {
            if (values.size() > limits.rule_values_max)
                return Error { ErrorCode::limit, "sigma.pipeline.values", 0, values.size(), limits.rule_values_max,
                    term.written };
            for (auto& pattern : TRY(expanded(term.values[next].pattern, lookup, limits.rule_values_max))) {
                values.push_back(term.values[next]);
                values.back().pattern = std::move(pattern);
            }
        }
        alternatives.push_back(static_cast<std::uint32_t>(values.size() - before));
    }
    term.values = std::move(values);
    term.alternatives = std::move(alternatives);
    return {};
}

void Pipeline::rename(Block& block, Step const& step)
{
    for (auto& term : block.terms) {
        for (auto const& [from, to] : step.names)
            if (term.field == from && to.size() == 1) {
                term.field = to.front();
                break;
            }
        for (auto& value : term.values)
            for (auto const& [from, to] : step.names)
                if (value.kind == ValueKind::field && value.source == from && to.size() == 1) {
                    value.source = to.front();
                    break;
                }
    }
}

// One field that stands for several is any of them: the block is repeated for each.
void Pipeline::spread(Selection& selection, Step const& step, Limits const& limits)
{
    std::vector<std::size_t> first_term(selection.any_of.size(), 0); // a copy's earlier terms are settled
    for (std::size_t i = 0; i < selection.any_of.size(); ++i) {
        for (std::size_t t = first_term[i]; t < selection.any_of[i].terms.size(); ++t) {
            auto const field = selection.any_of[i].terms[t].field;
            auto const place = std::find_if(step.names.begin(), step.names.end(),
                [&](auto const& name) { return name.first == field && name.second.size() > 1; });
            if (place == step.names.end() || selection.any_of.size() + place->second.size() > limits.elements_max)
                continue;
            for (std::size_t other = 1; other < place->second.size(); ++other) {
                auto copy = selection.any_of[i];
                copy.terms[t].field = place->second[other];
                selection.any_of.push_back(std::move(copy));
                first_term.push_back(t + 1);
            }
            selection.any_of[i].terms[t].field = place->second.front();
        }
    }
}

std::string_view unexpanded_placeholder(Rule const& rule)
{
    for (auto const& selection : rule.selections)
        for (auto const& block : selection.any_of)
            for (auto const& term : block.terms)
                for (auto const& value : term.values)
                    for (auto const& token : value.pattern)
                        if (token.kind == Token::Kind::placeholder)
                            return token.text;
    return {};
}

}
