#include "analysers/posture/analyser.hpp"
#include "analysers/posture/host.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::posture {

namespace {

constexpr std::size_t because_max = 40;
constexpr std::size_t sentences_max = 25;

// The same setting of five users is one sentence.
struct Sentence {
    Words text {};
    std::size_t times = 0;
};

std::vector<Sentence> sentences_of(std::vector<Weakness> const& weaknesses)
{
    std::vector<Sentence> all;
    for (auto const& weakness : weaknesses) {
        auto const place = std::find_if(
            all.begin(), all.end(), [&](Sentence const& one) { return one.text.en == weakness.sentence.en; });
        if (place == all.end())
            all.push_back({ weakness.sentence, 1 });
        else
            ++place->times;
    }
    return all;
}

Words explanation_of(GroupWords const& words, std::vector<Weakness> const& weaknesses, HostSettings const& host)
{
    Words text { words.meaning.en + " Found:", words.meaning.ja + " 見つかった設定:" };
    auto const sentences = sentences_of(weaknesses);
    for (std::size_t at = 0; at < std::min(sentences.size(), sentences_max); ++at) {
        auto const& one = sentences[at];
        auto const times = one.times > 1 ? format(" ({} times)", one.times) : std::string();
        auto const times_ja = one.times > 1 ? format("({} 件)", one.times) : std::string();
        append_format(text.en, "{} {}{}", at == 0 ? "" : ";", one.text.en, times);
        append_format(text.ja, "{}{}{}", at == 0 ? "" : "、", one.text.ja, times_ja);
    }
    if (sentences.size() > sentences_max) {
        append_format(text.en, "; and {} more", sentences.size() - sentences_max);
        append_format(text.ja, "、ほか {} 件", sentences.size() - sentences_max);
    }
    text.en += '.';
    text.ja += "。";
    if (words.group == Group::logging && host.system.is_there && !host.has_sysmon) {
        text.en += " Sysmon was not set up.";
        text.ja += " Sysmon は導入されていません。";
    }
    return text;
}

void write_finding(
    GroupWords const& words, HostSettings const& host, std::vector<Weakness> weaknesses, FindingSink& sink)
{
    std::stable_sort(weaknesses.begin(), weaknesses.end(),
        [](Weakness const& a, Weakness const& b) { return a.severity > b.severity; });
    Finding finding;
    finding.analyser = analyser.name;
    finding.rule = words.rule;
    finding.title = words.title;
    finding.host = host.name;
    finding.severity = weaknesses.front().severity;
    finding.explanation = explanation_of(words, weaknesses, host);
    finding.advice = words.advice;
    finding.source = "Konseki, settings (posture)";
    std::vector<TraceId> traces;
    std::set<std::string> attack;
    bool const is_switched_off = words.group == Group::protection || words.group == Group::logging;
    for (auto& weakness : weaknesses) {
        auto const at = weakness.because.at;
        traces.push_back(weakness.because.trace);
        if (at.is_set() && (!finding.first_at.is_set() || at < finding.first_at))
            finding.first_at = at;
        finding.last_at = std::max(finding.last_at, at);
        if (is_switched_off && weakness.severity == Severity::medium && !weakness.attack.empty())
            attack.insert(weakness.attack);
        if (finding.because.size() < because_max)
            finding.because.push_back(std::move(weakness.because));
    }
    finding.attack.assign(attack.begin(), attack.end());
    std::sort(traces.begin(), traces.end());
    traces.erase(std::unique(traces.begin(), traces.end()), traces.end());
    finding.because_total = std::max(traces.size(), finding.because.size());
    finding.count = 1;
    assign_id(finding);
    sink.add(finding, traces);
}

Result<void> run(AnalyserInputs const& inputs, FindingSink& findings)
{
    Hosts hosts(inputs);
    TRY(hosts.load());
    TRY(gather_settings(hosts));
    TRY(gather_channels(hosts));
    TRY(gather_audit_policy(hosts));
    TRY(gather_remote_desktop(hosts));
    TRY(gather_port_proxies(hosts));
    add_defaults(hosts);
    for (auto const& [key, host] : hosts.all())
        for (auto const& words : groups())
            if (auto const place = host.weak.find(words.group); place != host.weak.end())
                write_finding(words, host, place->second, findings);
    return {};
}

constexpr std::array<std::string_view, 7> needs { "windows.security_setting", "windows.event_channel",
    "windows.audit_policy", "windows.remote_desktop.server", "windows.network.port_proxy", "windows.machine.name",
    "windows.machine.system" };

}

Analyser const analyser {
    .name = "posture",
    .title = "Settings that make the next intrusion easy",
    .version = 3,
    .needs = needs,
    .run = run,
};

}
