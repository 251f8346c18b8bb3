#include "traces/windows_ntfs_index/parser.hpp"
#include "base/text.hpp"
#include "formats/ntfs_index/ntfs_index.hpp"

namespace konseki::windows_ntfs_index {

namespace {

constexpr std::uint32_t is_directory_flag = 0x1000'0000; // in $FILE_NAME only

class RowWriter final : public ntfs_index::Visitor {
public:
    explicit RowWriter(TraceSink& traces)
        : m_traces(traces)
    {
    }

    void on_entry(ntfs_index::Entry const& entry) override
    {
        auto const& name = entry.name;
        EntryRow row;
        row.name = name.name;
        row.created_at = name.times.created_at;
        row.modified_at = name.times.modified_at;
        row.record_changed_at = name.times.record_changed_at;
        row.accessed_at = name.times.accessed_at;
        row.content_bytes = name.size_bytes;
        row.allocated_bytes = name.allocated_bytes;
        row.is_directory = (name.file_attributes & is_directory_flag) != 0;
        row.file_attributes = name.file_attributes;
        row.name_space = mft::name_space_name(name.name_space);
        if (entry.file) {
            row.file_record = entry.file->record();
            row.file_sequence = entry.file->sequence();
        }
        row.parent_record = name.parent.record();
        row.parent_sequence = name.parent.sequence();
        m_traces.emit(entry_schema, { entry.offset, entry.size_bytes, entry.is_in_slack }, row);
    }

private:
    TraceSink& m_traces;
};

// View indexes ($Secure:$SII, $ObjId:$O, …) have the same pages and no names.
Sniff sniff(ByteView head, std::string_view name)
{
    for (std::string_view const view : { "$O", "$Q", "$R", "$SII", "$SDH" })
        if (name.ends_with(view))
            return Sniff::no;
    return ntfs_index::sniff(head);
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    RowWriter writer { context.traces };
    ntfs_index::read(evidence.bytes, context.diagnostics, writer);
}

constexpr std::array<Schema const*, 1> schemas { &entry_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_ntfs_index",
    .title = "Index of an NTFS directory ($I30)",
    .version = 1,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
