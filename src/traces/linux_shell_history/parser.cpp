#include "traces/linux_shell_history/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/text_lines/text_lines.hpp"
#include "traces/linux_log_event.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_shell_history {

namespace {

constexpr std::size_t command_bytes_max = 16'384;
constexpr std::int64_t seconds_min = 315'532'800, seconds_max = 7'258'118'400; // 1980 to 2200

struct Name {
    std::string_view file, program;
};
constexpr std::array names {
    Name { ".bash_history", "bash" },
    Name { "bash_history", "bash" },
    Name { ".sh_history", "sh" },
    Name { ".ash_history", "sh" },
    Name { ".ksh_history", "sh" },
    Name { ".history", "sh" },
    Name { ".zsh_history", "zsh" },
    Name { ".zhistory", "zsh" },
    Name { ".histfile", "zsh" },
    Name { "zsh_extended_history", "zsh" },
    Name { "fish_history", "fish" },
    Name { ".python_history", "python" },
    Name { ".node_repl_history", "node" },
    Name { ".irb_history", "irb" },
    Name { ".mysql_history", "mysql" },
    Name { ".mariadb_history", "mysql" },
    Name { ".psql_history", "psql" },
    Name { ".sqlite_history", "sqlite" },
    Name { ".rediscli_history", "redis" },
    Name { ".gdb_history", "gdb" },
    Name { ".lesshst", "less" },
    Name { ".viminfo", "vim" },
    Name { "viminfo", "vim" },
};

// ".bash_history", ".bash_history-00517.tmp", "zsh_extended_history.txt"; empty: none of them.
std::string_view program_of(std::string_view path)
{
    auto const file = file_name_of(path);
    for (auto const& name : names) {
        if (file.starts_with(name.file)
            && (file.size() == name.file.size() || file.find_first_of(".-_~", name.file.size()) == name.file.size()))
            return name.program;
    }
    return {};
}

Sniff sniff(ByteView head, std::string_view name)
{
    if (program_of(name).empty() || as_text(head).find('\0') != std::string_view::npos)
        return Sniff::no;
    return Sniff::sure;
}

std::optional<std::int64_t> seconds_of(std::string_view text)
{
    auto const seconds = parse_int(text);
    return seconds && *seconds >= seconds_min && *seconds <= seconds_max ? seconds : std::nullopt;
}

using text_lines::Line;

class Histories {
public:
    Histories(EvidenceView const& evidence, ParseContext& context)
        : m_evidence(evidence)
        , m_context(context)
        , m_file(as_text(evidence.bytes))
        , m_program(program_of(evidence.name))
        , m_user(linux_home_user_of(evidence.name))
    {
    }

    void run()
    {
        if (m_program.empty())
            m_program = "sh";
        if (m_program == "zsh")
            read_zsh();
        else if (m_program == "fish")
            read_fish();
        else if (m_program == "vim")
            read_viminfo();
        else if (m_program == "less")
            read_less();
        else if (m_program == "bash" || m_program == "sh")
            read_bash();
        else
            read_lines();
    }

private:
    bool next(Line& line)
    {
        auto const found = text_lines::next(m_file, m_position, m_file.size());
        if (!found || m_context.stop.stop_requested())
            return false;
        line = *found;
        return true;
    }

    void begin(std::uint64_t offset)
    {
        end();
        m_command.clear();
        m_offset = offset;
        m_is_open = true;
    }
    void add(std::string_view text, std::uint64_t end)
    {
        if (m_command.size() + text.size() <= command_bytes_max)
            m_command += text;
        else
            m_command += text.substr(0, command_bytes_max - std::min(command_bytes_max, m_command.size()));
        m_end = end;
    }
    void end()
    {
        if (m_is_open && !trim(m_command).empty()) {
            LinuxShellHistoryRow row;
            auto const command = utf8::repaired(m_command);
            row.number = ++m_number;
            if (m_seconds)
                row.at = Timestamp::from_unix_seconds(*m_seconds);
            row.program = m_program;
            if (!m_user.empty())
                row.user = m_user;
            row.command = command;
            row.path = m_evidence.name;
            row.seconds = m_duration;
            m_context.traces.emit(linux_shell_history_schema, { m_offset, m_end - m_offset, false }, row);
        }
        m_is_open = false;
        m_seconds.reset();
        m_duration.reset();
    }

    void read_bash()
    {
        Line line;
        bool has_stamp = false, is_first = true;
        while (next(line)) {
            auto const stamp = line.text.starts_with('#') ? seconds_of(line.text.substr(1)) : std::nullopt;
            if (stamp) {
                begin(line.offset);
                m_seconds = stamp;
                has_stamp = true;
                is_first = true;
                m_end = line.end;
            } else if (!has_stamp || !m_is_open) {
                begin(line.offset);
                add(line.text, line.end);
                if (!has_stamp)
                    end();
            } else { // with stamps, all up to the next one is one command
                add(is_first ? "" : "\n", line.end);
                add(line.text, line.end);
                is_first = false;
            }
        }
        end();
    }

    // Bytes from 0x83 on are stored as 0x83 and the byte with bit 5 flipped [zsh utils.c, metafy].
    static std::string unmetafied(std::string_view text)
    {
        std::string plain;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\x83' && i + 1 < text.size())
                plain += static_cast<char>(static_cast<unsigned char>(text[++i]) ^ 32U);
            else
                plain += text[i];
        }
        return plain;
    }

    void read_zsh()
    {
        Line line;
        while (next(line)) {
            begin(line.offset);
            auto text = line.text;
            if (auto const colon = text.find(':', 1), mark = text.find(';'); text.starts_with(": ")
                && colon != std::string_view::npos && mark != std::string_view::npos && colon < mark) {
                m_seconds = seconds_of(trim(text.substr(2, colon - 2)));
                if (auto const ran = parse_uint(text.substr(colon + 1, mark - colon - 1)); ran && *ran <= UINT32_MAX)
                    m_duration = static_cast<std::uint32_t>(*ran);
                text.remove_prefix(mark + 1);
            }
            add(unmetafied(text), line.end);
            while (m_command.ends_with('\\') && next(line)) {
                m_command.pop_back();
                add("\n", line.end);
                add(unmetafied(line.text), line.end);
            }
            end();
        }
    }

    void read_fish()
    {
        Line line;
        while (next(line)) {
            if (line.text.starts_with("- cmd: ")) {
                begin(line.offset);
                auto const text = line.text.substr(7);
                std::string plain;
                for (std::size_t i = 0; i < text.size(); ++i) {
                    bool const is_escape = text[i] == '\\' && i + 1 < text.size();
                    plain += is_escape ? (text[++i] == 'n' ? '\n' : text[i]) : text[i];
                }
                add(plain, line.end);
            } else if (line.text.starts_with("  when: ")) {
                m_seconds = seconds_of(trim(line.text.substr(8)));
                m_end = line.end;
            } else if (m_is_open && line.text.starts_with("  ")) {
                m_end = line.end;
            }
        }
        end();
    }

    // Command lines (:), searches (/ ?) and what was typed at prompts (@), their time in a line of its own behind them.
    void read_viminfo()
    {
        Line line;
        bool is_history = false;
        while (next(line)) {
            if (line.text.starts_with('#')) {
                end();
                is_history = line.text.find("History") != std::string_view::npos;
            } else if (is_history && !line.text.empty()
                && std::string_view(":/?=@").find(line.text[0]) != std::string_view::npos) {
                begin(line.offset);
                add(line.text[0] == '?' && line.text.substr(1, 1) == "/" ? line.text.substr(1) : line.text, line.end);
            } else if (m_is_open && line.text.starts_with("|2,")) {
                auto const parts = split(line.text, ',');
                m_seconds = parts.size() > 2 ? seconds_of(parts[2]) : std::nullopt;
                m_end = line.end;
                end();
            } else if (!line.text.starts_with('|')) {
                end();
            }
        }
        end();
    }

    void read_less()
    {
        Line line;
        while (next(line)) {
            if (!line.text.starts_with('"'))
                continue; // ".less-history-file:", ".search", ".shell", marks
            begin(line.offset);
            add(line.text.substr(1), line.end);
            end();
        }
    }

    // "\040" of libedit.
    static std::string without_octal(std::string_view text)
    {
        std::string plain;
        for (std::size_t i = 0; i < text.size(); ++i) {
            auto const is_octal
                = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '7'; };
            if (text[i] == '\\' && is_octal(i + 1) && text[i + 1] <= '3' && is_octal(i + 2) && is_octal(i + 3)) {
                plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
                i += 3;
            } else {
                plain += text[i] == '\1' ? '\n' : text[i]; // psql keeps line ends so
            }
        }
        return plain;
    }

    void read_lines()
    {
        Line line;
        bool const is_libedit = m_file.starts_with("_HiStOrY_V2_");
        while (next(line)) {
            if (line.text == "_HiStOrY_V2_" || line.text.empty())
                continue;
            begin(line.offset);
            add(is_libedit || m_program == "psql" ? without_octal(line.text) : std::string(line.text), line.end);
            end();
        }
    }

    EvidenceView const& m_evidence;
    ParseContext& m_context;
    std::string_view m_file, m_program, m_user;
    std::uint64_t m_position = 0;
    std::string m_command;
    std::uint64_t m_offset = 0, m_end = 0;
    bool m_is_open = false;
    std::optional<std::int64_t> m_seconds;
    std::optional<std::uint32_t> m_duration;
    std::uint32_t m_number = 0;
};

void parse(EvidenceView const& evidence, ParseContext& context)
{
    Histories(evidence, context).run();
}

constexpr std::array<Schema const*, 1> schemas { &linux_shell_history_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_shell_history",
    .title = "Histories of shells and interactive programs on Linux",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
