#include "base/text.hpp"
#include "formats/evtx/evtx.hpp"
#include "rules/sigma/correlation.hpp"
#include "rules/sigma/matcher.hpp"
#include "rules/sigma/rule_set.hpp"
#include "rules/sigma/starter_rules.hpp"
#include "support/samples.hpp"
#include <map>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

namespace konseki::sigma {
namespace {

// One event of a case file, kept alive with everything that the Event views.
struct CaseEvent {
    std::string channel, provider;
    std::uint32_t event_id = 0;
    std::vector<std::pair<std::string, std::string>> fields;
    std::int64_t at_seconds = 0;
    std::string computer = "PC1";
};

std::string replaced(std::string text, std::string_view what, std::string_view with)
{
    for (auto place = text.find(what); place != std::string::npos; place = text.find(what, place + with.size()))
        text.replace(place, what.size(), with);
    return text;
}

std::vector<CaseEvent> events_in(YAML::Node const& list)
{
    std::vector<CaseEvent> events;
    for (auto const& item : list) {
        auto const repeat = item["repeat"] ? item["repeat"].as<int>() : 1;
        for (int i = 0; i < repeat; ++i) {
            CaseEvent event;
            event.channel = item["channel"].as<std::string>();
            event.provider = item["provider"].as<std::string>();
            event.event_id = item["event_id"].as<std::uint32_t>();
            event.at_seconds = (item["at"] ? item["at"].as<std::int64_t>() : 0)
                + i * (item["every"] ? item["every"].as<std::int64_t>() : 0);
            if (item["fields"])
                for (auto const& field :
                    item["fields"]) // names lose their spaces as they do in a log (record/event.hpp)
                    event.fields.emplace_back(replaced(field.first.as<std::string>(), " ", ""),
                        replaced(field.second.as<std::string>(), "{n}", std::to_string(i)));
            events.push_back(std::move(event));
        }
    }
    return events;
}

class StarterRules : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        auto const files = starter_rules();
        s_rules = std::make_unique<RuleSet>(RuleSet::compile({ files.begin(), files.end() }));
    }
    static void TearDownTestSuite() { s_rules.reset(); }

    // Calls use(rule indexes, matcher, event) with a matcher that lives for all events.
    template <typename Use> static void match_all(std::vector<CaseEvent> const& cases, Use const& use)
    {
        EventShapes shapes;
        Matcher matcher(*s_rules);
        for (auto const& item : cases) {
            std::vector<std::string> names;
            std::vector<EventValue> values;
            for (auto const& [name, value] : item.fields) {
                names.push_back(name);
                values.push_back({ ValueType::utf8, as_bytes(value) });
            }
            Event event;
            event.channel = item.channel;
            event.provider = item.provider;
            event.event_id = item.event_id;
            event.computer = item.computer;
            event.written_at = Timestamp::from_unix_seconds(1'700'000'000 + item.at_seconds);
            event.shape = shapes.intern(names);
            event.values = values;
            use(matcher.match(event), matcher, event);
        }
    }

    static std::vector<CorrelationHit> hits_of(std::vector<CaseEvent> const& cases)
    {
        auto const needed = fields_needed(s_rules->correlations(), s_rules->rules());
        CorrelationEngine engine(s_rules->correlations(), s_rules->rules());
        std::uint64_t offset = 0;
        match_all(cases, [&](std::span<std::uint32_t const> indexes, Matcher& matcher, Event const& event) {
            ++offset;
            std::vector<std::uint32_t> const rules(indexes.begin(), indexes.end());
            for (auto const rule : rules) {
                std::vector<std::pair<std::string, std::string>> values;
                for (auto const& name : needed[rule])
                    if (auto const value = matcher.field_text(rule, event, name))
                        values.emplace_back(name, *value);
                engine.add({ rule, event.written_at, { 1, offset }, event.computer, values });
            }
        });
        return engine.finish().hits;
    }

    static inline std::unique_ptr<RuleSet> s_rules;
};

TEST_F(StarterRules, AllCompile)
{
    for (auto const& problem : s_rules->problems())
        ADD_FAILURE() << problem.path << ": " << problem.title << ": " << problem.detail;
    EXPECT_GE(s_rules->rules().size(), 90U);
    EXPECT_GE(s_rules->correlations().size(), 9U);
}

TEST_F(StarterRules, AllCarryWordsInBothLanguagesAndAnAttackId)
{
    auto check = [](RuleHead const& head) {
        EXPECT_FALSE(head.title_words.ja.empty()) << head.path;
        EXPECT_FALSE(head.explanation.en.empty()) << head.path;
        EXPECT_FALSE(head.explanation.ja.empty()) << head.path;
        EXPECT_FALSE(head.advice.en.empty()) << head.path;
        EXPECT_FALSE(head.advice.ja.empty()) << head.path;
        EXPECT_FALSE(head.attack.empty()) << head.path;
        EXPECT_FALSE(head.falsepositives.empty()) << head.path;
    };
    for (auto const& rule : s_rules->rules())
        if (!rule.is_silent)
            check(rule);
    for (auto const& correlation : s_rules->correlations())
        if (!correlation.is_silent)
            check(correlation);
}

TEST_F(StarterRules, EachHasACaseThatMatchesAndOneThatDoesNot)
{
    std::map<std::string, std::string> case_by_rule;
    for (auto const& path : test::files_below("tests/starter_rules", ".case")) {
        auto const root = YAML::Load(test::read_file(path));
        auto const id = root["rule"].as<std::string>();
        case_by_rule[id] = path.string();
        auto const rule = s_rules->find_rule(id);
        auto const correlation = s_rules->find_correlation(id);
        ASSERT_TRUE(rule || correlation) << path << " names a rule that is not there";
        if (correlation && !rule) {
            auto is_hit = [&](std::vector<CaseEvent> const& events) {
                for (auto const& hit : hits_of(events))
                    if (hit.correlation == *correlation)
                        return true;
                return false;
            };
            EXPECT_TRUE(is_hit(events_in(root["sequence_match"]))) << path << " must match";
            EXPECT_FALSE(is_hit(events_in(root["sequence_no_match"]))) << path << " must not match";
            continue;
        }
        for (bool const expected : { true, false }) {
            auto const events = events_in(root[expected ? "match" : "no_match"]);
            EXPECT_FALSE(events.empty()) << path;
            std::size_t number = 0;
            match_all(events, [&](std::span<std::uint32_t const> indexes, Matcher&, Event const&) {
                auto const found = std::find(indexes.begin(), indexes.end(), *rule) != indexes.end();
                EXPECT_EQ(found, expected)
                    << path << " event " << ++number << (expected ? " must match" : " must not match");
            });
        }
    }
    for (auto const& rule : s_rules->rules())
        EXPECT_TRUE(rule.is_silent || case_by_rule.contains(rule.id))
            << rule.path << " has no case in tests/starter_rules";
    for (auto const& correlation : s_rules->correlations())
        EXPECT_TRUE(correlation.is_silent || case_by_rule.contains(correlation.id))
            << correlation.path << " has no case in tests/starter_rules";
}

class NoDictionary final : public Dictionary {
public:
    std::optional<std::string_view> find(std::string_view) const override { return std::nullopt; }
    void add(std::string_view, std::string_view) override { }
};

class NoDiagnostics final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};

class CountingVisitor final : public evtx::Visitor {
public:
    explicit CountingVisitor(RuleSet const& rules)
        : m_rules(rules)
        , m_matcher(rules)
    {
    }
    void on_file(evtx::FileFacts const&) override { }
    void on_sign(evtx::Sign const&) override { }
    void on_chunk(evtx::ChunkFacts const&) override { }
    void on_record(Event const& event, evtx::RecordFacts const&) override
    {
        for (auto const rule : m_matcher.match(event))
            matches += m_rules.rules()[rule].is_silent ? 0U : 1U;
    }
    std::size_t matches = 0;

private:
    RuleSet const& m_rules;
    Matcher m_matcher;
};

std::size_t files_with_matches(RuleSet const& rules, std::filesystem::path const& folder)
{
    std::size_t count = 0;
    for (auto const& path : test::files_below(folder, ".evtx")) {
        auto const bytes = test::read_file(path);
        EventShapes shapes;
        Arena arena;
        NoDictionary dictionary;
        NoDiagnostics diagnostics;
        CountingVisitor visitor(rules);
        evtx::ReadContext context { shapes, arena, dictionary, diagnostics };
        evtx::read(as_bytes(bytes), { 0, bytes.size() }, context, visitor);
        count += visitor.matches > 0 ? 1U : 0U;
    }
    return count;
}

TEST_F(StarterRules, FindMuchInAttacksAndLittleInOrdinaryLogs)
{
    KONSEKI_NEEDS_DATA(logs, "evtx");
    EXPECT_GE(files_with_matches(*s_rules, logs / "attacks"), 150U);
    EXPECT_LE(files_with_matches(*s_rules, logs / "traps"), 12U);
}

}
}
