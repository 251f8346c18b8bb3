// The values of one key, read once and asked for by name: what artefacts do with most keys.
// Not a cache of the hive: made per key and thrown away.
#pragma once
#include "base/text.hpp"
#include "traces/registry_artefact.hpp"

namespace konseki {

class RegistryValues {
public:
    RegistryValues(regf::Hive const& hive, regf::Key const& key, DiagnosticSink& diagnostics)
        : m_values(hive.values(key, diagnostics))
    {
    }

    std::vector<regf::Value> const& all() const { return m_values; }
    regf::Value const* find(std::string_view name) const // without case; "" is the default value
    {
        for (auto const& value : m_values) {
            if (equals_ignoring_case(value.name, name))
                return &value;
        }
        return nullptr;
    }
    std::string text(std::string_view name) const // "" where there is none
    {
        auto const* value = find(name);
        return value == nullptr ? std::string {} : regf::value_text(*value);
    }
    // Also of text that holds a number in decimal or 0x hexadecimal, as Amcache writes sizes.
    std::optional<std::uint64_t> number(std::string_view name) const
    {
        auto const* value = find(name);
        if (value == nullptr)
            return std::nullopt;
        auto const type = static_cast<regf::ValueType>(value->type);
        if (type == regf::ValueType::text || type == regf::ValueType::expandable_text)
            return parse_uint(regf::value_text(*value));
        return regf::value_number(*value);
    }

private:
    std::vector<regf::Value> m_values;
};

// A column's text: absent instead of empty.
inline std::string_view unless_empty(std::string_view text)
{
    return text.empty() ? std::string_view {} : text;
}

}
