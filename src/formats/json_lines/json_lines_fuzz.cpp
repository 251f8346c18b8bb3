// Lines lie in the file; every value of every line fits its row.
#include "formats/json_lines/json_lines.hpp"

namespace {
struct FuzzRow {
    std::string_view text;
    konseki::Symbol word;
    std::optional<std::uint32_t> number;
    std::int64_t signed_number = 0;
    double real = 0;
    bool is_it = false;
    konseki::Timestamp at;
};
constexpr auto fuzz_schema = konseki::schema("fuzz.row", "", konseki::field("text", &FuzzRow::text, ""),
    konseki::field("word", &FuzzRow::word, ""), konseki::field("number", &FuzzRow::number, ""),
    konseki::field("signed_number", &FuzzRow::signed_number, ""), konseki::field("real", &FuzzRow::real, ""),
    konseki::field("is_it", &FuzzRow::is_it, ""), konseki::field("at", &FuzzRow::at, ""));
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    auto const file = konseki::as_text(std::as_bytes(std::span { bytes, size }));
    konseki::json_lines::RowReader reader { fuzz_schema.erased };
    std::uint64_t position = 0, end = 0;
    while (auto const line = konseki::json_lines::next_line(file, position, size)) {
        VERIFY(line->offset >= end && line->offset + line->text.size() <= size);
        end = line->offset + line->text.size();
        FuzzRow row;
        if (auto const values = reader.read(line->text); values.ok())
            (void)konseki::json_lines::fill(fuzz_schema, values.value(), row);
    }
    return 0;
}
