#include "analysers/persistence/catalogue.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <set>
#include <gtest/gtest.h>

namespace konseki::persistence {
namespace {

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_technique(std::string_view id)
{
    auto const is_number = [](std::string_view text, std::size_t size) {
        return text.size() == size && std::all_of(text.begin(), text.end(), is_digit);
    };
    if (id.substr(0, 1) != "T" || !is_number(id.substr(1, 4), 4))
        return false;
    return id.size() == 5 || (id[5] == '.' && is_number(id.substr(6), 3));
}

bool has_japanese(std::string_view text)
{
    return std::any_of(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; });
}

std::string_view id_of(std::string_view path)
{
    auto const* const location = find_by_registry_path(path);
    return location == nullptr ? std::string_view("none") : location->id;
}

TEST(PersistenceCatalogue, EveryNumberIsThereOnceAndInOrder)
{
    auto const all = locations();
    ASSERT_EQ(all.size(), 47U + 96U);
    for (std::size_t at = 0; at < all.size(); ++at) {
        EXPECT_EQ(all[at].id, at < 47 ? format("L{:02}", at + 1) : format("W{:02}", at - 46));
        EXPECT_EQ(find(all[at].id), &all[at]);
    }
    EXPECT_EQ(find("W00"), nullptr);
    EXPECT_EQ(find("W97"), nullptr);
    EXPECT_EQ(find("L48"), nullptr);
    EXPECT_EQ(find(""), nullptr);
}

TEST(PersistenceCatalogue, EveryTextIsThereInBothLanguages)
{
    for (auto const& location : locations()) {
        for (auto const text :
            { location.place, location.title, location.starts, location.suspicious, location.advice })
            EXPECT_TRUE(!text.empty() && trim(text) == text && text.find("  ") == std::string_view::npos)
                << location.id << ": " << text;
        for (auto const text : { location.starts, location.suspicious, location.advice })
            EXPECT_TRUE(text.back() == '.' && !has_japanese(text.substr(0, 1))) << location.id << ": " << text;
        for (auto const text : { location.starts_ja, location.suspicious_ja, location.advice_ja }) {
            EXPECT_TRUE(has_japanese(text)) << location.id << ": " << text;
            EXPECT_TRUE(text.size() > 3 && text.substr(text.size() - 3) == "。") << location.id << ": " << text;
        }
        EXPECT_FALSE(location.title_ja.empty()) << location.id;
    }
}

TEST(PersistenceCatalogue, EveryTechniqueIsOneOfTheCurrentMatrix)
{
    // Revoked or deprecated before ATT&CK v18.1; what took their place is another number.
    std::set<std::string_view> const gone { "T1574.002", "T1547.011", "T1053.001", "T1053.004", "T1060", "T1138",
        "T1103", "T1182", "T1183", "T1015", "T1122", "T1004", "T1131", "T1101", "T1050", "T1031" };
    for (auto const& location : locations()) {
        EXPECT_TRUE(is_technique(location.attack)) << location.id << ": " << location.attack;
        EXPECT_FALSE(gone.contains(location.attack)) << location.id << ": " << location.attack;
    }
}

TEST(PersistenceCatalogue, PartsOfRegistryPathsAreWellFormedAndBelongToOnePlaceOnly)
{
    std::set<std::string_view> seen;
    for (auto const& location : locations())
        for (auto const part : split(location.registry_parts, '|')) {
            if (part.empty())
                continue;
            EXPECT_TRUE(seen.insert(part).second) << location.id << ": " << part;
            EXPECT_EQ(ascii_lower(part), part) << location.id;
            EXPECT_TRUE(part.size() > 8 && part[0] == '\\' && part[1] != '*') << location.id << ": " << part;
            EXPECT_TRUE(part.back() == '\\' || part.back() == '$') << location.id << ": " << part;
            EXPECT_EQ(
                part.find('$') == part.size() - 1, part.back() == '$' && part.find("$dll") == std::string_view::npos)
                << location.id << ": " << part;
        }
}

struct Expected {
    std::string_view path, id;
};

TEST(PersistenceCatalogue, PathsOfSysmonAndOfSecurity4657LeadToTheirPlace)
{
    constexpr std::array all {
        Expected { R"(HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run\Updater)", "W01" },
        Expected { R"(HKU\S-1-5-21-1-2-3-1001\Software\Microsoft\Windows\CurrentVersion\RunOnce\Updater)", "W01" },
        Expected { R"(\REGISTRY\MACHINE\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Run\Old)", "W01" },
        Expected { R"(HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\RunOnceEx\0001\Depend)", "W02" },
        Expected { R"(HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\RunServices\x)", "W03" },
        Expected { R"(HKU\S-1-5-21-1\Software\Microsoft\Windows\CurrentVersion\Policies\Explorer\Run\1)", "W04" },
        Expected {
            R"(HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Terminal Server\Install\Software\Microsoft\Windows)"
            R"(\CurrentVersion\Run\x)",
            "W05" },
        Expected {
            R"(HKU\S-1-5-21-1\Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run\x)", "W06" },
        Expected { R"(HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon\Userinit)", "W09" },
        Expected { R"(\REGISTRY\MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Windows\AppInit_DLLs)", "W16" },
        Expected { R"(HKLM\System\CurrentControlSet\Control\Session Manager\BootExecute)", "W19" },
        Expected { R"(HKLM\System\CurrentControlSet\Control\Session Manager\Environment\COR_PROFILER)", "W23" },
        Expected { R"(HKU\S-1-5-21-1\Environment\COR_PROFILER_PATH)", "W23" },
        Expected {
            R"(HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\sethc.exe\Debugger)",
            "W24" },
        Expected {
            R"(HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SilentProcessExit\lsass.exe\MonitorProcess)", "W26" },
        Expected { R"(HKLM\System\CurrentControlSet\Services\PSEXESVC\ImagePath)", "W30" },
        Expected { R"(\REGISTRY\MACHINE\SYSTEM\ControlSet001\Services\Foo\Parameters\ServiceDll)", "W31" },
        Expected { R"(HKLM\System\CurrentControlSet\Services\TermService\Parameters\ServiceDll)", "W36" },
        Expected { R"(HKLM\System\CurrentControlSet\Control\Lsa\Security Packages)", "W44" },
        Expected { R"(HKLM\System\CurrentControlSet\Control\Lsa\Notification Packages)", "W45" },
        Expected { R"(HKLM\SYSTEM\Setup\CmdLine)", "W52" },
        Expected { R"(\REGISTRY\USER\S-1-5-21-1\Environment\UserInitMprLogonScript)", "W53" },
        Expected { R"(HKCR\CLSID\{11111111-2222-3333-4444-555555555555}\InprocServer32\(Default))", "W59" },
        Expected { R"(HKU\S-1-5-21-1_Classes\CLSID\{11111111-2222-3333-4444-555555555555}\InprocServer32)", "W59" },
        Expected {
            R"(HKU\S-1-5-21-1_Classes\CLSID\{645FF040-5081-101B-9F08-00AA002F954E}\shell\open\command\)", "W90" },
        Expected { R"(HKU\S-1-5-21-1_Classes\ms-settings\shell\open\command\(Default))", "W62" },
        Expected { R"(HKLM\SOFTWARE\Microsoft\AMSI\Providers\{1}\(Default))", "W67" },
        Expected {
            R"(HKLM\SOFTWARE\Microsoft\Cryptography\Providers\Trust\FinalPolicy\{00AAC56B-CD44-11D0-8CC2-00C04FC295EE}\$DLL)",
            "W67" },
        Expected {
            R"(HKLM\SOFTWARE\Microsoft\Cryptography\OID\EncodingType 0\CryptSIPDllVerifyIndirectData\{1}\Dll)", "W67" },
        Expected { R"(HKLM\System\CurrentControlSet\Services\PortProxy\v4tov4\tcp\*/8080)", "W87" },
        Expected { R"(HKLM\SOFTWARE\Microsoft\Windows Defender\Exclusions\Paths\C:\TMP)", "W88" },
    };
    for (auto const& expected : all)
        EXPECT_EQ(id_of(expected.path), expected.id) << expected.path;
}

TEST(PersistenceCatalogue, OrdinaryKeysWithSimilarNamesLeadNowhere)
{
    for (auto const* const path : { R"(HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\RunMRU\a)",
             R"(HKU\S-1-5-21-1\Software\Microsoft\Windows\CurrentVersion\RunNotification\x)",
             R"(HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon\ShellInfrastructure)",
             R"(HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon\LastUsedUsername)",
             R"(HKLM\SOFTWARE\Foo\Environment\Path)",
             R"(HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\x.exe\UseFilter)",
             R"(HKLM\System\CurrentControlSet\Services\bam\State\UserSettings\S-1-5-21-1\x)",
             R"(HKLM\System\CurrentControlSet\Services\Foo\Start)",
             R"(HKLM\System\CurrentControlSet\Services\Foo\Parameters\ImagePath)",
             R"(HKLM\System\CurrentControlSet\Control\Lsa\LsaPid)",
             R"(HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders\Startup Items)",
             R"(HKLM\SOFTWARE\Microsoft\NetshFoo\x)", R"(HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion)", R"(HKLM)",
             "", R"(\)", R"(\\\)" })
        EXPECT_EQ(id_of(path), "none") << path;
}

TEST(PersistenceCatalogue, ContentsOfWindowsAreKnownInAnyCase)
{
    auto const* const logon = find("W09");
    ASSERT_NE(logon, nullptr);
    EXPECT_TRUE(is_default_content(*logon, R"(C:\WINDOWS\system32\userinit.exe,)"));
    EXPECT_TRUE(is_default_content(*logon, "Explorer.exe"));
    EXPECT_FALSE(is_default_content(*logon, "explorer.exe, evil.exe"));
    EXPECT_FALSE(is_default_content(*find("W01"), ""));
}

}
}
