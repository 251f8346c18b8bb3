// Registry hives made from text, for tests of artefacts that need keys of their own: "[key] time" and "name =
// type:data". Not a writer for Windows: one bin, no security cells, no hashes.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace konseki::test {

// [Software\Run] 2024-01-02T03:04:05Z     a key (parents are made as needed; the time may be left out)
// Name = sz:text                          also expand: multi:a|b dword:5 qword:0x10 hex:"00 01"; "@" is the default
// value # a comment Throws std::runtime_error on anything else.
std::vector<std::byte> hive_from_text(std::string_view text);

}
