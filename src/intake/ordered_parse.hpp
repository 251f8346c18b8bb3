// Parses evidence in pieces on a crew and hands the results over in evidence order, piece by piece, whatever order they
// arrive in. Not a store: the consumer decides what happens to rows.
#pragma once
#include "intake/companions.hpp"
#include "intake/crew.hpp"
#include "record/evidence.hpp"
#include "record/trace_batch.hpp"
#include <deque>
#include <set>

namespace konseki::intake {

struct ParseTask {
    Evidence evidence;
    std::vector<ByteRange> pieces; // at least one
    Pass pass = Pass::first;
    bool is_whole = true; // the pieces are the whole file: the first and last one are told so
    std::vector<CompanionFile> companions {};
};

// Descriptors of companions for a job; one that is no longer what was found is left out and told about.
std::vector<std::pair<std::string, os::Descriptor>> open_companions(
    std::vector<CompanionFile> const& companions, std::vector<Diagnostic>& diagnostics);

// Called in evidence order; an error (the store's) ends the run.
class ParseConsumer {
public:
    virtual ~ParseConsumer() = default;
    virtual Result<void> on_batch(Evidence const& evidence, TraceBatch const& batch) = 0;
    virtual Result<void> on_diagnostic(Evidence const& evidence, Diagnostic const& diagnostic) = 0;
    virtual Result<void> on_entry(Evidence const& evidence, std::string_view key, std::string_view bytes) = 0;
    virtual Result<void> on_piece_done(Evidence const& evidence, ByteRange piece) = 0;
    virtual Result<void> on_task_done(ParseTask const& task, std::vector<ByteRange> const& second_pass_pieces) = 0;
};

// Keeps text that diagnostics point to (Error::what views a literal in the worker, nothing here).
class InternedWords {
public:
    std::string_view keep(std::string_view word);

private:
    std::set<std::string, std::less<>> m_words;
};

// Opens evidence for a job, and refuses when it is no longer the file that was registered.
Result<os::Descriptor> open_registered(Evidence const& evidence);

// What a parser is told that the evidence was called: on its machine when that is known.
std::string_view name_of(Evidence const& evidence);

class OrderedParse {
public:
    OrderedParse(
        std::span<Schema const* const> schemas, Limits const& limits, unsigned workers, ParseConsumer& consumer);
    ~OrderedParse();
    OrderedParse(OrderedParse const&) = delete;
    OrderedParse& operator=(OrderedParse const&) = delete;

    void add(ParseTask task);
    bool is_empty() const { return m_tasks.empty(); }
    std::size_t task_count() const { return m_tasks.size(); }
    bool wants_dispatch() const; // there is a piece that may be given to a crew
    Result<void> dispatch(Crew& crew); // one piece; requires wants_dispatch() and crew.has_room()
    Result<void> drain(); // consumes what has arrived, in order
    // The evidence whose results have been handed over in part; nullptr at a boundary.
    Evidence const* partly_consumed() const;

private:
    struct Held;
    class Piece;
    struct Task;

    Result<void> consume(Task& task, Piece& piece);
    Result<void> consume(Task& task, Held const& held);
    Result<void> finish_front();
    Result<void> report(Task& task, Diagnostic const& diagnostic);
    bool is_head(Piece const& piece) const;

    std::span<Schema const* const> m_schemas;
    Limits m_limits;
    std::uint64_t m_held_per_piece_max;
    ParseConsumer& m_consumer;
    std::deque<std::unique_ptr<Task>> m_tasks;
    std::size_t m_dispatch_task = 0; // index into m_tasks of the next piece to give
    std::uint64_t m_held_bytes = 0; // arrived, not yet consumed
    InternedWords m_words;
    bool m_is_partial = false;
};

}
