#include "os/file.hpp"
#include "os/walk.hpp"
#include <array>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace konseki::os {
namespace {

namespace fs = std::filesystem;

class FileTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = (fs::temp_directory_path() / "konseki-file-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder = pattern;
    }
    void TearDown() override
    {
        std::error_code ignored;
        fs::permissions(folder / "locked", fs::perms::owner_all, ignored);
        fs::remove_all(folder, ignored);
    }
    void put(fs::path const& relative, std::string_view text) const
    {
        fs::create_directories((folder / relative).parent_path());
        std::ofstream(folder / relative) << text;
    }
    std::vector<std::string> walked(Walk const& found) const
    {
        std::vector<std::string> names;
        for (auto const& file : found.files)
            names.push_back(fs::relative(file.path, folder).string());
        return names;
    }
    fs::path folder;
};

TEST_F(FileTest, WalkIsSortedByNameAndDepthFirst)
{
    for (auto const* const name : { "b", "a/z", "a/b/c", "B", "a.txt", "c/1" })
        put(name, "x");
    auto const found = walk(folder, {});
    EXPECT_EQ(walked(found), (std::vector<std::string> { "B", "a/b/c", "a/z", "a.txt", "b", "c/1" }));
    EXPECT_TRUE(found.problems.empty());
}

TEST_F(FileTest, WalkFollowsNoLinksBelowTheStartAndReportsNoDevices)
{
    put("real/file", "x");
    fs::create_directory_symlink(folder, folder / "real/loop");
    fs::create_symlink("/etc/passwd", folder / "real/out");
    ASSERT_EQ(::mkfifo((folder / "real/fifo").c_str(), 0600), 0);
    auto const found = walk(folder, {});
    EXPECT_EQ(walked(found), (std::vector<std::string> { "real/file" }));
    EXPECT_EQ(found.links_skipped, 2U);
    EXPECT_EQ(found.special_skipped, 1U);
}

TEST_F(FileTest, TheStartOfAWalkMayBeALink)
{
    put("real/file", "x");
    fs::create_directory_symlink(folder / "real", folder / "link");
    EXPECT_EQ(walk(folder / "link", {}).files.size(), 1U);
}

TEST_F(FileTest, AnInputThatIsNotThereIsAProblemOfTheWalk)
{
    auto const found = walk(folder / "nothing", {});
    ASSERT_EQ(found.problems.size(), 1U);
    EXPECT_EQ(found.problems.front().second.code, ErrorCode::not_found);
}

TEST_F(FileTest, DeviceAndFifoAreNotOpened)
{
    ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
    EXPECT_EQ(open_for_reading(folder / "fifo").error().code, ErrorCode::unsupported);
    EXPECT_EQ(open_for_reading("/dev/zero").error().code, ErrorCode::unsupported);
    EXPECT_EQ(open_for_reading(folder).error().code, ErrorCode::unsupported);
    EXPECT_EQ(open_for_reading(folder / "none").error().code, ErrorCode::not_found);
}

TEST_F(FileTest, ReadAtGivesWhatIsThere)
{
    put("file", "0123456789");
    auto const file = open_for_reading(folder / "file");
    ASSERT_TRUE(file.ok());
    std::array<std::byte, 8> target {};
    EXPECT_EQ(read_at(file.value().number(), 0, target).value(), 8U);
    EXPECT_EQ(read_at(file.value().number(), 6, target).value(), 4U);
    EXPECT_EQ(as_text(ByteView(target).first(4)), "6789");
    EXPECT_EQ(read_at(file.value().number(), 100, target).value(), 0U);
}

TEST_F(FileTest, MapShowsTheBytesAndAnEmptyFileMapsToNothing)
{
    put("file", "mapped");
    put("empty", "");
    auto const file = open_for_reading(folder / "file");
    auto const map = FileMap::map(file.value().number(), 6);
    EXPECT_EQ(as_text(map.value().bytes()), "mapped");
    EXPECT_TRUE(FileMap::map(open_for_reading(folder / "empty").value().number(), 0).value().bytes().empty());
}

TEST_F(FileTest, ANewFileAppearsWholeOrNotAtAll)
{
    {
        auto file = NewFile::create_in(folder);
        ASSERT_TRUE(file.ok());
        ASSERT_TRUE(file.value().append(as_bytes("half")).ok());
        EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
    }
    EXPECT_TRUE(fs::is_empty(folder));
    auto file = NewFile::create_in(folder);
    ASSERT_TRUE(file.value().append(as_bytes("whole")).ok());
    ASSERT_TRUE(file.value().keep_as(folder / "deep/name").ok());
    EXPECT_EQ(read_whole(folder / "deep/name", 100).value(), "whole");
    EXPECT_EQ(read_whole(folder / "deep/name", 4).error().code, ErrorCode::limit);
}

TEST_F(FileTest, LeftoversOfAKilledProcessAreRemovedAndNothingElse)
{
    put("incoming-0123456789abcdef", "half");
    put("keep", "x");
    remove_stale_new_files(folder);
    EXPECT_FALSE(fs::exists(folder / "incoming-0123456789abcdef"));
    EXPECT_TRUE(fs::exists(folder / "keep"));
}

TEST_F(FileTest, AFullDiskIsItsOwnError)
{
    EXPECT_EQ(error_from_errno(28, "file.write", {}).code, ErrorCode::no_space);
}

TEST_F(FileTest, AtomicWriteReplaces)
{
    put("file", "old");
    ASSERT_TRUE(write_file_atomically(folder / "file", as_bytes("new")).ok());
    EXPECT_EQ(read_whole(folder / "file", 10).value(), "new");
}

}
}
