#include "traces/windows_mft/parser.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/mft/mft.hpp"
#include "traces/windows_index_entry.hpp"
#include <algorithm>

namespace konseki::windows_mft {

namespace {

constexpr std::size_t extension_chars_max = 16; // longer ones are part of a name, and would fill the symbol table

std::string extension_of(std::string_view name)
{
    auto const dot = name.rfind('.');
    if (dot == std::string_view::npos || name.size() - dot - 1 > extension_chars_max)
        return {};
    return ascii_lower(name.substr(dot + 1));
}

// Zone.Identifier and its like; anything with control characters is left to the hex view.
bool is_plain_text(std::string_view content)
{
    return utf8::is_valid(content) && std::ranges::none_of(content, [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return byte < 0x20 && c != '\r' && c != '\n' && c != '\t';
    });
}

// First walk: where every directory is.
class PathCollector final : public mft::Visitor {
public:
    explicit PathCollector(mft::Paths& paths)
        : m_paths(paths)
    {
    }
    void on_record(mft::Record const& record) override { m_paths.add(record); }

private:
    mft::Paths& m_paths;
};

class NoDiagnostics final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};

// What the index of a directory says of its files where that is not what their records say: another time, or a file
// whose record is gone. The rest would be every name of the volume once more.
class OtherIndexEntries final : public ntfs_index::Visitor {
public:
    OtherIndexEntries(ByteView mft, std::uint32_t record_bytes, TraceSink& traces)
        : m_mft(mft)
        , m_record_bytes(record_bytes)
        , m_traces(traces)
    {
    }

    void read(mft::Record const& directory, DiagnosticSink& diagnostics)
    {
        m_is_deleted = !directory.is_in_use();
        ntfs_index::read_root(directory.index_root, directory.index_root_offset, diagnostics, *this);
    }

    void on_entry(ntfs_index::Entry const& entry) override
    {
        if (entry.is_in_slack || !entry.file || !is_told_by(*entry.file, entry.name.times))
            m_traces.emit(index_entry_schema, { entry.offset, entry.size_bytes, entry.is_in_slack || m_is_deleted },
                index_entry_row(entry));
    }

private:
    bool is_told_by(mft::Reference const& file, mft::Times const& times)
    {
        auto const is_same = [&](mft::Times const& other) {
            return other.created_at == times.created_at && other.modified_at == times.modified_at;
        };
        NoDiagnostics second_telling;
        if (file.record() >= m_mft.size() / m_record_bytes)
            return false;
        auto const offset = file.record() * m_record_bytes;
        if (!m_reader.read(m_mft.subspan(offset, m_record_bytes), offset, file.record(), second_telling).ok())
            return false;
        auto const& record = m_reader.record();
        return record.sequence == file.sequence()
            && ((record.standard && is_same(record.standard->times))
                || std::ranges::any_of(record.names, [&](mft::FileName const& name) { return is_same(name.times); }));
    }

    ByteView m_mft;
    std::uint32_t m_record_bytes;
    TraceSink& m_traces;
    mft::RecordReader m_reader;
    bool m_is_deleted = false;
};

class RowWriter final : public mft::Visitor {
public:
    RowWriter(mft::Paths const& paths, ByteView mft, std::uint32_t record_bytes, ParseContext& context)
        : m_paths(paths)
        , m_record_bytes(record_bytes)
        , m_traces(context.traces)
        , m_diagnostics(context.diagnostics)
        , m_index(mft, record_bytes, context.traces)
    {
    }

    void on_record(mft::Record const& record) override
    {
        auto const* const best = record.best_name();
        m_path = best != nullptr    ? m_paths.path_of(record, *best)
            : record.is_extension() ? m_paths.directory(record.base)
                                    : format("\\$Unnamed({}-{})", record.number, record.sequence);
        emit_signs(record);
        std::uint64_t row = 0;
        for (auto const& name : record.names) {
            // The 8.3 name of a file that has a long one as well is a column, not a row.
            if (name.name_space == mft::NameSpace::dos && record.names.size() > 1)
                continue;
            emit_file(record, name, row++);
        }
        if (record.names.empty() && record.standard && !record.is_extension())
            emit_file(record, {}, row);
        emit_streams(record);
        if (!record.index_root.empty())
            m_index.read(record, m_diagnostics);
    }

private:
    // One row of a schema per offset: further names and streams of a record lie a byte further each.
    TraceOrigin origin_of(mft::Record const& record, std::uint64_t index) const
    {
        return { record.offset + std::min<std::uint64_t>(index, m_record_bytes - 1), m_record_bytes - index, false };
    }

    void emit_file(mft::Record const& record, mft::FileName const& name, std::uint64_t index)
    {
        auto const path = name.name.empty() ? m_path : m_paths.path_of(record, name);
        auto const extension = record.is_directory() ? std::string() : extension_of(name.name);
        FileRow row;
        row.path = path;
        if (!extension.empty())
            row.extension = std::string_view(extension);
        auto const& self = record.is_extension() ? record.base : mft::Reference {};
        row.file_record = record.is_extension() ? self.record() : record.number;
        row.file_sequence = record.is_extension() ? self.sequence() : record.sequence;
        row.parent_record = name.parent.record();
        row.parent_sequence = name.parent.sequence();
        row.is_in_use = record.is_in_use();
        row.is_directory = record.is_directory();
        fill_standard(record, row);
        row.name_created_at = name.times.created_at;
        row.name_modified_at = name.times.modified_at;
        row.name_record_changed_at = name.times.record_changed_at;
        row.name_accessed_at = name.times.accessed_at;
        row.name_space = mft::name_space_name(name.name_space);
        row.hard_links = record.hard_links;
        row.log_sequence = record.log_sequence;
        if (record.has_reparse_point)
            row.reparse_tag = record.reparse_tag;
        row.short_name = short_name_of(record, name);
        m_traces.emit(file_schema, origin_of(record, index), row);
    }

    static void fill_standard(mft::Record const& record, FileRow& row)
    {
        if (record.standard) {
            row.created_at = record.standard->times.created_at;
            row.modified_at = record.standard->times.modified_at;
            row.record_changed_at = record.standard->times.record_changed_at;
            row.accessed_at = record.standard->times.accessed_at;
            row.file_attributes = record.standard->file_attributes;
            row.security_id = record.standard->security_id;
            row.usn = record.standard->usn;
        }
        for (auto const& stream : record.streams) {
            if (stream.name.empty())
                row.content_bytes = stream.size_bytes;
        }
    }

    static std::string_view short_name_of(mft::Record const& record, mft::FileName const& name)
    {
        for (auto const& other : record.names) {
            if (other.name_space == mft::NameSpace::dos && other.parent.raw == name.parent.raw && &other != &name)
                return other.name;
        }
        return {};
    }

    void emit_streams(mft::Record const& record)
    {
        std::uint64_t index = 0;
        for (auto const& stream : record.streams) {
            if (stream.name.empty())
                continue;
            auto const content = as_text(stream.content);
            StreamRow row;
            row.path = m_path;
            row.stream = stream.name;
            row.file_record = record.is_extension() ? record.base.record() : record.number;
            row.is_in_use = record.is_in_use();
            row.content_bytes = stream.size_bytes;
            row.is_resident = stream.is_resident;
            if (stream.is_resident && is_plain_text(content))
                row.content = content;
            m_traces.emit(stream_schema, origin_of(record, index++), row);
        }
    }

    void emit_signs(mft::Record const& record)
    {
        std::uint64_t index = 0;
        auto const emit = [&](Symbol sign, std::string_view detail) {
            SignRow row;
            row.sign = sign;
            row.file_record = record.number;
            row.path = m_path;
            row.detail = detail;
            m_traces.emit(sign_schema, origin_of(record, index++), row);
        };
        if (record.is_baad)
            emit("baad", "the record begins with BAAD");
        else if (record.has_bad_fixup)
            emit("bad_fixup", "the update sequence does not match the ends of the sectors");
        if (record.stored_number != 0 && record.stored_number != static_cast<std::uint32_t>(record.number))
            emit("wrong_number", format("the record says it is number {}", record.stored_number));
    }

    mft::Paths const& m_paths;
    std::uint32_t m_record_bytes;
    TraceSink& m_traces;
    DiagnosticSink& m_diagnostics;
    OtherIndexEntries m_index;
    std::string m_path;
};

Sniff sniff(ByteView head, std::string_view)
{
    return mft::sniff(head);
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    auto const record_bytes = mft::record_bytes_of(evidence.bytes);
    ByteRange const whole { 0, evidence.bytes.size() };
    mft::Paths paths { evidence.bytes.size() / record_bytes };
    PathCollector collector { paths };
    NoDiagnostics second_telling;
    mft::read(evidence.bytes, whole, second_telling, collector);
    if (context.stop.stop_requested())
        return;
    RowWriter writer { paths, evidence.bytes, record_bytes, context };
    mft::read(evidence.bytes, whole, context.diagnostics, writer);
}

constexpr std::array<Schema const*, 4> schemas { &file_schema.erased, &stream_schema.erased, &sign_schema.erased,
    &index_entry_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_mft",
    .title = "NTFS master file table",
    .version = 2,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
