// The answer of one read-only statement, streamed row by row, and the parameters it was asked with.
// Not a table in memory: a row's texts die with the next call of next().
#pragma once
#include "base/identity.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace konseki::store {

using Parameter = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Timestamp>;

enum class ValueKind : std::uint8_t { boolean, integer, unsigned_integer, real, time, text, other };

struct ResultColumn {
    std::string name;
    std::string type; // as the engine names it: "TIMESTAMP", "VARCHAR"
    ValueKind kind = ValueKind::other;
};

class Rows {
public:
    ~Rows();
    Rows(Rows&&) noexcept;
    Rows& operator=(Rows&&) noexcept;

    std::vector<ResultColumn> const& columns() const;
    // Steps to the next row. False at the end and after an error: ask status() then.
    bool next();
    Result<void> status() const;

    // The values of the current row. A value of another kind is converted where that loses nothing, otherwise it is
    // zero.
    bool is_null(std::size_t column) const;
    bool boolean(std::size_t column) const;
    std::int64_t integer(std::size_t column) const;
    std::uint64_t unsigned_integer(std::size_t column) const;
    double real(std::size_t column) const;
    TraceId trace(std::size_t column) const; // of that column and the next: evidence and offset
    Timestamp time(
        std::size_t column) const; // exact to 100 ns where the query model asked for the column, else to 1 µs
    std::string_view text(std::size_t column) const; // any kind in its canonical form; empty for null

    struct State; // known inside store/ only
    explicit Rows(std::unique_ptr<State> state);

private:
    friend class Case;
    std::unique_ptr<State> m_state;
};

}
