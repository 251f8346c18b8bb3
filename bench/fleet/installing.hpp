// What a package would leave on a host: file table, inventory, prefetch, caches, the collected files themselves, and
// the rows of what starts. Software, decoys and implants go the same way, so that no shape of rows gives an implant
// away.
#pragma once
#include "fleet_case.hpp"
#include "host_changes.hpp"
#include "recipe.hpp"

namespace konseki::fleet {

// A file of the host that its file table will hold in the end.
struct KnownFile {
    Timestamp created_at;
    std::string implant; // that brought it; empty: none
    bool is_gone = false, is_set_back = false;
};

class Installer {
public:
    Installer(FleetCase& target, HostPlan const& plan)
        : m_target(target)
        , m_plan(plan)
        , m_random(plan.random.stream("installer"))
    {
    }
    // `version` is that of all its files.
    void install(Package const& package, User const& user, Timestamp at, std::string_view version);
    void know(std::string const& path, Timestamp at); // a file that another row names
    void forget(std::string const& path); // it was removed again
    void write_file_table();
    void write_cached(std::vector<std::string> const& paths); // application compatibility cache
    void write_values(); // of the registry, what write_windows has not taken
    HostChanges& changes() { return m_changes; }

    EvidenceNumber system_hive();
    EvidenceNumber software_hive();
    EvidenceNumber user_hive(User const& user);
    Timestamp recent(); // in the last weeks before the collection

private:
    void note_file(PackageFile const& file, Timestamp at, std::string_view version, std::string_view product);
    void note_run(PackageFile const& file, User const& user, Package const& package);
    void note_bytes(PackageFile const& file, Timestamp at, std::string_view version, std::string_view product);
    void start(PackageStart const& start, User const& user, Timestamp at);
    bool start_seldom(PackageStart const& start, User const& user, Timestamp at);
    void start_task(PackageStart const& start, User const& user, Timestamp at, bool is_hidden);
    void start_service(PackageStart const& start, Timestamp at, bool is_library);
    void start_value(PackageStart const& start, User const& user, Timestamp at, std::string_view key);
    void start_entry(PackageStart const& start, User const& user, Timestamp at, bool is_addition);
    void start_class(PackageStart const& start, User const& user, Timestamp at);
    void start_file(PackageStart const& start, User const& user, Timestamp at);
    void start_consumer(PackageStart const& start, User const& user);
    void start_transfer(PackageStart const& start, User const& user, Timestamp at);
    void start_forwarding(PackageStart const& start, Timestamp at);
    void start_account(PackageStart const& start, Timestamp at);
    void change_service(PackageStart const& start, Timestamp at);

    FleetCase& m_target;
    HostPlan const& m_plan;
    Random m_random;
    std::map<std::string, KnownFile> m_files;
    std::vector<std::pair<std::string, Timestamp>> m_journal; // creations of the last weeks
    HostChanges m_changes;
    std::uint32_t m_cache_position = 0, m_next_account = 1'001;
};

}
