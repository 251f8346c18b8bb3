// expect: nodiscard
// A Result that nobody looks at is a lost error.
#include "bytes/byte_reader.hpp"

void look(konseki::ByteView bytes)
{
#ifdef GOOD
    (void)konseki::slice(bytes, 0, 1, "head");
#else
    konseki::slice(bytes, 0, 1, "head");
#endif
}
