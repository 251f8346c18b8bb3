#include "traces/windows_lnk/parser.hpp"
#include "base/text.hpp"
#include "formats/lnk/lnk.hpp"

namespace konseki::windows_lnk {

namespace {

constexpr std::string_view app_model_format = "9F4C2855-9F79-4B39-A8D0-E1D42DE1D5F3";

Symbol drive_type_text(std::uint32_t type)
{
    switch (type) {
    case 2: return "removable";
    case 3: return "fixed";
    case 4: return "remote";
    case 5: return "optical";
    case 6: return "ram";
    default: return {};
    }
}

Symbol show_text(std::uint32_t command)
{
    switch (command) {
    case 1: return "normal";
    case 3: return "maximised";
    case 7: return "minimised";
    default: return {};
    }
}

// Empty texts are absent: the link does not have that part.
std::string_view said(std::string_view text)
{
    return text.empty() ? std::string_view {} : text;
}

std::string_view app_id_of(lnk::Link const& link)
{
    for (auto const& property : link.properties) {
        if (property.name == "5" && to_string(property.format) == app_model_format)
            return property.text;
    }
    return {};
}

// [MS-SHLLINK] 2.1.3: the key in the low byte, Shift, Ctrl and Alt above it.
std::string hot_key_text(std::uint16_t value)
{
    auto const key = static_cast<std::uint8_t>(value);
    if (key == 0)
        return {};
    std::string text;
    if ((value & 0x200U) != 0)
        text += "Ctrl+";
    if ((value & 0x100U) != 0)
        text += "Shift+";
    if ((value & 0x400U) != 0)
        text += "Alt+";
    if ((key >= '0' && key <= '9') || (key >= 'A' && key <= 'Z'))
        text += static_cast<char>(key);
    else if (key >= 0x70 && key <= 0x87)
        text += format("F{}", key - 0x70 + 1);
    else
        text += format("0x{:02X}", key); // NumLock, ScrollLock, and what no dialog sets
    return text;
}

struct Texts { // keep what the row views
    std::string target, serial, mac, file, birth_file, hot_key;
};

void fill_tracker(lnk::Link const& link, Texts& texts, LinkRow& row)
{
    if (!link.tracker)
        return;
    texts.mac = lnk::mac_address_of(link.tracker->file);
    texts.file = to_string(link.tracker->file);
    texts.birth_file = to_string(link.tracker->birth_file);
    row.machine_id = said(link.tracker->machine_id);
    row.mac_address = said(texts.mac);
    row.tracked_at = lnk::made_at(link.tracker->file);
    row.tracker_file = texts.file;
    row.tracker_birth_file = texts.birth_file;
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    auto const result = lnk::read(evidence.bytes, 0, context.diagnostics);
    if (!result.ok()) {
        context.diagnostics.report({ result.error(), evidence.bytes.size() });
        return;
    }
    auto const& link = result.value();
    Texts texts { link.target(), {}, {}, {}, {}, {} };
    LinkRow row;
    row.path = evidence.name;
    row.target = said(texts.target);
    row.arguments = said(link.arguments);
    row.working_directory = said(link.working_directory);
    row.relative_path = said(link.relative_path);
    row.description = said(link.description);
    row.icon_location = said(link.icon_location);
    row.target_created_at = link.created_at;
    row.target_modified_at = link.modified_at;
    row.target_accessed_at = link.accessed_at;
    row.target_bytes = link.target_bytes;
    row.target_attributes = link.file_attributes;
    row.item_path = said(link.item_path);
    row.environment_path = said(link.environment_path);
    row.network_share = said(link.network_share);
    row.drive_type = drive_type_text(link.drive_type);
    if (link.drive_type != 0) {
        texts.serial = format("{:08X}", link.drive_serial);
        row.drive_serial = texts.serial;
    }
    row.volume_label = said(link.volume_label);
    fill_tracker(link, texts, row);
    if (!link.items.empty() && link.items.back().mft_reference) {
        row.target_record = *link.items.back().mft_reference & 0xffff'ffff'ffffULL;
        row.target_sequence = static_cast<std::uint16_t>(*link.items.back().mft_reference >> 48);
    }
    row.show = show_text(link.show_command);
    row.app_id = said(app_id_of(link));
    texts.hot_key = hot_key_text(link.hot_key);
    if (!texts.hot_key.empty())
        row.hot_key = Symbol { texts.hot_key };
    row.trailing_bytes = evidence.bytes.size() - link.size_bytes;
    context.traces.emit(link_schema, { 0, link.size_bytes, false }, row);
}

Sniff sniff(ByteView head, std::string_view)
{
    return lnk::sniff(head);
}

constexpr std::array<Schema const*, 1> schemas { &link_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_lnk",
    .title = "Windows shell link",
    .version = 2,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
