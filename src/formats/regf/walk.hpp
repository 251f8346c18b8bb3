// The walk over all live keys of a hive (what is inlined of regf.hpp; include that).
// Not a search: Hive::find goes straight to one key.
#pragma once
#include "formats/regf/cells.hpp"
#include "formats/regf/regf.hpp"

namespace konseki::regf {

inline constexpr std::uint32_t key_depth_max = 512; // Windows allows 512 levels of keys

void assign(Key& key, KeyCell const& cell, std::string_view name);

inline std::optional<KeyCell> Hive::key_cell(std::uint32_t cell_offset) const
{
    auto const content = cell_content(m_bins, cell_offset);
    return content ? KeyCell::read(cell_offset, *content) : std::nullopt;
}

inline std::optional<ValueCell> Hive::value_cell(std::uint32_t cell_offset) const
{
    auto const content = cell_content(m_bins, cell_offset);
    return content ? ValueCell::read(cell_offset, *content) : std::nullopt;
}

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
    std::string_view name() const; // of cell(), in UTF-8

private:
    struct Pending {
        KeyCell cell;
        std::uint32_t depth = 0;
        std::size_t parent_path_size = 0;
    };
    void append_children(KeyCell const& parent);
    bool append_usual_children(KeyCell const& parent);
    void report_oddities(KeyCell const& parent, std::vector<KeyCell> const& children) const;

    Hive const& m_hive;
    DiagnosticSink& m_diagnostics;
    std::optional<KeyCell> m_cell;
    std::string m_path;
    std::size_t m_name_at = 0; // in the path
    std::string m_root_name; // the path leaves it out
    std::uint32_t m_depth = 0;
    std::vector<Pending> m_pending;
    std::vector<bool> m_seen; // one flag per 8 bytes of the bins
    std::vector<std::uint32_t> m_offsets; // of the children of one key
};

template <typename Visit> void walk(Hive const& hive, DiagnosticSink& diagnostics, Visit&& visit)
{
    Key key;
    for (Walk keys { hive, diagnostics }; keys.next();) {
        assign(key, keys.cell(), keys.name());
        visit(std::as_const(key), keys.path());
    }
}

template <typename Visit> void Hive::each_value(Key const& key, DiagnosticSink& diagnostics, Visit&& visit) const
{
    Value value;
    auto const items = value_items({ key.offset, key.value_count, key.value_list }, diagnostics);
    for (std::size_t at = 0; at < items.size(); at += 4) {
        auto const cell = value_cell(item_at(items, at));
        if (!cell) {
            report_no_value(item_at(items, at), diagnostics);
            continue;
        }
        assign(value, *cell);
        visit(std::as_const(value));
    }
}

}
