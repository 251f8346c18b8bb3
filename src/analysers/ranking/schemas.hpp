// The rows that the ranking derives: the items that matter on each host with the terms of their score, hosts by what
// they hold, and rare things that several hosts share.
#pragma once
#include "record/schema.hpp"
#include <optional>

namespace konseki::ranking {

struct ItemRow {
    Symbol host {};
    std::uint64_t rank = 0;
    double score = 0;
    Symbol kind {};
    std::string_view title {}, command {}, target {};
    Symbol location {}, attack {};
    Timestamp first_at {}, last_at {};
    std::uint64_t traces = 0;
    std::string_view reasons {};
    std::string_view reasons_ja {};
    std::string_view key {};
    std::uint64_t number = 0;
    std::optional<std::uint64_t> hosts;
    std::string_view story {};
};

inline constexpr auto item_schema = schema("host.item",
    "What matters of each host's state (host_state), ranked by how much speaks for an implant; the heaviest 500 of a "
    "host, and all that are worth a look; its row stands at its first trace",
    field("host", &ItemRow::host, "Host as its evidence names it; empty: not known"),
    field("rank", &ItemRow::rank, "Place on this host, 1 is to be looked at first"),
    field("score", &ItemRow::score, "Sum of its terms in nats (natural logarithm of a likelihood ratio); no verdict"),
    field("kind", &ItemRow::kind,
        "autostart, service, task, wmi, program, account, setting, activity, process, file, kernel"),
    field("title", &ItemRow::title, "What it is"), field("command", &ItemRow::command, "What it starts, as written"),
    field("target", &ItemRow::target,
        "The file it leads to, brought to one form: lower case, without drive C, variables resolved"),
    field("location", &ItemRow::location, "Number of the persistence location (docs/persistence.md)"),
    field("attack", &ItemRow::attack, "ATT&CK techniques, a blank between"),
    field("first_at", &ItemRow::first_at, "Earliest time that its traces tell"),
    field("last_at", &ItemRow::last_at, "Latest time that its traces tell"),
    field("traces", &ItemRow::traces, "How many traces it stands on"),
    field("reasons", &ItemRow::reasons, "Its terms in words, heaviest first"),
    field("reasons_ja", &ItemRow::reasons_ja, "The same in Japanese"),
    field("key", &ItemRow::key, "The same thing on another host has the same key"),
    field("number", &ItemRow::number, "Number of the item in host_state"),
    field("hosts", &ItemRow::hosts, "Hosts of the case that have the same key"),
    field("story", &ItemRow::story, "Items of one story belong together (host_state.story): one finding tells them"));

struct TermRow {
    Symbol host {};
    std::uint64_t rank = 0;
    Symbol family {}, feature {};
    double weight = 0;
    std::string_view text {}, text_ja {};
    std::string_view item {};
};

inline constexpr auto term_schema = schema("host.item_term",
    "The terms that an item's score is made of; each row stands at the trace that shows it",
    field("host", &TermRow::host, "Host of the item"), field("rank", &TermRow::rank, "Rank of the item on that host"),
    field("family", &TermRow::family, "Terms of a family say much the same: their sum is capped"),
    field("feature", &TermRow::feature, "Kind of reason"),
    field("weight", &TermRow::weight, "Its share of the score in nats; below 0 it speaks for harmless"),
    field("text", &TermRow::text, "The reason in words"), field("text_ja", &TermRow::text_ja, "The same in Japanese"),
    field("item", &TermRow::item, "Title of the item"));

struct ItemTraceRow {
    Symbol host {};
    std::uint64_t rank = 0;
};

inline constexpr auto item_trace_schema = schema("host.item_trace", "Every trace that an item stands on",
    field("host", &ItemTraceRow::host, "Host of the item"),
    field("rank", &ItemTraceRow::rank, "Rank of the item on that host"));

struct FleetHostRow {
    Symbol host {};
    std::uint64_t rank = 0;
    double score = 0;
    Symbol machines {};
    std::uint64_t items = 0, ranked = 0, medium = 0, high = 0;
    double top_score = 0;
    std::string_view top_title {};
};

inline constexpr auto fleet_host_schema = schema("fleet.host",
    "The hosts of the case, ranked by their heaviest items; each row stands at the first trace of its heaviest item",
    field("host", &FleetHostRow::host, "Host as its evidence names it; empty: not known"),
    field("rank", &FleetHostRow::rank, "Place in the fleet, 1 is to be looked at first"),
    field("score", &FleetHostRow::score,
        "Soft maximum of its ten heaviest items: logarithm of the sum of their likelihood ratios, in nats"),
    field("machines", &FleetHostRow::machines, "Kind of machine that it is compared with: windows/server, linux …"),
    field("items", &FleetHostRow::items, "Items of its state (host_state)"),
    field("ranked", &FleetHostRow::ranked, "Of these, kept in host_item"),
    field("medium", &FleetHostRow::medium, "Items from a score of 5.5 to 8"),
    field("high", &FleetHostRow::high, "Items from a score of 8"),
    field("top_score", &FleetHostRow::top_score, "Score of its heaviest item"),
    field("top_title", &FleetHostRow::top_title, "Its heaviest item"));

struct LeadRow {
    std::uint64_t rank = 0;
    double score = 0;
    std::uint64_t hosts = 0;
    std::string_view host_names {};
    Symbol kind {};
    std::string_view story {}, title {};
    std::uint64_t items = 0;
    Symbol host {};
    std::uint64_t item_rank = 0;
    double shared = 0, came = 0;
    Timestamp first_at {}, last_at {};
    std::string_view reasons {}, reasons_ja {};
    std::uint64_t alike = 0;
    std::string_view alike_stories {};
    std::optional<std::uint64_t> under {};
};

inline constexpr auto lead_schema = schema("fleet.lead",
    "What to look at first in the fleet, each thing once with all that belongs to it (host_state.story); each row "
    "stands "
    "at the first trace of its heaviest item",
    field("rank", &LeadRow::rank, "1 is to be looked at first"),
    field("score", &LeadRow::score,
        "Score of its heaviest item on any host plus `shared` and `came`, in nats; no verdict"),
    field("hosts", &LeadRow::hosts, "Hosts on which it has items from a score of 3"),
    field("host_names", &LeadRow::host_names, "Their names, comma-separated, the first 50; '… +12': so many more"),
    field("kind", &LeadRow::kind, "Kind of its heaviest item"),
    field("story", &LeadRow::story, "A program's own folder, a pair of program and library, a file, or a key"),
    field("title", &LeadRow::title, "Its heaviest item, as its host names it"),
    field("items", &LeadRow::items, "Its items over all hosts, from a score of 3"),
    field("host", &LeadRow::host, "Host of its heaviest item"),
    field("item_rank", &LeadRow::item_rank, "Rank of that item there: host_item_term has the terms of its score"),
    field("shared", &LeadRow::shared,
        "What it says that so many hosts have it, compared with the other leads of this fleet, in nats"),
    field("came", &LeadRow::came,
        "What it says that its hosts got it within such a time, compared with the other leads of this fleet, in nats; "
        "without what the score of its item has of that"),
    field("first_at", &LeadRow::first_at, "Earliest time of its items"),
    field("last_at", &LeadRow::last_at, "Latest time of its items"),
    field("reasons", &LeadRow::reasons, "Terms of its heaviest item in words, heaviest first"),
    field("reasons_ja", &LeadRow::reasons_ja, "The same in Japanese"),
    field("alike", &LeadRow::alike,
        "Other leads that are told with it: the same but for one word, or come to the same hosts within an hour of it. "
        "Their hosts, items and times are counted here, too"),
    field("alike_stories", &LeadRow::alike_stories, "Their stories, ' · ' between, the first 10"),
    field("under", &LeadRow::under, "Rank of the lead that it is told with; such leads come after all others"));

struct CampaignRow {
    std::uint64_t rank = 0;
    double score = 0;
    std::uint64_t hosts = 0;
    std::string_view host_names {};
    Symbol kind {}, granularity {};
    std::string_view key {}, title {};
    std::uint64_t keys = 0;
    std::string_view other_keys {};
    Timestamp first_at {}, last_at {};
};

inline constexpr auto campaign_schema = schema("fleet.campaign",
    "Things that matter and that the same few hosts share; each row stands at the first trace of the first of them",
    field("rank", &CampaignRow::rank, "1 is to be looked at first"),
    field("score", &CampaignRow::score, "Score of its heaviest item on any host, in nats"),
    field("hosts", &CampaignRow::hosts, "Hosts that share it"),
    field("host_names", &CampaignRow::host_names, "Their names, comma-separated, the first 50; '… +12': so many more"),
    field("kind", &CampaignRow::kind, "Kind of its heaviest item"),
    field("granularity", &CampaignRow::granularity, "What they share of it: item, path, content, pair, command"),
    field("key", &CampaignRow::key, "The shared key (konseki stack)"),
    field("title", &CampaignRow::title, "Its heaviest item, as its host names it"),
    field("keys", &CampaignRow::keys, "Keys that exactly these hosts share"),
    field("other_keys", &CampaignRow::other_keys,
        "The others of them, ' · ' between, the first 10; '… +12': so many more"),
    field("first_at", &CampaignRow::first_at, "Earliest time of these items"),
    field("last_at", &CampaignRow::last_at, "Latest time of these items"));

}
