// What a command is given: its arguments, where answers and remarks go, language and zone, and the case it asks.
// Not a place for state of commands.
#pragma once
#include "app/arguments.hpp"
#include "app/output.hpp"
#include "app/row_writer.hpp"
#include "record/finding.hpp"
#include "store/case.hpp"
#include <filesystem>
#include <memory>

namespace konseki::app {

class Context {
public:
    explicit Context(Arguments const& arguments);

    Arguments const& arguments() const { return m_arguments; }
    Output& out() { return m_out; }
    Output& errors() { return m_errors; }
    bool is_quiet() const { return m_arguments.has("quiet"); }
    std::string_view language() const { return m_language; }
    TimeZone zone() const { return m_arguments.value("tz") == "jst" ? TimeZone::jst : TimeZone::utc; }
    bool shows_progress();

    // Goes to standard error unless --quiet.
    void remark(std::string_view text);
    // Says what, where and what next on standard error; the exit code that fits the error.
    ExitCode fail(Error const& error, std::string_view next = {});

    // Sends the answer to --output where that is given. Before the first write.
    Result<void> open_output();
    std::unique_ptr<RowWriter> make_writer();

private:
    Arguments const& m_arguments;
    Output m_out, m_errors;
    std::optional<Output> m_file;
    std::string_view m_language;

public:
    Output& answer() { return m_file ? *m_file : m_out; }
};

// --case, or the only *.konseki folder here; an Error says what to do.
Result<std::filesystem::path> choose_case(Arguments const& arguments);
// For examine: --case, or konseki-case-<name of the first input>.konseki in the current folder.
std::filesystem::path choose_new_case(Arguments const& arguments);

// All that traces, rules and searches may store or send.
std::vector<Schema const*> const& stored_schemas();
Result<std::unique_ptr<store::Case>> open_case(Context& context, store::Access access);

Colour severity_colour(Severity severity);

// Runs body, which returns Result<ExitCode>, and reports its error.
template <typename Body> ExitCode answer_with(Context& context, Body const& body)
{
    auto result = body();
    if (!result.ok())
        return context.fail(result.error());
    auto finished = context.answer().finish();
    if (!finished.ok())
        return context.fail(finished.error());
    return result.value();
}

}
