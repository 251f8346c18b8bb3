#include "intake/examine.hpp"
#include "intake/ordered_parse.hpp"
#include "os/clock.hpp"
#include "os/memory.hpp"
#include "store/case.hpp"
#include <algorithm>

namespace konseki::intake {

namespace {

constexpr double progress_seconds = 0.25;
constexpr std::size_t pieces_ahead = 16; // files whose division is known before their turn

// Learns where a large file may be divided: the same question as in an examination, without the hash being of use.
class DivisionReceiver final : public JobReceiver {
public:
    explicit DivisionReceiver(Evidence const& evidence)
        : m_evidence(evidence)
    {
    }
    Result<void> on_frame(FrameKind kind, ByteView body) override
    {
        if (kind == FrameKind::identified)
            pieces = TRY(decode_identified(body, m_evidence.size_bytes)).pieces;
        return {};
    }
    void on_end(std::optional<Error> const&) override { is_over = true; }
    std::vector<ByteRange> pieces;
    bool is_over = false;

private:
    Evidence const& m_evidence;
};

struct Waiting {
    Evidence evidence;
    std::unique_ptr<DivisionReceiver> division; // null: not needed
};

class Scanner final : public ParseConsumer {
public:
    Scanner(Registry const& registry, os::WorkerServer& server, ScanOptions const& options,
        BatchReceiver const& on_rows, DiagnosticReceiver const& on_problem, ProgressSink& progress)
        : m_options(options)
        , m_on_rows(on_rows)
        , m_on_problem(on_problem)
        , m_progress(progress)
        , m_workers(options.workers == 0 ? os::processor_count() : options.workers)
        , m_crew(server, m_workers,
              { { FrameKind::configure,
                  encode(Configuration { options.watcher, options.watcher_configuration, false }) } })
        , m_parse(options.schemas, options.limits, m_workers, *this)
        , m_companions(registry)
        , m_started(os::steady_seconds())
    {
    }

    Result<void> run(std::vector<Evidence> evidence, std::stop_token const& stop)
    {
        for (auto const& item : evidence)
            m_bytes_total += item.size_bytes;
        m_files_total = evidence.size();
        std::size_t next = 0;
        while (!stop.stop_requested()) {
            while (next < evidence.size() && m_waiting.size() < pieces_ahead)
                TRY(take(evidence[next++]));
            hand_over();
            TRY(give_work());
            TRY(m_parse.drain());
            show_progress(false);
            if (next == evidence.size() && m_waiting.empty() && m_parse.is_empty())
                break;
            TRY(m_crew.step(100));
        }
        m_crew.dismiss();
        show_progress(true);
        if (stop.stop_requested())
            return Error { ErrorCode::cancelled, "scan", 0, 0, 0, {} };
        return {};
    }

    Result<void> on_batch(Evidence const&, TraceBatch const& batch) override
    {
        m_records += batch.row_count();
        m_on_rows(batch);
        return {};
    }
    // Only what keeps bytes from being read again is news; the rest is in the case since the examination.
    Result<void> on_diagnostic(Evidence const& evidence, Diagnostic const& diagnostic) override
    {
        if (m_options.whole_files || diagnostic.error.code == ErrorCode::worker_died
            || diagnostic.error.code == ErrorCode::timeout || diagnostic.error.what.starts_with("evidence.")
            || diagnostic.error.what.starts_with("file."))
            m_on_problem(evidence.number, diagnostic);
        return {};
    }
    Result<void> on_entry(Evidence const&, std::string_view, std::string_view) override { return {}; }
    Result<void> on_piece_done(Evidence const&, ByteRange piece) override
    {
        m_bytes_done += piece.size;
        return {};
    }
    Result<void> on_task_done(ParseTask const&, std::vector<ByteRange> const&) override
    {
        ++m_files_done;
        return {};
    }

private:
    Result<void> take(Evidence const& evidence)
    {
        m_waiting.push_back({ evidence, nullptr });
        if (m_options.whole_files)
            m_waiting.back().evidence.parser.clear();
        return {};
    }

    ArtefactParser const* parser_of(Evidence const& evidence) const
    {
        for (auto const* parser : m_options.parsers) {
            if (parser->name == evidence.parser)
                return parser;
        }
        return nullptr;
    }

    bool needs_division(Evidence const& evidence) const
    {
        auto const* const parser = parser_of(evidence);
        return parser != nullptr && parser->split != nullptr && evidence.size_bytes > m_options.piece_bytes;
    }

    // In order: the first of the waiting decides.
    void hand_over()
    {
        while (!m_waiting.empty()) {
            auto& front = m_waiting.front();
            auto const is_divided = front.division != nullptr && front.division->is_over;
            if (needs_division(front.evidence) && !is_divided)
                return;
            auto pieces = is_divided ? std::move(front.division->pieces) : std::vector<ByteRange> {};
            if (pieces.empty())
                pieces.push_back({ 0, front.evidence.size_bytes });
            auto const* const parser = parser_of(front.evidence);
            auto companions
                = parser == nullptr ? std::vector<CompanionFile> {} : m_companions.of(front.evidence, *parser);
            m_parse.add({ std::move(front.evidence), std::move(pieces), Pass::first, true, std::move(companions) });
            m_waiting.pop_front();
        }
    }

    Result<bool> divide_one()
    {
        for (auto& item : m_waiting) {
            if (item.division != nullptr || !needs_division(item.evidence))
                continue;
            item.division = std::make_unique<DivisionReceiver>(item.evidence);
            auto file = open_registered(item.evidence);
            if (!file.ok()) {
                item.division->is_over = true; // parsing will say why
                return true;
            }
            JobText job;
            job.kind = JobKind::divide;
            job.size_bytes = item.evidence.size_bytes;
            job.name = name_of(item.evidence);
            job.parser = item.evidence.parser;
            job.piece_bytes = m_options.piece_bytes;
            TRY(m_crew.give({ encode(job), std::move(file).value(),
                static_cast<double>(m_options.limits.piece_seconds_max), true, item.division.get() }));
            return true;
        }
        return false;
    }

    Result<void> give_work()
    {
        while (m_crew.has_room()) {
            if (m_parse.wants_dispatch())
                TRY(m_parse.dispatch(m_crew));
            else if (!TRY(divide_one()))
                return {};
        }
        return {};
    }

    void show_progress(bool is_last)
    {
        auto const now = os::steady_seconds();
        if (!is_last && now - m_last_progress < progress_seconds)
            return;
        m_last_progress = now;
        Progress progress;
        progress.phase = "scan";
        progress.files_total = m_files_total;
        progress.files_done = m_files_done;
        progress.bytes_total = m_bytes_total;
        progress.bytes_done = m_bytes_done;
        progress.records = m_records;
        progress.seconds = now - m_started;
        progress.megabytes_per_second = static_cast<double>(m_bytes_done) / std::max(progress.seconds, 0.001) / 1e6;
        progress.records_per_second = static_cast<double>(m_records) / std::max(progress.seconds, 0.001);
        if (m_bytes_done > 0)
            progress.seconds_left = progress.seconds
                * static_cast<double>(m_bytes_total - std::min(m_bytes_total, m_bytes_done))
                / static_cast<double>(m_bytes_done);
        m_progress.on_progress(progress);
    }

    ScanOptions const& m_options;
    BatchReceiver const& m_on_rows;
    DiagnosticReceiver const& m_on_problem;
    ProgressSink& m_progress;
    unsigned m_workers;
    std::deque<Waiting> m_waiting;
    Crew m_crew;
    OrderedParse m_parse;
    Companions m_companions;
    double m_started, m_last_progress = 0;
    std::uint64_t m_files_total = 0, m_files_done = 0, m_bytes_total = 0, m_bytes_done = 0, m_records = 0;
};

}

Result<void> scan(store::Case const& source, os::WorkerServer& server, ScanOptions const& options,
    BatchReceiver const& on_batch, DiagnosticReceiver const& on_diagnostic, ProgressSink& progress,
    std::stop_token const& stop)
{
    std::vector<Evidence> chosen;
    Registry const registry { TRY(source.evidence()) };
    for (auto const& evidence : registry.all()) {
        auto const is_wanted = options.evidence.empty()
            || std::ranges::find(options.evidence, evidence.number) != options.evidence.end();
        auto const has_bytes = options.whole_files && evidence.state != EvidenceState::failed;
        if (is_wanted && (evidence.state == EvidenceState::examined || has_bytes))
            chosen.push_back(evidence);
    }
    Scanner scanner { registry, server, options, on_batch, on_diagnostic, progress };
    return scanner.run(std::move(chosen), stop);
}

}
