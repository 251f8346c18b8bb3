// Writes small systemd journal files for tests: entries with fields, in every dialect of the format.
// Not journald: no hash tables are filled (readers that walk need none), and seals are not real ones.
#pragma once
#include "formats/journal/hash.hpp"
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>
#include <lzma.h>
#include <zstd.h>

namespace konseki::test {

struct JournalEntry {
    std::uint64_t sequence_number = 0, realtime_us = 0, monotonic_us = 0;
    char boot = '\xa1'; // every byte of its id
    std::vector<std::pair<std::string, std::string>> fields;
};

enum class JournalPacking : std::uint8_t { none, xz, lz4, zstd };

class JournalWriter {
public:
    explicit JournalWriter(
        bool is_compact = false, bool is_keyed = false, JournalPacking packing = JournalPacking::none)
        : m_is_compact(is_compact)
        , m_is_keyed(is_keyed)
        , m_packing(packing)
    {
        m_file.assign(header_bytes, '\0');
        for (unsigned i = 0; i < 16; ++i)
            m_file[24 + i] = static_cast<char>(i + 1); // file id: the key
        std::memset(m_file.data() + 40, 0xc3, 16);
        std::memset(m_file.data() + 72, 0x51, 16);
    }

    static constexpr std::size_t header_bytes = 264;
    bool is_sealed = false;
    std::uint8_t state = 2; // archived

    void add(JournalEntry const& entry)
    {
        std::vector<std::pair<std::uint64_t, std::string>> items;
        for (auto const& [name, value] : entry.fields)
            items.emplace_back(add_data(name + '=' + value), name + '=' + value);
        std::string body;
        put(body, entry.sequence_number, 8);
        put(body, entry.realtime_us, 8);
        put(body, entry.monotonic_us, 8);
        body.append(16, entry.boot);
        std::uint64_t hash = 0;
        for (auto const& item : items)
            hash ^= journal::jenkins_hash64(as_bytes(item.second));
        put(body, hash, 8);
        for (auto const& [offset, text] : items) {
            put(body, offset, m_is_compact ? 4 : 8);
            if (!m_is_compact)
                put(body, hash_of(text), 8);
        }
        m_entries.push_back(add_object(3, 0, body));
        if (m_head.sequence_number == 0)
            m_head = entry;
        m_tail = entry;
    }
    void add_tag() { m_tags += add_object(7, 0, std::string(48, '\7')) != 0 ? 1U : 0U; }

    // arrays: how many entries each array of entries takes; then the header.
    std::string write(std::size_t per_array = 8)
    {
        std::uint64_t first = 0, link_at = 0;
        for (std::size_t i = 0; i < m_entries.size(); i += per_array) {
            std::string body;
            put(body, 0, 8);
            for (std::size_t j = i; j < i + per_array; ++j)
                put(body, j < m_entries.size() ? m_entries[j] : 0, m_is_compact ? 4 : 8);
            auto const offset = add_object(6, 0, body);
            if (first == 0)
                first = offset;
            else
                set(link_at, offset, 8);
            link_at = offset + 16;
        }
        m_file.resize((m_file.size() + 7) / 8 * 8 + 64, '\0'); // as if allocated ahead
        m_file.replace(0, 8, "LPKSHHRH");
        set(8, is_sealed ? 1 : 0, 4);
        set(12, packing_flag() | (m_is_keyed ? 4U : 0U) | (m_is_compact ? 16U : 0U), 4);
        set(16, state, 1);
        set(88, header_bytes, 8);
        set(96, m_file.size() - header_bytes, 8);
        set(136, m_last_object, 8);
        set(144, m_objects, 8);
        set(152, m_entries.size(), 8);
        set(160, m_tail.sequence_number, 8);
        set(168, m_head.sequence_number, 8);
        set(176, first, 8);
        set(184, m_head.realtime_us, 8);
        set(192, m_tail.realtime_us, 8);
        set(224, m_tags, 8);
        return m_file;
    }
    std::vector<std::uint64_t> const& entry_offsets() const { return m_entries; }
    std::uint64_t data_offset(std::string const& text) const { return m_data.at(text); }

    static void put(std::string& target, std::uint64_t value, unsigned size)
    {
        for (unsigned i = 0; i < size; ++i)
            target += static_cast<char>((value >> (8 * i)) & 0xff);
    }

private:
    void set(std::uint64_t at, std::uint64_t value, unsigned size)
    {
        std::string bytes;
        put(bytes, value, size);
        m_file.replace(at, size, bytes);
    }
    std::uint32_t packing_flag() const
    {
        return m_packing == JournalPacking::xz  ? 1U
            : m_packing == JournalPacking::lz4  ? 2U
            : m_packing == JournalPacking::zstd ? 8U
                                                : 0U;
    }
    std::uint64_t hash_of(std::string const& text) const
    {
        std::array<std::byte, 16> key {};
        std::memcpy(key.data(), m_file.data() + 24, key.size());
        return m_is_keyed ? journal::siphash24(as_bytes(text), key) : journal::jenkins_hash64(as_bytes(text));
    }

    static std::string lz4(std::string const& text) // literals only
    {
        std::string packed;
        put(packed, text.size(), 8);
        packed += static_cast<char>(text.size() < 15 ? text.size() << 4U : 0xf0U);
        if (text.size() >= 15) {
            auto left = text.size() - 15;
            for (; left >= 255; left -= 255)
                packed += '\xff';
            packed += static_cast<char>(left);
        }
        return packed + text;
    }
    static std::string zstd(std::string const& text)
    {
        std::string packed(ZSTD_compressBound(text.size()), '\0');
        packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
        return packed;
    }
    static std::string xz(std::string const& text)
    {
        std::vector<unsigned char> in(text.begin(), text.end()), out(lzma_stream_buffer_bound(text.size()));
        std::size_t used = 0;
        (void)lzma_easy_buffer_encode(0, LZMA_CHECK_NONE, nullptr, in.data(), in.size(), out.data(), &used, out.size());
        return { out.begin(), out.begin() + static_cast<std::ptrdiff_t>(used) };
    }

    std::uint64_t add_data(std::string const& text)
    {
        if (auto const known = m_data.find(text); known != m_data.end())
            return known->second;
        std::string body;
        put(body, hash_of(text), 8);
        body.append(m_is_compact ? 48 : 40, '\0');
        bool const is_packed = m_packing != JournalPacking::none && text.size() >= 64;
        body += !is_packed                     ? text
            : m_packing == JournalPacking::xz  ? xz(text)
            : m_packing == JournalPacking::lz4 ? lz4(text)
                                               : zstd(text);
        std::uint8_t const flag = !is_packed   ? 0
            : m_packing == JournalPacking::xz  ? 1
            : m_packing == JournalPacking::lz4 ? 2
                                               : 4;
        return m_data[text] = add_object(1, flag, body);
    }
    std::uint64_t add_object(unsigned type, std::uint8_t flags, std::string const& body)
    {
        m_file.resize((m_file.size() + 7) / 8 * 8, '\0');
        auto const offset = m_file.size();
        put(m_file, type, 1);
        put(m_file, flags, 1);
        put(m_file, 0, 6);
        put(m_file, 16 + body.size(), 8);
        m_file += body;
        ++m_objects;
        return m_last_object = offset;
    }

    bool m_is_compact, m_is_keyed;
    JournalPacking m_packing;
    std::string m_file;
    std::map<std::string, std::uint64_t> m_data;
    std::vector<std::uint64_t> m_entries;
    std::uint64_t m_objects = 0, m_last_object = 0, m_tags = 0;
    JournalEntry m_head, m_tail;
};

}
