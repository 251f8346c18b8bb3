// Evidence in, a filled case out: walks inputs, registers, unpacks, parses in workers, commits. Also scan and render.
// Not a judge: it says what is there and what could not be read; analysers say what it means.
#pragma once
#include "base/limits.hpp"
#include "intake/evidence_worker.hpp"
#include "os/worker.hpp"
#include "record/evidence.hpp"
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace konseki::store {
class Case;
}

namespace konseki::intake {

struct Unpacked {
    std::uint64_t members = 0, bytes = 0;
};

struct Progress {
    std::string_view phase; // "walk", "examine", "second pass", "scan"
    std::uint64_t files_total = 0, files_done = 0; // evidence, members of archives included as they become known
    std::uint64_t bytes_total = 0, bytes_done = 0;
    std::uint64_t records = 0; // rows of all schemas
    double seconds = 0; // since the start
    double megabytes_per_second = 0, records_per_second = 0; // over the last seconds
    std::optional<double> seconds_left;
    std::string_view current; // original path of the evidence whose results are being stored, or of what is unpacked
    std::optional<Unpacked> unpacked; // of `current` so far, where nothing else goes on
};

class ProgressSink {
public:
    virtual ~ProgressSink() = default;
    virtual void on_progress(Progress const& progress) = 0; // about four times a second and once at the end
};

struct ExamineOptions {
    std::vector<std::filesystem::path> inputs;
    std::span<ArtefactParser const* const> parsers; // usually artefact_parsers(); the same as the workers'
    std::span<Schema const* const> schemas; // all that may arrive: the parsers' and the watcher's
    unsigned workers = 0; // 0: one per processor
    bool copy_into_vault = false;
    bool examine_again = false; // even what is done and unchanged
    std::string watcher, watcher_configuration; // a WatcherFactory's name; empty: none
    std::vector<std::string> passwords, keys; // of encrypted archives; keys in PEM. Kept nowhere
    std::string rules_fingerprint; // a change re-examines all evidence of the case
    std::uint64_t piece_bytes = 4ULL << 20; // of files whose parser can divide them
    double commit_seconds = 10.0; // complete evidence is made durable at least that often; 0: each one at once
    double progress_seconds = 0.25; // between two reports of progress
    Limits limits = default_limits;
};

struct ExamineSummary {
    std::uint64_t evidence_total = 0; // in the case now
    std::uint64_t examined = 0, not_recognised = 0, duplicates = 0, containers = 0, failed = 0; // handled in this run
    std::uint64_t unchanged = 0; // done by an earlier run
    std::uint64_t links_skipped = 0, special_skipped = 0;
    std::uint64_t records = 0, diagnostics = 0;
    std::uint64_t diagnostics_with_loss = 0, bytes_lost = 0; // "diagnostics that cost evidence" of this run
    std::uint64_t workers_died = 0;
    std::uint64_t bytes = 0; // read of inputs and members
    double seconds = 0;
    bool was_stopped = false;
    std::uint64_t files_left = 0; // known but not done, when stopped
};

// Fails only when it cannot work at all (store, disk full, no workers); what happens to evidence is a diagnostic.
Result<ExamineSummary> examine(store::Case& target, os::WorkerServer& server, ExamineOptions const& options,
    ProgressSink& progress, std::stop_token const& stop);

struct ScanOptions {
    std::vector<EvidenceNumber> evidence; // empty: all that is examined
    // No parser runs: the watcher gets each file as it is, and `evidence` may name any that can be read.
    bool whole_files = false;
    std::span<ArtefactParser const* const> parsers;
    std::span<Schema const* const> schemas; // the watcher's
    unsigned workers = 0;
    std::string watcher, watcher_configuration;
    std::uint64_t piece_bytes = 4ULL << 20;
    Limits limits = default_limits;
};

// Reads the evidence again and hands the watcher's rows over in evidence order; nothing is stored. Diagnostics about
// evidence that cannot be read again come through the second callback.
using BatchReceiver = std::function<void(TraceBatch const&)>;
using DiagnosticReceiver = std::function<void(EvidenceNumber, Diagnostic const&)>;
Result<void> scan(store::Case const& source, os::WorkerServer& server, ScanOptions const& options,
    BatchReceiver const& on_batch, DiagnosticReceiver const& on_diagnostic, ProgressSink& progress,
    std::stop_token const& stop);

// Traces again as their format renders them ("xml", "json"). A trace that cannot be rendered gives an empty text.
Result<std::vector<std::string>> render(store::Case const& source, os::WorkerServer& server,
    std::span<ArtefactParser const* const> parsers, std::span<TraceId const> traces, std::string_view form);

// The bytes of one piece of evidence around a trace, for a hex view. Refuses when the file is no longer the registered
// one.
Result<std::string> read_evidence(Evidence const& evidence, ByteRange range);

}
