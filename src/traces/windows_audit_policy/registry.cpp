#include "traces/windows_audit_policy/registry.hpp"
#include "traces/registry_values.hpp"
#include "traces/windows_audit_policy/policy.hpp"
#include <array>

namespace konseki::windows_audit_policy {

namespace {

void parse(HiveView const& view, ParseContext& context)
{
    auto const key = view.hive.find("Policy\\PolAdtEv");
    if (!key)
        return;
    RegistryValues const values { view.hive, *key, context.diagnostics };
    auto const* const value = values.find({});
    if (value == nullptr)
        return;
    auto const policy = read_policy(value->content);
    if (!policy.ok()) {
        auto error = policy.error();
        error.offset += value->content_offset;
        context.diagnostics.report({ error, value->content.size() });
        return;
    }
    for (auto const& entry : policy.value().entries) {
        constexpr std::uint32_t success = 1;
        constexpr std::uint32_t failure = 2;
        SubcategoryRow row;
        row.category = entry.category.empty() ? Symbol() : Symbol(entry.category);
        row.subcategory = entry.subcategory.empty() ? Symbol() : Symbol(std::string_view(entry.subcategory));
        bool const is_on = policy.value().is_on;
        row.audits_success = is_on && (entry.flags & success) != 0;
        row.audits_failure = is_on && (entry.flags & failure) != 0;
        row.is_on_by_default = entry.is_on_by_default;
        row.layout = policy.value().has_subcategories ? "subcategories" : is_on ? "categories" : "off";
        row.key_written_at = key->written_at;
        context.traces.emit(subcategory_schema,
            { value->content_offset + entry.offset, entry.size_bytes, value->state != regf::CellState::live }, row);
    }
}

constexpr std::array<Schema const*, 1> emitted { &subcategory_schema.erased };

}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_audit_policy",
    .title = "Audit policy",
    .emits = emitted,
    .kinds = static_cast<std::uint32_t>(HiveKind::security),
    .parse = parse,
};

}
