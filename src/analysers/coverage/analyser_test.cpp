#include "support/analyser_case.hpp"
#include "analysers/coverage/analyser.hpp"
#include <gmock/gmock.h>

namespace konseki::coverage {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Coverage, SaysWhatIsThereWhatIsSilentAndWhatCannotBeCleared)
{
    test::AnalyserCase covered;
    auto const evidence = covered.add_evidence("Security.evtx");
    covered.event(evidence, 100, "Security", 4624, 1, test::minutes(0));
    covered.event(evidence, 200, "Security", 4624, 2, test::minutes(10 * 24 * 60), "x", false, "pc1");
    covered.event(evidence, 300, "Security", 4624, 3, test::minutes(0), "x", false, "PC2");
    auto const kept = covered.run(analyser);
    ASSERT_EQ(kept.findings.size(), 2U); // a host is one host however its name is written
    auto const& text = kept.findings[0].explanation.en;
    EXPECT_EQ(kept.findings[0].severity, Severity::informational);
    EXPECT_EQ(kept.findings[0].count, 2U);
    EXPECT_THAT(text, HasSubstr("Security: 2 events, 2023-11-14 to 2023-11-24"));
    EXPECT_THAT(text, HasSubstr("2023-11-15 – 2023-11-23"));
    EXPECT_THAT(text, HasSubstr("which programs were started"));
    EXPECT_THAT(text, Not(HasSubstr("who logged on")));
    EXPECT_THAT(kept.findings[0].explanation.ja, HasSubstr("潔白を示すことはできません"));
}

}
}
