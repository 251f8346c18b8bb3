// Windows registry hives (regf): keys and values of a primary file, live, orphaned or deleted, and the replay of its
// transaction logs. Not a judge: what a key means is the business of the artefacts in traces/.
// Source: msuhanov/regf, "Windows registry file format specification"; spec fsa.md section 3.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "record/artefact_parser.hpp"
#include "record/diagnostic.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace konseki::regf {

inline constexpr std::uint64_t base_block_bytes = 4096; // cell offsets count from here
inline constexpr std::uint32_t no_offset = 0xffff'ffff;

Sniff sniff(ByteView head); // "regf" with file type "primary"; logs are sniffed by sniff_log
Sniff sniff_log(ByteView head);

struct BaseBlock {
    std::uint32_t primary_sequence = 0, secondary_sequence = 0;
    Timestamp written_at;
    std::uint32_t version_major = 0, version_minor = 0, file_type = 0;
    std::uint32_t root_offset = 0, bins_size_bytes = 0, clustering_factor = 0;
    std::uint32_t checksum = 0, computed_checksum = 0;
    std::string file_name; // the tail of the path Windows last knew the hive by

    bool is_checksum_good() const { return checksum == computed_checksum; }
    bool is_dirty() const { return !is_checksum_good() || primary_sequence != secondary_sequence; }
};
Result<BaseBlock> read_base_block(ByteView file);

// The hive as Windows would see it after mounting: a copy with the logs applied, or nothing to apply.
struct Replay {
    std::vector<std::byte> image; // empty: the hive is clean or no log fits; use the primary file as it is
    std::uint32_t logs_used = 0;
    std::uint32_t entries_applied = 0, pages_applied = 0;
    std::uint32_t sequence = 0; // of the last entry applied
    bool was_dirty = false;
    bool base_block_recovered = false; // its checksum was wrong; taken from a log
};
// `logs`: .LOG, .LOG1, .LOG2 in any order; those that are not logs of this hive are told apart by their content.
// Damage in a log ends the replay at that entry, as Windows does, and is reported.
Replay replay_logs(ByteView primary, std::span<ByteView const> logs, DiagnosticSink& diagnostics);

enum class ValueType : std::uint32_t {
    none = 0,
    text = 1, // REG_SZ
    expandable_text = 2,
    binary = 3,
    dword = 4,
    dword_big_endian = 5,
    link = 6,
    multi_text = 7,
    resource_list = 8,
    full_resource_descriptor = 9,
    resource_requirements_list = 10,
    qword = 11,
};
std::string_view value_type_name(std::uint32_t type); // "REG_SZ"; "REG_<n>" types are named by the caller

enum class CellState : std::uint8_t {
    live, // reached from the root
    orphan, // allocated, but no list leads to it (damage, or a key hidden from the lists)
    deleted, // in a free cell
};

// A key as its nk cell says. offset is that of the cell in the file: the origin of a trace.
struct Key {
    std::uint64_t offset = 0;
    std::uint64_t size_bytes = 0; // of the cell
    std::string name; // UTF-8
    Timestamp written_at;
    std::uint16_t flags = 0;
    std::uint32_t parent = no_offset; // cell offsets within the hive bins from here on
    std::uint32_t subkey_count = 0, subkey_list = no_offset;
    std::uint32_t value_count = 0, value_list = no_offset;
    std::uint32_t security = no_offset, class_name = no_offset;
    std::uint16_t class_name_bytes = 0;
    CellState state = CellState::live;

    bool is_root() const { return (flags & 0x0004U) != 0; }
};

struct Value {
    std::uint64_t offset = 0;
    std::uint64_t size_bytes = 0;
    std::string name; // "" is the default value
    std::uint32_t type = 0;
    std::uint32_t data_size = 0; // as the vk cell says
    ByteView content; // what could be read of it; views the hive, or `assembled`
    std::uint64_t content_offset = 0; // where its first byte stands; 0: in the vk cell itself, or assembled
    std::vector<std::byte> assembled; // big data (> 16,344 bytes) only
    CellState state = CellState::live;
};

// REG_SZ, REG_EXPAND_SZ, REG_LINK: up to the first zero; REG_MULTI_SZ: joined with "; "; numbers in decimal; others in
// hex.
std::string value_text(Value const& value);
void append_value_text(std::string& target, Value const& value);
std::vector<std::string> value_texts(Value const& value); // REG_MULTI_SZ one by one
std::optional<std::uint64_t> value_number(Value const& value); // DWORD, QWORD, and binary of 4 or 8 bytes

class KeyCell; // cells.hpp
class ValueCell;

// Views `file`: a primary file or a Replay's image. Reading never fails as a whole once the base block is there: keys
// that cannot be read are reported and left out, and scan() finds what the lists no longer reach.
class Hive {
public:
    static Result<Hive> open(ByteView file [[clang::lifetimebound]]);

    BaseBlock const& base_block() const { return m_base_block; }
    Result<Key> root() const;
    Result<Key> key_at(std::uint32_t cell_offset) const;
    // In the order of the lists; each child at most once; damaged lists give what they can and a diagnostic.
    std::vector<Key> subkeys(Key const& key, DiagnosticSink& diagnostics) const;
    std::vector<Value> values(Key const& key, DiagnosticSink& diagnostics) const;
    // The same one by one: visit(value), whose value is good until it returns. For whole hives: nothing is kept.
    template <typename Visit> void each_value(Key const& key, DiagnosticSink& diagnostics, Visit&& visit) const;
    std::optional<Key> subkey(Key const& key, std::string_view name) const; // case-insensitive
    std::optional<Value> value(Key const& key, std::string_view name) const; // case-insensitive
    std::optional<Key> find(std::string_view path) const; // "ControlSet001\\Services", from below the root
    std::string class_name(Key const& key) const;
    ByteView security_descriptor(Key const& key) const;
    std::string path_of(Key const& key) const; // by parents, without the root's name; "?" where the chain breaks

    struct Found {
        std::vector<Key> keys; // orphan or deleted, by offset
        std::vector<Value> values; // of orphan or deleted keys, or removed from living ones, by offset
        std::uint64_t live_keys = 0, live_values = 0; // reached from the root
    };
    // Walks the lists once, and reports their damage, then every cell and bin.
    Found scan(DiagnosticSink& diagnostics) const;
    // CurrentControlSet is volatile: Select\Current names the control set that was in use; 1 where it does not say.
    std::uint32_t current_control_set() const;

private:
    friend class Walk;
    struct ValueList {
        std::uint64_t key_offset;
        std::uint32_t count, offset;
    };
    Hive(ByteView file, BaseBlock base_block);
    Result<ByteView> cell(std::uint32_t cell_offset, std::string_view what) const; // without its size field
    Result<Key> read_key(std::uint32_t cell_offset, ByteView content) const;
    Result<Value> read_value(std::uint32_t cell_offset, ByteView content) const;
    std::optional<KeyCell> key_cell(std::uint32_t cell_offset) const;
    std::optional<ValueCell> value_cell(std::uint32_t cell_offset) const;
    void report_no_value(std::uint32_t cell_offset, DiagnosticSink& diagnostics) const;
    void assign(Value& value, ValueCell const& cell) const;
    void read_content(Value& value, std::uint32_t content_offset) const;
    Result<void> append_big_data(Value& value, ByteView content) const;
    ByteView value_items(ValueList list, DiagnosticSink& diagnostics) const;
    void append_subkey_offsets(std::uint32_t subkey_count, std::uint32_t subkey_list,
        std::vector<std::uint32_t>& offsets, DiagnosticSink& diagnostics) const;
    void append_subkey_list(std::uint32_t list, std::vector<std::uint32_t>& offsets, std::vector<std::uint32_t>* leaves,
        DiagnosticSink& diagnostics) const;
    void append_child_cells(
        std::vector<std::uint32_t> const& offsets, std::vector<KeyCell>& cells, DiagnosticSink& diagnostics) const;
    std::vector<bool> reachable(Found& found, DiagnosticSink& diagnostics) const;
    void look_at(std::uint64_t content_offset, ByteView content, CellState state, Found& found) const;
    void scan_page(std::uint64_t page_offset, std::vector<bool> const& reached, Found& found) const;
    void scan_bin(ByteRange bin, std::vector<bool> const& reached, Found& found, DiagnosticSink& diagnostics) const;

    ByteView m_bins; // everything behind the base block
    BaseBlock m_base_block;
};

// Calls visit(key, path) for every live key, parents before children, children in list order; path is "\\"-joined and
// empty for the root. Bounded by key_depth_max (512, as Windows) and by visiting each cell once.
template <typename Visit> void walk(Hive const& hive, DiagnosticSink& diagnostics, Visit&& visit);

}

#include "formats/regf/walk.hpp"
