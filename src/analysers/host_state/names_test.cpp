#include "analysers/host_state/commands.hpp"
#include "analysers/host_state/drivers.hpp"
#include "analysers/host_state/names.hpp"
#include <gmock/gmock.h>

namespace konseki::host_state {
namespace {

TEST(HostStateNames, AProgramOfWindowsElsewhereIsToldFromItsCopies)
{
    EXPECT_FALSE(is_home_of_system_program(R"(\users\public\svchost.exe)"));
    EXPECT_TRUE(is_home_of_system_program(R"(\windows\system32\svchost.exe)"));
    EXPECT_TRUE(is_home_of_system_program(R"(\windows\winsxs\amd64_x\svchost.exe)"));
    EXPECT_TRUE(is_home_of_system_program("svchost.exe")) << "a bare name says nothing";
    EXPECT_TRUE(is_home_of_system_program(R"(\tmp\harmless.exe)"));
    EXPECT_TRUE(
        is_home_of_system_program(R"(\programdata\microsoft\windows defender\platform\4.18.2301.6-0\msmpeng.exe)"));
    EXPECT_FALSE(is_home_of_system_program(R"(\program files\common files\windefenders\msmpeng.exe)"));
}

TEST(HostStateNames, OneLetterAwayImitates)
{
    EXPECT_EQ(lookalike_of("scvhost.exe"), "svchost.exe");
    EXPECT_EQ(lookalike_of("svchosts.exe"), "svchost.exe");
    EXPECT_EQ(lookalike_of("svch0st.exe"), "svchost.exe");
    EXPECT_EQ(lookalike_of("svchost.exe"), "");
    EXPECT_EQ(lookalike_of("service.exe"), "services.exe");
    EXPECT_EQ(lookalike_of("host.exe"), "");
}

TEST(HostStateNames, ToolsAreKnownByNameAndHonestNamesAreNot)
{
    EXPECT_EQ(tool_of_name("mimikatz-1.bat")->tool, "mimikatz");
    EXPECT_TRUE(tool_of_name("procdump64.exe")->is_dual_use);
    EXPECT_FALSE(tool_of_name("shtransform.dll")) << "contains the name of a tool, but is another word";
    EXPECT_FALSE(tool_of_name("sync.exe"));
}

TEST(HostStateNames, NamesThatHideWhatTheyAre)
{
    EXPECT_TRUE(has_double_extension("invoice.pdf.exe"));
    EXPECT_TRUE(has_double_extension("invoice.pdf      .scr"));
    EXPECT_FALSE(has_double_extension("setup.v2.exe"));
    EXPECT_TRUE(turns_direction("ann\xE2\x80\xAE"
                                "fdp.exe"));
    EXPECT_FALSE(turns_direction("名前.exe"));
    EXPECT_TRUE(looks_random("xk7q2m9z4.exe"));
    EXPECT_TRUE(looks_random("bcdfghjk.exe"));
    EXPECT_FALSE(looks_random("printassist.exe"));
    EXPECT_FALSE(looks_random("qt5quickcontrols2.dll"));
    EXPECT_FALSE(looks_random("sldworks.exe"));
    EXPECT_FALSE(looks_random("vc_redist.x64.exe"));
}

TEST(HostStateNames, DriversThatIntrudersBringAlongAreKnownWhole)
{
    EXPECT_TRUE(is_vulnerable_driver("rtcore64.sys"));
    EXPECT_TRUE(is_vulnerable_driver("dbutil_2_3.sys"));
    EXPECT_FALSE(is_vulnerable_driver("rtcore64.dll"));
    EXPECT_FALSE(is_vulnerable_driver("tcpip.sys"));
    EXPECT_FALSE(is_vulnerable_driver(".sys"));
}

std::vector<std::string_view> features_of(std::string_view command)
{
    std::vector<std::string_view> features;
    for (auto const& sign : signs_of_command(command))
        features.push_back(sign.feature);
    return features;
}

TEST(HostStateCommands, ProgramsThatRunWhatTheyAreGivenAndTunnelsAreSigns)
{
    using testing::Contains;
    EXPECT_THAT(features_of(R"(C:\Windows\System32\WindowsSandbox.exe C:\ProgramData\x.wsb)"),
        Contains("command.loads_by_host"));
    EXPECT_THAT(features_of(R"(cdb.exe -cf C:\Windows\System32\cdb.ini C:\Windows\System32\defrag.exe)"),
        Contains("command.loads_by_host"));
    EXPECT_THAT(features_of(R"("C:\Users\Public\code.exe" tunnel --name pc7)"), Contains("command.tunnels"));
    EXPECT_THAT(features_of("ssh.exe -R 4444:127.0.0.1:3389 u@h.example"), Contains("command.tunnels"));
    EXPECT_THAT(features_of(R"(C:\ProgramData\x\init.bat)"), Contains("command.interpreter"));
    EXPECT_TRUE(features_of(R"(C:\Program Files\x\init.bat)").empty()) << "where administrators install";
}

TEST(HostStateCommands, SignsAreToldOnceEachWithTheirPart)
{
    auto const signs = signs_of_command(R"(cmd.exe /c powershell -w hidden -enc JABhAD0A)");
    std::vector<std::string_view> features;
    for (auto const& sign : signs)
        features.push_back(sign.feature);
    EXPECT_THAT(features,
        testing::UnorderedElementsAre("command.encoded", "command.hides", "command.interpreter", "command.shell"));
    EXPECT_TRUE(signs_of_command(R"("C:\Program Files\Good\updater.exe" /silent)").empty());
    EXPECT_EQ(signs_of_command(R"(C:\TMP\mim.exe sekurlsa::LogonPasswords)").front().feature, "command.attack_tool");
}

}
}
