#include "formats/cim/mapping.hpp"
#include "bytes/byte_reader.hpp"

namespace konseki::cim {

namespace {

constexpr std::uint32_t start_signature = 0xabcd;
constexpr std::uint32_t end_signature = 0xdcba;
constexpr std::uint32_t page_mask = 0x3fff'ffff; // the two highest bits are flags; all ones below them: not mapped

enum class Layout : std::uint8_t { xp, vista };

struct Section {
    std::uint32_t version = 0;
    PageMap map;
};

// [dtformats, mapping file] Header, entries, a list of free pages, footer. Vista widened header and entry; entries then
// tell checksum and space of the page, and the first entry of the index map holds the root where others hold used
// space.
Result<Section> read_section(ByteReader& reader, Layout layout)
{
    Section section;
    auto const signature = reader.u32("cim.mapping.signature");
    section.version = reader.u32("cim.mapping.version");
    if (layout == Layout::vista)
        reader.skip(8, "cim.mapping.checkpoints");
    reader.skip(4, "cim.mapping.pages");
    auto const entry_bytes = layout == Layout::vista ? 24U : 4U;
    auto const entries = reader.count(reader.u32("cim.mapping.entry_count"), entry_bytes, "cim.mapping.entries");
    TRY(reader.status());
    if (signature != start_signature)
        return Error { ErrorCode::bad_magic, "cim.mapping.signature", 0, start_signature, signature, {} };
    section.map.physical.reserve(entries);
    for (std::uint32_t i = 0; i < entries; ++i) {
        auto const page = reader.u32("cim.mapping.entry.page") & page_mask;
        section.map.physical.push_back(page == page_mask ? no_page : page);
        if (layout == Layout::vista) {
            reader.skip(8, "cim.mapping.entry.space");
            auto const used = reader.u32("cim.mapping.entry.used");
            reader.skip(8, "cim.mapping.entry.checkpoints");
            if (i == 0)
                section.map.index_root = used;
        }
    }
    auto const next = reader.u32("cim.mapping.free_count");
    if (next == end_signature) // the index section of Windows 2003 has no list of free pages
        return section;
    reader.skip(std::uint64_t { reader.count(next, 4, "cim.mapping.free_pages") } * 4, "cim.mapping.free_pages");
    auto const footer = reader.u32("cim.mapping.footer");
    TRY(reader.status());
    if (footer != end_signature)
        return Error { ErrorCode::bad_magic, "cim.mapping.footer", 0, end_signature, footer, {} };
    return section;
}

struct Sections {
    Section objects;
    std::optional<Section> index;
};

Result<Sections> read_sections(ByteView bytes, Layout layout)
{
    ByteReader reader { bytes };
    Sections sections { TRY(read_section(reader, layout)), std::nullopt };
    if (reader.remaining() >= 16)
        sections.index = TRY(read_section(reader, layout));
    return sections;
}

Result<Sections> read_file(ByteView bytes)
{
    auto vista = read_sections(bytes, Layout::vista);
    if (vista.ok())
        return vista;
    auto xp = read_sections(bytes, Layout::xp);
    return xp.ok() ? std::move(xp) : std::move(vista);
}

std::optional<Sections> sound(ByteView bytes, DiagnosticSink& diagnostics)
{
    if (bytes.empty())
        return std::nullopt;
    auto sections = read_file(bytes);
    if (sections.ok())
        return std::move(sections).value();
    auto error = sections.error();
    error.offset = 0; // it lies in another file than the evidence
    diagnostics.report({ error, 0 });
    return std::nullopt;
}

}

std::optional<Mapping> choose_mapping(Files const& files, DiagnosticSink& diagnostics)
{
    std::optional<Mapping> chosen;
    for (auto const bytes : files.mappings) {
        auto sections = sound(bytes, diagnostics);
        if (!sections || (chosen && sections->objects.version <= chosen->version))
            continue;
        chosen.emplace();
        chosen->version = sections->objects.version;
        chosen->objects = std::move(sections->objects.map);
        if (sections->index)
            chosen->index = std::move(sections->index->map);
    }
    // Windows XP keeps the maps in use in files of their own; MAPPING1 and MAPPING2 are copies of OBJECTS.MAP then.
    if (auto objects = sound(files.objects_map, diagnostics);
        objects && (!chosen || objects->objects.version >= chosen->version)) {
        auto index = chosen ? std::move(chosen->index) : PageMap {};
        chosen = Mapping { objects->objects.version, std::move(objects->objects.map), std::move(index) };
    }
    if (auto index = sound(files.index_map, diagnostics); index && chosen && chosen->index.physical.empty()) {
        chosen->index = std::move(index->objects.map);
        chosen->index.index_root = no_page;
    }
    return chosen;
}

}
