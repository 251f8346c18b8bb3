#include "traces/linux_host/parser.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/text_lines/text_lines.hpp"
#include "traces/linux_columns.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_host {

namespace {

enum class Kind : std::uint8_t { none, release, name, machine_id, time_zone, old_release };

struct Place {
    std::string_view path;
    Kind kind;
};
// [os-release(5), hostname(5), machine-id(5)]; Debian keeps the zone's name in /etc/timezone.
constexpr std::array places {
    Place { "etc/os-release", Kind::release },
    Place { "usr/lib/os-release", Kind::release }, // what /etc/os-release links to
    Place { "etc/hostname", Kind::name },
    Place { "etc/HOSTNAME", Kind::name },
    Place { "etc/machine-id", Kind::machine_id },
    Place { "etc/timezone", Kind::time_zone },
    Place { "etc/redhat-release", Kind::old_release },
    Place { "etc/centos-release", Kind::old_release },
};

Kind kind_of(std::string_view name)
{
    for (auto const& place : places) {
        if (name.ends_with(place.path)
            && (name.size() == place.path.size() || name[name.size() - place.path.size() - 1] == '/'))
            return place.kind;
    }
    return Kind::none;
}

Sniff sniff(ByteView head, std::string_view name)
{
    auto const text = as_text(head);
    return kind_of(name) != Kind::none && !trim(text).empty() && text.find('\0') == std::string_view::npos ? Sniff::sure
                                                                                                           : Sniff::no;
}

struct Read {
    std::string name, machine_id, system, system_version, time_zone;
};

std::string_view unquoted(std::string_view value)
{
    value = trim(value);
    auto const is_quoted
        = value.size() >= 2 && value.front() == value.back() && (value.front() == '"' || value.front() == '\'');
    return is_quoted ? value.substr(1, value.size() - 2) : value;
}

// "CentOS Linux release 7.9.2009 (Core)": before os-release came.
void read_old_release(std::string_view line, Read& read)
{
    auto const release = line.find(" release ");
    if (release == std::string_view::npos)
        return;
    auto const first = ascii_lower(line.substr(0, line.find(' ')));
    read.system = first == "red" ? "rhel" : first;
    auto version = line.substr(release + 9);
    read.system_version = version.substr(0, version.find(' '));
}

void read_line(std::string_view line, Kind kind, Read& read)
{
    auto const text = trim(line);
    if (text.empty() || text.starts_with('#'))
        return;
    auto const set_first = [](std::string& target, std::string_view value) {
        if (target.empty())
            target = value;
    };
    switch (kind) {
    case Kind::release: {
        auto const equals = std::min(text.find('='), text.size());
        auto const value = unquoted(text.substr(std::min(equals + 1, text.size())));
        if (text.substr(0, equals) == "ID")
            set_first(read.system, value);
        if (text.substr(0, equals) == "VERSION_ID")
            set_first(read.system_version, value);
        break;
    }
    case Kind::name: set_first(read.name, text); break;
    case Kind::machine_id: set_first(read.machine_id, text); break;
    case Kind::time_zone: set_first(read.time_zone, text); break;
    case Kind::old_release: read_old_release(text, read); break;
    case Kind::none: break;
    }
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    auto const kind = kind_of(evidence.name);
    Read read;
    text_lines::for_each(
        evidence, context, [&](text_lines::Line const& line) { read_line(utf8::repaired(line.text), kind, read); });
    auto const optional = [](std::string const& text) { return text.empty() ? Symbol {} : Symbol(text); };
    LinuxHostRow row;
    row.name = optional(read.name);
    row.machine_id = optional(read.machine_id);
    row.system = optional(read.system);
    row.system_version = optional(read.system_version);
    row.time_zone = optional(read.time_zone);
    auto const is_empty = read.name.empty() && read.machine_id.empty() && read.system.empty()
        && read.system_version.empty() && read.time_zone.empty();
    if (is_empty)
        context.diagnostics.report(
            { { ErrorCode::bad_value, "linux_host.content", 0, 0, 0, {} }, evidence.bytes.size() });
    else
        context.traces.emit(linux_host_schema, { 0, evidence.bytes.size(), false }, row);
}

std::optional<std::string> render(EvidenceView const& evidence, TraceOrigin const&, Dictionary const&, std::string_view)
{
    return utf8::repaired(as_text(evidence.bytes));
}

constexpr std::array<Schema const*, 1> schemas { &linux_host_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_host",
    .title = "Linux host (os-release, hostname, machine-id, timezone)",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
    .render = render,
};

}
