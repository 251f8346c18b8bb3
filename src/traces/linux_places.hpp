// Where the files of a Linux system lie that start, load, allow or hide something, and which grammar each has: the
// numbers L01 … of spec fsa.md section 2b. Not a judgement, and not the code that reads them.
#pragma once
#include "record/artefact_parser.hpp"
#include <initializer_list>
#include <string>

namespace konseki {

// One per grammar; which folder of traces/ takes which stands in its sniff.
enum class LinuxGrammar : std::uint8_t {
    nothing, // known, and not worth reading
    unit,
    systemd_settings,
    program, // a file that is run as a whole
    variables, // NAME=VALUE
    cron_system,
    cron_user,
    anacron,
    at_job,
    cron_permission,
    shell,
    pam_variables,
    ssh_keys,
    ssh_server,
    ssh_client,
    ssh_host_key,
    pam_service,
    pam_single_file,
    sudoers,
    doas,
    polkit_rules,
    polkit_authority,
    polkit_action,
    preload,
    preload_raw,
    library_folders,
    module_names,
    modprobe,
    binfmt,
    binfmt_debian,
    sysctl,
    grub_defaults,
    grub_menu,
    boot_entry,
    kernel_command_line,
    initramfs_settings,
    udev,
    desktop_entry,
    dbus_service,
    apt_settings,
    apt_sources,
    apt_sources_deb822,
    package_manager,
    git_config,
    php_settings,
    rsyslog,
    logrotate,
    monit,
    tcp_wrappers,
    name_services,
    hosts,
    python_path,
    inittab,
    upstart,
    xinetd,
    inetd,
    container_json,
    container_host_json,
    docker_daemon,
    compose,
    quadlet,
    selinux,
    apparmor,
    audit_rules,
    certificate,
    cloud_settings,
    interfaces,
    temporary_files,
    mail_forward,
};

struct LinuxPlace {
    std::string_view pattern; // "/etc/cron.d/*": * within one name, ** anything, ~ any home folder
    LinuxGrammar grammar = LinuxGrammar::program;
    std::string_view location; // "L05"
    std::string_view kind; // of linux.autostart: "cron"
};

// A file of a Linux system as evidence names it.
struct LinuxPath {
    LinuxPlace const* place = nullptr;
    std::string path; // on the host: "/etc/crontab"
    std::string user; // owner of the home folder it lies in; empty: none
};

// `name` may be "/etc/crontab", "[root]/etc/crontab", "case/rootfs/etc/crontab" or have backslashes. Without a place
// when it is none of them.
LinuxPath linux_path_of(std::string_view name);
// ATT&CK technique of a location; empty for an unknown one.
std::string_view linux_attack_of(std::string_view location);
// Text of one of these grammars: sure. Something with zero bytes or an archive's magic at such a place: maybe.
Sniff sniff_linux(ByteView head, std::string_view name, std::initializer_list<LinuxGrammar> grammars);
// Pure, for tests: "*" within one name, "**" across names, "[a-c]" one character, "?" any one.
bool matches_linux_pattern(std::string_view path, std::string_view pattern);

}
