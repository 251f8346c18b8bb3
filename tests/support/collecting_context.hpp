// A ParseContext whose sinks keep everything, for tests of artefact parsers: rows come back as name -> text.
// Header only: the test target links record/.
#pragma once
#include "base/text.hpp"
#include "record/artefact_parser.hpp"
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace konseki::test {

using Row = std::map<std::string,
    std::string>; // absent columns are left out; "@offset", "@size", "@recovered" are the origin

class CollectingSink final : public TraceSink {
public:
    std::vector<std::unique_ptr<TraceBatch>> batches;

    std::vector<Row> rows(std::string_view schema) const
    {
        std::vector<Row> rows;
        for (auto const& batch : batches) {
            for (std::size_t row = 0; batch->schema().name == schema && row < batch->row_count(); ++row)
                rows.push_back(row_of(*batch, row));
        }
        return rows;
    }

private:
    TraceBatch& room_in(Schema const& schema) override
    {
        for (auto const& batch : batches) {
            if (&batch->schema() == &schema && !batch->is_full())
                return *batch;
        }
        batches.push_back(std::make_unique<TraceBatch>(schema, 1));
        return *batches.back();
    }

    static Row row_of(TraceBatch const& batch, std::size_t row)
    {
        Row texts;
        auto const columns = batch.schema().columns();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (!batch.is_absent(i, row))
                texts.emplace(columns[i].name, cell_text(batch, columns[i].type, i, row));
        }
        auto const& origin = batch.origin(row);
        texts["@offset"] = format("{}", origin.offset);
        texts["@size"] = format("{}", origin.size_bytes);
        texts["@recovered"] = origin.is_recovered ? "true" : "false";
        return texts;
    }

    static std::string cell_text(TraceBatch const& batch, ColumnType type, std::size_t column, std::size_t row)
    {
        switch (type) {
        case ColumnType::text:
        case ColumnType::symbol: return std::string(batch.text(column, row));
        case ColumnType::boolean: return batch.number(column, row) != 0 ? "true" : "false";
        case ColumnType::timestamp:
            return to_string(Timestamp { static_cast<std::int64_t>(batch.number(column, row)) });
        case ColumnType::signed_integer:
        case ColumnType::local_time: return format("{}", static_cast<std::int64_t>(batch.number(column, row)));
        case ColumnType::real: return format("{}", std::bit_cast<double>(batch.number(column, row)));
        case ColumnType::unsigned_integer: return format("{}", batch.number(column, row));
        }
        return {};
    }
};

class CollectingDiagnostics final : public DiagnosticSink {
public:
    void report(Diagnostic const& diagnostic) override { list.push_back(diagnostic); }
    std::vector<Diagnostic> list;
};

class MapDictionary final : public Dictionary {
public:
    std::optional<std::string_view> find(std::string_view key) const override
    {
        auto const found = entries.find(std::string(key));
        return found == entries.end() ? std::nullopt : std::optional<std::string_view> { found->second };
    }
    void add(std::string_view key, std::string_view bytes) override { entries.try_emplace(std::string(key), bytes); }
    std::map<std::string, std::string> entries;
};

class IgnoringWatcher final : public EventWatcher {
public:
    void on_event(Event const&, TraceOrigin const&) override { ++events; }
    std::size_t events = 0;
};

struct CollectingContext {
    CollectingSink traces;
    CollectingDiagnostics diagnostics;
    IgnoringWatcher watcher;
    EventShapes shapes;
    MapDictionary dictionary;
    Arena arena;
    ParseContext context { .traces = traces,
        .diagnostics = diagnostics,
        .events = watcher,
        .shapes = shapes,
        .dictionary = dictionary,
        .arena = arena };

    std::vector<Row> rows(std::string_view schema) const { return traces.rows(schema); }
};

}
