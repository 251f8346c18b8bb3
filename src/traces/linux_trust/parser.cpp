#include "traces/linux_trust/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_ini.hpp"
#include "traces/linux_script.hpp"
#include "traces/linux_trust/certificates.hpp"
#include "traces/linux_yaml.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_trust {

namespace {

using G = LinuxGrammar;

Sniff sniff(ByteView head, std::string_view name)
{
    auto const answer = sniff_linux(head, name,
        { G::hosts, G::certificate, G::apt_sources, G::apt_sources_deb822, G::selinux, G::apparmor, G::audit_rules,
            G::cloud_settings });
    if (answer != Sniff::maybe)
        return answer;
    return linux_path_of(name).place->grammar == G::certificate ? Sniff::sure : answer; // DER has zero bytes
}

void read_hosts(ByteView file, LinuxRows& rows)
{
    TextLines lines { file };
    TextLine line;
    while (lines.next(line) && !rows.is_stopped()) {
        auto rest = line.text.substr(0, std::min(line.text.find('#'), line.text.size()));
        auto const address = take_word(rest);
        for (auto name = take_word(rest); !name.empty(); name = take_word(rest))
            rows.setting({ line.place.offset + static_cast<std::uint64_t>(name.data() - line.text.data()), name.size(),
                             line.place.line },
                { .section = "hosts", .name = name, .value = address, .user = {} });
    }
}

void read_certificate_file(ByteView file, LinuxRows& rows)
{
    auto const name = file_name_of(rows.file().path);
    auto const text = as_text(file);
    auto const certificates = read_certificates(file);
    std::size_t counted_to = 0;
    std::uint32_t line = 1;
    for (auto const& certificate : certificates) {
        line += static_cast<std::uint32_t>(
            std::ranges::count(text.substr(counted_to, certificate.offset - counted_to), '\n'));
        counted_to = certificate.offset;
        TextPlace const place { certificate.offset, certificate.size, line };
        if (certificate.sha256.empty()) {
            rows.report(ErrorCode::bad_value, "linux.certificate.base64", place);
            continue;
        }
        auto value = "sha256:" + certificate.sha256;
        for (auto const& common_name : certificate.names)
            append_format(value, " CN={}", common_name);
        rows.setting(place, { .section = "certificate", .name = name, .value = value, .user = {} });
    }
    if (certificates.empty() && !file.empty() && (name.ends_with(".crt") || name.ends_with(".pem")))
        rows.report(ErrorCode::bad_magic, "linux.certificate", { 0, file.size(), 1 });
}

// [sources.list(5)] deb [option=value …] address suite component …
void read_sources(ByteView file, LinuxRows& rows)
{
    TextLines lines { file };
    TextLine line;
    while (lines.next(line) && !rows.is_stopped()) {
        auto rest = trim(line.text.substr(0, std::min(line.text.find('#'), line.text.size())));
        if (rest.empty())
            continue;
        auto const type = take_word(rest);
        rest = trim(rest);
        std::string options;
        if (rest.starts_with('[')) {
            auto const close = std::min(rest.find(']'), rest.size() - 1);
            options = rest.substr(0, close + 1);
            rest = trim(rest.substr(close + 1));
        }
        auto const address = take_word(rest);
        if (address.empty()) {
            rows.report(ErrorCode::bad_value, "linux.apt.source", line.place);
            continue;
        }
        rows.setting(line.place,
            { .section = type,
                .name = address,
                .value = format("{}{}{}", options, options.empty() ? "" : " ", trim(rest)),
                .user = {} });
    }
}

// [sources.list(5), deb822] Field: value, paragraphs parted by empty lines; lines that begin with a blank go on.
void read_deb822(ByteView file, LinuxRows& rows)
{
    TextLines lines { file };
    TextLine line;
    std::uint32_t paragraph = 1;
    std::string field, value;
    TextPlace place;
    auto const flush = [&] {
        if (!field.empty())
            rows.setting(place,
                { .section = format("paragraph {}", paragraph), .name = field, .value = trim(value), .user = {} });
        field.clear();
        value.clear();
    };
    while (lines.next(line) && !rows.is_stopped()) {
        if (line.text.starts_with('#'))
            continue;
        if (trim(line.text).empty()) {
            flush();
            ++paragraph;
        } else if (line.text.starts_with(' ') || line.text.starts_with('\t')) {
            value += '\n';
            value += trim(line.text);
        } else {
            flush();
            auto const colon = std::min(line.text.find(':'), line.text.size());
            field = trim(line.text.substr(0, colon));
            value = line.text.substr(std::min(colon + 1, line.text.size()));
            place = line.place;
        }
    }
    flush();
}

void read_settings(ByteView file, LinuxRows& rows)
{
    auto const name = file_name_of(rows.file().path);
    for (auto const& entry : read_ini(file, IniGrammar::plain, rows))
        rows.setting(entry.place, { .section = name, .name = entry.name, .value = entry.value, .user = {} });
}

void read_apparmor(ByteView file, LinuxRows& rows)
{
    auto const name = file_name_of(rows.file().path);
    if (file_name_of(folder_of(rows.file().path)) == "disable")
        return rows.setting(
            { 0, file.size(), 1 }, { .section = "apparmor", .name = "disabled", .value = name, .user = {} });
    for_each_entry(TextLines(file), rows, [&](std::string_view text, TextPlace const& place) {
        auto const end = std::min(text.find_first_of("= \t"), text.size());
        auto value = trim(text.substr(end));
        if (value.starts_with('='))
            value = without_quotes(trim(value.substr(1)));
        rows.setting(place, { .section = name, .name = text.substr(0, end), .value = value, .user = {} });
    });
}

// [auditd-plugins(5)] active, direction, path, type, args
void read_audit_plugin(ByteView file, LinuxRows& rows)
{
    auto const entries = read_ini(file, IniGrammar::plain, rows);
    auto const active = last_value(entries, "", "active");
    for (auto const& entry : entries) {
        if (entry.name != "path" || entry.value.find('/') == std::string::npos)
            continue;
        auto const arguments = last_value(entries, "", "args");
        auto const command = arguments.empty() ? entry.value : format("{} {}", entry.value, arguments);
        rows.autostart(entry.place,
            { .name = file_name_of(rows.file().path),
                .schedule = "auditd starts",
                .command = command,
                .detail = shell_detail(look_at_shell(command).shapes),
                .user = "root",
                .is_enabled = active == "yes" });
    }
}

void read_audit(ByteView file, LinuxRows& rows)
{
    if (file_name_of(folder_of(rows.file().path)) == "plugins.d")
        return read_audit_plugin(file, rows);
    for_each_entry(TextLines(file), rows, [&](std::string_view rest, TextPlace const& place) {
        auto const option = take_word(rest);
        rows.setting(place, { .section = "audit rule", .name = option, .value = trim(rest), .user = {} });
    });
}

// cloud-init: a script, or YAML whose runcmd and bootcmd are run.
void read_cloud(ByteView file, LinuxRows& rows)
{
    auto const name = file_name_of(rows.file().path);
    auto const text = as_text(file);
    if (text.starts_with("#!")) {
        rows.autostart({ 0, text.size(), 1 },
            { .name = name,
                .schedule = "first boot",
                .command = rows.file().path,
                .detail = interpreter_of(file),
                .user = "root" });
        for (auto const& command : shell_commands(text)) {
            auto const shapes = look_at_shell(command.text).shapes;
            if ((shapes & telling_shapes) != 0 && !rows.is_stopped())
                rows.autostart(command.place,
                    { .name = name,
                        .schedule = "first boot",
                        .command = command.text,
                        .detail = shell_detail(shapes),
                        .user = "root" });
        }
        return;
    }
    for (auto const& entry : read_yaml(file, rows)) {
        if (entry.value.empty())
            continue;
        rows.setting(entry.place, { .section = "cloud", .name = entry.path, .value = entry.value, .user = {} });
        bool const is_run = entry.path.starts_with("runcmd[]") || entry.path.starts_with("bootcmd[]");
        if (is_run)
            rows.autostart(entry.place,
                { .name = name,
                    .schedule = entry.path.starts_with("runcmd") ? "first boot" : "every boot",
                    .command = entry.value,
                    .detail = shell_detail(look_at_shell(entry.value).shapes),
                    .user = "root" });
    }
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    LinuxRows rows { evidence, context };
    switch (rows.grammar()) {
    case G::certificate: return read_certificate_file(evidence.bytes, rows);
    case G::apt_sources: return read_sources(evidence.bytes, rows);
    case G::apt_sources_deb822: return read_deb822(evidence.bytes, rows);
    case G::selinux: return read_settings(evidence.bytes, rows);
    case G::apparmor: return read_apparmor(evidence.bytes, rows);
    case G::audit_rules: return read_audit(evidence.bytes, rows);
    case G::cloud_settings: return read_cloud(evidence.bytes, rows);
    default: return read_hosts(evidence.bytes, rows);
    }
}

constexpr std::array<Schema const*, 2> schemas { &linux_autostart_schema.erased, &linux_setting_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_trust",
    .title = "What a Linux host believes and what watches it",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
