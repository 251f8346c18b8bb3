#include "analysers/ranking/details.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::ranking {

namespace {

// "kept(host, number)" as a table, and the range of names that lets the store leave out whole blocks of rows.
struct Kept {
    std::string with {}, where {};
    std::vector<store::Parameter> parameters {};
};

Kept kept_table(std::span<WantedItems const> wanted)
{
    Kept kept;
    std::string rows;
    auto least = wanted.front().host;
    auto most = wanted.front().host;
    for (auto const& one : wanted) {
        std::string numbers;
        for (auto const number : one.numbers)
            append_format(numbers, "{}{}", numbers.empty() ? "" : ",", number);
        if (numbers.empty())
            continue;
        append_format(rows, "{}(?::VARCHAR, ?::VARCHAR)", rows.empty() ? "" : ", ");
        kept.parameters.emplace_back(one.host);
        kept.parameters.emplace_back(std::move(numbers));
        least = std::min(least, one.host);
        most = std::max(most, one.host);
    }
    if (rows.empty())
        return {};
    kept.with = format("WITH wanted(host, numbers) AS (VALUES {}), kept AS (SELECT host, "
                       "unnest(string_split(numbers, ','))::UBIGINT AS number FROM wanted) ",
        rows);
    kept.where = "WHERE s.host BETWEEN ? AND ?";
    kept.parameters.emplace_back(least);
    kept.parameters.emplace_back(most);
    return kept;
}

ItemText read_text(store::Rows const& rows)
{
    ItemText text;
    text.trace = rows.trace(2);
    std::size_t column = 4;
    for (auto* const one : { &text.key, &text.title, &text.command, &text.target, &text.location, &text.attack })
        *one = rows.text(column++);
    text.first_at = rows.time(column++);
    text.last_at = rows.time(column++);
    text.traces_total = rows.unsigned_integer(column++);
    auto const features = rows.text(column++);
    text.terms.resize(features.empty() ? 0 : split(features, ' ').size(), { {}, text.trace });
    text.keys.front() = text.key;
    for (std::size_t at = 1; at < text.keys.size(); ++at)
        text.keys.at(at) = rows.text(column++);
    text.story = rows.text(column++);
    text.traces.push_back(text.trace);
    return text;
}

}

Result<ItemTexts> read_details(
    store::Case const& source, std::span<WantedItems const> wanted, std::stop_token const& stop)
{
    ItemTexts texts;
    if (wanted.empty())
        return texts;
    auto const kept = kept_table(wanted);
    if (kept.with.empty())
        return texts;
    std::string_view const join = "JOIN kept k ON k.host = s.host AND k.number = s.number";
    auto rows = TRY(source.query(
        format("{}SELECT s.host, s.number, s.evidence, s.\"offset\", s.key, s.title, s.command, s.target, s.location, "
               "s.attack, s.first_at, s.last_at, s.traces, s.features, s.path_key, s.content_key, s.signer, "
               "s.place_key, s.pair_key, s.command_key, s.story FROM host_state s {} {}",
            kept.with, join, kept.where),
        kept.parameters, stop));
    while (rows.next())
        texts.emplace(std::pair { std::string(rows.text(0)), rows.unsigned_integer(1) }, read_text(rows));
    TRY(rows.status());
    auto terms
        = TRY(source.query(format("{}SELECT s.host, s.number, s.evidence, s.\"offset\", s.ordinal, s.detail FROM "
                                  "host_state_term s {} {}",
                               kept.with, join, kept.where),
            kept.parameters, stop));
    while (terms.next()) {
        auto const found = texts.find({ std::string(terms.text(0)), terms.unsigned_integer(1) });
        if (found != texts.end() && terms.unsigned_integer(4) < found->second.terms.size())
            found->second.terms[terms.unsigned_integer(4)] = { std::string(terms.text(5)), terms.trace(2) };
    }
    TRY(terms.status());
    auto traces = TRY(source.query(
        format("{}SELECT s.host, s.number, s.evidence, s.\"offset\" FROM host_state_trace s {} {} ORDER BY "
               "s.evidence, s.\"offset\"",
            kept.with, join, kept.where),
        kept.parameters, stop));
    while (traces.next())
        if (auto const found = texts.find({ std::string(traces.text(0)), traces.unsigned_integer(1) });
            found != texts.end())
            found->second.traces.push_back(traces.trace(2));
    TRY(traces.status());
    return texts;
}

}
