#include "traces/linux_package/logs.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/text_lines/text_lines.hpp"
#include "traces/linux_package/parser.hpp"
#include <algorithm>

namespace konseki::linux_package {

namespace {

std::string_view optional(std::string_view text)
{
    return text.empty() || text == "<none>" ? std::string_view {} : text;
}

// "2016-08-06 17:35:39" or with two blanks between, as apt writes it.
LocalTime local_time_in(std::string_view date, std::string_view time)
{
    if (date.size() != 10 || time.size() != 8)
        return {};
    return { Timestamp::parse(format("{}T{}", date, time)).value_or(Timestamp {}).ticks };
}

// "2019-07-10T16:38:08+0900"; dnf before 4.3 wrote "Z", pacman "[2019-07-10 16:38]" without a zone.
Timestamp zoned_time_in(std::string_view text)
{
    std::string with_colon { text };
    auto const size = with_colon.size();
    if (size > 5 && (with_colon[size - 5] == '+' || with_colon[size - 5] == '-') && with_colon[size - 3] != ':')
        with_colon.insert(size - 2, ":");
    return Timestamp::parse(with_colon).value_or(Timestamp {});
}

// "base-passwd:amd64" -> name, architecture
void set_package(std::string_view text, PackageEventRow& row)
{
    auto const colon = text.rfind(':');
    row.package = optional(text.substr(0, colon));
    if (colon != std::string_view::npos)
        row.architecture = optional(text.substr(colon + 1));
}

void report_line(text_lines::Line const& line, std::string_view what, ParseContext& context)
{
    context.diagnostics.report({ { ErrorCode::bad_value, what, line.offset, 0, 0, {} }, line.text.size() });
}

// ---- dpkg [dpkg(1), "FILES"]
// DATE TIME startup TYPE COMMAND | status STATE PKG VERSION | ACTION PKG INSTALLED AVAILABLE | conffile FILE DECISION

bool read_dpkg_line(std::vector<std::string_view> const& words, PackageEventRow& row)
{
    row.manager = "dpkg";
    row.at = local_time_in(words[0], words[1]);
    if (row.at.ticks == 0)
        return false;
    row.action = words[2];
    if (words[2] == "startup" || words[2] == "conffile") {
        row.package = words[3];
        row.command = words.size() > 4 ? words[4] : std::string_view {};
    } else if (words[2] == "status") {
        if (words.size() < 5)
            return false;
        row.command = words[3];
        set_package(words[4], row);
        row.package_version = words.size() > 5 ? optional(words[5]) : std::string_view {};
    } else {
        set_package(words[3], row);
        row.version_before = words.size() > 4 ? optional(words[4]) : std::string_view {};
        row.package_version = words.size() > 5 ? optional(words[5]) : std::string_view {};
    }
    return true;
}

}

void parse_dpkg_log(EvidenceView const& evidence, ParseContext& context)
{
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        if (trim(line.text).empty())
            return;
        auto const text = utf8::repaired(line.text);
        auto const words = text_lines::words(text);
        PackageEventRow row;
        if (words.size() < 4 || !read_dpkg_line(words, row))
            return report_line(line, "dpkg.log.line", context);
        context.traces.emit(package_event_schema, line.origin(), row);
    });
}

// ---- apt: paragraphs; "Install: name:arch (version), name:arch (old, new), …" is one line of many packages

namespace {

struct Transaction {
    std::string command, user;
    LocalTime at;
};

struct Change {
    std::string_view package, first, second; // views the line; second: of "(old, new)"
    std::uint64_t offset = 0; // in the line
};

std::vector<Change> changes_in(std::string_view line, std::size_t begin)
{
    std::vector<Change> found;
    while (begin < line.size()) {
        auto const open = line.find(" (", begin);
        auto const close = open == std::string_view::npos ? open : line.find(')', open);
        if (close == std::string_view::npos)
            break;
        auto const name_begin = std::min(line.find_first_not_of(", ", begin), open);
        auto const inside = line.substr(open + 2, close - open - 2);
        auto const comma = std::min(inside.find(", "), inside.size());
        found.push_back({ line.substr(name_begin, open - name_begin), inside.substr(0, comma),
            trim(inside.substr(std::min(comma + 1, inside.size()))), name_begin });
        begin = close + 1;
    }
    return found;
}

void emit_changes(
    text_lines::Line const& line, std::string_view action, Transaction const& transaction, ParseContext& context)
{
    auto const changes = changes_in(line.text, action.size() + 1);
    if (changes.empty())
        report_line(line, "apt.history.packages", context);
    auto const lower = ascii_lower(action);
    for (auto const& change : changes) {
        auto const package = utf8::repaired(change.package), first = utf8::repaired(change.first),
                   second = utf8::repaired(change.second);
        auto const has_both = lower == "upgrade" || lower == "downgrade";
        auto const is_leaving = lower == "remove" || lower == "purge";
        PackageEventRow row;
        row.manager = "apt";
        row.action = std::string_view(lower);
        row.at = transaction.at;
        row.command = optional(transaction.command);
        row.user = optional(transaction.user);
        set_package(package, row);
        (has_both || is_leaving ? row.version_before : row.package_version) = optional(first);
        if (has_both)
            row.package_version = optional(second);
        auto const size = static_cast<std::uint64_t>(change.first.data() - change.package.data()) + change.first.size();
        context.traces.emit(package_event_schema, { line.offset + change.offset, size, false }, row);
    }
}

}

void parse_apt_history(EvidenceView const& evidence, ParseContext& context)
{
    Transaction transaction;
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        if (trim(line.text).empty())
            return;
        auto const colon = line.text.find(':');
        if (colon == std::string_view::npos)
            return report_line(line, "apt.history.line", context);
        auto const name = line.text.substr(0, colon);
        auto const value = utf8::repaired(trim(line.text.substr(colon + 1)));
        if (name == "Start-Date") {
            auto const words = text_lines::words(value);
            transaction = {};
            if (words.size() == 2)
                transaction.at = local_time_in(words[0], words[1]);
        } else if (name == "Commandline") {
            transaction.command = value;
        } else if (name == "Requested-By") {
            transaction.user = value.substr(0, value.find(' '));
        } else if (name == "Error") {
            PackageEventRow row;
            row.manager = "apt";
            row.action = "error";
            row.at = transaction.at;
            row.command = value;
            context.traces.emit(package_event_schema, line.origin(), row);
        } else if (name != "End-Date") {
            emit_changes(line, name, transaction, context);
        }
    });
}

// ---- dnf: "2024-01-02T03:04:05+0900 SUBDEBUG Installed: name-1.0-1.el9.x86_64"

namespace {

void set_rpm_package(std::string_view text, PackageEventRow& row)
{
    auto const dot = text.rfind('.');
    auto const release = text.rfind('-', dot);
    auto const version = release == std::string_view::npos || release == 0 ? release : text.rfind('-', release - 1);
    if (dot == std::string_view::npos || version == std::string_view::npos) {
        row.package = text;
        return;
    }
    row.package = text.substr(0, version);
    row.package_version = text.substr(version + 1, dot - version - 1);
    row.architecture = text.substr(dot + 1);
}

}

void parse_dnf_log(EvidenceView const& evidence, ParseContext& context)
{
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        auto const text = utf8::repaired(line.text);
        auto const words = text_lines::words(text);
        if (words.size() < 2)
            return;
        if (words.size() < 4 || !words[2].ends_with(':'))
            return; // the log's own remarks: "--- logging initialized ---"
        PackageEventRow row;
        row.manager = "rpm";
        row.at_utc = zoned_time_in(words[0]);
        if (!row.at_utc.is_set())
            return report_line(line, "dnf.log.line", context);
        auto const action = ascii_lower(words[2].substr(0, words[2].size() - 1));
        row.action = std::string_view(action);
        set_rpm_package(words[3], row);
        context.traces.emit(package_event_schema, line.origin(), row);
    });
}

// ---- pacman: "[2024-01-02T03:04:05+0900] [ALPM] upgraded name (1.0-1 -> 1.1-1)", "[…] [PACMAN] Running 'pacman -S x'"

namespace {

void set_pacman_change(std::string_view rest, PackageEventRow& row)
{
    auto const action = text_lines::take_word(rest);
    row.action = action == "installed" ? "install"
        : action == "upgraded"         ? "upgrade"
        : action == "removed"          ? "remove"
        : action == "downgraded"       ? "downgrade"
        : action == "reinstalled"      ? "reinstall"
                                       : "";
    row.package = text_lines::take_word(rest);
    auto const versions = trim(rest);
    if (row.action.text.empty() || !versions.starts_with('(') || !versions.ends_with(')')) {
        row.action = {};
        return;
    }
    auto const inside = versions.substr(1, versions.size() - 2);
    auto const arrow = inside.find(" -> ");
    if (arrow != std::string_view::npos)
        row.version_before = inside.substr(0, arrow);
    auto const last = arrow == std::string_view::npos ? inside : inside.substr(arrow + 4);
    (row.action.text == "remove" ? row.version_before : row.package_version) = last;
}

}

void parse_pacman_log(EvidenceView const& evidence, ParseContext& context)
{
    std::string command; // of the run that the changes belong to
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        auto const text = utf8::repaired(line.text);
        auto const close = text.find(']');
        if (!text.starts_with('[') || close == std::string_view::npos)
            return; // output of install scripts
        auto const time = std::string_view(text).substr(1, close - 1);
        auto rest = std::string_view(text).substr(close + 1);
        auto const source = text_lines::take_word(rest);
        if (source == "[PACMAN]" && rest.starts_with("Running '") && rest.ends_with('\'')) {
            command = rest.substr(9, rest.size() - 10);
            return;
        }
        PackageEventRow row;
        if (source == "[ALPM]")
            set_pacman_change(rest, row);
        if (row.action.text.empty())
            return;
        row.manager = "pacman";
        row.command = optional(command);
        if (time.find('T') != std::string_view::npos)
            row.at_utc = zoned_time_in(time);
        else if (time.size() == 16)
            row.at = {
                Timestamp::parse(format("{}T{}:00", time.substr(0, 10), time.substr(11))).value_or(Timestamp {}).ticks
            };
        context.traces.emit(package_event_schema, line.origin(), row);
    });
}

}
