// Collecting as commands do it: options read from the command line, progress on standard error, Ctrl-C.
// Not the collecting itself: collect/ does that.
#pragma once
#include "app/context.hpp"
#include "collect/collect.hpp"

namespace konseki::app {

// The options of `konseki collect` and of `konseki examine --live`; the archive goes into `out`.
Result<collect::Options> collect_options(Arguments const& arguments, std::filesystem::path out);
// One collection with progress. Ctrl-C leaves none.
Result<collect::Summary> collect_here(Context& context, collect::Options const& options);
void write_collected(Output& out, collect::Summary const& summary);

}
