// The walk over all live keys of a hive (template part of regf.hpp; include that).
// Not a search: Hive::find goes straight to one key.
#pragma once
#include "formats/regf/regf.hpp"
#include <algorithm>

namespace konseki::regf {

inline constexpr std::uint32_t key_depth_max = 512; // Windows allows 512 levels of keys

// What hides a child from Windows, or shows that something else wrote the hive: a wrong parent, the name of the child
// before it, a name out of order. Such children are given nevertheless.
void report_oddities(Key const& parent, std::vector<Key> const& children, DiagnosticSink& diagnostics);

template <typename Visit> void walk(Hive const& hive, DiagnosticSink& diagnostics, Visit&& visit)
{
    struct Pending {
        Key key;
        std::string path;
        std::uint32_t depth;
    };
    auto root = hive.root();
    if (!root.ok()) {
        diagnostics.report({ root.error(), 0 });
        return;
    }
    std::vector<Pending> pending;
    pending.push_back({ std::move(root).value(), {}, 0 });
    std::vector<bool> seen;
    while (!pending.empty()) {
        auto current = std::move(pending.back());
        pending.pop_back();
        auto const index = static_cast<std::size_t>(current.key.offset / 8);
        if (index >= seen.size())
            seen.resize(index + 1);
        if (seen[index]) {
            diagnostics.report({ { ErrorCode::loop, "regf.key", current.key.offset, 0, 0, {} }, 0 });
            continue;
        }
        seen[index] = true;
        visit(current.key, current.path);
        if (current.depth >= key_depth_max) {
            diagnostics.report({ { ErrorCode::limit, "regf.depth", current.key.offset, key_depth_max, 0, {} }, 0 });
            continue;
        }
        auto children = hive.subkeys(current.key, diagnostics);
        report_oddities(current.key, children, diagnostics);
        std::reverse(children.begin(), children.end());
        for (auto& child : children) {
            auto path = current.path.empty() ? child.name : current.path + "\\" + child.name;
            pending.push_back({ std::move(child), std::move(path), current.depth + 1 });
        }
    }
}

}
