#include "traces/linux_uac/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_uac/readers.hpp"
#include <algorithm>
#include <array>
#include <iterator>

namespace konseki::linux_uac {

namespace {

using Read = void (*)(EvidenceView const&, ParseContext&);

struct Output {
    std::string_view folder, file; // [tclahr/uac: artifacts/live_response/**/*.yaml]
    Read read;
};

constexpr std::string_view rpm_with_times = "rpm_-q_-a_--queryformat_installtime_name_version_release.txt";

constexpr auto outputs = std::to_array<Output>({
    { "live_response/process", "ps_auxwww.txt", read_processes },
    { "live_response/process", "ps_-ef.txt", read_processes },
    { "live_response/process", "ps_-axo_pid_user_lstart_args.txt", read_processes },
    { "live_response/process", "running_processes_full_paths.txt", read_processes },
    { "live_response/process", "hash_running_processes.sha256", read_hashes },
    { "live_response/process", "hash_running_processes.sha1", read_hashes },
    { "live_response/process", "hash_running_processes.md5", read_hashes },
    { "live_response/process", "hidden_pids_for_ps_command.txt", read_hidden_pids },
    { "live_response/modifiers", "hidden_pids_for_ps_command.txt", read_hidden_pids },
    { "live_response/network", "ss_-anp.txt", read_sockets },
    { "live_response/network", "netstat_-anp.txt", read_sockets },
    { "live_response/network", "netstat_-lpeanut.txt", read_sockets },
    { "live_response/network", "lsof_-nPli.txt", read_sockets },
    { "live_response/network", "netstat_-an.txt", read_sockets },
    { "live_response/network", "ss_-tanp.txt", read_sockets },
    { "live_response/network", "ss_-uanp.txt", read_sockets },
    { "live_response/network", "hostname.txt", read_host },
    { "live_response/system", "hostname.txt", read_host },
    { "live_response/system", "uname_-a.txt", read_host },
    { "live_response/system", "date.txt", read_host },
    { "live_response/system", "lsmod.txt", read_modules },
    { "proc", "modules", read_modules }, // [root]/proc/modules
    { "live_response/system", "suid.txt", read_setuid },
    { "live_response/system", "sgid.txt", read_setuid },
    { "live_response/system", "getcap_-r.txt", read_capabilities },
    { "live_response/system", "immutable_files.txt", read_attributes },
    { "live_response/system", "bpftool_prog_list.txt", read_bpf },
    { "system", "suid.txt", read_setuid },
    { "system", "sgid.txt", read_setuid },
    { "system", "getcap.txt", read_capabilities },
    { "system", "immutable_files.txt", read_attributes },
    { "live_response/storage", "mount.txt", read_mounts },
    { "live_response/system", "mount.txt", read_mounts },
    { "proc", "mounts", read_mounts },
    { "live_response/packages", "dpkg_-l.txt", read_dpkg_list },
    { "live_response/packages", "dpkg_-V.txt", read_verification },
    { "live_response/packages", "dpkg_-S.txt", read_owners },
    { "live_response/packages", "rpm_-q_-a.txt", read_rpm_list },
    { "live_response/packages", "rpm_-qa.txt", read_rpm_list },
    { "live_response/packages", rpm_with_times, read_rpm_list },
    { "live_response/packages", "rpm_-V_-a.txt", read_verification },
    { "live_response/packages", "rpm_-q_-f.txt", read_owners },
    { "hash_executables", "hash_executables.sha256", read_hashes },
    { "hash_executables", "hash_executables.sha1", read_hashes },
    { "hash_executables", "hash_executables.md5", read_hashes },
});

bool is_folder(std::string_view folder, std::string_view wanted)
{
    return folder.ends_with(wanted)
        && (folder.size() == wanted.size() || folder[folder.size() - wanted.size() - 1] == '/');
}

// live_response/process/proc/PID/…
bool is_proc_folder(std::string_view folder)
{
    return number_in(file_name_of(folder)) && is_folder(folder_of(folder), "live_response/process/proc");
}

Read reader_of(std::string_view name)
{
    auto const folder = folder_of(name), file = file_name_of(name);
    for (auto const& output : outputs) {
        if (file == output.file && is_folder(folder, output.folder))
            return output.read;
    }
    auto const is_proc_file = std::ranges::find(proc_files, file) != std::end(proc_files);
    return is_proc_file && is_proc_folder(folder) ? read_proc_folder : nullptr;
}

Sniff sniff(ByteView head, std::string_view name)
{
    return reader_of(name) == nullptr || head.empty() ? Sniff::no : Sniff::sure;
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    if (auto const read = reader_of(evidence.name); read != nullptr)
        read(evidence, context);
}

std::vector<std::string> others(std::span<std::string_view const> files, std::string_view file)
{
    std::vector<std::string> names;
    for (auto const one : files) {
        if (one != file)
            names.emplace_back(one);
    }
    return names;
}

std::vector<std::string> companion_names(std::string_view name)
{
    auto const file = file_name_of(name);
    auto const read = reader_of(name);
    if (read == read_processes)
        return others(process_files, file);
    if (read == read_proc_folder)
        return others(proc_files, file);
    if (read == read_sockets)
        return others(socket_files, file);
    if (read == read_modules)
        return { "ls_-la_sys_module.txt", "ls_-l_-a_sys_module.txt" };
    if (read == read_rpm_list && file != rpm_with_times)
        return { std::string(rpm_with_times) };
    std::vector<std::string> names;
    auto const stem = file.substr(0, file.rfind('.'));
    for (auto const suffix : hash_suffixes) {
        if (read == read_hashes && !file.ends_with(suffix))
            names.push_back(format("{}{}", stem, suffix));
    }
    return names;
}

std::optional<std::string> render(
    EvidenceView const& evidence, TraceOrigin const& origin, Dictionary const&, std::string_view)
{
    return text_lines::line_at(evidence, origin.offset);
}

constexpr std::array<Schema const*, 8> schemas { &linux_host_schema.erased, &linux_process_schema.erased,
    &linux_socket_schema.erased, &linux_module_schema.erased, &linux_bpf_schema.erased, &linux_mount_schema.erased,
    &linux_file_schema.erased, &linux_package_schema.erased };

}

// ---- what readers share

namespace {

constexpr std::array<std::string_view, 12> months { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
    "Oct", "Nov", "Dec" };

}

std::optional<std::uint32_t> number_in(std::string_view text)
{
    if (text.empty() || text[0] < '0' || text[0] > '9' || text.starts_with("0x"))
        return std::nullopt;
    auto const number = parse_uint(text);
    return number && *number <= 0xFFFFFFFFU ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
}

Timestamp month_day_time(std::string_view month, std::string_view day, std::string_view time, std::string_view year)
{
    auto const place = std::ranges::find(months, month);
    auto const number = number_in(day), of_year = number_in(year);
    if (place == months.end() || !number || !of_year || time.size() != 8)
        return {};
    return Timestamp::parse(format("{:04}-{:02}-{:02}T{}Z", *of_year, place - months.begin() + 1, *number, time))
        .value_or(Timestamp {});
}

std::optional<std::int64_t> zone_in(std::string_view date)
{
    for (auto const word : text_lines::words(date)) {
        if (word == "UTC" || word == "GMT" || word == "Z" || word == "+00")
            return 0;
        if (word == "JST" || word == "+09")
            return 9 * 3600;
    }
    return std::nullopt; // other abbreviations stand for several zones
}

Timestamp date_in(std::string_view text)
{
    auto const words = text_lines::words(trim(text.substr(0, text.find('\n'))));
    auto const zone = zone_in(text.substr(0, text.find('\n')));
    if (words.size() != 6 || !zone)
        return {};
    auto time = month_day_time(words[1], words[2], words[3], words[5]);
    if (time.is_set())
        time.ticks -= *zone * ticks_per_second;
    return time;
}

std::string_view companion_text(EvidenceView const& evidence, std::string_view name)
{
    if (file_name_of(evidence.name) == name)
        return as_text(evidence.bytes);
    for (auto const& companion : evidence.companions) {
        if (companion.name == name)
            return as_text(companion.bytes);
    }
    return {};
}

void for_each_line(std::string_view text, std::function<void(text_lines::Line const&)> const& visit)
{
    std::uint64_t position = 0;
    while (auto const line = text_lines::next(text, position, text.size()))
        visit(*line);
}

constinit ArtefactParser const parser {
    .name = "linux_uac",
    .title = "UAC live response (text outputs)",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
    .companion_names = companion_names,
    .render = render,
};

}
