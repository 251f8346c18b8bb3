// Page maps of a repository: which physical page of OBJECTS.DATA and INDEX.BTR holds which logical page.
// Not the pages themselves. Inside formats/cim only.
#pragma once
#include "formats/cim/cim.hpp"
#include <optional>

namespace konseki::cim {

inline constexpr std::uint32_t no_page = 0xffff'ffff;

struct PageMap {
    std::vector<std::uint32_t> physical; // by logical page; no_page where nothing is mapped
    std::uint32_t index_root = no_page; // Vista and later keep it in the first entry of the index map

    std::optional<std::uint32_t> find(std::uint64_t logical) const
    {
        if (logical >= physical.size() || physical[static_cast<std::size_t>(logical)] == no_page)
            return std::nullopt;
        return physical[static_cast<std::size_t>(logical)];
    }
};

struct Mapping {
    std::uint32_t version = 0; // raised with each checkpoint
    PageMap objects, index;
};

// The sound map with the highest version; nothing where there is none. Unsound ones are reported.
std::optional<Mapping> choose_mapping(Files const& files, DiagnosticSink& diagnostics);

}
