// Every source that names a program file, joined by path. Presence is not execution: only true starts set run times.
#include "analysers/host_state/host.hpp"
#include "analysers/host_state/paths.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::host_state {

namespace {

void note_run(Program& program, Timestamp at, std::uint64_t runs)
{
    program.runs += runs;
    if (!at.is_set())
        return;
    if (!program.first_run_at.is_set() || at < program.first_run_at)
        program.first_run_at = at;
    program.last_run_at = std::max(program.last_run_at, at);
}

void note_seen(Program& program, Timestamp at)
{
    if (at.is_set() && (!program.seen_at.is_set() || at < program.seen_at))
        program.seen_at = at;
}

// Sources that tell a path and perhaps a start: evidence, offset, path, time of the newest start, starts.
struct RunSource {
    std::string_view schema, name, columns;
};
constexpr std::array<RunSource, 5> run_sources { {
    { "windows.prefetch.program", "prefetch", "coalesce(nullif(path, ''), executable), last_run_at, run_count" },
    { "windows.bam", "bam", "path, last_run_at, 0" },
    { "windows.userassist", "userassist", "path, last_run_at, run_count" },
    { "windows.pca.launch", "pca", "path, last_run_at, 1" },
    { "windows.shimcache", "shimcache", "path, NULL::TIMESTAMP, 0" },
} };

// Windows 2000 to Vista write how a program was started before its path: "UEME_RUNPATH:C:\x.exe".
std::string_view without_start_kind(std::string_view path)
{
    return path.starts_with("UEME_") ? path.substr(std::min(path.find(':'), path.size() - 1) + 1) : path;
}

bool is_file_path(std::string_view path)
{
    return !path.empty() && path.find('\t') == std::string_view::npos && path.front() != '{' && path.front() != ':'
        && !path.starts_with("%csidl") // an entry of the start menu
        && path.find('.') != std::string_view::npos;
}

Result<void> gather_runs(Hosts& hosts, RunSource const& source)
{
    if (!hosts.has_table(source.schema))
        return {};
    auto rows = TRY(hosts.query(format("SELECT evidence, \"offset\", {} FROM {} ORDER BY evidence, \"offset\"",
        source.columns, store::sql_name(source.schema))));
    while (rows.next()) {
        auto const path = without_start_kind(rows.text(2));
        if (!is_file_path(path))
            continue;
        auto const trace = rows.trace(0);
        auto& program = hosts.of_evidence(trace.evidence).program(path, trace);
        program.sources.emplace(source.name);
        if (!rows.is_null(3))
            note_run(program, rows.time(3), rows.unsigned_integer(4));
    }
    return rows.status();
}

Result<void> gather_amcache(Hosts& hosts)
{
    if (!hosts.has_table("windows.amcache.file"))
        return {};
    auto rows = TRY(hosts.query(
        "SELECT evidence, \"offset\", path, key_written_at, publisher, product, original_file_name, "
        "coalesce(is_os_component, false), coalesce(is_pe, true), coalesce(sha1, '') FROM windows_amcache_file "
        "WHERE path IS NOT NULL ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& program = hosts.of_evidence(trace.evidence).program(rows.text(2), trace);
        program.sources.emplace("amcache");
        note_seen(program, rows.time(3));
        program.has_version_information |= rows.boolean(8);
        program.maker = rows.text(4);
        program.product = rows.text(5);
        program.original_name = ascii_lower(rows.text(6));
        program.is_of_windows |= rows.boolean(7);
        if (!rows.text(9).empty())
            program.content = format("sha1:{}", ascii_lower(rows.text(9)));
    }
    return rows.status();
}

// One word of the analyser file_signature about a program as a reason. A file of Windows without an embedded signature
// says nothing where the catalogues of its host are not there.
void judge_signature(Program& program, store::Rows const& rows, std::size_t first_column, TraceId trace)
{
    auto const state = rows.text(first_column);
    std::string signer { rows.text(first_column + 1) };
    auto const catalogue = rows.text(first_column + 2);
    bool const is_of_windows = is_in_system_folder(normalised_path(rows.text(2)));
    if (state == "good" || state == "self_signed" || !catalogue.empty())
        program.signer = signer;
    if (!catalogue.empty())
        append_format(signer, " (catalogue {})", file_name_of(catalogue));
    if (state == "good" || state == "catalogue")
        add_term(program, "identity.signed", std::move(signer), trace);
    else if (state == "changed" || state == "bad")
        add_term(program, "identity.signature_broken", std::move(signer), trace);
    else if (state == "self_signed" || state == "catalogue_self_signed")
        add_term(program, "identity.self_signed", std::move(signer), trace);
    else if (state == "unsigned")
        add_term(program, is_of_windows ? "identity.unsigned_of_windows" : "identity.unsigned", {}, trace);
    else if (!is_of_windows)
        add_term(program, "identity.no_embedded_signature", {}, trace);
}

// Each program at every place where its bytes lie: a copy under another name is read once, with the first one.
constexpr std::string_view program_files
    = "WITH files AS (SELECT p.*, CASE WHEN coalesce(e.duplicate_of, 0) = 0 THEN p.path ELSE "
      "coalesce(nullif(e.machine_path, ''), e.original_path) END AS place FROM windows_pe_file p JOIN evidence e ON "
      "e.number = p.evidence UNION ALL SELECT p.*, coalesce(nullif(t.machine_path, ''), t.original_path) AS place FROM "
      "windows_pe_file p JOIN evidence e ON e.number = p.evidence JOIN evidence t ON t.duplicate_of = e.number AND "
      "t.host IS NOT DISTINCT FROM e.host)";

// What the files of the collection say themselves: the best word about who made and signed a program.
Result<void> gather_program_files(Hosts& hosts)
{
    if (!hosts.has_table("windows.pe.file"))
        return {};
    auto const* const signatures = hosts.has_table("host.file_signature")
        ? "s.state, s.signer, s.catalogue FROM files p LEFT JOIN host_file_signature s ON s.evidence = p.evidence AND "
          "s.\"offset\" = p.\"offset\""
        : "p.signature, p.signer, NULL FROM files p";
    auto rows = TRY(hosts.query(format("{} SELECT p.evidence, p.\"offset\", p.place, p.company, p.product, "
                                       "p.original_name, p.entropy, {} ORDER BY p.evidence, p.\"offset\", p.place",
        program_files, signatures)));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& program = hosts.of_evidence(trace.evidence).program(rows.text(2), trace);
        program.sources.emplace("file");
        program.has_version_information = true;
        program.maker = rows.text(3);
        program.product = rows.text(4);
        program.original_name = ascii_lower(rows.text(5));
        judge_signature(program, rows, 7, trace);
        constexpr double packed = 7.2;
        if (rows.real(6) > packed)
            add_term(program, "content.packed", format("{:.1f} bits per byte", rows.real(6)), trace);
    }
    return rows.status();
}

// One row per program and machine: a busy log has a million starts.
Result<void> gather_process_starts(Hosts& hosts)
{
    if (!hosts.has_table("windows.process_start"))
        return {};
    auto rows = TRY(
        hosts.query("SELECT arg_min(evidence, (written_at, evidence, \"offset\")), arg_min(\"offset\", (written_at, "
                    "evidence, \"offset\")), computer, image, min(written_at), max(written_at), count(*), "
                    "min(original_file_name), min(company), bool_or(event_id = 1) FROM windows_process_start "
                    "WHERE image IS NOT NULL GROUP BY computer, image ORDER BY computer, image"));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& program = hosts.named(rows.text(2)).program(rows.text(3), trace);
        program.sources.emplace("process events");
        note_run(program, rows.time(4), rows.unsigned_integer(6));
        note_run(program, rows.time(5), 0);
        if (rows.boolean(9)) { // Sysmon reads the version information
            program.has_version_information = true;
            auto const original = ascii_lower(rows.text(7));
            if (!original.empty() && original != "-" && original != "?")
                program.original_name = original;
            if (auto const company = rows.text(8); !company.empty() && company != "-" && company != "?")
                program.maker = company;
        }
    }
    return rows.status();
}

}

Result<void> gather_programs(Hosts& hosts)
{
    for (auto const& source : run_sources)
        TRY(gather_runs(hosts, source));
    TRY(gather_amcache(hosts));
    TRY(gather_program_files(hosts));
    return gather_process_starts(hosts);
}

}
