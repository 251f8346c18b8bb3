#include "formats/cim/catalogue.hpp"
#include "formats/cim/well_known.hpp"
#include <algorithm>
#include <limits>

namespace konseki::cim {

namespace {
constexpr std::size_t layouts_max = 256; // kept at a time: 4,096 slots each at most
}

void ClassCatalogue::order()
{
    std::ranges::sort(m_entries, {}, &ClassEntry::offset);
    m_built_in = well_known_classes();
    for (auto const& bytes : m_built_in) {
        auto record = read_class(as_bytes(bytes), 0);
        VERIFY(record.ok());
        auto hash = name_hash(record.value().name, m_hash_kind);
        if (std::ranges::find(m_entries, hash, &ClassEntry::name_hash) == m_entries.end())
            m_entries.push_back({ std::move(record).value(), std::move(hash), {},
                std::numeric_limits<std::uint64_t>::max(), 0, Found::unindexed, true });
    }
    for (std::size_t i = 0; i < m_entries.size(); ++i)
        m_by_hash[m_entries[i].name_hash].push_back(i);
}

// Two namespaces may define a class of the same name differently, and a deleted definition may still lie about. Best is
// the one of the object's own namespace, then the system's, each live; then one of the time the object remembers.
ClassEntry const* ClassCatalogue::find(
    std::string_view name_hash, std::string_view namespace_hash, Timestamp stamp) const
{
    auto const found = m_by_hash.find(name_hash);
    if (found == m_by_hash.end())
        return nullptr;
    auto const rank = [&](ClassEntry const& entry) {
        bool const is_live = entry.found == Found::live;
        bool const is_near = !namespace_hash.empty() && entry.namespace_hash == namespace_hash;
        bool const is_of_time = stamp.is_set() && entry.record.stamp == stamp;
        return (is_of_time ? 16 : 0) + (is_near ? 8 : 0) + (entry.namespace_hash == m_system_namespace ? 4 : 0)
            + (is_live ? 2 : 0);
    };
    ClassEntry const* best = nullptr;
    for (auto const index : found->second) {
        auto const& entry = m_entries[index];
        if (best == nullptr || rank(entry) > rank(*best))
            best = &entry;
    }
    return best;
}

ClassLayout const& ClassCatalogue::layout(ClassEntry const& entry)
{
    auto const known = m_layouts.find(&entry);
    if (known != m_layouts.end())
        return known->second;
    if (m_layouts.size() >= layouts_max)
        m_layouts.clear();
    return m_layouts.emplace(&entry, make_layout(entry)).first->second;
}

ClassLayout ClassCatalogue::make_layout(ClassEntry const& entry) const
{
    std::vector<ClassEntry const*> chain { &entry };
    ClassLayout layout;
    layout.definition = &entry.record;
    while (!chain.back()->record.superclass.empty()) {
        auto const& below = *chain.back();
        auto const* above = find(name_hash(below.record.superclass, m_hash_kind), below.namespace_hash, Timestamp {});
        layout.derivation.push_back(below.record.superclass);
        if (above == nullptr || chain.size() >= class_depth_max) {
            layout.is_complete = false;
            break;
        }
        chain.push_back(above);
    }
    for (auto level = chain.rbegin(); level != chain.rend(); ++level) {
        auto const& record = (*level)->record;
        for (auto const& property : record.properties) {
            if (property.position >= layout.slots.size())
                layout.slots.resize(property.position + std::size_t { 1 });
        }
        for (auto const& property : record.properties)
            layout.slots[property.position] = Slot { property, &record, layout.slots.size() };
    }
    return layout;
}

}
