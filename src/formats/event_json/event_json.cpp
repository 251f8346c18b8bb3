#include "formats/event_json/event_json.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/event_json/event_builder.hpp"
#include "formats/event_json/framing.hpp"
#include <algorithm>
#include <array>
#include <cstring>

namespace konseki::event_json {

namespace {

constexpr std::uint64_t object_bytes_max = 64ULL << 20; // no real event comes near; a lost quote must not cost more

bool is_surrogate_escape(std::string_view text, std::size_t position, char low, char high)
{
    return position + 6 <= text.size() && text[position] == '\\' && text[position + 1] == 'u'
        && ascii_lower(text[position + 2]) == 'd' && ascii_lower(text[position + 3]) >= low
        && ascii_lower(text[position + 3]) <= high;
}

// What other tools write although JSON forbids it: bytes that are no UTF-8, raw control characters, lone surrogates
// (as bytes or as \udxxx). The length stays as it is, apart from bytes that were no UTF-8.
std::string mended(std::string_view object)
{
    auto text = utf8::repaired(object);
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20) {
            text[i] = ' ';
        } else if (byte == 0xed && i + 2 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0xa0) {
            text.replace(i, 3, "\xef\xbf\xbd");
            i += 2;
        } else if (is_surrogate_escape(text, i, '8', 'b') && is_surrogate_escape(text, i + 6, 'c', 'f')) {
            i += 11;
        } else if (is_surrogate_escape(text, i, '8', 'f')) {
            text.replace(i, 6, "\\ufffd");
            i += 5;
        } else if (byte == '\\') {
            ++i;
        }
    }
    return text;
}

class Reader {
public:
    Reader(ByteView file, EventShapes& shapes, DiagnosticSink& diagnostics, Visitor& visitor, Limits const& limits)
        : m_text(as_text(file))
        , m_diagnostics(diagnostics)
        , m_visitor(visitor)
        , m_limits(limits)
        , m_builder(shapes, limits)
    {
    }

    void read_lines(std::uint64_t begin, std::uint64_t end, std::stop_token const& stop);
    void read_objects(std::uint64_t begin, std::uint64_t end, std::stop_token const& stop);

private:
    // Whether the object was good JSON; the event in it, if any, went to the visitor.
    simdjson::error_code take(std::uint64_t offset, std::string_view object, TraceOrigin const& origin);
    simdjson::error_code parse(std::uint64_t offset, std::string_view object, simdjson::dom::object& target);
    simdjson::error_code make_room(std::size_t size_bytes);
    simdjson::error_code parse_copy(std::string_view object, simdjson::dom::object& target);
    void report(
        ErrorCode code, std::string_view what, std::uint64_t offset, std::uint64_t lost, std::uint64_t need = 0);
    std::uint64_t next_candidate(std::uint64_t failed, std::uint64_t end) const;

    std::string_view m_text;
    DiagnosticSink& m_diagnostics;
    Visitor& m_visitor;
    Limits const& m_limits;
    simdjson::dom::parser m_parser;
    std::string m_copy; // padded, for objects near the end of the mapping or with broken UTF-8
    EventBuilder m_builder;
};

void Reader::report(ErrorCode code, std::string_view what, std::uint64_t offset, std::uint64_t lost, std::uint64_t need)
{
    m_diagnostics.report({ { code, what, offset, need, lost, {} }, lost });
}

simdjson::error_code Reader::make_room(std::size_t size_bytes)
{
    if (m_parser.capacity() >= size_bytes && m_parser.max_depth() != 0)
        return simdjson::SUCCESS;
    return m_parser.allocate(std::max<std::size_t>(size_bytes * 2, std::size_t { 65'536 }), m_limits.depth_max);
}

simdjson::error_code Reader::parse_copy(std::string_view object, simdjson::dom::object& target)
{
    auto const error = make_room(object.size());
    if (error != simdjson::SUCCESS)
        return error;
    m_copy.assign(object);
    m_copy.append(simdjson::SIMDJSON_PADDING, '\0');
    return m_parser.parse(m_copy.data(), object.size(), false).get(target);
}

simdjson::error_code Reader::parse(std::uint64_t offset, std::string_view object, simdjson::dom::object& target)
{
    auto const error = make_room(object.size());
    if (error != simdjson::SUCCESS)
        return error;
    // simdjson reads up to SIMDJSON_PADDING bytes behind the object: inside the file they are there
    if (offset + object.size() + simdjson::SIMDJSON_PADDING <= m_text.size())
        return m_parser.parse(object.data(), object.size(), false).get(target);
    return parse_copy(object, target);
}

simdjson::error_code Reader::take(std::uint64_t offset, std::string_view object, TraceOrigin const& origin)
{
    simdjson::dom::object parsed;
    auto error = parse(offset, object, parsed);
    if (error == simdjson::UTF8_ERROR || error == simdjson::STRING_ERROR || error == simdjson::UNESCAPED_CHARS) {
        error = parse_copy(mended(object), parsed);
        if (error == simdjson::SUCCESS)
            report(ErrorCode::bad_value, "event_json.text", offset, 0); // read, but not letter for letter
    }
    if (error != simdjson::SUCCESS)
        return error;
    if (auto const event = m_builder.build(parsed))
        m_visitor.on_event(*event, origin);
    else
        report(ErrorCode::unsupported, "event_json.not_a_windows_event", offset, object.size());
    return simdjson::SUCCESS;
}

void Reader::read_lines(std::uint64_t begin, std::uint64_t end, std::stop_token const& stop)
{
    auto position = begin;
    while (position < end && !stop.stop_requested()) {
        auto const line_end = std::min<std::uint64_t>(m_text.find('\n', position), end);
        auto const line = m_text.substr(position, line_end - position);
        auto const object = object_of_line(line);
        auto const offset = object.empty() ? position : static_cast<std::uint64_t>(object.data() - m_text.data());
        if (line.size() > object_bytes_max) {
            report(ErrorCode::limit, "event_json.line", position, line.size(), object_bytes_max);
        } else if (!object.empty()) {
            auto const error = take(offset, object, { offset, object.size(), false });
            if (error != simdjson::SUCCESS)
                report(error == simdjson::DEPTH_ERROR ? ErrorCode::limit : ErrorCode::bad_value, "event_json.line",
                    offset, object.size());
        }
        position = line_end + 1;
    }
}

// Behind a damaged object the next one begins where a brace stands as the damaged one's did: at the start of a line
// with the same indentation, or, within a line, behind "},".
std::uint64_t Reader::next_candidate(std::uint64_t failed, std::uint64_t end) const
{
    auto line_start = failed;
    while (line_start > 0 && (m_text[line_start - 1] == ' ' || m_text[line_start - 1] == '\t'))
        --line_start;
    bool const begins_line = line_start == 0 || m_text[line_start - 1] == '\n';
    auto const mark
        = begins_line ? "\n" + std::string(m_text.substr(line_start, failed - line_start)) + "{" : std::string("},{");
    auto const found = m_text.find(mark, failed + 1);
    return found == std::string_view::npos || found + mark.size() > end ? end : found + mark.size() - 1;
}

void Reader::read_objects(std::uint64_t begin, std::uint64_t end, std::stop_token const& stop)
{
    auto position = begin;
    while (position < end && !stop.stop_requested()) {
        auto const start = std::min<std::uint64_t>(m_text.find('{', position), end);
        if (start >= end)
            return;
        auto const size = object_end(m_text.substr(start, end - start), object_bytes_max);
        if (size && take(start, m_text.substr(start, *size), { start, *size, false }) == simdjson::SUCCESS) {
            position = start + *size;
            continue;
        }
        position = next_candidate(start, end);
        report(size ? ErrorCode::bad_value : ErrorCode::truncated, "event_json.object", start, position - start);
    }
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> words)
{
    return std::any_of(
        words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

}

Sniff sniff(ByteView head)
{
    auto text = as_text(head);
    if (text.substr(0, 3) == "\xef\xbb\xbf")
        text.remove_prefix(3);
    if (text.substr(0, 7) == "Record ") // evtx_dump -o json puts "Record 1" above each object
        text.remove_prefix(std::min(text.find('\n'), text.size()));
    text = trim(text);
    if (text.empty() || (text.front() != '{' && text.front() != '['))
        return Sniff::no;
    if (text.front() == '[' && trim(text.substr(1)).substr(0, 1) != "{")
        return Sniff::no;
    bool const has_id = has_any(text,
        { "\"EventID\"", "\"EventId\"", "\"event_id\"", "\"EventCode\"", "\"Event.System.EventID\"",
            "\"winlog.event_id\"" });
    bool const has_place = has_any(text,
        { "\"Channel\"", "\"channel\"", "\"Computer\"", "\"ComputerName\"", "\"computer_name\"", "\"Provider\"",
            "\"ProviderName\"", "\"provider_name\"", "\"SourceName\"", "\"source_name\"", "\"Hostname\"", "\"LogName\"",
            "\"log_name\"", "\"winlog\"", "\"winlog.channel\"" });
    if (has_id && has_place)
        return Sniff::sure;
    if (has_any(text, { "\"_raw\"" }) && has_any(text, { "<Event ", "\\u003cEvent ", "<Event>" }))
        return Sniff::sure; // Splunk, of Windows events as XML
    bool const is_get_winevent = has_any(text, { "\"Id\"" }) && has_any(text, { "\"ProviderName\"", "\"LogName\"" });
    return has_id || is_get_winevent || has_any(text, { "\"winlog\"", "\"EventData\"", "\"event_data\"" })
        ? Sniff::maybe
        : Sniff::no;
}

void read(ByteView file, ByteRange range, EventShapes& shapes, DiagnosticSink& diagnostics, Visitor& visitor,
    Limits const& limits, std::stop_token const& stop)
{
    auto const layout = layout_of(as_text(file));
    if (range.offset > file.size())
        return;
    auto const end = range.offset + std::min<std::uint64_t>(range.size, file.size() - range.offset);
    auto const begin = std::max(range.offset, layout.first_offset);
    Reader reader { file, shapes, diagnostics, visitor, limits };
    if (layout.framing == Framing::lines)
        reader.read_lines(begin, end, stop);
    else
        reader.read_objects(begin, end, stop);
}

std::vector<ByteRange> split(ByteView file, std::uint64_t piece_bytes)
{
    auto const text = as_text(file);
    std::vector<ByteRange> pieces;
    if (text.empty() || piece_bytes == 0 || layout_of(text).framing != Framing::lines)
        return { { 0, text.size() } };
    std::uint64_t begin = 0;
    while (begin < text.size()) {
        auto end = text.size();
        if (text.size() - begin > piece_bytes) {
            auto const line_end = text.find('\n', begin + piece_bytes - 1);
            end = line_end == std::string_view::npos ? text.size() : line_end + 1;
        }
        pieces.push_back({ begin, end - begin });
        begin = end;
    }
    return pieces;
}

}
