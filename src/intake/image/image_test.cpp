#include "intake/image/files.hpp"
#include "intake/image/ntfs.hpp"
#include "support/random.hpp"
#include "support/samples.hpp"
#include "support/toy_case.hpp"
#include <cstring>
#include <map>
#include <gmock/gmock.h>

namespace konseki::intake {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Kept final : public MemberSink, public DiagnosticSink {
public:
    Result<void> begin(Member const& member) override
    {
        m_path = member.path;
        files[m_path];
        return {};
    }
    Result<void> bytes(ByteView bytes) override
    {
        files[m_path] += as_text(bytes);
        return {};
    }
    Result<void> end(bool) override { return {}; }
    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
    std::vector<std::string> paths() const
    {
        std::vector<std::string> all;
        for (auto const& [path, content] : files)
            all.push_back(path);
        return all;
    }
    std::uint64_t lost() const
    {
        std::uint64_t bytes = 0;
        for (auto const& one : diagnostics)
            bytes += one.bytes_lost;
        return bytes;
    }
    bool has(std::string_view what) const
    {
        return std::any_of(
            diagnostics.begin(), diagnostics.end(), [&](auto const& one) { return one.error.what == what; });
    }

    std::map<std::string, std::string> files;
    std::vector<Diagnostic> diagnostics;

private:
    std::string m_path;
};

Kept read_bytes(std::string const& bytes)
{
    auto const view = as_bytes(bytes);
    auto const kind = image_kind(
        view.first(std::min<std::size_t>(view.size(), 4'096)), view.size() < 512 ? ByteView() : view.last(512));
    EXPECT_FALSE(kind.empty());
    Kept kept;
    EXPECT_TRUE(read_image({ view, kind, 4ULL << 30 }, default_limits, kept, kept).ok());
    return kept;
}

template <typename T> void put(std::string& bytes, std::size_t offset, T value)
{
    std::memcpy(bytes.data() + offset, &value, sizeof(T));
}

// A FAT12 volume of 64 KiB with one file HELLO.TXT in the folder LOGS.
std::string fat_volume(std::string const& content)
{
    std::string volume(65'536, '\0');
    volume.replace(0, 11, std::string("\xeb\x3c\x90KONSEKI ", 11));
    put<std::uint16_t>(volume, 11, 512);
    volume[13] = 1; // sectors per cluster
    put<std::uint16_t>(volume, 14, 1); // reserved
    volume[16] = 1; // tables
    put<std::uint16_t>(volume, 17, 16); // root entries
    put<std::uint16_t>(volume, 19, 128); // sectors
    volume[21] = static_cast<char>(0xf8);
    put<std::uint16_t>(volume, 22, 1); // sectors per table
    volume[38] = 0x29;
    volume.replace(43, 19, "KONSEKI    FAT12   ");
    put<std::uint16_t>(volume, 510, 0xaa55);
    volume.replace(512, 6, std::string("\xf8\xff\xff\xff\xff\xff", 6)); // clusters 2 and 3 are ends
    auto const entry
        = [&](std::size_t place, std::string_view name, char attributes, std::uint16_t cluster, std::uint32_t size) {
              volume.replace(place, 11, name);
              volume[place + 11] = attributes;
              put<std::uint16_t>(volume, place + 26, cluster);
              put<std::uint32_t>(volume, place + 28, size);
          };
    entry(1'024, "LOGS       ", 0x10, 2, 0);
    auto const folder = 1'024U + 512U;
    entry(folder, ".          ", 0x10, 2, 0);
    entry(folder + 32, "..         ", 0x10, 0, 0);
    entry(folder + 64, "HELLO   TXT", 0x20, 3, static_cast<std::uint32_t>(content.size()));
    volume.replace(folder + 512, content.size(), content);
    return volume;
}

std::string with_partition_table(std::string const& volume)
{
    constexpr std::size_t start = 2'048;
    std::string disk(start * 512, '\0');
    disk[446 + 4] = 0x01; // FAT12
    put<std::uint32_t>(disk, 446 + 8, start);
    put<std::uint32_t>(disk, 446 + 12, static_cast<std::uint32_t>(volume.size() / 512));
    put<std::uint16_t>(disk, 510, 0xaa55);
    return disk + volume;
}

TEST(Image, AVolumeGivesItsFilesWithAndWithoutAPartitionTable)
{
    auto const volume = fat_volume("hello, investigator");
    for (auto const& disk : { volume, with_partition_table(volume) }) {
        auto const kept = read_bytes(disk);
        EXPECT_THAT(kept.paths(), ElementsAre("D/LOGS/HELLO.TXT"));
        EXPECT_EQ(kept.files.at("D/LOGS/HELLO.TXT"), "hello, investigator");
        EXPECT_THAT(kept.diagnostics, IsEmpty());
    }
}

TEST(Image, ItsPartsAreFoundAmongTheMembersOfAnArchive)
{
    namespace fs = std::filesystem;
    std::string pattern = (fs::temp_directory_path() / "konseki-parts-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    fs::path const folder = pattern;
    auto const disk = with_partition_table(fat_volume("TOY\ninside\n"));
    constexpr std::size_t cut = (1U << 20) + 1'000; // in the volume's tables
    std::string const first = disk.substr(0, cut), second = disk.substr(cut, 20'000), third = disk.substr(cut + 20'000);
    fs::create_directory(folder / "in");
    test::write_archive(folder / "in/whole.zip",
        { { "x/pc.dd.003", third }, { "x/pc.dd.001", first }, { "y/pc.dd.002", "another" },
            { "x/pc.dd.002", second } });
    {
        test::ToyCase result { folder / "case" };
        result.examine({ folder / "in" }, {});
        EXPECT_EQ(result.diagnostics(), "") << result.evidence();
        EXPECT_THAT(result.rows(), testing::HasSubstr("inside")) << result.evidence();
        auto const evidence = result.evidence();
        result.examine({ folder / "in" }, {}); // nothing new
        EXPECT_EQ(result.evidence(), evidence);
        EXPECT_EQ(result.summary.unchanged, 6U);
    }
    fs::remove(folder / "in/whole.zip");
    test::write_archive(folder / "in/gap.zip", { { "pc.dd.001", first }, { "pc.dd.003", third } });
    {
        test::ToyCase result { folder / "case2" };
        result.examine({ folder / "in" }, {});
        EXPECT_THAT(result.diagnostics(), testing::HasSubstr("segment 2 of pc.dd.001 is not there"));
    }
    fs::remove_all(folder);
}

TEST(Image, OnlyWhatMakesSenseIsAnImage)
{
    EXPECT_EQ(image_kind(as_bytes(std::string(4'096, 'x')), {}), "");
    std::string boot(512, '\0');
    boot.replace(510, 2, "\x55\xaa");
    EXPECT_EQ(image_kind(as_bytes(boot), {}), "") << "a boot sector without partitions";
    boot[446] = 0x17; // no status that there is
    boot[450] = 0x07;
    EXPECT_EQ(image_kind(as_bytes(boot), {}), "");
    EXPECT_EQ(image_kind(as_bytes("vhdxfile"), {}), "vhdx");
    EXPECT_EQ(image_kind(as_bytes(std::string(512, '\0')), as_bytes("conectix")), "vhd");
}

TEST(Image, AnEncryptedVolumeIsToldAndABrokenOneCostsItsBytes)
{
    auto volume = fat_volume("x");
    volume.replace(3, 8, "-FVE-FS-");
    auto const locked = read_bytes(with_partition_table(volume));
    EXPECT_TRUE(locked.has("image.volume"));
    EXPECT_EQ(locked.diagnostics[0].error.code, ErrorCode::encrypted);
    auto const broken = read_bytes(with_partition_table(std::string(65'536, 'x')));
    EXPECT_TRUE(broken.has("image.volumes"));
    EXPECT_GT(broken.lost(), 0U);
    auto const container = read_bytes("vhdxfile" + std::string(1'000, 'x'));
    EXPECT_GT(container.lost(), 0U);
}

TEST(Image, DamageNeverCrashes)
{
    auto const whole = with_partition_table(fat_volume("hello"));
    test::Random random(20261123);
    for (int round = 0; round < 300; ++round) {
        auto damaged = whole;
        for (int byte = 0; byte < 20; ++byte) {
            auto const place = random.below(3) == 0 ? random.below(512) : 1'048'576 + random.below(4'096);
            damaged[place] = static_cast<char>(random.below(256));
        }
        auto const view = as_bytes(damaged);
        Kept kept;
        (void)read_image({ view, "raw", 4ULL << 30 }, default_limits, kept, kept);
    }
}

TEST(Image, LargeClustersOfNtfsAreUnderstood)
{
    std::string boot(512, '\0');
    boot.replace(3, 8, "NTFS    ");
    put<std::uint16_t>(boot, 11, 512);
    boot[13] = static_cast<char>(0xf4); // 2^12 sectors: 2 MiB
    put<std::uint64_t>(boot, 48, 4);
    boot[64] = static_cast<char>(-10);
    auto const layout = ntfs_layout(as_bytes(boot));
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->cluster_bytes, 2ULL << 20);
    EXPECT_EQ(layout->record_bytes, 1'024U);
    boot[13] = static_cast<char>(0xe0);
    EXPECT_FALSE(ntfs_layout(as_bytes(boot)));
}

TEST(Image, TheFilesThatParsersReadAreTakenFromLargeImages)
{
    for (auto const* path : { "windows/system32/winevt/logs/security.evtx", "users/a/ntuser.dat.log1",
             "windows/prefetch/x.pf", "$recycle.bin/s-1-5-21/$i123.txt", "etc/passwd", "home/a/.bash_history",
             "home/a/.ssh/authorized_keys", "windows/system32/sru/srudb.dat", "usr/lib/os-release",
             "usr/lib/sysimage/rpm/rpmdb.sqlite", "var/backups/passwd.bak" })
        EXPECT_TRUE(is_artefact_path(path)) << path;
    for (auto const* path : { "windows/system32/kernel32.dll", "users/a/pictures/x.jpg", "usr/bin/ls" })
        EXPECT_FALSE(is_artefact_path(path)) << path;
}

TEST(Image, EveryKindOfContainerGivesTheSameFiles)
{
    KONSEKI_NEEDS_DATA(folder, "misc");
    for (auto const* name : { "image.E01", "image.qcow2", "image.vhd", "image.vmdk" }) {
        auto const kept = read_bytes(test::read_file(folder / name));
        EXPECT_THAT(kept.paths(),
            ElementsAre("[root]/a_directory/a_file", "[root]/a_directory/another_file", "[root]/passwords.txt"))
            << name;
        EXPECT_EQ(kept.files.at("[root]/passwords.txt").size(), 116U) << name;
        EXPECT_THAT(kept.diagnostics, IsEmpty()) << name;
    }
}

TEST(Image, ShadowCopiesAreRead)
{
    KONSEKI_NEEDS_DATA(folder, "misc");
    auto const kept = read_bytes(test::read_file(folder / "vsstest.qcow2"));
    for (auto const* path : { "D/$MFT", "VSS1/D/$MFT", "VSS2/D/$MFT" }) // plaso: two shadow stores
        EXPECT_EQ(kept.files.count(path), 1U) << path;
    EXPECT_EQ(kept.files.count("VSS3/D/$MFT"), 0U);
}

}
}
