// One run of examine: the queue of candidates, the order of numbers, what is stored and when it is committed.
// Not the surface: intake/examine.hpp.
#pragma once
#include "intake/candidate.hpp"
#include "intake/examine.hpp"
#include "intake/registry.hpp"
#include "os/walk.hpp"
#include "store/case.hpp"
#include <array>
#include <map>
#include <set>

namespace konseki::intake {

// Which pieces of which evidence asked for a second pass: kept in the case, so that an interrupted run knows.
class SecondPass {
public:
    static SecondPass from_text(std::string_view text);
    std::string to_text() const;
    void set(EvidenceNumber number, std::vector<ByteRange> pieces);
    void remove(EvidenceNumber number);
    std::map<EvidenceNumber, std::vector<ByteRange>> const& pieces() const { return m_pieces; }
    bool take_change() { return std::exchange(m_has_changed, false); }

private:
    std::map<EvidenceNumber, std::vector<ByteRange>> m_pieces;
    bool m_has_changed = false;
};

class Examiner final : public ParseConsumer {
public:
    Examiner(store::Case& target, os::WorkerServer& server, ExamineOptions const& options, ProgressSink& progress,
        std::stop_token stop);
    Result<ExamineSummary> run();

    Result<void> on_batch(Evidence const& evidence, TraceBatch const& batch) override;
    Result<void> on_diagnostic(Evidence const& evidence, Diagnostic const& diagnostic) override;
    Result<void> on_entry(Evidence const& evidence, std::string_view key, std::string_view bytes) override;
    Result<void> on_piece_done(Evidence const& evidence, ByteRange piece) override;
    Result<void> on_task_done(ParseTask const& task, std::vector<ByteRange> const& second_pass_pieces) override;

private:
    // Before the run
    Result<void> load();
    Result<std::set<EvidenceNumber>> locked_archives() const;
    Result<void> forget_old_rules(std::vector<Evidence>& known);
    void walk_inputs();
    void place_walked(std::size_t first, std::filesystem::path const& start); // candidates of one input
    void add_walked(std::filesystem::path const& start, os::WalkedFile const& file);
    void add_left_over();

    // Registration, in order
    Result<void> register_ready();
    Result<bool> register_front(); // false: it is not ready
    bool is_unchanged(Candidate const& candidate);
    bool needs_unpacking(Candidate const& candidate);
    Result<void> pass_by(Candidate const& candidate); // done by an earlier run
    Result<void> register_failed(Candidate& candidate);
    Result<void> register_identified(Candidate& candidate);
    Result<Evidence*> settle(Candidate& candidate); // the row of the case, new or known
    EvidenceNumber raw_read_of(Evidence const& evidence); // the same file read from the volume itself; 0: none
    Result<bool> store_row(Evidence& evidence, bool is_new);
    Result<void> copy_into_vault(Candidate const& candidate, Evidence& evidence);
    Result<void> register_members(Candidate& candidate, Evidence& archive);
    void push_children(EvidenceNumber archive, Candidate const& candidate);
    Result<void> report(EvidenceNumber evidence, Diagnostic const& diagnostic);
    std::vector<CompanionFile> companions_of(Evidence const& evidence, Candidate const& candidate);
    std::vector<CompanionFile> segments_of_image(Candidate const& candidate) const; // its further files
    void start_parse(Evidence const& evidence, Candidate const& candidate);

    // Work
    Result<void> loop(); // until everything known is done, or stop
    Result<void> give_work();
    Result<bool> look_ahead(); // identify or unpack something; false: nothing to do
    Result<void> give_identify(Candidate& candidate);
    Result<void> give_unpack(Candidate& candidate);
    std::optional<Error> vault_failure() const; // the disk took no more of an archive's members
    Result<void> second_pass();
    Result<void> stop_run();
    Result<void> commit();
    Result<void> commit_when_due();
    void show_progress(bool is_last);
    void finish_file(std::uint64_t size_bytes);
    ArtefactParser const* parser_named(std::string_view name) const;
    std::vector<std::pair<FrameKind, std::string>> crew_setup() const;

    store::Case& m_case;
    os::WorkerServer& m_server;
    ExamineOptions const& m_options;
    ProgressSink& m_progress;
    std::stop_token m_stop;
    unsigned m_workers;
    ExamineSummary m_summary;
    InternedWords m_words;
    VaultPlaces m_vault;
    std::unique_ptr<Registry> m_registry;
    std::unique_ptr<Companions> m_companions;
    std::unique_ptr<Crew> m_crew;
    OrderedParse m_parse;
    std::deque<std::unique_ptr<Candidate>> m_candidates; // front: the next to get a number
    std::map<Candidate const*, std::unique_ptr<JobReceiver>> m_receivers;
    std::vector<UnpackReceiver const*> m_unpacking; // to notice a full disk
    std::set<std::string> m_paths_seen;
    std::set<EvidenceNumber> m_visited;
    std::map<EvidenceNumber, std::map<std::string, EvidenceNumber>> m_raw_reads; // by archive and path on the machine
    SecondPass m_second_pass;
    EvidenceNumber m_known_at_start = 0; // numbers of earlier runs
    bool m_is_catalogue_new = false;
    bool m_has_new_vault_files = false;
    std::uint64_t m_examined_since_commit = 0;
    std::string m_phase = "examine", m_current;
    double m_started = 0, m_last_commit = 0, m_last_progress = 0;
    std::uint64_t m_files_total = 0, m_files_done = 0, m_bytes_total = 0, m_bytes_done = 0, m_head_bytes_done = 0;
    std::deque<std::array<double, 3>> m_rate_points; // seconds, bytes, records
};

}
