#include "base/text.hpp"
#include "formats/json_lines/json_lines.hpp"
#include <benchmark/benchmark.h>

namespace konseki::json_lines {

namespace {
struct FileRow {
    std::string_view path, sha256;
    Symbol type, package;
    std::optional<std::uint32_t> mode, uid;
    std::optional<std::uint64_t> file_bytes, inode;
    Timestamp modified_at, changed_at;
};
constexpr auto file_schema = schema("bench.file", "", field("path", &FileRow::path, ""),
    field("sha256", &FileRow::sha256, ""), field("type", &FileRow::type, ""), field("package", &FileRow::package, ""),
    field("mode", &FileRow::mode, ""), field("uid", &FileRow::uid, ""), field("file_bytes", &FileRow::file_bytes, ""),
    field("inode", &FileRow::inode, ""), field("modified_at", &FileRow::modified_at, ""),
    field("changed_at", &FileRow::changed_at, ""));
}

// 50,000 lines like those of a collection's files.
static void read_rows(benchmark::State& state)
{
    std::string text;
    for (int row = 0; row < 50'000; ++row)
        append_format(text,
            "{{\"path\":\"/usr/lib/x86_64-linux-gnu/lib{0}.so\",\"sha256\":\"{1:064x}\",\"type\":\"regular\","
            "\"package\":\"libc6\",\"mode\":420,\"uid\":0,\"file_bytes\":{0},\"inode\":{0},\"modified_at\":"
            "\"2026-11-23T01:02:03.1234567Z\",\"changed_at\":\"2026-11-23T01:02:03.1234567Z\"}}\n",
            row, row);
    RowReader reader { file_schema.erased };
    std::uint64_t inodes = 0;
    for (auto _ : state) {
        std::uint64_t position = 0;
        while (auto const line = next_line(text, position, text.size())) {
            FileRow row;
            if (auto const values = reader.read(line->text); values.ok())
                (void)fill(file_schema, values.value(), row);
            inodes += row.inode.value_or(0);
        }
    }
    benchmark::DoNotOptimize(inodes);
    state.SetBytesProcessed(static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * text.size()));
}
BENCHMARK(read_rows);

}
