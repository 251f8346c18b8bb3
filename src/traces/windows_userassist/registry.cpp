#include "traces/windows_userassist/registry.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include <array>

namespace konseki::windows_userassist {

namespace {

constexpr std::string_view lists_path = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\UserAssist";
constexpr std::size_t old_entry_bytes = 16; // 2000 to Vista
constexpr std::size_t new_entry_bytes = 72; // since 7
constexpr std::uint32_t old_count_start = 5; // version 3 counts from 5

struct KnownFolder {
    std::string_view id; // upper case
    std::string_view name;
};
constexpr std::array<KnownFolder, 18> known_folders { {
    { "{F38BF404-1D43-42F2-9305-67DE0B28FC23}", "%windir%" },
    { "{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}", "%windir%\\System32" },
    { "{D65231B0-B2F1-4857-A4CE-A8E7C6EA7D27}", "%windir%\\SysWOW64" },
    { "{6D809377-6AF0-444B-8957-A3773F02200E}", "%ProgramFiles%" },
    { "{7C5A40EF-A0FB-4BFC-874A-C0F2E0B9FA8E}", "%ProgramFiles(x86)%" },
    { "{905E63B6-C1BF-494E-B29C-65B732D3D21A}", "%ProgramFiles%" },
    { "{F7F1ED05-9F6D-47A2-AAAE-29D317C6F066}", "%CommonProgramFiles%" },
    { "{A77F5D77-2E2B-44C3-A6A2-ABA601054A51}", "%APPDATA%\\Microsoft\\Windows\\Start Menu\\Programs" },
    { "{0139D44E-6AFE-49F2-8690-3DAFCAE6FFB8}", "%ProgramData%\\Microsoft\\Windows\\Start Menu\\Programs" },
    { "{9E3995AB-1F9C-4F13-B827-48B24B6C7174}", "%APPDATA%\\Microsoft\\Internet Explorer\\Quick Launch\\User Pinned" },
    { "{B4BFCC3A-DB2C-424C-B029-7FE99A87C641}", "%USERPROFILE%\\Desktop" },
    { "{C4AA340D-F20F-4863-AFEF-F87EF2E6BA25}", "%PUBLIC%\\Desktop" },
    { "{374DE290-123F-4565-9164-39C4925E467B}", "%USERPROFILE%\\Downloads" },
    { "{FDD39AD0-238F-46AF-ADB4-6C85480369C7}", "%USERPROFILE%\\Documents" },
    { "{F1B32785-6FBA-4FCF-9D55-7B8E7F157091}", "%LOCALAPPDATA%" },
    { "{3EB685DB-65F9-4CF6-A03A-E3EF65729F3D}", "%APPDATA%" },
    { "{5E6C858F-0E22-4760-9AFE-EA3317B67173}", "%USERPROFILE%" },
    { "{62AB5D82-FDC1-4DC3-A9DD-070D1D495D97}", "%ProgramData%" },
} };

// Windows' own bookkeeping beside the entries: session start and sums, not programs.
bool is_control(std::string_view name)
{
    return name.starts_with("UEME_CTLSESSION") || name.starts_with("UEME_CTLCUACount");
}

void read_old(ByteView content, EntryRow& row)
{
    ByteReader reader { content };
    row.session = reader.u32("userassist.session");
    auto const count = reader.u32("userassist.run_count");
    row.run_count = count >= old_count_start ? count - old_count_start : count;
    row.last_run_at = Timestamp::from_filetime(reader.u64("userassist.last_run_at"));
}

void read_new(ByteView content, EntryRow& row)
{
    ByteReader reader { content };
    reader.skip(4, "userassist.session");
    row.run_count = reader.u32("userassist.run_count");
    row.focus_count = reader.u32("userassist.focus_count");
    row.focus_ms = reader.u32("userassist.focus_ms");
    reader.seek(60, "userassist.last_run_at");
    row.last_run_at = Timestamp::from_filetime(reader.u64("userassist.last_run_at"));
}

struct List {
    regf::Key const& count_key;
    std::string const& name;
    std::uint32_t version = 0;
};

void parse_entry(HiveView const& view, List const& list, regf::Value const& value, ParseContext& context)
{
    auto const name = rot13(value.name);
    if (is_control(name) || value.name.empty())
        return;
    auto const path = with_known_folder(name);
    EntryRow row;
    row.user = view.user;
    row.path = path;
    row.name = name;
    row.list = std::string_view(list.name);
    row.format_version = list.version;
    row.key_written_at = list.count_key.written_at;
    if (value.content.size() >= new_entry_bytes)
        read_new(value.content, row);
    else if (value.content.size() == old_entry_bytes)
        read_old(value.content, row);
    else if (!value.content.empty())
        context.diagnostics.report({ { ErrorCode::bad_value, "userassist.entry.size", value.offset, new_entry_bytes,
                                         value.content.size(), {} },
            0 });
    context.traces.emit(entry_schema, origin_of(value), row);
}

void parse(HiveView const& view, ParseContext& context)
{
    auto const lists = view.hive.find(lists_path);
    if (!lists)
        return;
    for (auto const& list : view.hive.subkeys(*lists, context.diagnostics)) {
        auto const count_key = view.hive.subkey(list, "Count");
        if (!count_key)
            continue;
        auto const version_value = view.hive.value(list, "Version");
        auto const version = version_value ? regf::value_number(*version_value) : std::nullopt;
        List const read { *count_key, list.name, static_cast<std::uint32_t>(version.value_or(0)) };
        for (auto const& value : view.hive.values(*count_key, context.diagnostics))
            parse_entry(view, read, value, context);
    }
}

constexpr std::array<Schema const*, 1> emitted { &entry_schema.erased };

}

std::string rot13(std::string_view text)
{
    std::string plain { text };
    for (auto& c : plain) {
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>('a' + (c - 'a' + 13) % 26);
        else if (c >= 'A' && c <= 'Z')
            c = static_cast<char>('A' + (c - 'A' + 13) % 26);
    }
    return plain;
}

std::string with_known_folder(std::string_view name)
{
    constexpr std::size_t guid_size = 38;
    if (name.size() < guid_size || name.front() != '{')
        return std::string(name);
    for (auto const& folder : known_folders) {
        if (equals_ignoring_case(name.substr(0, guid_size), folder.id))
            return std::string(folder.name) + std::string(name.substr(guid_size));
    }
    return std::string(name);
}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_userassist",
    .title = "UserAssist: programs started through the shell",
    .emits = emitted,
    .kinds = static_cast<std::uint32_t>(HiveKind::user),
    .parse = parse,
};

}
