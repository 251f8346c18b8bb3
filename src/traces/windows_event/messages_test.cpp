#include "traces/windows_event/messages.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_event {
namespace {

std::string message(
    std::string_view provider, std::uint32_t id, std::vector<std::pair<std::string, std::string>> const& fields)
{
    EventShapes shapes;
    std::vector<std::string> names;
    std::vector<EventValue> values;
    for (auto const& [name, text] : fields) {
        names.push_back(name);
        values.push_back({ ValueType::utf8, as_bytes(text) });
    }
    Event event;
    event.provider = provider;
    event.event_id = id;
    event.shape = shapes.intern(names);
    event.values = values;
    return message_of(event);
}

TEST(Messages, CommonEventsHaveOwnWords)
{
    EXPECT_EQ(
        message("Microsoft-Windows-Security-Auditing", 4625,
            { { "LogonType", "3" }, { "TargetDomainName", "CORP" }, { "TargetUserName", "taro" }, { "IpAddress", "-" },
                { "WorkstationName", "W1" }, { "Status", "0xc000006d" }, { "SubStatus", "0x0" } }),
        "Failed logon type 3 of CORP\\taro from W1, status 0xc000006d");
    EXPECT_EQ(message("Service Control Manager", 7045, { { "ServiceName", "x" }, { "ImagePath", "cmd" } }),
        "Service x installed: cmd (?, ?)");
}

TEST(Messages, OtherEventsListTheirFields)
{
    EXPECT_EQ(message("Some Backup", 4625, { { "A", "x\r\n\ty" }, { "B", "" }, { "C", "z" } }),
        "Some Backup 4625: A=x y, C=z");
    EXPECT_EQ(message("P", 1, {}), "P 1");
}

TEST(Messages, LongValuesAreCutAtACharacter)
{
    std::string text;
    for (int i = 0; i < 500; ++i)
        text += "痕";
    auto const line = message("P", 1, { { "A", text }, { "B", text }, { "C", text }, { "D", text } });
    EXPECT_LE(line.size(), 1'000U);
    EXPECT_EQ(line.substr(line.size() - 6), "痕…");
}

}
}
