// Looks for many words or regular expressions in every field of every event, and skips raw bytes that cannot hold them.
// Not Sigma (rules/sigma): no field names, no conditions.
#pragma once
#include "base/result.hpp"
#include "record/artefact_parser.hpp"
#include "record/event.hpp"
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::search {

struct Hit {
    Timestamp written_at;
    Symbol computer;
    Symbol channel;
    std::uint32_t event_id = 0;
    std::uint64_t record_id = 0;
    Symbol word;
    Symbol field;
    std::string_view text;
};

inline constexpr auto hit_schema
    = schema("search.hit", "A word or pattern found in a log event; one row per word and field",
        field("written_at", &Hit::written_at, "When the event was written, UTC"),
        field("computer", &Hit::computer, "Computer as the event names it"),
        field("channel", &Hit::channel, "Channel of the event"), field("event_id", &Hit::event_id, "Event id"),
        field("record_id", &Hit::record_id, "EventRecordID"),
        field("word", &Hit::word, "The word or pattern as it was asked for"),
        field("field", &Hit::field,
            "Name of the field that holds it: EventData name, or a system field such as Computer; a name that matched "
            "is given as name()"),
        field("text", &Hit::text, "The text around the first place, at most 200 bytes"));

struct Query {
    std::vector<std::string>
        words; // caseless (Unicode simple folding), anywhere in a value or system field (not in names)
    std::vector<std::string> patterns; // RE2, case-sensitive unless (?i)
};

// Immutable once compiled; shared read-only by workers through fork.
class Search {
public:
    static Result<Search> compile(Query const& query);
    // A query as one text, for the channel between parent and worker (EventWatcher configuration), and back.
    static std::string configuration(Query const& query);
    static Result<Query> query_of(std::string_view configuration);

    Search(Search&&) noexcept;
    Search& operator=(Search&&) noexcept;
    ~Search();

    // Emits search.hit rows. The search must outlive the watcher.
    std::unique_ptr<EventWatcher> watcher(TraceSink& sink) const;
    // False only when no event in these raw bytes (UTF-16LE, 8-bit text or values) can give a hit. Lives as long as the
    // search. Says "maybe" to everything when a pattern or word could also come from the rendering of a number, time,
    // GUID or SID, or from template text that lies in another chunk.
    RawFilter const& raw_filter() const;
    bool raw_filter_is_useful() const;

private:
    struct State;
    explicit Search(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}
