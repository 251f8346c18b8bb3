#include "analysers/host_state/item.hpp"
#include <array>

namespace konseki::host_state {

std::string_view kind_name(ItemKind kind)
{
    static constexpr std::array<std::string_view, 11> names { "autostart", "service", "task", "wmi", "program",
        "account", "setting", "activity", "process", "file", "kernel" };
    return names.at(static_cast<std::size_t>(kind));
}

std::string_view family_name(Family family)
{
    static constexpr std::array<std::string_view, 11> names { "path", "name", "command", "content", "identity",
        "location", "contradiction", "time", "rule", "execution", "coupling" };
    return names.at(static_cast<std::size_t>(family));
}

}
