// Everything about Linux hosts: gathered, looked up, judged and coupled.
#include "analysers/host_state/linux/linux_host.hpp"

namespace konseki::host_state {

Result<void> gather_linux(Hosts& hosts)
{
    using namespace on_linux;
    LinuxHosts all(hosts);
    TRY(load_hosts(all));
    TRY(gather_units(all));
    TRY(gather_starts(all));
    TRY(gather_keys(all));
    TRY(gather_linux_accounts(all));
    TRY(gather_linux_settings(all));
    TRY(gather_rights(all));
    TRY(gather_linux_files(all));
    TRY(gather_processes(all));
    TRY(gather_kernel(all));
    TRY(load_files(all));
    for (auto* host : all.all()) {
        judge_drafts(*host);
        judge_processes(*host);
        couple_items(*host);
    }
    return {};
}

}
