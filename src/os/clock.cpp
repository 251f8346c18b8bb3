#include "os/clock.hpp"
#include <ctime>

namespace konseki::os {

Timestamp now()
{
    timespec moment {};
    ::clock_gettime(CLOCK_REALTIME, &moment);
    return { (moment.tv_sec + Timestamp::unix_epoch_seconds) * ticks_per_second + moment.tv_nsec / 100 };
}

double steady_seconds()
{
    timespec moment {};
    ::clock_gettime(CLOCK_MONOTONIC, &moment);
    return static_cast<double>(moment.tv_sec) + static_cast<double>(moment.tv_nsec) * 1e-9;
}

}
