// make_faults FILE.evtx OUT [--seed N]: damaged copies of one log, and faults.jsonl beside them with the truth about
// each. Not a fuzzer (src/formats/evtx/evtx_fuzz.cpp): every fault is one that happens to real logs.
#include "base/text.hpp"
#include "support/evtx_faults.hpp"
#include "support/samples.hpp"
#include <cstdio>
#include <fstream>
#include <stdexcept>

using namespace konseki;
using namespace konseki::test;

namespace {
std::string joined(std::vector<std::uint64_t> const& numbers)
{
    std::string text;
    for (auto const number : numbers)
        append_format(text, "{}{}", text.empty() ? "" : ",", number);
    return text;
}

class Faults {
public:
    Faults(std::filesystem::path out, std::string file, std::uint64_t seed)
        : m_out(std::move(out))
        , m_file(std::move(file))
        , m_records(walk_records(m_file))
        , m_seed(seed)
    {
    }

    void make()
    {
        if (m_records.size() < 4)
            throw std::runtime_error("the log needs four records or more");
        std::filesystem::create_directories(m_out);
        auto const middle = m_records[m_records.size() / 2];
        auto const cut = middle.offset + middle.size_bytes / 2;
        write("cut.evtx", truncated(m_file, cut),
            format("\"cut_at\":{},\"whole_records\":{}", cut, m_records.size() / 2));
        std::vector<std::uint64_t> places;
        auto const flipped = bits_flipped(m_file, m_seed, 16, &places);
        write("bits.evtx", flipped, format("\"places\":[{}]", joined(places)));
        auto const page = middle.offset / 4096 * 4096;
        write("zero_page.evtx", zeroed(m_file, page, 4096), format("\"offset\":{},\"size_bytes\":4096", page));
        write("header_one_chunk.evtx", with_header_counts(m_file, 1, 1), "\"claimed_chunks\":1");
        write("header_many_chunks.evtx", with_header_counts(m_file, 70'000, m_records.back().record_id + 1),
            "\"claimed_chunks\":70000");
        write("record_magic.evtx", with_bad_record_magic(m_file, middle.offset),
            format("\"offset\":{},\"record_id\":{}", middle.offset, middle.record_id));
        write("records_checksum.evtx", with_bad_record_checksum(m_file, 0), "\"chunk\":0");
        hide(middle.record_id);
    }

    void make_sparse()
    {
        constexpr std::uint64_t hole_end = 5ULL << 30;
        write_sparse(m_out / "sparse_5_gib.evtx", m_file, hole_end);
        tell("sparse_5_gib.evtx", format("\"records\":{}", m_records.size() * 2));
    }

    void finish() { std::ofstream(m_out / "faults.jsonl") << m_truth; }

private:
    void hide(std::uint64_t record_id)
    {
        for (auto id = record_id; id < record_id + 100; ++id) {
            if (auto const hidden = record_hidden(m_file, id)) {
                write("hidden_record.evtx", hidden->file,
                    format("\"hidden_id\":{},\"hidden_offset\":{},\"carrier_offset\":{}", id, hidden->hidden.offset,
                        hidden->carrier.offset));
                return;
            }
        }
    }
    void write(std::string const& name, std::string const& content, std::string const& truth)
    {
        std::ofstream stream(m_out / name, std::ios::binary | std::ios::trunc);
        stream.write(content.data(), static_cast<std::streamsize>(content.size()));
        if (!stream.flush())
            throw std::runtime_error("cannot write " + (m_out / name).string());
        tell(name, truth);
    }
    void tell(std::string const& name, std::string const& truth)
    {
        append_format(
            m_truth, "{{\"file\":{},\"records_before\":{},{}}}\n", json_string(name), m_records.size(), truth);
    }

    std::filesystem::path m_out;
    std::string m_file;
    std::vector<FaultyRecord> m_records;
    std::uint64_t m_seed;
    std::string m_truth;
};
}

int main(int argument_count, char** arguments)
{
    if (argument_count < 3) {
        std::fputs("make_faults FILE.evtx OUT [--seed N] [--sparse]\n", stderr);
        return 2;
    }
    std::uint64_t seed = 1;
    bool with_sparse = false;
    for (int i = 3; i < argument_count; ++i) {
        std::string_view const word = arguments[i];
        if (word == "--sparse")
            with_sparse = true;
        else if (word == "--seed" && i + 1 < argument_count)
            seed = parse_uint(arguments[++i]).value_or(seed);
    }
    try {
        Faults faults(arguments[2], read_file(arguments[1]), seed);
        faults.make();
        if (with_sparse)
            faults.make_sparse();
        faults.finish();
    } catch (std::exception const& error) {
        std::fprintf(stderr, "make_faults: %s\n", error.what());
        return 3;
    }
    return 0;
}
