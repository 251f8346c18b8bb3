#include "formats/lnk/lnk.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>

namespace konseki::lnk {

namespace {

constexpr std::string_view class_id { "\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46", 16 };
constexpr std::uint32_t has_items = 1, has_information = 2, has_description = 4, has_relative_path = 8,
                        has_working_directory = 16, has_arguments = 32, has_icon = 64, is_unicode = 128,
                        no_information = 256;
constexpr std::uint32_t property_store_magic = 0x53505331; // "1SPS"
constexpr std::string_view named_properties = "D5CDD505-2E9C-101B-9397-08002B2CF9AE";

Guid guid_of(ByteView bytes)
{
    Guid guid;
    std::ranges::copy(bytes.first(std::min<std::size_t>(bytes.size(), 16)), guid.bytes.begin());
    return guid;
}

class LinkReader {
public:
    LinkReader(ByteView bytes, std::uint64_t base_offset, DiagnosticSink& diagnostics)
        : m_reader(bytes, base_offset)
        , m_diagnostics(diagnostics)
    {
    }

    Result<Link> run()
    {
        TRY(read_header());
        report(read_parts());
        m_link.size_bytes = m_end;
        return std::move(m_link);
    }

private:
    void report(Result<void> const& result)
    {
        if (!result.ok())
            m_diagnostics.report({ result.error(), m_reader.failed() ? 0 : m_reader.remaining() });
    }

    Result<void> read_header()
    {
        auto const size = m_reader.u32("lnk.header.size");
        auto const identifier = m_reader.take(16, "lnk.header.class_id");
        TRY(m_reader.status());
        if (size != header_bytes || as_text(identifier) != class_id)
            return Error { ErrorCode::bad_magic, "lnk.header", m_reader.offset() - 20, header_bytes, size, {} };
        m_link.flags = m_reader.u32("lnk.header.flags");
        m_link.file_attributes = m_reader.u32("lnk.header.file_attributes");
        m_link.created_at = Timestamp::from_filetime(m_reader.u64("lnk.header.created_at"));
        m_link.accessed_at = Timestamp::from_filetime(m_reader.u64("lnk.header.accessed_at"));
        m_link.modified_at = Timestamp::from_filetime(m_reader.u64("lnk.header.modified_at"));
        m_link.target_bytes = m_reader.u32("lnk.header.target_bytes");
        m_link.icon_index = m_reader.u32("lnk.header.icon_index");
        m_link.show_command = m_reader.u32("lnk.header.show_command");
        m_link.hot_key = m_reader.u16("lnk.header.hot_key");
        m_reader.skip(10, "lnk.header.reserved");
        m_end = m_reader.position();
        return m_reader.status();
    }

    bool has(std::uint32_t flag) const { return (m_link.flags & flag) != 0; }

    Result<void> read_parts()
    {
        if (has(has_items)) {
            auto const size = m_reader.u16("lnk.items.size");
            auto const offset = m_reader.offset();
            auto const list = m_reader.take(size, "lnk.items");
            TRY(m_reader.status());
            m_link.items = read_items(list, offset, m_diagnostics);
            m_link.item_path = path_of(m_link.items);
            m_end = m_reader.position();
        }
        if (has(has_information) && !has(no_information))
            TRY(take_information());
        TRY(read_strings());
        return read_blocks();
    }

    Result<void> take_information()
    {
        auto const offset = m_reader.offset();
        auto const size = m_reader.u32("lnk.information.size");
        if (size < 4)
            return m_reader.status();
        auto const rest = m_reader.take(size - 4U, "lnk.information");
        TRY(m_reader.status());
        m_end = m_reader.position();
        // Damage inside costs this part only: its size leads on to the next.
        if (auto const result = read_information(rest, offset + 4); !result.ok())
            m_diagnostics.report({ result.error(), size });
        return {};
    }

    // Offsets inside count from the size field, four bytes before `content`.
    static Result<ByteView> part(ByteView content, std::uint64_t offset, std::string_view what, std::uint64_t base)
    {
        if (offset < 4 || offset - 4 > content.size())
            return Error { ErrorCode::bad_offset, what, base, offset, content.size() + 4, {} };
        return content.subspan(offset - 4);
    }

    static std::string text_at(ByteView content, std::uint32_t offset, bool is_wide)
    {
        auto const bytes = part(content, offset, "lnk.text", 0);
        if (offset == 0 || !bytes.ok())
            return {};
        return is_wide ? utf8_from_utf16le(until_zero_utf16(bytes.value())) : narrow_text(bytes.value());
    }

    Result<void> read_information(ByteView content, std::uint64_t offset)
    {
        ByteReader reader { content, offset };
        auto const information_header_bytes = reader.u32("lnk.information.header_bytes");
        auto const flags = reader.u32("lnk.information.flags");
        auto const volume_offset = reader.u32("lnk.information.volume_offset");
        auto const path_offset = reader.u32("lnk.information.path_offset");
        auto const network_offset = reader.u32("lnk.information.network_offset");
        auto const suffix_offset = reader.u32("lnk.information.suffix_offset");
        bool const has_wide = information_header_bytes >= 0x24;
        auto const wide_path_offset = has_wide ? reader.u32("lnk.information.wide_path_offset") : 0;
        auto const wide_suffix_offset = has_wide ? reader.u32("lnk.information.wide_suffix_offset") : 0;
        TRY(reader.status());
        auto const suffix = wide_suffix_offset != 0 ? text_at(content, wide_suffix_offset, true)
                                                    : text_at(content, suffix_offset, false);
        if ((flags & 1U) != 0) {
            m_link.local_path = wide_path_offset != 0 ? text_at(content, wide_path_offset, true)
                                                      : text_at(content, path_offset, false);
            m_link.local_path += suffix;
            auto const volume = TRY(part(content, volume_offset, "lnk.volume", offset));
            TRY(read_volume(volume, offset + volume_offset));
        }
        if ((flags & 2U) != 0) {
            auto const network = TRY(part(content, network_offset, "lnk.network", offset));
            TRY(read_network(network, offset + network_offset));
            if (!suffix.empty() && !m_link.network_share.empty())
                m_link.network_share += "\\" + suffix;
        }
        return {};
    }

    Result<void> read_volume(ByteView volume, std::uint64_t offset)
    {
        ByteReader reader { volume, offset };
        reader.skip(4, "lnk.volume.size");
        m_link.drive_type = reader.u32("lnk.volume.drive_type");
        m_link.drive_serial = reader.u32("lnk.volume.drive_serial");
        auto const label_offset = reader.u32("lnk.volume.label_offset");
        bool const is_wide = label_offset == 0x14;
        std::uint64_t const place = is_wide ? reader.u32("lnk.volume.wide_label_offset") : label_offset;
        TRY(reader.status());
        if (place >= 16 && place < volume.size()) {
            auto const label = volume.subspan(place);
            m_link.volume_label = is_wide ? utf8_from_utf16le(until_zero_utf16(label)) : narrow_text(label);
        }
        return {};
    }

    Result<void> read_network(ByteView network, std::uint64_t offset)
    {
        ByteReader reader { network, offset };
        reader.skip(8, "lnk.network.size");
        auto share_offset = reader.u32("lnk.network.share_offset");
        auto drive_offset = reader.u32("lnk.network.drive_offset");
        reader.skip(4, "lnk.network.provider");
        bool const is_wide = share_offset > 0x14;
        if (is_wide) {
            share_offset = reader.u32("lnk.network.wide_share_offset");
            if (drive_offset != 0)
                drive_offset = reader.u32("lnk.network.wide_drive_offset");
        }
        TRY(reader.status());
        auto const text = [&](std::uint32_t place) {
            if (place == 0 || place >= network.size())
                return std::string();
            auto const bytes = network.subspan(place);
            return is_wide ? utf8_from_utf16le(until_zero_utf16(bytes)) : narrow_text(bytes);
        };
        m_link.network_share = text(share_offset);
        m_link.network_drive = text(drive_offset);
        return {};
    }

    Result<void> read_strings()
    {
        struct Part {
            std::uint32_t flag;
            std::string* target;
        };
        for (auto const& string :
            { Part { has_description, &m_link.description }, Part { has_relative_path, &m_link.relative_path },
                Part { has_working_directory, &m_link.working_directory }, Part { has_arguments, &m_link.arguments },
                Part { has_icon, &m_link.icon_location } }) {
            if (!has(string.flag))
                continue;
            std::uint64_t const chars = m_reader.u16("lnk.string.chars");
            auto const bytes = m_reader.take(has(is_unicode) ? chars * 2 : chars, "lnk.string");
            TRY(m_reader.status());
            *string.target = has(is_unicode) ? utf8_from_utf16le(bytes) : narrow_text(bytes);
            m_end = m_reader.position();
        }
        return {};
    }

    Result<void> read_blocks()
    {
        while (m_reader.remaining() >= 4) {
            auto const offset = m_reader.offset();
            auto const size = m_reader.u32("lnk.block.size");
            if (size < 8) { // the terminator
                m_end = m_reader.position();
                break;
            }
            auto const signature = m_reader.u32("lnk.block.signature");
            if ((signature >> 28) != 0xaU) // behind a link without terminator lies something else
                break;
            auto const content = m_reader.take(size - 8U, "lnk.block");
            TRY(m_reader.status());
            m_end = m_reader.position();
            m_link.block_signatures.push_back(signature);
            if (auto const result = read_block(signature, content, offset + 8); !result.ok())
                m_diagnostics.report({ result.error(), size });
        }
        return {};
    }

    Result<void> read_block(std::uint32_t signature, ByteView content, std::uint64_t offset)
    {
        ByteReader reader { content, offset };
        switch (signature) {
        case 0xa0000001: m_link.environment_path = wide_or_narrow(reader); return reader.status();
        case 0xa0000006: m_link.installer_id = wide_or_narrow(reader); return reader.status();
        case 0xa0000003: return read_tracker(reader);
        case 0xa0000009: return read_properties(reader);
        default: return {};
        }
    }

    static std::string wide_or_narrow(ByteReader& reader)
    {
        auto const narrow = reader.take(260, "lnk.block.narrow");
        auto wide = utf8_from_utf16le(until_zero_utf16(reader.take(520, "lnk.block.wide")));
        return wide.empty() ? narrow_text(narrow) : wide;
    }

    Result<void> read_tracker(ByteReader& reader)
    {
        reader.skip(8, "lnk.tracker.length");
        Tracker tracker;
        tracker.machine_id = narrow_text(reader.take(16, "lnk.tracker.machine_id"));
        tracker.volume = guid_of(reader.take(16, "lnk.tracker.volume"));
        tracker.file = guid_of(reader.take(16, "lnk.tracker.file"));
        tracker.birth_volume = guid_of(reader.take(16, "lnk.tracker.birth_volume"));
        tracker.birth_file = guid_of(reader.take(16, "lnk.tracker.birth_file"));
        TRY(reader.status());
        m_link.tracker = std::move(tracker);
        return {};
    }

    Result<void> read_properties(ByteReader& reader)
    {
        while (reader.remaining() >= 4) {
            auto const size = reader.u32("lnk.properties.size");
            if (size < 24)
                break;
            auto const offset = reader.offset();
            auto const storage = reader.take(size - 4U, "lnk.properties.storage");
            TRY(reader.status());
            TRY(read_storage(storage, offset));
        }
        return reader.status();
    }

    Result<void> read_storage(ByteView storage, std::uint64_t offset)
    {
        ByteReader reader { storage, offset };
        if (reader.u32("lnk.properties.magic") != property_store_magic)
            return Error { ErrorCode::bad_magic, "lnk.properties.magic", offset, 0, 0, {} };
        auto const guid = guid_of(reader.take(16, "lnk.properties.format"));
        bool const is_named = to_string(guid) == named_properties;
        while (reader.remaining() >= 4) {
            auto const size = reader.u32("lnk.property.size");
            if (size < 9)
                break;
            auto const value_offset = reader.offset();
            ByteReader value { reader.take(size - 4U, "lnk.property"), value_offset };
            TRY(reader.status());
            Property property { guid, {}, {} };
            auto const number = value.u32("lnk.property.id");
            value.skip(1, "lnk.property.reserved");
            property.name = is_named ? utf8_from_utf16le(until_zero_utf16(value.take(number, "lnk.property.name")))
                                     : format("{}", number);
            property.text = text_of_value(value);
            if (!value.failed())
                m_link.properties.push_back(std::move(property));
        }
        return reader.status();
    }

    static std::string text_of_value(ByteReader& value)
    {
        auto const type = value.u16("lnk.property.type");
        value.skip(2, "lnk.property.padding");
        switch (type) {
        case 0x0b: return value.u16("lnk.property.bool") != 0 ? "true" : "false";
        case 0x02:
        case 0x12: return format("{}", value.u16("lnk.property.number"));
        case 0x03:
        case 0x13: return format("{}", value.u32("lnk.property.number"));
        case 0x14:
        case 0x15: return format("{}", value.u64("lnk.property.number"));
        case 0x1e: return narrow_text(value.take(value.u32("lnk.property.bytes"), "lnk.property.text"));
        case 0x1f:
            return utf8_from_utf16le(
                until_zero_utf16(value.take(value.u32("lnk.property.chars") * 2ULL, "lnk.property.text")));
        case 0x40: return to_string(Timestamp::from_filetime(value.u64("lnk.property.time")));
        case 0x48: return to_string(guid_of(value.take(16, "lnk.property.guid")));
        default: return {};
        }
    }

    ByteReader m_reader;
    DiagnosticSink& m_diagnostics;
    Link m_link;
    std::uint64_t m_end = 0;
};

}

Sniff sniff(ByteView head)
{
    ByteReader reader { head };
    auto const size = reader.u32("lnk.header.size");
    auto const identifier = as_text(reader.take(16, "lnk.header.class_id"));
    return size == header_bytes && identifier == class_id ? Sniff::sure : Sniff::no;
}

std::string Link::target() const
{
    for (auto const* const path : { &local_path, &item_path, &environment_path, &network_share }) {
        if (!path->empty())
            return *path;
    }
    return {};
}

Result<Link> read(ByteView bytes, std::uint64_t base_offset, DiagnosticSink& diagnostics)
{
    return LinkReader(bytes, base_offset, diagnostics).run();
}

std::string mac_address_of(Guid const& guid)
{
    auto const& b = guid.bytes;
    if ((b[7] >> 4) != std::byte { 1 }) // the version stands in the top of the third group, which is little-endian
        return {};
    std::string text;
    for (std::size_t i = 10; i < 16; ++i)
        append_format(text, "{}{:02x}", i == 10 ? "" : ":", std::to_integer<unsigned>(b[i]));
    return text;
}

Timestamp made_at(Guid const& guid)
{
    if ((guid.bytes[7] >> 4) != std::byte { 1 })
        return {};
    ByteReader reader { guid.bytes };
    std::uint64_t const low = reader.u32("guid.time_low");
    std::uint64_t const middle = reader.u16("guid.time_middle");
    std::uint64_t const high = reader.u16("guid.time_high") & 0x0fffU;
    constexpr std::uint64_t gregorian_to_1601 = 5'748'192'000'000'000ULL; // 1582-10-15 to 1601-01-01 in ticks
    auto const ticks = high << 48 | middle << 32 | low;
    return ticks > gregorian_to_1601 ? Timestamp::from_filetime(ticks - gregorian_to_1601) : Timestamp {};
}

}
