#include "formats/regf/walk.hpp"
#include <compare>

namespace konseki::regf {

namespace {

// Windows keeps the children of a key in the order of their capital letters; it finds none that is out of order.
// Letters beyond ASCII are left alone: their order is that of the machine's own table.
std::optional<std::strong_ordering> order_of(std::string_view before, std::string_view after)
{
    auto const upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
    for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
        if ((static_cast<unsigned char>(before[i]) | static_cast<unsigned char>(after[i])) >= 0x80)
            return std::nullopt;
        if (auto const order = upper(before[i]) <=> upper(after[i]); order != std::strong_ordering::equal)
            return order;
    }
    return before.size() <=> after.size();
}

// Latin-1 is compared as it lies there: as UTF-8, the first letter beyond ASCII stands at the same place.
std::optional<std::strong_ordering> order_of(StoredName const& before, StoredName const& after)
{
    if (before.is_latin1 && after.is_latin1)
        return order_of(as_text(before.bytes), as_text(after.bytes));
    return order_of(before.text(), after.text());
}

}

Walk::Walk(Hive const& hive, DiagnosticSink& diagnostics)
    : m_hive(hive)
    , m_diagnostics(diagnostics)
    , m_seen(hive.m_bins.size() / 8 + 1)
{
    auto const root = hive.root();
    if (root.ok())
        m_pending.push_back({ static_cast<std::uint32_t>(root.value().offset - base_block_bytes), 0, 0 });
    else
        diagnostics.report({ root.error(), 0 });
}

bool Walk::next()
{
    if (m_cell)
        append_children();
    m_cell.reset();
    while (!m_pending.empty()) {
        auto const pending = m_pending.back();
        m_pending.pop_back();
        auto is_seen = m_seen[pending.cell_offset / 8];
        if (is_seen) {
            m_diagnostics.report(
                { { ErrorCode::loop, "regf.key", base_block_bytes + pending.cell_offset, 0, 0, {} }, 0 });
            continue;
        }
        is_seen = true;
        m_cell = m_hive.key_cell(pending.cell_offset); // again: it was one when its parent was looked at
        VERIFY(m_cell.has_value());
        m_depth = pending.depth;
        m_path.resize(pending.parent_path_size); // what lies between is below a sibling
        if (m_depth == 0)
            return true;
        if (!m_path.empty())
            m_path += '\\';
        m_cell->name().append_to(m_path);
        return true;
    }
    return false;
}

void Walk::append_children()
{
    if (m_depth >= key_depth_max) {
        m_diagnostics.report(
            { { ErrorCode::limit, "regf.depth", base_block_bytes + m_cell->cell_offset(), key_depth_max, 0, {} }, 0 });
        return;
    }
    m_offsets.clear();
    m_children.clear();
    m_hive.append_subkey_offsets(m_cell->subkey_count(), m_cell->subkey_list(), m_offsets, m_diagnostics);
    m_hive.append_child_cells(m_offsets, m_children, m_diagnostics);
    report_oddities();
    for (auto child = m_children.rbegin(); child != m_children.rend(); ++child)
        m_pending.push_back({ child->cell_offset(), m_depth + 1, m_path.size() });
}

void Walk::report_oddities() const
{
    auto const report = [&](ErrorCode code, std::string_view what, KeyCell const& child) {
        m_diagnostics.report({ { code, what, base_block_bytes + child.cell_offset(), 0, 0, {} }, 0 });
    };
    for (std::size_t i = 0; i < m_children.size(); ++i) {
        auto const& child = m_children[i];
        if (child.parent() != m_cell->cell_offset())
            report(ErrorCode::bad_offset, "regf.key.parent", child);
        auto const order = i == 0 ? std::nullopt : order_of(m_children[i - 1].name(), child.name());
        if (order == std::strong_ordering::equal)
            report(ErrorCode::bad_value, "regf.subkey_list.same_name", child);
        else if (order == std::strong_ordering::greater)
            report(ErrorCode::bad_value, "regf.subkey_list.order", child);
    }
}

}
