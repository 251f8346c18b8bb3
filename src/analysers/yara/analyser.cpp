#include "analysers/yara/analyser.hpp"
#include "analysers/advice/advice.hpp"
#include "base/text.hpp"
#include <array>
#include <map>
#include <set>

namespace konseki::yara {

namespace {

constexpr std::size_t because_max = 20; // shown in the finding; the store has all traces
constexpr std::size_t copies_shown = 5;

struct File {
    std::string path, host;
    std::vector<std::string> copies; // other pieces of evidence with the same bytes
    std::size_t copy_count = 0;
};

// What all rows of one rule and file share, and the traces they stand at.
struct Folded {
    std::string rule, rule_file, severity, attack, description, author, reference, license;
    EvidenceNumber evidence = 0;
    std::uint64_t places = 0;
    std::vector<Because> because;
    std::vector<TraceId> traces;
};

Words advice_for(std::vector<std::string> const& attack)
{
    if (!attack.empty())
        return advice::for_techniques(attack, {});
    return {
        "Keep the file and do not open it outside a sandbox. Compare its SHA-256 (konseki evidence) with known "
        "software "
        "and malware, find out when and how it arrived and whether it ran, and look for the same hash on other hosts.",
        "ファイルを保全し、隔離環境以外では開かないでください。SHA-256(konseki "
        "evidence)"
        "を既知のソフトウェアやマルウェアと照合し、いつどのように置かれ実行されたかを調べ、他の端末に同じハッシュがない"
        "か確認してください。"
    };
}

std::string source_of(Folded const& folded)
{
    auto text = folded.rule_file;
    for (auto const* part : { &folded.author, &folded.license, &folded.reference })
        if (!part->empty())
            append_format(text, ", {}", *part);
    return text;
}

Words explanation_of(Folded const& folded, File const& file)
{
    auto const said = folded.description.empty() ? std::string {} : format(" {}", folded.description);
    Words words { format("The YARA rule {} matches the bytes of {}.{}", folded.rule, file.path, said),
        format("YARA ルール {} が {} の内容に一致しました。{}", folded.rule, file.path, said) };
    if (folded.places > 0) {
        append_format(words.en, " Its strings are found at {} {}", grouped(folded.places),
            folded.places == 1 ? "place" : "places");
        append_format(words.ja, " 文字列は {} か所で見つかりました", grouped(folded.places));
        if (folded.places > folded.traces.size()) {
            append_format(words.en, ", of which {} are kept", folded.traces.size());
            append_format(words.ja, "(記録は {} か所)", folded.traces.size());
        }
        words.en += '.';
        words.ja += "。";
    } else {
        words.en += " It matches without a string, by properties of the file.";
        words.ja += " 文字列ではなくファイルの性質によって一致しました。";
    }
    if (file.copy_count > 0) {
        std::string names;
        for (auto const& copy : file.copies)
            append_format(names, "{}{}", names.empty() ? "" : ", ", copy);
        append_format(words.en, " The same bytes: {}{}.", names, file.copy_count > file.copies.size() ? " …" : "");
        append_format(words.ja, " 同じ内容のファイル: {}{}。", names, file.copy_count > file.copies.size() ? " …" : "");
    }
    return words;
}

Result<std::map<EvidenceNumber, File>> read_files(store::Case const& source)
{
    std::map<EvidenceNumber, File> files;
    for (auto const& evidence : TRY(source.evidence())) {
        auto const& path = evidence.machine_path.empty() ? evidence.original_path : evidence.machine_path;
        if (evidence.duplicate_of == 0) {
            files[evidence.number].path = path;
            files[evidence.number].host = evidence.host;
            continue;
        }
        auto& original = files[evidence.duplicate_of]; // earlier in the list
        if (++original.copy_count <= copies_shown)
            original.copies.push_back(format("e{} {}", evidence.number, path));
    }
    return files;
}

// ids: of all findings so far. Rules of the same name may lie in two files and match at one place.
void emit(Folded const& folded, File const& file, std::set<std::string>& ids, FindingSink& findings)
{
    Finding finding;
    finding.analyser = analyser.name;
    finding.rule = folded.rule;
    finding.title = { format("YARA: {}", folded.rule), format("YARA ルール一致: {}", folded.rule) };
    if (!parse_severity(folded.severity, finding.severity))
        finding.severity = Severity::low;
    for (auto const technique : split(folded.attack, ' '))
        if (!technique.empty())
            finding.attack.emplace_back(technique);
    finding.host = file.host;
    finding.because_total = folded.traces.size();
    finding.because = folded.because;
    finding.explanation = explanation_of(folded, file);
    finding.advice = advice_for(finding.attack);
    finding.source = source_of(folded);
    assign_id(finding);
    if (!ids.insert(finding.id).second) {
        finding.rule = format("{} ({})", folded.rule, folded.rule_file);
        assign_id(finding);
    }
    findings.add(finding, folded.traces);
}

bool is_same(Folded const& folded, store::Rows const& rows)
{
    return folded.evidence == rows.unsigned_integer(0) && folded.rule == rows.text(2)
        && folded.rule_file == rows.text(3);
}

void begin(Folded& folded, store::Rows const& rows)
{
    folded = {};
    folded.evidence = static_cast<EvidenceNumber>(rows.unsigned_integer(0));
    std::size_t column = 2;
    for (auto* text : { &folded.rule, &folded.rule_file, &folded.severity, &folded.attack, &folded.description,
             &folded.author, &folded.reference, &folded.license })
        *text = rows.text(column++);
    folded.places = rows.unsigned_integer(12);
}

Result<void> run(AnalyserInputs const& inputs, FindingSink& findings)
{
    auto const files = TRY(read_files(inputs.store));
    auto rows = TRY(inputs.store.query(
        R"(SELECT evidence, "offset", rule, rule_file, severity, attack, description, author, reference, license, string_id, text,
                  rule_places
           FROM yara_match ORDER BY evidence, rule_file, rule, "offset", string_id)",
        {}, inputs.stop));
    Folded folded;
    std::set<std::string> ids;
    auto const flush = [&] {
        auto const file = files.find(folded.evidence);
        if (!folded.traces.empty())
            emit(folded, file == files.end() ? File {} : file->second, ids, findings);
    };
    while (rows.next()) {
        if (folded.traces.empty() || !is_same(folded, rows)) {
            flush();
            begin(folded, rows);
        }
        TraceId const trace { folded.evidence, rows.unsigned_integer(1) };
        if (folded.traces.empty() || folded.traces.back() != trace) // two strings may begin at one place
            folded.traces.push_back(trace);
        if (folded.because.size() < because_max) {
            Because because { trace, "yara.match", {}, {} };
            if (!rows.is_null(10))
                because.fields.emplace_back(rows.text(10), rows.text(11));
            folded.because.push_back(std::move(because));
        }
    }
    TRY(rows.status());
    flush();
    return {};
}

constexpr std::array<std::string_view, 1> needs { "yara.match" };

}

Analyser const analyser {
    .name = "yara",
    .title = "YARA rules over the bytes of files",
    .version = 1,
    .needs = needs,
    .run = run,
};

}
