#include "traces/windows_explorer_mru/registry.hpp"
#include "bytes/utf16.hpp"
#include "formats/lnk/lnk.hpp"
#include "traces/registry_keys.hpp"
#include "traces/registry_mru.hpp"
#include <array>

namespace konseki::windows_explorer_mru {

namespace {

enum class Form : std::uint8_t {
    text, // a string; RunMRU ends it with "\1"
    numbered, // url1, url2 …: the number is the order
    binary_text, // UTF-16 in REG_BINARY
    name_and_link, // name, then the shell item of the link in Recent
    items, // a list of shell items
    program_and_items,
    program_and_path, // both text, before Vista
    office, // [F00000000][T01D0…][O00000000]*path
};

struct List {
    std::string_view name;
    std::string_view path; // below "Software\"; the part that "*" stands for names the group
    Form form = Form::text;
};

constexpr std::array<List, 27> lists { {
    { "RunMRU", "Microsoft\\Windows\\CurrentVersion\\Explorer\\RunMRU", Form::text },
    { "TypedPaths", "Microsoft\\Windows\\CurrentVersion\\Explorer\\TypedPaths", Form::numbered },
    { "TypedURLs", "Microsoft\\Internet Explorer\\TypedURLs", Form::numbered },
    { "RecentDocs", "Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs", Form::name_and_link },
    { "RecentDocs", "Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs\\*", Form::name_and_link },
    { "OpenSavePidlMRU", "Microsoft\\Windows\\CurrentVersion\\Explorer\\ComDlg32\\OpenSavePidlMRU\\*", Form::items },
    { "OpenSaveMRU", "Microsoft\\Windows\\CurrentVersion\\Explorer\\ComDlg32\\OpenSaveMRU", Form::text },
    { "OpenSaveMRU", "Microsoft\\Windows\\CurrentVersion\\Explorer\\ComDlg32\\OpenSaveMRU\\*", Form::text },
    { "LastVisitedPidlMRU", "Microsoft\\Windows\\CurrentVersion\\Explorer\\ComDlg32\\LastVisitedPidlMRU",
        Form::program_and_items },
    { "LastVisitedPidlMRULegacy", "Microsoft\\Windows\\CurrentVersion\\Explorer\\ComDlg32\\LastVisitedPidlMRULegacy",
        Form::program_and_items },
    { "FilePicker LastVisitedPidlMRU",
        "Microsoft\\Windows\\CurrentVersion\\Explorer\\TWinUI\\FilePicker\\LastVisitedPidlMRU",
        Form::program_and_items },
    { "LastVisitedMRU", "Microsoft\\Windows\\CurrentVersion\\Explorer\\ComDlg32\\LastVisitedMRU",
        Form::program_and_path },
    { "CIDSizeMRU", "Microsoft\\Windows\\CurrentVersion\\Explorer\\ComDlg32\\CIDSizeMRU", Form::program_and_path },
    { "FirstFolder", "Microsoft\\Windows\\CurrentVersion\\Explorer\\ComDlg32\\FirstFolder", Form::program_and_path },
    { "WordWheelQuery", "Microsoft\\Windows\\CurrentVersion\\Explorer\\WordWheelQuery", Form::binary_text },
    { "WordWheelQuery", "Microsoft\\Windows\\CurrentVersion\\Explorer\\WordWheelQuery\\*", Form::binary_text },
    { "ACMru", "Microsoft\\Search Assistant\\ACMru\\*", Form::text },
    { "Map Network Drive MRU", "Microsoft\\Windows\\CurrentVersion\\Explorer\\Map Network Drive MRU", Form::text },
    { "StreamMRU", "Microsoft\\Windows\\CurrentVersion\\Explorer\\StreamMRU", Form::items },
    { "Wordpad", "Microsoft\\Windows\\CurrentVersion\\Applets\\Wordpad\\Recent File List", Form::text },
    { "Paint", "Microsoft\\Windows\\CurrentVersion\\Applets\\Paint\\Recent File List", Form::text },
    { "Media Player", "Microsoft\\MediaPlayer\\Player\\RecentFileList", Form::text },
    { "Regedit", "Microsoft\\Windows\\CurrentVersion\\Applets\\Regedit", Form::text },
    { "Office File MRU", "Microsoft\\Office\\*\\*\\File MRU", Form::office },
    { "Office Place MRU", "Microsoft\\Office\\*\\*\\Place MRU", Form::office },
    { "Office File MRU", "Microsoft\\Office\\*\\*\\User MRU\\*\\File MRU", Form::office },
    { "Office Place MRU", "Microsoft\\Office\\*\\*\\User MRU\\*\\Place MRU", Form::office },
} };

bool is_order(std::string_view name)
{
    return name.empty() || equals_ignoring_case(name, "MRUListEx") || equals_ignoring_case(name, "MRUList");
}

// What the text of an entry rests on while its row is written.
struct Texts {
    std::string text, program, link_name;
};

void take_items(std::vector<lnk::ShellItem> const& items, EntryRow& row, Texts& texts)
{
    if (items.empty())
        return;
    texts.text = lnk::path_of(items);
    auto const& last = items.back();
    row.item_created_at = last.created_at;
    row.item_modified_at = last.modified_at;
    row.item_accessed_at = last.accessed_at;
    if (last.mft_reference)
        row.mft_record = *last.mft_reference & 0xffff'ffff'ffffULL;
}

// UTF-16 up to its zero; what follows is put into `rest`.
std::string leading_text(ByteView content, ByteView& rest)
{
    auto const text = until_zero_utf16(content);
    rest = content.subspan(std::min<std::size_t>(text.size() + 2, content.size()));
    return utf8_from_utf16le(text);
}

// "[F00000000][T01CB0B51F7B1E600][O00000000]*C:\…": T is the FILETIME of the last opening.
void take_office(std::string_view text, EntryRow& row, Texts& texts)
{
    auto const star = text.find('*');
    auto const time = text.find("[T");
    if (time != std::string_view::npos && time + 18 < text.size() && (star == std::string_view::npos || time < star)) {
        if (auto const ticks = parse_uint("0x" + std::string(text.substr(time + 2, 16))))
            row.used_at = Timestamp::from_filetime(*ticks);
    }
    texts.text = star == std::string_view::npos ? text : text.substr(star + 1);
}

class Reader {
public:
    Reader(HiveView const& view, ParseContext& context)
        : m_view(view)
        , m_context(context)
    {
    }

    void read(List const& list)
    {
        auto const path = "Software\\" + std::string(list.path);
        for (auto const& found : keys_at(m_view.hive, path, m_context.diagnostics)) {
            RegistryValues const values { m_view.hive, found.key, m_context.diagnostics };
            auto const order = mru_order(values);
            auto const times = list.name == "TypedURLs"
                ? m_view.hive.find("Software\\Microsoft\\Internet Explorer\\TypedURLsTime")
                : std::nullopt;
            auto const group = group_of(list, found.path);
            for (auto const& value : values.all()) {
                if (!is_wanted(list, value))
                    continue;
                EntryRow row;
                row.user = m_view.user;
                row.list = list.name;
                row.group = unless_empty(group);
                row.position = position_of(list, order, value.name);
                row.slot = value.name;
                row.key_path = found.path;
                row.key_written_at = found.key.written_at;
                if (times)
                    row.used_at = time_of(*times, value.name);
                emit(list.form, value, row);
            }
        }
    }

private:
    static bool is_wanted(List const& list, regf::Value const& value)
    {
        if (list.name == "Regedit")
            return equals_ignoring_case(value.name, "LastKey");
        if (list.form == Form::office)
            return ascii_lower(value.name).starts_with("item ");
        return !is_order(value.name) && !value.content.empty();
    }

    static std::optional<std::uint32_t> position_of(
        List const& list, std::vector<std::string> const& order, std::string_view name)
    {
        if (!order.empty())
            return mru_position(order, name);
        if (list.form != Form::numbered && list.form != Form::office && list.name != "Wordpad" && list.name != "Paint")
            return std::nullopt;
        auto const digits = name.find_last_not_of("0123456789") + 1; // "url1", "Item 1", "File1"
        auto const number = parse_uint(name.substr(std::min(digits, name.size())));
        return number && *number >= 1 ? as_u32(*number - 1) : std::nullopt;
    }

    // The parts of the path that a "*" stood for.
    static std::string group_of(List const& list, std::string_view path)
    {
        auto const pattern = split(list.path, '\\');
        auto const parts = split(path, '\\');
        std::string group;
        for (std::size_t i = 0; i < pattern.size() && i + 1 < parts.size(); ++i) {
            if (pattern[i] == "*")
                group += (group.empty() ? "" : "\\") + std::string(parts[i + 1]);
        }
        return group;
    }

    Timestamp time_of(regf::Key const& times, std::string_view name) const
    {
        auto const value = m_view.hive.value(times, name);
        auto const ticks = value ? regf::value_number(*value) : std::nullopt;
        return Timestamp::from_filetime(ticks.value_or(0));
    }

    void emit(Form form, regf::Value const& value, EntryRow row)
    {
        Texts texts;
        ByteView rest;
        switch (form) {
        case Form::text:
        case Form::numbered:
            texts.text = regf::value_text(value);
            if (texts.text.ends_with("\\1") && row.list.text == "RunMRU")
                texts.text.resize(texts.text.size() - 2);
            break;
        case Form::binary_text: texts.text = leading_text(value.content, rest); break;
        case Form::name_and_link:
            texts.text = leading_text(value.content, rest);
            if (auto const items = items_of(rest, value); !items.empty())
                texts.link_name = items.front().name;
            break;
        case Form::items: take_items(items_of(value.content, value), row, texts); break;
        case Form::program_and_items:
            texts.program = leading_text(value.content, rest);
            take_items(items_of(rest, value), row, texts);
            break;
        case Form::program_and_path:
            texts.program = leading_text(value.content, rest);
            texts.text = leading_text(rest, rest);
            break;
        case Form::office: take_office(regf::value_text(value), row, texts); break;
        }
        row.text = unless_empty(texts.text);
        row.program = unless_empty(texts.program);
        row.link_name = unless_empty(texts.link_name);
        m_context.traces.emit(entry_schema, origin_of(value), row);
    }

    std::vector<lnk::ShellItem> items_of(ByteView list, regf::Value const& value)
    {
        return lnk::read_items(list, value.offset, m_context.diagnostics);
    }

    HiveView const& m_view;
    ParseContext& m_context;
};

void parse(HiveView const& view, ParseContext& context)
{
    Reader reader { view, context };
    for (auto const& list : lists) {
        if (!context.stop.stop_requested())
            reader.read(list);
    }
}

constexpr std::array<Schema const*, 1> emitted { &entry_schema.erased };

}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_explorer_mru",
    .title = "What a user typed, searched, opened and saved",
    .emits = emitted,
    .kinds = static_cast<std::uint32_t>(HiveKind::user),
    .parse = parse,
};

}
