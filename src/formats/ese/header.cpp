#include "bytes/byte_reader.hpp"
#include "formats/ese/ese.hpp"
#include <array>

namespace konseki::ese {

namespace {

constexpr std::uint32_t signature = 0x89abcdef;
constexpr std::uint32_t header_bytes = 668;
constexpr std::uint32_t page_bytes_default = 4'096; // where the header says zero: Windows 2000 and before

std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day)
{
    year -= month <= 2 ? 1 : 0;
    auto const era = year / 400;
    auto const year_of_era = year - era * 400;
    auto const day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    auto const day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + day_of_era - 584'694; // 1601-01-01 is day zero
}

// [JET_LOGTIME] seconds, minutes, hours, day, month, year since 1900, then milliseconds in pieces.
LogTime read_log_time(ByteReader& reader)
{
    std::array<std::uint32_t, 8> part {};
    for (auto& value : part)
        value = reader.u8("ese.header.log_time");
    bool const is_sound = part[0] <= 60 && part[1] < 60 && part[2] < 24 && part[3] >= 1 && part[3] <= 31 && part[4] >= 1
        && part[4] <= 12;
    if (!is_sound)
        return {};
    auto const milliseconds = (part[6] >> 1) | (part[7] >> 1 & 7U) << 7;
    auto const days = days_from_civil(1900 + std::int64_t { part[5] }, part[4], part[3]);
    auto const seconds = days * 86'400 + part[2] * 3'600LL + part[1] * 60LL + part[0];
    return { seconds * ticks_per_second + std::min(milliseconds, 999U) * 10'000LL, (part[6] & 1U) != 0 };
}

Result<Header> header_at(ByteView file, std::uint64_t offset)
{
    ByteReader reader { TRY(slice(file, offset, header_bytes, "ese.header")), offset };
    Header header;
    auto const checksum = reader.u32("ese.header.checksum");
    if (reader.u32("ese.header.signature") != signature)
        return Error { ErrorCode::bad_magic, "ese.header.signature", offset + 4, 0, 0, {} };
    header.version = reader.u32("ese.header.version");
    if (auto const type = reader.u32("ese.header.type"); type != 0) // 1: the streaming file of an Exchange database
        return Error { ErrorCode::unsupported, "ese.header.type", offset + 12, 0, type, {} };
    reader.seek(28, "ese.header.created_at");
    header.created_at = read_log_time(reader);
    reader.seek(52, "ese.header.state");
    header.state = static_cast<State>(reader.u32("ese.header.state"));
    reader.seek(64, "ese.header.consistent_at");
    header.consistent_at = read_log_time(reader);
    header.attached_at = read_log_time(reader);
    reader.seek(88, "ese.header.detached_at");
    header.detached_at = read_log_time(reader);
    reader.seek(232, "ese.header.revision");
    header.revision = reader.u32("ese.header.revision");
    header.page_bytes = reader.u32("ese.header.page_size");
    reader.seek(296, "ese.header.log_generation");
    header.log_generation_min = reader.u32("ese.header.log_generation");
    header.log_generation_max = reader.u32("ese.header.log_generation");
    TRY(reader.status());
    if (header.page_bytes == 0)
        header.page_bytes = page_bytes_default;
    if (!is_page_size(header.page_bytes))
        return Error { ErrorCode::bad_value, "ese.header.page_size", offset + 236, 0, header.page_bytes, {} };
    auto const page = slice(file, offset, header.page_bytes, "ese.header");
    header.is_checksum_good = page.ok() && xor_checksum(page.value()) == checksum;
    return header;
}

}

std::string_view state_name(State state)
{
    switch (state) {
    case State::just_created: return "just_created";
    case State::dirty: return "dirty";
    case State::clean: return "clean";
    case State::being_converted: return "being_converted";
    case State::force_detached: return "force_detached";
    }
    return "unknown";
}

Sniff sniff(ByteView head)
{
    ByteReader reader { head };
    reader.skip(4, "ese.header.checksum");
    auto const magic = reader.u32("ese.header.signature");
    auto const version = reader.u32("ese.header.version");
    auto const type = reader.u32("ese.header.type");
    if (!reader.status().ok() || magic != signature || type > 1)
        return Sniff::no;
    return version == 0x620 || version == 0x623 ? Sniff::sure : Sniff::maybe;
}

// The copy of the header lies in the second page: where the first is gone, every page size is tried. A first header
// with a bad checksum gives way to a copy with a good one: an engine that died while it wrote leaves that behind.
Result<Header> read_header(ByteView file)
{
    auto primary = header_at(file, 0);
    if (primary.ok() && primary.value().is_checksum_good)
        return primary;
    for (std::uint32_t page_bytes = 2'048; page_bytes <= 32'768; page_bytes *= 2) {
        auto shadow = header_at(file, page_bytes);
        if (!shadow.ok() || shadow.value().page_bytes != page_bytes
            || (primary.ok() && !shadow.value().is_checksum_good))
            continue;
        shadow.value().is_shadow = true;
        return shadow;
    }
    return primary;
}

}
