#include "base/text.hpp"
#include "bytes/utf16.hpp"
#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_task_xml/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_task_xml {

namespace {

std::string small_task()
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_task_xml/testdata/small.xml");
}

void parse_all(std::string_view content, std::string_view name, test::CollectingContext& collected)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
}

}

// covers: W74
TEST(WindowsTaskXml, ATaskSaysWhatItStartsWhenAndAsWhom)
{
    auto const narrow = small_task();
    auto const wide = "\xff\xfe" + utf16le_from_utf8(narrow);
    EXPECT_EQ(parser.sniff(as_bytes(wide), "Update"), Sniff::sure);
    EXPECT_EQ(parser.sniff(as_bytes(narrow), "Update"), Sniff::sure);
    EXPECT_EQ(parser.sniff(as_bytes("<?xml version=\"1.0\"?><Events/>"), "Update"), Sniff::no);
    test::CollectingContext collected;
    parse_all(wide, "C/Windows/System32/Tasks/Update", collected);
    EXPECT_TRUE(collected.diagnostics.list.empty());
    auto const tasks = collected.rows("windows.task.definition");
    ASSERT_EQ(tasks.size(), 1U);
    EXPECT_EQ(tasks[0].at("uri"), "\\Update");
    EXPECT_EQ(tasks[0].at("user"), "S-1-5-18");
    EXPECT_EQ(tasks[0].at("is_hidden"), "true");
    EXPECT_EQ(tasks[0].at("action_list"), "C:\\TMP\\mim.exe a > b; {00000000-0000-0000-0000-000000000001} x");
    EXPECT_EQ(tasks[0].count("registered_at"), 0U);
    EXPECT_EQ(tasks[0].count("registered_local"), 1U);
    auto const actions = collected.rows("windows.task.action");
    ASSERT_EQ(actions.size(), 2U);
    EXPECT_EQ(actions[0].at("command"), "C:\\TMP\\mim.exe");
    EXPECT_EQ(actions[0].at("@offset"), format("{}", 2 + narrow.find("<Exec>") * 2));
    EXPECT_EQ(actions[1].at("kind"), "com_handler");
    auto const triggers = collected.rows("windows.task.trigger");
    ASSERT_EQ(triggers.size(), 2U);
    EXPECT_EQ(triggers[0].at("user"), "HOST\\hanako");
    EXPECT_EQ(triggers[1].at("repeats_every"), "PT5M");
    EXPECT_EQ(triggers[1].at("starts_at"), "2021-03-04T00:00:00.0000000Z");
}

TEST(WindowsTaskXml, TheHashIsThatOfTheXmlWithoutItsMark)
{
    auto const narrow = small_task();
    test::CollectingContext with, without;
    parse_all("\xef\xbb\xbf" + narrow, "a", with);
    parse_all(narrow, "a", without);
    EXPECT_EQ(with.rows("windows.task.definition").at(0).at("xml_sha256"),
        without.rows("windows.task.definition").at(0).at("xml_sha256"));
}

TEST(WindowsTaskXml, EveryPrefixIsSurvivedAndDamageIsStated)
{
    auto const whole = "\xff\xfe" + utf16le_from_utf8(small_task());
    for (std::size_t size = 0; size + 20 < whole.size(); size += 7) {
        test::CollectingContext collected;
        parse_all(std::string_view(whole).substr(0, size), "a", collected);
        EXPECT_FALSE(collected.diagnostics.list.empty()) << size;
    }
}

// covers: W74
TEST(WindowsTaskXml, TheSimulatedHostHasItsPlantedTask)
{
    KONSEKI_NEEDS_DATA(folder, "museum/ScheduledTasks/Win10/APTSimulatorVM");
    test::CollectingContext collected;
    for (auto const& path : test::files_below(folder, "")) {
        auto const content = test::read_file(path);
        EXPECT_EQ(parser.sniff(as_bytes(content).first(std::min<std::size_t>(content.size(), 4096)), path.string()),
            Sniff::sure)
            << path;
        parse_all(content, path.string(), collected);
    }
    EXPECT_TRUE(collected.diagnostics.list.empty());
    EXPECT_EQ(collected.rows("windows.task.definition").size(), 202U);
    EXPECT_EQ(collected.rows("windows.task.action").size(), 202U);
    std::size_t planted = 0;
    for (auto const& action : collected.rows("windows.task.action")) {
        if (action.count("command") == 0 || action.at("command") != "C:\\TMP\\mim.exe")
            continue;
        ++planted;
        EXPECT_EQ(action.at("task"), "\\GameOver");
        EXPECT_EQ(action.at("arguments"), "sekurlsa::LogonPasswords > C:\\TMP\\o.txt");
        EXPECT_EQ(action.at("user"), "DESKTOP-TMKU40H\\TestUser");
    }
    EXPECT_EQ(planted, 1U);
}

}
