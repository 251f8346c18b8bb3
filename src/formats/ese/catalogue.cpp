#include "formats/ese/row_reader.hpp"
#include <algorithm>
#include <map>
#include <unordered_set>

namespace konseki::ese {

namespace {

constexpr std::uint32_t catalogue_object_id = 2, catalogue_root_page = 4; // MSysObjects
constexpr std::uint32_t shadow_object_id = 3, shadow_root_page = 24; // MSysObjectsShadow

constexpr std::size_t template_columns_max = 1U << 20; // copies in all tables of a database

enum class ObjectType : std::uint16_t { table = 1, column = 2, index = 3, long_value = 4, callback = 5 };

struct CatalogueColumn {
    std::string_view name;
    std::uint32_t id = 0;
    ValueType type = ValueType::nil;
    std::uint32_t size_bytes = 0, record_offset = 0;
};

// The columns of the catalogue that are used here; those between them only take room. [libesedb, catalog]
constexpr std::array<CatalogueColumn, 11> catalogue_columns { {
    { "ObjidTable", 1, ValueType::long_integer, 4, 4 },
    { "Type", 2, ValueType::short_integer, 2, 8 },
    { "Id", 3, ValueType::long_integer, 4, 10 },
    { "ColtypOrPgnoFDP", 4, ValueType::long_integer, 4, 14 },
    { "SpaceUsage", 5, ValueType::long_integer, 4, 18 },
    { "Flags", 6, ValueType::long_integer, 4, 22 },
    { "PagesOrLocale", 7, ValueType::long_integer, 4, 26 },
    { "RecordOffset", 9, ValueType::short_integer, 2, 31 },
    { "Name", 128, ValueType::text, 0, 0 },
    { "TemplateTable", 130, ValueType::text, 0, 0 },
    { "DefaultValue", 131, ValueType::binary, 0, 0 },
} };

Table catalogue_table(std::uint32_t root, std::uint32_t object_id)
{
    Table table;
    table.name = "MSysObjects";
    table.root_page = root;
    table.object_id = object_id;
    for (auto const& known : catalogue_columns) {
        Column column;
        column.name = known.name;
        column.id = known.id;
        column.type = known.type;
        column.size_bytes = known.size_bytes;
        column.record_offset = known.record_offset;
        table.columns.push_back(std::move(column));
    }
    return table;
}

std::uint32_t fixed_size(ValueType type, std::uint32_t stored_size)
{
    auto const size = size_of(type);
    return size != 0 ? size : stored_size;
}

// Objects by the number of their table; live rows of the catalogue come first and are not overruled.
class CatalogueReader final : public RowVisitor {
public:
    CatalogueReader(Table const& catalogue, std::map<std::uint32_t, Table>& tables)
        : m_catalogue(catalogue)
        , m_tables(tables)
    {
    }

    bool on_row(Row const& row) override
    {
        auto const object_id = static_cast<std::uint32_t>(number(row, 0));
        auto const id = static_cast<std::uint32_t>(number(row, 2));
        auto const page_or_type = static_cast<std::uint32_t>(number(row, 3));
        switch (static_cast<ObjectType>(number(row, 1))) {
        case ObjectType::table: add_table(row, object_id, page_or_type); break;
        case ObjectType::column: add_column(row, object_id, id, page_or_type); break;
        case ObjectType::long_value: {
            auto& table = m_tables[object_id];
            if (table.long_value_root_page == 0) {
                table.long_value_root_page = page_or_type;
                table.long_value_object_id = id;
            }
            break;
        }
        default: break;
        }
        return true;
    }
    bool has_live_tables() const { return m_has_live_tables; }

private:
    std::uint64_t number(Row const& row, std::size_t column) const
    {
        return row.number(&m_catalogue.columns[column]).value_or(0);
    }

    void add_table(Row const& row, std::uint32_t object_id, std::uint32_t root_page)
    {
        auto& table = m_tables[object_id];
        if (table.root_page != 0)
            return;
        table.object_id = object_id;
        table.root_page = root_page;
        table.name = row.text(&m_catalogue.columns[8]).value_or("");
        table.template_name = row.text(&m_catalogue.columns[9]).value_or("");
        table.origin = { row.offset(), row.size_bytes() };
        table.is_recovered = row.is_recovered();
        m_has_live_tables = m_has_live_tables || !row.is_recovered();
    }

    void add_column(Row const& row, std::uint32_t object_id, std::uint32_t id, std::uint32_t type)
    {
        auto& table = m_tables[object_id];
        if (type > static_cast<std::uint32_t>(ValueType::unsigned_short) || id == 0)
            return;
        if (!m_known_columns.insert(std::uint64_t { object_id } << 32 | id).second)
            return;
        Column column;
        column.id = id;
        column.type = static_cast<ValueType>(type);
        column.size_bytes = fixed_size(column.type, static_cast<std::uint32_t>(number(row, 4)));
        column.flags = static_cast<std::uint32_t>(number(row, 5));
        column.code_page = static_cast<std::uint32_t>(number(row, 6));
        column.record_offset = static_cast<std::uint32_t>(number(row, 7));
        column.name = row.text(&m_catalogue.columns[8]).value_or("");
        if (auto const value = row.bytes(&m_catalogue.columns[10]))
            column.default_value.assign(value->begin(), value->end());
        table.columns.push_back(std::move(column));
    }

    Table const& m_catalogue;
    std::map<std::uint32_t, Table>& m_tables;
    std::unordered_set<std::uint64_t> m_known_columns; // table and column
    bool m_has_live_tables = false;
};

class LossCounter final : public DiagnosticSink {
public:
    explicit LossCounter(DiagnosticSink& target)
        : m_target(target)
    {
    }
    void report(Diagnostic const& diagnostic) override
    {
        bytes_lost += diagnostic.bytes_lost;
        m_target.report(diagnostic);
    }
    std::uint64_t bytes_lost = 0;

private:
    DiagnosticSink& m_target;
};

// Fixed columns lie one behind the other. The catalogue says where, but not of its own columns, nor in old databases.
void place_fixed_columns(Table& table)
{
    std::ranges::stable_sort(table.columns, {}, &Column::id);
    std::uint32_t next = 4;
    for (auto& column : table.columns) {
        if (column.id >= 128)
            break;
        if (column.record_offset < next)
            column.record_offset = next;
        next = column.record_offset + column.size_bytes;
    }
}

}

Column const* Table::find(std::string_view column_name) const
{
    auto const found = std::ranges::find(columns, column_name, &Column::name);
    return found == columns.end() ? nullptr : &*found;
}

// The catalogue describes everything but itself. Where it is damaged, its shadow fills the gaps.
void Database::read_catalogue(DiagnosticSink& diagnostics)
{
    std::map<std::uint32_t, Table> tables;
    LossCounter losses { diagnostics };
    auto const catalogue = catalogue_table(catalogue_root_page, catalogue_object_id);
    CatalogueReader reader { catalogue, tables };
    visit(catalogue, reader, losses);
    if (losses.bytes_lost > 0 || !reader.has_live_tables()) {
        diagnostics.report({ { ErrorCode::bad_value, "ese.catalogue",
                                 page_offset(catalogue_root_page, m_header.page_bytes), 0, 0, {} },
            0 });
        auto const shadow = catalogue_table(shadow_root_page, shadow_object_id);
        std::map<std::uint32_t, Table> copies;
        CatalogueReader shadow_reader { shadow, copies };
        visit(shadow, shadow_reader, diagnostics);
        for (auto& [object_id, table] : copies) {
            auto& known = tables[object_id];
            if (known.root_page == 0 || (known.is_recovered && !table.is_recovered)
                || known.columns.size() < table.columns.size())
                known = std::move(table);
        }
    }
    for (auto& [object_id, table] : tables) {
        if (table.root_page == 0) { // columns without their table
            if (!table.columns.empty())
                diagnostics.report({ { ErrorCode::not_found, "ese.catalogue.table", 0, object_id, 0, {} }, 1 });
            continue;
        }
        place_fixed_columns(table);
        m_tables.push_back(std::move(table));
    }
    apply_templates(diagnostics);
}

// A table made from a template has the template's columns without the catalogue saying so.
void Database::apply_templates(DiagnosticSink& diagnostics)
{
    std::size_t copied = 0;
    for (auto& table : m_tables) {
        if (table.template_name.empty() || table.template_name == table.name)
            continue;
        auto const* const origin = find(table.template_name);
        if (origin == nullptr || !origin->template_name.empty())
            continue;
        copied += origin->columns.size();
        if (copied > template_columns_max) {
            diagnostics.report(
                { { ErrorCode::limit, "ese.template_columns", table.origin.offset, template_columns_max, copied, {} },
                    1 });
            return;
        }
        auto columns = origin->columns;
        for (auto& column : columns)
            column.is_derived = true;
        columns.insert(columns.end(), table.columns.begin(), table.columns.end());
        table.columns = std::move(columns);
    }
}

}
