// What the gatherers of Linux share: a host while its items are made, the facts about files that its items name, and
// drafts, which are weighed when those facts are known. Not the rows: those are in traces/linux_columns.hpp.
#pragma once
#include "analysers/host_state/host.hpp"
#include "analysers/host_state/linux/unix_paths.hpp"
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::host_state::on_linux {

enum class Owner {
    unknown, // no package data about it
    same,
    configuration, // a package's, changed, but meant to be
    changed,
    unowned,
    missing,
    diverted,
};

struct FileFact {
    TraceId trace {};
    Owner owner = Owner::unknown;
    std::string package {}, type {}, target {}, content {}, user {}, capabilities {}, attributes {}, sha256 {};
    std::uint32_t mode = 0;
    Timestamp modified_at {}, changed_at {}, born_at {};
};

// How much the place where something stands weighs when no package put it there.
enum class Door { usual, unusual, rare };

// An item whose files are looked up later.
struct Draft {
    std::size_t item = 0; // place in Host::items
    TraceId trace {};
    std::vector<std::string> sources {}; // files that say so: unit, drop-ins, crontab; normal paths
    std::vector<std::string> programs {}; // what it starts, the one that matters first; normal paths or bare names
    Door door = Door::usual;
    bool is_line = false; // one line of a file that has others: the file's owner says less
};

struct Process {
    TraceId trace {};
    std::uint32_t pid = 0, parent = 0, uid = 0;
    std::string name {}, command {}, executable {}, state {}, user {}, container {};
    std::string preload {}, odd_maps {}, hidden_from {}, working_folder {}, root_folder {};
    std::string of_collection {}; // "itself", "ancestor"
    std::uint32_t tracer = 0;
    Timestamp started_at {};
    std::vector<std::string> listens {}, raw_sockets {}, remotes {}; // sockets of it, in words
    TraceId socket_trace {};
};

struct LinuxHost {
    Host* host = nullptr;
    std::string system {}; // debian, rhel …
    Timestamp collected_at {};
    bool is_root = true;
    bool has_package_states = false;
    std::vector<Timestamp> package_times {}; // when packages were installed, in order
    std::map<std::string, FileFact> files {}; // by normal path: those that a draft asked for
    std::map<std::uint32_t, std::string> users {}; // by uid
    std::map<std::string, std::uint32_t> uids {}; // by name
    std::map<std::uint32_t, Process> processes {}; // by pid
    std::map<std::size_t, std::vector<std::uint32_t>> process_items {}; // pids by item
    std::map<std::size_t, std::size_t> group_sizes {}; // files by item
    std::map<std::size_t, std::set<std::string>> module_names {}; // to be loaded at boot, by item
    std::set<std::string> other_roots {}; // folders, with a slash behind, that hold whole systems
    std::vector<Draft> drafts {};
    std::map<std::size_t, std::size_t> draft_places {}; // by item

    // The item of that kind and identity, made when it is new; letters' case counts. The key is the same on other
    // hosts. References die with the next one.
    Item& item(ItemKind kind, std::string_view identity, std::string_view key, TraceId trace);
    std::size_t index_of(Item const& item) const { return static_cast<std::size_t>(&item - host->items.data()); }
    // Its draft, made when it is new.
    Draft& draft(Item const& item, TraceId trace);

    FileFact const* file(std::string_view path) const; // follows links; nullptr: not known
    std::string behind_links(std::string_view path) const; // the path itself where it is none
    Owner owner_of(std::string_view path) const;
    std::string found(std::string_view program) const; // the full path of a bare name, as far as files are known
};

class LinuxHosts {
public:
    explicit LinuxHosts(Hosts& hosts)
        : m_hosts(hosts)
    {
    }
    Hosts& hosts() { return m_hosts; }
    LinuxHost& of_evidence(EvidenceNumber evidence);
    // In the order of Hosts::all().
    std::vector<LinuxHost*> all();

private:
    Hosts& m_hosts;
    std::map<Host const*, LinuxHost> m_by_host; // never walked: order of addresses
};

void add_source(Draft& draft, std::string_view path);
void add_programs(Draft& draft, std::string_view command); // of a command line
Door door_of(std::string_view location); // from the persistence catalogue
void set_location(Item& item, std::string_view location); // number and technique
// "…" behind so many bytes, never within a character; line ends become blanks.
std::string shortened(std::string_view text, std::size_t bytes);

// Gathering, one kind of thing each.
Result<void> load_hosts(LinuxHosts& hosts);
Result<void> gather_units(LinuxHosts& hosts);
Result<void> gather_starts(LinuxHosts& hosts); // linux.autostart
Result<void> gather_keys(LinuxHosts& hosts);
Result<void> gather_linux_accounts(LinuxHosts& hosts);
Result<void> gather_linux_settings(LinuxHosts& hosts);
Result<void> gather_rights(LinuxHosts& hosts); // sudo, polkit
Result<void> gather_linux_files(LinuxHosts& hosts); // files that matter by themselves
Result<void> gather_processes(LinuxHosts& hosts); // and their sockets
Result<void> gather_kernel(LinuxHosts& hosts); // modules and eBPF programs
Result<void> load_files(LinuxHosts& hosts); // facts about the files that drafts name
void judge_drafts(LinuxHost& host);
void judge_processes(LinuxHost& host); // what needs facts about files
void couple_items(LinuxHost& host);

}
