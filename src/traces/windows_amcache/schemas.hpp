// The rows of Amcache.hve: files, programs and drivers that Windows took stock of. Not the code that fills them.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_amcache {

struct FileRow {
    std::string_view path, name;
    Symbol sha1;
    std::optional<std::uint64_t> size_bytes;
    Symbol publisher, product, version, description, binary_type;
    Timestamp linked_at, file_modified_at, file_created_at, key_written_at;
    std::optional<bool> is_os_component, is_pe;
    std::optional<std::uint64_t> usn;
    Symbol program_id, layout;
    std::string_view original_file_name;
};

inline constexpr auto file_schema = schema("windows.amcache.file",
    "Files in Amcache.hve: the program inventory saw them; presence is not execution",
    field("path", &FileRow::path, "Path as written, mostly in lower case"),
    field("name", &FileRow::name, "File name as written"),
    field("sha1", &FileRow::sha1,
        "SHA-1 of the file's first 31,457,280 bytes, without the four zeros in front; 40 hex digits"),
    field("file_size_bytes", &FileRow::size_bytes, "Size of the file"),
    field("publisher", &FileRow::publisher, "Company name of its version information; not a signature"),
    field("product", &FileRow::product, "Product name of its version information"),
    field("version", &FileRow::version, "File version of its version information"),
    field("description", &FileRow::description, "File description (layout File only)"),
    field("binary_type", &FileRow::binary_type, "pe32_i386, pe64_amd64, pe32_clr_il, …"),
    field("linked_at", &FileRow::linked_at, "Time stamp of its PE header: what the linker wrote, UTC"),
    field("file_modified_at", &FileRow::file_modified_at, "Last modification of the file (layout File only), UTC"),
    field("file_created_at", &FileRow::file_created_at, "Creation of the file (layout File only), UTC"),
    field("key_written_at", &FileRow::key_written_at,
        "Last write of the key: when the inventory took or renewed the entry, UTC; not a run"),
    field("is_os_component", &FileRow::is_os_component, "Windows counts it to itself"),
    field("is_pe", &FileRow::is_pe, "Whether it is a PE file"),
    field("usn", &FileRow::usn, "Update sequence number of the file when it was inventoried"),
    field("program_id", &FileRow::program_id, "Program it belongs to; ends in 0000ffff or 00000904 … by its source"),
    field("layout", &FileRow::layout, "File: Root\\File (8 to early 10); InventoryApplicationFile (10 and later)"),
    field("original_file_name", &FileRow::original_file_name, "Original name of its version information"));

struct ProgramRow {
    std::string_view name;
    Symbol version, publisher;
    Timestamp installed_at;
    LocalTime installed_local;
    Timestamp uninstalled_at;
    Symbol source, type;
    std::string_view root_folder, uninstall_command, registry_key, package;
    Symbol program_id, layout;
    Timestamp key_written_at;
};

inline constexpr auto program_schema = schema("windows.amcache.program", "Installed programs in Amcache.hve",
    field("name", &ProgramRow::name, "Name of the program"), field("version", &ProgramRow::version, "Its version"),
    field("publisher", &ProgramRow::publisher, "Its publisher as it says itself"),
    field("installed_at", &ProgramRow::installed_at, "Installation (layout Programs), UTC"),
    field("installed_local", &ProgramRow::installed_local,
        "Installation (layout InventoryApplication), as text without a zone"),
    field("uninstalled_at", &ProgramRow::uninstalled_at, "Removal (layout Programs), UTC"),
    field("source", &ProgramRow::source, "AddRemoveProgram, Msi, AppxPackage, File, …"),
    field("type", &ProgramRow::type, "Application, Hotfix, …"),
    field("root_folder", &ProgramRow::root_folder, "Folder of the program; several joined with \"; \""),
    field("uninstall_command", &ProgramRow::uninstall_command, "What removes it"),
    field("registry_key", &ProgramRow::registry_key, "Key of the program in Uninstall"),
    field("package", &ProgramRow::package, "Full name of a store package"),
    field("program_id", &ProgramRow::program_id, "Number of the program, referred to by files"),
    field("layout", &ProgramRow::layout, "Programs (8 to early 10) or InventoryApplication"),
    field("key_written_at", &ProgramRow::key_written_at, "Last write of the key, UTC"));

struct DriverRow {
    std::string_view path, name;
    Symbol sha1, service, company, product, version;
    std::optional<bool> is_signed, is_in_box, is_kernel_mode;
    Timestamp linked_at;
    LocalTime file_modified_local;
    std::optional<std::uint64_t> image_size_bytes, checksum;
    Symbol inf;
    Timestamp key_written_at;
};

inline constexpr auto driver_schema
    = schema("windows.amcache.driver", "Driver files in Amcache.hve (InventoryDriverBinary)",
        field("path", &DriverRow::path, "Path; only where the key is named by it (newer Windows)"),
        field("name", &DriverRow::name, "File name"),
        field("sha1", &DriverRow::sha1, "SHA-1 of the file, without the four zeros in front"),
        field("service", &DriverRow::service, "Service that loads it"),
        field("company", &DriverRow::company, "Company of its version information"),
        field("product", &DriverRow::product, "Product of its version information"),
        field("version", &DriverRow::version, "Version of the driver"),
        field("is_signed", &DriverRow::is_signed, "Windows found a signature"),
        field("is_in_box", &DriverRow::is_in_box, "Came with Windows"),
        field("is_kernel_mode", &DriverRow::is_kernel_mode, "Runs in the kernel"),
        field("linked_at", &DriverRow::linked_at, "Time stamp of its PE header, UTC"),
        field("file_modified_local", &DriverRow::file_modified_local, "Last write of the file, as text without a zone"),
        field("image_size_bytes", &DriverRow::image_size_bytes, "Size of the loaded image"),
        field("checksum", &DriverRow::checksum, "Checksum of its PE header"),
        field("inf", &DriverRow::inf, "INF file that installed it"),
        field("key_written_at", &DriverRow::key_written_at, "Last write of the key, UTC"));

}
