// The style sheet of the report, inlined and allowed by its digest alone.
// Not a theme engine: light, dark and print are all there is.
#pragma once
#include <string_view>

namespace konseki::report {

extern std::string_view const style_sheet;

}
