#include "traces/linux_package/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/sqlite/sqlite.hpp"
#include "formats/text_lines/text_lines.hpp"
#include "traces/linux_columns.hpp"
#include "traces/linux_package/databases.hpp"
#include "traces/linux_package/logs.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_package {

namespace {

using Read = void (*)(EvidenceView const&, ParseContext&);

// Older databases of rpm: of those nothing is read, and that is said.
void say_unsupported(EvidenceView const& evidence, ParseContext& context)
{
    context.diagnostics.report({ { ErrorCode::unsupported, "rpm.old_database", 0, 0, 0, {} }, evidence.bytes.size() });
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// "dpkg.log", "dpkg.log.1", "dpkg.log-20240101"
bool is_log_named(std::string_view file, std::string_view name)
{
    return file.starts_with(name)
        && (file.size() == name.size() || file[name.size()] == '.' || file[name.size()] == '-');
}

bool begins_with_date(std::string_view text)
{
    return text.size() > 10 && is_digit(text[0]) && text[4] == '-' && text[7] == '-';
}

bool is_in(std::string_view name, std::string_view folder)
{
    auto const place = folder_of(name);
    return place.ends_with(folder) && (place.size() == folder.size() || place[place.size() - folder.size() - 1] == '/');
}

Read reader_of(ByteView head, std::string_view name)
{
    auto const file = file_name_of(name);
    auto const text = as_text(head);
    auto const is_paragraph = text.starts_with("Package:");
    if (is_paragraph
        && ((is_in(name, "var/lib/dpkg") && (file == "status" || file == "status-old"))
            || is_in(name, "var/lib/dpkg/status.d") || is_log_named(file, "dpkg.status")))
        return parse_dpkg_status;
    if (file == "rpmdb.sqlite" && sqlite::is_database(head))
        return parse_rpm_database;
    auto const is_rpm_folder = is_in(name, "var/lib/rpm") || is_in(name, "usr/lib/sysimage/rpm");
    if (is_rpm_folder && (file == "Packages" || file == "Packages.db"))
        return say_unsupported;
    if (is_log_named(file, "dpkg.log") && begins_with_date(text))
        return parse_dpkg_log;
    if ((is_log_named(file, "history.log") || is_log_named(file, "apt_history.log"))
        && trim(text).starts_with("Start-Date:"))
        return parse_apt_history;
    if (is_log_named(file, "dnf.rpm.log") && begins_with_date(text))
        return parse_dnf_log;
    if (is_log_named(file, "pacman.log") && text.starts_with('['))
        return parse_pacman_log;
    return nullptr;
}

Sniff sniff(ByteView head, std::string_view name)
{
    return reader_of(head, name) == nullptr ? Sniff::no : Sniff::sure;
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    auto const head = evidence.bytes.first(std::min<std::size_t>(evidence.bytes.size(), 4096));
    if (auto const read = reader_of(head, evidence.name); read != nullptr)
        read(evidence, context);
}

std::vector<std::string> companion_names(std::string_view name)
{
    return file_name_of(name) == "rpmdb.sqlite" ? std::vector<std::string> { "rpmdb.sqlite-wal" }
                                                : std::vector<std::string> {};
}

std::optional<std::string> render(
    EvidenceView const& evidence, TraceOrigin const& origin, Dictionary const&, std::string_view)
{
    if (sqlite::is_database(evidence.bytes))
        return std::nullopt;
    auto const text = as_text(evidence.bytes);
    auto const is_status = text.starts_with("Package:");
    auto const begin = is_status ? origin.offset : text.rfind('\n', origin.offset) + 1; // a package inside a long line
    if (!is_status)
        return text_lines::line_at(evidence, begin);
    return utf8::repaired(text.substr(begin, std::min(text.find("\n\n", begin), text.size()) - begin));
}

constexpr std::array<Schema const*, 2> schemas { &linux_package_schema.erased, &package_event_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_package",
    .title = "Linux packages (dpkg, apt, rpm, dnf, pacman)",
    .version = 2,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
    .companion_names = companion_names,
    .render = render,
};

}
