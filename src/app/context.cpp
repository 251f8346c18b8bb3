#include "app/context.hpp"
#include "analysers/catalogue.hpp"
#include "app/terminal_text.hpp"
#include "base/text.hpp"
#include "collect/collect.hpp"
#include "rules/sigma/match_row.hpp"
#include "rules/yara/match_row.hpp"
#include "traces/catalogue.hpp"
#include "traces/registry_artefact.hpp"
#include <algorithm>
#include <cstdlib>

namespace konseki::app {

// A SHA-256 fits; elsewhere only what no eye reads is cut.
static constexpr std::size_t cell_width_on_terminal = 64;
static constexpr std::size_t cell_width_elsewhere = 1000;

static std::string_view choose_language(Arguments const& arguments)
{
    if (arguments.has("language"))
        return arguments.value("language");
    for (auto const* name : { "LC_ALL", "LC_MESSAGES", "LANG" }) // POSIX: the first one that is set decides
        if (auto const* value = std::getenv(name); value != nullptr && *value != 0)
            return std::string_view(value).starts_with("ja") ? "ja" : "en";
    return "en";
}

Context::Context(Arguments const& arguments)
    : m_arguments(arguments)
    , m_out(Output::standard(arguments.value("color", "auto")))
    , m_errors(Output::errors(arguments.value("color", "auto")))
    , m_language(choose_language(arguments))
{
}

bool Context::shows_progress()
{
    return m_arguments.has("progress") || (!is_quiet() && m_errors.is_terminal());
}

void Context::remark(std::string_view text)
{
    if (is_quiet())
        return;
    m_errors.write(terminal_safe_lines(text));
    m_errors.write("\n");
    m_errors.flush();
}

static constexpr std::string_view sql = "store.query";

static std::string_view what_next(Error const& error)
{
    switch (error.code) {
    case ErrorCode::no_space: return "free some space and run the same command again; what was done is kept";
    case ErrorCode::not_found:
        if (error.need == 0) // no errno: nothing of the file system
            return {};
        [[fallthrough]];
    case ErrorCode::io: return "check that the path exists and that you may read or write it";
    default: return {};
    }
}

// Errors of use and of the world carry a sentence or a path; those of code carry a place.
static std::string sentence(Error const& error)
{
    if (error.code == ErrorCode::wrong_use && !error.detail.empty())
        return error.what == "command line" || error.what == "case" || error.what == sql
            ? error.detail
            : format("{}: {}", error.what, error.detail);
    return to_string(error);
}

// What SQL gets told points into the caller's own lines; each further line is set in, so that it cannot pass for ours.
static std::string shown_sentence(Error const& error)
{
    if (error.what != sql)
        return terminal_safe(sentence(error));
    auto const lines = sentence(error);
    std::string text;
    for (auto const line : split(lines, '\n'))
        append_format(text, "{}{}", text.empty() ? "" : "\n    ", terminal_safe(line));
    return text;
}

ExitCode Context::fail(Error const& error, std::string_view next)
{
    m_out.flush();
    auto const* command = m_arguments.command();
    auto const said = shown_sentence(error);
    auto head = command == nullptr ? std::string("konseki") : format("konseki {}", command->name);
    if (said.starts_with(head + " ")) // "konseki examine needs PATH..." names the command itself
        head = "konseki";
    m_errors.write(m_errors.coloured(head + ":", Colour::red));
    m_errors.write(" " + said + "\n");
    auto const hint = next.empty() ? what_next(error) : next;
    if (!hint.empty())
        m_errors.write(format("  next: {}\n", hint));
    m_errors.flush();
    return error.code == ErrorCode::wrong_use ? ExitCode::wrong_use : ExitCode::could_not_work;
}

Result<void> Context::open_output()
{
    if (m_arguments.has("output") && m_arguments.value("output") != "-")
        m_file.emplace(TRY(Output::file(std::filesystem::path(m_arguments.value("output")))));
    return {};
}

std::unique_ptr<RowWriter> Context::make_writer()
{
    return make_row_writer(m_arguments.value("format", "table"), answer(),
        { zone(), answer().is_terminal() ? cell_width_on_terminal : cell_width_elsewhere });
}

static Error no_case(std::string detail)
{
    return { ErrorCode::wrong_use, "case", 0, 0, 0, std::move(detail) };
}

Result<std::filesystem::path> choose_case(Arguments const& arguments)
{
    if (arguments.has("case")) {
        auto const folder = std::filesystem::path(arguments.value("case"));
        if (!store::Case::is_case(folder))
            return no_case(format("{} is not a case folder; konseki examine --case {} PATH... makes one",
                folder.string(), folder.string()));
        return folder;
    }
    std::vector<std::filesystem::path> found;
    std::error_code ignored;
    for (auto const& entry : std::filesystem::directory_iterator(".", ignored))
        if (entry.path().extension() == ".konseki" && store::Case::is_case(entry.path()))
            found.push_back(entry.path().filename());
    if (found.size() == 1)
        return found.front();
    if (found.empty())
        return no_case(
            "there is no case here; say which one with --case DIR, or make one with konseki examine PATH...");
    std::sort(found.begin(), found.end());
    std::string names;
    for (auto const& name : found)
        append_format(names, "{}{}", names.empty() ? "" : ", ", name.string());
    return no_case(format("there are {} cases here ({}); say which one with --case DIR", found.size(), names));
}

std::filesystem::path choose_new_case(Arguments const& arguments)
{
    if (arguments.has("case"))
        return std::filesystem::path(arguments.value("case"));
    if (arguments.operands().empty()) // examine --live
        return format("konseki-case-{}.konseki", collect::name_of_this_host());
    std::error_code ignored;
    auto first = std::filesystem::absolute(std::filesystem::path(arguments.operands()[0]), ignored).lexically_normal();
    if (!first.has_filename())
        first = first.parent_path(); // "logs/" is "logs"
    auto name = first.filename().string();
    if (name.empty())
        name = "root";
    return format("konseki-case-{}.konseki", name);
}

std::vector<Schema const*> const& stored_schemas()
{
    static auto const schemas = [] {
        std::vector<Schema const*> all;
        auto const add = [&](Schema const* schema) { // several parsers fill the tables about Linux hosts
            if (std::ranges::find(all, schema) == all.end())
                all.push_back(schema);
        };
        for (auto const* parser : artefact_parsers())
            std::ranges::for_each(parser->emits, add);
        for (auto const* artefact : registry_artefacts())
            std::ranges::for_each(artefact->emits, add);
        all.push_back(&sigma::match_schema.erased);
        all.push_back(&yara::match_schema.erased);
        all.push_back(&yara::scan_schema.erased);
        for (auto const* analyser : analysers())
            all.insert(all.end(), analyser->emits.begin(), analyser->emits.end());
        return all;
    }();
    return schemas;
}

Result<std::unique_ptr<store::Case>> open_case(Context& context, store::Access access)
{
    auto const folder = TRY(choose_case(context.arguments()));
    return store::Case::open(folder, access, stored_schemas());
}

Colour severity_colour(Severity severity)
{
    switch (severity) {
    case Severity::critical: return Colour::magenta;
    case Severity::high: return Colour::red;
    case Severity::medium: return Colour::yellow;
    case Severity::low: return Colour::cyan;
    case Severity::informational: return Colour::plain;
    }
    return Colour::plain;
}

}
