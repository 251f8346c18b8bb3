// What things of different hosts are counted together by: each item of a host's state has a key at several
// granularities, with users, numbers and random parts taken out [fsa 5c, 1]. Not the counting: counts.hpp does that.
#pragma once
#include "analysers/host_state/item.hpp"
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace konseki::stacking {

enum class Granularity : std::uint8_t {
    item, // the thing itself: "task|\gameover"
    path, // the file it leads to
    content, // name and digest of that file
    signer, // who signed or made it
    place, // which door it uses, and the folder its file lies in
    pair, // program, library and folder that lie together
    command, // the shape of its command
};
inline constexpr std::size_t granularity_count = 7;

struct GranularityFacts {
    Granularity granularity {};
    std::string_view name {}, column {}, meaning {}; // column: of host.state
};
std::span<GranularityFacts const> granularities(); // in the order of the enum
// Whether a task and a service are the same thing at that granularity: bytes are bytes.
constexpr bool counts_over_kinds(Granularity granularity)
{
    return granularity == Granularity::content;
}

// Keys that an item's own columns do not hold yet. Empty: it has none of that granularity.
struct Keys {
    std::string path {}, content {}, place {}, pair {}, command {};
    // What an analyst looks at as one: a product's folder with all that starts from it, a pair of program and library
    // wherever it lies, a file in a folder that many share, or the item itself. Never empty where the item has a key.
    std::string story {};
};
Keys keys_of(host_state::Item const& item);

std::string command_shape(std::string_view command); // one form for what differs by user, number, quotes and encoding

}
