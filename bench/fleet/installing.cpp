#include "installing.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "bytes/sha1.hpp"
#include "bytes/sha256.hpp"
#include "traces/windows_amcache/schemas.hpp"
#include "traces/windows_autostart/schemas.hpp"
#include "traces/windows_bam/schemas.hpp"
#include "traces/windows_lnk/parser.hpp"
#include "traces/windows_mft/parser.hpp"
#include "traces/windows_pe/parser.hpp"
#include "traces/windows_prefetch/parser.hpp"
#include "traces/windows_service/schemas.hpp"
#include "traces/windows_shimcache/schemas.hpp"
#include "traces/windows_task_cache/schemas.hpp"
#include "traces/windows_task_xml/parser.hpp"
#include "traces/windows_userassist/schemas.hpp"
#include "traces/windows_usn/parser.hpp"
#include <algorithm>
#include <array>

namespace konseki::fleet {

namespace {

constexpr std::int64_t second = ticks_per_second, minute = 60 * second, day = 86'400 * second;

std::string extension_of(std::string_view path)
{
    auto const name = file_name_of(path);
    auto const dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string() : ascii_lower(name.substr(dot + 1));
}

std::string upper(std::string_view text)
{
    std::string result(text);
    for (auto& c : result)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
    return result;
}

// The same file of the same version has the same hash on every host.
std::string hash_of(std::string_view path, std::string_view version)
{
    auto const digest = to_string(sha256(as_bytes(format("{}|{}", ascii_lower(file_name_of(path)), version))));
    return digest.substr(0, 40);
}

std::uint64_t size_of(std::string_view path, std::string_view version)
{
    return 40'000 + parse_uint("0x" + hash_of(path, version).substr(0, 5)).value_or(0) * 4;
}

// As the version information has it: of the vendor's product, or else what the file was called at first.
std::string product_of(PackageFile const& file, Package const& package)
{
    if (!file.product.empty() || !package.product.empty())
        return file.product.empty() ? package.product : file.product;
    return file.original_name.substr(0, file.original_name.rfind('.'));
}

bool is_program(std::string_view extension)
{
    return extension == "exe" || extension == "dll" || extension == "sys" || extension == "scr" || extension == "pyd";
}

std::string without_drive(std::string_view path)
{
    return path.size() > 2 && path[1] == ':' ? std::string(path.substr(2)) : std::string(path);
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
    return { m_plan.collected_at.ticks - static_cast<std::int64_t>(m_random.below(30 * 86'400)) * second };
}

void Installer::know(std::string const& path, Timestamp at)
{
    m_files.try_emplace(path, KnownFile { at, {}, false, false });
}

void Installer::forget(std::string const& path)
{
    m_files[path].is_gone = true;
}

void Installer::install(Package const& package, User const& user, Timestamp at, std::string_view version)
{
    std::int64_t later = 0;
    for (auto const& file : package.files) {
        auto& known = m_files[file.path];
        known = { { at.ticks + later }, m_target.implant(), false, file.is_set_back };
        later += static_cast<std::int64_t>(m_random.between(1, 900)) * second / 100;
        if (m_plan.collected_at.ticks - at.ticks < 30 * day)
            m_journal.emplace_back(file.path, known.created_at);
        if (!file.is_data)
            note_file(file, at, version, product_of(file, package));
        if (file.runs)
            note_run(file, user, package);
    }
    for (auto const& one : package.starts)
        start(one, user, { at.ticks + 2 * second });
    // What starts by itself is what collectors take along.
    if (m_plan.collected.programs && !package.starts.empty())
        for (auto const& file : package.files)
            if (!file.is_data)
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
    row.linked_at = { at.ticks - static_cast<std::int64_t>(m_random.between(5, 200)) * day };
    row.key_written_at = { at.ticks + static_cast<std::int64_t>(m_random.between(1, 1'400)) * minute };
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

void Installer::note_run(PackageFile const& file, User const& user, Package const& package)
{
    auto const last = recent();
    auto const name = upper(file_name_of(file.path));
    if (m_plan.collected.prefetch && m_random.chance(0.85)) {
        auto const volume = format(
            "\\VOLUME{{01d{}-{}}}", m_plan.random.stream("volume").hex(13), m_plan.random.stream("serial").hex(8));
        auto const path = volume + upper(without_drive(file.path));
        windows_prefetch::ProgramRow row;
        row.executable = std::string_view(name).substr(0, 29);
        row.path = path;
        row.run_count = static_cast<std::uint32_t>(m_random.between(1, 40));
        row.last_run_at = last;
        row.format_version = 30;
        row.was_compressed = true;
        auto const evidence = m_target.evidence_at("C:\\Windows\\Prefetch", "windows_prefetch");
        m_target.add(evidence, windows_prefetch::program_schema, row);
        for (auto const& other : package.files)
            if (auto const extension = extension_of(other.path);
                (extension == "dll" || extension == "exe") && folder_of(other.path) == folder_of(file.path)) {
                auto const loaded = volume + upper(without_drive(other.path));
                m_target.add(evidence, windows_prefetch::file_schema,
                    windows_prefetch::FileRow {
                        Symbol(std::string_view(name)), Symbol(std::string_view(loaded)), {}, {} });
            }
    }
    if (m_plan.collected.system && m_random.chance(0.7))
        write_cached({ file.path });
    if (m_plan.collected.system && m_plan.base != 0 && m_random.chance(0.35)) {
        auto const device = "\\Device\\HarddiskVolume3" + without_drive(file.path);
        windows_bam::EntryRow row;
        row.moderator = Symbol("bam");
        row.user_sid = Symbol(std::string_view(user.sid));
        row.path = device;
        row.last_run_at = last;
        m_target.add(system_hive(), windows_bam::entry_schema, row);
    }
    if (m_plan.collected.users && m_random.chance(0.25)) {
        windows_userassist::EntryRow row;
        row.user = Symbol(std::string_view(user.name));
        row.path = file.path;
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
    row.linked_at = { at.ticks - static_cast<std::int64_t>(m_random.between(5, 200)) * day };
    row.signature = Symbol(file.signer.empty() ? "none" : "good");
    row.entropy = 5.5 + m_random.share() * (m_random.chance(0.06) ? 2.4 : 1.2);
    if (!file.signer.empty()) {
        row.signer = Symbol(std::string_view(file.signer));
        row.company = row.signer;
        row.product = Symbol(product);
        row.original_name = file.original_name;
        row.file_version = Symbol(version);
    }
    m_target.add(m_target.evidence_at("C:\\Program Files", "windows_pe"), windows_pe::file_schema, row);
}

void Installer::write_cached(std::vector<std::string> const& paths)
{
    for (auto const& path : paths) {
        windows_shimcache::EntryRow row;
        row.control_set = Symbol("ControlSet001");
        row.is_current = true;
        row.position = m_cache_position++;
        row.path = path;
        row.file_modified_at
            = { m_plan.installed_at.ticks + static_cast<std::int64_t>(m_random.below(86'400)) * second };
        row.cache_version = Symbol("10");
        m_target.add(system_hive(), windows_shimcache::entry_schema, row);
    }
}

void Installer::start(PackageStart const& start, User const& user, Timestamp at)
{
    auto const& kind = start.kind;
    constexpr std::string_view run = "Software\\Microsoft\\Windows\\CurrentVersion\\Run";
    if (kind == "service" || kind == "driver")
        start_service(start, at, false);
    else if (kind == "newservicedll")
        start_service(start, at, true);
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

void Installer::start_service(PackageStart const& start, Timestamp at, bool is_library)
{
    if (!m_plan.collected.system)
        return;
    windows_service::ServiceRow row;
    row.control_set = Symbol("ControlSet001");
    row.is_current = true;
    row.name = start.name;
    bool const is_driver = start.kind == "driver";
    row.kind = Symbol(is_driver ? "kernel_driver" : is_library ? "shared_process" : "own_process");
    row.start = Symbol("automatic");
    row.type = is_driver ? 1U : is_library ? 32U : 16U;
    row.start_value = 2;
    // "library -k group"
    auto const group_at = is_library ? start.command.find(" -k ") : std::string::npos;
    auto const host = format("%SystemRoot%\\system32\\svchost.exe{}",
        group_at == std::string::npos ? " -k netsvcs" : std::string_view(start.command).substr(group_at));
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

void Installer::start_value(PackageStart const& start, User const& user, Timestamp at, std::string_view key)
{
    bool const is_of_user = start.name.starts_with("HKCU ");
    if (is_of_user ? !m_plan.collected.users : !m_plan.collected.software)
        return;
    constexpr std::size_t hive_and_blank = 5;
    windows_autostart::EntryRow row;
    row.location = Symbol("W01");
    row.attack = Symbol("T1547.001");
    row.hive = Symbol(is_of_user ? "user" : "software");
    auto const short_key = std::string(key.substr(is_of_user ? 0 : key.find('\\') + 1));
    if (is_of_user)
        row.user = Symbol(std::string_view(user.name));
    row.key_path = short_key;
    row.name = std::string_view(start.name).substr(hive_and_blank);
    row.command = start.command;
    row.value_type = Symbol("REG_SZ");
    row.key_written_at = at;
    m_changes.complete(row);
    m_target.add(is_of_user ? user_hive(user) : software_hive(), windows_autostart::entry_schema, row);
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
    bool const is_there = value.hive == "user" ? m_plan.collected.users
        : value.hive == "system"               ? m_plan.collected.system
                                               : m_plan.collected.software;
    if (!is_there)
        return;
    if (value.hive == "user")
        value.user = user.name;
    value.key_path = std::string_view(start.name).substr(key_at, separator - key_at);
    value.name = std::string_view(start.name).substr(separator + 4);
    value.command = start.command;
    value.written_at = at;
    value.implant = m_target.implant();
    value.is_addition = is_addition;
    m_changes.set(std::move(value));
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
    m_files[path] = { at, m_target.implant(), false, false };
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

// Of real programs 42 % look created before their name was, 25 % without parts of a second besides [fsa 0]: copies keep
// times. What is set back on purpose looks the same, but more so.
void Installer::write_file_table()
{
    if (!m_plan.collected.file_table)
        return;
    auto const table = m_target.evidence_at("C:\\$MFT", "windows_mft");
    std::uint64_t record = 40'000;
    std::map<std::string, std::pair<std::uint64_t, std::uint16_t>> records;
    for (auto const& [path, file] : m_files) {
        auto const extension = extension_of(path);
        if (path.size() < 3 || (path[0] != 'C' && path[0] != 'c') || path[1] != ':')
            continue;
        auto const local = without_drive(path);
        windows_mft::FileRow row;
        row.path = local;
        row.extension = Symbol(std::string_view(extension));
        row.file_record = record += m_random.between(1, 40);
        row.file_sequence = static_cast<std::uint16_t>(m_random.between(1, 9));
        row.is_in_use = !file.is_gone;
        row.name_created_at = { file.created_at.ticks + 1 + static_cast<std::int64_t>(m_random.below(second - 1)) };
        row.created_at = row.name_created_at;
        bool const is_copy = m_random.chance(0.42);
        if (file.is_set_back || is_copy)
            row.created_at = { file.created_at.ticks - static_cast<std::int64_t>(m_random.between(20, 1'200)) * day };
        if (file.is_set_back || is_copy)
            row.created_at.ticks -= row.created_at.ticks % second;
        if (!file.is_set_back && !(is_copy && m_random.chance(0.6)))
            row.created_at.ticks += 1 + static_cast<std::int64_t>(m_random.below(second - 1));
        row.modified_at = row.created_at;
        row.record_changed_at = file.created_at;
        row.name_modified_at = file.created_at;
        row.content_bytes = size_of(path, "");
        row.name_space = Symbol("win32");
        row.hard_links = 1;
        records[path] = { row.file_record, row.file_sequence };
        m_target.set_implant(file.implant);
        m_target.add(table, windows_mft::file_schema, row);
    }
    m_target.set_implant({});
    if (!m_plan.collected.journal)
        return;
    auto const journal = m_target.evidence_at("C:\\$Extend\\$J", "windows_usn");
    for (auto const& [path, at] : m_journal) {
        windows_usn::RecordRow row;
        row.written_at = at;
        row.name = file_name_of(path);
        row.reason = Symbol("FILE_CREATE|CLOSE");
        row.file_record = records[path].first;
        row.file_sequence = records[path].second;
        m_target.set_implant(m_files[path].implant);
        m_target.add(journal, windows_usn::record_schema, row);
    }
    m_target.set_implant({});
}

}
