#include "rules/sigma/plan.hpp"
#include "base/text.hpp"
#include "rules/sigma/literal_choice.hpp"
#include <algorithm>
#include <array>
#include <map>

namespace konseki::sigma {

namespace {

// --- event ids ---

using IdSet = std::optional<std::vector<std::uint32_t>>; // nothing: any id

IdSet ids_of(Term const& term)
{
    if (term.is_negated || term.match_all || system_field_of(term.field) != SystemField::event_id)
        return std::nullopt;
    std::vector<std::uint32_t> ids;
    for (auto const& value : term.values) {
        std::optional<std::int64_t> number;
        if (value.kind == ValueKind::number && value.is_integer)
            number = value.integer;
        else if (value.kind == ValueKind::text && value.pattern.size() == 1
            && value.pattern.front().kind == Token::Kind::literal)
            number = parse_int(value.pattern.front().text);
        if (!number)
            return std::nullopt;
        if (*number >= 0 && *number <= 0xffffffffLL)
            ids.push_back(static_cast<std::uint32_t>(*number));
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

IdSet both(IdSet const& a, IdSet const& b)
{
    if (!a || !b)
        return a ? a : b;
    std::vector<std::uint32_t> ids;
    std::set_intersection(a->begin(), a->end(), b->begin(), b->end(), std::back_inserter(ids));
    return ids;
}

IdSet either(IdSet const& a, IdSet const& b)
{
    if (!a || !b)
        return std::nullopt;
    std::vector<std::uint32_t> ids;
    std::set_union(a->begin(), a->end(), b->begin(), b->end(), std::back_inserter(ids));
    return ids;
}

IdSet ids_of(Selection const& selection)
{
    IdSet any = std::vector<std::uint32_t> {};
    for (auto const& block : selection.any_of) {
        IdSet all;
        for (auto const& term : block.terms)
            all = both(all, ids_of(term));
        any = either(any, all);
    }
    return any;
}

// --- programs ---

constexpr std::uint32_t cost_of_regex = 1'000;

class Builder {
public:
    Builder(std::span<Rule const> rules, CompiledPlan& plan)
        : m_rules(rules)
        , m_plan(plan)
    {
        (void)name_index("");
    }

    void build()
    {
        for (auto const& rule : m_rules)
            m_plan.programs.push_back(make_program(rule));
        name_where_fields();
        make_accesses();
        choose_literals();
        make_index();
    }

private:
    NameIndex name_index(std::string const& name)
    {
        auto const [found, is_new] = m_name_indexes.emplace(name, static_cast<NameIndex>(m_plan.names.size()));
        if (is_new)
            m_plan.names.push_back(name);
        return found->second;
    }

    FastValue make_value(Value const& value);
    FastTerm make_term(Term const& term);
    Program make_program(Rule const& rule);
    void name_where_fields();
    AccessIndex plain_access(std::string const& field);
    void make_accesses();
    void choose_literals();
    void make_index();
    void add_instance(Bucket& bucket, Instance const& instance);
    std::uint32_t make_bucket(std::vector<Instance> const& instances);

    std::span<Rule const> m_rules;
    CompiledPlan& m_plan;
    std::unordered_map<std::string, NameIndex> m_name_indexes;
    std::vector<std::vector<NameIndex>> m_literal_names; // per rule
    std::map<std::vector<std::pair<std::uint32_t, std::uint32_t>>, std::uint32_t> m_buckets_by_content;
    std::map<std::pair<NameIndex, std::vector<std::uint64_t>>, std::uint32_t> m_scan_ids;
};

bool is_literal(Token const& token)
{
    return token.kind == Token::Kind::literal;
}

bool is_many(Token const& token)
{
    return token.kind == Token::Kind::many;
}

void set_text(FastValue& fast, Pattern const& pattern)
{
    auto const size = pattern.size();
    if (size == 0) {
        fast.kind = FastValue::Kind::equal;
    } else if (size == 1 && is_many(pattern[0])) {
        fast.kind = FastValue::Kind::anything;
    } else if (size == 1 && is_literal(pattern[0])) {
        fast.kind = FastValue::Kind::equal;
        fast.literal = pattern[0].text;
    } else if (size == 2 && is_literal(pattern[0]) && is_many(pattern[1])) {
        fast.kind = FastValue::Kind::prefix;
        fast.literal = pattern[0].text;
    } else if (size == 2 && is_many(pattern[0]) && is_literal(pattern[1])) {
        fast.kind = FastValue::Kind::suffix;
        fast.literal = pattern[1].text;
    } else if (size == 3 && is_many(pattern[0]) && is_literal(pattern[1]) && is_many(pattern[2])) {
        fast.kind = FastValue::Kind::contains;
        fast.literal = pattern[1].text;
    } else {
        fast.kind = FastValue::Kind::glob;
        fast.glob = pattern;
        fast.has_single = std::any_of(
            pattern.begin(), pattern.end(), [](Token const& token) { return token.kind == Token::Kind::one; });
    }
    if (fast.is_cased)
        return;
    fast.literal = fold_utf8(fast.literal);
    for (auto& token : fast.glob)
        token.text = fold_utf8(token.text);
}

FastValue Builder::make_value(Value const& value)
{
    FastValue fast;
    fast.value = &value;
    fast.is_cased = value.is_cased;
    switch (value.kind) {
    case ValueKind::text: set_text(fast, value.pattern); break;
    case ValueKind::number: fast.kind = FastValue::Kind::number; break;
    case ValueKind::regex: {
        RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(4 << 20);
        m_plan.regexes.push_back(std::make_unique<RE2>(regex_source(value), options));
        fast.regex = m_plan.regexes.back().get();
        fast.regex_index = static_cast<std::uint32_t>(m_plan.regexes.size() - 1);
        fast.needed = literals_in_regex(value);
        fast.size_min = size_min_of_regex(value);
        fast.run_min = run_min_of_regex(value);
        fast.run_crosses_lines = value.dot_is_all;
        fast.kind = FastValue::Kind::regex;
        break;
    }
    case ValueKind::network: fast.network = parse_network(value.source); break;
    case ValueKind::field: fast.other_name = name_index(value.source); break;
    default: break;
    }
    return fast;
}

std::uint32_t cost_of(FastValue const& value)
{
    switch (value.kind) {
    case FastValue::Kind::contains: return 4;
    case FastValue::Kind::glob: return 20;
    case FastValue::Kind::regex: return cost_of_regex;
    case FastValue::Kind::other: return 10;
    default: return 1;
    }
}

FastTerm Builder::make_term(Term const& term)
{
    FastTerm fast;
    fast.name = name_index(term.field);
    fast.match_all = term.match_all;
    fast.is_negated = term.is_negated;
    fast.alternatives = term.alternatives;
    fast.values.reserve(term.values.size());
    for (auto const& value : term.values) {
        fast.values.push_back(make_value(value));
        fast.cost += cost_of(fast.values.back()) * (term.field.empty() ? 20 : 1);
    }
    return fast;
}

// Writes a rule's operations: selections and conditions become jumps over what need not be asked any more.
class ProgramWriter {
public:
    ProgramWriter(Rule const& rule, Program& program, std::vector<std::vector<std::vector<std::uint32_t>>> const& terms)
        : m_rule(rule)
        , m_program(program)
        , m_terms(terms)
    {
        for (auto const& node : rule.condition.nodes)
            m_node_costs.push_back(cost_of_node(node));
    }

    void write();

private:
    struct Visit {
        std::uint32_t node = 0;
        std::vector<std::uint32_t> children; // cheap ones first
        std::size_t next = 0;
        std::vector<std::size_t> jumps;
    };

    std::uint64_t cost_of_selection(std::uint32_t selection) const
    {
        std::uint64_t cost = 0;
        for (auto const& block : m_terms[selection]) {
            for (auto const term : block)
                cost += m_program.terms[term].cost;
        }
        return cost;
    }
    std::uint64_t cost_of_node(ConditionNode const& node) const
    {
        if (node.kind == ConditionNode::Kind::selection)
            return cost_of_selection(node.selection);
        std::uint64_t cost = 0;
        for (auto const child : node.children)
            cost += std::min<std::uint64_t>(m_node_costs[child], 1ULL << 40);
        return cost;
    }
    Visit visit_of(std::uint32_t node) const
    {
        Visit visit { node, m_rule.condition.nodes[node].children, 0, {} };
        std::stable_sort(visit.children.begin(), visit.children.end(),
            [&](auto a, auto b) { return m_node_costs[a] < m_node_costs[b]; });
        return visit;
    }
    std::size_t emit(Operation::Code code, std::uint32_t argument = 0)
    {
        m_program.operations.push_back({ code, argument });
        return m_program.operations.size() - 1;
    }
    void land(std::vector<std::size_t> const& jumps)
    {
        for (auto const jump : jumps)
            m_program.operations[jump].argument = static_cast<std::uint32_t>(m_program.operations.size());
    }
    void write_selection(std::uint32_t selection);

    Rule const& m_rule;
    Program& m_program;
    std::vector<std::vector<std::vector<std::uint32_t>>> const& m_terms; // [selection][block] -> terms
    std::vector<std::uint64_t> m_node_costs;
};

void ProgramWriter::write_selection(std::uint32_t selection)
{
    std::vector<std::size_t> to_end;
    auto const& blocks = m_terms[selection];
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        std::vector<std::size_t> to_next;
        for (std::size_t t = 0; t < blocks[b].size(); ++t) {
            emit(Operation::Code::term, blocks[b][t]);
            if (t + 1 < blocks[b].size())
                to_next.push_back(emit(Operation::Code::jump_if_false));
        }
        land(to_next);
        if (b + 1 < blocks.size())
            to_end.push_back(emit(Operation::Code::jump_if_true));
    }
    land(to_end);
}

void ProgramWriter::write()
{
    auto const& nodes = m_rule.condition.nodes;
    std::vector<Visit> visits { visit_of(static_cast<std::uint32_t>(nodes.size() - 1)) };
    while (!visits.empty()) {
        auto& visit = visits.back();
        auto const& node = nodes[visit.node];
        if (node.kind == ConditionNode::Kind::selection || node.kind == ConditionNode::Kind::always) {
            if (node.kind == ConditionNode::Kind::selection)
                write_selection(node.selection);
            else
                emit(Operation::Code::set_true);
            visits.pop_back();
            continue;
        }
        if (visit.next == visit.children.size()) {
            if (node.kind == ConditionNode::Kind::negation)
                emit(Operation::Code::negate);
            land(visit.jumps);
            visits.pop_back();
            continue;
        }
        if (visit.next > 0)
            visit.jumps.push_back(emit(node.kind == ConditionNode::Kind::all ? Operation::Code::jump_if_false
                                                                             : Operation::Code::jump_if_true));
        auto const child = visit.children[visit.next++];
        visits.push_back(visit_of(child));
    }
}

Program Builder::make_program(Rule const& rule)
{
    Program program;
    std::vector<std::vector<std::vector<std::uint32_t>>> terms;
    for (auto const& selection : rule.selections) {
        auto& blocks = terms.emplace_back();
        for (auto const& block : selection.any_of) {
            auto& indexes = blocks.emplace_back();
            for (auto const& term : block.terms) {
                indexes.push_back(static_cast<std::uint32_t>(program.terms.size()));
                program.terms.push_back(make_term(term));
            }
            std::stable_sort(indexes.begin(), indexes.end(),
                [&](auto a, auto b) { return program.terms[a].cost < program.terms[b].cost; });
        }
    }
    if (!rule.condition.nodes.empty())
        ProgramWriter(rule, program, terms).write();
    return program;
}

// --- fields ---

void Builder::name_where_fields()
{
    for (auto const& variants : m_plan.variants) {
        for (auto const& variant : variants) {
            for (auto const& condition : variant.where)
                (void)plain_access(condition.field);
        }
    }
}

AccessIndex Builder::plain_access(std::string const& field)
{
    auto const [found, is_new] = m_plan.plain_accesses.emplace(field, static_cast<AccessIndex>(m_plan.accesses.size()));
    if (is_new)
        m_plan.accesses.push_back({ field, system_field_of(field), nullptr, {} });
    return found->second;
}

void Builder::make_accesses()
{
    auto const& maps = m_plan.sources.field_maps();
    m_plan.access_of.resize(maps.size());
    for (std::size_t map = 0; map < maps.size(); ++map) {
        for (auto const& name : m_plan.names) {
            auto const* const source = maps[map].find(name);
            if (source == nullptr || source->is_rename()) {
                m_plan.access_of[map].push_back(plain_access(source == nullptr ? name : source->parts.front()));
                continue;
            }
            Access access;
            access.name = name;
            access.source = source;
            for (auto const& part : source->parts)
                access.parts.push_back(plain_access(part));
            m_plan.access_of[map].push_back(static_cast<AccessIndex>(m_plan.accesses.size()));
            m_plan.accesses.push_back(std::move(access));
        }
    }
}

// --- literals ---

// What the text of a value other than a string is made of: digits, hexadecimal, S-1-…, times, true, false, inf, nan.
bool fits_typed_value(std::string_view folded)
{
    return folded.find_first_not_of("0123456789abcdefx-:.+, tzsruliny") == std::string_view::npos;
}

void Builder::choose_literals()
{
    LiteralCounts counts;
    for (auto const& rule : m_rules)
        count_literals(rule, counts);
    // (anchors, text) -> rules, per name; ordered, so that the plan is the same on every run
    std::vector<std::map<std::pair<std::string, std::uint8_t>, std::vector<std::uint32_t>>> drafts(m_plan.names.size());
    m_plan.has_literals.assign(m_rules.size(), false);
    m_literal_names.resize(m_rules.size());
    for (std::uint32_t rule = 0; rule < m_rules.size(); ++rule) {
        auto const needed = needed_literals(m_rules[rule], counts);
        if (!needed)
            continue;
        m_plan.has_literals[rule] = true;
        for (auto const& literal : *needed) {
            auto const name = m_name_indexes.at(literal.field);
            auto const anchor = static_cast<std::uint8_t>((literal.at_start ? 1 : 0) | (literal.at_end ? 2 : 0));
            auto& rules = drafts[name][{ literal.text, anchor }];
            if (rules.empty() || rules.back() != rule)
                rules.push_back(rule);
            m_literal_names[rule].push_back(name);
        }
        auto& names = m_literal_names[rule];
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
    }
    m_plan.literals.resize(m_plan.names.size());
    for (std::size_t name = 0; name < drafts.size(); ++name) {
        auto& target = m_plan.literals[name];
        std::vector<std::string_view> inner, starts;
        std::vector<std::string> ends;
        target.only_in_strings = true;
        for (auto const& [key, rules] : drafts[name]) {
            auto const literal = static_cast<std::uint32_t>(target.anchors.size());
            target.only_in_strings = target.only_in_strings && !fits_typed_value(key.first);
            target.anchors.push_back(static_cast<NameLiterals::Anchor>(key.second));
            if (target.anchors.back() == NameLiterals::Anchor::none) {
                inner.push_back(key.first);
                target.inner_literals.push_back(literal);
            } else if (target.anchors.back() == NameLiterals::Anchor::end) {
                ends.emplace_back(key.first.rbegin(), key.first.rend());
                target.end_literals.push_back(literal);
            } else {
                starts.push_back(key.first);
                target.start_literals.push_back(literal);
            }
            target.rule_begins.push_back(static_cast<std::uint32_t>(target.rules.size()));
            target.rules.insert(target.rules.end(), rules.begin(), rules.end());
        }
        target.rule_begins.push_back(static_cast<std::uint32_t>(target.rules.size()));
        target.inner = literals::LiteralSet(inner);
        target.starts = literals::LiteralSet(starts);
        target.ends = literals::LiteralSet(ends);
        m_plan.literal_count += target.anchors.size();
        // rule_values_max and rule_file_bytes_max keep far below
        VERIFY(target.inner.is_complete() && target.starts.is_complete() && target.ends.is_complete());
    }
}

// --- index ---

void Builder::add_instance(Bucket& bucket, Instance const& instance)
{
    bucket.instances.push_back(instance);
    if (!m_plan.has_literals[instance.rule]) {
        if (bucket.always.empty() || bucket.always.back() != instance.rule)
            bucket.always.push_back(instance.rule);
        return;
    }
    for (auto const name : m_literal_names[instance.rule]) {
        auto const access = name == keywords_name ? 0 : m_plan.access_of[instance.field_map][name];
        auto found = std::find_if(bucket.scans.begin(), bucket.scans.end(),
            [&](Scan const& scan) { return scan.access == access && scan.name == name; });
        if (found == bucket.scans.end()) {
            bucket.scans.push_back({ access, name, std::vector<std::uint64_t>((m_rules.size() + 63) / 64), 0 });
            found = bucket.scans.end() - 1;
        }
        found->rules[instance.rule / 64] |= 1ULL << (instance.rule % 64);
    }
}

// Buckets with the same instances are one.
std::uint32_t Builder::make_bucket(std::vector<Instance> const& instances)
{
    std::vector<std::pair<std::uint32_t, std::uint32_t>> key;
    key.reserve(instances.size());
    for (auto const& instance : instances)
        key.emplace_back(instance.rule, instance.variant);
    auto const [found, is_new]
        = m_buckets_by_content.emplace(std::move(key), static_cast<std::uint32_t>(m_plan.buckets.size()));
    if (is_new) {
        auto bucket = std::make_unique<Bucket>();
        for (auto const& instance : instances)
            add_instance(*bucket, instance);
        for (auto& scan : bucket->scans)
            scan.id
                = m_scan_ids.emplace(std::pair(scan.name, scan.rules), static_cast<std::uint32_t>(m_scan_ids.size()))
                      .first->second;
        m_plan.buckets.push_back(std::move(bucket));
    }
    return found->second;
}

void Builder::make_index()
{
    // per kind of log: instances for some ids, and for any
    struct OfLog {
        std::map<std::uint32_t, std::vector<Instance>> by_id;
        std::vector<Instance> any_id;
    };
    std::vector<OfLog> logs(m_plan.sources.logs().size() + 1); // the last one: any log
    for (std::uint32_t rule = 0; rule < m_rules.size(); ++rule) {
        auto const rule_ids = necessary_event_ids(m_rules[rule]);
        for (std::uint32_t v = 0; v < m_plan.variants[rule].size(); ++v) {
            auto const& variant = m_plan.variants[rule][v];
            auto& log = variant.log == any_log ? logs.back() : logs[variant.log];
            Instance const instance { rule, v, variant.field_map };
            auto const ids = both(rule_ids, variant.event_ids.empty() ? IdSet {} : IdSet(variant.event_ids));
            if (!ids)
                log.any_id.push_back(instance);
            else
                for (auto const id : *ids)
                    log.by_id[id].push_back(instance);
        }
    }
    auto const index_over = [&](std::vector<std::size_t> const& members) {
        LogIndex index;
        std::vector<std::uint32_t> ids;
        for (auto const member : members) {
            for (auto const& [id, instances] : logs[member].by_id)
                ids.push_back(id);
        }
        std::sort(ids.begin(), ids.end());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        auto const instances_for = [&](std::optional<std::uint32_t> id) {
            std::vector<Instance> instances;
            for (auto const member : members) {
                auto const& log = logs[member];
                instances.insert(instances.end(), log.any_id.begin(), log.any_id.end());
                auto const found = id ? log.by_id.find(*id) : log.by_id.end();
                if (found != log.by_id.end())
                    instances.insert(instances.end(), found->second.begin(), found->second.end());
            }
            std::sort(instances.begin(), instances.end(), [](Instance const& a, Instance const& b) {
                return std::pair(a.rule, a.variant) < std::pair(b.rule, b.variant);
            });
            return instances;
        };
        index.other = make_bucket(instances_for(std::nullopt));
        for (auto const id : ids)
            index.by_event_id.emplace(id, make_bucket(instances_for(id)));
        return index;
    };
    std::map<std::string, std::vector<std::size_t>> channels, providers;
    for (std::size_t log = 0; log < m_plan.sources.logs().size(); ++log) {
        for (auto const& channel : m_plan.sources.logs()[log].channels)
            channels[channel].push_back(log);
        for (auto const& provider : m_plan.sources.logs()[log].providers)
            providers[provider].push_back(log);
    }
    for (auto& [channel, members] : channels) {
        if (m_plan.sources.logs()[members.front()].product.empty()) // "any log" means any of Windows
            members.push_back(logs.size() - 1);
        m_plan.by_channel.emplace(channel, index_over(members));
    }
    for (auto& [provider, members] : providers) {
        members.push_back(logs.size() - 1);
        m_plan.by_provider.emplace(provider, index_over(members));
    }
    m_plan.elsewhere = index_over({ logs.size() - 1 });
}

}

std::optional<std::vector<std::uint32_t>> necessary_event_ids(Rule const& rule)
{
    std::vector<IdSet> nodes;
    for (auto const& node : rule.condition.nodes) {
        IdSet ids;
        if (node.kind == ConditionNode::Kind::selection) {
            ids = ids_of(rule.selections[node.selection]);
        } else if (node.kind == ConditionNode::Kind::all) {
            for (auto const child : node.children)
                ids = both(ids, nodes[child]);
        } else if (node.kind == ConditionNode::Kind::any) {
            ids = std::vector<std::uint32_t> {};
            for (auto const child : node.children)
                ids = either(ids, nodes[child]);
        }
        nodes.push_back(std::move(ids));
    }
    return nodes.empty() ? IdSet {} : nodes.back();
}

std::unique_ptr<CompiledPlan> build_plan(
    std::span<Rule const> rules, std::vector<std::vector<SourceVariant>> variants, LogSources sources)
{
    auto plan = std::make_unique<CompiledPlan>();
    plan->sources = std::move(sources);
    plan->variants = std::move(variants);
    Builder(rules, *plan).build();
    return plan;
}

}
