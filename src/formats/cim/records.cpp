#include "formats/cim/records.hpp"
#include "bytes/byte_reader.hpp"
#include <algorithm>

namespace konseki::cim {

namespace {

constexpr std::uint64_t entry_bytes = 16;

struct Entry {
    std::uint32_t record_id = 0, offset = 0, size_bytes = 0;
};

// [dtformats, objects data page] Entries until an empty one. Records do not overlap, so together they fit the page, but
// for the last, which may go on in the next logical page.
std::vector<Entry> read_contents(ByteView page, std::uint64_t whole_bytes, bool& is_sound)
{
    std::vector<Entry> entries;
    ByteReader reader { page };
    std::uint64_t taken = entry_bytes;
    is_sound = true;
    while (reader.remaining() >= entry_bytes) {
        Entry entry;
        entry.record_id = reader.u32("cim.contents.record_id");
        entry.offset = reader.u32("cim.contents.offset");
        entry.size_bytes = reader.u32("cim.contents.size");
        reader.skip(4, "cim.contents.checksum"); // zero since Vista
        if (entry.record_id == 0 && entry.offset == 0 && entry.size_bytes == 0)
            return entries;
        if (entry.offset < entry_bytes || entry.offset >= whole_bytes || entry.size_bytes == 0)
            break;
        taken += entry_bytes + std::min<std::uint64_t>(entry.size_bytes, whole_bytes - entry.offset);
        if (taken > page_bytes)
            break;
        entries.push_back(entry);
    }
    is_sound = false;
    return entries;
}

class Finder {
public:
    Finder(ByteView objects, PageMap const* map, Index const& index, DiagnosticSink& diagnostics)
        : m_objects(objects)
        , m_map(map)
        , m_index(index)
        , m_diagnostics(diagnostics)
        , m_pages(static_cast<std::size_t>((objects.size() + page_bytes - 1) / page_bytes))
        , m_use(m_pages)
    {
    }

    RecordSet find()
    {
        if (m_map == nullptr) {
            for (std::uint32_t page = 0; page < m_pages; ++page)
                read_page(page, page);
        } else {
            for (std::uint32_t logical = 0; logical < m_map->physical.size(); ++logical) {
                if (auto const physical = m_map->find(logical))
                    read_mapped(logical, *physical);
            }
            for (std::uint32_t page = 0; page < m_pages; ++page)
                read_page(page, no_page);
        }
        count_keys_without_record();
        list_gaps();
        return std::move(m_set);
    }

private:
    struct Range {
        std::uint64_t begin = 0, end = 0; // within the page
    };
    struct Use {
        bool is_read = false; // as a page of records or as the continuation of one
        std::vector<Range> owned;
    };

    ByteView page(std::uint32_t physical) const
    {
        auto const rest = m_objects.subspan(std::uint64_t { physical } * page_bytes);
        return rest.first(std::min<std::size_t>(rest.size(), page_bytes));
    }

    void read_mapped(std::uint32_t logical, std::uint32_t physical)
    {
        if (physical >= m_pages) {
            m_diagnostics.report(
                { { ErrorCode::bad_offset, "cim.mapping.entry.page", m_objects.size(), physical, m_pages, {} },
                    page_bytes });
            return;
        }
        read_page(physical, logical);
    }

    void read_page(std::uint32_t physical, std::uint32_t logical)
    {
        auto& use = m_use[physical];
        if (use.is_read)
            return;
        use.is_read = true;
        bool is_sound = true;
        auto const bytes = page(physical);
        auto const entries = read_contents(bytes, bytes.size(), is_sound);
        // What is no table of contents in a page that nothing names is an old continuation: all of it is a gap.
        if (!is_sound && (logical == no_page || m_map == nullptr))
            return;
        auto const page_offset = std::uint64_t { physical } * page_bytes;
        if (!is_sound)
            m_diagnostics.report({ { ErrorCode::bad_value, "cim.contents.entry", page_offset, 0, 0, {} } });
        own(physical, 0, std::min<std::uint64_t>(bytes.size(), (entries.size() + 1) * entry_bytes));
        for (auto const& entry : entries)
            add(physical, logical, entry);
    }

    void add(std::uint32_t physical, std::uint32_t logical, Entry const& entry)
    {
        Record record;
        record.offset = std::uint64_t { physical } * page_bytes + entry.offset;
        record.size_bytes = entry.size_bytes;
        record.record_id = entry.record_id;
        record.key = logical == no_page ? nullptr : m_index.find(logical, entry.record_id);
        if (!m_index.is_usable)
            record.found = Found::unindexed;
        else if (record.key == nullptr)
            record.found = logical == no_page ? Found::unmapped : Found::unreferenced;
        if (record.key == nullptr)
            record.key = m_index.find_remnant(entry.record_id);
        auto const bytes = page(physical).subspan(entry.offset);
        record.bytes = bytes.first(std::min<std::size_t>(bytes.size(), entry.size_bytes));
        own(physical, entry.offset, entry.offset + record.bytes.size());
        if (entry.size_bytes > bytes.size())
            record.bytes = assembled(record, logical);
        if (record.bytes.size() < record.size_bytes && record.found == Found::live)
            m_diagnostics.report(
                { { ErrorCode::truncated, "cim.record", record.offset, record.size_bytes, record.bytes.size(), {} },
                    record.size_bytes - record.bytes.size() });
        m_set.records.push_back(record);
    }

    // A record that does not fit goes on at the beginning of the next logical pages. Each page serves one record, so
    // that what is put together is never more than the file. Pages that nothing maps are followed in file order.
    ByteView assembled(Record const& record, std::uint32_t logical)
    {
        std::vector<std::byte> whole { record.bytes.begin(), record.bytes.end() };
        auto next = logical == no_page ? static_cast<std::uint32_t>(record.offset / page_bytes) : logical;
        while (whole.size() < record.size_bytes) {
            ++next;
            std::optional<std::uint32_t> physical = next;
            if (logical != no_page && m_map != nullptr)
                physical = m_map->find(next);
            if (!physical || *physical >= m_pages || m_use[*physical].is_read)
                break;
            auto const bytes = page(*physical);
            // A guess in file order must not swallow a page that has records of its own.
            if ((logical == no_page || m_map == nullptr) && has_contents(bytes))
                break;
            m_use[*physical].is_read = true;
            auto const taken = std::min<std::uint64_t>(bytes.size(), record.size_bytes - whole.size());
            whole.insert(whole.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
            own(*physical, 0, taken);
        }
        m_set.assembled.push_back(std::move(whole));
        return m_set.assembled.back();
    }

    void own(std::uint32_t physical, std::uint64_t begin, std::uint64_t end)
    {
        m_use[physical].owned.push_back({ begin, end });
    }

    void count_keys_without_record()
    {
        std::vector<std::uint64_t> there;
        for (auto const& record : m_set.records) {
            if (record.found == Found::live)
                there.push_back((std::uint64_t { record.key->page } << 32) | record.key->record_id);
        }
        std::ranges::sort(there);
        for (auto const& key : m_index.keys)
            m_set.keys_without_record
                += std::ranges::binary_search(there, (std::uint64_t { key.page } << 32) | key.record_id) ? 0U : 1U;
    }

    void list_gaps()
    {
        for (std::uint32_t physical = 0; physical < m_pages; ++physical) {
            auto& owned = m_use[physical].owned;
            std::ranges::sort(owned, {}, &Range::begin);
            auto const page_offset = std::uint64_t { physical } * page_bytes;
            std::uint64_t position = 0;
            for (auto const& range : owned) {
                if (range.begin > position)
                    m_set.gaps.push_back({ page_offset + position, range.begin - position });
                position = std::max(position, range.end);
            }
            if (page(physical).size() > position)
                m_set.gaps.push_back({ page_offset + position, page(physical).size() - position });
        }
    }

    ByteView m_objects;
    PageMap const* m_map;
    Index const& m_index;
    DiagnosticSink& m_diagnostics;
    std::size_t m_pages;
    std::vector<Use> m_use;
    RecordSet m_set;
};

}

bool has_contents(ByteView page)
{
    bool is_sound = false;
    return !read_contents(page, page.size(), is_sound).empty() && is_sound;
}

ByteView first_record(ByteView head)
{
    bool is_sound = false;
    auto const entries = read_contents(head, page_bytes, is_sound);
    if (!is_sound || entries.empty() || entries.front().offset >= head.size())
        return {};
    return head.subspan(entries.front().offset);
}

RecordSet find_records(ByteView objects, PageMap const* map, Index const& index, DiagnosticSink& diagnostics)
{
    return Finder(objects, map, index, diagnostics).find();
}

}
