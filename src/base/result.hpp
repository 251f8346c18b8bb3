// A value or the Error that stands in its place, and the two macros of the house: TRY and VERIFY.
// Not for our own bugs: those end the process through VERIFY.
#pragma once
#include "base/error.hpp"
#include <optional>
#include <utility>
#include <variant>

namespace konseki {

namespace detail {
[[noreturn]] void verify_failed(char const* condition, char const* file, int line);
}

// A broken promise of our own code: always on, ends the process (a worker's end is a diagnostic, not an outage).
#define VERIFY(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition)) [[unlikely]]                                                                                 \
            ::konseki::detail::verify_failed(#condition, __FILE__, __LINE__);                                          \
    } while (false)

template <typename T> class [[nodiscard]] Result {
public:
    Result(T value) // NOLINT(google-explicit-constructor): `return value;` must read naturally
        : m_state(std::in_place_index<0>, std::move(value))
    {
    }
    Result(Error error) // NOLINT(google-explicit-constructor)
        : m_state(std::in_place_index<1>, std::move(error))
    {
    }

    bool ok() const { return m_state.index() == 0; }
    T const& value() const&
    {
        VERIFY(ok());
        return *std::get_if<0>(&m_state);
    }
    T& value() &
    {
        VERIFY(ok());
        return *std::get_if<0>(&m_state);
    }
    T&& value() &&
    {
        VERIFY(ok());
        return std::move(*std::get_if<0>(&m_state));
    }
    Error const& error() const&
    {
        VERIFY(!ok());
        return *std::get_if<1>(&m_state);
    }
    Error&& error() &&
    {
        VERIFY(!ok());
        return std::move(*std::get_if<1>(&m_state));
    }

private:
    std::variant<T, Error> m_state;
};

template <> class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) // NOLINT(google-explicit-constructor)
        : m_error(std::move(error))
    {
    }

    bool ok() const { return !m_error.has_value(); }
    void value() const { VERIFY(ok()); }
    Error const& error() const&
    {
        VERIFY(!ok());
        return *m_error;
    }
    Error&& error() &&
    {
        VERIFY(!ok());
        return std::move(*m_error);
    }

private:
    std::optional<Error> m_error;
};

}

// Gives the value, or returns the error from the enclosing function. A GNU statement expression (g++ and clang).
#define TRY(expression)                                                                                                \
    ({                                                                                                                 \
        auto&& try_result = (expression);                                                                              \
        if (!try_result.ok())                                                                                          \
            return std::move(try_result).error();                                                                      \
        std::move(try_result).value();                                                                                 \
    })
