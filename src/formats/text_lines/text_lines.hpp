// Lines of a text file with their place, words and fields of a line: for the plain texts of Unix tools.
// Not a grammar of any of them, and not JSON lines (formats/json_lines).
#pragma once
#include "base/byte_view.hpp"
#include "record/artefact_parser.hpp"
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace konseki::text_lines {

// One line without its end ("\n" or "\r\n"), and where it lies.
struct Line {
    std::string_view text;
    std::uint64_t offset = 0, end = 0; // end: where the next one begins
    TraceOrigin origin() const { return { offset, text.size(), false }; }
};

// Where the first line of a file begins: behind a byte order mark.
std::uint64_t begin_of(std::string_view file);
// The next line from `position`, which moves behind it; nothing at `end`, where a range or the file ends.
std::optional<Line> next(std::string_view file, std::uint64_t& position, std::uint64_t end);

// Every line of the evidence's range until it says stop. A byte order mark is no part of the first line.
void for_each(EvidenceView const& evidence, ParseContext const& context, std::function<void(Line const&)> const& visit);

// Ranges that begin at a line's begin and end at a line's end, of about `piece_bytes`, together the whole file; fits
// ArtefactParser::split.
std::vector<ByteRange> ranges(ByteView file, std::uint64_t piece_bytes);

// The first word, cut off with the blanks and tabs around it; empty when nothing is left.
std::string_view take_word(std::string_view& rest);
std::vector<std::string_view> words(std::string_view line); // views into line

// What a render of one line shows: the line at the offset, repaired; nothing behind the file's end.
std::optional<std::string> line_at(EvidenceView const& evidence, std::uint64_t offset);

}
