// konseki rules explain: the truth of each term of a rule for one event. The event is parsed in a worker, where the
// explanation is written too: from a case (a trace) or, for people who write rules, from a JSON file that is examined
// in a case of its own.
#include "app/command_table.hpp"
#include "app/evidence_access.hpp"
#include "app/rule_loading.hpp"
#include "app/selection.hpp"
#include "app/terminal_text.hpp"
#include "base/text.hpp"
#include "rules/sigma/explain.hpp"
#include "traces/catalogue.hpp"
#include <stdlib.h> // mkdtemp

namespace konseki::app {

namespace {

struct Explanation {
    std::string_view text;
};

constexpr auto explanation_schema
    = schema("explanation.event", "How one rule judges one event; never stored in a case that stays",
        field("text", &Explanation::text, "Several lines, or one of JSON"));

using ExplainForm = std::string (&)(sigma::RuleSet const&, std::uint32_t, Event const&);

class ExplainWatcher final : public EventWatcher {
public:
    ExplainWatcher(sigma::RuleSet const& rules, std::uint32_t rule, ExplainForm form,
        std::optional<std::uint64_t> offset, TraceSink& sink)
        : m_rules(rules)
        , m_form(form)
        , m_rule(rule)
        , m_offset(offset)
        , m_sink(sink)
    {
    }
    void on_event(Event const& event, TraceOrigin const& origin) override
    {
        if (m_offset && *m_offset != origin.offset)
            return;
        auto const text = m_form(m_rules, m_rule, event);
        m_sink.emit(explanation_schema, origin, { text });
    }

private:
    sigma::RuleSet const& m_rules;
    ExplainForm m_form;
    std::uint32_t m_rule;
    std::optional<std::uint64_t> m_offset;
    TraceSink& m_sink;
};

// A folder for one command, gone afterwards.
class ScratchFolder {
public:
    static Result<ScratchFolder> make()
    {
        auto name = (std::filesystem::temp_directory_path() / "konseki-explain-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr)
            return os::error_from_errno(errno, "temporary folder", name);
        return ScratchFolder { name };
    }
    ~ScratchFolder()
    {
        std::error_code ignored;
        if (!m_path.empty())
            std::filesystem::remove_all(m_path, ignored);
    }
    ScratchFolder(ScratchFolder&& other) noexcept
        : m_path(std::exchange(other.m_path, {}))
    {
    }
    ScratchFolder(ScratchFolder const&) = delete;
    ScratchFolder& operator=(ScratchFolder const&) = delete;
    ScratchFolder& operator=(ScratchFolder&&) = delete;
    std::filesystem::path const& path() const { return m_path; }

private:
    explicit ScratchFolder(std::filesystem::path path)
        : m_path(std::move(path))
    {
    }
    std::filesystem::path m_path;
};

class SilentProgress final : public intake::ProgressSink {
    void on_progress(intake::Progress const&) override { }
};

}

static Result<std::uint32_t> find_rule(LoadedRules const& rules, std::string_view name)
{
    if (auto const index = rules.set.find_rule(name))
        return *index;
    auto const all = rules.set.rules();
    for (std::size_t index = 0; index < all.size(); ++index)
        if (all[index].path == name || std::filesystem::path(all[index].path).filename() == name
            || equals_ignoring_case(all[index].title, name))
            return static_cast<std::uint32_t>(index);
    for (auto const& problem : rules.set.problems())
        if (problem.id == name || problem.title == name || problem.path == name)
            return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
                format("rule {} cannot run: {}: {}", name, sigma::reason_name(problem.reason), problem.detail) };
    if (rules.set.find_correlation(name))
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            format("{} is a correlation: it judges many events; explain one of the rules it stands on", name) };
    return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
        format("no rule has the id or title \"{}\"; konseki rules list shows them", name) };
}

static bool wants_json(Context const& context)
{
    return context.arguments().value("format", "text") == "json";
}

static void write_explanation(Context& context, std::string_view text, TraceId trace)
{
    if (wants_json(context)) // the object itself begins with its first member
        context.answer().write(format("{{\"trace\":\"{}\",{}\n", to_string(trace), text.substr(1)));
    else
        context.answer().write(terminal_safe_lines(text));
}

static Result<std::uint64_t> explain_trace(
    Context& context, EvidenceAccess& access, store::Case const& source, TraceId trace)
{
    static constexpr std::array<Schema const*, 1> schemas { &explanation_schema.erased };
    std::uint64_t count = 0;
    auto const on_batch = [&](TraceBatch const& batch) {
        for (std::size_t row = 0; row < batch.row_count(); ++row, ++count)
            write_explanation(context, batch.text(0, row), trace);
    };
    TRY(scan_evidence(context, access, source, "explain", schemas, { trace.evidence }, on_batch, access.stop()));
    return count;
}

static Result<std::uint64_t> explain_file(Context& context, EvidenceAccess& access, std::filesystem::path const& file)
{
    auto const scratch = TRY(ScratchFolder::make());
    auto schemas = stored_schemas();
    schemas.push_back(&explanation_schema.erased);
    auto const target = TRY(store::Case::open(scratch.path() / "explain.konseki", store::Access::read_write, schemas));
    intake::ExamineOptions options;
    options.inputs = { file };
    options.parsers = artefact_parsers();
    options.schemas = schemas;
    options.workers = 1;
    options.watcher = "explain";
    SilentProgress progress;
    TRY(intake::examine(*target, access.server(), options, progress, access.stop()));
    auto rows = TRY(target->query(
        "SELECT text, trace_id(evidence, \"offset\") FROM explanation_event ORDER BY evidence, \"offset\""));
    std::uint64_t count = 0;
    for (; rows.next(); ++count) {
        if (count > 0 && !wants_json(context))
            context.answer().write("\n");
        write_explanation(context, rows.text(0), TraceId::parse(rows.text(1)).value_or(TraceId {}));
    }
    TRY(rows.status());
    return count;
}

static Result<ExitCode> explain(Context& context)
{
    auto const& arguments = context.arguments();
    auto const operands = arguments.operands();
    bool const is_from_file = arguments.has("json");
    if (is_from_file == (operands.size() > 1))
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            "name one event: a trace of the case (e7@0x12a0) or --json FILE" };
    std::optional<TraceId> trace;
    if (!is_from_file) {
        trace = TraceId::parse(operands[1]);
        if (!trace)
            return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
                format(
                    "\"{}\" is no trace; traces look like e7@0x12a0 and are listed by konseki events", operands[1]) };
        TRY(choose_case(arguments));
    }
    auto const rules = TRY(load_rules(arguments));
    auto const rule = TRY(find_rule(rules, operands[0]));
    ExplainForm form = wants_json(context) ? sigma::explain_as_json : sigma::explain;
    auto const offset = trace ? std::optional(trace->offset) : std::nullopt;
    auto access = TRY(EvidenceAccess::start({ { "explain",
        [&](std::string_view, TraceSink& traces) {
            return intake::Watch { std::make_unique<ExplainWatcher>(rules.set, rule, form, offset, traces), nullptr };
        } } }));
    std::uint64_t count = 0;
    if (trace) {
        auto const source = TRY(open_case(context, store::Access::read_only));
        count = TRY(explain_trace(context, *access, *source, *trace));
    } else {
        count = TRY(explain_file(context, *access, std::filesystem::path(arguments.value("json"))));
    }
    if (count == 0)
        return Error { ErrorCode::not_found, "rules explain", 0, 0, 0,
            trace ? format("no event begins at {}", to_string(*trace)) : "the file holds no event that is understood" };
    return ExitCode::done;
}

ExitCode run_rules_explain(Context& context)
{
    return answer_with(context, [&] { return explain(context); });
}

}
