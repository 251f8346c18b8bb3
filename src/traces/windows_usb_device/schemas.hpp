// Rows of USB devices and of the volumes mounted. Not the code that fills them.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_usb_device {

struct DeviceRow {
    Symbol control_set, bus;
    std::string_view device_id, serial;
    std::optional<bool> is_serial_own;
    Symbol vendor, product, revision;
    std::string_view friendly_name, description, manufacturer;
    Symbol service;
    std::string_view container_id, parent_prefix, location, disk_id;
    Timestamp installed_at, first_installed_at, last_connected_at, last_removed_at;
    std::string_view key_path;
    Timestamp key_written_at;
};

inline constexpr auto device_schema = schema("windows.usb_device",
    "Devices Windows saw on USB, and phones and cameras (Enum\\USBSTOR, USB, SWD\\WPDBUSENUM of SYSTEM)",
    field("control_set", &DeviceRow::control_set, "Control set that holds it"),
    field("bus", &DeviceRow::bus, "USBSTOR: storage; USB: any device; SCSI: storage by UAS; WPD: portable device"),
    field("device_id", &DeviceRow::device_id, "Kind of device: Disk&Ven_…&Prod_…&Rev_… or VID_…&PID_…"),
    field("serial", &DeviceRow::serial, "Name of the instance: the device's serial number or one Windows made up"),
    field("is_serial_own", &DeviceRow::is_serial_own,
        "The serial number is the device's own; Windows' own have & as second character and differ per machine"),
    field("vendor", &DeviceRow::vendor, "Vendor: name (USBSTOR) or four hex digits (USB)"),
    field("product", &DeviceRow::product, "Product: name (USBSTOR) or four hex digits (USB)"),
    field("revision", &DeviceRow::revision, "Revision"),
    field("friendly_name", &DeviceRow::friendly_name, "FriendlyName: what people saw; of a portable device its label"),
    field("description", &DeviceRow::description, "DeviceDesc"), field("manufacturer", &DeviceRow::manufacturer, "Mfg"),
    field("service", &DeviceRow::service, "Driver that serves it: disk, USBSTOR, HidUsb, WUDFRd …"),
    field("container_id", &DeviceRow::container_id, "The same for all parts of one physical device"),
    field("parent_prefix", &DeviceRow::parent_prefix, "ParentIdPrefix: ties it to volumes (XP)"),
    field("location", &DeviceRow::location, "LocationInformation: port"),
    field("disk_id", &DeviceRow::disk_id, "DiskId of the partition manager"),
    field("installed_at", &DeviceRow::installed_at, "Last installation of its driver, UTC (property 0064)"),
    field("first_installed_at", &DeviceRow::first_installed_at, "First time on this machine, UTC (property 0065)"),
    field("last_connected_at", &DeviceRow::last_connected_at, "Last connected, UTC (property 0066, since 8)"),
    field("last_removed_at", &DeviceRow::last_removed_at, "Last removed, UTC (property 0067, since 8)"),
    field("key_path", &DeviceRow::key_path, "Key below the root of the hive"),
    field("key_written_at", &DeviceRow::key_written_at, "Last write of the device's key, UTC"));

struct VolumeRow {
    Symbol source, user;
    std::string_view name, target;
    Symbol kind;
    std::string_view disk_signature;
    std::optional<std::uint64_t> partition_offset;
    std::string_view partition_guid, label, key_path;
    Timestamp key_written_at;
};

inline constexpr auto volume_schema = schema("windows.mounted_volume",
    "Which device a drive letter or volume name stood for, and which volumes and shares a user saw",
    field("source", &VolumeRow::source,
        "mounted_devices (SYSTEM), portable_devices (SOFTWARE), mount_points (NTUSER.DAT), volume_info (SOFTWARE)"),
    field("user", &VolumeRow::user, "Account that had it mounted (mount_points)"),
    field("name", &VolumeRow::name,
        "\\DosDevices\\E:, \\??\\Volume{GUID}, the {GUID} alone, a drive letter, or \\\\server\\share"),
    field("target", &VolumeRow::target, "Device path it stands for; its serial number is the part between the last #"),
    field("kind", &VolumeRow::kind, "mbr, gpt, device, share, volume or drive"),
    field("disk_signature", &VolumeRow::disk_signature, "Signature of the disk in its MBR, eight hex digits (mbr)"),
    field("partition_offset", &VolumeRow::partition_offset, "Where the partition begins, in bytes (mbr)"),
    field("partition_guid", &VolumeRow::partition_guid, "Partition (gpt)"),
    field("label", &VolumeRow::label, "Label of the volume or letter that it had"),
    field("key_path", &VolumeRow::key_path, "Key below the root of the hive"),
    field("key_written_at", &VolumeRow::key_written_at,
        "Last write of the key, UTC: for mount_points the last time this user had it; else of any entry of the key"));

}
