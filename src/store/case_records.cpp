// Evidence, diagnostics, dictionary, facts and findings of a case: everything that is not a trace.
#include "base/text.hpp"
#include "store/case_state.hpp"
#include "store/stored_text.hpp"
#include <algorithm>
#include <array>
#include <functional>
#include <unordered_map>

namespace konseki::store {

namespace {

struct FixedTable {
    std::string_view name;
    std::vector<std::string> columns;
    std::vector<duckdb_type> types;
};

constexpr auto u8 = DUCKDB_TYPE_UTINYINT;
constexpr auto u32 = DUCKDB_TYPE_UINTEGER;
constexpr auto u64 = DUCKDB_TYPE_UBIGINT;
constexpr auto i64 = DUCKDB_TYPE_BIGINT;
constexpr auto text = DUCKDB_TYPE_VARCHAR;

// As store/layout.cpp makes them.
std::vector<FixedTable> fixed_tables()
{
    return {
        { "evidence",
            { "number", "sha256", "size_bytes", "path", "original_path", "parent", "duplicate_of", "modified_at",
                "received_at", "modified_ns", "parser", "parser_version", "state", "is_in_vault", "host",
                "machine_path", "companions" },
            { u32, text, u64, text, text, u32, u32, i64, i64, i64, text, u32, text, DUCKDB_TYPE_BOOLEAN, text, text,
                text } },
        { "diagnostic", { "evidence", "code", "what", "offset", "need", "have", "detail", "bytes_lost" },
            { u32, text, text, u64, u64, u64, text, u64 } },
        { "host",
            { "name", "other_names", "known_from", "domain", "os", "os_build", "time_zone", "installed_at",
                "last_shutdown_at", "first_at", "last_at" },
            { text, text, text, text, text, text, text, i64, i64, i64, i64 } },
        { "evidence_host", { "evidence", "host", "how" }, { u32, text, text } },
        { "dictionary", { "key", "bytes" }, { text, DUCKDB_TYPE_BLOB } },
        { "finding",
            { "id", "analyser", "rule", "severity_rank", "title", "title_ja", "host", "first_at", "last_at", "count",
                "because_total", "attack", "explanation", "explanation_ja", "advice", "advice_ja", "source" },
            { text, text, text, u8, text, text, text, i64, i64, u64, u64, text, text, text, text, text, text } },
        { "finding_because", { "finding", "ordinal", "evidence", "offset", "schema", "seen_at" },
            { text, u32, u32, u64, text, i64 } },
        { "finding_field", { "finding", "ordinal", "position", "name", "value" }, { text, u32, u32, text, text } },
        { "finding_trace", { "finding", "ordinal", "evidence", "offset" }, { text, u32, u32, u64 } },
    };
}

EvidenceState evidence_state_from_name(std::string_view name)
{
    for (auto const state : { EvidenceState::registered, EvidenceState::examined, EvidenceState::not_recognised,
             EvidenceState::duplicate, EvidenceState::container, EvidenceState::failed }) {
        if (evidence_state_name(state) == name)
            return state;
    }
    return EvidenceState::registered; // worst case it is examined again
}

void put_evidence(TableAppender& target, Evidence const& evidence)
{
    target.put(evidence.number);
    target.put_text(to_string(evidence.sha256));
    target.put(evidence.size_bytes);
    target.put_text(evidence.path);
    target.put_text(evidence.original_path);
    target.put(evidence.parent);
    target.put(evidence.duplicate_of);
    target.put(evidence.modified_at.ticks);
    target.put(evidence.received_at.ticks);
    target.put(evidence.modified_ns);
    target.put_text(evidence.parser);
    target.put(std::uint32_t { evidence.parser_version });
    target.put_text(evidence_state_name(evidence.state));
    target.put(std::uint8_t { evidence.is_in_vault });
    target.put_text(evidence.host);
    target.put_text(evidence.machine_path);
    target.put_text(evidence.companions);
}

Evidence read_evidence(Rows const& rows)
{
    Evidence evidence;
    evidence.number = static_cast<EvidenceNumber>(rows.unsigned_integer(0));
    evidence.sha256 = Sha256::parse(rows.text(1)).value_or(Sha256 {});
    evidence.size_bytes = rows.unsigned_integer(2);
    evidence.path = rows.text(3);
    evidence.original_path = rows.text(4);
    evidence.parent = static_cast<EvidenceNumber>(rows.unsigned_integer(5));
    evidence.duplicate_of = static_cast<EvidenceNumber>(rows.unsigned_integer(6));
    evidence.modified_at = { rows.integer(7) };
    evidence.received_at = { rows.integer(8) };
    evidence.modified_ns = rows.integer(9);
    evidence.parser = rows.text(10);
    evidence.parser_version = static_cast<std::uint16_t>(rows.unsigned_integer(11));
    evidence.state = evidence_state_from_name(rows.text(12));
    evidence.is_in_vault = rows.boolean(13);
    evidence.host = rows.text(14);
    evidence.machine_path = rows.text(15);
    evidence.companions = rows.text(16);
    return evidence;
}

}

Result<TableAppender*> Case::State::table(std::string_view name)
{
    TRY(begin());
    auto const known = tables.find(name);
    if (known != tables.end())
        return known->second.get();
    for (auto const& fixed : fixed_tables()) {
        if (fixed.name == name) {
            auto& entry = tables[std::string(name)];
            entry = TRY(TableAppender::open(*connection, name, fixed.columns, fixed.types));
            return entry.get();
        }
    }
    return Error { ErrorCode::internal, "store.table", 0, 0, 0, std::string(name) };
}

Result<Rows> Case::State::rows(std::string const& sql, std::string_view what, std::span<Parameter const> parameters)
{
    if (is_writing)
        TRY(flush());
    return run_query(*connection, sql, what, parameters);
}

// Changed evidence replaces its old row: one DELETE for all of them, then the new rows.
Result<void> Case::State::write_evidence()
{
    if (pending_evidence.empty())
        return {};
    auto* const target = TRY(table("evidence"));
    TRY(target->flush());
    std::string numbers;
    for (auto const& [number, evidence] : pending_evidence)
        append_format(numbers, "{}{}", numbers.empty() ? "" : ", ", number);
    TRY(connection->run(format("DELETE FROM stored.evidence WHERE number IN ({})", numbers), "store.evidence"));
    for (auto const& [number, evidence] : pending_evidence) {
        put_evidence(*target, evidence);
        TRY(target->end_row());
    }
    pending_evidence.clear();
    return target->flush();
}

Result<EvidenceNumber> Case::add(Evidence const& evidence)
{
    auto& state = *m_state;
    TRY(state.begin());
    if (state.last_evidence == 0) {
        auto rows = TRY(state.rows("SELECT coalesce(max(number), 0::UINTEGER) FROM stored.evidence", "store.evidence"));
        state.last_evidence = rows.next() ? static_cast<EvidenceNumber>(rows.unsigned_integer(0)) : 0;
    }
    if (state.last_evidence == UINT32_MAX)
        return Error { ErrorCode::limit, "store.evidence.number", 0, 0, 0, {} };
    auto const number = ++state.last_evidence;
    auto& entry = state.pending_evidence[number];
    entry = evidence;
    entry.number = number;
    return number;
}

Result<void> Case::update(Evidence const& evidence)
{
    TRY(m_state->begin());
    m_state->pending_evidence[evidence.number] = evidence;
    return {};
}

Result<std::vector<Evidence>> Case::evidence() const
{
    auto rows = TRY(m_state->rows("SELECT number, sha256, size_bytes, path, original_path, parent, duplicate_of, "
                                  "modified_at, received_at, modified_ns, "
                                  "parser, parser_version, state, is_in_vault, host, machine_path, companions FROM "
                                  "stored.evidence ORDER BY number",
        "store.evidence"));
    std::vector<Evidence> all;
    while (rows.next())
        all.push_back(read_evidence(rows));
    TRY(rows.status());
    return all;
}

Result<void> Case::append(EvidenceNumber evidence, Diagnostic const& diagnostic)
{
    auto* const target = TRY(m_state->table("diagnostic"));
    target->put(evidence);
    target->put_text(error_code_name(diagnostic.error.code));
    target->put_text(diagnostic.error.what);
    target->put(diagnostic.error.offset);
    target->put(diagnostic.error.need);
    target->put(diagnostic.error.have);
    target->put_text(diagnostic.error.detail);
    target->put(diagnostic.bytes_lost);
    return target->end_row();
}

Result<void> Case::add_dictionary(std::string_view key, std::string_view bytes)
{
    auto& state = *m_state;
    TRY(state.begin());
    if (!state.knows_dictionary) {
        auto rows = TRY(state.rows("SELECT key FROM stored.dictionary", "store.dictionary"));
        while (rows.next())
            state.dictionary_keys.emplace(rows.text(0));
        TRY(rows.status());
        state.knows_dictionary = true;
    }
    if (!state.dictionary_keys.emplace(key).second)
        return {};
    auto* const target = TRY(state.table("dictionary"));
    target->put_text(key);
    target->put_bytes(bytes);
    return target->end_row();
}

Result<std::vector<std::pair<std::string, std::string>>> Case::dictionary() const
{
    auto rows = TRY(m_state->rows("SELECT key, bytes FROM stored.dictionary ORDER BY key", "store.dictionary"));
    std::vector<std::pair<std::string, std::string>> all;
    while (rows.next())
        all.emplace_back(rows.text(0), rows.text(1));
    TRY(rows.status());
    return all;
}

Result<void> Case::set_fact(std::string_view key, std::string_view value)
{
    TRY(m_state->begin());
    std::array<Parameter, 2> const both { std::string(key), std::string(value) };
    TRY(m_state->connection->run("DELETE FROM stored.fact WHERE key = ?", "store.fact", std::span(both).first(1)));
    return m_state->connection->run("INSERT INTO stored.fact VALUES (?, ?)", "store.fact", both);
}

Result<std::optional<std::string>> Case::fact(std::string_view key) const
{
    std::array<Parameter, 1> const parameters { std::string(key) };
    auto rows = TRY(m_state->rows("SELECT value FROM stored.fact WHERE key = ?", "store.fact", parameters));
    if (rows.next())
        return std::optional<std::string>(rows.text(0));
    TRY(rows.status());
    return std::optional<std::string> {};
}

namespace {

std::string joined(std::vector<std::string> const& words)
{
    std::string all;
    for (auto const& word : words)
        all += (all.empty() ? "" : " ") + word;
    return all;
}

// Findings on their way into the store. Two with the same id (one rule, host and first trace, but other groups) get
// "-2", "-3" …
class StoredFindings : public FindingSink {
public:
    using Store = std::function<void(Finding const&, std::string const&, std::span<TraceId const>)>;
    explicit StoredFindings(Store store)
        : m_store(std::move(store))
    {
    }
    void add(Finding const& finding, std::span<TraceId const> all_traces) override
    {
        auto const number = ++m_seen[finding.id];
        m_store(finding, number == 1 ? finding.id : format("{}-{}", finding.id, number), all_traces);
    }

private:
    Store m_store;
    std::unordered_map<std::string, std::uint32_t> m_seen;
};

}

Result<void> Case::State::store_finding(
    Finding const& finding, std::string const& id, std::span<TraceId const> all_traces)
{
    auto* const target = TRY(table("finding"));
    target->put_text(id);
    target->put_text(finding.analyser);
    target->put_text(finding.rule);
    target->put(static_cast<std::uint8_t>(finding.severity));
    target->put_text(finding.title.en);
    target->put_text(finding.title.ja);
    target->put_text(finding.host);
    target->put(finding.first_at.ticks);
    target->put(finding.last_at.ticks);
    target->put(finding.count);
    target->put(std::max<std::uint64_t>(finding.because_total, all_traces.size()));
    target->put_text(joined(finding.attack));
    for (auto const& words : { finding.explanation, finding.advice }) {
        target->put_text(words.en);
        target->put_text(words.ja);
    }
    target->put_text(finding.source);
    TRY(target->end_row());

    auto* const because_table = TRY(table("finding_because"));
    auto* const field_table = TRY(table("finding_field"));
    for (std::uint32_t ordinal = 0; ordinal < finding.because.size(); ++ordinal) {
        auto const& because = finding.because[ordinal];
        because_table->put_text(id);
        because_table->put(ordinal);
        because_table->put(because.trace.evidence);
        because_table->put(because.trace.offset);
        because_table->put_text(because.schema);
        because_table->put(because.at.ticks);
        TRY(because_table->end_row());
        for (std::uint32_t position = 0; position < because.fields.size(); ++position) {
            field_table->put_text(id);
            field_table->put(ordinal);
            field_table->put(position);
            field_table->put_text(because.fields[position].first);
            field_table->put_text(because.fields[position].second);
            TRY(field_table->end_row());
        }
    }
    auto* const trace_table = TRY(table("finding_trace"));
    for (std::uint32_t ordinal = 0; ordinal < all_traces.size(); ++ordinal) {
        trace_table->put_text(id);
        trace_table->put(ordinal);
        trace_table->put(all_traces[ordinal].evidence);
        trace_table->put(all_traces[ordinal].offset);
        TRY(trace_table->end_row());
    }
    return {};
}

Result<std::unique_ptr<FindingSink>> Case::replace_findings(std::string_view analyser)
{
    auto* const state = m_state.get();
    TRY(state->begin());
    TRY(state->flush());
    std::array<Parameter, 1> const parameters { std::string(analyser) };
    for (auto const* table : { "finding_because", "finding_field", "finding_trace" })
        TRY(state->connection->run(
            format("DELETE FROM stored.{} WHERE finding IN (SELECT id FROM stored.finding WHERE analyser = ?)", table),
            "store.findings", parameters));
    TRY(state->connection->run("DELETE FROM stored.finding WHERE analyser = ?", "store.findings", parameters));
    std::unique_ptr<FindingSink> sink = std::make_unique<StoredFindings>(
        [state](Finding const& finding, std::string const& id, std::span<TraceId const> all_traces) {
            if (state->deferred)
                return;
            auto outcome = state->store_finding(finding, id, all_traces);
            if (!outcome.ok())
                state->deferred = outcome.error(); // commit() tells
        });
    return sink;
}

namespace {

constexpr std::string_view finding_columns
    = "id, analyser, rule, severity_rank, title, title_ja, host, first_at, last_at, count, because_total, attack, "
      "explanation, explanation_ja, advice, advice_ja, source";

Finding read_finding(Rows const& rows)
{
    Finding finding;
    finding.id = rows.text(0);
    finding.analyser = rows.text(1);
    finding.rule = rows.text(2);
    finding.severity = static_cast<Severity>(
        std::min<std::uint64_t>(rows.unsigned_integer(3), static_cast<std::uint64_t>(Severity::critical)));
    finding.title = { std::string(rows.text(4)), std::string(rows.text(5)) };
    finding.host = rows.text(6);
    finding.first_at = { rows.integer(7) };
    finding.last_at = { rows.integer(8) };
    finding.count = rows.unsigned_integer(9);
    finding.because_total = rows.unsigned_integer(10);
    for (auto const word : split(rows.text(11), ' ')) {
        if (!word.empty())
            finding.attack.emplace_back(word);
    }
    finding.explanation = { std::string(rows.text(12)), std::string(rows.text(13)) };
    finding.advice = { std::string(rows.text(14)), std::string(rows.text(15)) };
    finding.source = rows.text(16);
    return finding;
}

using Places = std::unordered_map<std::string_view, Finding*>;

Result<void> read_because(Rows rows, Places const& places)
{
    while (rows.next()) {
        auto const place = places.find(rows.text(0));
        if (place == places.end())
            continue;
        Because because;
        because.trace = rows.trace(1);
        because.schema = rows.text(3);
        because.at = { rows.integer(4) };
        place->second->because.push_back(std::move(because));
    }
    return rows.status();
}

Result<void> read_fields(Rows rows, Places const& places)
{
    while (rows.next()) {
        auto const place = places.find(rows.text(0));
        auto const ordinal = rows.unsigned_integer(1);
        if (place != places.end() && ordinal < place->second->because.size())
            place->second->because[ordinal].fields.emplace_back(rows.text(2), rows.text(3));
    }
    return rows.status();
}

}

Result<std::vector<Finding>> Case::State::findings(std::string const& condition, std::span<Parameter const> parameters)
{
    std::vector<Finding> all;
    auto found = TRY(rows(format("SELECT {} FROM stored.finding {} ORDER BY severity_rank DESC, first_at, id",
                              finding_columns, condition),
        "store.findings", parameters));
    while (found.next())
        all.push_back(read_finding(found));
    TRY(found.status());
    Places places;
    for (auto& finding : all)
        places.emplace(finding.id, &finding);
    auto const only = condition.empty() ? std::string() : std::string("WHERE finding = ?");
    auto because = TRY(rows(format("SELECT finding, evidence, \"offset\", schema, seen_at FROM stored.finding_because "
                                   "{} ORDER BY finding, ordinal",
                                only),
        "store.findings", parameters));
    TRY(read_because(std::move(because), places));
    auto fields = TRY(rows(
        format("SELECT finding, ordinal, name, value FROM stored.finding_field {} ORDER BY finding, ordinal, position",
            only),
        "store.findings", parameters));
    TRY(read_fields(std::move(fields), places));
    return all;
}

Result<std::vector<Finding>> Case::findings() const
{
    return m_state->findings({}, {});
}

Result<Finding> Case::finding(std::string_view id) const
{
    std::array<Parameter, 1> const parameters { std::string(id) };
    auto found = TRY(m_state->findings("WHERE id = ?", parameters));
    if (found.empty())
        return Error { ErrorCode::not_found, "store.finding", 0, 0, 0, format("there is no finding {}", id) };
    return std::move(found.front());
}

Result<std::vector<TraceId>> Case::finding_traces(std::string_view id) const
{
    std::array<Parameter, 1> const parameters { std::string(id) };
    auto rows
        = TRY(m_state->rows("SELECT evidence, \"offset\" FROM stored.finding_trace WHERE finding = ? ORDER BY ordinal",
            "store.finding_traces", parameters));
    std::vector<TraceId> traces;
    while (rows.next())
        traces.push_back(rows.trace(0));
    TRY(rows.status());
    return traces;
}

}
