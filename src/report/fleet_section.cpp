// The fleet on the page and in the JSON file. The words that only this section needs are here.
#include "base/text.hpp"
#include "report/json.hpp"
#include "report/page.hpp"

namespace konseki::report {

namespace {

constexpr Say text {
    "The hosts compared with one another: by the soft maximum of the ten heaviest items of each (in nats; "
    "no verdict). What is rare among alike machines weighs more, what is common less; rarity alone is "
    "never enough.",
    "端末どうしを比べた結果である。各端末の最も重い 10 項目の重み（nat）による順で、判定ではない。"
    "同種の端末の中でまれなものは重く、ありふれたものは軽く扱う。まれであるだけでは上位に来ない。"
};
constexpr Say machines { "Kind of machine", "端末の種別" };
constexpr Say looked_at { "Items", "項目数" };
constexpr Say shared { "What several hosts share that is rare or weighs much",
    "複数の端末に共通する、まれな、または重いもの" };
constexpr Say shared_by { "Hosts", "端末数" };
constexpr Say shared_what { "By", "共通点" };
constexpr Say names { "Hosts' names", "端末名" };
constexpr Say leads { "What to look at first in the fleet, each thing once with all that belongs to it",
    "最初に調べるもの(関連する項目をまとめて一件とする)" };
constexpr Say hosts_with { "Hosts with it", "持つ端末" };
constexpr Say belongs { "What belongs to it", "まとまり" };
constexpr Say nothing_shared { "Nothing of weight is shared by several hosts.",
    "重みのあるもので複数の端末に共通するものはない。" };

void append_score(Markup& page, double score)
{
    page.raw("<td class=\"n\">");
    page.escape(format("{:.1f}", score));
    page.raw("</td>");
}

void append_hosts_table(Markup& page, FleetContents const& fleet)
{
    page.table(nullptr,
        { &words::rank, &words::host, &machines, &words::score, &words::severities[3], &words::severities[2],
            &looked_at, &words::top_item },
        { 0, 3, 4, 5, 6 });
    for (auto const& host : fleet.hosts) {
        page.raw("<tr>");
        page.number_cell(host.rank);
        page.text_cell(host.name);
        page.text_cell(host.machines);
        append_score(page, host.score);
        page.number_cell(host.high);
        page.number_cell(host.medium);
        page.number_cell(host.items);
        page.text_cell(host.top_title);
        page.raw("</tr>\n");
    }
    page.end_table();
    page.more(fleet.hosts_total - fleet.hosts.size(), "konseki fleet rank --limit 0");
}

void append_campaigns(Markup& page, FleetContents const& fleet)
{
    if (fleet.campaigns.empty()) {
        page.element("p", {}, nothing_shared);
        return;
    }
    page.table(&shared, { &words::score, &shared_by, &shared_what, &words::item, &names, &words::first, &words::last },
        { 0, 1 });
    for (auto const& campaign : fleet.campaigns) {
        page.raw("<tr>");
        append_score(page, campaign.score);
        page.number_cell(campaign.hosts);
        page.text_cell(campaign.granularity);
        page.text_cell(campaign.title);
        page.text_cell(campaign.host_names);
        page.time_cell(campaign.first_at);
        page.time_cell(campaign.last_at);
        page.raw("</tr>\n");
    }
    page.end_table();
    page.more(fleet.campaigns_total - fleet.campaigns.size(), "konseki fleet rank --campaigns --limit 0");
}

void append_leads(Markup& page, FleetContents const& fleet)
{
    if (fleet.leads.empty())
        return;
    page.table(&leads,
        { &words::rank, &words::score, &hosts_with, &words::item, &belongs, &names, &words::first, &words::last },
        { 0, 1, 2 });
    for (auto const& lead : fleet.leads) {
        page.raw("<tr>");
        page.number_cell(lead.rank);
        append_score(page, lead.score);
        page.number_cell(lead.hosts);
        page.text_cell(lead.title);
        page.text_cell(lead.alike_stories.empty() ? lead.story : format("{} · {}", lead.story, lead.alike_stories));
        page.text_cell(lead.host_names);
        page.time_cell(lead.first_at);
        page.time_cell(lead.last_at);
        page.raw("</tr>\n");
    }
    page.end_table();
    page.more(fleet.leads_total - fleet.leads.size(), "konseki fleet rank --leads --all --limit 0");
}

}

void append_fleet(Markup& page, Contents const& contents)
{
    auto const& fleet = contents.fleet;
    if (!fleet.is_shown())
        return;
    page.heading("fleet", words::fleet);
    page.element("p", "soft", text);
    append_hosts_table(page, fleet);
    append_leads(page, fleet);
    append_campaigns(page, fleet);
}

void append_fleet(Json& json, FleetContents const& fleet)
{
    json.key("fleet").begin('{');
    json.key("hosts_total").number(fleet.hosts_total);
    json.list("hosts", fleet.hosts, [&](FleetHost const& host) {
        json.begin('{');
        json.key("rank").number(host.rank);
        json.key("host").text(host.name);
        json.key("machines").text(host.machines);
        json.key("score").real(host.score);
        json.key("high").number(host.high);
        json.key("medium").number(host.medium);
        json.key("items").number(host.items);
        json.key("top_score").real(host.top_score);
        json.key("top_title").text(host.top_title);
        json.end('}');
    });
    json.key("campaigns_total").number(fleet.campaigns_total);
    json.list("campaigns", fleet.campaigns, [&](FleetCampaign const& campaign) {
        json.begin('{');
        json.key("score").real(campaign.score);
        json.key("hosts").number(campaign.hosts);
        json.key("host_names").text(campaign.host_names);
        json.key("kind").text(campaign.kind);
        json.key("granularity").text(campaign.granularity);
        json.key("key").text(campaign.key);
        json.key("keys").number(campaign.keys);
        json.key("title").text(campaign.title);
        json.key("trace").text(to_string(campaign.trace));
        json.key("first_at").time(campaign.first_at);
        json.key("last_at").time(campaign.last_at);
        json.end('}');
    });
    json.key("leads_total").number(fleet.leads_total);
    json.list("leads", fleet.leads, [&](FleetLead const& lead) {
        json.begin('{');
        json.key("rank").number(lead.rank);
        json.key("score").real(lead.score);
        json.key("hosts").number(lead.hosts);
        json.key("host_names").text(lead.host_names);
        json.key("kind").text(lead.kind);
        json.key("title").text(lead.title);
        json.key("story").text(lead.story);
        json.key("alike_stories").text(lead.alike_stories);
        json.key("items").number(lead.items);
        json.key("host").text(lead.host);
        json.key("item_rank").number(lead.item_rank);
        json.key("trace").text(to_string(lead.trace));
        json.key("first_at").time(lead.first_at);
        json.key("last_at").time(lead.last_at);
        json.end('}');
    });
    json.end('}');
}

}
