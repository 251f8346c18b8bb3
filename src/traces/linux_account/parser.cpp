#include "traces/linux_account/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/text_lines/text_lines.hpp"
#include "traces/linux_columns.hpp"
#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace konseki::linux_account {

namespace {

constexpr std::int64_t seconds_per_day = 86'400, days_max = 2'932'896; // year 9999
constexpr std::uint64_t companion_bytes_max = 64U << 20;

// /etc/passwd, its backup /etc/passwd- and Debian's copy /var/backups/passwd.bak: the suffix tells the set.
std::optional<std::string_view> suffix_of(std::string_view name)
{
    auto const file = file_name_of(name);
    auto const folder = file_name_of(folder_of(name));
    for (std::string_view const suffix : { "", "-", ".bak" }) {
        auto const is_file = file.starts_with("passwd") && file.substr(6) == suffix;
        if (is_file && (folder == "etc" || (folder == "backups" && suffix == ".bak")))
            return suffix;
    }
    return std::nullopt;
}

bool is_comment(std::string_view line)
{
    return trim(line).empty() || line.starts_with('#');
}

// [passwd(5)] name:password:UID:GID:GECOS:directory:shell
bool is_passwd_line(std::string_view line)
{
    return std::ranges::count(line, ':') == 6;
}

Sniff sniff(ByteView head, std::string_view name)
{
    if (!suffix_of(name))
        return Sniff::no;
    auto const file = as_text(head);
    std::uint64_t position = 0;
    while (auto const line = text_lines::next(file, position, file.size())) {
        if (!is_comment(line->text))
            return is_passwd_line(line->text) ? Sniff::sure : Sniff::no;
    }
    return Sniff::no;
}

std::vector<std::string> companion_names(std::string_view name)
{
    std::vector<std::string> names;
    if (auto const suffix = suffix_of(name)) {
        for (std::string_view const one : { "shadow", "group", "gshadow" })
            names.push_back(format("{}{}", one, *suffix));
    }
    return names;
}

std::optional<std::uint32_t> number_in(std::string_view text)
{
    auto const number = parse_uint(text);
    return number && *number <= 0xFFFFFFFFU ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
}

// [shadow(5)] days since 1970-01-01.
Timestamp day_in(std::string_view text)
{
    auto const days = parse_int(text);
    return days && *days > 0 && *days <= days_max ? Timestamp::from_unix_seconds(*days * seconds_per_day)
                                                  : Timestamp {};
}

Symbol hash_state(std::string_view hash)
{
    if (hash.empty())
        return "empty";
    return hash[0] == '!' || hash[0] == '*' ? "locked" : "set";
}

struct Beside {
    bool has_shadow = false;
    std::map<std::string_view, std::vector<std::string_view>> shadow; // name -> fields; the first line wins
    std::map<std::uint32_t, std::string_view> group_names;
    std::map<std::string_view, std::set<std::string_view>> groups; // member -> names
};

void for_each_line(
    ByteView bytes, ParseContext const& context, std::function<void(text_lines::Line const&)> const& visit)
{
    auto const size = std::min<std::uint64_t>(bytes.size(), companion_bytes_max);
    text_lines::for_each({ bytes, { 0, size }, {} }, context, [&](text_lines::Line const& line) {
        if (!is_comment(line.text))
            visit(line);
    });
}

void read_groups(ByteView bytes, bool is_group_file, ParseContext const& context, Beside& beside)
{
    for_each_line(bytes, context, [&](text_lines::Line const& line) {
        auto const fields = split(line.text, ':');
        if (fields.size() < 4)
            return;
        if (auto const gid = number_in(fields[2]); gid && is_group_file)
            beside.group_names.emplace(*gid, fields[0]);
        for (auto const member : split(fields[3], ',')) {
            if (!trim(member).empty())
                beside.groups[trim(member)].insert(fields[0]);
        }
    });
}

Beside read_companions(EvidenceView const& evidence, ParseContext const& context)
{
    Beside beside;
    for (auto const& companion : evidence.companions) {
        if (companion.name.starts_with("shadow")) {
            beside.has_shadow = true;
            for_each_line(companion.bytes, context, [&](text_lines::Line const& line) {
                auto fields = split(line.text, ':');
                auto const name = fields[0];
                beside.shadow.emplace(name, std::move(fields));
            });
        } else {
            read_groups(companion.bytes, companion.name.starts_with("group"), context, beside);
        }
    }
    return beside;
}

Symbol password_state(std::string_view password, std::vector<std::string_view> const* shadow, bool has_shadow)
{
    if (password == "x") {
        if (shadow != nullptr && shadow->size() > 1)
            return hash_state((*shadow)[1]);
        return has_shadow ? Symbol("locked") : Symbol {}; // pam_unix: no line in shadow, no log-on
    }
    auto const state = hash_state(password);
    return state.text == "set" ? Symbol("in_passwd") : state;
}

std::string groups_of(std::string_view name, std::uint32_t gid, Beside const& beside)
{
    std::string text;
    auto const first = beside.group_names.find(gid);
    if (first != beside.group_names.end())
        text = first->second;
    if (auto const more = beside.groups.find(name); more != beside.groups.end()) {
        for (auto const group : more->second) {
            if (first == beside.group_names.end() || group != first->second)
                append_format(text, "{}{}", text.empty() ? "" : " ", group);
        }
    }
    return utf8::repaired(text);
}

void emit(text_lines::Line const& line, std::string_view path, Beside const& beside, ParseContext& context)
{
    auto const text = utf8::repaired(line.text);
    auto const fields = split(text, ':');
    auto const raw_name = line.text.substr(0, line.text.find(':'));
    auto const uid = fields.size() == 7 ? number_in(fields[2]) : std::nullopt;
    if (!uid) { // also "+::::::": all accounts of a directory service, of which nothing stands here
        auto const is_directory = line.text.starts_with('+') || line.text.starts_with('-');
        context.diagnostics.report(
            { { is_directory ? ErrorCode::unsupported : ErrorCode::bad_value,
                  is_directory ? "passwd.directory_service" : "passwd.line", line.offset, 7, fields.size(), {} },
                is_directory ? 0 : line.text.size() });
        return;
    }
    auto const optional = [](std::string_view field) { return field.empty() ? std::string_view {} : field; };
    auto const shadow = beside.shadow.find(raw_name);
    auto const* const line_of_shadow = shadow == beside.shadow.end() ? nullptr : &shadow->second;
    LinuxAccountRow row;
    row.name = fields[0];
    row.uid = *uid;
    row.gid = number_in(fields[3]).value_or(0xFFFFFFFFU);
    row.full_name = optional(fields[4]);
    row.home = optional(fields[5]);
    row.shell = optional(fields[6]);
    row.password_state = password_state(fields[1], line_of_shadow, beside.has_shadow);
    auto const groups = groups_of(raw_name, row.gid, beside);
    row.groups = optional(groups);
    row.path = path;
    if (line_of_shadow != nullptr && line_of_shadow->size() > 7) {
        row.password_changed_at = day_in((*line_of_shadow)[2]);
        row.expires_at = day_in((*line_of_shadow)[7]);
    }
    context.traces.emit(linux_account_schema, line.origin(), row);
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    auto const beside = read_companions(evidence, context);
    auto const path = evidence.name.starts_with('/')
        ? std::string(evidence.name)
        : format("/{}/{}", file_name_of(folder_of(evidence.name)), file_name_of(evidence.name));
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        if (!is_comment(line.text))
            emit(line, path, beside, context);
    });
}

std::optional<std::string> render(
    EvidenceView const& evidence, TraceOrigin const& origin, Dictionary const&, std::string_view)
{
    return text_lines::line_at(evidence, origin.offset);
}

constexpr std::array<Schema const*, 1> schemas { &linux_account_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_account",
    .title = "Linux accounts (passwd, shadow, group)",
    .version = 1,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
    .companion_names = companion_names,
    .render = render,
};

}
