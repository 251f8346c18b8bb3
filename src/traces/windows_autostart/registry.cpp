#include "traces/windows_autostart/registry.hpp"
#include "bytes/byte_reader.hpp"
#include "traces/registry_values.hpp"
#include "traces/windows_autostart/locations.hpp"
#include "traces/windows_autostart/usual_content.hpp"
#include "traces/windows_autostart/walk_paths.hpp"
#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

namespace konseki::windows_autostart {

namespace {

class Silence final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};

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

// The COM classes of this hive, looked up once for all entries that name one.
class Classes {
public:
    explicit Classes(HiveView const& view)
        : m_hive(view.hive)
        , m_root(classes_root(view.kind))
    {
    }

    // The entry's COM class: its content, its name, or the last part of the key. Gives its server.
    std::string name_class(EntryRow& row, std::string_view command, std::string_view name)
    {
        if (m_root.data() == nullptr)
            return {};
        auto const last = row.key_path.substr(row.key_path.rfind('\\') + 1);
        for (auto const candidate : { command, name, last }) {
            if (!is_class_id(candidate))
                continue;
            row.class_id = candidate;
            auto server = row.is_wow64 ? server_of(wow, candidate) : std::string {};
            return server.empty() ? server_of(native, candidate) : server;
        }
        return {};
    }

private:
    static constexpr std::size_t native = 0, wow = 1;

    std::string server_of(std::size_t node, std::string_view class_id)
    {
        auto& classes = m_classes[node];
        if (!classes)
            classes = read_classes(format("{}{}CLSID", m_root, node == wow ? "Wow6432Node\\" : ""));
        auto const place = classes->find(ascii_lower(class_id));
        if (place == classes->end())
            return {};
        for (auto const* const server : { "InprocServer32", "LocalServer32" }) {
            auto const key = m_hive.subkey(place->second, server);
            auto const value = key ? m_hive.value(*key, "") : std::nullopt;
            if (value)
                return regf::value_text(*value);
        }
        return {};
    }

    using ClassKeys = std::unordered_map<std::string, regf::Key>;

    ClassKeys read_classes(std::string const& path) const
    {
        ClassKeys classes;
        Silence silence; // the walk over the locations reports the same damage
        if (auto const parent = m_hive.find(path))
            for (auto& key : m_hive.subkeys(*parent, silence)) {
                auto name = ascii_lower(key.name);
                classes.try_emplace(std::move(name), std::move(key));
            }
        return classes;
    }

    regf::Hive const& m_hive;
    std::string_view m_root;
    std::array<std::optional<ClassKeys>, 2> m_classes {};
};

bool has(Location const& location, Scope scope)
{
    return (location.scopes & static_cast<std::uint32_t>(scope)) != 0;
}

// A location at one of its places in the hive.
struct Place {
    Location const* location = nullptr;
    std::string path {};
    std::string control_set {};
    bool is_wow64 = false;
    std::size_t stars = 0;
};

class Collector {
public:
    Collector(HiveView const& view, ParseContext& context)
        : m_view(view)
        , m_context(context)
    {
    }

    // Where two locations lead to the same value, the one that names it more closely has it.
    void collect(std::vector<Place> const& places)
    {
        PathSet paths;
        for (std::size_t number = 0; number < places.size(); ++number)
            paths.add(places[number].path, number);
        for (auto const& match : paths.find(m_view.hive, m_context.diagnostics, m_context.stop)) {
            auto const& place = places[match.number];
            auto const& location = *place.location;
            if (m_context.stop.stop_requested())
                return;
            EntryRow row;
            row.location = location.id;
            row.attack = location.attack;
            row.starts = location.starts;
            row.hive = hive_name();
            row.user = m_view.user;
            row.control_set = std::string_view(place.control_set);
            row.key_path = match.path;
            row.is_wow64 = place.is_wow64;
            row.key_written_at = match.key.written_at;
            if (location.values.empty())
                emit_key(location, match.key, row);
            else
                emit_values(location, match.key, row);
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

    void emit_key(Location const& location, regf::Key const& key, EntryRow row)
    {
        if (!m_emitted.insert(key.offset).second)
            return;
        row.name = key.name;
        auto const server = m_classes.name_class(row, {}, key.name);
        row.class_server = unless_empty(server);
        row.is_usual = m_usual.is_usual(location, { key.name, server });
        m_context.traces.emit(entry_schema, origin_of(key), row);
    }

    void emit_values(Location const& location, regf::Key const& key, EntryRow const& row)
    {
        for (auto const& value : m_view.hive.values(key, m_context.diagnostics)) {
            bool is_wanted = location.values == "*";
            for (auto const name : split(location.values, '|'))
                is_wanted = is_wanted || equals_ignoring_case(name == "@" ? std::string_view {} : name, value.name);
            if (is_wanted && !value.content.empty() && m_emitted.insert(value.offset).second)
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
        auto const server = location.id == "W59" ? std::string {} : m_classes.name_class(row, command, row.name);
        row.class_server = unless_empty(server);
        row.is_usual = has(location, Scope::usual_names) ? m_usual.is_usual(location, { key.name })
                                                         : m_usual.is_usual(location, { command, server });
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

    HiveView const& m_view;
    ParseContext& m_context;
    Classes m_classes { m_view };
    Usual m_usual {};
    std::unordered_set<std::uint64_t> m_emitted {}; // offsets: a trace is known by its own
};

void add_place(std::vector<Place>& places, Location const& location, std::string path,
    std::string_view control_set = {}, bool is_wow64 = false)
{
    auto const stars = static_cast<std::size_t>(std::count(path.begin(), path.end(), '*'));
    places.push_back({ &location, std::move(path), std::string(control_set), is_wow64, stars });
}

void add_system(HiveView const& view, std::vector<Place>& places, Location const& location)
{
    if (has(location, Scope::system_root))
        add_place(places, location, std::string(location.path));
    if (!has(location, Scope::control_set))
        return;
    for (auto const& set : view.control_sets)
        add_place(places, location, format("{}\\{}", set, location.path), set);
}

// With and without Wow6432Node; for classes the node lies below Classes.
void add_both(std::vector<Place>& places, Location const& location, std::string_view before, std::string_view path)
{
    add_place(places, location, format("{}{}", before, path));
    if (has(location, Scope::wow))
        add_place(places, location, format("{}Wow6432Node\\{}", before, path), {}, true);
}

void add_places(HiveView const& view, std::vector<Place>& places, Location const& location)
{
    constexpr std::string_view classes { "Classes\\" };
    bool const is_classes = has(location, Scope::classes) || has(location, Scope::user_classes);
    auto const below_classes = is_classes ? location.path.substr(classes.size()) : std::string_view {};
    switch (view.kind) {
    case HiveKind::system: add_system(view, places, location); break;
    case HiveKind::software:
        if (has(location, Scope::machine))
            add_both(places, location, "", location.path);
        else if (has(location, Scope::classes))
            add_both(places, location, classes, below_classes);
        break;
    case HiveKind::user:
        if (has(location, Scope::user))
            add_both(places, location, "Software\\", location.path);
        else if (is_classes)
            add_both(places, location, "Software\\Classes\\", below_classes);
        else if (has(location, Scope::user_root))
            add_place(places, location, std::string(location.path));
        break;
    case HiveKind::user_classes:
        if (is_classes)
            add_both(places, location, "", below_classes);
        break;
    default: break;
    }
}

void parse(HiveView const& view, ParseContext& context)
{
    std::vector<Place> places;
    for (auto const& location : locations())
        add_places(view, places, location);
    std::stable_sort(places.begin(), places.end(), [](auto const& a, auto const& b) { return a.stars < b.stars; });
    Collector(view, context).collect(places);
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
