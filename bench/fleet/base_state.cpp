#include "base_state.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "store/query.hpp"
#include "traces/windows_amcache/schemas.hpp"
#include "traces/windows_autostart/schemas.hpp"
#include "traces/windows_bam/schemas.hpp"
#include "traces/windows_prefetch/parser.hpp"
#include "traces/windows_service/schemas.hpp"
#include "traces/windows_shimcache/schemas.hpp"
#include "traces/windows_task_xml/parser.hpp"
#include "traces/windows_wmi/parser.hpp"
#include <array>
#include <set>

namespace konseki::fleet {

namespace {

Cell cell_of(store::Rows const& rows, std::size_t at, ColumnType type)
{
    Cell cell;
    cell.is_null = rows.is_null(at) || type == ColumnType::local_time;
    if (cell.is_null)
        return cell;
    switch (type) {
    case ColumnType::boolean: cell.number = rows.boolean(at) ? 1 : 0; break;
    case ColumnType::unsigned_integer: cell.number = rows.unsigned_integer(at); break;
    case ColumnType::signed_integer: cell.number = static_cast<std::uint64_t>(rows.integer(at)); break;
    case ColumnType::real: cell.number = std::bit_cast<std::uint64_t>(rows.real(at)); break;
    case ColumnType::timestamp: cell.number = static_cast<std::uint64_t>(rows.time(at).ticks); break;
    case ColumnType::local_time: break;
    case ColumnType::text:
    case ColumnType::symbol: cell.text = rows.text(at); break;
    }
    return cell;
}

// `where` speaks of t (the table) and e (its evidence).
Result<StoredRows> read_rows(store::Case const& base, Schema const& schema, std::string_view where)
{
    std::string columns;
    for (auto const& column : schema.columns())
        append_format(columns, "{}t.\"{}\"", columns.empty() ? "" : ", ", column.name);
    auto rows = TRY(base.query(format("SELECT {} FROM {} t JOIN evidence e ON e.number = t.evidence WHERE {} "
                                      "ORDER BY t.evidence, t.\"offset\"",
        columns, store::sql_name(schema.name), where)));
    StoredRows stored { &schema };
    while (rows.next()) {
        StoredRow row;
        for (std::size_t at = 0; at < schema.column_count; ++at)
            row.cells.push_back(cell_of(rows, at, schema.column_array.at(at).type));
        stored.rows.push_back(std::move(row));
    }
    TRY(rows.status());
    return stored;
}

// What was planted on the machines of the base, or belongs to those who examined them: known from the exercises that
// published them, not from our own findings.
constexpr std::string_view planted_services = "'PSEXESVC', 'FResponse Service', 'Mnemosyne'";
constexpr std::string_view only_of_windows
    = "regexp_matches(lower(t.path), '^(.*)\\\\(windows|program files[^\\\\]*)\\\\') "
      "AND NOT regexp_matches(lower(t.path), '\\\\system32\\\\dllhost\\\\|\\\\temp\\\\|f-response|psexe')";

Result<BaseMachine> read_machine(store::Case const& base, std::string_view hive)
{
    auto const of_hive = format("e.original_path = '{}' AND NOT t.recovered", hive);
    BaseMachine machine { std::string(hive), {}, {}, {}, {} };
    machine.services = TRY(read_rows(base, windows_service::service_schema.erased,
        format("{} AND t.is_current AND t.name NOT IN ({})", of_hive, planted_services)));
    machine.autostarts = TRY(read_rows(base, windows_autostart::entry_schema.erased,
        format("{} AND t.hive = 'system' AND (t.control_set IS NULL OR t.control_set = 'ControlSet001') "
               "AND t.location <> 'W22'",
            of_hive)));
    machine.shimcache = TRY(read_rows(
        base, windows_shimcache::entry_schema.erased, format("{} AND t.is_current AND {}", of_hive, only_of_windows)));
    machine.moderator = TRY(read_rows(base, windows_bam::entry_schema.erased,
        format("{} AND regexp_matches(lower(t.path), '\\\\windows\\\\|^microsoft')", of_hive)));
    return machine;
}

Result<std::vector<std::string>> read_program_names(store::Case const& base)
{
    auto rows = TRY(base.query(
        "SELECT DISTINCT regexp_extract(lower(path), '([^\\\\]*)\\.exe$', 1) AS name FROM "
        "(SELECT path FROM windows_mft_file WHERE extension = 'exe' UNION ALL "
        "SELECT path FROM windows_amcache_file) "
        "WHERE lower(path) LIKE '%program files%' AND lower(path) NOT LIKE '%\\windows defender%' AND name <> '' "
        "ORDER BY name"));
    std::vector<std::string> names;
    while (rows.next())
        names.emplace_back(rows.text(0));
    TRY(rows.status());
    return names;
}

// Prefetch files of the same three machines name what programs loaded.
Result<std::vector<std::string>> read_libraries(store::Case const& base)
{
    auto rows = TRY(
        base.query("SELECT DISTINCT 'C:' || upper(regexp_replace(path, '^.*\\}', '')) AS name "
                   "FROM windows_prefetch_file WHERE regexp_matches(upper(path), "
                   "'\\}\\\\WINDOWS\\\\SYSTEM32\\\\(DRIVERS\\\\|WBEM\\\\)?[^\\\\]+\\.(DLL|EXE|SYS|DRV|CPL|OCX)$') "
                   "ORDER BY name"));
    std::vector<std::string> names;
    while (rows.next())
        names.emplace_back(rows.text(0));
    TRY(rows.status());
    return names;
}

}

std::size_t StoredRows::column(std::string_view name) const
{
    for (std::size_t at = 0; at < schema->column_count; ++at)
        if (schema->column_array.at(at).name == name)
            return at;
    VERIFY(false);
    return 0;
}

Result<BaseState> read_base(store::Case const& base)
{
    BaseState state;
    for (auto const* hive : { "SYSTEM", "SYSTEM_B", "SYSTEM_WIN_10_1709" })
        state.machines.push_back(TRY(read_machine(base, hive)));
    for (auto const* hive : { "Amcache/Win10/APTSimulatorVM/Amcache.hve", "Amcache/Win10/RathbunVM/Amcache.hve",
             "Amcache/Win2012R2/StolenSzechuan/Amcache.hve" })
        state.inventories.push_back(TRY(read_rows(base, windows_amcache::file_schema.erased,
            format("e.original_path = '{}' AND NOT t.recovered AND {}", hive, only_of_windows))));
    for (auto const* set : { "SutharPC", "RathbunVM/", "RathbunVM2" })
        state.prefetch.push_back(TRY(read_rows(base, windows_prefetch::program_schema.erased,
            format("e.parent IN (SELECT number FROM evidence WHERE contains(original_path, '{}')) AND {}", set,
                only_of_windows))));
    state.tasks = TRY(read_rows(
        base, windows_task_xml::definition_schema.erased, "t.uri <> '\\GameOver' AND contains(t.path, '/Microsoft/')"));
    state.consumers = TRY(read_rows(base, windows_wmi::consumer_schema.erased, "t.name = 'SCM Event Log Consumer'"));
    state.filters = TRY(read_rows(base, windows_wmi::filter_schema.erased, "t.name = 'SCM Event Log Filter'"));
    state.bindings
        = TRY(read_rows(base, windows_wmi::binding_schema.erased, "t.consumer_name = 'SCM Event Log Consumer'"));
    state.user_autostarts = TRY(read_rows(base, windows_autostart::entry_schema.erased,
        "e.original_path = 'plaso/NTUSER-WIN7.DAT' AND t.location IN ('W08', 'W55', 'W79')"));
    state.libraries = TRY(read_libraries(base));
    state.program_names = TRY(read_program_names(base));
    return state;
}

}
