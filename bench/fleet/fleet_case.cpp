#include "fleet_case.hpp"
#include "base/text.hpp"
#include "bytes/sha256.hpp"
#include <algorithm>

namespace konseki::fleet {

namespace {

Sha256 identity_of(std::string_view words)
{
    return sha256(as_bytes(words));
}

}

Result<void> FleetCase::begin_host(HostPlan const& plan)
{
    m_plan = &plan;
    m_pieces.clear();
    m_offsets.clear();
    m_damaged = 0;
    Evidence archive;
    archive.original_path = format("{}.zip", plan.name);
    archive.path = format("/fleet/{}", archive.original_path);
    archive.sha256 = identity_of(archive.path);
    archive.state = EvidenceState::container;
    archive.received_at = plan.collected_at;
    archive.host = plan.name;
    m_archive = TRY(m_target.add(archive));
    return {};
}

EvidenceNumber FleetCase::evidence_at(std::string_view machine_path, std::string_view parser)
{
    auto const known = m_pieces.find(machine_path);
    if (known != m_pieces.end())
        return known->second;
    Evidence piece;
    piece.machine_path = machine_path;
    piece.original_path = machine_path;
    std::replace(piece.original_path.begin(), piece.original_path.end(), '\\', '/');
    if (auto const colon = piece.original_path.find(':'); colon != std::string::npos)
        piece.original_path.erase(colon, 1); // "C/Windows/…", as KAPE and CyLR have it
    piece.path = format("/fleet/{}/{}", m_plan->name, piece.original_path);
    piece.sha256 = identity_of(piece.path);
    piece.size_bytes = 1U << 20;
    piece.parent = m_archive;
    piece.received_at = m_plan->collected_at;
    piece.parser = parser;
    piece.parser_version = 1;
    piece.state = EvidenceState::examined;
    piece.host = m_plan->name;
    auto const number = m_target.add(piece);
    if (!number.ok()) {
        m_failed = number.error();
        return 0;
    }
    if (m_plan->collected.is_damaged && m_damaged == 0 && m_random.chance(0.25))
        m_damaged = number.value();
    return m_pieces.emplace(std::string(machine_path), number.value()).first->second;
}

TraceOrigin FleetCase::next_origin(EvidenceNumber evidence)
{
    // Implants are installed after products: where a row lies must not tell of that.
    constexpr std::uint64_t row_bytes = 128, page_rows = 8'192, odd = 5'167;
    auto const number = ++m_offsets[evidence];
    auto const offset = row_bytes * (number / page_rows * page_rows + number * odd % page_rows);
    ++m_rows;
    if (!m_implant.empty())
        m_labels.push_back({ m_plan->name, m_implant, { evidence, offset } });
    return { offset, row_bytes, false };
}

void FleetCase::add(EvidenceNumber evidence, StoredRows const& table, StoredRow const& row)
{
    m_current = evidence;
    auto& batch = room_in(*table.schema);
    batch.begin_row(next_origin(evidence));
    for (std::size_t at = 0; at < row.cells.size(); ++at) {
        auto const& cell = row.cells[at];
        auto const type = table.schema->column_array.at(at).type;
        if (cell.is_null && type == ColumnType::symbol)
            batch.put_symbol({});
        else if (cell.is_null)
            batch.put_absent();
        else if (type == ColumnType::text)
            batch.put_text(cell.text);
        else if (type == ColumnType::symbol)
            batch.put_symbol(cell.text);
        else
            batch.put_number(cell.number);
    }
}

TraceBatch& FleetCase::room_in(Schema const& schema)
{
    auto const key = std::pair { schema.name, m_current };
    auto place = m_batches.find(key);
    if (place != m_batches.end() && place->second.is_full()) {
        write(place->second);
        m_batches.erase(place);
        place = m_batches.end();
    }
    return place != m_batches.end() ? place->second
                                    : m_batches.emplace(key, TraceBatch(schema, m_current)).first->second;
}

// A damaged piece gives the first half of its rows, and says so.
void FleetCase::write(TraceBatch const& batch)
{
    if (batch.evidence() == m_damaged && batch.row_count() > 1 && m_lost == 0) {
        m_lost = batch.row_count();
        auto const told = m_target.append(m_damaged,
            Diagnostic {
                { ErrorCode::truncated, "fleet.damaged_piece", 0, batch.row_count(), 0, {} }, batch.row_count() });
        if (!told.ok())
            m_failed = told.error();
        return;
    }
    auto const written = m_failed ? Result<void>() : m_target.append(batch);
    if (!written.ok())
        m_failed = written.error();
}

Result<void> FleetCase::end_host()
{
    for (auto const& [key, batch] : m_batches)
        write(batch);
    m_batches.clear();
    m_lost = 0;
    if (m_failed)
        return *m_failed;
    if (m_target.uncommitted_rows() > store::Case::commit_rows)
        TRY(m_target.commit());
    return {};
}

}
