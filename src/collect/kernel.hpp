// What was loaded into the kernel: modules (two lists of them, which must agree) and eBPF.
// Not the kernel's memory.
#pragma once
#include "collect/packages.hpp"
#include "collect/processes.hpp"

namespace konseki::collect {

Result<void> collect_modules(Session& session, PackageIndex const& index); // state/modules.jsonl
Result<void> collect_bpf(Session& session, ProcessFacts const& facts); // state/bpf.jsonl

// ---- public for tests ----
std::string module_name_of(std::string_view path); // "kernel/fs/nf-log.ko.xz" -> "nf_log"
bool ends_with_signature(std::string_view content);
std::string_view bpf_program_type(std::uint32_t type);
std::string_view bpf_map_type(std::uint32_t type);
std::string_view bpf_link_type(std::uint32_t type);

}
