// Rules, authorities and actions of polkit.
// Not a JavaScript engine: rules are cut out, not run.
#pragma once
#include "traces/linux_text.hpp"

namespace konseki::linux_sudo {

void read_polkit_rules(ByteView file, LinuxRows& rows);
void read_polkit_authority(ByteView file, LinuxRows& rows);
void read_polkit_action(ByteView file, LinuxRows& rows);

}
