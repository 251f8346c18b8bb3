#include "app/fleet_sql.hpp"
#include "base/text.hpp"

namespace konseki::app {

namespace {

void add_fleet(Question& question, stacking::Fleet const& fleet)
{
    std::string hosts, able;
    for (auto const& host : fleet.hosts) {
        append_format(hosts, "{}(?::VARCHAR, {}::UBIGINT)", hosts.empty() ? "" : ", ", host.stratum);
        question.parameters.emplace_back(host.name);
    }
    for (std::size_t stratum = 0; stratum < fleet.able.size(); ++stratum)
        for (std::size_t kind = 0; kind < stacking::kinds_max; ++kind)
            if (auto const count = fleet.able[stratum].at(kind); count > 0)
                append_format(able, "{}({}::UBIGINT, '{}', {}::UBIGINT)", able.empty() ? "" : ", ", stratum,
                    kind_name(static_cast<host_state::ItemKind>(kind)), count);
    append_format(question.sql, "WITH machine(host, stratum) AS (VALUES {}), able(stratum, kind, hosts) AS (VALUES {})",
        hosts.empty() ? "(NULL::VARCHAR, 0::UBIGINT)" : hosts, able.empty() ? "(0::UBIGINT, '', 0::UBIGINT)" : able);
}

}

Question stack_question(stacking::Fleet const& fleet, StackChoice const& choice)
{
    Question question;
    add_fleet(question, fleet);
    auto const column = choice.facts.column;
    append_format(question.sql,
        ", chosen AS (SELECT s.{0} AS \"value\", s.host, s.number, s.kind, s.title, s.first_at, m.stratum FROM "
        "host_state s JOIN machine m ON m.host = s.host WHERE s.{0} IS NOT NULL AND s.{0} <> ''{1}), ",
        column, choice.kind.empty() ? "" : " AND s.kind = ?");
    if (!choice.kind.empty())
        question.parameters.emplace_back(choice.kind);
    // By stratum and kind, among the hosts that are able to show it; the most surprising place counts.
    question.sql
        += "seen AS (SELECT \"value\", kind, stratum, count(DISTINCT host) AS hosts FROM chosen GROUP BY ALL), "
           "weighed AS (SELECT s.\"value\", max(-ln((s.hosts + 0.5) / (greatest(a.hosts, s.hosts) + 1))) AS "
           "surprise FROM seen s JOIN able a ON a.stratum = s.stratum AND a.kind = s.kind GROUP BY ALL), "
           "of_kind AS (SELECT kind, sum(hosts)::UBIGINT AS hosts FROM able GROUP BY kind), "
           "total AS (SELECT s.\"value\", max(k.hosts) AS hosts FROM seen s JOIN of_kind k ON k.kind = s.kind "
           "GROUP BY ALL) SELECT c.\"value\", count(DISTINCT c.host) AS hosts, any_value(t.hosts) AS of_hosts, "
           "round(any_value(w.surprise), 2) AS surprise, count(*) AS items, string_agg(DISTINCT c.kind, ' ' "
           "ORDER BY c.kind) AS kinds, min(c.first_at) AS first_at, "
           "concat_ws(', ', array_to_string(list_sort(list(DISTINCT c.host))[1:10], ', '), CASE WHEN count(DISTINCT "
           "c.host) > 10 THEN '… +' || (count(DISTINCT c.host) - 10) END) AS host_names, arg_min(c.title, "
           "(c.host, c.number)) AS title FROM chosen c LEFT JOIN weighed w ON w.\"value\" = c.\"value\" LEFT "
           "JOIN total t ON t.\"value\" = c.\"value\"";
    if (!choice.host.empty()) {
        question.sql += " WHERE c.\"value\" IN (SELECT \"value\" FROM chosen WHERE host_key(host) = host_key(?))";
        question.parameters.emplace_back(choice.host);
    }
    append_format(question.sql, " GROUP BY c.\"value\" ORDER BY {}c.\"value\"",
        choice.is_by_surprise ? "surprise DESC NULLS LAST, hosts, " : "hosts, ");
    if (choice.limit > 0)
        append_format(question.sql, " LIMIT {}", choice.limit);
    return question;
}

Question compare_question(std::string const& one, std::string const& other, bool has_same)
{
    // An item stands for all of its host that have its key: the heaviest of them.
    auto const side = [](std::string_view name) {
        return format(
            "{} AS (SELECT s.key, s.kind, s.title, s.command, s.command_key, s.content_key, s.first_at, i.score FROM "
            "host_state s LEFT JOIN host_item i ON i.host = s.host AND i.number = s.number WHERE s.host = ? QUALIFY "
            "row_number() OVER (PARTITION BY s.key ORDER BY i.score DESC NULLS LAST, s.number) = 1)",
            name);
    };
    Question question;
    question.sql = format(
        "WITH {}, {}, joined AS (SELECT CASE WHEN b.key IS NULL THEN 'only_first' WHEN a.key IS NULL THEN "
        "'only_second' WHEN a.command_key IS DISTINCT FROM b.command_key OR (a.content_key <> b.content_key) THEN "
        "'differs' ELSE 'same' END AS place, coalesce(a.kind, b.kind) AS kind, coalesce(a.title, b.title) AS title, "
        "a.command AS command_first, b.command AS command_second, round(a.score, 2) AS score_first, round(b.score, 2) "
        "AS score_second, coalesce(a.first_at, b.first_at) AS first_at, coalesce(a.key, b.key) AS key FROM a FULL JOIN "
        "b ON b.key = a.key) SELECT * FROM joined{} ORDER BY greatest(score_first, score_second) DESC NULLS LAST, "
        "place, kind, key",
        side("a"), side("b"), has_same ? "" : " WHERE place <> 'same'");
    question.parameters = { one, other };
    return question;
}

}
