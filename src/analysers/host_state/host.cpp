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
    auto rows = TRY(query("SELECT number, host FROM evidence ORDER BY number"));
    while (rows.next())
        m_host_names[static_cast<EvidenceNumber>(rows.unsigned_integer(0))] = rows.text(1);
    return rows.status();
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
    auto& host = m_hosts[store::host_key(name)];
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
