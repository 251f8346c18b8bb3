#include "traces/windows_profile.hpp"
#include <gtest/gtest.h>

namespace konseki {

TEST(WindowsProfile, TheUserComesFromThePath)
{
    EXPECT_EQ(windows_profile_user_of("C/Users/hanako/NTUSER.DAT"), "hanako");
    EXPECT_EQ(windows_profile_user_of("C:\\Users\\hanako\\AppData\\Local\\Microsoft\\Windows\\UsrClass.dat"), "hanako");
    EXPECT_EQ(windows_profile_user_of("C:/users/x\\y"), "x");
    EXPECT_EQ(windows_profile_user_of("C/Documents and Settings/hanako/NTUSER.DAT"), "hanako");
    EXPECT_EQ(windows_profile_user_of("C/Windows/ServiceProfiles/LocalService/NTUSER.DAT"), "LocalService");
    EXPECT_EQ(windows_profile_user_of("C/Windows/System32/config/systemprofile/NTUSER.DAT"), "systemprofile");
}

TEST(WindowsProfile, APathBelowNoProfileHasNoUser)
{
    EXPECT_EQ(windows_profile_user_of(""), "");
    EXPECT_EQ(windows_profile_user_of("NTUSER.DAT"), "");
    EXPECT_EQ(windows_profile_user_of("Users/NTUSER.DAT"), "") << "a file beside the profiles";
    EXPECT_EQ(windows_profile_user_of("superusers/x/y"), "") << "Users is the whole name of a folder";
    EXPECT_EQ(windows_profile_user_of("C/Users//y"), "");
    EXPECT_EQ(windows_profile_user_of("C/systemprofile"), "") << "a file of that name";
}

}
