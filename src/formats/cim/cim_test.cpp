#include "formats/cim/cim.hpp"
#include "support/cim_writer.hpp"
#include "support/random.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include <map>
#include <gtest/gtest.h>

namespace konseki::cim {

namespace {

struct Collect final : DiagnosticSink, Visitor {
    struct PlacedInstance {
        Instance instance;
        Place place;
        std::string namespace_path;
    };
    std::vector<Diagnostic> diagnostics;
    std::vector<std::pair<Namespace, Place>> namespaces;
    std::vector<std::pair<ClassDefinition, Place>> classes;
    std::vector<PlacedInstance> instances;

    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
    void on_namespace(Namespace const& found, Place const& place) override { namespaces.emplace_back(found, place); }
    void on_class(ClassDefinition const& definition, Place const& place) override
    {
        classes.emplace_back(definition, place);
    }
    void on_instance(Instance const& instance, Place const& place) override
    {
        instances.push_back({ instance, place, std::string(place.namespace_path) });
    }

    std::map<std::string, std::size_t> found_instances() const
    {
        std::map<std::string, std::size_t> counts;
        for (auto const& placed : instances)
            ++counts[std::string(found_name(placed.place.found)) + (placed.instance.is_complete ? "" : " partly")];
        return counts;
    }
};

struct Museum {
    std::vector<test::Member> members;
    Files files;

    explicit Museum(std::filesystem::path const& archive)
        : members(test::unpack(archive))
    {
        for (auto const& member : members) {
            if (member.name.ends_with("OBJECTS.DATA"))
                files.objects = as_bytes(member.content);
            else if (member.name.ends_with("INDEX.BTR"))
                files.index = as_bytes(member.content);
            else
                files.mappings.push_back(as_bytes(member.content));
        }
    }
};

constexpr std::string_view museum_archive = "museum/WBEM/Win10/APTSimulatorVM_Defender/APTSimulatorVM_Defender_WBEM.7z";

}

TEST(Cim, NamesAreHashedInUpperCase)
{
    // [dtformats] gives the first; RFC 1321 A.5 the digest of the empty text.
    EXPECT_EQ(name_hash("__thisNAMESPACE", HashKind::sha256),
        "41C53E6DB1ACF2453CEFD41398198E613F10DFF47709ECAB1D7F037756AC8CE7");
    EXPECT_EQ(name_hash("", HashKind::md5), "D41D8CD98F00B204E9800998ECF8427E");
    EXPECT_EQ(name_hash("abc", HashKind::md5), name_hash("ABC", HashKind::md5));
}

namespace {

test::CimWriter subscription_writer(test::CimLayout layout = test::CimLayout::vista)
{
    test::CimWriter writer { layout };
    writer.add_event_classes();
    writer.add_instance("ROOT", "__NAMESPACE", "subscription", { { "Name", "subscription" } });
    writer.add_instance("ROOT\\subscription", "__EventFilter", "Filter",
        { { "Name", "Filter" }, { "Query", "SELECT * FROM __InstanceModificationEvent" },
            { "CreatorSID", std::vector<std::uint8_t> { 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 } } });
    writer.add_instance("ROOT\\subscription", "CommandLineEventConsumer", "Consumer",
        { { "Name", "Consumer" }, { "CommandLineTemplate", "cmd.exe /c start p.exe" },
            { "RunInteractively", std::uint64_t { 0xffff } } });
    return writer;
}

Collect read_all(Files const& files)
{
    Collect all;
    read(files, default_limits, all, all);
    return all;
}

Instance const* find(Collect const& all, std::string_view class_name)
{
    for (auto const& placed : all.instances)
        if (placed.instance.class_name == class_name)
            return &placed.instance;
    return nullptr;
}

std::string text_of(Instance const& instance, std::string_view name)
{
    auto const* const value = instance.find(name);
    return value == nullptr ? "-" : value->text;
}

}

TEST(Cim, InstancesAreDecodedByTheirClassAndItsAncestors)
{
    for (auto const layout : { test::CimLayout::vista, test::CimLayout::xp }) {
        auto const repository = subscription_writer(layout).write();
        auto const all = read_all(repository.files());
        EXPECT_TRUE(all.diagnostics.empty()) << to_string(all.diagnostics.front().error);
        ASSERT_EQ(all.instances.size(), 3U);
        EXPECT_EQ(all.classes.size(), 8U);
        EXPECT_EQ(all.found_instances().at("live"), 3U);
        auto const* const consumer = find(all, "CommandLineEventConsumer");
        ASSERT_NE(consumer, nullptr);
        EXPECT_TRUE(consumer->is_a("__eventconsumer"));
        EXPECT_EQ(text_of(*consumer, "CommandLineTemplate"), "cmd.exe /c start p.exe");
        EXPECT_EQ(text_of(*consumer, "RunInteractively"), "true");
        EXPECT_EQ(text_of(*consumer, "ExecutablePath"), "-");
        EXPECT_EQ(to_string(consumer->stamp), "2022-03-10T16:35:19.2584920Z");
        EXPECT_EQ(to_string(consumer->class_stamp), "2019-12-07T09:17:28.5723790Z");
        EXPECT_EQ(all.instances.back().namespace_path, "ROOT\\subscription");
    }
}

TEST(Cim, AValueThatTheInstanceLeavesToItsClassIsTheClassesDefault)
{
    auto const repository = subscription_writer().write();
    auto const all = read_all(repository.files());
    auto const* const filter = find(all, "__EventFilter");
    ASSERT_NE(filter, nullptr);
    EXPECT_EQ(text_of(*filter, "EventNamespace"), "root\\cimv2");
    EXPECT_TRUE(filter->find("EventNamespace")->is_default);
    EXPECT_EQ(text_of(*filter, "CreatorSID"), "010100000000000512000000");
    EXPECT_EQ(filter->find("CreatorSID")->octets.size(), 12U);
}

TEST(Cim, ADeletedInstanceIsFoundInItsPageAndBetweenRecords)
{
    auto writer = subscription_writer();
    writer.add_instance("ROOT\\subscription", "CommandLineEventConsumer", "Old",
        { { "Name", "Old" }, { "CommandLineTemplate", "powershell -enc AAAA" } }, true);
    writer.add(std::string(100, 'x')
            + writer.instance("ActiveScriptEventConsumer", { { "Name", "Gone" }, { "ScriptText", "MsgBox 1" } }),
        {});
    auto const repository = writer.write();
    auto const all = read_all(repository.files());
    EXPECT_EQ(all.found_instances(),
        (std::map<std::string, std::size_t> { { "live", 3 }, { "unreferenced", 1 }, { "slack", 1 } }));
    EXPECT_EQ(text_of(*find(all, "ActiveScriptEventConsumer"), "ScriptText"), "MsgBox 1");
}

TEST(Cim, TheSampleHoldsOneFilter)
{
    auto const bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/cim/testdata/one_filter.hex"));
    EXPECT_EQ(sniff(bytes), Sniff::maybe);
    auto const all = read_all({ bytes });
    ASSERT_EQ(all.instances.size(), 1U);
    EXPECT_EQ(text_of(all.instances[0].instance, "Query"), "SELECT * FROM A");
    EXPECT_EQ(text_of(all.instances[0].instance, "QueryLanguage"), "WQL");
}

TEST(Cim, WithoutIndexAndMapsEverythingIsRecovered)
{
    auto const repository = subscription_writer().write();
    auto const all = read_all({ as_bytes(repository.objects) });
    EXPECT_EQ(all.found_instances(), (std::map<std::string, std::size_t> { { "unindexed", 3 } }));
    EXPECT_EQ(text_of(*find(all, "CommandLineEventConsumer"), "CommandLineTemplate"), "cmd.exe /c start p.exe");
    ASSERT_EQ(all.diagnostics.size(), 2U);
    EXPECT_EQ(all.diagnostics[0].error.what, "cim.mapping");
    EXPECT_EQ(all.diagnostics[1].error.what, "cim.index");
}

TEST(Cim, SubscriptionsOutliveTheirClassDefinitions)
{
    // The consumer as the planted one of the simulated host, in a page that has nothing else.
    test::CimWriter writer;
    writer.add_class("ROOT", "ActiveScriptEventConsumer", "",
        { { "MachineName" }, { "MaximumQueueSize", Type::uint32 }, { "CreatorSID", Type::uint8, {}, true }, { "Name" },
            { "ScriptingEngine" }, { "ScriptText" }, { "ScriptFilename" }, { "KillTimeout", Type::uint32 } });
    auto const record
        = writer.instance("ActiveScriptEventConsumer", { { "Name", "Gone" }, { "ScriptText", "MsgBox 1" } });
    auto const all = read_all({ as_bytes(record) });
    ASSERT_EQ(all.instances.size(), 1U);
    EXPECT_TRUE(all.classes.empty());
    EXPECT_TRUE(all.instances[0].instance.is_complete);
    EXPECT_EQ(text_of(all.instances[0].instance, "ScriptText"), "MsgBox 1");
}

TEST(Cim, ADefinitionThatDoesNotFitItsInstanceIsSeen)
{
    test::CimWriter narrow, wide;
    narrow.add_class("ROOT", "Thing", "", { { "Name" } });
    wide.add_class("ROOT", "Thing", "", { { "Name" }, { "Other" }, { "Number", Type::uint64 } });
    narrow.add(wide.instance("Thing", { { "Name", "x" } }),
        { "NS_" + narrow.hash("ROOT") + "/CI_" + narrow.hash("Thing") + "/IL_" + narrow.hash("x") });
    auto const repository = narrow.write();
    auto const all = read_all(repository.files());
    for (auto const& placed : all.instances)
        EXPECT_FALSE(placed.instance.is_complete);
}

TEST(Cim, ARecordOverSeveralPagesIsPutTogetherInLogicalOrder)
{
    auto writer = subscription_writer();
    std::string const script(20'000, 's');
    writer.add_instance("ROOT\\subscription", "ActiveScriptEventConsumer", "Long",
        { { "Name", "Long" }, { "ScriptText", script + "END" } });
    writer.add_instance("ROOT\\subscription", "ActiveScriptEventConsumer", "After", { { "Name", "After" } });
    auto const repository = writer.write();
    auto const all = read_all(repository.files());
    EXPECT_EQ(all.found_instances().at("live"), 5U);
    std::size_t longest = 0;
    for (auto const& placed : all.instances)
        longest = std::max(longest, text_of(placed.instance, "ScriptText").size());
    EXPECT_EQ(longest, script.size() + 3);
}

TEST(Cim, ANamespaceThatNothingNamesIsHidden)
{
    auto writer = subscription_writer();
    writer.add_instance("ROOT\\secret", "__EventFilter", "Filter", { { "Name", "Filter" } });
    auto const repository = writer.write();
    auto const all = read_all(repository.files());
    ASSERT_EQ(all.namespaces.size(), 2U);
    std::map<std::string, bool> listed;
    for (auto const& [found, place] : all.namespaces)
        listed[found.path] = found.is_listed;
    EXPECT_EQ(listed, (std::map<std::string, bool> { { "", false }, { "ROOT\\subscription", true } }));
    for (auto const& [found, place] : all.namespaces) {
        if (!found.is_listed) {
            EXPECT_EQ(found.hash, name_hash("ROOT\\SECRET", HashKind::sha256));
            EXPECT_EQ(found.instances, 1U);
        }
    }
}

TEST(Cim, DefaultsOfAClassAreItsOwn)
{
    auto writer = subscription_writer();
    writer.add_class("ROOT\\cimv2", "Win32_MemoryArrayDevice2", "",
        { { "Payload", Type::string, std::string(3'000, 'A') }, { "Number", Type::uint32, std::uint64_t { 7 } } });
    auto const repository = writer.write();
    auto const all = read_all(repository.files());
    for (auto const& [definition, place] : all.classes) {
        if (definition.name != "Win32_MemoryArrayDevice2")
            continue;
        ASSERT_EQ(definition.defaults.size(), 2U);
        EXPECT_EQ(definition.defaults[0].value.text.size(), 3'000U);
        EXPECT_EQ(definition.defaults[1].value.text, "7");
        return;
    }
    FAIL() << "the class is missing";
}

TEST(Cim, EveryPrefixIsSurvivedAndSaysWhatItHas)
{
    auto const repository = subscription_writer().write();
    for (std::size_t size = 0; size < repository.objects.size(); size += 61) {
        auto files = repository.files();
        files.objects = files.objects.first(size);
        auto const all = read_all(files);
        EXPECT_TRUE(all.instances.size() == 3 || !all.diagnostics.empty()) << size;
        auto const alone = read_all({ files.objects });
        EXPECT_LE(alone.instances.size(), 3U);
    }
}

TEST(Cim, RandomDamageInAnyFileIsSurvived)
{
    auto const repository = subscription_writer().write();
    test::Random random { 11 };
    for (int round = 0; round < 1'500; ++round) {
        auto damaged = repository;
        for (int i = 0; i < 3; ++i) {
            auto& file = round % 3 == 0 ? damaged.objects : round % 3 == 1 ? damaged.index : damaged.mapping;
            file[random.below(file.size())] = static_cast<char>(random.next());
        }
        (void)read_all(damaged.files());
    }
}

TEST(Cim, AnIndexThatLeadsInCirclesEnds)
{
    auto repository = subscription_writer().write();
    // The root is the second page from the end; its only child is made itself.
    auto const root = repository.index.size() - 2 * page_bytes;
    repository.index[root + 20] = 1;
    auto const all = read_all(repository.files());
    EXPECT_EQ(all.instances.size(), 3U);
    EXPECT_EQ(all.found_instances().count("live"), 0U);
}

TEST(Cim, TheRepositoryOfTheSimulatedHostIsReadWhole)
{
    KONSEKI_NEEDS_DATA(archive, museum_archive);
    Museum const museum { archive };
    auto const all = read_all(museum.files);
    EXPECT_TRUE(all.diagnostics.empty());
    // Counted by an independent walk of index and tables of contents (a Python probe): 6,599 CD and 2,508 IL keys.
    std::map<std::string, std::size_t> classes;
    for (auto const& [definition, place] : all.classes)
        ++classes[std::string(found_name(place.found))];
    EXPECT_EQ(classes.at("live"), 6'599U);
    EXPECT_EQ(all.classes.size(), 6'599U + 629U); // recovered: as measured, not counted by others
    auto const instances = all.found_instances();
    EXPECT_EQ(instances.at("live"), 2'508U);
    EXPECT_EQ(instances.count("live partly"), 0U);
    std::size_t live_namespaces = 0;
    for (auto const& [found, place] : all.namespaces)
        live_namespaces += place.found == Found::live && found.is_listed ? 1U : 0U;
    EXPECT_EQ(live_namespaces, 91U); // 90 named ones and the root
}

TEST(Cim, TheSimulatedHostsConsumersAreFoundWithoutItsIndexToo)
{
    KONSEKI_NEEDS_DATA(archive, museum_archive);
    Museum const museum { archive };
    auto const all = read_all({ museum.files.objects });
    std::size_t found = 0;
    for (auto const& placed : all.instances)
        found += placed.instance.is_a("__EventConsumer") && text_of(placed.instance, "Name") == "KillProcess" ? 1U : 0U;
    EXPECT_GE(found, 1U);
}

}
