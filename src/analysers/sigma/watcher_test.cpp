#include "analysers/sigma/match_json.hpp"
#include "analysers/sigma/watcher.hpp"
#include "rules/sigma/match_row.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace konseki::sigma {
namespace {

using testing::ElementsAre;
using testing::Pair;

class OneBatch final : public TraceSink {
public:
    TraceBatch batch { match_schema.erased, 7 };

protected:
    TraceBatch& room_in(Schema const&) override { return batch; }
};

TEST(MatchWatcher, LeavesARowWithTheFieldsAndTheValuesOfCorrelations)
{
    auto const rules = RuleSet::compile({ { "r.yml", R"(
title: Failed logon
id: 22222222-2222-4222-8222-222222222222
name: failed
logsource: {product: windows, service: security}
detection:
    selection: {EventID: 4625, LogonType: 3}
    condition: selection
---
title: Many
id: 33333333-3333-4333-8333-333333333333
correlation:
    type: value_count
    rules: [failed]
    group-by: [Computer, IpAddress]
    timespan: 5m
    condition: {field: TargetUserName, gte: 3}
)" } });
    ASSERT_TRUE(rules.problems().empty());
    OneBatch sink;
    MatchWatcher watcher(rules, sink);
    EventShapes shapes;
    Event event;
    event.channel = "Security";
    event.provider = "Microsoft-Windows-Security-Auditing";
    event.computer = "DC1";
    event.event_id = 4625;
    event.written_at = Timestamp::from_unix_seconds(1'700'000'000);
    event.shape = shapes.intern({ "TargetUserName", "LogonType", "SubjectUserName" });
    std::string const long_name(3'000, 'x');
    std::vector<EventValue> const values { { ValueType::utf8, as_bytes("anna") }, { ValueType::utf8, as_bytes("3") },
        { ValueType::utf8, as_bytes(long_name) } };
    event.values = values;
    watcher.on_event(event, { 0x1000, 500, true });
    event.event_id = 4624;
    watcher.on_event(event, { 0x2000, 500, false });

    ASSERT_EQ(sink.batch.row_count(), 1U);
    EXPECT_EQ(sink.batch.origin(0).offset, 0x1000U);
    EXPECT_TRUE(sink.batch.origin(0).is_recovered);
    EXPECT_EQ(sink.batch.symbol(0, sink.batch.symbol_index(0, 0)), "22222222-2222-4222-8222-222222222222");
    EXPECT_THAT(read_pairs(sink.batch.text(5, 0)), testing::Contains(Pair("LogonType", "3")));
    // IpAddress is absent in the event, and so in the row: such a match belongs to no group.
    EXPECT_THAT(
        read_pairs(sink.batch.text(6, 0)), ElementsAre(Pair("Computer", "DC1"), Pair("TargetUserName", "anna")));
}

}
}
