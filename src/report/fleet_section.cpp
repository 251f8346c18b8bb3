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
constexpr Say heaviest { "The heaviest items of all hosts", "全端末で最も重い項目" };
constexpr Say hosts_with { "Hosts with it", "持つ端末" };
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

void append_items(Markup& page, FleetContents const& fleet)
{
    if (fleet.items.empty())
        return;
    page.table(&heaviest, { &words::score, &words::host, &words::rank, &hosts_with, &words::item, &words::traces },
        { 0, 2, 3 });
    for (auto const& item : fleet.items) {
        page.raw("<tr>");
        append_score(page, item.score);
        page.text_cell(item.host);
        page.number_cell(item.rank);
        page.number_cell(item.hosts);
        page.text_cell(item.title);
        page.text_cell(to_string(item.trace));
        page.raw("</tr>\n");
    }
    page.end_table();
    page.more(fleet.items_total - fleet.items.size(), "konseki fleet rank --items --limit 0");
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
    append_campaigns(page, fleet);
    append_items(page, fleet);
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
    json.key("items_total").number(fleet.items_total);
    json.list("items", fleet.items, [&](FleetItem const& item) {
        json.begin('{');
        json.key("score").real(item.score);
        json.key("host").text(item.host);
        json.key("rank").number(item.rank);
        json.key("kind").text(item.kind);
        json.key("title").text(item.title);
        json.key("hosts").number(item.hosts);
        json.key("trace").text(to_string(item.trace));
        json.end('}');
    });
    json.end('}');
}

}
