#include "analysers/host_state/paths.hpp"
#include <gmock/gmock.h>

namespace konseki::host_state {
namespace {

using testing::ElementsAre;

TEST(HostStatePaths, EverySourceSpeaksOfTheSameFile)
{
    for (auto const* written :
        { R"(C:\Windows\System32\svchost.exe)", R"(\Device\HarddiskVolume3\Windows\System32\svchost.exe)",
            R"(\VOLUME{01d8340a2a1b2c3d-1234abcd}\WINDOWS\SYSTEM32\SVCHOST.EXE)",
            R"(%SystemRoot%\System32\svchost.exe)", R"(\SystemRoot\System32\svchost.exe)",
            R"(\??\C:\Windows\System32\svchost.exe)", R"(System32\svchost.exe)",
            "\"C:/Windows/System32/svchost.exe\"" })
        EXPECT_EQ(normalised_path(written), R"(\windows\system32\svchost.exe)") << written;
    EXPECT_EQ(normalised_path(R"(D:\tools\x.exe)"), R"(d:\tools\x.exe)");
    EXPECT_EQ(normalised_path(R"(\\server\share\x.exe)"), R"(\\server\share\x.exe)");
    EXPECT_EQ(normalised_path("MIM.EXE"), "mim.exe");
    EXPECT_EQ(normalised_path(""), "");
}

TEST(HostStatePaths, ACommandIsSplitAsWindowsWould)
{
    EXPECT_EQ(split_command(R"("C:\Program Files\A B\x.exe" -a "b c")").program, R"(C:\Program Files\A B\x.exe)");
    EXPECT_EQ(split_command(R"("C:\Program Files\A B\x.exe" -a "b c")").arguments, R"(-a "b c")");
    EXPECT_EQ(split_command(R"(C:\Program Files\A B\x.exe -a)").program, R"(C:\Program Files\A B\x.exe)");
    EXPECT_EQ(split_command(R"(cmd /c C:\x.exe)").program, "cmd");
    EXPECT_EQ(split_command(R"(notepad)").program, "notepad");
    EXPECT_EQ(split_command("").program, "");
    EXPECT_EQ(split_command("\"").program, "");
}

TEST(HostStatePaths, AHostOfOtherCodeLeadsToWhatItRuns)
{
    EXPECT_THAT(files_of_command(R"(rundll32.exe C:\Users\Public\a.dll,Start)"),
        ElementsAre("rundll32.exe", R"(\users\public\a.dll)"));
    EXPECT_THAT(files_of_command(R"(C:\Windows\System32\cmd.exe /c "C:\TMP\x.bat")"),
        ElementsAre(R"(\windows\system32\cmd.exe)", R"(\tmp\x.bat)"));
    EXPECT_THAT(files_of_command(R"(rundll32.exe "C:\Users\a\AppData\Local\Microsoft\crdss.wll",#1)"),
        ElementsAre("rundll32.exe", R"(\users\a\appdata\local\microsoft\crdss.wll)"))
        << "a library has any extension";
    EXPECT_THAT(files_of_command(R"(wscript.exe C:\Users\Public\Pictures\x.fly //e:VBScript //b)"),
        ElementsAre("wscript.exe", R"(\users\public\pictures\x.fly)"));
    EXPECT_THAT(files_of_command(R"(rundll32.exe shell32,Control_RunDLL)"), ElementsAre("rundll32.exe"));
    EXPECT_THAT(files_of_command("mshta.exe http://a.example/x.hta"), ElementsAre("mshta.exe")) << "no file of a disk";
    EXPECT_THAT(
        files_of_command(R"(C:\TMP\mim.exe sekurlsa::LogonPasswords > C:\TMP\o.exe)"), ElementsAre(R"(\tmp\mim.exe)"));
}

TEST(HostStatePaths, TheGeneralFormLeavesOutWhatDiffersBetweenHosts)
{
    EXPECT_EQ(general_form(R"(\users\tanaka\appdata\local\x.exe)"), R"(\users\%user%\appdata\local\x.exe)");
    EXPECT_EQ(general_form(R"(\users\public\x.exe)"), R"(\users\public\x.exe)");
    EXPECT_EQ(
        general_form(R"(\onedrive task-s-1-5-21-2212929841-2730996645-2649195864-1000)"), R"(\onedrive task-%sid%)");
    EXPECT_EQ(general_form(R"(\app 99.0.1150.36\x.exe)"), R"(\app #\x.exe)");
    EXPECT_EQ(general_form(R"(\windows\system32\w64time.dll)"), R"(\windows\system32\w64time.dll)")
        << "the size of a word tells names apart";
    EXPECT_EQ(general_form(R"(\tools\x640.dll)"), R"(\tools\x#dll)");
    EXPECT_EQ(general_form("{cf8953f0-7413-4bc6-94a3-b0282acc3ae4}"), "{%hex%}");
}

TEST(HostStatePaths, PlacesAreToldByWhoCanWriteThere)
{
    EXPECT_TRUE(is_in_system_folder(R"(\windows\system32\x.dll)"));
    EXPECT_TRUE(is_in_system_folder(R"(\windows\explorer.exe)"));
    EXPECT_FALSE(is_in_system_folder(R"(\windows\temp\x.exe)"));
    EXPECT_FALSE(is_in_system_folder(R"(\windows\media\x.exe)"));
    EXPECT_FALSE(is_in_system_folder(R"(\windows\system32\spool\drivers\color\x.exe)"));
    EXPECT_EQ(writable_place(R"(\windows\temp\x.exe)"), "a temporary folder");
    EXPECT_EQ(writable_place(R"(\users\a\appdata\roaming\x.exe)"), "a user's profile");
    EXPECT_EQ(writable_place(R"(\x.exe)"), "the root of the drive");
    EXPECT_EQ(writable_place(R"(\windows\system32\x.exe)"), "");
    EXPECT_TRUE(is_in_program_folder(R"(\program files\x\y.exe)"));
}

}
}
