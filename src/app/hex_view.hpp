// Bytes as people read them: offset in the evidence, sixteen bytes, and their ASCII.
#pragma once
#include "base/byte_view.hpp"
#include <string>

namespace konseki::app {

// Lines begin at multiples of 16 of the evidence; bytes before `offset` in the first line stay blank.
std::string hex_view(ByteView bytes, std::uint64_t offset);

}
