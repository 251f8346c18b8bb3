#include "base/text.hpp"
#include "collect/chosen.hpp"
#include "collect/collect.hpp"
#include "collect/files.hpp"
#include "collect/kernel.hpp"
#include "support/unpack.hpp"
#include <fstream>
#include <map>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace konseki::collect {

namespace fs = std::filesystem;

namespace {

class Quiet final : public ProgressSink {
public:
    void on_progress(Progress const& progress) override { phases += format("{} ", progress.phase); }
    std::string phases;
};

// A folder for one test: a root to collect, and a place for the archive.
class CollectTest : public testing::Test {
protected:
    void SetUp() override
    {
        auto const* const info = testing::UnitTest::GetInstance()->current_test_info();
        m_folder = fs::temp_directory_path() / format("konseki-collect-{}-{}", ::getpid(), info->name());
        fs::remove_all(m_folder);
        fs::create_directories(m_folder / "out");
        write("etc/hostname", "web01\n");
        write("etc/os-release", "NAME=\"Debian GNU/Linux\"\nID=debian\nVERSION_ID=\"12\"\n");
        write("etc/passwd", "root:x:0:0:root:/root:/bin/bash\nmika:x:1000:1000:Mika,,,:/home/mika:/bin/bash\n");
    }
    void TearDown() override { fs::remove_all(m_folder); }

    fs::path root() const { return m_folder / "root"; }

    void write(std::string const& path, std::string_view content) const
    {
        fs::create_directories((root() / path).parent_path());
        std::ofstream(root() / path, std::ios::binary) << content;
    }

    Options options(bool is_dead = true) const
    {
        Options wanted;
        wanted.out = m_folder / "out";
        wanted.root = root();
        wanted.is_dead = is_dead;
        wanted.is_gentle = false;
        return wanted;
    }

    // Members of the collection by path.
    std::map<std::string, std::string> collected(Options const& wanted)
    {
        Quiet progress;
        auto const summary = collect(wanted, progress, {});
        EXPECT_TRUE(summary.ok()) << (summary.ok() ? "" : to_string(summary.error()));
        if (!summary.ok())
            return {};
        m_summary = summary.value();
        std::map<std::string, std::string> members;
        for (auto const& [path, content] : test::unpack(m_summary.archive))
            members.emplace(path, content);
        return members;
    }

    fs::path m_folder;
    Summary m_summary;
};

// The line of a state file that holds this text.
std::string line_with(std::string const& text, std::string_view wanted)
{
    for (auto const line : split(text, '\n'))
        if (line.find(wanted) != std::string_view::npos)
            return std::string(line);
    return {};
}

}

TEST_F(CollectTest, ACollectionOfADeadRootHasTheLayoutOfTheContract)
{
    write("etc/crontab", "* * * * * root /tmp/x\n");
    auto const members = collected(options());
    EXPECT_TRUE(m_summary.archive.filename().string().starts_with("konseki-web01-linux-2"));
    EXPECT_TRUE(m_summary.archive.filename().string().ends_with("Z.tar.zst"));
    for (auto const* path :
        { "konseki-collection.json", "state/host.jsonl", "state/mounts.jsonl", "state/accounts.jsonl",
            "state/packages.jsonl", "state/files.jsonl", "state/notes.jsonl", "[root]/etc/crontab", "manifest.jsonl" })
        EXPECT_TRUE(members.contains(path)) << path;
    EXPECT_FALSE(members.contains("state/processes.jsonl")) << "a dead root has none";
    EXPECT_NE(members.at("konseki-collection.json").find("\"name\":\"web01\""), std::string::npos);
    EXPECT_TRUE(members.at("state/host.jsonl").starts_with("{\"konseki_state\":\"linux.host\",\"version\":1}\n"));
    auto const noted = line_with(members.at("manifest.jsonl"), "[root]/etc/crontab");
    EXPECT_NE(noted.find("\"source\":\"/etc/crontab\""), std::string::npos) << noted;
    EXPECT_NE(noted.find("\"size\":22"), std::string::npos) << noted;
    EXPECT_NE(members.at("manifest.jsonl").find("\"finished_at\""), std::string::npos);
}

TEST_F(CollectTest, NothingButTheArchiveIsLeftInTheFolder)
{
    (void)collected(options());
    EXPECT_EQ(std::distance(fs::directory_iterator(m_folder / "out"), fs::directory_iterator()), 1);
}

TEST_F(CollectTest, AStoppedCollectionLeavesNothing)
{
    std::stop_source source;
    source.request_stop();
    Quiet progress;
    auto const stopped = collect(options(), progress, source.get_token());
    ASSERT_FALSE(stopped.ok());
    EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
    EXPECT_TRUE(fs::is_empty(m_folder / "out"));
}

TEST_F(CollectTest, FilesAreComparedWithTheDigestsOfTheirPackage)
{
    // MD5 of "good\n", "etc\n" and of nothing that is there
    write("var/lib/dpkg/status",
        "Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.2-3\nMaintainer: A <a@b>\n"
        "Conffiles:\n /etc/tool.conf 9a0364b9e99bb480dd25e1f0284c8555\n\n"
        "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n");
    write("var/lib/dpkg/info/tool.list",
        "/.\n/usr\n/usr/bin\n/usr/bin/same\n/usr/bin/changed\n/usr/bin/missing\n/etc/tool.conf\n/usr/bin/unsummed\n");
    write("var/lib/dpkg/info/tool.md5sums",
        "d7f986fc8f7d34f37b52fb6a2b1e0cfe  usr/bin/same\n" // filled in below
        "d41d8cd98f00b204e9800998ecf8427e  usr/bin/changed\n"
        "d41d8cd98f00b204e9800998ecf8427e  usr/bin/missing\n");
    Digester digester(WithMd5::yes);
    digester.add(as_bytes("good\n"));
    auto const md5 = digester.finish().md5;
    ASSERT_TRUE(md5.has_value());
    std::string hex;
    for (auto const byte : *md5)
        append_format(hex, "{:02x}", static_cast<unsigned>(byte));
    write("var/lib/dpkg/info/tool.md5sums",
        format("{}  usr/bin/same\nd41d8cd98f00b204e9800998ecf8427e  usr/bin/changed\n"
               "d41d8cd98f00b204e9800998ecf8427e  usr/bin/missing\n",
            hex));
    write("usr/bin/same", "good\n");
    write("usr/bin/changed", "\177ELF other\n");
    write("usr/bin/unsummed", "x\n");
    write("usr/bin/unowned", "#!/bin/sh\n");
    write("etc/tool.conf", "changed by the administrator\n");
    fs::permissions(root() / "usr/bin/unowned", fs::perms::owner_all | fs::perms::set_uid);
    auto const files = collected(options()).at("state/files.jsonl");
    auto const state = [&](std::string_view name) { return line_with(files, format("\"path\":\"{}\"", name)); };
    EXPECT_NE(state("/usr/bin/same").find("\"package_state\":\"same\""), std::string::npos) << state("/usr/bin/same");
    EXPECT_NE(state("/usr/bin/changed").find("\"package_state\":\"changed\""), std::string::npos);
    EXPECT_NE(state("/usr/bin/missing").find("\"package_state\":\"missing\""), std::string::npos);
    EXPECT_NE(state("/usr/bin/unsummed").find("\"package_state\":\"unchecked\""), std::string::npos);
    EXPECT_NE(state("/etc/tool.conf").find("\"package_state\":\"configuration\""), std::string::npos);
    auto const unowned = state("/usr/bin/unowned");
    EXPECT_NE(unowned.find("\"package_state\":\"unowned\""), std::string::npos) << unowned;
    EXPECT_NE(unowned.find("\"content\":\"script\""), std::string::npos) << unowned;
    EXPECT_NE(unowned.find("\"mode\":2496"), std::string::npos) << unowned; // 04700
    EXPECT_NE(unowned.find("\"sha256\""), std::string::npos) << unowned;
}

// testdata/rpmdb.sqlite: one package "tool" of four files, made with sqlite3; SHA-256 of "good\n" for /usr/bin/same.
TEST_F(CollectTest, FilesAreComparedWithTheDatabaseOfRpm)
{
    fs::create_directories(root() / "usr/lib/sysimage/rpm");
    fs::copy_file(fs::path(KONSEKI_SOURCE_DIR) / "src/collect/testdata/rpmdb.sqlite",
        root() / "usr/lib/sysimage/rpm/rpmdb.sqlite");
    write("usr/bin/same", "good\n");
    write("usr/bin/changed", "bad\n");
    write("etc/tool.conf", "mine\n");
    auto const members = collected(options());
    auto const& files = members.at("state/files.jsonl");
    EXPECT_NE(line_with(files, "/usr/bin/same\"").find("\"package_state\":\"same\""), std::string::npos);
    EXPECT_NE(line_with(files, "/usr/bin/changed\"").find("\"package_state\":\"changed\""), std::string::npos);
    EXPECT_NE(line_with(files, "/etc/tool.conf\"").find("\"package_state\":\"configuration\""), std::string::npos);
    EXPECT_TRUE(line_with(files, "/run/ghost").empty()) << "what may be absent is not missing";
    EXPECT_NE(line_with(members.at("state/packages.jsonl"), "\"rpm\"").find("\"package_version\":\"2.0-1.el9\""),
        std::string::npos);
}

TEST_F(CollectTest, OfAMergedUsrEveryFileHasOneName)
{
    fs::create_directories(root() / "usr/bin");
    fs::create_directory_symlink("usr/bin", root() / "bin");
    write("usr/bin/ls", "ls");
    write("var/lib/dpkg/status", "Package: coreutils\nStatus: install ok installed\nArchitecture: amd64\nVersion: 9\n");
    write("var/lib/dpkg/info/coreutils.list", "/bin\n/bin/ls\n");
    write("var/lib/dpkg/info/coreutils.md5sums", "44ea685b08bd0b50fbb3b1a4b4ba5a32  bin/ls\n");
    auto const files = collected(options()).at("state/files.jsonl");
    auto const line = line_with(files, "\"path\":\"/usr/bin/ls\"");
    EXPECT_NE(line.find("\"package\":\"coreutils\""), std::string::npos) << line;
    EXPECT_TRUE(line_with(files, "\"missing\"").empty());
}

TEST_F(CollectTest, ADivertedFileBelongsToWhoDivertedIt)
{
    write("usr/bin/tool", "new\n");
    write("usr/bin/tool.old", "old\n");
    write("var/lib/dpkg/status",
        "Package: first\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\n"
        "Package: second\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n");
    write("var/lib/dpkg/info/first.list", "/usr/bin/tool\n");
    write("var/lib/dpkg/info/second.list", "/usr/bin/tool\n");
    write("var/lib/dpkg/diversions", "/usr/bin/tool\n/usr/bin/tool.old\nsecond\n/usr/bin/by-hand\n/usr/bin/x\n:\n");
    write("usr/bin/by-hand", "local\n");
    auto const files = collected(options()).at("state/files.jsonl");
    EXPECT_NE(line_with(files, "\"/usr/bin/tool\"").find("\"package\":\"second\""), std::string::npos);
    EXPECT_NE(line_with(files, "\"/usr/bin/tool.old\"").find("\"package\":\"first\""), std::string::npos);
    EXPECT_NE(line_with(files, "\"/usr/bin/by-hand\"").find("\"diverted\""), std::string::npos);
}

TEST_F(CollectTest, LinksOfADeadRootStayWithinIt)
{
    write("etc/real", "inside\n");
    fs::create_symlink("/etc/real", root() / "etc/linked"); // absolute: of the root, not of this machine
    fs::create_symlink("/etc/../../../../etc/real", root() / "etc/climbing");
    auto const members = collected(options());
    EXPECT_EQ(members.at("[root]/etc/linked"), "inside\n");
    EXPECT_EQ(members.at("[root]/etc/climbing"), "inside\n");
    EXPECT_NE(line_with(members.at("state/files.jsonl"), "/etc/linked\"").find("\"target\":\"/etc/real\""),
        std::string::npos);
}

TEST_F(CollectTest, PrivateKeysAreNotedAndNotTaken)
{
    write("etc/ssh/ssh_host_ed25519_key", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n");
    write("etc/ssh/ssh_host_ed25519_key.pub", "ssh-ed25519 AAAA root@web01\n");
    write("home/mika/.ssh/authorized_keys", "command=\"/tmp/x\" ssh-ed25519 AAAA\n");
    write("home/mika/.ssh/id_rsa", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n");
    write("etc/shadow", "root:$6$x$y:19000:0:99999:7:::\nmika:!:19000:0:99999:7:::\n");
    auto const members = collected(options());
    EXPECT_FALSE(members.contains("[root]/etc/ssh/ssh_host_ed25519_key"));
    EXPECT_FALSE(members.contains("[root]/home/mika/.ssh/id_rsa"));
    EXPECT_TRUE(members.contains("[root]/etc/ssh/ssh_host_ed25519_key.pub"));
    EXPECT_TRUE(members.contains("[root]/home/mika/.ssh/authorized_keys"));
    EXPECT_TRUE(members.contains("[root]/etc/shadow"));
    EXPECT_NE(line_with(members.at("state/notes.jsonl"), "id_rsa").find("\"left_out\""), std::string::npos);
    auto const accounts = members.at("state/accounts.jsonl");
    EXPECT_NE(line_with(accounts, "\"root\"").find("\"password_state\":\"set\""), std::string::npos);
    EXPECT_NE(line_with(accounts, "\"mika\"").find("\"password_state\":\"locked\""), std::string::npos);
    EXPECT_NE(line_with(accounts, "\"mika\"").find("\"password_changed_at\":\"2022-01-08"), std::string::npos);
}

TEST_F(CollectTest, OfALongLogTheEndIsTaken)
{
    std::string log;
    while (log.size() < 5'000)
        append_format(log, "line {}\n", log.size());
    write("var/log/auth.log", log);
    auto wanted = options();
    wanted.limits.log_bytes_max = 1'000;
    auto const members = collected(wanted);
    auto const& taken = members.at("[root]/var/log/auth.log");
    EXPECT_GT(taken.size(), 600U);
    EXPECT_LE(taken.size(), 1'000U);
    EXPECT_TRUE(log.ends_with(taken));
    EXPECT_EQ((log.size() - taken.size()) % 384, 0U) << "records of wtmp stay whole";
    EXPECT_NE(line_with(members.at("state/notes.jsonl"), "auth.log").find("too_large"), std::string::npos);
}

TEST_F(CollectTest, ATreeThatIsTooLargeIsCutAndThatIsSaid)
{
    for (int index = 0; index < 50; ++index)
        write(format("home/mika/a{}/deep/file", index), "x");
    auto wanted = options();
    wanted.limits.other_tree_entries_max = 60;
    auto const members = collected(wanted);
    EXPECT_NE(line_with(members.at("state/notes.jsonl"), "/home/mika").find("too_large"), std::string::npos);
    EXPECT_FALSE(line_with(members.at("state/files.jsonl"), "/home/mika/a7\"").empty()) << "what is shallow is there";
}

TEST_F(CollectTest, AFifoIsListedAndNeverOpened)
{
    ASSERT_EQ(::mkfifo((root() / "etc/pipe").c_str(), 0600), 0);
    auto const members = collected(options());
    EXPECT_FALSE(members.contains("[root]/etc/pipe"));
    EXPECT_NE(line_with(members.at("state/files.jsonl"), "/etc/pipe\"").find("\"type\":\"fifo\""), std::string::npos);
}

TEST_F(CollectTest, ANameThatIsNoUtf8IsListedAndTaken)
{
    write("etc/cron.d/caf\xe9", "* * * * * root true\n");
    auto const members = collected(options());
    EXPECT_TRUE(members.contains("[root]/etc/cron.d/caf\xe9"));
    EXPECT_FALSE(line_with(members.at("state/files.jsonl"), "/etc/cron.d/caf\xef\xbf\xbd").empty());
}

// ---- a picture of /proc ----

class LiveCollectTest : public CollectTest {
protected:
    void SetUp() override
    {
        CollectTest::SetUp();
        write("proc/stat", "cpu 0 0\nbtime 1700000000\n");
        write("proc/sys/kernel/hostname", "db07\n");
        write("proc/sys/kernel/osrelease", "6.1.0-test\n");
        write("proc/self/mountinfo",
            "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"
            "23 22 0:40 / /mnt/with\\040blank rw - nfs4 server:/export rw,vers=4.2\n");
        write("mnt/with blank/file", "of another machine");
        write("proc/modules", "rootkit 16384 0 - Live 0x0000000000000000 (OE)\nshown 4096 1 rootkit, Live 0x0\n");
        write("sys/module/shown/initstate", "live\n");
        write("sys/module/concealed/initstate", "live\n");
        write("sys/module/built_in/parameters/x", "1");
    }

    void process(std::uint32_t pid, std::string_view name, std::string_view executable, std::string_view group) const
    {
        auto const folder = format("proc/{}", pid);
        write(folder + "/stat",
            format("{} ({}) S 1 {} 7 34816 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 500 0 0 0", pid, name, pid));
        write(
            folder + "/status", "Name:\tx\nTgid:\t1\nTracerPid:\t0\nUid:\t1000\t0\t0\t0\nCapEff:\t000001ffffffffff\n");
        write(folder + "/cmdline", std::string_view("prog\0--flag\0", 12));
        write(folder + "/cgroup", group);
        write(folder + "/environ", std::string_view("PATH=/bin\0LD_PRELOAD=/tmp/a.so\0DB_PASSWORD=hunter2\0", 50));
        write(folder + "/maps",
            "1000-2000 r-xp 00000000 08:01 12 /usr/bin/prog\n"
            "3000-4000 rwxp 00000000 00:00 0 \n"
            "5000-6000 r-xp 00000000 08:01 13 /tmp/inject me.so\n"
            "7000-8000 rw-p 00000000 00:01 14 /memfd:quiet (deleted)\n");
        fs::create_symlink(fs::path(executable), root() / folder / "exe");
        fs::create_symlink("/home/mika", root() / folder / "cwd");
        fs::create_directories(root() / folder / "fd");
        fs::create_symlink("socket:[4242]", root() / folder / "fd/3");
        fs::create_symlink("/tmp/loot (deleted)", root() / folder / "fd/4");
    }
};

TEST_F(LiveCollectTest, AProcessIsDescribedWithWhatIsOddAboutIt)
{
    write("usr/sbin/sshd", "new version");
    process(100, "a) S (b", "/usr/sbin/sshd (deleted)", "0::/system.slice/ssh.service\n");
    process(101, "kworker", "/memfd:x (deleted)", format("0::/system.slice/docker-{}.scope\n", std::string(64, 'a')));
    process(102, "gone", "/tmp/.x (deleted)", "1:name=systemd:/user.slice/user-1000.slice/session-3.scope\n");
    process(103, "bash", "/bin/bash", "0::/\n");
    auto const members = collected(options(false));
    auto const& rows = members.at("state/processes.jsonl");
    auto const row = [&](int pid) { return line_with(rows, format("{{\"pid\":{},", pid)); };
    EXPECT_NE(row(100).find("\"executable_state\":\"replaced\""), std::string::npos) << row(100);
    EXPECT_NE(row(100).find("\"name\":\"a) S (b\""), std::string::npos) << row(100);
    EXPECT_NE(row(100).find("\"unit\":\"ssh.service\""), std::string::npos) << row(100);
    EXPECT_NE(row(100).find("\"started_at\":\"2023-11-14T22:13:25.0000000Z\""), std::string::npos) << row(100);
    EXPECT_NE(row(100).find("\"uid\":1000,\"effective_uid\":0,\"session_id\":7"), std::string::npos) << row(100);
    EXPECT_NE(row(100).find("\"user\":\"mika\""), std::string::npos) << row(100);
    EXPECT_NE(row(100).find("\"terminal\":\"pts/0\""), std::string::npos) << row(100);
    EXPECT_NE(row(100).find("\"command_line\":\"prog --flag\""), std::string::npos) << row(100);
    EXPECT_NE(row(100).find("\"preload\":\"LD_PRELOAD=/tmp/a.so\""), std::string::npos) << row(100);
    EXPECT_NE(row(100).find("\"odd_maps\":\"rwx anonymous|/tmp/inject me.so\""), std::string::npos) << row(100);
    EXPECT_NE(row(100).find("\"deleted_files\":1"), std::string::npos) << row(100);
    EXPECT_NE(row(101).find("\"executable_state\":\"memfd\""), std::string::npos) << row(101);
    EXPECT_NE(row(101).find(format("\"container\":\"{}\"", std::string(64, 'a'))), std::string::npos) << row(101);
    EXPECT_NE(row(102).find("\"executable_state\":\"deleted\""), std::string::npos) << row(102);
    EXPECT_NE(row(102).find("\"unit\":\"session-3.scope\""), std::string::npos) << row(102);
    EXPECT_NE(row(103).find("\"executable_state\":\"present\""), std::string::npos) << row(103);
    EXPECT_NE(members.at("konseki-collection.json").find("\"name\":\"db07\""), std::string::npos);
}

TEST_F(LiveCollectTest, SecretsOfTheEnvironmentAreMaskedUnlessTheyAreWanted)
{
    process(100, "app", "/bin/app", "0::/\n");
    auto wanted = options(false);
    auto members = collected(wanted);
    EXPECT_NE(members.at("processes/environ.jsonl").find("DB_PASSWORD=<masked, 7 bytes>"), std::string::npos);
    EXPECT_EQ(members.at("processes/environ.jsonl").find("hunter2"), std::string::npos);
    wanted.environment = Environment::whole;
    fs::remove(m_summary.archive);
    EXPECT_NE(collected(wanted).at("processes/environ.jsonl").find("DB_PASSWORD=hunter2"), std::string::npos);
    wanted.environment = Environment::without;
    fs::remove(m_summary.archive);
    members = collected(wanted);
    EXPECT_FALSE(members.contains("processes/environ.jsonl"));
    EXPECT_NE(members.at("state/processes.jsonl").find("LD_PRELOAD=/tmp/a.so"), std::string::npos) << "kept always";
}

TEST_F(LiveCollectTest, NetworkMountsAreNotEnteredAndThatIsSaid)
{
    auto const members = collected(options(false));
    EXPECT_NE(line_with(members.at("state/mounts.jsonl"), "nfs4").find("/mnt/with blank"), std::string::npos);
    EXPECT_NE(line_with(members.at("state/notes.jsonl"), "network_mount").find("/mnt/with blank"), std::string::npos);
    EXPECT_EQ(members.at("state/files.jsonl").find("/mnt/with blank"), std::string::npos);
}

TEST_F(LiveCollectTest, ModulesOfBothListsAreToldApart)
{
    auto const members = collected(options(false));
    auto const& rows = members.at("state/modules.jsonl");
    EXPECT_NE(line_with(rows, "\"rootkit\",").find("\"taints\":\"OE\""), std::string::npos) << rows;
    EXPECT_NE(line_with(rows, "\"rootkit\",").find("\"seen_in\":\"proc\""), std::string::npos) << rows;
    EXPECT_NE(line_with(rows, "\"name\":\"shown\"").find("\"seen_in\":\"proc sys\""), std::string::npos) << rows;
    EXPECT_NE(line_with(rows, "\"concealed\"").find("\"seen_in\":\"sys\""), std::string::npos) << rows;
    EXPECT_EQ(rows.find("built_in"), std::string::npos);
}

TEST_F(LiveCollectTest, SocketsAreJoinedWithWhoHoldsThem)
{
    process(100, "nc", "/bin/nc", "0::/\n");
    write("proc/net/tcp",
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0 100\n"
        "   1: 0100007F:1F90 0200A8C0:C001 01 00000000:00000000 00:00000000 00000000     0        0 77 1 0 100\n");
    write("proc/net/tcp6",
        "  sl  local_address remote_address st\n"
        "   0: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 5 1\n");
    write("proc/net/packet",
        "sk       RefCnt Type Proto  Iface R Rmem   User   Inode\n0000 3      3    0003   0     1 0      0      "
        "4242\n");
    write("proc/net/unix",
        "Num       RefCount Protocol Flags    Type St Inode Path\n"
        "0000: 00000002 00000000 00010000 0001 01 99 /run/a b.sock\n");
    auto const members = collected(options(false));
    auto const& rows = members.at("state/sockets.jsonl");
    auto const listening = line_with(rows, "\"state\":\"listen\"");
    EXPECT_NE(listening.find("\"local_address\":\"127.0.0.1\",\"local_port\":8080,\"uid\":1000,\"pid\":100"),
        std::string::npos)
        << listening;
    EXPECT_NE(listening.find("\"process\":\"nc\""), std::string::npos) << listening;
    auto const open = line_with(rows, "\"remote_port\":49153");
    EXPECT_NE(open.find("\"remote_address\":\"192.168.0.2\""), std::string::npos) << rows;
    EXPECT_NE(line_with(rows, "\"tcp6\"").find("\"local_address\":\"::1\""), std::string::npos) << rows;
    auto const packet = line_with(rows, "\"packet\"");
    EXPECT_NE(packet.find("\"local_port\":3"), std::string::npos) << packet;
    EXPECT_NE(packet.find("\"pid\":100"), std::string::npos) << packet;
    EXPECT_NE(line_with(rows, "/run/a b").find("\"path\":\"/run/a b.sock\""), std::string::npos) << rows;
}

}
