#include "rules/sigma/rule_set.hpp"
#include "base/text.hpp"
#include "bytes/sha256.hpp"
#include "rules/sigma/condition.hpp"
#include "rules/sigma/correlation.hpp"
#include "rules/sigma/document.hpp"
#include "rules/sigma/filters.hpp"
#include "rules/sigma/pack.hpp"
#include "rules/sigma/pipeline.hpp"
#include "rules/sigma/plan.hpp"
#include <algorithm>
#include <set>
#include <unordered_map>

namespace konseki::sigma {

struct RuleSet::State {
    PackedSet set;
    std::unique_ptr<CompiledPlan> plan;
    Sha256 fingerprint;

    void finish(std::vector<std::vector<SourceVariant>> variants, LogSources sources);
};

namespace {

Problem problem_of_head(RuleHead const& head, Reason reason, std::string detail)
{
    return { head.path, head.document, head.id, head.title, head.line, reason, std::move(detail) };
}

// Documents on their way to a RuleSet.
class Compiler {
public:
    Compiler(std::vector<RuleFile> const& files, CompileOptions const& options)
        : m_files(files)
        , m_options(options)
        , m_sources(LogSources::built_in())
    {
    }

    PackedSet compile()
    {
        for (auto const& file : m_files)
            parse_file(file, m_options.limits, m_documents);
        drop_duplicates(m_documents.rules);
        drop_duplicates(m_documents.correlations);
        apply_pipelines();
        auto report = apply_filters(m_documents.rules, m_documents.filters);
        take(std::move(report.problems));
        drop_unmapped();
        resolve();
        sort_problems();
        return { std::move(m_documents.rules), std::move(m_documents.correlations), std::move(m_documents.problems),
            m_documents.document_count, report.applied };
    }

private:
    void take(std::vector<Problem> problems)
    {
        for (auto& problem : problems)
            m_documents.problems.push_back(std::move(problem));
    }
    void report(RuleHead const& head, Reason reason, std::string detail)
    {
        m_documents.problems.push_back(problem_of_head(head, reason, std::move(detail)));
        m_dropped.emplace(head.path, head.document);
    }

    template <typename Document> void drop_duplicates(std::vector<Document>& documents);
    void apply_pipelines();
    void drop_unmapped();
    void resolve();
    void sort_problems();

    std::vector<RuleFile> const& m_files;
    CompileOptions const& m_options;
    LogSources m_sources;
    Documents m_documents;
    std::unordered_map<std::string, std::string> m_seen_ids; // id -> path
    std::set<std::pair<std::string, std::uint32_t>> m_dropped; // documents of rules that cannot run
};

template <typename Document> void Compiler::drop_duplicates(std::vector<Document>& documents)
{
    std::erase_if(documents, [&](Document const& document) {
        if (document.id.empty())
            return false;
        auto const [found, is_new] = m_seen_ids.emplace(document.id, document.path);
        if (!is_new)
            report(document, Reason::duplicate, format("the id is already that of a document in {}", found->second));
        return !is_new;
    });
}

void Compiler::apply_pipelines()
{
    std::vector<Pipeline> pipelines;
    for (auto const& file : m_options.pipelines) {
        auto pipeline = Pipeline::parse(file);
        if (pipeline.ok()) {
            pipelines.push_back(std::move(pipeline).value());
            continue;
        }
        ++m_documents.document_count;
        m_documents.problems.push_back({ file.path, 0, "", "", static_cast<std::uint32_t>(pipeline.error().offset),
            Reason::pipeline, pipeline.error().detail });
    }
    std::stable_sort(
        pipelines.begin(), pipelines.end(), [](auto const& a, auto const& b) { return a.priority() < b.priority(); });
    std::erase_if(m_documents.rules, [&](Rule& rule) {
        for (auto const& pipeline : pipelines) {
            auto const applied = pipeline.apply(rule, m_options.limits);
            if (!applied.ok()) {
                report(rule, Reason::pipeline, to_string(applied.error()));
                return true;
            }
        }
        auto const placeholder = unexpanded_placeholder(rule);
        if (placeholder.empty())
            return false;
        report(rule, Reason::placeholder, format("no pipeline knows the values of the placeholder %{}%", placeholder));
        return true;
    });
}

void Compiler::drop_unmapped()
{
    std::vector<SourceVariant> variants;
    std::erase_if(m_documents.rules, [&](Rule const& rule) {
        auto const answer = m_sources.resolve(rule.logsource, variants);
        if (answer == LogSources::Answer::mapped)
            return false;
        if (answer == LogSources::Answer::no_evidence)
            report(rule, Reason::no_evidence,
                format("no evidence of this kind is read yet: {}", to_string(rule.logsource)));
        else
            report(rule, Reason::unmapped,
                format("it is not known where events of this log source are: {}", to_string(rule.logsource)));
        return true;
    });
}

// Removing a broken correlation moves the indexes of the others: resolve again until none is broken.
void Compiler::resolve()
{
    while (true) {
        auto const broken = resolve_correlations(m_documents.correlations, m_documents.rules);
        if (broken.empty())
            return;
        std::vector<bool> is_broken(m_documents.correlations.size(), false);
        for (auto const& problem : broken) {
            auto const& correlation = m_documents.correlations[problem.correlation];
            // the rule of an old aggregation is the same document: it has its reason already
            bool const is_known
                = correlation.is_from_aggregation && m_dropped.contains({ correlation.path, correlation.document });
            if (!is_broken[problem.correlation] && !is_known)
                report(correlation, Reason::reference, problem.detail);
            is_broken[problem.correlation] = true;
        }
        std::vector<Correlation> kept;
        for (std::size_t i = 0; i < is_broken.size(); ++i) {
            if (!is_broken[i])
                kept.push_back(std::move(m_documents.correlations[i]));
        }
        m_documents.correlations = std::move(kept);
    }
}

void Compiler::sort_problems()
{
    std::unordered_map<std::string, std::size_t> order;
    for (auto const& file : m_files)
        order.emplace(file.path, order.size());
    std::stable_sort(m_documents.problems.begin(), m_documents.problems.end(), [&](Problem const& a, Problem const& b) {
        auto const key = [&](Problem const& problem) {
            auto const found = order.find(problem.path);
            return std::tuple(found == order.end() ? order.size() : found->second, problem.document, problem.line);
        };
        return key(a) < key(b);
    });
}

std::vector<std::vector<SourceVariant>> variants_of(std::vector<Rule> const& rules, LogSources const& sources)
{
    std::vector<std::vector<SourceVariant>> all;
    for (auto const& rule : rules)
        (void)sources.resolve(rule.logsource, all.emplace_back());
    return all;
}

// References to what a reader of the set looks for.
template <typename Document>
std::optional<std::uint32_t> find_in(std::vector<Document> const& documents, std::string_view wanted)
{
    std::optional<std::uint32_t> by_title;
    std::size_t titles = 0;
    for (std::uint32_t i = 0; i < documents.size(); ++i) {
        auto const& document = documents[i];
        if ((!document.id.empty() && document.id == wanted) || (!document.name.empty() && document.name == wanted))
            return i;
        if (document.title == wanted) {
            by_title = i;
            ++titles;
        }
    }
    return titles == 1 ? by_title : std::nullopt;
}

}

void RuleSet::State::finish(std::vector<std::vector<SourceVariant>> variants, LogSources sources)
{
    Sha256Hasher hasher;
    hasher.add(as_bytes(encode(set)));
    for (auto const& file : log_source_files())
        hasher.add(as_bytes(file.text));
    fingerprint = hasher.finish();
    plan = build_plan(set.rules, std::move(variants), std::move(sources));
}

RuleSet::RuleSet()
    : m_state(std::make_unique<State>())
{
    m_state->finish({}, LogSources::built_in());
}

RuleSet::~RuleSet() = default;
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;

RuleSet RuleSet::compile(std::vector<RuleFile> files, CompileOptions const& options)
{
    auto const owned = std::move(files); // handed over: what was parsed needs their texts no longer
    RuleSet made;
    made.m_state->set = Compiler(owned, options).compile();
    auto sources = LogSources::built_in();
    auto variants = variants_of(made.m_state->set.rules, sources);
    made.m_state->finish(std::move(variants), std::move(sources));
    return made;
}

Result<RuleSet> RuleSet::from_terms(std::span<std::string const> terms)
{
    auto const wrong = [](std::string detail) {
        return Error { ErrorCode::wrong_use, "sigma.term", 0, 0, 0, std::move(detail) };
    };
    Rule rule;
    rule.id = "command-line";
    rule.title = rule.title_words.en = "Terms of the command line";
    Selection selection { "selection", { {} } };
    for (auto const& text : terms) {
        auto const sign = text.find('=');
        if (sign == std::string::npos || sign == 0)
            return wrong(format("'{}' is not field|modifier=value", text));
        Scalar scalar;
        scalar.text = text.substr(sign + 1);
        scalar.kind = scalar.text.empty() ? Scalar::Kind::string : kind_of_plain_scalar(scalar.text);
        Refusal refusal;
        auto term = make_term(text.substr(0, sign), std::span(&scalar, 1), default_limits, refusal);
        if (!term)
            return wrong(format("'{}': {}", text, refusal.detail));
        selection.any_of.front().terms.push_back(std::move(*term));
    }
    if (terms.empty())
        return wrong("no terms are given");
    rule.selections.push_back(std::move(selection));
    rule.condition.text = "selection";
    rule.condition.nodes.emplace_back();
    if (auto const placeholder = unexpanded_placeholder(rule); !placeholder.empty())
        return wrong(format("nothing knows the values of the placeholder %{}%", placeholder));
    RuleSet made;
    made.m_state->set.rules.push_back(std::move(rule));
    made.m_state->set.document_count = 1;
    made.m_state->finish({ { SourceVariant {} } }, LogSources::built_in());
    return made;
}

std::string RuleSet::pack() const
{
    return compress_pack(encode(m_state->set));
}

Result<RuleSet> RuleSet::from_pack(ByteView pack)
{
    auto const encoded = TRY(open_pack(pack));
    RuleSet made;
    made.m_state->set = TRY(decode(as_bytes(encoded)));
    auto sources = LogSources::built_in();
    auto variants = variants_of(made.m_state->set.rules, sources);
    made.m_state->finish(std::move(variants), std::move(sources));
    return made;
}

bool RuleSet::is_pack(ByteView head)
{
    return has_pack_magic(head);
}

std::span<Rule const> RuleSet::rules() const
{
    return m_state->set.rules;
}

std::span<Correlation const> RuleSet::correlations() const
{
    return m_state->set.correlations;
}

std::span<Problem const> RuleSet::problems() const
{
    return m_state->set.problems;
}

std::size_t RuleSet::document_count() const
{
    return m_state->set.document_count;
}

std::size_t RuleSet::filter_count() const
{
    return m_state->set.filter_count;
}

Sha256 RuleSet::fingerprint() const
{
    return m_state->fingerprint;
}

std::optional<std::uint32_t> RuleSet::find_rule(std::string_view id_or_name) const
{
    return find_in(m_state->set.rules, id_or_name);
}

std::optional<std::uint32_t> RuleSet::find_correlation(std::string_view id_or_name) const
{
    return find_in(m_state->set.correlations, id_or_name);
}

CompiledPlan const& RuleSet::plan() const
{
    return *m_state->plan;
}

}
