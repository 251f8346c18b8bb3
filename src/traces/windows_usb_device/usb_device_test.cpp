#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_usb_device/registry.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_usb_device {

TEST(WindowsUsbDevice, DevicesAreReadWithTheirTimes)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_usb_device/testdata/system.hive.txt", HiveKind::system);
    auto const rows = collected->rows("windows.usb_device");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("bus"), "USBSTOR");
    EXPECT_EQ(rows[0].at("vendor"), "SanDisk");
    EXPECT_EQ(rows[0].at("product"), "Cruzer");
    EXPECT_EQ(rows[0].at("revision"), "1.20");
    EXPECT_EQ(rows[0].at("serial"), "2006087&0");
    EXPECT_EQ(rows[0].at("is_serial_own"), "true");
    EXPECT_EQ(rows[0].at("disk_id"), "{fc416b61-6437-11ea-bd0c-a483e7c21469}");
    EXPECT_EQ(rows[0].at("first_installed_at"), "2010-01-01T00:00:00.0000000Z");
    EXPECT_EQ(rows[0].count("last_removed_at"), 0U); // seven bytes
    EXPECT_EQ(rows[0].at("key_written_at"), "2024-05-06T01:02:03.0000000Z");
    EXPECT_EQ(rows[1].at("bus"), "USB");
    EXPECT_EQ(rows[1].at("vendor"), "0781");
    EXPECT_EQ(rows[1].at("product"), "5530");
    EXPECT_EQ(rows[1].at("is_serial_own"), "false");
    EXPECT_EQ(rows[1].at("installed_at"), "2010-01-01T00:00:00.0000000Z");
    EXPECT_EQ(rows[2].at("bus"), "WPD");
    EXPECT_EQ(rows[2].at("friendly_name"), "E:\\");
    EXPECT_EQ(rows[2].count("is_serial_own"), 0U);
}

TEST(WindowsUsbDevice, LettersStandForDevices)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_usb_device/testdata/system.hive.txt", HiveKind::system);
    auto const rows = collected->rows("windows.mounted_volume");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("kind"), "mbr");
    EXPECT_EQ(rows[0].at("disk_signature"), "5cbea03e");
    EXPECT_EQ(rows[0].at("partition_offset"), "1048576");
    EXPECT_EQ(rows[1].at("kind"), "gpt");
    EXPECT_EQ(rows[1].at("partition_guid"), "01234567-89AB-CDEF-0123-456789ABCDEF");
    EXPECT_EQ(rows[2].at("name"), "\\DosDevices\\E:");
    EXPECT_EQ(rows[2].at("target"), "_??_USBST");
    auto const user = test::run_on_text(registry_artefact, "windows_usb_device/testdata/user.hive.txt", HiveKind::user)
                          ->rows("windows.mounted_volume");
    ASSERT_EQ(user.size(), 3U);
    EXPECT_EQ(user[0].at("name"), "\\\\srv\\data");
    EXPECT_EQ(user[0].at("kind"), "share");
    EXPECT_EQ(user[0].at("label"), "Data");
    EXPECT_EQ(user[1].at("kind"), "volume");
    EXPECT_EQ(user[2].at("kind"), "drive");
}

TEST(WindowsUsbDevice, RealHivesGiveTheirSticks)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const ten = test::unpack_one(folder / "regipy/SYSTEM_WIN_10_1709.xz");
    std::vector<test::Row> sticks;
    for (auto& row : test::run_on(registry_artefact, as_bytes(ten), HiveKind::system)->rows("windows.usb_device")) {
        if (row.at("bus") == "USBSTOR")
            sticks.push_back(std::move(row));
    }
    ASSERT_EQ(sticks.size(), 1U);
    EXPECT_EQ(sticks[0].at("serial"), "200608767007B7C08A6A&0");
    EXPECT_EQ(sticks[0].at("first_installed_at"), "2020-03-17T14:02:38.9554894Z"); // regipy: .955490
    EXPECT_EQ(sticks[0].at("last_connected_at"), "2020-03-17T14:02:38.9466272Z"); // .946628
    EXPECT_EQ(sticks[0].at("last_removed_at"), "2020-03-17T14:23:45.5046900Z"); // .504690
    auto const seven = test::unpack_one(folder / "regipy/SYSTEM.xz");
    auto const old = test::run_on(registry_artefact, as_bytes(seven), HiveKind::system);
    EXPECT_EQ(old->rows("windows.mounted_volume").size(), 11U);
    EXPECT_EQ(old->rows("windows.usb_device")[0].at("first_installed_at"), "2011-04-01T04:52:38.6860000Z");
    EXPECT_EQ(old->diagnostics.list.size(), 0U);
}

}
