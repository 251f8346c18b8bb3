#include "formats/sqlite/sqlite.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include <algorithm>

namespace konseki::sqlite {

namespace {

// [sqlite.org/fileformat2] numbers are big-endian; pages are counted from 1; page 1 begins with the database's header.
constexpr std::string_view magic { "SQLite format 3\0", 16 };
constexpr std::uint32_t header_bytes = 100;
constexpr std::uint8_t interior_table = 0x05, leaf_table = 0x0d;
constexpr std::uint64_t payload_bytes_max = 256U << 20;

std::uint64_t big_endian(ByteView bytes)
{
    std::uint64_t number = 0;
    for (auto const byte : bytes)
        number = number << 8 | std::to_integer<std::uint64_t>(byte);
    return number;
}

std::uint16_t u16_at(ByteView bytes, std::size_t at)
{
    return at + 2 <= bytes.size() ? static_cast<std::uint16_t>(big_endian(bytes.subspan(at, 2))) : std::uint16_t { 0 };
}

std::uint32_t u32_at(ByteView bytes, std::size_t at)
{
    return at + 4 <= bytes.size() ? static_cast<std::uint32_t>(big_endian(bytes.subspan(at, 4))) : 0U;
}

// Up to nine bytes, seven bits each, the ninth all eight; cut off what it took. False: it breaks off.
bool take_varint(ByteView& bytes, std::uint64_t& number)
{
    number = 0;
    for (std::size_t i = 0; i < 9 && i < bytes.size(); ++i) {
        auto const byte = std::to_integer<std::uint64_t>(bytes[i]);
        number = i == 8 ? number << 8 | byte : number << 7 | (byte & 0x7f);
        if (byte < 0x80 || i == 8) {
            bytes = bytes.subspan(i + 1);
            return true;
        }
    }
    return false;
}

// Header of serial types, then the values.
bool decode_record(ByteView payload, std::vector<Value>& values)
{
    values.clear();
    auto rest = payload;
    std::uint64_t header_size = 0;
    if (!take_varint(rest, header_size) || header_size > payload.size())
        return false;
    auto const length_size = payload.size() - rest.size();
    if (header_size < length_size)
        return false;
    auto types = rest.first(header_size - length_size);
    auto body = payload.subspan(header_size);
    constexpr std::size_t integer_bytes[] { 0, 1, 2, 3, 4, 6, 8, 8 };
    while (!types.empty()) {
        std::uint64_t type = 0;
        if (!take_varint(types, type))
            return false;
        Value value;
        std::uint64_t size = 0;
        if (type >= 12) {
            value.kind = type % 2 == 0 ? ValueKind::blob : ValueKind::text;
            size = (type - 12) / 2;
        } else if (type == 8 || type == 9) {
            value.kind = ValueKind::integer;
            value.integer = type == 9 ? 1 : 0;
        } else if (type <= 7) {
            size = integer_bytes[type];
            value.kind = type == 0 ? ValueKind::null : type == 7 ? ValueKind::real : ValueKind::integer;
        } else {
            return false; // 10 and 11 never stand in a file
        }
        if (size > body.size())
            return false;
        value.bytes = body.first(size);
        body = body.subspan(size);
        if (type >= 1 && type <= 7) {
            auto const shift = 64 - 8 * size;
            value.integer = static_cast<std::int64_t>(big_endian(value.bytes) << shift) >> shift;
            value.bytes = {};
        }
        values.push_back(value);
    }
    return true;
}

struct Page {
    ByteView bytes;
    std::uint64_t offset = 0; // in the file
    std::size_t header = 0; // where the b-tree's header begins
};

class Walk {
public:
    Walk(ByteView file, std::uint32_t page_bytes, std::uint32_t usable_bytes, DiagnosticSink& diagnostics)
        : m_file(file)
        , m_page_bytes(page_bytes)
        , m_usable_bytes(usable_bytes)
        , m_diagnostics(diagnostics)
        , m_seen(file.size() / page_bytes + 2)
    {
    }

    void run(std::uint32_t root, Visit const& visit)
    {
        std::vector<std::uint32_t> waiting { root };
        while (!waiting.empty()) {
            auto const number = waiting.back();
            waiting.pop_back();
            auto const page = page_at(number);
            if (!page)
                continue;
            auto const kind = std::to_integer<std::uint8_t>(page->bytes[page->header]);
            if (kind == leaf_table)
                read_leaf(*page, visit);
            else if (kind == interior_table)
                add_children(*page, waiting);
            else
                report(ErrorCode::bad_magic, "sqlite.page_kind", page->offset, m_page_bytes);
        }
    }

private:
    void report(ErrorCode code, std::string_view what, std::uint64_t offset, std::uint64_t bytes_lost)
    {
        m_diagnostics.report({ { code, what, offset, 0, 0, {} }, bytes_lost });
    }

    std::optional<Page> page_at(std::uint32_t number)
    {
        auto const offset = (static_cast<std::uint64_t>(number) - 1) * m_page_bytes;
        if (number == 0 || offset >= m_file.size() || number >= m_seen.size()) {
            report(ErrorCode::bad_offset, "sqlite.page", offset, number == 0 ? 0 : m_page_bytes);
            return std::nullopt;
        }
        if (m_seen[number]) {
            report(ErrorCode::loop, "sqlite.page", offset, 0);
            return std::nullopt;
        }
        m_seen[number] = true;
        auto const bytes = m_file.subspan(offset, std::min<std::uint64_t>(m_page_bytes, m_file.size() - offset));
        Page page { bytes, offset, number == 1 ? header_bytes : 0U };
        if (bytes.size() < page.header + 12) {
            report(ErrorCode::truncated, "sqlite.page", offset, m_page_bytes - bytes.size());
            return std::nullopt;
        }
        return page;
    }

    // Cells are kept in the order of their keys; the pages behind them wait on a stack.
    void add_children(Page const& page, std::vector<std::uint32_t>& waiting)
    {
        auto const count = u16_at(page.bytes, page.header + 3);
        waiting.push_back(u32_at(page.bytes, page.header + 8));
        for (std::size_t i = count; i-- > 0;) {
            auto const place = page.header + 12 + i * 2;
            std::size_t const cell = place + 2 <= page.bytes.size() ? u16_at(page.bytes, place) : 0U;
            if (cell == 0 || cell + 4 > page.bytes.size())
                report(ErrorCode::bad_offset, "sqlite.cell", page.offset + place, 0);
            else
                waiting.push_back(u32_at(page.bytes, cell));
        }
    }

    void read_leaf(Page const& page, Visit const& visit)
    {
        auto const count = u16_at(page.bytes, page.header + 3);
        for (std::size_t i = 0; i < count; ++i) {
            auto const place = page.header + 8 + i * 2;
            std::size_t const cell = place + 2 <= page.bytes.size() ? u16_at(page.bytes, place) : 0U;
            if (cell == 0 || cell >= page.bytes.size()) {
                report(ErrorCode::bad_offset, "sqlite.cell", page.offset + place, 0);
                continue;
            }
            read_cell(page, cell, visit);
        }
    }

    // What lies in the page itself, by the format's own formula; the rest in a chain of overflow pages.
    std::uint64_t local_bytes(std::uint64_t payload_size) const
    {
        std::uint64_t const usable = m_usable_bytes;
        auto const most = usable - 35;
        if (payload_size <= most)
            return payload_size;
        auto const least = (usable - 12) * 32 / 255 - 23;
        auto const even = least + (payload_size - least) % (usable - 4);
        return even <= most ? even : least;
    }

    void read_cell(Page const& page, std::size_t cell, Visit const& visit)
    {
        auto rest = page.bytes.subspan(cell);
        auto const offset = page.offset + cell;
        std::uint64_t payload_size = 0, row_id = 0;
        if (!take_varint(rest, payload_size) || !take_varint(rest, row_id)) {
            report(ErrorCode::truncated, "sqlite.cell", offset, rest.size());
            return;
        }
        auto const limit = std::min<std::uint64_t>(payload_bytes_max, m_file.size());
        auto const local = local_bytes(payload_size);
        if (payload_size > limit || local > rest.size()) {
            report(ErrorCode::bad_count, "sqlite.payload", offset, std::min<std::uint64_t>(payload_size, rest.size()));
            return;
        }
        auto payload = rest.first(local);
        if (local < payload_size) {
            if (!gather(payload, u32_at(rest, local), payload_size)) {
                report(ErrorCode::truncated, "sqlite.overflow", offset, payload_size - m_gathered.size());
                return;
            }
            payload = as_bytes(m_gathered);
        }
        if (!decode_record(payload, m_values)) {
            report(ErrorCode::bad_value, "sqlite.record", offset, payload_size);
            return;
        }
        auto const cell_size = page.bytes.size() - cell - rest.size() + local;
        visit({ static_cast<std::int64_t>(row_id), m_values, { offset, cell_size, false } });
    }

    bool gather(ByteView local, std::uint32_t next, std::uint64_t size)
    {
        m_gathered.assign(as_text(local));
        auto pages_left = m_file.size() / m_page_bytes + 1; // a chain that comes back to itself ends here
        while (m_gathered.size() < size && next != 0 && pages_left-- > 0) {
            auto const offset = (static_cast<std::uint64_t>(next) - 1) * m_page_bytes;
            if (offset >= m_file.size() || m_file.size() - offset < m_usable_bytes)
                return false;
            auto const page = m_file.subspan(offset, m_usable_bytes);
            auto const part = page.subspan(4).first(std::min<std::uint64_t>(size - m_gathered.size(), page.size() - 4));
            m_gathered += as_text(part);
            next = u32_at(page, 0);
        }
        return m_gathered.size() == size;
    }

    ByteView m_file;
    std::uint32_t m_page_bytes, m_usable_bytes;
    DiagnosticSink& m_diagnostics;
    std::vector<bool> m_seen; // by page number
    std::vector<Value> m_values;
    std::string m_gathered;
};

}

bool is_database(ByteView head)
{
    return as_text(head).starts_with(magic);
}

Result<Database> Database::open(ByteView bytes)
{
    if (!is_database(bytes))
        return Error { ErrorCode::bad_magic, "sqlite.header", 0, 0, 0, {} };
    if (bytes.size() < header_bytes)
        return Error { ErrorCode::truncated, "sqlite.header", 0, header_bytes, bytes.size(), {} };
    Database database;
    database.m_bytes = bytes;
    auto const stored = u16_at(bytes, 16);
    database.m_page_bytes = stored == 1 ? 65'536U : stored;
    auto const is_power_of_two = std::has_single_bit(database.m_page_bytes);
    if (database.m_page_bytes < 512 || !is_power_of_two)
        return Error { ErrorCode::bad_value, "sqlite.page_size", 16, 512, stored, {} };
    database.m_usable_bytes = database.m_page_bytes - std::to_integer<std::uint32_t>(bytes[20]);
    if (database.m_usable_bytes < 480)
        return Error { ErrorCode::bad_value, "sqlite.reserved_bytes", 20, 480, database.m_usable_bytes, {} };
    database.m_is_utf8 = u32_at(bytes, 56) <= 1;
    return database;
}

std::vector<Table> Database::tables(DiagnosticSink& diagnostics) const
{
    std::vector<Table> found;
    // sqlite_schema: type, name, tbl_name, rootpage, sql
    read({ "sqlite_schema", {}, 1 }, diagnostics, [&](Row const& row) {
        auto const is_table = row.values.size() >= 5 && as_text(row.values[0].bytes) == "table";
        auto const page = is_table ? row.values[3].integer : 0;
        if (page > 0 && page <= 0xFFFFFFFFLL)
            found.push_back({ std::string(as_text(row.values[1].bytes)), std::string(as_text(row.values[4].bytes)),
                static_cast<std::uint32_t>(page) });
    });
    return found;
}

void Database::read(Table const& table, DiagnosticSink& diagnostics, Visit const& visit) const
{
    Walk(m_bytes, m_page_bytes, m_usable_bytes, diagnostics).run(table.root_page, visit);
}

}
