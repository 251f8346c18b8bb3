#include "app/fleet_changes.hpp"
#include "base/text.hpp"
#include "store/hosts.hpp"
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace konseki::app {

namespace {

// One item of a host: of several with the same key the heaviest.
struct State {
    std::string host_key, key, host, kind, title, command, content, package;
    double score = 0;
    bool is_collection = false; // a process of the collection itself
    TraceId trace {};
};

class States {
public:
    static Result<States> read(store::Case const& source)
    {
        return States(TRY(source.query(
            "SELECT host_key(s.host), s.key, s.host, s.kind, s.title, s.command, coalesce(s.content_key, ''), "
            "coalesce(s.package, ''), coalesce(i.score, 0), s.evidence, s.\"offset\", contains(coalesce(s.features, "
            "''), 'linux.of_collection') FROM host_state s LEFT JOIN "
            "host_item i ON i.host = s.host AND i.number = s.number QUALIFY row_number() OVER (PARTITION BY s.host, "
            "s.key ORDER BY i.score DESC NULLS LAST, s.number) = 1 ORDER BY 1, 2")));
    }
    Result<bool> next()
    {
        if (!m_rows.next()) {
            TRY(m_rows.status());
            return false;
        }
        std::size_t column = 0;
        for (auto* const text : { &state.host_key, &state.key, &state.host, &state.kind, &state.title, &state.command,
                 &state.content, &state.package })
            *text = m_rows.text(column++);
        state.score = m_rows.real(column);
        state.trace = m_rows.trace(column + 1);
        state.is_collection = m_rows.boolean(column + 3);
        return true;
    }
    State state {};

private:
    explicit States(store::Rows rows)
        : m_rows(std::move(rows))
    {
    }
    store::Rows m_rows;
};

using HostNames = std::map<std::string, std::string>; // by key
Result<HostNames> hosts_with_state(store::Case const& source)
{
    HostNames names;
    auto rows = TRY(source.query("SELECT DISTINCT host_key(host), host FROM host_state ORDER BY 1, 2"));
    while (rows.next())
        names.try_emplace(std::string(rows.text(0)), rows.text(1));
    TRY(rows.status());
    return names;
}

// Versions of packages by host and name.
using Packages = std::map<std::pair<std::string, std::string>, std::string>;
Result<Packages> read_packages(store::Case const& source)
{
    Packages packages;
    if (!source.has_schema("linux.package"))
        return packages;
    auto rows = TRY(source.query(
        "SELECT host_key(e.host), p.name, string_agg(DISTINCT p.package_version, ', ' ORDER BY p.package_version) FROM "
        "linux_package p JOIN evidence e ON coalesce(e.duplicate_of, e.number) = p.evidence WHERE NOT p.recovered AND "
        "e.host IS NOT NULL AND "
        "(p.status IS NULL OR p.status = 'installed' OR p.status LIKE '% installed') GROUP BY ALL ORDER BY ALL"));
    while (rows.next())
        packages.emplace(std::pair { std::string(rows.text(0)), std::string(rows.text(1)) }, rows.text(2));
    TRY(rows.status());
    return packages;
}

class Comparison {
public:
    Comparison(Packages before, Packages now)
        : m_before(std::move(before))
        , m_now(std::move(now))
    {
    }

    void add(ChangeKind kind, State const* before, State const* now)
    {
        auto const& shown = now != nullptr ? *now : *before;
        Change change;
        change.kind = kind;
        change.host = shown.host;
        change.item_kind = shown.kind;
        change.title = shown.title;
        change.key = shown.key;
        change.score = now != nullptr ? now->score : 0;
        change.trace = now != nullptr ? now->trace : TraceId {};
        bool const has_other_command = before == nullptr || now == nullptr || before->command != now->command;
        if (before != nullptr)
            change.before = has_other_command ? before->command : before->content;
        if (now != nullptr)
            change.after = has_other_command ? now->command : now->content;
        change.explained = explanation(shown);
        changes.push_back(std::move(change));
    }

    void add_host(ChangeKind kind, std::string const& name)
    {
        Change change;
        change.kind = kind;
        change.host = name;
        change.title = kind == ChangeKind::host_appeared ? "a host that was not there before"
                                                         : "a host that is not there any more";
        changes.push_back(std::move(change));
    }

    // One line per host: what its package database says of itself.
    void add_packages(HostNames const& names)
    {
        std::map<std::string, std::array<std::vector<std::string>, 3>> by_host; // upgraded, new, gone
        for (auto const& [place, version] : m_now) {
            auto const earlier = m_before.find(place);
            if (earlier == m_before.end())
                by_host[place.first][1].push_back(place.second);
            else if (earlier->second != version)
                by_host[place.first][0].push_back(format("{} {} -> {}", place.second, earlier->second, version));
        }
        for (auto const& [place, version] : m_before)
            if (!m_now.contains(place))
                by_host[place.first][2].push_back(place.second);
        for (auto const& [host, lists] : by_host) {
            auto const name = names.find(host);
            if (name == names.end() || !has_packages(m_before, host) || !has_packages(m_now, host))
                continue;
            Change change;
            change.kind = ChangeKind::packages;
            change.host = name->second;
            change.title
                = format("packages: {} upgraded, {} new, {} gone", lists[0].size(), lists[1].size(), lists[2].size());
            change.explained = "the package database";
            change.before = listed(lists[2]);
            change.after = listed(lists[0]);
            if (!lists[1].empty())
                append_format(change.after, "{}new: {}", change.after.empty() ? "" : "; ", listed(lists[1]));
            change.count = lists[0].size() + lists[1].size() + lists[2].size();
            changes.push_back(std::move(change));
        }
    }

    std::vector<Change> changes {};

private:
    static bool has_packages(Packages const& packages, std::string const& host)
    {
        auto const first = packages.lower_bound({ host, {} });
        return first != packages.end() && first->first.first == host;
    }

    static std::string listed(std::vector<std::string> const& names)
    {
        std::string text;
        for (auto const& name : names)
            append_format(text, "{}{}", text.empty() ? "" : ", ", name);
        return text;
    }

    // The file is its package's by digest (the item says so), and the package itself changed.
    std::string explanation(State const& state) const
    {
        if (state.is_collection)
            return "the collection itself";
        if (state.package.empty())
            return {};
        auto const place = std::pair { state.host_key, state.package };
        auto const earlier = m_before.find(place);
        auto const later = m_now.find(place);
        if (earlier != m_before.end() && later != m_now.end())
            return earlier->second == later->second
                ? std::string()
                : format("{} {} -> {}", state.package, earlier->second, later->second);
        if (later != m_now.end() && has_packages(m_before, state.host_key))
            return format("{} {} installed", state.package, later->second);
        if (earlier != m_before.end() && has_packages(m_now, state.host_key))
            return format("{} {} removed", state.package, earlier->second);
        return {};
    }

    Packages m_before, m_now;
};

bool is_changed(State const& before, State const& now)
{
    return before.command != now.command
        || (!before.content.empty() && !now.content.empty() && before.content != now.content);
}

// Both sides are in the order of host and key.
Result<void> merge(
    States& before, States& now, HostNames const& hosts_before, HostNames const& hosts_now, Comparison& comparison)
{
    auto has_before = TRY(before.next());
    auto has_now = TRY(now.next());
    while (has_before || has_now) {
        auto const place_before = std::tie(before.state.host_key, before.state.key);
        auto const place_now = std::tie(now.state.host_key, now.state.key);
        if (has_before && (!has_now || place_before < place_now)) {
            if (hosts_now.contains(before.state.host_key))
                comparison.add(ChangeKind::gone, &before.state, nullptr);
            has_before = TRY(before.next());
        } else if (has_now && (!has_before || place_now < place_before)) {
            if (hosts_before.contains(now.state.host_key))
                comparison.add(ChangeKind::appeared, nullptr, &now.state);
            has_now = TRY(now.next());
        } else {
            if (is_changed(before.state, now.state))
                comparison.add(ChangeKind::changed, &before.state, &now.state);
            has_before = TRY(before.next());
            has_now = TRY(now.next());
        }
    }
    return {};
}

// What is a package's, byte for byte, came with that package: a machine may have others than those of the baseline.
std::string delivery(Packages const& packages, State const& state)
{
    if (state.package.empty())
        return {};
    auto const version = packages.find({ store::host_key(state.host), state.package });
    return format("{} {}, as it was delivered", state.package,
        version == packages.end() ? std::string("of unknown version") : version->second);
}

// Items of one host and one package are one line.
void fold(std::vector<Change>& changes)
{
    std::map<std::pair<std::string, std::string>, std::size_t> places;
    std::vector<Change> folded;
    for (auto& change : changes) {
        if (change.explained.empty() || change.kind == ChangeKind::packages) {
            folded.push_back(std::move(change));
            continue;
        }
        auto const [place, is_new] = places.try_emplace({ change.host, change.explained }, folded.size());
        if (is_new)
            folded.push_back(std::move(change));
        else
            ++folded[place->second].count;
    }
    changes = std::move(folded);
}

void sort(std::vector<Change>& changes)
{
    auto const place = [](Change const& change) {
        return std::tuple(!change.explained.empty(), -change.score, change.kind, change.host, change.key);
    };
    std::stable_sort(
        changes.begin(), changes.end(), [&](Change const& a, Change const& b) { return place(a) < place(b); });
}

}

std::string_view change_name(ChangeKind kind)
{
    switch (kind) {
    case ChangeKind::appeared: return "new";
    case ChangeKind::gone: return "gone";
    case ChangeKind::changed: return "changed";
    case ChangeKind::host_appeared: return "new_host";
    case ChangeKind::host_gone: return "gone_host";
    case ChangeKind::packages: return "packages";
    }
    return {};
}

Result<std::vector<Change>> changes_since(store::Case const& before, store::Case const& now, Folding folding)
{
    auto const hosts_before = TRY(hosts_with_state(before));
    auto const hosts_now = TRY(hosts_with_state(now));
    Comparison comparison(TRY(read_packages(before)), TRY(read_packages(now)));
    auto states_before = TRY(States::read(before));
    auto states_now = TRY(States::read(now));
    TRY(merge(states_before, states_now, hosts_before, hosts_now, comparison));
    for (auto const& [key, name] : hosts_now)
        if (!hosts_before.contains(key))
            comparison.add_host(ChangeKind::host_appeared, name);
    for (auto const& [key, name] : hosts_before)
        if (!hosts_now.contains(key))
            comparison.add_host(ChangeKind::host_gone, name);
    comparison.add_packages(hosts_now);
    sort(comparison.changes);
    if (folding == Folding::folded)
        fold(comparison.changes);
    return std::move(comparison.changes);
}

// A baseline has no hosts of its own: what none of its machines of that system has is new, and what is there with other
// bytes or another command is changed.
Result<std::vector<Change>> changes_since(stacking::Baseline const& before, store::Case const& now, Folding folding)
{
    using stacking::Granularity;
    auto const fleet = TRY(stacking::read_fleet(now));
    std::map<std::string, std::size_t> strata;
    for (auto const& host : fleet.hosts)
        strata.emplace(host.name, host.stratum);
    auto const all = stacking::strata();
    auto const has
        = [&](std::size_t stratum, Granularity granularity, host_state::ItemKind kind, std::string_view key) {
              auto const hash = stacking::key_hash(granularity, kind, key);
              for (std::size_t at = 0; at < all.size(); ++at)
                  if (all[at].system == all[stratum].system && before.counts.hosts(stacking::in_stratum(hash, at)) > 0)
                      return true;
              return key.empty();
          };
    auto const packages = TRY(read_packages(now));
    Comparison comparison({}, {});
    auto rows = TRY(now.query(
        "SELECT s.host, s.key, s.kind, s.title, s.command, coalesce(s.content_key, ''), coalesce(s.command_key, ''), "
        "coalesce(i.score, 0), s.evidence, s.\"offset\", coalesce(s.package, ''), contains(coalesce(s.features, ''), "
        "'linux.of_collection') FROM host_state s LEFT JOIN host_item i ON i.host = s.host AND i.number = s.number "
        "ORDER BY s.host, s.number"));
    while (rows.next()) {
        auto const kind = host_state::kind_of_name(rows.text(2));
        auto const stratum = strata.find(std::string(rows.text(0)));
        if (!kind || stratum == strata.end())
            continue;
        bool const is_known = has(stratum->second, Granularity::item, *kind, rows.text(1));
        if (is_known && has(stratum->second, Granularity::content, *kind, rows.text(5))
            && has(stratum->second, Granularity::command, *kind, rows.text(6)))
            continue;
        State state;
        state.host = rows.text(0);
        state.key = rows.text(1);
        state.kind = rows.text(2);
        state.title = rows.text(3);
        state.command = rows.text(4);
        state.score = rows.real(7);
        state.trace = rows.trace(8);
        state.package = rows.text(10);
        state.is_collection = rows.boolean(11);
        comparison.add(is_known ? ChangeKind::changed : ChangeKind::appeared, nullptr, &state);
        if (comparison.changes.back().explained.empty())
            comparison.changes.back().explained = delivery(packages, state);
    }
    TRY(rows.status());
    sort(comparison.changes);
    if (folding == Folding::folded)
        fold(comparison.changes);
    return std::move(comparison.changes);
}

}
