// Whatever the bytes are and whichever tool's output they are taken for, no reader may come to harm.
#include "support/collecting_context.hpp"
#include "traces/linux_uac/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    constexpr std::string_view names[] { "live_response/process/ps_auxwww.txt",
        "live_response/process/running_processes_full_paths.txt", "live_response/process/proc/1/status.txt",
        "live_response/process/hidden_pids_for_ps_command.txt", "live_response/network/ss_-anp.txt",
        "live_response/network/netstat_-anp.txt", "live_response/network/lsof_-nPli.txt",
        "hash_executables/hash_executables.sha1", "live_response/system/suid.txt", "live_response/system/getcap_-r.txt",
        "live_response/system/immutable_files.txt", "live_response/packages/dpkg_-V.txt",
        "live_response/packages/dpkg_-S.txt", "live_response/packages/dpkg_-l.txt",
        "live_response/packages/rpm_-q_-a.txt", "live_response/system/lsmod.txt", "live_response/storage/mount.txt",
        "live_response/system/bpftool_prog_list.txt", "live_response/system/uname_-a.txt",
        "live_response/system/date.txt" };
    // The same bytes stand beside the file as every other list that is read with it.
    auto const file = std::as_bytes(std::span { bytes, size });
    for (auto const name : names) {
        auto const beside = konseki::linux_uac::parser.companion_names(name);
        std::vector<konseki::Companion> companions;
        for (auto const& one : beside)
            companions.push_back({ one, file });
        konseki::test::CollectingContext collected;
        for (bool const has_companions : { false, true })
            konseki::linux_uac::parser.parse({ file, { 0, size }, name, 1, true, true,
                                                 has_companions ? companions : std::vector<konseki::Companion> {} },
                collected.context);
    }
    return 0;
}
