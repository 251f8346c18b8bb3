// The walk over all live keys of a hive (template part of regf.hpp; include that).
// Not a search: Hive::find goes straight to one key.
#pragma once
#include "formats/regf/cells.hpp"
#include "formats/regf/regf.hpp"

namespace konseki::regf {

inline constexpr std::uint32_t key_depth_max = 512; // Windows allows 512 levels of keys

void assign(Key& key, KeyCell const& cell);

// Goes from key to key without making a Key of any: what walk() is made of. Children that Windows would not find, or
// that something else wrote (a wrong parent, the name of the child before, a name out of order), are given and
// reported.
class Walk {
public:
    Walk(Hive const& hive [[clang::lifetimebound]], DiagnosticSink& diagnostics [[clang::lifetimebound]]);

    // To the next key; false at the end. The children of the key before are looked up only now.
    bool next();
    KeyCell const& cell() const { return *m_cell; } // and path(): until the next next()
    std::string const& path() const { return m_path; }

private:
    struct Pending {
        std::uint32_t cell_offset = 0;
        std::uint32_t depth = 0;
        std::size_t parent_path_size = 0;
    };
    void append_children();
    void report_oddities() const;

    Hive const& m_hive;
    DiagnosticSink& m_diagnostics;
    std::optional<KeyCell> m_cell;
    std::string m_path;
    std::uint32_t m_depth = 0;
    std::vector<Pending> m_pending;
    std::vector<bool> m_seen; // one flag per 8 bytes of the bins
    std::vector<std::uint32_t> m_offsets; // of the children of one key
    std::vector<KeyCell> m_children;
};

template <typename Visit> void walk(Hive const& hive, DiagnosticSink& diagnostics, Visit&& visit)
{
    Key key;
    for (Walk keys { hive, diagnostics }; keys.next();) {
        assign(key, keys.cell());
        visit(std::as_const(key), keys.path());
    }
}

template <typename Visit> void Hive::each_value(Key const& key, DiagnosticSink& diagnostics, Visit&& visit) const
{
    Value value;
    auto const items = value_items({ key.offset, key.value_count, key.value_list }, diagnostics);
    for (std::size_t at = 0; at < items.size(); at += 4) {
        if (auto const cell = value_cell(item_at(items, at), diagnostics)) {
            assign(value, *cell);
            visit(std::as_const(value));
        }
    }
}

}
