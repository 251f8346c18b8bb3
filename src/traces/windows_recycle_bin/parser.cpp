#include "traces/windows_recycle_bin/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>

namespace konseki::windows_recycle_bin {

namespace {

constexpr std::uint64_t record_path_bytes_v1 = 520;
constexpr std::uint64_t info2_header_bytes = 20;
constexpr std::uint32_t info2_entry_bytes_narrow = 280, info2_entry_bytes_wide = 800; // without and with UTF-16
constexpr std::uint64_t filetime_min = 116'444'736'000'000'000ULL; // 1970: Windows has no older bins
constexpr std::uint64_t filetime_max = 0x0300'0000'0000'0000ULL; // 2285
constexpr std::uint32_t path_chars_max = 32'768;

// "…/$Recycle.Bin/S-1-5-21-…-1001/$IABCDEF.txt"
std::string_view sid_of(std::string_view path)
{
    auto const name = file_name_of(path);
    if (name.size() == path.size())
        return {};
    auto const folder = file_name_of(path.substr(0, path.size() - name.size() - 1));
    return folder.starts_with("S-1-") ? folder : std::string_view {};
}

bool is_name_of_record(std::string_view name)
{
    auto const file = file_name_of(name);
    return file.size() >= 8 && (file.starts_with("$I") || file.starts_with("$i"));
}

bool looks_like_path(ByteView utf16)
{
    if (utf16.size() < 6)
        return false;
    auto const drive = std::to_integer<char>(utf16[0]);
    bool const is_letter = ascii_lower(drive) >= 'a' && ascii_lower(drive) <= 'z';
    return utf16[1] == std::byte {} && utf16[3] == std::byte {}
    && ((is_letter && utf16[2] == std::byte { ':' }) || (drive == '\\' && utf16[2] == std::byte { '\\' }));
}

bool is_record(ByteView head)
{
    ByteReader reader { head };
    auto const version = reader.u64("recycle.version");
    reader.skip(8, "recycle.size");
    auto const deleted_at = reader.u64("recycle.deleted_at");
    if (reader.failed() || (version != 1 && version != 2) || deleted_at < filetime_min || deleted_at > filetime_max)
        return false;
    if (version == 2 && reader.u32("recycle.path_chars") > path_chars_max)
        return false;
    return looks_like_path(reader.rest());
}

bool is_info2(ByteView head)
{
    ByteReader reader { head };
    auto const version = reader.u32("recycle.info2.version");
    reader.skip(8, "recycle.info2.counts");
    auto const entry_bytes = reader.u32("recycle.info2.entry_bytes");
    return !reader.failed() && (version == 4 || version == 5)
        && (entry_bytes == info2_entry_bytes_narrow || entry_bytes == info2_entry_bytes_wide);
}

Sniff sniff(ByteView head, std::string_view name)
{
    if (is_record(head))
        return is_name_of_record(name) ? Sniff::sure : Sniff::maybe;
    return is_info2(head) ? Sniff::sure : Sniff::no;
}

void parse_record(EvidenceView const& evidence, ParseContext& context)
{
    ByteReader reader { evidence.bytes };
    DeletedRow row;
    row.format_version = static_cast<std::uint32_t>(reader.u64("recycle.version"));
    row.content_bytes = reader.u64("recycle.size");
    row.deleted_at = Timestamp::from_filetime(reader.u64("recycle.deleted_at"));
    std::uint64_t path_bytes = record_path_bytes_v1;
    if (row.format_version == 2)
        path_bytes = std::uint64_t { reader.u32("recycle.path_chars") } * 2;
    if (auto const status = reader.status(); !status.ok()) {
        context.diagnostics.report({ status.error(), evidence.bytes.size() });
        return;
    }
    auto const there = std::min(path_bytes, reader.remaining());
    // Old tools and Windows 8 betas write one byte less than they say: the path is what is there.
    if (there + 2 < path_bytes)
        context.diagnostics.report(
            { { ErrorCode::truncated, "recycle.path", reader.offset(), path_bytes, there, {} }, path_bytes - there });
    auto const path = utf8_from_utf16le(until_zero_utf16(reader.take(there, "recycle.path")));
    row.path = path;
    std::string kept_as { is_name_of_record(evidence.name) ? file_name_of(evidence.name) : std::string_view {} };
    if (!kept_as.empty()) {
        kept_as[1] = kept_as[1] == 'i' ? 'r' : 'R';
        row.kept_as = kept_as;
    }
    row.user_sid = sid_of(evidence.name);
    context.traces.emit(deleted_schema, { 0, evidence.bytes.size(), false }, row);
}

void parse_info2_entry(ByteView entry, std::uint64_t offset, EvidenceView const& evidence, ParseContext& context,
    std::uint32_t format_version)
{
    ByteReader reader { entry, offset };
    auto const narrow = as_text(reader.take(260, "recycle.info2.path"));
    auto const index = reader.u32("recycle.info2.index");
    auto const drive = reader.u32("recycle.info2.drive");
    auto const deleted_at = reader.u64("recycle.info2.deleted_at");
    auto const size = reader.u32("recycle.info2.size");
    auto path = utf8::repaired(narrow.substr(0, narrow.find('\0')));
    bool const is_gone = narrow.starts_with('\0'); // Windows clears the first byte when the item leaves the bin
    if (entry.size() >= info2_entry_bytes_wide)
        path = utf8_from_utf16le(until_zero_utf16(reader.take(520, "recycle.info2.wide_path")));
    else if (is_gone)
        path = "?" + utf8::repaired(narrow.substr(1, narrow.find('\0', 1) - 1));
    auto const dot = file_name_of(path).rfind('.');
    auto const extension = dot == std::string_view::npos ? std::string_view {} : file_name_of(path).substr(dot);
    auto const kept_as = format("D{}{}{}", static_cast<char>('a' + drive % 26), index, extension);
    DeletedRow row;
    row.deleted_at = Timestamp::from_filetime(deleted_at);
    row.path = path;
    row.content_bytes = size;
    row.kept_as = kept_as;
    row.user_sid = sid_of(evidence.name);
    row.format_version = format_version;
    row.is_gone = is_gone;
    context.traces.emit(deleted_schema, { offset, entry.size(), false }, row);
}

void parse_info2(EvidenceView const& evidence, ParseContext& context)
{
    ByteReader reader { evidence.bytes };
    auto const version = reader.u32("recycle.info2.version");
    reader.skip(8, "recycle.info2.counts");
    auto const entry_bytes = reader.u32("recycle.info2.entry_bytes");
    reader.seek(info2_header_bytes, "recycle.info2.entries");
    while (reader.remaining() >= entry_bytes && !reader.failed()) {
        auto const offset = reader.offset();
        auto const entry = reader.take(entry_bytes, "recycle.info2.entry");
        if (std::ranges::all_of(entry, [](std::byte b) { return b == std::byte {}; }))
            continue;
        parse_info2_entry(entry, offset, evidence, context, version);
    }
    if (reader.failed() || reader.remaining() != 0)
        context.diagnostics.report(
            { { ErrorCode::truncated, "recycle.info2.entry", reader.offset(), entry_bytes, reader.remaining(), {} },
                reader.remaining() });
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    if (is_info2(evidence.bytes))
        parse_info2(evidence, context);
    else
        parse_record(evidence, context);
}

constexpr std::array<Schema const*, 1> schemas { &deleted_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_recycle_bin",
    .title = "Windows recycle bin record",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
