#include "app/collect_command.hpp"
#include "app/command_table.hpp"
#include "app/progress.hpp"
#include "app/terminal_text.hpp"
#include "base/text.hpp"
#include "os/stop.hpp"

namespace konseki::app {

namespace {

class CollectLine final : public collect::ProgressSink {
public:
    explicit CollectLine(Context& context)
        : m_context(context)
        , m_is_shown(context.shows_progress())
    {
    }
    ~CollectLine() override { clear(); }
    CollectLine(CollectLine const&) = delete;
    CollectLine& operator=(CollectLine const&) = delete;

    void on_progress(collect::Progress const& progress) override
    {
        if (!m_is_shown)
            return;
        auto& errors = m_context.errors();
        auto text = format("collecting {}", progress.phase);
        if (progress.total > 0)
            append_format(text, ": {} %", std::min<std::uint64_t>(99, progress.done * 100 / progress.total));
        append_format(text, ", {} taken", size_text(progress.bytes_taken));
        if (progress.seconds_left)
            append_format(text, ", {} left", duration_text(*progress.seconds_left));
        if (!errors.is_terminal()) {
            if (progress.seconds - m_last_seconds < 5)
                return;
            m_last_seconds = progress.seconds;
            errors.write(text + "\n");
            errors.flush();
            return;
        }
        append_format(text, "  {}", terminal_safe(progress.current));
        errors.write("\r\x1b[K" + cut_to_width(text, errors.width() - 1));
        errors.flush();
        m_has_line = true;
    }

private:
    void clear()
    {
        if (!m_has_line)
            return;
        m_context.errors().write("\r\x1b[K");
        m_context.errors().flush();
    }

    Context& m_context;
    bool m_is_shown;
    bool m_has_line = false;
    double m_last_seconds = -1'000;
};

}

Result<collect::Options> collect_options(Arguments const& arguments, std::filesystem::path out)
{
    collect::Options options;
    options.out = std::move(out);
    if (arguments.has("root")) {
        options.root = std::filesystem::path(arguments.value("root"));
        options.is_dead = true;
        std::error_code ignored;
        if (!std::filesystem::is_directory(options.root, ignored))
            return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
                format("--root {}: there is no such folder", options.root.string()) };
    }
    if (arguments.has("no-environ"))
        options.environment = collect::Environment::without;
    else if (arguments.has("keep-secrets"))
        options.environment = collect::Environment::whole;
    auto const verify = arguments.value("verify", "programs");
    options.verify = verify == "all" ? collect::Verify::all
        : verify == "none"           ? collect::Verify::none
                                     : collect::Verify::programs;
    options.with_logs = !arguments.has("no-logs");
    options.is_gentle = !arguments.has("fast");
    return options;
}

Result<collect::Summary> collect_here(Context& context, collect::Options const& options)
{
    os::StopOnSignal const stop;
    CollectLine progress(context);
    return collect::collect(options, progress, stop.token());
}

void write_collected(Output& out, collect::Summary const& summary)
{
    out.write(format("Collected {} ({}, of {} in {} members, {})\n", summary.archive.string(),
        size_text(summary.archive_bytes), size_text(summary.bytes_taken), grouped(summary.members),
        duration_text(summary.seconds)));
    out.write(
        format("Host      {}{}: {} processes, {} sockets, {} modules, {} packages, {} accounts, {} files listed, {} "
               "contents taken\n",
            terminal_safe(summary.host), summary.is_root ? "" : " (not as root: much cannot be seen)",
            grouped(summary.processes), grouped(summary.sockets), grouped(summary.modules), grouped(summary.packages),
            grouped(summary.accounts), grouped(summary.file_rows), grouped(summary.files_taken)));
    if (summary.notes > 0)
        out.write(format("Notes     {} things could not be read or were left out: state/notes.jsonl names them\n",
            grouped(summary.notes)));
}

static Result<ExitCode> run(Context& context)
{
    auto const options = TRY(collect_options(context.arguments(), context.arguments().value("out", ".")));
    auto const summary = TRY(collect_here(context, options));
    write_collected(context.out(), summary);
    context.out().write(format("Next      konseki examine {}\n", summary.archive.string()));
    return ExitCode::done;
}

ExitCode run_collect(Context& context)
{
    return answer_with(context, [&] { return run(context); });
}

}
