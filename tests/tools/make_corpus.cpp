// make_corpus OUT [--bytes N] [--otrf DIR] [--samples DIR] [--seed N] [--jsonl FILE]: a large, realistic EVTX corpus
// for benches. Not evidence and not shipped: made from ../shared/data on the spot, the same bytes for the same seed.
// See README.md.
#include "base/text.hpp"
#include "support/evtx_writer.hpp"
#include "support/samples.hpp"
#include "tools/archive_members.hpp"
#include "tools/otrf_events.hpp"
#include "tools/repack.hpp"
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <stdexcept>

using namespace konseki;
using namespace konseki::test;

namespace {
struct Options {
    std::filesystem::path out, otrf, samples, jsonl;
    std::uint64_t bytes = 1'100'000'000; // used bytes
    std::uint64_t seed = 20261123;
};

// Counts different 64-bit hashes with open addressing: exact up to hash collisions, 8 bytes per slot.
class DistinctCount {
public:
    void add(std::uint64_t hash)
    {
        ++m_total;
        if (m_count * 2 >= m_slots.size())
            grow();
        insert(hash == 0 ? 1 : hash);
    }
    std::uint64_t total() const { return m_total; }
    std::uint64_t distinct() const { return m_count; }

private:
    void insert(std::uint64_t hash)
    {
        auto const mask = m_slots.size() - 1;
        for (auto i = static_cast<std::size_t>(hash * 0x9e3779b97f4a7c15ULL >> 20) & mask;; i = (i + 1) & mask) {
            if (m_slots[i] == hash)
                return;
            if (m_slots[i] == 0) {
                m_slots[i] = hash;
                ++m_count;
                return;
            }
        }
    }
    void grow()
    {
        auto const old = std::move(m_slots);
        m_slots.assign(std::max<std::size_t>(1 << 16, old.size() * 2), 0);
        m_count = 0;
        for (auto const hash : old) {
            if (hash != 0)
                insert(hash);
        }
    }
    std::vector<std::uint64_t> m_slots;
    std::uint64_t m_count = 0, m_total = 0;
};

std::uint64_t value_hash(std::string_view name, std::string_view bytes)
{
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (auto const part : { name, std::string_view("\0", 1), bytes }) {
        for (char const c : part)
            hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
    }
    return hash;
}

// A file whose header is written last.
class CorpusFile {
public:
    explicit CorpusFile(std::filesystem::path const& path)
        : m_path(path)
    {
        std::filesystem::create_directories(path.parent_path());
        m_stream.open(path, std::ios::binary | std::ios::trunc);
        m_stream << std::string(4096, '\0');
    }
    void append(std::string_view chunk) { m_stream.write(chunk.data(), static_cast<std::streamsize>(chunk.size())); }
    void finish(std::string const& header)
    {
        m_stream.seekp(0);
        m_stream << header;
        if (!m_stream.flush())
            throw std::runtime_error("cannot write " + m_path.string());
    }

private:
    std::filesystem::path m_path;
    std::ofstream m_stream;
};

struct Log {
    explicit Log(std::filesystem::path const& path)
        : file(path)
        , writer({}, [this](std::string_view chunk) { file.append(chunk); })
    {
    }
    CorpusFile file;
    EvtxWriter writer;
};

std::string file_name_of(std::string channel)
{
    for (auto at = channel.find('/'); at != std::string::npos; at = channel.find('/'))
        channel.replace(at, 1, "%4"); // as Windows names its logs
    return channel + ".evtx";
}

struct Totals {
    std::uint64_t used_bytes = 0, records = 0, files = 0, file_bytes = 0, refused = 0;
    DistinctCount values;
};

std::vector<std::string_view> lines_of(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        auto const end = text.find('\n');
        auto line = text.substr(0, end);
        while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
            line.remove_suffix(1);
        if (!line.empty())
            lines.push_back(line);
        text = end == std::string_view::npos ? std::string_view {} : text.substr(end + 1);
    }
    return lines;
}

template <typename Visit> void for_each_json(std::filesystem::path const& archive, Visit const& visit)
{
    for_each_member(archive, [&](std::string const& name, std::string&& content) {
        if (name.ends_with(".json") && name.find("__MACOSX") == std::string::npos)
            visit(std::move(content));
    });
}

class Corpus {
public:
    explicit Corpus(Options options)
        : m_options(std::move(options))
    {
    }

    void make()
    {
        std::filesystem::create_directories(m_options.out);
        if (!m_options.samples.empty()) {
            for (std::uint32_t replica = 0; replica < 2; ++replica)
                repack_samples(replica);
        }
        if (!m_options.otrf.empty()) {
            order_archives();
            for (std::uint32_t replica = 0; m_totals.used_bytes < m_options.bytes; ++replica)
                write_replica(replica);
        }
        report();
    }

private:
    void repack_samples(std::uint32_t replica)
    {
        Identities const identities(m_options.seed, replica);
        for (auto const& set : { "EVTX-ATTACK-SAMPLES", "DeepBlueCLI", "YamatoSecurity" }) {
            if (!std::filesystem::exists(m_options.samples / set))
                continue;
            CorpusFile file(m_options.out / "repacked" / format("{}-{}.evtx", set, replica));
            RepackResult result;
            for (auto const& path : files_below(m_options.samples / set, ".evtx"))
                repack(read_file(path), identities, replica, result,
                    [&file](std::string_view chunk) { file.append(chunk); });
            file.finish(repacked_header(result));
            m_totals.used_bytes += result.used_bytes;
            m_totals.records += result.records;
            m_totals.file_bytes += 4096 + result.chunks * 65'536;
            ++m_totals.files;
        }
    }

    void order_archives()
    {
        simdjson::dom::parser parser;
        std::vector<std::pair<Timestamp, std::filesystem::path>> found;
        for (auto const& path : files_below(m_options.otrf, "")) {
            if (path.extension() != ".zip" && path.extension() != ".gz")
                continue;
            Timestamp earliest;
            Identities unused(0, 0);
            for_each_json(path, [&](std::string&& text) {
                OtrfLine line;
                if (!m_options.jsonl.empty())
                    write_lines(text);
                for (auto const piece : lines_of(text)) {
                    if (survey(parser, piece, line, unused) && (!earliest.is_set() || line.written_at < earliest))
                        earliest = line.written_at;
                }
            });
            found.emplace_back(earliest, path);
        }
        std::ranges::sort(found);
        for (auto& [at, path] : found)
            m_archives.push_back(std::move(path));
    }

    void write_lines(std::string const& text)
    {
        if (!m_jsonl.is_open())
            m_jsonl.open(m_options.jsonl, std::ios::binary | std::ios::trunc);
        for (auto const line : lines_of(text))
            m_jsonl << line << '\n';
    }

    void write_replica(std::uint32_t replica)
    {
        std::map<std::pair<std::string, std::string>, std::unique_ptr<Log>> logs;
        Identities identities(m_options.seed, replica);
        std::uint64_t used_before = m_totals.used_bytes;
        for (auto const& archive : m_archives) {
            for_each_json(archive, [&](std::string&& text) { write_events(text, replica, identities, logs); });
            std::uint64_t used = 0;
            for (auto const& [key, log] : logs)
                used += log->writer.used_bytes();
            if (used_before + used >= m_options.bytes)
                break;
        }
        for (auto& [key, log] : logs) {
            log->file.finish(log->writer.finish());
            m_totals.used_bytes += log->writer.used_bytes();
            m_totals.records += log->writer.record_count();
            m_totals.file_bytes += 4096 + std::uint64_t { log->writer.chunk_count() } * 65'536;
            ++m_totals.files;
        }
        std::printf("replica %u: %zu logs\n", replica, logs.size());
    }

    void write_events(std::string const& text, std::uint32_t replica, Identities& identities,
        std::map<std::pair<std::string, std::string>, std::unique_ptr<Log>>& logs)
    {
        std::vector<OtrfLine> lines;
        OtrfLine line;
        for (auto const piece : lines_of(text)) {
            if (survey(m_parser, piece, line, identities))
                lines.push_back(line);
            else
                ++m_totals.refused;
        }
        std::ranges::stable_sort(lines, {}, &OtrfLine::written_at); // some exports run backwards
        WrittenEvent event;
        for (auto const& entry : lines) {
            if (!convert(m_parser, entry.line, identities, event)) {
                ++m_totals.refused;
                continue;
            }
            for (auto const& field : event.fields)
                m_totals.values.add(value_hash(field.name, field.value.bytes));
            auto& log = logs[{ event.computer, event.channel }];
            if (!log)
                log = std::make_unique<Log>(
                    m_options.out / format("replica-{}", replica) / event.computer / file_name_of(event.channel));
            try {
                log->writer.add(event);
            } catch (std::length_error const&) {
                ++m_totals.refused;
            }
        }
    }

    void report() const
    {
        auto const text = format("{{\"seed\":{},\"files\":{},\"file_bytes\":{},\"used_bytes\":{},\"records\":{},"
                                 "\"refused\":{},\"values\":{},\"distinct_values\":{},\"distinct_ratio\":{:.4f}}}\n",
            m_options.seed, m_totals.files, m_totals.file_bytes, m_totals.used_bytes, m_totals.records,
            m_totals.refused, m_totals.values.total(), m_totals.values.distinct(),
            m_totals.values.total() == 0
                ? 0.0
                : static_cast<double>(m_totals.values.distinct()) / static_cast<double>(m_totals.values.total()));
        std::fputs(text.c_str(), stdout);
        std::ofstream(m_options.out / "corpus.json") << text;
    }

    Options m_options;
    Totals m_totals;
    simdjson::dom::parser m_parser;
    std::vector<std::filesystem::path> m_archives;
    std::ofstream m_jsonl;
};

bool parse(int argument_count, char** arguments, Options& options)
{
    for (int i = 1; i < argument_count; ++i) {
        std::string_view const word = arguments[i];
        if (!word.starts_with("--")) {
            options.out = word;
            continue;
        }
        if (++i >= argument_count)
            return false;
        std::string_view const value = arguments[i];
        if (word == "--otrf")
            options.otrf = value;
        else if (word == "--samples")
            options.samples = value;
        else if (word == "--jsonl")
            options.jsonl = value;
        else if (word == "--bytes" && parse_uint(value))
            options.bytes = *parse_uint(value);
        else if (word == "--seed" && parse_uint(value))
            options.seed = *parse_uint(value);
        else
            return false;
    }
    return !options.out.empty();
}
}

int main(int argument_count, char** arguments)
{
    Options options;
    if (auto const data = data_folder()) {
        options.otrf = *data / "otrf";
        options.samples = *data / "evtx" / "attacks";
    }
    if (!parse(argument_count, arguments, options) || options.otrf.empty()) {
        std::fputs("make_corpus OUT [--bytes N] [--otrf DIR] [--samples DIR] [--seed N] [--jsonl FILE]\n", stderr);
        return 2;
    }
    try {
        Corpus(std::move(options)).make();
    } catch (std::exception const& error) {
        std::fprintf(stderr, "make_corpus: %s\n", error.what());
        return 3;
    }
    return 0;
}
