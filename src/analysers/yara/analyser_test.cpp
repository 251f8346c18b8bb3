#include "analysers/yara/analyser.hpp"
#include "analysers/yara/watcher.hpp"
#include "rules/yara/match_row.hpp"
#include "support/analyser_case.hpp"
#include <array>
#include <gmock/gmock.h>

namespace konseki::yara {
namespace {

using test::AnalyserCase;
using testing::ElementsAre;
using testing::HasSubstr;

std::span<Schema const* const> yara_schemas()
{
    static constexpr Schema const* all[] { &match_schema.erased, &scan_schema.erased };
    return all;
}

class Batches final : public TraceSink {
public:
    TraceBatch matches { match_schema.erased, 3 }, scans { scan_schema.erased, 3 };

protected:
    TraceBatch& room_in(Schema const& schema) override { return &schema == &match_schema.erased ? matches : scans; }
};

class Diagnostics final : public DiagnosticSink {
public:
    void report(Diagnostic const& diagnostic) override { all.push_back(diagnostic); }
    std::vector<Diagnostic> all;
};

RuleSet rules_of(std::string const& text)
{
    std::array const files { RuleFile { "r.yar", text } };
    auto set = RuleSet::compile(files);
    EXPECT_TRUE(set.problems().empty());
    return set;
}

TEST(YaraWatcher, LeavesARowForEachPlaceAndOneForTheFile)
{
    auto const rules
        = rules_of(R"(rule tool : t { meta: description = "D" score = 85 strings: $a = "needle" condition: $a })");
    Batches sink;
    Diagnostics diagnostics;
    ScanWatcher watcher { rules, sink };
    std::string_view const bytes = "a needle, a needle";
    watcher.on_bytes({ as_bytes(bytes), { 0, bytes.size() }, "C:\\x.txt", 3, true, true, {} }, diagnostics);
    ASSERT_EQ(sink.matches.row_count(), 2U);
    EXPECT_EQ(sink.matches.origin(1).offset, 12U);
    EXPECT_EQ(sink.matches.origin(1).size_bytes, 6U);
    EXPECT_EQ(sink.matches.text(11, 1), "needle");
    EXPECT_EQ(sink.matches.number(12, 0), 2U);
    ASSERT_EQ(sink.scans.row_count(), 1U);
    EXPECT_EQ(sink.scans.number(2, 0), 1U);
    EXPECT_TRUE(sink.scans.is_absent(4, 0));
    EXPECT_TRUE(diagnostics.all.empty());
}

TEST(YaraWatcher, AStringThatIsGivenUpIsARemarkAndInTheRowOfTheFile)
{
    auto const rules = rules_of(R"(rule crowd { strings: $a = "aa" condition: $a })");
    Batches sink;
    Diagnostics diagnostics;
    ScanWatcher watcher { rules, sink };
    std::string const bytes(1'200'000, 'a');
    watcher.on_bytes({ as_bytes(bytes), { 0, bytes.size() }, "a", 3, true, true, {} }, diagnostics);
    ASSERT_EQ(diagnostics.all.size(), 1U);
    EXPECT_EQ(diagnostics.all[0].bytes_lost, 0U);
    EXPECT_EQ(sink.matches.row_count(), 8U);
    EXPECT_EQ(sink.scans.number(3, 0), 0U);
    EXPECT_EQ(sink.scans.text(4, 0), "too many places of crowd $a");
}

void put_match(AnalyserCase& scanned, EvidenceNumber evidence, std::uint64_t offset, char const* rule, char const* file)
{
    MatchRow row;
    row.rule = rule;
    row.rule_file = file;
    row.severity = "high";
    row.attack = "T1505.003 T1059";
    row.author = "anna";
    row.license = "DRL 1.1";
    row.string_id = "$a";
    row.text = "eval(";
    row.string_places = row.rule_places = 40;
    scanned.put(evidence, match_schema, { offset, 5, false }, row);
}

TEST(YaraAnalyser, OneFindingForEachRuleAndFileWithItsTraces)
{
    AnalyserCase scanned { yara_schemas() };
    auto const shell = scanned.add_evidence("inetpub/x.aspx", "WEB1");
    auto const other = scanned.add_evidence("y.aspx");
    put_match(scanned, shell, 10, "webshell", "a.yar");
    put_match(scanned, shell, 10, "webshell", "a.yar"); // two strings at one place
    put_match(scanned, shell, 90, "webshell", "a.yar");
    put_match(scanned, shell, 10, "webshell", "b.yar"); // another file's rule of that name
    put_match(scanned, other, 10, "webshell", "a.yar");
    auto const kept = scanned.run(analyser);
    ASSERT_EQ(kept.findings.size(), 3U);
    auto const& finding = kept.findings[0];
    EXPECT_EQ(finding.severity, Severity::high);
    EXPECT_EQ(finding.host, "WEB1");
    EXPECT_THAT(finding.attack, ElementsAre("T1505.003", "T1059"));
    EXPECT_EQ(finding.source, "a.yar, anna, DRL 1.1");
    EXPECT_THAT(finding.explanation.en, HasSubstr("inetpub/x.aspx"));
    EXPECT_THAT(finding.explanation.en, HasSubstr("40 places, of which 2 are kept"));
    EXPECT_THAT(finding.explanation.ja, HasSubstr("40 か所"));
    EXPECT_FALSE(finding.advice.en.empty() || finding.advice.ja.empty());
    EXPECT_THAT(kept.traces[0], ElementsAre(TraceId { shell, 10 }, TraceId { shell, 90 }));
    EXPECT_EQ(kept.findings[1].rule, "webshell (b.yar)");
    EXPECT_NE(kept.findings[1].id, finding.id);
}

}
}
