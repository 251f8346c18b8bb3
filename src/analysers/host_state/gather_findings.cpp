// What other analysers found, brought to the things it is about: the program that a finding names, otherwise an item of
// its own (what was done with a program of Windows). Findings that stand on the same first trace are one item.
#include "analysers/host_state/host.hpp"
#include "analysers/host_state/paths.hpp"
#include "base/text.hpp"
#include "store/query.hpp"
#include <algorithm>
#include <array>
#include <map>

namespace konseki::host_state {

namespace {

constexpr std::array<std::string_view, 8> program_fields { "Image", "NewProcessName", "ImagePath", "ServiceFileName",
    "TargetFilename", "Path", "ProcessName", "ImageLoaded" };
constexpr std::array<std::string_view, 6> command_fields { "CommandLine", "ScriptBlockText", "Details", "ImagePath",
    "ServiceFileName", "TaskContent" };

std::string_view field_of(Because const& because, std::span<std::string_view const> names)
{
    for (auto const name : names)
        for (auto const& [field, value] : because.fields)
            if (field == name && !value.empty())
                return value;
    return {};
}

std::string_view rule_feature(Finding const& finding)
{
    if (finding.severity == Severity::critical)
        return "rule.critical";
    return finding.severity == Severity::high ? "rule.high" : "rule.medium";
}

// "file:_C:\x.bat; containerfile:_…" of Defender names several; the first that is a path counts.
std::string program_path(Because const& because)
{
    auto const text = field_of(because, program_fields);
    if (text.empty())
        return {};
    auto first = text.substr(0, text.find(';'));
    if (auto const at = first.find(":_"); at != std::string_view::npos)
        first = first.substr(at + 2);
    if (auto const at = first.find("->"); at != std::string_view::npos)
        first = first.substr(0, at);
    auto const program = split_command(first).program;
    return program.find('\\') == std::string::npos ? std::string() : program;
}

bool is_own_program(std::string_view normalised)
{
    return !is_in_system_folder(normalised) && !is_in_program_folder(normalised);
}

void add_activity(Host& host, Finding const& finding, Because const& because)
{
    auto& item = host.item(ItemKind::activity, to_string(because.trace), because.trace);
    if (item.title.empty()) {
        item.title = finding.title.en;
        item.key = format("activity|{}", finding.rule);
        item.command = field_of(because, command_fields);
    }
    for (auto const& technique : finding.attack)
        if (std::find(item.attack.begin(), item.attack.end(), technique) == item.attack.end())
            item.attack.push_back(technique);
    note_time(item, finding.first_at);
    note_time(item, finding.last_at);
    add_term(item, rule_feature(finding), finding.title.en, because.trace);
}

// Items that stand on a trace which a finding stands on, too: the finding is about them.
using ItemsByTrace = std::multimap<TraceId, std::pair<Host*, std::size_t>>;

ItemsByTrace items_by_trace(Hosts& hosts)
{
    ItemsByTrace places;
    for (auto& [key, host] : hosts.all())
        for (std::size_t at = 0; at < host.items.size(); ++at)
            for (auto const trace : host.items[at].traces)
                places.emplace(trace, std::pair { &host, at });
    return places;
}

// Programs of the process starts and files that findings stand on: a rule's matched fields need not name them.
using PathByTrace = std::map<TraceId, std::string>;

Result<PathByTrace> paths_by_trace(Hosts& hosts)
{
    struct Source {
        std::string_view schema, column;
    };
    PathByTrace paths;
    for (auto const& [schema, column] :
        { Source { "windows.process_start", "image" }, Source { "windows.file_event", "path" } }) {
        if (!hosts.has_table(schema))
            continue;
        auto rows
            = TRY(hosts.query(format("SELECT DISTINCT t.evidence, t.\"offset\", p.{} FROM finding_trace t JOIN {} p "
                                     "ON p.evidence = t.evidence AND p.\"offset\" = t.\"offset\" WHERE p.{} IS "
                                     "NOT NULL ORDER BY 1, 2, 3",
                column, store::sql_name(schema), column)));
        while (rows.next())
            paths.try_emplace(rows.trace(0), rows.text(2));
        TRY(rows.status());
    }
    return paths;
}

bool add_to_items(ItemsByTrace const& places, Finding const& finding, Because const& because)
{
    auto const [begin, end] = places.equal_range(because.trace);
    for (auto place = begin; place != end; ++place) {
        auto& item = place->second.first->items[place->second.second];
        add_term(item, rule_feature(finding), finding.title.en, because.trace);
    }
    return begin != end;
}

}

Result<void> gather_findings(Hosts& hosts)
{
    auto const places = items_by_trace(hosts);
    auto const paths = TRY(paths_by_trace(hosts));
    auto& findings = hosts.findings();
    for (auto& [finding, is_placed] : findings) { // most severe first
        // What posture says of a setting is that setting's own term here; it must not count twice.
        if (finding.severity < Severity::medium || finding.because.empty() || finding.analyser == "ranking"
            || finding.analyser == "host_state" || finding.analyser == "posture")
            continue;
        auto const is_gathered = hosts.is_gathered(finding.host);
        auto& host = hosts.named(finding.host);
        for (auto const& because : finding.because) {
            is_placed |= add_to_items(places, finding, because);
            if (!is_gathered)
                continue;
            auto path = program_path(because);
            if (auto const known = paths.find(because.trace); path.empty() && known != paths.end())
                path = known->second;
            if (path.empty() || !is_own_program(normalised_path(path)))
                continue;
            auto& program = host.program(path, because.trace);
            program.sources.emplace("findings");
            add_term(program, rule_feature(finding), finding.title.en, because.trace);
            is_placed = true;
        }
        if (is_gathered && !is_placed && finding.severity >= Severity::high)
            add_activity(host, finding, finding.because.front());
    }
    return {};
}

}
