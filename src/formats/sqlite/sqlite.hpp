// Tables of an SQLite 3 database, row by row, from its bytes: pages, cells, overflow, records.
// Not SQL, not indexes, no writing, and no write-ahead log: what the file itself holds.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include "record/diagnostic.hpp"
#include "record/trace_batch.hpp"
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace konseki::sqlite {

bool is_database(ByteView head);

enum class ValueKind : std::uint8_t { null, integer, real, text, blob };

struct Value {
    ValueKind kind = ValueKind::null;
    std::int64_t integer = 0; // the bits of a real
    ByteView bytes {}; // text (in the database's encoding) and blob
};

// Views the database and the reader's own memory; valid inside the visit.
struct Row {
    std::int64_t row_id = 0;
    std::span<Value const> values;
    TraceOrigin origin; // its cell
};
using Visit = std::function<void(Row const&)>;

struct Table {
    std::string name, sql; // CREATE TABLE …
    std::uint32_t root_page = 0;
};

class Database {
public:
    // Views the bytes. Fails where they are no database.
    static Result<Database> open(ByteView bytes);

    // Never fail: damaged pages and cells are reported with the bytes lost.
    std::vector<Table> tables(DiagnosticSink& diagnostics) const;
    void read(Table const& table, DiagnosticSink& diagnostics, Visit const& visit) const;

    std::uint32_t page_bytes() const { return m_page_bytes; }
    bool is_utf8() const { return m_is_utf8; }

private:
    Database() = default;
    ByteView m_bytes;
    std::uint32_t m_page_bytes = 0, m_usable_bytes = 0;
    bool m_is_utf8 = true;
};

}
