// The program's entry: reads the command line, wires the command, turns what escapes into an exit code.
#include "app/arguments.hpp"
#include "app/context.hpp"
#include "app/help.hpp"
#include <csignal>
#include <cstdio>
#include <exception>

namespace konseki::app {

static int run(int argument_count, char** argument_values)
{
    std::vector<std::string> words { argument_values + 1, argument_values + argument_count };
    for (auto& word : words)
        if (word == "--version" && &word == &words.front())
            word = "version";
    auto parsed = Arguments::parse(words);
    if (!parsed.ok()) {
        Arguments const nothing;
        return static_cast<int>(Context { nothing }.fail(parsed.error()));
    }
    auto const& arguments = parsed.value();
    Context context { arguments };
    if (arguments.wants_help()) {
        context.out().write(arguments.command() != nullptr ? command_help(*arguments.command())
                : arguments.group().empty()                ? program_help()
                                                           : group_help(arguments.group()));
        return 0;
    }
    if (arguments.command() == nullptr) {
        context.errors().write(program_help());
        return static_cast<int>(ExitCode::wrong_use);
    }
    return static_cast<int>(arguments.command()->run(context));
}

}

int main(int argument_count, char** argument_values)
{
    (void)std::signal(SIGPIPE, SIG_IGN); // a reader that has seen enough ends the output, not the program
    try {
        return konseki::app::run(argument_count, argument_values);
    } catch (std::exception const& exception) {
        std::fprintf(stderr,
            "konseki: %s\n  next: this is a bug of konseki or of the machine; the case opens again with what was "
            "done\n",
            exception.what());
    }
    return static_cast<int>(konseki::app::ExitCode::could_not_work);
}
