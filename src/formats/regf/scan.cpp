// Cell by cell through every hive bin: what the lists do not lead to. Free cells keep the keys and values they once
// held.
#include "bytes/byte_reader.hpp"
#include "formats/regf/regf.hpp"
#include <algorithm>

namespace konseki::regf {

namespace {

constexpr std::uint64_t key_bytes_min = 76; // [regf, key node] without its name
constexpr std::uint64_t value_bytes_min = 20; // [regf, key value] without its name

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

// One flag per 8 bytes of the bins: cells that hold a live key, list, value or their data.
std::vector<bool> Hive::reachable(Found& found, DiagnosticSink& diagnostics) const
{
    std::vector<bool> reached(m_bins.size() / 8 + 1);
    walk(*this, diagnostics, [&](Key const& key, std::string const&) {
        ++found.live_keys;
        reached[(key.offset - base_block_bytes) / 8] = true;
        for (auto const& value : values(key, diagnostics)) {
            ++found.live_values;
            reached[(value.offset - base_block_bytes) / 8] = true;
        }
    });
    return reached;
}

Hive::Found Hive::scan(DiagnosticSink& diagnostics) const
{
    Found found;
    auto const reached = reachable(found, diagnostics);
    auto const look = [&](std::uint64_t cell_offset, std::uint64_t size, bool is_free) {
        auto const content = slice(m_bins, cell_offset + 4, size - 4, "regf.cell");
        if (!content.ok() || reached[cell_offset / 8])
            return;
        // A free cell may have swallowed its neighbours: look at every 8 bytes, and at its own start first.
        auto const last
            = is_free && content.value().size() > value_bytes_min ? content.value().size() - value_bytes_min : 0;
        for (std::uint64_t at = 0; at <= last; at += 8) {
            auto const magic
                = content.value().size() - at >= 2 ? as_text(content.value().subspan(at, 2)) : std::string_view {};
            if (magic != "nk" && magic != "vk")
                continue;
            auto const part = content.value().subspan(at);
            auto const offset = static_cast<std::uint32_t>(cell_offset + at);
            if (magic == "nk" && part.size() >= key_bytes_min) {
                auto key = read_key(offset, part);
                if (key.ok() && is_plausible(key.value())) {
                    key.value().state = is_free ? CellState::deleted : CellState::orphan;
                    found.keys.push_back(std::move(key).value());
                }
            } else if (magic == "vk" && is_free) {
                auto value = read_value(offset, part);
                if (value.ok() && is_plausible(value.value())) {
                    value.value().state = CellState::deleted;
                    found.values.push_back(std::move(value).value());
                }
            }
        }
    };
    std::uint64_t offset = 0;
    while (m_bins.size() - offset >= 32) {
        ByteReader header { m_bins.subspan(offset), base_block_bytes + offset };
        bool const is_bin = as_text(header.take(4, "regf.bin.magic")) == "hbin";
        header.skip(4, "regf.bin.offset");
        std::uint64_t bin_size = header.u32("regf.bin.size");
        if (!is_bin) { // damaged or remnant page: bins lie at multiples of 4 KiB
            if (offset < m_base_block.bins_size_bytes)
                diagnostics.report({ { ErrorCode::bad_magic, "regf.bin.magic", base_block_bytes + offset, 0, 0, {} },
                    base_block_bytes });
            offset += std::min<std::uint64_t>(base_block_bytes, m_bins.size() - offset);
            continue;
        }
        if (bin_size < base_block_bytes || bin_size % base_block_bytes != 0 || bin_size > m_bins.size() - offset)
            bin_size = std::min<std::uint64_t>(base_block_bytes, m_bins.size() - offset);
        for (std::uint64_t cell_offset = offset + 32; bin_size + offset - cell_offset >= 8;) {
            ByteReader reader { m_bins.subspan(cell_offset), base_block_bytes + cell_offset };
            auto const stored = static_cast<std::int64_t>(static_cast<std::int32_t>(reader.u32("regf.cell.size")));
            auto const size = static_cast<std::uint64_t>(stored < 0 ? -stored : stored);
            if (size < 8 || size % 8 != 0 || size > offset + bin_size - cell_offset) {
                diagnostics.report(
                    { { ErrorCode::bad_value, "regf.cell.size", base_block_bytes + cell_offset, 8, size, {} },
                        offset + bin_size - cell_offset });
                break;
            }
            look(cell_offset, size, stored > 0);
            cell_offset += size;
        }
        offset += bin_size;
    }
    return found;
}

}
