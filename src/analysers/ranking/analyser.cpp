#include "analysers/ranking/analyser.hpp"
#include "analysers/ranking/campaigns.hpp"
#include "analysers/ranking/leads.hpp"
#include "analysers/ranking/schemas.hpp"
#include "analysers/ranking/write.hpp"
#include <algorithm>
#include <array>

namespace konseki::ranking {

namespace {

constexpr std::size_t hosts_per_batch = 16; // whose texts are in memory at a time

// One host's place in the fleet.
struct Standing {
    std::size_t host = 0;
    double score = 0, top_score = 0;
    std::uint64_t ranked = 0, medium = 0, high = 0;
    std::string top_title {};
    TraceId trace {};
};

class Ranking {
public:
    Ranking(AnalyserInputs const& inputs, FindingSink& findings)
        : m_inputs(inputs)
        , m_findings(findings)
    {
    }

    Result<void> run()
    {
        TRY(m_state.read(m_inputs.store, m_inputs.stop));
        m_state.weigh(m_inputs.baseline);
        m_stories.emplace(m_state);
        auto const hosts = m_state.fleet().hosts.size();
        for (std::size_t from = 0; from < hosts; from += hosts_per_batch) {
            TRY(rank_batch(from, std::min(hosts, from + hosts_per_batch)));
            if (m_inputs.derived != nullptr)
                m_inputs.derived->flush();
        }
        if (m_inputs.derived == nullptr)
            return {};
        write_hosts();
        m_leads.write(*m_inputs.derived);
        m_campaigns.write(*m_inputs.derived);
        return {};
    }

private:
    Result<void> rank_batch(std::size_t from, std::size_t to)
    {
        std::vector<std::vector<KeptItem>> kept;
        std::vector<WantedItems> wanted;
        for (auto host = from; host < to; ++host) {
            kept.push_back(select_items(m_state, *m_stories, host));
            wanted.push_back({ m_state.fleet().hosts[host].name, {} });
            for (auto const& item : kept.back())
                wanted.back().numbers.push_back(item.number);
        }
        auto const texts = TRY(read_details(m_inputs.store, wanted, m_inputs.stop));
        for (auto host = from; host < to; ++host)
            write_host(host, kept[host - from], texts);
        return {};
    }

    void write_host(std::size_t host, std::span<KeptItem const> kept, ItemTexts const& texts)
    {
        auto const& name = m_state.fleet().hosts[host].name;
        Standing standing;
        standing.host = host;
        standing.score = host_score(kept);
        std::vector<ToldItem> worth_a_look; // by rank
        for (auto const& one : kept) {
            auto const text = texts.find({ name, one.number });
            if (text == texts.end())
                continue;
            auto item = told_item(m_state, one, text->second, texts, name);
            item.rank = ++standing.ranked;
            if (item.rank == 1) {
                standing.top_score = one.score;
                standing.top_title = text->second.title;
                standing.trace = text->second.trace;
            }
            standing.high += one.score >= high_score ? 1U : 0U;
            standing.medium += one.score >= medium_score && one.score < high_score ? 1U : 0U;
            if (m_inputs.derived != nullptr)
                write_rows(name, item, *m_inputs.derived);
            m_leads.note(host, item);
            m_campaigns.note(host, item);
            // What a rule says already is not said again.
            if (one.score >= medium_score && item.kind != ItemKind::activity)
                worth_a_look.push_back(std::move(item));
        }
        write_findings(name, worth_a_look);
        if (standing.ranked > 0)
            m_standings.push_back(std::move(standing));
    }

    // One for each story, in the order of its heaviest item.
    void write_findings(std::string const& host, std::span<ToldItem const> worth_a_look)
    {
        std::vector<std::vector<ToldItem>> stories;
        std::map<std::string, std::size_t> places;
        for (auto const& item : worth_a_look) {
            auto const [place, is_new] = places.try_emplace(item.text->story, stories.size());
            if (is_new)
                stories.emplace_back();
            stories[place->second].push_back(item);
        }
        for (auto const& story : stories)
            write_finding(host, story, analyser.name, m_findings);
    }

    void write_hosts()
    {
        auto const& hosts = m_state.fleet().hosts;
        std::stable_sort(m_standings.begin(), m_standings.end(),
            [](Standing const& a, Standing const& b) { return a.score > b.score; });
        for (std::size_t place = 0; place < m_standings.size(); ++place) {
            auto const& standing = m_standings[place];
            auto const& host = hosts[standing.host];
            FleetHostRow row;
            row.host = Symbol(std::string_view(host.name));
            row.rank = place + 1;
            row.score = standing.score;
            row.machines = Symbol(stacking::strata()[host.stratum].name);
            row.items = host.items_total;
            row.ranked = standing.ranked;
            row.medium = standing.medium;
            row.high = standing.high;
            row.top_score = standing.top_score;
            row.top_title = standing.top_title;
            m_inputs.derived->add(fleet_host_schema, standing.trace, row);
        }
    }

    AnalyserInputs const& m_inputs;
    FindingSink& m_findings;
    FleetState m_state {};
    std::optional<Stories> m_stories {};
    Leads m_leads { m_state };
    Campaigns m_campaigns { m_state };
    std::vector<Standing> m_standings {};
};

Result<void> run(AnalyserInputs const& inputs, FindingSink& findings)
{
    return Ranking(inputs, findings).run();
}

constexpr std::array<std::string_view, 1> needs { "host.state" };
constexpr std::array<Schema const*, 6> emitted { &item_schema.erased, &term_schema.erased, &item_trace_schema.erased,
    &fleet_host_schema.erased, &lead_schema.erased, &campaign_schema.erased };
constexpr std::array<std::string_view, 1> after { "host_state" };

}

Analyser const analyser {
    .name = "ranking",
    .title = "Hosts and what they hold, ranked",
    .version = 5,
    .needs = needs,
    .emits = emitted,
    .after = after,
    .run = run,
};

}
