#include "traces/linux_container/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "formats/json_rows/json_rows.hpp"
#include "traces/linux_ini.hpp"
#include "traces/linux_script.hpp"
#include "traces/linux_yaml.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_container {

namespace {

using G = LinuxGrammar;

// Fields that reach the host. [Docker Engine API, HostConfig; Compose specification, services; podman-systemd.unit(5)]
constexpr auto host_fields = std::to_array<std::string_view>(
    { "Binds", "RestartPolicy", "Privileged", "NetworkMode", "PidMode", "IpcMode", "UTSMode", "UsernsMode", "CapAdd",
        "SecurityOpt", "Devices", "Mounts", "VolumesFrom", "PortBindings", "CgroupnsMode" });
constexpr auto compose_fields
    = std::to_array<std::string_view>({ "image", "privileged", "volumes", "restart", "network_mode", "pid", "ipc",
        "cap_add", "security_opt", "devices", "user", "userns_mode", "ports", "command", "entrypoint", "build" });

bool is_empty(std::string_view value)
{
    return value.empty() || value == "null" || value == "[]" || value == "{}" || value == "false" || value == "\"\""
        || value == "default" || value == "private";
}

Sniff sniff(ByteView head, std::string_view name)
{
    return sniff_linux(
        head, name, { G::container_json, G::container_host_json, G::docker_daemon, G::quadlet, G::compose });
}

// ["a","b \" c"] -> items; anything else is one item as it is.
std::vector<std::string> items_of(std::string_view json)
{
    std::vector<std::string> items;
    if (!json.starts_with("[\"")) {
        items.emplace_back(json);
        return items;
    }
    for (std::size_t i = 1; i < json.size(); ++i) {
        if (json[i] != '"')
            continue;
        std::string item;
        for (++i; i < json.size() && json[i] != '"'; ++i) {
            if (json[i] == '\\' && i + 1 < json.size())
                ++i;
            item += json[i];
        }
        items.push_back(std::move(item));
    }
    return items;
}

std::string joined(std::vector<std::string> const& items)
{
    std::string text;
    for (auto const& item : items)
        text += (text.empty() ? "" : " ") + item;
    return text;
}

void add_part(std::string& detail, std::string_view name, std::string_view value)
{
    if (!value.empty())
        append_format(detail, "{}{}={}", detail.empty() ? "" : " ", name, value);
}

void add_start(LinuxRows& rows, TextPlace const& place, AutostartParts parts)
{
    // A list of words is looked at as the line it makes.
    auto detail = shell_detail(look_at_shell(joined(items_of(parts.command))).shapes);
    konseki::add_part(detail, parts.detail);
    parts.detail = detail;
    rows.autostart(place, parts);
}

void read_docker_config(json_rows::Row const& config, TextPlace const& place, LinuxRows& rows)
{
    auto const inner = config.inner("Config");
    auto const state = config.inner("State");
    auto name = config.text("Name");
    if (name.starts_with('/'))
        name.remove_prefix(1);
    auto command = std::string(config.text("Path"));
    if (auto const arguments = joined(items_of(config.text("Args"))); !is_empty(arguments))
        command += " " + arguments;
    std::string detail;
    add_part(detail, "Image", inner.text("Image"));
    add_part(detail, "User", inner.text("User"));
    add_part(detail, "Created", config.text("Created"));
    add_part(detail, "Running", state.text("Running"));
    auto const id = file_name_of(folder_of(rows.file().path));
    add_part(detail, "Id", id.substr(0, 12));
    add_start(rows, place,
        { .name = name.empty() ? id : name,
            .schedule = "container",
            .command = command.empty() ? inner.text("Image") : std::string_view(command),
            .detail = detail,
            .user = inner.text("User") });
    rows.setting(place, { .section = id, .name = "Name", .value = name, .user = {} });
    for (auto const& variable : items_of(inner.text("Env"))) {
        if (variable.starts_with("LD_") || variable.find("DOCKER_HOST") != std::string::npos)
            rows.setting(place, { .section = id, .name = "Env", .value = variable, .user = {} });
    }
}

void read_host_config(json_rows::Row const& config, TextPlace const& place, LinuxRows& rows)
{
    auto const id = file_name_of(folder_of(rows.file().path));
    for (auto const& field : config.fields) {
        if (std::ranges::find(host_fields, field.name) == host_fields.end() || is_empty(field.value))
            continue;
        for (auto const& item : items_of(field.value))
            rows.setting(place, { .section = id, .name = field.name, .value = item, .user = {} });
    }
}

void read_json(ByteView file, LinuxRows& rows)
{
    TextPlace const place { 0, file.size(), 1 };
    auto const object = json_rows::parse_object(as_text(file));
    if (!object)
        return rows.report(ErrorCode::bad_value, "linux.container.json", place);
    if (rows.grammar() == G::container_json)
        return read_docker_config(*object, place, rows);
    if (rows.grammar() == G::container_host_json)
        return read_host_config(*object, place, rows);
    for (auto const& field : object->fields)
        rows.setting(
            place, { .section = file_name_of(rows.file().path), .name = field.name, .value = field.value, .user = {} });
}

void read_quadlet(ByteView file, LinuxRows& rows)
{
    auto const entries = read_ini(file, IniGrammar::systemd, rows);
    auto const name = file_name_of(rows.file().path);
    std::string detail;
    for (auto const& entry : entries) {
        bool const is_of_container = entry.section == "Container" || entry.section == "Pod" || entry.section == "Kube";
        if (is_of_container) {
            rows.setting(
                entry.place, { .section = name, .name = entry.name, .value = entry.value, .user = rows.file().user });
            if (entry.name == "Volume" || entry.name == "PodmanArgs" || entry.name == "AddCapability"
                || entry.name == "Network")
                add_part(detail, entry.name, entry.value);
        }
        if (entry.section == "Service" && entry.name.starts_with("Exec") && !entry.value.empty())
            add_start(rows, entry.place,
                { .name = name,
                    .schedule = entry.name,
                    .command = entry.value,
                    .detail = {},
                    .user = rows.file().user });
    }
    auto const image = last_value(entries, "Container", "Image");
    auto const command = last_value(entries, "Container", "Exec");
    auto const yaml = last_value(entries, "Kube", "Yaml");
    if (image.empty() && command.empty() && yaml.empty())
        return;
    add_part(detail, "Image", image);
    add_part(detail, "WantedBy", last_value(entries, "Install", "WantedBy"));
    auto const restart = last_value(entries, "Service", "Restart");
    add_start(rows, { 0, file.size(), 1 },
        { .name = name,
            .schedule = restart.empty() ? "container" : restart,
            .command = !command.empty() ? command
                : !image.empty()        ? image
                                        : yaml,
            .detail = detail,
            .user = rows.file().user });
}

struct Service {
    std::string name, image, command, restart, detail;
    TextPlace place;
};

void emit_service(Service const& service, LinuxRows& rows)
{
    if (service.name.empty() || (service.image.empty() && service.command.empty()))
        return;
    std::string detail = service.detail;
    add_part(detail, "image", service.image);
    add_start(rows, service.place,
        { .name = service.name,
            .schedule = service.restart.empty() ? "container" : std::string_view(service.restart),
            .command = service.command.empty() ? service.image : service.command,
            .detail = detail,
            .user = {} });
}

void read_compose(ByteView file, LinuxRows& rows)
{
    Service service;
    for (auto const& entry : read_yaml(file, rows)) {
        if (!entry.path.starts_with("services."))
            continue;
        auto const inner = std::string_view(entry.path).substr(9);
        auto const dot = inner.find('.');
        if (dot == std::string_view::npos) {
            emit_service(service, rows);
            service = {};
            service.name = inner;
            service.place = entry.place;
            continue;
        }
        auto field = inner.substr(dot + 1);
        field = field.substr(0, std::min(field.find_first_of(".["), field.size()));
        if (entry.value.empty() || std::ranges::find(compose_fields, field) == compose_fields.end())
            continue;
        rows.setting(entry.place, { .section = service.name, .name = field, .value = entry.value, .user = {} });
        if (field == "image")
            service.image = entry.value;
        else if (field == "command" || field == "entrypoint")
            service.command += (service.command.empty() ? "" : " ") + entry.value;
        else if (field == "restart")
            service.restart = entry.value;
        else if (field == "privileged" || field == "volumes" || field == "network_mode" || field == "pid"
            || field == "cap_add")
            add_part(service.detail, field, entry.value);
    }
    emit_service(service, rows);
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    LinuxRows rows { evidence, context };
    switch (rows.grammar()) {
    case G::quadlet: return read_quadlet(evidence.bytes, rows);
    case G::compose: return read_compose(evidence.bytes, rows);
    default: return read_json(evidence.bytes, rows);
    }
}

constexpr std::array<Schema const*, 2> schemas { &linux_autostart_schema.erased, &linux_setting_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_container",
    .title = "Container definitions",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
