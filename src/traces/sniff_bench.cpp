// What it costs to ask every parser about one file, as identifying does for each file of a collection.
// KONSEKI_BENCH_NAMES names a file with one name per line; without it, names of both kinds of systems that stand here.
#include "base/text.hpp"
#include "support/samples.hpp"
#include "traces/catalogue.hpp"
#include <cstdlib>
#include <vector>
#include <benchmark/benchmark.h>

namespace konseki {
namespace {

constexpr std::string_view windows_names = R"(C/Windows/System32/winevt/Logs/Security.evtx
C/Windows/System32/drivers/etc/services
C/Windows/Prefetch/CMD.EXE-4A81B364.pf
C/Users/hanako/NTUSER.DAT
C/Users/hanako/AppData/Local/Microsoft/Windows/WebCache/WebCacheV01.dat
C/Users/hanako/AppData/Roaming/Microsoft/Windows/Recent/AutomaticDestinations/5f7b5f1e01b83767.automaticDestinations-ms
C\Program Files\Common Files\microsoft shared\ink\ja-JP\tipresx.dll.mui
C/$Extend/$UsnJrnl%3A$J
)";
constexpr std::string_view linux_names = R"(/etc/crontab
/etc/ssh/ssh_config.d/20-systemd-ssh-proxy.conf
/usr/share/doc/libgcc-s1/changelog.Debian.gz
/usr/lib/x86_64-linux-gnu/libcrypto.so.3
/usr/lib/python3/dist-packages/apt/progress/__init__.py
/var/lib/dpkg/info/libgcc-s1:amd64.list
/home/hanako/.cache/mesa_shader_cache/0a/3f2c9d.tmp
[root]/var/log/journal/0123456789abcdef0123456789abcdef/system.journal
)";

std::string names_of(std::string_view otherwise)
{
    auto const* path = std::getenv("KONSEKI_BENCH_NAMES"); // NOLINT(concurrency-mt-unsafe)
    return path != nullptr ? test::read_file(path) : std::string(otherwise);
}

void sniff_all(benchmark::State& state, std::string_view otherwise, std::string_view head)
{
    auto const text = names_of(otherwise);
    std::vector<std::string_view> names;
    for (auto const name : split(text, '\n')) {
        if (!name.empty())
            names.push_back(name);
    }
    for (auto _ : state) {
        for (auto const name : names) {
            for (auto const* parser : artefact_parsers())
                benchmark::DoNotOptimize(parser->sniff(as_bytes(head), name));
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(names.size()));
}

// Nobody's bytes: parsers that look at them first are soon done, what is left is what names cost.
std::string const short_head = "\x7f\x01\x02\x03 no format begins like this";

// As much as a worker reads of a file: a program's, half of it zeros, without an end of line.
std::string const binary_head = [] {
    std::string bytes = "\x7f"
                        "ELF\x02\x01\x01";
    for (unsigned i = 0; bytes.size() < 4'096; ++i)
        bytes += (i / 8) % 2 == 0 ? '\0' : static_cast<char>(128 + i * 37 % 120);
    return bytes;
}();
std::string const text_head = [] {
    std::string text;
    while (text.size() < 4'096)
        text += "# what some program is set to\nkey = value, other\n";
    return text;
}();

BENCHMARK_CAPTURE(sniff_all, names_of_windows, windows_names, short_head);
BENCHMARK_CAPTURE(sniff_all, names_of_linux, linux_names, short_head);
BENCHMARK_CAPTURE(sniff_all, programs_of_windows, windows_names, binary_head);
BENCHMARK_CAPTURE(sniff_all, programs_of_linux, linux_names, binary_head);
BENCHMARK_CAPTURE(sniff_all, texts_of_linux, linux_names, text_head);

}
}
