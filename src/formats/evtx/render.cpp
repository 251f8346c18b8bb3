#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/utf16.hpp"
#include "formats/evtx/document.hpp"
#include "formats/evtx/evtx.hpp"
#include "formats/evtx/layout.hpp"
#include "formats/evtx/writers.hpp"

namespace konseki::evtx {

RecordWriter::RecordWriter(Limits const& limits, Dictionary const* dictionary)
    : m_decoder(limits, nullptr, dictionary)
    , m_document(m_decoder, limits)
    , m_xml(m_decoder, Form::xml)
    , m_json(m_decoder, Form::json)
{
}

Error RecordWriter::write(std::uint64_t begin, std::uint64_t end, Form form, std::string& target)
{
    m_decoder.begin_record();
    m_parts.clear();
    auto const outcome = m_decoder.open(begin, end, Trust::live, m_parts);
    auto& runner = form == Form::xml ? m_xml : m_json;
    if (outcome.error.code == ErrorCode::none && runner.run(m_parts)) {
        target += runner.text();
        return {};
    }
    ++m_slow_count;
    return write_slowly(begin, end, form, target);
}

Error RecordWriter::write_slowly(std::uint64_t begin, std::uint64_t end, Form form, std::string& target)
{
    m_decoder.begin_record();
    m_parts.clear();
    auto outcome = m_decoder.open(begin, end, Trust::live, m_parts);
    auto error = m_document.build(m_parts, Trust::live);
    if (error.code == ErrorCode::none)
        error = std::move(outcome.error);
    if (form == Form::xml)
        write_xml(m_document.items(), target);
    else
        write_json(m_document.items(), target);
    return error;
}

Result<std::string> render(
    ByteView file, std::uint64_t record_offset, Form form, Dictionary const* dictionary, Limits const& limits)
{
    auto chunk_offset = cell_of(record_offset);
    auto chunk_size
        = record_offset < file.size() ? std::min<std::uint64_t>(chunk_bytes, file.size() - chunk_offset) : 0;
    if (auto const chunk = chunk_at(file, record_offset)) {
        chunk_offset = chunk->chunk_offset;
        chunk_size = chunk->chunk_size;
    }
    if (chunk_size < record_bytes_min || record_offset - chunk_offset > chunk_size - record_bytes_min)
        return Error { ErrorCode::bad_offset, "evtx.record", record_offset, record_bytes_min, 0, {} };
    auto const chunk = part(file, chunk_offset, chunk_size);
    auto const position = record_offset - chunk_offset;
    auto const header = read_record_header(chunk, position);
    // A record whose size is wrong is read as far as its chunk reaches.
    if (!header && load<std::uint32_t>(chunk.data() + position) != record_magic)
        return Error { ErrorCode::bad_magic, "evtx.record.magic", record_offset, record_magic, 0, {} };
    auto const end = header ? position + header->size - 4 : chunk_size;
    RecordWriter writer(limits, dictionary);
    writer.begin_chunk(chunk);
    std::string text;
    auto error = writer.write(position + record_header_bytes, end, form, text);
    if (text.empty() || error.code == ErrorCode::not_found) {
        error.offset += chunk_offset;
        return error.code == ErrorCode::none ? Error { ErrorCode::bad_value, "evtx.record", record_offset, 0, 0, {} }
                                             : std::move(error);
    }
    return text;
}

}
