// Modules and eBPF programs in the kernel [fsa 2b: L22, L23].
#include "analysers/host_state/linux/linux_host.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::host_state::on_linux {

namespace {

struct Module {
    TraceId trace {};
    std::string name {}, taints {}, seen_in {}, package {}, path {};
    bool is_signed = false, knows_signature = false;
};

using ModulesByHost = std::map<LinuxHost*, std::vector<Module>>;

void add_modules(LinuxHost& host, std::vector<Module> const& modules)
{
    auto const with_path
        = std::count_if(modules.begin(), modules.end(), [](Module const& module) { return !module.path.empty(); });
    auto const with_signature
        = std::count_if(modules.begin(), modules.end(), [](Module const& module) { return module.is_signed; });
    auto const many = static_cast<std::ptrdiff_t>(modules.size() / 2);
    for (auto const& module : modules) {
        auto& item = host.item(
            ItemKind::kernel, format("module {}", module.name), format("module {}", module.name), module.trace);
        item.title = format("Kernel module {}", module.name);
        item.target = unix_path(module.path);
        item.is_list = true;
        set_location(item, "L22");
        // A container sees the kernel's modules, but not their files: then none has one.
        if (module.path.empty() && with_path > many)
            add_term(item, "linux.no_module_file", {}, module.trace);
        bool const is_unsigned = module.knows_signature && !module.is_signed && with_signature > many;
        if (module.taints.find('O') != std::string::npos || module.taints.find('E') != std::string::npos || is_unsigned)
            add_term(item, "linux.unsigned_module",
                module.taints.empty() ? "no signature" : format("taints {}", module.taints), module.trace);
        if (module.seen_in == "proc" || module.seen_in == "sys")
            add_term(
                item, "linux.hidden_module", module.seen_in == "sys" ? "/sys/module" : "/proc/modules", module.trace);
        if (!module.package.empty())
            add_term(item, "linux.package_same", module.package, module.trace);
        else if (!module.path.empty()) {
            auto& draft = host.draft(item, module.trace);
            add_source(draft, module.path);
            // Built on the host from a package's source: a usual place.
            draft.is_line = module.path.find("/dkms/") != std::string::npos
                || module.path.find("/extra/") != std::string::npos
                || module.path.find("/weak-updates/") != std::string::npos;
            draft.door = draft.is_line ? Door::usual : Door::unusual;
        }
    }
}

bool watches(std::string_view type)
{
    static constexpr std::array<std::string_view, 12> types { "kprobe", "tracing", "tracepoint", "raw_tracepoint",
        "raw_tracepoint_writable", "xdp", "socket_filter", "sched_cls", "sched_act", "lsm", "perf_event", "sk_msg" };
    return std::find(types.begin(), types.end(), type) != types.end();
}

}

Result<void> gather_kernel(LinuxHosts& hosts)
{
    auto& of_case = hosts.hosts();
    if (of_case.has_table("linux.module")) {
        auto rows = TRY(of_case.query(
            "SELECT evidence, \"offset\", coalesce(name, ''), coalesce(taints, ''), coalesce(seen_in, ''), "
            "coalesce(package, ''), coalesce(path, ''), coalesce(is_signed, false), is_signed IS NOT NULL FROM "
            "linux_module "
            "WHERE NOT recovered ORDER BY evidence, \"offset\""));
        ModulesByHost modules;
        while (rows.next())
            modules[&hosts.of_evidence(rows.trace(0).evidence)].push_back(
                { rows.trace(0), std::string(rows.text(2)), std::string(rows.text(3)), std::string(rows.text(4)),
                    std::string(rows.text(5)), std::string(rows.text(6)), rows.boolean(7), rows.boolean(8) });
        TRY(rows.status());
        for (auto* host : hosts.all())
            if (auto const place = modules.find(host); place != modules.end())
                add_modules(*host, place->second);
    }
    if (!of_case.has_table("linux.bpf"))
        return {};
    auto rows = TRY(of_case.query(
        "SELECT evidence, \"offset\", coalesce(\"type\", ''), coalesce(name, ''), coalesce(tag, ''), coalesce(holders, "
        "''), "
        "coalesce(pinned_path, '') FROM linux_bpf WHERE NOT recovered AND coalesce(kind, 'program') = 'program' "
        "ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& host = hosts.of_evidence(trace.evidence);
        auto const type = ascii_lower(rows.text(2));
        auto const holders = std::string(rows.text(5));
        auto const identity = format("bpf {} {} {} {}", type, rows.text(3), rows.text(4), holders);
        auto& item
            = host.item(ItemKind::kernel, identity, format("bpf {} {} {}", type, rows.text(3), rows.text(4)), trace);
        item.title = format("eBPF program {} ({})", rows.text(3).empty() ? rows.text(4) : rows.text(3), type);
        set_location(item, "L23");
        if (!watches(type))
            continue;
        add_term(item, "linux.kernel_watch", type, trace);
        if (holders.empty() && rows.text(6).empty())
            add_term(item, "linux.nobody_holds", {}, trace);
        if (!rows.text(6).empty())
            add_term(item, "location.unusual", std::string(rows.text(6)), trace);
        auto& draft = host.draft(item, trace);
        for (auto const holder : split(holders, ' ')) {
            auto const pid = parse_uint(holder.substr(0, holder.find('/')));
            auto const process = pid ? host.processes.find(static_cast<std::uint32_t>(*pid)) : host.processes.end();
            if (process == host.processes.end())
                continue;
            item.target = unix_path(process->second.executable);
            draft.programs.push_back(item.target);
        }
    }
    return rows.status();
}

}
