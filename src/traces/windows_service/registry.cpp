#include "traces/windows_service/registry.hpp"
#include "traces/registry_values.hpp"
#include <array>

namespace konseki::windows_service {

namespace {

Symbol kind_of(std::uint32_t type)
{
    constexpr std::uint32_t interactive = 0x100;
    switch (type & ~interactive) {
    case 0x01: return "kernel_driver";
    case 0x02: return "file_system_driver";
    case 0x04: return "adapter";
    case 0x08: return "recognizer";
    case 0x10: return "own_process";
    case 0x20: return "shared_process";
    case 0x50: return "user_own_process";
    case 0x60: return "user_shared_process";
    case 0xd0: return "user_own_process_instance";
    case 0xe0: return "user_shared_process_instance";
    default: return "other";
    }
}

Symbol start_of(std::uint32_t start)
{
    constexpr std::array<std::string_view, 5> names { "boot", "system", "automatic", "manual", "disabled" };
    return start < names.size() ? Symbol(names[start]) : Symbol("other");
}

std::optional<std::uint32_t> narrow(std::optional<std::uint64_t> number)
{
    return number ? std::optional<std::uint32_t> { static_cast<std::uint32_t>(*number) } : std::nullopt;
}

void emit_service(HiveView const& view, regf::Key const& key, ServiceRow row, ParseContext& context)
{
    RegistryValues const values { view.hive, key, context.diagnostics };
    auto const image = values.text("ImagePath"), account = values.text("ObjectName");
    auto const display = values.text("DisplayName"), description = values.text("Description");
    auto const failure = values.text("FailureCommand"), group = values.text("Group");
    auto dll = values.text("ServiceDll"), main = values.text("ServiceMain");
    auto const parameters = view.hive.subkey(key, "Parameters");
    if (parameters) {
        RegistryValues const parameter_values { view.hive, *parameters, context.diagnostics };
        if (auto text = parameter_values.text("ServiceDll"); !text.empty())
            dll = std::move(text);
        if (auto text = parameter_values.text("ServiceMain"); !text.empty())
            main = std::move(text);
        row.parameters_written_at = parameters->written_at;
    }
    row.name = key.name;
    row.type = narrow(values.number("Type"));
    row.start_value = narrow(values.number("Start"));
    row.error_control = narrow(values.number("ErrorControl"));
    row.kind = row.type ? kind_of(*row.type) : Symbol {};
    row.start = row.start_value ? start_of(*row.start_value) : Symbol {};
    if (auto const delayed = values.number("DelayedAutostart"))
        row.is_delayed = *delayed != 0;
    row.image_path = unless_empty(image);
    row.service_dll = unless_empty(dll);
    row.service_main = unless_empty(main);
    row.account = unless_empty(account);
    row.display_name = unless_empty(display);
    row.description = unless_empty(description);
    row.failure_command = unless_empty(failure);
    row.group = unless_empty(group);
    row.has_failure_actions = values.find("FailureActions") != nullptr;
    row.has_triggers = view.hive.subkey(key, "TriggerInfo").has_value();
    row.has_security = view.hive.subkey(key, "Security").has_value();
    row.key_written_at = key.written_at;
    context.traces.emit(service_schema, origin_of(key), row);
}

void parse(HiveView const& view, ParseContext& context)
{
    for (auto const& set : view.control_sets) {
        auto const services = view.hive.find(set + "\\Services");
        if (!services)
            continue;
        ServiceRow row;
        row.control_set = std::string_view(set);
        row.is_current = set == view.control_sets.front();
        for (auto const& key : view.hive.subkeys(*services, context.diagnostics))
            emit_service(view, key, row, context);
    }
}

constexpr std::array<Schema const*, 1> emitted { &service_schema.erased };

}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_service",
    .title = "Services and drivers",
    .emits = emitted,
    .kinds = static_cast<std::uint32_t>(HiveKind::system),
    .parse = parse,
};

}
