// The checks as data: a statement that names the traces, and the words that explain what they mean.
// Not the folding into findings: analyser.cpp.
#pragma once
#include "record/finding.hpp"
#include <span>
#include <string>
#include <string_view>

namespace konseki::linux_log_tampering {

// A statement in up to three parts, put together when it runs.
struct Statement {
    std::string_view first, second, third;
    constexpr Statement(char const* whole) // NOLINT(google-explicit-constructor)
        : first(whole)
    {
    }
    // NOLINTNEXTLINE(google-explicit-constructor): a table of statements is written as text
    constexpr Statement(std::string_view begin, std::string_view middle = {}, std::string_view end = {})
        : first(begin)
        , second(middle)
        , third(end)
    {
    }
};

// Columns of a statement: host, evidence, offset, at, is_weak, then what the finding shows as fields under the
// columns' names. Ordered.
struct Check {
    std::string_view rule; // "linux-log.login-zeroed"; weak ones get ".weak"
    std::string_view schema; // of the traces it names; "" where the evidence itself is meant
    std::string_view needs; // further schemas, separated by blanks
    Severity severity, severity_weak;
    std::string_view attack;
    Statement sql;
    std::string_view title, title_ja, explanation, explanation_ja, advice, advice_ja;
    std::string_view note_weak, note_weak_ja; // why the weak case means less
};

std::span<Check const> login_checks();
std::span<Check const> journal_checks();
std::span<Check const> other_checks();

}
