#include "traces/windows_ntfs_index/parser.hpp"
#include "traces/windows_index_entry.hpp"

namespace konseki::windows_ntfs_index {

namespace {

class RowWriter final : public ntfs_index::Visitor {
public:
    explicit RowWriter(TraceSink& traces)
        : m_traces(traces)
    {
    }

    void on_entry(ntfs_index::Entry const& entry) override
    {
        m_traces.emit(
            index_entry_schema, { entry.offset, entry.size_bytes, entry.is_in_slack }, index_entry_row(entry));
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

constexpr std::array<Schema const*, 1> schemas { &index_entry_schema.erased };

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
