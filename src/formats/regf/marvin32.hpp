// Marvin32 with the seed that registry log entries use. [regf, new format, note 3]
// Not a general hash: the seed is fixed.
#pragma once
#include "base/byte_view.hpp"

namespace konseki::regf {

std::uint64_t marvin32(ByteView bytes);

}
