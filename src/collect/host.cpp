#include "collect/host.hpp"
#include <array>
#include <sys/utsname.h>
#include <unistd.h>

namespace konseki::collect {

static constexpr std::uint64_t small_file_bytes_max = 64U << 10;
static constexpr std::string_view collector_name = "konseki " KONSEKI_VERSION;

static std::string first_line(Source const& source, std::string_view path)
{
    auto const text = source.read(path, small_file_bytes_max);
    return text.ok() ? std::string(trim(split(text.value(), '\n')[0])) : std::string();
}

std::string value_in_os_release(std::string_view text, std::string_view name)
{
    for (auto const line : split(text, '\n')) {
        if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != '=')
            continue;
        auto value = trim(line.substr(name.size() + 1));
        if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
            value = value.substr(1, value.size() - 2);
        return std::string(value);
    }
    return {};
}

static std::string host_name(Source const& source)
{
    auto name = source.is_live() ? first_line(source, "/proc/sys/kernel/hostname") : std::string();
    if (name.empty() && source.is_this_system()) {
        std::array<char, 256> buffer {};
        if (::gethostname(buffer.data(), buffer.size() - 1) == 0)
            name = buffer.data();
    }
    if (name.empty())
        name = first_line(source, "/etc/hostname");
    return name.empty() ? "unknown" : name;
}

static std::string virtualisation_of(Source const& source)
{
    if (auto container = first_line(source, "/run/systemd/container"); !container.empty())
        return container;
    if (source.status("/.dockerenv", FinalLink::keep).ok())
        return "docker";
    if (source.status("/run/.containerenv", FinalLink::keep).ok())
        return "podman";
    if (auto hypervisor = first_line(source, "/sys/hypervisor/type"); !hypervisor.empty())
        return hypervisor;
    for (auto const* path : { "/sys/class/dmi/id/product_name", "/sys/class/dmi/id/sys_vendor" }) {
        auto text = first_line(source, path);
        for (auto const* known : { "KVM", "QEMU", "VMware", "VirtualBox", "Virtual Machine", "Xen", "Bochs",
                 "Amazon EC2", "Google Compute Engine", "OpenStack", "Parallels" })
            if (text.find(known) != std::string::npos)
                return text;
    }
    auto const processor = source.read("/proc/cpuinfo", small_file_bytes_max);
    return processor.ok() && processor.value().find(" hypervisor") != std::string::npos ? "hypervisor" : "";
}

static std::string time_zone_of(Source const& source)
{
    auto const link = source.read_link("/etc/localtime");
    constexpr std::string_view folder = "zoneinfo/";
    if (link.ok())
        if (auto const at = link.value().find(folder); at != std::string::npos)
            return link.value().substr(at + folder.size());
    return first_line(source, "/etc/timezone");
}

static Timestamp boot_time(Source const& source)
{
    auto const text = source.read("/proc/stat", 4U << 20);
    if (!text.ok())
        return {};
    for (auto const line : split(text.value(), '\n'))
        if (line.starts_with("btime "))
            if (auto const seconds = parse_int(trim(line.substr(6))))
                return Timestamp::from_unix_seconds(*seconds);
    return {};
}

HostFacts read_host(Source const& source)
{
    HostFacts facts;
    facts.name = host_name(source);
    facts.machine_id = first_line(source, "/etc/machine-id");
    auto release = source.read("/etc/os-release", small_file_bytes_max);
    if (!release.ok())
        release = source.read("/usr/lib/os-release", small_file_bytes_max);
    if (release.ok()) {
        facts.system = value_in_os_release(release.value(), "ID");
        facts.system_version = value_in_os_release(release.value(), "VERSION_ID");
    }
    facts.time_zone = time_zone_of(source);
    facts.is_root = ::geteuid() == 0;
    if (!source.is_live())
        return facts;
    facts.kernel = first_line(source, "/proc/sys/kernel/osrelease");
    facts.boot_id = first_line(source, "/proc/sys/kernel/random/boot_id");
    facts.virtualisation = virtualisation_of(source);
    facts.booted_at = boot_time(source);
    if (struct utsname names {}; source.is_this_system() && ::uname(&names) == 0)
        facts.architecture = names.machine;
    return facts;
}

static LinuxHostRow row_of(HostFacts const& facts, Timestamp begun_at)
{
    LinuxHostRow row;
    row.name = if_any(facts.name);
    row.machine_id = if_any(facts.machine_id);
    row.system = if_any(facts.system);
    row.system_version = if_any(facts.system_version);
    row.kernel = if_any(facts.kernel);
    row.architecture = if_any(facts.architecture);
    row.boot_id = if_any(facts.boot_id);
    row.virtualisation = if_any(facts.virtualisation);
    row.time_zone = if_any(facts.time_zone);
    row.collector = collector_name;
    row.booted_at = facts.booted_at;
    row.collected_at = begun_at;
    row.is_root = facts.is_root;
    return row;
}

std::string collection_json(HostFacts const& facts, Options const& options, Timestamp begun_at)
{
    std::string host;
    append_state_line(host, linux_host_schema, row_of(facts, begun_at)); // "{…}\n"
    static constexpr std::array<std::string_view, 3> environments { "without", "masked", "whole" };
    static constexpr std::array<std::string_view, 3> verifications { "none", "programs", "all" };
    return format("{{\"konseki_collection\":1,\"is_live\":{},\"options\":{{\"root\":{},\"environment\":\"{}\","
                  "\"verify\":\"{}\",\"logs\":{}}},{}",
        !options.is_dead, json_string(options.root.string()),
        environments.at(static_cast<std::size_t>(options.environment)),
        verifications.at(static_cast<std::size_t>(options.verify)), options.with_logs,
        std::string_view(host).substr(1));
}

Result<void> write_host(Session& session, HostFacts const& facts)
{
    StateFile state(session, linux_host_schema.erased);
    TRY(state.add(linux_host_schema, row_of(facts, session.begun_at)));
    return state.finish("host");
}

}
