// Cell by cell through every hive bin: what the lists do not lead to. Free cells keep the keys and values they once
// held.
#include "bytes/byte_reader.hpp"
#include "formats/regf/cells.hpp"
#include "formats/regf/regf.hpp"
#include <algorithm>

namespace konseki::regf {

namespace {

// A remnant must make sense before we call it one: sizes inside the cell, a plausible time, names without line noise.
bool is_plausible(Key const& key)
{
    constexpr std::int64_t year_1990 = 122'761'440'000'000'000;
    constexpr std::int64_t year_2100 = 157'469'184'000'000'000;
    return !key.name.empty() && key.written_at.ticks >= year_1990 && key.written_at.ticks < year_2100
        && key.subkey_count < 0x0100'0000 && key.value_count < 0x0100'0000;
}

bool is_plausible(Value const& value)
{
    return value.type < 0x10000 && value.data_size <= (256U << 20);
}

}

// One flag per 8 bytes of the bins: cells of live keys and values. Values are looked at, not read: whether one is
// there is all that is asked.
std::vector<bool> Hive::reachable(Found& found, DiagnosticSink& diagnostics) const
{
    std::vector<bool> reached(m_bins.size() / 8 + 1);
    Walk keys { *this, diagnostics };
    while (keys.next()) {
        auto const& key = keys.cell();
        ++found.live_keys;
        reached[key.cell_offset() / 8] = true;
        auto const items
            = value_items({ base_block_bytes + key.cell_offset(), key.value_count(), key.value_list() }, diagnostics);
        for (std::size_t at = 0; at < items.size(); at += 4) {
            auto const value = item_at(items, at);
            if (!value_cell(value)) {
                report_no_value(value, diagnostics);
                continue;
            }
            ++found.live_values;
            reached[value / 8] = true;
        }
    }
    return reached;
}

// What begins at `content_offset` of the bins, where the content of a cell would begin, if it is a key or a value.
void Hive::look_at(std::uint64_t content_offset, ByteView content, CellState state, Found& found) const
{
    auto const magic = content.size() >= 2 ? as_text(content.first(2)) : std::string_view {};
    auto const cell_offset = static_cast<std::uint32_t>(content_offset - 4);
    if (magic == "nk" && content.size() >= key_bytes_min) {
        auto key = read_key(cell_offset, content);
        if (key.ok() && is_plausible(key.value())) {
            key.value().state = state;
            found.keys.push_back(std::move(key).value());
        }
    } else if (magic == "vk") {
        auto value = read_value(cell_offset, content);
        if (value.ok() && is_plausible(value.value())) {
            value.value().state = state;
            found.values.push_back(std::move(value).value());
        }
    }
}

// A page that no bin's header covers: damaged, or left behind the end from when the hive was larger. Where cells began
// is not known.
void Hive::scan_page(std::uint64_t page_offset, std::vector<bool> const& reached, Found& found) const
{
    constexpr std::uint64_t remnant_bytes_max = 1'024;
    auto const end = std::min<std::uint64_t>(page_offset + base_block_bytes, m_bins.size());
    for (auto at = std::max<std::uint64_t>(page_offset, 4); at + value_bytes_min <= end; at += 4) {
        if (m_bins[at + 1] != std::byte { 'k' } || ((at - 4) % 8 == 0 && reached[(at - 4) / 8]))
            continue;
        auto const bytes = std::min<std::uint64_t>(remnant_bytes_max, m_bins.size() - at);
        look_at(at, m_bins.subspan(at, bytes), CellState::deleted, found);
    }
}

// The cells of one bin, whose header is good.
void Hive::scan_bin(ByteRange bin, std::vector<bool> const& reached, Found& found, DiagnosticSink& diagnostics) const
{
    auto const end = bin.offset + bin.size;
    for (auto cell_offset = bin.offset + 32; end - cell_offset >= 8;) {
        ByteReader reader { m_bins.subspan(cell_offset), base_block_bytes + cell_offset };
        auto const stored = static_cast<std::int64_t>(static_cast<std::int32_t>(reader.u32("regf.cell.size")));
        auto const size = static_cast<std::uint64_t>(stored < 0 ? -stored : stored);
        if (size < 8 || size % 8 != 0 || size > end - cell_offset) {
            diagnostics.report(
                { { ErrorCode::bad_value, "regf.cell.size", base_block_bytes + cell_offset, 8, size, {} },
                    end - cell_offset });
            return;
        }
        bool const is_free = stored > 0;
        auto const content = m_bins.subspan(cell_offset + 4, size - 4);
        // A free cell may have swallowed its neighbours: look at every 8 bytes, and at its own start first.
        auto const last = is_free && content.size() > value_bytes_min ? content.size() - value_bytes_min : 0;
        for (std::uint64_t at = 0; at <= last && !reached[cell_offset / 8]; at += 8)
            look_at(cell_offset + 4 + at, content.subspan(at), is_free ? CellState::deleted : CellState::orphan, found);
        cell_offset += size;
    }
}

Hive::Found Hive::scan(DiagnosticSink& diagnostics) const
{
    Found found;
    auto const reached = reachable(found, diagnostics);
    std::uint64_t offset = 0;
    while (m_bins.size() - offset >= 32) {
        ByteReader header { m_bins.subspan(offset), base_block_bytes + offset };
        bool const is_bin = as_text(header.take(4, "regf.bin.magic")) == "hbin";
        header.skip(4, "regf.bin.offset");
        std::uint64_t bin_size = header.u32("regf.bin.size");
        auto const page = std::min<std::uint64_t>(base_block_bytes, m_bins.size() - offset);
        if (!is_bin) { // bins lie at multiples of 4 KiB
            if (offset < m_base_block.bins_size_bytes)
                diagnostics.report({ { ErrorCode::bad_magic, "regf.bin.magic", base_block_bytes + offset, 0, 0, {} },
                    base_block_bytes });
            scan_page(offset, reached, found);
            offset += page;
            continue;
        }
        if (bin_size < base_block_bytes || bin_size % base_block_bytes != 0 || bin_size > m_bins.size() - offset)
            bin_size = page;
        scan_bin({ offset, bin_size }, reached, found, diagnostics);
        offset += bin_size;
    }
    return found;
}

}
