#include "os/terminal.hpp"
#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace konseki::os {

namespace {
std::string_view environment(char const* name)
{
    auto const* const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody here sets variables
    return value == nullptr ? std::string_view {} : value;
}
}

Terminal terminal_of(int descriptor)
{
    Terminal terminal;
    terminal.is_terminal = ::isatty(descriptor) == 1;
    if (!terminal.is_terminal)
        return terminal;
    auto const term = environment("TERM");
    terminal.may_colour = !term.empty() && term != "dumb" && environment("NO_COLOR").empty();
    winsize size {};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        terminal.columns = size.ws_col;
    return terminal;
}

}
