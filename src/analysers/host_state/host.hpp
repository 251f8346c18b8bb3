// The state of the hosts of a case while it is weighed: what was gathered from the traces, by host.
// Not stored as it is: the items become rows (schemas.hpp) and findings.
#pragma once
#include "analysers/catalogue.hpp"
#include "analysers/host_state/item.hpp"
#include <map>
#include <optional>
#include <set>

namespace konseki::host_state {

// Everything the artefacts say about one program file of a host.
struct Program {
    std::string written {}; // its path as first read
    std::set<std::string> sources {}; // "prefetch", "amcache", …
    Timestamp first_run_at {}, last_run_at {}; // true starts only
    Timestamp seen_at {}; // first time that any source gives, starts or not
    Timestamp came_at {}; // when its file came to this volume, as the file table has it
    std::uint64_t runs = 0;
    bool has_version_information = false; // a source looked for it
    bool is_of_windows = false; // Windows counts it to itself
    std::string maker {}, product {}, original_name {};
    std::string signer {}, content {}; // as Item has them
    std::vector<TraceId> traces {};
    std::vector<Term> terms {}; // from findings and journals
    std::optional<bool> is_on_volume {}; // absent: no file table tells
};

struct Host {
    std::string name {};
    std::map<std::string, Program> programs {}; // by normalised path; a bare name where no source knows the folder
    std::vector<Item> items {};
    std::map<std::string, std::size_t> item_places {}; // by kind and identity
    bool has_file_table = false;

    Program& program(std::string_view written_path, TraceId trace);
    // The item of that kind and identity (what makes it itself on this host), made when it is new.
    Item& item(ItemKind kind, std::string_view identity, TraceId trace);
};

// What an earlier analyser found, and whether some host has taken it in already.
struct Told {
    Finding finding {};
    bool is_placed = false;
};

// The hosts that are gathered at the moment. A case of a thousand machines is gathered a batch at a time, so that
// memory holds a batch; query() answers with the rows of the batch alone, and gatherers need not know of it.
class Hosts {
public:
    static constexpr std::size_t hosts_per_batch = 32;

    explicit Hosts(AnalyserInputs const& inputs, std::size_t batch_size = hosts_per_batch)
        : m_inputs(inputs)
        , m_batch_size(batch_size)
    {
    }
    // Which evidence belongs to which host, and what was found. The first batch is there then.
    Result<void> load();
    bool next_batch(); // false: every host was gathered

    AnalyserInputs const& inputs() const { return m_inputs; }
    Host& of_evidence(EvidenceNumber evidence);
    Host& named(std::string_view name); // "PC07", "pc07.corp.example", a name it had before: one machine
    bool is_gathered(std::string_view name) const; // of this batch
    std::map<std::string, Host>& all() { return m_hosts; }
    std::vector<Told>& findings() { return m_findings; } // most severe first

    bool has_table(std::string_view schema) const { return m_inputs.store.has_rows(schema); }
    // Tables have their usual names. Rows with a column "computer" are of the machine that it names, all others of the
    // machine that their evidence is of.
    Result<store::Rows> query(std::string const& sql) const;

private:
    std::string key_of(std::string_view name) const;
    std::string with_tables_of_batch(std::string const& sql) const;
    std::string condition_of(std::string_view table) const;
    // Files with the same bytes are read once: the rows of the first are rows of the others on other machines, too.
    std::string twins_of(std::string_view table) const;
    std::set<std::string> names_of_batch() const; // as the evidence has them
    Result<void> load_computers();

    AnalyserInputs const& m_inputs;
    std::size_t m_batch_size;
    std::map<EvidenceNumber, std::string> m_host_names;
    bool m_has_twins = false; // the same bytes lie on several machines
    std::map<std::string, std::string> m_other_names; // host_key of any name it had -> its name
    std::map<std::string, std::map<std::string, std::vector<std::string>>> m_computers; // by table and machine's key
    std::vector<std::string> m_keys; // of all machines; what is of no known one last
    std::size_t m_batch_begin = 0, m_batch_end = 0; // in m_keys
    std::set<std::string> m_batch; // these keys
    std::map<std::string, Host> m_hosts; // of the batch, by store::host_key; "" where nothing tells
    Host m_elsewhere; // takes what belongs to another batch, and is thrown away
    std::vector<Told> m_findings;
};

void note_time(Item& item, Timestamp at); // widens first_at … last_at
void note_arrival(Item& item, Timestamp at); // the same, and it came to be there then
void add_trace(Item& item, TraceId trace);
void add_term(Item& item, std::string_view feature, std::string detail, TraceId trace); // each feature and detail once
void add_term(Program& program, std::string_view feature, std::string detail, TraceId trace);

// Gathering, one source each; a source that is not in the case adds nothing.
Result<void> gather_programs(Hosts& hosts); // prefetch, Amcache, ShimCache, BAM, UserAssist, PCA, process events
Result<void> gather_autostarts(Hosts& hosts); // the registry's locations, and events about them
Result<void> gather_services(Hosts& hosts);
Result<void> gather_tasks(Hosts& hosts);
Result<void> gather_wmi(Hosts& hosts);
Result<void> gather_accounts(Hosts& hosts);
Result<void> gather_settings(Hosts& hosts); // what is not scanned, logged, closed or shown any more
Result<void> gather_startup_files(Hosts& hosts); // startup folders, PowerShell profiles and other files by their place
Result<void> gather_findings(Hosts& hosts); // what rules name: terms of programs, and activity items
Result<void> gather_files(Hosts& hosts); // file table and change journal about what is already there
Result<void> gather_side_loads(Hosts& hosts); // programs and libraries that lie together where they do not belong
Result<void> gather_linux(Hosts& hosts); // everything about Linux hosts, judged and coupled there (linux/)

// Turns programs into items, gives every item the terms that its path, name, command and maker bear, then couples.
void judge(Hosts& hosts);

}
