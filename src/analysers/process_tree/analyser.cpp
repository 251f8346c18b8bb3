#include "analysers/process_tree/analyser.hpp"
#include "analysers/process_tree/schemas.hpp"
#include "analysers/process_tree/tree.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

namespace konseki::process_tree {

namespace {

constexpr std::size_t ancestors_shown = 16;

// Names of programs as numbers, so that a million starts stay small.
class Names {
public:
    std::uint32_t number(std::string_view name)
    {
        if (name.empty())
            return 0;
        auto const [place, is_new] = m_numbers.try_emplace(std::string(name), m_names.size());
        if (is_new)
            m_names.emplace_back(name);
        return static_cast<std::uint32_t>(place->second);
    }
    std::string const& name(std::uint32_t number) const { return m_names[number]; }

private:
    std::unordered_map<std::string, std::size_t> m_numbers;
    std::vector<std::string> m_names { {} };
};

std::string ancestry_of(std::vector<Process> const& processes, std::size_t at, Names const& names)
{
    std::vector<std::string_view> chain;
    auto const& start = processes[at];
    for (auto step = at; step != SIZE_MAX && chain.size() < ancestors_shown; step = processes[step].parent)
        chain.push_back(file_name_of(names.name(processes[step].image)));
    if (start.parent == SIZE_MAX && start.parent_image != 0)
        chain.push_back(file_name_of(names.name(start.parent_image)));
    std::string text;
    for (auto step = chain.rbegin(); step != chain.rend(); ++step)
        append_format(text, "{}{}", text.empty() ? "" : " > ", *step);
    return text;
}

void write(std::string const& host, std::vector<Process> const& processes, Names const& names, DerivedRows& derived)
{
    for (std::size_t at = 0; at < processes.size(); ++at) {
        auto const& process = processes[at];
        auto const ancestry = ancestry_of(processes, at, names);
        std::string parent;
        auto parent_image = process.parent_image;
        if (process.parent != SIZE_MAX) {
            parent = to_string(processes[process.parent].trace);
            if (parent_image == 0)
                parent_image = processes[process.parent].image;
        }
        ProcessRow row;
        row.host = Symbol(std::string_view(host));
        row.started_at = process.started_at;
        row.ended_at = process.ended_at;
        row.process_id = process.process_id;
        row.image = Symbol(std::string_view(names.name(process.image)));
        if (parent_image != 0)
            row.parent_image = Symbol(std::string_view(names.name(parent_image)));
        if (!parent.empty())
            row.parent = parent;
        row.depth = process.depth;
        row.children = process.children;
        row.ancestry = ancestry;
        if (process.linked_by != Link::none)
            row.linked_by = process.linked_by == Link::guid ? "guid" : "process_id";
        derived.add(process_schema, process.trace, row);
    }
}

// The rows of one machine after another, of a question whose first column is its name and its first order.
class ByComputer {
public:
    explicit ByComputer(store::Rows rows)
        : m_rows(std::move(rows))
        , m_has_row(m_rows.next())
    {
    }

    std::optional<std::string> computer() const
    {
        return m_has_row ? std::optional(std::string(m_rows.text(0))) : std::nullopt;
    }
    template <typename Receiver> void take(std::string_view computer, Receiver const& receive)
    {
        while (m_has_row && m_rows.text(0) < computer) // a machine that the other question does not know
            m_has_row = m_rows.next();
        for (; m_has_row && m_rows.text(0) == computer; m_has_row = m_rows.next())
            receive(m_rows);
    }
    Result<void> status() const { return m_rows.status(); }

private:
    store::Rows m_rows;
    bool m_has_row;
};

// Ends by guid, otherwise by process id in the order of time: the latest start before the end.
void read_ends(ByComputer& ends, std::string const& computer, std::vector<Process>& processes)
{
    std::unordered_map<std::string, std::size_t> by_guid;
    std::unordered_multimap<std::uint64_t, std::size_t> by_id;
    for (std::size_t at = 0; at < processes.size(); ++at) {
        if (!processes[at].guid.empty())
            by_guid[processes[at].guid] = at;
        by_id.emplace(processes[at].process_id, at);
    }
    ends.take(computer, [&](store::Rows const& rows) {
        auto const ended_at = rows.time(1);
        if (auto const known = by_guid.find(std::string(rows.text(3))); known != by_guid.end()) {
            processes[known->second].ended_at = ended_at;
            return;
        }
        auto const [begin, end] = by_id.equal_range(rows.unsigned_integer(2));
        Process* latest = nullptr;
        for (auto place = begin; place != end; ++place) {
            auto& process = processes[place->second];
            if (!(ended_at < process.started_at) && (latest == nullptr || latest->started_at < process.started_at))
                latest = &process;
        }
        if (latest != nullptr && !latest->ended_at.is_set())
            latest->ended_at = ended_at;
    });
}

std::vector<Process> read_starts(ByComputer& starts, std::string const& computer, Names& names)
{
    std::vector<Process> processes;
    starts.take(computer, [&](store::Rows const& rows) {
        Process process;
        process.trace = rows.trace(1);
        process.started_at = rows.time(3);
        process.process_id = rows.unsigned_integer(4);
        process.parent_process_id = rows.unsigned_integer(5);
        process.guid = rows.text(6);
        process.parent_guid = rows.text(7);
        process.image = names.number(rows.text(8));
        process.parent_image = names.number(rows.text(9));
        processes.push_back(std::move(process));
    });
    return processes;
}

// The list that a collector made of what ran: a tree of its own, for it is of one moment and knows parents that no log
// holds any more.
Result<void> link_live_lists(AnalyserInputs const& inputs)
{
    if (!inputs.store.has_rows("collector.process"))
        return {};
    auto rows = TRY(inputs.store.query(
        "SELECT e.number, c.\"offset\", coalesce(e.host, ''), c.started_at, c.process_id, coalesce(c.parent_id, 0), "
        "coalesce(nullif(c.path, ''), c.name, '') FROM collector_process c JOIN host_evidence e ON e.evidence = "
        "c.evidence "
        "WHERE c.process_id IS NOT NULL ORDER BY e.number, c.started_at NULLS FIRST, c.\"offset\"",
        {}, inputs.stop));
    std::string host;
    Names names;
    std::vector<Process> processes;
    auto const finish = [&] {
        link(processes);
        write(host, processes, names, *inputs.derived);
        processes.clear();
    };
    while (rows.next()) {
        Process process;
        process.trace = rows.trace(0);
        if (!processes.empty() && processes.front().trace.evidence != process.trace.evidence)
            finish();
        host = rows.text(2);
        process.started_at = rows.is_null(3) ? Timestamp {} : rows.time(3);
        process.process_id = rows.unsigned_integer(4);
        process.parent_process_id = rows.unsigned_integer(5);
        process.image = names.number(rows.text(6));
        processes.push_back(std::move(process));
    }
    finish();
    return rows.status();
}

Result<void> run(AnalyserInputs const& inputs, FindingSink&)
{
    if (inputs.derived == nullptr)
        return {};
    // Two questions for all machines: two for each cost a tenth of a second where there are sixty.
    ByComputer starts(TRY(inputs.store.query(
        "SELECT computer, evidence, \"offset\", written_at, process_id, coalesce(parent_process_id, 0), process_guid, "
        "parent_process_guid, image, parent_image FROM windows_process_start WHERE computer IS NOT NULL "
        "ORDER BY computer, written_at, evidence, \"offset\"",
        {}, inputs.stop)));
    ByComputer ends(
        TRY(inputs.store.query("SELECT computer, written_at, process_id, process_guid FROM windows_process_end WHERE "
                               "computer IS NOT NULL ORDER BY computer, written_at, evidence, \"offset\"",
            {}, inputs.stop)));
    while (auto const computer = starts.computer()) { // one machine at a time: its starts are all that memory holds
        Names names;
        auto processes = read_starts(starts, *computer, names);
        merge_twins(processes);
        read_ends(ends, *computer, processes);
        link(processes);
        write(*computer, processes, names, *inputs.derived);
    }
    TRY(starts.status());
    TRY(ends.status());
    return link_live_lists(inputs);
}

constexpr std::array<std::string_view, 3> needs { "windows.process_start", "windows.process_end", "collector.process" };
constexpr std::array<Schema const*, 1> emitted { &process_schema.erased };

}

Analyser const analyser {
    .name = "process_tree",
    .title = "Who started whom",
    .version = 3,
    .needs = needs,
    .emits = emitted,
    .run = run,
};

}
