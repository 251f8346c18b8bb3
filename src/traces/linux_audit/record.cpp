#include "traces/linux_audit/record.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include <algorithm>
#include <array>
#include <arpa/inet.h>

namespace konseki::linux_audit {

namespace {

// What is written in hexadecimal when it holds blanks, quotes or bytes beyond ASCII [audit: audit_log_untrustedstring].
constexpr std::array<std::string_view, 19> texts { "acct", "cmd", "comm", "cwd", "data", "dir", "exe", "file", "grp",
    "key", "name", "new-disk", "old-disk", "path", "proctitle", "root_dir", "unit", "vm", "watch" };

int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool is_hex(std::string_view text)
{
    return text.size() >= 2 && text.size() % 2 == 0
        && std::ranges::all_of(text, [](char c) { return digit_of(c) >= 0; });
}

std::string decoded(std::string_view hex)
{
    std::string text;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        auto const c = static_cast<char>(digit_of(hex[i]) * 16 + digit_of(hex[i + 1]));
        text += c == '\0' ? ' ' : c;
    }
    return text;
}

// "a0", "a12", "a1[3]"
bool is_argument(std::string_view name)
{
    return name.size() >= 2 && name[0] == 'a' && name[1] >= '0' && name[1] <= '9'
        && name.find_first_not_of("0123456789[]", 1) == std::string_view::npos;
}

bool holds_text(std::string_view type, std::string_view name)
{
    return std::ranges::find(texts, name) != texts.end() || (type == "EXECVE" && is_argument(name));
}

std::optional<std::pair<Timestamp, std::uint64_t>> time_of(std::string_view stamp)
{
    auto const dot = stamp.find('.'), colon = stamp.find(':');
    if (dot == std::string_view::npos || colon == std::string_view::npos || dot > colon || colon - dot > 4)
        return std::nullopt;
    auto const seconds = parse_uint(stamp.substr(0, dot)),
               milliseconds = parse_uint(stamp.substr(dot + 1, colon - dot - 1)),
               serial = parse_uint(stamp.substr(colon + 1));
    if (!seconds || !milliseconds || !serial || *seconds > 1ULL << 35)
        return std::nullopt;
    auto const us = static_cast<std::int64_t>(*seconds * 1'000'000 + *milliseconds * 1'000);
    return std::pair { Timestamp::from_unix_microseconds(us), *serial };
}

// "name=value name="value with blanks" …"; text without = is passed over.
void read_fields(std::string_view text, Record& record)
{
    while (!text.empty() && record.fields.size() < fields_max) {
        text.remove_prefix(std::min(text.find_first_not_of(" ,\x1d"), text.size()));
        auto const end = text.find_first_of(std::string_view("= \x1d"));
        if (end == std::string_view::npos)
            return;
        auto const name = text.substr(0, end);
        text.remove_prefix(end + 1);
        if (end == 0 || *(name.data() + name.size()) != '=')
            continue;
        bool const is_quoted = text.starts_with('"');
        auto const close = is_quoted ? text.find('"', 1) : text.find_first_of(std::string_view(" \x1d"));
        auto raw = text.substr(0, close);
        text.remove_prefix(std::min(close == std::string_view::npos ? text.size() : close + 1, text.size()));
        if (is_quoted)
            raw.remove_prefix(1);
        else if (raw.ends_with(','))
            raw.remove_suffix(1);
        auto const value = !is_quoted && holds_text(record.type, name) && is_hex(raw) ? decoded(raw) : std::string(raw);
        record.fields.push_back({ utf8::repaired(name), utf8::repaired(value) });
    }
}

}

std::string_view Record::find(std::string_view name) const
{
    for (auto const& field : fields) {
        if (field.name == name)
            return field.value;
    }
    return {};
}

std::optional<Record> parse_record(std::string_view line)
{
    Record record;
    if (line.starts_with("node=")) {
        auto const end = line.find(' ');
        record.node = line.substr(5, end == std::string_view::npos ? end : end - 5);
        line.remove_prefix(std::min(end == std::string_view::npos ? line.size() : end + 1, line.size()));
    }
    auto const message = line.find(" msg=audit(");
    if (!line.starts_with("type=") || message == std::string_view::npos || message <= 5)
        return std::nullopt;
    record.type = line.substr(5, message - 5);
    auto text = line.substr(message + 11);
    auto const close = text.find("):");
    if (close == std::string_view::npos || record.type.find(' ') != std::string_view::npos)
        return std::nullopt;
    auto const time = time_of(text.substr(0, close));
    if (!time)
        return std::nullopt;
    record.at = time->first;
    record.serial = time->second;
    text.remove_prefix(close + 2);
    // User-space records have their own fields in msg='…'.
    auto const inner = text.find("msg='");
    if (inner == std::string_view::npos) {
        read_fields(text, record);
        return record;
    }
    auto const inner_end = text.rfind('\'');
    read_fields(text.substr(0, inner), record);
    if (inner_end > inner + 4) {
        read_fields(text.substr(inner + 5, inner_end - inner - 5), record);
        read_fields(text.substr(inner_end + 1), record);
    } else {
        read_fields(text.substr(inner + 5), record);
    }
    return record;
}

std::optional<std::pair<std::string, std::uint32_t>> address_of(std::string_view saddr)
{
    if (!is_hex(saddr) || saddr.size() < 16)
        return std::nullopt;
    auto const byte = [&](std::size_t at) {
        return static_cast<unsigned char>(digit_of(saddr[2 * at]) * 16 + digit_of(saddr[2 * at + 1]));
    };
    auto const family = byte(0); // little-endian; the high byte is zero
    bool const is_ipv4 = family == 2, is_ipv6 = family == 10 && saddr.size() >= 48;
    if (!is_ipv4 && !is_ipv6)
        return std::nullopt;
    std::array<unsigned char, 16> address {};
    for (std::size_t i = 0; i < (is_ipv4 ? 4U : 16U); ++i)
        address[i] = byte((is_ipv4 ? 4 : 8) + i);
    std::array<char, INET6_ADDRSTRLEN> text {};
    auto const* const ended
        = ::inet_ntop(is_ipv4 ? AF_INET : AF_INET6, address.data(), text.data(), static_cast<socklen_t>(text.size()));
    if (ended == nullptr)
        return std::nullopt;
    return std::pair { std::string(ended), static_cast<std::uint32_t>(byte(2) * 256 + byte(3)) };
}

}
