#include "analysers/ranking/write.hpp"
#include "analysers/persistence/catalogue.hpp"
#include "analysers/ranking/schemas.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <set>

namespace konseki::ranking {

namespace {

constexpr std::size_t because_max = 20;

std::string sentence(std::string_view pattern, std::string_view detail)
{
    auto const at = pattern.find("{}");
    if (at == std::string_view::npos)
        return std::string(pattern);
    return format("{}{}{}", pattern.substr(0, at), detail, pattern.substr(at + 2));
}

Words words_of(Feature const& feature, Words const& detail)
{
    return { sentence(feature.en, detail.en), sentence(feature.ja, detail.in("ja")) };
}

// The item's own terms come first, in the order of its features; features of another version were left out.
void add_own_terms(FleetState const& state, ToldItem& item)
{
    auto const& features = state.features(state.look(item.kept->item));
    std::size_t known = 0;
    for (std::size_t at = 0; at < features.size() && at < item.text->terms.size(); ++at) {
        if (features[at] == nullptr)
            continue;
        auto const& weighed = item.kept->terms.terms[known++];
        auto const& place = item.text->terms[at];
        item.terms.push_back({ weighed.feature, weighed.weight, place.detail,
            words_of(*weighed.feature, { place.detail, {} }), place.trace });
    }
}

Words advice_of(ToldItem const& item)
{
    if (auto const* const location = persistence::find(item.text->location); location != nullptr)
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

}

Words reasons_of(ToldItem const& item)
{
    Words words;
    for (auto const& term : item.terms) {
        if (term.weight <= 0)
            continue;
        append_format(words.en, "{}{}", words.en.empty() ? "" : " ", term.text.en);
        append_format(words.ja, "{}", term.text.ja);
    }
    return words;
}

ToldItem told_item(FleetState const& state, KeptItem const& kept, ItemText const& text, ItemTexts const& texts,
    std::string const& host)
{
    ToldItem item { &kept, &text, 0, state.look(kept.item).kind, 0, {} };
    item.hosts = state.prevalence().hosts_of(state.look(kept.item).keys.front());
    add_own_terms(state, item);
    auto const& terms = kept.terms.terms;
    auto const fleet_terms = kept.terms.fleet_details.size();
    if (!kept.same_time.empty()) {
        auto const& weighed = terms[terms.size() - fleet_terms - 1];
        auto const other = texts.find({ host, kept.same_time.front() });
        auto const more = kept.same_time.size() - 1;
        auto detail = other == texts.end() ? std::string() : other->second.title;
        if (more > 0)
            append_format(detail, " (+{})", more);
        item.terms.push_back({ weighed.feature, weighed.weight, detail, words_of(*weighed.feature, { detail, {} }),
            other == texts.end() ? text.trace : other->second.trace });
    }
    for (std::size_t at = 0; at < fleet_terms; ++at) {
        auto const& weighed = terms[terms.size() - fleet_terms + at];
        auto const& detail = kept.terms.fleet_details[at];
        item.terms.push_back(
            { weighed.feature, weighed.weight, detail.en, words_of(*weighed.feature, detail), text.trace });
    }
    std::stable_sort(
        item.terms.begin(), item.terms.end(), [](auto const& a, auto const& b) { return a.weight > b.weight; });
    return item;
}

void write_rows(std::string const& host, ToldItem const& item, DerivedRows& derived)
{
    auto const words = reasons_of(item);
    auto const& text = *item.text;
    ItemRow row;
    row.host = Symbol(host);
    row.rank = item.rank;
    row.score = item.kept->score;
    row.kind = Symbol(kind_name(item.kind));
    row.title = text.title;
    row.command = text.command;
    row.target = text.target;
    row.location = Symbol(std::string_view(text.location));
    row.attack = Symbol(std::string_view(text.attack));
    row.first_at = text.first_at;
    row.last_at = text.last_at;
    row.traces = text.traces_total;
    row.reasons = words.en;
    row.reasons_ja = words.ja;
    row.key = text.key;
    row.number = item.kept->number;
    row.hosts = item.hosts;
    row.story = text.story;
    derived.add(item_schema, text.trace, row);
    for (auto const& term : item.terms)
        derived.add(term_schema, term.trace,
            TermRow { Symbol(host), item.rank, Symbol(family_name(term.feature->family)), Symbol(term.feature->id),
                term.weight, term.text.en, term.text.ja, text.title });
    for (auto const trace : text.traces)
        derived.add(item_trace_schema, trace, ItemTraceRow { Symbol(host), item.rank });
}

namespace {

// What else of the story is worth a look on this host.
Words others_of(std::span<ToldItem const> others)
{
    constexpr std::size_t shown = 5;
    Words words;
    for (std::size_t at = 0; at < std::min(others.size(), shown); ++at) {
        append_format(words.en, "{}{}", at == 0 ? " With it: " : "; ", others[at].text->title);
        append_format(words.ja, "{}{}", at == 0 ? "関連する項目: " : "、", others[at].text->title);
    }
    if (others.size() > shown) {
        append_format(words.en, " and {} more", others.size() - shown);
        append_format(words.ja, " ほか {} 件", others.size() - shown);
    }
    if (!others.empty()) {
        words.en += '.';
        words.ja += "。";
    }
    return words;
}

void add_because(Finding& finding, ToldItem const& item)
{
    std::set<TraceId> told;
    for (auto const& because : finding.because)
        told.insert(because.trace);
    for (auto const& term : item.terms) {
        if (term.weight <= 0 || finding.because.size() >= because_max || !told.insert(term.trace).second)
            continue;
        Because because { term.trace, "host.item_term", item.text->first_at, {} };
        for (auto const& other : item.terms)
            if (other.trace == term.trace && other.weight > 0)
                because.fields.emplace_back(std::string(other.feature->id), other.detail);
        finding.because.push_back(std::move(because));
    }
}

}

void write_finding(
    std::string const& host, std::span<ToldItem const> story, std::string_view analyser, FindingSink& sink)
{
    auto const& item = story.front();
    auto const& text = *item.text;
    Finding finding;
    finding.analyser = analyser;
    finding.rule = format("host-state.{}", text.key); // two items may share their first trace
    finding.title = { text.title, text.title };
    finding.severity = item.kept->score >= high_score ? Severity::high : Severity::medium;
    finding.host = host;
    finding.first_at = text.first_at;
    finding.last_at = text.last_at;
    std::vector<TraceId> traces;
    std::set<TraceId> known; // a folder's items may stand on thousands
    for (auto const& one : story) {
        for (auto const id : split(one.text->attack, ' '))
            if (!id.empty() && std::find(finding.attack.begin(), finding.attack.end(), id) == finding.attack.end())
                finding.attack.emplace_back(id);
        for (auto const trace : one.text->traces)
            if (known.insert(trace).second)
                traces.push_back(trace);
        add_because(finding, one);
    }
    finding.because_total = traces.size();
    auto const words = reasons_of(item);
    auto const others = others_of(story.subspan(1));
    auto const command = text.command.empty() ? std::string() : format(" It starts: {}.", text.command);
    auto const command_ja = text.command.empty() ? std::string() : format(" 起動内容: {}。", text.command);
    finding.explanation = { format("Rank {} of this host with a score of {:.1f}. {}{}{}", item.rank, item.kept->score,
                                words.en, command, others.en),
        format("この端末での順位 {}、スコア {:.1f}。{}{}{}", item.rank, item.kept->score, words.ja, command_ja,
            others.ja) };
    finding.advice = advice_of(item);
    finding.source = "Konseki, weights of evidence (host_state, ranking)";
    assign_id(finding);
    sink.add(finding, traces);
}

}
