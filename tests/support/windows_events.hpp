// Events as Windows, Sysmon and others write them (names, order and types of the fields), for a made-up machine.
// Not a model of Windows: only what samples and tests tell stories with.
#pragma once
#include "support/evtx_writer.hpp"
#include "support/random.hpp"
#include <map>

namespace konseki::test {

struct Account {
    std::string sid, name, domain;
    std::uint64_t logon_id = 0x3e7;
};

struct StartedProcess {
    std::uint32_t id = 0;
    std::string guid; // without braces
    std::string image, command_line;
    Account user;
};

struct FileVersion {
    std::string version = "10.0.17763.1", description = "-", product = "Microsoft® Windows® Operating System",
                company = "Microsoft Corporation", original_name = "-";
};

// One machine with its logs; every call appends one or more events at the given time. Logs are sorted when they are
// taken.
class WindowsMachine {
public:
    WindowsMachine(
        std::string name, std::string domain_dns, std::string domain, std::string address, std::uint64_t seed);

    std::string const& name() const { return m_name; }
    std::string const& address() const { return m_address; }
    std::string full_name() const { return m_name + "." + m_domain_dns; }
    std::string const& domain() const { return m_domain; }
    Account system() const { return { "S-1-5-18", m_name + "$", m_domain, 0x3e7 }; }
    std::string local_sid(std::uint32_t relative) const;
    std::uint64_t new_logon_id() { return 0x40000 + (m_next_logon += 0x1000 + m_random.below(0x4000)); }
    Random& random() { return m_random; }

    // Security
    void logon(Timestamp at, Account const& user, std::uint32_t type, std::string_view from_address,
        std::string_view workstation, bool is_elevated);
    void logon_failed(Timestamp at, std::string_view user, std::string_view domain, std::uint32_t type,
        std::string_view from_address, std::uint32_t sub_status);
    void logoff(Timestamp at, Account const& user, std::uint32_t type);
    void explicit_logon(
        Timestamp at, Account const& user, Account const& other, std::string_view server, StartedProcess const& by);
    void share_access(Timestamp at, Account const& user, std::string_view from_address, std::string_view share,
        std::string_view target);
    void account_created(Timestamp at, Account const& by, std::string_view name, std::string_view sid);
    void group_member_added(Timestamp at, Account const& by, std::string_view member_sid, std::string_view group,
        std::string_view group_sid);
    void audit_log_cleared(Timestamp at, Account const& by);
    // 4688 and Sysmon 1
    StartedProcess process(Timestamp at, Account const& user, StartedProcess const& parent, std::string_view image,
        std::string_view command_line, FileVersion const& version = {});
    StartedProcess running(std::string_view image, std::string_view command_line,
        Account const& user); // no event: it was there before the log
    // System
    void service_installed(Timestamp at, Account const& by, std::string_view name, std::string_view path,
        std::string_view start_type); // 7045 and 4697
    void service_state(Timestamp at, std::string_view name, std::string_view state);
    void system_log_cleared(Timestamp at, Account const& by, std::string_view channel);
    void event_log_started(Timestamp at);
    void time_service(Timestamp at, std::string_view server);
    // Sysmon
    void network_connection(Timestamp at, StartedProcess const& by, std::string_view to_address,
        std::string_view to_name, std::uint16_t to_port);
    void image_loaded(
        Timestamp at, StartedProcess const& by, std::string_view image, bool is_signed, std::string_view signature);
    void process_access(Timestamp at, StartedProcess const& by, StartedProcess const& target, std::uint32_t access);
    void file_created(Timestamp at, StartedProcess const& by, std::string_view file);
    void registry_set(Timestamp at, StartedProcess const& by, std::string_view key, std::string_view details);
    void dns_query(Timestamp at, StartedProcess const& by, std::string_view name, std::string_view results);
    // Others
    void powershell_script(Timestamp at, Account const& user, std::uint32_t process_id, std::string_view script,
        std::string_view path, bool is_warning);
    void powershell_engine_started(Timestamp at, std::string_view host_application);
    void task_registered(Timestamp at, Account const& by, std::string_view task, std::string_view command,
        std::string_view arguments); // 4698 and TaskScheduler 106
    void task_ran(Timestamp at, std::string_view task, std::string_view action); // 200 and 201
    void remote_desktop(
        Timestamp at, Account const& user, std::string_view from_address, std::uint32_t session); // 1149, 21, 22
    void remote_desktop_ended(
        Timestamp at, Account const& user, std::string_view from_address, std::uint32_t session); // 24
    void bits_transfer(Timestamp at, std::string_view job, std::string_view url, std::uint64_t size_bytes);
    void defender_found(Timestamp at, std::string_view threat, std::string_view path, Account const& user);
    void defender_changed(Timestamp at, std::string_view new_value);
    void defender_updated(Timestamp at, std::string_view version);
    void application(
        Timestamp at, std::string_view source, std::uint16_t event_id, std::vector<std::string> const& texts);

    // Channel -> events in time order. Record numbers are left to the writer.
    std::map<std::string, std::vector<WrittenEvent>> take_logs();
    void put_back(std::map<std::string, std::vector<WrittenEvent>> logs); // what take_logs gave, to be taken again

private:
    using Fields = std::initializer_list<std::pair<std::string_view, WrittenValue>>;
    struct Provider {
        std::string_view name, guid, channel;
    };
    WrittenEvent& add(Timestamp at, Provider const& provider, std::uint32_t event_id, Fields fields);
    WrittenEvent& security(
        Timestamp at, std::uint32_t event_id, std::uint16_t task, Fields fields, bool is_failure = false);
    WrittenEvent& sysmon(Timestamp at, std::uint32_t event_id, Fields fields);
    std::string process_guid(Timestamp at, std::uint32_t id);
    std::string hashes_of(std::string_view image);

    std::string m_name, m_domain_dns, m_domain, m_address;
    Random m_random;
    std::uint64_t m_seed;
    std::uint64_t m_next_logon = 0;
    std::map<std::string, std::vector<WrittenEvent>> m_logs;
};

}
