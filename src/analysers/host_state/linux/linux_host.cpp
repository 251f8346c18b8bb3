#include "analysers/host_state/linux/linux_host.hpp"
#include "analysers/persistence/catalogue.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <span>

namespace konseki::host_state::on_linux {

namespace {

constexpr int links_max = 5;

// Where a bare name is looked for: programs as the shell does, modules of PAM as PAM does.
std::span<std::string_view const> folders_of(std::string_view name)
{
    static constexpr std::array<std::string_view, 4> programs { "/usr/sbin/", "/usr/bin/", "/usr/local/sbin/",
        "/usr/local/bin/" };
    static constexpr std::array<std::string_view, 4> modules { "/usr/lib/x86_64-linux-gnu/security/",
        "/usr/lib64/security/", "/usr/lib/aarch64-linux-gnu/security/", "/usr/lib/security/" };
    static constexpr std::array<std::string_view, 4> libraries { "/usr/lib/x86_64-linux-gnu/", "/usr/lib64/",
        "/usr/lib/aarch64-linux-gnu/", "/usr/lib/" };
    if (name.ends_with(".so"))
        return modules;
    if (name.find(".so.") != std::string_view::npos)
        return libraries;
    return programs;
}

std::string resolved(std::string_view link, std::string_view target)
{
    if (target.starts_with('/'))
        return unix_path(target);
    std::string folder(folder_of(link));
    auto rest = target;
    while (rest.starts_with("../") || rest.starts_with("./")) {
        if (rest.starts_with("../"))
            folder = folder_of(folder);
        rest.remove_prefix(rest.find('/') + 1);
    }
    return unix_path(format("{}/{}", folder, rest));
}

Result<void> load_names(LinuxHosts& hosts)
{
    auto& of_case = hosts.hosts();
    if (of_case.has_table("linux.host")) {
        auto rows = TRY(of_case.query("SELECT evidence, \"offset\", coalesce(\"system\", ''), collected_at, "
                                      "coalesce(is_root, true) FROM linux_host WHERE NOT recovered ORDER BY 1, 2"));
        while (rows.next()) {
            auto& host = hosts.of_evidence(rows.trace(0).evidence);
            host.system = rows.text(2);
            host.collected_at = std::max(host.collected_at, rows.time(3));
            host.is_root = host.is_root && rows.boolean(4);
        }
        TRY(rows.status());
    }
    if (of_case.has_table("linux.account")) {
        auto rows = TRY(of_case.query("SELECT evidence, \"offset\", name, uid FROM linux_account WHERE NOT recovered "
                                      "ORDER BY evidence, \"offset\""));
        while (rows.next()) {
            auto& host = hosts.of_evidence(rows.trace(0).evidence);
            host.users.try_emplace(static_cast<std::uint32_t>(rows.unsigned_integer(3)), rows.text(2));
            host.uids.try_emplace(std::string(rows.text(2)), static_cast<std::uint32_t>(rows.unsigned_integer(3)));
        }
        TRY(rows.status());
    }
    return {};
}

Result<void> load_package_times(LinuxHosts& hosts)
{
    auto& of_case = hosts.hosts();
    if (!of_case.has_table("linux.package"))
        return {};
    auto rows
        = TRY(of_case.query("SELECT DISTINCT evidence, 0, installed_at FROM linux_package WHERE NOT recovered AND "
                            "installed_at IS NOT NULL ORDER BY evidence, installed_at"));
    while (rows.next())
        hosts.of_evidence(rows.trace(0).evidence).package_times.push_back(rows.time(2));
    TRY(rows.status());
    for (auto* host : hosts.all())
        std::sort(host->package_times.begin(), host->package_times.end());
    return {};
}

}

Item& LinuxHost::item(ItemKind kind, std::string_view identity, std::string_view key, TraceId trace)
{
    auto const whole = format("{}|unix|{}", kind_name(kind), identity);
    auto const [place, is_new] = host->item_places.try_emplace(whole, host->items.size());
    if (is_new) {
        host->items.emplace_back();
        auto& made = host->items.back();
        made.kind = kind;
        made.is_judged = true;
        made.key = format("{}|{}", kind_name(kind), general_unix_form(key));
    }
    auto& item = host->items[place->second];
    add_trace(item, trace);
    return item;
}

Draft& LinuxHost::draft(Item const& item, TraceId trace)
{
    auto const index = index_of(item);
    auto const [place, is_new] = draft_places.try_emplace(index, drafts.size());
    if (is_new) {
        drafts.emplace_back();
        drafts.back().item = index;
        drafts.back().trace = trace;
    }
    return drafts[place->second];
}

FileFact const* LinuxHost::file(std::string_view path) const
{
    std::string at(path);
    for (int links = 0; links < links_max; ++links) {
        auto const place = files.find(at);
        if (place == files.end())
            return nullptr;
        auto const& fact = place->second;
        if (fact.type != "link" || fact.target.empty() || fact.target == "/dev/null")
            return &fact;
        auto next = resolved(at, fact.target);
        if (!files.contains(next)) // the link itself is all we know
            return &fact;
        at = std::move(next);
    }
    return nullptr;
}

std::string LinuxHost::behind_links(std::string_view path) const
{
    std::string at(path);
    for (int links = 0; links < links_max; ++links) {
        auto const place = files.find(at);
        if (place == files.end() || place->second.type != "link" || place->second.target.empty())
            break;
        auto next = resolved(at, place->second.target);
        if (!files.contains(next))
            break;
        at = std::move(next);
    }
    return at;
}

Owner LinuxHost::owner_of(std::string_view path) const
{
    auto const* const fact = file(path);
    return fact == nullptr ? Owner::unknown : fact->owner;
}

std::string LinuxHost::found(std::string_view program) const
{
    if (program.starts_with('/'))
        return std::string(program);
    for (auto const folder : folders_of(program))
        if (auto path = format("{}{}", folder, program); files.contains(path))
            return path;
    return std::string(program);
}

LinuxHost& LinuxHosts::of_evidence(EvidenceNumber evidence)
{
    auto& of_case = m_hosts.of_evidence(evidence);
    auto& host = m_by_host[&of_case];
    host.host = &of_case;
    return host;
}

std::vector<LinuxHost*> LinuxHosts::all()
{
    std::vector<LinuxHost*> hosts;
    for (auto& [key, of_case] : m_hosts.all())
        if (auto const place = m_by_host.find(&of_case); place != m_by_host.end())
            hosts.push_back(&place->second);
    return hosts;
}

void add_source(Draft& draft, std::string_view path)
{
    auto normal = unix_path(path);
    if (!normal.empty() && std::find(draft.sources.begin(), draft.sources.end(), normal) == draft.sources.end())
        draft.sources.push_back(std::move(normal));
}

void add_programs(Draft& draft, std::string_view command)
{
    auto read = read_command(command);
    auto const add = [&](std::string& path) {
        if (!path.empty() && std::find(draft.programs.begin(), draft.programs.end(), path) == draft.programs.end())
            draft.programs.push_back(std::move(path));
    };
    add(read.target);
    for (auto& program : read.programs)
        add(program);
}

Door door_of(std::string_view location)
{
    auto const* const known = persistence::find(location);
    if (known == nullptr || known->use == persistence::Use::common)
        return Door::usual;
    return known->use == persistence::Use::rare ? Door::rare : Door::unusual;
}

void set_location(Item& item, std::string_view location)
{
    item.location = location;
    auto const* const known = persistence::find(location);
    if (known != nullptr && item.attack.empty())
        item.attack.emplace_back(known->attack);
}

std::string shortened(std::string_view text, std::size_t bytes)
{
    std::string kept(text.substr(0, bytes));
    if (kept.size() < text.size()) {
        while (!kept.empty() && (static_cast<unsigned char>(kept.back()) & 0xc0U) == 0x80U)
            kept.pop_back();
        if (!kept.empty() && (static_cast<unsigned char>(kept.back()) & 0x80U) != 0)
            kept.pop_back();
        kept += "…";
    }
    std::replace(kept.begin(), kept.end(), '\n', ' ');
    return kept;
}

Result<void> load_hosts(LinuxHosts& hosts)
{
    TRY(load_names(hosts));
    return load_package_times(hosts);
}

namespace {

Owner owner_named(std::string_view state, std::string_view package)
{
    if (state == "same")
        return Owner::same;
    if (state == "changed")
        return Owner::changed;
    if (state == "configuration")
        return Owner::configuration;
    if (state == "unowned")
        return Owner::unowned;
    if (state == "missing")
        return Owner::missing;
    if (state == "diverted")
        return Owner::diverted;
    return state == "unchecked" && !package.empty() ? Owner::same : Owner::unknown;
}

void want_path(LinuxHost const& host, std::set<std::string>& wanted, std::string_view path)
{
    if (host.files.contains(std::string(path)))
        return;
    wanted.emplace(path);
    if (auto other = other_spelling(path); !other.empty())
        wanted.insert(std::move(other));
}

void want(LinuxHost const& host, std::set<std::string>& wanted, std::string_view path)
{
    if (path.starts_with('/'))
        want_path(host, wanted, path);
    else if (!path.empty() && path.find_first_of("/%$*\\") == std::string_view::npos)
        for (auto const folder : folders_of(path))
            want_path(host, wanted, format("{}{}", folder, path));
}

void note_fact(LinuxHost& host, store::Rows const& rows)
{
    auto const path = unix_path(rows.text(2));
    auto const owner = owner_named(rows.text(3), rows.text(4));
    auto const [place, is_new] = host.files.try_emplace(path);
    auto& fact = place->second;
    if (owner != Owner::unknown)
        host.has_package_states = true;
    // A link of the merged /usr and a row without package data say less than what is there.
    if (!is_new && (fact.owner != Owner::unknown && (owner == Owner::unknown || owner == Owner::unowned)))
        return;
    fact.trace = rows.trace(0);
    fact.owner = owner;
    fact.package = rows.text(4);
    fact.type = rows.text(5);
    fact.target = rows.text(6);
    fact.content = rows.text(7);
    fact.user = rows.text(8);
    fact.mode = static_cast<std::uint32_t>(rows.unsigned_integer(9));
    fact.capabilities = rows.text(10);
    fact.attributes = rows.text(11);
    fact.sha256 = rows.text(12);
    fact.modified_at = rows.time(13);
    fact.changed_at = rows.time(14);
    fact.born_at = rows.time(15);
}

Result<void> load_paths(LinuxHosts& hosts, std::set<std::string> const& wanted)
{
    constexpr std::size_t at_once = 4000;
    for (auto place = wanted.begin(); place != wanted.end();) {
        std::string list;
        for (std::size_t count = 0; count < at_once && place != wanted.end(); ++count, ++place) {
            list += list.empty() ? "'" : ",'";
            for (char const c : *place)
                list += c == '\'' ? std::string("''") : std::string(1, c);
            list += '\'';
        }
        auto rows = TRY(hosts.hosts().query(
            format("SELECT evidence, \"offset\", path, coalesce(package_state, ''), coalesce(package, ''), "
                   "coalesce(\"type\", ''), coalesce(target, ''), coalesce(\"content\", ''), coalesce(\"user\", ''), "
                   "coalesce(mode, 0), coalesce(capabilities, ''), coalesce(attributes, ''), coalesce(sha256, ''), "
                   "modified_at, changed_at, born_at FROM linux_file WHERE NOT recovered AND path IN ({}) "
                   "ORDER BY evidence, \"offset\"",
                list)));
        while (rows.next())
            note_fact(hosts.of_evidence(rows.trace(0).evidence), rows);
        TRY(rows.status());
    }
    return {};
}

}

namespace {

// "nf-hook" and "nf_hook" are one module.
std::string module_name(std::string_view name)
{
    std::string general(name);
    std::replace(general.begin(), general.end(), '-', '_');
    return general;
}

void note_module(LinuxHost& host, std::string_view name, std::string_view path, TraceId trace)
{
    for (auto const& [item, of_item] : host.module_names)
        if (std::any_of(of_item.begin(), of_item.end(), [&](auto const& one) { return module_name(one) == name; }))
            host.draft(host.host->items[item], trace).programs.push_back(unix_path(path));
}

// Files of the modules that are to be loaded at boot: their names say nothing of folders.
Result<void> load_modules(LinuxHosts& hosts)
{
    constexpr std::string_view of_names = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    std::set<std::string> names;
    for (auto const* host : hosts.all())
        for (auto const& [item, of_item] : host->module_names)
            for (auto const& name : of_item)
                if (auto general = module_name(name); general.find_first_not_of(of_names) == std::string::npos)
                    names.insert(std::move(general));
    std::string list;
    for (auto const& name : names)
        append_format(list, "{}'{}'", list.empty() ? "" : ",", name);
    if (list.empty())
        return {};
    auto rows = TRY(hosts.hosts().query(format(
        "SELECT * FROM (SELECT evidence, \"offset\", path, replace(regexp_extract(path, '([^/]+)[.]ko[^/]*$', 1), '-', "
        "'_') AS name FROM linux_file WHERE NOT recovered AND path LIKE '%/modules/%.ko%') WHERE name IN ({}) "
        "ORDER BY evidence, \"offset\"",
        list)));
    while (rows.next())
        note_module(hosts.of_evidence(rows.trace(0).evidence), rows.text(3), rows.text(2), rows.trace(0));
    return rows.status();
}

}

Result<void> load_files(LinuxHosts& hosts)
{
    if (!hosts.hosts().has_table("linux.file"))
        return {};
    TRY(load_modules(hosts));
    std::set<std::string> wanted;
    for (auto const* host : hosts.all()) {
        for (auto const& draft : host->drafts) {
            for (auto const& source : draft.sources)
                want(*host, wanted, source);
            for (auto const& program : draft.programs)
                want(*host, wanted, program);
        }
        for (auto const& [pid, process] : host->processes)
            want(*host, wanted, unix_path(process.executable));
    }
    TRY(load_paths(hosts, wanted));
    for (int links = 0; links < links_max; ++links) {
        std::set<std::string> targets;
        for (auto const* host : hosts.all())
            for (auto const& [path, fact] : host->files)
                if (fact.type == "link" && !fact.target.empty())
                    if (auto const target = resolved(path, fact.target); !wanted.contains(target))
                        want(*host, targets, target);
        for (auto const& path : wanted)
            targets.erase(path);
        if (targets.empty())
            break;
        TRY(load_paths(hosts, targets));
        wanted.insert(targets.begin(), targets.end());
    }
    return {};
}

}
