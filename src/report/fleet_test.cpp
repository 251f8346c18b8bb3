#include "analysers/ranking/analyser.hpp"
#include "analysers/ranking/schemas.hpp"
#include "report/contents.hpp"
#include "report/fleet.hpp"
#include "report/page.hpp"
#include "support/analyser_case.hpp"
#include <gmock/gmock.h>

namespace konseki::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<Schema const*> schemas()
{
    std::vector<Schema const*> all(test::analyser_schemas().begin(), test::analyser_schemas().end());
    all.insert(all.end(), ranking::analyser.emits.begin(), ranking::analyser.emits.end());
    return all;
}

void put_host(test::AnalyserCase& fleet, EvidenceNumber evidence, std::string_view name, std::uint64_t rank)
{
    ranking::FleetHostRow row;
    row.host = Symbol(name);
    row.rank = rank;
    row.score = 10.0 - static_cast<double>(rank);
    row.machines = "windows/server";
    row.top_title = "Service <b>evil</b>";
    fleet.put(evidence, ranking::fleet_host_schema, { rank, 0, false }, row);
}

TEST(ReportFleet, HostsLeadsAndWhatTheyShareAreOnThePage)
{
    test::AnalyserCase fleet(schemas());
    auto const evidence = fleet.add_evidence("state", "PC1");
    put_host(fleet, evidence, "PC1", 1);
    put_host(fleet, evidence, "PC2", 2);
    ranking::CampaignRow campaign;
    campaign.rank = 1;
    campaign.score = 7.5;
    campaign.hosts = 2;
    campaign.host_names = "PC1, PC2";
    campaign.granularity = "content";
    campaign.key = "evil.exe|sha1:00";
    campaign.title = "Service <b>evil</b>";
    campaign.keys = 1;
    fleet.put(evidence, ranking::campaign_schema, { 7, 0, false }, campaign);
    ranking::LeadRow lead;
    lead.rank = 1;
    lead.score = 8.5;
    lead.hosts = 2;
    lead.kind = "service";
    lead.title = "Service <b>evil</b>";
    lead.story = R"(\programdata\evil)";
    lead.alike_stories = R"(\programdata\evil2)";
    fleet.put(evidence, ranking::lead_schema, { 9, 0, false }, lead);
    ASSERT_TRUE(fleet.store().commit().ok());
    auto const gathered = gather_fleet(fleet.store()).value();
    ASSERT_TRUE(gathered.is_shown());
    ASSERT_EQ(gathered.hosts.size(), 2U);
    EXPECT_EQ(gathered.hosts[0].name, "PC1");
    ASSERT_EQ(gathered.campaigns.size(), 1U);
    ASSERT_EQ(gathered.leads.size(), 1U);
    EXPECT_EQ(gathered.leads[0].trace, (TraceId { evidence, 9 }));
    Contents contents;
    contents.fleet = gathered;
    auto const page = html_page(contents);
    EXPECT_THAT(page, HasSubstr("id=\"fleet\""));
    EXPECT_THAT(page, HasSubstr("PC1, PC2"));
    EXPECT_THAT(page, HasSubstr("端末群の比較"));
    EXPECT_THAT(page, HasSubstr(R"(\programdata\evil · \programdata\evil2)"));
    EXPECT_THAT(page, Not(HasSubstr("<b>evil</b>")));
    EXPECT_THAT(json_document(contents),
        AllOf(HasSubstr("\"campaigns_total\":1"), HasSubstr("\"leads_total\":1"),
            HasSubstr(R"("alike_stories":"\\programdata\\evil2")")));
}

TEST(ReportFleet, OneHostIsNoFleet)
{
    test::AnalyserCase fleet(schemas());
    put_host(fleet, fleet.add_evidence("state", "PC1"), "PC1", 1);
    ASSERT_TRUE(fleet.store().commit().ok());
    Contents contents;
    contents.fleet = gather_fleet(fleet.store()).value();
    EXPECT_THAT(html_page(contents), Not(HasSubstr("id=\"fleet\"")));
}

}
}
