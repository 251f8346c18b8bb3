#include "base/result.hpp"
#include <cstdio>
#include <cstdlib>

namespace konseki::detail {

void verify_failed(char const* condition, char const* file, int line)
{
    std::fprintf(stderr, "%s:%d: VERIFY failed: %s\n", file, line, condition);
    std::abort();
}

}
