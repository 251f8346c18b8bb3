#include "base/text.hpp"
#include "formats/pe/layout.hpp"
#include "formats/pe/ordinals.hpp"
#include <algorithm>

namespace konseki::pe {

namespace {

constexpr std::uint32_t descriptor_bytes = 20, delayed_bytes = 32;
constexpr std::size_t import_directory = 1, delayed_directory = 13, export_directory = 0;
constexpr std::uint32_t libraries_max = 4'096, functions_max = 65'536; // a loader's table cannot be larger in practice
constexpr std::size_t name_max = 512;

void limit(std::string_view what, std::uint64_t offset, DiagnosticSink& diagnostics)
{
    diagnostics.report({ { ErrorCode::limit, what, offset, 0, 0, {} }, 0 });
}

// One thunk table: an address of hint and name, or an ordinal under the highest bit.
bool read_functions(Layout const& layout, std::uint32_t table, bool is_64_bit, Import& import)
{
    auto const step = is_64_bit ? 8U : 4U;
    for (std::uint32_t number = 0; number < functions_max; ++number) {
        auto const place = layout.offset_of(table + number * step);
        if (!place)
            return number > 0;
        auto const entry = is_64_bit ? at<std::uint64_t>(layout.bytes, *place)
                                     : std::optional<std::uint64_t>(at<std::uint32_t>(layout.bytes, *place));
        if (!entry)
            return false;
        if (*entry == 0)
            return true;
        bool const is_ordinal = (*entry >> (is_64_bit ? 63U : 31U)) != 0;
        if (is_ordinal)
            import.functions.push_back({ {}, static_cast<std::uint16_t>(*entry) });
        else if (*entry <= 0x7fff'ffff)
            import.functions.push_back({ layout.text(static_cast<std::uint32_t>(*entry) + 2, name_max), 0 });
        else
            return false;
    }
    return false;
}

void read_table(Layout const& layout, Directory directory, bool is_delayed, Image& image, DiagnosticSink& diagnostics)
{
    auto const step = is_delayed ? delayed_bytes : descriptor_bytes;
    for (std::uint32_t number = 0;; ++number) {
        if (number == libraries_max)
            return limit("pe.imports", directory.address, diagnostics);
        auto const entry = directory.address + number * step;
        auto const name = layout.value<std::uint32_t>(entry + (is_delayed ? 4 : 12)).value_or(0);
        if (name == 0)
            return;
        auto table = layout.value<std::uint32_t>(entry + (is_delayed ? 16 : 0)).value_or(0);
        if (table == 0 && !is_delayed)
            table = layout.value<std::uint32_t>(entry + 16).value_or(0); // old linkers give only the address table
        Import import;
        import.library = layout.text(name, name_max);
        import.is_delayed = is_delayed;
        auto const stamp = layout.value<std::uint32_t>(entry + (is_delayed ? 28 : 4)).value_or(0);
        if (stamp != 0 && stamp != 0xffff'ffff) // ff…: bound, its time stands elsewhere
            import.stamped_at = Timestamp::from_unix_seconds(stamp);
        if (import.library.empty())
            return;
        if (!read_functions(layout, table, image.is_64_bit, import))
            diagnostics.report(
                { { ErrorCode::bad_offset, "pe.import.functions", layout.offset_of(entry).value_or(0), 0, 0, {} }, 0 });
        image.imports.push_back(std::move(import));
    }
}

}

void read_imports(Layout const& layout, Image& image, DiagnosticSink& diagnostics)
{
    if (auto const directory = layout.directory(import_directory); directory.address != 0)
        read_table(layout, directory, false, image, diagnostics);
    if (auto const directory = layout.directory(delayed_directory); directory.address != 0)
        read_table(layout, directory, true, image, diagnostics);
}

// "library.function" in lower case in the order of the tables, commas between; the library's extension is left out.
// Delayed imports do not count: the published hashes do not hold them.
std::string import_hash(std::vector<Import> const& imports)
{
    std::string text;
    for (auto const& import : imports) {
        if (import.is_delayed)
            continue;
        auto const library = ascii_lower(import.library);
        auto stem = std::string_view(library);
        for (auto const extension : { ".dll", ".ocx", ".sys" })
            if (stem.size() > 4 && stem.substr(stem.size() - 4) == extension) {
                stem.remove_suffix(4);
                break;
            }
        for (auto const& function : import.functions) {
            auto name = ascii_lower(function.name);
            if (name.empty()) {
                auto const known = name_of_ordinal(library, function.ordinal);
                name = known.empty() ? format("ord{}", function.ordinal) : ascii_lower(known);
            }
            append_format(text, "{}{}.{}", text.empty() ? "" : ",", stem, name);
        }
    }
    return text.empty() ? std::string() : md5_of(as_bytes(text));
}

void read_exports(Layout const& layout, Image& image, DiagnosticSink& diagnostics)
{
    auto const directory = layout.directory(export_directory);
    if (directory.address == 0 || directory.size_bytes < 40)
        return;
    auto const word
        = [&](std::uint32_t place) { return layout.value<std::uint32_t>(directory.address + place).value_or(0); };
    image.export_name = layout.text(word(12), name_max);
    auto const base = word(16);
    auto const functions = std::min(word(20), functions_max);
    auto const names = std::min(word(24), functions_max);
    if (word(20) > functions_max || word(24) > functions_max)
        limit("pe.exports", directory.address, diagnostics);
    std::vector<std::string> name_of(functions);
    for (std::uint32_t number = 0; number < names; ++number) {
        auto const name = layout.value<std::uint32_t>(word(32) + number * 4);
        auto const index = layout.value<std::uint16_t>(word(36) + number * 2);
        if (!name || !index)
            break;
        if (*index < functions)
            name_of[*index] = layout.text(*name, name_max);
    }
    for (std::uint32_t number = 0; number < functions; ++number) {
        auto const address = layout.value<std::uint32_t>(word(28) + number * 4);
        if (!address)
            break;
        if (*address == 0)
            continue;
        Export one { std::move(name_of[number]), base + number, {} };
        if (*address >= directory.address && *address - directory.address < directory.size_bytes)
            one.forwarded_to = layout.text(*address, name_max);
        image.exports.push_back(std::move(one));
    }
}

}
