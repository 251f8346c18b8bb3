#include "formats/scca/scca.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include "bytes/xpress_huffman.hpp"

namespace konseki::scca {

namespace {

constexpr std::string_view compressed_magic = "MAM";
constexpr std::uint64_t header_bytes = 84;

// Where things lie in each version. [libscca, file information]
struct Layout {
    std::uint32_t last_run_offset; // of the file information's fields, from the start of the file
    std::uint32_t run_time_count;
    std::uint32_t run_count_offset;
    std::uint32_t metrics_bytes;
    std::uint32_t volume_bytes;
};

// Version 30 has two layouts; the place of the metrics, right behind the file information, tells them apart.
Result<Layout> layout_of(std::uint32_t version, std::uint32_t metrics_offset)
{
    constexpr std::uint32_t long_information_end = 304;
    switch (version) {
    case 17: return Layout { 120, 1, 144, 20, 40 };
    case 23: return Layout { 128, 1, 152, 32, 104 };
    case 26: return Layout { 128, 8, 208, 32, 104 };
    case 30:
    case 31: return Layout { 128, 8, metrics_offset >= long_information_end ? 208U : 200U, 32, 96 };
    default: return Error { ErrorCode::unsupported, "scca.version", 0, 31, version, {} };
    }
}

struct Sections {
    std::uint32_t metrics_offset = 0, metrics_count = 0;
    std::uint32_t names_offset = 0, names_size = 0;
    std::uint32_t volumes_offset = 0, volumes_count = 0, volumes_size = 0;
};

class PrefetchReader {
public:
    PrefetchReader(ByteView bytes, DiagnosticSink& diagnostics)
        : m_bytes(bytes)
        , m_diagnostics(diagnostics)
    {
    }

    Result<Prefetch> run()
    {
        TRY(read_header());
        read_runs();
        report(read_files());
        report(read_volumes());
        return std::move(m_prefetch);
    }

private:
    void report(Result<void> const& result)
    {
        if (!result.ok())
            m_diagnostics.report(
                { result.error(), m_bytes.size() - std::min<std::uint64_t>(m_bytes.size(), result.error().offset) });
    }

    Result<void> read_header()
    {
        ByteReader reader { m_bytes };
        m_prefetch.version = reader.u32("scca.version");
        if (as_text(reader.take(4, "scca.magic")) != "SCCA")
            return Error { ErrorCode::bad_magic, "scca.magic", 4, 0, 0, {} };
        reader.skip(4, "scca.unknown");
        m_prefetch.size_bytes = reader.u32("scca.file_size");
        // Older Windows leaves remnants of memory behind the terminator: stop at the first zero, never trim from the
        // right.
        m_prefetch.executable = utf8_from_utf16le(until_zero_utf16(reader.take(60, "scca.executable")));
        m_prefetch.path_hash = reader.u32("scca.hash");
        reader.seek(header_bytes, "scca.information");
        m_sections.metrics_offset = reader.u32("scca.metrics.offset");
        m_sections.metrics_count = reader.u32("scca.metrics.count");
        reader.skip(8, "scca.trace_chains");
        m_sections.names_offset = reader.u32("scca.names.offset");
        m_sections.names_size = reader.u32("scca.names.size");
        m_sections.volumes_offset = reader.u32("scca.volumes.offset");
        m_sections.volumes_count = reader.u32("scca.volumes.count");
        m_sections.volumes_size = reader.u32("scca.volumes.size");
        TRY(reader.status());
        m_layout = TRY(layout_of(m_prefetch.version, m_sections.metrics_offset));
        if (m_prefetch.size_bytes != m_bytes.size())
            m_diagnostics.report(
                { { ErrorCode::truncated, "scca.file_size", 12, m_prefetch.size_bytes, m_bytes.size(), {} },
                    m_prefetch.size_bytes > m_bytes.size() ? m_prefetch.size_bytes - m_bytes.size() : 0 });
        return {};
    }

    void read_runs()
    {
        ByteReader reader { m_bytes };
        m_prefetch.run_times_offset = m_layout.last_run_offset;
        reader.seek(m_layout.last_run_offset, "scca.last_run");
        for (std::uint32_t i = 0; i < m_layout.run_time_count; ++i) {
            auto const run_at = Timestamp::from_filetime(reader.u64("scca.last_run"));
            if (run_at.is_set())
                m_prefetch.run_times.push_back(run_at);
        }
        reader.seek(m_layout.run_count_offset, "scca.run_count");
        m_prefetch.run_count = reader.u32("scca.run_count");
        report(reader.status());
    }

    // Each metrics entry names a stretch of the names section.
    Result<void> read_files()
    {
        auto const names = TRY(slice(m_bytes, m_sections.names_offset, m_sections.names_size, "scca.names"));
        auto const metrics = TRY(slice(m_bytes, m_sections.metrics_offset,
            m_bytes.size() - std::min<std::uint64_t>(m_bytes.size(), m_sections.metrics_offset), "scca.metrics"));
        ByteReader reader { metrics, m_sections.metrics_offset };
        auto const count = reader.count(m_sections.metrics_count, m_layout.metrics_bytes, "scca.metrics.count");
        TRY(reader.status());
        bool const is_old = m_prefetch.version == 17;
        for (std::uint32_t i = 0; i < count; ++i) {
            File file;
            file.offset = reader.offset();
            reader.skip(is_old ? 8 : 12, "scca.metrics.times");
            auto const name_offset = reader.u32("scca.metrics.name_offset");
            auto const name_chars = reader.u32("scca.metrics.name_chars");
            file.flags = reader.u32("scca.metrics.flags");
            if (!is_old)
                file.mft_reference = reader.u64("scca.metrics.mft_reference");
            auto const name = slice(
                names, name_offset, std::uint64_t { name_chars } * 2, "scca.metrics.name", m_sections.names_offset);
            if (name.ok())
                file.path = utf8_from_utf16le(name.value());
            else
                m_diagnostics.report({ name.error(), 0 });
            m_prefetch.files.push_back(std::move(file));
        }
        return reader.status();
    }

    Result<void> read_volumes()
    {
        auto const section = TRY(slice(m_bytes, m_sections.volumes_offset, m_sections.volumes_size, "scca.volumes"));
        ByteReader reader { section, m_sections.volumes_offset };
        auto const count = reader.count(m_sections.volumes_count, m_layout.volume_bytes, "scca.volumes.count");
        TRY(reader.status());
        for (std::uint32_t i = 0; i < count; ++i)
            report(read_volume(
                section, reader.take(m_layout.volume_bytes, "scca.volume"), reader.offset() - m_layout.volume_bytes));
        return {};
    }

    Result<void> read_volume(ByteView section, ByteView entry, std::uint64_t offset)
    {
        ByteReader reader { entry, offset };
        auto const path_offset = reader.u32("scca.volume.path_offset");
        auto const path_chars = reader.u32("scca.volume.path_chars");
        Volume volume;
        volume.offset = offset;
        volume.created_at = Timestamp::from_filetime(reader.u64("scca.volume.created_at"));
        volume.serial = reader.u32("scca.volume.serial");
        auto const references_offset = reader.u32("scca.volume.references_offset");
        auto const references_size = reader.u32("scca.volume.references_size");
        auto const directories_offset = reader.u32("scca.volume.directories_offset");
        auto const directories_count = reader.u32("scca.volume.directories_count");
        TRY(reader.status());
        auto const path = slice(
            section, path_offset, std::uint64_t { path_chars } * 2, "scca.volume.path", m_sections.volumes_offset);
        if (path.ok())
            volume.device_path = utf8_from_utf16le(path.value());
        else
            report(path.error());
        report(read_references(section, references_offset, references_size, volume));
        report(read_directories(section, directories_offset, directories_count, volume));
        m_prefetch.volumes.push_back(std::move(volume));
        return {};
    }

    Result<void> read_references(ByteView section, std::uint32_t offset, std::uint32_t size, Volume& volume) const
    {
        if (size == 0)
            return {};
        auto const references = TRY(slice(section, offset, size, "scca.volume.references", m_sections.volumes_offset));
        ByteReader reader { references, m_sections.volumes_offset + offset };
        auto const version = reader.u32("scca.volume.references.version");
        auto const stored_count = reader.u32("scca.volume.references.count");
        if (version >= 3)
            reader.skip(8, "scca.volume.references.unknown"); // version 3 pads its header to 16 bytes
        auto const count = reader.count(stored_count, 8, "scca.volume.references.count");
        for (std::uint32_t i = 0; i < count; ++i)
            volume.file_references.push_back(reader.u64("scca.volume.reference"));
        return reader.status();
    }

    Result<void> read_directories(
        ByteView section, std::uint32_t offset, std::uint32_t stored_count, Volume& volume) const
    {
        if (stored_count == 0)
            return {};
        auto const rest = TRY(slice(section, offset, section.size() - std::min<std::uint64_t>(section.size(), offset),
            "scca.volume.directories", m_sections.volumes_offset));
        ByteReader reader { rest, m_sections.volumes_offset + offset };
        auto const count
            = reader.count(stored_count, 4, "scca.volume.directories.count"); // length and terminator at least
        for (std::uint32_t i = 0; i < count; ++i) {
            auto const chars = reader.u16("scca.volume.directory.chars");
            auto const name = reader.take(std::uint64_t { chars } * 2, "scca.volume.directory");
            reader.skip(2, "scca.volume.directory.end");
            if (!reader.failed())
                volume.directories.push_back(utf8_from_utf16le(name));
        }
        return reader.status();
    }

    ByteView m_bytes;
    DiagnosticSink& m_diagnostics;
    Prefetch m_prefetch;
    Sections m_sections;
    Layout m_layout {};
};

}

Sniff sniff(ByteView head)
{
    if (head.size() < 8)
        return Sniff::no;
    if (as_text(head.first(3)) == compressed_magic)
        return head[3] == std::byte { 4 } || head[3] == std::byte { 0x84 } ? Sniff::maybe
                                                                           : Sniff::no; // SuperFetch files are MAM too
    return as_text(head).substr(4, 4) == "SCCA" ? Sniff::sure : Sniff::no;
}

Result<Prefetch> read(ByteView file, DiagnosticSink& diagnostics)
{
    ByteReader reader { file };
    auto const magic = reader.take(4, "scca.magic");
    TRY(reader.status());
    if (as_text(magic.first(3)) != compressed_magic)
        return PrefetchReader { file, diagnostics }.run();
    auto const size_bytes = reader.u32("scca.mam.size");
    if (magic[3] == std::byte { 0x84 })
        reader.skip(4, "scca.mam.checksum"); // CRC-32 variant
    TRY(reader.status());
    if (size_bytes > uncompressed_bytes_max)
        return Error { ErrorCode::limit, "scca.mam.size", 4, uncompressed_bytes_max, size_bytes, {} };
    std::vector<std::byte> partial;
    auto const content = decompress_xpress_huffman(reader.rest(), size_bytes, &partial);
    if (!content.ok())
        diagnostics.report({ content.error(), size_bytes - partial.size() });
    auto prefetch = PrefetchReader { content.ok() ? content.value() : partial, diagnostics }.run();
    if (prefetch.ok())
        prefetch.value().was_compressed = true;
    return prefetch;
}

}
