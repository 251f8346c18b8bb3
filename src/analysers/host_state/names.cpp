#include "analysers/host_state/names.hpp"
#include "analysers/host_state/paths.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <cctype>

namespace konseki::host_state {

namespace {

struct Home {
    std::string_view name, folders;
};

constexpr std::string_view both = "\\windows\\system32|\\windows\\syswow64";
constexpr std::string_view native = "\\windows\\system32";

// Programs that intruders like to imitate, and those that they rename. "x\\*": any folder in x.
constexpr std::string_view defender
    = "\\program files\\windows defender|\\programdata\\microsoft\\windows defender\\platform\\*";

constexpr std::array<Home, 77> homes { {
    { "svchost.exe", both },
    { "lsass.exe", native },
    { "lsm.exe", native },
    { "csrss.exe", native },
    { "smss.exe", native },
    { "wininit.exe", native },
    { "winlogon.exe", native },
    { "services.exe", native },
    { "spoolsv.exe", native },
    { "taskhost.exe", native },
    { "taskhostw.exe", native },
    { "taskhostex.exe", native },
    { "taskeng.exe", native },
    { "dwm.exe", native },
    { "conhost.exe", native },
    { "dllhost.exe", both },
    { "explorer.exe", "\\windows|\\windows\\syswow64" },
    { "rundll32.exe", both },
    { "regsvr32.exe", both },
    { "mshta.exe", both },
    { "wscript.exe", both },
    { "cscript.exe", both },
    { "cmd.exe", both },
    { "powershell.exe", "\\windows\\system32\\windowspowershell\\v1.0|\\windows\\syswow64\\windowspowershell\\v1.0" },
    { "certutil.exe", both },
    { "bitsadmin.exe", both },
    { "net.exe", both },
    { "net1.exe", both },
    { "netsh.exe", both },
    { "at.exe", both },
    { "sc.exe", both },
    { "reg.exe", both },
    { "schtasks.exe", both },
    { "tasklist.exe", both },
    { "taskkill.exe", both },
    { "whoami.exe", both },
    { "nltest.exe", both },
    { "dsquery.exe", native },
    { "ntdsutil.exe", native },
    { "wevtutil.exe", both },
    { "vssadmin.exe", both },
    { "wmic.exe", "\\windows\\system32\\wbem|\\windows\\syswow64\\wbem" },
    { "wmiprvse.exe", "\\windows\\system32\\wbem|\\windows\\syswow64\\wbem" },
    { "msiexec.exe", both },
    { "userinit.exe", both },
    { "logonui.exe", native },
    { "searchindexer.exe", both },
    { "searchprotocolhost.exe", both },
    { "searchfilterhost.exe", both },
    { "runtimebroker.exe", native },
    { "sihost.exe", native },
    { "ctfmon.exe", both },
    { "fontdrvhost.exe", both },
    { "audiodg.exe", native },
    { "wuauclt.exe", both },
    { "usoclient.exe", native },
    { "werfault.exe", both },
    { "wermgr.exe", both },
    { "consent.exe", native },
    { "sethc.exe", both },
    { "utilman.exe", both },
    { "osk.exe", both },
    { "magnify.exe", both },
    { "narrator.exe", both },
    { "displayswitch.exe", native },
    { "atbroker.exe", both },
    { "notepad.exe", "\\windows|\\windows\\system32|\\windows\\syswow64" },
    { "calc.exe", both },
    { "mstsc.exe", both },
    { "control.exe", both },
    { "msdtc.exe", both },
    { "vds.exe", native },
    { "alg.exe", native },
    { "dashost.exe", native },
    { "msmpeng.exe", defender },
    { "mpcmdrun.exe", defender },
    { "nissrv.exe", defender },
} };

// Where Windows keeps copies of its own files.
bool is_copy_of_windows(std::string_view path)
{
    static constexpr std::array<std::string_view, 9> places { "\\windows\\winsxs\\", "\\windows\\servicing\\",
        "\\windows\\softwaredistribution\\", "\\windows.old\\", "\\$windows.~bt\\", "\\$windows.~ws\\",
        "\\windows\\system32\\dllcache\\", "\\windows\\sysarm32\\", "\\program files\\windowsapps\\" };
    return std::any_of(
        places.begin(), places.end(), [&](auto place) { return path.find(place) != std::string_view::npos; });
}

struct Tool {
    std::string_view part; // of the name without extension
    bool is_whole = false; // the whole name, otherwise a part of it
    bool is_dual_use = false;
};

constexpr std::array<Tool, 64> tools { {
    { "mimikatz" },
    { "mimidrv" },
    { "mimilib" },
    { "mimilove" },
    { "sekurlsa" },
    { "pwdump" },
    { "gsecdump" },
    { "fgdump" },
    { "lazagne" },
    { "safetykatz" },
    { "rubeus", true },
    { "sharphound" },
    { "bloodhound" },
    { "seatbelt", true },
    { "winpeas" },
    { "sharpup", true },
    { "kerbrute" },
    { "crackmapexec" },
    { "secretsdump" },
    { "smbexec" },
    { "atexec" },
    { "wmiexec" },
    { "dcomexec" },
    { "meterpreter" },
    { "cobaltstrike" },
    { "invoke-mimikatz" },
    { "powersploit" },
    { "powerview" },
    { "nishang" },
    { "htran", true },
    { "lcx", true },
    { "chisel", true },
    { "frpc", true },
    { "earthworm" },
    { "stowaway" },
    { "iox", true },
    { "ligolo" },
    { "godpotato" },
    { "juicypotato" },
    { "printspoofer" },
    { "nanodump" },
    { "dumpert" },
    { "wce", true },
    { "nbtscan", false, true },
    { "procdump", false, true },
    { "procdump64", false, true },
    { "psexec", false, true },
    { "psexesvc", false, true },
    { "paexec", false, true },
    { "remcom", false, true },
    { "adfind", false, true },
    { "adexplorer", false, true },
    { "plink", true, true },
    { "nc", true, true },
    { "nc64", true, true },
    { "ncat", true, true },
    { "netcat", false, true },
    { "ngrok", false, true },
    { "rclone", false, true },
    { "megasync", false, true },
    { "nmap", true, true },
    { "masscan", true, true },
    { "dsinternals", false, true },
    { "wevtx", true },
} };

std::string_view stem_of(std::string_view name)
{
    auto const dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(0, dot);
}

// Whether one letter was changed, added, left out or two were swapped.
bool is_one_step_away(std::string_view a, std::string_view b)
{
    if (a == b)
        return false;
    if (a.size() > b.size())
        std::swap(a, b);
    if (b.size() - a.size() > 1)
        return false;
    auto const differs = std::mismatch(a.begin(), a.end(), b.begin());
    auto const at = static_cast<std::size_t>(differs.first - a.begin());
    if (a.size() < b.size())
        return a.substr(at) == b.substr(at + 1);
    if (a.substr(at + 1) == b.substr(at + 1))
        return true;
    return at + 1 < a.size() && a[at] == b[at + 1] && a[at + 1] == b[at] && a.substr(at + 2) == b.substr(at + 2);
}

bool is_name_of_windows(std::string_view name)
{
    return !home_of_system_program(name).empty();
}

}

std::string_view home_of_system_program(std::string_view name)
{
    auto const place = std::find_if(homes.begin(), homes.end(), [&](auto const& home) { return home.name == name; });
    return place == homes.end() ? std::string_view() : place->folders;
}

bool is_home_of_system_program(std::string_view path)
{
    auto const folders = home_of_system_program(file_name_of(path));
    if (folders.empty() || is_copy_of_windows(path))
        return true;
    auto const folder = folder_of(path);
    for (auto const home : split(folders, '|'))
        if (folder == home || (home.ends_with('*') && folder.starts_with(home.substr(0, home.size() - 1))))
            return true;
    return folder.empty(); // a bare name says nothing
}

std::string_view lookalike_of(std::string_view name)
{
    if (stem_of(name).size() < 5 || is_name_of_windows(name))
        return {};
    // Only names that nobody but Windows uses: "notepad+" or "calc2" are honest.
    static constexpr std::array<std::string_view, 14> imitated { "svchost.exe", "lsass.exe", "csrss.exe",
        "winlogon.exe", "services.exe", "spoolsv.exe", "explorer.exe", "rundll32.exe", "taskhost.exe", "taskhostw.exe",
        "wininit.exe", "dllhost.exe", "conhost.exe", "runtimebroker.exe" };
    auto const place = std::find_if(
        imitated.begin(), imitated.end(), [&](auto const& known) { return is_one_step_away(name, known); });
    return place == imitated.end() ? std::string_view() : *place;
}

std::optional<ToolName> tool_of_name(std::string_view name)
{
    auto const stem = stem_of(name);
    for (auto const& tool : tools)
        if (tool.is_whole ? stem == tool.part : stem.find(tool.part) != std::string_view::npos)
            return ToolName { tool.part, tool.is_dual_use };
    return {};
}

bool has_double_extension(std::string_view name)
{
    static constexpr std::array<std::string_view, 12> documents { ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt",
        ".pptx", ".jpg", ".png", ".txt", ".zip", ".rtf" };
    static constexpr std::array<std::string_view, 6> programs { "exe", "scr", "com", "lnk", "js", "vbs" };
    auto const extension = extension_of(name);
    if (std::find(programs.begin(), programs.end(), extension) == programs.end())
        return false;
    auto const stem = trim(stem_of(name));
    return std::any_of(documents.begin(), documents.end(), [&](auto document) {
        return stem.size() > document.size() && stem.substr(stem.size() - document.size()) == document;
    });
}

bool turns_direction(std::string_view name)
{
    for (std::size_t at = 0; at + 2 < name.size(); ++at) {
        auto const a = static_cast<unsigned char>(name[at]);
        auto const b = static_cast<unsigned char>(name[at + 1]);
        auto const c = static_cast<unsigned char>(name[at + 2]);
        if (a == 0xe2 && ((b == 0x80 && c >= 0xaa && c <= 0xae) || (b == 0x81 && c >= 0xa6 && c <= 0xa9)))
            return true;
    }
    return false;
}

bool looks_random(std::string_view name)
{
    auto const stem = stem_of(name);
    if (stem.size() < 6 || stem.size() > 24)
        return false;
    std::size_t letters = 0;
    std::size_t vowels = 0;
    std::size_t changes = 0; // between letters and digits
    std::size_t run = 0;
    std::size_t longest = 0; // consonants in a row
    for (std::size_t at = 0; at < stem.size(); ++at) {
        auto const c = static_cast<unsigned char>(stem[at]);
        bool const is_letter = std::isalpha(c) != 0;
        bool const is_number = std::isdigit(c) != 0;
        if (!is_letter && !is_number)
            return false; // words joined with dashes, underlines, dots
        bool const is_vowel = is_letter && std::string_view("aeiouy").find(stem[at]) != std::string_view::npos;
        letters += is_letter ? 1U : 0U;
        vowels += is_vowel ? 1U : 0U;
        run = is_letter && !is_vowel ? run + 1 : 0;
        longest = std::max(longest, run);
        if (at > 0)
            changes += (std::isdigit(static_cast<unsigned char>(stem[at - 1])) != 0) != is_number ? 1U : 0U;
    }
    return changes >= 4 || (letters >= 7 && vowels == 0) || longest >= 7;
}

}
