#include "installing.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "bytes/sha256.hpp"
#include "traces/windows_amcache/schemas.hpp"
#include "traces/windows_autostart/schemas.hpp"
#include "traces/windows_bam/schemas.hpp"
#include "traces/windows_lnk/parser.hpp"
#include "traces/windows_pe/parser.hpp"
#include "traces/windows_prefetch/parser.hpp"
#include "traces/windows_service/schemas.hpp"
#include "traces/windows_shimcache/schemas.hpp"
#include "traces/windows_task_cache/schemas.hpp"
#include "traces/windows_task_xml/parser.hpp"
#include "traces/windows_userassist/schemas.hpp"
#include <algorithm>

namespace konseki::fleet {

namespace {

constexpr std::int64_t second = ticks_per_second, minute = 60 * second, day = 86'400 * second;

// As the version information has it: of the vendor's product, or else what the file was called at first.
std::string product_of(PackageFile const& file, Package const& package)
{
    if (!file.product.empty() || !package.product.empty())
        return file.product.empty() ? package.product : file.product;
    return file.original_name.substr(0, file.original_name.rfind('.'));
}

// What lies beside a program and below it is what it loads.
std::vector<std::string> libraries_of(PackageFile const& program, Package const& package)
{
    std::vector<std::string> paths;
    for (auto const& file : package.files)
        if (auto const extension = extension_of(file.path); (extension == "dll" || extension == "exe")
            && file.path.starts_with(std::string(folder_of(program.path)) + "\\"))
            paths.push_back(file.path);
    return paths;
}

// The same bytes are as dense everywhere.
double entropy_of(std::string const& hash)
{
    auto random = Random(1).stream(hash);
    return 5.5 + random.share() * (random.chance(0.06) ? 2.4 : 1.2);
}

bool is_program(std::string_view extension)
{
    return extension == "exe" || extension == "dll" || extension == "sys" || extension == "scr" || extension == "pyd";
}

}

EvidenceNumber Installer::system_hive()
{
    return m_target.evidence_at("C:\\Windows\\System32\\config\\SYSTEM", "windows_registry");
}

EvidenceNumber Installer::software_hive()
{
    return m_target.evidence_at("C:\\Windows\\System32\\config\\SOFTWARE", "windows_registry");
}

EvidenceNumber Installer::user_hive(User const& user)
{
    return m_target.evidence_at(format("C:\\Users\\{}\\NTUSER.DAT", user.name), "windows_registry");
}

Timestamp Installer::recent()
{
    return { m_plan.collected_at.ticks - static_cast<std::int64_t>(m_random.below(30 * day)) };
}

Timestamp Installer::linked_at(PackageFile const& file, Timestamp installed, std::string_view version) const
{
    auto random = Random(0).stream(hash_of(file.path, version));
    Timestamp const linked { m_plan.collected_at.ticks - m_plan.collected_at.ticks % (30 * day)
        - static_cast<std::int64_t>(random.between(30 * day, 900 * day)) / second * second };
    return std::min(linked, { installed.ticks - static_cast<std::int64_t>(random.between(2, 60)) * day });
}

void Installer::install(Package const& package, User const& user, Timestamp at, std::string_view version)
{
    auto now = at;
    for (auto const& file : package.files) {
        m_files.add(file.path, now, m_target.implant(), file.is_set_back);
        now.ticks += static_cast<std::int64_t>(m_random.below(9 * second));
        if (!file.is_data)
            note_file(file, at, version, product_of(file, package));
        if (file.runs)
            note_run(file.path, user, libraries_of(file, package));
        if (file.is_gone)
            m_files.forget(file.path);
    }
    for (auto const& one : package.starts) { // mostly at once, sometimes when somebody comes back to it
        now.ticks += static_cast<std::int64_t>(m_random.below(m_random.chance(0.1) ? 4 * day : 40 * second));
        start(one, user,
            std::min(now, { m_plan.collected_at.ticks - static_cast<std::int64_t>(m_random.below(60 * minute)) }));
    }
    // What starts by itself is what collectors take along.
    if (m_plan.collected.programs && !package.starts.empty())
        for (auto const& file : package.files)
            if (!file.is_data && !file.is_gone)
                note_bytes(file, at, version, product_of(file, package));
}

void Installer::note_file(PackageFile const& file, Timestamp at, std::string_view version, std::string_view product)
{
    auto const extension = extension_of(file.path);
    if (!m_plan.collected.inventory || extension != "exe")
        return; // the inventory of Windows 10 holds programs; libraries only of some products
    auto const path = ascii_lower(file.path);
    auto const hash = hash_of(file.path, version);
    auto const original = ascii_lower(file.original_name);
    auto const publisher = ascii_lower(file.signer);
    auto const named = ascii_lower(product);
    windows_amcache::FileRow row;
    row.path = path;
    row.name = file_name_of(path);
    row.sha1 = Symbol(std::string_view(hash));
    row.size_bytes = size_of(file.path, version);
    row.binary_type = Symbol("pe64_amd64");
    row.layout = Symbol("InventoryApplicationFile");
    row.linked_at = linked_at(file, at, version);
    row.key_written_at = { at.ticks + static_cast<std::int64_t>(m_random.below(1'400 * minute)) };
    row.is_os_component = false;
    row.is_pe = true;
    if (!file.signer.empty()) {
        row.publisher = Symbol(std::string_view(publisher));
        row.product = Symbol(std::string_view(named));
        row.version = Symbol(version);
        row.original_file_name = original;
    }
    m_target.add(m_target.evidence_at("C:\\Windows\\appcompat\\Programs\\Amcache.hve", "windows_registry"),
        windows_amcache::file_schema, row);
}

void Installer::note_prefetch(std::string const& program, Timestamp last, std::vector<std::string> const& libraries)
{
    auto const name = upper(file_name_of(program));
    auto const serial = upper(m_plan.random.stream("serial").hex(8));
    auto const volume = format("\\VOLUME{{01d{}-{}}}", m_plan.random.stream("volume").hex(13), ascii_lower(serial));
    auto const path = volume + upper(without_drive(program));
    auto const volumes = format("{} {}", volume, serial);
    auto const hash = upper(hash_of(name, path).substr(0, 8));
    windows_prefetch::ProgramRow row;
    row.executable = std::string_view(name).substr(0, 29);
    row.path = path;
    row.path_hash = hash;
    row.run_count = static_cast<std::uint32_t>(m_random.between(1, 40));
    row.last_run_at = last;
    row.format_version = 30;
    row.was_compressed = true;
    row.files = static_cast<std::uint32_t>(libraries.size() + m_random.between(18, 90));
    row.volumes = 1;
    row.volume_list = volumes;
    row.volume_created_at = m_plan.installed_at;
    row.name_is_cut = name.size() >= 29;
    auto const evidence = m_target.evidence_at("C:\\Windows\\Prefetch", "windows_prefetch");
    m_target.add(evidence, windows_prefetch::program_schema, row);
    for (auto const& library : libraries) {
        auto const loaded = volume + upper(without_drive(library));
        m_target.add(evidence, windows_prefetch::file_schema,
            windows_prefetch::FileRow { Symbol(std::string_view(name)), Symbol(std::string_view(loaded)), {}, {} });
    }
}

void Installer::note_run(std::string const& program, User const& user, std::vector<std::string> const& libraries)
{
    auto const last = recent();
    if (m_plan.collected.prefetch && m_random.chance(0.85))
        note_prefetch(program, last, libraries);
    if (m_plan.collected.system && m_random.chance(0.7)) {
        windows_shimcache::EntryRow row; // the application compatibility cache
        row.control_set = Symbol("ControlSet001");
        row.is_current = true;
        row.position = static_cast<std::uint32_t>(m_random.below(1'024)); // the last that ran stands first
        row.path = program;
        row.file_modified_at = m_files.written_at(program);
        row.key_written_at = stopped_at(); // written when Windows stops
        row.cache_version = Symbol("10");
        m_target.add(system_hive(), windows_shimcache::entry_schema, row);
    }
    if (m_plan.collected.system && m_plan.base != 0 && m_random.chance(0.35)) {
        auto const device = "\\Device\\HarddiskVolume3" + without_drive(program);
        windows_bam::EntryRow row;
        row.moderator = Symbol("bam");
        row.control_set = Symbol("ControlSet001");
        row.key_written_at = stopped_at();
        row.user_sid = Symbol(std::string_view(user.sid));
        row.path = device;
        row.last_run_at = last;
        m_target.add(system_hive(), windows_bam::entry_schema, row);
    }
    if (m_plan.collected.users && m_random.chance(0.25)) {
        windows_userassist::EntryRow row;
        row.user = Symbol(std::string_view(user.name));
        row.path = program;
        row.format_version = 5;
        row.run_count = static_cast<std::uint32_t>(m_random.between(1, 30));
        row.last_run_at = last;
        m_target.add(user_hive(user), windows_userassist::entry_schema, row);
    }
}

void Installer::note_bytes(PackageFile const& file, Timestamp at, std::string_view version, std::string_view product)
{
    auto const extension = extension_of(file.path);
    if (!is_program(extension))
        return;
    windows_pe::FileRow row;
    row.path = file.path;
    row.machine = Symbol("x64");
    row.is_library = extension == "dll";
    row.is_driver = extension == "sys";
    row.linked_at = linked_at(file, at, version);
    row.signature = Symbol(file.signer.empty() ? "none" : "good");
    row.entropy = entropy_of(hash_of(file.path, version));
    if (!file.signer.empty()) {
        row.signer = Symbol(std::string_view(file.signer));
        row.company = row.signer;
        row.product = Symbol(product);
        row.original_name = file.original_name;
        row.file_version = Symbol(version);
    }
    m_target.add(m_target.evidence_at("C:\\Program Files", "windows_pe"), windows_pe::file_schema, row);
}

// Most of Windows' own files are signed by catalogue, which the file does not show; drivers of the boot and some others
// carry their signature.
void Installer::note_windows_file(std::string const& path)
{
    m_files.know(path);
    if (!m_plan.collected.programs || !is_program(extension_of(path)))
        return;
    auto const version
        = m_plan.base == 0 ? format("6.1.7601.{}", 24'000 + m_plan.lag) : format("10.0.19041.{}", 4'000 - m_plan.lag);
    auto of_file = Random(2).stream(ascii_lower(file_name_of(path)));
    windows_pe::FileRow row;
    row.path = path;
    row.machine = Symbol("x64");
    row.is_library = extension_of(path) == "dll";
    row.is_driver = extension_of(path) == "sys";
    row.linked_at = { Timestamp::parse("1970-01-01T00:00:00Z")->ticks
        + static_cast<std::int64_t>(of_file.next() >> 32U) * second }; // reproducible builds have a hash there
    bool const is_embedded = of_file.chance(row.is_driver ? 0.7 : 0.25);
    row.signature = Symbol(is_embedded ? "good" : "none");
    if (is_embedded)
        row.signer = Symbol("Microsoft Windows");
    row.company = Symbol("Microsoft Corporation");
    row.product = Symbol("Microsoft\xC2\xAE Windows\xC2\xAE Operating System");
    row.original_name = file_name_of(path);
    row.file_version = Symbol(std::string_view(version));
    row.entropy = entropy_of(hash_of(path, version));
    m_target.add(m_target.evidence_at("C:\\Program Files", "windows_pe"), windows_pe::file_schema, row);
}

void Installer::start(PackageStart const& start, User const& user, Timestamp at)
{
    auto const& kind = start.kind;
    constexpr std::string_view run = "Software\\Microsoft\\Windows\\CurrentVersion\\Run";
    if (kind == "service" || kind == "driver" || kind == "newservicedll")
        start_service(start, at);
    else if (kind == "task" || kind == "hiddentask")
        start_task(start, user, at, kind == "hiddentask");
    else if (kind == "run")
        start_value(start, user, at, run);
    else if (kind == "runonce")
        start_value(start, user, at, std::string(run) + "Once");
    else if (kind == "entry" || kind == "listed")
        start_entry(start, user, at, kind == "listed");
    else if (kind == "class")
        start_class(start, user, at);
    else if (kind == "lnk" || kind == "startup")
        start_file(start, user, at);
    else
        VERIFY(start_seldom(start, user, at)); // a kind that no recipe may name
}

void Installer::start_service(PackageStart const& start, Timestamp at)
{
    bool const is_library = start.kind == "newservicedll", is_driver = start.kind == "driver";
    // "library -k group"
    auto const group_at = is_library ? start.command.find(" -k ") : std::string::npos;
    auto const host = format("%SystemRoot%\\system32\\svchost.exe{}",
        group_at == std::string::npos ? " -k netsvcs" : std::string_view(start.command).substr(group_at));
    log_service(start.name, is_library ? host : start.command, is_driver, at);
    if (!m_plan.collected.system)
        return;
    windows_service::ServiceRow row;
    row.control_set = Symbol("ControlSet001");
    row.is_current = true;
    row.name = start.name;
    row.kind = Symbol(is_driver ? "kernel_driver" : is_library ? "shared_process" : "own_process");
    row.start = Symbol("automatic");
    row.type = is_driver ? 1U : is_library ? 32U : 16U;
    row.start_value = 2;
    row.error_control = 1U;
    row.image_path = is_library ? std::string_view(host) : std::string_view(start.command);
    if (is_library) {
        row.service_dll = std::string_view(start.command).substr(0, group_at);
        row.parameters_written_at = at;
    }
    row.account = Symbol("LocalSystem");
    row.display_name = start.name;
    row.key_written_at = at;
    m_changes.add_service(start.name);
    m_target.add(system_hive(), windows_service::service_schema, row);
}

void Installer::start_task(PackageStart const& start, User const& user, Timestamp at, bool is_hidden)
{
    auto const file = format("C:\\Windows\\System32\\Tasks{}", start.name);
    auto const hash = to_string(sha256(as_bytes(format("{}|{}|{}", start.name, start.command, m_plan.name))));
    bool const is_of_user = start.command.find("%localappdata%") != std::string::npos
        || start.command.find("\\Users\\") != std::string::npos;
    auto const account = is_of_user ? std::string_view(user.sid) : std::string_view("S-1-5-18");
    if (m_plan.collected.tasks) {
        windows_task_xml::DefinitionRow row;
        row.path = file;
        row.uri = start.name;
        row.registered_at = at;
        row.user = Symbol(account);
        row.run_level = Symbol(m_random.chance(0.4) ? "HighestAvailable" : "LeastPrivilege");
        row.actions = 1;
        row.triggers = 1;
        row.action_list = start.command;
        row.xml_sha256 = hash;
        m_target.add(m_target.evidence_at("C:\\Windows\\System32\\Tasks", "windows_task_xml"),
            windows_task_xml::definition_schema, row);
    }
    if (!m_plan.collected.software)
        return;
    windows_task_cache::TaskRow row;
    row.path = start.name;
    row.is_in_tree = true;
    row.is_in_tasks = true;
    row.has_security = !is_hidden;
    row.index = is_hidden ? 0 : 3;
    row.actions = start.command;
    row.hash = Symbol(std::string_view(hash));
    row.registered_at = at;
    row.last_run_at = recent();
    m_target.add(software_hive(), windows_task_cache::task_schema, row);
}

// The values of a key are written together in the end: its time is that of the last.
void Installer::change_value(ChangedValue value, User const& user)
{
    bool const is_there = value.hive == "user" ? m_plan.collected.users
        : value.hive == "system"               ? m_plan.collected.system
                                               : m_plan.collected.software;
    if (!is_there)
        return;
    if (value.hive == "user")
        value.user = user.name;
    value.implant = m_target.implant();
    m_changes.set(std::move(value));
}

// "HKCU NAME" or "HKLM NAME"
void Installer::start_value(PackageStart const& start, User const& user, Timestamp at, std::string_view key)
{
    bool const is_of_user = start.name.starts_with("HKCU ");
    constexpr std::size_t hive_and_blank = 5;
    ChangedValue value;
    value.location = "W01";
    value.attack = "T1547.001";
    value.hive = is_of_user ? "user" : "software";
    value.key_path = key.substr(is_of_user ? 0 : key.find('\\') + 1);
    value.name = std::string_view(start.name).substr(hive_and_blank);
    value.command = start.command;
    value.written_at = at;
    change_value(std::move(value), user);
}

// "W24 T1546.012 software KEY :: VALUE"
void Installer::start_entry(PackageStart const& start, User const& user, Timestamp at, bool is_addition)
{
    auto const words = split(start.name, ' ');
    auto const key_at = words[0].size() + words[1].size() + words[2].size() + 3;
    auto const separator = start.name.find(" :: ");
    ChangedValue value;
    value.location = words[0];
    value.attack = words[1];
    value.hive = words[2];
    value.key_path = std::string_view(start.name).substr(key_at, separator - key_at);
    value.name = std::string_view(start.name).substr(separator + 4);
    value.command = start.command;
    value.written_at = at;
    value.is_addition = is_addition;
    change_value(std::move(value), user);
}

void Installer::write_values()
{
    for (auto const& [key, value] : m_changes.values()) {
        windows_autostart::EntryRow row;
        row.location = Symbol(std::string_view(value.location));
        row.attack = Symbol(std::string_view(value.attack));
        row.hive = Symbol(std::string_view(value.hive));
        if (value.hive == "user")
            row.user = Symbol(std::string_view(value.user));
        if (value.hive == "system")
            row.control_set = Symbol("ControlSet001");
        row.key_path = value.key_path;
        row.name = value.name;
        row.command = value.command;
        row.value_type = Symbol(value.is_addition ? "REG_MULTI_SZ" : "REG_SZ");
        row.key_written_at = m_changes.time_of_key(value.hive, value.key_path, value.written_at);
        m_changes.complete(row);
        m_target.set_implant(value.implant);
        m_target.add(value.hive == "user"
                ? m_target.evidence_at(format("C:\\Users\\{}\\NTUSER.DAT", value.user), "windows_registry")
                : value.hive == "system" ? system_hive()
                                         : software_hive(),
            windows_autostart::entry_schema, row);
    }
    m_target.set_implant({});
}

void Installer::start_class(PackageStart const& start, User const& user, Timestamp at)
{
    if (!m_plan.collected.users)
        return;
    auto const key = format("CLSID\\{}\\InprocServer32", start.name);
    windows_autostart::EntryRow row;
    row.location = Symbol("W59");
    row.attack = Symbol("T1546.015");
    row.hive = Symbol("user_classes");
    row.user = Symbol(std::string_view(user.name));
    row.key_path = key;
    row.name = "InprocServer32";
    row.command = start.command;
    row.class_id = start.name;
    row.value_type = Symbol("REG_SZ");
    row.key_written_at = at;
    m_changes.complete(row);
    m_target.add(
        m_target.evidence_at(
            format("C:\\Users\\{}\\AppData\\Local\\Microsoft\\Windows\\UsrClass.dat", user.name), "windows_registry"),
        windows_autostart::entry_schema, row);
}

void Installer::start_file(PackageStart const& start, User const& user, Timestamp at)
{
    auto const path = format("C:\\Users\\{}\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Startup\\{}",
        user.name, start.name);
    m_files.add(path, at, m_target.implant(), false);
    if (start.kind == "startup" || !m_plan.collected.users)
        return; // the file table tells of it
    windows_lnk::LinkRow row;
    row.path = path;
    row.target = start.command;
    row.target_created_at = at;
    row.drive_type = Symbol("fixed");
    row.machine_id = Symbol(std::string_view(m_plan.name));
    m_target.add(m_target.evidence_at(path, "windows_lnk"), windows_lnk::link_schema, row);
}

}
