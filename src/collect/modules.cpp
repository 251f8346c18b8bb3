#include "base/path_name.hpp"
#include "collect/kernel.hpp"
#include <algorithm>
#include <set>
#include <archive.h>
#include <archive_entry.h>

namespace konseki::collect {

static constexpr std::uint64_t module_bytes_max = 64U << 20;

std::string module_name_of(std::string_view path)
{
    auto name = file_name_of(path);
    name = name.substr(0, name.find(".ko"));
    std::string text(name);
    std::replace(text.begin(), text.end(), '-', '_');
    return text;
}

bool ends_with_signature(std::string_view content)
{
    return content.ends_with("~Module signature appended~\n"); // [kernel/module/signing.c]
}

namespace {

struct FreeReader {
    void operator()(archive* opened) const { archive_read_free(opened); }
};

// Modules of distributions are packed: the end is known only after everything.
std::optional<bool> packed_has_signature(std::string_view content)
{
    std::unique_ptr<archive, FreeReader> const reader { archive_read_new() };
    if (archive_read_support_filter_xz(reader.get()) < ARCHIVE_WARN
        || archive_read_support_filter_gzip(reader.get()) < ARCHIVE_WARN
        || archive_read_support_filter_zstd(reader.get()) < ARCHIVE_WARN
        || archive_read_support_format_raw(reader.get()) < ARCHIVE_WARN
        || archive_read_open_memory(reader.get(), content.data(), content.size()) != ARCHIVE_OK)
        return std::nullopt;
    archive_entry* entry = nullptr;
    if (archive_read_next_header(reader.get(), &entry) < ARCHIVE_WARN)
        return std::nullopt;
    std::string tail;
    std::string block(64U << 10, '\0');
    std::uint64_t total = 0;
    while (true) {
        auto const got = archive_read_data(reader.get(), block.data(), block.size());
        if (got < 0 || total > module_bytes_max)
            return std::nullopt;
        if (got == 0)
            return ends_with_signature(tail);
        total += static_cast<std::uint64_t>(got);
        tail.append(block, 0, static_cast<std::size_t>(got));
        if (tail.size() > 64)
            tail.erase(0, tail.size() - 64);
    }
}

std::optional<bool> has_signature(Session& session, std::string const& path)
{
    auto const content = session.source.read(path, module_bytes_max);
    if (!content.ok()) {
        session.notes.add(path, content.error());
        return std::nullopt;
    }
    return path.ends_with(".ko") ? std::optional(ends_with_signature(content.value()))
                                 : packed_has_signature(content.value());
}

struct Module {
    std::string name, taints, state, seen_in, path, used_by, package;
    std::optional<std::uint64_t> memory_bytes;
    std::optional<bool> is_signed;
};

using Modules = std::map<std::string, Module, std::less<>>;

// "nf_tables 303104 2 nft_compat,nft_chain, Live 0x0000000000000000 (OE)"
void read_proc(Session& session, Modules& modules)
{
    auto const text = session.source.read_state("/proc/modules", session.options.limits.proc_file_bytes_max);
    if (!text.ok()) {
        session.notes.add("/proc/modules", text.error());
        return;
    }
    for (auto const line : split(text.value(), '\n')) {
        auto const words = split(line, ' ');
        if (words.size() < 5)
            continue;
        auto& module = modules[std::string(words[0])];
        module.name = words[0];
        module.memory_bytes = parse_uint(words[1]);
        if (words[3] != "-")
            module.used_by = trim(words[3]);
        while (module.used_by.ends_with(','))
            module.used_by.pop_back();
        module.state = words[4];
        module.seen_in = "proc";
        if (words.size() > 6 && words[6].size() > 2)
            module.taints = words[6].substr(1, words[6].size() - 2);
    }
}

// Of what is built in there is a folder, too, but no initstate.
void read_sys(Session& session, Modules& modules)
{
    auto const names = session.source.names_in("/sys/module");
    if (!names.ok())
        return;
    for (auto const& name : names.value()) {
        auto const state = session.source.read_state(format("/sys/module/{}/initstate", name), 64);
        if (!state.ok())
            continue;
        auto& module = modules[name];
        module.name = name;
        module.seen_in += module.seen_in.empty() ? "sys" : " sys";
        if (module.state.empty())
            module.state = trim(state.value());
        if (auto const taint = session.source.read_state(format("/sys/module/{}/taint", name), 64);
            taint.ok() && module.taints.empty())
            module.taints = trim(taint.value());
        if (auto const size = session.source.read_state(format("/sys/module/{}/coresize", name), 64);
            size.ok() && !module.memory_bytes)
            module.memory_bytes = parse_uint(trim(size.value()));
    }
}

void find_files(Session& session, PackageIndex const& index, Modules& modules)
{
    auto const release = session.source.read_state("/proc/sys/kernel/osrelease", 256);
    if (!release.ok() || modules.empty())
        return;
    auto const folder = format("/lib/modules/{}", trim(release.value()));
    auto const list = session.source.read(folder + "/modules.dep", session.options.limits.database_bytes_max);
    if (!list.ok()) {
        session.notes.add(folder + "/modules.dep", list.error());
        return;
    }
    for (auto const line : split(list.value(), '\n')) {
        auto const path = line.substr(0, line.find(':'));
        auto const module = modules.find(module_name_of(path));
        if (path.empty() || module == modules.end() || !module->second.path.empty())
            continue;
        module->second.path
            = session.source.canonical(path.front() == '/' ? std::string(path) : format("{}/{}", folder, path));
        if (auto const* const owner = index.find(module->second.path))
            module->second.package = index.package_name(owner->package);
        module->second.is_signed = has_signature(session, module->second.path);
    }
}

}

Result<void> collect_modules(Session& session, PackageIndex const& index)
{
    Modules modules;
    read_proc(session, modules);
    read_sys(session, modules);
    find_files(session, index, modules);
    StateFile state(session, linux_module_schema.erased);
    for (auto const& [name, module] : modules) {
        LinuxModuleRow row;
        row.name = if_any(module.name);
        row.taints = if_any(module.taints);
        row.state = if_any(module.state);
        row.seen_in = if_any(module.seen_in);
        row.package = if_any(module.package);
        row.path = if_any(module.path);
        row.used_by = if_any(module.used_by);
        row.memory_bytes = module.memory_bytes;
        row.is_signed = module.is_signed;
        TRY(state.add(linux_module_schema, row));
    }
    session.summary.modules = state.count();
    return state.finish("modules");
}

}
