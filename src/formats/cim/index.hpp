// The B-tree of a repository (INDEX.BTR): keys that lead to records. Not the records. Inside formats/cim only.
#pragma once
#include "formats/cim/mapping.hpp"
#include <unordered_map>

namespace konseki::cim {

enum class KeyKind : std::uint8_t { class_definition, instance, registration };

// Views the index. "NS_<hash>/CI_<hash>/IL_<hash>.<page>.<id>.<size>"
struct Key {
    std::string_view namespace_hash;
    std::string_view class_hash; // of the definition, or of the instance's class
    KeyKind kind = KeyKind::registration;
    std::uint32_t page = 0, record_id = 0; // logical page of OBJECTS.DATA
    std::uint64_t size_bytes = 0;
};

struct Index {
    std::vector<Key> keys; // that the tree leads to
    std::vector<Key> remnants; // in pages that the tree does not lead to: of records that were deleted or moved
    bool is_usable = false; // the tree has a root that reads well

    Key const* find(std::uint32_t page, std::uint32_t record_id) const;
    Key const* find_remnant(std::uint32_t record_id) const; // record ids are random: good enough without the page
    void order(); // once filled

private:
    std::unordered_map<std::uint64_t, std::size_t> m_live;
    std::unordered_map<std::uint32_t, std::size_t> m_remnants;
};

Index read_index(ByteView bytes, PageMap const* map, DiagnosticSink& diagnostics);

}
