#include "base/text.hpp"
#include "intake/hosts.hpp"
#include <gtest/gtest.h>

namespace konseki::intake {
namespace {

// A case written as its author would tell it.
struct Told {
    HostInputs inputs;

    EvidenceNumber file(std::string const& path, EvidenceNumber parent = 0, std::string const& host = {},
        std::string const& machine_path = {})
    {
        Evidence evidence;
        evidence.number = static_cast<EvidenceNumber>(inputs.evidence.size() + 1);
        evidence.original_path = path;
        evidence.path = parent == 0 ? "/evidence/" + path : "/case/vault/x";
        evidence.parent = parent;
        evidence.host = host;
        evidence.machine_path = machine_path;
        evidence.state = EvidenceState::examined;
        inputs.evidence.push_back(evidence);
        return evidence.number;
    }
    EvidenceNumber archive(std::string const& path, EvidenceNumber parent = 0, std::string const& host = {})
    {
        auto const number = file(path, parent, host);
        inputs.evidence.back().state = EvidenceState::container;
        return number;
    }
    void log(EvidenceNumber evidence, std::string const& name, std::uint64_t count, std::int64_t at = 1)
    {
        inputs.logs[evidence].push_back({ name, count, { at }, { at } });
    }
    // Names that follow each other in one log.
    void log(EvidenceNumber evidence, std::vector<std::string> const& names)
    {
        std::int64_t at = 1;
        for (auto const& name : names) {
            auto const record = static_cast<std::uint64_t>(at);
            inputs.logs[evidence].push_back({ name, 1, { at }, { at }, record, record, "System" });
            ++at;
        }
    }
    void hive(EvidenceNumber evidence, std::string const& name, std::string const& host_name = {})
    {
        inputs.registry[evidence].computer_name = name;
        inputs.registry[evidence].host_name = host_name;
    }
    std::string evidence() const
    {
        std::string text;
        for (auto const& one : resolve_hosts(inputs).hosts.evidence)
            append_format(text, "{} {} {}\n", one.evidence, one.host, one.how);
        return text;
    }
    std::string hosts() const
    {
        std::string text;
        for (auto const& host : resolve_hosts(inputs).hosts.hosts)
            append_format(text, "{} ({}) {}\n", host.name, host.other_names, host.known_from);
        return text;
    }
    std::string notes() const
    {
        std::string text;
        for (auto const& [number, diagnostic] : resolve_hosts(inputs).notes)
            append_format(text, "{} {}: {}\n", number, diagnostic.error.what, diagnostic.error.detail);
        return text;
    }
};

TEST(Hosts, LooseLogsEachSpeakForThemselves)
{
    Told told;
    told.log(told.file("in/a.evtx"), "PC1", 10);
    told.log(told.file("in/b.evtx"), "PC2", 10);
    told.file("in/CMD.EXE-1.pf");
    EXPECT_EQ(told.evidence(), "1 PC1 event_log\n2 PC2 event_log\n"); // the third is of no known machine
    EXPECT_EQ(told.notes(), "");
}

TEST(Hosts, OneMachineUnderLongAndShortNamesIsOneTheNewestNameWins)
{
    Told told;
    told.log(told.file("in/a.evtx"), "PC1", 10, 5);
    told.log(told.file("in/b.evtx"), "pc1.corp.example", 1, 9);
    told.log(told.file("in/c.evtx"), "PC12", 1, 9);
    EXPECT_EQ(told.evidence(), "1 pc1.corp.example event_log\n2 pc1.corp.example event_log\n3 PC12 event_log\n");
    EXPECT_EQ(told.hosts(), "pc1.corp.example (PC1) event_log\nPC12 () event_log\n");
}

TEST(Hosts, AVolumeFolderIsOneMachineNamedByItsHive)
{
    Told told;
    told.hive(told.file("X/C/Windows/System32/config/SYSTEM", 0, {}, "C:\\Windows\\System32\\config\\SYSTEM"), "PC1");
    told.file("X/C/Windows/Prefetch/CMD.EXE-1.pf", 0, {}, "C:\\Windows\\Prefetch\\CMD.EXE-1.pf");
    told.file("X/C/$MFT", 0, {}, "C:\\$MFT");
    told.file("Y/C/$MFT", 0, {}, "C:\\$MFT");
    EXPECT_EQ(told.evidence(), "1 PC1 registry\n2 PC1 spread\n3 PC1 spread\n");
}

TEST(Hosts, WithoutAHiveTheLogsNameTheFolder)
{
    Told told;
    told.log(told.file("X/C/Windows/System32/winevt/Logs/System.evtx", 0, {}, "C:\\x"), "PC1", 3);
    told.log(told.file("X/C/Windows/System32/winevt/Logs/Setup.evtx", 0, {}, "C:\\y"), "WIN-OLD", 2);
    told.file("X/C/$MFT", 0, {}, "C:\\$MFT");
    EXPECT_EQ(told.evidence(), "1 PC1 event_log\n2 PC1 spread\n3 PC1 spread\n");
    EXPECT_EQ(told.notes(),
        "2 host.other_name: this lies on PC1 and names WIN-OLD: a name it had before, another machine's data, or a "
        "mix-up\n");
    EXPECT_EQ(told.hosts(), "PC1 (WIN-OLD) event_log\n");
}

TEST(Hosts, ANameInAFewEventsOfTheMachinesLogsIsToldOnce)
{
    Told told;
    auto const log = told.file("X/C/Windows/System32/winevt/Logs/System.evtx", 0, {}, "C:\\x");
    told.log(log, "PC1", 300);
    told.log(log, "WIN-OLD", 2);
    EXPECT_EQ(told.notes(), "1 host.other_name: 2 events in the logs of PC1 name WIN-OLD\n");
}

TEST(Hosts, TwoImagesSideBySideAreTwoMachines)
{
    Told told;
    told.hive(told.file("X/C/Windows/System32/config/SYSTEM", 0, {}, "C:\\Windows\\System32\\config\\SYSTEM"), "PC1");
    told.file("X/C/$MFT", 0, {}, "C:\\$MFT");
    told.hive(told.file("X/E/Windows/System32/config/SYSTEM", 0, {}, "E:\\Windows\\System32\\config\\SYSTEM"), "PC2");
    told.file("X/E/$MFT", 0, {}, "E:\\$MFT");
    told.file("X/D/Users/a.txt", 0, {}, "D:\\Users\\a.txt"); // of the first one, as far as is known
    EXPECT_EQ(told.evidence(), "1 PC1 registry\n2 PC1 spread\n3 PC2 registry\n4 PC2 spread\n5 PC1 spread\n");
}

TEST(Hosts, ACollectionNamedAfterAnotherMachineIsTold)
{
    Told told;
    auto const archive = told.archive("Collection-PC9-2021-11-21T18_05_56Z.zip", 0, "PC9");
    told.hive(told.file("uploads/auto/C%3A/Windows/System32/config/SYSTEM", archive, "PC9",
                  "C:\\Windows\\System32\\config\\SYSTEM"),
        "PC1");
    told.file("results/Windows.System.Pslist.json", archive, "PC9");
    EXPECT_EQ(told.evidence(), "1 PC1 spread\n2 PC1 registry\n3 PC1 spread\n");
    EXPECT_EQ(told.notes(), "2 host.other_name: the collection is named after PC9, its registry or logs names PC1\n");
}

TEST(Hosts, AnArchiveOfLooseFilesLendsANameOnlyIfAllAgree)
{
    Told told;
    auto const agreeing = told.archive("one.zip");
    told.log(told.file("a.evtx", agreeing), "PC1", 1);
    told.file("x.pf", agreeing);
    auto const mixed = told.archive("two.zip");
    told.log(told.file("a.evtx", mixed), "PC1", 1);
    told.log(told.file("b.evtx", mixed), "PC2", 1);
    told.file("x.pf", mixed);
    EXPECT_EQ(told.evidence(), "1 PC1 spread\n2 PC1 event_log\n3 PC1 spread\n5 PC1 event_log\n6 PC2 event_log\n");
}

TEST(Hosts, AFolderOfLooseHivesLendsTheNameOfItsSystemHive)
{
    Told told;
    told.hive(told.file("in/pc/SYSTEM"), "PC1");
    told.file("in/pc/NTUSER.DAT");
    told.file("in/NTUSER.DAT");
    EXPECT_EQ(told.evidence(), "1 PC1 registry\n2 PC1 spread\n");
}

TEST(Hosts, ForwardedEventsAreOfNoOneMachineAndThatIsTold)
{
    Told told;
    auto const log = told.file("in/ForwardedEvents.evtx");
    told.log(log, "PC1", 4);
    told.log(log, "PC2", 4);
    told.log(log, "PC3", 2);
    EXPECT_EQ(told.evidence(), "");
    EXPECT_EQ(told.notes(), "1 host.several_in_log: events of several machines: PC1 4, PC2 4, PC3 2\n");
}

TEST(Hosts, AMachineRenamedTwiceIsOneMachineIfItsLogsAgree)
{
    Told told;
    told.log(told.file("in/System.evtx"), { "WIN-A", "WIN-B", "DC.corp.example" });
    told.log(told.file("in/Setup.evtx"), { "WIN-A", "DC.corp.example" });
    told.log(told.file("in/Application.evtx"), { "WIN-A", "WIN-B" });
    told.log(told.file("in/Old.evtx"), { "WIN-A" });
    told.log(told.file("in/Task.evtx"), { "WIN-B", "DC" });
    EXPECT_EQ(told.hosts(), "DC.corp.example (DC, WIN-A, WIN-B) event_log\n");
    EXPECT_EQ(told.notes(),
        "1 host.renamed: WIN-A became WIN-B: 2 pieces of evidence show it\n"
        "1 host.renamed: WIN-B became DC.corp.example: 2 pieces of evidence show it\n");
}

TEST(Hosts, OneLogOfTwoNamesProvesNoRename)
{
    Told told;
    told.log(told.file("in/System.evtx"), { "PC1", "PC2", "PC2." });
    EXPECT_EQ(told.hosts(), "PC2. (PC1, PC2) event_log\n");
    EXPECT_EQ(told.notes(), "1 host.several_in_log: events of several machines: PC1 1, PC2. 2\n");
}

TEST(Hosts, TheNameOfAnImageThatManyMachinesHadJoinsNone)
{
    Told told;
    for (std::string const pc : { "PC1", "PC2" }) {
        for (auto const* const log : { "/System.evtx", "/Application.evtx" })
            told.log(told.file("in/" + pc + log), { "MINWINPC", pc, pc + "." });
    }
    EXPECT_EQ(told.hosts(), "PC1. (MINWINPC, PC1) event_log\nPC2. (MINWINPC, PC2) event_log\n");
}

TEST(Hosts, ANameCutAtFifteenCharactersIsTheLongOne)
{
    Told told;
    told.hive(told.file("in/SYSTEM"), "WIN-ABCDEFGHIJK", "WIN-ABCDEFGHIJKLM");
    told.log(told.file("in/a.evtx"), "WIN-ABCDEFGHIJKLM.corp.example", 1);
    told.log(told.file("in/b.evtx"), "WIN-ABCDEFGHIJK", 1, 0);
    EXPECT_EQ(
        told.hosts(), "WIN-ABCDEFGHIJKLM.corp.example (WIN-ABCDEFGHIJK, WIN-ABCDEFGHIJKLM) registry, event_log\n");
}

TEST(Hosts, TheSameNameInTwoDomainsIsTold)
{
    Told told;
    told.log(told.file("in/a.evtx"), "dc1.a.example", 1, 1);
    told.log(told.file("in/b.evtx"), "dc1.b.example", 1, 2);
    EXPECT_EQ(told.hosts(), "dc1.b.example (dc1.a.example) event_log\n");
    EXPECT_EQ(told.notes(),
        "1 host.several_domains: dc1.b.example is named in several domains and taken for one machine: a.example, "
        "b.example\n");
}

TEST(Hosts, ADuplicateSpeaksWithTheRowsOfTheFirst)
{
    Told told;
    told.log(told.file("in/a.evtx"), "PC1", 1);
    auto const copy = told.file("in/copy.evtx");
    told.inputs.evidence[copy - 1].duplicate_of = 1;
    EXPECT_EQ(told.evidence(), "1 PC1 event_log\n2 PC1 event_log\n");
}

TEST(Hosts, NestedArchivesOfOneCollectionBelongToItsMachine)
{
    Told told;
    auto const outer = told.archive("DFIR-ORC_WorkStation_pc7.acme.example_General.7z", 0, "pc7.acme.example");
    auto const inner = told.archive("SystemHives.7z", outer, "pc7.acme.example");
    told.hive(told.file("SYSTEM/0_1_2_SYSTEM_.data", inner, "pc7.acme.example"), "PC7");
    told.file("SOFTWARE/0_1_3_SOFTWARE_.data", inner, "pc7.acme.example");
    EXPECT_EQ(told.hosts(), "PC7 (pc7.acme.example) registry, collection\n");
    EXPECT_EQ(told.notes(), "");
}

TEST(Hosts, NothingGivesNothing)
{
    EXPECT_EQ(Told {}.evidence(), "");
    EXPECT_EQ(Told {}.hosts(), "");
}

TEST(Hosts, KeysAreFirstLabelsButAddressesStayWhole)
{
    EXPECT_EQ(store::host_key("PC1.corp.example"), "pc1");
    EXPECT_EQ(store::host_key("10.0.0.5"), "10.0.0.5");
    EXPECT_EQ(store::host_key(""), "");
}

TEST(Hosts, ALinuxCollectionIsOfTheMachineThatItsCollectorOrHostnameNames)
{
    Told told;
    auto const archive = told.archive("uac-web-linux-20240102030405.tar.gz", 0, "web");
    auto const uname = told.file("live_response/system/uname_-a.txt", archive, "web");
    told.file("[root]/etc/passwd", archive, "web", "/etc/passwd");
    told.file("bodyfile/bodyfile.txt", archive, "web");
    told.hive(uname, "", "web.example.com");
    told.inputs.clients.insert(uname);
    EXPECT_EQ(told.evidence(),
        "1 web.example.com collection\n2 web.example.com collection\n"
        "3 web.example.com collection\n4 web.example.com collection\n");
    Told dead;
    auto const name = dead.file("disk/etc/hostname", 0, {}, "/etc/hostname");
    dead.file("disk/etc/passwd", 0, {}, "/etc/passwd");
    dead.file("disk/var/log/syslog", 0, {}, "/var/log/syslog");
    dead.hive(name, "", "db-1");
    dead.inputs.host_names.insert(name);
    EXPECT_EQ(dead.evidence(), "1 db-1 hostname\n2 db-1 spread\n3 db-1 spread\n");
}

TEST(Hosts, SystemAndKernelMayComeFromDifferentFiles)
{
    Told told;
    auto const name = told.file("disk/etc/hostname", 0, {}, "/etc/hostname");
    auto const release = told.file("disk/etc/os-release", 0, {}, "/etc/os-release");
    auto const zone = told.file("disk/etc/passwd", 0, {}, "/etc/passwd");
    told.hive(name, "", "db-1");
    told.inputs.host_names.insert(name);
    told.inputs.systems[name] = { {}, "6.1.0-13-amd64", {}, {} };
    told.inputs.systems[release] = { "debian 12", {}, {}, {} };
    told.inputs.systems[zone] = { {}, {}, {}, "Asia/Tokyo" };
    auto const resolved = resolve_hosts(told.inputs).hosts.hosts;
    ASSERT_EQ(resolved.size(), 1U);
    EXPECT_EQ(resolved[0].os, "debian 12");
    EXPECT_EQ(resolved[0].os_build, "6.1.0-13-amd64");
    EXPECT_EQ(resolved[0].time_zone, "Asia/Tokyo");
}

}
}
