#include "tools/repack.hpp"
#include "base/identity.hpp"
#include "base/text.hpp"
#include "bytes/utf16.hpp"
#include "support/evtx_faults.hpp"
#include "support/evtx_writer.hpp"
#include <cstring>

namespace konseki::test {

namespace {
constexpr std::size_t file_header_bytes = 4096, chunk_bytes = 65'536;

template <typename T> T get(std::string_view bytes, std::size_t offset)
{
    T number {};
    if (offset + sizeof(T) <= bytes.size())
        std::memcpy(&number, bytes.data() + offset, sizeof(T));
    return number;
}

template <typename T> void set(std::string& bytes, std::size_t offset, T number)
{
    if (offset + sizeof(T) <= bytes.size())
        std::memcpy(bytes.data() + offset, &number, sizeof(T));
}

// The computer's name as the first outer template of the chunk spells it: its name is written inline, its text follows.
std::string computer_of(std::string_view chunk)
{
    static std::string const name = utf16le_from_utf8("Computer") + std::string("\0\0\x02\x05\x01", 5);
    auto const at = chunk.find(name);
    if (at == std::string_view::npos)
        return {};
    auto const text = at + name.size();
    auto const count = get<std::uint16_t>(chunk, text);
    if (count > 256 || text + 2 + std::size_t { count } * 2 > chunk.size())
        return {};
    auto const full = utf8_from_utf16le(as_bytes(chunk.substr(text + 2, std::size_t { count } * 2)));
    return std::string(split(full, '.').front());
}

char rotated(char c, std::uint32_t by)
{
    if (c >= '0' && c <= '9')
        return static_cast<char>('0' + (static_cast<std::uint32_t>(c - '0') + by) % 10);
    if (c >= 'A' && c <= 'Z')
        return static_cast<char>('A' + (static_cast<std::uint32_t>(c - 'A') + by) % 26);
    if (c >= 'a' && c <= 'z')
        return static_cast<char>('a' + (static_cast<std::uint32_t>(c - 'a') + by) % 26);
    return c;
}

// Same length, so that every offset of the chunk stays true.
void rename_host(std::string& chunk, std::string const& host, std::uint32_t replica)
{
    if (host.size() < 5)
        return;
    for (std::size_t i = 512; i + host.size() * 2 <= chunk.size(); ++i) {
        std::size_t same = 0;
        while (same < host.size() && chunk[i + same * 2 + 1] == '\0'
            && ascii_lower(chunk[i + same * 2]) == ascii_lower(host[same]))
            ++same;
        if (same != host.size())
            continue;
        for (std::size_t k = 0; k < host.size(); ++k)
            chunk[i + k * 2] = rotated(chunk[i + k * 2], replica);
        i += host.size() * 2 - 1;
    }
}

void change_hashes(std::string& chunk, std::size_t offset, std::size_t size, std::uint32_t replica)
{
    std::size_t run = 0;
    for (std::size_t i = offset; i + 1 < offset + size; i += 2) {
        char const c = chunk[i];
        bool const is_hex
            = chunk[i + 1] == '\0' && ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'));
        run = is_hex ? run + 1 : 0;
        if (run == 32) { // MD5 and the head of longer ones: enough to be another hash
            for (std::size_t k = i - 62; k <= i; k += 2) {
                if (chunk[k] >= '0' && chunk[k] <= '9')
                    chunk[k] = rotated(chunk[k], replica);
            }
        }
    }
}

void change_value(std::string& chunk, std::size_t offset, std::size_t size, std::uint8_t type,
    Identities const& identities, std::uint32_t replica)
{
    if (type == value_type::filetime && size == 8)
        set(chunk, offset, identities.time({ get<std::int64_t>(chunk, offset) }).ticks);
    else if (type == value_type::sid && size == 28)
        set(chunk, offset + 8 + 4, get<std::uint32_t>(chunk, offset + 12) + replica);
    else if (type == value_type::guid && size == 16)
        set(chunk, offset + 8, get<std::uint64_t>(chunk, offset + 8) + replica);
    else if (type == value_type::utf16)
        change_hashes(chunk, offset, size, replica);
}

// Walks the values of a template instance; a nested instance at the end of the outer one is walked in turn.
void change_record(std::string& chunk, std::size_t begin, std::size_t size, std::uint64_t old_id, std::uint64_t new_id,
    Identities const& identities, std::uint32_t replica)
{
    auto at = begin + 24 + 4;
    auto const end = begin + size - 4;
    while (at + 14 < end && get<std::uint8_t>(chunk, at) == 0x0c) {
        bool const is_resident = get<std::uint32_t>(chunk, at + 6) == at + 10;
        at += 10;
        if (is_resident)
            at += 24 + get<std::uint32_t>(chunk, at + 20);
        if (at + 4 > end)
            return;
        auto const count = get<std::uint32_t>(chunk, at);
        if (count > 1000)
            return;
        auto value = at + 4 + std::size_t { count } * 4;
        std::size_t next = 0;
        for (std::uint32_t i = 0; i < count; ++i) {
            auto const value_size = get<std::uint16_t>(chunk, at + 4 + i * 4);
            auto const type = get<std::uint8_t>(chunk, at + 6 + i * 4);
            if (value + value_size > end)
                return;
            if (type == value_type::u64 && value_size == 8 && get<std::uint64_t>(chunk, value) == old_id)
                set(chunk, value, new_id);
            else if (type == value_type::binxml)
                next = value + (get<std::uint8_t>(chunk, value) == 0x0f ? 4 : 0);
            else
                change_value(chunk, value, value_size, type, identities, replica);
            value += value_size;
        }
        if (next == 0)
            return;
        at = next;
    }
}
}

void repack(std::string_view file, Identities const& identities, std::uint32_t replica, RepackResult& result,
    std::function<void(std::string_view chunk)> const& out)
{
    for (std::size_t at = file_header_bytes; at + chunk_bytes <= file.size(); at += chunk_bytes) {
        std::string one(file.substr(0, file_header_bytes));
        one += file.substr(at, chunk_bytes);
        auto checked = one;
        repair_checksums(checked);
        auto const records = walk_records(one);
        if (records.empty() || checked.substr(file_header_bytes) != one.substr(file_header_bytes))
            continue; // damaged chunks are for the traps, not for benches
        auto chunk = one.substr(file_header_bytes);
        if (replica != 0)
            rename_host(chunk, computer_of(chunk), replica);
        auto const first = result.next_record_id;
        for (auto const& record : records) {
            auto const offset = static_cast<std::size_t>(record.offset) - file_header_bytes;
            set(chunk, offset + 8, result.next_record_id);
            set(chunk, offset + 16, identities.time({ get<std::int64_t>(chunk, offset + 16) }).ticks);
            change_record(chunk, offset, static_cast<std::size_t>(record.size_bytes), record.record_id,
                result.next_record_id, identities, replica);
            ++result.next_record_id;
        }
        for (std::size_t const place : { std::size_t { 8 }, std::size_t { 24 } })
            set(chunk, place, first);
        for (std::size_t const place : { std::size_t { 16 }, std::size_t { 32 } })
            set(chunk, place, result.next_record_id - 1);
        one = one.substr(0, file_header_bytes) + chunk;
        repair_checksums(one);
        out(std::string_view(one).substr(file_header_bytes));
        ++result.chunks;
        result.records += records.size();
        result.used_bytes += get<std::uint32_t>(chunk, 48);
    }
}

std::string repacked_header(RepackResult const& result)
{
    EvtxOptions options;
    options.claimed_chunk_count = static_cast<std::uint32_t>(result.chunks);
    options.claimed_next_record_id = result.next_record_id;
    return EvtxWriter(options, [](std::string_view) {}).finish();
}

}
