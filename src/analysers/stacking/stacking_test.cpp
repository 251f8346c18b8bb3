#include "analysers/host_state/features.hpp"
#include "analysers/stacking/baseline.hpp"
#include "analysers/stacking/keys.hpp"
#include "base/text.hpp"
#include <gmock/gmock.h>
#include <zstd.h>

namespace konseki::stacking {
namespace {

using host_state::Item;
using host_state::ItemKind;

std::string packed(std::string_view text)
{
    std::string file(ZSTD_compressBound(text.size()), '\0');
    file.resize(ZSTD_compress(file.data(), file.size(), text.data(), text.size(), 3));
    return file;
}

constexpr std::string_view small = "konseki-baseline\t2\nhosts\twindows/server\t12\nable\twindows/server\ttask\t12\n"
                                   "key\twindows/server\ttask\titem\t12\ttask|\\\\a\\tb\n"
                                   "key\twindows/server\t-\tcontent\t9\tx.exe|sha1:0b\nkey\tamiga\ttask\titem\t1\ty\n";

TEST(StackingKeys, AnItemHasAKeyAtEachGranularityThatItKnows)
{
    Item item;
    item.kind = ItemKind::service;
    item.command = R"("C:\Users\Bob\AppData\Roaming\1.2.3\svc.exe"  -k 0123456789abcdef0123456789abcdef)";
    item.target = R"(\users\bob\appdata\roaming\1.2.3\svc.exe)";
    item.location = "W30";
    item.content = "sha1:0b5a";
    auto const keys = keys_of(item);
    EXPECT_EQ(keys.path, R"(\users\%user%\appdata\roaming\#\svc.exe)");
    EXPECT_EQ(keys.content, "svc.exe|sha1:0b5a");
    EXPECT_EQ(keys.place, R"(W30|\users\%user%\appdata\roaming\#)");
    EXPECT_EQ(keys.command, R"(c:\users\%user%\appdata\roaming\#\svc.exe -k %data%)");
    EXPECT_EQ(keys.pair, "");
}

TEST(StackingKeys, AProgramsPathIsItsKeyAlreadyAndAPairIsTakenFromItsReason)
{
    Item item;
    item.target = R"(\programdata\x\policytool.exe)";
    item.terms.push_back({ &host_state::feature("content.known_pair"), "jli.dll beside policytool.exe", {}, 0 });
    auto const keys = keys_of(item);
    EXPECT_EQ(keys.path, "");
    EXPECT_EQ(keys.pair, R"(\programdata\x|jli.dll beside policytool.exe)");
}

std::string story(ItemKind kind, std::string_view key, std::string_view target, std::string_view command = {})
{
    Item item;
    item.kind = kind;
    item.key = key;
    item.target = target;
    item.command = command;
    return keys_of(item).story;
}

TEST(StackingStories, AProgramsOwnFolderIsOneStoryWithAllThatStartsFromIt)
{
    EXPECT_EQ(story(ItemKind::program, "p", R"(\program files\vendor\app\bin\x.exe)"), R"(\program files\vendor)");
    EXPECT_EQ(story(ItemKind::service, "s", R"(\programdata\oem\x.exe)"), R"(\programdata\oem)");
    EXPECT_EQ(story(ItemKind::program, "p", R"(\users\ann\appdata\local\slack\app-4.1\slack.exe)"),
        R"(\users\%user%\appdata\local\slack)");
    EXPECT_EQ(story(ItemKind::program, "p", R"(\users\ann\appdata\local\microsoft\onedrive\20.1\x.dll)"),
        R"(\users\%user%\appdata\local\microsoft\onedrive)");
    EXPECT_EQ(story(ItemKind::autostart, "a", R"(\financeapp\update.exe)"), R"(\financeapp)");
    EXPECT_EQ(story(ItemKind::service, "a", R"(\services\sales\bin\x.exe)"), R"(\services\sales)");
    EXPECT_EQ(story(ItemKind::task, "a", "/opt/vendor/bin/agent"), "/opt/vendor");
}

TEST(StackingStories, InFoldersThatManyShareEachFileIsItsOwn)
{
    EXPECT_EQ(story(ItemKind::program, "p", R"(\users\ann\downloads\x.exe)"), R"(\users\%user%\downloads\x.exe)");
    EXPECT_EQ(story(ItemKind::service, "s", R"(\windows\system32\odd.dll)"), R"(\windows\system32\odd.dll)");
    EXPECT_EQ(story(ItemKind::program, "p", R"(\users\ann\appdata\local\temp\x.exe)"),
        R"(\users\%user%\appdata\local\temp\x.exe)");
    EXPECT_EQ(story(ItemKind::autostart, "a", R"(\programdata\x.exe)"), R"(\programdata\x.exe)");
    EXPECT_EQ(story(ItemKind::autostart, "a", R"(\users\ann\appdata\roaming\microsoft\word\startup\x.wll)"),
        R"(\users\%user%\appdata\roaming\microsoft\word\startup\x.wll)");
    EXPECT_EQ(story(ItemKind::task, "t", "/usr/bin/x"), "/usr/bin/x");
    EXPECT_EQ(story(ItemKind::account, "account|eve", ""), "account|eve");
}

TEST(StackingStories, WhatStartsAProgramOfWindowsIsToldApartByItsWordsAndNotByItsName)
{
    auto const of = [](std::string_view name) {
        return story(ItemKind::task, format(R"(task|\{})", name), R"(\windows\system32\cmd.exe)",
            format(R"(cmd.exe /C whoami > %windir%\Temp\{}.tmp)", name));
    };
    EXPECT_EQ(of("bmisaimi"), of("dcjcosnt"));
    EXPECT_EQ(of("bmisaimi"), R"(task cmd.exe /c whoami > %windir%\temp\%name%.tmp)");
    EXPECT_EQ(
        story(ItemKind::task, R"(task|\daily)", R"(\windows\system32\cmd.exe)", "cmd.exe /c ver"), R"(task|\daily)");
}

TEST(StackingStories, AValueOfTheRegistryIsItsDoorAndItsCommandWhateverItIsCalled)
{
    auto const of = [](std::string_view location, std::string_view name, std::string_view command) {
        Item item;
        item.kind = ItemKind::autostart;
        item.location = location;
        item.key = format("autostart|%user%|software\\run|{}|{}", name, command);
        item.target = R"(\windows\system32\mshta.exe)";
        item.command = command;
        return keys_of(item).story;
    };
    auto const first = of("W01", "abc", "mshta.exe http://a.example/x.hta");
    EXPECT_EQ(first, "autostart W01 mshta.exe http://a.example/x.hta");
    EXPECT_EQ(of("W01", "other", "mshta.exe http://a.example/x.hta"), first);
    EXPECT_NE(of("W01", "abc", "mshta.exe http://b.example/y.hta"), first) << "another command is another story";
    EXPECT_NE(of("W56", "abc", "mshta.exe http://a.example/x.hta"), first) << "another door is, too";
}

TEST(StackingStories, ANameThatLooksLikeItsOwnBlankIsTakenOutOnce)
{
    EXPECT_EQ(story(ItemKind::task, R"(task|\name%)", R"(\windows\system32\cmd.exe)", "cmd.exe /c name% name%"),
        "task cmd.exe /c %name% %name%");
}

TEST(StackingCounts, AHostCountsOnceForAKeyHoweverOftenItHasIt)
{
    KeyCounts counts;
    auto const key = key_hash(Granularity::item, ItemKind::task, "task|x");
    for (auto const host : { 0U, 0U, 3U, 7U, 7U })
        counts.see(key, host);
    counts.add(key, 10);
    EXPECT_EQ(counts.hosts(key), 13U);
    EXPECT_EQ(counts.hosts(key_hash(Granularity::item, ItemKind::service, "task|x")), 0U);
    for (std::uint32_t many = 0; many < 200'000; ++many)
        counts.see(key_hash(Granularity::path, ItemKind::task, format("p{}", many)), many % 5);
    EXPECT_EQ(counts.size(), 200'001U);
    EXPECT_EQ(counts.hosts(key), 13U) << "it grows without losing anything";
}

TEST(StackingFleet, TheNameOfTheSystemAndTheDirectoryServiceSayWhichKindOfMachineItIs)
{
    auto const name = [](std::string_view os, bool is_controller, std::string_view evidence) {
        return strata()[stratum_of(os, is_controller, evidence)].name;
    };
    EXPECT_EQ(name("Windows 10 Pro", false, ""), "windows/client");
    EXPECT_EQ(name("Windows Server 2019 Standard", false, "windows"), "windows/server");
    EXPECT_EQ(name("Windows Server 2012 R2", true, ""), "windows/domain_controller");
    EXPECT_EQ(name("", false, "windows"), "windows/unknown");
    EXPECT_EQ(name("Debian GNU/Linux 12", false, ""), "linux");
    EXPECT_EQ(name("", false, "linux"), "linux");
    EXPECT_EQ(name("", false, ""), "unknown");
}

TEST(StackingFleet, WhoShowsHardlyAnythingOfAKindIsNotAbleToShowIt)
{
    Fleet fleet;
    for (auto const tasks : { 200U, 180U, 3U, 220U, 0U }) {
        FleetHost host;
        host.stratum = 1;
        host.items.at(static_cast<std::size_t>(ItemKind::task)) = tasks;
        fleet.hosts.push_back(host);
    }
    count_able(fleet);
    EXPECT_EQ(fleet.able[1].at(static_cast<std::size_t>(ItemKind::task)), 3U);
    EXPECT_EQ(fleet.able[0].at(static_cast<std::size_t>(ItemKind::task)), 0U);
}

TEST(Baseline, ReadsKeysOfStrataAndKindsThatItKnows)
{
    Baseline baseline;
    ASSERT_TRUE(read_baseline(as_bytes(packed(small)), baseline).ok());
    EXPECT_EQ(baseline.hosts, 12U);
    EXPECT_EQ(baseline.keys, 2U);
    auto const server = stratum_of("Windows Server", false, "");
    auto const task = key_hash(Granularity::item, ItemKind::task, "task|\\a\tb");
    EXPECT_EQ(baseline.counts.hosts(in_stratum(task, server)), 12U);
    auto const content = key_hash(Granularity::content, ItemKind::service, "x.exe|sha1:0b");
    EXPECT_EQ(baseline.counts.hosts(in_stratum(content, server)), 9U);
    EXPECT_EQ(baseline.able[server].at(static_cast<std::size_t>(ItemKind::task)), 12U);
}

TEST(Baseline, SeveralFilesAddUpAndFramesMayFollowOneAnother)
{
    Baseline baseline;
    auto const half = small.size() / 2;
    auto const file = packed(small.substr(0, half)) + packed(small.substr(half));
    ASSERT_TRUE(read_baseline(as_bytes(file), baseline).ok());
    ASSERT_TRUE(read_baseline(as_bytes(file), baseline).ok());
    EXPECT_EQ(baseline.hosts, 24U);
}

TEST(Baseline, SaysWhatIsWrongWithAFile)
{
    auto const code = [](std::string const& file) {
        Baseline baseline;
        auto const read = read_baseline(as_bytes(file), baseline);
        return read.ok() ? ErrorCode::none : read.error().code;
    };
    EXPECT_EQ(code(""), ErrorCode::bad_magic);
    EXPECT_EQ(code("plain text"), ErrorCode::bad_value);
    EXPECT_EQ(code(packed("konseki-rules\t1\n")), ErrorCode::bad_magic);
    EXPECT_EQ(code(packed("konseki-baseline\t3\n")), ErrorCode::unsupported);
    EXPECT_EQ(code(packed("konseki-baseline\t2\nhosts\tlinux\tmany\n")), ErrorCode::bad_value);
    EXPECT_EQ(code(packed("konseki-baseline\t2\nkey\tlinux\ttask\titem\t0\tx\n")), ErrorCode::bad_value);
    EXPECT_EQ(code(packed("konseki-baseline\t2\nhosts\tlin")), ErrorCode::bad_value);
    EXPECT_EQ(
        code(packed("konseki-baseline\t2\nkey\t" + std::string(baseline_line_bytes_max * 2, 'x'))), ErrorCode::limit);
    auto const whole = packed(small);
    for (std::size_t size = 1; size < whole.size(); ++size)
        EXPECT_NE(code(whole.substr(0, size)), ErrorCode::none) << size;
}

}
}
