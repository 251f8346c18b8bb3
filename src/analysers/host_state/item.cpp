#include "analysers/host_state/item.hpp"
#include <algorithm>
#include <array>

namespace konseki::host_state {

namespace {

constexpr std::array<std::string_view, 11> kind_names { "autostart", "service", "task", "wmi", "program", "account",
    "setting", "activity", "process", "file", "kernel" };

}

std::string_view kind_name(ItemKind kind)
{
    return kind_names.at(static_cast<std::size_t>(kind));
}

std::optional<ItemKind> kind_of_name(std::string_view name)
{
    auto const place = std::find(kind_names.begin(), kind_names.end(), name);
    if (place == kind_names.end())
        return {};
    return static_cast<ItemKind>(place - kind_names.begin());
}

std::string_view family_name(Family family)
{
    static constexpr std::array<std::string_view, family_count> names { "path", "name", "command", "content",
        "identity", "location", "contradiction", "time", "rule", "execution", "coupling", "prevalence" };
    return names.at(static_cast<std::size_t>(family));
}

}
