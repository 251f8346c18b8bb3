// A host of the case by what somebody calls it on the command line. A name that no host has is wrong use, said with
// those there are: an empty answer would look like a clean host.
#pragma once
#include "store/case.hpp"
#include <string>
#include <string_view>
#include <vector>

namespace konseki::app {

Result<std::string> host_named(store::Case const& source, std::string_view wanted); // its name in the case
Error no_such_host(std::string_view wanted, std::vector<std::string> const& there_are);

}
