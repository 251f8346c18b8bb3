#include "analysers/host_state/linux/unix_commands.hpp"
#include "analysers/host_state/linux/unix_paths.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::host_state::on_linux {

namespace {

struct Sign {
    std::string_view feature;
    std::string_view part; // of the command in lower case
};

// GTFOBins and published intrusions, in our own selection.
constexpr std::array<Sign, 81> signs { {
    { "linux.reverse_shell", "/dev/tcp/" },
    { "linux.reverse_shell", "/dev/udp/" },
    { "linux.reverse_shell", "bash -i" },
    { "linux.reverse_shell", "sh -i" },
    { "linux.reverse_shell", "nc -e" },
    { "linux.reverse_shell", "ncat -e" },
    { "linux.reverse_shell", "ncat --exec" },
    { "linux.reverse_shell", "exec:/bin" },
    { "linux.reverse_shell", "exec:'bash" },
    { "linux.reverse_shell", "exec:\"bash" },
    { "linux.reverse_shell", "mkfifo /tmp" },
    { "linux.reverse_shell", "mknod /tmp" },
    { "linux.reverse_shell", "pty.spawn" },
    { "linux.reverse_shell", "socket.socket(" },
    { "linux.reverse_shell", "socket.socket;" },
    { "linux.reverse_shell", "use socket;" },
    { "linux.reverse_shell", "io::socket" },
    { "linux.reverse_shell", "fsockopen(" },
    { "linux.reverse_shell", "tcpsocket.new" },
    { "linux.reverse_shell", "tcpsocket.open" },
    { "linux.reverse_shell", "s_client -quiet -connect" },
    { "linux.reverse_shell", "/inet/tcp/" },
    { "linux.reverse_shell", "gs-netcat" },
    { "command.encoded", "base64 -d" },
    { "command.encoded", "base64 --decode" },
    { "command.encoded", "base64 -di" },
    { "command.encoded", "b64decode" },
    { "command.encoded", "decode_base64" },
    { "command.encoded", "base64_decode" },
    { "command.encoded", "xxd -r" },
    { "command.encoded", "openssl enc -d" },
    { "command.encoded", "\\x63\\x75" },
    { "command.encoded", "| rev |" },
    { "linux.fetches", "curl " },
    { "linux.fetches", "wget " },
    { "linux.fetches", "lwp-download" },
    { "linux.fetches", "urlopen(" },
    { "linux.fetches", "urlretrieve(" },
    { "linux.fetches", "tftp " },
    { "linux.background", "nohup " },
    { "linux.background", "setsid " },
    { "linux.background", "disown" },
    { "linux.background", "2>&1 &" },
    { "linux.background", "/dev/null &" },
    { "linux.background", "daemonize " },
    { "linux.background", "systemd-run " },
    { "linux.background", "at now" },
    { "linux.background", "at -m" },
    { "linux.background", "at -f" },
    { "linux.tampers", "authorized_keys" },
    { "linux.tampers", "chmod u+s" },
    { "linux.tampers", "chmod +s" },
    { "linux.tampers", "chmod 4755" },
    { "linux.tampers", "chmod 04755" },
    { "linux.tampers", "cap_setuid" },
    { "linux.tampers", "insmod " },
    { "linux.tampers", "chattr +i" },
    { "linux.tampers", "chattr -i" },
    { "linux.tampers", "/etc/ld.so.preload" },
    { "linux.tampers", "unset histfile" },
    { "linux.tampers", "histfile=/dev/null" },
    { "linux.tampers", "history -c" },
    { "linux.tampers", "setenforce 0" },
    { "linux.tampers", "auditctl -e 0" },
    { "linux.tampers", "auditctl -d" },
    { "linux.tampers", "> /etc/passwd" },
    { "linux.tampers", ">> /etc/passwd" },
    { "linux.tampers", ">> /etc/shadow" },
    { "linux.tampers", "/etc/sudoers" },
    { "linux.tampers", "useradd -o" },
    { "linux.one_liner", "python -c" },
    { "linux.one_liner", "python3 -c" },
    { "linux.one_liner", "perl -e" },
    { "linux.one_liner", "perl -m" },
    { "linux.one_liner", "ruby -e" },
    { "linux.one_liner", "ruby -r" },
    { "linux.one_liner", "php -r" },
    { "linux.one_liner", "node -e" },
    { "linux.one_liner", "--checkpoint-action" },
    { "linux.one_liner", "begin{system" },
    { "linux.one_liner", "begin {system" },
} };

// Where a fetched text goes straight into a shell.
constexpr std::array<std::string_view, 12> into_shell { "|sh", "| sh", "|bash", "| bash", "|/bin/sh", "| /bin/sh",
    "|/bin/bash", "| /bin/bash", "| python", "|python", "| perl", "$(curl" };

bool begins_a_word(std::string_view text, std::size_t at)
{
    if (at == 0)
        return true;
    char const before = text[at - 1];
    return !((before >= 'a' && before <= 'z') || (before >= '0' && before <= '9') || before == '-' || before == '_'
        || before == '.');
}

}

std::vector<CommandSign> signs_of_unix_command(std::string_view command)
{
    std::vector<CommandSign> found;
    std::string line { command };
    std::replace(line.begin(), line.end(), '\n', ' ');
    auto const lower = ascii_lower(command);
    for (auto const& sign : signs) {
        auto const at = lower.find(sign.part);
        bool const is_word = sign.part.front() >= 'a' && sign.part.front() <= 'z';
        if (at != std::string::npos && (!is_word || begins_a_word(lower, at)))
            add_sign(found, sign.feature, line, at);
    }
    if (has_sign(found, "linux.fetches") || has_sign(found, "command.encoded"))
        for (auto const part : into_shell)
            if (auto const at = lower.find(part); at != std::string::npos)
                add_sign(found, "linux.into_shell", line, at);
    return found;
}

std::optional<ToolName> tool_of_unix_name(std::string_view name)
{
    static constexpr std::array<std::string_view, 38> tools { "pspy", "pspy64", "pspy32", "linpeas.sh", "linpeas",
        "linenum.sh", "linux-exploit-suggester.sh", "chisel", "frpc", "frps", "xmrig", "xmr-stak", "kinsing",
        "kdevtmpfsi", "gs-netcat", "merlin", "sliver", "poseidon", "mimipenguin", "mimipenguin.sh", "bpfdoor",
        "symbiote", "diamorphine.ko", "reptile.ko", "suterusu.ko", "libprocesshider.so", "beurk.so", "libselinux.so",
        "vlany.so", "jynx2.so", "azazel.so", "bdvl.so", "iox", "fscan", "nps", "npc", "stowaway", "traitor" };
    static constexpr std::array<std::string_view, 8> dual { "socat", "ncat", "nc.traditional", "nc.openbsd",
        "proxychains4", "masscan", "nmap", "tcpdump" };
    if (auto const* const tool = std::find(tools.begin(), tools.end(), name); tool != tools.end())
        return ToolName { *tool, false };
    if (auto const* const tool = std::find(dual.begin(), dual.end(), name); tool != dual.end())
        return ToolName { *tool, true };
    return std::nullopt;
}

bool is_name_of_system_daemon(std::string_view name)
{
    static constexpr std::array<std::string_view, 42> names { "systemd", "init", "sshd", "cron", "crond", "atd",
        "dbus-daemon", "dbus-broker", "rsyslogd", "syslogd", "agetty", "login", "sudo", "su", "polkitd", "udevd",
        "systemd-udevd", "systemd-journald", "systemd-logind", "systemd-networkd", "systemd-resolved",
        "systemd-timesyncd", "auditd", "NetworkManager", "ModemManager", "wpa_supplicant", "chronyd", "ntpd",
        "irqbalance", "acpid", "irqbalanced", "udisksd", "upowerd", "accounts-daemon", "rpcbind", "lvmetad",
        "multipathd", "kthreadd", "kswapd0", "ksoftirqd", "kworker", "migration" };
    return std::find(names.begin(), names.end(), name) != names.end();
}

}
