#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_server_module/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_server_module {

namespace {

std::unique_ptr<test::CollectingContext> read(std::string_view content)
{
    auto collected = std::make_unique<test::CollectingContext>();
    parser.parse({ as_bytes(content), { 0, content.size() }, "applicationHost.config" }, collected->context);
    return collected;
}

}

// covers: W93
TEST(WindowsServerModule, EveryEntryOfIisIsARow)
{
    auto const content = test::read_file(
        std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_server_module/testdata/applicationHost.config");
    auto const collected = read(content);
    EXPECT_TRUE(collected->diagnostics.list.empty());
    auto const rows = collected->rows("windows.server_module");
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_EQ(rows[0].at("kind"), "native_module");
    EXPECT_EQ(rows[1].at("path"), "C:\\ProgramData\\iis\\comp.dll");
    EXPECT_EQ(rows[1].at("@offset"), format("{}", content.find("<add name=\"CompressModule\"")));
    EXPECT_EQ(rows[1].at("@size"), "65");
    EXPECT_EQ(rows[2].at("kind"), "isapi_filter");
    EXPECT_EQ(rows[2].at("is_enabled"), "false");
    EXPECT_EQ(rows[3].at("kind"), "managed_module"); // the one that only switches a native one on gives no row
    EXPECT_EQ(rows[3].at("type"), "Health.Check, Health");
    EXPECT_EQ(rows[3].at("scope"), "Default Web Site/ews");
    EXPECT_EQ(rows[4].at("kind"), "handler");
    EXPECT_EQ(rows[4].at("requests"), "*.run");
    EXPECT_EQ(rows[4].at("path"), "C:\\Windows\\System32\\cmd.exe");
}

TEST(WindowsServerModule, ExchangesAgentsAreRows)
{
    auto const collected = read(R"(<configuration><mexRuntime><agentList>
<agent name="Filter" baseType="SmtpReceiveAgent" classFactory="A.Factory" assemblyPath="C:\x\a.dll" enabled="true" />
</agentList></mexRuntime></configuration>)");
    auto const rows = collected->rows("windows.server_module");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("server"), "exchange");
    EXPECT_EQ(rows[0].at("path"), "C:\\x\\a.dll");
    EXPECT_EQ(rows[0].at("type"), "A.Factory");
}

TEST(WindowsServerModule, WhatStandsBeforeDamageIsKept)
{
    auto const content = test::read_file(
        std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_server_module/testdata/applicationHost.config");
    auto const collected = read(content.substr(0, content.find("</globalModules>") + 4));
    EXPECT_EQ(collected->rows("windows.server_module").size(), 2U);
    ASSERT_EQ(collected->diagnostics.list.size(), 1U);
    for (std::size_t size = 0; size < content.size(); size += 3)
        EXPECT_LE(read(content.substr(0, size))->rows("windows.server_module").size(), 5U);
    EXPECT_EQ(parser.sniff(as_bytes("<configuration>"), "C/inetpub/wwwroot/web.config"), Sniff::sure);
    EXPECT_EQ(parser.sniff(as_bytes("{}"), "web.config"), Sniff::no);
    EXPECT_EQ(parser.sniff(as_bytes("<configuration>"), "app.config"), Sniff::no);
}

}
