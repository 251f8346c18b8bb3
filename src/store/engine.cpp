#include "store/engine.hpp"
#include "base/text.hpp"
#include "store/query.hpp"
#include "store/stored_text.hpp"
#include <algorithm>
#include <cstring>

namespace konseki::store {

namespace {

constexpr std::size_t unflushed_max = 20'480; // rows in an appender's own buffer, which no memory limit watches

// The engine's message without its class and source excerpt: the first line.
std::string first_line(std::string_view message)
{
    return std::string(trim(message.substr(0, message.find('\n'))));
}

std::optional<std::uint64_t> lock_holder(std::string_view message)
{
    auto const at = message.find("(PID ");
    if (at == std::string_view::npos)
        return {};
    auto const digits = message.substr(at + 5);
    return parse_uint(digits.substr(0, digits.find(')')));
}

void set_option(duckdb_config config, char const* name, std::string const& value)
{
    VERIFY(duckdb_set_config(config, name, value.c_str()) == DuckDBSuccess);
}

}

Error engine_error(std::string_view what, std::string_view message, ErrorCode otherwise)
{
    auto const says = [&](std::string_view words) { return message.find(words) != std::string_view::npos; };
    if (says("No space left") || says("Disk quota exceeded"))
        return { ErrorCode::no_space, what, 0, 0, 0, "the disk is full; what was committed is kept" };
    if (says("Conflicting lock") || says("Could not set lock")) {
        auto const holder = lock_holder(message);
        return { ErrorCode::io, what, 0, 0, 0,
            holder ? format("{} by process {}", in_use, *holder) : format("{} by another process", in_use) };
    }
    if (says("INTERRUPT") || says("Interrupted!"))
        return { ErrorCode::cancelled, what, 0, 0, 0, {} };
    if (says("Out of Memory Error"))
        return { ErrorCode::limit, what, 0, 0, 0,
            "the question needs more memory than the store may use: narrow it, or ask for fewer columns" };
    auto const keep_all = otherwise == ErrorCode::wrong_use; // the excerpt of the caller's own words helps
    return { otherwise, what, 0, 0, 0, keep_all ? std::string(trim(message)) : first_line(message) };
}

namespace {
std::string quoted(std::string_view text, char quote)
{
    std::string target(1, quote);
    for (char const c : text) {
        if (c == quote)
            target += quote;
        target += c;
    }
    target += quote;
    return target;
}
}

std::string quoted_name(std::string_view name)
{
    return quoted(name, '"');
}

std::string quoted_text(std::string_view text)
{
    return quoted(text, '\'');
}

Result<std::unique_ptr<Engine>> Engine::open(EngineOptions const& options)
{
    duckdb_config config = nullptr;
    VERIFY(duckdb_create_config(&config) == DuckDBSuccess);
    set_option(config, "access_mode", options.is_read_only ? "READ_ONLY" : "READ_WRITE");
    set_option(config, "memory_limit", format("{}KiB", options.memory_bytes >> 10));
    set_option(config, "threads", "1"); // until questions are asked
    set_option(config, "temp_directory", options.spill_folder.string());
    set_option(config, "autoinstall_known_extensions", "false");
    set_option(config, "autoload_known_extensions", "false");
    set_option(config, "allow_community_extensions", "false");
    if (!options.is_read_only) {
        set_option(config, "storage_compatibility_version", "latest");
        // A commit of more than this goes straight into the file, without passing through the log; a smaller one is
        // logged, and replayed at the next opening after a crash. A large threshold makes big commits write twice.
        set_option(config, "checkpoint_threshold", "16MiB");
    }
    auto engine = std::make_unique<Engine>();
    char* message = nullptr;
    auto const state = duckdb_open_ext(options.file.c_str(), &engine->m_database, config, &message);
    duckdb_destroy_config(&config);
    if (state != DuckDBSuccess) {
        auto error = engine_error("store.open", message == nullptr ? "" : message, ErrorCode::io);
        duckdb_free(message);
        return error;
    }
    TRY(engine->close_the_doors(options));
    return engine;
}

// Whatever a statement says from here on, it cannot read or write files or load code; nor change these settings once
// questions are taken.
Result<void> Engine::close_the_doors(EngineOptions const& options) const
{
    Connection const connection(*this);
    TRY(connection.run("SET GLOBAL TimeZone='UTC'", "store.open"));
    TRY(connection.run("SET allowed_directories=[" + quoted_text(options.export_folder.string()) + "]", "store.open"));
    return connection.run("SET enable_external_access=false", "store.open");
}

// Writing is one thread's work: a second one only waits beside the workers, and takes a tenth of the machine for it.
Result<void> Engine::take_questions()
{
    if (m_takes_questions)
        return {};
    Connection const connection(*this);
    TRY(connection.run("SET threads=2", "store.open"));
    TRY(connection.run("SET lock_configuration=true", "store.open"));
    m_takes_questions = true;
    return {};
}

Engine::~Engine()
{
    if (m_database != nullptr)
        duckdb_close(&m_database);
}

Connection::Connection(Engine const& engine)
{
    VERIFY(duckdb_connect(engine.handle(), &m_connection) == DuckDBSuccess);
}

Connection::~Connection()
{
    duckdb_disconnect(&m_connection);
}

Result<void> Connection::run(std::string const& sql, std::string_view what, std::span<Parameter const> parameters) const
{
    auto const statement = TRY(Statement::prepare(*this, sql, what, ErrorCode::internal));
    TRY(statement.bind(parameters));
    duckdb_result result {};
    auto const state = duckdb_execute_prepared(statement.handle(), &result);
    Result<void> outcome;
    if (state != DuckDBSuccess) {
        auto const* message = duckdb_result_error(&result);
        outcome = engine_error(what, message == nullptr ? "" : message, ErrorCode::io);
    }
    duckdb_destroy_result(&result);
    return outcome;
}

Result<void> Connection::run_all(std::string const& sql, std::string_view what) const
{
    duckdb_result result {};
    Result<void> outcome;
    if (duckdb_query(m_connection, sql.c_str(), &result) != DuckDBSuccess) {
        auto const* message = duckdb_result_error(&result);
        outcome = engine_error(what, message == nullptr ? "" : message, ErrorCode::io);
    }
    duckdb_destroy_result(&result);
    return outcome;
}

Result<Statement> Statement::prepare(
    Connection const& connection, std::string const& sql, std::string_view what, ErrorCode otherwise)
{
    duckdb_prepared_statement handle = nullptr;
    auto const state = duckdb_prepare(connection.handle(), sql.c_str(), &handle);
    Statement statement(handle);
    if (state != DuckDBSuccess) {
        auto const* message = duckdb_prepare_error(handle);
        return engine_error(what, message == nullptr ? "" : message, otherwise);
    }
    return statement;
}

Statement::~Statement()
{
    if (m_statement != nullptr)
        duckdb_destroy_prepare(&m_statement);
}

Statement::Statement(Statement&& other) noexcept
    : m_statement(std::exchange(other.m_statement, nullptr))
{
}

Statement& Statement::operator=(Statement&& other) noexcept
{
    std::swap(m_statement, other.m_statement);
    return *this;
}

namespace {
struct Binder {
    duckdb_prepared_statement statement;
    idx_t index;
    duckdb_state operator()(std::monostate) const { return duckdb_bind_null(statement, index); }
    duckdb_state operator()(bool value) const { return duckdb_bind_boolean(statement, index, value); }
    duckdb_state operator()(std::int64_t value) const { return duckdb_bind_int64(statement, index, value); }
    duckdb_state operator()(std::uint64_t value) const { return duckdb_bind_uint64(statement, index, value); }
    duckdb_state operator()(double value) const { return duckdb_bind_double(statement, index, value); }
    duckdb_state operator()(Timestamp value) const
    {
        return duckdb_bind_timestamp(statement, index, { value.unix_microseconds() });
    }
    duckdb_state operator()(std::string const& value) const
    {
        std::string stored;
        append_escaped(stored, value);
        return duckdb_bind_varchar_length(statement, index, stored.data(), stored.size());
    }
};
}

Result<void> Statement::bind(std::span<Parameter const> parameters) const
{
    auto const wanted = duckdb_nparams(m_statement);
    if (wanted != parameters.size())
        return Error { ErrorCode::wrong_use, "store.query.parameters", 0, wanted, parameters.size(), {} };
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (std::visit(Binder { m_statement, i + 1 }, parameters[i]) != DuckDBSuccess)
            return Error { ErrorCode::wrong_use, "store.query.parameters", 0, 0, 0,
                format("parameter {} does not fit", i + 1) };
    }
    return {};
}

Result<std::unique_ptr<TableAppender>> TableAppender::open(Connection const& connection, std::string_view table,
    std::span<std::string const> columns, std::span<duckdb_type const> types)
{
    auto appender = std::make_unique<TableAppender>();
    if (duckdb_appender_create(connection.handle(), "stored", std::string(table).c_str(), &appender->m_appender)
        != DuckDBSuccess)
        return appender->failed();
    for (auto const& column : columns) {
        if (duckdb_appender_add_column(appender->m_appender, column.c_str()) != DuckDBSuccess)
            return appender->failed();
    }
    std::vector<duckdb_logical_type> logical;
    logical.reserve(types.size());
    for (auto const type : types)
        logical.push_back(duckdb_create_logical_type(type));
    appender->m_chunk = duckdb_create_data_chunk(logical.data(), logical.size());
    appender->m_columns = types.size();
    for (auto& type : logical)
        duckdb_destroy_logical_type(&type);
    return appender;
}

TableAppender::~TableAppender()
{
    if (m_chunk != nullptr)
        duckdb_destroy_data_chunk(&m_chunk);
    if (m_appender != nullptr)
        duckdb_appender_destroy(&m_appender);
}

Error TableAppender::failed() const
{
    auto details = duckdb_appender_error_data(m_appender);
    auto const* message = duckdb_error_data_message(details);
    auto error = engine_error("store.append", message == nullptr ? "" : message, ErrorCode::io);
    duckdb_destroy_error_data(&details);
    return error;
}

duckdb_vector TableAppender::vector(std::size_t index) const
{
    VERIFY(index < m_columns);
    return duckdb_data_chunk_get_vector(m_chunk, index);
}

void TableAppender::set_absent(std::size_t column, std::size_t row) const
{
    auto* const target = vector(column);
    duckdb_vector_ensure_validity_writable(target);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(target), row);
}

void TableAppender::set_text(std::size_t column, std::size_t row, std::string_view text)
{
    if (needs_escape(text)) {
        m_scratch.clear();
        append_escaped(m_scratch, text);
        text = m_scratch;
    }
    duckdb_vector_assign_string_element_len(
        vector(column), row, text.data() == nullptr ? "" : text.data(), text.size());
}

void TableAppender::lend_text(std::size_t column_index, std::size_t row, std::string_view text)
{
    if (text.size() > UINT32_MAX || needs_escape(text)) {
        set_text(column_index, row, text);
        return;
    }
    duckdb_string_t cell {};
    cell.value.inlined.length = static_cast<std::uint32_t>(text.size());
    if (text.size() <= sizeof cell.value.inlined.inlined) {
        std::copy(text.begin(), text.end(), cell.value.inlined.inlined);
    } else {
        std::copy_n(text.begin(), sizeof cell.value.pointer.prefix, cell.value.pointer.prefix);
        cell.value.pointer.ptr = const_cast<char*>(text.data()); // NOLINT: the engine's own type; it copies from there
    }
    column<duckdb_string_t>(column_index)[row] = cell;
}

Result<void> TableAppender::append_chunk(std::size_t rows)
{
    duckdb_data_chunk_set_size(m_chunk, rows);
    if (duckdb_append_data_chunk(m_appender, m_chunk) != DuckDBSuccess)
        return failed();
    duckdb_data_chunk_reset(m_chunk);
    m_unflushed += rows;
    if (m_unflushed < unflushed_max)
        return {};
    m_unflushed = 0;
    return duckdb_appender_flush(m_appender) == DuckDBSuccess ? Result<void> {} : failed();
}

Result<void> TableAppender::end_row()
{
    VERIFY(m_next_column == m_columns);
    m_next_column = 0;
    if (++m_rows < rows_max)
        return {};
    return append_chunk(std::exchange(m_rows, 0));
}

Result<void> TableAppender::flush()
{
    if (m_rows != 0)
        TRY(append_chunk(std::exchange(m_rows, 0)));
    m_unflushed = 0;
    return duckdb_appender_flush(m_appender) == DuckDBSuccess ? Result<void> {} : failed();
}

}
