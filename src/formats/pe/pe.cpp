#include "formats/pe/pe.hpp"
#include "base/text.hpp"
#include "formats/pe/layout.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <openssl/evp.h>

namespace konseki::pe {

namespace {

constexpr std::uint16_t dos_magic = 0x5a4d; // "MZ"
constexpr std::uint32_t pe_magic = 0x4550; // "PE\0\0"
constexpr std::uint64_t coff_bytes = 20, section_bytes = 40;
constexpr std::uint16_t sections_max = 96; // the loader's own limit
constexpr std::uint16_t is_library_bit = 0x2000;
constexpr std::size_t resource_directory = 2, security_directory = 4, debug_directory = 6, clr_directory = 14;

struct Headers {
    std::uint64_t coff = 0, optional = 0, sections = 0;
    std::uint16_t section_count = 0;
};

Error wrong(ErrorCode code, std::string_view what, std::uint64_t offset, ByteView bytes)
{
    return { code, what, offset, 0, bytes.size(), {} };
}

Result<Headers> find_headers(ByteView bytes)
{
    if (at<std::uint16_t>(bytes, 0) != dos_magic)
        return wrong(ErrorCode::bad_magic, "pe.dos_header", 0, bytes);
    auto const start = at<std::uint32_t>(bytes, 0x3c);
    if (!start)
        return wrong(ErrorCode::truncated, "pe.dos_header", 0x3c, bytes);
    if (at<std::uint32_t>(bytes, *start) != pe_magic)
        return wrong(ErrorCode::bad_magic, "pe.signature", *start, bytes);
    Headers headers;
    headers.coff = std::uint64_t { *start } + 4;
    headers.optional = headers.coff + coff_bytes;
    auto const count = at<std::uint16_t>(bytes, headers.coff + 2);
    auto const optional_bytes = at<std::uint16_t>(bytes, headers.coff + 16);
    if (!count || !optional_bytes)
        return wrong(ErrorCode::truncated, "pe.coff_header", headers.coff, bytes);
    headers.section_count = *count;
    headers.sections = headers.optional + *optional_bytes;
    return headers;
}

void read_sections(ByteView bytes, Headers const& headers, Image& image, DiagnosticSink& diagnostics)
{
    auto const count = std::min(headers.section_count, sections_max);
    if (headers.section_count > sections_max)
        diagnostics.report({ wrong(ErrorCode::bad_count, "pe.sections", headers.coff + 2, bytes), 0 });
    for (std::uint16_t number = 0; number < count; ++number) {
        auto const place = headers.sections + number * section_bytes;
        if (place + section_bytes > bytes.size()) {
            diagnostics.report({ wrong(ErrorCode::truncated, "pe.section", place, bytes), 0 });
            return;
        }
        Section section;
        auto const name = as_text(bytes.subspan(place, 8));
        section.name = name.substr(0, name.find('\0'));
        section.size_in_memory = *at<std::uint32_t>(bytes, place + 8);
        section.address = *at<std::uint32_t>(bytes, place + 12);
        section.file_bytes = *at<std::uint32_t>(bytes, place + 16);
        section.file_offset = *at<std::uint32_t>(bytes, place + 20);
        section.characteristics = *at<std::uint32_t>(bytes, place + 36);
        if (section.file_offset < bytes.size()) {
            auto const there = std::min<std::uint64_t>(section.file_bytes, bytes.size() - section.file_offset);
            if (there < section.file_bytes)
                diagnostics.report({ wrong(ErrorCode::truncated, "pe.section.bytes", section.file_offset, bytes),
                    section.file_bytes - there });
            section.entropy = entropy_of(bytes.subspan(section.file_offset, there));
        }
        image.sections.push_back(std::move(section));
    }
}

// The linker's notes between the DOS stub and the header, XORed with a key that follows "Rich". The hash is taken over
// the decoded bytes from "DanS" to the key, as the common tools do.
void read_rich_header(ByteView bytes, std::uint64_t end, Image& image)
{
    constexpr std::uint32_t rich = 0x68636952, dans = 0x536e6144;
    constexpr std::uint64_t begin = 0x40;
    for (auto place = begin; place + 8 <= end && place + 8 <= bytes.size(); place += 4) {
        if (at<std::uint32_t>(bytes, place) != rich)
            continue;
        auto const key = *at<std::uint32_t>(bytes, place + 4);
        for (auto start = begin; start < place; start += 4) {
            if ((*at<std::uint32_t>(bytes, start) ^ key) != dans)
                continue;
            std::vector<std::byte> clear;
            for (auto word = start; word < place; word += 4) {
                auto const value = *at<std::uint32_t>(bytes, word) ^ key;
                for (unsigned shift = 0; shift < 32; shift += 8)
                    clear.push_back(static_cast<std::byte>(value >> shift));
            }
            image.rich_hash = md5_of(clear);
            return;
        }
        return;
    }
}

void read_debug_path(Layout const& layout, Image& image)
{
    constexpr std::uint32_t entry_bytes = 28, code_view = 2, rsds = 0x53445352;
    constexpr std::uint64_t path_max = 1'024;
    auto const directory = layout.directory(debug_directory);
    for (std::uint32_t at_byte = 0; at_byte + entry_bytes <= std::min(directory.size_bytes, 32 * entry_bytes);
         at_byte += entry_bytes) {
        auto const entry = layout.offset_of(directory.address + at_byte);
        if (!entry || at<std::uint32_t>(layout.bytes, *entry + 12) != code_view)
            continue;
        auto const place = at<std::uint32_t>(layout.bytes, *entry + 24);
        if (!place || at<std::uint32_t>(layout.bytes, *place) != rsds || *place + 24ULL >= layout.bytes.size())
            continue;
        auto const text = as_text(layout.bytes.subspan(*place + 24ULL));
        image.debug_path = text.substr(0, std::min<std::uint64_t>(text.find('\0'), path_max));
        return;
    }
}

// [PE] checksum: sixteen-bit words with carry folded in, the field itself as zero, plus the size.
std::uint32_t checksum_of(ByteView bytes, std::uint64_t field)
{
    std::uint64_t sum = 0;
    for (std::uint64_t place = 0; place < bytes.size(); place += 2) {
        if (place == field || place == field + 2)
            continue;
        auto const low = std::to_integer<std::uint32_t>(bytes[place]);
        auto const high = place + 1 < bytes.size() ? std::to_integer<std::uint32_t>(bytes[place + 1]) : 0U;
        sum += low | high << 8U;
        sum = (sum & 0xffffU) + (sum >> 16U);
    }
    return static_cast<std::uint32_t>((sum & 0xffffU) + (sum >> 16U) + bytes.size());
}

// What lies behind the last section and the signature: installers keep their archives there, loaders their payloads.
void find_overlay(Layout const& layout, Image& image)
{
    std::uint64_t end = layout.header_bytes;
    for (auto const& section : image.sections)
        if (section.file_bytes > 0)
            end = std::max<std::uint64_t>(end, std::uint64_t { section.file_offset } + section.file_bytes);
    auto const security = layout.directory(security_directory);
    auto behind = layout.bytes.size();
    if (security.size_bytes > 0 && security.address >= end
        && security.address + std::uint64_t { security.size_bytes } == behind)
        behind = security.address; // the signature stands at the end
    if (behind > end) {
        image.overlay_offset = end;
        image.overlay_bytes = behind - end;
    }
}

Result<Layout> read_optional_header(ByteView bytes, Headers const& headers, Image& image)
{
    auto const magic = at<std::uint16_t>(bytes, headers.optional);
    if (magic != 0x10b && magic != 0x20b)
        return wrong(
            magic ? ErrorCode::bad_magic : ErrorCode::truncated, "pe.optional_header", headers.optional, bytes);
    image.is_64_bit = *magic == 0x20b;
    image.entry_point = at<std::uint32_t>(bytes, headers.optional + 16).value_or(0);
    image.checksum = at<std::uint32_t>(bytes, headers.optional + 64).value_or(0);
    image.subsystem = at<std::uint16_t>(bytes, headers.optional + 68).value_or(0);
    image.library_flags = at<std::uint16_t>(bytes, headers.optional + 70).value_or(0);
    Layout layout { bytes, &image.sections, at<std::uint32_t>(bytes, headers.optional + 60).value_or(0), {} };
    auto const table = headers.optional + (image.is_64_bit ? 112U : 96U);
    auto const count = std::min(at<std::uint32_t>(bytes, table - 4).value_or(0), 16U);
    for (std::uint32_t number = 0; number < count && table + number * 8ULL + 8 <= headers.sections; ++number) {
        auto const address = at<std::uint32_t>(bytes, table + number * 8ULL);
        auto const size = at<std::uint32_t>(bytes, table + number * 8ULL + 4);
        if (address && size)
            layout.directories.push_back({ *address, *size });
    }
    return layout;
}

}

std::optional<std::uint64_t> Layout::offset_of(std::uint32_t address) const
{
    for (auto const& section : *sections) {
        auto const size = std::max(section.file_bytes, section.size_in_memory);
        if (address >= section.address && address - section.address < size) {
            auto const inside = address - section.address;
            if (inside >= section.file_bytes)
                return {};
            return std::uint64_t { section.file_offset } + inside;
        }
    }
    if (address < header_bytes)
        return address;
    return {};
}

std::string Layout::text(std::uint32_t address, std::size_t most) const
{
    auto const offset = offset_of(address);
    if (!offset || *offset >= bytes.size())
        return {};
    auto const rest = as_text(bytes.subspan(*offset)).substr(0, most);
    std::string text;
    for (auto const c : rest.substr(0, rest.find('\0')))
        text += c >= 0x20 && c < 0x7f ? c : '?'; // names are ASCII; anything else is damage or play
    return text;
}

std::string md5_of(ByteView bytes)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned size = 0;
    VERIFY(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_md5(), nullptr) == 1);
    std::string text;
    for (unsigned at_byte = 0; at_byte < size; ++at_byte)
        append_format(text, "{:02x}", digest.at(at_byte));
    return text;
}

double entropy_of(ByteView bytes)
{
    if (bytes.empty())
        return 0;
    std::array<std::uint64_t, 256> counts {};
    for (auto const byte : bytes)
        ++counts.at(std::to_integer<std::size_t>(byte));
    double entropy = 0;
    for (auto const count : counts)
        if (count > 0) {
            auto const share = static_cast<double>(count) / static_cast<double>(bytes.size());
            entropy -= share * std::log2(share);
        }
    return entropy;
}

std::string_view Image::version_text(std::string_view name) const
{
    for (auto const& [key, value] : version)
        if (key == name)
            return value;
    return {};
}

Sniff sniff(ByteView head)
{
    auto const headers = find_headers(head);
    if (headers.ok())
        return Sniff::sure;
    auto const start = at<std::uint32_t>(head, 0x3c);
    // A header behind the first bytes that we were given.
    return at<std::uint16_t>(head, 0) == dos_magic && start && *start >= head.size() && *start < (1U << 20)
        ? Sniff::maybe
        : Sniff::no;
}

Result<Image> read(ByteView bytes, DiagnosticSink& diagnostics)
{
    auto const headers = TRY(find_headers(bytes));
    Image image;
    image.size_bytes = bytes.size();
    image.machine = *at<std::uint16_t>(bytes, headers.coff);
    image.characteristics = *at<std::uint16_t>(bytes, headers.coff + 18);
    image.is_library = (image.characteristics & is_library_bit) != 0;
    if (auto const seconds = at<std::uint32_t>(bytes, headers.coff + 4).value_or(0); seconds != 0)
        image.linked_at = Timestamp::from_unix_seconds(seconds);
    auto layout = TRY(read_optional_header(bytes, headers, image));
    read_sections(bytes, headers, image, diagnostics);
    image.computed_checksum = checksum_of(bytes, headers.optional + 64);
    image.is_dotnet = layout.directory(clr_directory).size_bytes > 0;
    read_rich_header(bytes, headers.coff - 4, image);
    read_imports(layout, image, diagnostics);
    image.import_hash = import_hash(image.imports);
    read_exports(layout, image, diagnostics);
    if (layout.directory(resource_directory).size_bytes > 0)
        read_version(layout, image, diagnostics);
    read_debug_path(layout, image);
    read_digests(layout, headers.optional, image);
    if (layout.directory(security_directory).size_bytes > 0)
        read_signature(layout, headers.optional, image, diagnostics);
    find_overlay(layout, image);
    return image;
}

}
