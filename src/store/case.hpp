// One case on disk: case.json, traces.duckdb (the index of traces, evidence, findings), vault/ (bytes of archive
// members), report/. Not thread-safe for writing: one process and one thread owns the case; what stands behind it
// (DuckDB) never shows here.
#pragma once
#include "base/result.hpp"
#include "record/diagnostic.hpp"
#include "record/evidence.hpp"
#include "record/finding.hpp"
#include "record/trace_batch.hpp"
#include "store/hosts.hpp"
#include "store/query.hpp"
#include "store/rows.hpp"
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki::store {

enum class Access : std::uint8_t { read_only, read_write };

class Case {
public:
    // read_write makes the case when the folder holds none. The schemas must outlive the case. One process writes, or
    // several read: anything else is refused with the number of the process in the way.
    static Result<std::unique_ptr<Case>> open(
        std::filesystem::path const& folder, Access access, std::span<Schema const* const> schemas);
    static bool is_case(std::filesystem::path const& folder);
    ~Case();
    Case(Case const&) = delete;
    Case& operator=(Case const&) = delete;

    std::filesystem::path const& folder() const;
    std::filesystem::path vault_path(
        Sha256 const& digest) const; // vault/ab/cdef…; its folder exists in a writable case
    std::filesystem::path report_folder() const;

    // Writing. Everything since the last commit becomes visible and durable together, or not at all.
    Result<EvidenceNumber> add(Evidence const& evidence); // numbers count from 1; evidence.number is ignored
    Result<void> update(Evidence const& evidence);
    Result<void> append(TraceBatch const& batch);
    Result<void> append(EvidenceNumber evidence, Diagnostic const& diagnostic);
    Result<void> remove_traces(EvidenceNumber evidence); // and its diagnostics: before it is examined again
    Result<void> remove_traces(EvidenceNumber evidence, std::string_view schema); // of one schema only
    Result<void> remove_traces(std::string_view schema); // of all evidence
    Result<void> add_dictionary(std::string_view key, std::string_view bytes); // first one wins
    Result<void> set_fact(std::string_view key, std::string_view value);
    Result<void> replace_hosts(Hosts const& hosts, HostNotes const& notes);
    // Drops that analyser's old findings; the sink dies with commit(), which also reports what failed in it.
    Result<std::unique_ptr<FindingSink>> replace_findings(std::string_view analyser);
    Result<void> commit();
    Result<void> rollback();
    // Traces appended since the last commit. Commit rarely, about every commit_rows or some seconds: a transaction
    // writes full row groups (122,880 rows of one schema) to the file once and lets go of them, while each commit
    // rewrites what every table has left over.
    std::uint64_t uncommitted_rows() const;
    static constexpr std::uint64_t commit_rows = 2'000'000;

    // Reading what this program wrote, uncommitted rows included (a finding sink's rows only after commit).
    Result<std::vector<Evidence>> evidence() const; // by number
    Result<Hosts> hosts() const;
    Result<std::vector<std::pair<std::string, std::string>>> dictionary() const; // by key
    Result<std::optional<std::string>> fact(std::string_view key) const;
    Result<std::vector<Finding>> findings() const; // most severe first, then by time and id
    Result<Finding> finding(std::string_view id) const;
    Result<std::vector<TraceId>> finding_traces(std::string_view id) const; // all of them, in the order given
    std::span<Schema const* const> schemas() const;
    bool has_schema(std::string_view name) const; // "windows.event"; its table may be empty
    bool has_rows(std::string_view name) const; // its table has or had rows: a question about it is worth its plan
    std::vector<Schema const*> filled_schemas() const; // those whose tables have or had rows, as schemas() orders them

    // Reading what is committed. Exactly one statement that changes nothing; files, network and settings are out of its
    // reach.
    Result<Rows> query(
        std::string_view sql, std::span<Parameter const> parameters = {}, std::stop_token const& stop = {}) const;
    Result<Rows> select(Query const& query, std::stop_token const& stop = {}) const; // timestamps exact to 100 ns
    Result<std::uint64_t> export_parquet(std::string_view sql, std::filesystem::path const& target,
        std::span<Parameter const> parameters = {}) const; // rows written

    struct State; // known inside store/ only
    explicit Case(std::unique_ptr<State> state);

private:
    std::unique_ptr<State> m_state;
};

}
