#include "support/cim_writer.hpp"
#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include "traces/windows_wmi/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_wmi {

namespace {

std::vector<std::uint8_t> const system_sid { 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };

test::CimWriter subscription()
{
    test::CimWriter writer;
    writer.add_event_classes();
    std::string const place = "ROOT\\subscription";
    writer.add_instance("ROOT", "__NAMESPACE", "subscription", { { "Name", "subscription" } });
    writer.add_instance(place, "__EventFilter", "Updater",
        { { "Name", "Updater" }, { "Query", "SELECT * FROM __InstanceModificationEvent" }, { "QueryLanguage", "WQL" },
            { "CreatorSID", system_sid } });
    writer.add_instance(place, "CommandLineEventConsumer", "Updater",
        { { "Name", "Updater" }, { "CommandLineTemplate", "powershell -enc AAAA" },
            { "ExecutablePath", "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe" },
            { "RunInteractively", std::uint64_t { 0xffff } }, { "CreatorSID", system_sid } });
    writer.add_instance(place, "__FilterToConsumerBinding", "b",
        { { "Filter", R"(\\.\ROOT\subscription:__EventFilter.Name="Updater")" },
            { "Consumer", R"(CommandLineEventConsumer.Name="Say \"hi\" \\o/")" }, { "CreatorSID", system_sid } });
    return writer;
}

test::CollectingContext parsed(test::CimWriter::Repository const& repository, bool with_index = true)
{
    test::CollectingContext collected;
    std::vector<Companion> companions;
    if (with_index)
        companions = { { "Index.btr", as_bytes(repository.index) }, { "MAPPING1.MAP", as_bytes(repository.mapping) } };
    EvidenceView view { as_bytes(repository.objects), { 0, repository.objects.size() },
        "C:\\Windows\\System32\\wbem\\Repository\\OBJECTS.DATA" };
    view.companions = companions;
    parser.parse(view, collected.context);
    return collected;
}

}

// covers: W77
TEST(WindowsWmi, ASubscriptionIsAFilterAConsumerAndTheirBinding)
{
    auto const collected = parsed(subscription().write());
    auto const filters = collected.rows("windows.wmi_filter");
    ASSERT_EQ(filters.size(), 1U);
    EXPECT_EQ(filters[0].at("namespace"), "ROOT\\subscription");
    EXPECT_EQ(filters[0].at("name"), "Updater");
    EXPECT_EQ(filters[0].at("query"), "SELECT * FROM __InstanceModificationEvent");
    EXPECT_EQ(filters[0].at("event_namespace"), "root\\cimv2"); // the class's default
    EXPECT_EQ(filters[0].at("creator_sid"), "S-1-5-18");
    EXPECT_EQ(filters[0].at("session_started_at"), "2022-03-10T16:35:19.2584920Z");
    EXPECT_EQ(filters[0].at("state"), "live");
    EXPECT_EQ(filters[0].at("@recovered"), "false");
    auto const consumers = collected.rows("windows.wmi_consumer");
    ASSERT_EQ(consumers.size(), 1U);
    EXPECT_EQ(consumers[0].at("class"), "CommandLineEventConsumer");
    EXPECT_EQ(consumers[0].at("command_line"), "powershell -enc AAAA");
    EXPECT_EQ(consumers[0].at("details"), "RunInteractively=true");
    EXPECT_EQ(consumers[0].count("script_text"), 0U);
    auto const bindings = collected.rows("windows.wmi_binding");
    ASSERT_EQ(bindings.size(), 1U);
    EXPECT_EQ(bindings[0].at("filter_name"), "Updater");
    EXPECT_EQ(bindings[0].at("consumer_class"), "CommandLineEventConsumer");
    EXPECT_EQ(bindings[0].at("consumer_name"), R"(Say "hi" \o/)");
    EXPECT_TRUE(collected.diagnostics.list.empty());
}

TEST(WindowsWmi, AConsumerOfAnUnknownClassKeepsAllItsValues)
{
    auto writer = subscription();
    writer.add_class("ROOT\\evil", "Helper", "__EventConsumer", { { "Url" }, { "Delay", cim::Type::uint32 } });
    writer.add_instance(
        "ROOT\\evil", "Helper", "h", { { "Url", "http://192.0.2.1/" }, { "Delay", std::uint64_t { 60 } } });
    auto const collected = parsed(writer.write());
    auto const consumers = collected.rows("windows.wmi_consumer");
    ASSERT_EQ(consumers.size(), 2U);
    auto const& helper = consumers[0].at("class") == "Helper" ? consumers[0] : consumers[1];
    EXPECT_EQ(helper.at("details"), "Url=http://192.0.2.1/; Delay=60");
    EXPECT_EQ(helper.count("namespace"), 0U);
    for (auto const& found : collected.rows("windows.wmi_namespace")) {
        if (found.at("is_listed") == "false") {
            EXPECT_EQ(found.at("hash"), cim::name_hash("ROOT\\EVIL", cim::HashKind::sha256));
            EXPECT_EQ(found.at("instances"), "1");
            return;
        }
    }
    FAIL() << "the namespace that nothing names is missing";
}

TEST(WindowsWmi, WhatWasDeletedIsRecovered)
{
    auto writer = subscription();
    writer.add_instance("ROOT\\subscription", "ActiveScriptEventConsumer", "Old",
        { { "Name", "Old" }, { "ScriptingEngine", "VBScript" }, { "ScriptText", "MsgBox 1" } }, true);
    auto const consumers = parsed(writer.write()).rows("windows.wmi_consumer");
    ASSERT_EQ(consumers.size(), 2U);
    auto const& old = consumers[0].at("name") == "Old" ? consumers[0] : consumers[1];
    EXPECT_EQ(old.at("script_text"), "MsgBox 1");
    EXPECT_EQ(old.at("state"), "unreferenced");
    EXPECT_EQ(old.at("@recovered"), "true");
}

TEST(WindowsWmi, ObjectsAloneGiveRecoveredRows)
{
    auto const collected = parsed(subscription().write(), false);
    auto const consumers = collected.rows("windows.wmi_consumer");
    ASSERT_EQ(consumers.size(), 1U);
    EXPECT_EQ(consumers[0].at("state"), "unindexed");
    EXPECT_EQ(consumers[0].at("@recovered"), "true");
    EXPECT_EQ(collected.diagnostics.list.size(), 2U);
}

// covers: W77
TEST(WindowsWmi, AClassWithAPayloadIsShownAndSystemClassesAreNot)
{
    auto writer = subscription();
    std::string const payload(4'096, 'A');
    writer.add_class("ROOT\\cimv2", "Win32_Updater", "",
        { { "Small", cim::Type::string, "x" }, { "Code", cim::Type::string, payload } });
    writer.add_class("ROOT\\cimv2", "__Large", "", { { "Code", cim::Type::string, payload } });
    auto const classes = parsed(writer.write()).rows("windows.wmi_class");
    ASSERT_EQ(classes.size(), 1U);
    EXPECT_EQ(classes[0].at("class"), "Win32_Updater");
    EXPECT_EQ(classes[0].at("property"), "Code");
    EXPECT_EQ(classes[0].at("value"), payload);
    EXPECT_EQ(classes[0].at("value_size_bytes"), "4096");
    EXPECT_EQ(classes[0].at("large_properties"), "1");
}

TEST(WindowsWmi, ProgramsThatSccmMeteredAreRows)
{
    test::CimWriter writer;
    using cim::Type;
    writer.add_class("ROOT\\ccm\\SoftwareMeteringAgent", "CCM_RecentlyUsedApps", "",
        { { "ExplorerFileName" }, { "FolderPath" }, { "LastUserName" }, { "LastUsedTime", Type::datetime },
            { "LaunchCount", Type::uint32 } });
    writer.add_instance("ROOT\\ccm\\SoftwareMeteringAgent", "CCM_RecentlyUsedApps", "k",
        { { "ExplorerFileName", "mim.exe" }, { "FolderPath", "C:\\TMP\\" }, { "LastUserName", "LAB\\anna" },
            { "LastUsedTime", "20220310163519.258000+060" }, { "LaunchCount", std::uint64_t { 2 } } });
    auto const rows = parsed(writer.write()).rows("windows.wmi_recent_application");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("file_name"), "mim.exe");
    EXPECT_EQ(rows[0].at("launch_count"), "2");
    EXPECT_EQ(rows[0].at("last_used_at"), "2022-03-10T15:35:19.2580000Z");
}

TEST(WindowsWmi, TheSampleIsTakenByNameAndPerhapsByContent)
{
    auto const bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_wmi/testdata/one_filter.hex"));
    EXPECT_EQ(parser.sniff(bytes, "C/Windows/System32/wbem/Repository/Objects.data"), Sniff::sure);
    EXPECT_EQ(parser.sniff(bytes, "unnamed"), Sniff::maybe);
    EXPECT_EQ(parser.sniff(as_bytes(std::string_view("MZ")), "unnamed"), Sniff::no);
    test::CollectingContext collected;
    parser.parse({ bytes, { 0, bytes.size() }, "OBJECTS.DATA" }, collected.context);
    auto const filters = collected.rows("windows.wmi_filter");
    ASSERT_EQ(filters.size(), 1U);
    EXPECT_EQ(filters[0].at("query"), "SELECT * FROM A");
}

// covers: W77
TEST(WindowsWmi, TheSimulatedHostHasTheServiceManagersConsumerAndThePlantedOne)
{
    KONSEKI_NEEDS_DATA(archive, "museum/WBEM/Win10/APTSimulatorVM_Defender/APTSimulatorVM_Defender_WBEM.7z");
    auto const members = test::unpack(archive);
    std::vector<Companion> companions;
    ByteView objects;
    for (auto const& member : members) {
        if (member.name.ends_with("OBJECTS.DATA"))
            objects = as_bytes(member.content);
        else
            companions.push_back({ member.name, as_bytes(member.content) });
    }
    test::CollectingContext collected;
    EvidenceView view { objects, { 0, objects.size() }, "OBJECTS.DATA" };
    view.companions = companions;
    parser.parse(view, collected.context);
    EXPECT_TRUE(collected.diagnostics.list.empty());
    std::vector<std::string> names;
    for (auto const& row : collected.rows("windows.wmi_consumer")) {
        EXPECT_EQ(row.at("state"), "live");
        names.push_back(row.at("name"));
        if (row.at("name") == "KillProcess") {
            EXPECT_EQ(row.at("class"), "ActiveScriptEventConsumer");
            EXPECT_EQ(row.at("namespace"), "ROOT\\subscription");
            EXPECT_EQ(row.at("script_engine"), "VBScript");
            EXPECT_NE(row.at("script_text").find("oProcess.Terminate()"), std::string::npos);
            EXPECT_EQ(row.at("details"), "KillTimeout=45");
            EXPECT_TRUE(row.at("creator_sid").ends_with("-1000"));
            EXPECT_EQ(row.at("session_started_at"), "2022-03-10T16:35:19.2584926Z");
        }
    }
    EXPECT_EQ(names, (std::vector<std::string> { "KillProcess", "SCM Event Log Consumer" }));
    EXPECT_EQ(collected.rows("windows.wmi_filter").size(), 2U);
    EXPECT_EQ(collected.rows("windows.wmi_binding").size(), 2U);
    EXPECT_TRUE(collected.rows("windows.wmi_class").empty());
    EXPECT_EQ(collected.rows("windows.wmi_security_product").size(), 9U); // old states of Windows Defender among them
    std::size_t hidden = 0, providers = 0;
    for (auto const& row : collected.rows("windows.wmi_namespace"))
        hidden += row.at("is_listed") == "false" ? 1U : 0U;
    EXPECT_EQ(hidden, 1U); // left over: the instance that named it was deleted
    for (auto const& row : collected.rows("windows.wmi_provider"))
        providers += row.at("state") == "live" ? 1U : 0U;
    EXPECT_GE(providers, 155U);
}

}
