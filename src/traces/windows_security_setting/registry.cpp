#include "traces/windows_security_setting/registry.hpp"
#include "base/text.hpp"
#include "traces/registry_values.hpp"
#include "traces/windows_security_setting/parts.hpp"
#include "traces/windows_security_setting/settings.hpp"
#include <array>

namespace konseki::windows_security_setting {

namespace {

constexpr std::size_t value_bytes_max = 4096;

bool is_in(std::string_view list, std::string_view text)
{
    for (auto const item : split(list, '|')) {
        if (equals_ignoring_case(item, text))
            return true;
    }
    return false;
}

// At most so many bytes, and no half character at the end.
std::string_view shortened(std::string_view text)
{
    if (text.size() <= value_bytes_max)
        return text;
    auto end = value_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80)
        --end;
    return text.substr(0, end);
}

class Collector {
public:
    Collector(HiveView const& view, ParseContext& context)
        : m_view(view)
        , m_context(context)
    {
    }

    void collect(Setting const& setting, std::string const& path, std::string_view control_set)
    {
        for (auto const& found : keys_at(m_view.hive, path, m_context.diagnostics)) {
            if (m_context.stop.stop_requested())
                return;
            SettingRow row;
            row.area = setting.area;
            row.hive = hive_kind_name(m_view.kind);
            row.user = m_view.user;
            row.control_set = unless_empty(control_set);
            row.usual = unless_empty(setting.usual);
            row.attack = unless_empty(setting.attack);
            row.meaning = setting.meaning;
            row.key_path = found.path;
            row.key_written_at = found.key.written_at;
            if (setting.names.empty())
                emit_key(setting, found.key, row);
            else
                emit_values(setting, found.key, row);
        }
    }

private:
    void emit_key(Setting const& setting, regf::Key const& key, SettingRow row)
    {
        row.name = std::string_view(key.name);
        row.is_weaker = setting.weak == "*";
        m_context.traces.emit(setting_schema, origin_of(key), row);
    }

    void emit_values(Setting const& setting, regf::Key const& key, SettingRow row)
    {
        for (auto const& value : m_view.hive.values(key, m_context.diagnostics)) {
            if (setting.names != "*" && !is_in(setting.names, value.name.empty() ? "@" : value.name))
                continue;
            auto const text = is_secret(value.name) ? std::string("(not copied)") : regf::value_text(value);
            row.name = value.name.empty() ? std::string_view(key.name) : std::string_view(value.name);
            row.value = unless_empty(shortened(text));
            row.is_usual = setting.usual.empty() ? std::optional<bool> {} : is_in(setting.usual, text);
            row.is_weaker = setting.weak == "*" ? !text.empty() : !text.empty() && is_in(setting.weak, text);
            m_context.traces.emit(setting_schema, origin_of(value), row);
        }
    }

    static bool is_secret(std::string_view name) { return equals_ignoring_case(name, "DefaultPassword"); }

    HiveView const& m_view;
    ParseContext& m_context;
};

bool has(Setting const& setting, Scope scope)
{
    return (setting.scopes & static_cast<std::uint32_t>(scope)) != 0;
}

void parse_settings(HiveView const& view, ParseContext& context)
{
    Collector collector { view, context };
    for (auto const& setting : settings()) {
        std::string const path { setting.path };
        for (auto const& control_set : view.control_sets) {
            if (has(setting, Scope::control_set))
                collector.collect(setting, format("{}\\{}", control_set, path), control_set);
        }
        if (view.kind == HiveKind::user && has(setting, Scope::user_root))
            collector.collect(setting, path, {});
        bool const is_here = (view.kind == HiveKind::software && has(setting, Scope::machine))
            || (view.kind == HiveKind::user && has(setting, Scope::user));
        if (!is_here)
            continue;
        auto const prefix = std::string(software_prefix(view.kind));
        collector.collect(setting, prefix + path, {});
        if (has(setting, Scope::wow))
            collector.collect(setting, format("{}Wow6432Node\\{}", prefix, path), {});
    }
}

void parse(HiveView const& view, ParseContext& context)
{
    parse_settings(view, context);
    if (view.kind == HiveKind::user) {
        parse_trusted_documents(view, context);
        return;
    }
    parse_firewall_rules(view, context);
    parse_event_channels(view, context);
}

constexpr std::array<Schema const*, 4> emitted { &setting_schema.erased, &firewall_rule_schema.erased,
    &channel_schema.erased, &trusted_document_schema.erased };

}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_security_setting",
    .title = "Security settings, firewall rules, event logs and trusted documents",
    .emits = emitted,
    .kinds = HiveKind::system | HiveKind::software | HiveKind::user,
    .parse = parse,
};

}
