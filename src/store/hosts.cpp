#include "store/hosts.hpp"
#include "base/text.hpp"
#include "store/case_state.hpp"
#include "store/query.hpp"
#include <algorithm>

namespace konseki::store {

std::string host_key(std::string_view name)
{
    auto const is_address
        = !name.empty() && std::ranges::all_of(name, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
    return fold_utf8(is_address ? name : name.substr(0, name.find('.')));
}

Result<void> Case::replace_hosts(Hosts const& hosts, HostNotes const& notes)
{
    auto& state = *m_state;
    TRY(state.begin());
    TRY(state.flush());
    TRY(state.connection->run("DELETE FROM stored.host", "store.hosts"));
    TRY(state.connection->run("DELETE FROM stored.evidence_host", "store.hosts"));
    TRY(state.connection->run(
        format("DELETE FROM stored.diagnostic WHERE starts_with(what, {}) OR starts_with(what, {})",
            quoted_text(host_note_prefix), quoted_text(collection_note_prefix)),
        "store.hosts"));
    auto* const host_table = TRY(state.table("host"));
    for (auto const& host : hosts.hosts) {
        for (auto const* const text : { &host.name, &host.other_names, &host.known_from, &host.domain, &host.os,
                 &host.os_build, &host.time_zone })
            host_table->put_text(*text);
        for (auto const at : { host.installed_at, host.last_shutdown_at, host.first_at, host.last_at })
            host_table->put(at.ticks);
        TRY(host_table->end_row());
    }
    auto* const evidence_table = TRY(state.table("evidence_host"));
    for (auto const& evidence : hosts.evidence) {
        evidence_table->put(evidence.evidence);
        evidence_table->put_text(evidence.host);
        evidence_table->put_text(evidence.how);
        TRY(evidence_table->end_row());
    }
    for (auto const& [evidence, diagnostic] : notes)
        TRY(append(evidence, diagnostic));
    return {};
}

Result<Hosts> Case::hosts() const
{
    Hosts hosts;
    auto rows = TRY(m_state->rows("SELECT name, other_names, known_from, domain, os, os_build, time_zone, "
                                  "installed_at, last_shutdown_at, first_at, last_at FROM stored.host ORDER BY "
                                  "lower(name), name",
        "store.hosts"));
    while (rows.next()) {
        Host host;
        std::size_t column = 0;
        for (auto* const text : { &host.name, &host.other_names, &host.known_from, &host.domain, &host.os,
                 &host.os_build, &host.time_zone })
            *text = rows.text(column++);
        for (auto* const at : { &host.installed_at, &host.last_shutdown_at, &host.first_at, &host.last_at })
            *at = { rows.integer(column++) };
        hosts.hosts.push_back(std::move(host));
    }
    TRY(rows.status());
    auto evidence
        = TRY(m_state->rows("SELECT evidence, host, how FROM stored.evidence_host ORDER BY evidence", "store.hosts"));
    while (evidence.next())
        hosts.evidence.push_back({ static_cast<EvidenceNumber>(evidence.unsigned_integer(0)),
            std::string(evidence.text(1)), std::string(evidence.text(2)) });
    TRY(evidence.status());
    return hosts;
}

}
