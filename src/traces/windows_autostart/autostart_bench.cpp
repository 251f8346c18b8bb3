#include "support/registry_case.hpp"
#include "traces/windows_autostart/registry.hpp"
#include <benchmark/benchmark.h>

namespace konseki::windows_autostart {

// A SOFTWARE hive of a well used machine: 24,000 classes with their servers, 20,000 file types with verbs and handlers,
// 40,000 interfaces, and some entries at the places that matter. There is no public one.
static std::vector<std::byte> make_software_hive()
{
    std::string text;
    auto const class_id = [](int number) { return format("{{{:08X}-2222-3333-4444-555555555555}}", number); };
    for (int number = 0; number < 24'000; ++number) {
        auto const key = format("Classes\\CLSID\\{}", class_id(number));
        append_format(text, "[{0}\\InprocServer32]\n@ = expand:%SystemRoot%\\System32\\library{1}.dll\n", key, number);
        append_format(
            text, "ThreadingModel = sz:Both\n[{0}\\ProgID]\n@ = sz:Thing{1}.1\n[{0}\\TypeLib]\n", key, number);
    }
    for (int number = 0; number < 40'000; ++number)
        append_format(text,
            "[Classes\\Interface\\{0}\\ProxyStubClsid32]\n@ = sz:{0}\n[Classes\\Interface\\{0}\\TypeLib]\n",
            class_id(number));
    for (int number = 0; number < 20'000; ++number) {
        append_format(
            text, "[Classes\\Thing{}\\shell\\open\\command]\n@ = sz:C:\\Program Files\\Thing\\thing.exe\n", number);
        append_format(text, "[Classes\\Thing{}\\DefaultIcon]\n", number);
    }
    for (int number = 0; number < 2'000; ++number)
        append_format(
            text, "[Classes\\Thing{}\\shellex\\ContextMenuHandlers\\Menu]\n@ = sz:{}\n", number, class_id(number));
    for (int number = 0; number < 400; ++number)
        append_format(text, "[Microsoft\\Windows\\CurrentVersion\\Shell Extensions\\Approved]\n{} = sz:Extension\n",
            class_id(number));
    for (int number = 0; number < 300; ++number)
        append_format(text, "[Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\p{}.exe]\n", number);
    text += "[Microsoft\\Windows\\CurrentVersion\\Run]\nUpdater = sz:C:\\TMP\\p.exe\n";
    return test::hive_from_text(text);
}

static void read_software_hive(benchmark::State& state)
{
    auto const bytes = make_software_hive();
    std::size_t rows = 0;
    for (auto _ : state) {
        auto const collected = test::run_on(registry_artefact, bytes, HiveKind::software);
        rows = 0;
        for (auto const& batch : collected->traces.batches)
            rows += batch->row_count();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * bytes.size()));
    state.counters["rows"] = static_cast<double>(rows);
    state.counters["bytes"] = static_cast<double>(bytes.size());
}
BENCHMARK(read_software_hive)->Unit(benchmark::kMillisecond);

}
