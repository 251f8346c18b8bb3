// Transaction log replay by the specification's rules: what Windows would have written back at the next mount.
#include "bytes/byte_reader.hpp"
#include "formats/regf/marvin32.hpp"
#include "formats/regf/regf.hpp"
#include <algorithm>
#include <cstring>

namespace konseki::regf {

namespace {

constexpr std::uint64_t sector_bytes = 512;
constexpr std::uint64_t log_entry_header_bytes = 40;
constexpr std::uint64_t image_bytes_max = 4ULL << 30; // a hive is at most 2 GiB on any Windows; offsets have 32 bits

struct Log {
    ByteView bytes;
    BaseBlock base;
    bool is_new_format = false;
    std::uint32_t first_sequence = 0; // of its first entry (new format)
};

std::uint32_t u32_at(ByteView bytes, std::uint64_t offset)
{
    ByteReader reader { bytes };
    reader.seek(offset, "regf.log");
    return reader.u32("regf.log");
}

bool has_magic(ByteView bytes, std::uint64_t offset, std::string_view magic)
{
    auto const part = slice(bytes, offset, magic.size(), "regf.log.magic");
    return part.ok() && as_text(part.value()) == magic;
}

// [regf, new format, notes 1-3]
bool has_good_hashes(ByteView entry)
{
    ByteReader reader { entry };
    reader.seek(24, "regf.log.hash1");
    auto const hash1 = reader.u64("regf.log.hash1");
    auto const hash2 = reader.u64("regf.log.hash2");
    if (reader.failed())
        return false;
    return hash1 == marvin32(entry.subspan(log_entry_header_bytes)) && hash2 == marvin32(entry.first(32));
}

class Replayer {
public:
    Replayer(ByteView primary, DiagnosticSink& diagnostics)
        : m_primary(primary)
        , m_diagnostics(diagnostics)
    {
    }

    Replay run(std::span<ByteView const> logs)
    {
        auto const base = read_base_block(m_primary);
        if (!base.ok()) {
            m_diagnostics.report({ base.error(), 0 });
            return {};
        }
        m_base = base.value();
        m_replay.was_dirty = m_base.is_dirty();
        if (!m_replay.was_dirty)
            return std::move(m_replay); // [regf, dirty state] entries of a clean hive's logs are ignored
        collect(logs);
        if (!m_new_logs.empty())
            apply_new_logs();
        else
            apply_old_log();
        return std::move(m_replay);
    }

private:
    void report(
        ErrorCode code, std::string_view what, std::uint64_t offset, std::uint64_t need = 0, std::uint64_t have = 0)
    {
        m_diagnostics.report({ { code, what, offset, need, have, {} }, 0 });
    }

    void collect(std::span<ByteView const> logs)
    {
        for (auto const bytes : logs) {
            if (bytes.empty())
                continue; // Windows makes LOG1 and LOG2 together; the unused one is often empty
            auto const base = read_base_block(bytes);
            if (!base.ok() || !base.value().is_checksum_good()) {
                report(base.ok() ? ErrorCode::bad_checksum : base.error().code, "regf.log.base_block", 0);
                continue;
            }
            Log log { bytes, base.value(), has_magic(bytes, sector_bytes, "HvLE"), 0 };
            if (log.is_new_format) {
                log.first_sequence = u32_at(bytes, sector_bytes + 12);
                m_new_logs.push_back(log);
            } else if (has_magic(bytes, sector_bytes, "DIRT")) {
                m_old_logs.push_back(log);
            }
        }
        // spec fsa.md section 3: the log with the lower first sequence is applied first, then the other.
        std::stable_sort(m_new_logs.begin(), m_new_logs.end(),
            [](Log const& a, Log const& b) { return a.first_sequence < b.first_sequence; });
    }

    void make_image()
    {
        if (m_replay.image.empty())
            m_replay.image.assign(m_primary.begin(), m_primary.end());
    }

    bool write(std::uint64_t bins_offset, ByteView page)
    {
        auto const end = base_block_bytes + bins_offset + page.size();
        if (end > image_bytes_max)
            return false;
        make_image();
        if (m_replay.image.size() < end)
            m_replay.image.resize(end); // the hive had grown
        std::memcpy(m_replay.image.data() + base_block_bytes + bins_offset, page.data(), page.size());
        ++m_replay.pages_applied;
        return true;
    }

    // [regf, new format, note 6] a base block with a wrong checksum is taken from the log, as a primary file's.
    void recover_base_block(Log const& log)
    {
        if (m_base.is_checksum_good())
            return;
        make_image();
        if (m_replay.image.size() < base_block_bytes)
            m_replay.image.resize(base_block_bytes);
        std::memcpy(m_replay.image.data(), log.bytes.data(), sector_bytes);
        m_replay.base_block_recovered = true;
        m_base = log.base;
    }

    void apply_new_logs()
    {
        recover_base_block(m_new_logs.back()); // the later of the two
        // [regf, new format, notes 5 and 7] The primary sequence number was raised before the primary file was written:
        // the entry that carries the secondary one may not have arrived in it.
        auto expected = m_base.secondary_sequence;
        bool is_first = true;
        for (auto const& log : m_new_logs) {
            auto const before = m_replay.entries_applied;
            bool const may_go_on = apply_entries(log, expected, is_first);
            if (m_replay.entries_applied != before)
                ++m_replay.logs_used;
            if (!may_go_on)
                break;
        }
        if (m_replay.entries_applied > 0)
            close_base_block();
    }

    // Applies the entries of one log from `expected` on. False: recovery stops altogether.
    bool apply_entries(Log const& log, std::uint32_t& expected, bool& is_first)
    {
        for (std::uint64_t offset = sector_bytes; has_magic(log.bytes, offset, "HvLE");) {
            auto const size = u32_at(log.bytes, offset + 4);
            auto const entry = slice(log.bytes, offset, size, "regf.log.entry");
            if (!entry.ok() || size < log_entry_header_bytes || size % sector_bytes != 0) {
                report(ErrorCode::bad_value, "regf.log.entry.size", offset, size, log.bytes.size() - offset);
                return false;
            }
            auto const sequence = u32_at(log.bytes, offset + 12);
            // Entries below the log's own base block are left from an earlier use of the file.
            if (sequence >= expected && sequence >= log.base.primary_sequence) {
                if (!is_first && sequence != expected) {
                    report(ErrorCode::bad_value, "regf.log.entry.sequence", offset, expected, sequence);
                    return false;
                }
                if (!apply_entry(entry.value(), offset))
                    return false;
                is_first = false;
                expected = sequence + 1;
                m_replay.sequence = sequence;
            }
            offset += size;
        }
        return true;
    }

    bool apply_entry(ByteView entry, std::uint64_t log_offset)
    {
        auto const bins_size = u32_at(entry, 16);
        if (!has_good_hashes(entry) || bins_size == 0 || bins_size % base_block_bytes != 0) {
            report(ErrorCode::bad_checksum, "regf.log.entry", log_offset); // [note 7] recovery stops here
            return false;
        }
        ByteReader references { entry };
        references.seek(log_entry_header_bytes, "regf.log.pages");
        auto const count = references.count(u32_at(entry, 20), 8, "regf.log.page_count");
        auto page_offset = log_entry_header_bytes + std::uint64_t { count } * 8;
        for (std::uint32_t i = 0; i < count; ++i) {
            auto const target = references.u32("regf.log.page.offset");
            auto const size = references.u32("regf.log.page.size");
            auto const page = slice(entry, page_offset, size, "regf.log.page", log_offset);
            if (!page.ok() || !write(target, page.value())) {
                report(ErrorCode::truncated, "regf.log.page", log_offset + page_offset, size);
                return false;
            }
            page_offset += size;
        }
        m_base.bins_size_bytes = bins_size;
        ++m_replay.entries_applied;
        return references.status().ok();
    }

    // Both sequence numbers become the last entry's, the checksum is made anew: a clean hive.
    void close_base_block()
    {
        make_image();
        auto const put = [&](std::uint64_t offset, std::uint32_t value) {
            std::memcpy(m_replay.image.data() + offset, &value, sizeof value);
        };
        if (m_replay.entries_applied > 0) {
            put(4, m_replay.sequence);
            put(8, m_replay.sequence);
        }
        put(28, 0); // primary file
        put(40, m_base.bins_size_bytes);
        auto const base = read_base_block(m_replay.image);
        if (base.ok())
            put(508, base.value().computed_checksum);
    }

    // [regf, old format] applies the log whose last written time is that of the primary file or, when its base block
    // is bad, of the first hive bin (a bad base block may still hold the right time).
    void apply_old_log()
    {
        ByteReader first_bin { m_primary };
        first_bin.seek(base_block_bytes + 20, "regf.bin.written_at");
        auto const bin_written_at = Timestamp::from_filetime(first_bin.u64("regf.bin.written_at"));
        for (auto const& log : m_old_logs) {
            bool const is_of_this_hive = log.base.written_at == m_base.written_at
                || (!m_base.is_checksum_good() && log.base.written_at == bin_written_at);
            if (log.base.primary_sequence != log.base.secondary_sequence || !is_of_this_hive)
                continue;
            recover_base_block(log);
            m_base.bins_size_bytes = log.base.bins_size_bytes;
            m_replay.sequence = log.base.primary_sequence;
            if (apply_dirty_vector(log)) {
                m_replay.logs_used = 1;
                m_replay.entries_applied = 1;
                close_base_block();
            }
            return;
        }
    }

    bool apply_dirty_vector(Log const& log)
    {
        std::uint64_t const page_total = log.base.bins_size_bytes / sector_bytes;
        std::uint64_t const bitmap_bytes = (page_total + 7) / 8;
        auto const bitmap = slice(log.bytes, sector_bytes + 4, bitmap_bytes, "regf.log.dirty_vector");
        if (!bitmap.ok()) {
            m_diagnostics.report({ bitmap.error(), 0 });
            return false;
        }
        auto const vector_end = sector_bytes + 4 + bitmap_bytes;
        auto page_offset = (vector_end + sector_bytes - 1) / sector_bytes * sector_bytes;
        for (std::uint64_t page = 0; page < page_total; ++page) {
            auto const is_dirty = (std::to_integer<unsigned>(bitmap.value()[page / 8]) >> (page % 8)) & 1U;
            if (is_dirty == 0)
                continue;
            auto const content = slice(log.bytes, page_offset, sector_bytes, "regf.log.page");
            if (!content.ok()) {
                m_diagnostics.report({ content.error(), 0 });
                return m_replay.pages_applied > 0;
            }
            if (!write(page * sector_bytes, content.value()))
                return m_replay.pages_applied > 0;
            page_offset += sector_bytes;
        }
        return m_replay.pages_applied > 0;
    }

    ByteView m_primary;
    DiagnosticSink& m_diagnostics;
    BaseBlock m_base;
    std::vector<Log> m_new_logs, m_old_logs;
    Replay m_replay;
};

}

Replay replay_logs(ByteView primary, std::span<ByteView const> logs, DiagnosticSink& diagnostics)
{
    return Replayer { primary, diagnostics }.run(logs);
}

}
