// process/proc/PID/: status, cmdline, comm, environ, maps and fd of one process as UAC copied them.
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "traces/linux_uac/readers.hpp"
#include <algorithm>

namespace konseki::linux_uac {

namespace {

constexpr std::size_t odd_maps_max = 32;

// [proc(5)] "Name:\tsshd"
std::string_view status_value(std::string_view status, std::string_view name)
{
    std::string_view value;
    for_each_line(status, [&](text_lines::Line const& line) {
        if (value.empty() && line.text.starts_with(name) && line.text.substr(name.size()).starts_with(':'))
            value = trim(line.text.substr(name.size() + 1));
    });
    return value;
}

std::optional<std::uint32_t> status_number(std::string_view status, std::string_view name, std::size_t word = 0)
{
    auto const words = text_lines::words(status_value(status, name));
    return words.size() > word ? number_in(words[word]) : std::nullopt;
}

// Arguments end with NUL; `strings` and some shells have made lines of them.
std::string as_one_line(std::string_view text)
{
    std::string line = utf8::repaired(text);
    std::ranges::replace(line, '\0', ' ');
    std::ranges::replace(line, '\n', ' ');
    return std::string(trim(line));
}

std::string preload_in(std::string_view environment)
{
    std::string normal { environment };
    std::ranges::replace(normal, '\0', '\n');
    std::string found;
    for_each_line(normal, [&](text_lines::Line const& line) {
        for (std::string_view const name : { "LD_PRELOAD=", "LD_LIBRARY_PATH=", "LD_AUDIT=" }) {
            if (line.text.starts_with(name))
                append_format(found, "{}{}", found.empty() ? "" : " ", utf8::repaired(line.text));
        }
    });
    return found;
}

// [proc(5)] "7f…-7f… r-xp 00000000 08:01 131 /usr/lib/…"; executable ones that no file of the system stands behind.
std::string odd_maps_in(std::string_view maps)
{
    std::string found;
    std::size_t count = 0;
    for_each_line(maps, [&](text_lines::Line const& line) {
        auto rest = line.text;
        std::string_view words[5];
        for (auto& word : words)
            word = text_lines::take_word(rest);
        auto const permissions = words[1];
        auto const path = trim(rest);
        if (permissions.size() < 4 || permissions[2] != 'x')
            return;
        auto const is_anonymous = path.empty() && permissions[1] == 'w';
        auto const is_odd_file = path.ends_with(" (deleted)") || path.starts_with("/memfd:")
            || path.starts_with("/dev/shm/") || path.starts_with("/tmp/") || path.starts_with("/var/tmp/");
        if (!is_anonymous && !is_odd_file)
            return;
        auto const told = format("{} {}", permissions, is_anonymous ? "anonymous" : utf8::repaired(path));
        if (++count <= odd_maps_max && found.find(told) == std::string::npos)
            append_format(found, "{}{}", found.empty() ? "" : "|", told);
    });
    return found;
}

// "l-wx------ 1 root root 64 Nov 23 14:21 5 -> /tmp/x (deleted)"
std::optional<std::uint32_t> deleted_files_in(std::string_view list)
{
    if (list.empty())
        return std::nullopt;
    std::uint32_t count = 0;
    for_each_line(list, [&](text_lines::Line const& line) {
        auto const arrow = line.text.find(" -> /");
        count += arrow != std::string_view::npos && line.text.ends_with(" (deleted)") ? 1U : 0U;
    });
    return count;
}

}

void read_proc_folder(EvidenceView const& evidence, ParseContext& context)
{
    auto const own = file_name_of(evidence.name);
    for (auto const file : proc_files) { // the first of them that is there gives the row
        if (file == own)
            break;
        if (!companion_text(evidence, file).empty())
            return;
    }
    auto const pid = number_in(file_name_of(folder_of(evidence.name)));
    if (!pid)
        return;
    auto const status = companion_text(evidence, "status.txt");
    auto const optional
        = [](std::string const& text) { return text.empty() ? std::string_view {} : std::string_view(text); };
    auto const comm = as_one_line(companion_text(evidence, "comm.txt"));
    auto const name = comm.empty() ? utf8::repaired(status_value(status, "Name")) : comm;
    auto const command = as_one_line(companion_text(evidence, "cmdline.txt"));
    auto const preload = preload_in(companion_text(evidence, "environ.txt"));
    auto const maps = odd_maps_in(companion_text(evidence, "maps.txt"));
    LinuxProcessRow row;
    row.pid = *pid;
    row.parent_pid = status_number(status, "PPid");
    row.uid = status_number(status, "Uid");
    row.effective_uid = status_number(status, "Uid", 1);
    row.session_id = status_number(status, "NSsid");
    if (auto const tracer = status_number(status, "TracerPid"); tracer && *tracer != 0)
        row.tracer_pid = tracer;
    auto const capabilities = status_value(status, "CapEff");
    row.capabilities = capabilities.empty() ? Symbol {} : Symbol(capabilities);
    row.name = optional(name);
    row.command_line = optional(command);
    row.preload = optional(preload);
    row.odd_maps = optional(maps);
    row.deleted_files = deleted_files_in(companion_text(evidence, "fd.txt"));
    context.traces.emit(linux_process_schema, { 0, evidence.bytes.size(), false }, row);
}

}
