// What stands behind Case: the engine, the open transaction and what waits to enter it. Internal to store/.
// Not for other rooms: they see Case.
#pragma once
#include "store/case.hpp"
#include "store/engine.hpp"
#include "store/trace_table.hpp"
#include <map>
#include <set>

namespace konseki::store {

struct Case::State {
    std::filesystem::path folder;
    Access access = Access::read_only;
    std::vector<Schema const*> schemas;
    std::unique_ptr<Engine> engine;
    std::unique_ptr<Connection> connection; // the writer's; in a read-only case the one for short reads
    std::set<Schema const*> filled; // tables that have or had rows: the others need no statement
    std::set<Schema const*> described; // whose columns have their comments

    // Everything below belongs to the open transaction.
    bool is_writing = false;
    std::uint64_t uncommitted_rows = 0;
    std::map<Schema const*, std::unique_ptr<TraceTable>> traces;
    std::map<std::string, std::unique_ptr<TableAppender>, std::less<>> tables; // the fixed ones
    std::map<EvidenceNumber, Evidence> pending_evidence; // added or changed
    EvidenceNumber last_evidence = 0; // highest number given
    std::set<std::string, std::less<>> dictionary_keys;
    bool knows_dictionary = false;
    std::optional<Error> deferred; // what failed where no Result could say so: commit tells

    Result<void> learn_filled(); // what earlier runs wrote
    Result<void> describe(Schema const& schema);
    Result<void> begin();
    Result<TableAppender*> table(std::string_view name);
    Result<void> flush(); // everything that waits goes into the transaction
    Result<void> write_evidence();
    void forget(); // drops all that belongs to the transaction
    Result<Rows> rows(std::string const& sql, std::string_view what, std::span<Parameter const> parameters = {});
    Result<std::vector<Finding>> findings(std::string const& condition, std::span<Parameter const> parameters);
    Result<void> store_finding(Finding const& finding, std::string const& id, std::span<TraceId const> all_traces);
};

}
