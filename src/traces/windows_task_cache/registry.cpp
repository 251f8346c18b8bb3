#include "traces/windows_task_cache/registry.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include "traces/registry_values.hpp"
#include <array>
#include <map>
#include <set>

namespace konseki::windows_task_cache {

namespace {

constexpr std::string_view cache_path = "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache";
constexpr std::uint32_t text_bytes_max = 1U << 20;

struct TreeEntry {
    std::string path; // "\Folder\Task"
    std::string id;
    std::optional<std::uint32_t> index;
    bool has_security = false;
    regf::Key key;
};

// Every key below Tree that names an id; folders have none.
std::vector<TreeEntry> read_tree(HiveView const& view, regf::Key const& tree, ParseContext& context)
{
    struct Pending {
        regf::Key key;
        std::string path;
    };
    std::vector<TreeEntry> entries;
    std::vector<Pending> pending;
    std::set<std::uint64_t> seen;
    pending.push_back({ tree, {} });
    while (!pending.empty()) {
        auto const current = std::move(pending.back());
        pending.pop_back();
        RegistryValues const values { view.hive, current.key, context.diagnostics };
        if (auto id = values.text("Id"); !id.empty()) {
            auto const index = values.number("Index");
            entries.push_back({ current.path, std::move(id),
                index ? std::optional<std::uint32_t> { static_cast<std::uint32_t>(*index) } : std::nullopt,
                values.find("SD") != nullptr, current.key });
        }
        if (!seen.insert(current.key.offset).second) // damaged lists can lead back up
            continue;
        auto children = view.hive.subkeys(current.key, context.diagnostics);
        for (auto child = children.rbegin(); child != children.rend(); ++child) {
            auto path = current.path + "\\" + child->name;
            pending.push_back({ std::move(*child), std::move(path) });
        }
    }
    return entries;
}

std::string hex(ByteView bytes)
{
    std::string text;
    for (auto const byte : bytes)
        append_format(text, "{:02x}", std::to_integer<unsigned>(byte));
    return text;
}

void read_dynamic_info(regf::Value const& value, TaskRow& row)
{
    ByteReader reader { value.content, value.offset };
    reader.skip(4, "task.dynamic.version");
    row.registered_at = Timestamp::from_filetime(reader.u64("task.dynamic.registered_at"));
    row.last_run_at = Timestamp::from_filetime(reader.u64("task.dynamic.last_run_at"));
    reader.skip(8, "task.dynamic.state_and_result");
    if (reader.remaining() >= 8) // since Windows 10
        row.last_finished_at = Timestamp::from_filetime(reader.u64("task.dynamic.last_finished_at"));
}

class Collector {
public:
    Collector(HiveView const& view, ParseContext& context, regf::Key cache)
        : m_view(view)
        , m_context(context)
        , m_cache(std::move(cache))
        , m_tasks(view.hive.subkey(m_cache, "Tasks"))
    {
        for (auto const* const list : { "Boot", "Logon", "Maintenance", "Plain" }) {
            auto const key = view.hive.subkey(m_cache, list);
            if (!key)
                continue;
            for (auto const& id : view.hive.subkeys(*key, context.diagnostics)) {
                auto& lists = m_lists[ascii_lower(id.name)];
                lists += lists.empty() ? list : std::string(" ") + list;
            }
        }
    }

    void collect()
    {
        std::map<std::string, bool> in_tree;
        if (auto const tree = m_view.hive.subkey(m_cache, "Tree")) {
            for (auto const& entry : read_tree(m_view, *tree, m_context)) {
                in_tree[ascii_lower(entry.id)] = true;
                emit_tree_entry(entry);
            }
        }
        if (!m_tasks)
            return;
        for (auto const& task : m_view.hive.subkeys(*m_tasks, m_context.diagnostics)) {
            if (in_tree.count(ascii_lower(task.name)) != 0)
                continue;
            TaskRow row;
            row.id = std::string_view(task.name);
            row.is_in_tree = false;
            emit_task(row, &task, origin_of(task));
        }
    }

private:
    void emit_tree_entry(TreeEntry const& entry)
    {
        TaskRow row;
        row.path = entry.path;
        row.id = std::string_view(entry.id);
        row.is_in_tree = true;
        row.has_security = entry.has_security;
        row.index = entry.index;
        row.tree_written_at = entry.key.written_at;
        auto const task = m_tasks ? m_view.hive.subkey(*m_tasks, entry.id) : std::nullopt;
        emit_task(row, task ? &*task : nullptr, origin_of(entry.key));
    }

    void emit_task(TaskRow row, regf::Key const* task, TraceOrigin const& origin)
    {
        row.is_in_tasks = task != nullptr;
        auto const lists = m_lists.find(ascii_lower(row.id.text));
        row.triggered_in = lists == m_lists.end() ? std::string_view {} : std::string_view(lists->second);
        if (task == nullptr) {
            m_context.traces.emit(task_schema, origin, row);
            return;
        }
        RegistryValues const values { m_view.hive, *task, m_context.diagnostics };
        auto const path = values.text("Path"), uri = values.text("URI"), author = values.text("Author");
        auto const descriptor = values.text("SecurityDescriptor");
        auto const* const hash = values.find("Hash");
        auto const hash_text = hash == nullptr ? std::string {} : hex(hash->content);
        Actions actions;
        if (auto const* const value = values.find("Actions")) {
            actions = read_actions(value->content);
            if (!actions.is_complete)
                m_context.diagnostics.report(
                    { { ErrorCode::bad_value, "task.actions", value->offset, 0, value->content.size(), {} }, 0 });
        }
        std::string commands;
        for (auto const& command : actions.commands)
            commands += (commands.empty() ? "" : "; ") + command;
        if (auto const* const value = values.find("DynamicInfo"))
            read_dynamic_info(*value, row);
        row.stored_path = unless_empty(path);
        if (row.path.empty())
            row.path = row.stored_path;
        row.uri = unless_empty(uri);
        row.author = unless_empty(author);
        row.security_descriptor = unless_empty(descriptor);
        row.hash = unless_empty(hash_text);
        row.actions = unless_empty(commands);
        row.context_account = unless_empty(actions.context);
        row.task_written_at = task->written_at;
        m_context.traces.emit(task_schema, origin, row);
    }

    HiveView const& m_view;
    ParseContext& m_context;
    regf::Key m_cache;
    std::optional<regf::Key> m_tasks;
    std::map<std::string, std::string> m_lists; // id in lower case -> names of lists
};

void parse(HiveView const& view, ParseContext& context)
{
    if (auto const cache = view.hive.find(cache_path))
        Collector(view, context, *cache).collect();
}

std::string read_text(ByteReader& reader, std::string_view what)
{
    auto const size = reader.u32(what);
    if (size > text_bytes_max) {
        reader.fail({ ErrorCode::bad_count, what, reader.offset(), size, reader.remaining(), {} });
        return {};
    }
    return utf8_from_utf16le(reader.take(size, what));
}

std::string guid_text(ByteReader& reader)
{
    auto const a = reader.u32("task.action.class");
    auto const b = reader.u16("task.action.class");
    auto const c = reader.u16("task.action.class");
    auto const rest = reader.take(8, "task.action.class");
    auto const text = hex(rest);
    return rest.empty() ? std::string {}
                        : format("{{{:08x}-{:04x}-{:04x}-{}-{}}}", a, b, c, text.substr(0, 4), text.substr(4));
}

constexpr std::array<Schema const*, 1> emitted { &task_schema.erased };

}

Actions read_actions(ByteView bytes)
{
    constexpr std::uint16_t kind_execute = 0x6666, kind_com = 0x7777, kind_mail = 0x8888, kind_message = 0x9999;
    Actions actions;
    ByteReader reader { bytes };
    auto const version = reader.u16("task.actions.version");
    if (version >= 2)
        actions.context = read_text(reader, "task.actions.context");
    while (!reader.failed() && reader.remaining() >= 6) {
        auto const kind = reader.u16("task.action.kind");
        (void)read_text(reader, "task.action.id");
        std::string command;
        if (kind == kind_execute) {
            command = read_text(reader, "task.action.program");
            auto const arguments = read_text(reader, "task.action.arguments");
            auto const folder = read_text(reader, "task.action.folder");
            if (!arguments.empty())
                command += " " + arguments;
            if (version >= 3)
                reader.skip(2, "task.action.flags");
        } else if (kind == kind_com) {
            command = "com " + guid_text(reader);
            auto const data = read_text(reader, "task.action.data");
            if (!data.empty())
                command += " " + data;
        } else {
            if (kind == kind_mail || kind == kind_message) // never used for persistence; their layout is not read
                actions.commands.emplace_back(kind == kind_mail ? "mail" : "message");
            actions.is_complete = false;
            return actions;
        }
        if (reader.failed())
            break;
        actions.commands.push_back(std::move(command));
    }
    actions.is_complete = !reader.failed();
    return actions;
}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_task_cache",
    .title = "Scheduled tasks in the registry (TaskCache)",
    .emits = emitted,
    .kinds = static_cast<std::uint32_t>(HiveKind::software),
    .parse = parse,
};

}
