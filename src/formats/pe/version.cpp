// Version information: the resource tree is three levels deep (type, name, language), the block is nested by lengths.
#include "bytes/utf16.hpp"
#include "formats/pe/layout.hpp"

namespace konseki::pe {

namespace {

constexpr std::size_t resource_directory = 2;
constexpr std::uint32_t version_type = 16;
constexpr std::uint32_t entries_max = 4'096;
constexpr std::size_t strings_max = 256;

// The entry of a directory of the tree with that id; the first one where no id is asked for.
std::optional<std::uint32_t> entry_of(Layout const& layout, std::uint32_t directory, std::optional<std::uint32_t> id)
{
    auto const named = layout.value<std::uint16_t>(directory + 12).value_or(0);
    auto const numbered = layout.value<std::uint16_t>(directory + 14).value_or(0);
    auto const count = std::min<std::uint32_t>(entries_max, std::uint32_t { named } + numbered);
    for (std::uint32_t number = 0; number < count; ++number) {
        auto const place = directory + 16 + number * 8;
        auto const key = layout.value<std::uint32_t>(place);
        auto const value = layout.value<std::uint32_t>(place + 4);
        if (!key || !value)
            return {};
        if (!id || *key == *id)
            return value;
    }
    return {};
}

struct Block {
    std::string key;
    std::uint64_t value = 0, value_units = 0, children = 0, end = 0;
};

// wLength, wValueLength, wType, key in UTF-16 with a zero, padding to four bytes, value, padding, children.
std::optional<Block> block_at(ByteView bytes, std::uint64_t place)
{
    auto const length = at<std::uint16_t>(bytes, place);
    auto const value_length = at<std::uint16_t>(bytes, place + 2);
    auto const type = at<std::uint16_t>(bytes, place + 4);
    if (!length || !value_length || !type || *length < 8 || place + *length > bytes.size())
        return {};
    Block block;
    block.end = place + *length;
    auto key_end = place + 6;
    while (key_end + 2 <= block.end && at<std::uint16_t>(bytes, key_end) != 0)
        key_end += 2;
    if (key_end + 2 > block.end)
        return {};
    block.key = utf8_from_utf16le(bytes.subspan(place + 6, key_end - place - 6));
    block.value = (key_end + 2 + 3) & ~std::uint64_t { 3 };
    block.value_units = *value_length;
    auto const value_bytes = *type == 1 ? std::uint64_t { *value_length } * 2 : std::uint64_t { *value_length };
    block.children = (block.value + value_bytes + 3) & ~std::uint64_t { 3 };
    return block;
}

void read_strings(ByteView bytes, Block const& table, Image& image)
{
    for (auto place = table.children; place < table.end && image.version.size() < strings_max;) {
        auto const string = block_at(bytes, place);
        if (!string)
            return;
        auto const value_end = std::min(string->value + string->value_units * 2, string->end);
        std::string value;
        if (string->value < value_end)
            value = utf8_from_utf16le(bytes.subspan(string->value, value_end - string->value));
        value.resize(std::min(value.size(), value.find('\0')));
        image.version.emplace_back(string->key, std::move(value));
        place = (string->end + 3) & ~std::uint64_t { 3 };
    }
}

void read_block(ByteView bytes, Image& image)
{
    auto const root = block_at(bytes, 0);
    if (!root || root->key != "VS_VERSION_INFO")
        return;
    for (auto place = root->children; place < root->end;) {
        auto const child = block_at(bytes, place);
        if (!child)
            return;
        if (child->key == "StringFileInfo") {
            if (auto const table = block_at(bytes, child->children); table) // the first language
                read_strings(bytes, *table, image);
            return;
        }
        place = (child->end + 3) & ~std::uint64_t { 3 };
    }
}

}

void read_version(Layout const& layout, Image& image, DiagnosticSink& diagnostics)
{
    constexpr std::uint32_t is_directory = 0x8000'0000;
    auto const root = layout.directory(resource_directory).address;
    auto entry = entry_of(layout, root, version_type);
    for (int level = 0; level < 2 && entry; ++level) {
        if ((*entry & is_directory) == 0)
            break;
        entry = entry_of(layout, root + (*entry & ~is_directory), {});
    }
    if (!entry)
        return; // no version resource
    auto const place = root + (*entry & ~is_directory);
    auto const address = layout.value<std::uint32_t>(place);
    auto const size = layout.value<std::uint32_t>(place + 4);
    auto const offset = address ? layout.offset_of(*address) : std::nullopt;
    if (!offset || !size || *offset > layout.bytes.size() || layout.bytes.size() - *offset < *size) {
        diagnostics.report(
            { { ErrorCode::bad_offset, "pe.version", layout.offset_of(place).value_or(0), 0, 0, {} }, 0 });
        return;
    }
    read_block(layout.bytes.subspan(*offset, *size), image);
}

}
