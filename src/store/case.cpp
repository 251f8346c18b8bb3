#include "store/case.hpp"
#include "base/text.hpp"
#include "bytes/sha256.hpp"
#include "os/clock.hpp"
#include "os/file.hpp"
#include "store/case_state.hpp"
#include "store/duckdb_sql.hpp"
#include "store/layout.hpp"
#include "store/query.hpp"
#include "store/rows_state.hpp"
#include "store/stored_text.hpp"
#include <algorithm>
#include <system_error>

namespace konseki::store {

namespace fs = std::filesystem;

namespace {

// While writing, workers share the machine's memory with the store; a question has it to itself. Less than this, and
// rows of one transaction go through the spill folder and back. Measured: docs/decisions/0003-store.md.
constexpr std::uint64_t writer_memory_bytes = 256ULL << 20;
constexpr std::uint64_t reader_memory_bytes = 400ULL << 20;
constexpr std::string_view layout_fact = "store.layout";

Error world_error(std::string_view what, std::error_code code, fs::path const& path)
{
    return os::error_from_errno(code.value(), what, path.string());
}

Result<void> make_folder(fs::path const& path)
{
    std::error_code code;
    fs::create_directories(path, code);
    return code ? Result<void>(world_error("store.folder", code, path)) : Result<void> {};
}

Result<void> write_description(fs::path const& folder)
{
    auto const path = folder / "case.json";
    std::error_code code;
    if (fs::exists(path, code))
        return {};
    auto name = folder.filename().string();
    if (name.empty())
        name = folder.parent_path().filename().string();
    auto const text = format("{{\n  \"format\": {},\n  \"name\": {},\n  \"created_at\": {},\n  \"program\": {}\n}}\n",
        case_format, json_string(name), json_string(to_string(os::now())), json_string("konseki " KONSEKI_VERSION));
    return os::write_file_atomically(path, as_bytes(text));
}

// case.json is ours and four lines long: the number behind "format" is all that must be known before the tables are
// touched.
Result<void> check_description(fs::path const& folder)
{
    auto const text = TRY(os::read_whole(folder / "case.json", 1 << 20));
    auto const at = text.find("\"format\":");
    if (at == std::string::npos)
        return Error { ErrorCode::bad_value, "store.case_json.format", 0, 0, 0, (folder / "case.json").string() };
    auto const rest = std::string_view(text).substr(at + 9);
    auto const number = parse_uint(trim(rest.substr(0, rest.find_first_of(",}\n"))));
    if (!number || *number > case_format)
        return Error { ErrorCode::unsupported, "store.case_json.format", 0, static_cast<std::uint64_t>(case_format),
            number.value_or(0), "the case was made by a newer program" };
    return {};
}

EngineOptions engine_options(fs::path const& folder, Access access)
{
    auto const is_read_only = access == Access::read_only;
    return { folder / "traces.duckdb", is_read_only, is_read_only ? reader_memory_bytes : writer_memory_bytes,
        folder / "spill", folder / "export" };
}

std::string fingerprint(std::span<std::string const> statements)
{
    Sha256Hasher hasher;
    for (auto const& statement : statements) {
        hasher.add(as_bytes(statement));
        hasher.add(as_bytes(std::string_view("\0", 1)));
    }
    return to_string(hasher.finish());
}

Result<bool> has_tables(Connection const& connection)
{
    auto tables = TRY(run_query(connection,
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'stored' AND table_name = 'fact'", "store.open"));
    return tables.next() && tables.integer(0) != 0;
}

Result<bool> has_layout(Connection const& connection, std::string_view wanted)
{
    if (!TRY(has_tables(connection)))
        return false;
    auto rows = TRY(
        run_query(connection, format("SELECT value FROM stored.fact WHERE key = '{}'", layout_fact), "store.open"));
    return rows.next() && rows.text(0) == wanted;
}

Result<void> lay_out(Connection const& connection, std::span<std::string const> statements, std::string_view wanted,
    std::span<Schema const* const> schemas)
{
    if (TRY(has_layout(connection, wanted)))
        return {};
    auto const is_new = !TRY(has_tables(connection));
    TRY(connection.run("BEGIN", "store.open"));
    std::string all;
    for (auto const& statement : statements) {
        if (!is_new || !widens_table(statement)) // half of the statements
            all += statement + ";\n";
    }
    for (auto const* schema : is_new ? std::span<Schema const* const> {} : schemas)
        for (auto const& statement : column_comments(*schema)) // a view that is made anew has none
            all += statement + ";\n";
    TRY(connection.run_all(all, "store.open"));
    TRY(connection.run(format("DELETE FROM stored.fact WHERE key = '{}'", layout_fact), "store.open"));
    TRY(connection.run(format("INSERT INTO stored.fact VALUES ('{}', '{}')", layout_fact, wanted), "store.open"));
    return connection.run("COMMIT", "store.open");
}

// A case of an older program lacks columns or views: brought up to date where nobody else is in the way, else read as
// it is.
void bring_up_to_date(fs::path const& folder, std::span<std::string const> statements, std::string_view wanted,
    std::span<Schema const* const> schemas)
{
    auto engine = Engine::open(engine_options(folder, Access::read_write));
    if (!engine.ok())
        return;
    Connection const connection(*engine.value());
    if (!lay_out(connection, statements, wanted, schemas).ok())
        return; // a read-only disk, say: what the old case holds can still be asked
}

}

Case::Case(std::unique_ptr<State> state)
    : m_state(std::move(state))
{
}

Case::~Case()
{
    m_state->forget();
}

bool Case::is_case(fs::path const& folder)
{
    std::error_code code;
    return fs::is_regular_file(folder / "case.json", code);
}

// [DuckDB, storage] A database begins with three blocks of 4,096 bytes; the engine writes them one after the other when
// it makes the file. kill -9 between them leaves a file that it does not take, and in which nothing was ever committed.
static constexpr std::uintmax_t database_headers_bytes = 12'288;

static bool is_unborn(fs::path const& database)
{
    std::error_code code;
    auto const size = fs::file_size(database, code);
    return code || size < database_headers_bytes;
}

static Result<std::unique_ptr<Engine>> open_engine(fs::path const& folder, Access access)
{
    auto const options = engine_options(folder, access);
    if (access == Access::read_only && is_unborn(options.file))
        return Error { ErrorCode::not_found, "store.open", 0, 0, 0,
            format("{} was interrupted before it held anything: examine its evidence again", folder.string()) };
    auto opened = Engine::open(options);
    // Not before the engine refused it: while another process makes the file, the refusal is that one's lock.
    if (opened.ok() || !is_unborn(options.file) || opened.error().detail.starts_with(in_use))
        return opened;
    std::error_code code;
    fs::remove(options.file, code);
    return Engine::open(options);
}

Result<std::unique_ptr<Case>> Case::open(fs::path const& folder, Access access, std::span<Schema const* const> schemas)
{
    auto state = std::make_unique<State>();
    std::error_code code;
    state->folder = fs::absolute(folder, code);
    state->access = access;
    state->schemas.assign(schemas.begin(), schemas.end());
    if (access == Access::read_write) {
        for (auto const* part : { "", "vault", "report", "export" })
            TRY(make_folder(state->folder / part));
        TRY(write_description(state->folder));
    } else if (!is_case(state->folder)) {
        return Error { ErrorCode::not_found, "store.open", 0, 0, 0,
            format("{} is not a case", state->folder.string()) };
    }
    TRY(check_description(state->folder));

    auto const statements = layout_statements(schemas);
    auto const wanted = fingerprint(statements);
    state->engine = TRY(open_engine(state->folder, access));
    state->connection = std::make_unique<Connection>(*state->engine);
    if (access == Access::read_write) {
        TRY(lay_out(*state->connection, statements, wanted, schemas));
    } else if (!TRY(has_layout(*state->connection, wanted))) {
        state->connection.reset();
        state->engine.reset();
        bring_up_to_date(state->folder, statements, wanted, schemas);
        state->engine = TRY(Engine::open(engine_options(state->folder, access)));
        state->connection = std::make_unique<Connection>(*state->engine);
    }
    TRY(state->learn_filled());
    return std::make_unique<Case>(std::move(state));
}

Result<void> Case::State::learn_filled()
{
    auto rows = TRY(run_query(*connection,
        "SELECT table_name, (SELECT bool_or(comment IS NOT NULL) FROM duckdb_columns() c WHERE c.schema_name = 'main' "
        "AND c.table_name = t.table_name) FROM duckdb_tables() t WHERE schema_name = 'stored' AND estimated_size > 0",
        "store.open"));
    std::map<std::string, bool, std::less<>> known;
    while (rows.next())
        known.emplace(rows.text(0), rows.boolean(1));
    TRY(rows.status());
    for (auto const* schema : schemas)
        if (auto const place = known.find(sql_name(schema->name)); place != known.end()) {
            filled.insert(schema);
            if (place->second)
                described.insert(schema);
        }
    return {};
}

Result<void> Case::State::describe(Schema const& schema)
{
    filled.insert(&schema);
    if (described.contains(&schema))
        return {};
    std::string all;
    for (auto const& statement : column_comments(schema))
        all += statement + ";\n";
    TRY(connection->run_all(all, "store.describe"));
    described.insert(&schema);
    return {};
}

fs::path const& Case::folder() const
{
    return m_state->folder;
}

fs::path Case::report_folder() const
{
    return m_state->folder / "report";
}

fs::path Case::vault_path(Sha256 const& digest) const
{
    auto const name = to_string(digest);
    auto const fan = m_state->folder / "vault" / name.substr(0, 2);
    std::error_code code;
    if (m_state->access == Access::read_write)
        fs::create_directories(fan, code); // who writes there learns of a failure
    return fan / name.substr(2);
}

bool Case::has_schema(std::string_view name) const
{
    return std::any_of(
        m_state->schemas.begin(), m_state->schemas.end(), [&](Schema const* schema) { return schema->name == name; });
}

bool Case::has_rows(std::string_view name) const
{
    return std::any_of(
        m_state->filled.begin(), m_state->filled.end(), [&](Schema const* schema) { return schema->name == name; });
}

std::vector<Schema const*> Case::filled_schemas() const
{
    std::vector<Schema const*> filled;
    std::copy_if(m_state->schemas.begin(), m_state->schemas.end(), std::back_inserter(filled),
        [&](Schema const* schema) { return m_state->filled.contains(schema); });
    return filled;
}

std::span<Schema const* const> Case::schemas() const
{
    return m_state->schemas;
}

std::uint64_t Case::uncommitted_rows() const
{
    return m_state->uncommitted_rows;
}

Result<void> Case::State::begin()
{
    if (access == Access::read_only)
        return Error { ErrorCode::wrong_use, "store.write", 0, 0, 0, "the case is open for reading only" };
    if (is_writing)
        return {};
    TRY(connection->run("BEGIN", "store.begin"));
    is_writing = true;
    return {};
}

void Case::State::forget()
{
    // Appenders empty themselves into the transaction when they die, so they die before it.
    for (auto const& [schema, table] : traces)
        described.erase(schema); // the comments may be of this transaction
    traces.clear();
    tables.clear();
    pending_evidence.clear();
    last_evidence = 0;
    dictionary_keys.clear();
    knows_dictionary = false;
    deferred.reset();
    uncommitted_rows = 0;
    if (std::exchange(is_writing, false) && connection)
        static_cast<void>(connection->run("ROLLBACK", "store.rollback").ok()); // nothing to roll back is as good
}

Result<void> Case::State::flush()
{
    TRY(write_evidence());
    for (auto& [schema, traces_of_schema] : traces)
        TRY(traces_of_schema->flush());
    for (auto& [name, appender] : tables)
        TRY(appender->flush());
    return {};
}

Result<void> Case::commit()
{
    auto& state = *m_state;
    if (!state.is_writing && !state.deferred)
        return {};
    auto outcome = state.deferred ? Result<void>(*state.deferred) : state.flush();
    if (outcome.ok())
        outcome = state.connection->run("COMMIT", "store.commit");
    if (!outcome.ok()) {
        state.forget();
        return outcome;
    }
    state.is_writing = false;
    state.uncommitted_rows = 0;
    return {};
}

Result<void> Case::rollback()
{
    m_state->forget();
    return {};
}

Result<void> Case::append(TraceBatch const& batch)
{
    auto& state = *m_state;
    TRY(state.begin());
    auto& table = state.traces[&batch.schema()];
    if (!table) {
        TRY(state.describe(batch.schema()));
        table = TRY(TraceTable::open(*state.connection, batch.schema()));
    }
    TRY(table->append(batch));
    state.uncommitted_rows += batch.row_count();
    return {};
}

Result<void> Case::remove_traces(EvidenceNumber evidence, std::string_view schema)
{
    TRY(m_state->begin());
    TRY(m_state->flush());
    return m_state->connection->run(
        format("DELETE FROM stored.{} WHERE evidence = {}", sql_name(schema), evidence), "store.remove_traces");
}

Result<void> Case::remove_traces(std::string_view schema)
{
    TRY(m_state->begin());
    TRY(m_state->flush());
    return m_state->connection->run(format("DELETE FROM stored.{}", sql_name(schema)), "store.remove_traces");
}

Result<void> Case::remove_traces(EvidenceNumber evidence)
{
    TRY(m_state->begin());
    TRY(m_state->flush());
    for (auto const* schema : m_state->filled)
        TRY(m_state->connection->run(
            format("DELETE FROM stored.{} WHERE evidence = {}", sql_name(schema->name), evidence),
            "store.remove_traces"));
    return m_state->connection->run(
        format("DELETE FROM stored.diagnostic WHERE evidence = {}", evidence), "store.remove_traces");
}

namespace {

// One statement, and one that only reads. The engine's parser decides, not ours.
Result<Statement> prepare_question(Connection const& connection, std::string_view sql)
{
    std::string const text(sql);
    duckdb_extracted_statements statements = nullptr;
    auto const count = duckdb_extract_statements(connection.handle(), text.c_str(), &statements);
    std::string message;
    if (count == 0) {
        auto const* told = duckdb_extract_statements_error(statements);
        message = told == nullptr || *told == 0 ? "there is no statement" : told;
    }
    duckdb_destroy_extracted(&statements);
    if (count == 0)
        return engine_error("store.query", message, ErrorCode::wrong_use);
    if (count > 1 || text.find('\0') != std::string::npos)
        return Error { ErrorCode::wrong_use, "store.query", 0, 1, count, "exactly one statement, please" };
    auto statement = TRY(Statement::prepare(connection, text, "store.query", ErrorCode::wrong_use));
    auto const type = duckdb_prepared_statement_type(statement.handle());
    if (type != DUCKDB_STATEMENT_TYPE_SELECT && type != DUCKDB_STATEMENT_TYPE_EXPLAIN)
        return Error { ErrorCode::wrong_use, "store.query", 0, 0, 0,
            "only statements that read: SELECT, WITH, FROM, VALUES, SHOW, DESCRIBE, SUMMARIZE, EXPLAIN" };
    return statement;
}

}

Result<Rows> Case::query(std::string_view sql, std::span<Parameter const> parameters, std::stop_token const& stop) const
{
    auto state = std::make_unique<Rows::State>();
    TRY(m_state->engine->take_questions());
    state->connection = std::make_unique<Connection>(*m_state->engine);
    // The second wall: even a statement that slipped through could change nothing.
    TRY(state->connection->run("BEGIN TRANSACTION READ ONLY", "store.query"));
    auto statement = TRY(prepare_question(*state->connection, sql));
    if (auto const cast = with_casts(statement, sql, state->columns))
        statement = TRY(Statement::prepare(*state->connection, *cast, "store.query", ErrorCode::wrong_use));
    TRY(statement.bind(parameters));
    if (stop.stop_requested())
        return Error { ErrorCode::cancelled, "store.query", 0, 0, 0, {} };
    state->interrupter.emplace(stop, Interrupt { state->connection->handle() });
    if (duckdb_execute_prepared_streaming(statement.handle(), &state->result) != DuckDBSuccess) {
        auto const* message = duckdb_result_error(&state->result);
        return engine_error("store.query", message == nullptr ? "" : message, ErrorCode::wrong_use);
    }
    state->statement = std::move(statement);
    state->texts.resize(state->columns.size());
    return Rows(std::move(state));
}

Result<Rows> run_query(
    Connection const& connection, std::string const& sql, std::string_view what, std::span<Parameter const> parameters)
{
    auto state = std::make_unique<Rows::State>();
    auto statement = TRY(Statement::prepare(connection, sql, what, ErrorCode::internal));
    VERIFY(!with_casts(statement, sql, state->columns, Blobs::as_bytes));
    TRY(statement.bind(parameters));
    if (duckdb_execute_prepared(statement.handle(), &state->result) != DuckDBSuccess) {
        auto const* message = duckdb_result_error(&state->result);
        return engine_error(what, message == nullptr ? "" : message, ErrorCode::io);
    }
    state->texts.resize(state->columns.size());
    return Rows(std::move(state));
}

Result<Rows> Case::select(Query const& query, std::stop_token const& stop) const
{
    for (auto const* schema : m_state->schemas) {
        if (schema->name != query.schema)
            continue;
        auto const printed = TRY(duckdb_sql(query, *schema));
        auto rows = TRY(this->query(printed.sql, printed.parameters, stop));
        rows.m_state->exact_times = printed.exact_times;
        for (std::size_t i = 0; i < printed.exact_times.size(); ++i) {
            if (printed.exact_times[i])
                rows.m_state->columns[i] = { rows.m_state->columns[i].name, "TIMESTAMP", ValueKind::time };
        }
        return rows;
    }
    return Error { ErrorCode::wrong_use, "store.select.schema", 0, 0, 0,
        format("there is no schema {}", query.schema) };
}

Result<std::uint64_t> Case::export_parquet(
    std::string_view sql, fs::path const& target, std::span<Parameter const> parameters) const
{
    TRY(m_state->engine->take_questions());
    Connection const connection(*m_state->engine);
    TRY(prepare_question(connection, sql));
    TRY(make_folder(m_state->folder / "export"));
    auto const draft = m_state->folder / "export" / "draft.parquet";
    auto const copy = format("COPY (\n{}\n) TO {} (FORMAT parquet, COMPRESSION zstd)", without_final_semicolon(sql),
        quoted_text(draft.string()));
    std::error_code code;
    auto rows = run_query(connection, copy, "store.export_parquet", parameters);
    if (!rows.ok()) {
        fs::remove(draft, code);
        return rows.error();
    }
    fs::permissions(draft, fs::perms::owner_read | fs::perms::owner_write, code); // evidence is for its owner's eyes
    if (!code)
        fs::rename(draft, target, code);
    if (code == std::errc::cross_device_link)
        fs::copy_file(draft, target, fs::copy_options::overwrite_existing, code);
    std::error_code ignored;
    fs::remove(draft, ignored);
    if (code)
        return world_error("store.export_parquet", code, target);
    return rows.value().next() ? rows.value().unsigned_integer(0) : 0;
}

}
