// The classes and namespaces that a repository knows, and which definition an object means. Inside formats/cim only.
#pragma once
#include "formats/cim/object.hpp"
#include <map>
#include <string>
#include <unordered_map>

namespace konseki::cim {

struct ClassEntry {
    ClassRecord record;
    std::string name_hash;
    std::string_view namespace_hash; // empty where nothing tells
    std::uint64_t offset = 0, size_bytes = 0;
    Found found = Found::live;
    bool is_built_in = false; // ours, of well_known.hpp: the repository has none
};

class ClassCatalogue {
public:
    explicit ClassCatalogue(HashKind hash_kind)
        : m_hash_kind(hash_kind)
        , m_system_namespace(name_hash("__SystemClass", hash_kind))
    {
    }

    void add(ClassEntry entry) { m_entries.push_back(std::move(entry)); }
    void order(); // once filled: adds what is missing; pointers into entries() stay valid from here on
    std::vector<ClassEntry> const& entries() const { return m_entries; }
    std::string_view system_namespace() const { return m_system_namespace; }

    // The definition that an object in this namespace, made with a class of that time, means; nullptr: none is known.
    ClassEntry const* find(std::string_view name_hash, std::string_view namespace_hash, Timestamp stamp) const;
    // Valid until the next call.
    ClassLayout const& layout(ClassEntry const& entry);

private:
    ClassLayout make_layout(ClassEntry const& entry) const;

    HashKind m_hash_kind;
    std::string m_system_namespace;
    std::vector<std::string> m_built_in; // bytes of the built-in ones
    std::vector<ClassEntry> m_entries;
    std::unordered_map<std::string_view, std::vector<std::size_t>> m_by_hash;
    std::map<ClassEntry const*, ClassLayout> m_layouts;
};

}
