#include "bytes/byte_reader.hpp"
#include "formats/ese/row_reader.hpp"
#include <algorithm>

namespace konseki::ese {

Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(ByteView file, DiagnosticSink& diagnostics, Limits const& limits)
{
    Database database;
    database.m_header = TRY(read_header(file));
    auto const& header = database.m_header;
    database.m_file = file;
    database.m_limits = limits;
    if (header.is_shadow)
        diagnostics.report({ { ErrorCode::bad_checksum, "ese.header.primary", 0, 0, 0, {} }, 0 });
    else if (!header.is_checksum_good)
        diagnostics.report({ { ErrorCode::bad_checksum, "ese.header.checksum", 0, 0, 0, {} }, 0 });
    if (header.state == State::dirty) // the newest changes may lie in logs only, which are not replayed
        diagnostics.report({ { ErrorCode::unsupported, "ese.header.dirty_newest_rows_may_be_in_logs", 52, 0,
                                 static_cast<std::uint64_t>(header.state), {} },
            0 });
    auto const pages = file.size() / header.page_bytes;
    database.m_page_count = pages < 2 ? 0 : static_cast<std::uint32_t>(std::min<std::uint64_t>(pages - 2, 0x7fffffff));
    if (auto const rest = file.size() % header.page_bytes; rest != 0)
        diagnostics.report(
            { { ErrorCode::truncated, "ese.page", file.size() - rest, header.page_bytes, rest, {} }, rest });
    database.m_seen.resize(std::size_t { database.m_page_count } + 1);
    database.m_checked.resize(std::size_t { database.m_page_count } + 1);
    database.index_pages();
    database.read_catalogue(diagnostics);
    return database;
}

// Which leaf pages belong to which tree, whether or not a tree leads to them.
void Database::index_pages()
{
    for (std::uint32_t number = 1; number <= m_page_count; ++number) {
        auto const page = Page::read(m_file, number, m_header.page_bytes);
        if (!page.ok() || !page.value().is(page_flag::leaf) || page.value().is(page_flag::space_tree)
            || page.value().node_count() == 0)
            continue;
        m_leaves.push_back({ page.value().object_id(), number });
    }
    std::ranges::stable_sort(m_leaves, {}, &PageOfObject::object_id);
}

Result<Page> Database::page(std::uint32_t number, DiagnosticSink& diagnostics)
{
    if (number == 0 || number > m_page_count)
        return Error { ErrorCode::bad_offset, "ese.page.number", 0, number, m_page_count, {} };
    auto page = TRY(Page::read(m_file, number, m_header.page_bytes));
    if (!m_checked[number]) {
        m_checked[number] = true;
        if (!page.is_checksum_good()) {
            ++m_bad_checksums;
            diagnostics.report({ { ErrorCode::bad_checksum, "ese.page.checksum", page.offset(), 0, 0, {} }, 0 });
        }
    }
    return page;
}

// Depth first, children in key order. A page says which tree it belongs to: one that says otherwise was given to
// another tree since the parent was written.
void Database::walk_tree(
    std::uint32_t root, std::uint32_t object_id, std::vector<detail::Leaf>& leaves, DiagnosticSink& diagnostics)
{
    std::vector<std::uint32_t> pending { root };
    while (!pending.empty()) {
        auto const number = pending.back();
        pending.pop_back();
        auto const found = page(number, diagnostics);
        if (!found.ok()) {
            diagnostics.report({ found.error(), m_header.page_bytes });
            continue;
        }
        auto const& current = found.value();
        if (m_seen[number] == m_walk) {
            diagnostics.report({ { ErrorCode::loop, "ese.page", current.offset(), 0, number, {} }, 0 });
            continue;
        }
        if (current.object_id() != object_id) {
            diagnostics.report(
                { { ErrorCode::bad_value, "ese.page.object_id", current.offset(), object_id, current.object_id(), {} },
                    m_header.page_bytes });
            continue;
        }
        m_seen[number] = m_walk;
        if (current.is(page_flag::leaf)) {
            leaves.push_back({ number, false });
            continue;
        }
        for (auto index = current.node_count(); index > 0; --index) {
            auto const node = current.node(index - 1);
            if (!node.ok()) {
                diagnostics.report({ node.error(), m_header.page_bytes });
                continue;
            }
            ByteReader reader { node.value().content, node.value().offset };
            auto const child = reader.u32("ese.node.child");
            if (reader.failed())
                diagnostics.report({ reader.status().error(), m_header.page_bytes });
            else
                pending.push_back(child);
        }
    }
}

// In a dirty database a leaf may have been split without its parent having been written: its neighbour leads there.
void Database::follow_chain(std::uint32_t object_id, std::vector<detail::Leaf>& leaves, DiagnosticSink& diagnostics)
{
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        auto const current = page(leaves[i].page, diagnostics);
        if (!current.ok() || current.value().next() == 0)
            continue;
        auto const next = page(current.value().next(), diagnostics);
        if (!next.ok() || m_seen[next.value().number()] == m_walk || next.value().object_id() != object_id
            || !next.value().is(page_flag::leaf) || next.value().is(page_flag::empty)
            || next.value().is(page_flag::space_tree) || next.value().previous() != leaves[i].page)
            continue;
        m_seen[next.value().number()] = m_walk;
        leaves.push_back({ next.value().number(), false });
    }
}

std::vector<detail::Leaf> Database::leaves_of(std::uint32_t root, std::uint32_t object_id, DiagnosticSink& diagnostics)
{
    ++m_walk;
    std::vector<detail::Leaf> leaves;
    walk_tree(root, object_id, leaves, diagnostics);
    follow_chain(object_id, leaves, diagnostics);
    auto const unreached = std::ranges::equal_range(m_leaves, object_id, {}, &PageOfObject::object_id);
    for (auto const& leaf : unreached) {
        if (m_seen[leaf.page] != m_walk)
            leaves.push_back({ leaf.page, true });
    }
    return leaves;
}

Table const* Database::find(std::string_view name) const
{
    Table const* recovered = nullptr;
    for (auto const& table : m_tables) {
        if (table.name != name)
            continue;
        if (!table.is_recovered)
            return &table;
        recovered = recovered == nullptr ? &table : recovered;
    }
    return recovered;
}

namespace {

// A row that may be given after the live ones.
struct Candidate {
    std::string_view content;
    std::uint64_t offset = 0;
    bool is_new_format = true;
    std::size_t order = 0;
};

// What is left: not a copy of a live row, and each only once; in the order in which it was found.
void drop_copies(std::vector<Candidate>& candidates, std::vector<std::string_view>& live)
{
    std::ranges::sort(live);
    std::erase_if(
        candidates, [&](Candidate const& candidate) { return std::ranges::binary_search(live, candidate.content); });
    std::ranges::stable_sort(candidates, {}, &Candidate::content);
    auto const same = std::ranges::unique(candidates, {}, &Candidate::content);
    candidates.erase(same.begin(), same.end());
    std::ranges::sort(candidates, {}, &Candidate::order);
}

}

RowCounts Database::visit(Table const& table, RowVisitor& visitor, DiagnosticSink& diagnostics)
{
    auto const leaves = leaves_of(table.root_page, table.object_id, diagnostics);
    RowReader reader { *this, table, diagnostics };
    RowCounts counts;
    std::vector<Candidate> candidates;
    bool wants_more = true;
    // An unreached page may hold anything: what does not fit there is no loss. Order: live leaves, then the others.
    auto const each = [&](auto const& leaf, auto&& use) {
        auto const current = page(leaf.page, diagnostics);
        for (std::uint32_t i = 0; current.ok() && wants_more && i < current.value().node_count(); ++i) {
            auto const node = current.value().node(i);
            if (node.ok())
                use(current.value(), node.value());
            else if (!leaf.is_recovered)
                diagnostics.report({ node.error(), 4 });
        }
    };
    for (auto const& leaf : leaves) {
        each(leaf, [&](Page const& current, Node const& node) {
            bool const is_new_format = current.is(page_flag::new_record_format);
            if (leaf.is_recovered || table.is_recovered || (node.flags & node_flag::deleted) != 0) {
                candidates.push_back({ as_text(node.content), node.offset, is_new_format, candidates.size() });
                return;
            }
            ++counts.live;
            wants_more = visitor.on_row(reader.read(node.content, node.offset, is_new_format));
        });
    }
    if (candidates.empty() || !wants_more)
        return counts;
    std::vector<std::string_view> live;
    for (auto const& leaf : leaves) {
        if (leaf.is_recovered || table.is_recovered)
            continue;
        each(leaf, [&](Page const&, Node const& node) {
            if ((node.flags & node_flag::deleted) == 0)
                live.push_back(as_text(node.content));
        });
    }
    drop_copies(candidates, live);
    reader.expect_remnants();
    for (auto const& candidate : candidates) {
        auto const& row = reader.read(as_bytes(candidate.content), candidate.offset, candidate.is_new_format);
        if (row.is_damaged())
            continue;
        ++counts.recovered;
        if (!visitor.on_row(row))
            break;
    }
    return counts;
}

}
