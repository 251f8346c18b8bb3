// Extensible Storage Engine databases (SRUDB.dat, *.edb, *.mdb of Windows, qmgr.db): header, catalogue, tables, rows.
// Not a database engine: nothing is written and no log is replayed; a dirty database is read as it lies on disk.
// Sources: libyal/libesedb format document; microsoft/Extensible-Storage-Engine (on-disk structures); fsa.md section 3.
#pragma once
#include "base/byte_view.hpp"
#include "base/limits.hpp"
#include "base/timestamp.hpp"
#include "formats/ese/page.hpp"
#include "record/artefact_parser.hpp"
#include "record/diagnostic.hpp"
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace konseki::ese {

Sniff sniff(ByteView head);

enum class State : std::uint32_t { just_created = 1, dirty = 2, clean = 3, being_converted = 4, force_detached = 5 };
std::string_view state_name(State state); // "clean"; "unknown" for other numbers

// JET_LOGTIME: since Windows Vista a bit says whether it is UTC; without the bit it is the machine's wall clock.
struct LogTime {
    std::int64_t ticks = 0; // as Timestamp; zero: not set or nonsense
    bool is_utc = false;
};

struct Header {
    std::uint32_t version = 0, revision = 0; // 0x620, 0x14 …
    std::uint32_t page_bytes = 0; // 2, 4, 8, 16 or 32 KiB
    State state = State::clean;
    LogTime created_at; // of the database
    LogTime consistent_at; // last brought to a clean state; not set while dirty
    LogTime attached_at, detached_at; // last opened and closed by an engine
    std::uint32_t log_generation_min = 0, log_generation_max = 0; // logs needed to bring it up to date
    bool is_shadow = false; // the primary header was unreadable, this is its copy
    bool is_checksum_good = true;
};
Result<Header> read_header(ByteView file);

enum class ValueType : std::uint8_t {
    nil,
    bit,
    unsigned_byte,
    short_integer,
    long_integer,
    currency,
    single_real,
    double_real,
    date_time, // an OLE date or a FILETIME: see Row::time
    binary,
    text,
    long_binary,
    long_text,
    super_long,
    unsigned_long,
    long_long,
    guid,
    unsigned_short
};

struct Column {
    std::uint32_t id = 0; // 1..127 fixed, 128..255 variable, 256.. tagged
    ValueType type = ValueType::nil;
    std::uint32_t flags = 0;
    std::uint32_t size_bytes = 0; // of fixed columns
    std::uint32_t record_offset = 0; // of fixed columns, from the start of the record
    std::uint32_t code_page = 0; // 1200: UTF-16
    bool is_derived = false; // comes from the table's template
    std::string name;
    std::vector<std::byte> default_value; // what a row has that does not store the column
};

struct Table {
    std::string name, template_name;
    std::uint32_t object_id = 0, root_page = 0;
    std::uint32_t long_value_object_id = 0, long_value_root_page = 0;
    std::vector<Column> columns;
    ByteRange origin; // its record in the catalogue
    bool is_recovered = false; // the catalogue's record was deleted or its page unreachable

    Column const* find(std::string_view column_name) const; // exact; nullptr: no such column (all of Row takes that)
};

namespace detail {
struct LongValues;
struct Leaf {
    std::uint32_t page = 0;
    bool is_recovered = false;
};
}

// One row while it is visited; holds views of the file. What the methods return as views dies with the visit of the
// row.
class Row {
public:
    std::uint64_t offset() const { return m_offset; } // of the record in the file
    std::uint64_t size_bytes() const { return m_bytes.size(); }
    bool is_recovered() const { return m_is_recovered; } // deleted, or on a page that no tree leads to
    bool is_damaged() const { return m_is_damaged; } // parts of the record do not fit together; some columns are absent

    // All take nullptr (no such column) and give nothing for NULL. Values are decompressed and joined from the
    // long-value tree; those that cannot be read give nothing and a diagnostic.
    std::optional<ByteView> bytes(Column const* column) const; // the first value of a multi-valued column
    std::vector<ByteView> values(Column const* column) const; // all of them
    std::uint64_t value_offset(Column const* column) const; // where the stored bytes lie in the file; 0: not stored
    std::optional<std::uint64_t> number(Column const* column) const; // integers, bits; sign-extended where signed
    std::optional<std::int64_t> signed_number(Column const* column) const;
    std::optional<double> real(Column const* column) const;
    std::optional<std::string> text(Column const* column) const; // UTF-8, up to the terminator if there is one
    std::optional<std::string> guid(Column const* column) const; // "{…}" as in table names
    // A date_time, or a FILETIME in an integer. Zero ticks: NULL or nonsense.
    Timestamp time(Column const* column) const;

private:
    friend class RowReader;
    struct Stored {
        ByteView bytes;
        std::uint64_t offset = 0;
        std::uint8_t flags = 0; // of tagged values
        bool is_null = false;
        bool is_there = false; // the record says something of this column
    };
    struct Tagged {
        std::uint16_t id = 0;
        bool is_derived = false;
        Stored value;
    };

    Stored stored(Column const& column) const;
    Stored fixed(Column const& column) const;
    Stored variable(Column const& column) const;
    Stored tagged(Column const& column) const;
    std::optional<ByteView> long_value(ByteView id, std::uint64_t offset) const;
    std::optional<ByteView> decompressed(ByteView bytes, std::uint64_t offset) const;
    std::optional<ByteView> resolved(ByteView bytes, std::uint64_t offset, bool separated, bool compressed) const;

    class RowReader* m_reader = nullptr;
    ByteView m_bytes;
    std::uint64_t m_offset = 0;
    bool m_is_recovered = false, m_is_damaged = false;
    std::uint32_t m_last_fixed = 0, m_last_variable = 127;
    std::uint32_t m_fixed_end = 0, m_variable_begin = 0; // m_fixed_end: where the NULL bits of fixed columns begin
    std::vector<std::uint16_t> m_variable_ends;
    std::vector<Tagged> m_tagged; // by (template first, id)
};

class RowVisitor {
public:
    virtual ~RowVisitor() = default;
    virtual bool on_row(Row const& row) = 0; // false: enough
};

struct RowCounts {
    std::uint64_t live = 0, recovered = 0;
};

// Views the file, which must outlive it.
class Database {
public:
    // Fails only where no header is found. What else is wrong is reported, and what can be read is read.
    static Result<Database> open(ByteView file, DiagnosticSink& diagnostics, Limits const& limits = default_limits);
    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    Header const& header() const { return m_header; }
    std::vector<Table> const& tables() const { return m_tables; } // by object id
    Table const* find(std::string_view name) const; // live before recovered; exact name

    // Rows in key order, then those recovered: deleted nodes and pages of the table that its tree does not reach. A
    // recovered row that equals a live or earlier one byte by byte is left out: moved rows leave copies behind.
    RowCounts visit(Table const& table, RowVisitor& visitor, DiagnosticSink& diagnostics);
    std::uint64_t pages_with_bad_checksum() const { return m_bad_checksums; } // of those that were read so far

private:
    friend class RowReader;
    friend struct detail::LongValues;
    Database() = default;
    Result<Page> page(std::uint32_t number, DiagnosticSink& diagnostics);
    void index_pages();
    std::vector<detail::Leaf> leaves_of(std::uint32_t root, std::uint32_t object_id, DiagnosticSink& diagnostics);
    void walk_tree(
        std::uint32_t root, std::uint32_t object_id, std::vector<detail::Leaf>& leaves, DiagnosticSink& diagnostics);
    void follow_chain(std::uint32_t object_id, std::vector<detail::Leaf>& leaves, DiagnosticSink& diagnostics);
    void read_catalogue(DiagnosticSink& diagnostics);
    void apply_templates(DiagnosticSink& diagnostics);

    struct PageOfObject {
        std::uint32_t object_id = 0, page = 0;
    };
    ByteView m_file;
    Limits m_limits;
    Header m_header;
    std::uint32_t m_page_count = 0; // pages behind the two headers
    std::vector<PageOfObject> m_leaves; // leaf pages that hold rows, by object
    std::vector<std::uint32_t> m_seen; // by page: the walk that saw it last
    std::uint32_t m_walk = 0;
    std::vector<bool> m_checked; // pages whose checksum has been looked at
    std::uint64_t m_bad_checksums = 0;
    std::vector<Table> m_tables;
};

}
