// Where the events of a rule's log source lie, and how their fields are called there: data (logsources.yml), decided
// per event. Not by file, and not by a file's first record.
#pragma once
#include "base/result.hpp"
#include "rules/sigma/rule.hpp"
#include <optional>
#include <span>
#include <vector>

namespace konseki::sigma {

// A kind of log.
struct LogKind {
    std::string name;
    std::vector<std::string> channels, providers; // folded
    std::string product {}; // empty: windows
};

// Where a rule's field comes from in one kind of event.
struct FieldSource {
    std::string name; // of the rule's field
    std::vector<std::string> parts; // fields of the event; absent when the first one is
    std::string separator;
    std::vector<std::pair<std::string, std::string>> values; // folded text seen -> text meant
    std::vector<std::pair<std::string, std::string>> prefixes; // folded start seen -> start meant
    bool is_rename() const { return parts.size() == 1 && values.empty() && prefixes.empty(); }
};

struct FieldMap {
    std::string name;
    std::vector<FieldSource> fields;
    FieldSource const* find(std::string_view field) const;
};

struct SourceCondition {
    std::string field; // of the event
    std::vector<std::string> values; // folded
};

inline constexpr std::uint32_t any_log = ~0U; // of Windows

// One of the places where a rule's events are.
struct SourceVariant {
    std::uint32_t log = any_log; // index into logs()
    std::vector<std::uint32_t> event_ids; // sorted; empty: all
    std::vector<SourceCondition> where;
    std::uint32_t field_map = 0; // 0: the fields have the rule's names
};

std::span<RuleFile const> log_source_files(); // logsources.yml, embedded by CMake

class LogSources {
public:
    enum class Answer : std::uint8_t { mapped, unmapped, no_evidence };

    static Result<LogSources> parse(std::string const& yaml);
    static LogSources built_in();

    // The places of a rule's events; every variant stands for itself.
    Answer resolve(LogSource const& source, std::vector<SourceVariant>& variants) const;
    std::vector<LogKind> const& logs() const { return m_logs; }
    std::vector<FieldMap> const& field_maps() const { return m_field_maps; } // [0] changes nothing

private:
    struct Entry {
        std::string product, category, service; // product empty: windows
        std::vector<SourceVariant> any;
    };
    Entry const* find_category(std::string_view product, std::string_view category) const;
    Entry const* find_service(std::string_view product, std::string_view service) const;
    Answer resolve_all(std::string_view product, std::vector<SourceVariant>& variants) const;

    std::vector<LogKind> m_logs;
    std::vector<Entry> m_entries;
    std::vector<FieldMap> m_field_maps;
};

}
