#include "traces/windows_ntfsinfo/parser.hpp"
#include "base/text.hpp"
#include "formats/csv/csv.hpp"
#include "traces/collector_columns.hpp"
#include <array>

namespace konseki::windows_ntfsinfo {

namespace {

Sniff sniff(ByteView head, std::string_view)
{
    auto const header = csv::header_of(head);
    auto const is_it = header.has_all({ "FRN", "ParentFRN", "CreationDate", "LastModificationDate" })
        && header.column({ "FullName", "File" }) && !header.column({ "SampleName" });
    return is_it ? Sniff::sure : Sniff::no;
}

void fill_times(CollectorColumns const& columns, RecordRow& row)
{
    row.created_at = columns.time({ "CreationDate" });
    row.modified_at = columns.time({ "LastModificationDate" });
    row.accessed_at = columns.time({ "LastAccessDate" });
    row.record_changed_at = columns.time({ "LastAttrChangeDate" });
    row.name_created_at = columns.time({ "FileNameCreationDate" });
    row.name_modified_at = columns.time({ "FileNameLastModificationDate", "FileNameLastDataModificationDate" });
    row.name_accessed_at = columns.time({ "FileNameLastAccessDate" });
    row.name_record_changed_at = columns.time({ "FileNameLastAttrModificationDate" });
    row.compiled_at = columns.time({ "TimeStamp" });
}

void fill_content(CollectorColumns const& columns, RecordRow& row)
{
    row.md5 = columns.text({ "MD5" });
    row.sha1 = columns.text({ "SHA1" });
    row.sha256 = columns.text({ "SHA256" });
    row.pe_md5 = columns.text({ "PeMD5" });
    row.pe_sha1 = columns.text({ "PeSHA1" });
    row.pe_sha256 = columns.text({ "PeSHA256" });
    row.ssdeep = columns.text({ "SSDeep" });
    row.signature_status = columns.text({ "AuthenticodeStatus" });
    row.signer = columns.text({ "AuthenticodeSigner" });
    row.authority = columns.text({ "AuthenticodeCA" });
    row.signer_thumbprint = columns.text({ "AuthenticodeSignerThumbprint" });
    row.signed_hash = columns.text({ "SignedHash" });
    row.owner = columns.text({ "Owner" });
    row.owner_sid = columns.text({ "OwnerSid" });
    row.company = columns.text({ "CompanyName" });
    row.product = columns.text({ "ProductName" });
    row.file_version = columns.text({ "Version" });
    row.original_name = columns.text({ "OriginalFileName", "OriginalName" });
    row.platform = columns.text({ "Platform" });
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    csv::Reader reader { evidence.bytes };
    if (!reader.next(context.diagnostics))
        return;
    CollectorColumns columns { reader };
    while (reader.next(context.diagnostics) && !context.stop.stop_requested()) {
        RecordRow row;
        row.computer = columns.text({ "ComputerName" });
        row.volume_id = columns.text({ "VolumeID" });
        row.name = columns.text({ "File" });
        auto const full = columns.text({ "FullName" });
        std::string joined; // older lists have the folder and the name only
        if (full.empty() && !row.name.empty()) {
            joined = columns.text({ "ParentName" });
            append_format(joined, "{}{}", joined.ends_with('\\') ? "" : "\\", row.name);
        }
        row.path = full.empty() && !joined.empty() ? std::string_view(joined) : full;
        row.file_size_bytes = columns.number({ "SizeInBytes" });
        row.attributes = columns.text({ "Attributes" });
        row.record = columns.number({ "FRN" });
        row.parent_record = columns.number({ "ParentFRN" });
        row.usn = columns.number({ "USN" });
        if (auto const use = columns.text({ "RecordInUse" }); !use.empty())
            row.is_in_use = use == "Y" || equals_ignoring_case(use, "true") || use == "1";
        fill_times(columns, row);
        fill_content(columns, row);
        columns.report_cut_row(context.diagnostics);
        context.traces.emit(record_schema, { reader.offset(), reader.size_bytes(), false }, row);
    }
}

constexpr std::array<Schema const*, 1> schemas { &record_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_ntfsinfo",
    .title = "File records of DFIR-ORC (NTFSInfo)",
    .version = 1,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
