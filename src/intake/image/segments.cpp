#include "intake/image/segments.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include <algorithm>
#include <array>

namespace konseki::intake {

namespace {

constexpr std::size_t ewf_section_bytes = 76; // [libewf, EWF format] a section's head; the last section is head only
constexpr std::size_t digits_max = 5;

bool is_digits(std::string_view text)
{
    return !text.empty() && text.size() <= digits_max && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "image.E01" -> "image.", "E01"
struct Name {
    std::string_view stem, extension;
};

Name name_of(std::string_view path)
{
    auto const dot = path.rfind('.');
    if (dot == std::string_view::npos || dot + 1 >= path.size() || path.find_first_of("/\\", dot) != path.npos)
        return { path, {} };
    return { path.substr(0, dot + 1), path.substr(dot + 1) };
}

// Place of an EWF extension in the family that a first one ("E01", "s01") begins: E02 is 2, E99 99, EAA 100, …, FAA …;
// 0 for anything else, a log ("pc.log" beside "pc.L01") among it.
std::uint32_t ewf_place(std::string_view extension, std::string_view first)
{
    if (extension.size() != 3 || first.size() != 3 || extension[0] < first[0])
        return 0;
    auto const letter = static_cast<std::uint32_t>(extension[0] - first[0]);
    std::uint32_t place = 0;
    auto const base = first[0] >= 'a' ? 'a' : 'A';
    auto const is_letter = [&](char c) { return c >= base && c <= base + 25; };
    if (letter == 0 && is_digits(extension.substr(1)))
        place = static_cast<std::uint32_t>(parse_uint(extension.substr(1)).value_or(0));
    else if (is_letter(extension[1]) && is_letter(extension[2]))
        place = 100 + letter * 676 + static_cast<std::uint32_t>((extension[1] - base) * 26 + extension[2] - base);
    return place <= segments_max ? place : 0;
}

constexpr std::array<std::string_view, 6> ewf_firsts { "E01", "e01", "S01", "s01", "L01", "l01" };

// Files beside it whose names begin alike, in the order of the set.
template <typename Visit> void each_beside(std::string_view stem, std::set<std::string> const& walked, Visit visit)
{
    for (auto entry = walked.lower_bound(std::string(stem)); entry != walked.end() && entry->starts_with(stem); ++entry)
        visit(std::string_view(*entry));
}

using Placed = std::vector<std::pair<std::uint32_t, std::string>>;

std::vector<std::string> in_order(Placed placed)
{
    std::ranges::sort(placed);
    if (placed.size() > segments_max)
        placed.resize(segments_max);
    std::vector<std::string> paths;
    for (auto& [place, path] : placed)
        paths.push_back(std::move(path));
    return paths;
}

bool is_vmdk_part(std::string_view rest) // behind the stem: "-flat.vmdk", "-s001.vmdk"
{
    auto const lower = ascii_lower(rest);
    if (!lower.starts_with('-') || !lower.ends_with(".vmdk"))
        return false;
    auto const middle = std::string_view(lower).substr(1, lower.size() - 6);
    return middle == "flat" || middle == "delta" || middle == "rdm" || middle == "rdmp"
        || ((middle.starts_with('s') || middle.starts_with('f')) && is_digits(middle.substr(1)));
}

std::uint32_t number_in(std::string_view text)
{
    auto const digit = text.find_first_of("0123456789");
    auto const end = std::min(text.find_first_not_of("0123456789", digit), text.size());
    return digit == std::string_view::npos
        ? 0
        : static_cast<std::uint32_t>(parse_uint(text.substr(digit, std::min(end - digit, digits_max))).value_or(0));
}

}

bool may_be_segment(std::string_view path)
{
    auto const extension = name_of(path).extension;
    return is_digits(extension) || equals_ignoring_case(extension, "vmdk")
        || std::ranges::any_of(ewf_firsts, [&](auto first) { return ewf_place(extension, first) > 0; });
}

std::vector<std::string> segments_of(std::string_view first, std::set<std::string> const& walked)
{
    auto const name = name_of(first);
    Placed placed;
    auto const lower = ascii_lower(name.extension);
    if (is_digits(name.extension) && parse_uint(name.extension).value_or(9) <= 1) {
        auto const begin = *parse_uint(name.extension);
        each_beside(name.stem, walked, [&](std::string_view path) {
            auto const extension = path.substr(name.stem.size());
            if (is_digits(extension) && extension.size() == name.extension.size() && *parse_uint(extension) > begin)
                placed.emplace_back(static_cast<std::uint32_t>(*parse_uint(extension)), path);
        });
    } else if (std::ranges::find(ewf_firsts, name.extension) != ewf_firsts.end()) {
        each_beside(name.stem, walked, [&](std::string_view path) {
            if (auto const place = ewf_place(path.substr(name.stem.size()), name.extension); place > 1)
                placed.emplace_back(place, path);
        });
    } else if (lower == "vmdk") {
        auto const stem = name.stem.substr(0, name.stem.size() - 1);
        each_beside(format("{}-", stem), walked, [&](std::string_view path) {
            auto const rest = path.substr(stem.size());
            if (is_vmdk_part(rest))
                placed.emplace_back(number_in(rest), path);
        });
    }
    return in_order(std::move(placed));
}

bool is_later_segment(std::string_view path, std::set<std::string> const& walked)
{
    auto const name = name_of(path);
    auto const is_there = [&](std::string const& first) { return walked.contains(first); };
    if (is_digits(name.extension)) {
        auto const number = *parse_uint(name.extension);
        std::string const zeros(name.extension.size(), '0');
        auto one = zeros;
        one.back() = '1';
        return (number > 0 && is_there(format("{}{}", name.stem, zeros)))
            || (number > 1 && is_there(format("{}{}", name.stem, one)));
    }
    for (auto const first : ewf_firsts)
        if (ewf_place(name.extension, first) > 1 && is_there(format("{}{}", name.stem, first)))
            return true;
    auto const dash = path.rfind('-');
    return dash != std::string_view::npos && is_vmdk_part(path.substr(dash))
        && is_there(format("{}.{}", path.substr(0, dash), name.extension));
}

namespace {

// Segment number in the head of an EWF file; nothing: it is none.
std::optional<std::uint32_t> ewf_number(ByteView bytes)
{
    ByteReader reader { bytes };
    reader.skip(9, "ewf.head");
    auto const number = reader.u16("ewf.segment_number");
    return reader.failed() || !as_text(bytes).starts_with(std::string_view("EVF\x09\x0d\x0a\xff\x00", 8))
        ? std::nullopt
        : std::optional<std::uint32_t> { number };
}

// The last section of all is "done"; of every other segment it is "next".
bool goes_on(ByteView bytes)
{
    return bytes.size() > ewf_section_bytes && as_text(bytes.last(ewf_section_bytes)).starts_with("next");
}

void report_gap(
    std::string_view name, std::uint32_t number, std::span<Companion const> unused, DiagnosticSink& diagnostics)
{
    std::uint64_t bytes = 1;
    for (auto const& segment : unused)
        bytes += segment.bytes.size();
    diagnostics.report(
        { { ErrorCode::not_found, "image.segment", 0, number, 0,
              format("segment {} of {} is not there: what lies in it and behind it cannot be read", number, name) },
            bytes });
}

}

std::vector<Companion> usable_segments(
    std::string_view kind, Companion const& first, std::span<Companion const> segments, DiagnosticSink& diagnostics)
{
    std::vector<Companion> usable;
    if (kind != "raw" && kind != "ewf") {
        usable.assign(segments.begin(), segments.end());
        return usable;
    }
    bool const is_ewf = kind == "ewf";
    auto number = is_ewf ? 1U : number_in(name_of(first.name).extension);
    for (std::size_t index = 0; index < segments.size(); ++index) {
        auto const& segment = segments[index];
        auto const own = is_ewf ? ewf_number(segment.bytes)
                                : std::optional<std::uint32_t> { number_in(name_of(segment.name).extension) };
        if (!own || *own != number + 1) {
            report_gap(file_name_of(first.name), number + 1, segments.subspan(index), diagnostics);
            return usable;
        }
        ++number;
        usable.push_back(segment);
    }
    if (is_ewf && goes_on(usable.empty() ? first.bytes : usable.back().bytes))
        report_gap(file_name_of(first.name), number + 1, {}, diagnostics);
    return usable;
}

}
