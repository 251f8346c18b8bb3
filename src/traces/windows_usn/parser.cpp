#include "traces/windows_usn/parser.hpp"
#include "formats/usn/usn.hpp"

namespace konseki::windows_usn {

namespace {

class RowWriter final : public usn::Visitor {
public:
    explicit RowWriter(TraceSink& traces)
        : m_traces(traces)
    {
    }

    void on_record(usn::Record const& record) override
    {
        // Most neighbours share their reason: the text is made only when it changes.
        if (record.reason != m_reason || m_reason_text.empty()) {
            m_reason = record.reason;
            m_reason_text = usn::reason_text(record.reason);
        }
        RecordRow row;
        row.written_at = record.written_at;
        if (record.version < 4)
            row.name = record.name;
        row.reason = std::string_view(m_reason_text);
        row.file_record = record.file.low & record_mask;
        row.file_sequence = static_cast<std::uint16_t>(record.file.low >> 48);
        row.parent_record = record.parent.low & record_mask;
        row.parent_sequence = static_cast<std::uint16_t>(record.parent.low >> 48);
        row.usn = record.usn;
        row.file_attributes = record.file_attributes;
        row.source = record.source;
        row.version = record.version;
        m_traces.emit(record_schema, { record.offset, record.size_bytes, false }, row);
    }

private:
    static constexpr std::uint64_t record_mask = 0xffff'ffff'ffffULL;
    TraceSink& m_traces;
    std::uint32_t m_reason = 0;
    std::string m_reason_text;
};

// Nothing in a record is a signature, only plausible: two in a row, or one and the file's name, make it sure.
Sniff sniff(ByteView head, std::string_view name)
{
    auto const answer = usn::sniff(head);
    return answer == Sniff::maybe && name.ends_with("$J") ? Sniff::sure : answer;
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    RowWriter writer { context.traces };
    usn::read(evidence.bytes, evidence.range, context.diagnostics, writer);
}

constexpr std::array<Schema const*, 1> schemas { &record_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_usn",
    .title = "NTFS change journal",
    .version = 1,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
    .split = usn::split,
};

}
