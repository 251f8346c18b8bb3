// Whose profile of Windows a file lies in, by its path: users, services and the system itself.
// Not who owns the file.
#pragma once
#include <string_view>

namespace konseki {

// "C/Users/hanako/NTUSER.DAT", "C:\Documents and Settings\hanako\…" -> "hanako"; "…/ServiceProfiles/LocalService/…" ->
// "LocalService"; "…/config/systemprofile/…" -> "systemprofile". Empty: below no profile. Views the path.
std::string_view windows_profile_user_of(std::string_view path);

}
