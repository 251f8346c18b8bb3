// konseki query, evidence and diagnostics: tables of the store as they are.
#include "app/command_table.hpp"
#include "app/context.hpp"
#include "app/rows_output.hpp"
#include "base/text.hpp"

namespace konseki::app {

static Result<ExitCode> write_query(
    Context& context, std::string_view sql, std::span<store::Parameter const> parameters = {})
{
    auto const source = TRY(open_case(context, store::Access::read_only));
    auto rows = TRY(source->query(sql, parameters));
    TRY(context.open_output());
    auto const writer = context.make_writer();
    auto const count = TRY(write_rows(rows, *writer, context.answer()));
    if (count == 0 && context.out().is_terminal())
        context.remark("no rows");
    return ExitCode::done;
}

static Result<ExitCode> query(Context& context)
{
    auto const& sql = context.arguments().operands()[0];
    if (context.arguments().value("format") != "parquet")
        return write_query(context, sql);
    if (!context.arguments().has("output"))
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            "parquet is not text: say where it goes with --output FILE" };
    auto const source = TRY(open_case(context, store::Access::read_only));
    auto const count = TRY(source->export_parquet(sql, std::filesystem::path(context.arguments().value("output"))));
    context.remark(format("{} rows written", grouped(count)));
    return ExitCode::done;
}

ExitCode run_query(Context& context)
{
    return answer_with(context, [&] { return query(context); });
}

ExitCode run_diagnostics(Context& context)
{
    return answer_with(context, [&]() -> Result<ExitCode> {
        auto const limit = TRY(context.arguments().number("limit", 0));
        auto sql = format("SELECT 'e' || d.evidence AS evidence, d.* EXCLUDE (evidence), e.original_path FROM "
                          "diagnostic d LEFT JOIN evidence e ON e.number = d.evidence{} "
                          "ORDER BY d.evidence, d.\"offset\", d.what{}",
            context.arguments().has("lost") ? " WHERE d.bytes_lost > 0" : "",
            limit == 0 ? std::string {} : format(" LIMIT {}", limit));
        return write_query(context, sql);
    });
}

}
