#include "analysers/host_state/host.hpp"
#include "analysers/host_state/features.hpp"
#include "analysers/host_state/paths.hpp"
#include "base/text.hpp"
#include "store/query.hpp"
#include <algorithm>

namespace konseki::host_state {

namespace {

void add(std::vector<Term>& terms, std::string_view id, std::string detail, TraceId trace)
{
    auto const* const wanted = &feature(id);
    auto const is_same = [&](Term const& term) { return term.feature == wanted && term.detail == detail; };
    if (std::none_of(terms.begin(), terms.end(), is_same))
        terms.push_back({ wanted, std::move(detail), trace, 0 });
}

}

Program& Host::program(std::string_view written_path, TraceId trace)
{
    auto const [place, is_new] = programs.try_emplace(normalised_path(written_path));
    if (is_new)
        place->second.written = written_path;
    place->second.traces.push_back(trace);
    return place->second;
}

Item& Host::item(ItemKind kind, std::string_view identity, TraceId trace)
{
    auto const key = format("{}|{}", kind_name(kind), ascii_lower(identity));
    auto const [place, is_new] = item_places.try_emplace(key, items.size());
    if (is_new) {
        items.emplace_back();
        items.back().kind = kind;
        items.back().key = format("{}|{}", kind_name(kind), general_form(ascii_lower(identity)));
    }
    auto& item = items[place->second];
    add_trace(item, trace);
    return item;
}

Result<void> Hosts::load()
{
    auto const known = TRY(m_inputs.store.hosts());
    for (auto const& host : known.hosts)
        for (auto const other : split(host.other_names, ','))
            if (!trim(other).empty())
                m_other_names.try_emplace(store::host_key(trim(other)), host.name);
    for (auto const& host : known.hosts) // a machine's own name is never another's earlier one
        m_other_names[store::host_key(host.name)] = host.name;
    auto rows = TRY(m_inputs.store.query("SELECT number, host FROM evidence ORDER BY number", {}, m_inputs.stop));
    while (rows.next())
        m_host_names[static_cast<EvidenceNumber>(rows.unsigned_integer(0))] = rows.text(1);
    TRY(rows.status());
    auto twins = TRY(m_inputs.store.query("SELECT count(*) FROM evidence twin JOIN evidence AS first ON first.number = "
                                          "twin.duplicate_of WHERE twin.host IS DISTINCT FROM first.host",
        {}, m_inputs.stop));
    m_has_twins = twins.next() && twins.unsigned_integer(0) > 0;
    TRY(twins.status());
    TRY(load_computers());
    for (auto& finding : TRY(m_inputs.store.findings()))
        m_findings.push_back({ std::move(finding), false });
    std::set<std::string> keys;
    for (auto const& [number, name] : m_host_names)
        keys.insert(key_of(name));
    for (auto const& [table, computers] : m_computers)
        for (auto const& [key, names] : computers)
            keys.insert(key);
    for (auto const& told : m_findings)
        keys.insert(key_of(told.finding.host));
    keys.erase(std::string());
    m_keys.assign(keys.begin(), keys.end());
    m_keys.emplace_back(); // last: findings that no machine took in are told there
    next_batch();
    return {};
}

// Which computers' rows are of which machine. Plain events have typed rows beside them where state is read from.
Result<void> Hosts::load_computers()
{
    for (auto const* schema : m_inputs.store.schemas()) {
        auto const columns = schema->columns();
        if (schema->name == "windows.event"
            || std::none_of(columns.begin(), columns.end(), [](Column const& one) { return one.name == "computer"; }))
            continue;
        auto const table = store::sql_name(schema->name);
        auto rows = TRY(m_inputs.store.query(
            format("SELECT DISTINCT computer FROM {} WHERE computer IS NOT NULL ORDER BY computer", table), {},
            m_inputs.stop));
        auto& computers = m_computers[table];
        while (rows.next())
            computers[key_of(rows.text(0))].emplace_back(rows.text(0));
        TRY(rows.status());
    }
    return {};
}

bool Hosts::next_batch()
{
    m_hosts.clear();
    m_elsewhere = {};
    m_batch_begin = m_batch_end;
    m_batch_end = std::min(m_keys.size(), m_batch_begin + m_batch_size);
    m_batch.clear();
    for (auto at = m_batch_begin; at < m_batch_end; ++at)
        m_batch.insert(m_keys[at]);
    return m_batch_begin < m_batch_end;
}

std::string Hosts::key_of(std::string_view name) const
{
    auto const other = m_other_names.find(store::host_key(name));
    return store::host_key(other == m_other_names.end() ? name : std::string_view(other->second));
}

bool Hosts::is_gathered(std::string_view name) const
{
    return m_batch.contains(key_of(name));
}

std::string Hosts::twins_of(std::string_view table) const
{
    if (!m_has_twins || table == "evidence" || m_computers.contains(std::string(table)))
        return {};
    std::string names;
    for (auto const& name : names_of_batch())
        append_format(names, "{}{}", names.empty() ? "" : ", ", store::quoted_text(name));
    return format(" UNION ALL SELECT r.* REPLACE (twin.number AS evidence) FROM main.{} r "
                  "JOIN main.evidence AS first ON first.number = r.evidence "
                  "JOIN main.evidence AS twin ON twin.duplicate_of = r.evidence "
                  "WHERE twin.host IS DISTINCT FROM first.host AND twin.host IN ({})",
        table, names.empty() ? std::string("NULL") : names);
}

std::set<std::string> Hosts::names_of_batch() const
{
    std::set<std::string> names;
    for (auto const& [number, name] : m_host_names)
        if (is_gathered(name))
            names.insert(name);
    return names;
}

std::string Hosts::condition_of(std::string_view table) const
{
    bool const has_unknown = m_batch_end == m_keys.size();
    auto const list = [&](std::vector<std::string> const& names) {
        std::string written;
        for (auto const& name : names)
            append_format(written, "{}{}", written.empty() ? "" : ", ", store::quoted_text(name));
        return written.empty() ? std::string("NULL") : written;
    };
    std::vector<std::string> names;
    if (auto const computers = m_computers.find(std::string(table)); computers != m_computers.end()) {
        for (auto at = m_batch_begin; at < m_batch_end; ++at)
            if (auto const known = computers->second.find(m_keys[at]); known != computers->second.end())
                names.insert(names.end(), known->second.begin(), known->second.end());
        return format("(computer IN ({}){})", list(names), has_unknown ? " OR computer IS NULL" : "");
    }
    EvidenceNumber least = UINT32_MAX;
    EvidenceNumber most = 0;
    for (auto const& [number, name] : m_host_names)
        if (is_gathered(name)) {
            least = std::min(least, number);
            most = std::max(most, number);
        }
    auto const different = names_of_batch();
    names.assign(different.begin(), different.end());
    // The range lets the store leave out whole blocks of rows.
    auto const number = table == "evidence" ? "number" : "evidence";
    auto const of_batch = format("host IN ({}){}", list(names), has_unknown ? " OR host IS NULL" : "");
    if (table == "evidence")
        return format("number BETWEEN {} AND {} AND ({})", least, most, of_batch);
    return format("{0} BETWEEN {1} AND {2} AND {0} IN (SELECT number FROM main.evidence WHERE {3})", number, least,
        most, of_batch);
}

namespace {

bool is_word(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool names_table(std::string_view sql, std::string_view table)
{
    for (auto at = sql.find(table); at != std::string_view::npos; at = sql.find(table, at + 1)) {
        auto const end = at + table.size();
        bool const begins = at >= 5 && (sql.substr(at - 5, 5) == "FROM " || sql.substr(at - 5, 5) == "JOIN ");
        if (begins && (end == sql.size() || !is_word(sql[end])))
            return true;
    }
    return false;
}

}

// Each table that the statement reads is put before it under its own name, with the rows of the batch alone. Names are
// written into it: with parameters, DuckDB finds no rows where a WITH of the statement itself reads these.
std::string Hosts::with_tables_of_batch(std::string const& sql) const
{
    std::string tables;
    std::set<std::string> told; // several parsers may emit the same schema
    auto const add = [&](std::string const& table) {
        if (!names_table(sql, table) || !told.insert(table).second)
            return;
        append_format(tables, "{}{} AS NOT MATERIALIZED (SELECT * FROM main.{} WHERE {}", tables.empty() ? "" : ", ",
            table, table, condition_of(table));
        tables += twins_of(table) + ")";
    };
    for (auto const* schema : m_inputs.store.schemas())
        add(store::sql_name(schema->name));
    add("evidence");
    if (tables.empty())
        return sql;
    constexpr std::string_view with = "WITH ";
    return sql.starts_with(with) ? format("WITH {}, {}", tables, sql.substr(with.size()))
                                 : format("WITH {} {}", tables, sql);
}

Result<store::Rows> Hosts::query(std::string const& sql) const
{
    bool const is_all = !m_has_twins && m_batch_begin == 0 && m_batch_end == m_keys.size();
    return m_inputs.store.query(is_all ? sql : with_tables_of_batch(sql), {}, m_inputs.stop);
}

Host& Hosts::of_evidence(EvidenceNumber evidence)
{
    auto const place = m_host_names.find(evidence);
    return named(place == m_host_names.end() ? std::string_view() : std::string_view(place->second));
}

Host& Hosts::named(std::string_view name)
{
    auto const other = m_other_names.find(store::host_key(name));
    if (other != m_other_names.end())
        name = other->second;
    auto const key = store::host_key(name);
    if (!m_batch.contains(key))
        return m_elsewhere;
    auto& host = m_hosts[key];
    if (host.name.empty())
        host.name = name;
    return host;
}

void note_time(Item& item, Timestamp at)
{
    if (!at.is_set())
        return;
    if (!item.first_at.is_set() || at < item.first_at)
        item.first_at = at;
    item.last_at = std::max(item.last_at, at);
}

void note_arrival(Item& item, Timestamp at)
{
    note_time(item, at);
    if (at.is_set() && (!item.came_at.is_set() || at < item.came_at))
        item.came_at = at;
}

void add_trace(Item& item, TraceId trace)
{
    if (std::find(item.traces.begin(), item.traces.end(), trace) == item.traces.end())
        item.traces.push_back(trace);
}

void add_term(Item& item, std::string_view id, std::string detail, TraceId trace)
{
    add(item.terms, id, std::move(detail), trace);
}

void add_term(Program& program, std::string_view id, std::string detail, TraceId trace)
{
    add(program.terms, id, std::move(detail), trace);
}

}
