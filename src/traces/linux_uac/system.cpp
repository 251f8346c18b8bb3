// The machine itself: packages, kernel modules, mounts, eBPF programs, name, kernel and clock.
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "traces/linux_uac/readers.hpp"
#include <set>

namespace konseki::linux_uac {

namespace {

std::string_view optional(std::string_view text)
{
    return text.empty() ? std::string_view {} : text;
}

// [dpkg-query(1)] the second letter of "ii".
Symbol dpkg_status(char letter)
{
    switch (letter) {
    case 'i': return "installed";
    case 'c': return "config-files";
    case 'H': return "half-installed";
    case 'U': return "unpacked";
    case 'F': return "half-configured";
    case 'W': return "triggers-awaiting";
    case 't': return "triggers-pending";
    case 'n': return "not-installed";
    default: return {};
    }
}

}

// "ii  bash:amd64  5.2.15-2+b2  amd64  GNU Bourne Again SHell"
void read_dpkg_list(EvidenceView const& evidence, ParseContext& context)
{
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        auto const text = utf8::repaired(line.text);
        auto const words = text_lines::words(text);
        if (words.size() < 4 || words[0].size() < 2 || words[0].size() > 3)
            return;
        auto const status = dpkg_status(words[0][1]);
        if (status.text.empty() || std::string_view("uihrp").find(words[0][0]) == std::string_view::npos)
            return;
        LinuxPackageRow row;
        row.manager = "dpkg";
        row.name = words[1].substr(0, words[1].find(':'));
        row.package_version = words[2] == "<none>" ? Symbol {} : Symbol(words[2]);
        row.architecture = words[3] == "<none>" ? Symbol {} : Symbol(words[3]);
        row.status = status;
        context.traces.emit(linux_package_schema, line.origin(), row);
    });
}

// "1700000000~bash~5.1.8-6.el9"; "bash-5.1.8-6.el9.x86_64"
void read_rpm_list(EvidenceView const& evidence, ParseContext& context)
{
    if (!evidence.companions.empty())
        return; // the list with times says more of the same packages
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        auto const text = utf8::repaired(trim(line.text));
        auto const fields = split(text, '~');
        LinuxPackageRow row;
        row.manager = "rpm";
        row.status = "installed";
        if (auto const at = number_in(fields[0]); at && fields.size() >= 3) {
            row.installed_at = Timestamp::from_unix_seconds(*at);
            row.name = fields[1];
            row.package_version = std::string_view(text).substr(fields[0].size() + fields[1].size() + 2);
        } else {
            auto const view = std::string_view(text);
            auto const dot = view.rfind('.');
            auto const release = view.rfind('-', dot);
            auto const version = release == std::string_view::npos || release == 0 ? std::string_view::npos
                                                                                   : view.rfind('-', release - 1);
            if (dot == std::string_view::npos || version == std::string_view::npos || dot < release)
                return;
            row.name = view.substr(0, version);
            row.package_version = view.substr(version + 1, dot - version - 1);
            row.architecture = view.substr(dot + 1);
        }
        context.traces.emit(linux_package_schema, line.origin(), row);
    });
}

namespace {

// "drwxr-xr-x   6 root root 0 Nov 23 06:57 nf_tables"
std::set<std::string_view> names_in_listing(std::string_view text)
{
    std::set<std::string_view> names;
    for_each_line(text, [&](text_lines::Line const& line) {
        auto const words = text_lines::words(line.text);
        if (words.size() >= 9 && words[0].starts_with('d'))
            names.insert(words.back());
    });
    return names;
}

}

// lsmod: "nf_tables 311296 1 nft_chain"; /proc/modules: "nf_tables 311296 1 nft_chain, Live 0x0 (OE)"
void read_modules(EvidenceView const& evidence, ParseContext& context)
{
    std::set<std::string_view> in_sys;
    for (auto const& companion : evidence.companions)
        in_sys.merge(names_in_listing(as_text(companion.bytes)));
    auto const is_proc = file_name_of(evidence.name) == "modules";
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        auto const text = utf8::repaired(line.text);
        auto const words = text_lines::words(text);
        auto const size = words.size() >= 3 ? parse_uint(words[1]) : std::nullopt;
        if (!size || !number_in(words[2]))
            return;
        LinuxModuleRow row;
        row.name = words[0];
        row.memory_bytes = size;
        row.seen_in = in_sys.empty() || !in_sys.contains(words[0]) ? "proc" : "proc sys";
        if (words.size() > 3 && words[3] != "-")
            row.used_by = words[3].ends_with(',') ? words[3].substr(0, words[3].size() - 1) : words[3];
        if (is_proc && words.size() > 4)
            row.state = words[4];
        if (is_proc && words.size() > 6 && words[6].starts_with('(') && words[6].ends_with(')'))
            row.taints = words[6].substr(1, words[6].size() - 2);
        context.traces.emit(linux_module_schema, line.origin(), row);
    });
}

// mount: "/dev/sda1 on / type ext4 (rw,relatime)"; /proc/mounts: "/dev/sda1 / ext4 rw,relatime 0 0"
void read_mounts(EvidenceView const& evidence, ParseContext& context)
{
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        auto const text = utf8::repaired(line.text);
        auto const view = std::string_view(text);
        auto const on = view.find(" on "), type = view.rfind(" type ");
        LinuxMountRow row;
        if (on != std::string_view::npos && type != std::string_view::npos && on < type) {
            row.device = view.substr(0, on);
            row.mount_point = view.substr(on + 4, type - on - 4);
            auto rest = view.substr(type + 6);
            row.file_system = text_lines::take_word(rest);
            row.options
                = rest.starts_with('(') && rest.ends_with(')') ? rest.substr(1, rest.size() - 2) : optional(rest);
        } else {
            auto const words = text_lines::words(view);
            if (words.size() < 4 || !words[1].starts_with('/'))
                return;
            row.device = words[0];
            row.mount_point = words[1];
            row.file_system = words[2];
            row.options = words[3];
        }
        context.traces.emit(linux_mount_schema, line.origin(), row);
    });
}

namespace {

struct Program {
    text_lines::Line line;
    std::string type, name, tag;
    std::uint32_t id = 0;
    std::optional<std::uint32_t> uid;
    Timestamp loaded_at;
};

void emit_program(std::optional<Program> const& program, ParseContext& context)
{
    if (!program)
        return;
    LinuxBpfRow row;
    row.kind = "program";
    row.type = optional(program->type);
    row.name = optional(program->name);
    row.tag = optional(program->tag);
    row.id = program->id;
    row.uid = program->uid;
    row.loaded_at = program->loaded_at;
    context.traces.emit(linux_bpf_schema, program->line.origin(), row);
}

std::string_view word_behind(std::vector<std::string_view> const& words, std::string_view name)
{
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        if (words[i] == name)
            return words[i + 1];
    }
    return {};
}

}

// "3: cgroup_device  name sd_devices  tag 03b4eaae2f14641a  gpl" and below "\tloaded_at 2024-01-02T03:04:05+0900  uid
// 0"
void read_bpf(EvidenceView const& evidence, ParseContext& context)
{
    std::optional<Program> program;
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        auto const text = utf8::repaired(line.text);
        auto const words = text_lines::words(text);
        if (words.empty())
            return;
        auto const is_first = words[0].ends_with(':') && number_in(words[0].substr(0, words[0].size() - 1));
        if (is_first && words.size() > 1) {
            emit_program(program, context);
            program = Program { line, std::string(words[1]), std::string(word_behind(words, "name")),
                std::string(word_behind(words, "tag")), *number_in(words[0].substr(0, words[0].size() - 1)), {}, {} };
        } else if (program && words[0] == "loaded_at" && words.size() > 1) {
            std::string time { words[1] };
            if (time.size() > 5 && time[time.size() - 3] != ':')
                time.insert(time.size() - 2, 1, ':');
            program->loaded_at = Timestamp::parse(time).value_or(Timestamp {});
            program->uid = number_in(word_behind(words, "uid"));
        }
    });
    emit_program(program, context);
}

void read_host(EvidenceView const& evidence, ParseContext& context)
{
    auto const file = file_name_of(evidence.name);
    auto const whole = as_text(evidence.bytes);
    auto const text = utf8::repaired(trim(whole.substr(0, whole.find('\n'))));
    LinuxHostRow row;
    row.collector = "UAC";
    if (file == "hostname.txt") {
        row.name = optional(text);
    } else if (file == "date.txt") {
        row.collected_at = date_in(text);
    } else { // "Linux web-1 6.1.0-13-amd64 #1 SMP … x86_64 GNU/Linux"
        auto const words = text_lines::words(text);
        if (words.size() < 4)
            return;
        row.name = words[1];
        row.kernel = words[2];
        auto const last = words.back() == "GNU/Linux" && words.size() > 4 ? words.size() - 2 : words.size() - 1;
        row.architecture = words[last];
        context.traces.emit(linux_host_schema, { 0, evidence.bytes.size(), false }, row);
        return;
    }
    if (!row.name.text.empty() || row.collected_at.is_set())
        context.traces.emit(linux_host_schema, { 0, evidence.bytes.size(), false }, row);
}

}
