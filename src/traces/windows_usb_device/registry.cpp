#include "traces/windows_usb_device/registry.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include "traces/registry_keys.hpp"
#include "traces/registry_values.hpp"
#include <algorithm>
#include <array>

namespace konseki::windows_usb_device {

namespace {

constexpr std::string_view times_format = "{83da6326-97a6-4088-9453-a1923f573b29}"; // DEVPKEY_Device_*Date

struct Bus {
    std::string_view name, path;
};
constexpr std::array<Bus, 4> buses { {
    { "USBSTOR", "Enum\\USBSTOR\\*\\*" },
    { "USB", "Enum\\USB\\*\\*" },
    { "SCSI", "Enum\\SCSI\\*\\*" },
    { "WPD", "Enum\\SWD\\WPDBUSENUM\\*" },
} };

Timestamp filetime_of(regf::Value const& value)
{
    ByteReader reader { value.content, value.offset };
    auto const at = Timestamp::from_filetime(reader.u64("usb_device.time"));
    return reader.failed() ? Timestamp {} : at;
}

// Since 8 the default value of "0064" is the time; in 7 it is "Data" of "00000064\00000000".
Timestamp property_time(HiveView const& view, regf::Key const& times, std::string_view number)
{
    if (auto const key = view.hive.subkey(times, number)) {
        auto const value = view.hive.value(*key, "");
        return value ? filetime_of(*value) : Timestamp {};
    }
    auto const key = view.hive.subkey(times, "0000" + std::string(number));
    auto const inner = key ? view.hive.subkey(*key, "00000000") : std::nullopt;
    auto const value = inner ? view.hive.value(*inner, "Data") : std::nullopt;
    return value ? filetime_of(*value) : Timestamp {};
}

void read_times(HiveView const& view, regf::Key const& device, DeviceRow& row)
{
    auto const properties = view.hive.subkey(device, "Properties");
    auto const times = properties ? view.hive.subkey(*properties, times_format) : std::nullopt;
    if (!times)
        return;
    row.installed_at = property_time(view, *times, "0064");
    row.first_installed_at = property_time(view, *times, "0065");
    row.last_connected_at = property_time(view, *times, "0066");
    row.last_removed_at = property_time(view, *times, "0067");
}

// "Disk&Ven_SanDisk&Prod_Cruzer&Rev_1.20", "VID_0781&PID_5530"
void read_device_id(std::string_view id, DeviceRow& row)
{
    row.device_id = id;
    for (auto const part : split(id, '&')) {
        auto const lower = ascii_lower(part);
        if (lower.starts_with("ven_") || lower.starts_with("vid_"))
            row.vendor = unless_empty(part.substr(4));
        else if (lower.starts_with("prod_"))
            row.product = unless_empty(part.substr(5));
        else if (lower.starts_with("pid_") || lower.starts_with("rev_"))
            (lower.starts_with("pid_") ? row.product : row.revision) = unless_empty(part.substr(4));
    }
}

void emit_device(
    HiveView const& view, FoundKey const& found, std::string_view bus, std::string_view set, ParseContext& context)
{
    RegistryValues const values { view.hive, found.key, context.diagnostics };
    auto const friendly = values.text("FriendlyName"), description = values.text("DeviceDesc");
    auto const maker = values.text("Mfg"), service = values.text("Service"), container = values.text("ContainerID");
    auto const parent = values.text("ParentIdPrefix"), location = values.text("LocationInformation");
    auto const parts = split(found.path, '\\');
    DeviceRow row;
    row.control_set = set;
    row.bus = bus;
    row.serial = found.key.name;
    if (bus != "WPD") {
        read_device_id(parts[parts.size() - 2], row);
        row.is_serial_own = found.key.name.size() < 2 || found.key.name[1] != '&';
    }
    row.friendly_name = unless_empty(friendly);
    row.description = unless_empty(description);
    row.manufacturer = unless_empty(maker);
    row.service = unless_empty(service);
    row.container_id = unless_empty(container);
    row.parent_prefix = unless_empty(parent);
    row.location = unless_empty(location);
    std::string disk;
    auto const parameters = view.hive.subkey(found.key, "Device Parameters");
    if (auto const manager = parameters ? view.hive.subkey(*parameters, "Partmgr") : std::nullopt) {
        auto const value = view.hive.value(*manager, "DiskId");
        disk = value ? regf::value_text(*value) : std::string {};
    }
    row.disk_id = unless_empty(disk);
    read_times(view, found.key, row);
    row.key_path = found.path;
    row.key_written_at = found.key.written_at;
    context.traces.emit(device_schema, origin_of(found.key), row);
}

// 12 bytes: disk signature and where the partition begins; "DMIO:ID:" and a GUID: GPT; else a device path in UTF-16.
void emit_mounted(regf::Value const& value, VolumeRow row, ParseContext& context)
{
    constexpr std::size_t mbr_bytes = 12, gpt_bytes = 24;
    std::string signature, guid, target;
    if (value.content.size() == mbr_bytes) {
        ByteReader reader { value.content, value.offset };
        signature = format("{:08x}", reader.u32("usb_device.disk_signature"));
        row.partition_offset = reader.u64("usb_device.partition_offset");
        row.kind = "mbr";
    } else if (value.content.size() == gpt_bytes && as_text(value.content).starts_with("DMIO:ID:")) {
        append_guid(guid, value.content.subspan(8));
        row.kind = "gpt";
    } else {
        target = utf8_from_utf16le(until_zero_utf16(value.content));
        row.kind = "device";
    }
    row.name = value.name;
    row.disk_signature = unless_empty(signature);
    row.partition_guid = unless_empty(guid);
    row.target = unless_empty(target);
    context.traces.emit(volume_schema, origin_of(value), row);
}

void parse_mounted_devices(HiveView const& view, ParseContext& context)
{
    auto const key = view.hive.find("MountedDevices");
    if (!key)
        return;
    VolumeRow row;
    row.source = "mounted_devices";
    row.key_path = "MountedDevices";
    row.key_written_at = key->written_at;
    for (auto const& value : view.hive.values(*key, context.diagnostics)) {
        if (!value.content.empty())
            emit_mounted(value, row, context);
    }
}

void parse_portable(
    HiveView const& view, std::string_view path, std::string_view label, Symbol source, ParseContext& context)
{
    for (auto const& found : keys_at(view.hive, path, context.diagnostics)) {
        RegistryValues const values { view.hive, found.key, context.diagnostics };
        auto const text = values.text(label);
        VolumeRow row;
        row.source = source;
        row.name = found.key.name;
        row.target = found.key.name;
        row.kind = "device";
        row.label = unless_empty(text);
        row.key_path = found.path;
        row.key_written_at = found.key.written_at;
        context.traces.emit(volume_schema, origin_of(found.key), row);
    }
}

void parse_mount_points(HiveView const& view, ParseContext& context)
{
    constexpr std::string_view path = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\MountPoints2\\*";
    for (auto const& found : keys_at(view.hive, path, context.diagnostics)) {
        if (found.key.name == "CPC")
            continue; // a cache of volumes, no mount point
        RegistryValues const values { view.hive, found.key, context.diagnostics };
        auto const label = values.text("_LabelFromReg");
        std::string name = found.key.name;
        VolumeRow row;
        row.kind = name.starts_with('{') ? "volume" : "drive";
        if (name.starts_with("##")) { // a share: "##server#share"
            std::ranges::replace(name, '#', '\\');
            row.kind = "share";
        }
        row.source = "mount_points";
        row.user = view.user;
        row.name = name;
        row.label = unless_empty(label);
        row.key_path = found.path;
        row.key_written_at = found.key.written_at;
        context.traces.emit(volume_schema, origin_of(found.key), row);
    }
}

void parse(HiveView const& view, ParseContext& context)
{
    if (view.kind == HiveKind::user) {
        parse_mount_points(view, context);
    } else if (view.kind == HiveKind::software) {
        parse_portable(
            view, "Microsoft\\Windows Portable Devices\\Devices\\*", "FriendlyName", "portable_devices", context);
        parse_portable(view, "Microsoft\\Windows Search\\VolumeInfoCache\\*", "VolumeLabel", "volume_info", context);
    }
    for (auto const& set : view.control_sets) {
        for (auto const& bus : buses) {
            auto const path = format("{}\\{}", set, bus.path);
            for (auto const& found : keys_at(view.hive, path, context.diagnostics))
                emit_device(view, found, bus.name, set, context);
        }
    }
    if (view.kind == HiveKind::system)
        parse_mounted_devices(view, context);
}

constexpr std::array<Schema const*, 2> emitted { &device_schema.erased, &volume_schema.erased };

}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_usb_device",
    .title = "USB devices and mounted volumes",
    .emits = emitted,
    .kinds = HiveKind::system | HiveKind::software | HiveKind::user,
    .parse = parse,
};

}
