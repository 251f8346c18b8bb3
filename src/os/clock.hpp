// What time it is: the only place that asks.
// Not a Timestamp: that is a value of base/.
#pragma once
#include "base/timestamp.hpp"

namespace konseki::os {

Timestamp now();
double steady_seconds(); // since some fixed moment; never jumps

}
