// expect: invalid operands | no match for
// A wall-clock reading without a zone never compares with UTC.
#include "base/timestamp.hpp"

bool is_before(konseki::LocalTime local, konseki::Timestamp utc)
{
#ifdef GOOD
    return local.ticks != 0 && utc.is_set();
#else
    return local < utc;
#endif
}
