#include "intake/ordered_parse.hpp"
#include <algorithm>

namespace konseki::intake {

namespace {
constexpr std::uint64_t held_bytes_max = 64ULL << 20;
constexpr std::uint64_t interned_words_max = 10'000; // a worker that invents words is not believed for ever
constexpr double seconds_per_mebibyte = 1.0;
}

std::string_view InternedWords::keep(std::string_view word)
{
    auto const known = m_words.find(word);
    if (known != m_words.end())
        return *known;
    if (m_words.size() >= interned_words_max)
        return "worker.diagnostic";
    return *m_words.emplace(word.substr(0, 200)).first;
}

std::string_view name_of(Evidence const& evidence)
{
    return evidence.machine_path.empty() ? evidence.original_path : evidence.machine_path;
}

Result<os::Descriptor> open_registered(Evidence const& evidence)
{
    auto file = TRY(os::open_for_reading(evidence.path));
    auto const facts = TRY(os::facts_of(file));
    if (facts.size_bytes != evidence.size_bytes || facts.modified_ns != evidence.modified_ns)
        return Error { ErrorCode::bad_value, "evidence.changed", 0, evidence.size_bytes, facts.size_bytes,
            evidence.path };
    return file;
}

std::vector<std::pair<std::string, os::Descriptor>> open_companions(
    std::vector<CompanionFile> const& companions, std::vector<Diagnostic>& diagnostics)
{
    std::vector<std::pair<std::string, os::Descriptor>> files;
    for (auto const& companion : companions) {
        auto file = open_companion(companion);
        if (file.ok())
            files.emplace_back(encode(CompanionText { companion.name, companion.size_bytes }), std::move(file).value());
        else
            diagnostics.push_back({ file.error(), 1 });
    }
    return files;
}

// What arrived in one frame.
struct OrderedParse::Held {
    std::optional<TraceBatch> batch;
    std::vector<Diagnostic> diagnostics;
    std::vector<std::pair<std::string, std::string>> entries;
    std::uint64_t bytes = 0;
};

class OrderedParse::Piece final : public JobReceiver {
public:
    Piece(OrderedParse& owner, EvidenceNumber evidence, ByteRange piece_range)
        : range(piece_range)
        , m_owner(owner)
        , m_evidence(evidence)
    {
    }

    Result<void> on_frame(FrameKind kind, ByteView body) override
    {
        Held item;
        item.bytes = body.size();
        switch (kind) {
        case FrameKind::batch:
            item.batch = TRY(TraceBatch::decode(body, m_owner.m_schemas));
            if (item.batch->evidence() != m_evidence)
                return Error { ErrorCode::bad_value, "batch.evidence", 0, m_evidence, item.batch->evidence(), {} };
            break;
        case FrameKind::diagnostics:
            item.diagnostics = TRY(decode_diagnostics(body));
            for (auto& diagnostic : item.diagnostics)
                diagnostic.error.what = m_owner.m_words.keep(diagnostic.error.what);
            break;
        case FrameKind::entries:
            for (auto const& [key, bytes] : TRY(decode_entries(body)))
                item.entries.emplace_back(key, bytes);
            break;
        case FrameKind::done: wants_second_pass = TRY(decode_done(body)).wants_second_pass; return {};
        default: return Error { ErrorCode::bad_value, "worker.frame_kind", 0, 0, static_cast<std::uint64_t>(kind), {} };
        }
        held_bytes += item.bytes;
        m_owner.m_held_bytes += item.bytes;
        held.push_back(std::move(item));
        return {};
    }

    void on_end(std::optional<Error> const& reason) override
    {
        death = reason;
        is_over = true;
    }

    // The head may always send: everything waits for it.
    bool is_full() const override { return held_bytes > m_owner.m_held_per_piece_max && !m_owner.is_head(*this); }

    ByteRange range;
    std::deque<Held> held;
    std::uint64_t held_bytes = 0;
    std::optional<Error> death;
    bool is_over = false;
    bool wants_second_pass = false;

private:
    OrderedParse& m_owner;
    EvidenceNumber m_evidence;
};

struct OrderedParse::Task {
    ParseTask task;
    std::vector<std::unique_ptr<Piece>> pieces; // made when given out
    std::size_t next_to_dispatch = 0, next_to_consume = 0;
    std::vector<ByteRange> second_pass_pieces;
    std::uint64_t diagnostics = 0, diagnostics_left_out = 0, bytes_lost_left_out = 0;
};

OrderedParse::OrderedParse(
    std::span<Schema const* const> schemas, Limits const& limits, unsigned workers, ParseConsumer& consumer)
    : m_schemas(schemas)
    , m_limits(limits)
    , m_held_per_piece_max(std::max<std::uint64_t>(1ULL << 20, held_bytes_max / std::max(1U, workers)))
    , m_consumer(consumer)
{
}

OrderedParse::~OrderedParse() = default;

void OrderedParse::add(ParseTask task)
{
    VERIFY(!task.pieces.empty());
    auto added = std::make_unique<Task>();
    added->pieces.resize(task.pieces.size());
    added->task = std::move(task);
    m_tasks.push_back(std::move(added));
}

bool OrderedParse::is_head(Piece const& piece) const
{
    if (m_tasks.empty())
        return false;
    auto const& front = *m_tasks.front();
    return front.next_to_consume < front.pieces.size() && front.pieces[front.next_to_consume].get() == &piece;
}

bool OrderedParse::wants_dispatch() const
{
    if (m_dispatch_task >= m_tasks.size())
        return false;
    auto const& task = *m_tasks[m_dispatch_task];
    auto const is_next_to_consume = m_dispatch_task == 0 && task.next_to_dispatch == task.next_to_consume;
    return is_next_to_consume || m_held_bytes < held_bytes_max;
}

Result<void> OrderedParse::dispatch(Crew& crew)
{
    auto& task = *m_tasks[m_dispatch_task];
    auto const index = task.next_to_dispatch++;
    if (task.next_to_dispatch == task.pieces.size())
        ++m_dispatch_task;
    auto const& evidence = task.task.evidence;
    task.pieces[index] = std::make_unique<Piece>(*this, evidence.number, task.task.pieces[index]);
    auto& piece = *task.pieces[index];

    auto file = open_registered(evidence);
    if (!file.ok()) {
        piece.on_end(file.error());
        return {};
    }
    JobText job;
    job.kind = JobKind::parse;
    job.evidence = evidence.number;
    job.size_bytes = evidence.size_bytes;
    job.name = name_of(evidence);
    job.modified_at = evidence.modified_at;
    job.parser = evidence.parser;
    job.range = piece.range;
    job.is_first_piece = piece.range.offset == 0;
    job.is_last_piece = task.task.is_whole ? index + 1 == task.pieces.size()
                                           : piece.range.offset + piece.range.size == evidence.size_bytes;
    job.pass = task.task.pass;
    auto const seconds
        = m_limits.piece_seconds_max + static_cast<double>(piece.range.size) / (1 << 20) * seconds_per_mebibyte;
    Held lost;
    auto companions = open_companions(task.task.companions, lost.diagnostics);
    if (!lost.diagnostics.empty() && index == 0)
        piece.held.push_back(std::move(lost));
    return crew.give({ encode(job), std::move(file).value(), seconds, false, &piece, std::move(companions) });
}

Result<void> OrderedParse::report(Task& task, Diagnostic const& diagnostic)
{
    if (++task.diagnostics <= m_limits.diagnostics_per_evidence_max)
        return m_consumer.on_diagnostic(task.task.evidence, diagnostic);
    ++task.diagnostics_left_out;
    task.bytes_lost_left_out += diagnostic.bytes_lost;
    return {};
}

Result<void> OrderedParse::consume(Task& task, Held const& held)
{
    if (held.batch) {
        m_is_partial = true;
        TRY(m_consumer.on_batch(task.task.evidence, *held.batch));
    }
    for (auto const& diagnostic : held.diagnostics) {
        m_is_partial = true;
        TRY(report(task, diagnostic));
    }
    for (auto const& [key, bytes] : held.entries)
        TRY(m_consumer.on_entry(task.task.evidence, key, bytes));
    return {};
}

Result<void> OrderedParse::consume(Task& task, Piece& piece)
{
    while (!piece.held.empty()) {
        auto const held = std::move(piece.held.front());
        piece.held.pop_front();
        piece.held_bytes -= held.bytes;
        m_held_bytes -= held.bytes;
        TRY(consume(task, held));
    }
    return {};
}

Result<void> OrderedParse::finish_front()
{
    auto& task = *m_tasks.front();
    auto const& evidence = task.task.evidence;
    if (task.diagnostics_left_out > 0)
        TRY(m_consumer.on_diagnostic(evidence,
            { { ErrorCode::limit, "diagnostics_per_evidence", 0, task.diagnostics,
                  m_limits.diagnostics_per_evidence_max, {} },
                task.bytes_lost_left_out }));
    // Read while somebody wrote it: the rows are what was seen, the remark says that it moved.
    if (auto const still = open_registered(evidence); !still.ok() && still.error().what == "evidence.changed"
        && task.next_to_dispatch > 0 && !task.pieces.front()->death)
        TRY(m_consumer.on_diagnostic(evidence, { still.error(), 1 }));
    TRY(m_consumer.on_task_done(task.task, task.second_pass_pieces));
    m_tasks.pop_front();
    --m_dispatch_task;
    m_is_partial = false;
    return {};
}

Result<void> OrderedParse::drain()
{
    while (!m_tasks.empty()) {
        auto& task = *m_tasks.front();
        auto* const piece = task.pieces[task.next_to_consume].get();
        if (piece == nullptr)
            return {};
        TRY(consume(task, *piece));
        if (!piece->is_over)
            return {};
        if (piece->death)
            TRY(report(task,
                { { piece->death->code, piece->death->what, piece->range.offset, piece->death->need, piece->death->have,
                      piece->death->detail },
                    piece->range.size }));
        if (piece->wants_second_pass)
            task.second_pass_pieces.push_back(piece->range);
        TRY(m_consumer.on_piece_done(task.task.evidence, piece->range));
        m_is_partial = true;
        task.pieces[task.next_to_consume++].reset();
        if (task.next_to_consume == task.pieces.size())
            TRY(finish_front());
    }
    return {};
}

Evidence const* OrderedParse::partly_consumed() const
{
    return m_is_partial && !m_tasks.empty() ? &m_tasks.front()->task.evidence : nullptr;
}

}
