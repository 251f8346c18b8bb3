#include "analysers/persistence/catalogue.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::persistence {

Location const* find(std::string_view id)
{
    auto const all = locations();
    auto const place = std::find_if(all.begin(), all.end(), [&](auto const& one) { return one.id == id; });
    return place == all.end() ? nullptr : &*place;
}

Location const* find_by_registry_path(std::string_view path)
{
    auto const lower = ascii_lower(path);
    Location const* best = nullptr;
    std::size_t best_size = 0;
    for (auto const& location : locations())
        for (auto const part : split(location.registry_parts, '|'))
            if (part.size() > best_size && lower.find(part) != std::string::npos) {
                best = &location;
                best_size = part.size();
            }
    return best;
}

}
