#include "traces/windows_autostart/walk_paths.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::windows_autostart {

namespace {

// Lists that share their keys would be walked again and again. The largest real hives hold some million keys.
constexpr std::size_t keys_max = 20'000'000;

}

std::size_t PathSet::step(std::size_t node, std::string_view part)
{
    if (part == "*") {
        if (m_nodes[node].any == 0) {
            m_nodes[node].any = m_nodes.size();
            m_nodes.emplace_back();
        }
        return m_nodes[node].any;
    }
    auto const [place, is_new] = m_nodes[node].named.try_emplace(fold_utf8(part), m_nodes.size());
    auto const found = place->second;
    if (is_new)
        m_nodes.emplace_back();
    return found;
}

void PathSet::add(std::string_view path, std::size_t number)
{
    std::size_t node = 0;
    for (auto const part : split(path, '\\'))
        node = step(node, part);
    m_nodes[node].numbers.push_back(number);
}

std::vector<std::size_t> PathSet::next(std::vector<std::size_t> const& nodes, std::string_view name) const
{
    std::vector<std::size_t> found;
    for (auto const node : nodes) {
        auto const place = m_nodes[node].named.find(name);
        if (place != m_nodes[node].named.end())
            found.push_back(place->second);
        if (m_nodes[node].any != 0)
            found.push_back(m_nodes[node].any);
    }
    return found;
}

bool PathSet::is_end(std::vector<std::size_t> const& nodes) const
{
    return std::all_of(nodes.begin(), nodes.end(),
        [this](std::size_t node) { return m_nodes[node].named.empty() && m_nodes[node].any == 0; });
}

std::vector<PathSet::Match> PathSet::find(
    regf::Hive const& hive, DiagnosticSink& diagnostics, std::stop_token const& stop) const
{
    std::vector<Match> matches;
    std::vector<At> pending;
    auto room = keys_max;
    if (auto root = hive.root(); root.ok())
        pending.push_back({ std::move(root).value(), {}, { 0 } });
    while (!pending.empty() && !stop.stop_requested()) {
        auto const at = std::move(pending.back());
        pending.pop_back();
        for (auto const node : at.nodes)
            for (auto const number : m_nodes[node].numbers)
                matches.push_back({ number, at.key, at.path });
        if (is_end(at.nodes))
            continue;
        auto children = hive.subkeys(at.key, diagnostics);
        if (children.size() > room) {
            diagnostics.report({ { ErrorCode::limit, "autostart.subkeys", at.key.offset, keys_max, room, {} }, 0 });
            break;
        }
        room -= children.size();
        for (auto child = children.rbegin(); child != children.rend(); ++child) {
            auto nodes = next(at.nodes, fold_utf8(child->name));
            if (nodes.empty())
                continue;
            auto path = at.path.empty() ? child->name : at.path + "\\" + child->name;
            pending.push_back({ std::move(*child), std::move(path), std::move(nodes) });
        }
    }
    std::stable_sort(matches.begin(), matches.end(), [](auto const& a, auto const& b) { return a.number < b.number; });
    return matches;
}

}
