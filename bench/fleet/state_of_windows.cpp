#include "state_of_windows.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "bytes/sha256.hpp"
#include "traces/windows_machine/schemas.hpp"
#include "traces/windows_task_cache/schemas.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace konseki::fleet {

namespace {

constexpr std::int64_t day = 86'400 * ticks_per_second;

// Times of the base's machine become times since this host's installation: the order stays, spans over the host's life
// are cut at the collection.
class Mover {
public:
    Mover(HostPlan const& plan, Random random)
        : m_plan(plan)
        , m_random(std::move(random))
    {
    }

    StoredRow moved(StoredRows const& table, StoredRow row)
    {
        for (std::size_t at = 0; at < row.cells.size(); ++at) {
            auto& cell = row.cells[at];
            if (cell.is_null)
                continue;
            if (table.schema->column_array.at(at).type == ColumnType::timestamp)
                cell.number = static_cast<std::uint64_t>(time().ticks);
            else if (!cell.text.empty())
                replace_user(cell.text);
        }
        return row;
    }
    Timestamp time()
    {
        auto const life = m_plan.collected_at.ticks - m_plan.installed_at.ticks;
        auto const share = m_random.chance(0.6) ? m_random.share() * 0.01 : m_random.share() * 0.99;
        return { m_plan.installed_at.ticks + static_cast<std::int64_t>(static_cast<double>(life) * share) };
    }
    Timestamp recent()
    {
        return { m_plan.collected_at.ticks
            - static_cast<std::int64_t>(m_random.share() * 25.0 * static_cast<double>(day)) };
    }
    Random& random() { return m_random; }

private:
    void replace_user(std::string& text) const
    {
        auto const lower = ascii_lower(text);
        auto const at = lower.find("\\users\\");
        constexpr std::size_t users = 7;
        if (at == std::string::npos)
            return;
        auto const end = text.find('\\', at + users);
        auto const name = std::string_view(lower).substr(at + users, end == std::string::npos ? end : end - at - users);
        if (name != "public" && name != "default")
            text.replace(at + users, name.size(), m_plan.users.front().name);
    }

    HostPlan const& m_plan;
    Random m_random;
};

// "CDPUserSvc_2c8a3" -> another suffix on each host, as Windows does.
void renew_suffix(std::string& name, std::string const& suffix)
{
    auto const at = name.rfind('_');
    if (at != std::string::npos && name.size() - at > 4 && name.size() - at < 9
        && name.find_first_not_of("0123456789abcdef", at + 1) == std::string::npos)
        name.replace(at + 1, std::string::npos, suffix);
}

void write_name(FleetCase& target, Installer& installer, HostPlan const& plan)
{
    if (plan.collected.system) {
        windows_machine::NameRow row;
        row.control_set = Symbol("ControlSet001");
        row.is_current = true;
        row.computer_name = plan.name;
        row.host_name = plan.name;
        row.domain = "corp.example";
        row.time_zone_bias_minutes = -plan.zone_minutes;
        row.last_shutdown_at = installer.stopped_at();
        target.add(installer.system_hive(), windows_machine::name_schema, row);
    }
    if (!plan.collected.software)
        return;
    windows_machine::SystemRow row;
    row.product = plan.base == 0 ? "Windows 7 Professional"
        : is_server(plan.role)   ? "Windows Server 2019 Standard"
                                 : "Windows 10 Pro";
    auto const build = plan.base == 0 ? std::string("7601")
        : is_server(plan.role)        ? format("17763.{}", 4'000 + plan.lag * 7)
                                      : format("19045.{}", 5'900 - plan.lag * 37);
    row.build = build;
    row.installed_at = plan.installed_at;
    target.add(installer.software_hive(), windows_machine::system_schema, row);
}

// "\SystemRoot\System32\drivers\acpi.sys" -> "C:\Windows\System32\drivers\acpi.sys"; empty for files outside Windows.
std::string file_of(std::string const& library, std::string const& image)
{
    static constexpr std::array<std::string_view, 5> roots { "%systemroot%\\", "\\systemroot\\", "%windir%\\",
        "c:\\windows\\", "\\??\\c:\\windows\\" };
    auto const written = ascii_lower(library.empty() ? image : library);
    auto const end = written.find_first_of(" ,\"");
    auto const path = std::string_view(written).substr(0, end);
    if (path.starts_with("system32\\"))
        return format("C:\\Windows\\System32\\{}", path.substr(9));
    for (auto const root : roots)
        if (path.starts_with(root)) {
            auto const below = path.substr(root.size());
            return below.starts_with("system32\\") ? format("C:\\Windows\\System32\\{}", below.substr(9))
                                                   : format("C:\\Windows\\{}", below);
        }
    return {};
}

void write_services(FleetCase& target, Installer& installer, BaseMachine const& machine, Mover& mover)
{
    auto const& table = machine.services;
    auto const name_at = table.column("name"), library_at = table.column("service_dll"),
               image_at = table.column("image_path"), written_at = table.column("key_written_at"),
               parameters_at = table.column("parameters_written_at");
    auto const suffix = mover.random().hex(5);
    std::set<std::string> files;
    for (auto const& base_row : table.rows) {
        if (mover.random().chance(0.015))
            continue; // features that are not installed everywhere
        auto row = mover.moved(table, base_row);
        renew_suffix(row.cells[name_at].text, suffix);
        if (installer.changes().has_added(row.cells[name_at].text))
            continue; // one key, and a package of this host has written it
        if (auto const* change = installer.changes().service(row.cells[name_at].text)) {
            auto const time = static_cast<std::uint64_t>(change->written_at.ticks);
            if (!change->image_path.empty()) {
                row.cells[image_at] = { false, 0, change->image_path };
                row.cells[written_at] = { false, time, {} };
            }
            if (!change->library.empty()) {
                row.cells[library_at] = { false, 0, change->library };
                row.cells[parameters_at] = { false, time, {} };
            }
            target.set_implant(change->implant);
        }
        target.add(installer.system_hive(), table, row);
        target.set_implant({});
        // Windows' own file stays, whatever the service loads now.
        if (auto const file = file_of(base_row.cells[library_at].text, base_row.cells[image_at].text); !file.empty())
            files.insert(file);
    }
    for (auto const& file : files)
        installer.note_windows_file(file);
}

// What packages wrote over, or put into lists, stands where Windows' own value stood.
void write_autostarts(FleetCase& target, Installer& installer, StoredRows const& table, Mover& mover)
{
    auto& changes = installer.changes();
    auto const location_at = table.column("location"), key_at = table.column("key_path"),
               name_at = table.column("name"), command_at = table.column("command"),
               usual_at = table.column("is_usual"), written_at = table.column("key_written_at");
    std::map<std::string, Timestamp> times; // of keys: all values of a key have its time
    for (auto const& base_row : table.rows) {
        auto row = mover.moved(table, base_row);
        auto const& key = row.cells[key_at].text;
        Timestamp const own { static_cast<std::int64_t>(row.cells[written_at].number) };
        auto const before = times.try_emplace(key, own).first->second;
        if (auto const value = changes.take("system", key, row.cells[name_at].text)) {
            auto const command
                = value->is_addition ? joined(row.cells[command_at].text, value->command) : value->command;
            windows_autostart::EntryRow changed;
            changed.location = Symbol(std::string_view(row.cells[location_at].text));
            changed.key_path = key;
            changed.name = row.cells[name_at].text;
            changed.command = command;
            changes.complete(changed);
            row.cells[usual_at] = { false, changed.is_usual ? 1U : 0U, {} };
            row.cells[command_at] = { false, 0, command };
            target.set_implant(value->implant);
        }
        auto const written = changes.time_of_key("system", key, before);
        row.cells[written_at] = { false, static_cast<std::uint64_t>(written.ticks), {} };
        target.add(installer.system_hive(), table, row);
        target.set_implant({});
    }
}

void write_rows(FleetCase& target, EvidenceNumber evidence, StoredRows const& table, Mover& mover, double share)
{
    for (auto const& row : table.rows)
        if (mover.random().chance(share))
            target.add(evidence, table, mover.moved(table, row));
}

// What Windows writes into the registry when it stops: one time for all rows.
void write_when_it_stopped(FleetCase& target, Installer& installer, StoredRows const& table, Mover& mover, double share)
{
    auto const written_at = table.column("key_written_at");
    for (auto const& base_row : table.rows)
        if (mover.random().chance(share)) {
            auto row = mover.moved(table, base_row);
            row.cells[written_at] = { false, static_cast<std::uint64_t>(installer.stopped_at().ticks), {} };
            target.add(installer.system_hive(), table, row);
        }
}

void write_inventory(
    FleetCase& target, Installer& installer, StoredRows const& table, HostPlan const& plan, Mover& mover)
{
    auto const evidence = target.evidence_at("C:\\Windows\\appcompat\\Programs\\Amcache.hve", "windows_registry");
    auto const path_at = table.column("path"), hash_at = table.column("sha1");
    for (auto const& base_row : table.rows) {
        if (!mover.random().chance(0.75))
            continue;
        auto row = mover.moved(table, base_row);
        auto const changed
            = format("{}|{}|{}", base_row.cells[hash_at].text, plan.lag, plan.base); // other updates, other bytes
        row.cells[hash_at].text = to_string(sha256(as_bytes(changed))).substr(0, 40);
        installer.files().know(row.cells[path_at].text);
        target.add(evidence, table, row);
    }
}

void write_prefetch(FleetCase& target, Installer& installer, StoredRows const& table, Mover& mover)
{
    auto const evidence = target.evidence_at("C:\\Windows\\Prefetch", "windows_prefetch");
    auto const path_at = table.column("path"), last_at = table.column("last_run_at");
    for (auto const& base_row : table.rows) {
        if (!mover.random().chance(0.6))
            continue;
        auto row = mover.moved(table, base_row);
        row.cells[last_at] = { false, static_cast<std::uint64_t>(mover.recent().ticks), {} };
        auto const local = row.cells[path_at].text;
        if (auto const at = local.find('}'); at != std::string::npos)
            installer.files().know("C:" + local.substr(at + 1));
        target.add(evidence, table, row);
    }
}

void write_tasks(FleetCase& target, Installer& installer, StoredRows const& table, HostPlan const& plan, Mover& mover)
{
    auto const path_at = table.column("path"), uri_at = table.column("uri"), hash_at = table.column("xml_sha256"),
               list_at = table.column("action_list");
    for (auto const& base_row : table.rows) {
        if (mover.random().chance(0.05))
            continue;
        auto row = mover.moved(table, base_row);
        auto const uri = row.cells[uri_at].text.empty() ? "\\" + std::string(file_name_of(row.cells[path_at].text))
                                                        : row.cells[uri_at].text;
        row.cells[path_at].text = "C:\\Windows\\System32\\Tasks" + uri;
        if (plan.collected.tasks)
            target.add(target.evidence_at("C:\\Windows\\System32\\Tasks", "windows_task_xml"), table, row);
        if (!plan.collected.software)
            continue;
        windows_task_cache::TaskRow cached;
        cached.path = uri;
        cached.is_in_tree = true;
        cached.is_in_tasks = true;
        cached.has_security = true;
        cached.index = 3;
        cached.actions = row.cells[list_at].text;
        cached.hash = Symbol(std::string_view(row.cells[hash_at].text));
        cached.registered_at = mover.time();
        cached.last_run_at = mover.recent();
        target.add(installer.software_hive(), windows_task_cache::task_schema, cached);
    }
}

}

void write_windows(FleetCase& target, Installer& installer, BaseState const& base, HostPlan const& plan)
{
    auto const& machine = base.machines[plan.base];
    Mover mover(plan, plan.random.stream("windows"));
    write_name(target, installer, plan);
    if (plan.collected.system) {
        write_services(target, installer, machine, mover);
        write_autostarts(target, installer, machine.autostarts, mover);
        write_when_it_stopped(target, installer, machine.moderator, mover, 0.7);
        write_when_it_stopped(target, installer, machine.shimcache, mover, 0.55);
        auto const path_at = machine.shimcache.column("path");
        for (auto const& row : machine.shimcache.rows)
            if (mover.random().chance(0.7))
                installer.files().know(row.cells[path_at].text);
    }
    for (auto const& library : base.libraries)
        if (mover.random().chance(0.95))
            installer.files().know(library);
    if (plan.collected.inventory && plan.base != 0)
        write_inventory(target, installer, base.inventories[is_server(plan.role) ? 2 : plan.base - 1], plan, mover);
    if (plan.collected.prefetch)
        write_prefetch(
            target, installer, base.prefetch[plan.random.stream("prefetch").below(base.prefetch.size())], mover);
    if (plan.base != 0)
        write_tasks(target, installer, base.tasks, plan, mover);
    if (plan.collected.wmi) {
        auto const evidence
            = target.evidence_at("C:\\Windows\\System32\\wbem\\Repository\\OBJECTS.DATA", "windows_wmi");
        for (auto const* table : { &base.consumers, &base.filters, &base.bindings })
            write_rows(target, evidence, *table, mover, 1);
    }
    if (plan.collected.users)
        for (auto const& user : plan.users)
            write_rows(target, installer.user_hive(user), base.user_autostarts, mover, 0.8);
}

namespace {

// A name as downloaded programs have it: a real program's, often with a version, or an invented one.
std::string personal_name(BaseState const& base, Random& random)
{
    auto name = random.chance(0.45) ? random.pick(base.program_names) : ascii_lower(invented_word(random));
    switch (random.below(6)) {
    case 0: return format("{}-{}.{}.{}", name, random.between(1, 12), random.below(10), random.below(30));
    case 1: return format("{}_setup_{}", name, random.between(100, 9'999));
    case 2: return format("{}setup", name);
    case 3: return format("{} ({})", name, random.between(1, 4));
    default: return name;
    }
}

std::string personal_folder(User const& user, Random& random)
{
    auto const home = format("C:\\Users\\{}", user.name);
    auto const share = random.share();
    if (share < 0.34)
        return home + "\\Downloads";
    if (share < 0.46)
        return home + "\\AppData\\Local\\Temp";
    if (share < 0.54)
        return format(
            "{}\\AppData\\Local\\Temp\\is-{}.tmp", home, random.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 5));
    if (share < 0.60)
        return format("{}\\AppData\\Local\\Temp\\{{{}}}", home, random.guid());
    if (share < 0.68)
        return home + "\\Desktop";
    if (share < 0.80)
        return format("{}\\AppData\\Local\\Programs\\{}", home, invented_word(random));
    if (share < 0.93)
        return format("C:\\Program Files (x86)\\{}", invented_word(random));
    return format("{}\\Documents\\{}", home, invented_word(random));
}

}

// How many there are follows a power law: most users have some, few have very many.
void write_personal_things(Installer& installer, BaseState const& base, HostPlan const& plan)
{
    auto random = plan.random.stream("personal");
    for (auto const& user : plan.users) {
        auto const least = is_server(plan.role) ? 4.0 : plan.role == Role::developer ? 26.0 : 16.0;
        auto const count = std::min(300.0, least * std::pow(1.0 - random.share(), -0.6));
        for (auto left = static_cast<std::size_t>(count); left > 0; --left) {
            Package package;
            package.name = invented_word(random);
            package.product = package.name;
            auto const folder = personal_folder(user, random);
            bool const is_signed = random.chance(0.62);
            PackageFile program;
            program.path = format("{}\\{}.exe", folder, personal_name(base, random));
            program.signer = is_signed ? package.name + " Ltd." : std::string();
            program.original_name
                = is_signed && random.chance(0.8) ? std::string(file_name_of(program.path)) : std::string();
            program.runs = random.chance(0.8);
            package.files.push_back(program);
            Timestamp const at { plan.installed_at.ticks
                + static_cast<std::int64_t>(
                    random.share() * static_cast<double>(plan.collected_at.ticks - plan.installed_at.ticks)) };
            installer.install(package, user, at, format("{}.{}", random.between(1, 20), random.below(50)));
            bool const is_temporary = folder.find("\\Temp") != std::string::npos;
            if (random.chance(is_temporary ? 0.85 : 0.25))
                installer.files().forget(program.path);
        }
    }
}

}
