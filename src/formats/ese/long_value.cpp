#include "bytes/byte_reader.hpp"
#include "formats/ese/decompress.hpp"
#include "formats/ese/row_reader.hpp"
#include <algorithm>
#include <array>

namespace konseki::ese {

namespace {

// Big-endian, so that keys sort as numbers.
std::uint64_t big_endian(ByteView bytes)
{
    std::uint64_t number = 0;
    for (auto const byte : bytes)
        number = number << 8 | std::to_integer<std::uint64_t>(byte);
    return number;
}

std::uint64_t little_endian(ByteView bytes)
{
    std::uint64_t number = 0;
    for (std::size_t i = bytes.size(); i > 0; --i)
        number = number << 8 | std::to_integer<std::uint64_t>(bytes[i - 1]);
    return number;
}

// The key of a node: the beginning of the page's common key and the node's own rest; at most 12 bytes here.
std::size_t whole_key(Page const& page, Node const& node, std::array<std::byte, 12>& key)
{
    auto const common = page.common_key();
    if (node.prefix_bytes > common.size() || node.prefix_bytes + node.key_suffix.size() > key.size())
        return 0;
    std::copy_n(common.begin(), node.prefix_bytes, key.begin());
    std::ranges::copy(node.key_suffix, key.begin() + static_cast<std::ptrdiff_t>(node.prefix_bytes));
    return node.prefix_bytes + node.key_suffix.size();
}

}

// Keys are the id alone (the value's root) or the id and the offset of a piece.
void detail::LongValues::read(Database& database, Table const& table, DiagnosticSink& diagnostics)
{
    if (table.long_value_root_page == 0)
        return;
    for (auto const& leaf : database.leaves_of(table.long_value_root_page, table.long_value_object_id, diagnostics)) {
        auto const page = database.page(leaf.page, diagnostics);
        for (std::uint32_t i = 0; page.ok() && i < page.value().node_count(); ++i) {
            auto const node = page.value().node(i);
            if (!node.ok()) {
                diagnostics.report({ node.error(), 4 });
                continue;
            }
            std::array<std::byte, 12> key {};
            auto const size = whole_key(page.value(), node.value(), key);
            if (size < 4)
                continue;
            // [LvId] ids of 64 bits have the uppermost bit set, those of 32 bits never.
            std::size_t const id_bytes = (key[0] & std::byte { 0x80 }) != std::byte { 0 } ? 8 : 4;
            bool const is_root = size == id_bytes;
            if (!is_root && size != id_bytes + 4)
                continue;
            if (pieces.size() >= long_value_pieces_max) {
                diagnostics.report(
                    { { ErrorCode::limit, "ese.long_values", page.value().offset(), long_value_pieces_max, 0, {} },
                        1 });
                break;
            }
            auto const view = ByteView(key);
            bool const is_recovered = leaf.is_recovered || (node.value().flags & node_flag::deleted) != 0;
            pieces.push_back(
                { big_endian(view.first(id_bytes)), is_root ? 0 : 1 + big_endian(view.subspan(id_bytes, 4)),
                    node.value().offset, static_cast<std::uint32_t>(node.value().content.size()), is_recovered });
        }
    }
    std::ranges::stable_sort(pieces, [](Piece const& a, Piece const& b) {
        return std::tuple(a.id, a.position, a.is_recovered) < std::tuple(b.id, b.position, b.is_recovered);
    });
    // A live piece stands for its copies on pages that were given up.
    auto const same = std::ranges::unique(
        pieces, [](Piece const& a, Piece const& b) { return a.id == b.id && a.position == b.position; });
    pieces.erase(same.begin(), same.end());
}

// Puts the pieces of one value together. A piece that is shorter or longer than the gap to the next one is compressed.
std::vector<std::byte> RowReader::join(std::size_t first, std::optional<std::uint64_t> size_bytes, std::uint64_t offset)
{
    auto const& pieces = m_long_values->pieces;
    std::vector<std::byte> value;
    for (auto i = first; i < pieces.size() && pieces[i].id == pieces[first].id; ++i) {
        auto const& piece = pieces[i];
        bool const is_last = i + 1 == pieces.size() || pieces[i + 1].id != piece.id;
        auto const end = is_last ? size_bytes.value_or(value.size() + piece.size_bytes) : pieces[i + 1].position - 1;
        if (piece.position - 1 != value.size() || end < value.size()) {
            report(ErrorCode::bad_offset, "ese.long_value.piece", piece.file_offset, piece.size_bytes);
            break;
        }
        auto const stored = m_database.m_file.subspan(piece.file_offset, piece.size_bytes);
        if (stored.size() == end - value.size()) {
            value.insert(value.end(), stored.begin(), stored.end());
        } else {
            std::vector<std::byte> partial;
            auto plain = decompress(stored, &partial);
            if (!plain.ok())
                report(plain.error().code, plain.error().what, piece.file_offset, piece.size_bytes);
            auto const& gained = plain.ok() ? plain.value() : partial;
            value.insert(value.end(), gained.begin(), gained.end());
        }
        if (value.size() > m_database.m_limits.text_bytes_max) {
            report(ErrorCode::limit, "ese.long_value.size", piece.file_offset, 1);
            break;
        }
    }
    if (size_bytes && value.size() < *size_bytes)
        report(ErrorCode::truncated, "ese.long_value", offset, *size_bytes - value.size());
    return value;
}

std::optional<ByteView> RowReader::long_value(ByteView id_bytes, std::uint64_t offset)
{
    if (id_bytes.size() != 4 && id_bytes.size() != 8) {
        report(ErrorCode::bad_value, "ese.long_value.id", offset, id_bytes.size());
        return std::nullopt;
    }
    if (!m_long_values) {
        m_long_values.emplace();
        m_long_values->read(m_database, m_table, m_diagnostics);
    }
    auto const id = little_endian(id_bytes);
    auto const& pieces = m_long_values->pieces;
    auto const found = std::ranges::lower_bound(pieces, id, {}, &detail::LongValues::Piece::id);
    if (found == pieces.end() || found->id != id) {
        report(ErrorCode::not_found, "ese.long_value", offset, id_bytes.size());
        return std::nullopt;
    }
    auto first = static_cast<std::size_t>(found - pieces.begin());
    std::optional<std::uint64_t> size_bytes;
    if (found->position == 0) { // [LVROOT] references, size
        ByteReader reader { m_database.m_file.subspan(found->file_offset, found->size_bytes), found->file_offset };
        reader.skip(4, "ese.long_value.references");
        std::uint64_t const size = reader.u32("ese.long_value.size");
        if (!reader.failed())
            size_bytes = size;
        ++first;
    }
    if (first == pieces.size() || pieces[first].id != id) {
        if (size_bytes.value_or(1) != 0)
            report(ErrorCode::not_found, "ese.long_value.piece", found->file_offset, size_bytes.value_or(1));
        return ByteView {};
    }
    return keep(join(first, size_bytes, offset), offset);
}

}
