// "Most recently used" lists of the shell: which value of a key stands first.
// Not what the values say: that differs per list.
#pragma once
#include "bytes/byte_reader.hpp"
#include "traces/registry_values.hpp"

namespace konseki {

// Names of values, newest first. MRUListEx: numbers of 32 bits up to 0xffffffff; MRUList: one letter each.
inline std::vector<std::string> mru_order(RegistryValues const& values)
{
    std::vector<std::string> order;
    if (auto const* list = values.find("MRUListEx")) {
        ByteReader reader { list->content, list->offset };
        while (reader.remaining() >= 4) {
            auto const number = reader.u32("mru.number");
            if (number == 0xffff'ffffU)
                break;
            order.push_back(format("{}", number));
        }
        return order;
    }
    for (char const letter : values.text("MRUList"))
        order.emplace_back(1, letter);
    return order;
}

inline std::optional<std::uint32_t> mru_position(std::vector<std::string> const& order, std::string_view name)
{
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (equals_ignoring_case(order[i], name))
            return static_cast<std::uint32_t>(i);
    }
    return std::nullopt;
}

}
