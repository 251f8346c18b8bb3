// Lines of configuration files, and rows about them: what every grammar of Linux files shares.
// Not a grammar: those live in the folders of traces/.
#pragma once
#include "traces/linux_columns.hpp"
#include "traces/linux_places.hpp"
#include <functional>
#include <string>
#include <vector>

namespace konseki {

// Where text lies in the file. Views nothing.
struct TextPlace {
    std::uint64_t offset = 0, size = 0;
    std::uint32_t line = 0; // from 1
};

struct TextLine {
    std::string_view text; // without its end; a view of the file
    TextPlace place;
};

// Lines as they stand: "\n" and "\r\n" end one, a byte order mark in front is skipped.
class TextLines {
public:
    explicit TextLines(ByteView file);
    bool next(TextLine& line);

private:
    std::string_view m_text;
    std::uint64_t m_position = 0;
    std::uint32_t m_number = 0;
};

// Lines that go on in the next where they end with a backslash, as most grammars have it.
struct JoinedLine {
    std::string text;
    TextPlace place; // of the first line, to the end of the last
};
enum class CommentInside : std::uint8_t { kept, skipped }; // systemd skips comment lines inside a continued one
class JoinedLines {
public:
    JoinedLines(ByteView file, std::string_view joined_with, CommentInside comments);
    bool next(JoinedLine& line);

private:
    TextLines m_lines;
    std::string_view m_joined_with;
    CommentInside m_comments;
};

// Visits each line that is neither empty nor a comment ("#"), without the blanks around it, until the rows are stopped.
using EntryVisitor = std::function<void(std::string_view text, TextPlace const& place)>;
class LinuxRows;
void for_each_entry(TextLines lines, LinuxRows const& rows, EntryVisitor const& visit);
void for_each_entry(JoinedLines lines, LinuxRows const& rows, EntryVisitor const& visit);

// Takes the first word off; words are separated by blanks.
std::string_view take_word(std::string_view& rest);
// "a b  c" -> words. Quotes (' and ") keep blanks together and are taken off, backslash takes the next character.
std::vector<std::string> quoted_words(std::string_view text);
// The beginning of text that stands in many rows (a section, a condition): a hostile line must not be copied into each.
inline constexpr std::size_t repeated_bytes_max = 1'024;
constexpr std::string_view at_most(std::string_view text, std::size_t bytes = repeated_bytes_max)
{
    return text.substr(0, bytes);
}
// Adds to what stands in one value, with "; " between the parts; an empty one adds nothing.
void add_part(std::string& detail, std::string_view part);
// Text without one pair of quotes around all of it.
std::string_view without_quotes(std::string_view text);

// What a row of linux.autostart says beyond its file; what is empty is absent.
struct AutostartParts {
    std::string_view name, schedule, command, detail, user;
    std::string_view location {}, kind {}; // empty: those of the file's place
    std::optional<bool> is_enabled {};
};
struct SettingParts {
    std::string_view section, name, value, user;
    std::string_view location {};
};

// Fills in what the path says, makes text valid UTF-8, and keeps the places of rows distinct. Views the evidence.
class LinuxRows {
public:
    LinuxRows(EvidenceView const& evidence, ParseContext& context);

    LinuxPath const& file() const { return m_file; }
    // For what a tool printed of a file: the file it is about.
    void set_path(std::string_view path) { m_file.path = path; }
    LinuxGrammar grammar() const { return m_file.place != nullptr ? m_file.place->grammar : LinuxGrammar::nothing; }
    void autostart(TextPlace const& place, AutostartParts const& parts);
    void setting(TextPlace const& place, SettingParts const& parts);
    // The row's path is filled in; its text may be any bytes. `name` may stay empty.
    void unit(LinuxUnitRow row, TextPlace const& place);
    void key(LinuxKeyRow row, TextPlace const& place);
    // What could not be understood, once per place.
    void report(ErrorCode code, std::string_view what, TextPlace const& place);
    bool is_stopped() const { return m_context.stop.stop_requested(); }

private:
    TraceOrigin origin(TextPlace const& place, std::uint64_t& next_offset) const;
    std::string_view clean(std::string_view text); // null when empty; valid until the row is out
    void forget() { m_kept.clear(); }

    ParseContext& m_context;
    LinuxPath m_file;
    std::vector<std::unique_ptr<std::string>> m_kept;
    std::uint64_t m_next_autostart = 0, m_next_setting = 0, m_next_unit = 0, m_next_key = 0;
};

}
