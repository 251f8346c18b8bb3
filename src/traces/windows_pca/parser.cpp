#include "traces/windows_pca/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>
#include <array>

namespace konseki::windows_pca {

namespace {

constexpr std::size_t event_fields = 8;
constexpr std::size_t date_chars = 19; // "2022-11-14 23:37:11", a fraction may follow

// "2022-11-15 00:02:08.476"
std::optional<Timestamp> time_of(std::string_view text)
{
    bool const has_shape = text.size() >= date_chars && text[4] == '-' && text[7] == '-' && text[10] == ' '
        && text[13] == ':' && text[16] == ':';
    return has_shape ? Timestamp::parse(text) : std::nullopt;
}

bool is_utf16(ByteView bytes)
{
    return bytes.size() >= 4 && bytes[1] == std::byte {} && bytes[3] == std::byte {};
}

// Launches end with a time behind the only bar; notes begin with one.
bool is_launch(std::string_view line)
{
    auto const bar = line.rfind('|');
    return bar != std::string_view::npos && bar > 3 && bar == line.find('|') && time_of(line.substr(bar + 1));
}

bool is_note(std::string_view line)
{
    auto const parts = split(line, '|');
    return parts.size() >= event_fields && time_of(parts[0]) && parse_uint(parts[1]);
}

Sniff sniff(ByteView head, std::string_view name)
{
    auto const wide_head = is_utf16(head) || (head.size() >= 2 && head[0] == std::byte { 0xff });
    auto text = wide_head ? utf8_from_utf16le(head) : std::string(as_text(head));
    auto line = std::string_view(text);
    if (line.starts_with("\xef\xbb\xbf"))
        line.remove_prefix(3);
    line = trim(line.substr(0, line.find('\n')));
    if (!is_launch(line) && !is_note(line))
        return Sniff::no;
    auto const lower = ascii_lower(name);
    bool const is_named = file_name_of(lower).starts_with("pca");
    return is_named ? Sniff::sure : Sniff::no;
}

struct Line {
    std::string text;
    std::uint64_t offset = 0, size_bytes = 0;
};

// One line at a time, its offset in the evidence whatever the encoding.
class Lines {
public:
    explicit Lines(ByteView bytes)
        : m_bytes(bytes)
    {
        bool const has_wide_mark
            = bytes.size() >= 2 && bytes[0] == std::byte { 0xff } && bytes[1] == std::byte { 0xfe };
        m_is_wide = has_wide_mark || is_utf16(bytes);
        m_position = has_wide_mark ? 2 : as_text(bytes).starts_with("\xef\xbb\xbf") ? 3 : 0;
    }

    bool next(Line& line)
    {
        std::size_t const unit = m_is_wide ? 2 : 1;
        if (m_position + unit > m_bytes.size())
            return false;
        auto end = m_position;
        while (end + unit <= m_bytes.size() && !is_newline(end))
            end += unit;
        auto const content = m_bytes.subspan(m_position, std::min(end, m_bytes.size()) - m_position);
        line.offset = m_position;
        line.size_bytes = content.size();
        line.text = m_is_wide ? utf8_from_utf16le(content) : utf8::repaired(as_text(content));
        if (line.text.ends_with('\r'))
            line.text.pop_back();
        m_position = end + unit;
        return true;
    }

private:
    bool is_newline(std::size_t position) const
    {
        return m_bytes[position] == std::byte { '\n' } && (!m_is_wide || m_bytes[position + 1] == std::byte {});
    }

    ByteView m_bytes;
    bool m_is_wide = false;
    std::size_t m_position = 0;
};

bool emit_line(Line const& line, ParseContext& context)
{
    std::string_view const text = line.text;
    TraceOrigin const origin { line.offset, line.size_bytes, false };
    if (is_launch(text)) {
        auto const bar = text.rfind('|');
        LaunchRow row;
        row.path = text.substr(0, bar);
        row.last_run_at = time_of(text.substr(bar + 1)).value_or(Timestamp {});
        context.traces.emit(launch_schema, origin, row);
        return true;
    }
    if (!is_note(text))
        return false;
    auto const parts = split(text, '|');
    EventRow row;
    row.written_at = time_of(parts[0]).value_or(Timestamp {});
    row.event = parts[1];
    row.path = parts[2];
    row.description = parts[3];
    row.vendor = parts[4];
    row.file_version = parts[5];
    row.program_id = parts[6];
    row.detail = text.substr(static_cast<std::size_t>(parts[7].data() - text.data()));
    context.traces.emit(event_schema, origin, row);
    return true;
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    Lines lines { evidence.bytes };
    Line line;
    while (lines.next(line) && !context.stop.stop_requested()) {
        if (!trim(line.text).empty() && !emit_line(line, context))
            context.diagnostics.report(
                { { ErrorCode::bad_value, "pca.line", line.offset, 0, line.size_bytes, {} }, line.size_bytes });
    }
}

constexpr std::array<Schema const*, 2> schemas { &launch_schema.erased, &event_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_pca",
    .title = "Program Compatibility Assistant of Windows 11",
    .version = 1,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
