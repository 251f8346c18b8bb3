// Weak settings of one host while they are gathered, by group. Not the findings made of them: analyser.cpp.
#pragma once
#include "analysers/catalogue.hpp"
#include "analysers/posture/checks.hpp"
#include <map>
#include <set>
#include <string>
#include <vector>

namespace konseki::posture {

struct Weakness {
    Because because {};
    Words sentence {}; // with the name and content found
    Severity severity = Severity::low;
    std::string attack {}; // absent where nothing was switched off
};

// The row that says which Windows it is, or only that the hive is there.
struct HiveSeen {
    TraceId trace {};
    Timestamp at {};
    bool is_there = false;
};

struct HostSettings {
    std::string name {};
    std::map<Group, std::vector<Weakness>> weak {};
    std::set<std::string> seen {}; // "area|name" in lower case, whatever the content
    HiveSeen system {}, software {};
    std::uint32_t build = 0; // 0: unknown
    bool has_sysmon = false;
};

class Hosts {
public:
    explicit Hosts(AnalyserInputs const& inputs)
        : m_inputs(inputs)
    {
    }
    Result<void> load();

    HostSettings& of(EvidenceNumber evidence);
    std::map<std::string, HostSettings>& all() { return m_hosts; }
    bool has_table(std::string_view schema) const { return m_inputs.store.has_rows(schema); }
    bool is_in_use(EvidenceNumber evidence, std::string_view control_set) const; // true where nothing tells
    // These columns of the live rows of a table, evidence and offset in front: the machine's own piece of evidence,
    // where several machines hold the same bytes.
    Result<store::Rows> rows(
        std::string_view table, std::string_view columns, std::string_view condition = "TRUE") const;

private:
    Result<void> load_machines();

    AnalyserInputs const& m_inputs;
    std::map<EvidenceNumber, std::string> m_names;
    std::map<EvidenceNumber, std::string> m_control_sets; // in use
    std::map<std::string, HostSettings> m_hosts; // by store::host_key
};

// One source each; a source that is not in the case adds nothing.
Result<void> gather_settings(Hosts& hosts);
Result<void> gather_channels(Hosts& hosts);
Result<void> gather_audit_policy(Hosts& hosts);
Result<void> gather_remote_desktop(Hosts& hosts);
Result<void> gather_port_proxies(Hosts& hosts);
void add_defaults(Hosts& hosts); // what is absent, after all others

}
