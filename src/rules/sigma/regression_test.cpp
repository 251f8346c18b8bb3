// SigmaHQ's own regression data and rule folders: every positive is found, nothing else is, and every rule that does
// not run is named.
#include "formats/evtx/evtx.hpp"
#include "rules/sigma/matcher.hpp"
#include "rules/sigma/plan.hpp"
#include "rules/sigma/reference.hpp"
#include "support/samples.hpp"
#include <functional>
#include <map>
#include <set>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

namespace {

using namespace konseki;
using sigma::Matcher;
using sigma::RuleFile;
using sigma::RuleSet;

std::vector<RuleFile> rule_files(std::filesystem::path const& sigma, std::vector<std::string> const& folders)
{
    std::vector<RuleFile> files;
    for (auto const& folder : folders) {
        for (auto const& path : test::files_below(sigma / folder, ".yml"))
            files.push_back({ path.lexically_relative(sigma).string(), test::read_file(path) });
    }
    return files;
}

std::vector<std::string> const active_folders { "rules", "rules-emerging-threats", "rules-threat-hunting",
    "rules-placeholder", "rules-compliance" };

class NoDictionary : public Dictionary {
public:
    std::optional<std::string_view> find(std::string_view) const override { return std::nullopt; }
    void add(std::string_view, std::string_view) override { }
};

class NoDiagnostics : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};

// Hands every live event of EVTX files to a function.
class LiveEvents : public evtx::Visitor {
public:
    explicit LiveEvents(std::function<void(Event const&)> on_event)
        : m_on_event(std::move(on_event))
    {
    }
    void on_file(evtx::FileFacts const&) override { }
    void on_sign(evtx::Sign const&) override { }
    void on_chunk(evtx::ChunkFacts const&) override { }
    void on_record(Event const& event, evtx::RecordFacts const& facts) override
    {
        if (facts.place == evtx::Place::live)
            m_on_event(event);
    }

    void read(std::filesystem::path const& path)
    {
        auto const bytes = test::read_file(path);
        evtx::ReadContext context {
            .shapes = m_shapes, .arena = m_arena, .dictionary = m_dictionary, .diagnostics = m_diagnostics
        };
        evtx::read(as_bytes(bytes), { 0, bytes.size() }, context, *this);
    }

private:
    std::function<void(Event const&)> m_on_event;
    EventShapes m_shapes;
    Arena m_arena;
    NoDictionary m_dictionary;
    NoDiagnostics m_diagnostics;
};

std::map<std::string, int> problems_by_reason(RuleSet const& set)
{
    std::map<std::string, int> counts;
    for (auto const& problem : set.problems())
        ++counts[std::string(sigma::reason_name(problem.reason))];
    return counts;
}

}

TEST(SigmaHq, EveryDocumentRunsOrHasAReason)
{
    KONSEKI_NEEDS_DATA(folder, "sigma");
    auto const set = RuleSet::compile(rule_files(folder, active_folders));
    std::size_t aggregations = 0;
    for (auto const& correlation : set.correlations())
        aggregations += correlation.is_from_aggregation ? 1 : 0;
    EXPECT_EQ(set.document_count(), 3780U);
    EXPECT_EQ(set.rules().size() + set.problems().size(), 3780U);
    for (auto const& problem : set.problems()) {
        if (problem.is_error() && problem.reason != sigma::Reason::placeholder)
            ADD_FAILURE() << problem.path << ":" << problem.line << " " << sigma::reason_name(problem.reason) << " "
                          << problem.detail;
    }
    std::map<std::string, int> const expected { { "no_evidence", 642 }, { "placeholder", 25 } };
    EXPECT_EQ(problems_by_reason(set), expected);
    EXPECT_EQ(aggregations, 0U);
}

TEST(SigmaHq, DeprecatedAndUnsupportedDocumentsRunOrHaveAReason)
{
    KONSEKI_NEEDS_DATA(folder, "sigma");
    auto const set = RuleSet::compile(rule_files(folder, { "deprecated", "unsupported" }));
    std::map<std::string, int> const expected { { "aggregation", 12 }, { "condition", 4 }, { "no_evidence", 35 },
        { "placeholder", 3 }, { "unmapped", 2 } };
    EXPECT_EQ(problems_by_reason(set), expected);
    EXPECT_EQ(set.correlations().size(), 23U);
}

TEST(SigmaHq, RegressionDataIsFoundAndNothingElse)
{
    KONSEKI_NEEDS_DATA(folder, "sigma");
    auto const set = RuleSet::compile(rule_files(folder, active_folders));
    Matcher matcher(set);
    std::size_t positives = 0, found = 0, events = 0, matches = 0, differences = 0, per_event_max = 0;
    std::set<std::uint32_t> distinct;
    std::size_t own = 0;
    std::function<void(Event const&)> on_event;
    LiveEvents reader([&](Event const& event) { on_event(event); }); // one table of shapes for one matcher
    for (auto const& info_path : test::files_below(folder / "regression_data", "info.yml")) {
        auto const info = YAML::Load(test::read_file(info_path));
        if (!info["regression_tests_info"]) // a Cisco log, switched off by SigmaHQ
            continue;
        auto const rule_id = info["rule_metadata"][0]["id"].as<std::string>();
        auto const rule = set.find_rule(rule_id);
        ++positives;
        own = 0;
        on_event = [&](Event const& event) {
            ++events;
            auto const hits = matcher.match(event);
            std::vector<std::uint32_t> const fast(hits.begin(), hits.end());
            std::vector<std::uint32_t> slow;
            for (std::uint32_t i = 0; i < set.rules().size(); ++i) {
                if (sigma::matches(set.rules()[i], set.plan().variants[i], set.plan().sources, event))
                    slow.push_back(i);
            }
            differences += fast != slow ? 1U : 0U;
            EXPECT_EQ(fast, slow) << info_path;
            matches += fast.size();
            per_event_max = std::max(per_event_max, fast.size());
            distinct.insert(fast.begin(), fast.end());
            own += rule && std::find(fast.begin(), fast.end(), *rule) != fast.end() ? 1U : 0U;
        };
        for (auto const& path : test::files_below(info_path.parent_path(), ".evtx"))
            reader.read(path);
        auto const node = info["regression_tests_info"][0];
        auto const wanted = node["match_count"] ? node["match_count"].as<std::size_t>() : 1;
        bool const is_found = own >= std::max<std::size_t>(wanted, 1);
        found += is_found ? 1 : 0;
        EXPECT_TRUE(is_found) << info_path << " " << rule_id << " wanted " << wanted << " own " << own;
    }
    EXPECT_EQ(positives, 202U);
    EXPECT_EQ(found, 202U);
    EXPECT_EQ(events, 238U);
    EXPECT_EQ(differences, 0U);
    // spec/evtx-sigma.md, section 3: measured there with an interpreter of its own
    EXPECT_EQ(matches, 352U);
    EXPECT_EQ(distinct.size(), 242U);
    EXPECT_EQ(per_event_max, 6U);
}
