// Which names mean the same machine: spellings, names cut at 15 characters, and names it had before it was renamed.
// Not which evidence is whose: intake/hosts.cpp.
#pragma once
#include "intake/hosts.hpp"
#include <string>
#include <vector>

namespace konseki::intake {

struct Rename {
    std::string from, to; // as the machine wrote them
    std::uint64_t pieces = 0; // that show it
    EvidenceNumber first = 0; // of those
};

class HostKeys {
public:
    explicit HostKeys(HostInputs const& inputs);

    std::string of(std::string_view name) const; // equal: one machine
    std::vector<Rename> const& renames() const { return m_renames; } // those taken as such, by name

private:
    void learn_short_names(HostInputs const& inputs);
    void learn_renames(HostInputs const& inputs);
    std::map<std::string, std::string> m_next; // key -> key it stands for
    std::vector<Rename> m_renames;
};

}
