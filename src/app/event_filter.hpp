// Which events a command is about: the options --from … --recovered as a value, as a question to the store, and as a
// test on an event that is being parsed. Not a rule language: --where hands that to rules/sigma.
#pragma once
#include "app/arguments.hpp"
#include "base/identity.hpp"
#include "base/timestamp.hpp"
#include "record/event.hpp"
#include "store/query.hpp"
#include <optional>
#include <span>

namespace konseki::app {

struct NumberRange {
    std::uint64_t first = 0, last = 0; // both inside
    friend bool operator==(NumberRange const&, NumberRange const&) = default;
};

enum class Recovered : std::uint8_t { included, left_out, only };

// "WEB01" also means "WEB01.corp.example.jp": logs of one machine name it both ways, before and after it joined a
// domain.
std::vector<std::string> host_patterns(std::span<std::string const> values);

struct EventFilter {
    std::optional<Timestamp> from, until; // half-open
    std::vector<std::string> hosts, channels, providers, users; // patterns with * and ?; empty: any
    std::vector<NumberRange> ids, records, levels, evidence;
    Recovered recovered = Recovered::included;

    bool is_empty() const; // nothing was asked for
    bool admits(Event const& event, TraceOrigin const& origin) const; // all but `evidence`: the scan is told which
    // Filters of schema windows.event, all of them; ranges of numbers become `in` where short, bounds where there is
    // one.
    Result<store::Query> query() const;
    // The same as a condition over the view windows_event, for statements that count: "TRUE" when nothing was asked
    // for.
    std::pair<std::string, std::vector<store::Parameter>> sql() const;
};

Result<EventFilter> read_event_filter(Arguments const& arguments);

// "4624,4625,4697-4702"; letter: a prefix that numbers may have ("e" of evidence).
Result<std::vector<NumberRange>> read_ranges(
    std::string_view option, std::span<std::string const> values, char letter = 0);
enum class EdgeOfDay { start, end };
Result<Timestamp> read_time(
    std::string_view option, std::string_view text, EdgeOfDay edge); // a bare date is that edge of the day
bool matches_glob(std::string_view pattern, std::string_view text); // * and ?, ASCII case does not matter
std::string like_pattern(std::string_view glob); // the same for SQL: LIKE with ! as escape
bool is_in(std::vector<NumberRange> const& ranges, std::uint64_t number); // an empty list admits everything

}
