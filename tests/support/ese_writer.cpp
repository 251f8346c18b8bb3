#include "support/ese_writer.hpp"
#include <algorithm>

namespace konseki::test {

namespace {

constexpr std::uint32_t root = 1, leaf = 2, parent_of_leaf = 4, long_value = 0x80, new_record = 0x800,
                        new_checksum = 0x2000;

struct Node {
    std::string key, content;
    bool is_deleted = false;
};

struct PageSpec {
    std::uint32_t number = 0, previous = 0, next = 0, object_id = 0, flags = 0;
    std::vector<Node> nodes;
    std::string common_key; // tag 0; nodes whose key begins with it store the rest only
};

void put(std::string& target, std::size_t offset, std::string const& bytes)
{
    target.replace(offset, bytes.size(), bytes);
}

// The slow and obvious way: the numbers of the set bits, and their complements.
std::uint64_t checksum_of(std::string_view block, std::uint32_t page_number, bool is_first_block)
{
    std::uint32_t sum = page_number, low = 0, high = 0;
    auto const mask = static_cast<std::uint32_t>(block.size() * 8 - 1);
    for (std::size_t bit = is_first_block ? 64 : 0; bit < block.size() * 8; ++bit) {
        if ((static_cast<unsigned char>(block[bit / 8]) >> bit % 8 & 1) == 0)
            continue;
        sum ^= 1U << bit % 32;
        low ^= static_cast<std::uint32_t>(bit);
        high ^= ~static_cast<std::uint32_t>(bit) & mask;
    }
    return static_cast<std::uint64_t>(high << 16 | low) << 32 | sum;
}

void write_page(std::string& file, std::uint32_t page_bytes, PageSpec const& spec)
{
    bool const is_small = page_bytes <= 8'192;
    std::size_t const header_bytes = is_small ? 40 : 80;
    std::string page(page_bytes, '\0');
    put(page, 16, ese_bytes(spec.previous, 4));
    put(page, 20, ese_bytes(spec.next, 4));
    put(page, 24, ese_bytes(spec.object_id, 4));
    put(page, 34, ese_bytes(spec.nodes.size() + 1, 2));
    put(page, 36, ese_bytes(spec.flags | new_checksum | new_record, 4));
    std::size_t place = 0;
    std::size_t tag = 0;
    auto const add = [&](std::string content, unsigned flags) {
        if (!is_small && content.size() >= 2)
            content[1] = static_cast<char>(static_cast<unsigned char>(content[1]) | flags << 5);
        put(page, header_bytes + place, content);
        auto const offset = place | (is_small ? flags << 13 : 0U);
        put(page, page_bytes - 4 * (tag + 1), ese_bytes(content.size() | offset << 16, 4));
        place += content.size();
        ++tag;
    };
    add((spec.flags & root) != 0 ? std::string(16, '\0') : spec.common_key, 0);
    for (auto const& node : spec.nodes) {
        bool const is_compressed = !spec.common_key.empty() && node.key.starts_with(spec.common_key);
        std::string content;
        if (is_compressed)
            content += ese_bytes(spec.common_key.size(), 2);
        auto const rest = node.key.substr(is_compressed ? spec.common_key.size() : 0);
        content += ese_bytes(rest.size(), 2) + rest + node.content;
        add(content, (node.is_deleted ? 2U : 0U) | (is_compressed ? 4U : 0U));
    }
    auto const needed = (std::size_t { spec.number } + 2) * page_bytes;
    if (file.size() < needed)
        file.resize(needed);
    put(file, (std::size_t { spec.number } + 1) * page_bytes, page);
    ese_seal_page(file, page_bytes, spec.number);
}

std::uint32_t size_of(std::uint32_t type)
{
    switch (type) {
    case 1:
    case 2: return 1;
    case 3:
    case 17: return 2;
    case 4:
    case 6:
    case 14: return 4;
    case 16: return 16;
    default: return 8;
    }
}

std::vector<EseColumn> catalogue_columns()
{
    std::vector<EseColumn> columns;
    std::vector<std::pair<std::string, std::uint32_t>> const fixed { { "ObjidTable", 4 }, { "Type", 3 }, { "Id", 4 },
        { "ColtypOrPgnoFDP", 4 }, { "SpaceUsage", 4 }, { "Flags", 4 }, { "PagesOrLocale", 4 }, { "RootFlag", 1 },
        { "RecordOffset", 3 }, { "LCMapFlags", 4 }, { "KeyMost", 3 } };
    for (auto const& [name, type] : fixed)
        columns.push_back({ name, static_cast<std::uint32_t>(columns.size() + 1), type });
    for (std::uint32_t id = 128; id <= 131; ++id)
        columns.push_back({ "Variable" + std::to_string(id), id, 9 });
    return columns;
}

EseRow catalogue_row(std::uint32_t object_id, std::uint32_t type, std::uint32_t id, std::uint32_t page_or_type)
{
    EseRow row;
    row.values = { { 1, ese_bytes(object_id, 4) }, { 2, ese_bytes(type, 2) }, { 3, ese_bytes(id, 4) },
        { 4, ese_bytes(page_or_type, 4) }, { 5, ese_bytes(0, 4) }, { 6, ese_bytes(0, 4) } };
    return row;
}

class Writer {
public:
    explicit Writer(EseDatabase& database)
        : m_database(database)
    {
    }

    std::string write()
    {
        m_next_page = m_database.has_shadow_catalogue ? 25 : 5;
        m_file.resize(std::size_t { m_next_page + 1 } * m_database.page_bytes);
        std::uint32_t object_id = 8;
        for (auto& table : m_database.tables) {
            table.object_id = object_id;
            object_id += 2;
            write_table(table);
        }
        write_catalogue(4, 2);
        if (m_database.has_shadow_catalogue)
            write_catalogue(24, 3);
        write_header(0);
        write_header(m_database.page_bytes);
        return std::move(m_file);
    }

private:
    std::vector<Node> nodes_of(EseTable const& table, std::vector<EseRow> const& rows)
    {
        std::vector<Node> nodes;
        for (auto const& row : rows)
            nodes.push_back({ ese_bytes(__builtin_bswap32(++m_key), 4),
                ese_record(table.columns, row, m_database.page_bytes), row.is_deleted });
        return nodes;
    }

    // Leaves below a root; a single one is the root itself.
    std::uint32_t write_tree(std::uint32_t object_id, std::uint32_t flags, std::vector<std::vector<Node>> const& leaves,
        std::size_t chained = 0)
    {
        auto const first = m_next_page;
        if (leaves.size() <= 1) {
            write_page(m_file, m_database.page_bytes,
                { m_next_page++, 0, 0, object_id, flags | root | leaf,
                    leaves.empty() ? std::vector<Node> {} : leaves[0], {} });
            return first;
        }
        PageSpec parent { m_next_page++, 0, 0, object_id, flags | root | parent_of_leaf, {}, {} };
        for (std::size_t i = 0; i < leaves.size(); ++i) {
            auto const number = m_next_page++;
            if (i + chained < leaves.size())
                parent.nodes.push_back({ leaves[i].empty() ? "" : leaves[i].back().key, ese_bytes(number, 4), false });
            write_page(m_file, m_database.page_bytes,
                { number, i == 0 ? 0 : number - 1, i + 1 == leaves.size() ? 0 : number + 1, object_id, flags | leaf,
                    leaves[i], {} });
        }
        write_page(m_file, m_database.page_bytes, parent);
        return first;
    }

    void write_table(EseTable& table)
    {
        std::vector<std::vector<Node>> leaves;
        for (auto const& rows : table.leaves)
            leaves.push_back(nodes_of(table, rows));
        for (auto const& rows : table.chained_leaves)
            leaves.push_back(nodes_of(table, rows));
        table.root_page = write_tree(table.object_id, 0, leaves, table.chained_leaves.size());
        for (auto const& rows : table.unreached_leaves)
            write_page(m_file, m_database.page_bytes,
                { m_next_page++, 0, 0, table.object_id, leaf, nodes_of(table, rows), {} });
        auto const columns = catalogue_columns();
        auto row = catalogue_row(table.object_id, 1, table.object_id, table.root_page);
        row.values[128] = table.name;
        m_catalogue.push_back(row);
        std::uint32_t place = 4;
        for (auto const& column : table.columns) {
            row = catalogue_row(table.object_id, 2, column.id, column.type);
            row.values[5] = ese_bytes(size_of(column.type), 4);
            row.values[7] = ese_bytes(column.code_page, 4);
            if (column.id < 128) {
                row.values[9] = ese_bytes(place, 2);
                place += size_of(column.type);
            }
            row.values[128] = column.name;
            if (!column.default_value.empty())
                row.values[131] = column.default_value;
            m_catalogue.push_back(row);
        }
        if (table.long_values.empty())
            return;
        std::vector<Node> nodes;
        for (auto const& [key, content] : table.long_values)
            nodes.push_back({ key, content, false });
        auto const page = write_tree(table.object_id + 1, long_value, { nodes });
        row = catalogue_row(table.object_id, 4, table.object_id + 1, page);
        row.values[128] = "LV";
        m_catalogue.push_back(row);
    }

    void write_catalogue(std::uint32_t page, std::uint32_t object_id)
    {
        PageSpec spec { page, 0, 0, object_id, root | leaf, {}, {} };
        for (auto const& row : m_catalogue)
            spec.nodes.push_back({ ese_bytes(__builtin_bswap32(++m_key), 4),
                ese_record(catalogue_columns(), row, m_database.page_bytes), false });
        write_page(m_file, m_database.page_bytes, spec);
    }

    void write_header(std::size_t offset)
    {
        std::string header(m_database.page_bytes, '\0');
        put(header, 4, ese_bytes(0x89abcdef, 4));
        put(header, 8, ese_bytes(0x620, 4));
        put(header, 52, ese_bytes(m_database.state, 4));
        put(header, 64, std::string("\x1e\x2d\x0c\x05\x06\x79\x01\x00", 8)); // 2021-06-05 12:45:30 UTC
        put(header, 232, ese_bytes(m_database.revision, 4));
        put(header, 236, ese_bytes(m_database.page_bytes, 4));
        std::uint32_t sum = 0x89abcdef;
        for (std::size_t i = 4; i < header.size(); ++i)
            sum ^= static_cast<std::uint32_t>(static_cast<unsigned char>(header[i])) << i % 4 * 8;
        put(header, 0, ese_bytes(sum, 4));
        put(m_file, offset, header);
    }

    EseDatabase& m_database;
    std::string m_file;
    std::vector<EseRow> m_catalogue;
    std::uint32_t m_next_page = 0, m_key = 0;
};

}

std::string ese_bytes(std::uint64_t number, std::size_t size_bytes)
{
    std::string bytes;
    for (std::size_t i = 0; i < size_bytes; ++i)
        bytes += static_cast<char>(i < 8 ? number >> i * 8 & 0xff : 0);
    return bytes;
}

std::string ese_utf16(std::string_view ascii)
{
    std::string text;
    for (auto const c : ascii) {
        text += c;
        text += '\0';
    }
    return text;
}

std::string ese_record(std::vector<EseColumn> const& columns, EseRow const& row, std::uint32_t page_bytes)
{
    std::string fixed, nulls, ends, variable, entries, tagged;
    std::uint32_t last_fixed = 0, last_variable = 127;
    auto const is_small = page_bytes <= 8'192;
    for (auto const& column : columns) {
        auto const value = row.values.find(column.id);
        bool const is_there = value != row.values.end();
        if (column.id < 128) {
            last_fixed = column.id;
            nulls.resize((last_fixed + 7) / 8);
            fixed += is_there ? value->second : std::string(size_of(column.type), '\0');
            if (!is_there)
                nulls[(column.id - 1) / 8] = static_cast<char>(nulls[(column.id - 1) / 8] | 1 << (column.id - 1) % 8);
        } else if (column.id < 256) {
            if (is_there)
                variable += value->second;
            last_variable = column.id;
            ends += ese_bytes(variable.size() | (is_there ? 0U : 0x8000U), 2);
        }
    }
    auto parts = row.tagged;
    for (auto const& [id, bytes] : row.values) {
        if (id >= 256)
            parts[id] = { bytes, 0 };
    }
    for (auto const& [id, part] : parts) {
        bool const has_flags = part.flags != 0 || !is_small;
        auto const place = parts.size() * 4 + tagged.size();
        entries += ese_bytes(id, 2) + ese_bytes(place | (has_flags && is_small ? 0x4000U : 0U), 2);
        if (has_flags)
            tagged += static_cast<char>(part.flags);
        tagged += part.bytes;
    }
    return ese_bytes(last_fixed, 1) + ese_bytes(last_variable, 1) + ese_bytes(4 + fixed.size() + nulls.size(), 2)
        + fixed + nulls + ends + variable + entries + tagged;
}

void ese_seal_page(std::string& file, std::uint32_t page_bytes, std::uint32_t number)
{
    auto const offset = (std::size_t { number } + 1) * page_bytes;
    auto const view = [&] { return std::string_view(file).substr(offset, page_bytes); };
    std::size_t const block_bytes = page_bytes <= 8'192 ? page_bytes : page_bytes / 4;
    for (std::size_t i = 1; i < page_bytes / block_bytes; ++i)
        put(file, offset + 40 + (i - 1) * 8,
            ese_bytes(checksum_of(view().substr(i * block_bytes, block_bytes), number, false), 8));
    put(file, offset, ese_bytes(checksum_of(view().substr(0, block_bytes), number, true), 8));
}

std::string write_ese(EseDatabase& database)
{
    return Writer(database).write();
}

}
