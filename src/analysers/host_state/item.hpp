// What is weighed on a host: an item is one thing of its state (a task, a service, a program that ran), a term one
// reason why it matters. Not a verdict, and not the weighing: analysers/ranking does that over all hosts.
#pragma once
#include "base/identity.hpp"
#include "base/timestamp.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::host_state {

enum class ItemKind : std::uint8_t {
    autostart,
    service,
    task,
    wmi,
    program,
    account,
    setting,
    activity,
    process, // of Linux: what ran when the host was collected
    file, // of Linux: a file that matters by itself: replaced, setuid, hidden
    kernel, // of Linux: a module or an eBPF program
};
std::string_view kind_name(ItemKind kind);
std::optional<ItemKind> kind_of_name(std::string_view name);

// Terms of one family say much the same twice: their sum is capped [fsa 5c, 3].
enum class Family : std::uint8_t {
    path, // where its file lies
    name, // what its file is called
    command, // what it is told to do
    content, // what lies beside it and is loaded with it, what its bytes are
    identity, // who made the file, as its version information says
    location, // which door it uses, and whether Windows fills that door itself
    contradiction, // two stores that should agree do not
    time, // clocks that do not fit
    rule, // findings that name it
    execution, // it ran
    coupling, // it belongs to other items that matter
    prevalence, // how many hosts of its kind have it
};
inline constexpr std::size_t family_count = 12;
std::string_view family_name(Family family);

// One kind of reason. Its weight is a log likelihood ratio in nats: how much more often it is seen on implants than on
// harmless items of the same kind. The second rate is only where counting starts (analysers/ranking).
struct Feature {
    std::string_view id; // "path.user_writable"
    Family family = Family::path;
    double implant_rate = 0; // reviewed: share of implants of published intrusions that show it
    double harmless_rate = 0; // share of harmless items, where the case has too few of them to count
    std::string_view en, ja; // one sentence; "{}" takes the term's detail
};

struct Term {
    Feature const* feature = nullptr;
    std::string detail {};
    TraceId trace {}; // where it is seen
    double weight = 0; // nats, set by analysers/ranking
};

struct Item {
    ItemKind kind = ItemKind::program;
    std::string key {}; // the same thing on another host has the same key: lower case, users and numbers taken out
    std::string title {}; // "Scheduled task \GameOver"
    std::string command {}; // as written
    bool is_judged = false; // its gatherer gave it every term: paths of Linux are not those of judge()
    bool is_list = false; // a list of folders, names or moves: no command, nothing in it is started as it is
    std::string target {}; // normalised path of the program it leads to; empty: none
    std::string location {}; // number of the persistence catalogue; empty: none
    std::string signer {}; // who signed the target, or made it as its version information says
    std::string content {}; // digest of the target: "sha256:…", "sha1:…"
    std::string package {}; // that owns the target, and its word is good (Linux)
    std::vector<std::string> attack {};
    Timestamp first_at {}, last_at {}; // of its traces, as far as they tell
    Timestamp came_at {}; // since when it is there; not set where traces tell of its use alone
    std::vector<TraceId> traces {}; // the first is the principal one
    std::vector<Term> terms {};
    double score = 0; // set where items are weighed in memory; analysers/ranking weighs rows
};

}
