#include "report/fleet.hpp"
#include "base/text.hpp"

namespace konseki::report {

namespace {

Result<std::uint64_t> count(store::Case const& source, std::string_view sql)
{
    auto rows = TRY(source.query(sql));
    auto const number = rows.next() ? rows.unsigned_integer(0) : 0;
    TRY(rows.status());
    return number;
}

Result<void> gather_hosts(store::Case const& source, FleetContents& fleet)
{
    auto rows = TRY(source.query(format("SELECT host, machines, top_title, score, top_score, rank, items, medium, high "
                                        "FROM fleet_host ORDER BY rank LIMIT {}",
        fleet_rows_max)));
    while (rows.next())
        fleet.hosts.push_back({ std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2)),
            rows.real(3), rows.real(4), rows.unsigned_integer(5), rows.unsigned_integer(6), rows.unsigned_integer(7),
            rows.unsigned_integer(8) });
    return rows.status();
}

Result<void> gather_leads(store::Case const& source, FleetContents& fleet)
{
    auto rows = TRY(source.query(
        format("SELECT evidence, \"offset\", kind, title, story, host, host_names, rank, hosts, "
               "items, item_rank, score, first_at, last_at, alike_stories FROM fleet_lead WHERE under IS NULL ORDER BY "
               "rank LIMIT {}", // what is told with another is counted there
            fleet_rows_max)));
    while (rows.next())
        fleet.leads.push_back({ rows.trace(0), std::string(rows.text(2)), std::string(rows.text(3)),
            std::string(rows.text(4)), std::string(rows.text(5)), std::string(rows.text(6)), rows.unsigned_integer(7),
            rows.unsigned_integer(8), rows.unsigned_integer(9), rows.unsigned_integer(10), rows.real(11), rows.time(12),
            rows.time(13), std::string(rows.text(14)) });
    return rows.status();
}

Result<void> gather_campaigns(store::Case const& source, FleetContents& fleet)
{
    auto rows
        = TRY(source.query(format("SELECT evidence, \"offset\", kind, granularity, key, title, host_names, hosts, "
                                  "keys, score, first_at, last_at FROM fleet_campaign ORDER BY rank LIMIT {}",
            fleet_rows_max)));
    while (rows.next())
        fleet.campaigns.push_back({ rows.trace(0), std::string(rows.text(2)), std::string(rows.text(3)),
            std::string(rows.text(4)), std::string(rows.text(5)), std::string(rows.text(6)), rows.unsigned_integer(7),
            rows.unsigned_integer(8), rows.real(9), rows.time(10), rows.time(11) });
    return rows.status();
}

}

Result<FleetContents> gather_fleet(store::Case const& source)
{
    FleetContents fleet;
    if (!source.has_schema("fleet.host") || !source.has_schema("fleet.campaign"))
        return fleet;
    fleet.hosts_total = TRY(count(source, "SELECT count(*) FROM fleet_host"));
    if (!fleet.is_shown())
        return fleet;
    bool const has_leads = source.has_schema("fleet.lead"); // cases ranked before them have none
    fleet.leads_total = has_leads ? TRY(count(source, "SELECT count(*) FROM fleet_lead")) : 0;
    fleet.campaigns_total = TRY(count(source, "SELECT count(*) FROM fleet_campaign"));
    TRY(gather_hosts(source, fleet));
    if (has_leads)
        TRY(gather_leads(source, fleet));
    TRY(gather_campaigns(source, fleet));
    return fleet;
}

}
