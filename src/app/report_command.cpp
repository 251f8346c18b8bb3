#include "app/report_command.hpp"
#include "app/command_table.hpp"
#include "base/text.hpp"
#include "os/clock.hpp"
#include "os/file.hpp"
#include "report/report.hpp"
#include <cerrno>

namespace konseki::app {

Result<std::filesystem::path> write_case_report(
    Context& context, store::Case const& source, std::filesystem::path const& target)
{
    bool const is_json
        = context.arguments().command()->name == "report" && context.arguments().value("format") == "json";
    auto const path = target.empty() ? source.report_folder() / (is_json ? "report.json" : "report.html") : target;
    report::ReportOptions options;
    options.language = context.language();
    options.generated_at = os::now();
    options.title = context.arguments().value("title");
    if (target.empty())
        TRY(os::make_folders(source.report_folder()));
    else if (std::error_code ignored;
             target.has_parent_path() && !std::filesystem::is_directory(target.parent_path(), ignored))
        return os::error_from_errno(ENOENT, "output file", target.string()); // a mistyped folder is not made
    TRY(is_json ? report::write_json(source, options, path) : report::write(source, options, path));
    return path;
}

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
