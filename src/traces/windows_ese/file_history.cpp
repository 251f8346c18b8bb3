#include "traces/windows_ese/file_history.hpp"
#include "base/text.hpp"
#include "traces/windows_ese/reading.hpp"

namespace konseki::windows_ese {

namespace {

// Texts and times share the reading's names: times as decimal ticks behind this offset.
constexpr std::uint64_t backup_set_ids = 1ULL << 32;

void read_names(Reading& reading)
{
    if (auto const* const table = reading.database.find("string")) {
        auto const* const id_column = table->find("id");
        auto const* const text_column = table->find("string");
        reading.each(*table, [&](ese::Row const& row) {
            auto text = row.text(text_column);
            if (auto const id = row.number(id_column); id && text)
                reading.name(*id & 0xffff'ffffU, 0, std::move(*text), row.offset());
        });
    }
    if (auto const* const table = reading.database.find("backupset")) {
        auto const* const id_column = table->find("id");
        auto const* const time_column = table->find("timestamp");
        reading.each(*table, [&](ese::Row const& row) {
            auto const time = row.time(time_column);
            if (auto const id = row.number(id_column); id && time.is_set())
                reading.name(backup_set_ids + (*id & 0xffff'ffffU), 1, format("{}", time.ticks), row.offset());
        });
    }
}

Timestamp backup_time(Reading const& reading, std::optional<std::uint64_t> id)
{
    auto const* const found = id ? reading.named(backup_set_ids + (*id & 0xffff'ffffU)) : nullptr;
    return { found == nullptr ? 0 : parse_int(found->text).value_or(0) };
}

ese::RowCounts read_files(Reading& reading, ese::Table const& table)
{
    auto const column = [&](std::string_view name) { return table.find(name); };
    auto const *const parent = column("parentId"), *const child = column("childId"), *const usn = column("usn"),
                      *const attributes = column("fileAttrib"), *const created = column("fileCreated"),
                      *const modified = column("fileModified"), *const first_set = column("tCreated"),
                      *const visible_set = column("tVisible"), *const status = column("status"),
                      *const record = column("fileRecordId");
    std::string path;
    return reading.each(table, [&](ese::Row const& source) {
        path.clear();
        for (auto const* const part : { parent, child }) {
            auto const id = source.number(part);
            auto const* const name = id ? reading.named(*id & 0xffff'ffffU) : nullptr;
            if (name == nullptr || name->text.empty())
                continue;
            if (!path.empty() && !path.ends_with('\\'))
                path += '\\';
            path += name->text;
        }
        FileHistoryRow row;
        row.path = path;
        row.created_at = source.time(created);
        row.modified_at = source.time(modified);
        row.backed_up_at = backup_time(reading, source.number(first_set));
        row.visible_since_at = backup_time(reading, source.number(visible_set));
        row.usn = source.number(usn);
        row.file_attributes = source.number(attributes);
        row.status = source.number(status);
        row.file_record_id = source.number(record);
        reading.context.traces.emit(file_history_schema, origin_of(source), row);
    });
}

ese::RowCounts read_plain(Reading& reading, ese::Table const& table)
{
    return reading.each(table, [](ese::Row const&) {}); // its rows are in those of `namespace`
}

constexpr std::array<TableReader, 3> readers { { { "namespace", read_files }, { "string", read_plain },
    { "backupset", read_plain } } };

bool is_file_history(ese::Database const& database)
{
    auto const* const table = database.find("namespace");
    return table != nullptr && table->find("parentId") != nullptr && database.find("string") != nullptr;
}

}

KindReader file_history_reader()
{
    return { Kind::file_history, is_file_history, read_names, readers };
}

}
