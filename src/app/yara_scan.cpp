#include "app/yara_scan.hpp"
#include "analysers/yara/watcher.hpp"
#include "app/progress.hpp"
#include "base/text.hpp"
#include "os/clock.hpp"
#include "os/file.hpp"
#include "os/walk.hpp"
#include "rules/yara/match_row.hpp"
#include <algorithm>
#include <set>

namespace konseki::app {

static constexpr std::uint64_t container_bytes_max = 64ULL << 20; // larger ones are scanned when they are named
static constexpr std::uint64_t rule_file_bytes_max = 64ULL
    << 20; // signature-base's largest has 1.3 MB, packs have more
static constexpr std::size_t problems_shown = 10;
static constexpr double commit_seconds = 10.0;
static constexpr std::string_view yara_rules_fact = "yara.rules";

static bool is_yara_file(std::filesystem::path const& path)
{
    auto const extension = ascii_lower(path.extension().string());
    return extension == ".yar" || extension == ".yara" || extension == ".rule";
}

static void read_yara_file(
    std::filesystem::path const& path, std::vector<yara::RuleFile>& files, std::vector<yara::Problem>& problems)
{
    auto const is_there
        = std::any_of(files.begin(), files.end(), [&](auto const& file) { return file.path == path.string(); });
    if (is_there)
        return; // named twice
    auto text = os::read_whole(path, rule_file_bytes_max);
    if (text.ok())
        files.push_back({ path.string(), std::move(text).value() });
    else
        problems.push_back({ path.string(), 0, to_string(text.error()), true });
}

Result<YaraRules> load_yara_rules(Arguments const& arguments)
{
    YaraRules rules;
    std::vector<yara::RuleFile> files;
    for (auto const& name : arguments.values("yara")) {
        std::filesystem::path const path { name };
        std::error_code error;
        if (!std::filesystem::exists(path, error))
            return Error { ErrorCode::wrong_use, "--yara", 0, 0, 0, format("{} does not exist", name) };
        if (!std::filesystem::is_directory(path, error)) {
            read_yara_file(path, files, rules.problems); // named by hand: whatever it is called
            continue;
        }
        auto const walk = os::walk(path, {});
        for (auto const& [where, problem] : walk.problems)
            rules.problems.push_back({ where.string(), 0, to_string(problem), true });
        for (auto const& file : walk.files)
            if (is_yara_file(file.path))
                read_yara_file(file.path, files, rules.problems);
    }
    rules.set = yara::RuleSet::compile(files);
    rules.problems.insert(rules.problems.end(), rules.set.problems().begin(), rules.set.problems().end());
    return rules;
}

std::string yara_problem_line(yara::Problem const& problem)
{
    auto const place = problem.line > 0 ? format("{}:{}", problem.path, problem.line) : problem.path;
    return format("{}: {}{}", place, problem.is_error ? "" : "warning: ", problem.words);
}

std::string yara_summary(YaraRules const& rules)
{
    auto const unread = rules.problems.size() - rules.set.problems().size();
    auto const skipped = rules.set.skipped_count() + unread;
    auto text
        = format("{} YARA rules of {} files loaded", grouped(rules.set.rule_count()), grouped(rules.set.file_count()));
    if (skipped > 0)
        append_format(text, "; {} {} skipped", grouped(skipped), skipped == 1 ? "file" : "files");
    std::size_t errors = 0, warnings = 0;
    for (auto const& problem : rules.problems) {
        warnings += problem.is_error ? 0 : 1;
        if (problem.is_error && ++errors <= problems_shown)
            text += "\n  " + yara_problem_line(problem);
    }
    if (errors > problems_shown)
        append_format(text, "\n  and {} more (konseki yara --check shows all)", errors - problems_shown);
    if (warnings > 0)
        append_format(text, "\n  {} {} about rules that run (konseki yara --check)", grouped(warnings),
            warnings == 1 ? "warning" : "warnings");
    return text;
}

intake::WatcherFactory yara_watcher(YaraRules const& rules)
{
    return { "yara", [&rules](std::string_view, TraceSink& traces) {
                return intake::Watch { nullptr, nullptr, std::make_unique<yara::ScanWatcher>(rules.set, traces) };
            } };
}

namespace {

// Stores rows as they come, in the order of evidence; commits at the borders between pieces.
class RowsIntoCase {
public:
    RowsIntoCase(store::Case& target, std::set<EvidenceNumber> with_old_rows)
        : m_target(target)
        , m_with_old_rows(std::move(with_old_rows))
        , m_last_commit(os::steady_seconds())
    {
    }

    Result<void> take(TraceBatch const& batch)
    {
        if (batch.evidence() != m_at) {
            if (m_at != 0 && os::steady_seconds() - m_last_commit >= commit_seconds) {
                TRY(m_target.commit());
                m_last_commit = os::steady_seconds();
            }
            m_at = batch.evidence();
            TRY(drop_old(m_at));
        }
        return m_target.append(batch);
    }

    // The piece at hand may be half there: without its yara.scan row it is scanned again next time.
    Result<void> finish() { return m_target.commit(); }

private:
    Result<void> drop_old(EvidenceNumber evidence)
    {
        if (m_with_old_rows.erase(evidence) == 0)
            return {};
        TRY(m_target.remove_traces(evidence, yara::match_schema.erased.name));
        return m_target.remove_traces(evidence, yara::scan_schema.erased.name);
    }

    store::Case& m_target;
    std::set<EvidenceNumber> m_with_old_rows;
    EvidenceNumber m_at = 0;
    double m_last_commit;
};

}

static Result<std::set<EvidenceNumber>> numbers_in(
    store::Case const& source, std::string_view sql, std::span<store::Parameter const> parameters = {})
{
    std::set<EvidenceNumber> numbers;
    auto rows = TRY(source.query(sql, parameters));
    while (rows.next())
        numbers.insert(static_cast<EvidenceNumber>(rows.unsigned_integer(0)));
    TRY(rows.status());
    return numbers;
}

// What is to be scanned now, and the counts of what is not.
static Result<std::vector<EvidenceNumber>> choose_evidence(store::Case const& source, YaraRules const& rules,
    std::vector<EvidenceNumber> const& chosen, Again again, YaraScanned& scanned)
{
    std::array const parameters { store::Parameter { rules.set.fingerprint() } };
    std::set<EvidenceNumber> known;
    if (again == Again::no)
        known = TRY(numbers_in(source, "SELECT evidence FROM yara_scan WHERE rules = ? ORDER BY evidence", parameters));
    std::vector<EvidenceNumber> numbers;
    for (auto const& evidence : TRY(source.evidence())) {
        auto const is_named = std::binary_search(chosen.begin(), chosen.end(), evidence.number);
        if (!chosen.empty() && !is_named)
            continue;
        if (evidence.state == EvidenceState::failed)
            ++scanned.failed;
        else if (known.contains(evidence.number))
            ++scanned.known;
        else if (!is_named && evidence.state == EvidenceState::duplicate)
            ++scanned.duplicates;
        else if (!is_named && evidence.state == EvidenceState::container && evidence.size_bytes > container_bytes_max)
            ++scanned.large_containers;
        else {
            numbers.push_back(evidence.number);
            scanned.bytes += evidence.size_bytes;
        }
    }
    scanned.files = numbers.size();
    return numbers;
}

// What the case says of the rules of the last scan.
static std::string rules_fact(YaraRules const& rules)
{
    auto text = format("{{\"rules\":{},\"files\":{},\"fingerprint\":\"{}\",\"problems\":[", rules.set.rule_count(),
        rules.set.file_count(), rules.set.fingerprint());
    bool is_first = true;
    for (auto const& problem : rules.problems) {
        append_format(text, "{}{{\"path\":{},\"line\":{},\"words\":{},\"is_error\":{}}}", is_first ? "" : ",",
            json_string(problem.path), problem.line, json_string(problem.words), problem.is_error);
        is_first = false;
    }
    return text + "]}";
}

Result<std::uint64_t> not_scanned_count(store::Case const& source)
{
    if (!TRY(source.fact(yara_rules_fact)))
        return std::uint64_t { 0 };
    auto rows = TRY(source.query(format(
        "SELECT count(*) FROM evidence WHERE (state IN ('examined', 'not_recognised') OR (state = 'container' AND "
        "size_bytes <= {})) AND number NOT IN (SELECT evidence FROM yara_scan)",
        container_bytes_max)));
    std::uint64_t count = 0;
    if (rows.next())
        count = rows.unsigned_integer(0);
    TRY(rows.status());
    return count;
}

Result<YaraScanned> scan_with_yara(Context& context, EvidenceAccess& access, store::Case& target,
    YaraRules const& rules, std::vector<EvidenceNumber> const& chosen, Again again)
{
    YaraScanned scanned;
    TRY(target.set_fact(yara_rules_fact, rules_fact(rules)));
    TRY(target.commit());
    intake::ScanOptions options;
    options.evidence = TRY(choose_evidence(target, rules, chosen, again, scanned));
    if (options.evidence.empty())
        return scanned; // an empty list would mean all
    static constexpr std::array<Schema const*, 2> schemas { &yara::match_schema.erased, &yara::scan_schema.erased };
    options.schemas = schemas;
    options.whole_files = true;
    options.watcher = "yara";
    options.workers = TRY(worker_count(context.arguments()));
    RowsIntoCase rows { target,
        TRY(numbers_in(target, "SELECT evidence FROM yara_match UNION SELECT evidence FROM yara_scan ORDER BY 1")) };
    Result<void> stored;
    std::stop_source stop;
    std::stop_callback const forward { access.stop(), [&] { stop.request_stop(); } };
    ProgressLine progress { context };
    auto const on_batch = [&](TraceBatch const& batch) {
        if (!stored.ok())
            return;
        stored = rows.take(batch);
        if (!stored.ok())
            stop.request_stop();
    };
    auto const on_diagnostic = [&](EvidenceNumber number, Diagnostic const& diagnostic) {
        scanned.unread += diagnostic.bytes_lost > 0 ? 1 : 0;
        progress.clear();
        if (scanned.unread <= problems_shown)
            context.remark(format("e{}: {}", number, to_string(diagnostic.error)));
    };
    auto const started = os::steady_seconds();
    auto const done
        = intake::scan(target, access.server(), options, on_batch, on_diagnostic, progress, stop.get_token());
    scanned.seconds = os::steady_seconds() - started;
    TRY(std::move(stored));
    scanned.was_stopped = access.stop().stop_requested();
    if (!done.ok() && !scanned.was_stopped)
        return done.error();
    TRY(rows.finish());
    return scanned;
}

std::string scanned_line(YaraScanned const& scanned)
{
    auto text = format(
        "{} files, {} scanned in {}", grouped(scanned.files), size_text(scanned.bytes), duration_text(scanned.seconds));
    if (scanned.seconds > 0.1)
        append_format(text, " ({:.1f} MB/s)", static_cast<double>(scanned.bytes) / scanned.seconds / 1e6);
    for (auto const& [count, what] : { std::pair { scanned.known, "scanned before with these rules" },
             std::pair { scanned.duplicates, "copies of the same bytes" },
             std::pair { scanned.large_containers, "large archives or images left out, their members are scanned" },
             std::pair { scanned.failed, "could not be read" }, std::pair { scanned.unread, "not scanned whole" } })
        if (count > 0)
            append_format(text, "; {} {}", grouped(count), what);
    if (scanned.was_stopped)
        text += "; stopped: what is complete is kept, the same command goes on";
    return text;
}

}
