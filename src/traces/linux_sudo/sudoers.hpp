// The grammars of sudoers and doas.conf.
// Not polkit: polkit.hpp.
#pragma once
#include "traces/linux_text.hpp"

namespace konseki::linux_sudo {

void read_sudoers(ByteView file, LinuxRows& rows);
void read_doas(ByteView file, LinuxRows& rows); // and sudo.conf, which is words, too

}
