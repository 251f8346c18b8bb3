#include "app/report_command.hpp"
#include "app/command_table.hpp"
#include "base/text.hpp"
#include "os/clock.hpp"
#if __has_include("report/report.hpp")
#include "report/report.hpp"
#define KONSEKI_HAS_REPORT 1
#endif

namespace konseki::app {

#ifdef KONSEKI_HAS_REPORT
Result<std::filesystem::path> write_case_report(
    Context& context, store::Case const& source, std::filesystem::path const& target)
{
    auto const path = target.empty() ? source.folder() / "report.html" : target;
    report::ReportOptions options;
    options.language = context.language();
    options.generated_at = os::now();
    TRY(report::write(source, options, path));
    return path;
}
#else
Result<std::filesystem::path> write_case_report(Context&, store::Case const&, std::filesystem::path const&)
{
    return std::filesystem::path {};
}
#endif

ExitCode run_report(Context& context)
{
    return answer_with(context, [&]() -> Result<ExitCode> {
        auto const source = TRY(open_case(context, store::Access::read_only));
        auto const path
            = TRY(write_case_report(context, *source, std::filesystem::path(context.arguments().value("output"))));
        context.out().write(path.string() + "\n");
        return ExitCode::done;
    });
}

}
