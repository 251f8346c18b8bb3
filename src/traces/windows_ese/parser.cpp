#include "traces/windows_ese/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/windows_ese/bits.hpp"
#include "traces/windows_ese/file_history.hpp"
#include "traces/windows_ese/reading.hpp"
#include "traces/windows_ese/srum.hpp"
#include "traces/windows_ese/ual.hpp"
#include <algorithm>
#include <set>

namespace konseki::windows_ese {

std::string_view kind_name(Kind kind)
{
    switch (kind) {
    case Kind::unknown: return "unknown";
    case Kind::srum: return "srum";
    case Kind::ual: return "ual";
    case Kind::ual_identity: return "ual_identity";
    case Kind::file_history: return "file_history";
    case Kind::bits: return "bits";
    }
    return "unknown";
}

void Reading::name(std::uint64_t id, std::uint8_t type, std::string text, std::uint64_t offset)
{
    constexpr std::uint64_t names_bytes_max = 256ULL << 20; // real databases: below one megabyte
    m_names_bytes += text.size() + 64;
    if (m_names_bytes <= names_bytes_max) {
        m_names.try_emplace(id, NamedId { type, std::move(text) });
        return;
    }
    if (!m_is_full)
        diagnostics.report(
            { { ErrorCode::limit, "windows_ese.names", offset, names_bytes_max, m_names_bytes, {} }, 1 });
    m_is_full = true;
}

NamedId const* Reading::named(std::uint64_t id) const
{
    auto const found = m_names.find(id);
    return found == m_names.end() ? nullptr : &found->second;
}

namespace {

constexpr std::size_t column_names_max = 100;

// Lets each problem through once: the catalogue and tables of names are read more than once.
class FirstOnly final : public DiagnosticSink {
public:
    FirstOnly(DiagnosticSink& target, std::uint64_t count_max)
        : m_target(target)
        , m_count_max(count_max)
    {
    }
    void report(Diagnostic const& diagnostic) override
    {
        auto const key = std::tuple(diagnostic.error.code, diagnostic.error.what, diagnostic.error.offset);
        if (m_seen.size() >= m_count_max || m_seen.insert(key).second)
            m_target.report(diagnostic);
    }

private:
    DiagnosticSink& m_target;
    std::uint64_t m_count_max;
    std::set<std::tuple<ErrorCode, std::string_view, std::uint64_t>> m_seen;
};

// Told by the tables alone, whatever the file is called.
KindReader reader_for(ese::Database const& database)
{
    for (auto const& candidate :
        { srum_reader(), ual_reader(), ual_identity_reader(), file_history_reader(), bits_reader() }) {
        if (candidate.is_it(database))
            return candidate;
    }
    return {};
}

TableReader const* reader_of(KindReader const& kind, std::string_view table)
{
    TableReader const* any = nullptr;
    for (auto const& reader : kind.readers) {
        if (reader.table == table)
            return &reader;
        if (reader.table.empty() && !table.starts_with("MSys"))
            any = &reader;
    }
    return any;
}

void emit_table(Reading& reading, Kind kind, ese::Table const& table, ese::RowCounts const& counts, bool is_interpreted)
{
    std::string names;
    for (std::size_t i = 0; i < std::min(table.columns.size(), column_names_max); ++i)
        append_format(names, "{}{}", i == 0 ? "" : ", ", table.columns[i].name);
    TableRow row { table.name, kind_name(kind), counts.live, counts.recovered, table.columns.size(), names,
        is_interpreted, table.object_id };
    reading.context.traces.emit(table_schema, { table.origin.offset, table.origin.size, table.is_recovered }, row);
}

Timestamp utc(ese::LogTime const& time)
{
    return time.is_utc ? Timestamp { time.ticks } : Timestamp {};
}

void emit_database(Reading& reading, Kind kind, std::string_view path, ese::RowCounts const& counts)
{
    auto const& header = reading.database.header();
    DatabaseRow row { kind_name(kind), path, ese::state_name(header.state), header.revision, header.page_bytes,
        utc(header.consistent_at), utc(header.attached_at), utc(header.detached_at), {}, header.log_generation_min,
        header.log_generation_max, reading.database.tables().size(), counts.live, counts.recovered,
        reading.database.pages_with_bad_checksum(), header.is_shadow };
    if (!header.consistent_at.is_utc)
        row.consistent_local_time = { header.consistent_at.ticks };
    reading.context.traces.emit(
        database_schema, { header.is_shadow ? header.page_bytes : 0U, header.page_bytes, false }, row);
}

// A database whose first header is gone has no signature at its beginning; its copy is found when it is read.
bool has_known_name(std::string_view path)
{
    return equals_ignoring_case(file_name_of(path), "SRUDB.dat");
}

Sniff sniff(ByteView head, std::string_view name)
{
    auto const answer = ese::sniff(head);
    return answer == Sniff::no && !head.empty() && has_known_name(name) ? Sniff::maybe : answer;
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    FirstOnly diagnostics { context.diagnostics, context.limits.diagnostics_per_evidence_max };
    auto database = ese::Database::open(evidence.bytes, diagnostics, context.limits);
    if (!database.ok()) {
        diagnostics.report({ database.error(), evidence.bytes.size() });
        return;
    }
    Reading reading { database.value(), context, diagnostics };
    auto const kind = reader_for(database.value());
    if (kind.prepare != nullptr)
        kind.prepare(reading);
    ese::RowCounts total;
    for (auto const& table : database.value().tables()) {
        if (context.stop.stop_requested())
            break;
        auto const* const reader = reader_of(kind, table.name);
        auto const counts
            = reader != nullptr ? reader->read(reading, table) : reading.each(table, [](ese::Row const&) {});
        total.live += counts.live;
        total.recovered += counts.recovered;
        emit_table(reading, kind.kind, table, counts, reader != nullptr);
    }
    emit_database(reading, kind.kind, evidence.name, total);
}

constexpr std::size_t schema_count
    = 2 + srum_schema_list.size() + ual_schema_list.size() + file_history_schema_list.size() + bits_schema_list.size();
constexpr std::array<Schema const*, schema_count> all_schemas()
{
    std::array<Schema const*, schema_count> all { &database_schema.erased, &table_schema.erased };
    std::size_t next = 2;
    for (auto const* const schema : srum_schema_list)
        all[next++] = schema;
    for (auto const* const schema : ual_schema_list)
        all[next++] = schema;
    for (auto const* const schema : file_history_schema_list)
        all[next++] = schema;
    for (auto const* const schema : bits_schema_list)
        all[next++] = schema;
    return all;
}
constexpr auto schemas = all_schemas();

}

constinit ArtefactParser const parser {
    .name = "windows_ese",
    .title = "ESE database (SRUM, User Access Logging, File History, BITS and others)",
    .version = 1,
    .reads_path = false, // its tables say what they are: a copy elsewhere adds nothing
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
