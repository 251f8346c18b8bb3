// The years of lines whose stamps have none: from a date in the file's name, from its own time where that fits the
// newest line, or from files beside the log. Not a guess where none of them is there.
#pragma once
#include "formats/syslog/syslog.hpp"
#include "record/artefact_parser.hpp"

namespace konseki::linux_syslog {

class Years {
public:
    explicit Years(EvidenceView const& evidence);

    // The moment of a line's stamp in local time, of stamps without year by inference; nothing where it is not known.
    std::optional<LocalTime> moment(syslog::Line const& line) const;
    // Where lines begin whose years are known by those of the newest; the lines before have none.
    std::uint64_t known_from() const { return m_known_from; }
    std::string_view source() const { return m_source; } // of the inference; empty: there is none

private:
    class Sequence;
    struct YearFrom {
        std::uint64_t offset = 0; // of the first line that has it
        std::int32_t year = 0; // counted from the first line's
    };

    void find_year(EvidenceView const& evidence, syslog::Stamp const& newest, std::int32_t counted);

    std::vector<YearFrom> m_years; // by offset
    std::uint64_t m_known_from = 0;
    std::int32_t m_first_year = 0; // of the first line; 0: not known
    std::string_view m_source;
};

// "wtmp", "dpkg.log" …: what lies beside a log and has years.
std::vector<std::string> neighbours_with_years(std::string_view name);

}
