#include "analysers/host_coverage/host_coverage.hpp"
#include "analysers/host_coverage/classes.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <map>
#include <set>

namespace konseki::host_coverage {

namespace {

constexpr std::string_view registry_parser = "windows_registry", other_hives = "registry_other";

// What the store says of one piece, and where it counts.
struct Piece {
    Evidence const* evidence = nullptr;
    std::size_t host = 0;
    std::string class_name; // empty: archives, and what no parser reads
    std::vector<std::string_view> also; // classes it counts in beside its own
    std::uint64_t rows = 0, recovered = 0, bytes_lost = 0;
    Timestamp first_at, last_at;
    bool is_truncated = false;
};

void widen(Timestamp& first, Timestamp& last, Timestamp from, Timestamp to)
{
    if (from.is_set() && (!first.is_set() || from < first))
        first = from;
    last = std::max(last, to);
}

class Reader {
public:
    Reader(store::Case const& source, std::stop_token const& stop)
        : m_source(source)
        , m_stop(stop)
    {
    }

    Result<std::vector<HostCoverage>> read()
    {
        m_evidence = TRY(m_source.evidence());
        TRY(read_hosts());
        TRY(read_kinds());
        TRY(read_linux_kinds());
        classify();
        for (auto const* schema : m_source.filled_schemas())
            TRY(read_rows(*schema));
        TRY(read_diagnostics());
        for (auto const& piece : m_pieces)
            count(piece);
        for (auto& host : m_hosts)
            conclude(host);
        note_collections_without_root();
        if (m_hosts.back().pieces == 0)
            m_hosts.pop_back();
        return std::move(m_hosts);
    }

private:
    Piece* piece_of(store::Rows const& rows)
    {
        auto const number = rows.unsigned_integer(0);
        return number >= 1 && number <= m_pieces.size() ? &m_pieces[number - 1] : nullptr;
    }

    Result<void> read_hosts()
    {
        auto hosts = TRY(m_source.hosts());
        std::map<std::string, std::size_t> by_name;
        for (auto& host : hosts.hosts) {
            by_name.emplace(host.name, m_hosts.size());
            m_hosts.emplace_back().host = std::move(host);
        }
        m_hosts.emplace_back(); // of no known machine
        for (auto const& evidence : m_evidence)
            m_pieces.push_back({ &evidence, m_hosts.size() - 1, {}, {}, 0, 0, 0, {}, {}, false });
        for (auto const& of : hosts.evidence) {
            if (auto const host = by_name.find(of.host);
                host != by_name.end() && of.evidence >= 1 && of.evidence <= m_pieces.size())
                m_pieces[of.evidence - 1].host = host->second;
        }
        return {};
    }

    Result<void> read_kinds()
    {
        for (std::string_view const live : { "collector.process", "collector.connection" }) {
            if (!m_source.has_rows(live))
                continue;
            auto live_rows = TRY(m_source.query(
                format("SELECT DISTINCT evidence FROM {} ORDER BY 1", store::sql_name(live)), {}, m_stop));
            while (live_rows.next())
                m_live_state.insert(static_cast<EvidenceNumber>(live_rows.unsigned_integer(0)));
            TRY(live_rows.status());
        }
        if (!m_source.has_rows("windows.registry.hive"))
            return {};
        auto rows = TRY(m_source.query("SELECT evidence, kind FROM windows_registry_hive ORDER BY 1", {}, m_stop));
        while (rows.next())
            m_hive_kinds[static_cast<EvidenceNumber>(rows.unsigned_integer(0))] = rows.text(1);
        return rows.status();
    }

    Result<std::set<EvidenceNumber>> evidence_with(std::string_view schema, std::string_view condition)
    {
        std::set<EvidenceNumber> found;
        if (!m_source.has_rows(schema))
            return found;
        auto rows = TRY(m_source.query(
            format("SELECT DISTINCT evidence FROM {} {} ORDER BY 1", store::sql_name(schema), condition), {}, m_stop));
        while (rows.next())
            found.insert(static_cast<EvidenceNumber>(rows.unsigned_integer(0)));
        TRY(rows.status());
        return found;
    }

    Result<void> read_linux_kinds()
    {
        for (auto const& one : evidence_classes()) {
            for (auto const schema : split(one.schemas, ' ')) {
                for (auto const number : TRY(evidence_with(schema, {})))
                    m_linux_classes.emplace(number, one.name); // the first class stays
            }
            auto const blank = one.also_where.find(' ');
            if (blank == std::string_view::npos)
                continue;
            for (auto const number :
                TRY(evidence_with(one.also_where.substr(0, blank), one.also_where.substr(blank + 1))))
                m_also[number].push_back(one.name);
        }
        for (auto const number : TRY(evidence_with("linux.host", "WHERE is_root = false")))
            m_without_root.insert(number);
        return {};
    }

    static EvidenceNumber read_as(Evidence const& evidence)
    {
        return evidence.duplicate_of != 0 ? evidence.duplicate_of : evidence.number;
    }

    std::string class_of(Evidence const& evidence) const
    {
        if (evidence.parser.empty())
            return {};
        if (evidence.parser == "collector_results")
            return m_live_state.contains(read_as(evidence)) ? "live_state" : evidence.parser;
        if (evidence.parser.starts_with("linux_"))
            return linux_class_of(evidence);
        auto const kind = m_hive_kinds.find(read_as(evidence));
        for (auto const& one : evidence_classes()) {
            auto const is_it = evidence.parser != registry_parser
                ? one.parser == evidence.parser
                : kind != m_hive_kinds.end() && one.hive_kind == kind->second && one.parser == registry_parser;
            if (is_it)
                return std::string(one.name);
        }
        return evidence.parser == registry_parser ? std::string(other_hives) : evidence.parser;
    }

    std::string linux_class_of(Evidence const& evidence) const
    {
        if (auto const found = m_linux_classes.find(read_as(evidence)); found != m_linux_classes.end())
            return std::string(found->second);
        for (auto const& one : evidence_classes()) {
            if (one.parser == evidence.parser)
                return std::string(one.name);
        }
        auto const is_collectors_own = evidence.parser == "linux_state" || evidence.parser == "linux_uac";
        return is_collectors_own ? evidence.parser : "linux_configuration";
    }

    void classify()
    {
        m_linux_pieces.resize(m_hosts.size());
        for (auto& piece : m_pieces) {
            auto const& parser = piece.evidence->parser;
            piece.class_name = class_of(*piece.evidence);
            if (auto const also = m_also.find(read_as(*piece.evidence)); also != m_also.end())
                piece.also = also->second;
            m_linux_pieces[piece.host] += parser.starts_with("linux_") ? 1 : parser.starts_with("windows_") ? -1 : 0;
        }
    }
    bool is_linux(std::size_t host) const { return m_linux_pieces[host] > 0; }

    static bool is_derived(std::string_view schema)
    {
        return schema.starts_with("host.") || schema.starts_with("fleet.") || schema.starts_with("sigma.")
            || schema.starts_with("selection.");
    }

    static std::string time_of(Schema const& schema)
    {
        auto const chosen = time_column_of(schema.name);
        if (chosen == "-")
            return {};
        for (auto const& column : schema.columns()) {
            if (column.type == ColumnType::timestamp && (chosen.empty() || column.name == chosen))
                return std::string(column.name);
        }
        return {};
    }

    Result<void> read_rows(Schema const& schema)
    {
        if (is_derived(schema.name))
            return {};
        auto const time = time_of(schema);
        auto const span = time.empty() ? std::string("NULL::TIMESTAMP, NULL::TIMESTAMP")
                                       : format("min(\"{0}\"), max(\"{0}\")", time);
        auto rows = TRY(m_source.query(
            format("SELECT evidence, count(*), count(*) FILTER (WHERE recovered), {} FROM {} GROUP BY 1 ORDER BY 1",
                span, store::sql_name(schema.name)),
            {}, m_stop));
        while (rows.next()) {
            auto* const piece = piece_of(rows);
            if (piece == nullptr)
                continue;
            piece->rows += rows.unsigned_integer(1);
            piece->recovered += rows.unsigned_integer(2);
            if (!rows.is_null(3))
                widen(piece->first_at, piece->last_at, rows.time(3), rows.time(4));
        }
        return rows.status();
    }

    Result<void> read_diagnostics()
    {
        auto rows = TRY(m_source.query("SELECT evidence, sum(bytes_lost), bool_or(code = 'truncated') FROM diagnostic "
                                       "GROUP BY 1 ORDER BY 1",
            {}, m_stop));
        while (rows.next()) {
            if (auto* const piece = piece_of(rows); piece != nullptr) {
                piece->bytes_lost = rows.unsigned_integer(1);
                piece->is_truncated = rows.boolean(2);
            }
        }
        return rows.status();
    }

    ClassCoverage& class_named(HostCoverage& host, std::string_view name) const
    {
        for (auto& one : host.classes) {
            if (one.name == name)
                return one;
        }
        auto& added = host.classes.emplace_back();
        added.name = name;
        added.title = { std::string(name), {} };
        for (auto const& known : evidence_classes()) {
            if (known.name == name) {
                added.title = { std::string(known.title), std::string(known.title_ja) };
                added.is_expected = !known.open.empty();
            }
        }
        return added;
    }

    static void count_piece(ClassCoverage& one, Piece const& piece, Piece const& source)
    {
        auto const& evidence = *piece.evidence;
        ++one.pieces;
        one.duplicates += evidence.duplicate_of != 0 ? 1U : 0U;
        one.failed += evidence.state == EvidenceState::failed ? 1U : 0U;
        one.damaged += source.bytes_lost > 0 ? 1U : 0U;
        one.truncated += source.is_truncated ? 1U : 0U;
    }

    void count(Piece const& piece)
    {
        auto& host = m_hosts[piece.host];
        auto const& evidence = *piece.evidence;
        auto const is_duplicate = evidence.duplicate_of != 0;
        if (host.classes.empty() && host.is_known()) {
            for (auto const& one : evidence_classes()) {
                if (one.is_of_linux() == is_linux(piece.host))
                    class_named(host, one.name);
            }
        }
        ++host.pieces;
        if (evidence.state == EvidenceState::container) {
            ++host.archives;
            host.bytes_lost += piece.bytes_lost;
            return;
        }
        host.bytes += is_duplicate ? 0 : evidence.size_bytes;
        host.not_recognised += evidence.state == EvidenceState::not_recognised ? 1U : 0U;
        host.failed += evidence.state == EvidenceState::failed ? 1U : 0U;
        // The rows of a duplicate stand at the first piece; they count again only where that is another host's.
        auto const& source = is_duplicate ? m_pieces[evidence.duplicate_of - 1] : piece;
        auto const is_counted = !is_duplicate || source.host != piece.host;
        if (is_counted) {
            host.rows += source.rows;
            host.bytes_lost += source.bytes_lost;
        }
        if (piece.class_name.empty())
            return;
        for (auto const name : piece.also)
            count_piece(class_named(host, name), piece, source);
        auto& one = class_named(host, piece.class_name);
        count_piece(one, piece, source);
        if (!is_counted)
            return;
        one.rows += source.rows;
        one.recovered += source.recovered;
        one.bytes += evidence.size_bytes;
        one.bytes_lost += source.bytes_lost;
        widen(one.first_at, one.last_at, source.first_at, source.last_at);
    }

    static void conclude(HostCoverage& host)
    {
        host.first_at = host.host.first_at;
        host.last_at = host.host.last_at;
        if (!host.is_known())
            return;
        for (auto const& one : host.classes) {
            auto const state = one.state();
            if (state == ClassState::absent || state == ClassState::unreadable) {
                for (auto const& known : evidence_classes()) {
                    if (known.name == one.name && !known.open.empty())
                        host.cannot_be_cleared.push_back({ std::string(known.open), std::string(known.open_ja) });
                }
            } else if (state != ClassState::present) {
                auto const pieces = std::max(one.damaged, one.truncated);
                host.cannot_be_cleared.push_back(
                    { format("what the lost {} of {} said ({} of {} pieces damaged or cut)", size_text(one.bytes_lost),
                          one.title.en, pieces, one.pieces),
                        format("{} の失われた {} にあった内容({} 件中 {} 件が破損または途中まで)", one.title.ja,
                            size_text(one.bytes_lost), one.pieces, pieces) });
            }
        }
    }

    void note_collections_without_root()
    {
        std::set<std::size_t> told;
        for (auto const& piece : m_pieces) {
            if (m_without_root.contains(read_as(*piece.evidence)) && m_hosts[piece.host].is_known()
                && told.insert(piece.host).second)
                m_hosts[piece.host].cannot_be_cleared.push_back(
                    { std::string(without_root), std::string(without_root_ja) });
        }
    }

    store::Case const& m_source;
    std::stop_token m_stop;
    std::vector<Evidence> m_evidence;
    std::vector<Piece> m_pieces; // by number - 1
    std::map<EvidenceNumber, std::string> m_hive_kinds;
    std::map<EvidenceNumber, std::string_view> m_linux_classes; // by the rows they hold
    std::map<EvidenceNumber, std::vector<std::string_view>> m_also;
    std::set<EvidenceNumber> m_without_root;
    std::vector<int> m_linux_pieces; // by host: pieces of Linux less those of Windows
    std::set<EvidenceNumber> m_live_state; // that hold processes or connections
    std::vector<HostCoverage> m_hosts; // the last one: of no known machine
};

}

std::string_view class_state_name(ClassState state)
{
    switch (state) {
    case ClassState::present: return "present";
    case ClassState::damaged: return "damaged";
    case ClassState::truncated: return "truncated";
    case ClassState::unreadable: return "unreadable";
    case ClassState::absent: return "absent";
    }
    return "absent";
}

ClassState ClassCoverage::state() const
{
    if (pieces == 0)
        return ClassState::absent;
    if (rows == 0 && pieces == failed)
        return ClassState::unreadable;
    if (truncated > 0)
        return ClassState::truncated;
    return damaged > 0 ? ClassState::damaged : ClassState::present;
}

Result<std::vector<HostCoverage>> host_coverage(store::Case const& source, std::stop_token const& stop)
{
    return Reader(source, stop).read();
}

HostCoverage const* find_host(std::vector<HostCoverage> const& all, std::string_view name)
{
    auto const key = store::host_key(name);
    for (auto const& one : all) { // a whole name before a first label
        if (equals_ignoring_case(one.host.name, name) && one.is_known())
            return &one;
    }
    for (auto const& one : all) {
        if (one.is_known() && store::host_key(one.host.name) == key)
            return &one;
    }
    for (auto const& one : all) {
        for (auto const other : split(one.host.other_names, ',')) {
            if (one.is_known() && !trim(other).empty() && store::host_key(trim(other)) == key)
                return &one;
        }
    }
    return nullptr;
}

}
