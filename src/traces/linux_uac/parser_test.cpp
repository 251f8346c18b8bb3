#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_uac/parser.hpp"
#include <algorithm>
#include <gtest/gtest.h>

namespace konseki::linux_uac {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>; // name in the folder, content

// The file of that name with all others beside it, as far as the parser asks for them.
test::CollectingContext& parse_into(
    test::CollectingContext& collected, std::string const& folder, Files const& files, std::string_view name)
{
    std::string_view content;
    std::vector<Companion> beside;
    auto const path = format("./{}/{}", folder, name);
    auto const wanted = parser.companion_names(path);
    for (auto const& file : files) {
        if (file.first == name)
            content = file.second;
        else if (std::ranges::find(wanted, file.first) != wanted.end())
            beside.push_back({ file.first, as_bytes(file.second) });
    }
    EXPECT_LE(wanted.size(), 8U) << "intake gives no more";
    EXPECT_EQ(parser.sniff(as_bytes(content), path), content.empty() ? Sniff::no : Sniff::sure) << path;
    parser.parse({ as_bytes(content), { 0, content.size() }, path, 1, true, true, beside }, collected.context);
    return collected;
}

std::string told(std::vector<test::Row> const& rows, std::initializer_list<char const*> columns)
{
    std::string text;
    for (auto const& row : rows) {
        for (auto const* const column : columns) {
            auto const value = row.find(column);
            append_format(text, "{}{}", column == *columns.begin() ? "" : "|", value == row.end() ? "" : value->second);
        }
        text += '\n';
    }
    return text;
}

Files process_folder()
{
    return {
        { "ps_auxwww.txt",
            "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n"
            "root           1  0.0  0.1 168140 11896 ?        Ss   Jan02   0:07 /sbin/init splash\n"
            "root           2  0.0  0.0      0     0 ?        S    Jan02   0:00 [kthreadd]\n"
            "www-data     812  0.0  0.1   8140  1896 pts/0    Ss   03:04   0:00 [kworker/0:1]\n" },
        { "ps_-ef.txt",
            "UID          PID    PPID  C STIME TTY          TIME CMD\n"
            "root           1       0  0 Jan02 ?        00:00:07 /sbin/init splash\n"
            "root           2       0  0 Jan02 ?        00:00:00 [kthreadd]\n"
            "www-data     812       1  0 03:04 pts/0    00:00:00 [kworker/0:1]\n"
            "root         900     812  0 03:04 ?        00:00:00 sleep 5\n" },
        { "ps_-axo_pid_user_lstart_args.txt",
            "    PID USER                      STARTED COMMAND\n"
            "      1 root     Tue Jan  2 03:00:00 2024 /sbin/init splash\n" },
        { "date_before_ps_-axo_pid_user_lstart_args.txt", "Tue Jan  2 04:00:00 JST 2024\n" },
        { "running_processes_full_paths.txt",
            "lrwxrwxrwx 1 root root 0 Jan  2 03:00 /proc/1/exe -> /usr/lib/systemd/systemd\n"
            "lrwxrwxrwx 1 root root 0 Jan  2 03:00 /proc/2/exe\n"
            "lrwxrwxrwx 1 www-data www-data 0 Jan  2 03:04 /proc/812/exe -> /tmp/.x/kworker (deleted)\n"
            "lrwxrwxrwx 1 root root 0 Jan  2 03:04 /proc/666/exe -> /memfd:a (deleted)\n" },
        { "ls_-l_proc_pid_cwd.txt", "lrwxrwxrwx 1 root root 0 Jan  2 03:00 /proc/812/cwd -> /tmp/.x\n" },
        { "ps_-axo_pid_user_cgroup.txt",
            "    PID USER     CGROUP\n    812 www-data 0::/system.slice/docker-" + std::string(64, 'a')
                + ".scope\n      1 root     0::/init.scope\n" },
        { "hash_running_processes.sha256", std::string(64, 'b') + "  /proc/812/exe\n" },
    };
}

TEST(LinuxUac, ProcessesAreOneRowFromAllLists)
{
    test::CollectingContext collected;
    auto const rows
        = parse_into(collected, "live_response/process", process_folder(), "ps_auxwww.txt").rows("linux.process");
    EXPECT_EQ(told(rows,
                  { "pid", "parent_pid", "user", "executable_state", "executable", "name", "command_line", "unit",
                      "working_folder" }),
        "1|0|root|present|/usr/lib/systemd/systemd||/sbin/init splash|init.scope|\n"
        "2|0|root|kernel||kthreadd|||\n"
        "812|1|www-data|deleted|/tmp/.x/kworker||[kworker/0:1]|docker-"
            + std::string(64, 'a') + ".scope|/tmp/.x\n");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("started_at"), "2024-01-01T18:00:00.0000000Z");
    EXPECT_EQ(rows[2].at("container"), "aaaaaaaaaaaa");
    EXPECT_EQ(rows[2].at("terminal"), "pts/0");
    EXPECT_EQ(rows[2].at("executable_sha256"), std::string(64, 'b'));
}

TEST(LinuxUac, OtherListsGiveRowsOfWhatTheFirstDoesNotShow)
{
    test::CollectingContext ef, exe;
    EXPECT_EQ(told(parse_into(ef, "live_response/process", process_folder(), "ps_-ef.txt").rows("linux.process"),
                  { "pid", "command_line" }),
        "900|sleep 5\n");
    auto const hidden = parse_into(exe, "live_response/process", process_folder(), "running_processes_full_paths.txt")
                            .rows("linux.process");
    EXPECT_EQ(told(hidden, { "pid", "executable_state", "executable" }), "666|memfd|/memfd:a\n");
    EXPECT_NE(hidden.at(0).at("@offset"), "0");
}

TEST(LinuxUac, TimesOfZonesThatAreNotKnownAreNotTaken)
{
    auto files = process_folder();
    files[3].second = "Tue Jan  2 04:00:00 CST 2024\n"; // China's or Chicago's
    test::CollectingContext collected;
    auto const rows = parse_into(collected, "live_response/process", files, "ps_auxwww.txt").rows("linux.process");
    EXPECT_FALSE(rows.at(0).contains("started_at"));
}

TEST(LinuxUac, AProcFolderIsARow)
{
    Files const files {
        { "status.txt",
            "Name:\tkworker/0:1\nUmask:\t0022\nPid:\t812\nPPid:\t1\nTracerPid:\t77\nUid:\t33\t0\t0\t0\n"
            "NSsid:\t812\nCapEff:\t000001ffffffffff\n" },
        { "comm.txt", "kworker/0:1\n" },
        { "cmdline.txt", std::string("[kworker/0:1]\0-x\0", 17) },
        { "environ.txt", "PATH=/bin\nLD_PRELOAD=/tmp/a.so\nXLD_AUDIT=1\n" },
        { "maps.txt",
            "00400000-00401000 r-xp 00000000 08:01 131 /tmp/.x/kworker (deleted)\n"
            "7f0000000000-7f0000001000 rwxp 00000000 00:00 0 \n7f0000002000-7f0000003000 rw-p 00000000 00:00 0 \n"
            "7f0000004000-7f0000005000 r-xp 00000000 08:01 9 /usr/lib/libc.so.6\n" },
        { "fd.txt",
            "total 0\nlrwx------ 1 r r 64 Jan  2 03:04 3 -> /tmp/log (deleted)\n"
            "lrwx------ 1 r r 64 Jan  2 03:04 4 -> socket:[17]\n" },
    };
    test::CollectingContext collected, other;
    auto const rows
        = parse_into(collected, "live_response/process/proc/812", files, "status.txt").rows("linux.process");
    EXPECT_EQ(told(rows,
                  { "pid", "parent_pid", "uid", "effective_uid", "session_id", "tracer_pid", "capabilities", "name",
                      "command_line", "preload", "odd_maps", "deleted_files" }),
        "812|1|33|0|812|77|000001ffffffffff|kworker/0:1|[kworker/0:1] -x|LD_PRELOAD=/tmp/a.so|"
        "r-xp /tmp/.x/kworker (deleted)|rwxp anonymous|1\n");
    EXPECT_TRUE(parse_into(other, "live_response/process/proc/812", files, "comm.txt").rows("linux.process").empty());
    EXPECT_EQ(parser.sniff(as_bytes("x"), "live_response/process/proc/self/status.txt"), Sniff::no);
    EXPECT_EQ(parser.sniff(as_bytes("x"), "home/u/status.txt"), Sniff::no);
}

TEST(LinuxUac, HiddenProcessesAreSaid)
{
    test::CollectingContext collected;
    auto const rows = parse_into(collected, "live_response/modifiers",
        { { "hidden_pids_for_ps_command.txt", "666\n" } }, "hidden_pids_for_ps_command.txt")
                          .rows("linux.process");
    EXPECT_EQ(told(rows, { "pid", "hidden_from" }), "666|ps\n");
}

Files network_folder()
{
    return {
        { "ss_-anp.txt",
            "Netid State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess\n"
            "nl    UNCONN 0      0      rtnl:systemd/1      *\n"
            "p_raw UNCONN 0      0      [2048]:eth0         *    users:((\"bpfdoor\",pid=666,fd=3))\n"
            "udp   UNCONN 0      0      0.0.0.0:68          0.0.0.0:*    users:((\"dhclient\",pid=600,fd=6))\n"
            "tcp   LISTEN 0      128    [::]:22             [::]:*       "
            "users:((\"sshd\",pid=812,fd=4),(\"x\",pid=1,fd=1))\n"
            "tcp   ESTAB  0      0      10.0.0.5:22         203.0.113.9:50000 users:((\"sshd\",pid=900,fd=4))\n"
            "u_str LISTEN 0      128    /run/systemd/private 17071 * 0 users:((\"systemd\",pid=1,fd=20))\n" },
        { "netstat_-anp.txt",
            "Active Internet connections (servers and established)\n"
            "Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name\n"
            "tcp6       0      0 :::22                   :::*                    LISTEN      812/sshd: /usr/sbin\n"
            "tcp        0      0 0.0.0.0:4444            0.0.0.0:*               LISTEN      666/nc -l\n"
            "udp        0      0 0.0.0.0:68              0.0.0.0:*                           600/dhclient\n"
            "raw6       0      0 :::58                   :::*                    7           601/NetworkManager\n"
            "Active UNIX domain sockets (servers and established)\n"
            "Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path\n"
            "unix  2      [ ACC ]     STREAM     LISTENING     17071    1/init               /run/systemd/private\n"
            "unix  3      [ ]         STREAM     CONNECTED     18000    900/sshd\n" },
        { "netstat_-lpeanut.txt",
            "Proto Recv-Q Send-Q Local Address Foreign Address State User Inode PID/Program name\n"
            "tcp 0 0 127.0.0.1:5432 0.0.0.0:* LISTEN 110 20001 700/postgres\nudp 0 0 0.0.0.0:5353 0.0.0.0:* 111 "
            "20002 701/avahi\n" },
        { "lsof_-nPli.txt",
            "COMMAND  PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\n"
            "sshd     900    0    4u  IPv4  21000      0t0  TCP 10.0.0.5:22->203.0.113.9:50000 (ESTABLISHED)\n"
            "evil     901   33    5u  IPv6  21001      0t0  TCP [2001:db8::1]:8080->[2001:db8::2]:443 (SYN_SENT)\n" },
    };
}

TEST(LinuxUac, SocketsComeFromTheFirstToolThatListsThem)
{
    auto const columns = { "protocol", "state", "local_address", "local_port", "remote_address", "remote_port", "pid",
        "process", "path" };
    test::CollectingContext ss, netstat, extended, lsof;
    EXPECT_EQ(
        told(parse_into(ss, "live_response/network", network_folder(), "ss_-anp.txt").rows("linux.socket"), columns),
        "netlink||||||||rtnl:systemd/1\npacket|||2048|||666|bpfdoor|eth0\n"
        "udp||0.0.0.0|68|0.0.0.0||600|dhclient|\ntcp6|listen|::|22|::||812|sshd|\n"
        "tcp|established|10.0.0.5|22|203.0.113.9|50000|900|sshd|\n"
        "unix|listen|||||1|systemd|/run/systemd/private\n");
    EXPECT_EQ(
        told(parse_into(netstat, "live_response/network", network_folder(), "netstat_-anp.txt").rows("linux.socket"),
            columns),
        "tcp|listen|0.0.0.0|4444|0.0.0.0||666|nc|\nraw6||::|58|::||601|NetworkManager|\n"
        "unix|established|||||900|sshd|\n");
    auto const with_users
        = parse_into(extended, "live_response/network", network_folder(), "netstat_-lpeanut.txt").rows("linux.socket");
    EXPECT_EQ(told(with_users, { "local_port", "uid", "inode", "pid", "process" }),
        "5432|110|20001|700|postgres\n5353|111|20002|701|avahi\n");
    EXPECT_EQ(told(parse_into(lsof, "live_response/network", network_folder(), "lsof_-nPli.txt").rows("linux.socket"),
                  columns),
        "tcp6|syn_sent|2001:db8::1|8080|2001:db8::2|443|901|evil|\n");
    test::CollectingContext only_tcp;
    auto const rows = parse_into(only_tcp, "live_response/network",
        { { "ss_-tanp.txt", "State Recv-Q Send-Q Local Address:Port Peer Address:Port\nLISTEN 0 128 *:80 *:*\n" } },
        "ss_-tanp.txt")
                          .rows("linux.socket");
    EXPECT_EQ(told(rows, { "protocol", "local_address", "local_port" }), "tcp|*|80\n");
}

TEST(LinuxUac, HashListsGiveEachFileOnceWithAllItsHashes)
{
    std::string const md5(32, 'a'), sha1(40, 'b');
    Files const files { { "hash_executables.md5", md5 + "  /bin/ls\n" + md5 + "  /tmp/only md5\n" },
        { "hash_executables.sha1",
            sha1 + "  /bin/ls\nSHA1 (/bin/b(1)) = " + sha1 + "\n" + sha1 + "  /bin/ls\nnonsense\n" } };
    test::CollectingContext strong, weak;
    EXPECT_EQ(told(parse_into(strong, "hash_executables", files, "hash_executables.sha1").rows("linux.file"),
                  { "path", "sha1", "md5" }),
        "/bin/ls|" + sha1 + "|" + md5 + "\n/bin/b(1)|" + sha1 + "|\n");
    EXPECT_EQ(strong.diagnostics.list.size(), 1U);
    EXPECT_EQ(told(parse_into(weak, "hash_executables", files, "hash_executables.md5").rows("linux.file"), { "path" }),
        "/tmp/only md5\n");
}

std::string files_of(std::string const& folder, std::string const& name, std::string const& content,
    std::initializer_list<char const*> columns)
{
    test::CollectingContext collected;
    return told(parse_into(collected, folder, { { name, content } }, name).rows("linux.file"), columns);
}

TEST(LinuxUac, ListsOfFilesSayWhatTheyKnow)
{
    EXPECT_EQ(files_of("live_response/system", "suid.txt", "/usr/bin/su\n\n/tmp/a b\n", { "path", "mode" }),
        "/usr/bin/su|2048\n/tmp/a b|2048\n");
    EXPECT_EQ(files_of("system", "sgid.txt", "/usr/bin/wall\n", { "path", "mode" }), "/usr/bin/wall|1024\n");
    EXPECT_EQ(files_of("live_response/system", "getcap_-r.txt",
                  "/usr/bin/ping cap_net_raw=ep\n/usr/bin/old = cap_setuid+ep\n", { "path", "capabilities" }),
        "/usr/bin/ping|cap_net_raw=ep\n/usr/bin/old|cap_setuid=ep\n");
    EXPECT_EQ(files_of("live_response/system", "immutable_files.txt", "----i---------e------- /etc/cron.d/x\n",
                  { "path", "attributes" }),
        "/etc/cron.d/x|i\n");
    EXPECT_EQ(files_of("live_response/packages", "dpkg_-V.txt",
                  "??5?????? c /etc/sudoers\n??5??????   /usr/bin/ls\nmissing     /usr/share/x (Permission denied)\n",
                  { "path", "package_state" }),
        "/etc/sudoers|configuration\n/usr/bin/ls|changed\n/usr/share/x|missing\n");
    EXPECT_EQ(files_of("live_response/packages", "rpm_-V_-a.txt", "S.5....T.  c /etc/a\n.M.......    /run/b\n",
                  { "path", "package_state" }),
        "/etc/a|configuration\n");
    EXPECT_EQ(files_of("live_response/packages", "dpkg_-S.txt",
                  "diversion by dash from: /bin/sh\ndash, bash: /bin/sh\n"
                  "dpkg-query: no path found matching pattern /usr/bin/x\n"
                  "dpkg-query: no path found matching pattern /usr/bin/sh\n",
                  { "path", "package", "package_state" }),
        "/bin/sh|dash|unchecked\n/usr/bin/x||unowned\n");
    EXPECT_EQ(files_of("live_response/packages", "rpm_-q_-f.txt",
                  "bash-5.1-6.el9.x86_64: /bin/bash\nfile /usr/bin/x is not owned by any package: /usr/bin/x\n",
                  { "path", "package", "package_state" }),
        "/bin/bash|bash-5.1-6.el9.x86_64|unchecked\n/usr/bin/x||unowned\n");
}

TEST(LinuxUac, PackagesModulesMountsAndPrograms)
{
    test::CollectingContext all;
    parse_into(all, "live_response/packages",
        { { "dpkg_-l.txt",
            "Desired=Unknown/Install/Remove/Purge/Hold\n||/ Name  Version  Architecture Description\n"
            "+++-====-====-====-====\nii  bash:amd64  5.2-2  amd64  GNU Bourne\nrc  nmap  7.93  amd64  scanner\n" } },
        "dpkg_-l.txt");
    Files const rpm { { "rpm_-q_-a.txt", "bash-5.1.8-6.el9.x86_64\nodd\n" },
        { "rpm_-q_-a_--queryformat_installtime_name_version_release.txt", "1700000000~bash~5.1.8-6.el9~1\n" } };
    parse_into(all, "live_response/packages", { rpm[0] }, rpm[0].first);
    parse_into(all, "live_response/packages", rpm, rpm[0].first); // the other list says more
    parse_into(all, "live_response/packages", rpm, rpm[1].first);
    EXPECT_EQ(told(all.rows("linux.package"),
                  { "manager", "name", "package_version", "architecture", "status", "installed_at" }),
        "dpkg|bash|5.2-2|amd64|installed|\ndpkg|nmap|7.93|amd64|config-files|\n"
        "rpm|bash|5.1.8-6.el9|x86_64|installed|\nrpm|bash|5.1.8-6.el9~1||installed|2023-11-14T22:13:20.0000000Z\n");
    parse_into(all, "live_response/system",
        { { "lsmod.txt", "Module                  Size  Used by\nnf_tables 311296 1 nft_chain\nrootkit 16384 0\n" },
            { "ls_-la_sys_module.txt", "drwxr-xr-x   6 root root 0 Nov 23 06:57 nf_tables\n" } },
        "lsmod.txt");
    parse_into(all, "[root]/proc", { { "modules", "evil 16384 2 a,b, Live 0x0000000000000000 (OE)\n" } }, "modules");
    EXPECT_EQ(told(all.rows("linux.module"), { "name", "memory_bytes", "seen_in", "used_by", "state", "taints" }),
        "nf_tables|311296|proc sys|nft_chain||\nrootkit|16384|proc|||\nevil|16384|proc|a,b|Live|OE\n");
    parse_into(
        all, "live_response/storage", { { "mount.txt", "/dev/sda1 on / type ext4 (rw,relatime)\n" } }, "mount.txt");
    EXPECT_EQ(told(all.rows("linux.mount"), { "device", "mount_point", "file_system", "options" }),
        "/dev/sda1|/|ext4|rw,relatime\n");
    parse_into(all, "live_response/system",
        { { "bpftool_prog_list.txt",
            "3: cgroup_device  name sd_devices  tag 03b4eaae2f14641a  gpl\n\tloaded_at 2024-01-02T03:04:05+0900  uid "
            "0\n"
            "\txlated 504B  jited 310B\n9: kprobe  tag 1111111111111111\n" } },
        "bpftool_prog_list.txt");
    EXPECT_EQ(told(all.rows("linux.bpf"), { "kind", "id", "type", "name", "tag", "uid", "loaded_at" }),
        "program|3|cgroup_device|sd_devices|03b4eaae2f14641a|0|2024-01-01T18:04:05.0000000Z\n"
        "program|9|kprobe||1111111111111111||\n");
}

TEST(LinuxUac, TheHostIsNamed)
{
    test::CollectingContext all;
    parse_into(all, "live_response/system",
        { { "uname_-a.txt",
            "Linux web-1 6.1.0-13-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1 (2023-09-29) x86_64 GNU/Linux\n" } },
        "uname_-a.txt");
    parse_into(all, "live_response/network", { { "hostname.txt", "web-1\n" } }, "hostname.txt");
    parse_into(all, "live_response/system", { { "date.txt", "Tue Jan  2 04:00:00 UTC 2024\n" } }, "date.txt");
    EXPECT_EQ(told(all.rows("linux.host"), { "name", "kernel", "architecture", "collector", "collected_at" }),
        "web-1|6.1.0-13-amd64|x86_64|UAC|\nweb-1|||UAC|\n|||UAC|2024-01-02T04:00:00.0000000Z\n");
}

TEST(LinuxUac, EveryPrefixIsSurvived)
{
    for (auto const& [folder, files] : { std::pair { std::string("live_response/process"), process_folder() },
             std::pair { std::string("live_response/network"), network_folder() } }) {
        for (auto const& file : files) {
            auto cut = files;
            for (std::size_t size = 1; size < file.second.size(); ++size) {
                for (auto& one : cut)
                    one.second = one.first == file.first ? file.second.substr(0, size) : one.second;
                test::CollectingContext collected;
                auto const path = format("{}/{}", folder, file.first);
                if (parser.sniff(as_bytes(cut.front().second), path) != Sniff::no)
                    parse_into(collected, folder, cut, file.first);
            }
        }
    }
}

}
}
