#include "traces/windows_firewall_log/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/text_lines/text_lines.hpp"
#include <algorithm>
#include <array>

namespace konseki::windows_firewall_log {

namespace {

constexpr std::string_view fields_mark = "#Fields:";
constexpr std::string_view software = "#Software: Microsoft Windows Firewall";
constexpr std::string_view default_fields
    = "date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode "
      "info path";
constexpr std::size_t values_max = 64;

enum class Value : std::uint8_t {
    unknown,
    date,
    time,
    action,
    protocol,
    source_address,
    target_address,
    source_port,
    target_port,
    size,
    tcp_flags,
    info,
    direction,
    process
};

Value value_named(std::string_view name)
{
    constexpr std::array<std::pair<std::string_view, Value>, 13> names { { { "date", Value::date },
        { "time", Value::time }, { "action", Value::action }, { "protocol", Value::protocol },
        { "src-ip", Value::source_address }, { "dst-ip", Value::target_address }, { "src-port", Value::source_port },
        { "dst-port", Value::target_port }, { "size", Value::size }, { "tcpflags", Value::tcp_flags },
        { "info", Value::info }, { "path", Value::direction }, { "pid", Value::process } } };
    auto const* const found = std::ranges::find(names, name, [](auto const& pair) { return pair.first; });
    return found == names.end() ? Value::unknown : found->second;
}

Sniff sniff(ByteView head, std::string_view name)
{
    auto const text = as_text(head);
    if (text.find(software) != std::string_view::npos && text.find("#Version:") < 8)
        return Sniff::sure;
    auto const file = ascii_lower(file_name_of(name));
    bool const is_named = file.starts_with("pfirewall.log");
    return is_named && text.find(fields_mark) != std::string_view::npos ? Sniff::sure : Sniff::no;
}

std::vector<std::string_view> words_of(std::string_view line)
{
    std::vector<std::string_view> words;
    for (auto const word : split(line, ' ')) {
        if (!word.empty() && words.size() < values_max)
            words.push_back(word);
    }
    return words;
}

std::optional<std::uint16_t> port_of(std::string_view word)
{
    auto const number = parse_uint(word);
    return number && *number <= 0xffff ? std::optional { static_cast<std::uint16_t>(*number) } : std::nullopt;
}

class LogReader {
public:
    explicit LogReader(ParseContext& context)
        : m_context(context)
    {
        take_fields(default_fields);
    }

    void read_line(std::string_view raw, std::uint64_t offset, std::uint64_t size)
    {
        auto const line = utf8::repaired(trim(raw));
        if (line.starts_with(fields_mark)) {
            take_fields(std::string_view(line).substr(fields_mark.size()));
        } else if (line.starts_with("#Time Format:")) {
            m_is_utc = line.find("UTC") != std::string::npos;
        } else if (!line.empty() && !line.starts_with('#')) {
            emit(words_of(line), offset, size);
        }
    }

private:
    void take_fields(std::string_view names)
    {
        m_values.clear();
        for (auto const name : words_of(names))
            m_values.push_back(value_named(name));
    }

    void emit(std::vector<std::string_view> const& words, std::uint64_t offset, std::uint64_t size)
    {
        if (words.size() < 3) {
            m_context.diagnostics.report(
                { { ErrorCode::truncated, "firewall_log.line", offset, 3, words.size(), {} }, size });
            return;
        }
        ConnectionRow row;
        std::string moment;
        for (std::size_t i = 0; i < std::min(words.size(), m_values.size()); ++i)
            put(m_values[i], words[i], row, moment);
        auto const time = Timestamp::parse(moment + "Z");
        if (time && m_is_utc)
            row.logged_at = *time;
        else if (time)
            row.logged_local = { time->ticks };
        m_context.traces.emit(connection_schema, { offset, size, false }, row);
    }

    static void put(Value value, std::string_view word, ConnectionRow& row, std::string& moment)
    {
        if (word == "-")
            return;
        switch (value) {
        case Value::date: moment.insert(0, std::string(word)); break;
        case Value::time: moment += format("T{}", word); break;
        case Value::action: row.action = word; break;
        case Value::protocol: row.protocol = word; break;
        case Value::source_address: row.source_address = word; break;
        case Value::target_address: row.target_address = word; break;
        case Value::source_port: row.source_port = port_of(word); break;
        case Value::target_port: row.target_port = port_of(word); break;
        case Value::size: row.packet_bytes = parse_uint(word); break;
        case Value::tcp_flags: row.tcp_flags = word; break;
        case Value::info: row.info = word; break;
        case Value::direction: row.direction = word; break;
        case Value::process: row.process_id = parse_uint(word); break;
        case Value::unknown: break;
        }
    }

    ParseContext& m_context;
    std::vector<Value> m_values;
    bool m_is_utc = false;
};

void parse(EvidenceView const& evidence, ParseContext& context)
{
    LogReader reader { context };
    auto const text = as_text(evidence.bytes);
    auto position = text_lines::begin_of(text);
    while (position < text.size() && !context.stop.stop_requested()) {
        auto const end = std::min(text.find('\n', position), text.size());
        reader.read_line(text.substr(position, end - position), position, end - position);
        position = end + 1;
    }
}

constexpr std::array<Schema const*, 1> schemas { &connection_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_firewall_log",
    .title = "Log of Windows' firewall",
    .version = 1,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
