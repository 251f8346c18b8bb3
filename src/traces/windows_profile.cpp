#include "traces/windows_profile.hpp"
#include "base/text.hpp"

namespace konseki {

// The next component, cut off with its separator; empty where two separators meet.
static std::string_view take_component(std::string_view& rest)
{
    auto const separator = rest.find_first_of("/\\");
    auto const component = rest.substr(0, separator);
    rest = separator == std::string_view::npos ? std::string_view {} : rest.substr(separator + 1);
    return component;
}

std::string_view windows_profile_user_of(std::string_view path)
{
    while (path.find_first_of("/\\") != std::string_view::npos) {
        auto const component = take_component(path);
        if (equals_ignoring_case(component, "systemprofile"))
            return component;
        bool const holds_profiles = equals_ignoring_case(component, "Users")
            || equals_ignoring_case(component, "Documents and Settings")
            || equals_ignoring_case(component, "ServiceProfiles");
        if (holds_profiles && path.find_first_of("/\\") != std::string_view::npos)
            return take_component(path);
    }
    return {};
}

}
