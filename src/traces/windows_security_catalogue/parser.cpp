#include "traces/windows_security_catalogue/parser.hpp"
#include "base/text.hpp"
#include "formats/security_catalogue/security_catalogue.hpp"
#include <array>

namespace konseki::windows_security_catalogue {

namespace {

std::string_view signature_text(security_catalogue::Catalogue const& catalogue)
{
    if (!catalogue.is_block_read)
        return "unreadable";
    if (!catalogue.signature)
        return "none";
    if (!catalogue.signature->is_signature_good)
        return "bad";
    return catalogue.signature->is_self_signed ? "self_signed" : "good";
}

std::string_view said(std::string_view text)
{
    return text.empty() ? std::string_view {} : text;
}

void join(std::string& list, std::string_view part)
{
    append_format(list, "{}{}", list.empty() ? "" : "; ", part);
}

class Members final : public security_catalogue::MemberSink {
public:
    Members(TraceSink& traces, MemberRow row)
        : m_traces(traces)
        , m_row(row)
    {
    }
    void take(security_catalogue::Member const& member) override
    {
        ++m_count;
        m_row.hash = said(member.hash);
        m_row.algorithm = Symbol(said(member.algorithm));
        m_row.subject = Symbol(said(member.subject));
        m_row.file = said(member.attribute("File"));
        m_row.os = Symbol(said(member.attribute("OSAttr")));
        m_row.has_page_hashes = member.has_page_hashes;
        m_row.tag = equals_ignoring_case(member.tag, member.hash) ? std::string_view {} : said(member.tag);
        m_traces.emit(member_schema, { member.offset, member.size_bytes, false }, m_row);
    }
    std::uint64_t count() const { return m_count; }

private:
    TraceSink& m_traces;
    MemberRow m_row;
    std::uint64_t m_count = 0;
};

void parse(EvidenceView const& evidence, ParseContext& context)
{
    auto const result = security_catalogue::read(evidence.bytes, context.diagnostics);
    if (!result.ok()) {
        context.diagnostics.report({ result.error(), evidence.bytes.size() });
        return;
    }
    auto const& catalogue = result.value();
    std::string chain, hardware_ids, attributes;
    CatalogueRow row;
    row.path = evidence.name;
    row.version = catalogue.version;
    row.signature = Symbol(signature_text(catalogue));
    if (catalogue.signature) {
        row.signer = Symbol(std::string_view(catalogue.signature->signer));
        row.issuer = Symbol(std::string_view(catalogue.signature->issuer));
        row.valid_from = catalogue.signature->valid_from;
        row.valid_until = catalogue.signature->valid_until;
        row.countersigned_at = catalogue.signature->countersigned_at;
        for (auto const& name : catalogue.signature->chain)
            join(chain, name);
    }
    for (auto const& [name, value] : catalogue.attributes)
        if (ascii_lower(name).starts_with("hwid"))
            join(hardware_ids, value);
        else
            join(attributes, format("{}={}", name, value));
    row.chain = said(chain);
    row.hardware_ids = said(hardware_ids);
    row.attributes = said(attributes);
    row.list_id = said(catalogue.list_id);
    row.listed_at = catalogue.listed_at;
    MemberRow member;
    member.signature = row.signature;
    member.signer = row.signer;
    member.countersigned_at = row.countersigned_at;
    member.catalogue = Symbol(evidence.name);
    Members members { context.traces, member };
    security_catalogue::read_members(catalogue, members, context.diagnostics);
    row.members = members.count();
    context.traces.emit(catalogue_schema, { 0, evidence.bytes.size(), false }, row);
}

Sniff sniff(ByteView head, std::string_view)
{
    return security_catalogue::sniff(head);
}

constexpr std::array<Schema const*, 2> schemas { &catalogue_schema.erased, &member_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_security_catalogue",
    .title = "Signature catalogue",
    .version = 1,
    .reads_path = false, // a catalogue vouches for the same programs wherever it lies
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
