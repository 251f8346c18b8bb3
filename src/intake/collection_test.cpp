#include "intake/collection.hpp"
#include <vector>
#include <gtest/gtest.h>

namespace konseki::intake {
namespace {

std::string place(std::vector<std::string> const& paths, std::string_view container, std::string_view path)
{
    auto const found = CollectionLayout::of(paths, container).place_of(path);
    if (!found)
        return "-";
    return std::string(collection_kind_name(found->kind)) + " " + (found->host.empty() ? "?" : found->host) + " "
        + found->path + (found->is_raw_read ? " raw" : "");
}

TEST(Collection, PercentEscapesAreUndoneOnce)
{
    EXPECT_EQ(percent_decoded("%5C%5C.%5CC%3A"), "\\\\.\\C:");
    EXPECT_EQ(
        percent_decoded("Microsoft-Windows-Sysmon%254Operational.evtx"), "Microsoft-Windows-Sysmon%4Operational.evtx");
    EXPECT_EQ(percent_decoded("100%"), "100%");
    EXPECT_EQ(percent_decoded("a%zz"), "a%zz");
}

TEST(Collection, ToolsNameTheHostInTheArchivesName)
{
    EXPECT_EQ(host_in_name("Collection-WIN-E5K9RC5GU23-2021-11-21T18_05_56-08_00.zip"), "WIN-E5K9RC5GU23");
    EXPECT_EQ(host_in_name("DFIR-ORC_WorkStation_pc7.acme.example_General.7z"), "pc7.acme.example");
    EXPECT_EQ(host_in_name("uac-web-01-linux-20240102030405.tar.gz"), "web-01");
    EXPECT_EQ(host_in_name("konseki-web-01-linux-20261123T010203Z.tar.zst"), "web-01");
    EXPECT_EQ(host_in_name("konseki-notes.txt"), "");
    EXPECT_EQ(host_in_name("PC7_20240102030405.tar"), "PC7");
    EXPECT_EQ(host_in_name("evidence.zip"), "");
}

TEST(Collection, VelociraptorUploadsKnowVolumeAndAccessor)
{
    std::vector<std::string> const paths { "uploads/ntfs/%5C%5C.%5CC%3A/$Extend/$UsnJrnl%3A$J",
        "uploads/auto/C%3A/Users/Administrator/ntuser.dat", "results/A%2FUploads.json",
        "uploads/ntfs/%5C%5C%3F%5CGLOBALROOT%5CDevice%5CHarddiskVolumeShadowCopy1/Windows/x" };
    auto const* const name = "Collection-WIN-E5K9RC5GU23-2021-11-21T18_05_56-08_00.zip";
    EXPECT_EQ(place(paths, name, paths[0]), "velociraptor WIN-E5K9RC5GU23 C:\\$Extend\\$UsnJrnl:$J raw");
    EXPECT_EQ(place(paths, name, paths[1]), "velociraptor WIN-E5K9RC5GU23 C:\\Users\\Administrator\\ntuser.dat");
    EXPECT_EQ(place(paths, name, paths[2]), "-");
    EXPECT_EQ(place(paths, name, paths[3]),
        "velociraptor WIN-E5K9RC5GU23 \\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy1\\Windows\\x raw");
}

TEST(Collection, KapeAndCylrDifferByTheirLogs)
{
    std::vector<std::string> const kape { "out/C/Windows/System32/config/SYSTEM", "out/C/Temp/evil.exe",
        "out/VSS3/Users/a/NTUSER.DAT", "out/2023-02-06T021454_CopyLog.csv" };
    EXPECT_EQ(place(kape, "x.zip", kape[0]), "kape ? C:\\Windows\\System32\\config\\SYSTEM");
    EXPECT_EQ(place(kape, "x.zip", kape[1]), "kape ? C:\\Temp\\evil.exe");
    EXPECT_EQ(place(kape, "x.zip", kape[2]),
        "kape ? \\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy3\\Users\\a\\NTUSER.DAT");
    EXPECT_EQ(place(kape, "x.zip", kape[3]), "-");
    std::vector<std::string> const cylr { "C/$MFT", "CyLR_Collection_Log_2023-01-01_00-00-00.log" };
    EXPECT_EQ(place(cylr, "PC7.zip", "C/$MFT"), "cylr PC7 C:\\$MFT");
}

TEST(Collection, OtherLayouts)
{
    EXPECT_EQ(place({ "fs/c:/Windows/x" }, "PC7_20240102030405.tar", "fs/c:/Windows/x"), "acquire PC7 C:\\Windows\\x");
    EXPECT_EQ(
        place({ "image/Windows/System32/a" }, "", "image/Windows/System32/a"), "system_root ? \\Windows\\System32\\a");
    EXPECT_EQ(
        place({ "[root]/etc/passwd" }, "uac-web-linux-20240102030405.tar", "[root]/etc/passwd"), "uac web /etc/passwd");
    EXPECT_EQ(place({ "data/c/notes.txt" }, "data.zip", "data/c/notes.txt"), "-"); // a folder of one letter
}

TEST(Collection, OursKnowsItsRootAndWhatLiesBesideIt)
{
    std::vector<std::string> const paths { "konseki-collection.json", "state/processes.jsonl", "[root]/etc/passwd",
        "processes/1/exe" };
    auto const* const name = "konseki-web-01-linux-20261123T010203Z.tar.zst";
    EXPECT_EQ(place(paths, name, paths[2]), "konseki web-01 /etc/passwd");
    EXPECT_EQ(place(paths, name, paths[1]), "-");
    auto const layout = CollectionLayout::of(paths, name);
    for (auto const& path : paths)
        EXPECT_TRUE(layout.root_above(path)) << path;
}

TEST(Collection, UacWithoutTakenFilesIsOneToo)
{
    std::vector<std::string> const paths { "./uac.log", "./live_response/process/ps.txt", "./[root]/etc/passwd" };
    auto const* const name = "uac-web-linux-20240102030405.tar.gz";
    EXPECT_EQ(place(paths, name, paths[2]), "uac web /etc/passwd");
    EXPECT_TRUE(CollectionLayout::of(std::span(paths).first(1), name).root_above("./bodyfile/bodyfile.txt"));
    EXPECT_TRUE(CollectionLayout::of(std::span(paths).subspan(1, 1), name).root_above("./uac.log"));
}

TEST(Collection, TheRootOfALinuxSystemIsToldByItsNames)
{
    std::vector<std::string> const root { "disk/etc/passwd", "disk/usr/bin/ls", "disk/var/log/syslog",
        "disk/var/lib/docker/overlay2/ab/diff/etc/passwd", "disk/var/lib/docker/overlay2/ab/diff/usr/bin/sh" };
    EXPECT_EQ(place(root, "", root[0]), "system_root ? /etc/passwd");
    EXPECT_EQ(place(root, "", root[3]), "system_root ? /var/lib/docker/overlay2/ab/diff/etc/passwd");
    EXPECT_EQ(place({ "etc/passwd", "etc/group", "etc/hostname" }, "etc", "etc/passwd"), "system_root ? /etc/passwd");
    EXPECT_EQ(place({ "git/etc/gitconfig", "git/usr/bin/sh" }, "git", "git/usr/bin/sh"), "-");
    std::vector<std::string> const cylr { "etc/passwd", "var/log/wtmp", "CyLR_Collection_Log_2023-01-01_00-00-00.log" };
    EXPECT_EQ(place(cylr, "web.zip", cylr[1]), "cylr web /var/log/wtmp");
    EXPECT_EQ(
        place({ "uploads/auto/etc/passwd" }, "Collection-web-2021-11-21T18_05_56Z.zip", "uploads/auto/etc/passwd"),
        "velociraptor web /etc/passwd");
}

TEST(Collection, TwoHostsInOneFolderAreKeptApart)
{
    std::vector<std::string> const paths { "in/Collection-A-2021-11-21T18_05_56Z/uploads/auto/C%3A/a",
        "in/Collection-B-2021-11-21T18_05_56Z/uploads/auto/C%3A/b" };
    EXPECT_EQ(place(paths, "in", paths[0]), "velociraptor A C:\\a");
    EXPECT_EQ(place(paths, "in", paths[1]), "velociraptor B C:\\b");
}

}
}
