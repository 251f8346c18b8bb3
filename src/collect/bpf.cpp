#include "collect/kernel.hpp"
#include <array>
#include <cerrno>
#include <cstring>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace konseki::collect {

namespace {

constexpr std::uint32_t objects_max = 100'000;

template <std::size_t count>
std::string_view name_in(std::array<std::string_view, count> const& names, std::uint32_t number)
{
    return number < names.size() ? names.at(number) : std::string_view();
}

}

// [linux/bpf.h] enum bpf_prog_type, as bpftool names them
std::string_view bpf_program_type(std::uint32_t type)
{
    static constexpr std::array<std::string_view, 33> names { "unspec", "socket_filter", "kprobe", "sched_cls",
        "sched_act", "tracepoint", "xdp", "perf_event", "cgroup_skb", "cgroup_sock", "lwt_in", "lwt_out", "lwt_xmit",
        "sock_ops", "sk_skb", "cgroup_device", "sk_msg", "raw_tracepoint", "cgroup_sock_addr", "lwt_seg6local",
        "lirc_mode2", "sk_reuseport", "flow_dissector", "cgroup_sysctl", "raw_tracepoint_writable", "cgroup_sockopt",
        "tracing", "struct_ops", "ext", "lsm", "sk_lookup", "syscall", "netfilter" };
    return name_in(names, type);
}

std::string_view bpf_map_type(std::uint32_t type)
{
    static constexpr std::array<std::string_view, 34> names { "unspec", "hash", "array", "prog_array",
        "perf_event_array", "percpu_hash", "percpu_array", "stack_trace", "cgroup_array", "lru_hash", "lru_percpu_hash",
        "lpm_trie", "array_of_maps", "hash_of_maps", "devmap", "sockmap", "cpumap", "xskmap", "sockhash",
        "cgroup_storage", "reuseport_sockarray", "percpu_cgroup_storage", "queue", "stack", "sk_storage", "devmap_hash",
        "struct_ops", "ringbuf", "inode_storage", "task_storage", "bloom_filter", "user_ringbuf", "cgrp_storage",
        "arena" };
    return name_in(names, type);
}

std::string_view bpf_link_type(std::uint32_t type)
{
    static constexpr std::array<std::string_view, 14> names { "unspec", "raw_tracepoint", "tracing", "cgroup", "iter",
        "netns", "xdp", "perf_event", "kprobe_multi", "struct_ops", "netfilter", "tcx", "uprobe_multi", "netkit" };
    return name_in(names, type);
}

namespace {

long bpf(int command, union bpf_attr& attributes)
{
    return ::syscall(SYS_bpf, command, &attributes, sizeof attributes);
}

union bpf_attr no_attributes()
{
    union bpf_attr attributes;
    std::memset(&attributes, 0, sizeof attributes);
    return attributes;
}

// Of one kind of object: how the kernel is asked for the next, for a descriptor, and what our rows call it.
struct Kind {
    std::string_view name;
    int next = 0, open = 0;
};

constexpr std::array kinds {
    Kind { "program", BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID },
    Kind { "map", BPF_MAP_GET_NEXT_ID, BPF_MAP_GET_FD_BY_ID },
    Kind { "link", BPF_LINK_GET_NEXT_ID, BPF_LINK_GET_FD_BY_ID },
};

template <typename Info> bool read_info(os::Descriptor const& object, Info& info)
{
    auto attributes = no_attributes();
    attributes.info.bpf_fd = static_cast<__u32>(object.number());
    attributes.info.info_len = sizeof info;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the kernel takes addresses as numbers
    attributes.info.info = reinterpret_cast<std::uintptr_t>(&info);
    return bpf(BPF_OBJ_GET_INFO_BY_FD, attributes) == 0;
}

struct Object {
    std::string name, tag, holders, pinned_path;
    std::string_view kind, type;
    std::uint32_t id = 0;
    std::optional<std::uint32_t> uid;
    std::uint64_t loaded_ns = 0; // since boot
};

std::string hex_text(std::span<unsigned char const> bytes)
{
    std::string text;
    for (auto const byte : bytes)
        append_format(text, "{:02x}", byte);
    return text;
}

template <std::size_t size> std::string name_text(char const (&name)[size])
{
    return std::string(name, ::strnlen(name, size));
}

std::optional<Object> describe(std::string_view kind, os::Descriptor const& opened)
{
    Object object;
    object.kind = kind;
    if (kind == "program") {
        struct bpf_prog_info info { };
        if (!read_info(opened, info))
            return std::nullopt;
        object.id = info.id;
        object.type = bpf_program_type(info.type);
        object.name = name_text(info.name);
        object.tag = hex_text(info.tag);
        object.uid = info.created_by_uid;
        object.loaded_ns = info.load_time;
    } else if (kind == "map") {
        struct bpf_map_info info { };
        if (!read_info(opened, info))
            return std::nullopt;
        object.id = info.id;
        object.type = bpf_map_type(info.type);
        object.name = name_text(info.name);
    } else {
        struct bpf_link_info info { };
        if (!read_info(opened, info))
            return std::nullopt;
        object.id = info.id;
        object.type = bpf_link_type(info.type);
        object.tag = format("program {}", info.prog_id);
    }
    return object;
}

class BpfReading {
public:
    BpfReading(Session& session, ProcessFacts const& facts)
        : m_session(session)
        , m_facts(facts)
    {
    }

    Result<void> run()
    {
        if (m_session.source.is_this_system()) {
            for (auto const& kind : kinds)
                read_all(kind);
            read_pinned();
        }
        auto const booted_at = boot_time();
        StateFile state(m_session, linux_bpf_schema.erased);
        for (auto const& [key, object] : m_objects) {
            LinuxBpfRow row;
            row.kind = object.kind;
            row.type = object.type;
            row.name = if_any(object.name);
            row.tag = if_any(object.tag);
            auto const holders = m_facts.bpf.find(format("{} {}", object.kind, object.id));
            if (holders != m_facts.bpf.end())
                row.holders = if_any(holders->second);
            row.pinned_path = if_any(object.pinned_path);
            row.id = object.id;
            row.uid = object.uid;
            if (object.loaded_ns > 0 && booted_at.is_set())
                row.loaded_at = { booted_at.ticks + static_cast<std::int64_t>(object.loaded_ns / 100) };
            TRY(state.add(linux_bpf_schema, row));
        }
        return state.finish("bpf");
    }

private:
    Timestamp boot_time() const
    {
        timespec since_boot {};
        if (::clock_gettime(CLOCK_BOOTTIME, &since_boot) != 0)
            return {};
        auto const ticks = since_boot.tv_sec * ticks_per_second + since_boot.tv_nsec / 100;
        return { os::now().ticks - ticks };
    }

    void read_all(Kind const& kind)
    {
        std::uint32_t id = 0;
        for (std::uint32_t count = 0; count < objects_max; ++count) {
            auto attributes = no_attributes();
            attributes.start_id = id;
            if (bpf(kind.next, attributes) != 0) {
                if (errno != ENOENT) // the end of the list
                    m_session.notes.add("unreadable", "bpf",
                        format("eBPF {}s cannot be listed: {}", kind.name, ::strerrordesc_np(errno)));
                return;
            }
            id = attributes.next_id;
            attributes = no_attributes();
            attributes.prog_id = id; // one union for all three kinds
            os::Descriptor const opened { static_cast<int>(bpf(kind.open, attributes)) };
            auto object = opened.is_open() ? describe(kind.name, opened) : std::nullopt;
            if (object)
                m_objects.emplace(std::pair { kind.name, object->id }, std::move(*object));
        }
    }

    // Pins live in mounts of type bpf, by rule /sys/fs/bpf.
    void read_pinned()
    {
        std::vector<std::string> pending { "/sys/fs/bpf" };
        std::uint32_t seen = 0;
        while (!pending.empty() && seen < objects_max) {
            auto const folder = std::move(pending.back());
            pending.pop_back();
            auto const names = m_session.source.names_in(folder);
            if (!names.ok())
                continue;
            for (auto const& name : names.value()) {
                ++seen;
                auto path = format("{}/{}", folder, name);
                auto const status = m_session.source.status(path, FinalLink::keep);
                if (status.ok() && status.value().type == FileType::folder)
                    pending.push_back(std::move(path));
                else if (status.ok() && status.value().type == FileType::regular)
                    add_pin(path);
            }
        }
    }

    void add_pin(std::string const& path)
    {
        auto attributes = no_attributes();
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the kernel takes addresses as numbers
        attributes.pathname = reinterpret_cast<std::uintptr_t>(path.c_str());
        attributes.file_flags = BPF_F_RDONLY;
        os::Descriptor const opened { static_cast<int>(bpf(BPF_OBJ_GET, attributes)) };
        if (!opened.is_open())
            return;
        // Which kind it is shows in the name of the descriptor.
        auto const link = m_session.source.read_link(format("/proc/self/fd/{}", opened.number()));
        auto const target = link.ok() ? link.value() : std::string();
        std::string_view const kind = target.find("prog") != std::string::npos ? "program"
            : target.find("link") != std::string::npos                         ? "link"
                                                                               : "map";
        auto object = describe(kind, opened);
        if (!object)
            return;
        auto const place = m_objects.try_emplace(std::pair { kind, object->id }, *object).first;
        append_format(place->second.pinned_path, "{}{}", place->second.pinned_path.empty() ? "" : " ", path);
    }

    Session& m_session;
    ProcessFacts const& m_facts;
    std::map<std::pair<std::string_view, std::uint32_t>, Object> m_objects;
};

}

Result<void> collect_bpf(Session& session, ProcessFacts const& facts)
{
    BpfReading reading(session, facts);
    return reading.run();
}

}
