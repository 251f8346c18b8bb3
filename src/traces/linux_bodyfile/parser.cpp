#include "traces/linux_bodyfile/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/text_lines/text_lines.hpp"
#include "traces/linux_columns.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_bodyfile {

namespace {

// [TSK wiki "Body file"] 3: MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime
// 2 and before: MD5|path|device|inode|mode|mode text|links|UID|GID|rdev|size|atime|mtime|ctime|block size|blocks
// Not every writer escapes names: fields are counted from the end.
constexpr std::size_t fields_of_3 = 11, fields_of_2 = 16;

struct Layout {
    std::size_t mode, inode, uid, gid, size, accessed, modified, changed; // from the end; 1 is the last field
    std::size_t born, links; // 0: there is none
    std::size_t behind_name;
};
constexpr Layout layout_of_3 { 8, 9, 7, 6, 5, 4, 3, 2, 1, 0, 9 };
constexpr Layout layout_of_2 { 11, 13, 9, 8, 6, 5, 4, 3, 0, 10, 14 };

struct Mode {
    Symbol type;
    std::uint32_t bits = 0;
};

// "r/rrwxr-xr-x" of the Sleuth Kit (name's type / file's type and permissions), "-rwsr-xr-x" of stat and ls.
std::optional<Mode> mode_in(std::string_view text)
{
    auto const is_sleuth_kit = text.size() > 2 && text[1] == '/';
    if (is_sleuth_kit)
        text.remove_prefix(2);
    if (text.size() < 10 || text.size() > 11) // an 11th: "." or "+" of SELinux and ACLs
        return std::nullopt;
    Mode mode;
    switch (text[0]) {
    case '-': mode.type = is_sleuth_kit ? Symbol {} : Symbol("regular"); break;
    case 'r': mode.type = "regular"; break;
    case 'd': mode.type = "folder"; break;
    case 'l': mode.type = "link"; break;
    case 'c': mode.type = "character"; break;
    case 'b': mode.type = "block"; break;
    case 'p': mode.type = "fifo"; break;
    case 'h': mode.type = "socket"; break;
    case 's': mode.type = is_sleuth_kit ? Symbol {} : Symbol("socket"); break; // shadow of Solaris
    case 'w':
    case 'v':
    case 'V': break; // whiteout, virtual
    default: return std::nullopt;
    }
    for (std::size_t i = 1; i < 10; ++i) {
        constexpr std::string_view plain = "rwx";
        auto const c = text[i];
        auto const place = (i - 1) % 3;
        auto const bit = 1U << (9 - i);
        if (c == plain[place])
            mode.bits |= bit;
        else if (place == 2 && (c == 's' || c == 'S' || c == 't' || c == 'T'))
            mode.bits |= (c == 's' || c == 't' ? bit : 0U) | (i == 3 ? 04000U : i == 6 ? 02000U : 01000U);
        else if (c != '-')
            return std::nullopt;
    }
    return mode;
}

// Seconds since 1970, fractions allowed; 0 and -1: not kept.
Timestamp time_in(std::string_view text)
{
    auto const dot = std::min(text.find('.'), text.size());
    auto const seconds = parse_int(text.substr(0, dot));
    if (!seconds || *seconds <= 0 || *seconds > 253'402'300'799) // year 9999
        return {};
    auto time = Timestamp::from_unix_seconds(*seconds);
    auto unit = ticks_per_second / 10;
    for (auto const c : text.substr(std::min(dot + 1, text.size()))) {
        if (c < '0' || c > '9' || unit == 0)
            break;
        time.ticks += (c - '0') * unit;
        unit /= 10;
    }
    return time;
}

template <typename T> std::optional<T> number_in(std::string_view text)
{
    auto const number = parse_uint(text.substr(0, text.find('-'))); // NTFS: record-attribute-number
    if (!number || *number > std::numeric_limits<T>::max())
        return std::nullopt;
    return static_cast<T>(*number);
}

struct Read {
    std::vector<std::string_view> fields;
    Layout const* layout = nullptr;
    Mode mode;

    std::string_view field(std::size_t from_end) const { return fields[fields.size() - from_end]; }
};

std::optional<Read> read(std::string_view line)
{
    Read found { split(line, '|'), nullptr, {} };
    for (auto const& [layout, count] :
        { std::pair { &layout_of_3, fields_of_3 }, std::pair { &layout_of_2, fields_of_2 } }) {
        if (found.fields.size() < count)
            continue;
        if (auto const mode = mode_in(found.field(layout->mode))) {
            found.layout = layout;
            found.mode = *mode;
            return found;
        }
    }
    return std::nullopt;
}

std::string_view without_quotes(std::string_view name)
{
    auto const is_quoted
        = name.size() >= 2 && name.front() == name.back() && (name.front() == '\'' || name.front() == '"');
    return is_quoted ? name.substr(1, name.size() - 2) : name;
}

int hex_digit(char c)
{
    auto const lower = ascii_lower(c);
    return c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Some writers escape: "\\", "\|", "\x0d". Any other backslash is one.
std::string unescaped(std::string_view name)
{
    std::string text;
    for (std::size_t at = 0; at < name.size(); ++at) {
        auto const rest = name.substr(at);
        if (rest.starts_with("\\\\") || rest.starts_with("\\|")) {
            text += name[++at];
        } else if (rest.size() >= 4 && rest.starts_with("\\x") && hex_digit(rest[2]) >= 0 && hex_digit(rest[3]) >= 0) {
            text += static_cast<char>(hex_digit(rest[2]) * 16 + hex_digit(rest[3]));
            at += 3;
        } else {
            text += name[at];
        }
    }
    return utf8::repaired(text);
}

// "name (deleted)" and "name (deleted-realloc)": the Sleuth Kit saw the name in free space.
bool drop_deleted_mark(std::string_view& name)
{
    for (std::string_view const mark : { " (deleted)", " (deleted-realloc)" }) {
        if (name.ends_with(mark)) {
            name.remove_suffix(mark.size());
            return true;
        }
    }
    return false;
}

void emit(Read const& line, text_lines::Line const& source, ParseContext& context)
{
    auto const name_begin = line.fields[1].data();
    auto const name_end = line.field(line.layout->behind_name).data() - 1;
    std::string_view name { name_begin, static_cast<std::size_t>(name_end - name_begin) };
    auto origin = source.origin();
    origin.is_recovered = drop_deleted_mark(name);
    LinuxFileRow row;
    std::string_view target;
    if (auto const arrow = name.find(" -> "); line.mode.type.text == "link" && arrow != std::string_view::npos) {
        target = without_quotes(name.substr(arrow + 4));
        name = name.substr(0, arrow);
    }
    auto const path = unescaped(without_quotes(name)), link = unescaped(target);
    row.path = path;
    row.target = link.empty() ? std::string_view {} : std::string_view(link);
    row.type = line.mode.type;
    auto const is_known = !origin.is_recovered || line.mode.bits != 0; // names without an inode show dashes
    if (is_known)
        row.mode = line.mode.bits;
    auto const& layout = *line.layout;
    row.uid = number_in<std::uint32_t>(line.field(layout.uid));
    row.gid = number_in<std::uint32_t>(line.field(layout.gid));
    row.file_bytes = number_in<std::uint64_t>(line.field(layout.size));
    row.inode = number_in<std::uint64_t>(line.field(layout.inode));
    if (layout.links != 0)
        row.links = number_in<std::uint64_t>(line.field(layout.links));
    row.modified_at = time_in(line.field(layout.modified));
    row.changed_at = time_in(line.field(layout.changed));
    row.accessed_at = time_in(line.field(layout.accessed));
    if (layout.born != 0)
        row.born_at = time_in(line.field(layout.born));
    context.traces.emit(linux_file_schema, origin, row);
}

bool is_comment(std::string_view line)
{
    return trim(line).empty() || line.starts_with('#');
}

Sniff sniff(ByteView head, std::string_view name)
{
    auto const file = as_text(head);
    std::uint64_t position = 0;
    std::size_t lines = 0;
    auto const whole = head.size() < 4096 ? file.size() : std::min(file.rfind('\n'), file.size());
    while (auto const line = text_lines::next(file, position, whole)) {
        if (is_comment(line->text))
            continue;
        if (!read(line->text))
            return lines >= 2 ? Sniff::maybe : Sniff::no;
        ++lines;
    }
    if (lines == 0)
        return Sniff::no;
    return ascii_lower(file_name_of(name)).find("body") != std::string::npos ? Sniff::sure : Sniff::maybe;
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    bool has_version_2 = false;
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        if (is_comment(line.text))
            return;
        auto const found = read(line.text);
        if (!found) {
            context.diagnostics.report(
                { { ErrorCode::bad_value, "bodyfile.line", line.offset, 0, 0, {} }, line.text.size() });
            return;
        }
        if (found->layout == &layout_of_2 && !std::exchange(has_version_2, true) && evidence.is_first_piece)
            context.diagnostics.report({ { ErrorCode::unsupported, "bodyfile.version", line.offset, 3, 2, {} }, 0 });
        emit(*found, line, context);
    });
}

std::optional<std::string> render(
    EvidenceView const& evidence, TraceOrigin const& origin, Dictionary const&, std::string_view)
{
    return text_lines::line_at(evidence, origin.offset);
}

constexpr std::array<Schema const*, 1> schemas { &linux_file_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_bodyfile",
    .title = "Body file (Sleuth Kit, UAC)",
    .version = 1,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
    .split = text_lines::ranges,
    .render = render,
};

}
