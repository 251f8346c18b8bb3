#include "traces/windows_jumplist/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include "formats/cfb/cfb.hpp"
#include "formats/lnk/lnk.hpp"
#include <algorithm>
#include <array>
#include <set>

namespace konseki::windows_jumplist {

namespace {

constexpr std::string_view link_magic {
    "\x4c\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46", 20
};
constexpr std::uint64_t list_header_bytes = 32;

std::string_view app_id_of(std::string_view name)
{
    auto const file = file_name_of(name);
    return file.substr(0, file.find('.'));
}

Sniff sniff(ByteView head, std::string_view name)
{
    auto const lower = ascii_lower(name);
    if (lower.ends_with(".automaticdestinations-ms"))
        return cfb::sniff(head);
    if (!lower.ends_with(".customdestinations-ms"))
        return Sniff::no;
    return as_text(head).starts_with(std::string_view("\x02\x00\x00\x00", 4)) ? Sniff::sure : Sniff::no;
}

// What the list says of one entry.
struct Listed {
    std::uint64_t offset = 0, size_bytes = 0;
    std::uint32_t number = 0;
    Timestamp used_at;
    bool is_pinned = false;
    std::optional<std::uint32_t> access_count;
    std::string machine_id, path;
};

Result<Listed> read_listed(ByteReader& reader, std::uint32_t version)
{
    Listed listed;
    reader.skip(72, "jumplist.entry.tracker");
    listed.machine_id = lnk::narrow_text(reader.take(16, "jumplist.entry.machine_id"));
    listed.number = reader.u32("jumplist.entry.number");
    reader.skip(8, "jumplist.entry.counter");
    listed.used_at = Timestamp::from_filetime(reader.u64("jumplist.entry.used_at"));
    listed.is_pinned = reader.u32("jumplist.entry.pin") != 0xffff'ffffU;
    if (version >= 2) {
        reader.skip(4, "jumplist.entry.unknown");
        listed.access_count = reader.u32("jumplist.entry.access_count");
        reader.skip(8, "jumplist.entry.unknown");
    }
    auto const chars = reader.u16("jumplist.entry.path_chars");
    listed.path = utf8_from_utf16le(reader.take(chars * 2ULL, "jumplist.entry.path"));
    if (version >= 2)
        reader.skip(4, "jumplist.entry.end");
    TRY(reader.status());
    return listed;
}

class EntryWriter {
public:
    EntryWriter(EvidenceView const& evidence, ParseContext& context)
        : m_evidence(evidence)
        , m_context(context)
    {
    }

    void emit(TraceOrigin const& origin, EntryRow row, lnk::Link const* link)
    {
        row.app_id = app_id_of(m_evidence.name);
        std::string target, mac, serial;
        if (link != nullptr) {
            target = link->target();
            row.target = target;
            row.arguments = link->arguments.empty() ? std::string_view {} : std::string_view(link->arguments);
            row.target_created_at = link->created_at;
            row.target_modified_at = link->modified_at;
            row.target_accessed_at = link->accessed_at;
            row.target_bytes = link->target_bytes;
            if (link->drive_type != 0) {
                serial = format("{:08X}", link->drive_serial);
                row.drive_serial = serial;
            }
            if (link->tracker) {
                mac = lnk::mac_address_of(link->tracker->file);
                row.mac_address = mac.empty() ? std::string_view {} : std::string_view(mac);
                if (row.machine_id.text.empty())
                    row.machine_id = std::string_view(link->tracker->machine_id);
            }
        }
        m_context.traces.emit(entry_schema, origin, row);
    }

private:
    EvidenceView const& m_evidence;
    ParseContext& m_context;
};

std::vector<Listed> read_list(cfb::Stream const& list, std::uint32_t& version, DiagnosticSink& diagnostics)
{
    std::vector<Listed> entries;
    ByteReader reader { list.bytes };
    version = reader.u32("jumplist.version");
    reader.seek(list_header_bytes, "jumplist.entries");
    while (!reader.failed() && reader.remaining() > 0) {
        auto const place = reader.position();
        auto listed = read_listed(reader, version);
        if (!listed.ok()) {
            diagnostics.report({ listed.error(), list.bytes.size() - place });
            break;
        }
        listed.value().offset = list.offset_of(place);
        listed.value().size_bytes = reader.position() - place;
        entries.push_back(std::move(listed).value());
    }
    return entries;
}

void parse_automatic(EvidenceView const& evidence, ParseContext& context)
{
    auto const file = cfb::File::open(evidence.bytes, context.diagnostics);
    if (!file.ok()) {
        context.diagnostics.report({ file.error(), evidence.bytes.size() });
        return;
    }
    EntryWriter writer { evidence, context };
    std::set<std::string> listed_streams;
    auto const read_link = [&](cfb::Entry const* entry, std::uint64_t& offset) -> std::optional<lnk::Link> {
        if (entry == nullptr || entry->size_bytes == 0)
            return std::nullopt;
        auto const stream = file.value().read(*entry, context.diagnostics);
        offset = stream.offset_of(0);
        auto link = lnk::read(stream.bytes, 0, context.diagnostics);
        if (!link.ok())
            return std::nullopt;
        return std::move(link).value();
    };
    std::uint32_t version = 0;
    std::uint64_t offset = 0;
    if (auto const* const list = file.value().find("DestList"); list != nullptr && list->size_bytes != 0) {
        auto const stream = file.value().read(*list, context.diagnostics);
        for (auto const& listed : read_list(stream, version, context.diagnostics)) {
            auto const name = format("{:x}", listed.number);
            listed_streams.insert(name);
            auto const link = read_link(file.value().find(name), offset);
            EntryRow row;
            row.kind = "automatic";
            row.number = listed.number;
            row.used_at = listed.used_at;
            row.access_count = listed.access_count;
            row.is_pinned = listed.is_pinned;
            row.path = listed.path;
            row.machine_id = std::string_view(listed.machine_id);
            row.list_version = version;
            writer.emit({ listed.offset, listed.size_bytes, false }, row, link ? &*link : nullptr);
        }
    }
    for (auto const& entry : file.value().entries()) {
        auto const number = parse_uint("0x" + entry.name);
        if (entry.type != cfb::EntryType::stream || !number || listed_streams.contains(ascii_lower(entry.name)))
            continue;
        if (auto const link = read_link(&entry, offset)) {
            EntryRow row;
            row.kind = "unlisted";
            row.number = static_cast<std::uint32_t>(*number);
            writer.emit({ offset, entry.size_bytes, false }, row, &*link);
        }
    }
}

// Links one behind the other, each after its class identifier: found by their magic, whatever stands between.
void parse_custom(EvidenceView const& evidence, ParseContext& context)
{
    EntryWriter writer { evidence, context };
    auto const text = as_text(evidence.bytes);
    std::uint32_t number = 0;
    for (auto place = text.find(link_magic); place != std::string_view::npos;) {
        auto const rest = evidence.bytes.subspan(place);
        auto const link = lnk::read(rest, place, context.diagnostics);
        auto const size = link.ok() ? link.value().size_bytes : link_magic.size();
        if (link.ok()) {
            EntryRow row;
            row.kind = "custom";
            row.number = ++number;
            writer.emit({ place, size, false }, row, &link.value());
        }
        place = text.find(link_magic, place + size);
    }
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    if (cfb::sniff(evidence.bytes) == Sniff::sure)
        parse_automatic(evidence, context);
    else
        parse_custom(evidence, context);
}

constexpr std::array<Schema const*, 1> schemas { &entry_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_jumplist",
    .title = "Windows jump list",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
