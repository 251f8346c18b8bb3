#include "analysers/catalogue.hpp"
#include "base/result.hpp"
#include <algorithm>

namespace konseki {

std::vector<Analyser const*> analysers_in_order()
{
    auto const all = analysers();
    std::vector<Analyser const*> order;
    auto const is_done = [&](std::string_view name) {
        return std::any_of(order.begin(), order.end(), [&](auto const* analyser) { return analyser->name == name; });
    };
    while (order.size() < all.size()) {
        auto const next = std::find_if(all.begin(), all.end(), [&](auto const* analyser) {
            return !is_done(analyser->name) && std::all_of(analyser->after.begin(), analyser->after.end(), is_done);
        });
        VERIFY(next != all.end()); // a circle of `after`, or a name that is none
        order.push_back(*next);
    }
    return order;
}

}
