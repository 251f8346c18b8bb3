#include "traces/windows_programs_cache/registry.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include "traces/registry_values.hpp"
#include <array>

namespace konseki::windows_programs_cache {

namespace {

enum class Mark : std::uint8_t { folder, item, end_of_group };

struct Root {
    std::string_view id; // GUID as text, or CSIDL in decimal
    std::string_view name;
};
constexpr std::array<Root, 13> roots { {
    { "2", "%Programs%" },
    { "11", "%StartMenu%" },
    { "16", "%Desktop%" },
    { "22", "%CommonStartMenu%" },
    { "23", "%CommonPrograms%" },
    { "25", "%CommonDesktop%" },
    { "625B53C3-AB48-4EC1-BA1F-A1EF4146FC19", "%StartMenu%" },
    { "A4115719-D62E-491D-AA7C-E74B8BE3B067", "%CommonStartMenu%" },
    { "054FAE61-4DD8-4787-80B6-090220C4B700", "%GameTasks%" },
    { "9E3995AB-1F9C-4F13-B827-48B24B6C7174", "%UserPinned%" },
    { "C4AA340D-F20F-4863-AFEF-F87EF2E6BA25", "%CommonDesktop%" },
    { "CAC52C1A-B53D-4EDC-92D7-6B2E8AC19434", "%Games%" },
    { "B4BFCC3A-DB2C-424C-B029-7FE99A87C641", "%Desktop%" },
} };

std::string root_named(std::string_view id)
{
    for (auto const& root : roots) {
        if (root.id == id)
            return std::string(root.name);
    }
    return std::string(id);
}

std::string joined(std::string_view folder, std::string_view name)
{
    return folder.empty() || name.empty() ? std::string(folder) + std::string(name) : format("{}\\{}", folder, name);
}

class CacheReader {
public:
    CacheReader(ByteView value, std::uint64_t base_offset, DiagnosticSink& diagnostics)
        : m_reader(value, base_offset)
        , m_diagnostics(diagnostics)
    {
    }

    std::vector<Entry> read()
    {
        auto const version = m_reader.u32("programs_cache.version");
        if (version == 1) {
            m_reader.skip(4, "programs_cache.count");
            read_entries({});
        } else if (version == 9 || version == 12 || version == 19) {
            while (!m_reader.failed() && m_reader.remaining() > 0)
                read_entries(version == 9 ? csidl() : guid());
        } else {
            m_reader.fail({ ErrorCode::unsupported, "programs_cache.version", m_reader.offset(), 19, version, {} });
        }
        if (auto const status = m_reader.status(); !status.ok())
            m_diagnostics.report({ status.error(), m_reader.remaining() });
        return std::move(m_entries);
    }

private:
    std::string csidl() { return root_named(format("{}", m_reader.u8("programs_cache.csidl"))); }

    std::string guid()
    {
        std::string text;
        if (auto const bytes = m_reader.take(16, "programs_cache.folder"); bytes.size() == 16)
            append_guid(text, bytes);
        return root_named(text);
    }

    void read_entries(std::string const& root)
    {
        std::string folder;
        for (auto mark = m_reader.u8("programs_cache.mark"); !m_reader.failed();) {
            if (mark == static_cast<std::uint8_t>(Mark::end_of_group))
                return;
            if (mark > static_cast<std::uint8_t>(Mark::end_of_group)) {
                m_reader.fail({ ErrorCode::bad_value, "programs_cache.mark", m_reader.offset(), 2, mark, {} });
                return;
            }
            auto const size = m_reader.u32("programs_cache.entry.size");
            auto const offset = m_reader.offset();
            auto const list = m_reader.take(size, "programs_cache.entry");
            if (m_reader.failed())
                return;
            Entry entry { root, {}, lnk::read_items(list, offset, m_diagnostics), mark == 0 };
            if (entry.is_folder)
                folder = lnk::path_of(entry.items);
            else
                entry.folder = folder;
            m_entries.push_back(std::move(entry));
            mark = m_reader.u8("programs_cache.mark");
        }
    }

    ByteReader m_reader;
    DiagnosticSink& m_diagnostics;
    std::vector<Entry> m_entries;
};

void emit(Entry const& entry, EntryRow row, TraceOrigin const& origin, ParseContext& context)
{
    auto const below = lnk::path_of(entry.items);
    auto const path = joined(entry.folder, below);
    row.kind = entry.is_folder ? "folder" : "item";
    row.root = Symbol { unless_empty(entry.root) };
    row.path = path;
    if (!entry.items.empty()) {
        auto const& last = entry.items.back();
        row.name = unless_empty(last.name);
        row.item_created_at = last.created_at;
        row.item_modified_at = last.modified_at;
        row.item_accessed_at = last.accessed_at;
        if (last.mft_reference)
            row.mft_record = *last.mft_reference & 0xffff'ffff'ffffULL;
    }
    context.traces.emit(entry_schema, origin, row);
}

void parse(HiveView const& view, ParseContext& context)
{
    constexpr std::array<std::string_view, 2> keys { "StartPage", "StartPage2" };
    constexpr std::array<std::string_view, 3> names { "ProgramsCache", "ProgramsCacheSMP", "ProgramsCacheTBP" };
    for (auto const key_name : keys) {
        auto const path = format("Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\{}", key_name);
        auto const key = view.hive.find(path);
        if (!key)
            continue;
        for (auto const name : names) {
            auto const value = view.hive.value(*key, name);
            if (!value || value->content.empty())
                continue;
            EntryRow row;
            row.user = view.user;
            row.list = name;
            row.key_path = path;
            row.key_written_at = key->written_at;
            for (auto const& entry : read_cache(value->content, value->offset, context.diagnostics)) {
                emit(entry, row, origin_of(*value), context);
                ++row.position;
            }
        }
    }
}

constexpr std::array<Schema const*, 1> emitted { &entry_schema.erased };

}

std::vector<Entry> read_cache(ByteView value, std::uint64_t base_offset, DiagnosticSink& diagnostics)
{
    return CacheReader { value, base_offset, diagnostics }.read();
}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_programs_cache",
    .title = "Start menu and pinned programs as Explorer kept them",
    .emits = emitted,
    .kinds = static_cast<std::uint32_t>(HiveKind::user),
    .parse = parse,
};

}
