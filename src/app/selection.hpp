// Events chosen while the evidence is read again: header filter, ad-hoc Sigma terms, text, and the values of chosen
// fields. Runs in workers; the rows come back through intake::scan. Not the index: where the index knows the answer, it
// is asked instead.
#pragma once
#include "app/event_filter.hpp"
#include "app/event_line.hpp"
#include "app/evidence_access.hpp"
#include "record/schema.hpp"
#include "rules/search/search.hpp"
#include "rules/sigma/rule_set.hpp"
#include <optional>

namespace konseki::app {

struct SelectedEvent {
    Timestamp written_at;
    std::uint32_t event_id = 0;
    std::uint64_t record_id = 0;
    Symbol channel, provider, computer, user_sid;
    std::uint8_t level = 0;
    std::uint16_t task = 0;
    std::uint8_t opcode = 0;
    std::uint64_t keywords = 0;
    std::uint8_t version = 0;
    std::uint32_t process_id = 0, thread_id = 0;
    std::string_view values;
};

inline constexpr auto selected_schema = schema("selection.event", "An event that a selection chose; never stored",
    field("written_at", &SelectedEvent::written_at, "TimeCreated, UTC"),
    field("event_id", &SelectedEvent::event_id, "EventID"),
    field("record_id", &SelectedEvent::record_id, "EventRecordID"),
    field("channel", &SelectedEvent::channel, "Channel"), field("provider", &SelectedEvent::provider, "Provider"),
    field("computer", &SelectedEvent::computer, "Computer"),
    field("user_sid", &SelectedEvent::user_sid, "Security/UserID"), field("level", &SelectedEvent::level, "Level"),
    field("task", &SelectedEvent::task, "Task"), field("opcode", &SelectedEvent::opcode, "Opcode"),
    field("keywords", &SelectedEvent::keywords, "Keywords"), field("version", &SelectedEvent::version, "Version"),
    field("process_id", &SelectedEvent::process_id, "Execution/ProcessID"),
    field("thread_id", &SelectedEvent::thread_id, "Execution/ThreadID"),
    field("values", &SelectedEvent::values, "For each chosen field \"-\" or its size, a colon and its text"));

// Compiled before the fork, shared by the workers.
struct Selection {
    EventFilter filter;
    std::optional<sigma::RuleSet> terms; // --where
    std::optional<search::Search> texts; // --text
    std::size_t text_count = 0; // all of them must be found
    std::vector<std::string> fields; // whose text is wanted
};

intake::WatcherFactory selection_watcher(Selection const& selection); // named "selection"
intake::WatcherFactory search_watcher(search::Search const& search); // named "search": rows of search.hit

// Reads what the filter's evidence holds and gives the chosen events ordered by time and trace. Beyond rows_max the
// scan ends and `is_cut` says so.
struct SelectedRows {
    std::vector<EventLine> rows;
    bool is_cut = false;
    std::uint64_t unread = 0; // diagnostics about evidence that could not be read again
};
Result<SelectedRows> select_events(
    Context& context, EvidenceAccess& access, store::Case const& source, Selection const& selection);

// One scan with the common settings. on_diagnostic counts what cost evidence and remarks on it.
Result<std::uint64_t> scan_evidence(Context& context, EvidenceAccess& access, store::Case const& source,
    std::string_view watcher, std::span<Schema const* const> schemas, std::vector<EvidenceNumber> evidence,
    intake::BatchReceiver const& on_batch, std::stop_token const& stop);

}
