// What is mounted where, and what of it must not be entered.
// Not the walk: files.cpp asks.
#pragma once
#include "collect/session.hpp"

namespace konseki::collect {

struct Mount {
    std::string device, type, point, options, root;
};

std::vector<Mount> parse_mountinfo(std::string_view text); // [proc(5)] octal escapes undone
// Blocks network mounts in session.source, each with a note; writes state/mounts.jsonl.
Result<std::vector<Mount>> collect_mounts(Session& session);

}
