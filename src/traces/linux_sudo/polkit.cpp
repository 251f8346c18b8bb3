#include "traces/linux_sudo/polkit.hpp"
#include "base/text.hpp"
#include "traces/linux_ini.hpp"
#include "traces/linux_script.hpp"
#include <algorithm>
#include <array>
#include <map>
#include <pugixml.hpp>

namespace konseki::linux_sudo {

namespace {

constexpr std::size_t rule_bytes_max = 8'192; // of one rule's text in a row

// Where the bracket that opens at `at` closes; strings and comments hold none. The size when it never does.
std::size_t end_of_call(std::string_view text, std::size_t at)
{
    std::uint64_t depth = 0;
    char quote = 0;
    for (; at < text.size(); ++at) {
        char const c = text[at];
        auto const two = text.substr(at, 2);
        if (quote != 0) {
            if (c == '\\')
                ++at;
            else if (c == quote)
                quote = 0;
        } else if (two == "//") {
            at = std::min(text.find('\n', at), text.size());
        } else if (two == "/*") {
            at = std::min(text.find("*/", at + 2), text.size() - 1) + 1;
        } else if (c == '"' || c == '\'' || c == '`') {
            quote = c;
        } else if (c == '(') {
            ++depth;
        } else if (c == ')' && --depth == 0) {
            return at + 1;
        }
    }
    return text.size();
}

// "org.freedesktop.systemd1.manage-units" in quotes.
std::string actions_of(std::string_view text)
{
    std::vector<std::string_view> found;
    for (auto begin = text.find_first_of("\"'"); begin != std::string_view::npos;) {
        auto const end = text.find(text[begin], begin + 1);
        if (end == std::string_view::npos)
            break;
        auto const word = text.substr(begin + 1, end - begin - 1);
        bool const is_action
            = std::ranges::count(word, '.') >= 2 && word.find_first_of(" /\n") == std::string_view::npos;
        if (is_action && std::ranges::find(found, word) == found.end())
            found.push_back(word);
        begin = text.find_first_of("\"'", end + 1);
    }
    std::string names;
    for (auto const word : found)
        names += (names.empty() ? "" : " ") + std::string(word);
    return names;
}

std::string answers_of(std::string_view text)
{
    constexpr std::array<std::string_view, 8> answers { "Result.YES", "Result.NO", "Result.AUTH_SELF_KEEP",
        "Result.AUTH_ADMIN_KEEP", "Result.AUTH_SELF", "Result.AUTH_ADMIN", "Result.NOT_HANDLED", "polkit.spawn" };
    std::string names;
    for (auto const answer : answers) {
        auto const at = text.find(answer);
        auto const after = at == std::string_view::npos ? std::string_view {} : text.substr(at + answer.size());
        if (at != std::string_view::npos && !after.starts_with('_'))
            names += (names.empty() ? "" : " ") + std::string(answer.substr(answer.find('.') + 1));
    }
    return names;
}

std::uint32_t line_of(std::string_view text, std::size_t at, std::size_t& counted_to, std::uint32_t& line)
{
    line += static_cast<std::uint32_t>(std::ranges::count(text.substr(counted_to, at - counted_to), '\n'));
    counted_to = at;
    return line;
}

void emit_spawns(std::string_view rule, TextPlace const& place, LinuxRows& rows)
{
    for (auto at = rule.find("polkit.spawn"); at != std::string_view::npos; at = rule.find("polkit.spawn", at + 1)) {
        auto const open = rule.find('(', at);
        if (open == std::string_view::npos)
            return;
        auto const end = end_of_call(rule, open);
        auto const arguments = trim(rule.substr(open + 1, end > open + 2 ? end - open - 2 : 0));
        rows.autostart({ place.offset + at, end - at, place.line },
            { .name = "polkit.spawn",
                .schedule = "somebody asks for an action",
                .command = arguments,
                .detail = shell_detail(look_at_shell(arguments).shapes),
                .user = "polkitd" });
    }
}

void read_action(pugi::xml_node const action, TextPlace const& place, LinuxRows& rows)
{
    std::string_view const name = action.attribute("id").value();
    for (auto const* allowed : { "allow_any", "allow_inactive", "allow_active" }) {
        std::string_view const value = action.child("defaults").child(allowed).text().get();
        if (trim(value) == "yes")
            rows.setting(place, { .section = name, .name = allowed, .value = "yes", .user = {} });
    }
    for (auto const note : action.children("annotate")) {
        std::string_view const key = note.attribute("key").value();
        if (key == "org.freedesktop.policykit.exec.path" || key == "org.freedesktop.policykit.imply")
            rows.setting(place, { .section = name, .name = key, .value = trim(note.text().get()), .user = {} });
    }
}

}

void read_polkit_rules(ByteView file, LinuxRows& rows)
{
    auto const text = as_text(file);
    std::size_t counted_to = 0;
    std::uint32_t line = 1;
    for (std::size_t at = 0; at < text.size() && !rows.is_stopped();) {
        auto const rule = text.find("polkit.add", at);
        if (rule == std::string_view::npos)
            return;
        auto const open = text.find('(', rule);
        if (open == std::string_view::npos)
            return rows.report(ErrorCode::truncated, "linux.polkit.rule", { rule, text.size() - rule, 0 });
        auto const end = end_of_call(text, open);
        auto const body = text.substr(rule, end - rule);
        TextPlace const place { rule, body.size(), line_of(text, rule, counted_to, line) };
        if (body.size() > rule_bytes_max)
            rows.report(ErrorCode::limit, "linux.polkit.rule", place);
        auto const shown = body.substr(0, rule_bytes_max);
        rows.setting(place,
            { .section = "polkit rule",
                .name = actions_of(shown),
                .value = format("{}: {}", answers_of(body), shown),
                .user = {} });
        emit_spawns(shown, place, rows);
        at = end;
    }
}

void read_polkit_authority(ByteView file, LinuxRows& rows)
{
    auto const entries = read_ini(file, IniGrammar::plain, rows);
    std::map<std::string_view, std::string_view> identities; // of each section
    for (auto const& entry : entries) {
        if (entry.name == "Identity")
            identities[entry.section] = at_most(entry.value);
    }
    for (auto const& entry : entries) {
        auto const identity = identities.find(entry.section);
        rows.setting(entry.place,
            { .section = entry.section,
                .name = entry.name,
                .value = entry.value,
                .user = identity == identities.end() ? std::string_view {} : identity->second });
    }
}

void read_polkit_action(ByteView file, LinuxRows& rows)
{
    pugi::xml_document document;
    auto const parsed = document.load_buffer(file.data(), file.size(), pugi::parse_default);
    auto const text = as_text(file);
    std::size_t counted_to = 0;
    std::uint32_t line = 1;
    for (auto const action : document.child("policyconfig").children("action")) {
        if (rows.is_stopped())
            return;
        auto const offset = static_cast<std::size_t>(std::max<std::ptrdiff_t>(action.offset_debug(), 0));
        auto const at = std::clamp(offset, counted_to, text.size());
        read_action(action, { at, 0, line_of(text, at, counted_to, line) }, rows);
    }
    if (!parsed)
        rows.report(ErrorCode::bad_value, "linux.polkit.action",
            { static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(parsed.offset, 0)), 0, 0 });
}

}
