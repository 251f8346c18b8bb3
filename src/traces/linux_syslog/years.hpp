// The years of lines whose stamps have none: from a date in the name, or from files beside the log.
// Not a guess where neither is there.
#pragma once
#include "formats/syslog/syslog.hpp"
#include "record/artefact_parser.hpp"

namespace konseki::linux_syslog {

class Years {
public:
    explicit Years(EvidenceView const& evidence);

    // The moment of a line's stamp in local time, of stamps without year by inference; nothing where it is not known.
    std::optional<LocalTime> moment(syslog::Line const& line) const;
    std::string_view source() const { return m_source; } // of the inference; empty: there is none

private:
    void find_reference(EvidenceView const& evidence);
    void find_turns(EvidenceView const& evidence);

    LocalTime m_reference;
    std::string_view m_source;
    std::vector<std::uint64_t> m_turns; // offsets of lines before which a year ended
    std::int32_t m_last_year = 0; // of the last line
};

// "wtmp", "dpkg.log" …: what lies beside a log and has years.
std::vector<std::string> neighbours_with_years(std::string_view name);

}
