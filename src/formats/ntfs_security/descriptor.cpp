#include "formats/ntfs_security/descriptor.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include <algorithm>
#include <array>
#include <optional>

namespace konseki::ntfs_security {

namespace {

struct Word {
    std::uint32_t bits = 0;
    std::string_view text;
};

constexpr std::array<Word, 8> whole_rights { { { 0x1f01ff, "FA" }, { 0x120089, "FR" }, { 0x120116, "FW" },
    { 0x1200a0, "FX" }, { 0x10000000, "GA" }, { 0x80000000, "GR" }, { 0x40000000, "GW" }, { 0x20000000, "GX" } } };
constexpr std::array<Word, 8> single_rights { { { 0x10000, "SD" }, { 0x20000, "RC" }, { 0x40000, "WD" },
    { 0x80000, "WO" }, { 0x10000000, "GA" }, { 0x20000000, "GX" }, { 0x40000000, "GW" }, { 0x80000000, "GR" } } };
constexpr std::array<Word, 3> label_rights { { { 1, "NW" }, { 2, "NR" }, { 4, "NX" } } };
constexpr std::array<Word, 7> ace_flags { { { 1, "OI" }, { 2, "CI" }, { 4, "NP" }, { 8, "IO" }, { 0x10, "ID" },
    { 0x40, "SA" }, { 0x80, "FA" } } };
constexpr std::array<Word, 16> ace_types { { { 0, "A" }, { 1, "D" }, { 2, "AU" }, { 3, "AL" }, { 5, "OA" }, { 6, "OD" },
    { 7, "OU" }, { 8, "OL" }, { 9, "XA" }, { 10, "XD" }, { 11, "ZA" }, { 13, "XU" }, { 0x11, "ML" }, { 0x12, "RA" },
    { 0x13, "SP" }, { 0x14, "TL" } } };
constexpr std::uint8_t label_ace = 0x11;

bool is_object_ace(std::uint8_t type)
{
    return (type >= 5 && type <= 8) || type == 11;
}

bool has_tail(std::uint8_t type) // a condition or attributes behind the SID
{
    return (type >= 9 && type <= 13) || type == 0x12;
}

std::string rights_text(std::uint32_t mask, std::uint8_t type)
{
    std::string text;
    auto left = mask;
    auto const take_all = [&](auto const& words) {
        for (auto const& word : words)
            if ((left & word.bits) == word.bits) {
                text += word.text;
                left &= ~word.bits;
            }
    };
    if (type == label_ace) {
        take_all(label_rights);
    } else {
        for (auto const& word : whole_rights)
            if (word.bits == mask)
                return std::string(word.text);
        take_all(single_rights);
    }
    return left == 0 && !text.empty() ? text : format("{:#x}", mask);
}

std::string guid_text(ByteView guid)
{
    ByteReader reader { guid };
    auto const first = reader.u32("guid.1");
    auto const second = reader.u16("guid.2");
    auto const third = reader.u16("guid.3");
    auto text = format("{:08x}-{:04x}-{:04x}-", first, second, third);
    for (int at = 0; at < 8; ++at)
        append_format(text, "{}{:02x}", at == 2 ? "-" : "", reader.u8("guid.4"));
    return text;
}

std::string read_sid(ByteReader& reader)
{
    auto const revision = reader.u8("sid.revision");
    auto const count = reader.u8("sid.count");
    std::uint64_t authority = 0;
    for (int at = 0; at < 6; ++at)
        authority = authority << 8U | reader.u8("sid.authority");
    constexpr std::uint8_t sub_authorities_max = 15;
    if (!reader.failed() && (revision != 1 || count > sub_authorities_max))
        reader.fail({ ErrorCode::bad_value, "sid.revision", reader.offset(), 0, 0, {} });
    auto text = format("S-{}-{}", revision, authority);
    for (unsigned at = 0; at < count && !reader.failed(); ++at)
        append_format(text, "-{}", reader.u32("sid.sub_authority"));
    return text;
}

Result<std::string> ace_text(ByteView ace, std::uint64_t offset)
{
    ByteReader reader { ace, offset };
    auto const type = reader.u8("ace.type");
    auto const flags = reader.u8("ace.flags");
    reader.skip(2, "ace.size");
    auto const mask = reader.u32("ace.mask");
    std::string object, inherited;
    if (is_object_ace(type)) {
        auto const present = reader.u32("ace.object_flags");
        if ((present & 1U) != 0)
            object = guid_text(reader.take(16, "ace.object"));
        if ((present & 2U) != 0)
            inherited = guid_text(reader.take(16, "ace.inherited_object"));
    }
    auto const sid = read_sid(reader);
    TRY(reader.status());
    auto const* const known
        = std::find_if(ace_types.begin(), ace_types.end(), [&](Word const& word) { return word.bits == type; });
    auto text = known != ace_types.end() ? format("({};", known->text) : format("({:#x};", type);
    for (auto const& flag : ace_flags)
        if ((flags & flag.bits) != 0)
            text += flag.text;
    append_format(text, ";{};{};{};{}{})", rights_text(mask, type), object, inherited, short_sid(sid),
        has_tail(type) ? ";(…)" : "");
    return text;
}

class Reader {
public:
    Reader(ByteView bytes, std::uint64_t offset)
        : m_bytes(bytes)
        , m_offset(offset)
    {
    }

    Result<Descriptor> read()
    {
        ByteReader header { m_bytes, m_offset };
        auto const revision = header.u8("descriptor.revision");
        header.skip(1, "descriptor.padding");
        m_control = header.u16("descriptor.control");
        auto const owner = header.u32("descriptor.owner");
        auto const group = header.u32("descriptor.group");
        auto const sacl = header.u32("descriptor.sacl");
        auto const dacl = header.u32("descriptor.dacl");
        TRY(header.status());
        if (revision != 1)
            return Error { ErrorCode::bad_value, "descriptor.revision", m_offset, 0, 0, {} };
        m_result.owner = sid_at(owner);
        m_result.group = sid_at(group);
        if (!m_result.owner.empty())
            m_result.sddl += "O:" + short_sid(m_result.owner);
        if (!m_result.group.empty())
            m_result.sddl += "G:" + short_sid(m_result.group);
        add_acl("D:", dacl, { 0x4, 0x1000, 0x100, 0x400 });
        add_acl("S:", sacl, { 0x10, 0x2000, 0x200, 0x800 });
        return std::move(m_result);
    }

private:
    struct ControlBits {
        std::uint16_t present = 0, is_protected = 0, inherit_requested = 0, is_inherited = 0;
    };

    std::string sid_at(std::uint32_t place)
    {
        if (place == 0)
            return {};
        ByteReader reader { m_bytes, m_offset };
        reader.seek(place, "descriptor.sid");
        auto text = read_sid(reader);
        if (!reader.failed())
            return text;
        m_result.is_whole = false;
        return {};
    }

    void add_acl(std::string_view prefix, std::uint32_t place, ControlBits bits)
    {
        if ((m_control & bits.present) == 0)
            return;
        auto& text = m_result.sddl;
        text += prefix;
        if ((m_control & bits.is_protected) != 0)
            text += 'P';
        if ((m_control & bits.inherit_requested) != 0)
            text += "AR";
        if ((m_control & bits.is_inherited) != 0)
            text += "AI";
        if (place == 0) { // present and null: everybody may do everything
            text += "NO_ACCESS_CONTROL";
            return;
        }
        if (!add_aces(place).ok())
            m_result.is_whole = false;
    }

    Result<void> add_aces(std::uint32_t place)
    {
        ByteReader reader { m_bytes, m_offset };
        reader.seek(place, "acl");
        reader.skip(2, "acl.revision");
        reader.skip(2, "acl.size");
        constexpr std::uint32_t least_ace_bytes = 8;
        auto const stored = reader.u16("acl.count");
        reader.skip(2, "acl.padding");
        auto const count = reader.count(stored, least_ace_bytes, "acl.count");
        TRY(reader.status());
        for (std::uint32_t at = 0; at < count; ++at) {
            auto const begin = reader.position();
            reader.skip(2, "ace.type");
            std::uint32_t const size = reader.u16("ace.size");
            TRY(reader.status());
            auto const ace = TRY(slice(m_bytes, begin, std::max(size, least_ace_bytes), "ace", m_offset));
            m_result.sddl += TRY(ace_text(ace, m_offset + begin));
            reader.seek(begin + ace.size(), "ace");
        }
        return reader.status();
    }

    ByteView m_bytes;
    std::uint64_t m_offset;
    std::uint16_t m_control = 0;
    Descriptor m_result;
};

}

std::string short_sid(std::string_view sid)
{
    struct Alias {
        std::string_view sid, text;
    };
    static constexpr std::array<Alias, 36> aliases { { { "S-1-1-0", "WD" }, { "S-1-3-0", "CO" }, { "S-1-3-1", "CG" },
        { "S-1-3-4", "OW" }, { "S-1-5-2", "NU" }, { "S-1-5-4", "IU" }, { "S-1-5-6", "SU" }, { "S-1-5-7", "AN" },
        { "S-1-5-9", "ED" }, { "S-1-5-10", "PS" }, { "S-1-5-11", "AU" }, { "S-1-5-12", "RC" }, { "S-1-5-18", "SY" },
        { "S-1-5-19", "LS" }, { "S-1-5-20", "NS" }, { "S-1-5-32-544", "BA" }, { "S-1-5-32-545", "BU" },
        { "S-1-5-32-546", "BG" }, { "S-1-5-32-547", "PU" }, { "S-1-5-32-548", "AO" }, { "S-1-5-32-549", "SO" },
        { "S-1-5-32-550", "PO" }, { "S-1-5-32-551", "BO" }, { "S-1-5-32-552", "RE" }, { "S-1-5-32-554", "RU" },
        { "S-1-5-32-555", "RD" }, { "S-1-5-32-556", "NO" }, { "S-1-5-32-559", "LU" }, { "S-1-5-32-568", "IS" },
        { "S-1-5-32-573", "ER" }, { "S-1-15-2-1", "AC" }, { "S-1-16-4096", "LW" }, { "S-1-16-8192", "ME" },
        { "S-1-16-8448", "MP" }, { "S-1-16-12288", "HI" }, { "S-1-16-16384", "SI" } } };
    for (auto const& alias : aliases)
        if (alias.sid == sid)
            return std::string(alias.text);
    return std::string(sid);
}

Result<Descriptor> read_descriptor(ByteView bytes, std::uint64_t offset)
{
    return Reader(bytes, offset).read();
}

}
