#include "analysers/coverage/analyser.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

namespace konseki::coverage {

namespace {

constexpr std::int64_t ticks_per_day = 86'400 * ticks_per_second;
constexpr std::int64_t gap_days = 3; // silence of a log that a running machine fills every day
constexpr std::size_t gaps_shown = 5;

struct Channel {
    Timestamp first_at, last_at;
    std::uint64_t count = 0;
    std::vector<Timestamp> days; // that hold events, ascending
};

struct Host {
    std::string name;
    std::map<std::string, Channel> channels;
    std::set<std::string> kinds; // what detection needs and is there
};

// What detection needs, by which events it is shown, and what cannot be said without.
struct Need {
    std::string_view kind;
    std::string_view condition; // SQL over windows_event
    std::string_view missing, missing_ja;
};

constexpr auto needs_of_detection = std::to_array<Need>({
    { "logons", "channel = 'Security' AND event_id IN (4624, 4625, 4634, 528, 540)", "who logged on and from where",
        "誰がどこからログオンしたか" },
    { "process starts",
        "(channel = 'Security' AND event_id = 4688) OR (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id "
        "= 1)",
        "which programs were started (neither Security 4688 nor Sysmon)",
        "どのプログラムが起動されたか(Security 4688 も Sysmon もありません)" },
    { "command lines", "channel = 'Microsoft-Windows-PowerShell/Operational' AND event_id = 4104",
        "which PowerShell scripts were run (no 4104)", "どの PowerShell スクリプトが実行されたか(4104 がありません)" },
    { "services", "channel = 'System' AND provider = 'Service Control Manager'",
        "which services were installed (no System log of the service manager)",
        "どのサービスが登録されたか(System ログがありません)" },
    { "tasks",
        "channel = 'Microsoft-Windows-TaskScheduler/Operational' OR (channel = 'Security' AND event_id IN (4698, "
        "4702))",
        "which scheduled tasks were registered", "どのタスクが登録されたか" },
    { "remote desktop", "channel LIKE 'Microsoft-Windows-TerminalServices-%'",
        "who used Remote Desktop, beyond the Security log", "リモートデスクトップの利用状況(セキュリティログ以外)" },
    { "malware protection", "channel = 'Microsoft-Windows-Windows Defender/Operational'",
        "what Microsoft Defender found or was told to ignore", "Microsoft Defender が検出・除外したもの" },
});

using Hosts = std::map<std::string, Host>; // by name in lower case

Result<void> read_channels(AnalyserInputs const& inputs, Hosts& hosts)
{
    auto rows = TRY(inputs.store.query(
        R"(SELECT lower(computer), channel, CAST(date_trunc('day', written_at) AS TIMESTAMP) AS day, min(written_at), max(written_at), count(*),
        min(computer) FROM windows_event WHERE NOT recovered AND computer IS NOT NULL AND written_at IS NOT NULL
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3)",
        {}, inputs.stop));
    while (rows.next()) {
        auto& host = hosts[std::string(rows.text(0))];
        if (host.name.empty())
            host.name = rows.text(6);
        auto& channel = host.channels[std::string(rows.text(1))];
        if (channel.count == 0)
            channel.first_at = rows.time(3);
        channel.last_at = rows.time(4);
        channel.count += rows.unsigned_integer(5);
        channel.days.push_back(rows.time(2));
    }
    return rows.status();
}

Result<void> read_kinds(AnalyserInputs const& inputs, Hosts& hosts)
{
    for (auto const& need : needs_of_detection) {
        auto rows = TRY(inputs.store.query(format("SELECT DISTINCT lower(computer) FROM windows_event WHERE NOT "
                                                  "recovered AND computer IS NOT NULL AND ({}) ORDER BY 1",
                                               need.condition),
            {}, inputs.stop));
        while (rows.next()) {
            auto const place = hosts.find(std::string(rows.text(0)));
            if (place != hosts.end())
                place->second.kinds.emplace(need.kind);
        }
        TRY(rows.status());
    }
    return {};
}

std::string_view day_text(std::string const& time)
{
    return std::string_view(time).substr(0, 10);
}

// "2024-03-01 to 2024-03-09 (8 days)"; days are those without any event.
std::vector<std::string> gaps_of(Channel const& channel)
{
    std::vector<std::string> gaps;
    for (std::size_t i = 1; i < channel.days.size(); ++i) {
        auto const silent_days = (channel.days[i].ticks - channel.days[i - 1].ticks) / ticks_per_day - 1;
        if (silent_days < gap_days)
            continue;
        auto const first = to_string(Timestamp { channel.days[i - 1].ticks + ticks_per_day });
        auto const last = to_string(Timestamp { channel.days[i].ticks - ticks_per_day });
        gaps.push_back(format("{} – {}", day_text(first), day_text(last)));
    }
    return gaps;
}

void describe_channels(Host const& host, Finding& finding)
{
    auto& en = finding.explanation.en;
    auto& ja = finding.explanation.ja;
    for (auto const& [name, channel] : host.channels) {
        auto const first = to_string(channel.first_at);
        auto const last = to_string(channel.last_at);
        append_format(en, "{}: {} events, {} to {}", name, grouped(channel.count), day_text(first), day_text(last));
        append_format(ja, "{}: {} 件、{} から {} まで", name, grouped(channel.count), day_text(first), day_text(last));
        auto const gaps = gaps_of(channel);
        auto const is_busy = name == "Security" || name == "System" || name == "Microsoft-Windows-Sysmon/Operational";
        if (is_busy && !gaps.empty()) {
            std::string list;
            for (std::size_t i = 0; i < std::min(gaps.size(), gaps_shown); ++i)
                append_format(list, "{}{}", i == 0 ? "" : ", ", gaps[i]);
            append_format(en, " (silent {} times for {} days or more: {}{})", gaps.size(), gap_days, list,
                gaps.size() > gaps_shown ? ", …" : "");
            append_format(ja, "({} 日以上の空白 {} 回: {}{})", gap_days, gaps.size(), list,
                gaps.size() > gaps_shown ? "、…" : "");
        }
        en += ".\n";
        ja += "。\n";
    }
}

void write_host(Host const& host, FindingSink& sink)
{
    Finding finding;
    finding.analyser = analyser.name;
    finding.rule = "coverage.event-logs";
    finding.host = host.name;
    finding.severity = Severity::informational;
    finding.title = { "What the event logs of this machine cover", "この端末のイベントログが示す範囲" };
    finding.count = 0;
    for (auto const& [name, channel] : host.channels) {
        if (!finding.first_at.is_set() || channel.first_at < finding.first_at)
            finding.first_at = channel.first_at;
        finding.last_at = std::max(finding.last_at, channel.last_at);
        finding.count += channel.count;
    }
    describe_channels(host, finding);
    std::string missing;
    std::string missing_ja;
    for (auto const& need : needs_of_detection) {
        if (host.kinds.contains(std::string(need.kind)))
            continue;
        append_format(missing, "{}{}", missing.empty() ? "" : "; ", need.missing);
        append_format(missing_ja, "{}{}", missing_ja.empty() ? "" : "、", need.missing_ja);
    }
    if (missing.empty()) {
        finding.explanation.en += "All kinds of events that the rules need most are there for some of this time.";
        finding.explanation.ja += "ルールが最も必要とする種類のイベントは、期間の一部について揃っています。";
    } else {
        append_format(finding.explanation.en,
            "Not recorded, or not handed over: {}. For these questions the logs cannot clear this machine.", missing);
        append_format(finding.explanation.ja,
            "記録されていない、または受領していないもの: "
            "{}。これらについて、ログからこの端末の潔白を示すことはできません。",
            missing_ja);
    }
    finding.advice = { "Ask for what is missing (other logs of the machine, forwarded logs, shadow copies), and say in "
                       "the report what the evidence does not cover.",
        "不足しているもの(端末の他のログ、転送ログ、シャドウコピー)"
        "を求め、報告書には証拠の及ばない範囲を明記してください。" };
    assign_id(finding);
    sink.add(finding, {});
}

Result<void> run(AnalyserInputs const& inputs, FindingSink& findings)
{
    Hosts hosts;
    TRY(read_channels(inputs, hosts));
    TRY(read_kinds(inputs, hosts));
    for (auto const& [key, host] : hosts)
        write_host(host, findings);
    return {};
}

constexpr std::array<std::string_view, 1> needs { "windows.event" };

}

Analyser const analyser {
    .name = "coverage",
    .title = "What the event logs cover",
    .version = 1,
    .needs = needs,
    .run = run,
};

}
