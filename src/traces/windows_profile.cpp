#include "traces/windows_profile.hpp"
#include "base/text.hpp"

namespace konseki {

std::string_view windows_profile_user_of(std::string_view path)
{
    auto const lower = ascii_lower(path);
    auto const users = lower.find("users");
    if (users == std::string::npos || users + 6 >= path.size() || (path[users + 5] != '/' && path[users + 5] != '\\'))
        return {};
    auto const rest = path.substr(users + 6);
    auto const end = rest.find_first_of("/\\");
    return end == std::string_view::npos ? std::string_view {} : rest.substr(0, end);
}

}
