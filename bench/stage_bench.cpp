// stage_bench STAGE PATH... [--rules DIR]...: one stage of the whole path over real files in one process; one JSON line
// with the cost. Stages: parse, json, xml, detect, search, jsonl, rules. User and system time, for wall time lies on a
// busy machine. See README.md.
#include "base/text.hpp"
#include "formats/event_json/event_json.hpp"
#include "formats/evtx/evtx.hpp"
#include "formats/evtx/writers.hpp"
#include "rules/search/search.hpp"
#include "rules/sigma/matcher.hpp"
#include "rules/sigma/rule_set.hpp"
#include "support/samples.hpp"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace konseki;

namespace {
class MappedFile {
public:
    explicit MappedFile(std::filesystem::path const& path)
    {
        auto const file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
        struct stat status { };
        if (file >= 0 && fstat(file, &status) == 0 && status.st_size > 0) {
            m_size = static_cast<std::size_t>(status.st_size);
            m_bytes = mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE, file, 0);
        }
        if (file >= 0)
            close(file);
    }
    ~MappedFile()
    {
        if (m_bytes != MAP_FAILED)
            munmap(m_bytes, m_size);
    }
    MappedFile(MappedFile const&) = delete;
    MappedFile& operator=(MappedFile const&) = delete;
    ByteView bytes() const
    {
        return m_bytes == MAP_FAILED ? ByteView {} : ByteView(static_cast<std::byte const*>(m_bytes), m_size);
    }

private:
    void* m_bytes = MAP_FAILED;
    std::size_t m_size = 0;
};

class CaseDictionary final : public Dictionary {
public:
    std::optional<std::string_view> find(std::string_view key) const override
    {
        auto const found = m_entries.find(key);
        if (found == m_entries.end())
            return std::nullopt;
        return found->second;
    }
    void add(std::string_view key, std::string_view bytes) override { m_entries.emplace(key, bytes); }

private:
    std::map<std::string, std::string, std::less<>> m_entries;
};

class Diagnostics final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { ++count; }
    std::uint64_t count = 0;
};

class Rows final : public TraceSink {
public:
    std::uint64_t total() const { return m_sealed + (m_batch ? m_batch->row_count() : 0); }

protected:
    TraceBatch& room_in(Schema const& schema) override
    {
        if (!m_batch || m_batch->is_full()) {
            m_sealed += m_batch ? m_batch->row_count() : 0;
            m_batch.emplace(schema, 1);
        }
        return *m_batch;
    }

private:
    std::optional<TraceBatch> m_batch;
    std::uint64_t m_sealed = 0;
};

struct Totals {
    std::uint64_t files = 0, file_bytes = 0, used_bytes = 0, records = 0, recovered = 0, values = 0, output_bytes = 0,
                  hits = 0, events_with_hits = 0, candidates = 0, rules = 0, problems = 0, diagnostics = 0;
};

// What every stage does with an event: looks at each value, so that a lazy parser pays for the projection.
class Consumer : public evtx::Visitor, public event_json::Visitor {
public:
    explicit Consumer(Totals& totals)
        : m_totals(totals)
    {
    }
    void on_file(evtx::FileFacts const&) override { }
    void on_sign(evtx::Sign const&) override { }
    void on_chunk(evtx::ChunkFacts const& facts) override { m_totals.used_bytes += facts.used_bytes; }
    void on_record(Event const& event, evtx::RecordFacts const& facts) override
    {
        if (facts.place != evtx::Place::live)
            ++m_totals.recovered;
        take(event, { facts.offset, facts.size_bytes, facts.place != evtx::Place::live });
    }
    void on_event(Event const& event, TraceOrigin const& origin) override { take(event, origin); }

    sigma::Matcher* matcher = nullptr;
    EventWatcher* watcher = nullptr;

private:
    void take(Event const& event, TraceOrigin const& origin)
    {
        ++m_totals.records;
        m_totals.values += event.values.size();
        if (matcher != nullptr) {
            auto const hits = matcher->match(event).size();
            m_totals.hits += hits;
            m_totals.events_with_hits += hits != 0 ? 1U : 0U;
        }
        if (watcher != nullptr)
            watcher->on_event(event, origin);
    }
    Totals& m_totals;
};

std::vector<std::filesystem::path> files_of(std::vector<std::filesystem::path> const& paths, std::string_view suffix)
{
    std::vector<std::filesystem::path> files;
    for (auto const& path : paths) {
        if (!std::filesystem::is_directory(path)) {
            files.push_back(path);
            continue;
        }
        for (auto const& file : test::files_below(path, suffix))
            files.push_back(file);
    }
    return files;
}

void read_events(
    std::vector<std::filesystem::path> const& paths, Consumer& consumer, Totals& totals, RawFilter const* filter)
{
    EventShapes shapes;
    Arena arena;
    CaseDictionary dictionary;
    Diagnostics diagnostics;
    for (auto const& path : files_of(paths, ".evtx")) {
        MappedFile const file(path);
        ++totals.files;
        totals.file_bytes += file.bytes().size();
        evtx::ReadContext context { shapes, arena, dictionary, diagnostics };
        context.raw_filter = filter;
        evtx::read(file.bytes(), { 0, file.bytes().size() }, context, consumer);
    }
    totals.diagnostics = diagnostics.count;
}

std::uint64_t number_at(ByteView bytes, std::uint64_t offset, unsigned size)
{
    std::uint64_t number = 0;
    for (unsigned i = 0; i < size; ++i)
        number |= std::to_integer<std::uint64_t>(bytes[static_cast<std::size_t>(offset + i)]) << (8 * i);
    return number;
}

// Live records of every chunk as text; the output is counted, not kept. evtx_dump, to /dev/null, is the yard-stick.
void render(std::vector<std::filesystem::path> const& paths, evtx::Form form, Totals& totals)
{
    std::string text;
    for (auto const& path : files_of(paths, ".evtx")) {
        MappedFile const file(path);
        ++totals.files;
        totals.file_bytes += file.bytes().size();
        evtx::RecordWriter writer(default_limits, nullptr);
        std::uint64_t from = 0;
        while (auto const place = evtx::next_chunk(file.bytes(), from)) {
            from = place->offset + 1;
            totals.used_bytes += place->used_bytes;
            auto const chunk = file.bytes().subspan(
                static_cast<std::size_t>(place->offset), static_cast<std::size_t>(place->size_bytes));
            writer.begin_chunk(chunk);
            for (std::uint64_t at = 512; at + 28 <= place->used_bytes;) {
                auto const size = number_at(chunk, at + 4, 4);
                if (size < 28 || size > place->used_bytes - at)
                    break;
                text.clear();
                (void)writer.write(at + 24, at + size - 4, form, text);
                totals.output_bytes += text.size() + 1;
                ++totals.records;
                at += size;
            }
        }
    }
}

void read_jsonl(std::vector<std::filesystem::path> const& paths, Consumer& consumer, Totals& totals)
{
    EventShapes shapes;
    Diagnostics diagnostics;
    for (auto const& path : files_of(paths, ".jsonl")) {
        MappedFile const file(path);
        ++totals.files;
        totals.file_bytes += file.bytes().size();
        totals.used_bytes += file.bytes().size();
        event_json::read(file.bytes(), { 0, file.bytes().size() }, shapes, diagnostics, consumer, default_limits, {});
    }
    totals.diagnostics = diagnostics.count;
}

// The rules for Windows below the folders.
sigma::RuleSet load_rules(std::vector<std::filesystem::path> const& folders, Totals& totals)
{
    std::vector<sigma::RuleFile> files;
    for (auto const& folder : folders) {
        for (auto const& path : test::files_below(folder, ".yml")) {
            auto text = test::read_file(path);
            if (text.find("product: windows") != std::string::npos)
                files.push_back({ path.string(), std::move(text) });
        }
    }
    auto rules = sigma::RuleSet::compile(std::move(files), {});
    totals.rules = rules.rules().size();
    totals.problems = rules.problems().size();
    return rules;
}

// Words that these logs do not hold: every byte has to be looked at.
search::Query fifty_words()
{
    search::Query query;
    for (int i = 0; i < 50; ++i)
        query.words.push_back(format("konseki-{}-{}", i * 7'919 % 1'000, static_cast<char>('a' + i % 26)));
    return query;
}

double seconds_of(timeval const& time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::uint64_t status_bytes(std::string_view key)
{
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
        if (line.starts_with(key)) {
            auto const digits = line.find_first_of("0123456789");
            return parse_uint(line.substr(digits, line.find(' ', digits) - digits)).value_or(0) * 1024;
        }
    }
    return 0;
}

class Clock {
public:
    Clock() { getrusage(RUSAGE_SELF, &m_begin); }
    void report(std::string_view stage, Totals const& totals) const
    {
        rusage end {};
        getrusage(RUSAGE_SELF, &end);
        auto const user = seconds_of(end.ru_utime) - seconds_of(m_begin.ru_utime),
                   system = seconds_of(end.ru_stime) - seconds_of(m_begin.ru_stime);
        auto const wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_wall).count();
        std::printf("%s\n",
            format(
                "{{\"stage\":\"{}\",\"files\":{},\"file_bytes\":{},\"used_bytes\":{},\"records\":{},\"recovered\":{},"
                "\"values\":{},\"output_bytes\":{},\"hits\":{},\"events_with_hits\":{},\"candidates\":{},\"rules\":{},"
                "\"problems\":{},\"diagnostics\":{},\"user_s\":{:.4f},\"system_s\":{:.4f},\"wall_s\":{:.4f},\"peak_rss_"
                "bytes\":{},\"anonymous_bytes\":{}}}",
                stage, totals.files, totals.file_bytes, totals.used_bytes, totals.records, totals.recovered,
                totals.values, totals.output_bytes, totals.hits, totals.events_with_hits, totals.candidates,
                totals.rules, totals.problems, totals.diagnostics, user, system, wall,
                static_cast<std::uint64_t>(end.ru_maxrss) * 1024, status_bytes("RssAnon"))
                .c_str());
    }

private:
    rusage m_begin {};
    std::chrono::steady_clock::time_point m_wall = std::chrono::steady_clock::now();
};

int run(std::string_view stage, std::vector<std::filesystem::path> const& paths,
    std::vector<std::filesystem::path> const& rule_folders)
{
    Totals totals;
    Consumer consumer(totals);
    if (stage == "rules") {
        Clock const clock;
        auto const rules = load_rules(rule_folders, totals);
        clock.report("rules", totals);
        auto const pack = rules.pack();
        Totals packed;
        packed.file_bytes = pack.size();
        Clock const pack_clock;
        auto const again = sigma::RuleSet::from_pack(as_bytes(pack));
        packed.rules = again.ok() ? again.value().rules().size() : 0;
        pack_clock.report("rules from a pack", packed);
        return again.ok() ? 0 : 3;
    }
    if (stage == "detect") {
        auto const rules = load_rules(rule_folders, totals);
        sigma::Matcher matcher(rules);
        consumer.matcher = &matcher;
        Clock const clock;
        read_events(paths, consumer, totals, nullptr);
        totals.candidates = matcher.counters().candidates;
        clock.report(stage, totals);
        return 0;
    }
    if (stage == "search") {
        auto const search = search::Search::compile(fifty_words());
        if (!search.ok())
            return 3;
        Rows rows;
        auto const watcher = search.value().watcher(rows);
        consumer.watcher = watcher.get();
        for (auto const& path : files_of(paths, ".evtx")) { // used bytes of chunks that the filter skips count too
            MappedFile const file(path);
            totals.output_bytes += evtx::used_bytes(file.bytes());
        }
        Clock const clock;
        read_events(paths, consumer, totals, &search.value().raw_filter());
        totals.used_bytes = totals.output_bytes;
        totals.output_bytes = 0;
        totals.hits = rows.total();
        clock.report(stage, totals);
        return 0;
    }
    Clock const clock;
    if (stage == "parse")
        read_events(paths, consumer, totals, nullptr);
    else if (stage == "json" || stage == "xml")
        render(paths, stage == "json" ? evtx::Form::json : evtx::Form::xml, totals);
    else if (stage == "jsonl")
        read_jsonl(paths, consumer, totals);
    else
        return 2;
    clock.report(stage, totals);
    return 0;
}
}

int main(int argument_count, char** arguments)
{
    std::vector<std::filesystem::path> paths, rules;
    for (int i = 2; i < argument_count; ++i) {
        std::string_view const word = arguments[i];
        if (word == "--rules" && i + 1 < argument_count)
            rules.emplace_back(arguments[++i]);
        else
            paths.emplace_back(word);
    }
    auto const result = argument_count < 2 ? 2 : run(arguments[1], paths, rules);
    if (result == 2)
        std::fputs("stage_bench parse|json|xml|detect|search|jsonl|rules PATH... [--rules DIR]...\n", stderr);
    return result;
}
