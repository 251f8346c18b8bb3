#include "traces/collector_copies/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "formats/json_rows/json_rows.hpp"
#include "traces/collector_columns.hpp"
#include <array>

namespace konseki::collector_copies {

namespace {

std::string_view tool_of(csv::Header const& header)
{
    if (header.has_all({ "SampleName", "FullName" }))
        return "orc";
    if (header.has_all({ "SourceFile", "DestinationFile", "SourceFileSha1" }))
        return "kape";
    return header.has_all({ "SourceFile", "SourceFileSha1", "Reason" }) ? std::string_view("kape_skipped")
                                                                        : std::string_view {};
}

// [docs/formats/konseki-collection.md] the first member it lists is the collection's description.
bool is_manifest(ByteView head, std::string_view name)
{
    return file_name_of(name) == "manifest.jsonl" && as_text(head).starts_with("{\"path\":\"konseki-collection.json\"");
}

void parse_manifest(EvidenceView const& evidence, ParseContext& context)
{
    json_rows::read(evidence.bytes, context.diagnostics, [&](json_rows::Row const& line, TraceOrigin const& origin) {
        if (line.text("sha256").empty())
            return; // the last line: of the manifest itself
        CopyRow row;
        row.tool = "konseki";
        row.path = line.text("source");
        row.stored_as = line.text("path");
        row.file_size_bytes = line.number("size");
        row.modified_at = Timestamp::parse(line.text("mtime")).value_or(Timestamp {});
        row.sha256 = line.text("sha256");
        context.traces.emit(copy_schema, origin, row);
    });
}

Sniff sniff(ByteView head, std::string_view name)
{
    if (is_manifest(head, name))
        return Sniff::sure;
    return tool_of(csv::header_of(head)).empty() ? Sniff::no : Sniff::sure;
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    if (is_manifest(evidence.bytes, evidence.name))
        return parse_manifest(evidence, context);
    csv::Reader reader { evidence.bytes };
    if (!reader.next(context.diagnostics))
        return;
    auto const tool = tool_of(csv::Header(reader));
    CollectorColumns columns { reader };
    while (reader.next(context.diagnostics) && !context.stop.stop_requested()) {
        CopyRow row;
        row.tool = tool;
        row.computer = columns.text({ "ComputerName" });
        row.volume_id = columns.text({ "VolumeID" });
        row.path = columns.text({ "SourceFile", "FullName" });
        row.stored_as = columns.text({ "DestinationFile", "SampleName" });
        row.skip_reason = columns.text({ "Reason" });
        row.why = columns.text({ "FindMatch" });
        row.file_size_bytes = columns.number({ "FileSize", "SizeInBytes" });
        row.record = columns.number({ "FRN" });
        row.copied_at = columns.time({ "CopiedTimestamp", "SampleCollectionDate" });
        row.created_at = columns.time({ "CreatedOnUtc", "CreationDate" });
        row.modified_at = columns.time({ "ModifiedOnUtc", "LastModificationDate" });
        row.accessed_at = columns.time({ "LastAccessedOnUtc", "LastAccessDate" });
        row.record_changed_at = columns.time({ "LastAttrChangeDate" });
        row.name_created_at = columns.time({ "FileNameCreationDate" });
        row.md5 = columns.text({ "MD5" });
        row.sha1 = columns.text({ "SourceFileSha1", "SHA1" });
        row.sha256 = columns.text({ "SHA256" });
        columns.report_cut_row(context.diagnostics);
        context.traces.emit(copy_schema, { reader.offset(), reader.size_bytes(), false }, row);
    }
}

constexpr std::array<Schema const*, 1> schemas { &copy_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "collector_copies",
    .title = "Copy logs of collectors (KAPE, DFIR-ORC GetThis, konseki)",
    .version = 1,
    .reads_path = false, // its name says only which of two lists it is
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
