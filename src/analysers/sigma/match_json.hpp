// The two small JSON texts of a sigma.match row, read back: [["name","value"],…] and {"name":"value",…}.
// Not a JSON parser: only what watcher.cpp writes; anything else ends the reading.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki::sigma {

// What could be read; never fails.
std::vector<std::pair<std::string, std::string>> read_pairs(std::string_view json);

}
