#include "os/memory.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <sched.h>

namespace konseki::os {

namespace {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

// Files of /proc have no size: read until the end.
std::string proc_text(int process_id, std::string_view name)
{
    auto const path = process_id == 0 ? format("/proc/self/{}", name) : format("/proc/{}/{}", process_id, name);
    std::unique_ptr<std::FILE, CloseFile> const file { std::fopen(path.c_str(), "re") };
    std::string text;
    if (file == nullptr)
        return text;
    char part[4096];
    while (true) {
        auto const got = std::fread(part, 1, sizeof part, file.get());
        if (got == 0)
            return text;
        text.append(part, got);
    }
}

std::uint64_t kilobytes_of(std::string_view text, std::string_view label)
{
    for (auto const line : split(text, '\n')) {
        if (!line.starts_with(label))
            continue;
        auto const value = trim(line.substr(label.size()));
        return parse_uint(value.substr(0, value.find(' '))).value_or(0) * 1024;
    }
    return 0;
}

}

MemoryUse memory_of(int process_id)
{
    auto const status = proc_text(process_id, "status");
    auto const rollup = proc_text(process_id, "smaps_rollup");
    return { kilobytes_of(status, "VmRSS:"), kilobytes_of(status, "VmHWM:"), kilobytes_of(rollup, "Pss:"),
        kilobytes_of(status, "VmData:") };
}

unsigned processor_count()
{
    cpu_set_t allowed; // what this process may use, not what the machine has
    if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return 1;
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&allowed)));
}

}
