// expect: dangling | temporary
// reader.rest() views bytes that somebody must keep alive: a view of a temporary vector is refused where the compiler can see it.
#include "base/byte_view.hpp"
#include <string>

std::string_view name()
{
#ifdef GOOD
    return "kept";
#else
    std::string_view view = std::string("temporary that is long enough to live on the heap");
    return view;
#endif
}
