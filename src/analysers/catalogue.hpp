// The shape of an analyser, and every analyser the program contains (generated from the folders of src/analysers/).
#pragma once
#include "base/limits.hpp"
#include "record/finding.hpp"
#include "record/trace_batch.hpp"
#include "rules/side_loading/side_loading.hpp"
#include "rules/sigma/rule_set.hpp"
#include "store/case.hpp"
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

namespace konseki::stacking {
struct Baseline; // analysers/stacking/baseline.hpp
}

namespace konseki {

// Rows that an analyser derives from traces (ranked items and their terms): tables like those of traces, so that query,
// list and exports know them. Each row stands at its principal trace. The schemas' names begin with "host." or "fleet."
// and they are in `emits`; all their earlier rows are dropped before the analyser runs.
class DerivedRows {
public:
    virtual ~DerivedRows() = default;

    template <typename Row, typename... Members>
    void add(TypedSchema<Row, Members...> const& schema, TraceId principal, Row const& row)
    {
        room_in(schema.erased, principal.evidence).append(schema, { principal.offset, 0, false }, row);
    }

    // Nothing more comes for a while: what is held back may leave memory. For analysers that write by the million.
    virtual void flush() { }

protected:
    // A batch of that schema and evidence with room for one row; what fails is told when the analyser is done.
    virtual TraceBatch& room_in(Schema const& schema, EvidenceNumber evidence) = 0;
};

struct AnalyserInputs {
    store::Case const& store; // read only
    sigma::RuleSet const& sigma_rules;
    Limits const& limits = default_limits;
    std::stop_token stop;
    DerivedRows* derived = nullptr; // set for analysers with `emits`
    side_loading::Catalogue const* side_loading = nullptr; // absent where none was given
    stacking::Baseline const* baseline = nullptr; // known-good states; absent where none was given
};

struct Analyser {
    std::string_view name; // folder name
    std::string_view title;
    std::uint16_t version = 1;
    std::span<std::string_view const> needs; // schemas it reads
    std::span<Schema const* const> emits {}; // schemas of derived rows
    std::span<std::string_view const> after {}; // analysers whose findings or rows it reads
    Result<void> (*run)(AnalyserInputs const& inputs, FindingSink& findings)
        = nullptr; // deterministic: ORDER BY in every query
};

std::span<Analyser const* const> analysers(); // by name
std::vector<Analyser const*> analysers_in_order(); // each behind those that it names in `after`

}
