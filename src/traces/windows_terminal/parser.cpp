#include "traces/windows_terminal/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/json_rows/json_rows.hpp"
#include "traces/windows_profile.hpp"
#include <algorithm>
#include <array>

namespace konseki::windows_terminal {

namespace {

constexpr std::string_view schema_name = "aka.ms/terminal-profiles-schema";
constexpr std::size_t settings_bytes_max = 16ULL << 20; // real ones are below 100 KiB

Sniff sniff(ByteView head, std::string_view name)
{
    auto normal = ascii_lower(name);
    std::ranges::replace(normal, '\\', '/');
    if (!normal.ends_with("settings.json"))
        return Sniff::no;
    bool const is_in_place = normal.find("microsoft.windowsterminal") != std::string::npos
        || normal.find("/windows terminal/") != std::string::npos;
    auto const text = as_text(head);
    auto const first = text.find_first_not_of("\xef\xbb\xbf \t\r\n");
    if (first == std::string_view::npos || (text[first] != '{' && text[first] != '/'))
        return Sniff::no;
    return is_in_place || text.find(schema_name) != std::string_view::npos ? Sniff::sure : Sniff::no;
}

struct Settings {
    std::string_view file; // as it is
    std::string_view user, default_profile, startup_actions;
    bool starts_at_logon = false;
};

void emit_profile(json_rows::Row const& profile, Settings const& settings, std::uint64_t index, ParseContext& context)
{
    ProfileRow row;
    if (!settings.user.empty())
        row.user = settings.user;
    row.name = profile.text("name");
    row.guid = profile.text("guid");
    row.command_line = profile.text("commandline");
    row.source = profile.text("source");
    row.startup_actions = settings.startup_actions;
    row.is_hidden = profile.boolean("hidden").value_or(false);
    row.is_elevated = profile.boolean("elevate").value_or(false);
    row.is_default = !settings.default_profile.empty()
        && (equals_ignoring_case(settings.default_profile, row.guid) || settings.default_profile == row.name);
    row.starts_at_logon = settings.starts_at_logon;
    auto const mark = row.guid.empty() ? row.name : row.guid;
    auto const list = std::min(settings.file.find("\"list\""), settings.file.size());
    auto place = mark.empty() ? std::string_view::npos : settings.file.find(mark, list);
    if (place == std::string_view::npos)
        place = std::min<std::size_t>(index, settings.file.size());
    context.traces.emit(profile_schema, { place, mark.size(), false }, row);
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    auto const file = as_text(evidence.bytes);
    if (file.size() > settings_bytes_max) {
        context.diagnostics.report(
            { { ErrorCode::limit, "terminal.settings", 0, settings_bytes_max, file.size(), {} }, file.size() });
        return;
    }
    auto const plain = without_comments(utf8::repaired(file.substr(file.starts_with("\xef\xbb\xbf") ? 3 : 0)));
    auto const object = json_rows::parse_object(plain);
    if (!object) {
        context.diagnostics.report({ { ErrorCode::bad_value, "terminal.settings", 0, 0, 0, {} }, file.size() });
        return;
    }
    Settings const settings { file, windows_profile_user_of(evidence.name), object->text("defaultProfile"),
        object->text("startupActions"), object->boolean("startOnUserLogin").value_or(false) };
    std::uint64_t index = 0;
    auto const visit
        = [&](json_rows::Row const& profile, TraceOrigin const&) { emit_profile(profile, settings, index++, context); };
    auto const profiles = object->text("profiles");
    if (profiles.starts_with('['))
        json_rows::read_array(plain, "profiles", visit);
    else
        json_rows::read_array(profiles, "list", visit);
}

constexpr std::array<Schema const*, 1> schemas { &profile_schema.erased };

}

std::string without_comments(std::string_view json)
{
    std::string plain { json };
    std::size_t comma = std::string::npos; // the last one that nothing but space follows
    for (std::size_t i = 0; i < plain.size(); ++i) {
        char const c = plain[i];
        if (c == '"') {
            comma = std::string::npos;
            for (++i; i < plain.size() && plain[i] != '"'; ++i)
                i += plain[i] == '\\' ? 1U : 0U;
        } else if (c == '/' && i + 1 < plain.size() && (plain[i + 1] == '/' || plain[i + 1] == '*')) {
            bool const is_line = plain[i + 1] == '/';
            auto end = is_line ? plain.find('\n', i) : plain.find("*/", i + 2);
            end = end == std::string::npos ? plain.size() : end + (is_line ? 0U : 2U);
            std::fill(
                plain.begin() + static_cast<std::ptrdiff_t>(i), plain.begin() + static_cast<std::ptrdiff_t>(end), ' ');
            i = end - 1;
        } else if (c == ',') {
            comma = i;
        } else if ((c == '}' || c == ']') && comma != std::string::npos) {
            plain[comma] = ' ';
            comma = std::string::npos;
        } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            comma = std::string::npos;
        }
    }
    return plain;
}

constinit ArtefactParser const parser {
    .name = "windows_terminal",
    .title = "Settings of Windows Terminal",
    .version = 2,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
