#include "traces/linux_cron/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/timestamp.hpp"
#include "traces/linux_script.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_cron {

namespace {

// Environment lines that change what a job runs.
constexpr std::array<std::string_view, 9> telling_variables { "SHELL", "PATH", "HOME", "BASH_ENV", "ENV", "LD_PRELOAD",
    "LD_AUDIT", "LD_LIBRARY_PATH", "PYTHONPATH" };
constexpr std::array<std::string_view, 9> nicknames { "@reboot", "@yearly", "@annually", "@monthly", "@weekly",
    "@daily", "@midnight", "@hourly", "@every_minute" };

bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// NAME=value with blanks around "=" allowed, the name perhaps quoted.
std::optional<std::pair<std::string_view, std::string_view>> variable_of(std::string_view line)
{
    auto const equals = line.find('=');
    if (equals == std::string_view::npos)
        return std::nullopt;
    auto const name = without_quotes(trim(line.substr(0, equals)));
    if (name.empty() || !std::ranges::all_of(name, is_name_char) || (name[0] >= '0' && name[0] <= '9'))
        return std::nullopt;
    return std::pair { name, without_quotes(trim(line.substr(equals + 1))) };
}

bool is_field(std::string_view word)
{
    return !word.empty() && std::ranges::all_of(word, [](char c) {
        return is_name_char(c) || std::string_view("*,/-~?#").find(c) != std::string_view::npos;
    }) && (word.find_first_of("*0123456789?~") != std::string_view::npos || word.size() >= 3);
}

// Cron passes such files over: [cron(8)] of Debian and of cronie agree on these.
bool is_passed_over(std::string_view file)
{
    return file.starts_with('.') || file.ends_with('~') || file.find(".dpkg-") != std::string_view::npos
        || file.ends_with(".rpmsave") || file.ends_with(".rpmorig") || file.ends_with(".rpmnew")
        || (file.starts_with('#') && file.ends_with('#'));
}

Sniff sniff(ByteView head, std::string_view name)
{
    using G = LinuxGrammar;
    auto const answer
        = sniff_linux(head, name, { G::cron_system, G::cron_user, G::anacron, G::at_job, G::cron_permission });
    // Spools hold a lock and a number, too.
    auto const file = file_name_of(name);
    return file == ".SEQ" || file == ".lockfile" || file == ".placeholder" ? Sniff::no : answer;
}

// The first % that no backslash precedes ends the command; the rest is its input, % standing for line ends.
std::pair<std::string, std::string> parted_at_percent(std::string_view text)
{
    std::pair<std::string, std::string> parts;
    bool is_input = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto& target = is_input ? parts.second : parts.first;
        if (text[i] == '\\' && text.substr(i + 1, 1) == "%") {
            target += '%';
            ++i;
        } else if (text[i] == '%') {
            if (is_input)
                target += '\n';
            is_input = true;
        } else {
            target += text[i];
        }
    }
    return parts;
}

class CrontabReader {
public:
    CrontabReader(EvidenceView const& evidence, ParseContext& context)
        : m_rows(evidence, context)
        , m_bytes(evidence.bytes)
        , m_file(file_name_of(m_rows.file().path))
    {
    }

    void run()
    {
        TextLines lines { m_bytes };
        TextLine line;
        while (lines.next(line) && !m_rows.is_stopped()) {
            auto const text = trim(line.text);
            if (text.empty() || text.front() == '#')
                continue;
            if (m_rows.grammar() == LinuxGrammar::cron_permission)
                m_rows.setting(line.place, { .section = {}, .name = m_file, .value = text, .user = text });
            else if (auto const variable = variable_of(text))
                read_variable(line, variable->first, variable->second);
            else
                read_job(line, text);
        }
    }

private:
    void read_variable(TextLine const& line, std::string_view name, std::string_view value)
    {
        m_rows.setting(line.place, { .section = "environment", .name = name, .value = value, .user = owner() });
        if (std::ranges::find(telling_variables, name) == telling_variables.end())
            return;
        if (!m_environment.empty())
            m_environment += ' ';
        append_format(m_environment, "{}={}", name, at_most(value));
        m_environment.resize(std::min(m_environment.size(), repeated_bytes_max)); // it stands in every row below
        if (name.starts_with("LD_"))
            m_rows.autostart(line.place,
                { .name = m_file,
                    .schedule = "environment",
                    .command = format("{}={}", name, value),
                    .detail = {},
                    .user = owner(),
                    .location = "L13",
                    .kind = "preload" });
    }

    std::string_view owner() const
    {
        return m_rows.grammar() == LinuxGrammar::cron_user ? m_file : std::string_view {};
    }

    void read_job(TextLine const& line, std::string_view text)
    {
        auto rest = text;
        bool const is_anacron = m_rows.grammar() == LinuxGrammar::anacron;
        auto const schedule = is_anacron ? take_anacron_schedule(rest) : take_schedule(rest);
        if (!schedule)
            return m_rows.report(ErrorCode::bad_value, "linux.cron.line", line.place);
        std::string_view user = is_anacron ? "root" : owner();
        auto name = m_file;
        if (is_anacron)
            name = take_word(rest);
        else if (m_rows.grammar() == LinuxGrammar::cron_system)
            user = take_word(rest);
        auto const command = trim(rest);
        if (command.empty())
            return m_rows.report(ErrorCode::bad_value, "linux.cron.command", line.place);
        emit_job(line, *schedule, user, name, command);
    }

    static std::optional<std::string_view> take_schedule(std::string_view& rest)
    {
        auto const begin = rest;
        auto first = take_word(rest);
        if (first.starts_with('@')) {
            bool const is_known = std::ranges::find(nicknames, ascii_lower(first)) != nicknames.end();
            return is_known || first.size() > 1 ? std::optional(first) : std::nullopt;
        }
        if (first.starts_with('-')) // SUSE: no line in the log
            first.remove_prefix(1);
        for (int i = 0; i < 5; ++i) {
            if (!is_field(first))
                return std::nullopt;
            if (i < 4)
                first = take_word(rest);
        }
        return begin.substr(0, begin.size() - rest.size());
    }

    static std::optional<std::string_view> take_anacron_schedule(std::string_view& rest)
    {
        auto const begin = rest;
        auto const period = take_word(rest);
        auto const delay = take_word(rest);
        if (!parse_uint(delay) || (!parse_uint(period) && !period.starts_with('@')))
            return std::nullopt;
        return begin.substr(0, begin.size() - rest.size());
    }

    void emit_job(TextLine const& line, std::string_view schedule, std::string_view user, std::string_view name,
        std::string_view text)
    {
        auto const [command, input] = parted_at_percent(text);
        auto detail = shell_detail(look_at_shell(command + ' ' + input).shapes);
        if (!input.empty())
            add_part(detail, "stdin: " + input);
        add_part(detail, m_environment);
        // A carriage return in a line writes over what stood before it in a terminal.
        if (line.text.find_first_of("\r\x1b\b\v\f") != std::string_view::npos)
            add_part(detail, "control characters");
        bool const is_off = is_passed_over(m_file);
        if (is_off)
            add_part(detail, "passed over because of its name");
        m_rows.autostart(line.place,
            { .name = name,
                .schedule = schedule,
                .command = command,
                .detail = detail,
                .user = user,
                .is_enabled = is_off ? std::optional(false) : std::nullopt });
    }

    LinuxRows m_rows;
    ByteView m_bytes;
    std::string_view m_file;
    std::string m_environment; // of the lines so far
};

// [at(1), atd] The file name: queue, 5 hexadecimal digits of the number, 8 of the minute since 1970.
struct AtName {
    std::string_view queue;
    std::uint64_t number = 0, minute = 0;
};
std::optional<AtName> at_name_of(std::string_view file)
{
    if (file.size() != 14)
        return std::nullopt;
    auto const number = parse_uint(format("0x{}", file.substr(1, 5)));
    auto const minute = parse_uint(format("0x{}", file.substr(6)));
    if (!number || !minute)
        return std::nullopt;
    return AtName { file.substr(0, 1), *number, *minute };
}

struct AtHeader {
    std::string user, uid, folder, environment;
    std::size_t commands_offset = 0;
    std::uint32_t commands_line = 1;
};

// The header that at writes: "# atrun uid=0 gid=0", "# mail root 0", umask, one assignment per variable, and
// "cd FOLDER || { … }". What follows are the commands.
AtHeader read_at_header(ByteView bytes)
{
    AtHeader header;
    TextLines lines { bytes };
    TextLine line;
    bool is_in_folder_block = false;
    while (lines.next(line)) {
        auto const text = trim(line.text);
        auto const after = line.place.offset + line.text.size() + 1;
        if (is_in_folder_block) {
            if (text != "}")
                continue;
            header.commands_offset = after;
            header.commands_line = line.place.line + 1;
            return header;
        }
        if (auto const uid = text.find("uid="); text.starts_with("# atrun") && uid != std::string_view::npos) {
            auto rest = text.substr(uid + 4);
            header.uid = take_word(rest);
        } else if (text.starts_with("# mail ")) {
            auto rest = text.substr(7);
            header.user = take_word(rest);
        } else if (text.starts_with("cd ") && text.ends_with("{")) {
            auto rest = text.substr(3);
            header.folder = take_word(rest);
            is_in_folder_block = true;
        } else if (text.starts_with("LD_") || text.starts_with("BASH_ENV=")) {
            if (!header.environment.empty())
                header.environment += ' ';
            header.environment += text.substr(0, text.find(';'));
        } else if (!text.empty() && !text.starts_with('#') && !text.starts_with("umask")
            && text.find("; export ") == std::string_view::npos) {
            header.commands_offset = line.place.offset; // no "cd": not written by at
            header.commands_line = line.place.line;
            return header;
        }
    }
    header.commands_offset = bytes.size();
    return header;
}

// Newer versions hand the commands to the shell as a here-document.
std::string_view without_here_document(std::string_view text)
{
    auto const body = trim(text);
    auto const end = std::min(body.find('\n'), body.size());
    auto const first = body.substr(0, end);
    auto const sign = first.find("<<");
    if (sign == std::string_view::npos || end == body.size())
        return body;
    auto const word = without_quotes(trim(first.substr(sign + 2)));
    auto inner = trim(body.substr(end + 1));
    if (!word.empty() && inner.ends_with(word))
        inner = trim(inner.substr(0, inner.size() - word.size()));
    return inner;
}

void parse_at(EvidenceView const& evidence, ParseContext& context)
{
    LinuxRows rows { evidence, context };
    auto const name = at_name_of(file_name_of(rows.file().path));
    auto const header = read_at_header(evidence.bytes);
    auto const text = as_text(evidence.bytes);
    auto const offset = std::min(header.commands_offset, text.size());
    auto const command = without_here_document(text.substr(offset));
    if (command.empty()) {
        if (!text.empty())
            rows.report(ErrorCode::truncated, "linux.at.commands", { 0, text.size(), 1 });
        return;
    }
    auto detail = shell_detail(look_at_shell(command).shapes);
    add_part(detail, header.folder.empty() ? std::string() : "cd " + header.folder);
    add_part(detail, header.environment);
    add_part(detail, header.uid.empty() ? std::string() : "uid=" + header.uid);
    auto const number = name ? format("{}{}", name->queue, name->number) : std::string();
    constexpr std::uint64_t minutes_max = 0xFFFFFFFF;
    auto const schedule = name && name->minute <= minutes_max
        ? to_string(Timestamp::from_unix_seconds(static_cast<std::int64_t>(name->minute * 60)))
        : std::string();
    rows.autostart({ offset, text.size() - offset, header.commands_line },
        { .name = number,
            .schedule = schedule,
            .command = command,
            .detail = detail,
            .user = header.uid == "0" ? std::string_view("root") : std::string_view(header.user) });
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    auto const found = linux_path_of(evidence.name);
    if (found.place != nullptr && found.place->grammar == LinuxGrammar::at_job)
        parse_at(evidence, context);
    else
        CrontabReader(evidence, context).run();
}

constexpr std::array<Schema const*, 2> schemas { &linux_autostart_schema.erased, &linux_setting_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_cron",
    .title = "cron and at jobs",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
