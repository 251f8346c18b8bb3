// Names of system calls by architecture and number, as the audit log writes both.
// Not for 32-bit x86 and others: their numbers stay numbers.
// Source: the kernel's asm/unistd_64.h and asm-generic/unistd.h.
#pragma once
#include <cstdint>
#include <string_view>

namespace konseki::linux_audit {

std::string_view system_call_name(std::uint32_t architecture, std::uint32_t number); // empty: not known

}
