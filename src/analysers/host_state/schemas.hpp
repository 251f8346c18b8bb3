// The rows that the analyser derives: ranked items and the terms of their score.
#pragma once
#include "record/schema.hpp"

namespace konseki::host_state {

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
};

inline constexpr auto item_schema = schema("host.item",
    "What the state of each host holds, ranked by how much speaks for an implant; its row stands at its first trace",
    field("host", &ItemRow::host, "Host as its evidence names it; empty: not known"),
    field("rank", &ItemRow::rank, "Place on this host, 1 is to be looked at first"),
    field("score", &ItemRow::score, "Sum of its terms in nats (natural logarithm of a likelihood ratio); no verdict"),
    field("kind", &ItemRow::kind, "autostart, service, task, wmi, program, account, setting, activity, process, file, kernel"),
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
    field("key", &ItemRow::key, "The same thing on another host has the same key"));

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

}
