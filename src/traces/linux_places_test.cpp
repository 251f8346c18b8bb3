#include "traces/linux_places.hpp"
#include <gtest/gtest.h>

namespace konseki {

TEST(LinuxPlaces, PatternsMatchNamesAndPaths)
{
    EXPECT_TRUE(matches_linux_pattern("/etc/cron.d/x", "/etc/cron.d/*"));
    EXPECT_FALSE(matches_linux_pattern("/etc/cron.d/a/x", "/etc/cron.d/*"));
    EXPECT_TRUE(matches_linux_pattern("/a/b/.git/hooks/x", "**/.git/hooks/*"));
    EXPECT_FALSE(matches_linux_pattern("/a/b/.git/hooks/x/y", "**/.git/hooks/*"));
    EXPECT_TRUE(matches_linux_pattern("/etc/rc3.d/S01x", "/etc/rc[0-6S].d/*"));
    EXPECT_TRUE(matches_linux_pattern("/etc/systemd/system/a/b.service", "/etc/systemd/system/**"));
    EXPECT_FALSE(matches_linux_pattern("/etc/rc9.d/S01x", "/etc/rc[0-6S].d/*"));
    EXPECT_TRUE(matches_linux_pattern("", "**"));
    EXPECT_FALSE(matches_linux_pattern("/x", "/x["));
}

TEST(LinuxPlaces, ThePathOnTheHostIsFoundBehindWhateverACollectionPutsBefore)
{
    for (auto const* name : { "/etc/crontab", "[root]/etc/crontab", "uac-h/[root]/etc/crontab",
             "x/y/rootfs/etc/crontab", "case\\rootfs\\etc\\crontab", "etc/crontab", "/mnt/evidence/etc/crontab",
             "/home/me/case/rootfs/etc/crontab" }) {
        auto const found = linux_path_of(name);
        ASSERT_NE(found.place, nullptr) << name;
        EXPECT_EQ(found.path, "/etc/crontab") << name;
        EXPECT_EQ(found.place->location, "L05");
    }
    EXPECT_EQ(linux_path_of("/home/me/backup/etc/crontab").place, nullptr);
    EXPECT_EQ(linux_path_of("C/Users/x/crontab").place, nullptr);
    EXPECT_EQ(linux_path_of("").place, nullptr);
}

TEST(LinuxPlaces, HomesGiveTheirOwner)
{
    EXPECT_EQ(linux_path_of("/home/hanako/.bashrc").user, "hanako");
    EXPECT_EQ(linux_path_of("/root/.ssh/authorized_keys").user, "root");
    EXPECT_EQ(linux_path_of("/home/EXAMPLE/taro/.ssh/authorized_keys").user, "taro");
    EXPECT_EQ(linux_path_of("/var/lib/postgresql/.ssh/authorized_keys").user, "postgresql");
    EXPECT_EQ(linux_path_of("/etc/skel/.bashrc").user, "");
    EXPECT_NE(linux_path_of("/etc/skel/.bashrc").place, nullptr);
}

TEST(LinuxPlaces, SomePlacesMayLieAnywhere)
{
    EXPECT_EQ(linux_path_of("case/rootfs/home/h/p/.git/config").path, "/home/h/p/.git/config");
    EXPECT_EQ(linux_path_of("p/.git/hooks/pre-commit").path, "/p/.git/hooks/pre-commit");
    EXPECT_EQ(linux_path_of("/usr/lib/python3/dist-packages/x.pth").path, "/usr/lib/python3/dist-packages/x.pth");
    EXPECT_EQ(linux_path_of("/lib/systemd/system/x.service").path, "/lib/systemd/system/x.service");
    EXPECT_EQ(linux_path_of("p/.git/config.old").place, nullptr);
}

TEST(LinuxPlaces, LayersOfContainersKeepTheirPathOnTheHost)
{
    auto const found = linux_path_of("/var/lib/docker/overlay2/ab/diff/etc/cron.d/x");
    ASSERT_NE(found.place, nullptr);
    EXPECT_EQ(found.path, "/var/lib/docker/overlay2/ab/diff/etc/cron.d/x");
}

}
