// Writing the case report, for `konseki report` and for the end of `konseki examine`. The report itself is report/'s.
#pragma once
#include "app/context.hpp"

namespace konseki::app {

// target empty: report/report.html in the case folder. Gives the path.
Result<std::filesystem::path> write_case_report(
    Context& context, store::Case const& source, std::filesystem::path const& target);

}
