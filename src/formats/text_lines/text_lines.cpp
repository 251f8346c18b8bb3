#include "formats/text_lines/text_lines.hpp"
#include "base/utf8.hpp"
#include <algorithm>

namespace konseki::text_lines {

namespace {
constexpr std::string_view blank = " \t", byte_order_mark = "\xef\xbb\xbf";
}

std::uint64_t begin_of(std::string_view file)
{
    return file.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
}

std::optional<Line> next(std::string_view file, std::uint64_t& position, std::uint64_t end)
{
    end = std::min<std::uint64_t>(end, file.size());
    if (position >= end)
        return std::nullopt;
    auto const begin = position;
    auto const line_end = std::min<std::uint64_t>(file.find('\n', begin), end);
    position = line_end + 1;
    auto text = file.substr(begin, line_end - begin);
    if (text.ends_with('\r'))
        text.remove_suffix(1);
    return Line { text, begin, std::min(position, end) };
}

void for_each(EvidenceView const& evidence, ParseContext const& context, std::function<void(Line const&)> const& visit)
{
    auto const file = as_text(evidence.bytes);
    auto position = evidence.range.offset == 0 ? begin_of(file) : evidence.range.offset;
    auto const end = evidence.range.offset + evidence.range.size;
    while (auto const line = next(file, position, end)) {
        if (context.stop.stop_requested())
            return;
        visit(*line);
    }
}

std::vector<ByteRange> ranges(ByteView bytes, std::uint64_t piece_bytes)
{
    auto const file = as_text(bytes);
    std::vector<ByteRange> found;
    std::uint64_t begin = 0;
    while (begin < file.size()) {
        auto const wanted = std::min<std::uint64_t>(file.size() - begin, std::max<std::uint64_t>(piece_bytes, 1));
        auto const newline = file.find('\n', begin + wanted - 1);
        auto const end = newline == std::string_view::npos ? file.size() : newline + 1;
        found.push_back({ begin, end - begin });
        begin = end;
    }
    return found;
}

std::string_view take_word(std::string_view& rest)
{
    auto const begin = std::min(rest.find_first_not_of(blank), rest.size());
    auto const end = std::min(rest.find_first_of(blank, begin), rest.size());
    auto const word = rest.substr(begin, end - begin);
    rest.remove_prefix(std::min(rest.find_first_not_of(blank, end), rest.size()));
    return word;
}

std::vector<std::string_view> words(std::string_view line)
{
    std::vector<std::string_view> found;
    for (auto word = take_word(line); !word.empty(); word = take_word(line))
        found.push_back(word);
    return found;
}

std::optional<std::string> line_at(EvidenceView const& evidence, std::uint64_t offset)
{
    auto position = offset;
    auto const line = next(as_text(evidence.bytes), position, evidence.bytes.size());
    return line ? std::optional(utf8::repaired(line->text)) : std::nullopt;
}

}
