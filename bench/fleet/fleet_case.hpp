// The case of a grown fleet while it is written: pieces of evidence as a collection would have them, their rows, and,
// apart from the case, which rows belong to implants. Not what the rows say: installing.hpp, state_of_windows.hpp.
#pragma once
#include "base_state.hpp"
#include "host_plan.hpp"
#include "store/case.hpp"
#include <map>
#include <optional>
#include <set>
#include <string>

namespace konseki::fleet {

struct Label {
    std::string host, implant;
    TraceId trace;
};

// Rows go straight into batches; a batch that is full, and all at the end of a host, into the store.
class FleetCase final : public TraceSink {
public:
    FleetCase(store::Case& target, Random random)
        : m_target(target)
        , m_random(random)
    {
    }

    Result<void> begin_host(HostPlan const& plan);
    Result<void> end_host(); // writes what is left, damages what the plan says is damaged

    // The piece of evidence at that path of the current host's machine, registered when it is new.
    EvidenceNumber evidence_at(std::string_view machine_path, std::string_view parser);

    template <typename Row, typename... Members>
    void add(EvidenceNumber evidence, TypedSchema<Row, Members...> const& schema, Row const& row)
    {
        m_current = evidence;
        emit(schema, next_origin(evidence), row);
    }
    void add(EvidenceNumber evidence, StoredRows const& table, StoredRow const& row);

    // Rows added from now on belong to that implant; empty: to none.
    void set_implant(std::string name) { m_implant = std::move(name); }
    std::string const& implant() const { return m_implant; }
    std::vector<Label> take_labels() { return std::move(m_labels); }
    std::uint64_t row_count() const { return m_rows; }
    bool has_failed() const { return m_failed.has_value(); }

protected:
    TraceBatch& room_in(Schema const& schema) override;

private:
    TraceOrigin next_origin(EvidenceNumber evidence);
    void write(TraceBatch const& batch);

    store::Case& m_target;
    Random m_random;
    HostPlan const* m_plan = nullptr;
    EvidenceNumber m_archive = 0, m_current = 0, m_damaged = 0;
    std::map<std::string, EvidenceNumber, std::less<>> m_pieces;
    std::map<EvidenceNumber, std::uint64_t> m_offsets;
    std::map<std::pair<std::string_view, EvidenceNumber>, TraceBatch> m_batches;
    std::string m_implant;
    std::vector<Label> m_labels;
    std::uint64_t m_rows = 0, m_lost = 0;
    std::optional<Error> m_failed;
};

}
