#include "analysers/host_state/analyser.hpp"
#include "analysers/ranking/analyser.hpp"
#include "analysers/ranking/schemas.hpp"
#include "analysers/stacking/baseline.hpp"
#include "base/text.hpp"
#include "support/analyser_case.hpp"
#include "traces/windows_service/schemas.hpp"
#include "traces/windows_task_cache/schemas.hpp"
#include "traces/windows_task_xml/parser.hpp"
#include <gmock/gmock.h>

namespace konseki::ranking {
namespace {

using test::AnalyserCase;
using testing::HasSubstr;

std::vector<Schema const*> schemas()
{
    std::vector<Schema const*> all(test::analyser_schemas().begin(), test::analyser_schemas().end());
    all.push_back(&windows_task_xml::definition_schema.erased);
    all.push_back(&windows_service::service_schema.erased);
    all.push_back(&windows_task_cache::task_schema.erased);
    all.insert(all.end(), host_state::analyser.emits.begin(), host_state::analyser.emits.end());
    all.insert(all.end(), analyser.emits.begin(), analyser.emits.end());
    return all;
}

// Hosts with the same sixty tasks of Windows, four updaters of vendors in users' profiles, and one task of their own.
class Fleet {
public:
    explicit Fleet(unsigned hosts)
        : m_case(schemas())
    {
        for (unsigned host = 0; host < hosts; ++host) {
            m_evidence.push_back(m_case.add_evidence(format("tasks {}", host), name(host)));
            for (int task = 0; task < 60; ++task)
                put(host,
                    format(R"(Microsoft\Windows\Part{}\Run)",
                        static_cast<char>('A' + task % 26) + std::string(static_cast<std::size_t>(task / 26), 'x')),
                    R"(%windir%\system32\svchost.exe -k netsvcs)");
            for (int vendor = 0; vendor < 4; ++vendor)
                put(host, format("Vendor{}Update", static_cast<char>('A' + vendor)),
                    format(
                        R"(C:\Users\user{}\AppData\Local\Vendor{}\update.exe)", host, static_cast<char>('A' + vendor)));
        }
    }
    static std::string name(unsigned host) { return format("PC{:03}", host); }
    void put(unsigned host, std::string_view task, std::string_view actions, std::optional<int> minute = {})
    {
        auto const path = format(R"(C:\Windows\System32\Tasks\{})", task);
        windows_task_xml::DefinitionRow row;
        row.path = path;
        row.action_list = actions;
        row.is_enabled = true;
        if (minute)
            row.registered_at = test::minutes(*minute);
        m_case.put(m_evidence[host], windows_task_xml::definition_schema, { ++m_offset, 10, false }, row);
    }
    void put_in_cache(unsigned host, std::string_view task, int minute)
    {
        auto const path = format(R"(\{})", task);
        windows_task_cache::TaskRow row;
        row.path = path;
        row.registered_at = test::minutes(minute);
        m_case.put(m_evidence[host], windows_task_cache::task_schema, { ++m_offset, 10, false }, row);
    }
    test::KeptFindings rank(stacking::Baseline const* baseline = nullptr)
    {
        return m_case.run({ &host_state::analyser, &analyser }, nullptr, baseline);
    }
    store::Rows ask(std::string const& sql) { return std::move(m_case.store().query(sql)).value(); }
    std::string text(std::string const& sql)
    {
        auto rows = ask(sql);
        return rows.next() ? std::string(rows.text(0)) : std::string();
    }
    double number(std::string const& sql)
    {
        auto rows = ask(sql);
        return rows.next() ? rows.real(0) : -100;
    }
    store::Case& store() { return m_case.store(); }

private:
    AnalyserCase m_case;
    std::vector<EvidenceNumber> m_evidence {};
    std::uint64_t m_offset = 0;
};

constexpr std::string_view vendor_path = R"(C:\Users\user\AppData\Local\Vend\svc.exe)";

TEST(Ranking, WhatTwoHostsOfFortyHaveIsRareAndWhatAllHaveIsCommon)
{
    Fleet fleet(40);
    for (auto const host : { 7U, 9U })
        fleet.put(host, "Helper", R"(C:\Users\a\AppData\Roaming\helper\hlp.exe)");
    fleet.rank();
    EXPECT_EQ(fleet.text("SELECT title FROM host_item WHERE host = 'PC007' AND rank = 1"), R"(Scheduled task \Helper)");
    EXPECT_EQ(fleet.number("SELECT hosts FROM host_item WHERE host = 'PC007' AND rank = 1"), 2);
    EXPECT_THAT(fleet.text("SELECT text FROM host_item_term WHERE feature = 'prevalence.rare' AND host = 'PC007' AND "
                           "item LIKE '%Helper'"),
        HasSubstr("seen on 2 of 40"));
    EXPECT_THAT(
        fleet.text("SELECT text_ja FROM host_item_term WHERE feature = 'prevalence.rare' AND host = 'PC007' AND "
                   "item LIKE '%Helper'"),
        HasSubstr("40 台のうち 2 台"));
    EXPECT_GT(
        fleet.number("SELECT count(*) FROM host_item_term WHERE feature = 'prevalence.common' AND weight < -1"), 39);
    EXPECT_EQ(fleet.text("SELECT host FROM fleet_host WHERE rank = 1"), "PC007");
    EXPECT_EQ(fleet.text("SELECT host_names FROM fleet_campaign ORDER BY rank LIMIT 1"), "PC007, PC009");
}

TEST(Ranking, ATaskThatLeadsElsewhereThanOnOtherHostsSaysSo)
{
    Fleet fleet(40);
    for (unsigned host = 0; host < 40; ++host)
        fleet.put(host, R"(Microsoft\Windows\Defrag\ScheduledDefrag)",
            host == 11 ? R"(%windir%\system32\defrag32.exe -c)" : R"(%windir%\system32\defrag.exe -c)");
    fleet.rank();
    EXPECT_THAT(fleet.text("SELECT text FROM host_item_term WHERE feature = 'prevalence.differs'"),
        HasSubstr("of 40 hosts that have it, 1 have it lead here"));
    EXPECT_EQ(fleet.number("SELECT count(*) FROM host_item_term WHERE feature = 'prevalence.differs'"), 1);
    EXPECT_EQ(fleet.number("SELECT rank FROM host_item WHERE host = 'PC011' AND title LIKE '%ScheduledDefrag'"), 1);
}

TEST(Ranking, WhatCameToItsHostsOverYearsLosesWeightAndWhatCameWithinWeeksDoesNot)
{
    Fleet fleet(60);
    for (unsigned host = 0; host < 14; ++host) {
        fleet.put(host, "Provided", R"(C:\Users\a\AppData\Roaming\provided\agent.exe)", 60 * 24 * 90 * host);
        fleet.put(host + 20, "Planted", R"(C:\Users\a\AppData\Roaming\planted\agent.exe)", 60 * 24 * host);
    }
    fleet.rank();
    auto const weight = [&](std::string_view task) {
        return fleet.number(format("SELECT coalesce(min(weight), 0) FROM host_item_term WHERE feature = "
                                   "'prevalence.spread' AND item LIKE '%{}'",
            task));
    };
    EXPECT_LT(weight("Provided"), -2);
    EXPECT_EQ(weight("Planted"), 0);
    EXPECT_EQ(fleet.number("SELECT rank FROM fleet_lead WHERE title LIKE '%Planted'"), 1);
    EXPECT_EQ(fleet.number("SELECT count(*) FROM fleet_lead WHERE title LIKE '%Provided'"), 0);
}

TEST(Ranking, WhatAStoreSaysCameWithinWeeksGainsWeightAndWhatCameOverYearsLosesIt)
{
    Fleet fleet(60);
    constexpr int day = 60 * 24;
    for (unsigned host = 0; host < 3; ++host) {
        auto const put = [&](std::string_view task, std::string_view program, int days_apart, bool is_in_cache) {
            auto const minute = days_apart * day * static_cast<int>(host + 1);
            fleet.put(
                host + 20, task, format(R"(C:\Users\a\AppData\Roaming\{} --background powershell)", program), minute);
            if (is_in_cache)
                fleet.put_in_cache(host + 20, task, minute);
        };
        put("Planted", R"(alpha\agent.exe)", 3, true);
        put("Provided", R"(beta\sync.exe)", 300, true);
        put("Claimed", R"(gamma\help.exe)", 3, false);
    }
    fleet.rank();
    auto const came = [&](std::string_view task) {
        return fleet.number(format("SELECT came FROM fleet_lead WHERE title LIKE '%{}'", task));
    };
    EXPECT_GT(came("Planted"), 0.5);
    EXPECT_LT(came("Provided"), -0.5);
    EXPECT_EQ(came("Claimed"), 0) << "anybody can write a date into a file";
    EXPECT_EQ(fleet.text("SELECT title FROM fleet_lead WHERE rank = 1"), R"(Scheduled task \Planted)");
}

TEST(Ranking, WhatCameToTheSameHostsTogetherIsOneLead)
{
    Fleet fleet(60);
    constexpr int day = 60 * 24;
    for (unsigned host = 0; host < 3; ++host) {
        auto const at = static_cast<int>(host + 1) * 2 * day;
        auto const put = [&](std::string_view task, std::string_view program, int minute) {
            fleet.put(host + 20, task, format(R"(C:\Users\a\AppData\Roaming\{} --background powershell)", program));
            fleet.put_in_cache(host + 20, task, minute);
        };
        put("Loader", R"(alpha\agent.exe)", at);
        put("Collector", R"(beta\sync.exe)", at + 20);
        put("Other", R"(gamma\help.exe)", at + day);
    }
    fleet.rank();
    EXPECT_EQ(fleet.number("SELECT count(*) FROM fleet_lead WHERE under IS NULL AND hosts = 3"), 2);
    EXPECT_EQ(fleet.text("SELECT title FROM fleet_lead WHERE under IS NULL AND alike = 0 AND hosts = 3"),
        R"(Scheduled task \Other)");
    EXPECT_EQ(fleet.number("SELECT items FROM fleet_lead WHERE alike = 1"), 6) << "three of each";
}

TEST(Ranking, ALeadHoldsAllThatStartsFromOneFolderOnAllHostsOnce)
{
    Fleet fleet(40);
    for (auto const host : { 7U, 9U })
        for (auto const* part : { "svchost", "lsass" })
            fleet.put(host, format("Helper {}", part), format(R"(C:\Users\Public\media\{}.exe)", part));
    auto const kept = fleet.rank();
    EXPECT_EQ(kept.findings.size(), 2U) << "one a host";
    EXPECT_EQ(fleet.text("SELECT story FROM fleet_lead WHERE rank = 1"), R"(\users\public\media)");
    EXPECT_EQ(fleet.number("SELECT hosts FROM fleet_lead WHERE rank = 1"), 2);
    EXPECT_EQ(fleet.number("SELECT items FROM fleet_lead WHERE rank = 1"), 4);
    EXPECT_EQ(fleet.text("SELECT host_names FROM fleet_lead WHERE rank = 1"), "PC007, PC009");
    EXPECT_GT(fleet.number("SELECT shared FROM fleet_lead WHERE rank = 1"), 0);
    EXPECT_THAT(fleet.text("SELECT reasons_ja FROM fleet_lead WHERE rank = 1"), HasSubstr("Windows"));
}

TEST(Ranking, ALeadOfManyHostsSaysHowManyItDoesNotName)
{
    Fleet fleet(240);
    for (unsigned host = 0; host < 53; ++host)
        fleet.put(host, "Helper", R"(C:\Users\Public\media\svchost.exe)");
    fleet.rank();
    EXPECT_EQ(fleet.number("SELECT hosts FROM fleet_lead WHERE rank = 1"), 53);
    EXPECT_THAT(fleet.text("SELECT host_names FROM fleet_lead WHERE rank = 1"), testing::EndsWith(", PC049, … +3"));
}

TEST(Ranking, RarityAloneIsNoFinding)
{
    Fleet fleet(40);
    for (unsigned host = 0; host < 40; ++host)
        fleet.put(host, format("Own{}", std::string(host + 1, 'q')), R"(C:\Program Files\Own\own.exe)");
    EXPECT_TRUE(fleet.rank().findings.empty());
}

TEST(Ranking, AHostAloneIsRankedByItsReasons)
{
    Fleet fleet(1);
    fleet.put(0, "GameOver", R"(C:\TMP\mim.exe sekurlsa::LogonPasswords)");
    EXPECT_EQ(fleet.rank().findings.size(), 1U);
    EXPECT_EQ(fleet.number("SELECT count(*) FROM host_item_term WHERE family = 'prevalence'"), 0);
}

TEST(Ranking, AnImplantOnNineHostsOfTenIsCarriedByItsReasonsAndTheBaseline)
{
    Fleet clean(5), fleet(40);
    clean.rank();
    auto const file = stacking::make_baseline(clean.store(), {}).value();
    stacking::Baseline baseline;
    ASSERT_TRUE(stacking::read_baseline(as_bytes(file), baseline).ok());
    for (unsigned host = 0; host < 36; ++host)
        fleet.put(host, "Helper", R"(C:\Users\a\AppData\Roaming\helper\rundl132.exe)");
    auto const score = "SELECT score FROM host_item WHERE host = 'PC003' AND title LIKE '%Helper'";
    fleet.rank();
    EXPECT_EQ(fleet.number("SELECT rank FROM host_item WHERE host = 'PC003' AND title LIKE '%Helper'"), 1);
    auto const without = fleet.number(score);
    fleet.rank(&baseline);
    EXPECT_GT(fleet.number(score), without + 1) << "what clean hosts lack is not made harmless by being everywhere";
    EXPECT_LT(fleet.number("SELECT max(score) FROM host_item WHERE title LIKE '%VendorAUpdate'"), 1)
        << "what they have is";
}

TEST(Ranking, TheOrderOfRowsAndTheSizeOfBatchesChangeNothing)
{
    auto const told = [](Fleet& fleet) {
        fleet.rank();
        std::string all;
        auto rows = fleet.ask("SELECT host || rank || title || score || reasons FROM host_item ORDER BY host, rank");
        while (rows.next())
            all += rows.text(0);
        return all;
    };
    Fleet one(70), other(70); // three batches
    for (auto const host : { 3U, 64U })
        one.put(host, "Helper", vendor_path);
    for (auto const host : { 64U, 3U })
        other.put(host, "Helper", vendor_path);
    EXPECT_EQ(told(one), told(other));
    EXPECT_EQ(one.number("SELECT count(*) FROM host_state"), 70 * 64 + 2);
    EXPECT_EQ(one.number("SELECT count(DISTINCT host) FROM host_state"), 70);
}

TEST(Ranking, OfManyItemsTheHeaviestAreKeptAndTheStateHoldsAll)
{
    Fleet fleet(1);
    for (int task = 0; task < 700; ++task)
        fleet.put(
            0, format("Task{}", std::string(static_cast<std::size_t>(task + 1), 'z')), R"(C:\Windows\System32\a.exe)");
    fleet.put(0, "GameOver", R"(C:\TMP\mim.exe sekurlsa::LogonPasswords)");
    fleet.rank();
    EXPECT_EQ(fleet.number("SELECT count(*) FROM host_item"), 500);
    EXPECT_EQ(fleet.number("SELECT count(*) FROM host_state"), 765);
    EXPECT_EQ(fleet.number("SELECT ranked FROM fleet_host"), 500);
    EXPECT_EQ(fleet.text("SELECT title FROM host_item WHERE rank = 1"), R"(Scheduled task \GameOver)");
}

}
}
