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

constexpr std::array<Sign, 128> signs { {
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
    // Programs of Windows and of its makers that run what they are given (the LOLBAS project lists them).
    { "command.loads_by_host", "windowssandbox" },
    { "command.loads_by_host", "cdb.exe -" },
    { "command.loads_by_host", "ntsd.exe -" },
    { "command.loads_by_host", "windbg.exe -" },
    { "command.loads_by_host", "cmstp" },
    { "command.loads_by_host", "mshta" },
    { "command.loads_by_host", "msxsl" },
    { "command.loads_by_host", "presentationhost" },
    { "command.loads_by_host", "xwizard" },
    { "command.loads_by_host", "scriptrunner" },
    { "command.loads_by_host", "syncappvpublishingserver" },
    { "command.loads_by_host", "rasautou" },
    { "command.loads_by_host", "register-cimprovider" },
    { "command.loads_by_host", "certoc" },
    { "command.loads_by_host", "diskshadow" },
    { "command.loads_by_host", "infdefaultinstall" },
    { "command.loads_by_host", "pubprn.vbs" },
    { "command.loads_by_host", "winrm.vbs" },
    { "command.loads_by_host", "forfiles" },
    { "command.loads_by_host", "ieexec" },
    { "command.loads_by_host", "msdeploy" },
    { "command.loads_by_host", "vsjitdebugger" },
    { "command.loads_by_host", "wfc.exe" },
    { "command.loads_by_host", "dfshim.dll" },
    { "command.loads_by_host", "url.dll," },
    { "command.loads_by_host", "ieframe.dll," },
    { "command.loads_by_host", "advpack.dll" },
    { "command.loads_by_host", "zipfldr.dll" },
    { "command.loads_by_host", "pcwutl.dll" },
    { "command.loads_by_host", "syssetup.dll" },
    { "command.loads_by_host", "setupapi.dll," },
    { "command.loads_by_host", "shdocvw.dll," },
    { "command.loads_by_host", "mshtml" },
    { "command.loads_by_host", "desk.cpl" },
    { "command.loads_by_host", "conhost.exe --" },
    { "command.loads_by_host", "bash.exe -c" },
    { "command.loads_by_host", "wsl.exe" },
    // A way in through what the machine itself opens to the outside.
    { "command.tunnels", " tunnel " },
    { "command.tunnels", "--accept-server-license-terms" },
    { "command.tunnels", "cloudflared" },
    { "command.tunnels", "ngrok" },
    { "command.tunnels", "devtunnel" },
    { "command.tunnels", "socks5" },
    { "command.tunnels", "-socks" },
    { "command.tunnels", " -nr " },
    { "command.tunnels", " -r 0.0.0.0:" },
    { "command.tunnels", "ssh.exe -r" },
    { "command.tunnels", "ssh.exe -n -r" },
    { "command.tunnels", "plink" },
    { "command.tunnels", "chisel" },
    { "command.tunnels", "wstunnel" },
    { "command.tunnels", "revsocks" },
    { "command.tunnels", "tailscale up" },
    { "command.tunnels", "localtonet" },
    { "command.tunnels", "dwagent" },
} };

constexpr std::size_t detail_max = 120;

bool is_script(std::string_view path)
{
    static constexpr std::array<std::string_view, 11> scripts { "bat", "cmd", "vbs", "vbe", "js", "jse", "wsf", "hta",
        "sct", "ps1", "py" };
    return std::find(scripts.begin(), scripts.end(), extension_of(path)) != scripts.end();
}

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
    if (!files.empty() && is_script(files.back()) && !writable_place(files.back()).empty())
        add_sign(found, "command.interpreter", command, 0);
    return found;
}

}
