#include "traces/windows_shellbag/registry.hpp"
#include "formats/lnk/lnk.hpp"
#include "traces/registry_keys.hpp"
#include "traces/registry_mru.hpp"
#include <array>
#include <set>

namespace konseki::windows_shellbag {

namespace {

constexpr std::size_t path_bytes_max = 32'767; // Windows' own limit, in characters
constexpr std::array<std::string_view, 6> user_roots {
    "Software\\Microsoft\\Windows\\Shell",
    "Software\\Microsoft\\Windows\\ShellNoRoam",
    "Software\\Classes\\Local Settings\\Software\\Microsoft\\Windows\\Shell",
    "Software\\Classes\\Local Settings\\Software\\Microsoft\\Windows\\ShellNoRoam",
    "Software\\Classes\\Wow6432Node\\Local Settings\\Software\\Microsoft\\Windows\\Shell",
    "Software\\Classes\\Wow6432Node\\Local Settings\\Software\\Microsoft\\Windows\\ShellNoRoam",
};
constexpr std::string_view classes_prefix = "Software\\Classes\\";

Symbol kind_of(std::uint8_t type)
{
    if (type == 0x1f || type == 0x1e)
        return "place";
    if (type <= 1)
        return type == 0 ? "described" : "control_panel";
    switch (type & 0x70U) {
    case 0x20: return "volume";
    case 0x30: return (type & 2U) != 0 ? "file" : "folder";
    case 0x40: return "network";
    case 0x50: return "archive_folder";
    case 0x60: return "address";
    case 0x70: return type == 0x74 ? "folder" : "control_panel";
    default: return "other";
    }
}

bool is_number(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// A list still to be read: a BagMRU key or one below it.
struct Node {
    regf::Key key;
    std::string key_path, path;
    std::uint32_t depth = 0;
};

class Reader {
public:
    Reader(HiveView const& view, ParseContext& context)
        : m_view(view)
        , m_context(context)
    {
    }

    void read(std::string const& shell)
    {
        auto root = m_view.hive.find(shell + "\\BagMRU");
        if (!root)
            return;
        m_bags = m_view.hive.find(shell + "\\Bags");
        m_pending.push_back({ std::move(*root), shell + "\\BagMRU", {}, 0 });
        while (!m_pending.empty() && !m_context.stop.stop_requested()) {
            auto const node = std::move(m_pending.back());
            m_pending.pop_back();
            if (m_seen.insert(node.key.offset).second)
                read_list(node);
        }
    }

private:
    void read_list(Node const& node)
    {
        RegistryValues const values { m_view.hive, node.key, m_context.diagnostics };
        auto const order = mru_order(values);
        auto const children = m_view.hive.subkeys(node.key, m_context.diagnostics);
        std::vector<Node> below;
        for (auto const& value : values.all()) {
            if (!is_number(value.name))
                continue;
            auto const* child = key_named(children, value.name);
            auto path = emit_item(node, value, child, mru_position(order, value.name));
            if (child == nullptr)
                continue;
            if (node.depth >= regf::key_depth_max || path.size() > path_bytes_max) {
                m_context.diagnostics.report(
                    { { ErrorCode::limit, "shellbag.path", child->offset, path_bytes_max, path.size(), {} }, 0 });
                continue;
            }
            below.push_back({ *child, node.key_path + "\\" + child->name, std::move(path), node.depth + 1 });
        }
        m_pending.insert(m_pending.end(), std::make_move_iterator(below.rbegin()),
            std::make_move_iterator(below.rend())); // the first is read next
    }

    static regf::Key const* key_named(std::vector<regf::Key> const& keys, std::string_view name)
    {
        for (auto const& key : keys) {
            if (key.name == name)
                return &key;
        }
        return nullptr;
    }

    // Gives the folder's path back.
    std::string emit_item(
        Node const& node, regf::Value const& value, regf::Key const* child, std::optional<std::uint32_t> position)
    {
        auto const items = lnk::read_items(value.content, value.offset, m_context.diagnostics);
        auto const item = items.empty() ? lnk::ShellItem {} : items.front();
        auto path = joined(node.path, item.name);
        auto const key_path = node.key_path + "\\" + value.name;
        FolderRow row;
        row.user = m_view.user;
        row.hive = m_view.kind == HiveKind::user_classes ? "user_classes" : "user";
        row.path = path;
        row.name = unless_empty(item.name);
        row.item_kind = kind_of(item.type);
        row.depth = node.depth + 1;
        row.slot = value.name;
        row.position = position;
        row.item_created_at = item.created_at;
        row.item_modified_at = item.modified_at;
        row.item_accessed_at = item.accessed_at;
        if (item.mft_reference) {
            row.mft_record = *item.mft_reference & 0xffff'ffff'ffffULL;
            row.mft_sequence = static_cast<std::uint32_t>(*item.mft_reference >> 48);
        }
        row.key_path = key_path;
        row.list_written_at = node.key.written_at;
        if (child != nullptr)
            read_child(*child, row);
        m_context.traces.emit(folder_schema, origin_of(value), row);
        return path;
    }

    void read_child(regf::Key const& child, FolderRow& row)
    {
        row.key_written_at = child.written_at;
        auto const slot = m_view.hive.value(child, "NodeSlot");
        row.node_slot = slot ? as_u32(regf::value_number(*slot)) : std::nullopt;
        if (!row.node_slot || !m_bags)
            return;
        auto const bag = m_view.hive.subkey(*m_bags, format("{}", *row.node_slot));
        if (!bag)
            return;
        row.bag_written_at = bag->written_at;
        for (auto const& shell : m_view.hive.subkeys(*bag, m_context.diagnostics))
            row.bag_written_at = std::max(row.bag_written_at, shell.written_at);
    }

    static std::string joined(std::string const& parent, std::string const& name)
    {
        bool const is_absolute = (name.size() >= 2 && name[1] == ':') || name.starts_with("\\\\");
        auto path = parent.empty() || is_absolute ? std::string {} : parent.ends_with('\\') ? parent : parent + "\\";
        return path + (name.empty() ? "?" : name);
    }

    HiveView const& m_view;
    ParseContext& m_context;
    std::optional<regf::Key> m_bags;
    std::vector<Node> m_pending;
    std::set<std::uint64_t> m_seen; // a crafted list may lead back up
};

void parse(HiveView const& view, ParseContext& context)
{
    for (auto const root : user_roots) {
        bool const is_classes = root.starts_with(classes_prefix);
        if (view.kind == HiveKind::user_classes && !is_classes)
            continue;
        auto const path = view.kind == HiveKind::user_classes ? root.substr(classes_prefix.size()) : root;
        Reader(view, context).read(std::string(path));
    }
}

constexpr std::array<Schema const*, 1> emitted { &folder_schema.erased };

}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_shellbag",
    .title = "Shellbags: folders a user opened",
    .emits = emitted,
    .kinds = HiveKind::user | HiveKind::user_classes,
    .parse = parse,
};

}
