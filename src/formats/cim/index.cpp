#include "formats/cim/index.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include <algorithm>

namespace konseki::cim {

namespace {

constexpr std::uint32_t active_page = 0xaccc;
constexpr std::uint32_t administrative_page = 0xaddd;
constexpr std::uint32_t deleted_page = 0xbadd;
constexpr std::size_t key_parts_max = 8; // real keys have two to four

struct PageHeader {
    std::uint32_t kind = 0, logical = 0, root = 0;
};

PageHeader read_header(ByteReader& reader)
{
    PageHeader header;
    header.kind = reader.u32("cim.index.page.kind");
    header.logical = reader.u32("cim.index.page.number");
    reader.skip(4, "cim.index.page.reserved");
    header.root = reader.u32("cim.index.page.root");
    return header;
}

// "IL_<hash>.<page>.<id>.<size>" ends a key that leads to a record; other keys only say that something exists.
bool read_location(std::string_view part, Key& key)
{
    auto const fields = split(part, '.');
    if (fields.size() != 4)
        return false;
    auto const page = parse_uint(fields[1]);
    auto const id = parse_uint(fields[2]);
    auto const size = parse_uint(fields[3]);
    if (!page || !id || !size || *page >= no_page || *id > no_page)
        return false;
    key.page = static_cast<std::uint32_t>(*page);
    key.record_id = static_cast<std::uint32_t>(*id);
    key.size_bytes = *size;
    if (fields[0].starts_with("CD_")) {
        key.kind = KeyKind::class_definition;
        key.class_hash = fields[0].substr(3);
    } else if (fields[0].starts_with("IL_") || fields[0].starts_with("I_")) {
        key.kind = KeyKind::instance;
    }
    return true;
}

class Page {
public:
    Page(ByteView bytes, std::uint64_t offset)
        : m_bytes(bytes)
        , m_reader(bytes, offset)
    {
    }

    // [dtformats, index binary-tree page] A key is a list of numbers of strings; the strings follow.
    Result<void> read(std::vector<std::uint32_t>& children, std::vector<Key>& keys)
    {
        m_reader.skip(16, "cim.index.page.header");
        auto const count = m_reader.count(m_reader.u32("cim.index.page.key_count"), 10, "cim.index.page.keys");
        m_reader.skip(std::uint64_t { count } * 4, "cim.index.page.reserved");
        for (std::uint32_t i = 0; i <= count; ++i)
            children.push_back(m_reader.u32("cim.index.page.child"));
        auto const keys_at = u16_table(count, "cim.index.page.keys");
        auto const parts = u16_table(m_reader.u16("cim.index.page.part_count"), "cim.index.page.parts");
        // One more offset than strings: the end of the last one.
        auto const strings = u16_table(m_reader.u16("cim.index.page.string_count") + 1U, "cim.index.page.strings");
        TRY(m_reader.status());
        auto const heap = as_text(m_reader.rest());
        for (auto const at : keys_at) {
            Key key;
            if (read_key(parts, at, strings, heap, key))
                keys.push_back(key);
        }
        return {};
    }

private:
    std::vector<std::uint16_t> u16_table(std::uint32_t count, std::string_view what)
    {
        std::vector<std::uint16_t> table(m_reader.count(count, 2, what));
        for (auto& entry : table)
            entry = m_reader.u16(what);
        return table;
    }

    // True for a key that leads to a record.
    static bool read_key(std::vector<std::uint16_t> const& parts, std::size_t at,
        std::vector<std::uint16_t> const& strings, std::string_view heap, Key& key)
    {
        if (at >= parts.size() || parts[at] > key_parts_max || parts[at] >= parts.size() - at)
            return false;
        std::size_t const count = parts[at];
        for (std::size_t i = 1; i <= count; ++i) {
            auto const number = parts[at + i];
            if (number >= strings.size() || strings[number] >= heap.size())
                return false;
            auto part = heap.substr(strings[number]);
            auto const end = part.find('\0');
            if (end == std::string_view::npos)
                return false;
            part = part.substr(0, end);
            if (part.starts_with("NS_"))
                key.namespace_hash = part.substr(3);
            else if (part.starts_with("CI_") || part.starts_with("KI_"))
                key.class_hash = part.substr(3);
            if (i == count)
                return read_location(part, key);
        }
        return false;
    }

    ByteView m_bytes;
    ByteReader m_reader;
};

class TreeReader {
public:
    TreeReader(ByteView bytes, PageMap const* map, DiagnosticSink& diagnostics)
        : m_bytes(bytes)
        , m_map(map)
        , m_diagnostics(diagnostics)
        , m_is_read((bytes.size() + page_bytes - 1) / page_bytes)
    {
    }

    Index read()
    {
        if (m_map != nullptr)
            walk();
        read_remnants();
        m_index.order();
        return std::move(m_index);
    }

private:
    ByteView page(std::uint64_t physical) const
    {
        if (physical >= m_is_read.size())
            return {};
        auto const rest = m_bytes.subspan(physical * page_bytes);
        return rest.first(std::min<std::size_t>(rest.size(), page_bytes));
    }

    std::uint32_t root() const
    {
        auto const first = m_map->find(0);
        if (first) {
            ByteReader reader { page(*first) };
            auto const header = read_header(reader);
            if (header.kind == administrative_page) // Windows XP and 2003
                return header.root;
        }
        return m_map->index_root;
    }

    void walk()
    {
        std::vector<std::uint32_t> pending { root() };
        while (!pending.empty()) {
            auto const logical = pending.back();
            pending.pop_back();
            if (logical == 0 || logical == no_page)
                continue;
            auto const physical = m_map->find(logical);
            if (!physical || *physical >= m_is_read.size()) {
                m_diagnostics.report({ { ErrorCode::bad_offset, "cim.index.page", 0, logical, m_is_read.size(), {} } });
                continue;
            }
            if (m_is_read[*physical]) {
                m_diagnostics.report({ { ErrorCode::loop, "cim.index.page", 0, logical, 0, {} } });
                continue;
            }
            m_is_read[*physical] = true;
            read_live(*physical, pending);
        }
    }

    void read_live(std::uint32_t physical, std::vector<std::uint32_t>& pending)
    {
        auto const bytes = page(physical);
        ByteReader reader { bytes };
        auto const header = read_header(reader);
        if (header.kind != active_page) {
            m_diagnostics.report({ { ErrorCode::bad_magic, "cim.index.page.kind", 0, active_page, header.kind, {} } });
            return;
        }
        auto const status = Page(bytes, 0).read(pending, m_index.keys);
        if (status.ok())
            m_index.is_usable = true;
        else
            m_diagnostics.report({ { status.error().code, status.error().what, 0, 0, 0, {} } });
    }

    // Whatever the tree does not lead to: pages before their last rewriting, and all of them where there is no map.
    void read_remnants()
    {
        std::vector<std::uint32_t> ignored;
        for (std::size_t physical = 0; physical < m_is_read.size(); ++physical) {
            auto const bytes = page(physical);
            ByteReader reader { bytes };
            auto const kind = read_header(reader).kind;
            ignored.clear();
            if (!m_is_read[physical] && (kind == active_page || kind == deleted_page))
                (void)Page(bytes, 0).read(ignored, m_index.remnants);
        }
    }

    ByteView m_bytes;
    PageMap const* m_map;
    DiagnosticSink& m_diagnostics;
    std::vector<bool> m_is_read;
    Index m_index;
};

std::uint64_t place_of(std::uint32_t page, std::uint32_t record_id)
{
    return (std::uint64_t { page } << 32) | record_id;
}

}

void Index::order()
{
    for (std::size_t i = 0; i < keys.size(); ++i)
        m_live.try_emplace(place_of(keys[i].page, keys[i].record_id), i);
    for (std::size_t i = 0; i < remnants.size(); ++i)
        m_remnants.try_emplace(remnants[i].record_id, i);
}

Key const* Index::find(std::uint32_t page, std::uint32_t record_id) const
{
    auto const found = m_live.find(place_of(page, record_id));
    return found == m_live.end() ? nullptr : &keys[found->second];
}

Key const* Index::find_remnant(std::uint32_t record_id) const
{
    auto const found = m_remnants.find(record_id);
    return found == m_remnants.end() ? nullptr : &remnants[found->second];
}

Index read_index(ByteView bytes, PageMap const* map, DiagnosticSink& diagnostics)
{
    return TreeReader(bytes, map, diagnostics).read();
}

}
