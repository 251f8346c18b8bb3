#include "traces/windows_powershell_history/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/text_lines/text_lines.hpp"
#include "traces/windows_profile.hpp"
#include <algorithm>
#include <array>

namespace konseki::windows_powershell_history {

namespace {

constexpr std::size_t output_bytes_max = 4'096;
constexpr std::size_t separator_chars = 22; // asterisks

bool is_separator(std::string_view line)
{
    return line.size() >= separator_chars && line.find_first_not_of('*') == std::string_view::npos;
}

bool is_transcript(std::string_view text)
{
    text.remove_prefix(text_lines::begin_of(text));
    auto const end = text.find('\n');
    if (end == std::string_view::npos || !is_separator(trim(text.substr(0, end))))
        return false;
    auto const title = text.substr(end + 1, 200);
    return title.substr(0, title.find('\n')).find("PowerShell") != std::string_view::npos;
}

Sniff sniff(ByteView head, std::string_view name)
{
    auto const text = as_text(head);
    if (is_transcript(text))
        return Sniff::sure;
    auto const file = ascii_lower(file_name_of(name));
    bool const is_history = file == "consolehost_history.txt"
        || (file.ends_with("_history.txt") && ascii_lower(name).find("psreadline") != std::string::npos);
    return is_history && text.find('\0') == std::string_view::npos ? Sniff::sure : Sniff::no;
}

using text_lines::Line;

void parse_history(EvidenceView const& evidence, ParseContext& context)
{
    auto const file = as_text(evidence.bytes);
    auto position = text_lines::begin_of(file);
    auto const user = windows_profile_user_of(evidence.name);
    std::uint32_t number = 0;
    while (auto line = text_lines::next(file, position, file.size())) {
        if (context.stop.stop_requested())
            return;
        if (line->text.empty())
            continue;
        auto const offset = line->offset;
        auto end = line->end;
        std::string command { line->text };
        // PSReadLine writes a backtick where a command goes on in the next line.
        while (command.ends_with('`') && (line = text_lines::next(file, position, file.size()))) {
            command.back() = '\n';
            command += line->text;
            end = line->end;
        }
        auto const text = utf8::repaired(command);
        HistoryRow row;
        row.number = ++number;
        row.command = text;
        if (!user.empty())
            row.user = user;
        context.traces.emit(history_schema, { offset, end - offset, false }, row);
    }
}

// "Start time: 20220721023749", whatever the language before the colon.
LocalTime time_of(std::string_view line)
{
    auto const digits = trim(line.substr(line.rfind(':') + 1));
    if (digits.size() != 14 || digits.find_first_not_of("0123456789") != std::string_view::npos)
        return {};
    auto const time = Timestamp::parse(format("{}-{}-{}T{}:{}:{}Z", digits.substr(0, 4), digits.substr(4, 2),
        digits.substr(6, 2), digits.substr(8, 2), digits.substr(10, 2), digits.substr(12, 2)));
    return { time ? time->ticks : 0 };
}

std::string_view value_of(std::string_view line)
{
    auto const colon = line.find(':');
    return colon == std::string_view::npos ? std::string_view {} : trim(line.substr(colon + 1));
}

// Blocks between two lines of asterisks are headers of sessions, times of commands, or the end; the rest is what was
// typed and printed.
class TranscriptReader {
public:
    TranscriptReader(EvidenceView const& evidence, ParseContext& context)
        : m_evidence(evidence)
        , m_context(context)
    {
    }

    void run()
    {
        text_lines::for_each(m_evidence, m_context, [&](Line const& line) {
            if (is_separator(line.text))
                end_of_block(line);
            else if (m_is_in_block)
                m_block.push_back(utf8::repaired(line.text));
            else
                read_body(line);
        });
        end_command();
        end_session(m_evidence.bytes.size());
    }

private:
    void end_of_block(Line const& line)
    {
        if (!m_is_in_block) {
            m_is_in_block = true;
            m_block.clear();
            m_block_offset = line.offset;
            return;
        }
        m_is_in_block = false;
        end_command();
        if (m_block.size() >= 4)
            begin_session();
        else if (m_block.size() == 1)
            m_typed = time_of(m_block[0]);
        else if (m_block.size() >= 2 && m_has_session) {
            m_session.ended_local = time_of(m_block[1]);
            end_session(line.end);
        }
    }

    // By position, as the words are in the system's language.
    void begin_session()
    {
        end_session(m_block_offset);
        m_session = {};
        m_has_session = true;
        m_session_offset = m_block_offset;
        m_header = m_block;
        m_session.path = m_evidence.name;
        m_session.started_local = time_of(m_block[1]);
        m_session.user = value_of(m_header[2]);
        bool const is_old = m_block.size() < 8; // PowerShell 2 to 4 knew only the machine
        if (is_old) {
            m_session.machine = value_of(m_header[3]);
            return;
        }
        m_session.run_as_user = value_of(m_header[3]);
        m_session.machine = value_of(m_header[5]);
        m_session.host_application = value_of(m_header[6]);
        if (auto const process = parse_uint(value_of(m_header[7])))
            m_session.process_id = static_cast<std::uint32_t>(*process);
    }

    void end_session(std::uint64_t end)
    {
        if (m_has_session)
            m_context.traces.emit(session_schema, { m_session_offset, end - m_session_offset, false }, m_session);
        m_has_session = false;
    }

    void read_body(Line const& line)
    {
        auto const prompt = line.text.find("> ");
        if (line.text.starts_with("PS ") && prompt != std::string_view::npos) {
            end_command();
            m_folder = line.text.substr(3, prompt - 3);
            m_command = utf8::repaired(line.text.substr(prompt + 2));
            m_command_offset = line.offset;
            m_command_end = line.end;
            m_has_command = !trim(m_command).empty();
        } else if (m_has_command && m_output.empty() && line.text.starts_with(">> ")) {
            m_command += '\n';
            m_command += utf8::repaired(line.text.substr(3));
        } else if (m_has_command && m_output.size() + line.text.size() < output_bytes_max) {
            m_output += utf8::repaired(line.text);
            m_output += '\n';
        }
        if (m_has_command)
            m_command_end = line.end;
    }

    void end_command()
    {
        if (m_has_command) {
            CommandRow row;
            row.typed_local = m_typed;
            row.command = m_command;
            auto const folder = utf8::repaired(m_folder);
            row.folder = folder;
            row.output = m_output.empty() ? std::string_view {} : std::string_view(m_output);
            m_context.traces.emit(command_schema, { m_command_offset, m_command_end - m_command_offset, false }, row);
            ++m_session.commands;
            m_typed = {};
        }
        m_has_command = false;
        m_output.clear();
    }

    EvidenceView const& m_evidence;
    ParseContext& m_context;
    bool m_is_in_block = false, m_has_session = false, m_has_command = false;
    std::vector<std::string> m_block;
    std::vector<std::string> m_header; // of the session in hand: its row views it
    std::uint64_t m_block_offset = 0, m_session_offset = 0, m_command_offset = 0, m_command_end = 0;
    SessionRow m_session;
    LocalTime m_typed;
    std::string m_command, m_output;
    std::string_view m_folder;
};

void parse(EvidenceView const& evidence, ParseContext& context)
{
    if (is_transcript(as_text(evidence.bytes)))
        TranscriptReader(evidence, context).run();
    else
        parse_history(evidence, context);
}

constexpr std::array<Schema const*, 3> schemas { &history_schema.erased, &session_schema.erased,
    &command_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_powershell_history",
    .title = "PowerShell history and transcripts",
    .version = 2,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
