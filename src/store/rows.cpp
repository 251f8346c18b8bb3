#include "store/rows.hpp"
#include "base/text.hpp"
#include "store/rows_state.hpp"
#include "store/stored_text.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace konseki::store {

namespace {

using Wide = __int128; // the engine's sums

struct TypeFacts {
    duckdb_type type;
    std::string_view name;
    ValueKind kind;
};

constexpr std::array<TypeFacts, 13> direct_types { {
    { DUCKDB_TYPE_BOOLEAN, "BOOLEAN", ValueKind::boolean },
    { DUCKDB_TYPE_TINYINT, "TINYINT", ValueKind::integer },
    { DUCKDB_TYPE_SMALLINT, "SMALLINT", ValueKind::integer },
    { DUCKDB_TYPE_INTEGER, "INTEGER", ValueKind::integer },
    { DUCKDB_TYPE_BIGINT, "BIGINT", ValueKind::integer },
    { DUCKDB_TYPE_HUGEINT, "HUGEINT", ValueKind::integer },
    { DUCKDB_TYPE_UTINYINT, "UTINYINT", ValueKind::unsigned_integer },
    { DUCKDB_TYPE_USMALLINT, "USMALLINT", ValueKind::unsigned_integer },
    { DUCKDB_TYPE_UINTEGER, "UINTEGER", ValueKind::unsigned_integer },
    { DUCKDB_TYPE_UBIGINT, "UBIGINT", ValueKind::unsigned_integer },
    { DUCKDB_TYPE_DOUBLE, "DOUBLE", ValueKind::real },
    { DUCKDB_TYPE_TIMESTAMP, "TIMESTAMP", ValueKind::time },
    { DUCKDB_TYPE_VARCHAR, "VARCHAR", ValueKind::text },
} };

TypeFacts const* direct(duckdb_type type)
{
    for (auto const& facts : direct_types) {
        if (facts.type == type)
            return &facts;
    }
    return nullptr;
}

struct CastFacts {
    duckdb_type type;
    std::string_view name, target;
};

// What is cast by the engine before it is read here; everything else becomes text.
constexpr std::array<CastFacts, 7> cast_types { {
    { DUCKDB_TYPE_FLOAT, "FLOAT", "DOUBLE" },
    { DUCKDB_TYPE_DECIMAL, "DECIMAL", "DOUBLE" },
    { DUCKDB_TYPE_TIMESTAMP_S, "TIMESTAMP_S", "TIMESTAMP" },
    { DUCKDB_TYPE_TIMESTAMP_MS, "TIMESTAMP_MS", "TIMESTAMP" },
    { DUCKDB_TYPE_TIMESTAMP_NS, "TIMESTAMP_NS", "TIMESTAMP" },
    { DUCKDB_TYPE_TIMESTAMP_TZ, "TIMESTAMP WITH TIME ZONE", "TIMESTAMP" },
    { DUCKDB_TYPE_UHUGEINT, "UHUGEINT", "VARCHAR" },
} };

CastFacts cast_of(duckdb_type type)
{
    for (auto const& facts : cast_types) {
        if (facts.type == type)
            return facts;
    }
    return { type, "OTHER", "VARCHAR" };
}

Timestamp timestamp_of(std::int64_t microseconds)
{
    constexpr std::int64_t us_max
        = std::numeric_limits<std::int64_t>::max() / 10 - Timestamp::unix_epoch_seconds * 1'000'000;
    auto const held = std::clamp(microseconds, -us_max, us_max); // infinity and years nobody means
    return Timestamp::from_unix_microseconds(held);
}

void append_wide(std::string& target, Wide value)
{
    append_format(target, "{}", value);
}

}

std::string without_final_semicolon(std::string_view sql)
{
    // The last character that is neither white space nor comment, outside quotes.
    std::size_t last = std::string_view::npos;
    for (std::size_t i = 0; i < sql.size();) {
        auto const rest = sql.substr(i);
        std::size_t end = i + 1;
        if (rest.starts_with("--"))
            end = std::min(sql.find('\n', i), sql.size());
        else if (rest.starts_with("/*"))
            end = sql.find("*/", i + 2) == std::string_view::npos ? sql.size() : sql.find("*/", i + 2) + 2;
        else if (rest[0] == '\'' || rest[0] == '"') {
            auto const close = sql.find(rest[0], i + 1);
            end = close == std::string_view::npos ? sql.size() : close + 1;
            last = end - 1;
        } else if (!trim(rest.substr(0, 1)).empty())
            last = i;
        i = end;
    }
    if (last == std::string_view::npos)
        return {};
    return std::string(sql.substr(0, sql[last] == ';' ? last : last + 1));
}

// Types that Rows does not read itself are cast by the engine: the statement becomes a subquery.
std::optional<std::string> with_casts(
    Statement const& statement, std::string_view sql, std::vector<ResultColumn>& columns, Blobs blobs)
{
    auto const count = duckdb_prepared_statement_column_count(statement.handle());
    bool needs_cast = false;
    std::string list, names;
    for (idx_t i = 0; i < count; ++i) {
        auto const type = duckdb_prepared_statement_column_type(statement.handle(), i);
        auto const* name = duckdb_prepared_statement_column_name(statement.handle(), i);
        auto const* facts = direct(type);
        append_format(names, "{}c{}", i == 0 ? "" : ", ", i);
        list += i == 0 ? "" : ", ";
        if (type == DUCKDB_TYPE_BLOB && blobs == Blobs::as_bytes) {
            columns.push_back({ name, "BLOB", ValueKind::other });
            append_format(list, "c{}", i);
        } else if (facts != nullptr) {
            columns.push_back({ name, std::string(facts->name), facts->kind });
            append_format(list, "c{}", i);
        } else {
            auto const cast = cast_of(type);
            auto const kind = cast.target == "DOUBLE" ? ValueKind::real
                : cast.target == "TIMESTAMP"          ? ValueKind::time
                                                      : ValueKind::other;
            columns.push_back({ name, std::string(cast.name), kind });
            append_format(list, "CAST(c{} AS {})", i, cast.target);
            needs_cast = true;
        }
        duckdb_free(const_cast<char*>(name)); // NOLINT: the engine's own signature for freeing
    }
    if (!needs_cast)
        return {};
    return format("SELECT {} FROM (\n{}\n) AS question({})", list, without_final_semicolon(sql), names);
}

Rows::State::~State()
{
    interrupter.reset();
    if (chunk != nullptr)
        duckdb_destroy_data_chunk(&chunk);
    duckdb_destroy_result(&result);
}

void Rows::State::bind_vectors()
{
    row_count = chunk == nullptr ? 0 : duckdb_data_chunk_get_size(chunk);
    vectors.clear();
    for (std::size_t i = 0; chunk != nullptr && i < columns.size(); ++i) {
        auto* const vector = duckdb_data_chunk_get_vector(chunk, i);
        vectors.push_back({ duckdb_vector_get_data(vector), duckdb_vector_get_validity(vector) });
    }
}

Rows::Rows(std::unique_ptr<State> state)
    : m_state(std::move(state))
{
}
Rows::~Rows() = default;
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;

std::vector<ResultColumn> const& Rows::columns() const
{
    return m_state->columns;
}

bool Rows::next()
{
    auto& state = *m_state;
    for (auto& text : state.texts)
        text.is_made = false;
    if (++state.row < state.row_count)
        return true;
    if (state.is_finished)
        return false;
    do {
        if (state.chunk != nullptr)
            duckdb_destroy_data_chunk(&state.chunk);
        state.chunk = duckdb_fetch_chunk(state.result);
        state.bind_vectors();
    } while (state.chunk != nullptr && state.row_count == 0);
    state.row = 0;
    if (state.chunk != nullptr)
        return true;
    state.is_finished = true;
    if (auto const* message = duckdb_result_error(&state.result); message != nullptr && *message != 0)
        state.status = engine_error("store.query", message, ErrorCode::io);
    return false;
}

Result<void> Rows::status() const
{
    return m_state->status;
}

bool Rows::is_null(std::size_t column) const
{
    auto const* validity = m_state->vectors[column].validity;
    return validity != nullptr && (validity[m_state->row / 64] >> (m_state->row % 64) & 1) == 0;
}

namespace {

// Every number as the widest there is.
Wide wide_value(std::string_view type, void const* cells, std::size_t row)
{
    auto const at = [&]<typename T>(T) { return static_cast<Wide>(static_cast<T const*>(cells)[row]); };
    if (type == "BOOLEAN")
        return at(std::uint8_t {});
    if (type == "TINYINT")
        return at(std::int8_t {});
    if (type == "SMALLINT")
        return at(std::int16_t {});
    if (type == "INTEGER")
        return at(std::int32_t {});
    if (type == "BIGINT" || type == "TIMESTAMP")
        return at(std::int64_t {});
    if (type == "UTINYINT")
        return at(std::uint8_t {});
    if (type == "USMALLINT")
        return at(std::uint16_t {});
    if (type == "UINTEGER")
        return at(std::uint32_t {});
    if (type == "UBIGINT")
        return at(std::uint64_t {});
    if (type == "HUGEINT") {
        auto const& huge = static_cast<duckdb_hugeint const*>(cells)[row];
        return static_cast<Wide>(huge.upper) << 64 | huge.lower;
    }
    return 0;
}

template <typename T> T fitting(Wide value)
{
    auto const fits
        = value >= std::numeric_limits<T>::min() && value <= static_cast<Wide>(std::numeric_limits<T>::max());
    return fits ? static_cast<T>(value) : T {};
}

}

bool Rows::boolean(std::size_t column) const
{
    return integer(column) != 0;
}

std::int64_t Rows::integer(std::size_t column) const
{
    return is_null(column) ? 0
                           : fitting<std::int64_t>(
                               wide_value(m_state->columns[column].type, m_state->vectors[column].cells, m_state->row));
}

std::uint64_t Rows::unsigned_integer(std::size_t column) const
{
    return is_null(column) ? 0
                           : fitting<std::uint64_t>(
                               wide_value(m_state->columns[column].type, m_state->vectors[column].cells, m_state->row));
}

TraceId Rows::trace(std::size_t column) const
{
    return { static_cast<EvidenceNumber>(unsigned_integer(column)), unsigned_integer(column + 1) };
}

double Rows::real(std::size_t column) const
{
    if (is_null(column))
        return 0;
    if (m_state->columns[column].kind == ValueKind::real)
        return static_cast<double const*>(m_state->vectors[column].cells)[m_state->row];
    return static_cast<double>(wide_value(m_state->columns[column].type, m_state->vectors[column].cells, m_state->row));
}

Timestamp Rows::time(std::size_t column) const
{
    if (is_null(column) || m_state->columns[column].kind != ValueKind::time)
        return {};
    auto const stored = static_cast<std::int64_t const*>(m_state->vectors[column].cells)[m_state->row];
    return m_state->has_exact_time(column) ? Timestamp { stored } : timestamp_of(stored);
}

std::string_view Rows::text(std::size_t column) const
{
    if (is_null(column))
        return {};
    auto& state = *m_state;
    auto& made = state.texts[column];
    auto const kind = state.columns[column].kind;
    if (kind == ValueKind::text || kind == ValueKind::other) {
        auto& stored = static_cast<duckdb_string_t*>(state.vectors[column].cells)[state.row];
        std::string_view const view { duckdb_string_t_data(&stored), duckdb_string_t_length(stored) };
        if (state.columns[column].type == "BLOB" || !is_escaped(view))
            return view;
        made.text = unescaped(view);
        return made.text;
    }
    if (std::exchange(made.is_made, true))
        return made.text;
    made.text.clear();
    if (kind == ValueKind::boolean)
        made.text = boolean(column) ? "true" : "false";
    else if (kind == ValueKind::real)
        append_format(made.text, "{}", real(column));
    else if (kind == ValueKind::time && state.has_exact_time(column))
        append_iso8601(made.text, time(column));
    else if (kind == ValueKind::time)
        append_iso8601_microseconds(made.text, time(column));
    else
        append_wide(made.text, wide_value(state.columns[column].type, state.vectors[column].cells, state.row));
    return made.text;
}

}
