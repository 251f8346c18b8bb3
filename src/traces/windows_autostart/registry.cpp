#include "traces/windows_autostart/registry.hpp"
#include "bytes/byte_reader.hpp"
#include "traces/registry_values.hpp"
#include "traces/windows_autostart/locations.hpp"
#include <array>

namespace konseki::windows_autostart {

namespace {

struct Found {
    regf::Key key;
    std::string path;
};

// Every key that a path with "*" stands for, in list order.
std::vector<Found> expand(regf::Hive const& hive, std::string_view path, DiagnosticSink& diagnostics)
{
    std::vector<Found> current;
    if (auto root = hive.root(); root.ok())
        current.push_back({ std::move(root).value(), {} });
    for (auto const part : split(path, '\\')) {
        std::vector<Found> next;
        for (auto const& at : current) {
            auto const add = [&](regf::Key key) {
                auto full = at.path.empty() ? key.name : at.path + "\\" + key.name;
                next.push_back({ std::move(key), std::move(full) });
            };
            if (part == "*") {
                for (auto& child : hive.subkeys(at.key, diagnostics))
                    add(std::move(child));
            } else if (auto child = hive.subkey(at.key, part)) {
                add(std::move(*child));
            }
        }
        current = std::move(next);
    }
    return current;
}

bool is_class_id(std::string_view text)
{
    return text.size() == 38 && text.front() == '{' && text[9] == '-' && text.back() == '}';
}

// Where COM classes are in this kind of hive.
std::string_view classes_root(HiveKind kind)
{
    switch (kind) {
    case HiveKind::software: return "Classes\\";
    case HiveKind::user: return "Software\\Classes\\";
    case HiveKind::user_classes: return "";
    default: return {};
    }
}

class Collector {
public:
    Collector(HiveView const& view, ParseContext& context)
        : m_view(view)
        , m_context(context)
    {
    }

    void collect(Location const& location, std::string const& path, std::string_view control_set, bool is_wow64)
    {
        for (auto const& found : expand(m_view.hive, path, m_context.diagnostics)) {
            if (m_context.stop.stop_requested())
                return;
            EntryRow row;
            row.location = location.id;
            row.attack = location.attack;
            row.starts = location.starts;
            row.hive = hive_name();
            row.user = m_view.user;
            row.control_set = control_set;
            row.key_path = found.path;
            row.is_wow64 = is_wow64;
            row.key_written_at = found.key.written_at;
            if (location.values.empty())
                emit_key(found.key, row);
            else
                emit_values(location, found.key, row);
        }
    }

private:
    std::string_view hive_name() const
    {
        switch (m_view.kind) {
        case HiveKind::system: return "system";
        case HiveKind::software: return "software";
        case HiveKind::user_classes: return "user_classes";
        default: return "user";
        }
    }

    void emit_key(regf::Key const& key, EntryRow row)
    {
        row.name = key.name;
        auto const server = name_class(row, {}, key.name);
        row.class_server = unless_empty(server);
        m_context.traces.emit(entry_schema, origin_of(key), row);
    }

    void emit_values(Location const& location, regf::Key const& key, EntryRow const& row)
    {
        for (auto const& value : m_view.hive.values(key, m_context.diagnostics)) {
            bool is_wanted = location.values == "*";
            for (auto const name : split(location.values, '|'))
                is_wanted = is_wanted || equals_ignoring_case(name == "@" ? std::string_view {} : name, value.name);
            if (is_wanted && !value.content.empty())
                emit_value(location, key, value, row);
        }
    }

    void emit_value(Location const& location, regf::Key const& key, regf::Value const& value, EntryRow row)
    {
        auto command = regf::value_text(value);
        row.name = value.name.empty() ? key.name : value.name;
        row.value_type = regf::value_type_name(value.type);
        if (value.name == "PackedCatalogItem") // begins with the path of the library, one byte per character
            command = std::string(as_text(value.content).substr(0, as_text(value.content).find('\0')));
        else if (location.id == "W06")
            command = read_state(value, row);
        row.command = unless_empty(command);
        for (auto const usual : split(location.usual, '|'))
            row.is_usual = row.is_usual || (!usual.empty() && equals_ignoring_case(usual, command));
        auto const server = location.id == "W59" ? std::string {} : name_class(row, command, row.name);
        row.class_server = unless_empty(server);
        m_context.traces.emit(entry_schema, origin_of(value), row);
    }

    // StartupApproved: bit 0 says "off"; the time of switching off is behind the first four bytes.
    static std::string read_state(regf::Value const& value, EntryRow& row)
    {
        ByteReader reader { value.content, value.offset };
        auto const state = reader.u32("autostart.state");
        auto const changed_at = Timestamp::from_filetime(reader.u64("autostart.state_changed_at"));
        if (reader.failed())
            return regf::value_text(value);
        row.is_enabled = (state & 1U) == 0;
        row.state_changed_at = changed_at;
        return *row.is_enabled ? "enabled" : "disabled";
    }

    // The entry's COM class: its content, its name, or the last part of the key.
    std::string name_class(EntryRow& row, std::string_view command, std::string_view name)
    {
        auto const root = classes_root(m_view.kind);
        if (root.data() == nullptr)
            return {};
        auto const last = row.key_path.substr(row.key_path.rfind('\\') + 1);
        for (auto const candidate : { command, name, last }) {
            if (!is_class_id(candidate))
                continue;
            row.class_id = candidate;
            for (auto const* const server : { "InprocServer32", "LocalServer32" }) {
                auto const key = m_view.hive.find(format("{}CLSID\\{}\\{}", root, candidate, server));
                auto const value = key ? m_view.hive.value(*key, "") : std::nullopt;
                if (value)
                    return regf::value_text(*value);
            }
            return {};
        }
        return {};
    }

    HiveView const& m_view;
    ParseContext& m_context;
};

bool has(Location const& location, Scope scope)
{
    return (location.scopes & static_cast<std::uint32_t>(scope)) != 0;
}

void collect_system(HiveView const& view, Collector& collector, Location const& location)
{
    if (has(location, Scope::system_root))
        collector.collect(location, std::string(location.path), {}, false);
    if (!has(location, Scope::control_set))
        return;
    for (auto const& set : view.control_sets)
        collector.collect(location, format("{}\\{}", set, location.path), set, false);
}

// With and without Wow6432Node; for classes the node lies below Classes.
void collect_both(Collector& collector, Location const& location, std::string_view before, std::string_view path)
{
    collector.collect(location, format("{}{}", before, path), {}, false);
    if (has(location, Scope::wow))
        collector.collect(location, format("{}Wow6432Node\\{}", before, path), {}, true);
}

void collect_at(HiveView const& view, Collector& collector, Location const& location)
{
    constexpr std::string_view classes { "Classes\\" };
    bool const is_classes = has(location, Scope::classes) || has(location, Scope::user_classes);
    auto const below_classes = is_classes ? location.path.substr(classes.size()) : std::string_view {};
    switch (view.kind) {
    case HiveKind::system: collect_system(view, collector, location); break;
    case HiveKind::software:
        if (has(location, Scope::machine))
            collect_both(collector, location, "", location.path);
        else if (has(location, Scope::classes))
            collect_both(collector, location, classes, below_classes);
        break;
    case HiveKind::user:
        if (has(location, Scope::user))
            collect_both(collector, location, "Software\\", location.path);
        else if (is_classes)
            collect_both(collector, location, "Software\\Classes\\", below_classes);
        else if (has(location, Scope::user_root))
            collector.collect(location, std::string(location.path), {}, false);
        break;
    case HiveKind::user_classes:
        if (is_classes)
            collect_both(collector, location, "", below_classes);
        break;
    default: break;
    }
}

void parse(HiveView const& view, ParseContext& context)
{
    Collector collector { view, context };
    for (auto const& location : locations())
        collect_at(view, collector, location);
}

constexpr std::array<Schema const*, 1> emitted { &entry_schema.erased };

}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_autostart",
    .title = "Autostart entries of the registry",
    .emits = emitted,
    .kinds = HiveKind::system | HiveKind::software | HiveKind::user | HiveKind::user_classes,
    .parse = parse,
};

}
