#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include "formats/lnk/lnk.hpp"
#include <array>

namespace konseki::lnk {

namespace {

constexpr std::uint32_t file_entry_signature = 0xbeef0004;

struct KnownFolder {
    std::string_view guid, name;
};
constexpr std::array<KnownFolder, 31> known_folders { {
    { "20D04FE0-3AEA-1069-A2D8-08002B30309D", "This PC" },
    { "59031A47-3F72-44A7-89C5-5595FE6B30EE", "Users" },
    { "F02C1A0D-BE21-4350-88B0-7367FC96EF3C", "Network" },
    { "208D2C60-3AEA-1069-A2D7-08002B30309D", "My Network Places" },
    { "450D8FBA-AD25-11D0-98A8-0800361B1103", "My Documents" },
    { "645FF040-5081-101B-9F08-00AA002F954E", "Recycle Bin" },
    { "21EC2020-3AEA-1069-A2DD-08002B30309D", "Control Panel" },
    { "26EE0668-A00A-44D7-9371-BEB064C98683", "Control Panel" },
    { "871C5380-42A0-1069-A2EA-08002B30309D", "Internet Explorer" },
    { "B4BFCC3A-DB2C-424C-B029-7FE99A87C641", "Desktop" },
    { "A8CDFF1C-4878-43BE-B5FD-F8091C1C60D0", "Documents" },
    { "374DE290-123F-4565-9164-39C4925E467B", "Downloads" },
    { "031E4825-7B94-4DC3-B131-E946B44C8DD5", "Libraries" },
    { "FDD39AD0-238F-46AF-ADB4-6C85480369C7", "Documents" },
    { "D3162B92-9365-467A-956B-92703ACA08AF", "Documents" },
    { "088E3905-0323-4B02-9826-5D99428E115F", "Downloads" },
    { "33E28130-4E1E-4676-835A-98395C3BC3BB", "Pictures" },
    { "24AD3AD4-A569-4530-98E1-AB02F9417AA8", "Pictures" },
    { "3ADD1653-EB32-4CB0-BBD7-DFA0ABB5ACCA", "Pictures" },
    { "4BD8D571-6D19-48D3-BE97-422220080E43", "Music" },
    { "3DFDF296-DBEC-4FB4-81D1-6A3438BCF4DE", "Music" },
    { "1CF1260C-4DD0-4EBB-811F-33C572699FDE", "Music" },
    { "18989B1D-99B5-455B-841C-AB7C74E4DDFC", "Videos" },
    { "F86FA3AB-70D2-4FC9-9C99-FCBF05467F3A", "Videos" },
    { "0DB7E03F-FC29-4DC6-9020-FF41B59E513A", "3D Objects" },
    { "ED834ED6-4B5A-4BFE-8F11-A626DCB6A921", "Personalization" },
    { "7B0DB17D-9CD2-4A93-9733-46CC89022E7C", "Documents library" },
    { "A990AE9F-A03B-4E80-94BC-9912D7504104", "Pictures library" },
    { "2112AB0A-C86A-4FFE-A368-0DE96E47012E", "Music library" },
    { "491E922F-5643-4AF4-A7EB-4E7A138D8174", "Videos library" },
    { "679F85CB-0220-4080-B29B-5540CC05AAB6", "Quick access" },
} };

std::string folder_name(ByteView guid)
{
    std::string text;
    append_guid(text, guid);
    for (auto const& folder : known_folders) {
        if (folder.guid == text)
            return format("<{}>", folder.name);
    }
    return format("<{}>", text);
}

// The extension block of a file entry: long name, file reference, times.
void read_file_extension(ByteView block, ShellItem& item)
{
    ByteReader reader { block };
    reader.skip(2, "lnk.item.extension.size");
    auto const version = reader.u16("lnk.item.extension.version");
    reader.skip(4, "lnk.item.extension.signature");
    item.created_at = from_fat_time(reader.u32("lnk.item.created_at"));
    item.accessed_at = from_fat_time(reader.u32("lnk.item.accessed_at"));
    reader.skip(2, "lnk.item.extension.system");
    if (version >= 7) {
        reader.skip(2, "lnk.item.extension.unknown");
        auto const reference = reader.u64("lnk.item.mft_reference");
        if (reference != 0 && !reader.failed())
            item.mft_reference = reference;
        reader.skip(8, "lnk.item.extension.unknown");
    }
    if (version >= 3)
        reader.skip(2, "lnk.item.extension.localised_size");
    reader.skip((version >= 9 ? 4U : 0U) + (version >= 8 ? 4U : 0U), "lnk.item.extension.unknown");
    if (version >= 3 && !reader.failed()) {
        auto name = utf8_from_utf16le(until_zero_utf16(reader.rest()));
        if (!name.empty())
            item.name = std::move(name);
    }
}

void read_extensions(ByteView content, ShellItem& item)
{
    if (content.size() < 4)
        return;
    // The last two bytes say where the first extension block begins, counted from the item's size field.
    ByteReader tail { content.last(2) };
    std::uint64_t position = tail.u16("lnk.item.extension.offset");
    while (position >= 3 && position + 8 <= content.size() + 2) {
        auto const rest = content.subspan(position - 2);
        ByteReader reader { rest };
        auto const size = reader.u16("lnk.item.extension.size");
        reader.skip(2, "lnk.item.extension.version");
        auto const signature = reader.u32("lnk.item.extension.signature");
        if (reader.failed() || size < 8 || size > rest.size())
            return;
        if (signature == file_entry_signature)
            read_file_extension(rest.first(size), item);
        position += size;
    }
}

void read_file_entry(ByteView content, ShellItem& item)
{
    ByteReader reader { content };
    reader.skip(6, "lnk.item.file_size");
    item.modified_at = from_fat_time(reader.u32("lnk.item.modified_at"));
    reader.skip(2, "lnk.item.attributes");
    auto const rest = reader.rest();
    item.name = (item.type & 4U) != 0 ? utf8_from_utf16le(until_zero_utf16(rest)) : narrow_text(rest);
    read_extensions(content, item);
}

constexpr std::array<std::string_view, 12> control_panel_categories { "All Control Panel Items",
    "Appearance and Personalization", "Hardware and Sound", "Network and Internet", "Sound, Speech and Audio Devices",
    "System and Security", "Clock, Language and Region", "Ease of Access", "Programs", "User Accounts",
    "Security Center", "Mobile PC" };

// The display name (System.ItemNameDisplay) of a serialised property store; "" where there is none.
std::string display_name(ByteView store)
{
    constexpr std::string_view item_format = "B725F130-47EF-101A-A5F1-02608C9EEBAC";
    constexpr std::uint32_t name_property = 10, text_type = 0x1f;
    ByteReader storages { store };
    while (storages.remaining() >= 4) {
        auto const size = storages.u32("lnk.item.properties.size");
        if (size < 4)
            break;
        ByteReader storage { storages.take(size - 4U, "lnk.item.properties") };
        storage.skip(4, "lnk.item.properties.magic");
        std::string format_id;
        auto const format_bytes = storage.take(16, "lnk.item.properties.format");
        if (storage.failed())
            break;
        append_guid(format_id, format_bytes);
        while (format_id == item_format && storage.remaining() >= 4) {
            auto const property_size = storage.u32("lnk.item.property.size");
            if (property_size < 4)
                break;
            ByteReader property { storage.take(property_size - 4U, "lnk.item.property") };
            auto const id = property.u32("lnk.item.property.id");
            property.skip(1, "lnk.item.property.reserved");
            auto const type = property.u32("lnk.item.property.type");
            auto const characters = property.u32("lnk.item.property.characters");
            if (id == name_property && type == text_type)
                return utf8_from_utf16le(until_zero_utf16(property.take(characters * 2ULL, "lnk.item.property.text")));
        }
    }
    return {};
}

// Types 0 and 1: what it is says a signature. Control panel categories, and things that only describe themselves:
// places on a phone, results of searches, pages of a web folder.
void read_described(ByteView content, ShellItem& item)
{
    constexpr std::uint32_t category_signature = 0x39de2184, known_folder_signature = 0x23febbee;
    if (content.size() < 10)
        return;
    ByteReader reader { content };
    reader.skip(2, "lnk.item.type");
    auto const category = reader.u32("lnk.item.signature");
    if (category == category_signature) {
        auto const number = reader.u32("lnk.item.category");
        if (number < control_panel_categories.size())
            item.name = format("<{}>", control_panel_categories[number]);
        return;
    }
    reader.seek(4, "lnk.item.signature");
    auto const signature = reader.u32("lnk.item.signature");
    auto const store_size = reader.u16("lnk.item.properties.size");
    auto const id_size = reader.u16("lnk.item.id.size");
    auto const id = reader.take(id_size, "lnk.item.id");
    item.name = display_name(reader.take(std::min<std::uint64_t>(store_size, reader.remaining()), "lnk.item.store"));
    if (item.name.empty() && signature == known_folder_signature && id.size() == 16)
        item.name = folder_name(id);
}

// content begins with the type byte, behind the size.
ShellItem read_item(ByteView content)
{
    ShellItem item;
    item.type = std::to_integer<std::uint8_t>(content[0]);
    auto const kind = item.type & 0x70U;
    bool const is_folder = item.type == 0x1f || item.type == 0x2e;
    if (is_folder && content.size() >= 18)
        item.name = folder_name(content.subspan(2, 16));
    else if (kind == 0x20 && item.type != 0x2e)
        item.name = narrow_text(content.subspan(1));
    else if (kind == 0x30)
        read_file_entry(content, item);
    else if (kind == 0x40 && content.size() > 4)
        item.name = narrow_text(content.subspan(3));
    else if (item.type == 0x71 && content.size() >= 28)
        item.name = folder_name(content.subspan(12, 16));
    else if (item.type == 0x61 && content.size() > 6)
        item.name = (content[1] & std::byte { 0x80 }) != std::byte {}
            ? utf8_from_utf16le(until_zero_utf16(content.subspan(6)))
            : narrow_text(content.subspan(6));
    else if (item.type <= 1)
        read_described(content, item);
    else
        read_extensions(content, item);
    if (item.name.empty() && item.type <= 1)
        read_extensions(content, item);
    return item;
}

}

std::string narrow_text(ByteView bytes)
{
    auto text = as_text(bytes);
    text = text.substr(0, text.find('\0'));
    std::string target;
    for (char const c : text)
        utf8::append(target, static_cast<unsigned char>(c));
    return target;
}

Timestamp from_fat_time(std::uint32_t date_and_time)
{
    std::uint32_t const date = date_and_time & 0xffffU;
    std::uint32_t const time = date_and_time >> 16;
    if (date == 0)
        return {};
    auto const text = format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", 1980 + (date >> 9), (date >> 5) & 15U, date & 31U,
        time >> 11, (time >> 5) & 63U, (time & 31U) * 2);
    return Timestamp::parse(text).value_or(Timestamp {});
}

std::vector<ShellItem> read_items(ByteView list, std::uint64_t base_offset, DiagnosticSink& diagnostics)
{
    std::vector<ShellItem> items;
    ByteReader reader { list, base_offset };
    while (reader.remaining() >= 2) {
        auto const offset = reader.offset();
        auto const size = reader.u16("lnk.item.size");
        if (size == 0)
            break;
        if (size < 3 || size - 2U > reader.remaining()) {
            diagnostics.report({ { ErrorCode::bad_value, "lnk.item.size", offset, size, reader.remaining(), {} },
                reader.remaining() });
            break;
        }
        items.push_back(read_item(reader.take(size - 2U, "lnk.item")));
    }
    return items;
}

std::string path_of(std::vector<ShellItem> const& items)
{
    std::string path;
    for (auto const& item : items) {
        std::string_view const name = item.name.empty() ? std::string_view("?") : std::string_view(item.name);
        bool const is_drive = name.size() >= 2 && name[1] == ':';
        bool const is_share = name.starts_with("\\\\");
        if (is_drive || is_share)
            path.clear(); // what stood before is the desktop's view of the same place
        if (!path.empty() && !path.ends_with('\\'))
            path += '\\';
        path += name;
    }
    return path;
}

}
