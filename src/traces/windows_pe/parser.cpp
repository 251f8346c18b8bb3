#include "traces/windows_pe/parser.hpp"
#include "base/text.hpp"
#include "formats/pe/pe.hpp"
#include <algorithm>

namespace konseki::windows_pe {

namespace {

constexpr std::size_t exports_shown = 50;
constexpr std::uint16_t native_subsystem = 1;

struct Texts { // keep what the row views
    std::string machine, imports, exports, sections;
};

std::string machine_text(std::uint16_t machine)
{
    switch (machine) {
    case 0x14c: return "x86";
    case 0x8664: return "x64";
    case 0xaa64: return "arm64";
    default: return format("{:#x}", machine);
    }
}

std::string_view signature_text(pe::Image const& image, bool has_block)
{
    if (!image.signature)
        return has_block ? "unreadable" : "none";
    auto const& signature = *image.signature;
    if (!signature.is_digest_good)
        return "changed";
    if (!signature.is_signature_good)
        return "bad";
    return signature.is_self_signed ? "self_signed" : "good";
}

std::string_view said(std::string_view text)
{
    return text.empty() ? std::string_view {} : text;
}

void join(std::string& list, std::string_view part)
{
    append_format(list, "{}{}", list.empty() ? "" : "; ", part);
}

Texts texts_of(pe::Image const& image)
{
    Texts texts;
    texts.machine = machine_text(image.machine);
    for (auto const& import : image.imports)
        join(texts.imports, import.library);
    for (std::size_t at = 0; at < std::min(image.exports.size(), exports_shown); ++at) {
        auto const& one = image.exports[at];
        join(texts.exports, one.name.empty() ? format("#{}", one.ordinal) : one.name);
    }
    if (image.exports.size() > exports_shown)
        join(texts.exports, format("and {} more", image.exports.size() - exports_shown));
    for (auto const& section : image.sections)
        join(texts.sections, format("{} {:.1f}", section.name, section.entropy));
    return texts;
}

// Notes what the format reader reports and whether a signature block was among it.
class Watch final : public DiagnosticSink {
public:
    explicit Watch(DiagnosticSink& target)
        : m_target(target)
    {
    }
    void report(Diagnostic const& diagnostic) override
    {
        saw_signature |= diagnostic.error.what == "pe.signature_block";
        m_target.report(diagnostic);
    }
    bool saw_signature = false;

private:
    DiagnosticSink& m_target;
};

void fill_signature(pe::Signature const& signature, FileRow& row)
{
    row.signer = Symbol(std::string_view(signature.signer));
    row.issuer = Symbol(std::string_view(signature.issuer));
    row.valid_from = signature.valid_from;
    row.valid_until = signature.valid_until;
    row.countersigned_at = signature.countersigned_at;
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    Watch watch(context.diagnostics);
    auto const result = pe::read(evidence.bytes, watch);
    if (!result.ok()) {
        context.diagnostics.report({ result.error(), evidence.bytes.size() });
        return;
    }
    auto const& image = result.value();
    auto const texts = texts_of(image);
    FileRow row;
    row.path = evidence.name;
    row.machine = Symbol(std::string_view(texts.machine));
    row.is_library = image.is_library;
    row.is_driver = image.subsystem == native_subsystem;
    row.is_dotnet = image.is_dotnet;
    row.linked_at = image.linked_at;
    for (auto const& import : image.imports)
        row.imports_at = std::max(row.imports_at, import.stamped_at);
    row.company = Symbol(said(image.version_text("CompanyName")));
    row.product = Symbol(said(image.version_text("ProductName")));
    row.description = said(image.version_text("FileDescription"));
    row.original_name = said(image.version_text("OriginalFilename"));
    row.internal_name = said(image.version_text("InternalName"));
    row.file_version = Symbol(said(image.version_text("FileVersion")));
    row.signature = Symbol(signature_text(image, watch.saw_signature));
    if (image.signature)
        fill_signature(*image.signature, row);
    row.import_hash = Symbol(said(image.import_hash));
    row.rich_hash = Symbol(said(image.rich_hash));
    row.imports = said(texts.imports);
    row.export_name = said(image.export_name);
    row.exports = said(texts.exports);
    row.sections = said(texts.sections);
    row.debug_path = said(image.debug_path);
    for (auto const& section : image.sections)
        row.entropy = std::max(row.entropy, section.entropy);
    row.overlay_bytes = image.overlay_bytes;
    row.authenticode_sha1 = said(image.authenticode_sha1);
    row.authenticode_sha256 = said(image.authenticode_sha256);
    if (image.checksum != 0)
        row.is_checksum_good = image.checksum == image.computed_checksum;
    context.traces.emit(file_schema, { 0, evidence.bytes.size(), false }, row);
}

Sniff sniff(ByteView head, std::string_view)
{
    return pe::sniff(head);
}

constexpr std::array<Schema const*, 1> schemas { &file_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_pe",
    .title = "Program file (portable executable)",
    .version = 3,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
