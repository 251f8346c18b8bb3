#include "analysers/process_tree/analyser.hpp"
#include "analysers/process_tree/schemas.hpp"
#include "base/text.hpp"
#include "support/analyser_case.hpp"
#include "traces/collector_results/parser.hpp"

namespace konseki::process_tree {

// What a collector saw running links by itself: of two lists none gives the other its parents.
TEST(ProcessTreeAnalyser, AListOfWhatRanBecomesATreeOfItsOwn)
{
    auto const common = test::analyser_schemas();
    std::vector<Schema const*> all(common.begin(), common.end());
    for (auto const* schema : { &windows_event::process_start_schema.erased, &windows_event::process_end_schema.erased,
             &collector_results::process_schema.erased, &process_schema.erased })
        all.push_back(schema);
    test::AnalyserCase given(all);
    std::uint64_t offset = 0;
    auto const put
        = [&](EvidenceNumber list, std::uint64_t id, std::uint64_t parent, std::string_view name, std::int64_t minute) {
              collector_results::ProcessRow row;
              row.process_id = id;
              row.parent_id = parent;
              row.name = name;
              row.started_at = minute < 0 ? Timestamp {} : test::minutes(minute);
              given.put(list, collector_results::process_schema, { ++offset, 10, false }, row);
          };
    auto const first = given.add_evidence("results/Pslist.json", "PC1");
    put(first, 300, 200, "cmd.exe", 9); // the list is in no order
    put(first, 4, 0, "System", -1);
    put(first, 200, 4, "explorer.exe", 5);
    put(first, 500, 400, "orphan.exe", 7);
    put(first, 600, 700, "child.exe", 8); // its parent's number was given anew since
    put(first, 700, 4, "later.exe", 9);
    auto const second = given.add_evidence("other/Pslist.json", "PC2");
    put(second, 310, 200, "powershell.exe", 9);
    given.add_evidence("third/Pslist.json", "PC3", second); // the same bytes, read once
    given.run(analyser);
    auto rows = given.store().query("SELECT host, process_id, depth, children, coalesce(parent_image, '-'), ancestry "
                                    "FROM host_process ORDER BY host, process_id");
    ASSERT_TRUE(rows.ok());
    std::string text;
    while (rows.value().next())
        text += format("{} {} {} {} {} {}\n", rows.value().text(0), rows.value().text(1), rows.value().text(2),
            rows.value().text(3), rows.value().text(4), rows.value().text(5));
    EXPECT_EQ(text,
        "PC1 4 0 2 - System\n"
        "PC1 200 1 1 System System > explorer.exe\n"
        "PC1 300 2 0 explorer.exe System > explorer.exe > cmd.exe\n"
        "PC1 500 0 0 - orphan.exe\n"
        "PC1 600 0 0 - child.exe\n"
        "PC1 700 1 0 System System > later.exe\n"
        "PC2 310 0 0 - powershell.exe\n"
        "PC3 310 0 0 - powershell.exe\n");
}

}
