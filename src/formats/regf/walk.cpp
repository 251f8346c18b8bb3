#include "formats/regf/walk.hpp"
#include <compare>

namespace konseki::regf {

namespace {

std::uint64_t eight_of(std::string_view text)
{
    return field<std::uint64_t, 0>(as_bytes(text).first<8>());
}

// Windows keeps the children of a key in the order of their capital letters; it finds none that is out of order.
// Letters beyond ASCII are left alone: their order is that of the machine's own table.
std::optional<std::strong_ordering> order_of(std::string_view before, std::string_view after)
{
    // What is the same, eight letters at a time: brothers often have long beginnings in common.
    constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;
    while (before.size() >= 8 && after.size() >= 8) {
        auto const eight = eight_of(before);
        if (eight != eight_of(after) || (eight & high_bits) != 0)
            break;
        before.remove_prefix(8);
        after.remove_prefix(8);
    }
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
    auto root = hive.root();
    if (!root.ok()) {
        diagnostics.report({ root.error(), 0 });
        return;
    }
    auto const cell = hive.key_cell(static_cast<std::uint32_t>(root.value().offset - base_block_bytes));
    VERIFY(cell.has_value());
    m_pending.push_back({ *cell, 0, 0 });
    m_root_name = std::move(root.value().name);
}

std::string_view Walk::name() const
{
    return m_depth == 0 ? std::string_view(m_root_name) : std::string_view(m_path).substr(m_name_at);
}

bool Walk::next()
{
    if (m_cell)
        append_children(*m_cell);
    m_cell.reset();
    while (!m_pending.empty()) {
        auto const pending = m_pending.back();
        m_pending.pop_back();
        auto is_seen = m_seen[pending.cell.cell_offset() / 8];
        if (is_seen) {
            m_diagnostics.report(
                { { ErrorCode::loop, "regf.key", base_block_bytes + pending.cell.cell_offset(), 0, 0, {} }, 0 });
            continue;
        }
        is_seen = true;
        m_cell = pending.cell;
        m_depth = pending.depth;
        m_path.resize(pending.parent_path_size); // what lies between is below a sibling
        if (m_depth == 0)
            return true;
        if (!m_path.empty())
            m_path += '\\';
        m_name_at = m_path.size();
        pending.cell.name().append_to(m_path);
        return true;
    }
    return false;
}

void Walk::append_children(KeyCell const& parent)
{
    if (m_depth >= key_depth_max) {
        m_diagnostics.report(
            { { ErrorCode::limit, "regf.depth", base_block_bytes + parent.cell_offset(), key_depth_max, 0, {} }, 0 });
        return;
    }
    if (parent.subkey_count() == 0)
        return;
    m_offsets.clear();
    m_hive.append_subkey_offsets(parent.subkey_count(), parent.subkey_list(), m_offsets, m_diagnostics);
    if (append_usual_children(parent))
        return;
    std::vector<KeyCell> children;
    m_hive.append_child_cells(m_offsets, children, m_diagnostics);
    report_oddities(parent, children);
    for (auto child = children.rbegin(); child != children.rend(); ++child)
        m_pending.push_back({ *child, m_depth + 1, m_path.size() });
}

// Children as Windows writes them: all of this parent, each name behind the one before, and so none of them twice. At
// the first that is otherwise everything is as before.
bool Walk::append_usual_children(KeyCell const& parent)
{
    auto const old_size = m_pending.size();
    std::optional<StoredName> after;
    for (auto const offset : m_offsets)
        prefetch_cell(m_hive.m_bins, offset);
    for (auto offset = m_offsets.rbegin(); offset != m_offsets.rend(); ++offset) {
        auto const child = m_hive.key_cell(*offset);
        if (!child || child->parent() != parent.cell_offset()
            || (after && order_of(child->name(), *after) != std::strong_ordering::less)) {
            m_pending.erase(m_pending.begin() + static_cast<std::ptrdiff_t>(old_size), m_pending.end());
            return false;
        }
        after = child->name();
        prefetch_cell(m_hive.m_bins, child->value_list());
        prefetch_cell(m_hive.m_bins, child->subkey_list());
        m_pending.push_back({ *child, m_depth + 1, m_path.size() });
    }
    return true;
}

void Walk::report_oddities(KeyCell const& parent, std::vector<KeyCell> const& children) const
{
    auto const report = [&](ErrorCode code, std::string_view what, KeyCell const& child) {
        m_diagnostics.report({ { code, what, base_block_bytes + child.cell_offset(), 0, 0, {} }, 0 });
    };
    for (std::size_t i = 0; i < children.size(); ++i) {
        auto const& child = children[i];
        if (child.parent() != parent.cell_offset())
            report(ErrorCode::bad_offset, "regf.key.parent", child);
        auto const order = i == 0 ? std::nullopt : order_of(children[i - 1].name(), child.name());
        if (order == std::strong_ordering::equal)
            report(ErrorCode::bad_value, "regf.subkey_list.same_name", child);
        else if (order == std::strong_ordering::greater)
            report(ErrorCode::bad_value, "regf.subkey_list.order", child);
    }
}

}
