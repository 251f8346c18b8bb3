#include "traces/windows_amcache/registry.hpp"
#include "base/path_name.hpp"
#include "traces/registry_values.hpp"
#include <array>

namespace konseki::windows_amcache {

namespace {

// "0000" and 40 hex digits -> the digits; anything else stays away, as it is not a SHA-1.
std::string_view sha1_of(std::string_view id)
{
    constexpr std::size_t id_size = 44;
    return id.size() == id_size && id.starts_with("0000") ? id.substr(4) : std::string_view {};
}

std::optional<bool> flag(std::optional<std::uint64_t> number)
{
    return number ? std::optional<bool> { *number != 0 } : std::nullopt;
}

Timestamp filetime(std::optional<std::uint64_t> number)
{
    return Timestamp::from_filetime(number.value_or(0));
}

Timestamp unix_time(std::optional<std::uint64_t> number)
{
    return number.value_or(0) == 0 ? Timestamp {} : Timestamp::from_unix_seconds(static_cast<std::int64_t>(*number));
}

LocalTime local_time(std::string_view text)
{
    return { time_of_american_date(text).ticks };
}

// Root\File\{volume}\{file reference}: values are named by hex numbers.
void emit_old_file(HiveView const& view, regf::Key const& key, ParseContext& context)
{
    RegistryValues const values { view.hive, key, context.diagnostics };
    auto const path = values.text("15"), id = values.text("101"), publisher = values.text("1");
    auto const product = values.text("0"), version = values.text("5"), description = values.text("c");
    auto const program = values.text("100");
    FileRow row;
    row.path = unless_empty(path);
    row.name = unless_empty(file_name_of(path));
    row.sha1 = sha1_of(id);
    row.size_bytes = values.number("6");
    row.publisher = unless_empty(publisher);
    row.product = unless_empty(product);
    row.version = unless_empty(version);
    row.description = unless_empty(description);
    row.linked_at = unix_time(values.number("f"));
    row.file_modified_at = filetime(values.number("11"));
    row.file_created_at = filetime(values.number("12"));
    row.key_written_at = key.written_at;
    row.program_id = unless_empty(program);
    row.layout = "File";
    context.traces.emit(file_schema, origin_of(key), row);
}

void emit_file(HiveView const& view, regf::Key const& key, ParseContext& context)
{
    RegistryValues const values { view.hive, key, context.diagnostics };
    auto const path = values.text("LowerCaseLongPath"), name = values.text("Name"), id = values.text("FileId");
    auto const publisher = values.text("Publisher"), product = values.text("ProductName");
    auto const version = values.text("Version"), type = values.text("BinaryType"), program = values.text("ProgramId");
    auto const original = values.text("OriginalFileName");
    FileRow row;
    row.path = unless_empty(path);
    row.name = unless_empty(name.empty() ? file_name_of(path) : std::string_view(name));
    row.sha1 = sha1_of(id);
    row.size_bytes = values.number("Size");
    row.publisher = unless_empty(publisher);
    row.product = unless_empty(product);
    row.version = unless_empty(version);
    row.binary_type = unless_empty(type);
    row.linked_at = time_of_american_date(values.text("LinkDate"));
    row.key_written_at = key.written_at;
    row.is_os_component = flag(values.number("IsOsComponent"));
    row.is_pe = flag(values.number("IsPeFile"));
    row.usn = values.number("Usn");
    row.program_id = unless_empty(program);
    row.layout = "InventoryApplicationFile";
    row.original_file_name = unless_empty(original);
    context.traces.emit(file_schema, origin_of(key), row);
}

void emit_old_program(HiveView const& view, regf::Key const& key, ParseContext& context)
{
    RegistryValues const values { view.hive, key, context.diagnostics };
    auto const name = values.text("0"), version = values.text("1"), publisher = values.text("2");
    auto const source = values.text("6"), keys = values.text("7"), folders = values.text("d");
    ProgramRow row;
    row.name = unless_empty(name);
    row.version = unless_empty(version);
    row.publisher = unless_empty(publisher);
    row.installed_at = unix_time(values.number("a"));
    row.uninstalled_at = unix_time(values.number("b"));
    row.source = unless_empty(source);
    row.root_folder = unless_empty(folders);
    row.registry_key = unless_empty(keys);
    row.program_id = std::string_view(key.name);
    row.layout = "Programs";
    row.key_written_at = key.written_at;
    context.traces.emit(program_schema, origin_of(key), row);
}

void emit_program(HiveView const& view, regf::Key const& key, ParseContext& context)
{
    RegistryValues const values { view.hive, key, context.diagnostics };
    auto const name = values.text("Name"), version = values.text("Version"), publisher = values.text("Publisher");
    auto const source = values.text("Source"), type = values.text("Type"), folder = values.text("RootDirPath");
    auto const uninstall = values.text("UninstallString"), registry = values.text("RegistryKeyPath");
    auto const package = values.text("PackageFullName");
    ProgramRow row;
    row.name = unless_empty(name);
    row.version = unless_empty(version);
    row.publisher = unless_empty(publisher);
    row.installed_local = local_time(values.text("InstallDate"));
    row.source = unless_empty(source);
    row.type = unless_empty(type);
    row.root_folder = unless_empty(folder);
    row.uninstall_command = unless_empty(uninstall);
    row.registry_key = unless_empty(registry);
    row.package = unless_empty(package);
    row.program_id = std::string_view(key.name);
    row.layout = "InventoryApplication";
    row.key_written_at = key.written_at;
    context.traces.emit(program_schema, origin_of(key), row);
}

void emit_driver(HiveView const& view, regf::Key const& key, ParseContext& context)
{
    RegistryValues const values { view.hive, key, context.diagnostics };
    auto const name = values.text("DriverName"), id = values.text("DriverId"), service = values.text("Service");
    auto const company = values.text("DriverCompany"), product = values.text("Product"), inf = values.text("Inf");
    auto const version = values.text("DriverVersion");
    DriverRow row;
    row.path = key.name.find('/') == std::string::npos ? std::string_view {} : std::string_view(key.name);
    row.name = unless_empty(name);
    row.sha1 = sha1_of(id).empty() ? sha1_of(key.name) : sha1_of(id);
    row.service = unless_empty(service);
    row.company = unless_empty(company);
    row.product = unless_empty(product);
    row.version = unless_empty(version);
    row.is_signed = flag(values.number("DriverSigned"));
    row.is_in_box = flag(values.number("DriverInBox"));
    row.is_kernel_mode = flag(values.number("DriverIsKernelMode"));
    row.linked_at = unix_time(values.number("DriverTimeStamp"));
    row.file_modified_local = local_time(values.text("DriverLastWriteTime"));
    row.image_size_bytes = values.number("ImageSize");
    row.checksum = values.number("DriverCheckSum");
    row.inf = unless_empty(inf);
    row.key_written_at = key.written_at;
    context.traces.emit(driver_schema, origin_of(key), row);
}

using Emit = void (*)(HiveView const&, regf::Key const&, ParseContext&);
struct Place {
    std::string_view path;
    Emit emit;
};
constexpr std::array<Place, 4> places { {
    { "Root\\Programs", emit_old_program },
    { "Root\\InventoryApplicationFile", emit_file },
    { "Root\\InventoryApplication", emit_program },
    { "Root\\InventoryDriverBinary", emit_driver },
} };

void parse(HiveView const& view, ParseContext& context)
{
    if (auto const files = view.hive.find("Root\\File")) {
        for (auto const& volume : view.hive.subkeys(*files, context.diagnostics)) {
            for (auto const& key : view.hive.subkeys(volume, context.diagnostics))
                emit_old_file(view, key, context);
        }
    }
    for (auto const& place : places) {
        auto const parent = view.hive.find(place.path);
        if (!parent)
            continue;
        for (auto const& key : view.hive.subkeys(*parent, context.diagnostics))
            place.emit(view, key, context);
    }
}

constexpr std::array<Schema const*, 3> emitted { &file_schema.erased, &program_schema.erased, &driver_schema.erased };

}

Timestamp time_of_american_date(std::string_view text)
{
    constexpr std::size_t date_size = 10;
    if (text.size() < date_size || text[2] != '/' || text[5] != '/')
        return {};
    auto const clock = text.size() > date_size ? text.substr(date_size + 1) : std::string_view("00:00:00");
    auto const iso = format("{}-{}-{}T{}Z", text.substr(6, 4), text.substr(0, 2), text.substr(3, 2), clock);
    return Timestamp::parse(iso).value_or(Timestamp {});
}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_amcache",
    .title = "Amcache: inventory of files, programs and drivers",
    .emits = emitted,
    .kinds = static_cast<std::uint32_t>(HiveKind::amcache),
    .parse = parse,
};

}
