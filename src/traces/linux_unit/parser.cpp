#include "traces/linux_unit/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_ini.hpp"
#include <algorithm>
#include <array>
#include <map>

namespace konseki::linux_unit {

namespace {

constexpr std::array<std::string_view, 11> suffixes { "service", "timer", "socket", "path", "target", "mount",
    "automount", "swap", "slice", "scope", "device" };
constexpr std::array<std::string_view, 23> trigger_names { "OnActiveSec", "OnBootSec", "OnStartupSec",
    "OnUnitActiveSec", "OnUnitInactiveSec", "OnCalendar", "OnClockChange", "OnTimezoneChange", "ListenStream",
    "ListenDatagram", "ListenSequentialPacket", "ListenFIFO", "ListenSpecial", "ListenNetlink", "ListenMessageQueue",
    "ListenUSBFunction", "PathExists", "PathExistsGlob", "PathChanged", "PathModified", "DirectoryNotEmpty",
    "OnFailure", "OnSuccess" };
constexpr std::array<std::string_view, 3> loader_variables { "LD_PRELOAD=", "LD_AUDIT=", "LD_LIBRARY_PATH=" };

std::string_view suffix_of(std::string_view name)
{
    auto const dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string_view {} : name.substr(dot + 1);
}

bool is_unit_suffix(std::string_view suffix)
{
    return std::ranges::find(suffixes, suffix) != suffixes.end();
}

// The unit that a file is about: itself, or what its folder NAME.d is named after.
struct UnitName {
    std::string_view name, kind;
    bool is_drop_in = false;
};
std::optional<UnitName> unit_name_of(std::string_view path)
{
    auto const file = file_name_of(path);
    auto const folder = file_name_of(folder_of(path));
    if (file.ends_with(".conf") && folder.ends_with(".d")) {
        auto const unit = folder.substr(0, folder.size() - 2);
        auto const suffix = suffix_of(unit).empty() ? unit : suffix_of(unit); // "service.d" is about all services
        return is_unit_suffix(suffix) ? std::optional(UnitName { unit, suffix, true }) : std::nullopt;
    }
    auto const suffix = suffix_of(file);
    return is_unit_suffix(suffix) ? std::optional(UnitName { file, suffix, false }) : std::nullopt;
}

Sniff sniff(ByteView head, std::string_view name)
{
    auto const answer = sniff_linux(head, name, { LinuxGrammar::unit, LinuxGrammar::systemd_settings });
    if (answer == Sniff::no)
        return answer;
    auto const found = linux_path_of(name);
    return found.place->grammar == LinuxGrammar::unit && !unit_name_of(found.path) ? Sniff::no : answer;
}

void add_line(std::string& text, std::string_view name, std::string_view value)
{
    if (!text.empty())
        text += '\n';
    append_format(text, "{}={}", name, value);
}

void add_word(std::string& text, std::string_view word)
{
    if (word.empty())
        return;
    if (!text.empty())
        text += ' ';
    text += word;
}

// "/bin/a x ; /bin/b": commands of one line are parted by a semicolon that stands alone.
std::vector<std::string_view> commands_of(std::string_view value)
{
    std::vector<std::string_view> commands;
    while (!value.empty()) {
        auto const sign = value.find(" ; ");
        commands.push_back(trim(value.substr(0, sign)));
        value = sign == std::string_view::npos ? std::string_view {} : value.substr(sign + 3);
    }
    return commands;
}

class UnitReader {
public:
    UnitReader(EvidenceView const& evidence, ParseContext& context)
        : m_rows(evidence, context)
        , m_bytes(evidence.bytes)
    {
    }

    void run()
    {
        auto const entries = read_ini(m_bytes, IniGrammar::systemd, m_rows);
        if (m_rows.grammar() == LinuxGrammar::systemd_settings)
            emit_settings(entries);
        else if (auto const name = unit_name_of(m_rows.file().path))
            read_unit(*name, entries);
    }

private:
    void emit_settings(std::span<IniEntry const> entries)
    {
        auto const file = file_name_of(m_rows.file().path);
        bool const is_journal = m_rows.file().path.find("journal") != std::string::npos;
        for (auto const& entry : entries) {
            m_rows.setting(entry.place,
                { .section = entry.section,
                    .name = entry.name,
                    .value = entry.value,
                    .user = {},
                    .location = is_journal ? "L44" : "L01" });
            if (entry.name == "DefaultEnvironment" || entry.name == "ManagerEnvironment")
                emit_preloads(entry, file);
        }
    }

    void read_unit(UnitName const& name, std::span<IniEntry const> entries)
    {
        m_name = name;
        m_is_user = m_rows.file().place->location == "L03" || !m_rows.file().user.empty()
            || m_rows.file().path.find("/user/") != std::string::npos;
        for (auto const& entry : entries)
            gather(entry);
        m_user = user_of(entries);
        LinuxUnitRow row;
        row.name = name.name;
        row.description = last_value(entries, "Unit", "Description");
        row.commands = m_commands;
        row.wanted_by = m_wanted_by;
        row.environment = m_environment;
        row.triggers = m_triggers;
        row.aliases = m_aliases;
        row.kind = name.kind;
        row.scope = m_is_user ? "user" : "system";
        row.user = m_is_user && m_user.empty() ? std::string_view(m_rows.file().user) : m_user;
        row.service_type = last_value(entries, "Service", "Type");
        row.restart = last_value(entries, "Service", "Restart");
        row.is_drop_in = name.is_drop_in;
        m_rows.unit(row, { 0, m_bytes.size(), 1 });
        emit_commands(entries);
        emit_trigger(entries);
        for (auto const& entry : entries) {
            if (entry.name == "Environment")
                emit_preloads(entry, name.name);
        }
    }

    void gather(IniEntry const& entry)
    {
        if (entry.name.starts_with("Exec"))
            add_line(m_commands, entry.name, entry.value);
        else if (entry.name == "WantedBy" || entry.name == "RequiredBy" || entry.name == "UpheldBy")
            add_word(m_wanted_by, entry.value);
        else if (entry.name == "Environment" || entry.name == "EnvironmentFile" || entry.name == "PassEnvironment")
            add_line(m_environment, entry.name, entry.value);
        else if (entry.name == "Alias")
            add_word(m_aliases, entry.value);
        else if (std::ranges::find(trigger_names, entry.name) != trigger_names.end())
            add_line(m_triggers, entry.name, entry.value);
    }

    std::string_view user_of(std::span<IniEntry const> entries) const
    {
        if (auto const user = last_value(entries, m_name.kind == "service" ? "Service" : "Socket", "User");
            !user.empty())
            return user;
        auto const dynamic = last_value(entries, "Service", "DynamicUser");
        return dynamic == "yes" || dynamic == "true" || dynamic == "1" ? "dynamic" : std::string_view {};
    }

    // Of commands: who runs them though no line says so.
    std::string_view acting_user() const
    {
        if (!m_user.empty() || m_name.is_drop_in)
            return m_user;
        return m_is_user ? std::string_view(m_rows.file().user) : "root";
    }

    std::string detail(std::span<IniEntry const> entries) const
    {
        std::string text;
        for (auto const name : { "Type", "Restart", "WorkingDirectory", "RootDirectory", "TTYPath" }) {
            if (auto const value = last_value(entries, "Service", name); !value.empty())
                add_word(text, format("{}={}", name, at_most(value)));
        }
        if (!m_wanted_by.empty())
            add_word(text, format("WantedBy={}", at_most(m_wanted_by)));
        return text;
    }

    void emit_commands(std::span<IniEntry const> entries)
    {
        auto const of_unit = detail(entries);
        std::map<std::string_view, std::size_t> resets; // name -> where it was last emptied
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (entries[i].value.empty())
                resets[entries[i].name] = i;
        }
        for (std::size_t i = 0; i < entries.size() && !m_rows.is_stopped(); ++i) {
            auto const& entry = entries[i];
            if (!entry.name.starts_with("Exec") || entry.value.empty() || entry.value.front() == '{')
                continue;
            // [systemd.service(5)] The empty string takes back all commands of that name before it.
            auto const reset = resets.find(entry.name);
            bool const is_taken_back = reset != resets.end() && reset->second > i;
            for (auto const command : commands_of(entry.value))
                emit_command(entry, command, of_unit, is_taken_back);
        }
    }

    void emit_command(IniEntry const& entry, std::string_view command, std::string_view of_unit, bool is_taken_back)
    {
        auto const begin = std::min(command.find_first_not_of("@-:+!|"), command.size());
        auto what = std::string(of_unit);
        if (begin != 0)
            add_word(what, format("marks={}", command.substr(0, begin)));
        if (is_taken_back)
            add_word(what, "taken back later in the file");
        m_rows.autostart(entry.place,
            { .name = m_name.name,
                .schedule = entry.name,
                .command = command.substr(begin),
                .detail = what,
                .user = acting_user(),
                .kind = "unit",
                .is_enabled = is_taken_back ? std::optional(false) : std::nullopt });
    }

    void emit_trigger(std::span<IniEntry const> entries)
    {
        bool const is_timer = m_name.kind == "timer";
        if (!is_timer && m_name.kind != "socket" && m_name.kind != "path")
            return;
        auto const first = std::ranges::find_if(entries,
            [](IniEntry const& entry) { return std::ranges::find(trigger_names, entry.name) != trigger_names.end(); });
        if (first == entries.end() && m_name.is_drop_in)
            return;
        auto const section = is_timer ? "Timer" : m_name.kind == "socket" ? "Socket" : "Path";
        auto started = std::string(last_value(entries, section, m_name.kind == "socket" ? "Service" : "Unit"));
        if (started.empty()) {
            auto const accept = last_value(entries, "Socket", "Accept");
            bool const is_template = accept == "yes" || accept == "true" || accept == "1";
            started = format("{}{}.service", m_name.name.substr(0, m_name.name.rfind('.')), is_template ? "@" : "");
        }
        auto schedule = m_triggers;
        std::ranges::replace(schedule, '\n', ' ');
        m_rows.autostart(first != entries.end() ? first->place : TextPlace { 0, m_bytes.size(), 1 },
            { .name = m_name.name,
                .schedule = schedule,
                .command = started,
                .detail = detail(entries),
                .user = m_is_user ? std::string_view(m_rows.file().user) : std::string_view {},
                .location = m_is_user ? "L03"
                    : is_timer        ? "L02"
                                      : "L04",
                .kind = m_name.kind });
    }

    void emit_preloads(IniEntry const& entry, std::string_view name)
    {
        for (auto const& word : quoted_words(entry.value)) {
            if (std::ranges::none_of(loader_variables, [&](auto variable) { return word.starts_with(variable); }))
                continue;
            m_rows.autostart(entry.place,
                { .name = name,
                    .schedule = entry.name,
                    .command = word,
                    .detail = {},
                    .user = m_user,
                    .location = "L13",
                    .kind = "preload" });
        }
    }

    LinuxRows m_rows;
    ByteView m_bytes;
    UnitName m_name;
    bool m_is_user = false;
    std::string m_commands, m_wanted_by, m_environment, m_triggers, m_aliases;
    std::string_view m_user;
};

void parse(EvidenceView const& evidence, ParseContext& context)
{
    UnitReader(evidence, context).run();
}

constexpr std::array<Schema const*, 3> schemas { &linux_unit_schema.erased, &linux_autostart_schema.erased,
    &linux_setting_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_unit",
    .title = "systemd units",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
