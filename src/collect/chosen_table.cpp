#include "collect/chosen.hpp"
#include <array>

namespace konseki::collect {

static constexpr std::string_view dot_files
    = ".bashrc|.bash_profile|.bash_login|.bash_logout|.bash_aliases|.profile|.zshrc|.zshenv|.zprofile|.zlogin|.zlogout|"
      ".kshrc|.mkshrc|.cshrc|.tcshrc|.login|.logout|.inputrc|.xinitrc|.xserverrc|.xsession|.xsessionrc|.xprofile|"
      ".pam_environment|.vimrc|.exrc|.emacs|.gitconfig|.forward|.procmailrc|.rhosts|.shosts|.k5login|.tmux.conf|"
      ".screenrc|.selected_editor|.hushlogin|.*_history|.lesshst|.viminfo|.python_history|.pythonrc.py|.init|.wgetrc|"
      ".curlrc|.gdbinit|.sudo_as_admin_successful|.profile.d";
static constexpr std::string_view python_startup = "*.pth|sitecustomize.py|usercustomize.py";
static constexpr std::string_view web_scripts
    = "*.php|*.phtml|*.phar|*.inc|*.jsp|*.jspx|*.asp|*.aspx|*.ashx|*.cgi|*.pl|*.py|*.war|.htaccess|.user.ini";
static constexpr std::string_view state_of_kernel
    = "core_pattern|modprobe|hotplug|poweroff_cmd|tainted|modules_disabled|randomize_va_space|kptr_restrict|"
      "unprivileged_bpf_disabled|kexec_load_disabled|sysrq|dmesg_restrict|ftrace_enabled";

static constexpr std::array files {
    Choice { "/etc", "*", 12 }, // L01–L46: most of it lies here
    // L01–L04, L26, L28, L29: systemd, udev, D-Bus, network
    Choice { "/usr/lib/systemd/system", "*", 3 },
    Choice { "/usr/lib/systemd/user", "*", 3 },
    Choice { "/usr/lib/systemd/system-generators" },
    Choice { "/usr/lib/systemd/user-generators" },
    Choice { "/usr/lib/systemd/system-environment-generators" },
    Choice { "/usr/lib/systemd/user-environment-generators" },
    Choice { "/usr/lib/systemd/system-preset" },
    Choice { "/usr/lib/systemd/user-preset" },
    Choice { "/usr/lib/systemd/system-shutdown" },
    Choice { "/usr/lib/systemd/system-sleep" },
    Choice { "/usr/lib/systemd/network" },
    Choice { "/usr/lib/environment.d" },
    Choice { "/usr/local/lib/systemd", "*", 4 },
    Choice { "/run/systemd/system", "*", 3 },
    Choice { "/run/systemd/user", "*", 3 },
    Choice { "/run/systemd/transient", "*", 3 },
    Choice { "/run/systemd/generator", "*", 3 },
    Choice { "/run/systemd/generator.early", "*", 3 },
    Choice { "/run/systemd/generator.late", "*", 3 },
    Choice { "/run/systemd/system-generators" },
    Choice { "/run/systemd/container" },
    Choice { "~/.config/systemd", "*", 4 },
    Choice { "~/.local/share/systemd", "*", 4 },
    Choice { "~/.config/environment.d" },
    Choice { "/var/lib/systemd/linger" },
    Choice { "/usr/lib/udev/rules.d" },
    Choice { "/run/udev/rules.d" },
    Choice { "/usr/local/lib/udev/rules.d" },
    Choice { "/usr/share/dbus-1/system-services" },
    Choice { "/usr/share/dbus-1/services" },
    Choice { "/usr/share/dbus-1/system.d" },
    Choice { "/usr/share/dbus-1/session.d" },
    Choice { "/usr/local/share/dbus-1", "*", 2 },
    Choice { "~/.local/share/dbus-1", "*", 2 },
    Choice { "/usr/lib/NetworkManager/dispatcher.d", "*", 2 },
    Choice { "/usr/lib/networkd-dispatcher", "*", 2 },
    Choice { "/usr/lib/pm-utils/sleep.d" },
    Choice { "/usr/lib/dhcpcd", "*", 2 },
    Choice { "/usr/lib/ifupdown", "*", 1 },
    // L05–L09: cron, at, old init
    Choice { "/var/spool/cron", "*", 2 },
    Choice { "/var/spool/at", "*", 2 },
    Choice { "/var/spool/anacron" },
    Choice { "~/.config/upstart" },
    Choice { "~/.init" },
    // L10–L16: shells, preload, PAM, ssh
    Choice { "~/", dot_files },
    Choice { "~/.ssh", "*", 1 },
    Choice { "~/.config/fish", "*", 3 },
    Choice { "~/.local/share/fish", "fish_history" },
    Choice { "~/.bashrc.d" },
    Choice { "~/.profile.d" },
    Choice { "~/.zsh", "*.zsh|.zsh*", 1 },
    Choice { "/usr/lib/pam.d" },
    Choice { "/usr/share/pam-configs" },
    Choice { "/usr/etc", "*", 3 },
    Choice { "/usr/share/defaults/etc", "*", 2 },
    // L19, L22–L25, L38: polkit, modules, eBPF, boot, binfmt
    Choice { "/usr/share/polkit-1/rules.d" },
    Choice { "/usr/share/polkit-1/actions" },
    Choice { "/var/lib/polkit-1", "*", 3 },
    Choice { "/usr/local/share/polkit-1", "*", 2 },
    Choice { "/usr/lib/modules-load.d" },
    Choice { "/usr/lib/modprobe.d" },
    Choice { "/run/modprobe.d" },
    Choice { "/run/modules-load.d" },
    Choice { "/usr/local/lib/modprobe.d" },
    Choice { "/usr/lib/sysctl.d" },
    Choice { "/usr/lib/tmpfiles.d" },
    Choice { "/run/tmpfiles.d" },
    Choice { "/usr/lib/binfmt.d" },
    Choice { "/usr/lib/sysusers.d" },
    Choice { "/boot/grub", "grub.cfg|custom.cfg" },
    Choice { "/boot/grub2", "grub.cfg|custom.cfg|grubenv" },
    Choice { "/boot/loader", "*", 2 },
    Choice { "/boot/efi/EFI/*", "*.cfg|*.conf" },
    Choice { "/usr/share/initramfs-tools/hooks" },
    Choice { "/usr/share/initramfs-tools/scripts", "*", 2 },
    Choice { "/usr/lib/dracut/modules.d", "*.sh", 1 },
    Choice { "/usr/lib/kernel/install.d" },
    Choice { "/usr/share/mdadm" },
    // L27, L30, L31, L33, L39: desktops, message of the day, packages, git, Python
    Choice { "~/.config/autostart" },
    Choice { "~/.config/autostart-scripts" },
    Choice { "~/.config/plasma-workspace", "*", 1 },
    Choice { "/usr/share/gnome/autostart" },
    Choice { "/usr/share/autostart" },
    Choice { "/usr/lib/update-notifier", "update-motd*" },
    Choice { "/var/lib/dpkg", "diversions|statoverride" },
    Choice { "/var/lib/apt", "extended_states" },
    Choice { "/usr/lib/apt/apt.conf.d" },
    Choice { "/usr/lib/yum-plugins" },
    Choice { "/usr/share/yum-plugins" },
    Choice { "~/.config/git", "config" },
    Choice { "~/*/.git", "config" },
    Choice { "~/*/.git/hooks", "applypatch-msg|*-commit|pre-*|post-*|commit-msg|prepare-*|update|fsmonitor-*" },
    Choice { "/srv/*/.git/hooks" },
    Choice { "/opt/*/.git/hooks" },
    Choice { "/var/www/*/.git/hooks" },
    Choice { "/usr/share/git-core/templates/hooks" },
    Choice { "/usr/lib/python*", python_startup },
    Choice { "/usr/lib/python*/dist-packages", python_startup },
    Choice { "/usr/lib/python*/site-packages", python_startup },
    Choice { "/usr/lib64/python*/site-packages", python_startup },
    Choice { "/usr/local/lib/python*/dist-packages", python_startup },
    Choice { "/usr/local/lib/python*/site-packages", python_startup },
    Choice { "~/.local/lib/python*/site-packages", python_startup },
    Choice { "/opt/*/lib/python*/site-packages", python_startup },
    // L34, L35, L41, L45, L46: web, containers, odd places, agents, trust
    Choice { "/var/www", web_scripts, 8 },
    Choice { "/srv", web_scripts, 8 },
    Choice { "/usr/share/nginx/html", web_scripts, 4 },
    Choice { "/usr/lib/cgi-bin", "*", 2 },
    Choice { "/opt/*/webapps", web_scripts, 6 },
    Choice { "/var/lib/tomcat*/webapps", web_scripts, 6 },
    Choice { "/var/lib/docker/containers/*", "config.v2.json|hostconfig.json" },
    Choice { "/var/lib/docker", "repositories.json" },
    Choice { "/var/lib/containers/storage/overlay-containers", "containers.json" },
    Choice { "/var/lib/containers/storage/overlay-containers/*/userdata", "config.json" },
    Choice { "~/.local/share/containers/storage/overlay-containers", "containers.json" },
    Choice { "~/.local/share/containers/storage/overlay-containers/*/userdata", "config.json" },
    Choice { "/run/containerd/io.containerd.runtime.v2.task/*/*", "config.json" },
    Choice { "/var/lib/kubelet", "config.yaml" },
    Choice { "/usr/local/bin" },
    Choice { "/usr/local/sbin" },
    Choice { "/dev/shm", "*", 3 },
    Choice { "/dev", "*", 1 },
    Choice { "/var/lib/cloud/instance", "user-data.txt*|vendor-data.txt*" },
    Choice { "/var/lib/cloud/scripts", "*", 2 },
    Choice { "/var/lib/cloud/instance/scripts", "*", 1 },
    Choice { "/usr/local/share/ca-certificates", "*", 2 },
    Choice { "/usr/share/rsyslog" },
    // state that the kernel shows as files
    Choice { "/proc", "cmdline|version|modules|keys|partitions|swaps|uptime|loadavg" },
    Choice { "/proc/sys/kernel", state_of_kernel },
    Choice { "/proc/sys/fs/binfmt_misc" },
    Choice { "/proc/self", "mounts|mountinfo" },
    Choice { "/proc/self/net", "arp|route|dev|ip_tables_names|nf_conntrack|fib_trie" },
    Choice { "/sys/kernel", "uevent_helper" },
    Choice { "/sys/kernel/security", "lsm|lockdown" },
    Choice { "/sys/fs/selinux", "enforce|policyvers" },
    Choice { "/sys/module/apparmor/parameters", "enabled" },
    Choice { "/sys/kernel/debug/kprobes", "list" },
    Choice { "/sys/kernel/tracing", "kprobe_events|uprobe_events" },
};

std::span<Choice const> chosen_files()
{
    return files;
}

std::span<Choice const> chosen_logs()
{
    static constexpr std::array table {
        Choice { "/var/log",
            "wtmp*|btmp*|lastlog*|faillog|tallylog|syslog*|messages*|auth.log*|secure*|kern.log*|daemon.log*|user.log*|"
            "cron*|dpkg.log*|alternatives.log*|yum.log*|dnf*.log*|hawkey.log*|zypper.log*|boot.log*|dmesg*|sudo*|"
            "ufw.log*|firewalld*|fail2ban.log*|cloud-init*|sulog|aptitude*|debug*|faillog*|xferlog*|vsftpd.log*|"
            "bootstrap.log" },
        Choice { "/var/log/audit" },
        Choice { "/var/log/apt" },
        Choice { "/var/log/sudo-io", "log*|timing", 4 },
        Choice { "/var/log/nginx", "*", 1 },
        Choice { "/var/log/apache2", "*", 1 },
        Choice { "/var/log/httpd", "*", 1 },
        Choice { "/var/log/lighttpd", "*", 1 },
        Choice { "/var/log/caddy", "*", 1 },
        Choice { "/var/log/tomcat*" },
        Choice { "/var/log/unattended-upgrades" },
        Choice { "/var/log/amazon/ssm" },
        Choice { "/var/log/azure", "*", 2 },
        Choice { "/var/log/journal", "*.journal|*.journal~", 2 },
        Choice { "/run/log/journal", "*.journal|*.journal~", 2 },
        Choice { "/run", "utmp" },
        Choice { "/var/lib/lastlog" },
        Choice { "/var/lib/wtmpdb" },
        Choice { "/var/lib/pam_lastlog" },
        Choice { "/run/faillock" },
        Choice { "/var/account" },
        Choice { "/var/log/account" },
        Choice { "/var/log/sysstat", "sa*" },
        Choice { "/var/log/samba", "log.*" },
    };
    return table;
}

}
