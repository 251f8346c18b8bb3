#include "traces/windows_shimcache/registry.hpp"
#include "base/text.hpp"
#include "formats/appcompat/appcompat.hpp"
#include <array>

namespace konseki::windows_shimcache {

namespace {

constexpr std::array<std::string_view, 2> keys {
    "Control\\Session Manager\\AppCompatCache", // 2003 R2 and later
    "Control\\Session Manager\\AppCompatibility", // XP
};

std::string_view without_prefix(std::string_view path)
{
    constexpr std::string_view prefix { "\\??\\" };
    return path.starts_with(prefix) ? path.substr(prefix.size()) : path;
}

void parse(HiveView const& view, ParseContext& context)
{
    for (auto const& set : view.control_sets) {
        for (auto const path : keys) {
            auto const key = view.hive.find(format("{}\\{}", set, path));
            auto const value = key ? view.hive.value(*key, "AppCompatCache") : std::nullopt;
            if (!value)
                continue;
            auto const cache = appcompat::read(value->content, context.diagnostics);
            if (!cache.ok()) {
                auto error = cache.error();
                error.offset += value->offset;
                context.diagnostics.report({ error, value->content.size() });
                continue;
            }
            EntryRow row;
            row.control_set = std::string_view(set);
            row.is_current = set == view.control_sets.front();
            row.cache_version = appcompat::version_name(cache.value().version);
            row.key_written_at = key->written_at;
            for (auto const& entry : cache.value().entries) {
                row.position = entry.position;
                row.path = without_prefix(entry.path);
                row.file_modified_at = entry.modified_at;
                row.entry_updated_at = entry.updated_at;
                row.file_size_bytes = entry.file_size_bytes;
                row.insertion_flags = entry.insertion_flags;
                row.is_executed = entry.is_executed();
                context.traces.emit(entry_schema, origin_of(*value), row);
            }
        }
    }
}

constexpr std::array<Schema const*, 1> emitted { &entry_schema.erased };

}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_shimcache",
    .title = "Application compatibility cache (ShimCache)",
    .emits = emitted,
    .kinds = static_cast<std::uint32_t>(HiveKind::system),
    .parse = parse,
};

}
