#include "app/host_choice.hpp"
#include "base/text.hpp"
#include "report/host_state.hpp"
#include <algorithm>

namespace konseki::app {

Error no_such_host(std::string_view wanted, std::vector<std::string> const& there_are)
{
    constexpr std::size_t named_max = 20;
    std::string names;
    for (std::size_t at = 0; at < std::min(there_are.size(), named_max); ++at)
        append_format(names, "{}{}", at == 0 ? "" : ", ", there_are[at]);
    if (there_are.size() > named_max)
        append_format(names, ", … ({} in all: konseki hosts)", grouped(there_are.size()));
    return { ErrorCode::wrong_use, "command line", 0, 0, 0,
        names.empty() ? format("there is no host {}: nothing in this case names a machine", wanted)
                      : format("there is no host {}; there are: {}", wanted, names) };
}

Result<std::string> host_named(store::Case const& source, std::string_view wanted)
{
    if (auto found = TRY(report::find_host_name(source, wanted)))
        return *std::move(found);
    return no_such_host(wanted, TRY(report::host_names(source)));
}

}
