// What a package would leave on a host: files, inventory, prefetch, caches, the collected files themselves, and
// the rows of what starts. Software, decoys and implants go the same way, so that no shape of rows gives an implant
// away.
#pragma once
#include "file_table.hpp"
#include "fleet_case.hpp"
#include "host_changes.hpp"
#include "recipe.hpp"

namespace konseki::fleet {

class Installer {
public:
    Installer(FleetCase& target, HostPlan const& plan)
        : m_target(target)
        , m_plan(plan)
        , m_random(plan.random.stream("installer"))
        , m_files(plan)
    {
    }
    // `version` is that of all its files.
    void install(Package const& package, User const& user, Timestamp at, std::string_view version);
    void note_windows_file(std::string const& path); // that a service of Windows names
    void write_values(); // of the registry, what write_windows has not taken
    HostChanges& changes() { return m_changes; }
    FileTable& files() { return m_files; }

    EvidenceNumber system_hive();
    EvidenceNumber software_hive();
    EvidenceNumber user_hive(User const& user);
    Timestamp stopped_at() const { return m_plan.collected_at; } // Windows, the last time
    Timestamp recent(); // in the last weeks before the collection

private:
    void note_file(PackageFile const& file, Timestamp at, std::string_view version, std::string_view product);
    void note_prefetch(std::string const& program, Timestamp last, std::vector<std::string> const& libraries);
    void note_run(std::string const& program, User const& user, std::vector<std::string> const& libraries);
    void note_bytes(PackageFile const& file, Timestamp at, std::string_view version, std::string_view product);
    Timestamp linked_at(PackageFile const& file, Timestamp installed, std::string_view version) const;
    void start(PackageStart const& start, User const& user, Timestamp at);
    bool start_seldom(PackageStart const& start, User const& user, Timestamp at);
    void start_task(PackageStart const& start, User const& user, Timestamp at, bool is_hidden);
    void start_service(PackageStart const& start, Timestamp at);
    void log_service(std::string const& name, std::string const& image, bool is_driver, Timestamp at);
    void change_value(ChangedValue value, User const& user);
    void start_value(PackageStart const& start, User const& user, Timestamp at, std::string_view key);
    void start_entry(PackageStart const& start, User const& user, Timestamp at, bool is_addition);
    void start_class(PackageStart const& start, User const& user, Timestamp at);
    void start_file(PackageStart const& start, User const& user, Timestamp at);
    void start_consumer(PackageStart const& start, User const& user);
    void start_transfer(PackageStart const& start, User const& user, Timestamp at);
    void start_forwarding(PackageStart const& start, Timestamp at);
    void start_account(PackageStart const& start, Timestamp at);
    void start_once(PackageStart const& start, User const& user);
    void start_server_module(PackageStart const& start);
    void change_service(PackageStart const& start, Timestamp at);

    FleetCase& m_target;
    HostPlan const& m_plan;
    Random m_random;
    FileTable m_files;
    HostChanges m_changes;
    std::uint32_t m_next_account = 1'001;
};

}
