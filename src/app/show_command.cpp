// konseki show: one finding, one trace or one piece of evidence, down to its bytes.
#include "app/command_table.hpp"
#include "app/event_line.hpp"
#include "app/evidence_access.hpp"
#include "app/finding_text.hpp"
#include "app/hex_view.hpp"
#include "app/rendered.hpp"
#include "app/rows_output.hpp"
#include "app/terminal_text.hpp"
#include "base/text.hpp"
#include "traces/catalogue.hpp"
#include <algorithm>

namespace konseki::app {

static Evidence const* find_evidence(std::vector<Evidence> const& all, EvidenceNumber number)
{
    auto const found
        = std::find_if(all.begin(), all.end(), [&](Evidence const& evidence) { return evidence.number == number; });
    return found == all.end() ? nullptr : &*found;
}

static void write_line(Output& out, std::string_view name, std::string_view value)
{
    if (!value.empty())
        out.write(format("  {:<24}{}\n", name, value));
}

static void write_evidence(Output& out, Evidence const& evidence, TimeZone zone)
{
    out.write(
        out.coloured(format("e{}  {}", evidence.number, terminal_safe(evidence.original_path)), Colour::bold) + "\n");
    write_line(out, "state", evidence_state_name(evidence.state));
    write_line(out, "sha256", evidence.sha256 == Sha256 {} ? std::string {} : to_string(evidence.sha256));
    write_line(out, "size", format("{} bytes ({})", grouped(evidence.size_bytes), size_text(evidence.size_bytes)));
    write_line(out, "read from", terminal_safe(evidence.path) + (evidence.is_in_vault ? " (in the vault)" : ""));
    write_line(out, "modified", time_text(evidence.modified_at, zone));
    write_line(out, "received", time_text(evidence.received_at, zone));
    if (!evidence.parser.empty())
        write_line(out, "parser", format("{} {}", evidence.parser, evidence.parser_version));
    if (evidence.duplicate_of != 0)
        write_line(out, "duplicate of", format("e{}", evidence.duplicate_of));
}

// From the piece itself to the outermost archive.
static void write_custody(Output& out, std::vector<Evidence> const& all, Evidence const& first, TimeZone zone)
{
    auto const* evidence = &first;
    for (std::size_t depth = 0; evidence != nullptr && depth <= all.size(); ++depth) {
        out.write(depth == 0 ? "\n" : "  came out of\n");
        write_evidence(out, *evidence, zone);
        evidence = evidence->parent == 0 ? nullptr : find_evidence(all, evidence->parent);
    }
}

// The same bytes are read once: the rows of the first piece say as much of the others, whichever place was asked for.
static Result<void> write_twins(Output& out, store::Case const& source, Evidence const& evidence)
{
    static constexpr std::uint64_t twins_shown = 20;
    auto const first = evidence.duplicate_of != 0 ? evidence.duplicate_of : evidence.number;
    auto rows = TRY(source.query(format(
        "SELECT number, coalesce(host, ''), coalesce(machine_path, original_path) FROM evidence WHERE (number = {0} OR "
        "duplicate_of = {0}) AND number <> {1} ORDER BY number",
        first, evidence.number)));
    std::uint64_t count = 0;
    for (; rows.next(); ++count) {
        auto const number = rows.unsigned_integer(0);
        if (count == 0)
            out.write("\n" + out.coloured("the same bytes lie at", Colour::bold) + "\n");
        if (count < twins_shown || number == first)
            write_line(out, format("e{}{}", number, number == first ? ", read there" : ""),
                format("{}  {}", rows.is_null(1) || rows.text(1).empty() ? "(no machine)" : terminal_safe(rows.text(1)),
                    terminal_safe(rows.text(2))));
    }
    TRY(rows.status());
    if (count > twins_shown)
        out.write(format("  and {} more: konseki query \"SELECT * FROM evidence WHERE duplicate_of = {}\"\n",
            count - twins_shown, first));
    return {};
}

struct TraceSize {
    std::uint64_t size_bytes = 0;
    bool is_known = false;
};

// Every row that the parsers left at this origin, schema by schema.
static Result<void> write_rows_at(Output& out, store::Case const& source, TraceId trace, TimeZone zone, TraceSize& size)
{
    for (auto const* schema : source.filled_schemas()) {
        store::Query query;
        query.schema = schema->name;
        query.filters = { { "evidence", store::Operator::equal, { std::uint64_t { trace.evidence } } },
            { "offset", store::Operator::equal, { trace.offset } } };
        auto rows = TRY(source.select(query));
        while (rows.next()) {
            out.write("\n" + out.coloured(store::sql_name(schema->name), Colour::bold) + "  "
                + std::string(schema->meaning) + "\n");
            for (std::size_t column = 0; column < rows.columns().size(); ++column) {
                auto const& name = rows.columns()[column].name;
                if (rows.is_null(column) || name == "evidence" || name == "offset")
                    continue;
                if (name == "size_bytes") {
                    size = { std::max(size.size_bytes, rows.unsigned_integer(column)), true };
                    continue;
                }
                auto const cell = cell_of(rows, column);
                write_line(
                    out, name, cell.kind == Cell::Kind::time ? time_text(cell.at, zone) : terminal_safe(cell.text));
            }
        }
        TRY(rows.status());
    }
    return {};
}

// On the trace itself, or on where it was read: one of the two is the other where the bytes lie in one place.
static Result<void> write_findings_on(
    Output& out, store::Case const& source, TraceId trace, TraceId read, std::string_view language)
{
    std::array<store::Parameter, 3> const parameters { std::uint64_t { trace.evidence },
        std::uint64_t { read.evidence }, trace.offset };
    auto rows = TRY(source.query("SELECT DISTINCT f.id, f.severity, f.title, f.title_ja, f.severity_rank FROM "
                                 "finding_trace t JOIN finding f ON f.id = t.finding "
                                 "WHERE t.evidence IN (?, ?) AND t.\"offset\" = ? ORDER BY f.severity_rank DESC, f.id",
        parameters));
    bool is_first = true;
    while (rows.next()) {
        if (is_first)
            out.write("\n" + out.coloured("findings that stand on it", Colour::bold) + "\n");
        is_first = false;
        Words const title { std::string(rows.text(2)), std::string(rows.text(3)) };
        out.write(format("  {}  {}  {}\n", rows.text(0), rows.text(1), terminal_safe(title.in(language))));
    }
    return rows.status();
}

static void write_rendered(Output& out, std::string_view text, std::string_view form)
{
    if (text.empty())
        return;
    out.write("\n" + out.coloured(form, Colour::bold) + "\n" + terminal_safe_lines(trim(text)) + "\n");
}

static Result<void> write_bytes(
    Output& out, Evidence const& evidence, TraceId trace, std::uint64_t size_bytes, std::uint64_t bytes_max)
{
    if (bytes_max == 0 || size_bytes == 0)
        return {};
    auto const shown = std::min(size_bytes, bytes_max);
    auto const bytes = TRY(intake::read_evidence(evidence, { trace.offset, shown }));
    out.write(format("\n{}\n",
        out.coloured(format("bytes of e{} from 0x{:x}, {} of {}", trace.evidence, trace.offset, shown, size_bytes),
            Colour::bold)));
    out.write(hex_view(as_bytes(bytes), trace.offset));
    if (shown < size_bytes)
        out.write(format("… {} more bytes: --bytes {}\n", size_bytes - shown, size_bytes));
    return {};
}

static Result<ExitCode> show_trace(Context& context, EvidenceAccess& access, store::Case const& source, TraceId trace)
{
    auto const bytes_max = TRY(context.arguments().number("bytes", 512));
    auto const all = TRY(source.evidence());
    auto const* evidence = find_evidence(all, trace.evidence);
    if (evidence == nullptr)
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            format("this case has no evidence e{}; konseki evidence lists it", trace.evidence) };
    auto& out = context.answer();
    auto const output_format = context.arguments().value("format", "text");
    TraceId const read { evidence->duplicate_of != 0 ? evidence->duplicate_of : trace.evidence, trace.offset };
    std::array const traces { read };
    if (output_format != "text") {
        auto const texts = TRY(intake::render(source, access.server(), artefact_parsers(), traces, output_format));
        if (texts.empty() || texts[0].empty())
            return Error { ErrorCode::not_found, "show", trace.offset, 0, 0,
                format("nothing at {} can be rendered as {}", to_string(trace), output_format) };
        out.write((out.is_terminal() ? terminal_safe_lines(trim(texts[0])) : std::string(trim(texts[0]))) + "\n");
        return ExitCode::done;
    }
    EventLine place;
    place.trace = trace;
    auto const chunk = chunk_of(place);
    out.write(out.coloured(to_string(trace), Colour::bold) + format("  offset 0x{:x} ({})", trace.offset, trace.offset)
        + (chunk && evidence->parser == "windows_event" ? format(", chunk {} if it is an EVTX file", *chunk)
                                                        : std::string {})
        + "\n");
    write_custody(out, all, *evidence, context.zone());
    TRY(write_twins(out, source, *evidence));
    TraceSize size;
    TRY(write_rows_at(out, source, trace, context.zone(), size));
    if (read != trace)
        TRY(write_rows_at(out, source, read, context.zone(), size));
    TRY(write_findings_on(out, source, trace, read, context.language()));
    if (!size.is_known)
        out.write("\nno row begins at this offset; the bytes are shown as they are\n");
    auto texts = TRY(intake::render(source, access.server(), artefact_parsers(), traces, "xml"));
    auto form = "XML";
    if (texts.empty() || texts[0].empty()) {
        texts = TRY(intake::render(source, access.server(), artefact_parsers(), traces, "json"));
        form = "JSON";
    }
    if (!texts.empty())
        write_rendered(out, texts[0], form);
    TRY(write_bytes(out, *evidence, trace,
        size.is_known
            ? size.size_bytes
            : std::min<std::uint64_t>(bytes_max, evidence->size_bytes - std::min(evidence->size_bytes, trace.offset)),
        bytes_max));
    return ExitCode::done;
}

static Result<ExitCode> show_evidence(Context& context, store::Case const& source, EvidenceNumber number)
{
    auto const all = TRY(source.evidence());
    auto const* evidence = find_evidence(all, number);
    if (evidence == nullptr)
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            format("this case has no evidence e{}; konseki evidence lists it", number) };
    auto& out = context.answer();
    write_custody(out, all, *evidence, context.zone());
    TRY(write_twins(out, source, *evidence));
    for (auto const* schema : source.filled_schemas()) {
        auto rows = TRY(
            source.query(format("SELECT count(*) FROM {} WHERE evidence = {}", store::sql_name(schema->name), number)));
        if (rows.next() && rows.unsigned_integer(0) > 0)
            write_line(out, "rows", format("{} {}", grouped(rows.unsigned_integer(0)), store::sql_name(schema->name)));
    }
    auto rows = TRY(source.query(format("SELECT code, what, \"offset\", bytes_lost, detail FROM diagnostic WHERE "
                                        "evidence = {} ORDER BY \"offset\", what",
        number)));
    static constexpr std::uint64_t diagnostics_shown = 20;
    std::uint64_t count = 0;
    for (; rows.next(); ++count)
        if (count < diagnostics_shown)
            write_line(out, "diagnostic",
                format("{} {} at 0x{:x}, {} bytes lost {}", rows.text(0), rows.text(1), rows.unsigned_integer(2),
                    rows.text(3), terminal_safe(rows.text(4))));
    TRY(rows.status());
    if (count > diagnostics_shown)
        out.write(format("  and {} more: konseki query \"SELECT * FROM diagnostic WHERE evidence = {}\"\n",
            grouped(count - diagnostics_shown), number));
    return ExitCode::done;
}

static std::optional<EvidenceNumber> read_evidence_name(std::string_view text)
{
    if (text.size() < 2 || ascii_lower(text[0]) != 'e')
        return {};
    auto const number = parse_uint(text.substr(1));
    return number && *number > 0 && *number <= 0xffff'ffff ? std::optional(static_cast<EvidenceNumber>(*number))
                                                           : std::nullopt;
}

static Result<ExitCode> show(Context& context)
{
    auto const& what = context.arguments().operands()[0];
    auto const trace = TraceId::parse(what);
    auto const evidence = read_evidence_name(what);
    if (!trace && !evidence && !what.starts_with("f-"))
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            format("\"{}\" is no trace (e7@0x12a0), finding (f-0123456789ab) or piece of evidence (e7)", what) };
    TRY(choose_case(context.arguments()));
    std::unique_ptr<EvidenceAccess> access;
    if (trace)
        access = TRY(EvidenceAccess::start({}));
    auto const source = TRY(open_case(context, store::Access::read_only));
    TRY(context.open_output());
    if (trace)
        return show_trace(context, *access, *source, *trace);
    if (evidence)
        return show_evidence(context, *source, *evidence);
    auto found = source->finding(what);
    if (!found.ok() && found.error().code == ErrorCode::not_found)
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            format("this case has no finding {}; konseki findings lists them", what) };
    auto const finding = TRY(std::move(found));
    write_finding(context.answer(), finding, context.language(), context.zone());
    auto const traces = TRY(source->finding_traces(what));
    if (traces.size() > finding.because.size()) {
        context.answer().write("\nAll traces\n");
        for (auto const id : traces)
            context.answer().write("  " + to_string(id) + "\n");
    }
    return ExitCode::done;
}

ExitCode run_show(Context& context)
{
    return answer_with(context, [&] { return show(context); });
}

}
