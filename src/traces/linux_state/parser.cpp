#include "traces/linux_state/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/json_lines/json_lines.hpp"
#include "formats/json_rows/json_rows.hpp"
#include "formats/text_lines/text_lines.hpp"
#include "traces/linux_columns.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_state {

namespace {

constexpr std::string_view state_begin = "{\"konseki_state\"", collection_name = "konseki-collection.json";
constexpr std::uint64_t state_version = 1;

// ---- rows

void report(ParseContext& context, ErrorCode code, std::string_view what, text_lines::Line const& line,
    std::uint64_t bytes_lost, std::uint64_t have = 0)
{
    context.diagnostics.report({ { code, what, line.offset, 0, have, {} }, bytes_lost });
}

template <auto const& typed_schema, typename Row>
void read_rows(EvidenceView const& evidence, std::uint64_t position, ParseContext& context)
{
    auto const file = as_text(evidence.bytes);
    auto const end = evidence.range.offset + evidence.range.size;
    json_lines::RowReader reader { typed_schema.erased };
    bool has_odd_member = false; // a newer collector: said once, not per line
    while (auto const line = json_lines::next_line(file, position, end)) {
        if (context.stop.stop_requested())
            return;
        auto const values = reader.read(line->text);
        if (!values.ok()) {
            report(context, values.error().code, "linux_state.line", *line, line->text.size());
            continue;
        }
        Row row;
        auto const odd = json_lines::fill(typed_schema, values.value(), row) + reader.odd_members();
        if (odd > 0 && !std::exchange(has_odd_member, true))
            report(context, ErrorCode::unsupported, "linux_state.member", *line, 0, odd);
        context.traces.emit(typed_schema, { line->offset, line->text.size(), false }, row);
    }
}

struct StateKind {
    Schema const* schema;
    void (*read)(EvidenceView const&, std::uint64_t, ParseContext&);
};

constexpr std::array state_kinds {
    StateKind { &linux_host_schema.erased, read_rows<linux_host_schema, LinuxHostRow> },
    StateKind { &linux_process_schema.erased, read_rows<linux_process_schema, LinuxProcessRow> },
    StateKind { &linux_socket_schema.erased, read_rows<linux_socket_schema, LinuxSocketRow> },
    StateKind { &linux_module_schema.erased, read_rows<linux_module_schema, LinuxModuleRow> },
    StateKind { &linux_bpf_schema.erased, read_rows<linux_bpf_schema, LinuxBpfRow> },
    StateKind { &linux_mount_schema.erased, read_rows<linux_mount_schema, LinuxMountRow> },
    StateKind { &linux_file_schema.erased, read_rows<linux_file_schema, LinuxFileRow> },
    StateKind { &linux_package_schema.erased, read_rows<linux_package_schema, LinuxPackageRow> },
    StateKind { &linux_account_schema.erased, read_rows<linux_account_schema, LinuxAccountRow> },
    StateKind { &linux_note_schema.erased, read_rows<linux_note_schema, LinuxNoteRow> },
};

constexpr auto schemas = [] {
    std::array<Schema const*, state_kinds.size()> all {};
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = state_kinds[i].schema;
    return all;
}();

// ---- the collection's own description

void emit_collection(EvidenceView const& evidence, ParseContext& context)
{
    auto const object = json_rows::parse_object(as_text(evidence.bytes));
    if (!object) {
        context.diagnostics.report(
            { { ErrorCode::bad_value, "linux_state.collection", 0, 0, 0, {} }, evidence.bytes.size() });
        return;
    }
    auto const text = [&](std::string_view name, std::string_view other) {
        return object->text(name).empty() ? object->text(other) : object->text(name);
    };
    LinuxHostRow row;
    row.name = text("name", "host");
    row.machine_id = object->text("machine_id");
    row.system = text("system", "os");
    row.system_version = text("system_version", "os_version");
    row.kernel = object->text("kernel");
    row.architecture = object->text("architecture");
    row.boot_id = object->text("boot_id");
    row.time_zone = object->text("time_zone");
    row.collector = object->text("collector");
    row.is_root = object->boolean("is_root");
    row.booted_at = Timestamp::parse(object->text("booted_at")).value_or(Timestamp {});
    row.collected_at = Timestamp::parse(text("collected_at", "began_at")).value_or(Timestamp {});
    context.traces.emit(linux_host_schema, { 0, evidence.bytes.size(), false }, row);
}

// ---- parser

bool is_collection(ByteView head, std::string_view name)
{
    return file_name_of(name) == collection_name && trim(as_text(head)).starts_with('{');
}

// A collection may hold a deleted file that another collector was writing: it is the other host's state, or stale.
bool is_of_a_process(std::string_view name)
{
    return file_name_of(folder_of(name)) == "fd";
}

Sniff sniff(ByteView head, std::string_view name)
{
    return (as_text(head).starts_with(state_begin) && !is_of_a_process(name)) || is_collection(head, name) ? Sniff::sure
                                                                                                           : Sniff::no;
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    if (is_collection(evidence.bytes, evidence.name)) {
        if (evidence.is_first_piece)
            emit_collection(evidence, context);
        return;
    }
    auto const file = as_text(evidence.bytes);
    std::uint64_t behind_header = 0;
    auto const header = json_lines::next_line(file, behind_header, file.size());
    auto const object = header ? json_rows::parse_object(header->text) : std::nullopt;
    auto const* kind = object ? std::ranges::find(state_kinds, object->text("konseki_state"),
                           [](StateKind const& one) { return one.schema->name; })
                              : state_kinds.end();
    if (kind == state_kinds.end()) {
        context.diagnostics.report(
            { { ErrorCode::unsupported, "linux_state.schema", 0, 0, 0, {} }, evidence.range.size });
        return;
    }
    auto const version = object->number("version").value_or(0);
    if (version != state_version && evidence.is_first_piece)
        context.diagnostics.report(
            { { ErrorCode::unsupported, "linux_state.version", 0, state_version, version, {} }, 0 });
    auto const is_behind = evidence.range.offset >= behind_header;
    kind->read(evidence, is_behind ? evidence.range.offset : behind_header, context);
}

std::optional<std::string> render(
    EvidenceView const& evidence, TraceOrigin const& origin, Dictionary const&, std::string_view)
{
    if (is_collection(evidence.bytes, evidence.name))
        return utf8::repaired(as_text(evidence.bytes));
    return text_lines::line_at(evidence, origin.offset);
}

}

constinit ArtefactParser const parser {
    .name = "linux_state",
    .title = "Linux state (konseki collect)",
    .version = 2,
    .reads_path = false, // its name says only whether it is the description of the collection
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
    .split = text_lines::ranges,
    .render = render,
};

}
