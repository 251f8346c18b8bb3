// expect: no viable conversion | cannot convert | no matching
// The value of a Result is asked for, never assumed.
#include "bytes/byte_reader.hpp"

konseki::ByteView head(konseki::ByteView bytes)
{
    auto part = konseki::slice(bytes, 0, 4, "head");
#ifdef GOOD
    return part.ok() ? part.value() : konseki::ByteView {};
#else
    return part;
#endif
}
