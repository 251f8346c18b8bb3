// The readers of UAC's outputs, one per tool. Several tools list the same things: the first in a group's order gives
// the row, others complete it, and give rows only of what the first does not list. Not the choice of a reader:
// parser.cpp.
#pragma once
#include "formats/text_lines/text_lines.hpp"
#include "record/artefact_parser.hpp"
#include "traces/linux_columns.hpp"

namespace konseki::linux_uac {

// Files of one folder that are read together, in the order of their word.
inline constexpr std::string_view process_files[] { "ps_auxwww.txt", "ps_-ef.txt", "ps_-axo_pid_user_lstart_args.txt",
    "running_processes_full_paths.txt", "ls_-l_proc_pid_cwd.txt", "ps_-axo_pid_user_cgroup.txt",
    "hash_running_processes.sha256", "date_before_ps_-axo_pid_user_lstart_args.txt" };
inline constexpr std::size_t process_lists = 4; // of these, those that give rows
inline constexpr std::string_view proc_files[] { "status.txt", "cmdline.txt", "comm.txt", "environ.txt", "maps.txt",
    "fd.txt" };
inline constexpr std::string_view socket_files[] { "ss_-anp.txt", "netstat_-anp.txt", "netstat_-lpeanut.txt",
    "lsof_-nPli.txt", "netstat_-an.txt", "ss_-tanp.txt", "ss_-uanp.txt" };
inline constexpr std::string_view hash_suffixes[] { ".sha256", ".sha1", ".md5" };

void read_processes(EvidenceView const& evidence, ParseContext& context);
void read_proc_folder(EvidenceView const& evidence, ParseContext& context); // process/proc/PID/…
void read_hidden_pids(EvidenceView const& evidence, ParseContext& context);
void read_sockets(EvidenceView const& evidence, ParseContext& context);

void read_hashes(EvidenceView const& evidence, ParseContext& context);
void read_setuid(EvidenceView const& evidence, ParseContext& context); // by name: suid, sgid
void read_capabilities(EvidenceView const& evidence, ParseContext& context);
void read_attributes(EvidenceView const& evidence, ParseContext& context);
void read_verification(EvidenceView const& evidence, ParseContext& context); // dpkg -V, rpm -V -a
void read_owners(EvidenceView const& evidence, ParseContext& context); // dpkg -S, rpm -q -f

void read_dpkg_list(EvidenceView const& evidence, ParseContext& context);
void read_rpm_list(EvidenceView const& evidence, ParseContext& context);
void read_modules(EvidenceView const& evidence, ParseContext& context); // lsmod, /proc/modules
void read_mounts(EvidenceView const& evidence, ParseContext& context); // mount, /proc/mounts
void read_bpf(EvidenceView const& evidence, ParseContext& context);
void read_host(EvidenceView const& evidence, ParseContext& context); // uname -a, hostname, date

// "Mon Nov 23 14:21:55 UTC 2026" of `date`, where the zone is one of those whose meaning is known.
Timestamp date_in(std::string_view text);
// Seconds east of UTC that the zone of such a line stands for.
std::optional<std::int64_t> zone_in(std::string_view date);
// "Nov 23 06:57:57 2026": local, no zone; as if it were UTC.
Timestamp month_day_time(std::string_view month, std::string_view day, std::string_view time, std::string_view year);

std::string_view companion_text(EvidenceView const& evidence, std::string_view name); // empty: it is not there
void for_each_line(std::string_view text, std::function<void(text_lines::Line const&)> const& visit);
std::optional<std::uint32_t> number_in(std::string_view text);

}
