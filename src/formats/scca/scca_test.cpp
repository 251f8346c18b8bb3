#include "bytes/xpress_huffman.hpp"
#include "formats/scca/scca.hpp"
#include "support/samples.hpp"
#include <random>
#include <gtest/gtest.h>

namespace konseki::scca {

namespace {

class Collect final : public DiagnosticSink {
public:
    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
    std::vector<Diagnostic> diagnostics;
};

std::vector<std::byte> small_v17()
{
    return test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/scca/testdata/small_v17.hex"));
}

struct Known {
    char const* file;
    std::uint32_t version;
    std::uint32_t run_count; // 0: not stated by the source
    char const* last_run;
    std::size_t files; // 0: not stated
};

}

TEST(Scca, ReadsASmallVersion17File)
{
    Collect collect;
    auto const bytes = small_v17();
    auto const prefetch = read(bytes, collect);
    ASSERT_TRUE(prefetch.ok()) << to_string(prefetch.error());
    EXPECT_TRUE(collect.diagnostics.empty());
    EXPECT_EQ(prefetch.value().executable, "A.EXE");
    EXPECT_EQ(prefetch.value().run_count, 3U);
    ASSERT_EQ(prefetch.value().run_times.size(), 1U);
    EXPECT_EQ(to_string(prefetch.value().run_times[0]), "2021-03-04T00:00:00.0000000Z");
    ASSERT_EQ(prefetch.value().files.size(), 1U);
    EXPECT_EQ(prefetch.value().files[0].path, "\\D\\A.EXE");
    ASSERT_EQ(prefetch.value().volumes.size(), 1U);
    EXPECT_EQ(prefetch.value().volumes[0].serial, 0x24cb074bU);
    EXPECT_EQ(prefetch.value().volumes[0].directories, std::vector<std::string> { "\\D" });
}

TEST(Scca, EveryPrefixSaysWhatIsMissingOrKeepsTheHeader)
{
    auto const bytes = small_v17();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        Collect collect;
        auto const prefetch = read(ByteView(bytes).first(size), collect);
        if (prefetch.ok()) {
            EXPECT_FALSE(collect.diagnostics.empty()) << size;
            EXPECT_EQ(prefetch.value().executable, "A.EXE");
        } else {
            EXPECT_FALSE(prefetch.error().what.empty());
        }
    }
}

TEST(Scca, HostileCountsAllocateNothing)
{
    for (std::size_t const field : { 88U, 112U }) { // metrics count, volume count
        auto bytes = small_v17();
        for (std::size_t i = 0; i < 4; ++i)
            bytes[field + i] = std::byte { 0xff };
        Collect collect;
        auto const prefetch = read(bytes, collect);
        ASSERT_TRUE(prefetch.ok());
        ASSERT_FALSE(collect.diagnostics.empty());
        EXPECT_EQ(collect.diagnostics[0].error.code, ErrorCode::bad_count);
    }
}

TEST(Scca, RandomDamageIsSurvived)
{
    std::mt19937 random { 5 };
    auto const bytes = small_v17();
    for (int round = 0; round < 20'000; ++round) {
        auto damaged = bytes;
        damaged[random() % damaged.size()] = static_cast<std::byte>(random());
        Collect collect;
        (void)read(damaged, collect);
    }
}

TEST(XpressHuffman, RefusesAnOverfullTableAndACutStream)
{
    std::vector<std::byte> overfull(256, std::byte { 0x11 }); // 512 codes of one bit
    EXPECT_EQ(decompress_xpress_huffman(overfull, 10).error().code, ErrorCode::bad_value);
    EXPECT_EQ(decompress_xpress_huffman({}, 10).error().code, ErrorCode::truncated);
    EXPECT_TRUE(decompress_xpress_huffman({}, 0).ok());
}

TEST(XpressHuffman, ALiteralAndAMatchThatOverlapsItself)
{
    // Two symbols of one bit: 'a' (0x61) has code 0, the match of length 15+ and distance 1 (0x10f) code 1.
    std::vector<std::byte> stream(256, std::byte { 0 });
    stream[0x61 / 2] = std::byte { 0x10 };
    stream[0x10f / 2] = std::byte { 0x10 };
    for (auto const byte : { 0x00, 0x40, 0x00, 0x00, 0x05 }) // bits 0 1, then the length byte: 5 + 15 + 3
        stream.push_back(static_cast<std::byte>(byte));
    auto const content = decompress_xpress_huffman(stream, 24);
    ASSERT_TRUE(content.ok()) << to_string(content.error());
    EXPECT_EQ(as_text(content.value()), std::string(24, 'a'));
}

TEST(Scca, KnownFilesOfPlaso)
{
    KONSEKI_NEEDS_DATA(folder, "prefetch/plaso");
    for (auto const& known :
        { Known { "CMD.EXE-087B4001.pf", 17, 0, "2013-03-10T10:11:49.2812500Z", 33 },
            Known { "PING.EXE-B29F6629.pf", 23, 0, nullptr, 0 }, Known { "WUAUCLT.EXE-830BCC14.pf", 23, 0, nullptr, 0 },
            Known { "TASKHOST.EXE-3AE259FC.pf", 26, 0, nullptr, 0 },
            Known { "BYTECODEGENERATOR.EXE-C1E9BCE6.pf", 30, 0, nullptr, 0 },
            Known { "ONEDRIVE.EXE-7E152375.pf", 30, 2, "2015-05-14T22:11:05.4852771Z", 0 },
            Known { "NOTEPAD.EXE-D8414F97.pf", 30, 2, "2019-06-05T19:55:04.8777787Z", 0 },
            Known { "AM_DELTA_PATCH_1.443.990.0.EX-7037CF86.pf", 31, 1, nullptr, 0 } }) {
        auto const bytes = test::read_file(folder / known.file);
        Collect collect;
        auto const prefetch = read(as_bytes(bytes), collect);
        ASSERT_TRUE(prefetch.ok()) << known.file << ": " << to_string(prefetch.error());
        EXPECT_TRUE(collect.diagnostics.empty()) << known.file;
        EXPECT_EQ(prefetch.value().version, known.version) << known.file;
        if (known.run_count != 0) {
            EXPECT_EQ(prefetch.value().run_count, known.run_count) << known.file;
        }
        if (known.last_run != nullptr) {
            EXPECT_EQ(to_string(prefetch.value().run_times.at(0)), known.last_run) << known.file;
        }
        if (known.files != 0) {
            EXPECT_EQ(prefetch.value().files.size(), known.files) << known.file;
        }
        EXPECT_FALSE(prefetch.value().volumes.empty()) << known.file;
    }
    Collect collect;
    auto const cmd = test::read_file(folder / "CMD.EXE-087B4001.pf");
    EXPECT_EQ(read(as_bytes(cmd), collect).value().volumes[0].serial, 0x24cb074bU);
}

TEST(Scca, EveryGoodFileOfEveryWindowsIsReadWithoutARemark)
{
    KONSEKI_NEEDS_DATA(folder, "prefetch/ez");
    std::size_t files = 0;
    for (auto const& path : test::files_below(folder, ".pf")) {
        if (path.string().find("/Bad/") != std::string::npos)
            continue;
        auto const bytes = test::read_file(path);
        Collect collect;
        auto const prefetch = read(as_bytes(bytes), collect);
        ASSERT_TRUE(prefetch.ok()) << path << ": " << to_string(prefetch.error());
        EXPECT_TRUE(collect.diagnostics.empty())
            << path << ": " << (collect.diagnostics.empty() ? "" : to_string(collect.diagnostics[0].error));
        EXPECT_FALSE(prefetch.value().run_times.empty()) << path;
        ++files;
        std::size_t references = 0;
        std::size_t directories = 0;
        for (auto const& volume : prefetch.value().volumes) {
            references += volume.file_references.size();
            directories += volume.directories.size();
        }
        auto const name = path.filename().string();
        if (path.string().find("Win10") != std::string::npos
            && name.starts_with("CHROME.EXE")) { // spec fsa.md section 4
            EXPECT_EQ(prefetch.value().files.size(), 282U);
            EXPECT_EQ(references, 284U);
            EXPECT_EQ(directories, 23U);
            EXPECT_EQ(prefetch.value().run_times.size(), 8U);
        }
        if (name.starts_with("DEVENV.EXE")) {
            EXPECT_EQ(prefetch.value().files.size(), 403U);
            EXPECT_EQ(references, 681U);
            EXPECT_EQ(directories, 516U);
        }
    }
    EXPECT_GE(files, 50U);
}

namespace {
Prefetch prefetch_of(std::filesystem::path const& path)
{
    auto const bytes = test::read_file(path);
    Collect collect;
    auto prefetch = read(as_bytes(bytes), collect);
    if (!prefetch.ok())
        throw std::runtime_error(path.string() + ": " + to_string(prefetch.error()));
    return std::move(prefetch).value();
}
}

// EricZimmerman/Prefetch, Prefetch.Test/TestVersion23.cs and TestVersion30.cs.
TEST(Scca, ChromeOfWindows10HasItsFilesAndReferences)
{
    KONSEKI_NEEDS_DATA(folder, "prefetch/ez");
    auto const chrome = prefetch_of(folder / "Win10/CHROME.EXE-B3BA7868.pf");
    EXPECT_EQ(chrome.executable, "CHROME.EXE");
    EXPECT_EQ(chrome.path_hash, 0xb3ba7868U);
    EXPECT_EQ(chrome.size_bytes, 116'042U);
    EXPECT_EQ(to_string(chrome.run_times.at(0)), "2016-01-13T18:06:55.3344577Z");
    EXPECT_EQ(chrome.run_times.size(), 8U);
    EXPECT_EQ(chrome.run_count, 20U);
    EXPECT_EQ(chrome.files.size(), 282U);
    EXPECT_EQ(chrome.files.at(3).path, "\\VOLUME{01d1217a9c4c6779-8c9f49ec}\\WINDOWS\\SYSTEM32\\KERNEL32.DLL");
    ASSERT_EQ(chrome.volumes.size(), 1U);
    auto const& volume = chrome.volumes[0];
    EXPECT_EQ(volume.device_path, "\\VOLUME{01d1217a9c4c6779-8c9f49ec}");
    EXPECT_EQ(volume.serial, 0x8c9f49ecU);
    EXPECT_EQ(to_string(volume.created_at), "2015-11-17T20:57:46.2434681Z");
    EXPECT_EQ(volume.directories.size(), 23U);
    EXPECT_EQ(volume.file_references.size(), 284U);
}

TEST(Scca, DevenvOfWindows10HasItsFilesAndReferences)
{
    KONSEKI_NEEDS_DATA(folder, "prefetch/ez");
    auto const devenv = prefetch_of(folder / "Win10/DEVENV.EXE-854D7862.pf");
    EXPECT_EQ(devenv.size_bytes, 380'690U);
    EXPECT_EQ(devenv.run_count, 54U);
    EXPECT_EQ(to_string(devenv.run_times.at(0)), "2016-01-13T16:50:34.6578416Z");
    EXPECT_EQ(devenv.files.size(), 403U);
    ASSERT_EQ(devenv.volumes.size(), 1U);
    EXPECT_EQ(devenv.volumes[0].file_references.size(), 681U);
    EXPECT_EQ(devenv.volumes[0].directories.size(), 516U);
}

TEST(Scca, DcodeLoadedFromTwoVolumes)
{
    KONSEKI_NEEDS_DATA(folder, "prefetch/ez");
    auto const ten = prefetch_of(folder / "Win10/DCODEDCODEDCODEDCODEDCODEDCOD-E65B9FE8.pf");
    EXPECT_EQ(ten.executable, "DCODEDCODEDCODEDCODEDCODEDCOD");
    EXPECT_EQ(ten.run_count, 2U);
    EXPECT_EQ(ten.files.size(), 57U);
    ASSERT_EQ(ten.volumes.size(), 2U);
    EXPECT_EQ(ten.volumes[0].serial, 0x66f451bcU);
    EXPECT_EQ(ten.volumes[0].directories.size(), 1U);
    EXPECT_EQ(ten.volumes[1].directories.size(), 19U);
    EXPECT_EQ(ten.volumes[0].file_references.size(), 2U);
    EXPECT_EQ(ten.volumes[1].file_references.size(), 85U);
    std::size_t with_fifty = 0; // spec fsa.md section 4: Windows 7, 50 files, 2 volumes
    for (auto const* const name : { "9054DA3F", "94896A93" }) {
        auto const seven = prefetch_of(folder / (std::string("Win7/DCODEDCODEDCODEDCODEDCODEDCOD-") + name + ".pf"));
        with_fifty += seven.files.size() == 50 && seven.volumes.size() == 2 ? 1U : 0U;
    }
    EXPECT_EQ(with_fifty, 1U);
}

// One for the file and one for each volume: that is how plaso counts.
TEST(Scca, VolumesOfPlasosFilesAreCounted)
{
    KONSEKI_NEEDS_DATA(folder, "prefetch/plaso");
    for (auto const& [file, expected] : { std::pair { "CMD.EXE-087B4001.pf", 2U }, { "PING.EXE-B29F6629.pf", 2U },
             { "WUAUCLT.EXE-830BCC14.pf", 6U }, { "TASKHOST.EXE-3AE259FC.pf", 2U },
             { "BYTECODEGENERATOR.EXE-C1E9BCE6.pf", 2U }, { "ONEDRIVE.EXE-7E152375.pf", 2U },
             { "NOTEPAD.EXE-D8414F97.pf", 2U }, { "AM_DELTA_PATCH_1.443.990.0.EX-7037CF86.pf", 2U } })
        EXPECT_EQ(1 + prefetch_of(folder / file).volumes.size(), expected) << file;
}

}
