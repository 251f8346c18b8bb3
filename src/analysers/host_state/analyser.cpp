#include "analysers/host_state/analyser.hpp"
#include "analysers/host_state/host.hpp"
#include "analysers/host_state/schemas.hpp"
#include "analysers/host_state/score.hpp"
#include "analysers/persistence/catalogue.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <set>

namespace konseki::host_state {

namespace {

// Scores are log likelihood ratios. With one implant among some thousand items (prior odds of about e^-8) a score of 8
// makes both equally likely; 5.5 is worth an analyst's look.
constexpr double high_score = 8;
constexpr double medium_score = 5.5;
constexpr std::size_t because_max = 20;

std::string sentence(std::string_view pattern, std::string_view detail)
{
    auto const at = pattern.find("{}");
    if (at == std::string_view::npos)
        return std::string(pattern);
    return format("{}{}{}", pattern.substr(0, at), detail, pattern.substr(at + 2));
}

std::vector<Term const*> heaviest_first(Item const& item)
{
    std::vector<Term const*> terms;
    terms.reserve(item.terms.size());
    for (auto const& term : item.terms)
        terms.push_back(&term);
    std::stable_sort(terms.begin(), terms.end(), [](auto const* a, auto const* b) { return a->weight > b->weight; });
    return terms;
}

Words reasons_of(Item const& item)
{
    Words words;
    for (auto const* term : heaviest_first(item)) {
        if (term->weight <= 0)
            continue;
        append_format(words.en, "{}{}", words.en.empty() ? "" : " ", sentence(term->feature->en, term->detail));
        append_format(words.ja, "{}", sentence(term->feature->ja, term->detail));
    }
    return words;
}

std::string joined(std::vector<std::string> const& parts)
{
    std::string text;
    for (auto const& part : parts)
        append_format(text, "{}{}", text.empty() ? "" : " ", part);
    return text;
}

void write_rows(Host const& host, Item const& item, DerivedRows& derived)
{
    auto const words = reasons_of(item);
    auto const attack = joined(item.attack);
    ItemRow row;
    row.host = Symbol(host.name);
    row.rank = item.rank;
    row.score = item.score;
    row.kind = Symbol(kind_name(item.kind));
    row.title = item.title;
    row.command = item.command;
    row.target = item.target;
    row.location = Symbol(std::string_view(item.location));
    row.attack = Symbol(std::string_view(attack));
    row.first_at = item.first_at;
    row.last_at = item.last_at;
    row.traces = item.traces.size();
    row.reasons = words.en;
    row.reasons_ja = words.ja;
    row.key = item.key;
    derived.add(item_schema, item.traces.front(), row);
    for (auto const* term : heaviest_first(item)) {
        auto const en = sentence(term->feature->en, term->detail);
        auto const ja = sentence(term->feature->ja, term->detail);
        derived.add(term_schema, term->trace,
            TermRow { Symbol(host.name), item.rank, Symbol(family_name(term->feature->family)),
                Symbol(term->feature->id), term->weight, en, ja, item.title });
    }
    for (auto const trace : item.traces)
        derived.add(item_trace_schema, trace, ItemTraceRow { Symbol(host.name), item.rank });
}

Words advice_of(Item const& item)
{
    if (auto const* const location = persistence::find(item.location); location != nullptr)
        return { std::string(location->advice), std::string(location->advice_ja) };
    if (item.kind == ItemKind::setting)
        return { "Ask who set this and why; where nobody did, set it back, look at what ran and who was logged on when "
                 "the key "
                 "was written, and look for the same setting on other hosts.",
            "誰が何のために設定したかを確認します。心当たりがなければ元に戻し、キーの書き込み時刻に何が動き誰がログオン"
            "していたかを調べ、他の端末で同じ設定を探します。" };
    return {
        "Secure the file and its hash, find out when it came and who started it, and look for the same name, "
        "folder and hash on other hosts.",
        "ファイルとハッシュを保全し、いつ入り誰が起動したかを調べ、他の端末で同じ名前、フォルダー、ハッシュを探します。"
    };
}

void write_finding(Host const& host, Item const& item, FindingSink& sink)
{
    Finding finding;
    finding.analyser = analyser.name;
    finding.rule = format("host-state.{}", item.key); // two items may share their first trace
    finding.title = { item.title, item.title };
    finding.severity = item.score >= high_score ? Severity::high : Severity::medium;
    finding.attack = item.attack;
    finding.host = host.name;
    finding.first_at = item.first_at;
    finding.last_at = item.last_at;
    finding.because_total = item.traces.size();
    std::set<TraceId> told;
    for (auto const* term : heaviest_first(item)) {
        if (term->weight <= 0 || finding.because.size() >= because_max || !told.insert(term->trace).second)
            continue;
        Because because { term->trace, "host.item_term", item.first_at, {} };
        for (auto const& other : item.terms)
            if (other.trace == term->trace && other.weight > 0)
                because.fields.emplace_back(std::string(other.feature->id), other.detail);
        finding.because.push_back(std::move(because));
    }
    auto const words = reasons_of(item);
    auto const command = item.command.empty() ? std::string() : format(" It starts: {}.", item.command);
    auto const command_ja = item.command.empty() ? std::string() : format(" 起動内容: {}。", item.command);
    finding.explanation
        = { format("Rank {} of this host with a score of {:.1f}. {}{}", item.rank, item.score, words.en, command),
              format("この端末での順位 {}、スコア {:.1f}。{}{}", item.rank, item.score, words.ja, command_ja) };
    finding.advice = advice_of(item);
    finding.source = "Konseki, weights of evidence (host_state)";
    assign_id(finding);
    sink.add(finding, item.traces);
}

Result<void> run(AnalyserInputs const& inputs, FindingSink& findings)
{
    Hosts hosts(inputs);
    TRY(hosts.load());
    TRY(gather_programs(hosts));
    TRY(gather_autostarts(hosts));
    TRY(gather_services(hosts));
    TRY(gather_tasks(hosts));
    TRY(gather_wmi(hosts));
    TRY(gather_accounts(hosts));
    TRY(gather_settings(hosts));
    TRY(gather_startup_files(hosts));
    TRY(gather_findings(hosts));
    TRY(gather_side_loads(hosts));
    TRY(gather_files(hosts));
    TRY(gather_linux(hosts));
    judge(hosts);
    std::vector<std::vector<Item>*> by_host;
    for (auto& [key, host] : hosts.all())
        by_host.push_back(&host.items);
    score(by_host);
    for (auto& [key, host] : hosts.all()) {
        std::vector<Item const*> order(host.items.size());
        for (auto const& item : host.items)
            order[item.rank - 1] = &item;
        for (auto const* item : order) {
            if (inputs.derived != nullptr)
                write_rows(host, *item, *inputs.derived);
            // What a rule says already is not said again.
            if (item->score >= medium_score && item->kind != ItemKind::activity)
                write_finding(host, *item, findings);
        }
    }
    return {};
}

constexpr std::array<std::string_view, 1> needs { "windows.event" };
constexpr std::array<Schema const*, 3> emitted { &item_schema.erased, &term_schema.erased, &item_trace_schema.erased };
constexpr std::array<std::string_view, 2> after { "sigma", "event_log_tampering" };

}

Analyser const analyser {
    .name = "host_state",
    .title = "What each host holds, ranked",
    .version = 1,
    .needs = needs,
    .emits = emitted,
    .after = after,
    .run = run,
};

}
