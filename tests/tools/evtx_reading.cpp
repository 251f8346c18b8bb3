#include "tools/evtx_reading.hpp"
#include <algorithm>

namespace konseki::test {

namespace {
class FileDictionary final : public Dictionary {
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

class Sum final : public DiagnosticSink {
public:
    explicit Sum(Reading& reading)
        : m_reading(reading)
    {
    }
    void report(Diagnostic const& diagnostic) override
    {
        ++m_reading.diagnostics;
        m_reading.bytes_lost += diagnostic.bytes_lost;
    }

private:
    Reading& m_reading;
};

class Hash {
public:
    void add(std::string_view text)
    {
        for (char const c : text)
            m_state = (m_state ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
        m_state = (m_state ^ 0x1f) * 0x100000001b3ULL;
    }
    void add(std::uint64_t number) { m_state = (m_state ^ number) * 0x9e3779b97f4a7c15ULL; }
    std::uint64_t value() const { return m_state; }

private:
    std::uint64_t m_state = 0xcbf29ce484222325ULL;
};

class Collector final : public evtx::Visitor {
public:
    Collector(Reading& reading, Keep keep)
        : m_reading(reading)
        , m_keep(keep)
    {
    }

    void on_file(evtx::FileFacts const& facts) override { m_reading.has_checksums = (facts.flags & 4) == 0; }
    void on_chunk(evtx::ChunkFacts const&) override { }
    void on_sign(evtx::Sign const& sign) override
    {
        constexpr std::uint64_t checksum_place = 52;
        ++m_reading.signs[sign.kind];
        if (sign.kind == evtx::SignKind::chunk_records_crc)
            m_reading.bad_chunks.insert(sign.offset - checksum_place);
    }
    void on_record(Event const& event, evtx::RecordFacts const& facts) override
    {
        ReadRecord record;
        record.record_id = facts.record_id;
        record.size_bytes = facts.size_bytes;
        record.place = facts.place;
        record.is_damaged = facts.is_damaged;
        record.written_at = facts.written_at;
        Hash hash;
        for (auto const text : { event.provider, event.channel, event.computer, event.user_sid })
            hash.add(text);
        for (auto const number :
            { std::uint64_t { event.event_id }, event.record_id, event.keywords, std::uint64_t { event.level } })
            hash.add(number);
        auto const count
            = event.shape == nullptr ? std::size_t { 0 } : std::min(event.values.size(), event.shape->names.size());
        for (std::size_t i = 0; i < count; ++i) {
            if (event.values[i].type == ValueType::null)
                continue; // the element is not there: a shape keeps its place
            auto text = value_text(event.values[i]);
            hash.add(event.shape->names[i]);
            hash.add(text);
            if (m_keep == Keep::events)
                record.fields.emplace_back(event.shape->names[i], std::move(text));
        }
        record.content = hash.value();
        if (m_keep == Keep::events) {
            record.event_id = event.event_id;
            record.level = event.level;
            record.provider = event.provider;
            record.channel = event.channel;
            record.computer = event.computer;
            record.user_sid = event.user_sid;
            record.event_at = event.written_at;
        }
        m_reading.records.emplace(facts.offset, std::move(record));
    }

private:
    Reading& m_reading;
    Keep m_keep;
};
}

std::uint64_t Reading::count(evtx::Place place) const
{
    return static_cast<std::uint64_t>(
        std::ranges::count_if(records, [place](auto const& entry) { return entry.second.place == place; }));
}

Reading read_evtx(std::string_view file, Keep keep)
{
    Reading reading;
    EventShapes shapes;
    Arena arena;
    FileDictionary dictionary;
    Sum diagnostics(reading);
    Collector visitor(reading, keep);
    evtx::ReadContext context { shapes, arena, dictionary, diagnostics };
    // A heap copy of the exact size, so that the sanitizer sees every byte read behind the end.
    std::vector<char> const bytes(file.begin(), file.end());
    auto const view = as_bytes({ bytes.data(), bytes.size() });
    evtx::read(view, { 0, bytes.size() }, context, visitor);
    if (context.wants_second_pass) {
        context.pass = Pass::second;
        evtx::read(view, { 0, bytes.size() }, context, visitor);
    }
    return reading;
}

}
