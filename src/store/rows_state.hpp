// What stands behind Rows: the engine's result and the vectors of the chunk in hand. Internal to store/.
// Not for other rooms: they see Rows.
#pragma once
#include "store/engine.hpp"
#include <optional>
#include <stop_token>

namespace konseki::store {

struct Interrupt {
    duckdb_connection connection;
    void operator()() const { duckdb_interrupt(connection); }
};

struct Rows::State {
    State() = default;
    State(State const&) = delete;
    State& operator=(State const&) = delete;
    ~State();
    void bind_vectors();
    bool has_exact_time(std::size_t column) const { return column < exact_times.size() && exact_times[column]; }

    struct Vector {
        void* cells = nullptr;
        std::uint64_t const* validity = nullptr;
    };
    struct Text {
        std::string text;
        bool is_made = false;
    };

    std::unique_ptr<Connection> connection; // its own, when the answer is streamed
    std::optional<std::stop_callback<Interrupt>> interrupter;
    std::optional<Statement> statement;
    duckdb_result result {};
    duckdb_data_chunk chunk = nullptr;
    std::vector<ResultColumn> columns;
    std::vector<bool> exact_times; // columns that hold ticks under the name of a time
    std::vector<Vector> vectors;
    std::vector<Text> texts;
    std::size_t row_count = 0;
    std::size_t row = 0;
    bool is_finished = false;
    Result<void> status;
};

std::string without_final_semicolon(std::string_view sql);
enum class Blobs : std::uint8_t { as_text, as_bytes };
std::optional<std::string> with_casts(
    Statement const& statement, std::string_view sql, std::vector<ResultColumn>& columns, Blobs blobs = Blobs::as_text);

}
