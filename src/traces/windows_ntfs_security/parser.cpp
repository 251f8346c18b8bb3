#include "traces/windows_ntfs_security/parser.hpp"
#include "base/text.hpp"
#include "formats/ntfs_security/descriptor.hpp"
#include "formats/ntfs_security/ntfs_security.hpp"

namespace konseki::windows_ntfs_security {

namespace {

class RowWriter final : public ntfs_security::Visitor {
public:
    explicit RowWriter(ParseContext& context)
        : m_context(context)
    {
    }

    void on_entry(ntfs_security::Entry const& entry) override
    {
        SecurityRow row;
        auto const hash = format("{:08x}", entry.hash);
        row.id = entry.id;
        row.hash = hash;
        row.is_hash_right = entry.is_hash_right;
        row.is_from_mirror = entry.is_from_mirror;
        constexpr std::uint64_t header_bytes = 20;
        auto const descriptor = ntfs_security::read_descriptor(entry.descriptor, entry.offset + header_bytes);
        if (descriptor.ok()) {
            auto const& text = descriptor.value();
            row.owner = view_of(text.owner);
            row.group = view_of(text.group);
            row.sddl = view_of(text.sddl);
            row.is_whole = text.is_whole;
        } else {
            row.is_whole = false;
            m_context.diagnostics.report({ descriptor.error(), entry.descriptor.size() });
        }
        m_context.traces.emit(security_schema, { entry.offset, entry.size_bytes, false }, row);
    }

private:
    static std::string_view view_of(std::string const& text) { return text.empty() ? std::string_view() : text; }

    ParseContext& m_context;
};

Sniff sniff(ByteView head, std::string_view)
{
    return ntfs_security::sniff(head);
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    RowWriter writer { context };
    ntfs_security::read(evidence.bytes, context.diagnostics, writer);
}

constexpr std::array<Schema const*, 1> schemas { &security_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_ntfs_security",
    .title = "Security descriptors of an NTFS volume ($Secure:$SDS)",
    .version = 1,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
