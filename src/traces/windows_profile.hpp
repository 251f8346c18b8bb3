// Whose profile of Windows a file lies in, by its path.
// Not the profiles of services and of old systems, which windows_registry knows for hives.
#pragma once
#include <string_view>

namespace konseki {

// "C/Users/hanako/AppData/…" -> "hanako"; empty: below no folder Users.
std::string_view windows_profile_user_of(std::string_view path);

}
