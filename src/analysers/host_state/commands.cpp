#include "analysers/host_state/commands.hpp"
#include "analysers/host_state/paths.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::host_state {

namespace {

struct Sign {
    std::string_view feature;
    std::string_view part; // of the command in lower case
};

constexpr std::array<Sign, 73> signs { {
    { "command.attack_tool", "sekurlsa::" },
    { "command.attack_tool", "lsadump::" },
    { "command.attack_tool", "kerberos::golden" },
    { "command.attack_tool", "kerberos::ptt" },
    { "command.attack_tool", "privilege::debug" },
    { "command.attack_tool", "token::elevate" },
    { "command.attack_tool", "invoke-mimikatz" },
    { "command.attack_tool", "invoke-bloodhound" },
    { "command.attack_tool", "invoke-kerberoast" },
    { "command.attack_tool", "comsvcs.dll, minidump" },
    { "command.attack_tool", "comsvcs.dll,minidump" },
    { "command.attack_tool", "comsvcs.dll,#24" },
    { "command.attack_tool", "comsvcs.dll #24" },
    { "command.attack_tool", "-ma lsass" },
    { "command.attack_tool", "ntds.dit" },
    { "command.attack_tool", "save hklm\\sam" },
    { "command.attack_tool", "save hklm\\security" },
    { "command.attack_tool", "hashdump" },
    { "command.encoded", " -enc " },
    { "command.encoded", " -encodedcommand " },
    { "command.encoded", " -ec " },
    { "command.encoded", " -e jab" },
    { "command.encoded", " -e sq" },
    { "command.encoded", "frombase64string" },
    { "command.encoded", "[convert]::" },
    { "command.encoded", " -decode " },
    { "command.encoded", "chr(" },
    { "command.fetches", "http://" },
    { "command.fetches", "https://" },
    { "command.fetches", "ftp://" },
    { "command.fetches", "downloadstring" },
    { "command.fetches", "downloadfile" },
    { "command.fetches", "invoke-webrequest" },
    { "command.fetches", "start-bitstransfer" },
    { "command.fetches", "-urlcache" },
    { "command.fetches", "/transfer" },
    { "command.fetches", "net.webclient" },
    { "command.fetches", "xmlhttp" },
    { "command.fetches", "scrobj.dll" },
    { "command.hides", "-w hidden" },
    { "command.hides", "-windowstyle hidden" },
    { "command.hides", "-win hidden" },
    { "command.hides", "windowstyle 1" },
    { "command.hides", "-w 1 " },
    { "command.hides", "vbhide" },
    { "command.pipe", "\\\\.\\pipe\\" },
    { "command.pipe", "\\pipe\\" },
    { "command.interpreter", "wscript" },
    { "command.interpreter", "cscript" },
    { "command.interpreter", "mshta" },
    { "command.interpreter", "powershell" },
    { "command.interpreter", "pwsh" },
    { "command.interpreter", "python" },
    { "command.interpreter", ".vbs" },
    { "command.interpreter", ".ps1" },
    { "command.interpreter", "javascript:" },
    { "command.interpreter", "vbscript:" },
    { "command.shell", "%comspec%" },
    { "command.shell", "cmd.exe" },
    { "command.shell", "cmd /" },
    // As Impacket's atexec, smbexec and wmiexec fetch what a command prints.
    { "command.captures_output", "> \\\\127.0.0.1\\" },
    { "command.captures_output", "> %windir%\\temp\\" },
    { "command.captures_output", "> %systemroot%\\temp\\" },
    { "command.captures_output", "> c:\\windows\\temp\\" },
    { "command.loads_by_host", "regsvr32" },
    { "command.loads_by_host", "installutil" },
    { "command.loads_by_host", "regasm" },
    { "command.loads_by_host", "regsvcs" },
    { "command.loads_by_host", "msbuild" },
    { "command.loads_by_host", "odbcconf" },
    { "command.loads_by_host", "mavinject" },
    { "command.loads_by_host", "pcalua" },
    { "command.loads_by_host", "control.exe \"" },
} };

constexpr std::size_t detail_max = 120;

std::string excerpt(std::string_view command, std::size_t at)
{
    auto const begin = at > 20 ? at - 20 : 0;
    auto text = std::string(command.substr(begin, detail_max));
    while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xc0U) == 0x80U)
        text.erase(0, 1); // not in the middle of a character
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80U) != 0)
        text.pop_back();
    return text;
}

}

bool has_sign(std::vector<CommandSign> const& found, std::string_view feature)
{
    return std::any_of(found.begin(), found.end(), [&](auto const& sign) { return sign.feature == feature; });
}

void add_sign(std::vector<CommandSign>& found, std::string_view feature, std::string_view command, std::size_t at)
{
    if (!has_sign(found, feature))
        found.push_back({ feature, excerpt(command, at) });
}

std::vector<CommandSign> signs_of_command(std::string_view command)
{
    std::vector<CommandSign> found;
    auto const lower = ascii_lower(command);
    for (auto const& sign : signs) {
        if (auto const at = lower.find(sign.part); at != std::string::npos)
            add_sign(found, sign.feature, command, at);
    }
    auto const files = files_of_command(command);
    if (files.size() > 1 && !is_in_system_folder(files.back()) && !is_in_program_folder(files.back())
        && !folder_of(files.back()).empty() && !has_sign(found, "command.shell")
        && !has_sign(found, "command.interpreter")) // said already
        add_sign(found, "command.loads_by_host", command, 0);
    return found;
}

}
