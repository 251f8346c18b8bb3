#include "intake/examine.hpp"
#include "intake/ordered_parse.hpp"
#include "store/case.hpp"
#include <algorithm>
#include <map>

namespace konseki::intake {

namespace {

constexpr std::size_t offsets_per_job = 4096;
constexpr unsigned render_workers = 2;

// Texts of one job's offsets, in their order.
class RenderReceiver final : public JobReceiver {
public:
    RenderReceiver(std::vector<std::size_t> places, std::vector<std::string>& texts, std::uint64_t text_bytes_max)
        : m_places(std::move(places))
        , m_texts(texts)
        , m_text_bytes_max(text_bytes_max)
    {
    }
    Result<void> on_frame(FrameKind kind, ByteView body) override
    {
        if (kind == FrameKind::diagnostics || kind == FrameKind::done)
            return {};
        if (m_next >= m_places.size())
            return Error { ErrorCode::bad_count, "worker.texts", 0, m_next, m_places.size(), {} };
        auto& text = m_texts[m_places[m_next]];
        if (kind == FrameKind::text_ends)
            ++m_next;
        else if (kind == FrameKind::text && text.size() + body.size() <= m_text_bytes_max)
            text += as_text(body);
        else
            return Error { ErrorCode::limit, "worker.text", 0, text.size() + body.size(), m_text_bytes_max, {} };
        return {};
    }
    void on_end(std::optional<Error> const&) override { }

private:
    std::vector<std::size_t> m_places;
    std::vector<std::string>& m_texts;
    std::uint64_t m_text_bytes_max;
    std::size_t m_next = 0;
};

Result<std::vector<std::pair<FrameKind, std::string>>> dictionary_setup(store::Case const& source)
{
    std::vector<std::pair<FrameKind, std::string>> setup;
    setup.emplace_back(FrameKind::configure, encode(Configuration {}));
    std::string entries;
    for (auto const& [key, bytes] : TRY(source.dictionary())) {
        append_entry(entries, key, bytes);
        if (entries.size() >= (1U << 20))
            setup.emplace_back(FrameKind::dictionary, std::exchange(entries, {}));
    }
    setup.emplace_back(FrameKind::dictionary, std::move(entries));
    return setup;
}

}

Result<std::vector<std::string>> render(store::Case const& source, os::WorkerServer& server,
    std::span<ArtefactParser const* const> parsers, std::span<TraceId const> traces, std::string_view form)
{
    std::vector<std::string> texts(traces.size());
    std::map<EvidenceNumber, std::vector<std::size_t>> by_evidence; // places in `traces`
    for (std::size_t place = 0; place < traces.size(); ++place)
        by_evidence[traces[place].evidence].push_back(place);
    Registry const registry { TRY(source.evidence()) };
    auto const& all = registry.all();
    Companions companions { registry };
    Crew crew { server, traces.size() > offsets_per_job || by_evidence.size() > 1 ? render_workers : 1,
        TRY(dictionary_setup(source)) };
    std::vector<std::unique_ptr<RenderReceiver>> receivers;
    for (auto const& [number, places] : by_evidence) {
        auto const evidence = std::ranges::find(all, number, &Evidence::number);
        if (evidence == all.end())
            continue;
        auto const parser = std::ranges::find(parsers, evidence->parser, &ArtefactParser::name);
        if (parser == parsers.end())
            continue;
        auto const beside = companions.of(*evidence, **parser);
        for (std::size_t begin = 0; begin < places.size(); begin += offsets_per_job) {
            std::vector<std::size_t> const part(places.begin() + static_cast<std::ptrdiff_t>(begin),
                places.begin() + static_cast<std::ptrdiff_t>(std::min(places.size(), begin + offsets_per_job)));
            JobText job;
            job.kind = JobKind::render;
            job.evidence = number;
            job.size_bytes = evidence->size_bytes;
            job.name = name_of(*evidence);
            job.modified_at = evidence->modified_at;
            job.parser = evidence->parser;
            job.form = form;
            for (auto const place : part)
                job.offsets.push_back(traces[place].offset);
            auto file = open_registered(*evidence);
            if (!file.ok())
                break; // no text: the caller shows what the store knows
            receivers.push_back(std::make_unique<RenderReceiver>(part, texts, default_limits.rendered_bytes_max));
            std::vector<Diagnostic> ignored; // they are in the case since the examination
            while (!crew.has_room())
                TRY(crew.step(100));
            TRY(crew.give({ encode(job), std::move(file).value(), static_cast<double>(default_limits.piece_seconds_max),
                true, receivers.back().get(), open_companions(beside, ignored) }));
        }
    }
    while (!crew.is_idle())
        TRY(crew.step(100));
    return texts;
}

Result<std::string> read_evidence(Evidence const& evidence, ByteRange range)
{
    auto const file = TRY(open_registered(evidence));
    if (range.offset > evidence.size_bytes)
        return Error { ErrorCode::bad_offset, "evidence.range", range.offset, range.offset, evidence.size_bytes,
            evidence.path };
    std::string bytes(std::min(range.size, evidence.size_bytes - range.offset), '\0');
    auto const got = TRY(os::read_at(file.number(), range.offset, std::as_writable_bytes(std::span(bytes))));
    bytes.resize(got);
    return bytes;
}

}
