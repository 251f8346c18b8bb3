#include "analysers/posture/host.hpp"
#include "base/text.hpp"
#include "store/query.hpp"
#include <algorithm>
#include <charconv>

namespace konseki::posture {

Result<void> Hosts::load()
{
    auto rows = TRY(m_inputs.store.query("SELECT number, host FROM evidence ORDER BY number", {}, m_inputs.stop));
    while (rows.next())
        m_names[static_cast<EvidenceNumber>(rows.unsigned_integer(0))] = rows.text(1);
    TRY(rows.status());
    return load_machines();
}

Result<store::Rows> Hosts::rows(std::string_view table, std::string_view columns, std::string_view condition) const
{
    return m_inputs.store.query(
        format("SELECT e.number, r.\"offset\", {} FROM {} r JOIN host_evidence e ON e.evidence = "
               "r.evidence WHERE NOT r.recovered AND {} ORDER BY e.number, r.\"offset\"",
            columns, table, condition),
        {}, m_inputs.stop);
}

Result<void> Hosts::load_machines()
{
    if (has_table("windows.machine.name")) {
        auto rows = TRY(this->rows("windows_machine_name", "coalesce(control_set, ''), key_written_at", "is_current"));
        while (rows.next()) {
            auto const trace = rows.trace(0);
            m_control_sets.try_emplace(trace.evidence, rows.text(2));
            auto& hive = of(trace.evidence).system;
            if (!hive.is_there)
                hive = { trace, rows.time(3), true };
        }
        TRY(rows.status());
    }
    if (!has_table("windows.machine.system"))
        return {};
    auto rows = TRY(this->rows("windows_machine_system", "coalesce(build, ''), key_written_at"));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& host = of(trace.evidence);
        if (!host.software.is_there)
            host.software = { trace, rows.time(3), true };
        std::uint32_t build = 0;
        auto const text = rows.text(2);
        std::from_chars(text.data(), text.data() + text.size(), build); // ends at the dot of the revision
        host.build = std::max(host.build, build); // a shadow copy may be of an older one
    }
    return rows.status();
}

HostSettings& Hosts::of(EvidenceNumber evidence)
{
    auto const place = m_names.find(evidence);
    auto const name = place == m_names.end() ? std::string() : place->second;
    auto& host = m_hosts[store::host_key(name)];
    if (host.name.empty())
        host.name = name;
    return host;
}

bool Hosts::is_in_use(EvidenceNumber evidence, std::string_view control_set) const
{
    auto const place = m_control_sets.find(evidence);
    return control_set.empty() || place == m_control_sets.end() || equals_ignoring_case(place->second, control_set);
}

}
