// konseki version, completion, man, list: what the program says about itself.
#include "analysers/catalogue.hpp"
#include "analysers/persistence/catalogue.hpp"
#include "analysers/ranking/select.hpp"
#include "analysers/stacking/baseline.hpp"
#include "app/command_table.hpp"
#include "app/context.hpp"
#include "app/help.hpp"
#include "app/rule_loading.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "traces/catalogue.hpp"
#include "traces/registry_artefact.hpp"

namespace konseki::app {

ExitCode run_version(Context& context)
{
    return answer_with(context, [&]() -> Result<ExitCode> {
        auto& out = context.out();
        out.write("konseki " KONSEKI_VERSION "\n");
        for (auto const* parser : artefact_parsers())
            out.write(format("  artefact parser  {} {}\n", parser->name, parser->version));
        for (auto const* analyser : analysers())
            out.write(format("  analyser         {} {}\n", analyser->name, analyser->version));
        return ExitCode::done;
    });
}

ExitCode run_completion(Context& context)
{
    return answer_with(context, [&]() -> Result<ExitCode> {
        auto const& shell = context.arguments().operands()[0];
        if (shell == "bash")
            context.out().write(bash_completion());
        else if (shell == "zsh")
            context.out().write(zsh_completion());
        else if (shell == "fish")
            context.out().write(fish_completion());
        else
            return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
                format("there is no completion for \"{}\"; there is one for bash, zsh and fish", shell) };
        return ExitCode::done;
    });
}

ExitCode run_man(Context& context)
{
    return answer_with(context, [&]() -> Result<ExitCode> {
        context.out().write(manual_page());
        return ExitCode::done;
    });
}

struct NamedLimit {
    std::string_view name;
    std::uint64_t value;
    std::string_view meaning;
};

static void list_limits(RowWriter& writer)
{
    auto const& limits = default_limits;
    NamedLimit const all[] {
        { "depth_max", limits.depth_max, "Nested structures: elements of BinXml, JSON" },
        { "elements_max", limits.elements_max, "Elements of one record" },
        { "text_bytes_max", limits.text_bytes_max, "One decoded string" },
        { "rendered_bytes_max", limits.rendered_bytes_max, "One rendered record" },
        { "archive_depth_max", limits.archive_depth_max, "Archives within archives" },
        { "archive_members_max", limits.archive_members_max, "Members of one archive" },
        { "inflated_bytes_max", limits.inflated_bytes_max, "Unpacked bytes of one archive" },
        { "inflate_ratio_max", limits.inflate_ratio_max,
            "Unpacked to packed bytes of one archive, after the first 64 MiB" },
        { "path_bytes_max", limits.path_bytes_max, "Path of a member" },
        { "piece_seconds_max", limits.piece_seconds_max, "Seconds a worker may take for one job" },
        { "worker_memory_bytes_max", limits.worker_memory_bytes_max, "Memory of one worker" },
        { "frame_bytes_max", limits.frame_bytes_max, "One message of a worker" },
        { "diagnostics_per_evidence_max", limits.diagnostics_per_evidence_max,
            "Diagnostics of one piece of evidence; one more counts the rest" },
        { "rule_file_bytes_max", limits.rule_file_bytes_max, "One file of rules" },
        { "rule_values_max", limits.rule_values_max, "Values of one rule after expansion" },
        { "ranked_items_per_host_max", ranking::ranked_items_per_host_max,
            "Items of a host that are ranked (host_item), and all from a score of 5.5; host_state holds every item" },
        { "baseline_text_bytes_max", stacking::baseline_text_bytes_max, "A baseline, unpacked" },
        { "correlation_state_bytes_max", limits.correlation_state_bytes_max, "Memory of all open correlation windows" },
    };
    std::vector<std::string> const columns { "limit", "value", "meaning" };
    writer.begin(columns);
    for (auto const& limit : all) {
        auto const value = format("{}", limit.value);
        std::array const cells { Cell::of(limit.name), Cell::number(value), Cell::of(limit.meaning) };
        writer.row(cells);
    }
    writer.finish();
}

static void list_schemas(RowWriter& writer)
{
    std::vector<std::string> const columns { "table", "column", "type", "meaning" };
    writer.begin(columns);
    for (auto const* schema : stored_schemas()) {
        auto const table = store::sql_name(schema->name);
        std::array const head { Cell::of(table), Cell::absent(), Cell::absent(), Cell::of(schema->meaning) };
        writer.row(head);
        for (auto const& column : schema->columns()) {
            std::array const cells { Cell::of(table), Cell::of(column.name), Cell::of(column_type_name(column.type)),
                Cell::of(column.meaning) };
            writer.row(cells);
        }
    }
    writer.finish();
}

static void list_artefacts(RowWriter& writer)
{
    std::vector<std::string> const columns { "artefact", "version", "is_divisible", "is_rendered", "schemas", "title" };
    writer.begin(columns);
    for (auto const* parser : artefact_parsers()) {
        auto const version = format("{}", parser->version);
        auto const schemas = format("{}", parser->emits.size());
        std::array const cells { Cell::of(parser->name), Cell::number(version), Cell::boolean(parser->split != nullptr),
            Cell::boolean(parser->render != nullptr), Cell::number(schemas), Cell::of(parser->title) };
        writer.row(cells);
    }
    for (auto const* artefact : registry_artefacts()) { // read from hives; their version is windows_registry's
        auto const schemas = format("{}", artefact->emits.size());
        std::array const cells { Cell::of(artefact->name), Cell::absent(), Cell::boolean(false), Cell::boolean(false),
            Cell::number(schemas), Cell::of(artefact->title) };
        writer.row(cells);
    }
    writer.finish();
}

static void list_analysers(RowWriter& writer)
{
    std::vector<std::string> const columns { "analyser", "version", "needs", "title" };
    writer.begin(columns);
    for (auto const* analyser : analysers()) {
        auto const version = format("{}", analyser->version);
        std::string needs;
        for (auto const name : analyser->needs)
            append_format(needs, "{}{}", needs.empty() ? "" : " ", name);
        std::array const cells { Cell::of(analyser->name), Cell::number(version), Cell::of(needs),
            Cell::of(analyser->title) };
        writer.row(cells);
    }
    writer.finish();
}

// What intake recognises by content. Archives are libarchive's business, the rest belongs to the artefact parsers.
static void list_formats(RowWriter& writer)
{
    static constexpr std::array<std::array<std::string_view, 3>, 6> formats { {
        { "evtx", "log",
            "Windows event log (Vista and later), versions 3.1 and 3.2; damaged, dirty and larger than 4 GiB too" },
        { "event_json", "log",
            "Windows events as JSON, JSON lines or array: evtx_dump, winlogbeat/Elastic, Splunk export, Velociraptor, "
            "OTRF" },
        { "zip", "archive", "Members become evidence of their own" },
        { "7z", "archive", "Members become evidence of their own" },
        { "tar", "archive", "Also packed with gzip, xz or zstd" },
        { "gz, xz, zst", "packed file", "One file that was packed alone" },
    } };
    std::vector<std::string> const columns { "format", "kind", "meaning" };
    writer.begin(columns);
    for (auto const& row : formats) {
        std::array const cells { Cell::of(row[0]), Cell::of(row[1]), Cell::of(row[2]) };
        writer.row(cells);
    }
    writer.finish();
}

static void list_persistence(RowWriter& writer, std::string_view language)
{
    bool const is_japanese = language == "ja";
    auto const choose = [&](std::string_view en, std::string_view ja) { return Cell::of(is_japanese ? ja : en); };
    std::vector<std::string> const columns { "id", "place", "attack", "use", "title", "starts", "suspicious", "advice",
        "default_content" };
    writer.begin(columns);
    for (auto const& location : persistence::locations()) {
        std::array const cells { Cell::of(location.id), Cell::of(location.place), Cell::of(location.attack),
            Cell::of(persistence::use_name(location.use)), choose(location.title, location.title_ja),
            choose(location.starts, location.starts_ja), choose(location.suspicious, location.suspicious_ja),
            choose(location.advice, location.advice_ja),
            location.default_content.empty() ? Cell::absent() : Cell::of(location.default_content) };
        writer.row(cells);
    }
    writer.finish();
}

static Result<ExitCode> list(Context& context)
{
    auto const operands = context.arguments().operands();
    if (!operands.empty() && operands[0] == "rules")
        return run_rules_list(context);
    if (operands.empty()) {
        context.out().write(
            "konseki list WHAT, where WHAT is one of: formats, artefacts, schemas, analysers, limits, persistence, "
            "rules\n");
        return ExitCode::done;
    }
    TRY(context.open_output());
    auto const writer = context.make_writer();
    auto const& what = operands[0];
    if (what == "formats")
        list_formats(*writer);
    else if (what == "artefacts")
        list_artefacts(*writer);
    else if (what == "schemas")
        list_schemas(*writer);
    else if (what == "analysers")
        list_analysers(*writer);
    else if (what == "limits")
        list_limits(*writer);
    else if (what == "persistence")
        list_persistence(*writer, context.language());
    else
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            format("konseki list has no \"{}\"; it has formats, artefacts, schemas, analysers, limits, persistence and "
                   "rules",
                what) };
    return ExitCode::done;
}

ExitCode run_list(Context& context)
{
    return answer_with(context, [&] { return list(context); });
}

}
