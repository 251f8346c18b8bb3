// The only door to DuckDB: RAII over its C API, errors as values, bulk appending. Internal to store/.
// Not a query builder, and not for other rooms: include store/case.hpp instead.
#pragma once
#include "base/result.hpp"
#include "store/rows.hpp"
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>
#include <duckdb.h>

namespace konseki::store {

// Turns the engine's words into an Error: a full disk, a lock held by another process, cancelled, out of memory, else
// `otherwise`.
inline constexpr std::string_view in_use = "the case is in use"; // begins the detail of a lock that is held
Error engine_error(std::string_view what, std::string_view message, ErrorCode otherwise);

std::string quoted_name(std::string_view name); // "name", quotes doubled

struct EngineOptions {
    std::filesystem::path file;
    bool is_read_only = false;
    std::uint64_t memory_bytes = 0;
    std::filesystem::path spill_folder;
    std::filesystem::path export_folder; // the only place that statements may touch
};

class Engine {
public:
    static Result<std::unique_ptr<Engine>> open(EngineOptions const& options);
    ~Engine();
    Engine(Engine const&) = delete;
    Engine& operator=(Engine const&) = delete;
    duckdb_database handle() const { return m_database; }
    // Before the first statement that is not this program's own: two threads, and no setting can be changed any more.
    Result<void> take_questions();

    Engine() = default; // closed; open() gives a usable one

private:
    Result<void> close_the_doors(EngineOptions const& options) const;
    duckdb_database m_database = nullptr;
    bool m_takes_questions = false;
};

class Connection {
public:
    explicit Connection(Engine const& engine);
    ~Connection();
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;
    duckdb_connection handle() const { return m_connection; }

    Result<void> run(std::string const& sql, std::string_view what, std::span<Parameter const> parameters = {}) const;
    // Many statements of our own, one after the other until one fails: cheaper than preparing each.
    Result<void> run_all(std::string const& sql, std::string_view what) const;

private:
    duckdb_connection m_connection = nullptr;
};

class Statement {
public:
    static Result<Statement> prepare(
        Connection const& connection, std::string const& sql, std::string_view what, ErrorCode otherwise);
    ~Statement();
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    duckdb_prepared_statement handle() const { return m_statement; }
    Result<void> bind(std::span<Parameter const> parameters) const;

private:
    explicit Statement(duckdb_prepared_statement statement)
        : m_statement(statement)
    {
    }
    duckdb_prepared_statement m_statement = nullptr;
};

// Rows into one table, a vector at a time. What it holds is in the transaction after flush().
class TableAppender {
public:
    static Result<std::unique_ptr<TableAppender>> open(Connection const& connection, std::string_view table,
        std::span<std::string const> columns, std::span<duckdb_type const> types);
    ~TableAppender();
    TableAppender(TableAppender const&) = delete;
    TableAppender& operator=(TableAppender const&) = delete;

    // By column: fill the chunk, then append it. rows <= 2048.
    template <typename T> std::span<T> column(std::size_t index)
    {
        return { static_cast<T*>(duckdb_vector_get_data(vector(index))), rows_max };
    }
    duckdb_vector vector(std::size_t index) const;
    void set_absent(std::size_t column, std::size_t row) const;
    void set_text(std::size_t column, std::size_t row, std::string_view text);
    // Without copying where it can: the text must stay where it is until append_chunk().
    void lend_text(std::size_t column, std::size_t row, std::string_view text);
    Result<void> append_chunk(std::size_t rows);

    // By row: one put per column, then end_row.
    void put_absent() { set_absent(m_next_column++, m_rows); }
    void put_text(std::string_view text) { set_text(m_next_column++, m_rows, text); }
    void put_bytes(std::string_view bytes) // a BLOB: nothing is escaped
    {
        duckdb_vector_assign_string_element_len(
            vector(m_next_column++), m_rows, bytes.data() == nullptr ? "" : bytes.data(), bytes.size());
    }
    template <typename T> void put(T value) { column<T>(m_next_column++)[m_rows] = value; }
    Result<void> end_row();

    Result<void> flush();
    static constexpr std::size_t rows_max = 2'048;

    TableAppender() = default; // unusable; open() gives a usable one

private:
    Error failed() const;
    duckdb_appender m_appender = nullptr;
    duckdb_data_chunk m_chunk = nullptr;
    std::string m_scratch;
    std::size_t m_columns = 0;
    std::size_t m_rows = 0;
    std::size_t m_next_column = 0;
    std::size_t m_unflushed = 0;
};

// How Rows reads: an own connection where the answer is streamed beside other work, a borrowed one where it is fetched
// at once.
Result<Rows> run_query(Connection const& connection, std::string const& sql, std::string_view what,
    std::span<Parameter const> parameters = {});

}
