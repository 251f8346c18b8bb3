// Which files of a large image are taken out: what an artefact parser or a rule can read. A path is lower case.
#include "intake/image/files.hpp"
#include <algorithm>
#include <array>

namespace konseki::intake {

namespace {

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

constexpr std::array<std::string_view, 34> windows_folders { "windows/system32/winevt/logs/",
    "windows/system32/config/", "windows/prefetch/", "windows/system32/tasks/", "windows/syswow64/tasks/",
    "windows/tasks/", "windows/appcompat/", "windows/system32/wbem/repository/", "windows/system32/sru/",
    "windows/system32/logfiles/sum/", "windows/system32/logfiles/firewall/", "windows/system32/drivers/etc/",
    "windows/inf/setupapi", "/appdata/roaming/microsoft/windows/recent/",
    "/appdata/roaming/microsoft/windows/powershell/", "/start menu/programs/startup/",
    "programdata/microsoft/network/downloader/", "$recycle.bin/", "recycler/",
    "/appdata/local/connecteddevicesplatform/", "/appdata/local/microsoft/terminal server client/", "inetpub/logs/",
    "windows/system32/logfiles/w3svc", "programdata/microsoft/windows defender/support/",
    "programdata/microsoft/windows defender/quarantine/", "windows/system32/grouppolicy/", "windows/system32/catroot/",
    "windows/minidump/", "windows/debug/", "windows/system32/dhcp/", "windows/system32/dns/",
    "programdata/usoshared/logs/", "/appdata/local/microsoft/windows/history/", "/documents/powershell_transcript" };
constexpr std::array<std::string_view, 12> windows_names { "ntuser.dat", "usrclass.dat", "amcache.hve",
    "recentfilecache.bcf", "consolehost_history.txt", "qmgr0.dat", "qmgr1.dat", "qmgr.db", "srudb.dat", "pagefile.not",
    "wpbbin.exe", "setupact.log" };
constexpr std::array<std::string_view, 25> linux_folders { "etc/", "var/log/", "var/spool/cron/", "var/spool/at/",
    "root/.", "/.ssh/", "/.config/systemd/", "/.config/autostart/", "/.local/share/systemd/", "usr/lib/systemd/system/",
    "lib/systemd/system/", "usr/local/lib/systemd/", "var/lib/dpkg/status", "var/lib/dpkg/info/", "var/lib/rpm/",
    "usr/lib/udev/rules.d/", "usr/share/dbus-1/system-services/", "usr/lib/os-release", "usr/lib/sysimage/rpm/",
    "var/backups/", "lib/udev/rules.d/", "usr/lib/systemd/user/", "usr/lib/systemd/system-generators/",
    "usr/share/dbus-1/services/", "usr/share/polkit-1/" };
constexpr std::array<std::string_view, 9> linux_names { ".bash_history", ".zsh_history", ".bashrc", ".profile",
    ".bash_profile", ".viminfo", ".gitconfig", "authorized_keys", ".lesshst" };
constexpr std::array<std::string_view, 6> extensions { ".evtx", ".evt", ".pf", ".lnk", ".automaticdestinations-ms",
    ".customdestinations-ms" };

}

bool is_artefact_path(std::string_view path)
{
    auto const name = path.substr(path.rfind('/') + 1); // npos + 1 is 0
    for (auto const folder : windows_folders)
        if (folder.front() == '/' ? contains(path, folder) : path.substr(0, folder.size()) == folder)
            return true;
    for (auto const folder : linux_folders)
        if (folder.front() == '/' ? contains(path, folder) : path.substr(0, folder.size()) == folder)
            return true;
    for (auto const known : windows_names)
        if (name.substr(0, known.size()) == known) // with logs: NTUSER.DAT.LOG1
            return true;
    return std::find(linux_names.begin(), linux_names.end(), name) != linux_names.end()
        || std::any_of(extensions.begin(), extensions.end(), [&](auto extension) {
               return name.size() > extension.size() && name.substr(name.size() - extension.size()) == extension;
           });
}

}
