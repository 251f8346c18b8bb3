// Runs the YARA rules over each file (in the worker) and leaves yara.match rows and one yara.scan row.
// Not findings: analyser.hpp folds the rows when everything is scanned.
#pragma once
#include "record/bytes_watcher.hpp"
#include "rules/yara/scanner.hpp"

namespace konseki::yara {

// Views the rule set and the sink, which must outlive it. One per worker.
class ScanWatcher final : public BytesWatcher {
public:
    ScanWatcher(RuleSet const& rules, TraceSink& sink);
    void on_bytes(EvidenceView const& evidence, DiagnosticSink& diagnostics) override;

private:
    RuleSet const& m_rules;
    TraceSink& m_sink;
    Scanner m_scanner;
};

}
