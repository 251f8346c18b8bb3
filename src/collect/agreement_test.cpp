// The same machine, collected and read from its disk, must give the same rows.
#include "base/text.hpp"
#include "collect/collect.hpp"
#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include "traces/linux_account/parser.hpp"
#include "traces/linux_package/parser.hpp"
#include "traces/linux_place_table.hpp"
#include "traces/linux_state/parser.hpp"
#include <fstream>
#include <set>
#include <gtest/gtest.h>
#include <unistd.h>

namespace konseki::collect {

namespace fs = std::filesystem;

namespace {

class Quiet final : public ProgressSink {
public:
    void on_progress(Progress const&) override { }
};

// A folder for one test: a root to collect, and a place for the archive.
class Agreement : public testing::Test {
protected:
    void SetUp() override
    {
        auto const* const info = testing::UnitTest::GetInstance()->current_test_info();
        m_folder = fs::temp_directory_path() / format("konseki-agreement-{}-{}", ::getpid(), info->name());
        fs::remove_all(m_folder);
        fs::create_directories(m_folder / "out");
        write("etc/hostname", "web01\n");
    }
    void TearDown() override { fs::remove_all(m_folder); }

    fs::path write(std::string const& path, std::string_view content) const
    {
        auto const place = m_folder / "root" / path;
        fs::create_directories(place.parent_path());
        std::ofstream(place, std::ios::binary) << content;
        return place;
    }

    // Rows that the collector wrote, as they are read back.
    std::vector<std::string> collected(std::string const& state, std::string_view schema)
    {
        Options wanted;
        wanted.out = m_folder / "out";
        wanted.root = m_folder / "root";
        wanted.is_dead = true;
        wanted.is_gentle = false;
        Quiet progress;
        auto const summary = collect(wanted, progress, {});
        EXPECT_TRUE(summary.ok()) << (summary.ok() ? "" : to_string(summary.error()));
        if (!summary.ok())
            return {};
        for (auto const& [path, content] : test::unpack(summary.value().archive))
            if (path == "state/" + state)
                return parsed(linux_state::parser, content, path, schema);
        ADD_FAILURE() << "no " << state;
        return {};
    }

    static std::vector<std::string> parsed(ArtefactParser const& parser, std::string_view content,
        std::string_view name, std::string_view schema, std::vector<Companion> const& beside = {})
    {
        EXPECT_EQ(parser.sniff(as_bytes(content.substr(0, 4096)), name), Sniff::sure) << name;
        test::CollectingContext collected;
        parser.parse({ as_bytes(content), { 0, content.size() }, name, 1, true, true, beside }, collected.context);
        std::vector<std::string> rows;
        for (auto const& row : collected.rows(schema)) {
            std::string text;
            for (auto const& [column, value] : row)
                if (!column.starts_with('@'))
                    append_format(text, "{}={}|", column, value);
            rows.push_back(std::move(text));
        }
        return rows;
    }

    fs::path m_folder;
};

std::string sample(std::string_view path)
{
    return test::read_file(format("{}/src/formats/{}", KONSEKI_SOURCE_DIR, path));
}

constexpr std::string_view shadow = "root:$y$j9T$x:19600:0:99999:7:::\nfront:!:1::::20000:\nevil:\n",
                           group = "root:x:0:\nsudo:x:27:front,old\nadm:x:4:old\nold:x:1001:\n",
                           gshadow = "staff:!::front\n";

}

// A path that fits the pattern of a place, in folders that people use for what may lie anywhere.
std::string example_of(std::string_view pattern)
{
    std::string path(pattern);
    auto const replace = [&](std::string_view what, std::string_view by) {
        for (auto at = path.find(what); at != std::string::npos; at = path.find(what, at + by.size()))
            path.replace(at, what.size(), by);
    };
    if (path.starts_with("**/"))
        path.replace(0, 2, path.find("-packages/") == std::string::npos ? "/srv/app" : "/usr/local/lib/python3.11");
    if (path.starts_with("~/"))
        path.replace(0, 1, "/home/mika");
    replace("[0-6S]", "3");
    replace("/**.", "/x.");
    replace("**", "x");
    replace("python*", "python3.11");
    replace("*", "x");
    return path;
}

// Whoever reads a disk finds what starts there; whoever collects must take it.
TEST_F(Agreement, EveryPlaceThatReadersKnowIsTaken)
{
    write("etc/passwd", "root:x:0:0:root:/root:/bin/bash\nmika:x:1000:1000:Mika,,,:/home/mika:/bin/bash\n");
    std::vector<std::string> wanted;
    for (auto const& place : linux_places()) {
        if (place.grammar == LinuxGrammar::nothing || place.grammar == LinuxGrammar::preload_raw)
            continue;
        auto const path = example_of(place.pattern);
        auto const file = m_folder / "root" / path.substr(1);
        std::error_code is_a_file; // /etc/ssh/authorized_keys is a file or a folder
        fs::create_directories(file.parent_path(), is_a_file);
        if (is_a_file || fs::exists(file))
            continue;
        write(path.substr(1), format("#!/bin/sh\n# {}\n", path));
        wanted.push_back(path);
    }
    Options options;
    options.out = m_folder / "out";
    options.root = m_folder / "root";
    options.is_dead = true;
    options.is_gentle = false;
    Quiet progress;
    auto const summary = collect(options, progress, {});
    ASSERT_TRUE(summary.ok());
    std::set<std::string> taken;
    for (auto const& [path, content] : test::unpack(summary.value().archive))
        taken.insert(path);
    EXPECT_GT(wanted.size(), 250U);
    for (auto const& path : wanted)
        EXPECT_TRUE(taken.contains("[root]" + path)) << path;
}

TEST_F(Agreement, AccountsAreTheSame)
{
    auto const passwd = sample("passwd/testdata/passwd");
    write("etc/passwd", passwd);
    write("etc/shadow", shadow);
    write("etc/group", group);
    write("etc/gshadow", gshadow);
    auto const live = collected("accounts.jsonl", "linux.account");
    EXPECT_EQ(live.size(), 6U);
    EXPECT_EQ(live,
        parsed(linux_account::parser, passwd, "/etc/passwd", "linux.account",
            { { "shadow", as_bytes(shadow) }, { "group", as_bytes(group) }, { "gshadow", as_bytes(gshadow) } }));
    EXPECT_NE(live.at(4).find("name=ghost|password_state=locked"), std::string::npos) << live.at(4);
}

TEST_F(Agreement, AccountsAreTheSameWithoutShadow)
{
    auto const passwd = sample("passwd/testdata/passwd");
    write("etc/passwd", passwd);
    write("etc/group", group);
    auto const live = collected("accounts.jsonl", "linux.account");
    EXPECT_EQ(
        live, parsed(linux_account::parser, passwd, "/etc/passwd", "linux.account", { { "group", as_bytes(group) } }));
    EXPECT_EQ(live.at(0).find("password_state"), std::string::npos) << live.at(0);
}

TEST_F(Agreement, PackagesOfDpkgAreTheSame)
{
    auto const status = sample("dpkg_status/testdata/status");
    write("var/lib/dpkg/status", status);
    write("var/lib/dpkg/status.d/base", "Package: base\nVersion: 1\n");
    auto both = parsed(linux_package::parser, status, "/var/lib/dpkg/status", "linux.package");
    auto const more
        = parsed(linux_package::parser, "Package: base\nVersion: 1\n", "/var/lib/dpkg/status.d/base", "linux.package");
    both.insert(both.end(), more.begin(), more.end());
    EXPECT_EQ(both.size(), 4U);
    EXPECT_EQ(collected("packages.jsonl", "linux.package"), both);
    EXPECT_NE(both.at(1).find("status=not-installed"), std::string::npos);
    EXPECT_NE(both.at(3).find("status=installed"), std::string::npos);
}

TEST_F(Agreement, PackagesOfRpmAreTheSame)
{
    auto const database = sample("rpm/testdata/rpmdb.sqlite");
    write("var/lib/rpm/rpmdb.sqlite", database);
    auto const live = collected("packages.jsonl", "linux.package");
    EXPECT_EQ(live.size(), 4U) << "epoch 0, no vendor, broken off, never installed";
    EXPECT_EQ(live, parsed(linux_package::parser, database, "/var/lib/rpm/rpmdb.sqlite", "linux.package"));
}

}
