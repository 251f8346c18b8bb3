// Windows registry hives: replays the logs once, says what hive it is, and lets every RegistryArtefact read it.
// Not the meaning of keys: that is in the folders that hold a registry.hpp.
#pragma once
#include "record/artefact_parser.hpp"
#include "traces/registry_artefact.hpp"

namespace konseki::windows_registry {

extern ArtefactParser const parser;

HiveKind kind_of(regf::Hive const& hive);

// One per hive file.
struct HiveRow {
    Symbol kind;
    std::string_view path;
    Symbol user;
    std::string_view stored_name; // the tail of the path Windows last knew the hive by
    Timestamp written_at;
    std::uint32_t primary_sequence = 0, secondary_sequence = 0;
    bool was_dirty = false;
    std::uint32_t logs_used = 0, log_entries_applied = 0, log_pages_applied = 0;
    bool base_block_recovered = false;
    std::uint64_t keys = 0, values = 0, deleted_keys = 0, deleted_values = 0, orphan_keys = 0;
};
inline constexpr auto hive_schema = schema("windows.registry.hive", "A registry hive that was read",
    field("kind", &HiveRow::kind,
        "What the hive is by its content: system, software, sam, security, user, user_classes, amcache, boot, "
        "components"),
    field("path", &HiveRow::path, "Where the evidence had it"),
    field("user", &HiveRow::user, "Account whose hive it is, from the path"),
    field("stored_name", &HiveRow::stored_name, "End of the path that Windows last wrote into the hive"),
    field("written_at", &HiveRow::written_at, "Last write of the hive as its base block says"),
    field("primary_sequence", &HiveRow::primary_sequence, "Writes begun"),
    field("secondary_sequence", &HiveRow::secondary_sequence,
        "Writes finished; differs from the first when the hive is dirty"),
    field("was_dirty", &HiveRow::was_dirty, "The primary file alone was not complete"),
    field("logs_used", &HiveRow::logs_used, "Transaction logs of which entries were applied"),
    field("log_entries_applied", &HiveRow::log_entries_applied, "Log entries applied"),
    field("log_pages_applied", &HiveRow::log_pages_applied, "Pages that came from the logs"),
    field("base_block_recovered", &HiveRow::base_block_recovered, "The base block was bad and came from a log"),
    field("keys", &HiveRow::keys, "Keys reached from the root"), field("values", &HiveRow::values, "Their values"),
    field("deleted_keys", &HiveRow::deleted_keys, "Keys found in free cells"),
    field("deleted_values", &HiveRow::deleted_values, "Values found in free cells"),
    field("orphan_keys", &HiveRow::orphan_keys, "Allocated keys that no list leads to"));

// Keys and values found in free cells, and keys that no list leads to.
struct RemnantRow {
    Symbol state; // deleted, orphan
    Symbol what; // key, value
    std::string_view key_path; // as far as parents lead; "?" in front where the chain breaks; empty for values
    std::string_view name;
    Symbol type; // REG_SZ … of a value
    std::string_view content; // text of a value
    Timestamp written_at; // of a key
};
inline constexpr auto remnant_schema = schema("windows.registry.remnant",
    "A deleted or orphaned key or value in a registry hive",
    field("state", &RemnantRow::state, "deleted: in a free cell; orphan: allocated, but unreachable"),
    field("what", &RemnantRow::what, "key or value"),
    field("key_path", &RemnantRow::key_path, "Path of the key as far as its parents lead"),
    field("name", &RemnantRow::name, "Name of the key or value"), field("type", &RemnantRow::type, "Type of a value"),
    field("content", &RemnantRow::content, "Content of a value as text"),
    field("written_at", &RemnantRow::written_at, "Last write of the key before it went"));

}
