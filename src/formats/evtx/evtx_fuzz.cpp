#include "formats/evtx/evtx.hpp"
#include "formats/evtx/live_index.hpp"
#include "formats/evtx/writers.hpp"
#include <map>

namespace {

using namespace konseki;

class Book final : public Dictionary {
public:
    std::optional<std::string_view> find(std::string_view key) const override
    {
        auto const found = m_entries.find(key);
        return found == m_entries.end() ? std::nullopt : std::optional<std::string_view>(found->second);
    }
    void add(std::string_view key, std::string_view bytes) override { m_entries.emplace(key, bytes); }

private:
    std::map<std::string, std::string, std::less<>> m_entries;
};

class Count final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};

// Every origin lies in the file; every value can be shown; every record can be rendered.
class Check final : public evtx::Visitor {
public:
    Check(ByteView file, Dictionary const& book)
        : m_file(file)
        , m_book(book)
    {
    }
    void on_file(evtx::FileFacts const&) override { }
    void on_record(Event const& event, evtx::RecordFacts const& facts) override
    {
        VERIFY(facts.offset <= m_file.size() && facts.size_bytes <= m_file.size() - facts.offset);
        VERIFY(event.shape != nullptr && event.shape->names.size() == event.values.size());
        m_text.clear();
        for (auto const& value : event.values)
            append_value_text(m_text, value);
        m_seen += m_text.size() + event.provider.size() + event.channel.size() + event.computer.size()
            + event.message.size() + 1;
        if (m_rendered++ < 64) {
            (void)evtx::render(m_file, facts.offset, evtx::Form::xml, &m_book);
            (void)evtx::render(m_file, facts.offset, evtx::Form::json, &m_book);
        }
    }
    void on_sign(evtx::Sign const&) override { }
    void on_chunk(evtx::ChunkFacts const& facts) override
    {
        VERIFY(facts.offset <= m_file.size() && facts.size_bytes <= m_file.size() - facts.offset);
    }
    std::uint64_t seen() const { return m_seen; }

private:
    ByteView m_file;
    Dictionary const& m_book;
    std::string m_text;
    std::uint64_t m_seen = 0;
    int m_rendered = 0;
};

// Compiled text is what the long way writes.
void compare_writers(ByteView file)
{
    evtx::RecordWriter writer(default_limits, nullptr);
    std::string fast;
    std::string slow;
    int records = 0;
    for (auto chunk = evtx::next_chunk(file, 0); chunk; chunk = evtx::next_chunk(file, chunk->offset + 1)) {
        auto const bytes = evtx::part(file, chunk->offset, chunk->size_bytes);
        writer.begin_chunk(bytes);
        evtx::walk_live_headers(bytes, [&](evtx::RecordHeader const& header, std::uint64_t position) {
            if (records++ >= 64)
                return;
            for (auto const form : { evtx::Form::xml, evtx::Form::json }) {
                fast.clear();
                slow.clear();
                auto const begin = position + evtx::record_header_bytes;
                (void)writer.write(begin, position + header.size - 4, form, fast);
                (void)writer.write_slowly(begin, position + header.size - 4, form, slow);
                VERIFY(fast == slow);
            }
        });
    }
}

std::uint64_t read_all(ByteView file, std::uint64_t piece_bytes, Pass pass, Book& book)
{
    Check check(file, book);
    EventShapes shapes;
    for (auto const& range : evtx::split(file, piece_bytes)) {
        Arena arena;
        Count diagnostics;
        evtx::ReadContext context { shapes, arena, book, diagnostics };
        context.pass = pass;
        evtx::read(file, range, context, check);
    }
    return check.seen();
}

}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    auto const file = std::as_bytes(std::span { bytes, size });
    Book book;
    auto const whole = read_all(file, ~0ULL, Pass::first, book);
    VERIFY(read_all(file, 1, Pass::first, book) == whole); // the same for any split
    read_all(file, ~0ULL, Pass::second, book);
    compare_writers(file);
    (void)evtx::used_bytes(file);
    (void)evtx::sniff(file);
    return 0;
}
