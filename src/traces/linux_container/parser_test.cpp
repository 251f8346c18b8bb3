#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_container/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_container {

namespace {

using List = std::vector<std::string>;

struct Parsed {
    List starts; // "name|schedule|command|detail"
    List settings; // "section|name|value"
    std::size_t diagnostics = 0;
};

Parsed parse_all(std::string_view content, std::string_view name)
{
    EXPECT_EQ(parser.sniff(as_bytes(content), name), Sniff::sure) << name;
    test::CollectingContext collected;
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
    Parsed parsed;
    for (auto row : collected.rows("linux.autostart"))
        parsed.starts.push_back(format("{}|{}|{}|{}", row["name"], row["schedule"], row["command"], row["detail"]));
    for (auto row : collected.rows("linux.setting"))
        parsed.settings.push_back(format("{}|{}|{}", row["section"], row["name"], row["value"]));
    parsed.diagnostics = collected.diagnostics.list.size();
    return parsed;
}

std::string sample()
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_container/testdata/compose.yml");
}

}

// covers: L35
TEST(LinuxContainer, DockerSaysWhatRunsAndWhatItMayTouch)
{
    auto parsed = parse_all(
        R"({"ID":"ab","Name":"/web","Path":"sh","Args":["-c","curl x | sh"],"Created":"2026-01-01T00:00:00Z",
        "Config":{"Image":"alpine","User":"root","Env":["A=b","LD_PRELOAD=/x.so"]},"State":{"Running":true}})",
        "/var/lib/docker/containers/abcdef0123456789/config.v2.json");
    ASSERT_EQ(parsed.starts.size(), 1U);
    EXPECT_TRUE(parsed.starts[0].starts_with(
        "web|container|sh -c curl x | sh|does: fetches pipes_to_interpreter; Image=alpine User=root "
        "Created=2026-01-01T00:00:00Z Running=true Id=abcdef012345"))
        << parsed.starts[0];
    EXPECT_EQ(parsed.settings.back(), "abcdef0123456789|Env|LD_PRELOAD=/x.so");
    parsed = parse_all(
        R"({"Binds":["/:/host:rw","/var/run/docker.sock:/s"],"Privileged":true,"CapAdd":null,"NetworkMode":"host",
        "RestartPolicy":{"Name":"always"},"Memory":0})",
        "/var/lib/docker/containers/ab/hostconfig.json");
    EXPECT_EQ(parsed.settings,
        (List { "ab|Binds|/:/host:rw", "ab|Binds|/var/run/docker.sock:/s", "ab|Privileged|true", "ab|NetworkMode|host",
            "ab|RestartPolicy|{\"Name\":\"always\"}" }));
    parsed = parse_all("{\"insecure-registries\":[\"x\"]}", "/etc/docker/daemon.json");
    EXPECT_EQ(parsed.settings.size(), 1U);
    EXPECT_EQ(parse_all("{", "/etc/docker/daemon.json").diagnostics, 1U);
}

TEST(LinuxContainer, QuadletsAndComposeFiles)
{
    auto parsed = parse_all(
        "[Container]\nImage=alpine\nExec=sh -c x\nVolume=/:/host\n[Service]\nRestart=always\nExecStartPre=/tmp/y\n",
        "/etc/containers/systemd/x.container");
    EXPECT_EQ(parsed.starts,
        (List { "x.container|ExecStartPre|/tmp/y|does: runs_from_temporary",
            "x.container|always|sh -c x|Volume=/:/host Image=alpine" }));
    parsed = parse_all(sample(), "/srv/app/docker-compose.yml");
    ASSERT_EQ(parsed.starts.size(), 2U);
    EXPECT_EQ(parsed.starts[0],
        "web|always|[\"sh\", \"-c\", \"curl http://x | sh\"]|does: fetches pipes_to_interpreter; volumes=/:/host "
        "volumes=bad image=nginx:1");
    EXPECT_EQ(parsed.starts[1], "db|container|pg|privileged=true image=pg");
    EXPECT_EQ(parsed.settings.size(), 7U);
}

TEST(LinuxContainer, EveryPrefixIsReadWithoutHarm)
{
    auto const content = sample();
    for (std::size_t size = 0; size < content.size(); ++size)
        EXPECT_LE(parse_all(std::string_view(content).substr(0, size), "/x/compose.yaml").starts.size(), 2U);
}

}
