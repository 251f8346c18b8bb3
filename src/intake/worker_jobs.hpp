// The jobs of a worker, one object per worker: it keeps what lives longer than a job (shapes, buffers, the case's
// dictionary). Not the loop: intake/worker_loop.cpp.
#pragma once
#include "intake/evidence_worker.hpp"
#include "intake/frames.hpp"
#include <map>

namespace konseki::intake {

// Sends rows in batches as they fill; rows of one job never share a batch with another's.
class BatchSender final : public TraceSink {
public:
    BatchSender(os::Channel& channel, DiagnosticSink& diagnostics)
        : m_channel(channel)
        , m_diagnostics(diagnostics)
    {
    }
    void begin(EvidenceNumber evidence) { m_evidence = evidence; }
    void drop_rows() { m_is_dropping = true; } // in scans the parser's own rows go nowhere
    void flush();

protected:
    TraceBatch& room_in(Schema const& schema) override;

private:
    void send(TraceBatch& batch);

    os::Channel& m_channel;
    DiagnosticSink& m_diagnostics;
    EvidenceNumber m_evidence = 0;
    bool m_is_dropping = false;
    std::vector<TraceBatch> m_batches; // in order of first use
    std::string m_encoded;
};

class DiagnosticSender final : public DiagnosticSink {
public:
    DiagnosticSender(os::Channel& channel, Limits const& limits)
        : m_channel(channel)
        , m_count_max(limits.diagnostics_per_evidence_max)
    {
    }
    void report(Diagnostic const& diagnostic) override;
    void flush(); // says how many were left out

private:
    os::Channel& m_channel;
    std::uint64_t m_count_max;
    std::uint64_t m_count = 0, m_left_out = 0, m_left_out_bytes_lost = 0;
    std::string m_encoded;
};

// What this job teaches, over what the case knows. In the first pass a job sees only its own entries: what other pieces
// of evidence teach depends on when they are parsed, and results must not.
class JobDictionary final : public Dictionary {
public:
    std::optional<std::string_view> find(std::string_view key) const override;
    void add(std::string_view key, std::string_view bytes) override;
    void learn(std::string_view key, std::string_view bytes) { m_case.try_emplace(std::string(key), bytes); }
    void begin(bool sees_case);
    void send(os::Channel& channel) const;

private:
    using Entries = std::map<std::string, std::string, std::less<>>; // ordered: sent in the same order everywhere
    Entries m_case, m_own;
    std::uint64_t m_own_bytes = 0;
    bool m_sees_case = false;
};

class Jobs {
public:
    Jobs(os::Channel& channel, std::span<ArtefactParser const* const> parsers, std::span<WatcherFactory const> watchers,
        Limits const& limits);
    void configure(Configuration const& configuration);
    void learn(ByteView entries);
    void add_companion(CompanionText companion, os::Descriptor const& file); // for the job that comes next
    void run(JobText const& job, os::Descriptor const& evidence);
    void give_up(ErrorCode code); // after an exception: what is complete is sent, the rest is a diagnostic

private:
    Result<ByteView> bytes_of(JobText const& job, os::Descriptor const& evidence);
    void identify(JobText const& job, os::Descriptor const& evidence);
    void divide(JobText const& job, os::Descriptor const& evidence);
    void unpack_members(JobText const& job, os::Descriptor const& evidence);
    void unpack_image(JobText const& job, std::string_view kind, os::Descriptor const& evidence);
    static std::string_view image_kind_of(JobText const& job, os::Descriptor const& evidence, ByteView head);
    void parse(JobText const& job, os::Descriptor const& evidence);
    void watch_bytes(JobText const& job, os::Descriptor const& evidence); // the file as it is; no parser runs
    void render(JobText const& job, os::Descriptor const& evidence);
    ArtefactParser const* parser_named(std::string_view name) const;
    void finish(Done const& done);

    os::Channel& m_channel;
    std::span<ArtefactParser const* const> m_parsers;
    std::span<WatcherFactory const> m_watchers;
    Limits m_limits;
    DiagnosticSender m_diagnostics;
    BatchSender m_rows, m_watch_rows;
    JobDictionary m_dictionary;
    Watch m_watch;
    std::vector<std::string> m_passwords, m_keys;
    EventShapes m_shapes;
    Arena m_arena;
    std::vector<std::byte> m_buffer; // small files are read, not mapped: faster, and a file that shrinks does no harm
    os::FileMap m_map;
    struct MappedCompanion {
        CompanionText text;
        os::FileMap map;
    };
    std::vector<MappedCompanion> m_mapped; // of the next or present job
    std::vector<Companion> m_companions; // views of them
};

}
