#include "base/text.hpp"
#include "formats/passwd/passwd.hpp"
#include <benchmark/benchmark.h>

namespace konseki::passwd {

static void passwd_line(benchmark::State& state)
{
    std::string shadow, group;
    for (int user = 0; user < 1000; ++user) {
        append_format(shadow, "user{}:$y$j9T$x:19600:0:99999:7:::\n", user);
        append_format(group, "group{}:x:{}:user{}\n", user, user, user);
    }
    Beside beside;
    beside.read_shadow(shadow);
    beside.read_group(group);
    for (auto _ : state)
        benchmark::DoNotOptimize(parse_line("user500:x:500:500:User,,,:/home/user500:/bin/bash", beside));
}
BENCHMARK(passwd_line);

}
