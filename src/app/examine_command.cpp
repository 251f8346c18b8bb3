#include "app/examine_command.hpp"
#include "analysers/catalogue.hpp"
#include "analysers/ranking/analyser.hpp"
#include "analysers/sigma/watcher.hpp"
#include "app/case_baseline.hpp"
#include "app/collect_command.hpp"
#include "app/command_table.hpp"
#include "app/evidence_access.hpp"
#include "app/progress.hpp"
#include "app/report_command.hpp"
#include "app/rule_coverage.hpp"
#include "app/terminal_text.hpp"
#include "app/yara_scan.hpp"
#include "base/text.hpp"
#include "os/file.hpp"
#include "os/memory.hpp"
#include "traces/catalogue.hpp"
#include <map>
#include <optional>

namespace konseki::app {

static constexpr std::size_t findings_shown = 10;
static constexpr std::uint64_t key_bytes_max = 1U << 20;

Result<LostEvidence> lost_evidence(store::Case const& source)
{
    auto rows = TRY(source.query("SELECT count(*), coalesce(sum(bytes_lost), 0) FROM diagnostic WHERE bytes_lost > 0"));
    LostEvidence lost;
    if (rows.next()) {
        lost.diagnostics = rows.unsigned_integer(0);
        lost.bytes = rows.unsigned_integer(1);
    }
    TRY(rows.status());
    return lost;
}

std::string lost_line(LostEvidence const& lost, std::filesystem::path const& folder)
{
    if (lost.diagnostics == 0)
        return "0 diagnostics cost evidence";
    return format("{} {} cost evidence ({} not read): konseki diagnostics --lost --case {}", grouped(lost.diagnostics),
        lost.diagnostics == 1 ? "diagnostic" : "diagnostics", size_text(lost.bytes), folder.string());
}

static std::string analysers_state(LoadedRules const& rules, std::filesystem::path const& case_folder)
{
    auto state = to_string(rules.set.fingerprint()) + rules.side_loading.fingerprint() + baselines_state(case_folder);
    for (auto const* analyser : analysers())
        append_format(state, " {}:{}", analyser->name, analyser->version);
    return state;
}

namespace {

// Derived rows on their way into the case. What fails is kept for finish().
class DerivedRowsOfCase final : public DerivedRows {
public:
    DerivedRowsOfCase(store::Case& target, Analyser const& analyser)
        : m_target(target)
        , m_analyser(analyser)
    {
    }

    Result<void> drop_earlier()
    {
        for (auto const* schema : m_analyser.emits)
            TRY(m_target.remove_traces(schema->name));
        return {};
    }

    void flush() override
    {
        for (auto const& [key, batch] : m_batches)
            write(batch);
        m_batches.clear();
    }

    Result<void> finish()
    {
        flush();
        if (m_failed)
            return *m_failed;
        return {};
    }

protected:
    TraceBatch& room_in(Schema const& schema, EvidenceNumber evidence) override
    {
        auto const key = std::pair { schema.name, evidence };
        auto place = m_batches.find(key);
        if (place != m_batches.end() && place->second.is_full()) {
            write(place->second);
            m_batches.erase(place);
            place = m_batches.end();
        }
        return place != m_batches.end() ? place->second
                                        : m_batches.emplace(key, TraceBatch(schema, evidence)).first->second;
    }

private:
    void write(TraceBatch const& batch)
    {
        auto written = m_failed ? Result<void>() : m_target.append(batch);
        if (!written.ok())
            m_failed = written.error();
    }

    store::Case& m_target;
    Analyser const& m_analyser;
    std::map<std::pair<std::string_view, EvidenceNumber>, TraceBatch> m_batches;
    std::optional<Error> m_failed;
};

Result<void> replace_rows_and_findings(
    Analyser const& analyser, store::Case& target, LoadedRules const& rules, std::stop_token const& stop)
{
    DerivedRowsOfCase derived(target, analyser);
    TRY(derived.drop_earlier());
    auto const findings = TRY(target.replace_findings(analyser.name));
    std::optional<stacking::Baseline> baseline;
    if (&analyser == &ranking::analyser)
        baseline = TRY(load_baselines(target.folder()));
    TRY(analyser.run(
        { target, rules.set, default_limits, stop, &derived, &rules.side_loading, baseline ? &*baseline : nullptr },
        *findings));
    return derived.finish();
}

}

Result<void> run_analyser(
    Analyser const& analyser, store::Case& target, LoadedRules const& rules, std::stop_token const& stop)
{
    auto done = replace_rows_and_findings(analyser, target, rules, stop);
    if (!done.ok()) {
        TRY(target.rollback());
        return std::move(done).error();
    }
    return target.commit();
}

Result<void> run_analysers(store::Case& target, LoadedRules const& rules, std::stop_token const& stop, Context& context)
{
    for (auto const* analyser : analysers_in_order()) {
        if (stop.stop_requested())
            return Error { ErrorCode::cancelled, "analysers", 0, 0, 0, {} };
        if (context.shows_progress())
            context.remark(format("analysing: {}", analyser->title));
        TRY(run_analyser(*analyser, target, rules, stop));
    }
    return {};
}

// What the report and `konseki rules coverage` say about the rules of the last run.
static std::string rules_fact(LoadedRules const& rules)
{
    auto const& set = rules.set;
    auto text = format("{{\"files\":{},\"documents\":{},\"rules\":{},\"correlations\":{},\"filters\":{},\"has_starter_"
                       "rules\":{},\"fingerprint\":\"{}\",\"problems\":[",
        rules.file_count, set.document_count(), set.rules().size(), set.correlations().size(), set.filter_count(),
        rules.has_starter_rules, to_string(set.fingerprint()));
    bool is_first = true;
    for (auto const& problem : set.problems()) {
        append_format(text, "{}{{\"path\":{},\"title\":{},\"reason\":{},\"detail\":{}}}", is_first ? "" : ",",
            json_string(problem.path), json_string(problem.title), json_string(sigma::reason_name(problem.reason)),
            json_string(problem.detail));
        is_first = false;
    }
    for (auto const& [path, error] : rules.unreadable) {
        append_format(text, "{}{{\"path\":{},\"title\":\"\",\"reason\":\"unreadable\",\"detail\":{}}}",
            is_first ? "" : ",", json_string(path), json_string(to_string(error)));
        is_first = false;
    }
    text += "]}";
    return text;
}

static std::string versions_fact()
{
    std::string text = "{\"konseki\":\"" KONSEKI_VERSION "\"";
    for (auto const* parser : artefact_parsers())
        append_format(text, ",{}:{}", json_string(parser->name), parser->version);
    for (auto const* analyser : analysers())
        append_format(text, ",{}:{}", json_string(analyser->name), analyser->version);
    text += '}';
    return text;
}

static Result<void> check_inputs(Arguments const& arguments)
{
    if (arguments.operands().empty() && !arguments.has("live"))
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            "konseki examine needs PATH... or --live; konseki examine --help shows examples" };
    for (auto const& input : arguments.operands()) {
        std::error_code error;
        if (!std::filesystem::exists(std::filesystem::status(input, error)))
            return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
                format("{} does not exist or cannot be reached", input) };
        if (store::Case::is_case(input))
            return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
                format("{} is a case folder, not evidence; name it with --case {}", input, input) };
    }
    return {};
}

struct Examined {
    std::filesystem::path folder;
    std::optional<collect::Summary> collected; // of this machine, with --live
    intake::ExamineSummary summary;
    std::vector<Finding> findings;
    std::uint64_t events = 0, recovered = 0;
    std::uint64_t locked = 0; // archives that no password given opens
    LostEvidence lost;
    std::string yara; // what YARA scanned; empty: it was not asked for
    std::uint64_t yara_files = 0, yara_unread = 0;
    std::filesystem::path report; // empty: not written
    std::uint64_t memory_bytes = 0;
};

static Result<void> count_case(store::Case const& source, Examined& examined)
{
    auto rows = TRY(source.query("SELECT count(*), count(*) FILTER (WHERE recovered) FROM windows_event"));
    if (rows.next()) {
        examined.events = rows.unsigned_integer(0);
        examined.recovered = rows.unsigned_integer(1);
    }
    TRY(rows.status());
    auto locked = TRY(source.query("SELECT count(DISTINCT evidence) FROM diagnostic WHERE code = 'encrypted'"));
    if (locked.next())
        examined.locked = locked.unsigned_integer(0);
    TRY(locked.status());
    examined.lost = TRY(lost_evidence(source));
    if (auto const left = TRY(not_scanned_count(source)); left > 0 && examined.yara.empty())
        examined.yara
            = format("{} {} not scanned since {} last examined: konseki yara --yara DIR --case {}", grouped(left),
                left == 1 ? "file is" : "files are", left == 1 ? "it was" : "they were", examined.folder.string());
    examined.findings = TRY(source.findings());
    return {};
}

static std::string severity_counts(std::vector<Finding> const& findings, Output const& out)
{
    std::string text;
    for (auto level = static_cast<int>(Severity::critical); level >= 0; --level) {
        auto const severity = static_cast<Severity>(level);
        std::uint64_t count = 0;
        for (auto const& finding : findings)
            count += finding.severity == severity ? 1 : 0;
        if (count > 0)
            append_format(text, "{}{}", text.empty() ? "" : ", ",
                out.coloured(format("{} {}", grouped(count), severity_name(severity)), severity_colour(severity)));
    }
    return text.empty() ? "none" : text;
}

static void write_evidence_lines(Output& out, Examined const& examined)
{
    auto const& summary = examined.summary;
    out.write(format("Case      {}\n", examined.folder.string()));
    out.write(
        format("Evidence  {} {}: {} examined now, {} unchanged since an earlier run", grouped(summary.evidence_total),
            summary.evidence_total == 1 ? "piece" : "pieces", grouped(summary.examined), grouped(summary.unchanged)));
    for (auto const& [count, what] :
        { std::pair { summary.containers, "archives" }, std::pair { summary.duplicates, "duplicates" },
            std::pair { summary.not_recognised, "not recognised" }, std::pair { summary.failed, "could not be read" },
            std::pair { summary.links_skipped, "links not followed" },
            std::pair { summary.special_skipped, "devices or sockets left alone" } })
        if (count > 0)
            out.write(format(", {} {}", grouped(count), what));
    out.write(format("\nEvents    {} ({} of them recovered)", grouped(examined.events), grouped(examined.recovered)));
    if (summary.seconds > 0)
        out.write(format(", {} in {}", size_text(summary.bytes), duration_text(summary.seconds)));
    if (summary.workers_died > 0)
        out.write(format("; {} worker processes died and were replaced", summary.workers_died));
    out.write("\n");
}

static void write_summary(Context& context, Examined const& examined)
{
    auto& out = context.out();
    if (examined.collected)
        write_collected(out, *examined.collected);
    write_evidence_lines(out, examined);
    if (examined.locked > 0)
        out.write(format("Locked    {} encrypted {} not opened: the diagnostics say what each needs\n",
            grouped(examined.locked), examined.locked == 1 ? "archive was" : "archives were"));
    if (!examined.yara.empty())
        out.write(format("YARA      {}\n", examined.yara));
    out.write(format("Findings  {}{}\n", severity_counts(examined.findings, out),
        examined.summary.was_stopped ? " so far: the analysers have not run over this evidence yet" : ""));
    for (std::size_t index = 0; index < std::min(findings_shown, examined.findings.size()); ++index) {
        auto const& finding = examined.findings[index];
        out.write(format("  {}  {}  {}{}{}\n",
            out.coloured(format("{:<13}", severity_name(finding.severity)), severity_colour(finding.severity)),
            finding.id, terminal_safe(finding.title.in(context.language())),
            finding.host.empty() ? "" : ", " + terminal_safe(finding.host),
            finding.count > 1 ? format(", {} times", grouped(finding.count)) : std::string {}));
    }
    if (examined.findings.size() > findings_shown)
        out.write(format("  and {} more\n", grouped(examined.findings.size() - findings_shown)));
    auto const folder = examined.folder.string();
    if (examined.summary.was_stopped) {
        out.write(format("Stopped   {} files are left; what was done is kept, the same command goes on\n",
            grouped(examined.summary.files_left)));
    } else {
        if (!examined.report.empty())
            out.write(format("Report    {}\n", examined.report.string()));
        out.write(format("Next      konseki findings --case {0}\n          konseki show FINDING --case {0}\n          "
                         "konseki events --case {0} --host NAME\n          konseki hosts --case {0}\n          "
                         "konseki host NAME --case {0}\n          konseki fleet rank --case {0}\n",
            folder));
    }
    out.write(lost_line(examined.lost, examined.folder) + "\n");
}

static void write_summary_json(Output& out, Examined const& examined)
{
    auto const& s = examined.summary;
    out.write(format("{{\"case\":{},\"evidence\":{},\"examined\":{},\"unchanged\":{},\"containers\":{},\"duplicates\":{"
                     "},\"not_recognised\":{},\"failed\":{},",
        json_string(examined.folder.string()), s.evidence_total, s.examined, s.unchanged, s.containers, s.duplicates,
        s.not_recognised, s.failed));
    out.write(format("\"events\":{},\"recovered\":{},\"records\":{},\"bytes\":{},\"seconds\":{:.3f},\"workers_died\":{}"
                     ",\"stopped\":{},\"files_left\":{},",
        examined.events, examined.recovered, s.records, s.bytes, s.seconds, s.workers_died, s.was_stopped,
        s.files_left));
    out.write("\"findings\":{");
    for (auto level = static_cast<int>(Severity::critical); level >= 0; --level) {
        std::uint64_t count = 0;
        for (auto const& finding : examined.findings)
            count += finding.severity == static_cast<Severity>(level) ? 1 : 0;
        out.write(format("\"{}\":{}{}", severity_name(static_cast<Severity>(level)), count, level == 0 ? "" : ","));
    }
    out.write(format("}},\"diagnostics_with_loss\":{},\"bytes_lost\":{},\"memory_peak_bytes\":{},\"report\":{}}}\n",
        examined.lost.diagnostics, examined.lost.bytes, examined.memory_bytes,
        examined.report.empty() ? "null" : json_string(examined.report.string())));
}

// Of this machine, into the case's folder: evidence like any other from here on. Before any thread of the workers.
static Result<void> collect_live(Context& context, Examined& examined)
{
    if (!context.arguments().has("live"))
        return {};
    auto const options = TRY(collect_options(context.arguments(), examined.folder / "collections"));
    examined.collected = TRY(collect_here(context, options));
    return {};
}

static Result<intake::ExamineSummary> read_evidence(
    Context& context, EvidenceAccess& access, store::Case& target, LoadedRules const& rules, Examined const& examined)
{
    intake::ExamineOptions options;
    for (auto const& input : context.arguments().operands())
        options.inputs.emplace_back(input);
    if (examined.collected)
        options.inputs.push_back(examined.collected->archive);
    options.parsers = artefact_parsers();
    options.schemas = stored_schemas();
    options.workers = TRY(worker_count(context.arguments()));
    options.copy_into_vault = context.arguments().has("copy");
    options.examine_again = context.arguments().has("again");
    options.passwords.assign(
        context.arguments().values("password").begin(), context.arguments().values("password").end());
    for (auto const& file : context.arguments().values("key"))
        options.keys.push_back(TRY(os::read_whole(file, key_bytes_max)));
    options.watcher = "sigma";
    options.rules_fingerprint = to_string(rules.set.fingerprint());
    ProgressLine progress { context };
    return intake::examine(target, access.server(), options, progress, access.stop());
}

static Result<void> add_yara(
    Context& context, EvidenceAccess& access, store::Case& target, YaraRules const& rules, Examined& examined)
{
    auto const again = context.arguments().has("again") ? Again::yes : Again::no;
    auto const scanned = TRY(scan_with_yara(context, access, target, rules, {}, again));
    examined.yara = scanned_line(scanned);
    examined.yara_files = scanned.files;
    examined.yara_unread = scanned.unread;
    examined.summary.was_stopped = scanned.was_stopped;
    return {};
}

static Result<ExitCode> examine(Context& context)
{
    TRY(check_inputs(context.arguments()));
    TRY(worker_count(context.arguments()));
    auto const rules = TRY(load_rules(context.arguments()));
    context.remark(rules_summary(rules));
    std::optional<YaraRules> yara_rules;
    if (context.arguments().has("yara")) {
        yara_rules = TRY(load_yara_rules(context.arguments()));
        context.remark(yara_summary(*yara_rules));
    }

    Examined examined;
    examined.folder = choose_new_case(context.arguments());
    TRY(collect_live(context, examined));
    // Before any thread: the rules are shared with the workers through the fork.
    std::vector<intake::WatcherFactory> watchers { { "sigma",
        [&](std::string_view, TraceSink& traces) {
            return intake::Watch { std::make_unique<sigma::MatchWatcher>(rules.set, traces), nullptr };
        } } };
    if (yara_rules)
        watchers.push_back(yara_watcher(*yara_rules));
    auto access = TRY(EvidenceAccess::start(std::move(watchers)));
    auto target = TRY(store::Case::open(examined.folder, store::Access::read_write, stored_schemas()));
    for (auto const& file : context.arguments().values("baseline"))
        TRY(keep_baseline(examined.folder, file));
    auto const state_before = TRY(target->fact("analysers.state"));
    TRY(target->set_fact("analysers.state", ""));
    TRY(target->set_fact("rules.summary", rules_fact(rules)));
    TRY(target->set_fact("versions", versions_fact()));
    TRY(target->commit());

    examined.summary = TRY(read_evidence(context, *access, *target, rules, examined));
    if (yara_rules && !examined.summary.was_stopped)
        TRY(add_yara(context, *access, *target, *yara_rules, examined));
    auto const state = analysers_state(rules, examined.folder);
    bool const nothing_is_new = examined.summary.examined + examined.summary.failed + examined.summary.containers == 0
        && examined.yara_files == 0 && state_before == state;
    if (!examined.summary.was_stopped && !nothing_is_new) {
        auto const analysed = run_analysers(*target, rules, access->stop(), context);
        if (!analysed.ok() && analysed.error().code != ErrorCode::cancelled)
            return analysed.error();
        examined.summary.was_stopped = !analysed.ok();
    }
    if (!examined.summary.was_stopped) {
        auto const without_logs = TRY(coverage_fact(rules.set, *target));
        TRY(target->set_fact("rules.coverage", without_logs));
        TRY(target->set_fact("analysers.state", state));
        TRY(target->commit());
    }
    TRY(count_case(*target, examined));
    if (!examined.summary.was_stopped && !context.arguments().has("no-report"))
        examined.report = TRY(write_case_report(context, *target, {}));
    examined.memory_bytes = os::memory_of(0).resident_peak_bytes;
    if (context.arguments().value("format") == "json")
        write_summary_json(context.out(), examined);
    else
        write_summary(context, examined);
    bool const is_whole = examined.lost.diagnostics == 0 && examined.yara_unread == 0 && !examined.summary.was_stopped;
    return is_whole ? ExitCode::done : ExitCode::evidence_lost;
}

ExitCode run_examine(Context& context)
{
    return answer_with(context, [&] { return examine(context); });
}

}
