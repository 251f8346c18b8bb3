// What the terminal behind a descriptor can show.
// Not a printer: app/ prints.
#pragma once
#include <cstdint>

namespace konseki::os {

struct Terminal {
    bool is_terminal = false;
    bool may_colour = false; // a terminal, TERM is not "dumb", NO_COLOR is not set
    std::uint32_t columns = 80;
};

Terminal terminal_of(int descriptor);

}
