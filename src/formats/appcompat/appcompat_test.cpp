#include "formats/appcompat/appcompat.hpp"
#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include <gtest/gtest.h>

namespace konseki::appcompat {

TEST(Appcompat, TheCachesOfAllVersionsGiveTheirEntries)
{
    KONSEKI_NEEDS_DATA(folder, "appcompat");
    struct Expected {
        char const* file;
        Version version;
        std::size_t entries;
    };
    for (auto const& expected : { Expected { "WinXPx86.bin", Version::xp, 17 },
             Expected { "Win2k8Standard.bin", Version::vista, 873 }, Expected { "win7x86.bin", Version::windows_7, 91 },
             Expected { "win7x64.bin", Version::windows_7, 304 }, Expected { "Win80.bin", Version::windows_8, 104 },
             Expected { "Win81.bin", Version::windows_8_1, 1024 }, Expected { "Win10.bin", Version::windows_10, 350 },
             Expected { "Win10Creators.bin", Version::windows_10, 506 } }) {
        auto const bytes = test::read_file(folder / expected.file);
        test::CollectingDiagnostics diagnostics;
        auto const cache = read(as_bytes(bytes), diagnostics);
        ASSERT_TRUE(cache.ok()) << expected.file;
        EXPECT_EQ(cache.value().entries.size(), expected.entries) << expected.file;
        EXPECT_EQ(cache.value().version, expected.version) << expected.file;
        EXPECT_EQ(diagnostics.list.size(), 0U) << expected.file;
        std::size_t plausible = 0;
        for (auto const& entry : cache.value().entries)
            plausible
                += !entry.path.empty() && entry.modified_at < Timestamp::from_unix_seconds(1'700'000'000) ? 1U : 0U;
        EXPECT_EQ(plausible, expected.entries) << expected.file;
        for (std::size_t size = 0; size < bytes.size(); size += 97) { // no cut may do more than end the list
            test::CollectingDiagnostics ignored;
            (void)read(as_bytes(std::string_view(bytes).substr(0, size)), ignored);
        }
    }
}

namespace {
struct KnownEntry {
    char const* file;
    std::size_t position, path_bytes; // path_bytes 0: not stated
    char const* path_part;
    std::optional<bool> is_executed;
};
}

// AppCompatCacheParser's own tests: AppCompatCacheTest.cs.
TEST(Appcompat, KnownEntriesHaveTheirPathsAndFlags)
{
    KONSEKI_NEEDS_DATA(folder, "appcompat");
    for (auto const& known :
        { KnownEntry { "Win10.bin", 0, 54, "vds.exe", {} }, KnownEntry { "Win10.bin", 2, 140, "DismHost.exe", {} },
            KnownEntry { "Win10.bin", 7, 58, "mstsc.exe", {} }, KnownEntry { "Win10.bin", 337, 112, "Ngen.exe", {} },
            KnownEntry { "Win10.bin", 349, 64, "services.exe", {} },
            KnownEntry { "win7x64.bin", 0, 70, "wuauclt.exe", true },
            KnownEntry { "win7x64.bin", 2, 88, "SearchFilterHost.exe", true },
            KnownEntry { "win7x64.bin", 7, 126, "chrome.exe", false },
            KnownEntry { "win7x64.bin", 300, 176, "chrmstp.exe", true },
            KnownEntry { "win7x64.bin", 301, 62, "reg.exe", true },
            KnownEntry { "WinXPx86.bin", 0, 0, "msoobe.exe", {} },
            KnownEntry { "WinXPx86.bin", 2, 0, "agentsvr.exe", {} },
            KnownEntry { "WinXPx86.bin", 8, 0, "NETSHELL.dll", {} },
            KnownEntry { "win7x86.bin", 0, 70, "LogonUI.exe", true },
            KnownEntry { "win7x86.bin", 2, 92, "SearchProtocolHost.exe", true },
            KnownEntry { "win7x86.bin", 8, 108, "wmplayer.exe", false },
            KnownEntry { "win7x86.bin", 89, 62, "reg.exe", true },
            KnownEntry { "win7x86.bin", 90, 72, "SETUPUGC.EXE", true },
            KnownEntry { "Win80.bin", 0, 70, "LogonUI.exe", true },
            KnownEntry { "Win80.bin", 2, 144, "EditPadLite7.exe", true },
            KnownEntry { "Win80.bin", 8, 70, "svchost.exe", true },
            KnownEntry { "Win80.bin", 100, 76, "Setup.exe", true },
            KnownEntry { "Win80.bin", 101, 70, "WWAHost.exe", false },
            KnownEntry { "Win81.bin", 0, 94, "java.exe", true },
            KnownEntry { "Win81.bin", 2, 128, "SpotifyHelper.exe", true },
            KnownEntry { "Win81.bin", 8, 70, "dllhost.exe", true },
            KnownEntry { "Win81.bin", 1011, 98, "osTriage2.exe", true },
            KnownEntry { "Win81.bin", 1023, 170, "setup.exe", true } }) {
        auto const bytes = test::read_file(folder / known.file);
        test::CollectingDiagnostics diagnostics;
        auto const cache = read(as_bytes(bytes), diagnostics);
        ASSERT_TRUE(cache.ok());
        ASSERT_LT(known.position, cache.value().entries.size()) << known.file;
        auto const& entry = cache.value().entries[known.position];
        EXPECT_NE(entry.path.find(known.path_part), std::string::npos) << known.file << ": " << entry.path;
        if (known.path_bytes != 0) {
            EXPECT_EQ(entry.path.size() * 2, known.path_bytes) << known.file << ": " << entry.path;
        }
        EXPECT_EQ(entry.is_executed(), known.is_executed) << known.file << ": " << entry.path;
    }
}

TEST(Appcompat, OneEntryOfWindows10IsReadAndDamageBehindItReported)
{
    auto const bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/appcompat/testdata/windows_10.hex"));
    test::CollectingDiagnostics diagnostics;
    auto const cache = read(bytes, diagnostics);
    ASSERT_TRUE(cache.ok());
    ASSERT_EQ(cache.value().entries.size(), 1U);
    auto const& entry = cache.value().entries[0];
    EXPECT_EQ(entry.path, "C:\\a.exe");
    EXPECT_EQ(to_string(entry.modified_at), "2010-01-01T00:00:00.0000000Z");
    EXPECT_EQ(entry.offset, 48U);
    EXPECT_EQ(entry.size_bytes, 42U);
    EXPECT_FALSE(entry.is_executed().has_value());
    ASSERT_EQ(diagnostics.list.size(), 1U);
    EXPECT_EQ(diagnostics.list[0].bytes_lost, 16U);
}

TEST(Appcompat, SomethingElseIsRefused)
{
    test::CollectingDiagnostics diagnostics;
    EXPECT_FALSE(read(as_bytes("not a cache at all"), diagnostics).ok());
    EXPECT_FALSE(read({}, diagnostics).ok());
}

}
