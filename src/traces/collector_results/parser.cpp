#include "traces/collector_results/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "formats/json_rows/json_rows.hpp"
#include <algorithm>
#include <array>

namespace konseki::collector_results {

namespace {

using json_rows::Row;

enum class Kind : std::uint8_t { none, uploads, ranges, result, control };

// "Windows.System.Pslist": words with capitals, joined by dots.
bool is_artifact_name(std::string_view text)
{
    auto const words = split(text, '.');
    return words.size() >= 2 && std::ranges::all_of(words, [](auto const word) {
        return !word.empty() && word[0] >= 'A' && word[0] <= 'Z' && word.find(' ') == std::string_view::npos;
    });
}

// "results/Windows.System.Pslist.json", "results/A.B%2FSource.json", older "A.B/Source.json" -> "A.B/Source".
std::string artifact_of(std::string_view path)
{
    auto name = file_name_of(path);
    if (!name.ends_with(".json"))
        return {};
    std::string stem { name.substr(0, name.size() - 5) };
    for (auto const* const escaped : { "%2F", "%2f" }) {
        if (auto const at = stem.find(escaped); at != std::string::npos)
            stem.erase(at, 2).replace(
                at, 1, 1, '/'); // not replace(at, 3, "/"): gcc 12 warns of an overlap that cannot be
    }
    auto const folder_end = path.size() - name.size();
    auto const folder = folder_end == 0 ? std::string_view {} : file_name_of(path.substr(0, folder_end - 1));
    if (folder == "results" && is_artifact_name(std::string_view(stem).substr(0, stem.find('/'))))
        return stem;
    return is_artifact_name(folder) ? format("{}/{}", folder, stem) : std::string {};
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> words)
{
    return std::ranges::any_of(words, [&](auto const word) { return text.find(word) != std::string_view::npos; });
}

Kind kind_of(std::string_view head, std::string_view path)
{
    auto const name = file_name_of(path);
    auto const text = trim(head);
    if (name.ends_with(".json.index"))
        return Kind::control;
    if (!text.starts_with('{') && !text.starts_with('['))
        return Kind::none;
    if (name.ends_with(".idx"))
        return has_any(text.substr(0, 32), { "\"ranges\"" }) ? Kind::ranges : Kind::none;
    if (name == "uploads.json")
        return has_any(text, { "\"vfs_path\"" }) ? Kind::uploads : Kind::none;
    if ((name == "log.json" && has_any(text, { "\"_ts\"", "\"client_time\"" })) || name == "requests.json"
        || (name == "collection_context.json" && has_any(text, { "\"session_id\"" })))
        return Kind::control;
    auto const is_event = has_any(text, { "\"EventID\"", "\"EventData\"", "\"event_id\"", "\"winlog\"" });
    return !is_event && !artifact_of(path).empty() ? Kind::result : Kind::none;
}

Sniff sniff(ByteView head, std::string_view name)
{
    return kind_of(as_text(head), name) == Kind::none ? Sniff::no : Sniff::sure;
}

Timestamp time_in(Row const& row, std::string_view name)
{
    return Timestamp::parse(row.text(name)).value_or(Timestamp {});
}

void emit_upload(Row const& row, TraceOrigin const& origin, ParseContext& context)
{
    UploadRow upload;
    upload.path = row.text("vfs_path");
    std::string stored;
    auto const list = row.text("_Components");
    bool is_in_text = false;
    for (std::size_t at = 0; at < list.size(); ++at) {
        if (list[at] == '"') {
            is_in_text = !is_in_text;
            if (is_in_text && !stored.empty())
                stored += '/';
        } else if (is_in_text) {
            at += list[at] == '\\' ? 1U : 0U;
            if (at < list.size())
                stored += list[at];
        }
    }
    upload.stored_as = stored.empty() ? std::string_view {} : std::string_view(stored);
    upload.file_size_bytes = row.number("file_size");
    upload.uploaded_bytes = row.number("uploaded_size");
    upload.type = row.text("Type");
    upload.uploaded_at = time_in(row, "Timestamp");
    context.traces.emit(upload_schema, origin, upload);
}

void emit_process(Row const& row, TraceOrigin const& origin, ParseContext& context)
{
    auto const hash = row.inner("Hash"), signature = row.inner("Authenticode");
    ProcessRow process;
    process.process_id = row.number("Pid");
    process.parent_id = row.number("Ppid");
    process.name = row.text("Name");
    process.path = row.text("Exe");
    process.command_line = row.text("CommandLine");
    process.user = row.text("Username");
    process.started_at = time_in(row, row.text("CreateTime").empty() ? "StartTime" : "CreateTime");
    process.is_elevated = row.boolean("TokenIsElevated");
    process.md5 = hash.text("MD5");
    process.sha1 = hash.text("SHA1");
    process.sha256 = hash.text("SHA256");
    process.signature = signature.text("Trusted");
    process.signer = signature.text("SubjectName");
    context.traces.emit(process_schema, origin, process);
}

void emit_connection(Row const& row, TraceOrigin const& origin, ParseContext& context)
{
    auto const local = row.inner("Laddr"), remote = row.inner("Raddr");
    auto const text = [&](Row const& inner, std::string_view name, std::string_view flat, std::string_view older) {
        auto const value = !inner.text(name).empty() ? inner.text(name) : row.text(flat);
        return value.empty() ? row.text(older) : value;
    };
    ConnectionRow connection;
    connection.process_id = row.number("Pid");
    connection.process_name = row.text("Name").empty() ? row.text("ProcessName") : row.text("Name");
    connection.process_path = row.text("Path");
    connection.protocol = row.text("Type");
    connection.family = row.text("Family");
    connection.state = row.text("Status");
    connection.local_address = text(local, "IP", "Laddr.IP", "SrcIP");
    connection.remote_address = text(remote, "IP", "Raddr.IP", "DestIP");
    connection.local_port = parse_uint(text(local, "Port", "Laddr.Port", "SrcPort"));
    connection.remote_port = parse_uint(text(remote, "Port", "Raddr.Port", "DestPort"));
    connection.opened_at = time_in(row, "Timestamp");
    context.traces.emit(connection_schema, origin, connection);
}

void emit_client(Row const& row, TraceOrigin const& origin, ParseContext& context)
{
    ClientRow const client { row.text("Hostname"), row.text("Fqdn"), row.text("OS"), row.text("Platform"),
        row.text("PlatformVersion"), row.text("MACAddresses") };
    context.traces.emit(client_schema, origin, client);
}

using Emit = void (*)(Row const&, TraceOrigin const&, ParseContext&);

Emit reader_of(Kind kind, std::string_view artifact)
{
    if (kind == Kind::uploads)
        return emit_upload;
    if (kind != Kind::result)
        return nullptr;
    if (has_any(artifact, { "Pslist", "Pstree" }))
        return emit_process;
    if (has_any(artifact, { "Netstat" }))
        return emit_connection;
    return has_any(artifact, { "Client.Info/BasicInformation" }) ? emit_client : Emit {};
}

Symbol kind_name(Kind kind)
{
    switch (kind) {
    case Kind::uploads: return "uploads";
    case Kind::ranges: return "ranges";
    case Kind::result: return "result";
    default: return "control";
    }
}

void parse_ranges(EvidenceView const& evidence, ParseContext& context, ResultRow& result)
{
    json_rows::read_array(as_text(evidence.bytes), "ranges", [&](Row const& row, TraceOrigin const& origin) {
        ++result.rows;
        RangeRow range { row.number("original_offset").value_or(0), row.number("length").value_or(0),
            row.number("file_length").value_or(0), false };
        range.is_hole = range.stored_length == 0 && range.length > 0;
        context.traces.emit(range_schema, origin, range);
    });
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    auto const head = as_text(evidence.bytes).substr(0, 4096);
    auto const kind = kind_of(head, evidence.name);
    auto const artifact = kind == Kind::result ? artifact_of(evidence.name) : std::string(file_name_of(evidence.name));
    auto const emit = reader_of(kind, artifact);
    ResultRow result;
    result.kind = kind_name(kind);
    result.artifact = artifact;
    result.is_read = emit != nullptr || kind == Kind::ranges;
    std::string columns;
    if (kind == Kind::ranges) {
        parse_ranges(evidence, context, result);
    } else if (kind == Kind::result || kind == Kind::uploads) {
        json_rows::read(evidence.bytes, context.diagnostics, [&](Row const& row, TraceOrigin const& origin) {
            for (auto const& field : row.fields) {
                if (result.rows == 0)
                    append_format(columns, "{}{}", columns.empty() ? "" : ", ", field.name);
            }
            ++result.rows;
            if (emit != nullptr)
                emit(row, origin, context);
        });
    }
    if (kind == Kind::result && emit == nullptr && result.rows > 0)
        context.diagnostics.report({ { ErrorCode::unsupported, "collector.result", 0, 0, 0,
                                         format("{}: no table reads its rows yet", artifact) },
            0 });
    result.columns = columns.empty() ? std::string_view {} : std::string_view(columns);
    context.traces.emit(result_schema, { 0, evidence.bytes.size(), false }, result);
}

constexpr std::array<Schema const*, 6> schemas { &result_schema.erased, &upload_schema.erased, &range_schema.erased,
    &process_schema.erased, &connection_schema.erased, &client_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "collector_results",
    .title = "Results and control files of Velociraptor",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
