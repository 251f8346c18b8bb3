#include "traces/windows_event/typed_reading.hpp"
#include "base/text.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>
#include <cstring>

namespace konseki::windows_event {

namespace {

std::uint64_t little_endian(ByteView bytes)
{
    std::uint64_t number = 0;
    std::memcpy(&number, bytes.data(), std::min<std::size_t>(bytes.size(), sizeof(number)));
    return number;
}

bool is_not_said(std::string_view text)
{
    return text.empty() || text == "-";
}

}

EventValue const* Reading::value(std::string_view name)
{
    auto& entries = m_plan.entries;
    if (m_cursor >= entries.size() || entries[m_cursor].name.data() != name.data()) {
        m_cursor = 0;
        while (m_cursor < entries.size() && entries[m_cursor].name.data() != name.data())
            ++m_cursor;
        if (m_cursor == entries.size()) {
            Plan::Entry entry { name, -1 };
            auto const& names = m_event.shape->names;
            auto const found = std::find(names.begin(), names.end(), name);
            if (found != names.end())
                entry.slot = static_cast<std::int32_t>(found - names.begin());
            entries.push_back(entry);
        }
    }
    auto const slot = entries[m_cursor++].slot;
    return slot < 0 || static_cast<std::size_t>(slot) >= m_event.values.size()
        ? nullptr
        : &m_event.values[static_cast<std::size_t>(slot)];
}

std::string_view Reading::text_of(EventValue const& value)
{
    if (value.type == ValueType::utf8) {
        auto const text = as_text(value.bytes);
        return is_not_said(text) ? std::string_view {} : text;
    }
    m_scratch.clear();
    append_value_text(m_scratch, value);
    return is_not_said(m_scratch) ? std::string_view {} : m_arena.copy(m_scratch);
}

std::string_view Reading::text(std::string_view name)
{
    auto const* found = value(name);
    return found == nullptr ? std::string_view {} : text_of(*found);
}

std::string_view Reading::text_or(std::string_view name, std::string_view other_name)
{
    auto const first = text(name);
    return first.data() != nullptr ? first : text(other_name);
}

std::optional<std::uint64_t> Reading::number(std::string_view name)
{
    auto const* found = value(name);
    if (found == nullptr)
        return std::nullopt;
    switch (found->type) {
    case ValueType::u8:
    case ValueType::u16:
    case ValueType::u32:
    case ValueType::u64:
    case ValueType::size32:
    case ValueType::size64:
    case ValueType::hex32:
    case ValueType::hex64: return found->bytes.empty() ? std::nullopt : std::optional(little_endian(found->bytes));
    default: break;
    }
    auto const digits = trim(text_of(*found));
    if (auto const parsed = parse_uint(digits))
        return parsed;
    auto const negative = parse_int(digits);
    return negative ? std::optional(static_cast<std::uint64_t>(*negative)) : std::nullopt;
}

std::optional<std::uint32_t> Reading::small_number(std::string_view name)
{
    auto const found = number(name);
    return found && *found <= UINT32_MAX ? std::optional(static_cast<std::uint32_t>(*found)) : std::nullopt;
}

std::optional<bool> Reading::truth(std::string_view name)
{
    auto const word = text(name);
    if (equals_ignoring_case(word, "true") || word == "1")
        return true;
    if (equals_ignoring_case(word, "false") || word == "0")
        return false;
    return std::nullopt;
}

std::string_view Reading::guid(std::string_view name)
{
    auto const raw = text(name);
    bool const is_plain
        = std::none_of(raw.begin(), raw.end(), [](char c) { return c == '{' || c == '}' || (c >= 'a' && c <= 'z'); });
    if (is_plain)
        return raw;
    m_scratch.clear();
    for (auto const c : raw) {
        if (c != '{' && c != '}')
            m_scratch += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return m_arena.copy(m_scratch);
}

std::string_view Reading::address(std::string_view name)
{
    auto const raw = text(name);
    constexpr std::string_view mapped = "::ffff:";
    return raw.size() > mapped.size() && raw.substr(0, mapped.size()) == mapped ? raw.substr(mapped.size()) : raw;
}

std::string_view Reading::status(std::string_view name)
{
    auto const code = number(name);
    if (!code)
        return text(name);
    // signed 32-bit codes of JSON exports come back as they are in the log
    return *code == 0 ? std::string_view {}
                      : m_arena.copy(format("{:#x}", *code > UINT32_MAX ? *code & UINT32_MAX : *code));
}

Timestamp Reading::time(std::string_view name)
{
    auto const* found = value(name);
    if (found == nullptr)
        return {};
    if (found->type == ValueType::filetime && found->bytes.size() >= 8)
        return Timestamp::from_filetime(little_endian(found->bytes));
    return Timestamp::parse(text_of(*found)).value_or(Timestamp {});
}

std::string_view Reading::account(std::string_view domain, std::string_view user)
{
    auto const name = text(user);
    auto const place = text(domain);
    if (name.empty() || place.empty())
        return name;
    auto const joined = m_arena.allocate(place.size() + 1 + name.size());
    auto const middle = std::copy(place.begin(), place.end(), joined.begin());
    *middle = '\\';
    std::copy(name.begin(), name.end(), middle + 1);
    return { joined.data(), joined.size() };
}

Hashes split_hashes(std::string_view text)
{
    Hashes hashes;
    for (auto const part : split(text, ',')) {
        auto const equals = part.find('=');
        if (equals == std::string_view::npos)
            continue;
        auto const kind = trim(part.substr(0, equals));
        auto const digest = trim(part.substr(equals + 1));
        if (kind == "SHA256")
            hashes.sha256 = digest;
        else if (kind == "SHA1")
            hashes.sha1 = digest;
        else if (kind == "MD5")
            hashes.md5 = digest;
        else if (kind == "IMPHASH" && digest != "00000000000000000000000000000000")
            hashes.imphash = digest;
    }
    return hashes;
}

}
