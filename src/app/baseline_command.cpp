// konseki baseline make, konseki baseline use: known-good states to compare the hosts of a case with.
#include "analysers/ranking/analyser.hpp"
#include "app/case_baseline.hpp"
#include "app/command_table.hpp"
#include "app/examine_command.hpp"
#include "app/host_choice.hpp"
#include "base/text.hpp"
#include "os/file.hpp"

namespace konseki::app {

static Result<std::vector<std::string>> chosen_hosts(Arguments const& arguments, store::Case const& source)
{
    std::vector<std::string> hosts;
    for (auto const& value : arguments.values("hosts"))
        for (auto const name : split(value, ','))
            if (!trim(name).empty())
                hosts.push_back(TRY(host_named(source, trim(name))));
    return hosts;
}

static Result<ExitCode> make(Context& context)
{
    auto const& arguments = context.arguments();
    if (!arguments.has("output"))
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0, "say where to write it with --output FILE" };
    auto const source = TRY(open_case(context, store::Access::read_only));
    auto const hosts = TRY(chosen_hosts(arguments, *source));
    auto const file = TRY(stacking::make_baseline(*source, hosts));
    std::filesystem::path const target(arguments.value("output"));
    TRY(os::write_file_atomically(target, as_bytes(file)));
    stacking::Baseline made;
    TRY(stacking::read_baseline(as_bytes(file), made));
    context.out().write(format("Baseline  {} ({})\nHosts     {}\nKeys      {}\n", target.string(),
        size_text(file.size()), grouped(made.hosts), grouped(made.keys)));
    context.remark("what these hosts hold will count as harmless: be sure that they are clean");
    return ExitCode::done;
}

static Result<ExitCode> use(Context& context)
{
    auto const& arguments = context.arguments();
    if (arguments.has("none") != arguments.operands().empty())
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            "name one baseline or more, or --none to use none any more" };
    auto const target = TRY(open_case(context, store::Access::read_write));
    if (arguments.has("none"))
        TRY(drop_baselines(target->folder()));
    for (auto const& file : arguments.operands())
        TRY(keep_baseline(target->folder(), file));
    TRY(run_analyser(ranking::analyser, *target, {}, {}));
    auto const all = TRY(load_baselines(target->folder()));
    context.out().write(all ? format("Baseline  {} hosts, {} keys; the hosts were ranked again\n", grouped(all->hosts),
                            grouped(all->keys))
                            : std::string("Baseline  none; the hosts were ranked again\n"));
    context.out().write(format(
        "Next      konseki fleet rank --case {0}\n          konseki report --case {0}\n", target->folder().string()));
    return ExitCode::done;
}

ExitCode run_baseline_make(Context& context)
{
    return answer_with(context, [&] { return make(context); });
}

ExitCode run_baseline_use(Context& context)
{
    return answer_with(context, [&] { return use(context); });
}

}
