// Columns of a collector's CSV by name, each looked up once: text, numbers and times of the current row.
// Not the CSV itself: formats/csv.
#pragma once
#include "base/text.hpp"
#include "base/timestamp.hpp"
#include "formats/csv/csv.hpp"
#include <initializer_list>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace konseki {

class CollectorColumns {
public:
    // The reader stands at the first row.
    explicit CollectorColumns(csv::Reader const& reader)
        : m_reader(reader)
        , m_header(reader)
        , m_count(reader.field_count())
    {
    }

    // Null where the column or the value is absent. Valid until the reader steps on.
    std::string_view text(std::initializer_list<std::string_view> names) const
    {
        // The first name is a literal: its address finds the column again without comparing names in every row.
        auto const [known, is_new] = m_places.try_emplace(names.begin()->data());
        if (is_new)
            known->second = m_header.column(names);
        auto const place = known->second;
        auto const value = place ? m_reader.field(*place) : std::string_view {};
        return value.empty() ? std::string_view {} : value;
    }
    std::optional<std::uint64_t> number(std::initializer_list<std::string_view> names) const
    {
        return parse_uint(trim(text(names)));
    }
    // UTC: "2021-03-02 10:00:00.000", ISO 8601, and the older "03/02/2021 10:00:00.000".
    Timestamp time(std::initializer_list<std::string_view> names) const
    {
        auto const value = trim(text(names));
        if (value.size() > 10 && value[2] == '/' && value[5] == '/')
            return Timestamp::parse(
                format("{}-{}-{}{}", value.substr(6, 4), value.substr(0, 2), value.substr(3, 2), value.substr(10)))
                .value_or(Timestamp {});
        return Timestamp::parse(value).value_or(Timestamp {});
    }
    void report_cut_row(DiagnosticSink& diagnostics) const
    {
        if (m_reader.is_cut() || m_reader.field_count() < m_count)
            diagnostics.report(
                { { ErrorCode::truncated, "csv.row", m_reader.offset(), m_count, m_reader.field_count(), {} },
                    m_reader.size_bytes() });
    }

private:
    csv::Reader const& m_reader;
    csv::Header m_header;
    std::size_t m_count;
    mutable std::unordered_map<char const*, std::optional<std::size_t>> m_places;
};

}
