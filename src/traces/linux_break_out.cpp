#include "traces/linux_script.hpp"
#include <algorithm>
#include <array>

namespace konseki {

namespace {

// [GTFOBins] Names only, sorted; what each can do is for the reader of a finding to look up there.
constexpr auto names = std::to_array<std::string_view>({ "7z", "agetty", "ansible-playbook", "apt", "apt-get", "ar",
    "aria2c", "arp", "as", "ash", "aspell", "at", "awk", "base32", "base64", "bash", "batcat", "bpftrace", "bridge",
    "bundler", "busctl", "busybox", "byebug", "bzip2", "c89", "c99", "cancel", "capsh", "cat", "chmod", "choom",
    "chown", "chroot", "cmp", "column", "comm", "composer", "cowsay", "cowthink", "cp", "cpan", "cpio", "cpulimit",
    "crash", "crontab", "csh", "csplit", "csvtool", "cupsfilter", "curl", "cut", "dash", "date", "dd", "debugfs",
    "dialog", "diff", "dig", "distcc", "dmesg", "dmidecode", "dmsetup", "dnf", "docker", "dpkg", "easy_install", "eb",
    "ed", "efax", "elvish", "emacs", "enscript", "env", "eqn", "espeak", "ex", "exiftool", "expand", "expect", "facter",
    "file", "find", "fish", "flock", "fmt", "fold", "ftp", "gawk", "gcc", "gcore", "gdb", "gem", "genisoimage", "ghc",
    "ghci", "gimp", "git", "grep", "gtester", "gzip", "hd", "head", "hexdump", "highlight", "hping3", "iconv",
    "install", "ionice", "ip", "irb", "ispell", "jjs", "join", "journalctl", "jq", "jrunscript", "knife", "ksh",
    "ksshell", "ksu", "kubectl", "latex", "ldconfig", "less", "links", "ln", "loginctl", "logrotate", "logsave", "look",
    "lp", "ltrace", "lua", "lualatex", "luatex", "lwp-download", "lwp-request", "mail", "make", "man", "mawk", "more",
    "mosquitto", "mount", "msgattrib", "msgcat", "mtr", "multitime", "mv", "mysql", "nano", "nasm", "nawk", "nc",
    "neofetch", "nft", "nice", "nl", "nm", "nmap", "node", "nohup", "npm", "nroff", "nsenter", "octave", "od",
    "openssl", "openvpn", "paste", "pdb", "perl", "perlbug", "pg", "php", "pic", "pico", "pip", "pkexec", "pkg", "posh",
    "pr", "pry", "psftp", "psql", "ptx", "puppet", "pwsh", "python", "python2", "python3", "rake", "rc", "readelf",
    "red", "redcarpet", "restic", "rev", "rlogin", "rlwrap", "rpm", "rpmquery", "rpmverify", "rsync", "ruby",
    "run-mailcap", "run-parts", "runscript", "rview", "rvim", "sash", "scanmem", "scp", "screen", "script", "sed",
    "service", "setarch", "setfacl", "setlock", "sftp", "sg", "shuf", "slsh", "smbclient", "snap", "socat", "soelim",
    "softlimit", "sort", "split", "sqlite3", "ss", "ssh", "ssh-keygen", "ssh-keyscan", "sshpass", "start-stop-daemon",
    "stdbuf", "strace", "strings", "su", "sudo", "sysctl", "systemctl", "systemd-run", "tac", "tail", "tar", "task",
    "taskset", "tasksh", "tbl", "tclsh", "tcpdump", "tcsh", "tdbtool", "tee", "telnet", "tex", "tftp", "time",
    "timedatectl", "timeout", "tmate", "tmux", "top", "troff", "ul", "unexpand", "uniq", "unshare", "unzip",
    "update-alternatives", "vagrant", "valgrind", "vi", "view", "vigr", "vim", "vimdiff", "vipw", "virsh", "w3m",
    "wall", "watch", "wc", "wget", "whiptail", "whois", "wireshark", "wish", "xargs", "xdotool", "xelatex", "xetex",
    "xmodmap", "xmore", "xpad", "xxd", "xz", "yarn", "yash", "yum", "zathura", "zip", "zsh", "zsoelim", "zypper" });

}

bool can_break_out(std::string_view program)
{
    return std::ranges::find(names, program) != names.end();
}

}
